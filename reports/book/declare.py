"""What a workbook is, as data: sheets of columns, printed pages, who may see what, how it looks. Nothing here writes a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, TypeAlias

import pyarrow as pa

CellNumber = int | float
CellValue = str | CellNumber | date | None
CellValues: TypeAlias = pa.ChunkedArray | Sequence[CellValue]

MAX_ROWS = 1_048_575  # a sheet's rows less the heading

TEXT_FORMAT, DATE_FORMAT, GENERAL, PERCENT = "@", "yyyy-mm-dd", "General", "0.00%"
YELLOW, DEEP_YELLOW, BLUE, GREY = "FFFFE5", "FFE699", "DDEBF7", "EDEDED"
GREEN_FILL, RED_FILL, GREEN_TEXT, RED_TEXT = "E2EFDA", "FCE4E4", "006100", "9C0006"
DARK_RED = "C00000"  # of the red list, which praises, and of a warning on a cover
GREEN_BAR, YELLOW_BAR, RED_BAR = "8FD19E", "FFEB84", "F8A59D"

CONFIDENTIAL = "含未成年人个人信息，不得外传"  # at the foot of each printed page


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks. Colours are RRGGBB; ``size`` is in points."""

    bold: bool = False
    size: int = 10
    colour: str = "000000"
    fill: str | None = None
    boxed: bool = True
    centred: bool = False
    wrapped: bool = True
    locked: bool = True  # on a protected sheet
    number_format: str = GENERAL


# text: a text. id: a text that the cell's format keeps a text, so that an edit cannot turn it into a number. date: a day.
# number: a whole number. figure: a number, or a word where there is none; centred.
Kind = Literal["text", "id", "date", "number", "figure"]


@dataclass(frozen=True, slots=True)
class OwnChildren:
    """A township sees the value where it is about its own children only. ``elsewhere``: the boolean column of the frame that is
    true where the value is about another township's child, null where that is not known; ``instead``: what the township reads there;
    ``unknown``: what it reads where that is not known, the same if None."""

    elsewhere: str
    instead: str
    unknown: str | None = None


# Who may see a column: the county alone, townships too, or townships where the value is about their own children.
Seen = Literal["county", "township"] | OwnChildren


@dataclass(frozen=True, slots=True)
class DataBar:
    """A bar in each cell, from 0 to ``longest``, or to the column's largest value where that is None. ``where``: a boolean column of
    the frame that says which rows have a bar; all where None."""

    colour: str
    longest: float | None = None
    where: str | None = None


@dataclass(frozen=True, slots=True)
class ColourScale:
    """(value, colour) at the low end, in the middle and at the high end."""

    low: tuple[float, str]
    middle: tuple[float, str]
    high: tuple[float, str]


@dataclass(frozen=True, slots=True)
class ValueEqual:
    """Bold in these colours where the cell is ``text``."""

    text: str
    colour: str
    fill: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnEqual:
    """Fill the cell where column ``key`` of the same row is ``text``."""

    key: str
    text: str
    fill: str


@dataclass(frozen=True, slots=True)
class Lacking:
    """Fill the cell red while it is empty although one of the columns ``beside`` of its row is not: what was begun there needs it.
    ``holds``: only where that column holds this text; ``instead``: columns of which one will do as well."""

    beside: tuple[str, ...]
    holds: str | None = None
    instead: tuple[str, ...] = ()


