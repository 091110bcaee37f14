"""The corpus of files that offices send: each with what must become of it. All persons are made up (虚构).

``python tests/hostile.py DIR`` writes it out to be looked at.
"""

import io
import os
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import msoffcrypto.format.ooxml
import xlwt
from exports import HEADINGS, id_of, poor, pupil, resident
from openpyxl import Workbook

Row = Sequence[object]
A, B = id_of("20100315", 1), id_of("20110401", 2)
PUPILS = [pupil("韦家乐", A, "20100315"), pupil("蓝小花", B, "20110401")]


@dataclass(frozen=True)
class Hostile:
    """``accepted``: rows taken, None where the file is refused whole; ``says``: part of a message it must get, '' where
    there is nothing to say."""

    name: str
    make: Callable[[], bytes]
    accepted: int | None
    says: str


def grid(rows: Sequence[dict[str, object]] = PUPILS, registry: str = "xueji") -> list[list[object]]:
    """Headings and rows as an export has them."""
    return [list(HEADINGS[registry]), *([row.get(h) for h in HEADINGS[registry]] for row in rows)]


def xlsx(*sheets: Sequence[Row], change: Callable[[Workbook], None] | None = None) -> bytes:
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
    return "\r\n".join(delimiter.join("" if c is None else str(c) for c in row) for row in rows or grid()).encode(encoding)


def packed(*members: tuple[str, bytes], compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compress) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def altered(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The zipped file with one of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return packed(*((n, change(archive.read(n)) if n == part else archive.read(n)) for n in archive.namelist()))


SHEET = "xl/worksheets/sheet1.xml"
_ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def with_entities() -> bytes:
    return altered(xlsx(), SHEET, lambda x: b'<?xml version="1.0"?>' + _ENTITIES + x[x.index(b"<worksheet") :])


def encrypted() -> bytes:
    out = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(xlsx())).encrypt("secret", out)
    return out.getvalue()


def locked_zip() -> bytes:
    content = bytearray(packed(("学生.xlsx", xlsx())))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + flags] |= 1
    return bytes(content)


def damaged_inside() -> bytes:
    content = bytearray(packed((SHEET, b"x" * 5000), ("xl/workbook.xml", b"<workbook/>"), compress=zipfile.ZIP_STORED))
    content[200] ^= 0xFF
    return bytes(content)


def html(body: str, encoding: str = "utf-8") -> bytes:
    return f'<html><head><meta charset="{encoding}"></head><body>{body}</body></html>'.encode(encoding)


def html_table(rows: Sequence[Row]) -> str:
    cells = ("".join(f"<td>{'' if c is None else c}</td>" for c in row) for row in rows)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def spreadsheet_xml(rows: Sequence[Row], start: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    lines = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{"" if c is None else c}</Data></Cell>' for c in row) + "</Row>"
        for row in rows
    )
    return (
        f'{start}<?mso-application progid="Excel.Sheet"?><Workbook xmlns="{space}" xmlns:ss="{space}">'
        f'<Worksheet ss:Name="学生"><Table>{lines}</Table></Worksheet></Workbook>'
    ).encode()


def ods(rows: Sequence[Row], repeat: int = 1) -> bytes:
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


def hidden(book: Workbook) -> None:
    sheet = book.active
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    book.create_sheet("给人看的")
    sheet.sheet_state = "hidden"


def put(cell: str, value: object, kind: str | None = None) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book.worksheets[0][cell] = value
        if kind:
            book.worksheets[0][cell].data_type = kind

    return change


def merged_family(book: Workbook) -> None:
    sheet = book.worksheets[0]
    sheet["B3"] = None
    sheet.merge_cells("B2:B3")


def from_1904(book: Workbook) -> None:
    book.epoch = datetime(1904, 1, 1)
    sheet = book.worksheets[0]
    column = HEADINGS["xueji"].index("出生日期") + 1
    sheet.cell(2, column).value = (date(2010, 3, 15) - date(1904, 1, 1)).days
    sheet.cell(3, column).value = datetime(2011, 4, 1)


