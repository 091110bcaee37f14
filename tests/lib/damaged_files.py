"""Files whose bytes are odd: damaged on the way or by a hand, huge, or meant to do harm. All persons are made up (虚构)."""

import zipfile

from tests.lib.made_files import SHEET, altered, csv, packed, xlsx
from tests.lib.made_sheets import PUPILS, A, B, grid
from tests.lib.small_exports import id_of, pupil

ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def with_entities() -> bytes:
    """A sheet whose XML defines entities that grow when they are read."""
    return altered(xlsx(), SHEET, lambda x: b'<?xml version="1.0"?>' + ENTITIES + x[x.index(b"<worksheet") :])


def damaged_inside() -> bytes:
    """A zip file with one byte of a member changed: its checksum no longer fits."""
    content = bytearray(packed((SHEET, b"x" * 5000), ("xl/workbook.xml", b"<workbook/>"), compress=zipfile.ZIP_STORED))
    content[200] ^= 0xFF
    return bytes(content)


def attributes_in_another_order() -> bytes:
    """A cell far away at XFD1048576, its attributes in an order that Excel never writes."""
    stray = b'<row r="1048576"><c s="0" r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    return altered(xlsx(), SHEET, lambda x: x.replace(b"</sheetData>", stray))


def cell_out_of_order() -> bytes:
    """A cell far away at XFD1048576 that stands before the first row."""
    stray = b'<sheetData><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    return altered(xlsx(), SHEET, lambda x: x.replace(b"<sheetData>", stray))


def million_empty_rows() -> bytes:
    """A million rows of empty, formatted cells below the children."""

    def change(sheet: bytes) -> bytes:
        empty = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (i, i) for i in range(4, 1_000_001))
        return sheet.replace(b"</sheetData>", empty + b"</sheetData>")

    return altered(xlsx(), SHEET, change)


def wide() -> bytes:
    """As many columns as a sheet can have, 16,384."""
    rows = [row + [f"列{i}" if not n else "x" for i in range(16_384 - len(row))] for n, row in enumerate(grid())]
    return xlsx(rows)


def error_texts() -> bytes:
    """#N/A where the first child's birthdate and the second one's name should be, and in all of a third row."""
    rows = grid()
    rows[1][rows[0].index("出生日期")] = rows[2][rows[0].index("姓名")] = "#N/A"
    return csv([*rows, ["#N/A"] * len(rows[0])])


def wrapped_line() -> bytes:
    """A line end inside a cell that nobody quoted."""
    return csv(grid([*PUPILS, *PUPILS])).decode().replace("安阳镇安北社区", "安阳镇\r\n安北社区", 1).encode()


def stray_quotes() -> bytes:
    """Quotes that pair over two rows."""
    lines = csv(grid([*PUPILS, *PUPILS, *PUPILS])).decode().split("\r\n")
    lines[2], lines[3] = lines[2] + '"外出', lines[3].replace("韦家乐", '韦"家"乐')
    return "\r\n".join(lines).encode()


def broken_quotes() -> bytes:
    """A quote that opens and never closes."""
    lines = csv(grid([*PUPILS, pupil("莫三", id_of("20090101", 3), "20090101")])).decode().split("\r\n")
    lines[1] = '"' + lines[1]
    return "\r\n".join(lines).encode()


def shifted() -> bytes:
    """One comma too many; the surplus cell is a blank one."""
    lines = csv(grid([p | {"联系电话": None} for p in PUPILS * 6])).decode().split("\r\n")
    lines[1] = lines[1].replace("安阳镇安北社区", "安阳镇,安北社区")
    return "\r\n".join(lines).encode()


def trailing_comma() -> bytes:
    """One row with a comma too many at its end."""
    lines = csv(grid(PUPILS * 3)).split(b"\r\n")
    return b"\r\n".join([*lines[:2], lines[2] + b",", *lines[3:]])


def ragged() -> bytes:
    """One row with three cells more than there are headings."""
    lines = csv().decode().split("\r\n")
    return "\r\n".join([lines[0], lines[1] + ",多,出,来", lines[2]]).encode()


def cut_character() -> bytes:
    """A row in which a Chinese character lost its last byte."""
    lines = csv(grid(PUPILS * 3)).split(b"\r\n")
    return b"\r\n".join([lines[0], lines[1].replace("安北社区".encode(), "安北社".encode() + "区".encode()[:2]), *lines[2:]])


def mixed_encodings() -> bytes:
    """UTF-8 but for the last row, which is GBK."""
    lines = csv().split(b"\r\n")
    return b"\r\n".join([*lines[:2], lines[2].decode().encode("gbk")])


def excel_blocks() -> bytes:
    """Excel leaves out the last cells of a row where its block of sixteen has none filled."""
    remarks = [None] * 60 + ["随父母外出"] + [None] * 39
    rows = grid(PUPILS * 50)
    full = [[*rows[0], "备注"], *([*row, remark or ""] for row, remark in zip(rows[1:], remarks, strict=True))]
    return csv([row if i < 16 or 48 <= i < 64 else row[:-1] for i, row in enumerate(full)])


def broken_heading() -> bytes:
    """Line ends inside a quoted heading and a quoted cell."""
    lines = csv(grid(PUPILS * 3)).decode().split("\r\n")
    lines[0] = lines[0].replace("身份证件号", '"身份证\n件号"')
    lines[1] = lines[1].replace("安阳镇安北社区", '"安阳镇\n安北社区"')
    return "\r\n".join(lines).encode()


def two_short_children() -> bytes:
    """Two children in rows that end after the school."""
    head, rows = ["姓名", "身份证件号", "学校名称", "学生状态", "年级"], [["韦小明", "", "甲校"], ["韦小红", "", "乙校"]]
    return csv([head, ["韦家乐", A, "甲校", "在读", "一年级"], ["蓝小花", B, "乙校", "在读", "一年级"], *rows])