CellRule = DataBar | ColourScale | ValueEqual | ColumnEqual | Lacking


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet.

    ``key``: the column of the frame; of an asked column, what a returned row calls it. ``width``: half-width characters on a line;
    the column is as wide as its longest text, this wide at most, or exactly this wide where ``measured`` is false.
    ``seen``: who may see it; a township's workbook has no column that is not allowed here.
    ``asked``: to be filled in, from ``choices`` where there are any. ``hidden`` columns carry the keys by which a returned row is
    recognised; ``hidden_in_township``: hidden in a township's workbook alone. ``only_if_filled``: left out where no row has a value.
    ``look_by``: the column of the frame that says, row by
    row, which of ``looks`` the cell has.
    """

    heading: str
    key: str
    kind: Kind = "text"
    width: int = 10
    seen: Seen = "county"
    asked: bool = False
    choices: tuple[str, ...] = ()
    hidden: bool = False
    hidden_in_township: bool = False
    only_if_filled: bool = False
    measured: bool = True
    number_format: str | None = None
    fill: str | None = None
    look_by: str | None = None
    looks: Mapping[str, Look] = field(default_factory=dict)
    rules: tuple[CellRule, ...] = ()


# A column and its values from top to bottom.
Filling: TypeAlias = tuple[SheetColumn, CellValues]


@dataclass(frozen=True, slots=True)
class SheetOfRows:
    """A sheet of rows.

    ``empty``: the sheet's one line where the frame has no rows; None: the headings stand alone. ``unit``: what a row counts as. ``numbered``: a running number
    first. ``frozen``: how many columns stay in view, the running number included. ``grouped_by``: the key by which rows belong
    together; every other group is shaded. ``pages``: how many sheets of paper its columns take side by side, the frozen ones on each.
    ``line_height``: points for each line of text.
    ``unprinted``: columns of the frame that decide who sees a row or how it looks, and are not columns of the sheet.
    ``identified_by``: the keys whose values tell a row that is to be answered from all others, its number first: such a sheet is protected,
    without a password, so that its rows stay whole; only the asked columns can be written to.
    """

    title: str
    columns: tuple[SheetColumn, ...]
    empty: str | None
    unit: str = ""
    numbered: bool = False
    frozen: int = 1
    grouped_by: str | None = None
    pages: int = 1
    filtered: bool = True
    line_height: float = 12.5
    unprinted: tuple[str, ...] = ()
    identified_by: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[SheetColumn, ...]:
        """The columns that are filled from the frame."""
        return tuple(column for column in self.columns if not column.asked)

    @property
    def asked(self) -> tuple[SheetColumn, ...]:
        """The columns that are filled in by an officer."""
        return tuple(column for column in self.columns if column.asked)


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """A sheet with its rows in their order. ``area`` stands at the foot of each printed page, ``header`` at its head. ``total``: the
    last row is the sum of the others: bold, and no part of the bars. ``notes``: lines below the rows; an empty
    one leaves a row blank. ``instead``: a sentence that is written instead of the rows."""

    sheet: SheetOfRows
    frame: Mapping[str, CellValues]
    area: str
    header: str
    total: bool = False
    notes: tuple[str, ...] = ()
    instead: str | None = None

    @property
    def rows(self) -> int:
        """How many rows are written."""
        return 0 if self.instead is not None else len(next(iter(self.frame.values()), ()))


@dataclass(frozen=True, slots=True)
class Formula:
    """What a cell works out, as Excel, WPS and LibreOffice all know it. ``value``: what that is now, for whoever does not calculate."""

    text: str
    value: CellNumber


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line of text over the whole width of a page. ``height`` in points; as high as the text needs where None."""

    text: str | None
    look: Look
    height: float | None = None


@dataclass(frozen=True, slots=True)
class PageRow:
    """Cells side by side. ``unit``: how many columns each takes, but the first, which takes one."""

    cells: tuple[tuple[CellValue | Formula, Look], ...]
    unit: int = 1
    height: float | None = None


@dataclass(frozen=True, slots=True)
class PageGap:
    """An empty line, its height in points."""

    height: float = 15


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a new sheet of paper. It takes no line."""


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A sheet that is a printed page of lines and small tables, from top to bottom.

    ``widths``: of its columns, as Excel counts them. ``merged``: a line is one cell over all columns and wraps; else it stands in the
    first column and runs on over the empty ones to its right. ``portrait``, ``one_page``: how it is printed. ``note``: the right of
    each printed page's foot.
    """

    title: str
    area: str
    widths: tuple[float, ...]
    items: tuple[PageLine | PageRow | PageGap | PageBreak, ...]
    header: str = ""
    merged: bool = False
    portrait: bool = False
    one_page: bool = False
    note: str = CONFIDENTIAL


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook, to be written to ``path``. ``as_of``: the day that its properties carry, so that the same content has the same
    bytes."""

    path: Path
    sheets: tuple[FilledSheet | PrintedPage, ...]
    as_of: date