def two_rows_of_headings() -> list[list[object]]:
    upper = ["学生基本信息", None, None, None, "监护人1", None, "学籍状况", None]
    lower = ["姓名", "身份证件号", "出生日期", "学校名称", "姓名", "关系", "学生状态", "就读方式"]
    return [["2020年春季花名册"], upper, lower, ["韦家乐", A, "20100315", "安阳小学", "韦大山", "父亲", "在读", "走读"]]


def misspelt_headings() -> list[list[object]]:
    return [["学生姓明", "身份证号玛", "学生状太", "就读方氏"], ["韦家乐", A, "在读", "走读"]]


def million_empty_rows() -> bytes:
    def change(sheet: bytes) -> bytes:
        empty = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (i, i) for i in range(4, 1_000_001))
        return sheet.replace(b"</sheetData>", empty + b"</sheetData>")

    return altered(xlsx(), SHEET, change)


def wide() -> bytes:
    rows = [row + [f"列{i}" if not n else "x" for i in range(16_384 - len(row))] for n, row in enumerate(grid())]
    return xlsx(rows)


def number_ids() -> list[list[object]]:
    rows = grid()
    place = HEADINGS["xueji"].index("身份证件号")
    rows[1][place], rows[2][place] = float(A[:15] + "000"), "4.51228E+17"
    return rows


def doubled(heading: str) -> list[list[object]]:
    rows = grid()
    return [[*row, heading if not n else "别人"] for n, row in enumerate(rows)]


def decorated_headings() -> list[list[object]]:
    rows = grid()
    rows[0] = [f" {h[:1]}\n{h[1:]}（必填）" if i % 2 else f"*{h}" for i, h in enumerate(rows[0])]
    return rows


def remarks_first() -> bytes:
    """What a footer begins with may stand beside a child."""
    remarks = ("备注", "说明：父母外出务工", "联系人：韦大山")
    return xlsx([[said, *row] for said, row in zip(remarks, grid(), strict=True)])


def changed(heading: str, value: object) -> list[list[object]]:
    """The first child's cell under ``heading`` is ``value``."""
    rows = grid()
    rows[1][rows[0].index(heading)] = value
    return rows


def error_texts() -> bytes:
    """#N/A where the first child's birthdate and the second one's name should be, and in all of a third row."""
    rows = grid()
    rows[1][rows[0].index("出生日期")] = rows[2][rows[0].index("姓名")] = "#N/A"
    return csv([*rows, ["#N/A"] * len(rows[0])])


def side_by_side() -> list[list[object]]:
    left, right = grid(), grid([PUPILS[1] | {"姓名": "莫三", "身份证件号": id_of("20090101", 3), "全国学籍号": None}])
    return [[*one, None, *other] for one, other in zip(left, [*right, [None] * len(right[0])], strict=True)]


def other_order_below() -> list[list[object]]:
    rows = grid()
    below = grid([pupil("莫三", id_of("20090101", 3), "20090101")])
    return [*rows, *(row[::-1] for row in below)]


def two_columns_for_the_id() -> list[list[object]]:
    """The second heading's column is filled where the first one's is not."""
    rows = grid()
    at, name = rows[0].index("身份证件号"), rows[0].index("姓名")
    wider = [[*row[: at + 1], None, *row[at + 1 :]] for row in rows]
    wider[0][at + 1] = "身份证号"
    wider[2][at + 1], wider[2][at], wider[2][name] = wider[2][at], None, None
    return wider


def footers() -> list[list[object]]:
    rows = grid([*PUPILS, pupil("莫三", id_of("20090101", 3), "20090101")])
    names = (
        ["填表人：", "李四", "审核人：", "王五", "日期：", "2020.4.1"],
        ["校长签字：", "黄六"],
        ["共", "3人"],
        ["以下空白"],
        ["制表：", "李四"],
        ["经办人", "韦七"],
        ["共 3 人"],
        ["本页小计", "3"],
        ["第 1 页 共 3 页"],
        ["学校（盖章）"],
        ["打印时间：2020-03-01"],
    )
    title = "都安县2020年春季学期学生花名册"
    width = len(rows[0])
    remark: list[object] = [None] * width
    remark[0], remark[rows[0].index("姓名")] = "备注：待核", "韦小红"
    return [[title], *rows, *([*cells, *[None] * (width - len(cells))] for cells in (*names, [title])), remark]


