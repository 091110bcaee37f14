"""What becomes of a cell: read, changed and told, reported or refused; never lost. All persons are made up (虚构)."""

from dataclasses import replace

import pandas as pd
import pytest

from pipelines.intake.accept import accept
from pipelines.intake.exports import Export
from pipelines.intake.reading import read_files
from pipelines.intake.validate import failing_rows
from schemas.checks import CHECK
from schemas.registry import declared
from schemas.words import REPAIR_NAME
from tests.lib.made_files import csv, xlsx
from tests.lib.made_sheets import grid
from tests.lib.nights import AS_OF
from tests.lib.plan_county import PLACES
from tests.lib.small_exports import KIDS, id_of, pupil

REPAIRS = [
    ("姓名", "韦　家一", "韦家一", "blanks"),
    ("姓名", "⻙家一", "韦家一", "radicals"),
    ("身份证件号", KIDS[0][1] + "；", KIDS[0][1], "id_form"),
    ("身份证件号", KIDS[0][1][:6] + "********" + KIDS[0][1][14:], None, "unreadable"),
    ("身份证件号", KIDS[0][1] + "\t", KIDS[0][1], "blanks"),
    ("身份证件号", "'" + KIDS[0][1], KIDS[0][1], "wrapper"),
    ("身份证件号", "".join(chr(ord(c) + 0xFEE0) for c in KIDS[0][1]), KIDS[0][1], "width"),
    ("身份证件号", KIDS[0][1] + "43", KIDS[0][1], "id_form"),
    ("身份证件号", "无", None, "no_value"),
    ("身份证件号", "4.51228E+17", None, "unreadable"),
    ("出生日期", "2010年1月15日", "2010-01-15", "date_form"),
    ("出生日期", "40193", "2010-01-15", "date_serial"),
    ("出生日期", "2010-01-14 23:59:17", "2010-01-15", "date_next_day"),
    ("出生日期", "2010-01-14T16:00:00.000Z", "2010-01-15", "date_next_day"),
    ("出生日期", "Fri Jan 15 00:00:00 CST 2010", "2010-01-15", "date_form"),
    ("出生日期", "2010年1月", None, "unreadable"),
    ("学生状态", "02 休学", "suspended", "code_form"),
    ("联系电话", "139-0778-0001", "13907780001", "phone_form"),
]


@pytest.mark.parametrize(
    ("column", "raw", "standardised", "rule"), REPAIRS, ids=[f"{r[0]}-{r[3]}-{i}" for i, r in enumerate(REPAIRS)]
)
def test_every_change_of_a_value_is_told(column: str, raw: str, standardised: str | None, rule: str) -> None:
    content = xlsx(grid([pupil(*KIDS[0]) | {column: raw}]))
    repairs = accept(read_files([Export("学生.xlsx", declared()["xueji"], content, 0.0)], declared()), PLACES).repairs
    told = [tuple(row) for row in repairs[["row", "column", "raw", "standardised", "rule"]].itertuples(index=False)]
    (one,) = [row for row in told if row[1] == declared()["xueji"].column(_field(column)).headings[0]]
    assert one[0] == 2 and one[2] == raw and one[4] == rule
    assert (None if pd.isna(one[3]) else one[3]) == standardised
    assert rule in REPAIR_NAME


def _field(heading: str) -> str:
    return next(c.field for c in declared()["xueji"].columns if heading in c.headings)


@pytest.mark.parametrize(
    "cells",
    [
        {"姓名": f"韦家一{KIDS[0][1]}", "身份证件号": None},
        {"姓名": f"{KIDS[0][1]} 韦家一", "身份证件号": "无"},
        {"姓名": f"韦家一（{KIDS[0][1]}）", "身份证件号": KIDS[0][1]},
        {"姓名": f"韦家一，身份证号：{KIDS[0][1]}", "身份证件号": None},
        {"姓名": None, "身份证件号": f"韦家一{KIDS[0][1]}"},
        {"姓名": "韦家一", "身份证件号": f"韦家一 {KIDS[0][1]}"},
    ],
)
def test_a_name_and_an_id_in_one_cell_are_two_fields(cells: dict[str, str | None]) -> None:
    content = xlsx(grid([pupil(*KIDS[0]) | cells, pupil(*KIDS[1])]))
    tables = accept(read_files([Export("学生.xlsx", declared()["xueji"], content, 0.0)], declared()), PLACES)
    record = tables.records.iloc[0]
    assert (record["name"], record["id_number"], record["id_status"]) == ("韦家一", KIDS[0][1], "valid")
    joined = tables.repairs[tables.repairs["rule"].isin(["joined_cell", "id_form"])]
    assert joined["raw"].notna().all() and set(joined["row"]) == {2} and set(joined["standardised"]) <= {"韦家一", KIDS[0][1]}
    assert len(joined) == sum(cells[c] != ("韦家一", KIDS[0][1])[i] for i, c in enumerate(("姓名", "身份证件号")))


def test_an_id_beside_another_name_is_somebody_elses() -> None:
    content = xlsx(grid([pupil(*KIDS[0]) | {"身份证件号": f"韦大山{KIDS[1][1]}"}]))
    record = accept(read_files([Export("学生.xlsx", declared()["xueji"], content, 0.0)], declared()), PLACES).records.iloc[0]
    assert record["name"] == "韦家一" and pd.isna(record["id_number"])


