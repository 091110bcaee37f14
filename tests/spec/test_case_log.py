"""Cases from night to night: their numbers, and what happens to them. All persons are made up (虚构)."""

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from bidui.cli import main
from tests.lib.listed_child import LATER, LATEST, Published, answer, events, the_child
from tests.lib.nights import AS_OF, Begun, night
from tests.lib.small_exports import KIDS, county, poor, pupil, resident, write


def without_acceptance(root: Path, pupils: int) -> Path:
    """The county of ``county``, where a whole answer counts at once."""
    county(root, pupils)
    (root / "county.toml").write_text('acceptance = "none"\n', encoding="utf-8")
    return root


def test_a_case_is_opened_answered_closed_and_reopened_under_one_number(
    tmp_path: Path, begun: Begun, published: Published
) -> None:
    begun(county, 8)
    first = the_child(published)
    assert (first["state"], first["opened"], first["weeks"]) == ("open", AS_OF, 0)
    assert list(published("unaccounted")["case_id"]) == [first["case_id"]]
    answer(tmp_path, published, "仍未找到", None, "2020-04-22")
    night(tmp_path, LATER)
    answered = the_child(published)
    assert (answered["state"], answered["weeks"], answered["answer"]) == ("answered", 1, "仍未找到，2020-04-22")
    county(tmp_path)
    night(tmp_path, date(2020, 4, 30))
    closed = the_child(published)
    assert (closed["state"], closed["closed_on"], closed["closed_by"]) == ("closed", date(2020, 4, 30), "在校就读（有在读学籍）")
    assert (closed["closed_reason"], closed["closed_whereabouts"]) == ("whereabouts", "enrolled")
    write(tmp_path, "xueji", [pupil(*kid, 学生状态="辍学" if kid == KIDS[8] else "在读") for kid in KIDS])
    night(tmp_path, LATEST)
    again = the_child(published)
    assert (again["case_id"], again["state"], again["reopened"], again["opened"], again["since"]) == (
        first["case_id"],
        "open",
        1,
        AS_OF,
        LATEST,
    )
    assert events(published) == [("04-15", "opened"), ("04-23", "answered"), ("04-30", "closed"), ("05-07", "reopened")]


