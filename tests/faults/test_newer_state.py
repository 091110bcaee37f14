"""Of two files of the same pupils, which is the newer state; and what counts where only the files' time says so."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.intake.accept import accept
from pipelines.intake.places import Places
from pipelines.intake.reading import Exports
from pipelines.intake.supersede import _in_circles
from schemas.registry import declared
from tests.lib.export_folder import Folder
from tests.lib.plan_county import SETTINGS

_HEAD = "学校名称,学段,年级,姓名,身份证件号,全国学籍号,学生状态,学籍变动日期,就读方式"
_NAMES = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸"


def _text(dropped_out: str = "", day: str = "", names: str = _NAMES, born: bool = False) -> str:
    """Twenty pupils, of whom those of ``dropped_out`` have dropped out, on ``day`` where one is given; ``born``: with their birthdates."""
    rows = [
        f"高岭小学,小学,三年级,韦小{n},45122820100101{i:03d}X,G45122820100101{i:03d}X,"
        + (f"辍学,{day}" if n in dropped_out else f"在读,{'2019-09-01' if day else ''}")
        + (",走读,2010-01-01" if born else ",走读")
        for i, n in enumerate(names)
    ]
    return "\n".join([_HEAD + (",出生日期" if born else ""), *rows]) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path, "xueji")


def _states(exports: Exports) -> dict[str, str]:
    """Name -> state as it counts; each pupil once."""
    records = accept(exports, Places(SETTINGS.divisions)).records
    assert records["name"].is_unique
    return dict(zip(records["name"].str[-1], records["student_state"], strict=True))


def _dropped_out(exports: Exports) -> str:
    states = _states(exports)
    assert sorted(states) == sorted(_NAMES)
    return "".join(name for name in _NAMES if states[name] == "dropped_out")


@pytest.mark.parametrize("files", [{"学生": "一二", "学生(1)": ""}, {"学生(1)": "", "学生": "一二"}])
def test_where_only_the_time_of_the_files_decides_the_worse_state_counts(folder: Folder, files: dict[str, str]) -> None:
    exports = folder.write(**{name: _text(dropped_out) for name, dropped_out in files.items()}).read()
    assert _dropped_out(exports) == "一二"
    (said,) = exports.undecided
    assert "2 人的状态不同" in said and "《学生.csv》" in said and "older_files" in said


def test_each_pupil_counts_by_the_worse_of_its_two_states(folder: Folder) -> None:
    exports = folder.write(甲=_text("一二"), 乙=_text("二三")).read()
    assert _dropped_out(exports) == "一二三"
    tables = accept(exports, Places(SETTINGS.divisions))
    assert list(tables.quarantine.query("rule == 'contradicted_row'")["file"]) == ["乙.csv"]
    rows = tables.files.set_index("file")[["rows", "accepted", "quarantined"]]
    assert (rows["rows"] == rows["accepted"] + rows["quarantined"]).all() and rows.loc["甲.csv", "rows"] == 1
    assert tables.notices["rule"].to_list().count("partly_superseded") == 1


@pytest.mark.parametrize("lost", ["G45122820100101000X", "G45122820100101000X,45122820100101000X"])
@pytest.mark.parametrize("lacking", ["both", "old", "new"])
def test_a_pupil_without_the_number_that_others_have_counts_by_its_worse_state(folder: Folder, lost: str, lacking: str) -> None:
    """A row without student number, and without ID too, in both files or in one of them."""
    texts = {"old": _text("一", born=True), "new": _text(born=True)}
    for side in texts if lacking == "both" else [lacking]:
        for number in lost.split(","):
            texts[side] = texts[side].replace(f",{number},", ",,")
    exports = folder.write(甲=texts["old"], 乙=texts["new"]).read()
    assert _dropped_out(exports) == "一" and len(exports.undecided) == 1


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        (r",G\w+", ","),  # no student numbers
        (r"韦小", "韦　小"),  # names aligned by a blank
        (r",45122820100101(\d{3}X),G\w+", r",451228********\1,"),  # no student numbers, and IDs that are masked
    ],
)
def test_a_file_that_has_its_persons_by_other_keys_is_of_the_same_persons(folder: Folder, written: str, otherwise: str) -> None:
    """Nobody's number is in both files, but the pupils are the same: who dropped out in one of them stays one."""
    exports = folder.write(甲=_text("一", born=True), 乙=re.sub(written, otherwise, _text(born=True))).read()
    assert _dropped_out(exports) == "一" and len(exports.undecided) == 1


@pytest.mark.parametrize(("older", "newer"), [("", "癸"), ("癸", "")])
def test_a_pupil_who_is_in_one_of_the_files_alone_is_in_none(folder: Folder, older: str, newer: str) -> None:
    texts = ["".join(n for n in _NAMES if n not in lacking) for lacking in (older, newer)]
    exports = folder.write(甲=_text(names=texts[0]), 乙=_text(names=texts[1])).read()
    assert sorted(_states(exports)) == sorted(_NAMES[:-1])
    assert "1 人的状态不同或只在一份里" in exports.undecided[0]


def test_a_pupil_who_is_in_the_larger_file_alone_is_not_gone_from_the_smaller(folder: Folder) -> None:
    """A school's list beside the county's."""
    exports = folder.write(学校=_text(names=_NAMES[:10]), 全县=_text()).read()
    assert sorted(_states(exports)) == sorted(_NAMES) and not exports.undecided


