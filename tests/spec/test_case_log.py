"""Cases from night to night: their numbers, what happens to them, and past nights shown again. All persons are made up (虚构)."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook, load_workbook

from bidui.cli import main
from pipelines.reconcile.build_order import RELATIONS, code_tables
from schemas.registry import declared
from schemas.relations import Relation, build
from schemas.words import CLOSED_REASON_NAME, closed_reason_name
from tests.lib.nights import AS_OF, Begun, night
from tests.lib.small_exports import KIDS, county, poor, pupil, resident, write

Published = Callable[[str], pd.DataFrame]
LATER, LATEST = date(2020, 4, 23), date(2020, 5, 7)


def the_child(published: Published) -> pd.Series:
    """The case of the one listed child."""
    cases = published("cases")
    return cases[cases["kind"] == "list"].set_index("person_id").iloc[0]


def events(published: Published) -> list[tuple[str, str]]:
    log = published("case_log")
    return [
        (f"{night:%m-%d}", event)
        for night, event, kind in zip(log["as_of"], log["event"], log["kind"], strict=True)
        if kind == "list"
    ]


def answer(root: Path, published: Published, said: str, school: str | None, day: str) -> None:
    child = published("persons").set_index("name").loc[KIDS[8][0]]
    book = Workbook()
    book.active.title = "去向不明儿童"
    book.active.append(["人员编号", "姓名", "核查去向", "就读学校", "核查日期"])
    book.active.append([child["person_id"], KIDS[8][0], said, school, day])
    (root / "inbox").mkdir(exist_ok=True)
    book.save(root / "inbox" / f"安阳镇_{day}.xlsx")


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


def test_an_answer_closes_the_case_by_what_it_says(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 8)
    answer(tmp_path, published, "县外就读（填学校）", "南宁市某小学", "2020-04-22")
    night(tmp_path, LATER)
    case = the_child(published)
    assert (case["state"], case["closed_by"]) == ("closed", "县外就读（乡镇本学期核实在县外或系统外就读，并填明学校）")
    assert case["answer"] == "县外就读（填学校）（南宁市某小学），2020-04-22"
    answer(tmp_path, published, "仍未找到", None, "2020-04-28")  # what was said later counts
    night(tmp_path, date(2020, 4, 30))
    assert the_child(published)["state"] == "open"


def test_an_answer_that_is_no_choice_is_told(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 8)
    answer(tmp_path, published, "在外婆家", None, "2020-04-22")
    night(tmp_path, LATER)
    assert list(published("quarantine")["rule"]) == ["answer_unknown"]
    assert the_child(published)["state"] == "open"


def test_the_same_night_twice_is_the_same_to_the_byte(tmp_path: Path, begun: Begun) -> None:
    begun(county, 8)
    county(tmp_path, pupils=7)
    tables = ("case_log", "cases", "changes", "findings", "unaccounted", "indicators", "standings")
    runs = [night(tmp_path, LATER).run for _ in range(2)]
    assert all((runs[0] / f"{t}.parquet").read_bytes() == (runs[1] / f"{t}.parquet").read_bytes() for t in tables)


def test_a_run_for_a_day_gone_by_looks_back_and_writes_no_history(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 8)
    night(county(tmp_path), LATER)
    log = published("case_log")
    night(county(tmp_path, pupils=7), date(2020, 4, 18))
    pd.testing.assert_frame_equal(published("case_log"), log)
    assert the_child(published)["state"] == "open"  # as on that night
    listed = published("unaccounted").set_index("name")["case_id"]
    assert pd.notna(listed[KIDS[8][0]]) and pd.isna(listed[KIDS[7][0]])  # no night ever listed the other
    night(county(tmp_path), LATER)
    assert the_child(published)["state"] == "closed"


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


def test_changes_since_the_last_run_and_since_thursday(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 7)
    night(county(tmp_path, pupils=8), date(2020, 4, 16))  # a Thursday: the week from the ninth on
    week = published("changes").query("period == 'week' and kind == 'list'")
    assert sorted(week["event"]) == ["closed", "opened", "opened"]
    assert set(week["since"]) == {date(2020, 4, 9)}
    assert published("changes").query("period == 'run' and kind == 'list'")["event"].tolist() == ["closed"]
    night(county(tmp_path), date(2020, 4, 17))
    assert published("changes").query("period == 'week' and kind == 'list'")["event"].tolist() == ["closed"]


def test_history_tells_the_story_and_shows_past_nights(
    tmp_path: Path, begun: Begun, published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    begun(county, 8)
    night(county(tmp_path), LATER)
    case = the_child(published)

    def told(*arguments: str) -> str:
        assert main(["history", *arguments, "--root", str(tmp_path)]) == 0
        return capsys.readouterr().out

    story = told(case["case_id"])
    assert "2020-04-15　新增　原因 各系统均无学籍记录" in story and "2020-04-23　销号　在校就读" in story
    assert told(str(case.name)).count("新增") == story.count("新增")
    assert "2020-04-23　销号" not in told(case["case_id"], "--as-of", "2020-04-20")
    out = tmp_path / "那晚.xlsx"
    assert "须核查儿童 1 人" in told("--as-of", "2020-04-20", "--out", str(out))
    sheet = load_workbook(out)["须核查儿童"]
    headings = [cell.value for cell in sheet[1]]
    assert dict(zip(headings, [cell.value for cell in sheet[2]], strict=True))["姓名"] == KIDS[8][0]
    assert "须核查儿童 0 人" in told()
    assert main(["history", "C9999999", "--root", str(tmp_path)]) == 2
    assert main(["history", "--as-of", "2019-01-01", "--root", str(tmp_path)]) == 2


def test_a_child_that_leaves_the_cohort_is_cleared_by_that(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 8)
    write(tmp_path, "huji", [*(resident(*kid) for kid in KIDS[:8]), resident(*KIDS[8], 人员状态="死亡注销")])
    night(tmp_path, LATER)
    assert the_child(published)["closed_by"] == "死亡/户籍迁出（户籍已注销或迁出）"


def test_history_speaks_chinese(tmp_path: Path, published: Published, capsys: pytest.CaptureFixture[str]) -> None:
    """No code of a reason, a kind or a side stands in a story or in the workbook of a past night."""
    county(tmp_path, pupils=8)
    write(tmp_path, "xueji", [pupil("韦家妖", *KIDS[0][1:]), *(pupil(*kid) for kid in KIDS[1:8])])
    night(tmp_path, AS_OF)
    (named,) = published("cases").query("rule == 'name_differs'")["case_id"]
    assert main(["history", named, "--root", str(tmp_path)]) == 0
    assert not re.search(r"[a-z]{2,}", capsys.readouterr().out)
    assert main(["history", "--root", str(tmp_path), "--out", str(tmp_path / "那晚.xlsx")]) == 0
    book = load_workbook(tmp_path / "那晚.xlsx")
    texts = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert book["须核查儿童"]["H2"].value == "0"  # weeks
    assert {"否", "值一", "各系统均无学籍记录", "一字之差"} <= set(texts)
    assert not [text for text in texts if re.search(r"[a-z]{2,}", text)]


def test_what_went_out_on_a_day_gone_by_is_kept(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 8, townships=["安阳镇"])
    sent = {p.name: p.read_bytes() for p in (tmp_path / "outbox" / "2020-04-15").glob("*.xlsx")}
    night(county(tmp_path), LATER, ["安阳镇"])
    assert night(county(tmp_path, pupils=5), AS_OF, ["安阳镇"]).outbox.name == "2020-04-15_重算"
    assert {p.name: p.read_bytes() for p in (tmp_path / "outbox" / "2020-04-15").glob("*.xlsx")} == sent
    assert night(county(tmp_path), LATER, ["安阳镇"]).outbox.name == "2020-04-23"


def test_a_child_is_first_listed_when_its_case_was_opened(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 8)
    night(county(tmp_path), LATER)
    night(county(tmp_path, pupils=8), date(2020, 4, 30))  # listed again
    assert list(published("unaccounted")["first_listed"]) == [AS_OF]
    night(county(tmp_path, pupils=7), date(2020, 4, 20))  # a look back in between
    night(county(tmp_path, pupils=8), LATEST)
    assert list(published("unaccounted")["first_listed"]) == [AS_OF]


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


def test_an_answer_that_changes_a_case_is_logged_with_what_it_shows(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 8)
    answer(tmp_path, published, "确属辍学", None, "2020-04-22")
    for day in (LATER, date(2020, 4, 24)):
        night(tmp_path, day)
    assert events(published) == [("04-15", "opened"), ("04-23", "changed"), ("04-23", "answered")]
    assert list(published("cases").query("kind == 'list'")["rule"]) == ["dropped_out"]
    assert list(published("unaccounted")["reason"]) == ["dropped_out_verified"]


def test_an_answer_lapses_with_the_semester(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 8)
    answer(tmp_path, published, "仍未找到", None, "2020-04-22")
    night(tmp_path, LATER)
    assert the_child(published)["state"] == "answered"
    night(tmp_path, date(2020, 9, 3))
    assert the_child(published)["state"] == "open"


def test_a_grade_that_time_alone_mends_is_not_called_corrected(tmp_path: Path, published: Published) -> None:
    county(tmp_path)
    write(tmp_path, "xueji", [pupil(*KIDS[0], 年级="六年级"), *(pupil(*kid) for kid in KIDS[1:])])
    night(tmp_path, AS_OF)
    assert len(published("findings").query("rule == 'grade_impossible'")) == 1
    night(tmp_path, date(2020, 9, 3))
    closed = published("cases").query("rule == 'grade_impossible'").iloc[0]
    assert (closed["state"], closed["closed_by"]) == ("closed", "登记未变，按比对日期和规则不再不一致")
    assert closed["closed_reason"] == "unchanged_no_longer_differs"


def test_a_log_of_an_earlier_version_without_reasons_is_carried_on(tmp_path: Path, published: Published) -> None:
    night(county(tmp_path, pupils=8), AS_OF)
    night(county(tmp_path), LATER)  # closed
    path = tmp_path / "curated/current/case_log.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["reason", "whereabouts"]), path)
    assert main(["history", "--root", str(tmp_path)]) == 0
    night(county(tmp_path, pupils=8), date(2020, 4, 30))  # listed again
    night(county(tmp_path), LATEST)  # closed again
    log = published("case_log").query("event == 'closed'")
    assert log["said"].nunique() == 1
    assert [None if pd.isna(reason) else reason for reason in log["reason"]] == [None, "whereabouts"]
    assert set(log["whereabouts"].dropna()) == {"enrolled"}
    assert the_child(published)["closed_reason"] == "whereabouts"


def relation(name: str) -> Relation:
    (made,) = (made for made in RELATIONS if made.name == name)
    return made


def test_why_a_case_was_closed_is_a_code_beside_the_sentence() -> None:
    """Each case was open and is about nothing tonight: by what is known of its person, in the order of the reasons."""
    cases = [  # case, kind, rule, person; the values it showed
        ("in school", "list", "unaccounted", "P1", None, None),
        ("moved away", "list", "unaccounted", "P2", None, None),
        ("merged child", "list", "unaccounted", "P3", None, None),
        ("gone child", "list", "unaccounted", "P4", None, None),
        ("merged person", "finding", "name_differs", "P3", "甲", "乙"),
        ("gone person", "finding", "name_differs", "P4", "甲", "乙"),
        ("records given away", "finding", "name_differs", "P5", "甲", "乙"),
        ("both values stand", "finding", "name_differs", "P1", "甲", "乙"),
        ("one value mended", "finding", "name_differs", "P1", "甲", "丙"),
        ("other rules", "finding", "aid_due_unpaid", "P1", "甲", "丙"),
    ]
    closed = {
        "in school": ("whereabouts", "enrolled", "在校就读（有在读学籍）"),
        "moved away": ("out_of_scope", None, "不在范围内（出生日期或户籍已更正）"),
        "merged child": ("merged", None, "人员编号并入 P9"),
        "gone child": ("gone_from_all", None, "各系统已无此人"),
        "merged person": ("merged", None, "人员编号并入 P9"),
        "gone person": ("gone_from_all", None, "各系统已无此人"),
        "records given away": ("records_reassigned", None, "人员认定有变：记录分给了另一人"),
        "both values stand": ("unchanged_no_longer_differs", None, "登记未变，按比对日期和规则不再不一致"),
        "one value mended": ("corrected", None, "登记已更正"),
        "other rules": ("no_longer_differs", None, "不再不一致"),
    }
    with duckdb.connect() as con:
        for name, table in code_tables(declared()).items():
            con.register(name, table)
        con.sql("create temp table records as select 'huji' as registry")
        con.sql("create temp table case_keys as select null::varchar as key where false")
        con.execute("create temp table last_entries (case_id text, kind text, rule text, person_id text, content json, event text, "
                    "key text, registries text)")  # fmt: skip
        con.executemany(
            "insert into last_entries values (?, ?, ?, ?, json_object('value_a', ?, 'value_b', ?), 'opened', 'key', 'huji')",
            cases,
        )
        con.sql(
            """create temp table persons as select * from (values ('P1', true, 'enrolled', 'student_record_open'), ('P2', false, null, null),
            ('P5', true, 'enrolled', 'student_record_open')) t (person_id, in_cohort, whereabouts, whereabouts_rule)"""
        )
        con.sql(
            """create temp table person_events as select * from (values (date '2020-04-01', 'merged', 'P3', 'P9'),
            (date '2020-04-15', 'split', 'P6', 'P5'), (date '2020-04-01', 'split', 'P1', 'P7')) t (as_of, event, person_id, other_person_id)"""
        )
        cells = "id_number, id_raw, null::date as birthdate, sex, township, grade"
        con.sql(
            f"""create temp table person_records as select person_id, name, {cells} from (values ('P1', '甲'), ('P1', '乙'))
            t (person_id, name), (select null as id_number, null as id_raw, null as sex, null as township, null as grade)"""
        )
        build(con, [relation("closings")], {"as_of": AS_OF})
        made = {case: tuple(values) for case, *values in con.table("closings").fetchall()}
    assert made == closed
    assert {reason for reason, _, _ in closed.values()} == {*CLOSED_REASON_NAME, "whereabouts"}
    for reason, whereabouts, said in closed.values():  # as the weekly report counts them
        assert closed_reason_name(reason, whereabouts) in (re.match("[^（ ，]+", said)[0], said)


def test_new_wording_is_no_event_and_a_new_value_is() -> None:
    """Sentences are stored, codes and cells are compared; entries of an earlier version have neither a basis nor an answer apart."""
    with duckdb.connect() as con:
        text = "case_id text, event text, key text, kind text, person_id text, rule text, township text, village text, registries text, content text"
        con.sql(f"create temp table last_entries ({text}, basis text)")
        con.sql(
            f"create temp table earlier_case_log ({text}, as_of date, said text, answer text, answer_detail text, answered_on date)"
        )
        con.sql(
            "create temp table case_keys as select key, kind, person_id, rule, township, village, registries, content, basis from last_entries"
        )
        con.sql("create temp table closings (case_id text, reason text, whereabouts text, said text)")
        con.sql("create temp table answers (person_id text, whereabouts text, answer text, school text, answered_on text)")
        con.sql(
            "create temp table handled (case_id text, person_id text, said text, answer text, right_value text, answered_on text)"
        )
        content = '{"value_a": "甲", "value_b": "%s", "kind": null, "why": "%s", "message": null}'
        for case, before, now in (
            ("reworded", ("乙", "旧说法", "more_systems"), ("乙", "新说法", "more_systems")),
            ("reworded, earlier version", ("乙", "旧说法", None), ("乙", "新说法", "more_systems")),
            ("other value", ("乙", "说法", "more_systems"), ("丙", "说法", "more_systems")),
            ("other basis", ("乙", "说法", "more_systems"), ("乙", "说法", "one_system_each")),
        ):
            subject = f"'{case}', 'finding', 'P1', 'name_differs', null, null, null"
            con.execute(f"insert into last_entries select '{case}', 'opened', {subject}, ?, ?", [content % before[:2], before[2]])
            con.execute(f"insert into case_keys select {subject}, ?, ?", [content % now[:2], now[2]])
        answered = ("已更正，2020-04-20", "已更正", None, "2020-04-20")
        for case, earlier in (
            ("answered", ("旧说法", *answered[1:])),
            ("answered, earlier version", (answered[0], None, None, None)),
            ("answered on another day", ("已更正，2020-04-16", "已更正", None, "2020-04-16")),
            ("answered otherwise", ("无需更正，2020-04-20", "无需更正", None, "2020-04-20")),
        ):
            subject = f"'{case}', 'answered', 'gone', 'finding', 'P1', 'name_differs', null, null, null, null"
            con.execute(f"insert into last_entries select {subject}, null")
            con.execute(f"insert into earlier_case_log select {subject}, date '2020-04-22', ?, ?, ?, ?", earlier)
            con.execute(f"insert into handled select '{case}', 'P1', ?, ?, ?, ?", answered)
        build(con, [relation("case_events")], {"as_of": LATER})
        made = {case: event for case, event, *_ in con.table("case_events").fetchall()}
    assert made == {
        "other value": "changed",
        "other basis": "changed",
        "answered on another day": "answered",
        "answered otherwise": "answered",
    }