def wrapped_line() -> bytes:
    """A line end inside a cell that nobody quoted."""
    return csv(grid([*PUPILS, *PUPILS])).decode().replace("安阳镇安北社区", "安阳镇\r\n安北社区", 1).encode()


def stray_quotes() -> bytes:
    """Quotes that pair over two rows."""
    lines = csv(grid([*PUPILS, *PUPILS, *PUPILS])).decode().split("\r\n")
    lines[2], lines[3] = lines[2] + '"外出', lines[3].replace("韦家乐", '韦"家"乐')
    return "\r\n".join(lines).encode()


def shifted() -> bytes:
    """One comma too many; the surplus cell is a blank one."""
    lines = csv(grid([p | {"联系电话": None} for p in PUPILS * 6])).decode().split("\r\n")
    lines[1] = lines[1].replace("安阳镇安北社区", "安阳镇,安北社区")
    return "\r\n".join(lines).encode()


def cut_character() -> bytes:
    lines = csv(grid(PUPILS * 3)).split(b"\r\n")
    return b"\r\n".join([lines[0], lines[1].replace("安北社区".encode(), "安北社".encode() + "区".encode()[:2]), *lines[2:]])


def attributes_in_another_order() -> bytes:
    stray = b'<row r="1048576"><c s="0" r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    return altered(xlsx(), SHEET, lambda x: x.replace(b"</sheetData>", stray))


def cell_out_of_order() -> bytes:
    stray = b'<sheetData><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    return altered(xlsx(), SHEET, lambda x: x.replace(b"<sheetData>", stray))


def excel_blocks() -> bytes:
    """Excel leaves out the last cells of a row where its block of sixteen has none filled."""
    remarks = [None] * 60 + ["随父母外出"] + [None] * 39
    rows = grid(PUPILS * 50)
    full = [[*rows[0], "备注"], *([*row, remark or ""] for row, remark in zip(rows[1:], remarks, strict=True))]
    return csv([row if i < 16 or 48 <= i < 64 else row[:-1] for i, row in enumerate(full)])


def broken_heading() -> bytes:
    lines = csv(grid(PUPILS * 3)).decode().split("\r\n")
    lines[0] = lines[0].replace("身份证件号", '"身份证\n件号"')
    lines[1] = lines[1].replace("安阳镇安北社区", '"安阳镇\n安北社区"')
    return "\r\n".join(lines).encode()


def trailing_comma() -> bytes:
    lines = csv(grid(PUPILS * 3)).split(b"\r\n")
    return b"\r\n".join([*lines[:2], lines[2] + b",", *lines[3:]])


def two_short_children() -> bytes:
    head, rows = ["姓名", "身份证件号", "学校名称", "学生状态", "年级"], [["韦小明", "", "甲校"], ["韦小红", "", "乙校"]]
    return csv([head, ["韦家乐", A, "甲校", "在读", "一年级"], ["蓝小花", B, "乙校", "在读", "一年级"], *rows])


def guardians_id() -> list[list[object]]:
    """An ID behind the guardian's name is the guardian's."""
    rows = grid([PUPILS[0], PUPILS[1] | {"身份证件号": None}])
    return [[*row, "身份证号" if not i else id_of("19750301", 1)] for i, row in enumerate(rows)]


def other_hints() -> list[list[object]]:
    """What the hint names is another thing."""
    rows = grid()
    others = (
        ["学校名称（原就读）", "姓名（拼音）", "出生日期（农历）", "联系电话（班主任）"],
        *[["老学校", "WEI", "20100101", "13800000000"]] * 2,
    )
    return [[*other, *row] for other, row in zip(others, rows, strict=True)]


