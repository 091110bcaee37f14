"""A county with spellings, codes, checks and registries of its own, night by night. All persons are made up (虚构)."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from pipelines.night.outcome import NothingPublished
from schemas import registries as declarations
from schemas.county_toml import read_settings
from schemas.registry import declared
from tests.lib.made_files import xlsx
from tests.lib.made_sheets import grid
from tests.lib.nights import night
from tests.lib.small_exports import HEADINGS, KIDS, county, id_of, pupil, resident, write
from tests.unit.test_county_file import COUNTY

Published = Callable[[str], pd.DataFrame]

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


def test_a_county_adds_spellings_codes_and_a_registry(tmp_path: Path, published: Published) -> None:
    county(tmp_path, pupils=8)
    (tmp_path / "county.toml").write_text(COUNTY, encoding="utf-8")
    rows = grid([pupil(*kid, 学生状态="在籍在校") for kid in KIDS[:8]])
    rows[0][rows[0].index("学生状态")] = "在籍情况"
    (tmp_path / "raw/xueji/xueji.xlsx").write_bytes(xlsx(rows))
    (tmp_path / "raw/tejiao").mkdir()
    special = [["学生姓名", "身份证号", "特教学号", "状态"], [*KIDS[8][:2], "T1", "在读"]]
    (tmp_path / "raw/tejiao/特教.xlsx").write_bytes(xlsx(special))
    night(tmp_path)
    assert published("persons").query("in_cohort")["whereabouts"].tolist() == ["enrolled"] * 9
    assert "tejiao" not in declared()


@pytest.mark.long
def test_a_county_declares_a_column_otherwise_and_one_more(tmp_path: Path, published: Published) -> None:
    """No ID is asked of the student register, whose state stands under another heading only; birthplaces are read as addresses."""
    changed = """
    [xueji.columns.id_number]
    required = false
    [xueji.columns.student_state]
    headings = ["在籍情况"]
    [huji.columns.phone]
    headings = ["手机"]
    """
    before, after = read_settings("").registries["xueji"], read_settings(changed).registries["xueji"]
    assert (before.column("id_number").required, after.column("id_number").required) == (True, False)
    assert after.column("id_number").headings == before.column("id_number").headings
    assert after.column("student_state").headings == ("在籍情况",)
    assert after.column("student_state").codes == before.column("student_state").codes
    assert read_settings(changed).registries["huji"].column("phone").kind == "phone"  # as everywhere else
    county(tmp_path)
    (tmp_path / "county.toml").write_text(changed, encoding="utf-8")
    with pytest.raises(NothingPublished, match="学籍系统"):  # its export says 学生状态
        night(tmp_path)
    rows = [
        [c for i, c in enumerate(row) if i != HEADINGS["xueji"].index("身份证件号")]
        for row in grid([pupil(*kid) for kid in KIDS])
    ]
    rows[0][rows[0].index("学生状态")] = "在籍情况"
    (tmp_path / "raw/xueji/xueji.xlsx").write_bytes(xlsx(rows))
    night(tmp_path)
    records = published("records").query("registry == 'xueji'")
    assert len(records) == len(KIDS) and records["id_number"].isna().all()


@pytest.mark.long
@pytest.mark.parametrize(
    ("check", "refused", "reported"),
    [('id_missing = "refuse"', 1, 0), ('repeated_heading = "report"\nrow_out_of_place = "report"', 0, 1), ("", 1, 0)],
)
def test_a_county_holds_rows_to_another_level(
    tmp_path: Path, published: Published, check: str, refused: int, reported: int
) -> None:
    """A check of a value refuses, one of a row reports: both are told, and no row is lost."""
    county(tmp_path)
    (tmp_path / "county.toml").write_text(f"[xueji.checks]\n{check}\n", encoding="utf-8")
    rows = grid([pupil(*KIDS[0])])
    last = grid([pupil(*KIDS[1], 身份证件号=None)])[1] if "id_missing" in check else rows[0]
    (tmp_path / "raw/xueji/xueji.xlsx").write_bytes(xlsx([*rows, last]))
    night(tmp_path)
    assert len(published("quarantine")) == refused
    assert published("warnings")["rule"].eq("repeated_heading").sum() == reported
    assert len(published("records").query("registry == 'xueji'")) == 2 - refused


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
