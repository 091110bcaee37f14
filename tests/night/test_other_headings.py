"""Exports with other known headings than the synthetic county's, several sheets, and columns that nobody fills."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

from tests.lib.nights import night
from tests.lib.small_exports import id_of

A, B, C = id_of("20100315", 1), id_of("20120601", 2), id_of("20040905", 3)
PUPILS = [
    "个人标识码",
    "学校名称",
    "学生姓名",
    "性别",
    "出生年月",
    "身份证号",
    "年级",
    "学生当前状态",
    "就读方式",
    "户口所在地",
    "现住址",
    "家庭成员或监护人姓名",
    "联系电话",
]
MEMBERS = [
    "省",
    "市",
    "县",
    "乡",
    "村",
    "户编号",
    "人口编号",
    "姓名",
    "性别",
    "出生日期",
    "证件类型",
    "证件号码",
    "民族",
    "户联系电话",
    "与户主关系",
    "在校生状况",
    "失学或辍学原因",
    "户主姓名",
]


def book(path: Path, **sheets: list[list[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if title == "字典":
            sheet.sheet_state = "hidden"
    made.save(path)


def test_a_county_of_other_headings(tmp_path: Path, published: Callable[[str], pd.DataFrame]) -> None:
    lost = float(A[:15] + "000")  # the ID as a spreadsheet keeps a number
    first = [
        "G" + A,
        "安阳一小",
        "韦　家乐",
        "男",
        "2010年3月15日",
        lost,
        "小学2016级",
        "01",
        "1",
        "451228100",
        "都安县安阳镇安北社区",
        "韦大山",
    ]
    second = ["G" + B, "安阳二小", "蓝小花", "女", "201206", B.lower(), "二年级", "02 休学", "2", "451228100004", None, "蓝三"]
    book(
        tmp_path / "raw/xueji/学生信息 (22).xlsx",
        一小=[["2020年春季学期学生花名册"], ["填表单位：一小", None, "填表日期"], PUPILS, first, ["合计：1人"]],
        二小=[PUPILS, second],
        字典=[["是"], ["否"]],
    )
    poor = [
        "广西",
        "河池",
        "都安",
        "安阳镇",
        "安北社区",
        "H1",
        "H101",
        "韦家乐",
        "男",
        "20100315.0",
        "居民身份证",
        A,
        "壮族",
        None,
        "之子",
        "小学",
    ]
    book(tmp_path / "raw/guofu/贫困.xlsx", 人口=[["（自定义）贫困人口信息"], [], MEMBERS, poor])
    book(
        tmp_path / "raw/zhongzhi/中职.xlsx",
        学生=[
            ["姓名", "身份证件号", "学号", "学生类别", "学习形式", "招生方式", "学生状态"],
            ["潘大", C, "Z01", "全日制", "全日制", "统招", "在读"],
        ],
    )
    rows = [
        [
            "户号",
            "户主姓名",
            "与户主关系",
            "公民身份号码",
            "姓名",
            "出生日期",
            "户籍地址",
            "所属派出所",
            "村(居)委会",
            "人员状态",
        ],
        ["1", "韦大山", "长子", A, "韦家乐", "20100315", "广西都安瑶族自治县安阳镇安北社区", "安阳所", "安北社区", "正常"],
        ["2", "蓝三", "长女", B, "蓝小花", "20120601", "广西都安瑶族自治县高岭镇", "高岭所", "", "正常"],
        ["3", "潘五", "长子", C, "潘大", "20040905", "广西都安瑶族自治县高岭镇", "高岭所", "", "正常"],
    ]
    (tmp_path / "raw/户籍.csv").write_text("\n".join(",".join(row) for row in rows), encoding="utf-8-sig")  # loose in raw/
    night(tmp_path)
    persons = published("persons").set_index("name")
    assert persons["whereabouts"].to_dict() == {"韦家乐": "enrolled", "蓝小花": "suspended", "潘大": "enrolled"}
    assert persons["registries"].to_dict() == {"韦家乐": "guofu,huji,xueji", "蓝小花": "huji,xueji", "潘大": "huji,zhongzhi"}
    records = published("records").set_index("record_id")
    assert records.at["xueji.1.0000004", "id_status"] == "lost_precision"
    assert records.at["xueji.1.0000004", "township"] == "安阳镇"
    assert records.loc[records["registry"] == "huji", "township"].tolist() == ["安阳镇", "高岭镇", "高岭镇"]
    assert list(published("quarantine")["rule"]) == ["footer_row"]
