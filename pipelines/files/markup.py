"""Web pages and XML that systems save as .xls (docs/formats.md 3.1). No entity is expanded, nothing is fetched."""

import re
from collections.abc import Iterator
from datetime import datetime

from lxml import etree, html

from pipelines.files.grid import MOST_CELLS, Grid, cell_text, grid_of
from pipelines.files.refusal import RESAVE, FileRefused

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_WIDEST, _MOST = 16_384, 2_000_000  # columns, rows of a sheet
_DANGEROUS = re.compile(rb"<!(?:ENTITY|DOCTYPE[^>]*\[)", re.IGNORECASE)
_TABLE_OPENED, _TABLE_CLOSED = (re.compile(rf"<{mark}table\b", re.IGNORECASE) for mark in ("", "/"))
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)


def refuse_entities(content: bytes) -> None:
    """Raises FileRefused where the beginning of an XML text declares entities."""
    if _DANGEROUS.search(content[:100_000]):
        raise FileRefused(
            "xml_entities", "文件里有异常的 XML 实体定义，正常导出的表格不会有，可能是恶意文件，已拒收。请重新从系统导出"
        )


def web_page(content: bytes) -> Iterator[Grid]:
    """The tables of a web page, innermost ones alone. Raises FileRefused where one is not closed: a page is written from its beginning to its
    end, and what is missing there are rows."""
    refuse_entities(content)
    text = _page_text(content)
    if len(_TABLE_OPENED.findall(text)) > len(_TABLE_CLOSED.findall(text)):
        raise FileRefused("truncated_file", "文件不完整：网页格式的表格没有结尾，多半是复制或下载中断。请重新导出或重新复制")
    try:
        document = html.document_fromstring(text, parser=html.HTMLParser(huge_tree=True, no_network=True))
    except (etree.LxmlError, ValueError):
        raise FileRefused("unreadable_file", f"网页格式的表格已损坏，无法打开。{RESAVE}") from None
    tables = [table for table in document.iter("table") if table.find(".//table") is None]
    if not tables:
        raise FileRefused("web_page", f"文件其实是网页，里面没有表格。{RESAVE}")
    for number, table in enumerate(tables, 1):
        yield _html_table(table, f"表{number}" if len(tables) > 1 else "")


def _page_text(content: bytes) -> str:
    declared = _CHARSET.search(content[:2000])
    names = [declared[1].decode("ascii")] if declared else []
    for name in (*(("gb18030" if n.lower() in ("gb2312", "gbk") else n) for n in names), "utf-8-sig", "gb18030"):
        try:
            text = content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        return re.sub(r"^\s*<\?xml[^>]*\?>", "", text).replace("\0", "")
    return content.decode("gb18030", errors="replace").replace("\0", "")


def _html_table(table: html.HtmlElement, name: str) -> Grid:
    rows: list[list[object]] = []
    spans: list[tuple[int, int, int]] = []
    filled: list[tuple[int, int]] = []
    below: dict[int, tuple[int, str | None]] = {}  # column -> rows still to be filled from the cell above, its text
    widest = 0
    for line in table.iter("tr"):
        cells: list[object] = []
        for cell in line.iterchildren("td", "th"):
            _fill(cells, below, filled, len(rows) + 1)
            text = cell.text_content().strip("\r\n\t ") or None
            across, down = (min(_whole(cell.get(side)), most) for side, most in (("colspan", _WIDEST), ("rowspan", _MOST)))
            if across > 1:
                spans.append((len(rows) + 1, len(cells), len(cells) + across - 1))
            if down > 1:
                below[len(cells)] = (down - 1, text)
            cells += [text, *[None] * (across - 1)]
        _fill(cells, below, filled, len(rows) + 1)
        rows.append(cells[:_WIDEST])
        widest = _within(len(rows), max(widest, len(rows[-1])))
    grid = grid_of(name, rows)
    grid.spans, grid.filled = spans, filled
    return grid


def _within(rows: int, widest: int) -> int:
    """``widest``, while the rectangle of the rows is one that is let in. Raises FileRefused."""
    if rows * widest > MOST_CELLS:
        raise FileRefused(
            "too_large", f"表格展开后超过 {rows:,} 行 × {widest:,} 列，不像正常的导出，已拒收。请删除多余的行和列后保存"
        )
    return widest


def _fill(cells: list[object], below: dict[int, tuple[int, str | None]], filled: list[tuple[int, int]], row: int) -> None:
    """Write what reaches down from above into the row, up to its next free column."""
    while len(cells) in below:
        left, text = below.pop(len(cells))
        if left > 1:
            below[len(cells)] = (left - 1, text)
        if text:
            filled.append((row, len(cells)))
        cells.append(text)


def _whole(text: str | None) -> int:
    return int(text) if text and text.strip().isdigit() and int(text) > 0 else 1


def spreadsheet_xml(content: bytes) -> Iterator[Grid]:
    """The sheets of an XML Spreadsheet 2003."""
    refuse_entities(content)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, recover=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise FileRefused("truncated_file", "文件不完整（可能复制或下载中断）。请重新导出或重新复制") from None
    for sheet in root.iter(f"{_SS}Worksheet"):
        yield _xml_sheet(sheet)


def _xml_sheet(sheet: etree._Element) -> Grid:
    rows: list[list[object]] = []
    spans: list[tuple[int, int, int]] = []
    below: dict[int, tuple[int, str | None]] = {}
    filled: list[tuple[int, int]] = []
    hidden = widest = 0
    for line in sheet.iter(f"{_SS}Row"):
        index = min(_whole(line.get(f"{_SS}Index")), _MOST)
        while len(rows) < index - 1:
            rows.append([])
        hidden += line.get(f"{_SS}Hidden") == "1"
        cells: list[object] = []
        for cell in line.iterchildren(f"{_SS}Cell"):
            place = min(_whole(cell.get(f"{_SS}Index")), _WIDEST) - 1
            while len(cells) < place and len(cells) not in below:
                cells.append(None)
            _fill(cells, below, filled, len(rows) + 1)
            cells += [None] * (place - len(cells))
            text = _xml_value(cell.find(f"{_SS}Data"))
            across, down = (int(cell.get(f"{_SS}Merge{side}") or 0) for side in ("Across", "Down"))
            if across:
                spans.append((len(rows) + 1, len(cells), len(cells) + across))
            if down:
                below[len(cells)] = (down, text)
            cells += [text, *[None] * min(across, _WIDEST)]
        _fill(cells, below, filled, len(rows) + 1)
        rows.append(cells)
        widest = _within(len(rows), max(widest, len(cells)))
    grid = grid_of(sheet.get(f"{_SS}Name") or "", rows)
    grid.spans, grid.filled = spans, filled
    if hidden:
        grid.notes.append(("hidden_rows", f"有 {hidden} 行被隐藏，也已读入"))
    return grid


def _xml_value(data: etree._Element | None) -> str | None:
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
    return None if kind == "Error" else text or None
