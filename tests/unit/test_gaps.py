"""What a night must do without: which ends it, which is told, and what of it may be told anywhere. All persons are made up (虚构)."""

from dataclasses import replace
from datetime import date

import pytest

from pipelines.intake.accept import Intake, accept
from pipelines.intake.reading import read_exports
from pipelines.night.gaps import gaps_of_intake
from pipelines.night.outcome import Gap, NothingPublished, gap_words
from schemas.registry import declared
from schemas.settings import Settings
from tests.lib.plan_county import PLACES
from tests.lib.small_exports import good

DATED = {
    "xueji": "学籍_20200415.xlsx",
    "huji": "户籍_20200415.xlsx",
    "guofu": "国扶_20200415.xlsx",
    "canlian": "残联_20200415.xlsx",
}


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Intake:
    """The small county, each file with the day 2020-04-15 in its name."""
    root = good(tmp_path_factory.mktemp("county"))
    for key, name in DATED.items():
        for file in (root / "raw" / key).glob("*"):
            file.rename(file.with_name(name))
    return accept(read_exports(root / "raw", declared()), PLACES, date(2020, 4, 16))


def test_data_of_yesterday_are_no_gap(intake: Intake) -> None:
    assert not [gap for gap in gaps_of_intake(intake, Settings(), date(2020, 4, 16)) if gap.kind == "data_overdue"]


def test_a_student_register_past_the_limit_ends_the_night(intake: Intake) -> None:
    with pytest.raises(
        NothingPublished, match=r"学籍系统：最新的数据是 2020-04-15 的，到比对日期 2020-11-16 已 215 天，超过期限 120 天"
    ):
        gaps_of_intake(intake, Settings(), date(2020, 11, 16))
    assert gaps_of_intake(intake, Settings(oldest_data_days=215), date(2020, 11, 16)) is not None


def test_another_register_past_the_limit_is_a_gap_of_its_own(intake: Intake) -> None:
    exports, yesterday = intake.exports, date(2020, 11, 15)
    sheets = tuple(replace(sheet, dated=yesterday) if sheet.registry.key == "xueji" else sheet for sheet in exports.sheets)
    later = replace(intake, exports=replace(exports, sheets=sheets))
    gaps = gaps_of_intake(later, Settings(), date(2020, 11, 16))
    overdue = {gap.registry for gap in gaps if gap.kind == "data_overdue"}
    assert overdue and "xueji" not in overdue


def test_what_may_be_told_anywhere_names_no_file() -> None:
    gaps = [
        Gap("file_refused", "《某某的学籍.xlsx》", "xueji"),
        Gap("file_refused", "《又一份.xlsx》", "xueji"),
        Gap("returns_unread", "《安阳.xlsx》"),
    ]
    assert gap_words(gaps, declared()) == ["学籍系统有导出文件未能采用（2 处）", "有退回的核查表未能读取"]
