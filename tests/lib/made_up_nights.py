"""The figures of a night and of those before, made up by hand."""

from dataclasses import replace
from datetime import date

from reports.list_counts import ListCounts
from reports.night import CountedFile, Night, NightFigures

PUPILS: CountedFile = {
    "registry": "xueji", "system": "学籍系统", "owner": "教育局", "file": "小学.xlsx", "sheet": "学生", "status": "read", "dated": "2020-04-15",
    "rows": 100, "accepted": 98, "quarantined": 2, "message": None,
}  # fmt: skip
BROKEN: CountedFile = {
    **PUPILS, "file": "<b>初中</b>.xlsx", "status": "refused", "rows": 0, "accepted": 0, "quarantined": 0, "message": "文件不完整。请重新导出",
}  # fmt: skip
NIGHT = Night(
    as_of="2020-04-15",
    run="20200415-0007",
    since="2020-04-14",
    people=300,
    cohort=100,
    lists_of={"安阳镇": ListCounts(listed=7, visit=4, call=2, waiting=1, questions=3, findings=9, to_accept=3, to_join=1)},
    matches=90,
    systems={"xueji": "学籍系统", "huji": "公安户籍"},
    files=[PUPILS],
    quarantine=[("学籍系统", "小学.xlsx", "name_missing", 2, "第 5 行未填姓名")],
    notices=[("学籍系统", "小学.xlsx", "“性别”列：1 行性别与身份证号不符。请核对证件")],
    undated=None,
    drift=[],
    places={"安阳镇": {"enrolled": 93, "unaccounted": 7}},
    opened={"安阳镇": 3},
    closed={"安阳镇": 2},
    changes={"list": {"opened": 3, "closed": 2}},
    closed_as={"在校就读": 2},
    findings=[("name_differs", 11, 9)],
    county="都安瑶族自治县",
    outbox="2020-04-15",
    books=["都安县_控辍保学汇总_20200415.xlsx", "退回各单位/教育局_数据退回_20200415.xlsx"],
    seconds={"read": 2.0, "publish": 1.0},
)
GAPS = replace(NIGHT, files=[BROKEN, PUPILS], left_out=["公安户籍（raw/huji 没有可用的文件）", "《<b>初中</b>.xlsx》"])


def nights(*listed: int, gaps: int = 0) -> list[NightFigures]:
    """Nights up to the 14th with so many listed children."""
    first = date(2020, 4, 15).toordinal() - len(listed)
    return [
        replace(NIGHT.figures(), as_of=date.fromordinal(first + number).isoformat(), listed=count, gaps=gaps)
        for number, count in enumerate(listed)
    ]
