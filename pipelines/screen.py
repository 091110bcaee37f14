"""What a command shows, as data: lines of text and tables of counts. ``bidui.console`` prints them; nothing here or in the other
packages prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "warning", "error"]


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text, printed as it stands whatever brackets are in it. ``tone``: how urgent it is, shown by its colour;
    ``link``: where it leads on a terminal that can follow it, a URI."""

    text: str
    tone: Tone = "plain"
    link: str | None = None


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table under its title. ``numbers``: how many of the columns, counted from the right, hold numbers and are aligned right."""

    title: str | None
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    numbers: int


Shown = str | TextLine | TextTable
