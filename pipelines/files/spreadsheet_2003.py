"""XML Spreadsheet 2003, which systems save as .xls (docs/formats.md 3.1). No entity is expanded, nothing is fetched."""

import re
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from pipelines.files.formulas import text_alone, without_value
from pipelines.files.grid import Grid, cell_text
from pipelines.files.markup import refuse_entities, whole_number
from pipelines.files.merged_rows import MOST_ROWS, WIDEST, MergedRows
from pipelines.files.refusal import FileRefused

# Control characters, which XML may not hold; programs write them as they found them in a database.
_FORBIDDEN = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bcBC]|[eE]|1[0-9a-fA-F]));"
)
_NO_COUNT = 60_000  # of rows: programs that do not count them beforehand write 65,535
_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"


def spreadsheet_xml(content: bytes) -> Iterator[Grid]:
    """The sheets of an XML Spreadsheet 2003, which is not in UTF-16."""
    refuse_entities(content)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, recover=False)
    try:
        root = etree.fromstring(_FORBIDDEN.sub(b"", content).lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        raise FileRefused("truncated_file", "文件不完整（可能复制或下载中断）。请重新导出或重新复制") from None
    for sheet in root.iter(f"{_SS}Worksheet"):
        yield _sheet(sheet)


def _sheet(sheet: etree._Element) -> Grid:
    lines = list(sheet.iter(f"{_SS}Row"))
    widest = max(map(_width, lines), default=0)
    rows = MergedRows()
    hidden = uncomputed = 0
    for line in lines:
        rows.skip_to(min(whole_number(line.get(f"{_SS}Index")), MOST_ROWS) - 1)
        hidden += line.get(f"{_SS}Hidden") == "1"
        # Some programs leave out the cells that a merged one above covers, some write them, empty or not: then there is no room to step aside.
        stepping = rows.covered + _width(line) <= widest
        following = 0
        for cell in line.iterchildren(f"{_SS}Cell"):
            index = cell.get(f"{_SS}Index")
            column = min(whole_number(index), WIDEST) - 1 if index else None if stepping else following
            across, down = (_reach(cell, side) for side in ("Across", "Down"))
            data, formula = cell.find(f"{_SS}Data"), cell.get(f"{_SS}Formula")
            text = _value(data)
            if formula and (data is None or not "".join(data.itertext())):
                text = text_alone(formula)
                uncomputed += text is None and (data is None or '""' not in formula)
            following = rows.add(text, across, down, column)
        rows.end_row()
    grid = rows.grid(sheet.get(f"{_SS}Name") or "")
    if hidden:
        grid.notes.append(("hidden_rows", f"有 {hidden} 行被隐藏，也已读入"))
    if len(rows.rows) < (declared := _declared_rows(sheet)) < _NO_COUNT:
        grid.notes.append(("declared_rows", f"文件自称有 {declared:,} 行，只有 {len(rows.rows):,} 行，请核对是否缺了行"))
    if uncomputed:
        grid.notes.append(("formula_without_value", without_value(uncomputed)))
    return grid


def _declared_rows(sheet: etree._Element) -> int:
    table = sheet.find(f"{_SS}Table")
    return whole_number(table.get(f"{_SS}ExpandedRowCount")) if table is not None else 0


def _width(line: etree._Element) -> int:
    """The columns that the cells of a row take as they are written."""
    width = 0
    for cell in line.iterchildren(f"{_SS}Cell"):
        index = cell.get(f"{_SS}Index")
        width = (whole_number(index) - 1 if index else width) + _reach(cell, "Across")
    return width


def _reach(cell: etree._Element, side: str) -> int:
    """How many columns (Across) or rows (Down) the cell has."""
    more = cell.get(f"{_SS}Merge{side}")
    return 1 + min(whole_number(more), WIDEST if side == "Across" else MOST_ROWS) if more and more.strip() != "0" else 1


def _value(data: etree._Element | None) -> str | None:
    if data is None:
        return None
    text = "".join(data.itertext())
    kind = data.get(f"{_SS}Type")
    if kind == "Number":
        try:
            return cell_text(float(text)) if re.search(r"[eE.]", text) or len(text) > 15 else text
        except ValueError:
            return text
    if kind == "DateTime":
        try:
            return cell_text(datetime.fromisoformat(text))
        except ValueError:
            return text
    if kind == "Boolean":
        return cell_text(text.strip().lower() in ("1", "true"))
    return None if kind == "Error" else text or None
