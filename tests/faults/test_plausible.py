"""A sheet whose columns are not what its headings say is refused, on a first night too."""

import os
from datetime import date
from pathlib import Path

import pytest

from pipelines.intake.accept import Intake, accept
from pipelines.intake.places import Places
from tests.lib.export_folder import Folder
from tests.lib.plan_county import SETTINGS

_HEAD = ["姓名", "身份证件号", "出生日期", "学校名称", "年级", "户籍镇街", "全国学籍号", "学生状态", "就读方式"]
_SURNAMES, _GIVEN = "韦蓝黄蒙潘覃罗陆唐石莫卢", "家乐晓光雨欣"


def _pupil(number: int) -> dict[str, str]:
    name = _SURNAMES[number % len(_SURNAMES)] + _GIVEN[number // len(_SURNAMES)]
    own = (
        name,
        f"45122820100101{number:03d}X",
        "2010-01-01",
        "高岭镇中心小学",
        "三年级",
        "高岭镇",
        f"G45122820100101{number:03d}X",
        "在读",
        "走读",
    )
    return dict(zip(_HEAD, own, strict=True))


def _taken(tmp_path: Path, rows: int = 40, written: dict[str, str] | None = None, **cells: str) -> Intake:
    """The intake of pupils whose ``cells`` (heading -> heading whose value stands there, or a value) are not their own;
    ``written``: name -> how it is written there."""
    lines = [",".join(_HEAD)]
    for number in range(rows):
        own = _pupil(number)
        own["姓名"] = (written or {}).get(own["姓名"], own["姓名"])
        lines.append(",".join(own.get(cells.get(heading, heading), cells.get(heading, "")) for heading in _HEAD))
    text = "\n".join(lines) + "\n"
    return accept(Folder(tmp_path, "xueji").write(学生=text).read(), Places(SETTINGS.divisions))


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"姓名": "身份证件号"}, "names_implausible"),
        ({"姓名": "学校名称"}, "names_implausible"),
        ({"姓名": "户籍镇街"}, "names_repeated"),
        ({"身份证件号": "姓名"}, "ids_implausible"),
        ({"身份证件号": "出生日期", "出生日期": "身份证件号"}, "ids_implausible"),
        ({"出生日期": "1900-01-02"}, "birthdates_implausible"),
        ({"户籍镇街": "年级"}, "townships_implausible"),
    ],
)
def test_a_column_that_holds_another_is_refused(tmp_path: Path, cells: dict[str, str], rule: str) -> None:
    intake = _taken(tmp_path, **cells)
    assert not len(intake.records)
    (row,) = intake.quarantine.to_dict("records")
    assert row["rule"] == rule and next(iter(cells)) in row["message"] and "off" in row["message"]
    assert "韦" not in row["message"] and "4512" not in row["message"]


def _with_shifted(tmp_path: Path, by: int, shifted: int, rows: int = 40) -> Intake:
    """The intake of pupils of whom the last ``shifted`` stand ``by`` columns further to the right."""
    head = ["学生状态", "身份证件号", "姓名", "全国学籍号", "出生日期", "学校名称", "年级"]
    lines = [[_pupil(number)[heading] for heading in head] for number in range(rows)]
    lines[rows - shifted :] = [[*line[-by:], *line[:-by]] for line in lines[rows - shifted :]]
    text = "\n".join(",".join(line) for line in [head, *lines]) + "\n"
    return accept(Folder(tmp_path, "xueji").write(学生=text).read(), Places(SETTINGS.divisions))


@pytest.mark.parametrize("by", [1, -1])
@pytest.mark.parametrize(("rows", "shifted"), [(40, 18), (40, 5), (12, 3)])
def test_rows_that_stand_one_column_further_are_enough_to_refuse_a_sheet(
    tmp_path: Path, by: int, rows: int, shifted: int
) -> None:
    intake = _with_shifted(tmp_path, by, shifted, rows)
    assert not len(intake.records)
    (row,) = intake.quarantine.to_dict("records")
    assert row["rule"] == "rows_out_of_place" and f"{shifted} 行" in row["message"]


