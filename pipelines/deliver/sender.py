"""One recipient's workbooks by one way: read, encrypted, handed over. Every failure is a code, and none stops the others."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from pipelines.deliver.encryption import encrypted, is_of
from pipelines.deliver.failures import NotDelivered
from pipelines.deliver.folder_copies import check_folder, put_into
from pipelines.deliver.letter import Attachment, letter
from pipelines.deliver.mailbox import Mailbox
from pipelines.deliver.parcels import OutgoingBook
from schemas.calendar import today
from schemas.delivery_settings import Recipient
from schemas.settings import Settings

Outcomes = list[tuple[OutgoingBook, str | None]]  # why a workbook did not go, as a code; None where it did


@dataclass(slots=True)
class Sender:
    """``as_of``: the day of the run whose workbooks these are; ``mailbox``: None where nothing is sent, only looked into."""

    root: Path
    as_of: date
    settings: Settings
    mailbox: Mailbox | None
    _encrypted: dict[tuple[str, str], bytes] = field(default_factory=dict)  # of the recipient whose turn it is

    def send(self, books: Sequence[OutgoingBook], how: str, sent_to: str, recipient: Recipient) -> Outcomes:
        """Send the workbooks of one recipient by one way."""
        if how == "mail":
            why = self._tried(lambda: self._mail(books, sent_to, recipient))
            return [(book, why) for book in books]
        return [(book, self._tried(partial(self._copy, book, Path(sent_to), recipient))) for book in books]

    @staticmethod
    def _tried(work: Callable[[], None]) -> str | None:
        try:
            work()
        except NotDelivered as refused:
            return refused.reason
        return None

    def _copy(self, book: OutgoingBook, folder: Path, recipient: Recipient) -> None:
        check_folder(folder, self.root)
        if self.mailbox is None:
            return
        plain = _plain(book)
        put_into(folder, book.path.name, self._content(book, recipient), lambda there: is_of(there, plain, recipient.password))

    def _mail(self, books: Sequence[OutgoingBook], address: str, recipient: Recipient) -> None:
        if self.mailbox is None:
            return
        attachments = [Attachment(book.path.name, book.kind, self._content(book, recipient)) for book in books]
        self.mailbox.send(letter(books[0].area, address, attachments, self.as_of, today(), self.settings))

    def _content(self, book: OutgoingBook, recipient: Recipient) -> bytes:
        """What is sent of a workbook: encrypted where there is a password, once for all ways to its recipient."""
        if recipient.password is None:
            return _plain(book)
        key = book.area, book.sha256
        if key not in self._encrypted:
            self._encrypted = {other: content for other, content in self._encrypted.items() if other[0] == book.area}
            self._encrypted[key] = encrypted(_plain(book), recipient.password)
        return self._encrypted[key]


def _plain(book: OutgoingBook) -> bytes:
    """A workbook as it was published."""
    try:
        content = book.path.read_bytes()
    except OSError:
        raise NotDelivered("workbook_unreadable") from None
    if hashlib.sha256(content).hexdigest() != book.sha256:
        raise NotDelivered("workbook_unreadable")
    return content
