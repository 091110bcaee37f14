"""Text files of cells between commas, tabs or semicolons, in whatever encoding and however quoted."""

import csv
import io
import re
import statistics
from collections import Counter
from collections.abc import Callable
from itertools import zip_longest

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv

from pipelines.files.cut_text import LOST_BLOCK, ODD_BYTE, refuse_cut, refuse_half_character, refuse_lost_block
from pipelines.files.grid import Grid, blank_as_null, grid_of
from pipelines.files.refusal import RESAVE, FileRefused

_DELIMITERS = ",\t;|"
_MOST_COLUMNS = 16_384  # as in a workbook
_MOST_REPEATS = 200  # of a group, in an expression that Arrow takes
_LOOK_IN_ROWS = 30  # rows, among them the headings
_SAMPLE = 200_000  # characters
_SAMPLE_LINES = 200
_BINARY = 0.02  # of the first bytes that no text holds
_NUMBER = re.compile(r"\d{15}")  # an ID
_LONG = re.compile(r"\d{6}")  # an ID, a date, a phone
_LEAST = 3  # headings
_SEEN = 5_000  # rows
_CONTROL = bytes(set(range(32)) - {9, 10, 11, 12, 13, 26})
csv.field_size_limit(1 << 30)


def delimited(content: bytes) -> Grid:
    """The one sheet of a text file, named ''; rows are numbered as records, the first is 1. Raises FileRefused."""
    text, notes = _decode(content)
    if "\n" not in text[:_SAMPLE] and "\r" in text:  # lines as an old Mac ends them
        text = text.replace("\r", "\n")
    head = text[:_SAMPLE]
    # By the middle line: a tab before each ID, or a comma in each address, is no delimiter where others are more.
    lines = [line for line in head.split("\n")[:_SAMPLE_LINES] if line.strip()] or [""]
    delimiter = max(_DELIMITERS, key=lambda mark: (statistics.median(line.count(mark) for line in lines), head.count(mark)))
    if delimiter not in head:
        raise FileRefused("not_a_table", f"文件不是表格（没有列分隔符）。{RESAVE}")
    if max(line.count(delimiter) for line in head.split("\n")) >= _MOST_COLUMNS:
        raise FileRefused("too_large", f"一行有超过 {_MOST_COLUMNS:,} 列，不像正常的导出。请检查分隔符，重新导出")
    notes += refuse_cut(text, delimiter)
    grid = _quickly(text, delimiter)
    if grid is None or _swallowed_lines(grid.columns, delimiter):
        rows = _patiently(text, delimiter)
        if rows is None or _swallowed(rows, delimiter):
            rows = [_line(line, delimiter) for line in text.splitlines()]
            notes.append(("broken_quotes", "CSV 里有不成对的引号，已改为逐行读取；受影响的行列数对不上的，会另行列出"))
        grid = _uneven(rows, notes)
    grid.notes += notes
    return grid


def _decode(content: bytes) -> tuple[str, list[tuple[str, str]]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        refuse_half_character([(ODD_BYTE, len(content))] if len(content) % 2 else [], len(content))
        refuse_lost_block(content)
        return content.decode("utf-16", errors="replace").replace("\0", ""), []
    start = content[:4096]
    lost = [len(block) // 2 for block in LOST_BLOCK.findall(start)]
    odd, even = (start[side::2].count(0) - sum(lost) for side in (1, 0))
    if max(odd, even) > len(start) // 20 and min(odd, even) <= len(lost):  # every ASCII character beside a zero byte, on one side
        order = "le" if odd else "be"
        refuse_lost_block(content)
        return content.decode(f"utf-16-{order}", errors="replace").replace("\0", ""), []
    if sum(start.count(byte) for byte in _CONTROL if byte) > len(start) * _BINARY:
        raise FileRefused("not_a_table", f"文件不是表格，也不是文字。{RESAVE}")
    refuse_lost_block(content)
    notes = [("nul_characters", "文件里有空字符（NUL），已去掉")] if b"\0" in content else []
    content = content.replace(b"\0", b"")
    faults = []
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding), notes
        except UnicodeDecodeError as error:
            faults.append((error.reason, error.end))
    refuse_half_character(faults, len(content))
    lines = content.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)
    decoded = [_decode_line(line) for line in lines]
    damaged = sum("\ufffd" in line for line in decoded)
    if damaged * 2 > len(lines):
        raise FileRefused("unknown_encoding", f"文字编码无法识别（应为 UTF-8 或 GB18030）。{RESAVE}")
    sentence = f"文件里混有几种文字编码，已逐行识别；{damaged} 行有无法识别的字，以“\ufffd”代替"
    return "".join(decoded), [*notes, ("mixed_encodings", sentence)]


def _decode_line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        # A character cut in two leaves one or two marks of loss among many good ones, another encoding little else.
        marked = line.decode("utf-8", errors="replace")
        lost = marked.count("\ufffd")
        if lost * 4 <= sum(character > "\u2fff" for character in marked) - lost:
            return marked
    return line.decode("gb18030", errors="replace")