def test_a_few_rows_that_stand_one_column_further_are_quarantined(tmp_path: Path) -> None:
    intake = _with_shifted(tmp_path, 1, 2)
    assert len(intake.records) == 38
    assert intake.quarantine["rule"].to_list() == ["row_out_of_place"] * 2 and "第 40 行" in intake.quarantine["message"][0]


def test_what_is_as_its_headings_say_is_taken(tmp_path: Path) -> None:
    assert len(_taken(tmp_path).records) == 40


def test_a_few_rows_prove_nothing(tmp_path: Path) -> None:
    assert len(_taken(tmp_path, 12, 户籍镇街="年级").records) == 12
    written = {_pupil(number)["姓名"]: f"高岭镇弄池村民委员会{number}" for number in range(11)}
    assert len(_taken(tmp_path / "all but one", 12, written).records) == 12


@pytest.mark.parametrize(
    ("cells", "rows", "rule"),
    [
        ({"姓名": "学校名称"}, 3, "names_implausible"),
        ({"姓名": "户籍镇街"}, 3, "names_alike"),
        ({"身份证件号": "出生日期"}, 5, "ids_implausible"),
    ],
)
def test_a_short_list_of_which_all_cells_are_of_another_column_is_refused(
    tmp_path: Path, cells: dict[str, str], rows: int, rule: str
) -> None:
    intake = _taken(tmp_path, rows, **cells)
    assert not len(intake.records) and intake.quarantine["rule"].to_list() == [rule]
    assert len(_taken(tmp_path / "fewer", rows - 1, **cells).records) == rows - 1


@pytest.mark.parametrize("by", [-2, -1, 1, 2, 3])
@pytest.mark.parametrize("rows", [2, 4])
def test_a_short_list_that_stands_in_other_columns_is_refused(tmp_path: Path, by: int, rows: int) -> None:
    """By whatever the cells hold: the name may be a grade, a place or empty."""
    lines = [[*_pupil(number).values()] for number in range(rows)]
    head = [*_HEAD[3:5], *_HEAD[:3], *_HEAD[5:], "性别"]
    lines = [[*line[3:5], *line[:3], *line[5:], "男"] for line in lines]
    lines = [[*[""] * by, *line[: len(line) - by]] if by > 0 else [*line[-by:], *[""] * -by] for line in lines]
    text = "\n".join(",".join(line) for line in [head, *lines]) + "\n"
    intake = accept(Folder(tmp_path, "xueji").write(学生=text).read(), Places(SETTINGS.divisions))
    assert not len(intake.records) and set(intake.quarantine["rule"]) <= {"rows_out_of_place", "row_out_of_place"}


def test_a_row_with_an_id_in_its_place_stands_where_it_should(tmp_path: Path) -> None:
    assert len(_taken(tmp_path, 4, 学生状态="在", 出生日期="春天", 就读方式="步行").records) == 4


def _of_household(tmp_path: Path, names: list[str], relations: list[str]) -> Intake:
    head = "户号,公民身份号码,姓名,出生日期,与户主关系,户主姓名,乡镇街道,居村委会,人员状态"
    lines = [
        f"H1,45122820100101{n:03d}X,{name},20100101,{relation},韦大,高岭镇,弄池村,正常"
        for n, (name, relation) in enumerate(zip(names, relations, strict=True))
    ]
    return accept(Folder(tmp_path, "huji").write(户籍="\n".join([head, *lines]) + "\n").read(), Places(SETTINGS.divisions))


def test_children_who_bear_the_householders_name_are_refused(tmp_path: Path) -> None:
    intake = _of_household(tmp_path, ["韦大", "韦大", "韦大", "蓝小"], ["户主", "之子", "之女", "之孙"])
    assert intake.quarantine["rule"].to_list() == ["names_of_householders"] and "2 行" in intake.quarantine["message"][0]
    assert len(_of_household(tmp_path / "own", ["韦大", "韦一", "韦二", "韦大"], ["户主", "之子", "之女", "之孙"]).records) == 4


