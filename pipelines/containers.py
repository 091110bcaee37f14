"""From a file of any supported container to sheets of cells as text. The ending is never trusted, the content is."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime

from python_calamine import CalamineWorkbook

from pipelines.refusal import FileRefused

Rows = list[list[str | None]]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RESAVE = "请在 Excel 或 WPS 中打开后另存为 .xlsx，再放回原文件夹"
_ENCODINGS = ("utf-8-sig", "gb18030")
csv.field_size_limit(1 << 20)


def sheets(content: bytes) -> Iterator[tuple[str, Rows]]:
    """Yield (sheet name, rows from row 1 on) of a workbook or of a text file (whose one sheet is named '').

    Raises FileRefused for what cannot be read: empty, truncated, encrypted or of an unknown kind.
    """
    if not content.strip(b"\0 \r\n\t"):
        raise FileRefused("empty_file", "文件是空的，请重新导出")
    if content.startswith(b"PK") or content.startswith(_OLE):
        yield from _workbook(content)
    elif content.lstrip()[:200].lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise FileRefused("web_page", f"文件其实是网页（HTML/XML），不是表格。{_RESAVE}")
    else:
        yield "", _delimited(content)


def _workbook(content: bytes) -> Iterator[tuple[str, Rows]]:
    if content.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in content:
        raise FileRefused("encrypted_file", "文件设有打开密码。请在 Excel 或 WPS 中取消密码，保存后再放回")
    if content.startswith(b"PK") and not zipfile.is_zipfile(io.BytesIO(content)):
        raise FileRefused("truncated_file", "文件不完整（可能复制或下载中断）。请重新导出或重新复制")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            yield name, [[cell_text(value) for value in row] for row in cells]
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # the reader's panics are no Exception; its messages may quote cells: not shown
        if "assword" in type(error).__name__ or "ncrypt" in str(error):
            raise FileRefused("encrypted_file", "文件设有打开密码。请在 Excel 或 WPS 中取消密码，保存后再放回") from None
        raise FileRefused("unreadable_file", f"文件已损坏或不是 Excel 工作簿，无法打开。{_RESAVE}") from None


def _delimited(content: bytes) -> Rows:
    text = _decode(content)
    head = text[:20_000]
    delimiter = max(",\t;", key=head.count)
    # A tab before an ID keeps Excel from making it a number; it is no delimiter where commas are as many.
    if delimiter == "\t" and head.count(",") >= head.count("\n"):
        delimiter = ","
    if delimiter not in head:
        raise FileRefused("not_a_table", f"文件不是表格（没有列分隔符）。{_RESAVE}")
    try:
        return [[cell or None for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error:
        raise FileRefused("broken_csv", f"CSV 的引号或换行不成对，无法分列。{_RESAVE}") from None


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = _ENCODINGS
    for encoding in encodings:
        try:
            return content.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    raise FileRefused("unknown_encoding", f"文字编码无法识别（应为 UTF-8 或 GB18030）。{_RESAVE}")


def cell_text(value: object) -> str | None:
    """A cell as text. Whole numbers lose their '.0'; numbers past 15 digits come as 15 truncated digits with an
    exponent, because a spreadsheet keeps no more: 451228201001010012 -> '4.51228201001010E+17'."""
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float | int):
        if abs(value) < 1e15:
            return str(int(value)) if value == int(value) else repr(value)
        return _fifteen_digits(float(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if value is not None else None


def _fifteen_digits(value: float) -> str:
    shown = f"{value:.14E}"
    digits = shown[0] + shown[2:16]
    exponent = int(shown.partition("E")[2])
    if float(shown) != value:  # rounded to a multiple of 64 by a program, not typed: its own digits hold further
        digits = str(int(value))[:15]
    return f"{digits[0]}.{digits[1:]}E+{exponent}"
