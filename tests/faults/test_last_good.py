"""The last run's sheets stand in for files that are refused, or that are but the beginning of those before."""

from pathlib import Path

import pandas as pd
import pytest

from pipelines.intake.accept import accept
from pipelines.intake.drift import compare_profiles
from pipelines.intake.places import Places
from pipelines.intake.reading import Exports
from tests.lib.export_folder import Folder
from tests.lib.made_files import xlsx
from tests.lib.plan_county import SETTINGS

_HEAD = "户号,公民身份号码,姓名,性别,出生日期,与户主关系,户主姓名,乡镇街道,居村委会,人员状态"
_NAMES = "一二三四五六七八九"


def _rows(names: str = _NAMES) -> list[str]:
    return [f"H{n},45122820100101{n:03d}X,韦小{n_},男,20100101,之子,韦大,高岭镇,弄池村,正常" for n, n_ in enumerate(names)]


def _text(rows: list[str], end: str = "\n") -> str:
    return "\n".join([_HEAD, *rows]) + end


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path, "huji")


def _taken(exports: Exports) -> dict[str, int]:
    return {sheet.file: len(sheet.cells) for sheet in exports.sheets}


@pytest.mark.parametrize(
    ("rows", "end"),
    [
        (_rows(_NAMES[:5]), "\n"),  # between two rows
        ([*_rows(_NAMES[:5]), _rows(_NAMES)[5][:-1]], ""),  # within the last cell of a row: all its cells are there
    ],
)
def test_the_beginning_of_the_file_before_does_not_count(folder: Folder, rows: list[str], end: str) -> None:
    before = folder.write(户籍=_text(_rows())).read()
    exports = folder.write(户籍=_text(rows, end)).after(before)
    assert _taken(exports) == {"户籍.csv": 9}
    assert [refusal.rule for refusal in exports.refused] == ["beginning_of_last"] and "前" in exports.refused[0].message
    assert "--accept-drift" in exports.stale["huji", "户籍.csv", ""]


def test_the_beginning_of_it_under_a_new_name_does_not_count(folder: Folder) -> None:
    before = folder.write(户籍20200401=_text(_rows())).read()
    exports = folder.write(户籍20200402=_text(_rows(_NAMES[:6]))).after(before)
    assert _taken(exports) == {"户籍20200401.csv": 9}


def test_a_beginning_does_not_count_on_the_nights_after(folder: Folder) -> None:
    before = [folder.write(户籍20200401=_text(_rows())).read()]
    for _ in range(3):
        exports = folder.write(户籍20200402=_text(_rows(_NAMES[:6]))).after(*before)
        assert _taken(exports) == {"户籍20200401.csv": 9} and exports.stale
        before.append(exports)


@pytest.mark.parametrize("names", [("户籍20200401", "户籍20200402"), ("户籍", "户籍(1)")])
@pytest.mark.parametrize("first_night", [True, False])
def test_the_beginning_of_a_file_beside_it_supersedes_nothing(folder: Folder, names: tuple[str, str], first_night: bool) -> None:
    """Nineteen in twenty of the rows are there; by its name or its time it is the newer one."""
    rows = [f"H{n},4512282010{n % 12 + 1:02d}01{n:03d}X,韦小{n},男,,之子,韦大,高岭镇,弄池村,正常" for n in range(60)]
    before = folder.write(**{names[0]: _text(rows)}).read()
    folder.write(**{names[0]: _text(rows), names[1]: _text(rows[:58])})
    exports = folder.read() if first_night else folder.after(before)
    assert _taken(exports) == {f"{names[0]}.csv": 60} and not exports.superseded and not exports.stale
    (refusal,) = exports.refused
    assert refusal.rule == "beginning_of_last" and f"较早的《{names[0]}.csv》的前 58 行，后面的 2 行" in refusal.message


_NEW = _rows("新")[0].replace("45122820100101", "45122820120101")


def _many(count: int) -> list[str]:
    return _rows("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地人和春夏秋冬"[:count])


@pytest.mark.parametrize("place", [0, 10])
@pytest.mark.parametrize("left", [20, 28])
def test_the_beginning_with_one_new_row_does_not_count(folder: Folder, place: int, left: int) -> None:
    """One child came to the list, on top or between others; what was lost is ten rows, or two."""
    before = folder.write(户籍=_text(_many(30))).read()
    rows = _many(left)
    exports = folder.write(户籍=_text([*rows[:place], _NEW, *rows[place:]])).after(before)
    assert _taken(exports) == {"户籍.csv": 30}
    assert f"前 {left} 行，后面的 {30 - left} 行" in exports.refused[0].message


