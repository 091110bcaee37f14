"""A sheet of rows: its page, headings, checks of what is filled in, colours by rule, and the rows from top to bottom."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, repeat
from typing import Any

import numpy as np
import numpy.typing as npt
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from reports.book.choices import Choices
from reports.book.declare import (
    BLUE,
    DATE_FORMAT,
    DEEP_YELLOW,
    GENERAL,
    GREY,
    TEXT_FORMAT,
    YELLOW,
    CellValues,
    DataBar,
    FilledSheet,
    Kind,
    Look,
    SheetColumn,
    SheetOfRows,
)
from reports.book.measure import LONGEST, Measured, measure_column, text_lines, text_width, widest
from reports.book.paper import set_up_paper, set_width, write_value
from reports.book.styles import Styles

ANSWER_MARK = "【填】"  # ends the heading of every column to be filled in

_NUMBER = SheetColumn("序号", "", "number", 5, measured=False)
_DATE_WIDTH, _PADDING = 10, 1.5  # half-width characters
_SHORT = 6  # a heading of three characters is not broken
_HEADING_LINE, _MARGIN, _TALLEST = 14, 5.0, 409.0  # points; Excel allows no taller row
_EMPTY = Look(bold=True, size=12, boxed=False)
_NOTE = Look(boxed=False, wrapped=False)
_A_YEAR = timedelta(days=365)
# What an officer may do on a protected sheet beside filling in its asked cells; the protection has no password.
_ALLOWED = {"autofilter": True, "format_cells": True, "format_columns": True, "format_rows": True}
_FORMATS: dict[Kind, str] = {"id": TEXT_FORMAT, "date": DATE_FORMAT}
_CENTRED = ("date", "number", "figure")


def heading_of(column: SheetColumn) -> str:
    """What stands above a column."""
    return f"{column.heading}\n{ANSWER_MARK}" if column.asked else column.heading


def column_letters(sheet: SheetOfRows) -> dict[str, str]:
    """Key -> the letters by which a spreadsheet names its column."""
    return {column.key: xl_col_to_name(index) for index, column in enumerate(sheet.columns, int(sheet.numbered))}


def states_no_rows(sheet: SheetOfRows, cells: Iterable[Sequence[str | None]]) -> bool:
    """Is one of ``cells`` (row by row, as read back from a workbook) the line that ``write_rows_sheet`` writes where there are no rows?"""
    return any(cell == sheet.empty for row in cells for cell in row if cell)


def write_rows_sheet(sheet: Worksheet, filled: FilledSheet, styles: Styles, choices: Choices, as_of: date) -> None:
    """Write ``filled`` to ``sheet``."""
    set_up_paper(sheet, filled.area, filled.header)
    instead = filled.instead or (filled.sheet.empty if not filled.rows else None)
    if instead:
        set_width(sheet, 0, 60)
        sheet.write_string(0, 0, instead, styles.of(_EMPTY))
        return
    columns = [*([_NUMBER] if filled.sheet.numbered else []), *filled.sheet.columns]
    made = [_fill(column, filled) for column in columns]
    widths = [width for width, _ in made]
    _lay_out(sheet, filled, columns, widths)
    if filled.sheet.identified_by:
        sheet.protect("", _ALLOWED)
    if filled.rows:
        _add_checks(sheet, columns, filled.rows, choices, as_of)
        _add_rules(sheet, filled, columns, styles)
    for index, column in enumerate(columns):
        ground = column.fill or (DEEP_YELLOW if column.asked else BLUE)
        sheet.write_string(0, index, heading_of(column), styles.of(Look(bold=True, fill=ground, centred=True)))
    _write_rows(sheet, filled, columns, [measured for _, measured in made], styles)
    for number, note in enumerate(filled.notes, filled.rows + 1):
        if note:
            sheet.write_string(number, 0, note, styles.of(_NOTE))


def _fill(column: SheetColumn, filled: FilledSheet) -> tuple[int, Measured]:
    """(half-width characters on a line of the column, its values from top to bottom)."""
    values: CellValues = ()
    if column is _NUMBER:
        values = range(1, filled.rows + 1)
    elif not column.asked:
        values = filled.frame[column.key]
    width = _width(column, values)
    if column.asked:
        return width, Measured([None] * filled.rows)
    # A column that does not show needs no height.
    return width, measure_column(values, LONGEST if column.hidden else width)


def _width(column: SheetColumn, values: CellValues) -> int:
    """Half-width characters for a column: its longest text up to its width, and its heading, on two lines where it is long."""
    if not column.measured:
        return column.width
    heading = heading_of(column)
    on_a_line = text_width(heading)
    least = on_a_line if "\n" in heading else max(4, on_a_line if on_a_line <= _SHORT else 2 * -(-on_a_line // 4))
    if column.kind == "date":
        return max(_DATE_WIDTH, least)
    return max(column.width if column.asked else min(widest(values), column.width), least)


def _lay_out(sheet: Worksheet, filled: FilledSheet, columns: Sequence[SheetColumn], widths: Sequence[int]) -> None:
    """Widths, frozen panes, filter, repeated heading."""
    declared = filled.sheet
    for index, (column, width) in enumerate(zip(columns, widths, strict=True)):
        set_width(sheet, index, width + _PADDING, hidden=column.hidden)
    shown = [(column, width) for column, width in zip(columns, widths, strict=True) if not column.hidden]
    sheet.set_row(0, _HEADING_LINE * max(text_lines(heading_of(column), width) for column, width in shown) + 4)
    sheet.freeze_panes(1, declared.frozen if declared.frozen < len(columns) else 0)
    if declared.filtered:
        sheet.autofilter(0, 0, filled.rows, len(columns) - 1)
    sheet.repeat_rows(0)
    if declared.pages > 1:
        sheet.fit_to_pages(declared.pages, 0)
        sheet.print_across()
        sheet.repeat_columns(0, declared.frozen - 1)


def _add_checks(sheet: Worksheet, columns: Sequence[SheetColumn], rows: int, choices: Choices, as_of: date) -> None:
    """Drop-downs and date checks on every data row of the answer columns that have them."""
    for index, column in enumerate(columns):
        options: dict[str, Any]
        if column.choices:
            options = {"validate": "list", "source": choices.source(column.choices), "error_message": "请从下拉列表中选择。"}
        elif column.asked and column.kind == "date":
            # A year either way: wide enough for any honest answer, narrow enough to catch a mistyped year.
            options = {"validate": "date", "criteria": "between", "minimum": as_of - _A_YEAR, "maximum": as_of + _A_YEAR}
            options["error_message"] = f"请填写日期，如 {as_of.isoformat()}。"
        else:
            continue
        sheet.data_validation(1, index, rows, index, options | {"error_title": column.heading})


def _add_rules(sheet: Worksheet, filled: FilledSheet, columns: Sequence[SheetColumn], styles: Styles) -> None:
    letters = column_letters(filled.sheet)
    last = filled.rows - 1 if filled.total else filled.rows
    for index, column in enumerate(columns):
        for rule in column.rules:
            options = styles.rule(rule, letters, column.key)
            if isinstance(rule, DataBar) and rule.where:
                chosen = [f"{letters[column.key]}{row}" for row, has_bar in enumerate(filled.frame[rule.where], 2) if has_bar]
                if not chosen:
                    continue
                options["multi_range"] = " ".join(chosen)
            sheet.conditional_format(1, index, last, index, options)


@dataclass(frozen=True, slots=True)
class _Cells:
    """A column of cells: how they are written, their values and their formats, from top to bottom."""

    write: Callable[..., object]
    values: Sequence[object]
    formats: Sequence[Format] | repeat


def _write_rows(
    sheet: Worksheet, filled: FilledSheet, columns: Sequence[SheetColumn], measured: Sequence[Measured], styles: Styles
) -> None:
    """Write the rows, each as high as its longest text needs.

    XlsxWriter can write a height only as one that is fixed: a row does not grow on its own with what an officer fills in.
    """
    shaded = _shaded(filled)
    cells = [_cells(sheet, column, values, filled, shaded, styles) for column, values in zip(columns, measured, strict=True)]
    heights = _heights(filled, [values.lines for values in measured if values.lines is not None])
    writers = [column.write for column in cells]
    rows = zip(*chain.from_iterable((column.values, column.formats) for column in cells), strict=False)
    indices = range(len(cells))
    blank, set_row = sheet.write_blank, sheet.set_row
    for row, (height, cell) in enumerate(zip(heights, rows, strict=True), 1):
        set_row(row, height)
        for index in indices:
            value = cell[2 * index]
            if value is None:
                blank(row, index, None, cell[2 * index + 1])
            else:
                writers[index](row, index, value, cell[2 * index + 1])


def _cells(
    sheet: Worksheet,
    column: SheetColumn,
    measured: Measured,
    filled: FilledSheet,
    shaded: npt.NDArray[np.bool_] | None,
    styles: Styles,
) -> _Cells:
    kinds = {type(value) for value in measured.values} - {type(None)}
    write: Callable[..., object] = lambda *cell: write_value(sheet, *cell)  # noqa: E731
    if kinds <= {int, float}:
        write = sheet.write_number
    elif kinds == {str} and not any(str(value).startswith("<r>") for value in set(measured.values)):
        write = sheet.write_string
    looks, which = _looks(column, filled, shaded)
    if measured.quoted is None and which is None:
        return _Cells(write, measured.values, repeat(styles.of(looks[0])))
    # A row's format by two small numbers: its look, and whether its text is quoted.
    formats = [styles.of(look, quoted) for look in looks for quoted in (False, True)]
    chosen = 2 * (np.zeros(filled.rows, np.int64) if which is None else which)
    if measured.quoted is not None:
        chosen = chosen + measured.quoted
    return _Cells(write, measured.values, [formats[number] for number in chosen.tolist()])


def _looks(
    column: SheetColumn, filled: FilledSheet, shaded: npt.NDArray[np.bool_] | None
) -> tuple[Sequence[Look], npt.NDArray[np.int64] | None]:
    """(the looks of a column, row by row which of them it has; None where all have the first)."""
    if column.look_by:
        names = list(column.looks)
        return list(column.looks.values()), np.array([names.index(str(name)) for name in filled.frame[column.look_by]], np.int64)
    plain = _look(column)
    if shaded is None or column.asked:
        return [plain], None
    return [plain, replace(plain, fill=GREY, bold=plain.bold or filled.total)], shaded.astype(np.int64)


def _look(column: SheetColumn) -> Look:
    form = column.number_format or _FORMATS.get(column.kind, GENERAL)
    if column.asked:
        return Look(fill=YELLOW, number_format=form, locked=False)
    return Look(number_format=form, centred=column.kind in _CENTRED)


def _shaded(filled: FilledSheet) -> npt.NDArray[np.bool_] | None:
    """For each row: is it grey? The total is, or else every second run of rows that belong together. None where no row is."""
    if filled.total:
        return np.arange(filled.rows) == filled.rows - 1
    if filled.sheet.grouped_by is None:
        return None
    groups = np.asarray(filled.frame[filled.sheet.grouped_by])
    return np.cumsum(np.append(False, groups[1:] != groups[:-1])) % 2 == 1


def _heights(filled: FilledSheet, lines: Sequence[npt.NDArray[np.int64]]) -> list[float]:
    most = np.maximum.reduce([np.ones(filled.rows, np.int64), *lines])
    return np.minimum(filled.sheet.line_height * most + _MARGIN, _TALLEST).tolist()
