"""Send the workbooks of a published run out: each to its recipient, once, and on record.

What is recorded is what makes "once": a workbook (its content before it is encrypted) that went to a recipient by one way is not
sent that way again, and one that failed is tried again by the next call. Each way is recorded before the next one's turn.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipelines.deliver.mailbox import Mailbox
from pipelines.deliver.parcels import OutgoingBook, by_area, outgoing_books
from pipelines.deliver.sender import Outcomes, Sender
from pipelines.guard import Foreseen, SystemRefused
from pipelines.store.county_file import settings_of
from pipelines.store.database import Database, StoreRefused, database_setting
from pipelines.store.deliveries import Delivery, Way, ready_to_record, record, recorded, sending
from pipelines.store.noted_runs import Run, now, published_runs
from pipelines.store.runs import folder_of
from schemas.delivery_settings import Recipient

ShowArea = Callable[[str, float], None]  # whose turn it is, and how far the work is (0 to 1)


class NothingToDeliver(Foreseen):
    """There is no such run, or its workbooks are gone, or nobody is set to receive them; the message, in Chinese, says which."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What goes, went or did not go to a recipient by one way. ``files``: base names; ``reason``: a code where it failed."""

    area: str
    how: str
    sent_to: str
    files: tuple[str, ...]
    encrypted: bool
    reason: str | None = None


@dataclass(slots=True)
class Delivered:
    """``sendings``: what was sent, or would be (``dry``), and what failed; ``already``: how many had gone before; ``without_recipient``:
    areas that have workbooks and nobody to receive them; ``without_books``: those that are to receive and have none; ``nobodys``: files
    of whom it cannot be told whose they are; ``unrecorded``: why the last could not be recorded and the rest was left, in Chinese."""

    as_of: date
    dry: bool
    sendings: list[Sending] = field(default_factory=list)
    already: int = 0
    without_recipient: list[str] = field(default_factory=list)
    without_books: list[str] = field(default_factory=list)
    nobodys: list[str] = field(default_factory=list)
    unrecorded: str | None = None

    def count(self, failed: bool) -> int:
        """How many workbooks failed, or did not."""
        return sum(len(sending.files) for sending in self.sendings if (sending.reason is not None) == failed)


def deliver(
    root: Path,
    as_of: date | None = None,
    townships: Collection[str] | None = None,
    again: bool = False,
    dry: bool = False,
    show: ShowArea = lambda area, part: None,
) -> Delivered:
    """Send the workbooks of the current run of ``root``, or of the last one for the day ``as_of``, to the recipients of the settings.

    ``townships``: those of these alone; ``again``: also what went before; ``dry``: send and record nothing. Raises NothingToDeliver,
    CountyFileError, StoreRefused, DeliveryAtWork and, where the store is of an older format and a run is at work, Busy.
    """
    settings, database = settings_of(root), Database(root, database_setting(root))
    run = run_to_deliver(root, database, as_of)
    books, nobodys = outgoing_books(_workbooks(root, run), settings, townships)
    if not settings.recipients:
        raise NothingToDeliver('没有设置接收人。请在 county.toml 里写 [recipients."某某镇"]，写法见 docs/deliver.md')
    delivered = Delivered(run.as_of, dry, nobodys=nobodys if townships is None else [])
    receiving = [area for area in settings.areas if area in (settings.recipients if townships is None else townships)]
    delivered.without_books = [area for area in receiving if area not in {book.area for book in books}]
    with ExitStack() as stack:
        if dry:
            mailbox = None
        else:
            stack.enter_context(sending(root))
            ready_to_record(root, database)
            mailbox = stack.enter_context(Mailbox(settings.mail))
        with database.reading() as connection:
            gone = {row.way for row in recorded(connection) if row.outcome == "sent" and not again}
        sender = Sender(root, run.as_of, settings, mailbox)
        areas = list(by_area(books))
        for number, (area, own) in enumerate(areas):
            show(area, number / len(areas))
            if recipient := settings.recipients.get(area):
                for outcomes, how, sent_to in _sent(sender, recipient, own, gone, delivered):
                    if not dry and (refused := record_outcomes(database, run, how, sent_to, outcomes)):
                        delivered.unrecorded = refused  # what went is not known to have gone: no more is sent
                        return delivered
            else:
                delivered.without_recipient.append(area)
    return delivered


def deliveries(root: Path, as_of: date | None = None, areas: Collection[str] | None = None) -> list[Delivery]:
    """What was sent from ``root`` and what failed, the oldest first; of the day ``as_of`` and of ``areas`` alone where given. Raises
    StoreRefused."""
    with Database(root, database_setting(root)).reading() as connection:
        rows = recorded(connection)
    return [row for row in rows if as_of in (None, row.as_of) and (areas is None or row.area in areas)]


def run_to_deliver(root: Path, database: Database, as_of: date | None = None) -> Run:
    """The last published run, or the last for the day ``as_of``. Raises NothingToDeliver."""
    published: list[Run] = []
    if database.exists() and database.revision():
        with database.reading() as connection:
            published = published_runs(connection)
    if not published:
        raise NothingToDeliver(f"{root} 下还没有比对结果可送，请先运行 bidui run")
    wanted = [run for run in published if as_of in (None, run.as_of)]
    if not wanted:
        days = "、".join(str(day) for day in sorted({run.as_of for run in published})[-5:])
        raise NothingToDeliver(f"没有 {as_of} 的比对结果；最近有的是：{days}")
    return wanted[-1]


def _workbooks(root: Path, run: Run) -> Path:
    """Where the workbooks of a run lie: beside its tables, where nobody works in them, or after these are gone in the outbox."""
    found = [folder_of(root, run.run_id) / "workbooks", *([root / "outbox" / run.outbox] if run.outbox else [])]
    for folder in found:
        if folder.is_dir():
            return folder
    raise NothingToDeliver(
        f"{run.as_of} 的核查表已不在（超过了保留的天数，或被移走）。请用 bidui run --as-of {run.as_of} 重新生成"
    )


def _sent(
    sender: Sender, recipient: Recipient, books: Sequence[OutgoingBook], gone: Collection[Way], delivered: Delivered
) -> Iterator[tuple[Outcomes, str, str]]:
    """Send a recipient's workbooks that are not ``gone``, by each way; gives what came of each way, which is added to ``delivered``."""
    ways = [("folder", recipient.folder), ("mail", recipient.mail)]
    for how, sent_to in [(how, place) for how, place in ways if place]:
        wanted = [book for book in books if Way(book.area, how, sent_to, book.sha256) not in gone]
        delivered.already += len(books) - len(wanted)
        if not wanted:
            continue
        outcomes = sender.send(wanted, how, sent_to, recipient)
        for reason in dict.fromkeys(why for _, why in outcomes):
            files = tuple(book.path.name for book, why in outcomes if why == reason)
            delivered.sendings.append(Sending(wanted[0].area, how, sent_to, files, recipient.password is not None, reason))
        yield outcomes, how, sent_to


def record_outcomes(database: Database, run: Run, how: str, sent_to: str, outcomes: Outcomes) -> str | None:
    """Record what came of one way; returns why that could not be done, in Chinese."""
    at = now()
    rows = [
        Delivery(
            at, run.run_id, run.as_of, book.area, book.path.name, how, sent_to, book.sha256, "failed" if why else "sent", why
        )
        for book, why in outcomes
    ]
    try:
        with database.writing() as connection:
            record(connection, rows)
    except (StoreRefused, SystemRefused) as refused:
        return str(refused)
    return None