def headings_on_each_page() -> list[list[object]]:
    title, *page = two_rows_of_headings()
    return [title, *page, *page[:2], ["蓝小花", B, "20110401", "安阳小学", "蓝三", "父亲", "在读", "走读"]]


def table_names() -> list[list[object]]:
    """A title's word may stand in a child's first cell."""
    rows = [["安阳镇", None, "2020年春季学期学生名册"], ["乡镇", "学校名称", "姓名", "身份证件号", "学生状态", "年级"]]
    return [*rows, ["安阳镇", "甲校", "韦家乐", A, "在读", "一年级"], ["安阳镇", None, "韦小明"], ["安阳镇", "甲校", "韦小红"]]


def without_the_number() -> list[list[object]]:
    """Two lists side by side, of which the right one is not numbered."""
    one, other = grid(), grid([pupil("莫三", id_of("20090101", 3), "20090101"), pupil("莫四", id_of("20090201", 3), "20090201")])
    return [[*left, *right[1:]] for left, right in zip(one, other, strict=True)]


def bank_account() -> list[list[object]]:
    return [
        ["姓名", "身份证号", "学校", "资助项目", "资助金额", "家长姓名", "姓名", "身份证号", "联系电话"],
        ["韦家乐", A, "甲校", "义务教育寄宿生生活补助", 500, "韦大山", "韦大山", id_of("19750301", 1), "13812345678"],
    ]


def long_cell() -> list[list[object]]:
    rows = grid()
    rows[1][HEADINGS["xueji"].index("现住址")] = "长" * 350_000
    return rows


def broken_quotes() -> bytes:
    lines = csv(grid([*PUPILS, pupil("莫三", id_of("20090101", 3), "20090101")])).decode().split("\r\n")
    lines[1] = '"' + lines[1]
    return "\r\n".join(lines).encode()


def mixed_encodings() -> bytes:
    lines = csv().split(b"\r\n")
    return b"\r\n".join([*lines[:2], lines[2].decode().encode("gbk")])


def ragged() -> bytes:
    lines = csv().decode().split("\r\n")
    return "\r\n".join([lines[0], lines[1] + ",多,出,来", lines[2]]).encode()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NOBODY = {"学校名称": "安阳小学"}
