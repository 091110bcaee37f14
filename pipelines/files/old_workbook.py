"""Workbooks of Excel 97–2003 (.xls, .et) and older ones, prepared for the fast reader."""

import struct
from collections.abc import Sequence

from pipelines.files.biff import BIFF8, UTF16, Contents, contents, facts_of
from pipelines.files.biff_mending import mended
from pipelines.files.compound import compound_file, streams
from pipelines.files.passwords import opened
from pipelines.files.refusal import RESAVE, FileRefused
from pipelines.files.workbook_xml import WorkbookFacts

_OTHERS = {"WordDocument": "Word 文档", "PowerPoint Document": "演示文稿"}


def look_into_xls(content: bytes, passwords: Sequence[str] = ()) -> tuple[bytes, WorkbookFacts]:
    """What the fast reader is to read, and what it does not tell. That is always a compound file of our own: in one whose tables lead in a circle
    the reader would take memory until there is none left. Raises FileRefused."""
    try:
        found = streams(content)
        if "Workbook" not in found:
            other = next((what for name, what in _OTHERS.items() if name in found), None)
            if other:
                raise FileRefused("not_a_table", f"文件其实是{other}，不是表格。请放入系统导出的表格（.xlsx、.xls 或 .csv）")
            raise ValueError("no workbook")
        data = found["Workbook"]
        of = contents(data)
        if of.encrypted:
            data = streams(opened(content, passwords))["Workbook"]
            of = contents(data)
        changed, facts = _looked_through(data, of)
        if of.version < BIFF8 or of.odd:
            again = mended(data, of.version, of.code_page)
            changed, facts = _looked_through(again, contents(again))
        return compound_file(bytes(changed)), facts
    except (OSError, ValueError, LookupError, RecursionError, struct.error):  # what they raise on noise
        raise FileRefused("unreadable_file", f"文件已损坏或不是 Excel 工作簿，无法打开。{RESAVE}") from None


def _looked_through(data: bytes, of: Contents) -> tuple[bytearray, WorkbookFacts]:
    """The records without what the reader would fall over, and what it does not tell."""
    changed = bytearray(data)
    if of.version >= BIFF8 and of.code_page not in (None, UTF16):  # as some programs write it, though BIFF8 knows no other
        struct.pack_into("<H", changed, of.code_page_at, UTF16)
    return changed, facts_of(changed, of)
