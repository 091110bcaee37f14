"""From a file of any supported container to its sheets. The ending is never trusted, the content is."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipelines.files.compound import compound_file
from pipelines.files.delimited import delimited
from pipelines.files.grid import Grid
from pipelines.files.markup import web_page
from pipelines.files.markup_encoding import in_utf8
from pipelines.files.refusal import RESAVE, FileRefused
from pipelines.files.spreadsheet_2003 import spreadsheet_xml
from pipelines.files.workbook import OLE, ZIP, workbook

_LARGEST = 1 << 30  # bytes of a file
_BEFORE_A_ZIP = 4096  # bytes
_MARKUP = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<body", b"<div", b"<style")
_SPREADSHEET = (b"<?xml", b"<?mso-application", b"<workbook", b"<ss:workbook")  # some programs leave the declaration out
# What offices rename or send by mistake, by its first bytes.
_OTHERS = (
    (b"%PDF", "PDF 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"Rar!", "RAR 压缩包，请改用 ZIP 压缩包，或解压后再放入"),
    (b"7z\xbc\xaf", "7z 压缩包，请改用 ZIP 压缩包，或解压后再放入"),
    (b"\x1f\x8b", "GZ 压缩包，请改用 ZIP 压缩包，或解压后再放入"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "快捷方式，请放入文件本身"),
    (b"SQLite format 3", "数据库文件"),
    (b"{\\rtf", "RTF 文档"),
)
_MHT = re.compile(
    rb"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*MIME-Version:", re.IGNORECASE
)  # other fields of its head may come first


# Tables of kinds that are not read, by their first bytes.
_OTHER_TABLES = (
    (re.compile(rb"ID;P[^\r\n]*[\r\n]+(?:P;P|O;|[BCF];[A-Z])"), "SYLK 表格（.slk）"),
    (re.compile(rb"TABLE[\r\n]+0,1[\r\n]"), "DIF 表格（.dif）"),
    (re.compile(rb"\x09\x00\x04\x00"), "Excel 2 的旧工作簿"),
    (re.compile(rb"\x09\x02\x06\x00"), "Excel 3 的旧工作簿"),
    (re.compile(rb"\x09\x04\x06\x00"), "Excel 4 的旧工作簿"),
)
_BARE_XLS = re.compile(rb"\x09\x08..\x00[\x05\x06]", re.DOTALL)  # its records without the compound file that they belong into
_FLAT_ODF = b"urn:oasis:names:tc:opendocument:xmlns:office:1.0"


def sheets(content: bytes, passwords: Sequence[str] = ()) -> Iterator[Grid]:
    """The sheets of a workbook, web page or text file, whose one sheet is named ''. Of several with one name, which programs other
    than Excel write, the second is named with （2） behind it: file, sheet and row are a row's address, and no two rows share one.
    ``passwords``: tried on a workbook that has one.

    Raises FileRefused, with the way to mend it, for what cannot be read: empty, cut short, encrypted, too large, of another
    kind, or without a sheet.
    """
    named: dict[str, int] = {}
    for grid in _sheets(content, passwords):
        named[grid.sheet] = number = named.get(grid.sheet, 0) + 1
        yield grid if number == 1 else replace(grid, sheet=f"{grid.sheet}（{number}）")
    if not named:
        raise FileRefused("missing_sheet", "文件里没有工作表。请在 Excel 或 WPS 中打开看看，并重新导出")


def _sheets(content: bytes, passwords: Sequence[str]) -> Iterator[Grid]:
    if len(content) > _LARGEST:
        raise FileRefused("too_large", f"文件超过 {_LARGEST >> 30} GB，请分成几个文件导出")
    if not content.strip(b"\0 \r\n\t\xef\xbb\xbf\xfe\xff"):  # blanks, and marks of an encoding
        raise FileRefused("empty_file", "文件是空的，请重新导出")
    for mark, what in _OTHERS:
        if content.startswith(mark) and (mark != b"BM" or b"\0" in content[:64]):
            raise FileRefused("not_a_table", f"文件其实是{what}，不是表格。请放入系统导出的表格（.xlsx、.xls 或 .csv）")
    if _MHT.match(content[:4096]):
        raise FileRefused("not_a_table", f"文件其实是网页存档（MHT），不是表格。{RESAVE}")
    for beginning, what in _OTHER_TABLES:
        if beginning.match(content):
            raise FileRefused("not_a_table", f"文件是{what}，这种格式读不了。{RESAVE}")
    content = in_utf8(content)
    start = content[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if content.startswith((ZIP, OLE)) or _is_zip_behind_something(content):
        yield from workbook(content, passwords)
    elif _BARE_XLS.match(content):
        yield from workbook(compound_file(content), passwords)
    elif start.startswith(_SPREADSHEET) and b"urn:schemas-microsoft-com:office:spreadsheet" in content[:4000]:
        yield from spreadsheet_xml(content)
    elif start.startswith(b"<?xml") and _FLAT_ODF in content[:4000]:
        raise FileRefused("not_a_table", f"文件是单个 XML 的 OpenDocument 表格（.fods），这种格式读不了。{RESAVE}")
    elif start.startswith(_MARKUP) or (start.startswith((b"<?xml", b"<!--")) and b"<table" in content[:1_000_000].lower()):
        yield from web_page(content)
    elif start.startswith(b"<?xml"):
        raise FileRefused("not_a_table", f"文件是 XML，里面没有表格。{RESAVE}")
    else:
        yield delimited(content)


def _is_zip_behind_something(content: bytes) -> bool:
    """Has a program written bytes of its own before a workbook? Excel reads it all the same."""
    return content.find(b"PK\x03\x04", 0, _BEFORE_A_ZIP) > 0 and zipfile.is_zipfile(io.BytesIO(content))
