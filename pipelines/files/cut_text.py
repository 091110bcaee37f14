"""Text files that were cut off while they were copied or downloaded. What is missing would be children whom nobody looks for."""

import csv
import re
from collections.abc import Iterable
from itertools import dropwhile

from pipelines.files.refusal import FileRefused
from schemas.checks import FOOTER

_LINE_ENDS = ("\n", "\r", "\x1a")
_ROWS_BEFORE = 20
_LOOK_BACK = 100_000  # characters
_FOOTER = re.compile(FOOTER)
LOST_BLOCK = re.compile(b"\\0" * 16 + b"\\0*")  # in UTF-16 eight characters; written out: \0{16,} is searched a byte at a time
ODD_BYTE = "truncated data"
_HALF = (ODD_BYTE, "unexpected end of data", "incomplete multibyte sequence")  # the words of Python's codecs
_TRUNCATED = "truncated_file"
_COPY_AGAIN = "多半是复制或下载中断，后面的行丢失了。请重新导出或重新复制"


def refuse_half_character(faults: Iterable[tuple[str, int]], length: int) -> None:
    """Raises FileRefused where a content of ``length`` bytes ends within a character. ``faults``: what Python found amiss when it decoded the
    content, in one encoding and another, and where that ended."""
    if any(reason in _HALF and end == length for reason, end in faults):
        raise FileRefused(_TRUNCATED, f"文件不完整：最后一个字只有一半。{_COPY_AGAIN}")


def refuse_lost_block(content: bytes) -> None:
    """Raises FileRefused where a piece of a text file is zero bytes: a block that a copy did not get across, or that was never written to the disk.
    Some programs fill up the cells of all rows with them, which is no loss."""
    lost = len(LOST_BLOCK.findall(content))
    if lost and lost * 2 <= content.count(b"\n") + 1:
        raise FileRefused(
            _TRUNCATED,
            f"文件不完整：中间有 {lost} 段内容变成了空字符（NUL）。多半是复制或下载中断，那里的行丢失了。请重新导出或重新复制",
        )


def refuse_cut(text: str, delimiter: str) -> list[tuple[str, str]]:
    """Raises FileRefused where the text ends within a line end, or the last row has no line end and breaks off: it has fewer cells than each of
    the rows before it (but for titles), and does not say who signs or how many there are; or a quote in it is not closed. Of a last row without
    line end that does not break off, the note says so: its last cell may be cut all the same."""
    if text.endswith("\r") and "\r\n" in text[-_LOOK_BACK:]:
        raise FileRefused(_TRUNCATED, f"文件不完整：最后一个换行只有一半。{_COPY_AGAIN}")
    if text.endswith(_LINE_ENDS) or "\n" not in text:
        return []
    lines = [line for line in text[-_LOOK_BACK:].splitlines() if line.strip()]
    before, last = lines[-_ROWS_BEFORE - 1 : -1], lines[-1]
    if not before or any(_FOOTER.match(cell) for cell in last.split(delimiter)):
        return []
    if last.count('"') % 2 and not any(line.count('"') % 2 for line in before):
        raise FileRefused(_TRUNCATED, f"文件不完整：最后一行的引号没有成对，也没有换行。{_COPY_AGAIN}")
    cells = _cells(last, delimiter)
    counts = [_cells(line, delimiter) for line in before]
    if len(before) == len(lines) - 1:  # all there is: above the headings may stand titles of few cells
        widest = max(counts)
        counts = [*dropwhile(lambda count: count * 2 <= widest, counts)]
    if cells < (usual := min(counts)):
        raise FileRefused(
            _TRUNCATED, f"文件不完整：最后一行只有 {cells} 列（前面各行至少 {usual} 列），也没有换行。{_COPY_AGAIN}"
        )
    return [("no_line_end", "文件末尾没有换行：若是复制或下载中断，最后一行可能不完整，后面还可能少了行。请核对行数")]


def _cells(line: str, delimiter: str) -> int:
    return len(next(csv.reader([line], delimiter=delimiter), []))