@pytest.mark.parametrize(
    "rows",
    [
        _rows(_NAMES[:8]),  # the last one gone
        _rows(_NAMES)[2:],  # the first two gone
        _rows(_NAMES + "十"),
        _rows("三" + _NAMES[1:7]),  # another person
        [_NEW, *_rows(_NAMES[:8])],
        [*_rows(_NAMES[:6]), _NEW],  # who came stands where the others stood
        [_NEW, *_rows(_NAMES[:2] + "新" + _NAMES[3:5])],
    ],
)
def test_a_list_that_changed_otherwise_counts(folder: Folder, rows: list[str]) -> None:
    before = folder.write(户籍=_text(_rows())).read()
    exports = folder.write(户籍=_text(rows)).after(before)
    assert _taken(exports) == {"户籍.csv": len(rows)} and not exports.refused and not exports.stale


def test_of_two_files_the_one_that_is_refused_is_stood_in_for(folder: Folder) -> None:
    others = [row.replace("H", "K").replace("韦小", "蓝小") for row in _rows()]
    before = folder.write(一=_text(_rows()), 二=_text(others)).read()
    changed = _text(others).replace("弄池村", "龙洲村")
    exports = folder.write(一=_text(_rows(_NAMES[:3]), "\nH4,4512"), 二=changed).after(before)
    assert _taken(exports) == {"二.csv": 9, "一.csv": 9} and list(exports.stale) == [("huji", "一.csv", "")]
    assert set(exports.sheets[0].cells["village"]) == {"龙洲村"}, "the other file is tonight's"
    again = folder.after(exports)
    assert _taken(again) == {"二.csv": 9, "一.csv": 9} and list(again.stale) == [("huji", "一.csv", "")]


def test_of_two_sheets_of_a_file_only_the_one_that_is_refused_is_stale(folder: Folder) -> None:
    first, second = ([line.split(",") for line in [_HEAD, *_rows(names)]] for names in (_NAMES, _NAMES + "十"))
    second = [[cell.replace("H", "K").replace("韦小", "蓝小") for cell in row] for row in second]
    path = folder.raw / "huji" / "户籍.xlsx"
    path.write_bytes(xlsx(first, second))
    before = folder.read()
    path.write_bytes(xlsx(first, [["户号"], *second[1:]]))
    exports = folder.after(before)
    files = accept(exports, Places(SETTINGS.divisions)).files
    assert sorted(zip(files["sheet"], files["status"], strict=True)) == [("表1", "read"), ("表2", "refused"), ("表2", "stale")]
    assert "《户籍.xlsx》的工作表“表2”" in exports.stale["huji", "户籍.xlsx", "表2"]


def test_a_file_that_is_gone_stands_in_only_where_another_was_refused(folder: Folder) -> None:
    others = [row.replace("H", "K").replace("韦小", "蓝小") for row in _rows()]
    before = folder.write(一20200401=_text(_rows()), 二20200401=_text(others)).read()
    gone = folder.write(一20200402=_text(_rows())).after(before)
    assert _taken(gone) == {"一20200402.csv": 9}, "the office took it away"
    cut = folder.write(一20200402=_text(_rows()), 二20200402=_text(others[:3], "\nK4,4512")).after(before)
    assert _taken(cut) == {"一20200402.csv": 9, "二20200401.csv": 9}
    assert [(refusal.file, refusal.rule) for refusal in cut.superseded] == [("一20200401.csv", "superseded")]


def _profile(*rows: tuple[str, float]) -> pd.DataFrame:
    return pd.DataFrame([{"registry": key, "measure": "rows", "field": None, "value": None, "amount": n} for key, n in rows])


def test_fewer_reports_of_townships_are_no_cut_export() -> None:
    drift = compare_profiles(
        _profile(("xiangzhen", 9), ("huji", 9)), _profile(("xiangzhen", 1), ("huji", 1)), SETTINGS.registries
    )
    assert drift[["registry", "level"]].values.tolist() == [["huji", "alarm"]]


def test_reports_of_townships_that_are_the_beginning_of_the_last_count(tmp_path: Path) -> None:
    head, reports = (
        "姓名,身份证号,乡镇,登记类型,登记日期",
        [f"韦小{n},45122820100101{i:03d}X,高岭镇,名在人不在,2020-04-20" for i, n in enumerate(_NAMES)],
    )
    folder = Folder(tmp_path, "xiangzhen")
    before = folder.write(登记="\n".join([head, *reports])).read()
    exports = folder.write(登记="\n".join([head, *reports[:5]])).after(before)
    assert (_taken(exports), exports.refused) == ({"登记.csv": 5}, ())
