"""Receipts sent to the townships that are set to receive, as their workbooks are: by the same ways, with the same password, on record."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from pipelines.deliver.deliver import record_outcomes, run_to_deliver
from pipelines.deliver.mailbox import Mailbox
from pipelines.deliver.parcels import OutgoingBook
from pipelines.deliver.sender import Sender
from pipelines.store.database import Database, database_setting
from pipelines.store.deliveries import ready_to_record, sending
from schemas.settings import Settings


def send_receipts(root: Path, receipts: Sequence[tuple[str, Path]], settings: Settings) -> tuple[int, int]:
    """Send each (township, workbook); returns how many went and how many did not. Raises DeliveryAtWork, StoreRefused and Busy."""
    wanted = [(area, path) for area, path in receipts if area in settings.recipients]
    if not wanted:
        return 0, 0
    database, went, lost = Database(root, database_setting(root)), 0, 0
    run = run_to_deliver(root, database)
    with sending(root), Mailbox(settings.mail) as mailbox:
        ready_to_record(root, database)
        sender = Sender(root, run.as_of, settings, mailbox)
        for area, path in wanted:
            recipient = settings.recipients[area]
            book = OutgoingBook(path, area, "receipt", hashlib.sha256(path.read_bytes()).hexdigest())
            for how, sent_to in [("folder", recipient.folder), ("mail", recipient.mail)]:
                if sent_to:
                    outcomes = sender.send([book], how, sent_to, recipient)
                    record_outcomes(database, run, how, sent_to, outcomes)
                    went += not outcomes[0][1]
                    lost += bool(outcomes[0][1])
    return went, lost
