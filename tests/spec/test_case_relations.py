"""The queries of cases by themselves: why a case is closed, and what is an event of it."""

import re

import duckdb

from pipelines.reconcile.build_order import RELATIONS, code_tables
from schemas.registry import declared
from schemas.relations import Relation, build
from schemas.words import CLOSED_REASON_NAME, closed_reason_name
from tests.lib.listed_child import LATER
from tests.lib.nights import AS_OF


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


def test_a_call_comes_first_where_the_child_is_more_likely_than_not_one_with_a_pupil() -> None:
    """By what the other person is: a drop-out's record settles nothing."""
    others = {  # other person: whereabouts, state of its student record
        "pupil": ("enrolled", "in_school"),
        "taught at home": ("home_taught", "in_school"),
        "on leave": ("suspended", "suspended"),
        "finished": ("graduated", "graduated"),
        "drop-out": ("dropped_out", "dropped_out"),
        "not found either": ("unaccounted", None),
        "pupil too old": (None, "in_school"),
        "too old": (None, None),
        "too young": ("not_due", None),
    }
    with duckdb.connect() as con:
        con.sql("create temp table likely_same_persons (person_id text, other_id text)")
        con.sql("create temp table persons (person_id text, whereabouts text, student_state text)")
        for other, values in others.items():
            con.execute("insert into persons values (?, ?, ?)", (other, *values))
            con.execute("insert into likely_same_persons values ('one with a ' || $1, $1)", (other,))
        build(con, [relation("likely_pupils")], {})
        found = {person.removeprefix("one with a ") for (person,) in con.sql("from likely_pupils").fetchall()}
    assert found == {"pupil", "taught at home", "on leave", "finished", "pupil too old"}
