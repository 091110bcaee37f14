"""What is said when something cannot be taken in: a rule, an address and a Chinese sentence on how to mend it."""

from dataclasses import dataclass

from pipelines.guard import reason as reason

RESAVE = "请在 Excel 或 WPS 中打开后另存为 .xlsx，再放回原文件夹"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused file, sheet or row. Never carries a cell's value: messages end up in logs and terminals."""

    registry: str
    file: str
    sheet: str
    rule: str
    message: str
    row: int | None = None
    column: str | None = None
    sha256: str | None = None  # of the file, where it was read


class FileRefused(Exception):
    """A file that cannot be read at all; ``rule`` and the message say why and how to mend it."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
