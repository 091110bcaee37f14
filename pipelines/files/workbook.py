"""Workbooks: .xlsx, .xlsm, .xls, .et and .ods, by one fast reader."""

import gc
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from lxml import etree
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from pipelines.files.formulas import text_alone, without_value
from pipelines.files.grid import MOST_CELLS, Grid, text_column
from pipelines.files.markup import refuse_entities, whole_number
from pipelines.files.merged_rows import merged_over_values
from pipelines.files.odd_cells import ODS, is_number, without_odd_cells
from pipelines.files.old_workbook import look_into_xls
from pipelines.files.package import check_size, put_right
from pipelines.files.panics import without_panics
from pipelines.files.passwords import no_password, opened
from pipelines.files.refusal import RESAVE, FileRefused
from pipelines.files.workbook_xml import SheetFacts, WorkbookFacts, look_into

OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"
_TRUNCATED = ("truncated_file", "文件不完整（可能复制或下载中断）。请重新导出或重新复制")
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ANNOTATION = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}annotation"
_VALUE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value"
_REPEATED = f"{_TABLE}number-columns-repeated"
_LOOKED_AT = [_TABLE + name for name in ("null-date", "table-column", "table", "table-row")]
# Cells that span others, stand for several, hold a formula, a comment, or a value that may be no number.
_TO_LOOK_AT = etree.XPath(
    "*[@t:number-rows-spanned or @t:number-columns-spanned or @t:number-columns-repeated or @t:formula or o:annotation"
    " or (@o:value and number(@o:value) != @o:value)]",
    namespaces={"t": _TABLE[1:-1], "o": _VALUE[1:].partition("}")[0]},
)
_OTHER_OFFICE = {"word/document.xml": "Word 文档", "ppt/presentation.xml": "演示文稿", "xl/workbook.bin": "二进制工作簿（.xlsb）"}


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of cells make the collector look at all of them, again and again, for circles that there are none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def workbook(content: bytes, passwords: Sequence[str] = ()) -> Iterator[Grid]:
    """The sheets of a workbook that are tables. Raises FileRefused."""
    if content.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in content:
        content = opened(content, passwords)
    if content.startswith(OLE):
        content, facts = look_into_xls(content, passwords)
    else:
        content, facts = _look_into(content)
    try:
        with without_panics():
            book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        tables = [about for about in book.sheets_metadata if about.typ == SheetTypeEnum.WorkSheet]  # no charts, no macros
        for about in tables:
            with _no_collection(), without_panics():
                sheet = book.get_sheet_by_name(about.name)
                known = facts.sheets.get(about.name, SheetFacts())
                rows = sheet.to_python(skip_empty_area=not known.constants)
                start = (sheet.start or (0, 0)) if not known.constants else (0, 0)
                merged = [*(sheet.merged_cell_ranges or []), *known.merged]
                grid = _grid(about.name, rows, start, merged, known, facts.from_1904, about.visible)
                del rows
            yield grid
    except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except BaseException as error:  # the reader's panics are no Exception; its messages may quote cells: not shown
        if "assword" in type(error).__name__ or "ncrypt" in str(error):
            raise no_password() from None
        raise FileRefused("unreadable_file", f"文件已损坏或不是 Excel 工作簿，无法打开。{RESAVE}") from None