def test_members_of_collective_households_and_heads_in_other_words_are_their_own_heads(tmp_path: Path) -> None:
    relations = ["非亲属", "集体户", "户主本人", "0"]
    head = "户号,公民身份号码,姓名,与户主关系,户主姓名,人员状态"
    lines = [f"H{n},45122820100101{n:03d}X,韦{n * '大'},{relation},韦{n * '大'},正常" for n, relation in enumerate(relations, 1)]
    text = "\n".join([head, *lines]) + "\n"
    assert len(accept(Folder(tmp_path, "huji").write(户籍=text).read(), Places(SETTINGS.divisions)).records) == 4


@pytest.mark.parametrize("rows", [5, 25])
@pytest.mark.parametrize("remark", ["未上户", "无户口", "待办", "无"])
def test_remarks_in_place_of_ids_are_no_other_column(tmp_path: Path, rows: int, remark: str) -> None:
    """A list of children who are registered nowhere."""
    assert len(_taken(tmp_path, rows, 身份证件号=remark, 就读方式="步行", 年级="大的").records) == rows


def test_codes_in_words_of_the_countys_own_are_in_their_place(tmp_path: Path) -> None:
    lines = ["姓名,身份证件号,出生日期,学校名称,学生状态,就读方式,残疾类型,建档立卡,全国学籍号"]
    for number in range(4):
        own = _pupil(number)
        lines.append(f"{own['姓名']},45122820ABC,2010-01-02,高岭小学,在读,自己走,轻微,大概,{own['全国学籍号']}")
    text = "\n".join(lines) + "\n"
    assert len(accept(Folder(tmp_path, "xueji").write(学生=text).read(), Places(SETTINGS.divisions)).records) == 4


def test_children_who_have_no_name_yet_are_not_alike(tmp_path: Path) -> None:
    assert len(_taken(tmp_path, 3, written={_pupil(n)["姓名"]: "未取名" for n in range(3)}).records) == 3


def test_days_in_a_name_from_when_to_when_are_no_day_of_the_export(tmp_path: Path) -> None:
    """A household register of all who were born between two days."""
    lines = [",".join(_HEAD), *(",".join(_pupil(number).values()) for number in range(25))]
    for number, name in enumerate(["学生_20040901_20140831", "2006年9月1日后出生"]):
        folder = Folder(tmp_path / str(number), "xueji").write(**{name: "\n".join(lines) + "\n"})
        assert len(accept(folder.read(), Places(SETTINGS.divisions)).records) == 25


def test_a_file_whose_time_is_that_of_no_clock_is_taken(tmp_path: Path) -> None:
    """Of archives and shares that do not keep it: 1970."""
    folder = Folder(tmp_path, "xueji").write(
        学生="\n".join([",".join(_HEAD), *(",".join(_pupil(n).values()) for n in range(25))]) + "\n"
    )
    os.utime(folder.raw / "xueji" / "学生.csv", (0, 0))
    assert len(accept(folder.read(), Places(SETTINGS.divisions), date(2020, 4, 15)).records) == 25


@pytest.mark.parametrize("written", ["⻙{name}", "{name}{id}", "{id} {name}", "韦 ⿰火日{name}"])
def test_names_in_another_form_are_names(tmp_path: Path, written: str) -> None:
    names = {
        _pupil(number)["姓名"]: written.format(name=_pupil(number)["姓名"], id=_pupil(number)["身份证件号"])
        for number in range(40)
    }
    assert len(_taken(tmp_path, written=names, 身份证件号="").records) == 40


@pytest.mark.parametrize(
    "written", ["４５１２２８２０１００３１５００１６", "4.51228E+17", "4.5E+17", "451，228，201，003，150，000"]
)
def test_ids_in_full_width_and_as_a_spreadsheet_shows_long_numbers_are_ids(tmp_path: Path, written: str) -> None:
    assert len(_taken(tmp_path, 身份证件号=written).records) == 40


def test_an_empty_column_is_not_implausible(tmp_path: Path) -> None:
    assert len(_taken(tmp_path, 身份证件号="", 户籍镇街="").records) == 40


def test_a_list_of_pupils_that_says_of_none_in_which_state_they_are_is_refused(tmp_path: Path) -> None:
    """All of them would be listed."""
    assert _taken(tmp_path, 20, 学生状态="").quarantine["rule"].to_list() == ["codes_unknown"]
    assert len(_taken(tmp_path / "few", 3, 学生状态="").records) == 3
