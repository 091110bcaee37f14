"""What a township reports of its own accord: pupils who are not there, children whom no system has. All persons are made up (虚构)."""

from datetime import date
from pathlib import Path

import pytest

from reports.book import ANSWER_MARK
from tests.lib.nights import AS_OF, night
from tests.lib.opened_books import column, rows
from tests.lib.small_exports import KIDS, county, id_of
from tests.night.test_acceptance import FIFTH, FOURTH, SECOND, THIRD, Published, book_of, fill_in

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
ABSENT = {"姓名": KIDS[0][0], "身份证号": KIDS[0][1], "登记的学校": "安阳镇中心小学", "情况": "名在人不在"}
FOUND = {"姓名": "覃小路", "性别": "女", "出生日期": date(2011, 5, 6), "村": "安北社区", "监护人": "覃大"}
SIGNED: dict[str, object] = {"核查人": "韦某", "核查日期": date(2020, 4, 20)}


@pytest.mark.long
def test_both_become_cases_and_stay_until_somebody_says_otherwise(tmp_path: Path, published: Published) -> None:
    night(county(tmp_path), AS_OF, None)
    assert published("unaccounted").empty
    book = book_of(tmp_path, "安阳镇")
    for title, report in (("名在人不在", ABSENT), ("新发现", FOUND)):
        for heading, said in (report | SIGNED).items():
            column(book[title], heading + ANSWER_MARK)[0].value = said
    column(book["新发现"], "姓名" + ANSWER_MARK)[1].value = "只有姓名"
    (tmp_path / "inbox").mkdir(exist_ok=True)
    book.save(tmp_path / "inbox" / "安阳镇.xlsx")
    night(tmp_path, SECOND, None)
    listed = published("unaccounted").set_index("name")
    assert listed["reason"].to_dict() == {KIDS[0][0]: "reported_absent", "覃小路": "no_student_record"}
    assert listed["township"].tolist() == ["安阳镇"] * 2 and listed["case_id"].notna().all()
    receipt = {row["姓名"]: row["结果"] for row in rows(book_of(tmp_path, "安阳镇")["回执"])}
    assert receipt == {KIDS[0][0]: "已采用", "覃小路": "已采用", "只有姓名": "未采用"}
    (tmp_path / "inbox" / "安阳镇.xlsx").unlink()
    night(tmp_path, THIRD, None)
    assert sorted(published("unaccounted")["name"]) == sorted([KIDS[0][0], "覃小路"])
    back = ABSENT | SIGNED | {"情况": "已返校", "核查日期": THIRD}
    fill_in(tmp_path, "安阳镇", "名在人不在", back, "返校.xlsx")
    night(tmp_path, FOURTH, None)
    assert len(published("unaccounted")) == 2  # until the county accepts that the pupil is back
    word = {"验收意见": "同意", "验收人": "陆某", "验收日期": FOURTH}
    fill_in(tmp_path, "都安县", "答复验收", word, "验收.xlsx")
    night(tmp_path, FIFTH, None)
    assert published("unaccounted")["name"].tolist() == ["覃小路"]
    off_list = rows(book_of(tmp_path, "都安县")["凭答复销号"])
    assert [(row["姓名"], row["答复"], row["验收人"]) for row in off_list] == [(KIDS[0][0], "已返校", "陆某")]


@pytest.mark.long
def test_a_child_that_was_found_and_is_a_pupil_is_that_pupil(tmp_path: Path, published: Published) -> None:
    night(county(tmp_path), AS_OF, None)
    name, number, _ = KIDS[0]
    fill_in(tmp_path, "安阳镇", "新发现", {"姓名": name, "身份证号": number, "出生日期": None} | SIGNED, "安阳镇.xlsx")
    night(tmp_path, SECOND)
    assert len(published("records").query("registry == 'xiangzhen'")) == 1
    (listed,) = published("unaccounted").to_dict("records")  # a pupil of a register whom somebody found in the village
    assert (listed["name"], listed["reason"]) == (name, "reported_absent")
    registries = published("persons").set_index("person_id").at[listed["person_id"], "registries"].split(",")
    assert {"xueji", "xiangzhen"} <= {*registries}


@pytest.mark.long
def test_a_found_child_is_in_scope_by_its_day_of_birth(tmp_path: Path, published: Published) -> None:
    night(county(tmp_path), AS_OF, None)
    grown = {"姓名": "覃大路", "身份证号": id_of("19900506", 7)} | SIGNED
    fill_in(tmp_path, "安阳镇", "新发现", grown, "安阳镇.xlsx")
    night(tmp_path, SECOND)
    assert published("unaccounted").empty
