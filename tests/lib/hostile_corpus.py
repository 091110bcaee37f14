"""The corpus of files that offices send: each with what must become of it. All persons are made up (虚构).

``python -m tests.lib.hostile_corpus DIR`` writes it out to be looked at.
"""

import functools
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.lib import damaged_files as damaged
from tests.lib import made_sheets as sheets
from tests.lib.made_files import (
    SHEET,
    altered,
    csv,
    encrypted,
    from_1904,
    hidden,
    html,
    html_table,
    locked_zip,
    merged_family,
    ods,
    packed,
    put,
    spreadsheet_xml,
    xls,
    xlsx,
)
from tests.lib.made_sheets import PUPILS, A, B, grid
from tests.lib.small_exports import poor, resident


@dataclass(frozen=True)
class Hostile:
    """``accepted``: rows taken, None where the file is refused whole; ``says``: part of a message it must get, '' where
    there is nothing to say."""

    name: str
    make: Callable[[], bytes]
    accepted: int | None
    says: str


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
    Hostile(
        "另一种网页存档.xls",
        lambda: b"From: <Saved by Blink>\r\nSubject: =?utf-8?Q?x?=\r\n y\r\nMIME-Version: 1.0\r\n",
        None,
        "MHT",
    ),
    Hostile("网页存档.xls", lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related", None, "MHT"),
    Hostile("旧文档.xls", lambda: OLE + bytes(2000), None, "已损坏"),
    Hostile("乱码.csv", lambda: bytes((i * 7919) % 256 for i in range(5000)), None, "不是表格"),
    Hostile("一句话.txt", lambda: "请查收附件".encode(), None, "没有列分隔符"),
    Hostile("别的XML.xls", lambda: b'<?xml version="1.0"?><config><a/></config>', None, "没有表格"),
    Hostile("登录页.xls", lambda: html("<p>会话已过期，请重新登录</p>"), None, "没有表格"),
    # broken, locked, malicious
    Hostile("截断.xlsx", lambda: xlsx()[: len(xlsx()) // 2], None, "不完整"),
    Hostile("截尾.xlsx", lambda: xlsx()[:-30], None, "不完整"),
    Hostile("内部损坏.xlsx", damaged.damaged_inside, None, "不完整"),
    Hostile("截断.xls", lambda: xls()[: len(xls()) // 3], None, "无法打开"),
    Hostile("截断的XML.xls", lambda: spreadsheet_xml(grid())[:-60], None, "不完整"),
    Hostile("加密.xlsx", encrypted, None, "打开密码"),
    Hostile("实体.xlsx", damaged.with_entities, None, "实体"),
    Hostile("实体.xls", lambda: spreadsheet_xml(grid(), '<?xml version="1.0"?>' + damaged.ENTITIES.decode()), None, "实体"),
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
    Hostile("引号不成对.csv", damaged.broken_quotes, 3, "不成对"),
    Hostile("空字符.csv", lambda: csv().replace("韦家乐".encode(), "韦\0家乐".encode()), 2, "NUL"),
    Hostile("混编码.csv", damaged.mixed_encodings, 2, "混有几种文字编码"),
    Hostile("一兆单元格.csv", lambda: csv(sheets.long_cell()), 1, "32,767"),
    Hostile("并排两份.xlsx", lambda: xlsx(sheets.side_by_side()), 3, "左右都已读入"),
    Hostile("下面另一种表头.xlsx", lambda: xlsx(sheets.other_order_below()), 3, "各段表头的顺序不同"),
    Hostile("两列都是证号.xlsx", lambda: xlsx(sheets.two_columns_for_the_id()), 2, "“身份证件号”列空着的，取自“身份证号”列"),
    Hostile("各种签名.xlsx", lambda: xlsx(sheets.footers()), 3, "不能确定是不是一名儿童"),
    Hostile("换行没加引号.csv", damaged.wrapped_line, 4, "有 1 行因单元格里的换行没有加引号而断成两行"),
    Hostile("引号跨行.csv", damaged.stray_quotes, 6, "不成对的引号"),
    Hostile("多一个逗号.csv", damaged.shifted, 11, "内容错位"),
    Hostile("半个汉字.csv", damaged.cut_character, 6, "1 行有无法识别的字"),
    Hostile("属性换了次序.xlsx", damaged.attributes_in_another_order, None, "超出可读的大小"),
    Hostile("远处的行在前面.xlsx", damaged.cell_out_of_order, None, "超出可读的大小"),
    Hostile(
        "网页合并到天边.xls", lambda: html("<table>" + "<tr><td colspan=16384>注</td></tr>" * 3000 + "</table>"), None, "超过"
    ),
    Hostile("旧苹果换行.csv", lambda: csv().replace(b"\r\n", b"\r"), 2, ""),
    Hostile("阿拉伯数字.csv", lambda: csv(sheets.changed("身份证件号", "٤٥١٢٢٨٢٠١٠٠٣١٥٠٠١٦")), 2, ""),
    Hostile("上标.csv", lambda: csv(sheets.changed("身份证件号", "451228²01001011")), 2, ""),
    Hostile("名册[red].csv", csv, 2, ""),
    Hostile("十六行一段.csv", damaged.excel_blocks, 100, ""),
    Hostile("表头里有换行.csv", damaged.broken_heading, 6, ""),
    Hostile("行末多一个逗号.csv", damaged.trailing_comma, 6, ""),
    Hostile("两个短行.csv", damaged.two_short_children, 4, ""),
    Hostile("家长的证号.xlsx", lambda: xlsx(sheets.guardians_id()), 2, "没有用后面的：身份证号"),
    Hostile("别的说明.xlsx", lambda: xlsx(sheets.other_hints()), 2, ""),
    Hostile("每页两行表头.xlsx", lambda: xlsx(sheets.headings_on_each_page()), 2, "重复的表头"),
    Hostile("表名里的乡镇.xlsx", lambda: xlsx(sheets.table_names()), 3, ""),
    Hostile("右栏没有序号.xlsx", lambda: xlsx(sheets.without_the_number()), 4, "左右都已读入"),
    Hostile("多出几列.csv", damaged.ragged, 1, "错位"),
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
    Hostile("表头全错.xlsx", lambda: xlsx(sheets.misspelt_headings()), None, "“学生姓明”是否就是“姓名”"),
    Hostile(
        "缺列.xlsx", lambda: xlsx([[c for c in row if c not in ("身份证件号", A, B)] for row in grid()]), None, "缺少必需的列"
    ),
    Hostile("证件列.xlsx", lambda: xlsx(sheets.renamed_heading("身份证件号", "证件")), None, "“证件”是否就是“身份证件号”"),
    Hostile("放错文件夹.xlsx", lambda: xlsx(grid([poor("韦家乐", A)], "guofu")), None, "看起来是国扶系统的导出"),
    Hostile(
        "两个系统.xlsx", lambda: xlsx(grid(), grid([resident("韦家乐", A, "20100315")], "huji")), 2, "看起来是公安户籍的导出"
    ),
    Hostile(
        "第二页没有表头.xlsx", lambda: xlsx(grid(PUPILS[:1]), grid(PUPILS)[2:]), 1, "工作表“表2”前 30 行里找不到学籍系统的表头"
    ),
    Hostile("附字典.xlsx", lambda: xlsx(grid(), [["是"], ["否"]]), 2, "工作表“表2”没有表头，未使用"),
    Hostile("两行表头.xlsx", lambda: xlsx(sheets.two_rows_of_headings()), 1, ""),
    Hostile("花哨表头.xlsx", lambda: xlsx(sheets.decorated_headings()), 2, ""),
    Hostile("重名列.xlsx", lambda: xlsx(sheets.doubled("姓名")), 2, "表头重复，只用第一列"),
    Hostile("没见过的列.xlsx", lambda: xlsx(sheets.doubled("星座")), 2, "未识别的列：星座"),
    Hostile("标题三行.xlsx", lambda: xlsx([["花名册"], ["填表单位：一小", None, "填表日期：2020-03-01"], [], *grid()]), 2, ""),
    Hostile("一万六千列.xlsx", damaged.wide, 2, "未识别的列"),
    Hostile("百万空行.xlsx", damaged.million_empty_rows, 2, ""),
    # rows and cells
    Hostile("每页重复表头.xlsx", lambda: xlsx([*grid(), *grid()]), 4, "重复的表头"),
    Hostile("合计填表人.xlsx", lambda: xlsx([*grid(), ["合计", "2人"], ["填表人：韦某", None, "审核人："]]), 2, "合计或签名行"),
    Hostile("备注像签名.xlsx", lambda: xlsx(sheets.remarks_first()), 2, ""),
    Hostile("示例行.xlsx", lambda: xlsx([grid()[0], ["示例", *grid()[1][1:]], *grid()[1:]]), 2, "填写示例"),
    Hostile("全是坏行.xlsx", lambda: xlsx(grid([NOBODY] * 3)), 0, "既无姓名也无证件号"),
    Hostile("隐藏.xlsx", lambda: xlsx(change=hidden), 2, "隐藏"),
    Hostile("公式无值.xlsx", lambda: xlsx(change=put("Q3", "=A1&B1")), 2, "公式没有算出的值"),
    Hostile("文本公式.xlsx", lambda: xlsx(change=put("H3", f'="{B}"')), 2, ""),
    Hostile("错误值成了文字.csv", damaged.error_texts, 2, "既无姓名也无证件号"),
    Hostile("错误值.xlsx", lambda: xlsx(change=put("G3", "#N/A", "e")), 2, ""),
    Hostile("合并单元格.xlsx", lambda: xlsx(change=merged_family), 2, ""),
    Hostile("证号成了数字.xlsx", lambda: xlsx(sheets.number_ids()), 2, "被当作数字保存"),
    Hostile("1904年.xlsx", lambda: xlsx(change=from_1904), 2, ""),
    Hostile("奇怪的名字;$(rm -rf).xlsx", xlsx, 2, ""),
]


@functools.cache
def content(hostile: Hostile) -> bytes:
    """The bytes of the file, made once."""
    return hostile.make()


def write_all(folder: Path) -> None:
    """The corpus as files."""
    folder.mkdir(parents=True, exist_ok=True)
    for hostile in HOSTILE:
        (folder / hostile.name).write_bytes(content(hostile))
        os.chmod(folder / hostile.name, 0o600)


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