@pytest.mark.parametrize(("older", "newer"), [("", "癸"), ("癸", "")])
def test_a_resident_who_is_in_one_of_the_files_alone_must_be_accounted_for(tmp_path: Path, older: str, newer: str) -> None:
    head = "户号,公民身份号码,姓名,性别,出生日期,与户主关系,户主姓名,乡镇街道,居村委会,人员状态"
    row = "H{0},45122820100101{0:03d}X,韦小{1},男,20100101,之子,韦大,高岭镇,弄池村,正常"
    texts = [
        "\n".join([head, *(row.format(i, n) for i, n in enumerate(_NAMES) if n not in lacking)]) for lacking in (older, newer)
    ]
    exports = Folder(tmp_path, "huji").write(甲=f"{texts[0]}\n", 乙=f"{texts[1]}\n").read()
    names = [name for sheet in exports.sheets for name in sheet.cells["name"]]
    assert sorted(names) == sorted(f"韦小{n}" for n in _NAMES) and len(exports.undecided) == 1


@pytest.mark.parametrize("twice", ["甲", "乙"])
def test_a_pupil_with_two_rows_counts_by_the_worst(folder: Folder, twice: str) -> None:
    texts = {"甲": _text("一"), "乙": _text()}
    texts[twice] += next(line for line in _text().splitlines() if "韦小一" in line) + "\n"
    exports = folder.write(**texts).read()
    assert len(exports.undecided) == 1
    records = accept(exports, Places(SETTINGS.divisions)).records
    assert records[records["name"] == "韦小一"]["student_state"].to_list() == ["dropped_out"]


def test_files_whose_states_agree_are_decided_by_their_time(folder: Folder) -> None:
    exports = folder.write(甲=_text("一"), 乙=_text("一")).read()
    assert [sheet.file for sheet in exports.sheets] == ["乙.csv"] and not exports.undecided


def test_the_day_in_the_name_goes_before_the_time(folder: Folder) -> None:
    exports = folder.write(学生20200408=_text("一二"), 学生20200401=_text()).read()
    assert _dropped_out(exports) == "一二" and not exports.undecided
    exports = folder.write(学生20200408=_text(), 学生20200401=_text("一二")).read()
    assert _dropped_out(exports) == "" and not exports.undecided


def test_a_day_in_one_name_alone_decides_only_against_an_older_file(folder: Folder) -> None:
    exports = folder.write(学生=_text("一"), 学生20210101=_text("二")).read()  # written in September 2020
    assert _dropped_out(exports) == "二" and not exports.undecided
    exports = folder.write(学生20200401=_text("一"), 学生=_text("二")).read()
    assert _dropped_out(exports) == "一二" and exports.undecided


def test_the_dates_of_the_states_go_before_the_time(folder: Folder) -> None:
    exports = folder.write(甲=_text("一二", "2020-04-01"), 乙=_text("", "2020-04-01")).read()
    assert _dropped_out(exports) == "一二" and not exports.undecided
    assert [sheet.file for sheet in exports.sheets] == ["甲.csv"]


def test_what_the_last_run_used_is_older_than_what_it_has_not_seen(folder: Folder) -> None:
    before = folder.write(学生=_text("一二")).read()
    exports = folder.write(学生=_text("一二"), 新的=_text("三")).after(before)
    assert _dropped_out(exports) == "三" and not exports.undecided
    again = folder.write(新的=_text("三"), 学生=_text("一二")).after(exports)  # both seen: as decided then
    assert _dropped_out(again) == "三" and not again.undecided


def test_what_the_last_run_used_saved_again_is_still_the_older(folder: Folder) -> None:
    before = folder.write(学生=_text()).read()
    exports = folder.write(学生=_text("一二"), 另存=_text() + "\n").after(before)
    assert _dropped_out(exports) == "一二" and not exports.undecided


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_file_of_two_nights_ago_that_comes_back_is_the_older(folder: Folder, end: str) -> None:
    """Byte for byte, and saved again."""
    first = folder.write(学生=_text()).read()
    second = folder.write(新的=_text("一二")).after(first)
    third = folder.write(新的=_text("一二"), 副本=_text() + end).after(first, second)
    assert _dropped_out(third) == "一二" and not third.undecided
    again = folder.after(first, second, third)
    assert _dropped_out(again) == "一二" and not again.undecided


def test_what_lost_when_both_came_at_once_loses_when_it_comes_back(folder: Folder) -> None:
    first = folder.write(学生20200401=_text(), 学生20200408=_text("一二")).read()
    second = folder.write(学生20200408=_text("一二")).after(first)
    third = folder.write(新的=_text("一二"), 副本=_text()).after(first, second)
    assert _dropped_out(third) == "一二" and not third.undecided


def test_the_county_can_say_which_is_the_older(tmp_path: Path) -> None:
    registries = declared() | {"xueji": replace(declared()["xueji"], older_files=("乙.csv",))}
    exports = Folder(tmp_path, "xueji", registries).write(甲=_text("一"), 乙=_text("二")).read()
    assert _dropped_out(exports) == "一" and not exports.undecided


def test_of_files_that_supersede_one_another_in_a_circle_one_stays() -> None:
    assert _in_circles({0: 1, 1: 2}) == set()
    assert _in_circles({0: 1, 1: 2, 2: 0}) == {2}
    assert _in_circles({3: 1, 0: 1, 1: 2, 2: 0}) == {2}
