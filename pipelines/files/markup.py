"""Web pages that systems save as .xls (docs/formats.md 3.1). No entity is expanded, nothing is fetched."""

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree, html

from pipelines.files.grid import Grid
from pipelines.files.head_and_body import joined_with_heads
from pipelines.files.merged_rows import MOST_ROWS, WIDEST, MergedRows
from pipelines.files.refusal import RESAVE, FileRefused

_DANGEROUS = re.compile(rb"<!(?:ENTITY|DOCTYPE[^>]*\[)", re.IGNORECASE)
_TABLE_OPENED, _TABLE_CLOSED = (re.compile(rf"<{mark}table\b", re.IGNORECASE) for mark in ("", "/"))
_PAGE_OPENED, _PAGE_CLOSED = (re.compile(rf"<{mark}(?:html|body)\b", re.IGNORECASE) for mark in ("", "/"))
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)


def refuse_entities(content: bytes) -> None:
    """Raises FileRefused where the beginning of an XML text declares entities."""
    if _DANGEROUS.search(content[:100_000]):
        raise FileRefused(
            "xml_entities", "文件里有异常的 XML 实体定义，正常导出的表格不会有，可能是恶意文件，已拒收。请重新从系统导出"
        )


def web_page(content: bytes) -> Iterator[Grid]:
    """The tables of a web page, innermost ones alone; headings that are a table of their own are joined with their rows. Raises FileRefused where a
    table is not closed, or a page that says where it begins does not say where it ends: it is written from its beginning to its end, and what is
    missing there are rows or further tables."""
    refuse_entities(content)
    text = _page_text(content)
    shown = _COMMENT.sub("", text)
    table_is_cut = len(_TABLE_OPENED.findall(shown)) > len(_TABLE_CLOSED.findall(shown))
    if table_is_cut or (_TABLE_OPENED.search(text) and _PAGE_OPENED.search(text) and not _PAGE_CLOSED.search(text)):
        what = "网页格式的表格没有结尾" if table_is_cut else "网页没有结尾（</html>），后面可能还有表格"
        raise FileRefused("truncated_file", f"文件不完整：{what}，多半是复制或下载中断。请重新导出或重新复制")
    try:
        document = html.document_fromstring(text, parser=html.HTMLParser(huge_tree=True, no_network=True))
    except (etree.LxmlError, ValueError):
        raise FileRefused("unreadable_file", f"网页格式的表格已损坏，无法打开。{RESAVE}") from None
    tables = [table for table in document.iter("table") if table.find(".//table") is None]
    if not tables:
        raise FileRefused("web_page", f"文件其实是网页，里面没有表格。{RESAVE}")
    grids = list(joined_with_heads(_html_table(table, f"表{number}") for number, table in enumerate(tables, 1)))
    yield from grids if len(grids) > 1 else (replace(grid, sheet="") for grid in grids)


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
    rows = MergedRows()
    for line in table.iter("tr"):
        for cell in line.iterchildren("td", "th"):
            across, down = (
                min(whole_number(cell.get(side)), most) for side, most in (("colspan", WIDEST), ("rowspan", MOST_ROWS))
            )
            rows.add(cell.text_content().strip("\r\n\t ") or None, across, down)
        rows.end_row()
    return rows.grid(name)


def whole_number(text: str | None) -> int:
    """A number of columns or rows as it is written, 1 where it is none."""
    return max(int(text), 1) if text and len(text) < 20 and text.strip().isdecimal() else 1