HOSTILE = [
    # what is no table
    Hostile("零字节.xlsx", lambda: b"", None, "文件是空的"),
    Hostile("只有空行.csv", lambda: b"\r\n \t\r\n\r\n", None, "文件是空的"),
    Hostile("文档.xlsx", lambda: packed(("[Content_Types].xml", b"x"), ("word/document.xml", b"x")), None, "Word 文档"),
    Hostile("演示.xlsx", lambda: packed(("[Content_Types].xml", b"x"), ("ppt/presentation.xml", b"x")), None, "演示文稿"),
    Hostile("二进制.xlsb", lambda: packed(("[Content_Types].xml", b"x"), ("xl/workbook.bin", b"x")), None, ".xlsb"),
    Hostile("扫描.xlsx", lambda: b"%PDF-1.7\n" + bytes(500), None, "PDF"),
    Hostile("截图.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), None, "图片"),
    Hostile("照片.xls", lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)), None, "图片"),
    Hostile("打包.rar", lambda: b"Rar!\x1a\x07\x00" + bytes(100), None, "RAR"),
    Hostile("打包.7z", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(100), None, "7z"),
    Hostile("打包.gz", lambda: b"\x1f\x8b\x08" + bytes(100), None, "GZ"),
    Hostile("快捷方式.xlsx", lambda: b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(100), None, "快捷方式"),
    Hostile("网页存档.xls", lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related", None, "MHT"),
    Hostile("旧文档.xls", lambda: OLE + bytes(2000), None, "已损坏"),
    Hostile("乱码.csv", lambda: bytes((i * 7919) % 256 for i in range(5000)), None, "不是表格"),
    Hostile("一句话.txt", lambda: "请查收附件".encode(), None, "没有列分隔符"),
    Hostile("别的XML.xls", lambda: b'<?xml version="1.0"?><config><a/></config>', None, "没有表格"),
    Hostile("登录页.xls", lambda: html("<p>会话已过期，请重新登录</p>"), None, "没有表格"),
    # broken, locked, malicious
    Hostile("截断.xlsx", lambda: xlsx()[: len(xlsx()) // 2], None, "不完整"),
    Hostile("截尾.xlsx", lambda: xlsx()[:-30], None, "不完整"),
    Hostile("内部损坏.xlsx", damaged_inside, None, "不完整"),
    Hostile("截断.xls", lambda: xls()[: len(xls()) // 3], None, "无法打开"),
    Hostile("截断的XML.xls", lambda: spreadsheet_xml(grid())[:-60], None, "不完整"),
    Hostile("加密.xlsx", encrypted, None, "打开密码"),
    Hostile("实体.xlsx", with_entities, None, "实体"),
    Hostile("实体.xls", lambda: spreadsheet_xml(grid(), '<?xml version="1.0"?>' + _ENTITIES.decode()), None, "实体"),
    Hostile("炸弹.xlsx", lambda: altered(xlsx(), SHEET, lambda x: x + b" " * (300 << 20)), None, "压缩炸弹"),
    Hostile("远处一格.xlsx", lambda: xlsx(change=put("XFD1048576", "误填")), None, "Ctrl+End"),
    Hostile("重复百万行.ods", lambda: ods(grid(), 2_000_000), None, "展开后"),
    # archives
    Hostile("各校.zip", lambda: packed(("一小.xlsx", xlsx()), ("二小/二小.csv", csv())), 4, ""),
    Hostile("加密.zip", locked_zip, None, "设有密码"),
    Hostile("空.zip", lambda: packed(), None, "空的"),
    Hostile("套娃.zip", lambda: packed(("里面.zip", packed(("学生.xlsx", xlsx())))), None, "又有压缩包"),
    Hostile("炸弹.zip", lambda: packed(("零.csv", bytes(150 << 20))), None, "压缩炸弹"),
    Hostile("越界.zip", lambda: packed(("../../../etc/学生.xlsx", xlsx()), ("C:\\temp\\学生2.xlsx", xlsx())), 4, ""),
    Hostile("夹带.zip", lambda: packed(("学生.xlsx", xlsx()), ("说明.pdf", b"%PDF-1.4")), 2, "PDF"),
    # other containers, read
    Hostile("学生.xlsm", xlsx, 2, ""),
    Hostile("学生.et", xls, 2, ""),
    Hostile("学生.ods", lambda: ods(grid()), 2, ""),
    Hostile("学生.xls", xls, 2, ""),
    Hostile("隐藏行.xls", lambda: xls(hide=True), 2, "有 1 行被隐藏（或被筛选掉），也已读入"),
    Hostile("隐藏列.xls", lambda: xls(hide=True), 2, "有被隐藏的列，也已读入"),
    Hostile("没有后缀", xlsx, 2, ""),
    Hostile("网页.xls", lambda: html(html_table(grid())), 2, ""),
    Hostile("网页GBK.xls", lambda: html(html_table(grid()), "gb2312"), 2, ""),
    Hostile("套表网页.xls", lambda: html("<table><tr><td>" + html_table(grid()) + "</td></tr></table>"), 2, ""),
    Hostile("XML表格.xls", lambda: spreadsheet_xml(grid()), 2, ""),
    Hostile("制表符GBK.xls", lambda: csv(encoding="gbk", delimiter="\t"), 2, ""),
    Hostile("带BOM.csv", lambda: csv(encoding="utf-8-sig"), 2, ""),
    Hostile("GB18030.csv", lambda: csv(encoding="gb18030"), 2, ""),
    Hostile("UTF16.csv", lambda: csv(encoding="utf-16"), 2, ""),
    Hostile("UTF16无BOM.csv", lambda: csv(encoding="utf-16-le"), 2, ""),
    Hostile("分号.csv", lambda: csv(delimiter=";"), 2, ""),
    # text files that were damaged on the way
    Hostile("引号不成对.csv", broken_quotes, 3, "不成对"),
    Hostile("空字符.csv", lambda: csv().replace("韦家乐".encode(), "韦\0家乐".encode()), 2, "NUL"),
    Hostile("混编码.csv", mixed_encodings, 2, "混有几种文字编码"),
    Hostile("一兆单元格.csv", lambda: csv(long_cell()), 1, "32,767"),
    Hostile("并排两份.xlsx", lambda: xlsx(side_by_side()), 3, "左右都已读入"),
    Hostile("下面另一种表头.xlsx", lambda: xlsx(other_order_below()), 3, "各段表头的顺序不同"),
    Hostile("两列都是证号.xlsx", lambda: xlsx(two_columns_for_the_id()), 2, "“身份证件号”列空着的，取自“身份证号”列"),
    Hostile("各种签名.xlsx", lambda: xlsx(footers()), 3, "不能确定是不是一名儿童"),
    Hostile("换行没加引号.csv", wrapped_line, 4, "有 1 行因单元格里的换行没有加引号而断成两行"),
    Hostile("引号跨行.csv", stray_quotes, 6, "不成对的引号"),
    Hostile("多一个逗号.csv", shifted, 11, "内容错位"),
    Hostile("半个汉字.csv", cut_character, 6, "1 行有无法识别的字"),
    Hostile("属性换了次序.xlsx", attributes_in_another_order, None, "超出可读的大小"),
    Hostile("远处的行在前面.xlsx", cell_out_of_order, None, "超出可读的大小"),
    Hostile(
        "网页合并到天边.xls", lambda: html("<table>" + "<tr><td colspan=16384>注</td></tr>" * 3000 + "</table>"), None, "超过"
    ),
    Hostile("旧苹果换行.csv", lambda: csv().replace(b"\r\n", b"\r"), 2, ""),
    Hostile("阿拉伯数字.csv", lambda: csv(changed("身份证件号", "٤٥١٢٢٨٢٠١٠٠٣١٥٠٠١٦")), 2, ""),
    Hostile("上标.csv", lambda: csv(changed("身份证件号", "451228²01001011")), 2, ""),
    Hostile("名册[red].csv", csv, 2, ""),
    Hostile("十六行一段.csv", excel_blocks, 100, ""),
    Hostile("表头里有换行.csv", broken_heading, 6, ""),
    Hostile("行末多一个逗号.csv", trailing_comma, 6, ""),
    Hostile("两个短行.csv", two_short_children, 4, ""),
    Hostile("家长的证号.xlsx", lambda: xlsx(guardians_id()), 2, "没有用后面的：身份证号"),
    Hostile("别的说明.xlsx", lambda: xlsx(other_hints()), 2, ""),
    Hostile("每页两行表头.xlsx", lambda: xlsx(headings_on_each_page()), 2, "重复的表头"),
    Hostile("表名里的乡镇.xlsx", lambda: xlsx(table_names()), 3, ""),
    Hostile("右栏没有序号.xlsx", lambda: xlsx(without_the_number()), 4, "左右都已读入"),
    Hostile("多出几列.csv", ragged, 1, "错位"),
    Hostile(
        "地址里有逗号.txt",
        lambda: csv(
            [[c if c != "都安县安阳镇安北社区" else "都安县,安阳镇,安北社区" for c in r] for r in grid()], delimiter="\t"
        ),
        2,
        "",
    ),
    Hostile("两千多列.csv", lambda: b"\r\n".join(line + b"," * 2100 for line in csv().split(b"\r\n")), 2, ""),
    Hostile("一行百万列.csv", lambda: b"," * 1_000_000 + b"\r\n" + csv(), None, "16,384 列"),
    # headings
    Hostile("空表.xlsx", lambda: xlsx([]), None, "是空的"),
    Hostile("只有表头.xlsx", lambda: xlsx(grid([])), None, "只有表头"),
    Hostile("没有表头.xlsx", lambda: xlsx([["随便", "写写"], ["一", "二"]]), None, "找不到学籍系统的表头"),
    Hostile("表头全错.xlsx", lambda: xlsx(misspelt_headings()), None, "“学生姓明”是否就是“姓名”"),
    Hostile(
        "缺列.xlsx", lambda: xlsx([[c for c in row if c not in ("身份证件号", A, B)] for row in grid()]), None, "缺少必需的列"
    ),
    Hostile("放错文件夹.xlsx", lambda: xlsx(grid([poor("韦家乐", A)], "guofu")), None, "看起来是国扶系统的导出"),
    Hostile(
        "两个系统.xlsx", lambda: xlsx(grid(), grid([resident("韦家乐", A, "20100315")], "huji")), 2, "看起来是公安户籍的导出"
    ),
    Hostile(
        "第二页没有表头.xlsx", lambda: xlsx(grid(PUPILS[:1]), grid(PUPILS)[2:]), 1, "工作表“表2”前 30 行里找不到学籍系统的表头"
    ),
    Hostile("附字典.xlsx", lambda: xlsx(grid(), [["是"], ["否"]]), 2, "工作表“表2”没有表头，未使用"),
    Hostile("两行表头.xlsx", lambda: xlsx(two_rows_of_headings()), 1, ""),
    Hostile("花哨表头.xlsx", lambda: xlsx(decorated_headings()), 2, ""),
    Hostile("重名列.xlsx", lambda: xlsx(doubled("姓名")), 2, "表头重复，只用第一列"),
    Hostile("没见过的列.xlsx", lambda: xlsx(doubled("星座")), 2, "未识别的列：星座"),
    Hostile("标题三行.xlsx", lambda: xlsx([["花名册"], ["填表单位：一小", None, "填表日期：2020-03-01"], [], *grid()]), 2, ""),
    Hostile("一万六千列.xlsx", wide, 2, "未识别的列"),
    Hostile("百万空行.xlsx", million_empty_rows, 2, ""),
    # rows and cells
    Hostile("每页重复表头.xlsx", lambda: xlsx([*grid(), *grid()]), 4, "重复的表头"),
    Hostile("合计填表人.xlsx", lambda: xlsx([*grid(), ["合计", "2人"], ["填表人：韦某", None, "审核人："]]), 2, "合计或签名行"),
    Hostile("备注像签名.xlsx", remarks_first, 2, ""),
    Hostile("示例行.xlsx", lambda: xlsx([grid()[0], ["示例", *grid()[1][1:]], *grid()[1:]]), 2, "填写示例"),
    Hostile("全是坏行.xlsx", lambda: xlsx(grid([NOBODY] * 3)), 0, "既无姓名也无证件号"),
    Hostile("隐藏.xlsx", lambda: xlsx(change=hidden), 2, "隐藏"),
    Hostile("公式无值.xlsx", lambda: xlsx(change=put("Q3", "=A1&B1")), 2, "公式没有算出的值"),
    Hostile("文本公式.xlsx", lambda: xlsx(change=put("H3", f'="{B}"')), 2, ""),
    Hostile("错误值成了文字.csv", error_texts, 2, "既无姓名也无证件号"),
    Hostile("错误值.xlsx", lambda: xlsx(change=put("G3", "#N/A", "e")), 2, ""),
    Hostile("合并单元格.xlsx", lambda: xlsx(change=merged_family), 2, ""),
    Hostile("证号成了数字.xlsx", lambda: xlsx(number_ids()), 2, "被当作数字保存"),
    Hostile("1904年.xlsx", lambda: xlsx(change=from_1904), 2, ""),
    Hostile("奇怪的名字;$(rm -rf).xlsx", xlsx, 2, ""),
]


def write_all(folder: Path) -> None:
    """The corpus as files."""
    folder.mkdir(parents=True, exist_ok=True)
    for hostile in HOSTILE:
        (folder / hostile.name).write_bytes(hostile.make())
        os.chmod(folder / hostile.name, 0o600)


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
