"""The declared registries hold together, and a new one is one more file."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from pipelines.intake.headings import plain
from schemas import registries as declarations
from schemas.registry import declared
from schemas.tables import RECORDS_TABLE
from tests.lib.made_files import xlsx
from tests.lib.nights import night
from tests.lib.small_exports import KIDS, county, id_of, pupil, resident, write

# Fields that are read to recognise a registry or to see a row whole, and that no record keeps.
_NOT_KEPT = {
    "id_type", "school_code", "class_name", "in_class_support", "hukou_division", "address", "guardian_2", "father", "mother",
    "guardian_id", "student_type", "study_form", "enrolment_form", "county", "hamlet", "member_number", "health", "poverty_exit",
    "issued", "police_station", "hardship", "aid_standard", "aid_date",
}  # fmt: skip

_SPECIAL_SCHOOL = """
from schemas import codes
from schemas.registry import Column, Registry

REGISTRY = Registry(
    key="tejiao", title="特教学校", owner="教育局", role="student", source_key=("student_number",),
    signature=("placement", "student_number"),
    columns=(
        Column("name", ("学生姓名",), "name", required=True),
        Column("id_number", ("身份证号",), "id", required=True),
        Column("student_number", ("特教学号",), "student_number"),
        Column("placement", ("安置方式",)),
        Column("student_state", ("状态",), "code", required=True, codes=codes.STUDENT_STATE),
    ),
)
"""


def test_every_column_fills_a_field_of_the_record_or_says_why_not() -> None:
    for registry in declared().values():
        fields = [column.field for column in registry.columns]
        assert len(fields) == len(set(fields)), registry.key
        assert {"name", "id_number"} <= set(fields)
        assert set(fields) <= set(RECORDS_TABLE.names) | _NOT_KEPT, registry.key
        assert set(registry.signature) | set(registry.source_key) <= set(fields)


def test_no_heading_means_two_things_in_one_registry() -> None:
    for registry in declared().values():
        spelled = [plain(heading) for column in registry.columns for heading in column.headings]
        assert len(spelled) == len(set(spelled)), registry.key
        assert not set(spelled) & {plain(heading) for heading in registry.ignored}, registry.key


def test_core_registries_come_first() -> None:
    assert [r.core for r in declared().values()] == sorted((r.core for r in declared().values()), reverse=True)
    assert {r.key for r in declared().values() if r.core} == {"xueji", "guofu", "canlian"}


def test_a_new_registry_is_one_file(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    published: Callable[[str], pd.DataFrame],
) -> None:
    folder = tmp_path_factory.mktemp("more")
    (folder / "tejiao.py").write_text(_SPECIAL_SCHOOL, encoding="utf-8")
    monkeypatch.setattr(declarations, "__path__", [*declarations.__path__, str(folder)])
    declared.cache_clear()
    try:
        write(
            tmp_path,
            "huji",
            [resident("韦家乐", id_of("20100315", 1), "20100315"), resident("苏小", id_of("20100101", 1), "20100101")],
        )
        write(tmp_path, "xueji", [pupil("蓝小花", id_of("20110101", 2), "20110101")])
        book = Workbook()
        book.active.append(["学生姓名", "身份证号", "特教学号", "安置方式", "状态"])
        book.active.append(["韦家乐", id_of("20100315", 1), "T001", "特殊学校", "在读"])
        (tmp_path / "raw/tejiao").mkdir()
        book.save(tmp_path / "raw/tejiao/特教.xlsx")
        night(tmp_path)
    finally:
        declared.cache_clear()
    persons = published("persons").set_index("name")
    assert persons.at["韦家乐", "whereabouts"] == "enrolled"
    assert persons.at["韦家乐", "registries"] == "huji,tejiao"
    assert persons.at["苏小", "whereabouts"] == "unaccounted"


def test_both_aid_systems_are_read_and_a_family_in_hardship_is_not_yet_paid(
    tmp_path: Path, published: Callable[[str], pd.DataFrame]
) -> None:
    county(tmp_path)
    (tmp_path / "raw/zizhu").mkdir()
    one, two = KIDS[:2]
    paid = [
        ["学校", "学生姓名", "身份证号", "资助项目", "资助金额", "学期"],
        ["一小", *one[:2], "义务教育寄宿生生活补助", 500, "2020春"],
    ]
    hardship = [["姓名", "身份证件号", "认定困难级别", "是否低保家庭"], *([*kid[:2], "困难", None] for kid in KIDS[:3])]
    (tmp_path / "raw/zizhu/广西资助.xlsx").write_bytes(xlsx(paid))
    (tmp_path / "raw/zizhu/全国资助.xlsx").write_bytes(xlsx(hardship))
    night(tmp_path)
    assert published("records").query("registry == 'zizhu'")["hardship"].notna().sum() == 3
    names = published("persons").set_index("person_id")["name"]
    due = published("findings").query("rule == 'aid_due_unpaid'")["person_id"].map(names)
    assert set(due) == {two[0], KIDS[2][0]}