def _look_into(content: bytes, as_it_is: bool = False) -> tuple[bytes, WorkbookFacts]:
    """Whatever the archive must not hold is refused; what the reader is to read and what its XML tells is returned."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if any(part.flag_bits & 1 for part in archive.infolist()) or _is_encrypted_ods(archive):
                raise no_password()
            check_size(archive)
            if not as_it_is and (again := put_right(archive)):
                return _look_into(again, as_it_is=True)
            names = set(archive.namelist())
            for part, what in _OTHER_OFFICE.items():
                if part in names:
                    raise FileRefused("not_a_table", f"文件其实是{what}，不是可读的表格。{RESAVE}")
            if "xl/workbook.xml" in names:
                facts = look_into(archive)
            elif ODS in names:
                facts = _look_into_ods(archive)
            else:
                raise FileRefused("not_a_table", "文件是压缩包，不是工作簿。里面有名单的，请解压后再放入；没有的，请重新导出")
            return without_odd_cells(content) if any(sheet.odd for sheet in facts.sheets.values()) else content, facts
    except (zipfile.BadZipFile, zlib.error, struct.error, ValueError, EOFError, etree.XMLSyntaxError):  # what they raise on noise
        raise FileRefused(*_TRUNCATED) from None
    except (NotImplementedError, OSError, RuntimeError):  # a compression or encryption nobody uses in workbooks
        raise FileRefused("unreadable_file", f"文件已损坏或不是 Excel 工作簿，无法打开。{RESAVE}") from None


def _is_encrypted_ods(archive: zipfile.ZipFile) -> bool:
    manifest = "META-INF/manifest.xml"
    return manifest in archive.namelist() and b"encryption-data" in archive.open(manifest).read(1_000_000)


def _look_into_ods(archive: zipfile.ZipFile) -> WorkbookFacts:
    """Rows and cells may be repeated by a number: refuse a sheet that unfolds into too many. What is hidden is returned."""
    with archive.open(ODS) as part:
        refuse_entities(part.read(100_000))
    facts, table = WorkbookFacts(), SheetFacts()
    rows = width = above = 0
    with archive.open(ODS) as part:
        for _, element in etree.iterparse(
            part, events=("end",), tag=_LOOKED_AT, resolve_entities=False, no_network=True, huge_tree=True
        ):
            hidden = element.get(f"{_TABLE}visibility") in ("collapse", "filter")
            if element.tag == f"{_TABLE}null-date":
                facts.from_1904 = (element.get(f"{_TABLE}date-value") or "").startswith("1904")
            elif element.tag == f"{_TABLE}table-column":
                table.hidden_columns += hidden
            elif element.tag == f"{_TABLE}table":
                facts.sheets[element.get(f"{_TABLE}name") or ""] = table
                table, above = SheetFacts(), 0
            else:
                used = _look_at_row(element, above, table)
                repeated = whole_number(element.get(f"{_TABLE}number-rows-repeated"))
                above += repeated
                repeated = repeated if used else 0
                rows += repeated
                table.hidden_rows += repeated if hidden else 0
                width = max(width, used)
                element.clear()
    if rows * width > MOST_CELLS:
        raise FileRefused("too_large", f"表格展开后达 {rows:,} 行 × {width:,} 列，超出可读的大小。请删除多余的行和列后保存")
    return facts


def _look_at_row(row: etree._Element, above: int, table: SheetFacts) -> int:
    """What there is to tell of a row of an .ods goes into ``table``; ``above``: rows before it. Returns up to which column it holds something."""
    beyond = with_text = 0
    for cell in _TO_LOOK_AT(row):
        place = row.index(cell) + beyond
        down, across = (whole_number(cell.get(f"{_TABLE}number-{side}-spanned")) for side in ("rows", "columns"))
        if down > 1 or across > 1:
            table.merged.append(((above, place), (above + down - 1, place + across - 1)))
        if (value := cell.get(_VALUE)) is not None and not is_number(value.encode()):
            table.errors.append((above + 1, place))
            table.odd = True
        if not len(cell) and (formula := cell.get(f"{_TABLE}formula")):
            if text := text_alone(formula.removeprefix("of:")):
                table.constants[above + 1, place] = text
                with_text = place + 1
            else:
                table.without_value += 1
                table.uncomputed.append((above + 1, place))
        if cell.find(_ANNOTATION) is not None:
            table.comments.append((above + 1, place))
        beyond += whole_number(cell.get(_REPEATED)) - 1
    used, last = len(row) + beyond, row[-1] if len(row) else None
    while last is not None and not len(last):
        used -= whole_number(last.get(_REPEATED))
        last = last.getprevious()
    return max(used, with_text)


def _grid(
    name: str,
    rows: list[list],
    start: tuple[int, int],
    merged: list[tuple[tuple[int, int], tuple[int, int]]],
    facts: SheetFacts,
    from_1904: bool,
    visible: SheetVisibleEnum,
) -> Grid:
    top, left = start
    width = max(len(rows[0]) if rows else 0, *(column + 1 - left for _, column in facts.constants), 0)
    height = max(len(rows), *(number - top for number, _ in facts.constants), 0)
    if facts.constants and (len(rows) < height or len(rows[0]) < width):  # the reader left out what has no value
        rows = [[*row, *[""] * (width - len(row))] for row in [*rows, *([] for _ in range(height - len(rows)))]]
    filled, spans, covered, hiding, left_to_fill = [], [], [], 0, len(rows) * width
    for (first_row, first), (last_row, last) in merged:
        first_row, last_row, first, last = first_row - top, min(last_row - top, len(rows) - 1), first - left, last - left
        if first_row < 0 or first < 0 or first >= width or first_row >= len(rows):
            continue
        value = rows[first_row][first]
        if value == "":
            continue
        left_to_fill -= last_row - first_row
        if left_to_fill < 0:  # they cover the sheet more than once, which no program writes
            break
        below = range(first_row + 1, last_row + 1)
        empty = [row for row in below if rows[row][first] == ""]
        if len(empty) < len(below):
            hiding += 1
            covered += [(top + row + 1, first) for row in below if rows[row][first] != ""]
        for row in empty:
            rows[row][first] = value
            filled.append((top + row + 1, first))
        if last > first:
            spans.append((top + first_row + 1, first, min(last, width - 1)))
    for (number, column), text in facts.constants.items():
        if rows[number - 1 - top][column - left] == "":
            rows[number - 1 - top][column - left] = text
    columns = [text_column([row[i] for row in rows]) for i in range(width)]
    grid = Grid(name, columns, top + 1, from_1904, filled, [(r, c - left) for r, c in facts.errors if c >= left], spans)
    grid.covered = covered
    grid.uncomputed = [(r, c - left) for r, c in facts.uncomputed]
    grid.comments = [(r, c - left) for r, c in facts.comments]
    grid.drawings = facts.drawings
    grid.notes += [
        (rule, sentence)
        for rule, count, sentence in (
            ("hidden_sheet", visible != SheetVisibleEnum.Visible, "工作表是隐藏的，也已读入"),
            ("hidden_rows", facts.hidden_rows, f"有 {facts.hidden_rows} 行被隐藏（或被筛选掉），也已读入"),
            ("hidden_columns", facts.hidden_columns, "有被隐藏的列，也已读入"),
            ("merged_over_values", hiding, merged_over_values(hiding)),
            ("formula_without_value", facts.without_value, without_value(facts.without_value)),
        )
        if count
    ]
    return grid
