"""What a township may see of a sheet: the rows of its own children, and of their columns those that the declaration allows."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from reports.book.declare import OwnChildren, SheetColumn, SheetOfRows

TOWNSHIP = "township"  # the column of a frame that says whose officer sees the row; null for what only the county may see


class UndeclaredColumn(ValueError):
    """A frame has a column that its sheet does not declare, or lacks one."""


def for_county(sheet: SheetOfRows, frame: pa.Table) -> pa.Table:
    """``frame`` as it is. Raises UndeclaredColumn where its columns are not those that ``sheet`` declares."""
    declared = {column.key for column in sheet.shown} | set(sheet.unprinted) | _deciding(sheet)
    if strange := [name for name in frame.column_names if name not in declared]:
        raise UndeclaredColumn(f"{sheet.title}: the frame has columns that the sheet does not declare: {strange}")
    if lacking := sorted(declared.difference(frame.column_names)):
        raise UndeclaredColumn(f"{sheet.title}: the frame lacks columns that the sheet declares: {lacking}")
    return frame


def for_township(sheet: SheetOfRows, frame: pa.Table, township: str) -> tuple[SheetOfRows, pa.Table]:
    """The sheet without the columns that a township may not see, and the rows of ``township`` with what they may show.

    Raises UndeclaredColumn where the frame's columns are not those that ``sheet`` declares.
    """
    for_county(sheet, frame)
    own = frame.filter(pc.equal(frame[TOWNSHIP], township))
    allowed = tuple(column for column in sheet.columns if column.seen != "county")
    columns = {column.key: _permitted(column, own) for column in allowed if not column.asked}
    # What is not printed decides on rows and looks within the writer; it is no value of a cell.
    for name in (*sheet.unprinted, TOWNSHIP):
        columns.setdefault(name, own[name])
    laid_out = tuple(replace(column, hidden=column.hidden or column.hidden_in_township) for column in allowed)
    return replace(sheet, columns=laid_out), pa.table(columns)


def with_filled_columns(sheet: SheetOfRows, frame: pa.Table) -> SheetOfRows:
    """The sheet without the columns that are there only if filled and are not."""
    kept = (c for c in sheet.columns if not c.only_if_filled or frame[c.key].null_count < frame.num_rows)
    return replace(sheet, columns=tuple(kept))


def _permitted(column: SheetColumn, own: pa.Table) -> pa.ChunkedArray:
    values = own[column.key]
    if not isinstance(column.seen, OwnChildren):
        return values
    elsewhere, instead = own[column.seen.elsewhere], column.seen.instead
    unknown = instead if column.seen.unknown is None else column.seen.unknown
    allowed = pc.if_else(elsewhere, pa.scalar(instead, values.type), values)  # null where elsewhere is
    return pc.if_else(pc.is_null(elsewhere), pa.scalar(unknown, values.type), allowed)


def _deciding(sheet: SheetOfRows) -> set[str]:
    """The frame's columns that decide who sees a row or a value."""
    return {TOWNSHIP} | {column.seen.elsewhere for column in sheet.columns if isinstance(column.seen, OwnChildren)}
