"""Returned workbooks: the rows that townships filled in, and what of them could not be taken as it stands. Whatever somebody wrote into a
sheet of ours comes out as a row or as a refusal; nothing of it is passed over without a word."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pipelines.answers.answer_headings import LOOK_FOR_HEADINGS_IN, AnswerTable, find_table
from pipelines.answers.inbox import SENDER, refused_file, returned_files
from pipelines.files.containers import sheets
from pipelines.files.grid import Grid, GridRows
from pipelines.files.refusal import FileRefused, Refusal
from pipelines.guard import is_disk_full
from pipelines.intake.exports import Export
from pipelines.intake.reading import unforeseen
from pipelines.intake.values import parse_date, squeeze
from reports.answer_listings import OFF_LIST_SHEET, RECEIPT_SHEET, SHEETS_READ_BACK, WAITING_SHEET, WITH_OFFICE_SHEET
from reports.book import ANSWER_MARK, SheetOfRows, states_no_rows
from reports.cover import COVER_TITLE
from reports.listings import CHANGES_SHEET, FOR_INFORMATION_SHEET
from reports.roster_listings import BUREAU_SHEETS

_DAY = re.compile(r"(20\d\d)\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})(?!\d)")  # a weekday or 上午 may follow
# What the titles of the sheets hold that are sent beside the lists and ask nothing.
_SENT_ALONG = (
    COVER_TITLE,
    "指标",
    "选项",
    *(
        x.title
        for x in (
            CHANGES_SHEET,
            WAITING_SHEET,
            WITH_OFFICE_SHEET,
            OFF_LIST_SHEET,
            RECEIPT_SHEET,
            FOR_INFORMATION_SHEET,
            *BUREAU_SHEETS,
        )
    ),
)
_MAY_BE_CUT = ("no_line_end", "broken_quotes")  # notes of a text file that may have had more rows
_LETTERS = 26

PasswordsOf: TypeAlias = Callable[[str], Sequence[str]]
_Filled: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row in which something was filled in. ``cells``: field of ``reports.listings`` -> text, null where empty."""

    file: str
    sheet: str
    number: int
    cells: dict[str, str | None]

    def day(self) -> date | None:
        """The day of the answer, in whatever form it was typed."""
        written = self.cells.get("checked_on") or ""
        parts = _DAY.search(written)
        return parse_date(written) or (parse_date("-".join(parts.groups())) if parts else None)

    def refused(self, rule: str, why: str) -> Refusal:
        """``why``: what is wrong with the row and how to mend it, without any value of it."""
        return _refused(self.file, self.sheet, self.number, rule, why)


def no_passwords(file: str) -> Sequence[str]:
    """Of any file."""
    return ()


def read_returned(
    inbox: Path, passwords: PasswordsOf = no_passwords, kept: Sequence[Path] = ()
) -> tuple[dict[str, list[ReturnedRow]], list[Refusal]]:
    """(rows by the title of their list, refusals): all files under ``inbox``, in order of their names. ``passwords``: name of a file -> what
    is tried on it where it has a password; ``kept``: as of ``returned_files``.

    A refusal without a row is of a whole file or sheet. The rules ``comment_not_read`` and ``outside_table`` say what was not read beside
    a row, whose answer is taken all the same.
    """
    rows: dict[str, list[ReturnedRow]] = {listing.title: [] for listing in SHEETS_READ_BACK}
    refused: list[Refusal] = []
    for file in returned_files(inbox, kept):
        if isinstance(file, Refusal):
            refused.append(file)
            continue
        try:
            found = list(_read(file, passwords(file.file)))
        except FileRefused as error:
            refused.append(refused_file(file.file, error.rule, error.message))
            continue
        except Exception as error:  # no file may stop the others; a full disk stops them all
            if is_disk_full(error):
                raise
            refused.append(unforeseen(SENDER, file.file, "", error))
            continue
        for title, outcome in found:
            if isinstance(outcome, Refusal):
                refused.append(outcome)
            else:
                rows[title].append(outcome)
    return rows, refused


def is_returned(file: Path, passwords: PasswordsOf) -> bool:
    """Is the file a workbook as this program sends it out, filled in or not? False where it cannot be read."""
    try:
        return any(
            find_table(grid.sheet, head) or any(states_no_rows(listing, head) for listing in SHEETS_READ_BACK)
            for export in returned_files(file)
            if not isinstance(export, Refusal)
            for grid in sheets(export.content, passwords(export.file))
            if (head := grid.head(LOOK_FOR_HEADINGS_IN))
        )
    except FileRefused:
        return False