def test_what_is_as_it_should_be_is_no_repair() -> None:
    content = csv(grid([pupil(*kid) | {"联系电话": "13907780001", "户口所在地行政区划": "451228100"} for kid in KIDS]))
    tables = accept(read_files([Export("学生.csv", declared()["xueji"], content, 0.0)], declared()), PLACES)
    assert tables.repairs["rule"].tolist() == []
    assert tables.warnings["rule"].tolist() == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"身份证件号": KIDS[0][1][:-1] + ("1" if KIDS[0][1][-1] != "1" else "2")}, "id_bad_check"),
        ({"出生日期": "20110115"}, "birthdate_not_as_id"),
        ({"性别": "女"}, "sex_not_as_id"),
        ({"出生日期": "20991231"}, "birthdate_in_future"),
        ({"姓名": "Wei Jia"}, "name_unusual"),
        ({"全国学籍号": "12345"}, "student_number_malformed"),
        ({"学生状态": "修仙"}, "code_unknown"),
        ({"出生日期": "2010.2.31"}, "date_unreadable"),
        ({"联系电话": "没有电话号"}, "phone_unreadable"),
    ],
)
def test_every_check_of_values_reports_its_row(change: dict[str, str], rule: str) -> None:
    rows = [pupil(*KIDS[1]), pupil(*KIDS[0]) | change]
    tables = accept(read_files([Export("学生.xlsx", declared()["xueji"], xlsx(grid(rows)), 0.0)], declared()), PLACES, AS_OF)
    assert (3, rule) in set(zip(tables.warnings["row"], tables.warnings["rule"], strict=True))
    assert 2 not in set(tables.warnings["row"])
    assert len(tables.records) == 2


@pytest.mark.parametrize("column", ["", "20300101"])
def test_a_birthdate_to_come_of_the_id_alone_or_of_both_is_taken_for_missing(column: str) -> None:
    row = pupil("韦小明", id_of("20300101", 1), column)
    tables = accept(read_files([Export("学生.xlsx", declared()["xueji"], xlsx(grid([row])), 0.0)], declared()), PLACES, AS_OF)
    record = tables.records.iloc[0]
    assert pd.isna(record["birthdate"]) and pd.isna(record["birthdate_from"]) and record["id_number"] == id_of("20300101", 1)
    assert "birthdate_of_id_in_future" in set(tables.warnings["rule"])
    assert ("birthdate_in_future" in set(tables.warnings["rule"])) == bool(column)


def test_a_child_born_between_the_day_and_the_export_has_its_birthdate() -> None:
    row = pupil("韦小明", id_of("20200601", 1), "20200601")
    export = Export("学生2020-07-01.xlsx", declared()["xueji"], xlsx(grid([row])), 0.0)
    tables = accept(read_files([export], declared()), PLACES, AS_OF)
    assert f"{tables.records.iloc[0]['birthdate']:%Y%m%d}" == "20200601"
    assert not tables.warnings["rule"].str.startswith("birthdate").any()


def test_a_birthdate_to_come_gives_way_to_the_ids() -> None:
    content = xlsx(grid([pupil(*KIDS[0]) | {"出生日期": "20991231"}]))
    record = accept(read_files([Export("学生.xlsx", declared()["xueji"], content, 0.0)], declared()), PLACES, AS_OF).records.iloc[
        0
    ]
    assert (f"{record['birthdate']:%Y%m%d}", record["birthdate_from"]) == (KIDS[0][2], "id")


@pytest.mark.parametrize(
    ("heading", "written", "code"),
    [
        ("是否建档立卡", "1.0", "yes"),
        ("残疾人类型", "1、4", None),
        ("残疾人类型", "123", None),
        ("学生状态", "1002", None),
        ("学生状态", "2在读", None),  # 02 is 休学: one of the two is wrong
        ("学生状态", "02 休学", "suspended"),
        ("学生状态", "1.0", "in_school"),
        ("联系电话", "1.3800138E+10", None),
    ],
)
def test_codes_are_read_whole_or_not_at_all(heading: str, written: str, code: str | None) -> None:
    content = xlsx(grid([pupil(*KIDS[0]) | {heading: written}]))
    record = accept(read_files([Export("学生.xlsx", declared()["xueji"], content, 0.0)], declared()), PLACES).records.iloc[0]
    field = _field(heading)
    assert (None if pd.isna(record[field]) else record[field]) == code


def test_pandera_names_rows_by_position_whatever_their_labels() -> None:
    shown = pd.DataFrame({"identity": ["韦家乐", None], "is_title": [True, False]}, index=[7, 7])
    failing = failing_rows(shown, ((CHECK["no_identity"], "identity"), (CHECK["title_row"], "is_title")))
    assert {key: rows.tolist() for key, rows in failing.items()} == {
        ("identity", "no_identity"): [1],
        ("is_title", "title_row"): [0],
    }


def test_a_check_that_cannot_run_quotes_no_cell() -> None:
    def quotes(cells: pd.Series) -> pd.Series:
        raise ValueError(cells.iloc[0])

    with pytest.raises(RuntimeError, match="no_identity on identity") as raised:
        failing_rows(pd.DataFrame({"identity": ["韦家乐"]}), ((replace(CHECK["no_identity"], holds=quotes), "identity"),))
    error = raised.value
    assert "韦家乐" not in str(error) and error.__context__ is None and error.__cause__ is None