def _quickly(text: str, delimiter: str) -> Grid | None:
    """Arrow's reader; None where the rows are of several lengths, or quoted as it does not expect."""
    start = io.StringIO(text[:_SAMPLE], newline="")
    reader = csv.reader(start, delimiter=delimiter)
    above: list[list[str]] = []
    ends: list[int] = [0]
    try:
        for record in reader:
            above.append(record)
            ends.append(reader.line_num)
            if len(above) == _LOOK_IN_ROWS:
                break
    except csv.Error:
        return None
    width = max(map(len, above), default=0)
    headings = next(i for i, record in enumerate(above) if len(record) == width) if above else 0
    lines = text[:_SAMPLE].splitlines(keepends=True)
    body = text[sum(map(len, lines[: ends[headings]])) :].rstrip("\r\n")
    if not width or not body:
        return None
    names = [str(i) for i in range(width)]
    uneven: list[object] = []

    def note(row: object) -> str:
        uneven.append(row)
        return "skip"

    try:
        table = pc_csv.read_csv(
            pa.py_buffer(body.encode("utf-8", errors="replace")),
            read_options=pc_csv.ReadOptions(column_names=names, block_size=16 << 20),
            parse_options=pc_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
            ),
            convert_options=pc_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return None
    if uneven:
        return None
    titles = above[:headings]
    columns = []
    for i, column in enumerate(table.columns):
        top = pa.array([row[i] if i < len(row) else None for row in titles], pa.string())
        columns.append(blank_as_null(pa.concat_arrays([top, *column.chunks])))
    return Grid("", columns)


def _patiently(text: str, delimiter: str) -> list[list[str]] | None:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return None


def _line(line: str, delimiter: str) -> list[str]:
    """The cells of a line; where its quotes do not pair, they are characters like others."""
    if line.count('"') % 2 == 0:
        return next(csv.reader([line], delimiter=delimiter), [])
    return line.replace('"', "").split(delimiter)


def _width(rows: list[list[str]]) -> int:
    """How many cells the headings have: the first row of several cells and no long number."""
    first = (row for row in rows[:_LOOK_IN_ROWS] if sum(map(bool, row)) >= _LEAST and not any(_LONG.search(cell) for cell in row))
    return len(next(first, max(rows[:_LOOK_IN_ROWS], key=len, default=[])))


def _swallowed(rows: list[list[str]], delimiter: str) -> bool:
    """Has a quote joined lines? Then a cell holds a line end, and its row has more cells than there are headings, or has
    fewer and the cell holds what is missing, or the cell holds a whole row's delimiters."""
    width = _width(rows)
    for row in rows:
        several = max(2, (width - 1) // 2) if len(row) < width else width - 1
        if any("\n" in cell for cell in row) and (
            len(row) > width or any(line.count(delimiter) >= several for cell in row for line in cell.split("\n")[1:])
        ):
            return True
    return False


def _uneven(rows: list[list[str]], notes: list[tuple[str, str]]) -> Grid:
    """The grid of rows of several lengths. A row that a line end inside a cell cut in two is put together again."""
    width = _width(rows)
    fits = _fitting([row for row in rows if len(row) >= width])
    joined = 0
    for index in range(len(rows) - 1):
        first, second = rows[index], rows[index + 1]
        if (
            1 < len(first) < width
            and 1 <= len(second) < width
            and len(first) + len(second) - 1 == width
            and fits(len(first), second)
        ):
            rows[index], rows[index + 1] = [*first[:-1], first[-1] + second[0], *second[1:]], []
            joined += 1
    if joined:
        notes.append(("joined_lines", f"有 {joined} 行因单元格里的换行没有加引号而断成两行，已接回"))
    grid = grid_of("", rows)
    grid.longer = [number for number, row in enumerate(rows, 1) if len(row) > width]
    return grid


def _fitting(whole: list[list[str]]) -> Callable[[int, list[str]], bool]:
    """Tells whether the end of a row, from a column on, holds what stands in these columns of whole rows: one of their
    repeated values or a long number where they have some; and no ID where they have none."""
    columns = list(zip_longest(*whole[:_SEEN], fillvalue=""))
    repeated = [{value for value, count in Counter(column).items() if value and count > 1} for column in columns]
    numbers = [sum(bool(_LONG.search(cell)) for cell in column) * 2 > sum(map(bool, column)) for column in columns]

    def fits(start: int, end: list[str]) -> bool:
        cells = [(cell, start + i) for i, cell in enumerate(end[1:]) if cell and start + i < len(columns)]
        strange = any(_NUMBER.search(cell) and not numbers[at] for cell, at in cells)
        return not strange and any(cell in repeated[at] or (numbers[at] and _LONG.search(cell)) for cell, at in cells)

    return fits


def _swallowed_lines(columns: list[pa.Array], delimiter: str) -> bool:
    """Has a quote that was never closed swallowed the lines behind it? Then a cell holds line ends with a row's worth of
    delimiters between them."""
    several = f"(?:[^\n]*{re.escape(delimiter)}){{{min(max(2, (len(columns) - 1) // 2), _MOST_REPEATS)}}}"
    of_lines = [column for column in columns if pc.any(pc.match_substring(column, "\n")).as_py()]
    return any(pc.any(pc.match_substring_regex(column, f"\n{several}")).as_py() for column in of_lines)
