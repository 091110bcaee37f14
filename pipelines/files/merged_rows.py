"""Rows of a sheet whose cells say themselves over how many columns and rows they reach: web pages and XML Spreadsheet."""

from pipelines.files.grid import MOST_CELLS, Grid, grid_of
from pipelines.files.refusal import FileRefused

WIDEST, MOST_ROWS = 16_384, 2_000_000  # columns, rows of a sheet


class MergedRows:
    """Takes the rows of a sheet cell by cell and writes the text of a merged cell into each row that it covers, where the row has
    nothing of its own in that place."""

    def __init__(self) -> None:
        self.rows: list[list[object]] = []
        self._cells: list[object] = []  # of the row that is being written
        self._below: dict[int, tuple[int, str | None]] = {}  # column -> rows still covered from above, their text
        self._spans: list[tuple[int, int, int]] = []
        self._filled: list[tuple[int, int]] = []
        self._widest = 0
        self._hiding: set[tuple[int, int]] = set()  # (row of the end, column) of merged cells over others that hold something

    @property
    def covered(self) -> int:
        """How many columns of the next row are covered from above."""
        return len(self._below)

    def skip_to(self, row: int) -> None:
        """End rows, which have no cells of their own, until the next one is ``row`` (0 = the first)."""
        while len(self.rows) < row and self._below:
            self.end_row()
        self.rows += [[] for _ in range(row - len(self.rows))]
        _check_size(len(self.rows), self._widest)

    def add(self, text: str | None, across: int = 1, down: int = 1, column: int | None = None) -> int:
        """A cell of ``across`` columns and ``down`` rows in ``column``, or in the next one that is not covered from above. Returns the
        column behind it."""
        cells = self._cells
        if column is None:
            while len(cells) in self._below:
                cells.append(self._from_above(len(cells)))
            column = len(cells)
        while len(cells) < column:
            cells.append(self._from_above(len(cells)))
        if across > 1:
            self._spans.append((len(self.rows) + 1, column, column + across - 1))
        if down == 1 and column == len(cells) and not self._below:  # nearly every cell of a page, however far across it reaches
            cells += [text, *[None] * (across - 1)]
            return column + across
        for place in range(column, column + across):
            own = text if place == column else None
            if place < len(cells):  # two cells in one place: the later one
                cells[place] = own or cells[place]
            else:
                cells.append(self._from_above(place, own))
            if down > 1:
                self._below[place] = (down - 1, own)
        return column + across

    def end_row(self) -> None:
        """The row has no more cells. Raises FileRefused where the sheet has become too large."""
        cells = self._cells
        for place in sorted(column for column in self._below if column >= len(cells)):
            cells += [None] * (place - len(cells))
            cells.append(self._from_above(place))
        self.rows.append(cells[:WIDEST])
        self._cells = []
        self._widest = max(self._widest, len(self.rows[-1]))
        _check_size(len(self.rows), self._widest)

    def grid(self, sheet: str) -> Grid:
        """All the rows."""
        grid = grid_of(sheet, self.rows)
        grid.spans, grid.filled = self._spans, self._filled
        if self._hiding:
            grid.notes.append(("merged_over_values", merged_over_values(len(self._hiding))))
        return grid

    def _from_above(self, column: int, own: str | None = None) -> str | None:
        """What stands in the next place of the row: ``own``, else the text of the cell that covers it."""
        if column not in self._below:
            return own
        left, text = self._below.pop(column)
        if left > 1:
            self._below[column] = (left - 1, text)
        if text and own:
            self._hiding.add((len(self.rows) + left, column))
        elif text:
            self._filled.append((len(self.rows) + 1, column))
        return own or text


def merged_over_values(cells: int) -> str:
    """What is said of ``cells`` merged ones under which rows have something of their own."""
    return f"有 {cells} 个合并单元格盖住了下面各行自己的内容，按各行自己的内容读入，请核对"


def _check_size(rows: int, widest: int) -> None:
    if rows * widest > MOST_CELLS:
        raise FileRefused(
            "too_large", f"表格展开后超过 {rows:,} 行 × {widest:,} 列，不像正常的导出，已拒收。请删除多余的行和列后保存"
        )
