"""The plan's indicators: every figure a count of children whom the lists show. All persons are made up (虚构)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from schemas.indicators import INDICATORS
from tests.lib.made_files import xlsx
from tests.lib.nights import night as run
from tests.lib.small_exports import KIDS, certificate, county, id_of, poor, pupil, resident, write

Published = Callable[[str], pd.DataFrame]
ELSEWHERE = {"乡镇街道": "高岭镇", "居村委会": "三合村"}


def figures(published: Published, level: str = "county", **area: str) -> pd.DataFrame:
    rows = published("indicators")
    for column, value in {"level": level, **area}.items():
        rows = rows[rows[column] == value]
    return rows.set_index("code")


@pytest.mark.long
def test_a_poor_child_taught_at_home_is_due_aid_as_the_list_says(tmp_path: Path, published: Published) -> None:
    county(tmp_path)
    write(tmp_path, "xueji", [pupil(*kid, **({"就读方式": "送教上门"} if kid == KIDS[0] else {})) for kid in KIDS])
    write(tmp_path, "guofu", [poor(name, number) for name, number, _ in KIDS[:2]])
    paid = {"资助项目": "义务教育寄宿生生活补助", "学期": "2020年春季学期", "资助金额": 500, "发放状态": "已发放"}
    write(tmp_path, "zizhu", [{"学生姓名": KIDS[1][0], "身份证号": KIDS[1][1], "学校": "安阳镇中心小学"} | paid])
    run(tmp_path)
    at = figures(published)
    assert (at.at["aid", "numerator"], at.at["aid", "denominator"], at.at["aid_missing", "numerator"]) == (1, 2, 1)
    assert len(published("findings").query("rule == 'aid_due_unpaid'")) == 1


DISABLED = {  # township -> born on, has a student record, is in the numerator, in the denominator
    "安阳镇": ("20100315", True, 1, 1),
    "高岭镇": ("20100315", False, 0, 1),
    "地苏镇": ("20050415", False, 0, 0),  # fifteen today
    "下坳镇": ("20050416", False, 0, 1),  # tomorrow
    "拉烈镇": ("20140315", False, 0, 0),  # not yet due
}


def test_enrolment_of_disabled_children_from_six_to_fourteen(tmp_path: Path, published: Published) -> None:
    """One child in each township, with a certificate of the third degree."""
    residents, pupils, certificates = [], [pupil(*kid) for kid in KIDS], []
    for name, (township, (born, enrolled, _, _)) in zip("甲乙丙丁戊", DISABLED.items(), strict=True):
        kid = (f"莫小{name}", id_of(born, 7 + 2 * len(residents)), born)
        residents.append(resident(*kid, 户号=f"莫家{name}", 户主姓名=f"莫大{name}", 乡镇街道=township, 居村委会=None))
        certificates.append(certificate(*kid, 3, 监护人姓名=f"莫大{name}", 户籍地址=f"都安县{township}"))
        if enrolled:
            pupils.append(pupil(*kid, 残疾人类型="肢体残疾", 成员1姓名=f"莫大{name}"))
    county(tmp_path)
    write(tmp_path, "huji", [*(resident(*kid) for kid in KIDS), *residents])
    write(tmp_path, "canlian", certificates)
    write(tmp_path, "xueji", pupils)
    run(tmp_path)
    at = figures(published, "township")
    rows = at.loc["disabled_enrolment"].set_index("township")
    for township, (_, _, numerator, denominator) in DISABLED.items():
        assert (rows.at[township, "numerator"], rows.at[township, "denominator"]) == (numerator, denominator), township


@pytest.mark.long
def test_the_consolidation_rate_needs_the_intake(tmp_path: Path, published: Published) -> None:
    born = "20041215"
    number = id_of(born, 7)
    county(tmp_path)
    write(tmp_path, "huji", [*(resident(*kid) for kid in KIDS), resident("莫小三", number, born)])
    write(
        tmp_path,
        "xueji",
        [*(pupil(*kid) for kid in KIDS), pupil("莫小三", number, born, 学段="初中", 年级="九年级", 学校名称="安阳镇初级中学")],
    )
    run(tmp_path)
    without = figures(published).loc["consolidation"]
    assert without["numerator"] == 1 and pd.isna(without["denominator"]) and pd.isna(without["share"])
    rows = [
        ["入学年份", "乡镇", "入学人数", "转入", "转出", "死亡"],
        ["2011", "安阳镇", 5, 1, 3, 1],
        ["2012", "安阳镇", 9, 0, 0, 0],
        ["去年", "安阳镇", 1, 0, 0, 0],
    ]
    (tmp_path / "intake.xlsx").write_bytes(xlsx(rows))
    run(tmp_path)
    assert figures(published).at["consolidation", "share"] == 0.5  # one of 5 + 1 - 3 - 1
    assert figures(published, "township", township="安阳镇").at["consolidation", "denominator"] == 2
    (tmp_path / "intake.xlsx").write_bytes(xlsx([*rows, ["2011", "全县", 10, 0, 0, 0]]))
    run(tmp_path)
    assert figures(published).at["consolidation", "denominator"] == 10
    assert figures(published, "township", township="安阳镇").at["consolidation", "denominator"] == 2
    assert list(published("quarantine")["rule"]) == ["intake_unreadable"]


@pytest.mark.long
def test_poor_children_out_of_school_and_the_severely_disabled(tmp_path: Path, published: Published) -> None:
    county(tmp_path, pupils=7)
    write(tmp_path, "guofu", [poor(name, number) for name, number, _ in KIDS])
    write(tmp_path, "canlian", [certificate(*KIDS[8], 1)])
    run(tmp_path)
    at = figures(published)["numerator"]
    assert (at["listed"], at["poor_out_of_school"], at["unaccounted"]) == (2, 1, 1)  # the disabled one is another matter


@pytest.mark.long
def test_the_red_and_the_black_list_and_streaks(tmp_path: Path, published: Published) -> None:
    """安阳镇 clears its child, 高岭镇 clears none of its two, week after week."""
    away = [
        resident(f"莫{c}", id_of("20110101", 20 + i), "20110101", 户号=f"莫{i}", 户主姓名=f"莫父{i}", **ELSEWHERE)
        for i, c in enumerate("晓庆")
    ]

    def night(day: date, pupils: int) -> pd.DataFrame:
        county(tmp_path, pupils=pupils)
        write(tmp_path, "huji", [*(resident(*kid) for kid in KIDS), *away])
        run(tmp_path, day)
        rows = published("standings")
        return rows[rows["as_of"] == day].set_index("township")

    first = night(date(2020, 4, 8), 7)
    assert set(first["standing"].isna()) == {True}  # nobody has cleared anything yet
    second = night(date(2020, 4, 15), 8)
    assert second["standing"].to_dict() == {"安阳镇": "red", "高岭镇": "black"}
    assert second["streak"].to_dict() == {"安阳镇": 0, "高岭镇": 0}  # a Wednesday: the week is not over
    third = night(date(2020, 4, 22), 9)
    assert third["streak"].to_dict() == {"安阳镇": 1, "高岭镇": 1}
    assert night(date(2020, 4, 23), 9)["streak"].to_dict() == {"安阳镇": 2, "高岭镇": 2}  # the same week, on its Thursday
    friday = night(date(2020, 4, 24), 9)
    assert friday["standing"].to_dict() == {"安阳镇": "red", "高岭镇": "black"}  # 高岭镇 still clears nobody
    assert friday["streak"].to_dict() == {"安阳镇": 2, "高岭镇": 2}
    before = published("standings")
    night(date(2020, 4, 22), 1)  # a look back rewrites nothing
    pd.testing.assert_frame_equal(published("standings"), before)
    assert len(before) == 10


def test_the_countys_share_counts_children_of_no_known_township(tmp_path: Path, published: Published) -> None:
    county(tmp_path, pupils=7)
    nowhere = resident(*KIDS[8], 户号="独户", 户主姓名="潘大海", 乡镇街道=None, 居村委会=None)
    write(tmp_path, "huji", [*(resident(*kid) for kid in KIDS[:8]), nowhere])
    run(tmp_path)
    at = figures(published)
    assert figures(published, "township", township="乡镇不明").at["listed", "numerator"] == 1
    (share,) = published("standings")["county_open"]
    assert share == at.at["listed", "numerator"] / at.at["enrolment", "denominator"] == 2 / 9


def test_every_indicator_says_what_it_counts() -> None:
    assert all(i.counts and i.cites and (i.of is None) == (i.denominator is None) for i in INDICATORS)


@pytest.mark.long
def test_who_finished_grade_nine_last_summer_is_of_last_years_intake(tmp_path: Path, published: Published) -> None:
    county(tmp_path)
    kids = [("莫小三", id_of("20041015", 7), "20041015"), ("莫小四", id_of("20041115", 7), "20041115")]
    nine: dict[str, object] = {"学段": "初中", "年级": "九年级", "学校名称": "安阳镇初级中学"}
    write(tmp_path, "huji", [*(resident(*kid) for kid in KIDS), *(resident(*kid) for kid in kids)])
    left = [pupil(*kids[0], **nine, 学生状态="毕业", 学籍变动日期="20190705"), pupil(*kids[1], **nine)]
    write(tmp_path, "xueji", [*(pupil(*kid) for kid in KIDS), *left])
    run(tmp_path)
    assert figures(published).at["consolidation", "numerator"] == 1
    write(
        tmp_path, "xueji", [*(pupil(*kid) for kid in KIDS), left[0], left[1] | {"学生状态": "毕业", "学籍变动日期": "20200705"}]
    )
    run(tmp_path, date(2020, 8, 15))
    assert figures(published).at["consolidation", "numerator"] == 1  # the other one


@pytest.mark.long
def test_a_listed_child_without_a_birthdate_is_due(tmp_path: Path, published: Published) -> None:
    county(tmp_path, pupils=9)
    write(tmp_path, "huji", [*(resident(*kid) for kid in KIDS), resident("莫小三", "", "", 公民身份号码=None, 出生日期=None)])
    run(tmp_path)
    at = figures(published)
    assert at.at["listed", "numerator"] == at.at["enrolment", "denominator"] - at.at["enrolment", "numerator"] == 1


def test_agreement_counts_a_child_that_one_system_lacks_and_a_value_that_two_have(tmp_path: Path, published: Published) -> None:
    county(tmp_path, pupils=8)
    write(tmp_path, "guofu", [poor(KIDS[8][0], KIDS[8][1])])  # says at school, and there is no student record
    run(tmp_path)
    at = figures(published)
    assert (at.at["agree_schooling", "denominator"], at.at["agree_schooling", "numerator"]) == (9, 8)
    assert at.at["agree_birthdate", "denominator"] == 0  # the poverty system has no such column
