"""Cells that are each person's own, and into which the value of a merged cell above must not go: an ID that a merged cell covers would make two
persons one."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.files.grid import Grid
from pipelines.intake.headings import Headings

_OWN = {
    "name": "姓名", "former_name": "曾用名", "id_number": "证件号", "student_number": "学籍号", "provincial_number": "学籍辅号",
    "certificate_number": "残疾证号", "member_number": "人编号", "birthdate": "出生日期", "phone": "电话",
}  # fmt: skip


def without_merged_own(grid: Grid, headings: Headings) -> Grid:
    """The sheet with the cells below its headings empty again that hold only what was written into them from a merged cell above, in columns of
    which each person has an own value; with a note of how many."""
    columns = {
        index: field
        for field in _OWN.keys() & headings.fields.keys()
        for index in (headings.fields[field], *headings.fallback_columns.get(field, ()))
    }
    below = grid.first_row + headings.row
    taken = {(row, column) for row, column in grid.filled if row > below and column in columns}
    if not taken:
        return grid
    emptied = list(grid.columns)
    for column in {column for _, column in taken}:
        flags = np.zeros(len(grid), dtype=bool)
        flags[[row - grid.first_row for row, among in taken if among == column and row - grid.first_row < len(grid)]] = True
        # A heading over two rows may have been written into the second one.
        flags &= pc.not_equal(emptied[column], emptied[column][headings.row]).fill_null(True).to_numpy(zero_copy_only=False)
        emptied[column] = pc.if_else(pa.array(flags), pa.scalar(None, pa.string()), emptied[column])
    counts = Counter(columns[column] for _, column in taken)
    told = "、".join(f"“{words}” {counts[field]} 格" for field, words in _OWN.items() if counts[field])
    note = (
        "merged_own_value",
        f"合并单元格盖住了下面各行自己的内容：{told}。这些格按空白处理，没有填入上一行的值。请取消合并，逐行填写后放回",
    )
    return replace(grid, columns=emptied, filled=[cell for cell in grid.filled if cell not in taken], notes=[*grid.notes, note])