@pytest.mark.long
def test_an_answer_closes_the_case_by_what_it_says(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(without_acceptance, 8)
    answer(tmp_path, published, "县外就读（填学校）", "南宁市秀田小学", "2020-04-22")
    night(tmp_path, LATER)
    case = the_child(published)
    assert (case["state"], case["closed_by"]) == (
        "closed",
        "县外就读（乡镇本学期核实在县外或系统外就读，填明学校并已验收，其后学籍系统未标注辍学，乡镇也没有报告人在村里）",
    )
    assert case["answer"] == "县外就读（填学校）（南宁市秀田小学），2020-04-22"
    answer(tmp_path, published, "仍未找到", None, "2020-04-28")  # what was said later counts
    night(tmp_path, date(2020, 4, 30))
    assert the_child(published)["state"] == "open"


def test_an_answer_that_is_no_choice_is_told(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 8)
    answer(tmp_path, published, "在外婆家", None, "2020-04-22")
    night(tmp_path, LATER)
    assert list(published("quarantine")["rule"]) == ["answer_unknown"]
    assert the_child(published)["state"] == "open"


@pytest.mark.long
def test_the_same_night_twice_is_the_same_to_the_byte(tmp_path: Path, begun: Begun) -> None:
    begun(county, 8)
    county(tmp_path, pupils=7)
    tables = ("case_log", "cases", "changes", "findings", "unaccounted", "indicators", "standings")
    runs = [night(tmp_path, LATER).run for _ in range(2)]
    assert all((runs[0] / f"{t}.parquet").read_bytes() == (runs[1] / f"{t}.parquet").read_bytes() for t in tables)


@pytest.mark.long
def test_a_child_stays_off_the_list_when_the_inbox_is_tidied_up(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(without_acceptance, 8)
    answer(tmp_path, published, "县外就读（填学校）", "南宁市秀田小学", "2020-04-20")
    night(tmp_path, LATER)
    for workbook in (tmp_path / "inbox").iterdir():
        workbook.unlink()
    night(tmp_path, LATEST)
    assert (the_child(published)["state"], len(published("unaccounted"))) == ("closed", 0)
    night(tmp_path, date(2020, 9, 2))  # with the semester it lapses
    assert the_child(published)["state"] == "open"


@pytest.mark.long
def test_what_a_missing_registry_cannot_say_stays_open(tmp_path: Path, published: Published) -> None:
    """The poverty system is gone tonight: its contradiction is neither mended nor forgotten."""
    county(tmp_path)
    rows = [pupil(*kid, 是否建档立卡="否") for kid in KIDS]
    write(tmp_path, "xueji", rows)
    night(tmp_path, AS_OF)
    found = published("cases").query("rule == 'poverty_flag_differs'")
    assert len(found) == 3
    (tmp_path / "raw/guofu/guofu.xlsx").unlink()
    night(tmp_path, LATER, accept_drift=True)
    assert not len(published("findings").query("rule == 'poverty_flag_differs'"))
    assert set(published("cases").query("rule == 'poverty_flag_differs'")["state"]) == {"open"}
    write(tmp_path, "xueji", [pupil(*kid, 是否建档立卡="是") for kid in KIDS[:3]] + [pupil(*kid) for kid in KIDS[3:]])
    write(tmp_path, "guofu", [poor(name, number) for name, number, _ in KIDS[:3]])
    night(tmp_path, date(2020, 4, 30), accept_drift=True)
    closed = published("cases").query("rule == 'poverty_flag_differs'")
    assert set(closed["state"]) == {"closed"} and set(closed["closed_by"]) == {"不再不一致"}
    assert set(closed["closed_reason"]) == {"no_longer_differs"} and closed["closed_whereabouts"].isna().all()


@pytest.mark.long
def test_findings_keep_their_numbers_when_rows_move(tmp_path: Path, published: Published) -> None:
    county(tmp_path)
    wrong = [pupil("韦家妖", *KIDS[0][1:]), *(pupil(*kid) for kid in KIDS[1:])]
    write(tmp_path, "xueji", wrong)
    night(tmp_path, AS_OF)
    before = published("findings").query("rule == 'name_differs'")
    write(tmp_path, "xueji", wrong[::-1])
    night(tmp_path, LATER)
    after = published("findings").query("rule == 'name_differs'")
    assert after["address_b"].item() != before["address_b"].item()
    assert after["case_id"].item() == before["case_id"].item()
    assert published("case_log").query("rule == 'name_differs'")["event"].tolist() == ["opened"]


@pytest.mark.long
def test_changes_since_the_last_run_and_since_thursday(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 7)
    night(county(tmp_path, pupils=8), date(2020, 4, 16))  # a Thursday: the week from the ninth on
    week = published("changes").query("period == 'week' and kind == 'list'")
    assert sorted(week["event"]) == ["closed", "opened", "opened"]
    assert set(week["since"]) == {date(2020, 4, 9)}
    assert published("changes").query("period == 'run' and kind == 'list'")["event"].tolist() == ["closed"]
    night(county(tmp_path), date(2020, 4, 17))
    assert published("changes").query("period == 'week' and kind == 'list'")["event"].tolist() == ["closed"]


@pytest.mark.long
def test_a_child_that_leaves_the_cohort_is_cleared_by_that(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 8)
    write(tmp_path, "huji", [*(resident(*kid) for kid in KIDS[:8]), resident(*KIDS[8], 人员状态="死亡注销")])
    night(tmp_path, LATER)
    assert the_child(published)["closed_by"] == "死亡/户籍迁出（户籍已注销或迁出）"


@pytest.mark.long
def test_a_child_is_first_listed_when_its_case_was_opened(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 8)
    night(county(tmp_path), LATER)
    night(county(tmp_path, pupils=8), date(2020, 4, 30))  # listed again
    assert list(published("unaccounted")["first_listed"]) == [AS_OF]
    night(county(tmp_path, pupils=7), date(2020, 4, 20))  # a look back in between
    night(county(tmp_path, pupils=8), LATEST)
    assert list(published("unaccounted")["first_listed"]) == [AS_OF]


@pytest.mark.long
def test_of_two_wrong_names_the_one_that_is_not_mended_stays_open_under_its_number(tmp_path: Path, published: Published) -> None:
    county(tmp_path)

    def of_names(day: date, *names: str) -> pd.DataFrame:
        rows = [pupil(n, *KIDS[0][1:], 全国学籍号=f"L45122820100115001{i}") for i, n in enumerate(names)]
        write(tmp_path, "xueji", [*rows, *(pupil(*kid) for kid in KIDS[1:])])
        night(tmp_path, day)
        return published("findings").query("rule == 'name_differs'").set_index("value_b")

    first = of_names(AS_OF, "韦家□", "韦家依")
    assert first["case_id"].nunique() == 2
    second = of_names(LATER, "韦家一", "韦家依")
    assert second["case_id"].to_dict() == {"韦家依": first.loc["韦家依", "case_id"]}
    mended = published("cases").set_index("case_id").loc[first.loc["韦家□", "case_id"]]
    assert (mended["state"], mended["closed_by"], mended["closed_reason"]) == ("closed", "登记已更正", "corrected")
    third = of_names(LATEST, "韦家衣", "韦家依")
    assert third["case_id"].to_dict() == {"韦家依": first.loc["韦家依", "case_id"], "韦家衣": mended.name}
    assert published("cases").set_index("case_id").loc[mended.name, "reopened"] == 1


@pytest.mark.long
def test_an_answer_that_changes_a_case_is_logged_with_what_it_shows(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 8)
    answer(tmp_path, published, "确属辍学", None, "2020-04-22")
    for day in (LATER, date(2020, 4, 24)):
        night(tmp_path, day)
    assert events(published) == [("04-15", "opened"), ("04-23", "changed"), ("04-23", "answered")]
    assert list(published("cases").query("kind == 'list'")["rule"]) == ["dropped_out"]
    assert list(published("unaccounted")["reason"]) == ["dropped_out_verified"]


@pytest.mark.long
def test_an_answer_lapses_with_the_semester(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 8)
    answer(tmp_path, published, "仍未找到", None, "2020-04-22")
    night(tmp_path, LATER)
    assert the_child(published)["state"] == "answered"
    night(tmp_path, date(2020, 9, 3))
    assert the_child(published)["state"] == "open"


@pytest.mark.long
def test_a_grade_that_time_alone_mends_is_not_called_corrected(tmp_path: Path, published: Published) -> None:
    county(tmp_path)
    write(tmp_path, "xueji", [pupil(*KIDS[0], 年级="六年级"), *(pupil(*kid) for kid in KIDS[1:])])
    night(tmp_path, AS_OF)
    assert len(published("findings").query("rule == 'grade_impossible'")) == 1
    night(tmp_path, date(2020, 9, 3))
    closed = published("cases").query("rule == 'grade_impossible'").iloc[0]
    assert (closed["state"], closed["closed_by"]) == ("closed", "登记未变，按比对日期和规则不再不一致")
    assert closed["closed_reason"] == "unchanged_no_longer_differs"


@pytest.mark.long
def test_a_log_of_an_earlier_version_without_reasons_is_carried_on(tmp_path: Path, published: Published) -> None:
    night(county(tmp_path, pupils=8), AS_OF)
    night(county(tmp_path), LATER)  # closed
    path = tmp_path / "curated/current/case_log.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["reason", "whereabouts"]), path)
    (tmp_path / "curated/bidui.db").unlink()  # that version had no database
    assert main(["history", "--root", str(tmp_path)]) == 0
    night(county(tmp_path, pupils=8), date(2020, 4, 30))  # listed again
    night(county(tmp_path), LATEST)  # closed again
    log = published("case_log").query("event == 'closed'")
    assert log["said"].nunique() == 1
    assert [None if pd.isna(reason) else reason for reason in log["reason"]] == [None, "whereabouts"]
    assert set(log["whereabouts"].dropna()) == {"enrolled"}
    assert the_child(published)["closed_reason"] == "whereabouts"
