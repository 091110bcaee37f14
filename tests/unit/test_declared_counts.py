"""A list that says how many rows it has, and has fewer."""

from dataclasses import replace

import pytest

from pipelines.files.containers import sheets
from pipelines.intake.exports import Export
from pipelines.intake.reading import Exports, read_files
from schemas.county_problems import Problems
from schemas.county_registries import county_registries
from schemas.registry import Level, declared
from tests.lib.made_files import spreadsheet_xml, xlsx
from tests.lib.made_sheets import Row, grid
from tests.lib.small_exports import KIDS, pupil

_LIST = grid([pupil(*kid) for kid in KIDS])  # nine


def _read(*tables: list[Row]) -> Exports:
    return read_files([Export("学生.xlsx", declared()["xueji"], xlsx(*tables), 0.0)], declared())


@pytest.mark.parametrize("count", ["共 12 人", "（本班共12人）", "合计：12人", "共 12 条记录，当前第 1 页，共 2 页"])
@pytest.mark.parametrize("place", ["above", "below"])
def test_a_list_with_far_fewer_rows_than_it_says_is_refused(count: str, place: str) -> None:
    exports = _read([[count], *_LIST] if place == "above" else [*_LIST, [count.strip("（）")]])
    (refusal,) = exports.refused
    assert refusal.rule == "fewer_than_declared" and "12" in refusal.message and "9 行" in refusal.message and not exports.sheets


@pytest.mark.parametrize("title", ["高岭小学花名册（共12人）", "（全校共12人）", "总人数：12", "共12人，其中男6人"])
def test_of_a_list_with_fewer_rows_than_its_title_says_it_is_told(title: str) -> None:
    (sheet,) = _read([[title], *_LIST]).sheets
    assert "fewer_rows" in dict(sheet.notes)


@pytest.mark.parametrize(("level", "told"), [("report", True), ("off", False)])
def test_a_county_whose_totals_are_not_kept_has_the_rows_all_the_same(level: Level, told: bool) -> None:
    registries = {"xueji": replace(declared()["xueji"], levels={"fewer_than_declared": level})}
    export = Export("学生.xlsx", registries["xueji"], xlsx([["共 12 人"], *_LIST]), 0.0)
    (sheet,) = read_files([export], registries).sheets
    assert ("fewer_rows" in dict(sheet.notes)) == told


def test_the_refusal_says_how_a_county_has_its_rows_all_the_same() -> None:
    (refusal,) = _read([["共 12 人"], *_LIST]).refused
    tables = {"xueji": {"checks": {"fewer_than_declared": "report"}}}
    assert '[xueji.checks] 写 fewer_than_declared = "report"' in refusal.message
    assert county_registries(tables, (), Problems("county.toml"))["xueji"].levels == {"fewer_than_declared": "report"}


@pytest.mark.parametrize(
    "title", ["高岭小学花名册（共9人）", "共9人", "共8人", "共12页", "全镇共有学生400人", "男共12人，女共13人"]
)
def test_what_is_not_more_than_there_is_says_nothing(title: str) -> None:
    (sheet,) = _read([[title], *_LIST]).sheets
    assert "fewer_rows" not in dict(sheet.notes)


def test_a_number_may_be_of_all_sheets_together() -> None:
    others = grid([pupil(name, number.replace("45122820", "45122821"), birth) for name, number, birth in KIDS])
    exports = _read([["共18人"], *_LIST], [["共18人"], *others])
    assert len(exports.sheets) == 2 and not exports.refused


@pytest.mark.parametrize(("rows", "told"), [(10, False), (11, True), (65_535, False)])  # the headings are a row
def test_of_xml_with_fewer_rows_than_it_declares_it_is_told(rows: int, told: bool) -> None:
    content = spreadsheet_xml(_LIST).replace(b"<Table>", f'<Table ss:ExpandedRowCount="{rows}">'.encode())
    (sheet,) = sheets(content)
    assert ("declared_rows" in dict(sheet.notes)) == told
