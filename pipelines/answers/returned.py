"""Returned workbooks: the rows that townships filled in, from the workbooks in ``inbox`` of the data folder."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow.compute as pc

from pipelines.files.containers import sheets
from pipelines.files.grid import Grid
from pipelines.files.opening import check_name, read_file, readable_name
from pipelines.files.refusal import FileRefused, Refusal, reason
from pipelines.files.walk import files_under
from pipelines.intake.headings import plain
from pipelines.intake.values import parse_date, squeeze
from reports.book import SheetOfRows, states_no_rows
from reports.listings import SHEETS_READ_BACK

_DAY = re.compile(r"(20\d\d)\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})(?!\d)")  # a weekday or 上午 may follow
_HEADING_WITHIN = 10  # rows: somebody may have put a title above


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
        return Refusal("answers", self.file, self.sheet, rule, f"第 {self.number} 行{why}", self.number)


def read_returned(inbox: Path) -> tuple[dict[str, list[ReturnedRow]], list[Refusal]]:
    """(rows by the title of their list, refusals): all workbooks under ``inbox``, in order of their names."""
    rows: dict[str, list[ReturnedRow]] = {listing.title: [] for listing in SHEETS_READ_BACK}
    refused: list[Refusal] = []
    try:
        found = files_under(inbox) if inbox.is_dir() else []
    except FileRefused as error:
        return rows, [Refusal("answers", inbox.name, "", error.rule, error.message)]
    for path in found:
        name = readable_name(path.name)
        try:
            check_name(path.name)
            grids = [(grid, listing) for grid in sheets(read_file(path)) if (listing := _listing_of(grid.sheet))]
            if not grids:
                titles = "、".join(f"“{title}”" for title in rows)
                raise FileRefused("missing_sheet", f"没有工作表{titles}，不是本系统发出的核查表，请退回原表填写")
        except FileRefused as error:
            refused.append(Refusal("answers", name, "", error.rule, error.message))
            continue
        except OSError as error:
            refused.append(Refusal("answers", name, "", "unreadable", f"无法读取：{reason(error)}"))
            continue
        for grid, listing in grids:
            try:
                rows[listing.title] += _filled_in(name, grid, listing)
            except FileRefused as error:
                refused.append(Refusal("answers", name, grid.sheet, error.rule, error.message))
    return rows, refused


def _listing_of(sheet: str) -> SheetOfRows | None:
    """The list that a sheet is, or is a copy of: officers add a village or （2） to its name."""
    return next((listing for listing in SHEETS_READ_BACK if squeeze(sheet).startswith(listing.title)), None)


def _filled_in(file: str, grid: Grid, listing: SheetOfRows) -> Iterator[ReturnedRow]:
    head = grid.head(_HEADING_WITHIN)
    if states_no_rows(listing, head):
        return
    heading, at = next(
        ((n, at) for n, row in enumerate(head) if len(at := _fields(row, listing)) > 1),
        (0, dict[str, int]()),
    )
    asked = [at[answer.key] for answer in listing.asked if answer.key in at]
    if not asked:
        raise FileRefused("missing_column", f"工作表“{listing.title}”缺少列标题，请使用发出的原表填写")
    merged = set(grid.filled)  # an answer merged over several rows is the first one's alone
    known = [pc.is_valid(grid.columns[i]).to_numpy(zero_copy_only=False) for i in asked]
    for place in sum(known[1:], known[0]).nonzero()[0].tolist():
        number = place + grid.first_row
        cells = {field: None if (number, i) in merged else grid.columns[i][place].as_py() for field, i in at.items()}
        if place > heading and any(cells[answer.key] for answer in listing.asked if answer.key in at):
            yield ReturnedRow(file, grid.sheet, number, cells)


def _fields(row: list[str | None], listing: SheetOfRows) -> dict[str, int]:
    """Field -> column, by how the headings begin: a mark may follow."""
    named = {plain(column.heading): column.key for column in listing.columns}
    at: dict[str, int] = {}
    for i, cell in enumerate(row):
        written = plain(cell)
        begins = max((heading for heading in named if written.startswith(heading)), key=len, default=None)
        if begins:
            at.setdefault(named[begins], i)
    return at
