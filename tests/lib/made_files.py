"""Files in each format offices send, from sheets as rows of cells. All persons are made up (虚构)."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime

import msoffcrypto.format.ooxml
import xlwt
from openpyxl import Workbook

from pipelines.files.grid import GridRows
from tests.lib.made_sheets import Row, grid, rows_of
from tests.lib.small_exports import HEADINGS

SHEET = "xl/worksheets/sheet1.xml"  # where the first sheet of an .xlsx stands


def xlsx(*sheets: Sequence[Row], change: Callable[[Workbook], None] | None = None) -> bytes:
    """A workbook of ``sheets``, 表1, 表2, …; the two pupils where none is given. ``change``: done to it before it is saved."""
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets or (grid(),), 1):
        sheet = book.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(list(row))
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv(rows: Sequence[Row] | None = None, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Rows as text, a cell that is None empty."""
    return "\r\n".join(delimiter.join("" if c is None else str(c) for c in row) for row in rows or grid()).encode(encoding)


def packed(*members: tuple[str, bytes], compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of ``members`` (name, content)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compress) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def altered(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The zipped file with one of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return packed(*((n, change(archive.read(n)) if n == part else archive.read(n)) for n in archive.namelist()))


def renamed(content: bytes, name: Callable[[str], str], change: Callable[[bytes], bytes] = lambda part: part) -> bytes:
    """The zipped file with its parts under other names, and their content changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return packed(*((name(n), change(archive.read(n))) for n in archive.namelist()))


def in_utf16(part: bytes) -> bytes:
    """An XML part as UTF-16 with its mark."""
    return part.decode("utf-8").replace("UTF-8", "UTF-16").encode("utf-16")


def html(body: str, encoding: str = "utf-8") -> bytes:
    """A web page, saved as systems save it for Excel."""
    return f'<html><head><meta charset="{encoding}"></head><body>{body}</body></html>'.encode(encoding)


def html_table(rows: Sequence[Row]) -> str:
    """Rows as a table of a web page."""
    cells = ("".join(f"<td>{'' if c is None else c}</td>" for c in row) for row in rows)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def spreadsheet_xml(rows: Sequence[Row], start: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    """Rows as XML of Excel 2003; ``start``: what stands before it."""
    lines = (
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{"" if c is None else c}</Data></Cell>' for c in row) + "</Row>"
        for row in rows
    )
    return spreadsheet_xml_of(f'<Worksheet ss:Name="学生"><Table>{"".join(lines)}</Table></Worksheet>', start)


def spreadsheet_xml_of(body: str, start: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    """XML of Excel 2003 around ``body``, its sheets."""
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    head = f'{start}<?mso-application progid="Excel.Sheet"?><Workbook xmlns="{space}" xmlns:ss="{space}">'
    return f"{head}{body}</Workbook>".encode()


def ods(rows: Sequence[Row], repeat: int = 1) -> bytes:
    """Rows as an OpenDocument sheet; ``repeat``: how often each row below the headings says that it repeats."""
    text = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    table = 'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    office = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'

    def cell(value: object) -> str:
        return "<table:table-cell/>" if value is None else (
            f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        )  # fmt: skip

    lines = "".join(
        f'<table:table-row table:number-rows-repeated="{repeat if n else 1}">{"".join(map(cell, row))}</table:table-row>'
        for n, row in enumerate(rows)
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {office} {table} {text}><office:body><office:spreadsheet>'
        f'<table:table table:name="学生">{lines}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
        'manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    return packed(
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.encode()),
        ("META-INF/manifest.xml", manifest.encode()),
    )


def xls(rows: Sequence[Row] | None = None, hide: bool = False) -> bytes:
    """``hide``: the third row and the second column."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("学生")
    if hide:
        sheet.row(2).hidden = True
        sheet.col(1).hidden = True
    for i, row in enumerate(rows or grid()):
        for j, value in enumerate(row):
            if value is not None:
                sheet.write(i, j, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def chart_alone(content: bytes) -> bytes:
    """The .xls with its only sheet called a chart."""
    at = content.index(b"\x85\x00\x0c\x00")  # MS-XLS 2.4.28
    return content[: at + 9] + b"\x02" + content[at + 10 :]


def encrypted(password: str = "secret", content: bytes | None = None) -> bytes:
    """A workbook that asks for a password, unless it is the one that Excel tries itself; ``content``: which one."""
    out = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(content or xlsx())).encrypt(password, out)
    return out.getvalue()


def locked_zip() -> bytes:
    """A zip file whose member is marked as encrypted."""
    content = bytearray(packed(("学生.xlsx", xlsx())))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + flags] |= 1
    return bytes(content)


def put(cell: str, value: object, kind: str | None = None) -> Callable[[Workbook], None]:
    """A change that writes ``value`` into ``cell``; ``kind``: as this type of openpyxl, "e" for an error."""

    def change(book: Workbook) -> None:
        book.worksheets[0][cell] = value
        if kind:
            book.worksheets[0][cell].data_type = kind

    return change


def hidden(book: Workbook) -> None:
    """A change that hides the third row, the second column and the sheet itself."""
    sheet = book.active
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    book.create_sheet("给人看的")
    sheet.sheet_state = "hidden"


def merged_family(book: Workbook) -> None:
    """A change that merges the school of both children."""
    sheet = book.worksheets[0]
    sheet["B3"] = None
    sheet.merge_cells("B2:B3")


def from_1904(book: Workbook) -> None:
    """A change to days counted from 1904, as old Macs do."""
    book.epoch = datetime(1904, 1, 1)
    sheet = book.worksheets[0]
    column = HEADINGS["xueji"].index("出生日期") + 1
    sheet.cell(2, column).value = (date(2010, 3, 15) - date(1904, 1, 1)).days
    sheet.cell(3, column).value = datetime(2011, 4, 1)


def xml_rows(lines: str) -> GridRows:
    """The rows of an XML Spreadsheet; ``lines``: its rows, <T>…</T> being the text of a cell."""
    lines = lines.replace("<T>", '<Data ss:Type="String">').replace("</T>", "</Data>")
    return rows_of(spreadsheet_xml_of(f'<Worksheet ss:Name="表"><Table>{lines}</Table></Worksheet>'))