def _read(file: Export, passwords: Sequence[str]) -> Iterator[tuple[str, ReturnedRow | Refusal]]:
    """(title of the list, row or refusal) of each sheet. Raises FileRefused where none of the file's sheets is one of ours."""
    ours, asides = False, []
    for grid in sheets(file.content, passwords):
        if squeeze(FOR_INFORMATION_SHEET.title) in squeeze(grid.sheet):
            continue  # its title and headings are those of a list, but nothing is asked there
        head = grid.head(LOOK_FOR_HEADINGS_IN)
        if _asks_nothing(grid, head):
            continue
        table = find_table(grid.sheet, head)
        without_rows = next((listing for listing in SHEETS_READ_BACK if states_no_rows(listing, head)), None)
        ours = ours or bool(table or without_rows)
        if without_rows:
            yield from ((without_rows.title, refusal) for refusal in _beneath_nothing(file.file, grid, without_rows))
        elif table:
            yield from ((table.listing.title, outcome) for outcome in _outcomes(file.file, grid, table))
        elif len(grid) and not _is_sent_along(grid):
            asides.append(grid)
    if not ours:
        titles = "、".join(f"“{listing.title}”" for listing in SHEETS_READ_BACK)
        raise FileRefused("missing_sheet", f"没有工作表{titles}，也没有这些表的列标题，不是本系统发出的核查表，请退回原表填写")
    for grid in asides:
        why = "起的这张工作表不是核查表，没有读取。请把内容写进核查表的黄色列"
        yield SHEETS_READ_BACK[0].title, _refused(file.file, grid.sheet, grid.first_row, "outside_table", why)


def _asks_nothing(grid: Grid, head: GridRows) -> bool:
    """Is the sheet called as one that was sent along, and without a heading that asks for something?"""
    return _is_sent_along(grid) and not any(ANSWER_MARK in cell for row in head for cell in row if cell)


def _is_sent_along(grid: Grid) -> bool:
    """Is the sheet one that was sent, or one that a program keeps for itself?"""
    return any(title in grid.sheet for title in _SENT_ALONG) or any(rule == "hidden_sheet" for rule, _ in grid.notes)


def _beneath_nothing(file: str, grid: Grid, listing: SheetOfRows) -> Iterator[Refusal]:
    """What is written into a sheet that was sent without rows."""
    for place in np.flatnonzero(_filled_cells(grid).any(axis=0)).tolist():
        if any(cell and cell != listing.empty for cell in (column[place].as_py() for column in grid.columns)):
            why = "写在没有名单的表里，没有读取。名单上没有的儿童，请另行报告"
            yield _refused(file, grid.sheet, grid.first_row + place, "outside_table", why)


def _outcomes(file: str, grid: Grid, table: AnswerTable) -> Iterator[ReturnedRow | Refusal]:
    sheet = _AnswerSheet(file, grid, table)
    if missing := sheet.missing():
        named = "、".join(f"“{heading}”" for heading in missing)
        why = f"工作表“{table.listing.title}”缺少列标题{named}，整张表没有读取。请把列标题改回原样，或用发出的原表填写"
        yield Refusal(SENDER, file, grid.sheet, "missing_column", why)
    else:
        yield from sheet.outcomes()


class _AnswerSheet:
    """A sheet whose list and columns are known."""

    def __init__(self, file: str, grid: Grid, table: AnswerTable) -> None:
        self._file, self._grid, self._table = file, grid, table
        listing = table.listing
        self._merged = {(number, column) for number, column in grid.filled if number - grid.first_row > table.heading_row}
        # Per column which rows hold something of their own: what is merged over several rows is the first one's alone.
        self._own = _filled_cells(grid)
        for number, column in self._merged:
            self._own[column, number - grid.first_row] = False
        self._own[:, : table.heading_row + 1] = False
        self._asked = {table.at[column.key]: _on_a_line(column.heading) for column in table.asked}
        codes = [table.at[key] for key in _codes(listing) if key in table.at]
        self._ours = self._some(codes or [at for key, at in table.at.items() if at not in self._asked])
        # Rows beneath the prepared ones of a sheet to report on are the same township's.
        self._township = self._most_frequent("township") if not listing.identified_by else None
        self._beside = [i for i in range(len(grid.columns)) if i not in {*table.at.values(), *table.others, table.numbering}]
        self._note = next((_on_a_line(column.heading) for column in table.asked if column.key == "note"), None)

    def missing(self) -> list[str]:
        """The headings that must be there and are not. An answer cannot do without its own column; the others may have been deleted, or
        be newer than the workbook, unless there is a column that may be one of them under another name."""
        needed = [column for column in self._table.missing if column.choices or not self._table.at]
        if any(self._own[i].any() for i in (*self._table.others, *self._beside)):
            needed = list(self._table.missing)
        return [_on_a_line(column.heading) for column in needed]

    def outcomes(self) -> Iterator[ReturnedRow | Refusal]:
        """The rows and what is refused of them, from top to bottom."""
        first = self._grid.first_row
        for rule, sentence in self._grid.notes:
            if rule in _MAY_BE_CUT:
                yield Refusal(SENDER, self._file, self._grid.sheet, "truncated_file", sentence, first + len(self._grid) - 1)
        if self._grid.drawings:
            why = f"起的表里有图片、文本框或图表，没有读取。请把其中的内容写{self._instead()}，照片另行送交"
            yield self._refuse(first + self._table.heading_row, "outside_table", why)
        for column in self._table.others:
            if self._own[column].any():
                why = f"起的第 {_letters(column)} 列不是核查表的列，没有读取。请把其中的内容写{self._instead()}"
                yield self._refuse(first + self._table.heading_row, "outside_table", why)
        commented = {number for number, _ in self._grid.comments if number - first > self._table.heading_row}
        uncomputed: dict[int, int] = {}
        for number, column in chain(self._grid.uncomputed, self._grid.errors):
            if column in self._asked:
                uncomputed.setdefault(number, column)
        merged: dict[int, int] = {}
        for number, column in sorted({*self._merged, *self._grid.covered}):
            if column in self._asked:
                merged.setdefault(number, column)
        texts = self._some([i for i in range(len(self._grid.columns)) if i != self._table.numbering])
        beside, asked = self._some(self._beside), self._some([*self._asked])
        written = {first + place for place in np.flatnonzero(texts & ~self._ours | beside | asked).tolist()}
        for number in sorted(written | commented | {*uncomputed, *merged}):
            place = number - first
            inside = 0 <= place < len(self._grid)
            if number in commented:
                yield self._refuse(number, "comment_not_read", f"有批注，批注没有读取。请把批注的内容写{self._instead()}")
            if not inside or not texts[place]:
                continue
            if not self._ours[place] and not (self._township and asked[place]):
                why = "不是发出的名单里的行（没有编号），没有读取。请写在该儿童自己的那一行里；名单上没有的儿童，请另行报告"
                if not self._table.listing.identified_by:
                    why = "没有写明乡镇，没有读取。请在“乡镇”列填上乡镇名称，姓名等写在各自的列里"
                yield self._refuse(number, "outside_table", why)
                continue
            if beside[place]:
                yield self._refuse(number, "outside_table", f"在表格以外的列里写了内容，没有读取。请写{self._instead()}")
            if number in merged:
                why = "是与上面的行合并的单元格，不知道是不是这一行的答复，整行未采用。请取消合并，逐行填写"
                yield self._refuse(number, "merged_answer", why, merged[number])
            elif number in uncomputed:
                why = "是没有算出结果的公式，整行未采用。请直接填写内容，不用公式"
                yield self._refuse(number, "formula_without_value", why, uncomputed[number])
            elif asked[place]:
                yield ReturnedRow(self._file, self._grid.sheet, number, self._cells(number))

    def _cells(self, number: int) -> dict[str, str | None]:
        place = number - self._grid.first_row
        cells = {key: self._grid.columns[i][place].as_py() for key, i in self._table.at.items()}
        return cells | {"township": cells["township"] or self._township} if self._township else cells

    def _most_frequent(self, key: str) -> str | None:
        """What most rows have in the column of ``key``."""
        if key not in self._table.at:
            return None
        found = Counter(
            cell for cell in self._grid.columns[self._table.at[key]][self._table.heading_row + 1 :].to_pylist() if cell
        )
        return found.most_common(1)[0][0] if found else None

    def _some(self, columns: Sequence[int]) -> _Filled:
        """Per row whether one of the columns holds something of its own."""
        return np.asarray(self._own[list(columns)].any(axis=0))

    def _instead(self) -> str:
        return f"在“{self._note}”列里" if self._note else "在黄色的列里"

    def _refuse(self, number: int, rule: str, why: str, column: int | None = None) -> Refusal:
        heading = self._asked[column] if column is not None else None
        why = f"的“{heading}”{why}" if heading else why
        return _refused(self._file, self._grid.sheet, number, rule, why, heading)


def _refused(file: str, sheet: str, number: int, rule: str, why: str, column: str | None = None) -> Refusal:
    return Refusal(SENDER, file, sheet, rule, f"第 {number} 行{why}", number, column)


def _filled_cells(grid: Grid) -> _Filled:
    """Column by column and row by row whether the cell holds something."""
    filled = np.zeros((len(grid.columns), len(grid)), dtype=bool)
    for i, column in enumerate(grid.columns):
        filled[i] = column.is_valid().to_numpy(zero_copy_only=False)
    return filled


def _codes(listing: SheetOfRows) -> list[str]:
    """The keys of the columns by which a row is known again."""
    return [column.key for column in listing.shown if column.hidden or (column.kind == "id" and column.heading.endswith("编号"))]


def _on_a_line(heading: str) -> str:
    return heading.replace("\n", "")


def _letters(column: int) -> str:
    """How a spreadsheet names the column: A for 0."""
    column, last = divmod(column, _LETTERS)
    return (_letters(column - 1) if column else "") + chr(ord("A") + last)
