"""What the settings of a county change in a run. All persons are made up (虚构)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from bidui.cli import main
from pipelines.persons import link_records
from tests.lib.nights import night
from tests.lib.small_exports import good, id_of, poor, resident, write

Published = Callable[[str], pd.DataFrame]


def settings(root: Path, text: str) -> None:
    (root / "county.toml").write_text(text, encoding="utf-8")


def cells(path: Path, sheet: str | int = 0) -> list[object]:
    book = load_workbook(path)
    page = book[sheet] if isinstance(sheet, str) else book.worksheets[sheet]
    return [cell.value for row in page for cell in row if cell.value is not None]


@pytest.mark.long
def test_a_township_that_is_in_no_table_stays_the_childs_place_and_no_sum_loses_it(tmp_path: Path, published: Published) -> None:
    good(tmp_path)
    here = resident("苏小", id_of("20100101", 1), "20100101", 乡镇街道="新江乡", 居村委会="弄王村")
    write(tmp_path, "huji", [here, resident("韦家乐", id_of("20100315", 1), "20100315")])
    write(tmp_path, "guofu", [{**poor("苏小", id_of("20100101", 1)), "乡(镇)": "新河乡"}])
    told = night(tmp_path, townships=None).notes
    assert [note.partition("，没有")[0] for note in told] == ["有 1 名范围内儿童（名单上 1 名）的乡镇不在区划表里（新江乡 1 人）"]
    assert "divisions.csv" in told[0] and "只在全县汇总表里" in told[0]
    person = published("persons").query("name == '苏小'").iloc[0]
    assert (person["township"], person["village"], person["responsible_township"]) == ("新江乡", "弄王村", "新江乡")
    listed = published("unaccounted").query("name == '苏小'").iloc[0]
    assert (listed["township"], listed["village"]) == ("新江乡", "弄王村")
    warned = published("warnings").query("rule == 'place_unknown'")
    assert set(warned["registry"]) == {"huji", "guofu"}  # and still said
    assert not (published("findings")["rule"] == "township_differs").any()  # of texts that may be one place
    figures = published("indicators").query("code == 'listed'").set_index(["level", "township"])["numerator"]
    assert figures["county"].sum() == figures["township"].sum() and figures["township", "乡镇不明"] == 1
    assert "新江乡" not in set(published("standings")["township"])
    folder = tmp_path / "outbox/2020-04-15"
    assert {"新江乡", "弄王村"} <= set(cells(folder / "都安县_控辍保学汇总_20200415.xlsx", "去向不明儿童"))
    cover = load_workbook(folder / "都安县_控辍保学汇总_20200415.xlsx")["封面"]
    values = [[cell.value for cell in row if cell.value is not None] for row in cover.iter_rows()]
    assert ["新江乡", 1, 1] in values and any(str(row[0]).startswith("不在区划表里的乡镇") for row in values if row)
    weekly = load_workbook(folder / "周报/周报_都安县_20200415.xlsx").worksheets[0]
    rows = {row[0].value: [cell.value for cell in row if isinstance(cell.value, int)] for row in weekly.iter_rows()}
    assert rows["乡镇不明"][4] == 1


@pytest.mark.long
def test_what_may_be_no_township_is_counted_and_not_printed(tmp_path: Path) -> None:
    good(tmp_path)
    write(tmp_path, "huji", [resident("苏小", id_of("20100101", 1), "20100101", 乡镇街道="韦大山", 居村委会=None)])
    (told,) = night(tmp_path).notes
    assert "有 1 名范围内儿童（名单上 1 名）的乡镇不在区划表里，没有" in told and "韦大山" not in told


@pytest.mark.long
def test_every_listed_child_is_in_the_countys_workbook(tmp_path: Path, published: Published) -> None:
    good(tmp_path)
    places = ["高岭镇", "新江乡", "集体户", None]
    here = [
        resident(f"苏{name}", id_of("20100101", 2 * n + 1), "20100101", 乡镇街道=place, 居村委会=None)
        for n, (name, place) in enumerate(zip("一二三四", places, strict=True))
    ]
    write(tmp_path, "huji", here)
    night(tmp_path, townships=None)
    folder = tmp_path / "outbox/2020-04-15"
    listed = set(published("unaccounted")["person_id"])
    assert len(listed) >= 4
    assert listed <= set(cells(folder / "都安县_控辍保学汇总_20200415.xlsx", "去向不明儿童"))
    in_townships = {cell for book in folder.glob("*核查*.xlsx") for cell in cells(book, "去向不明儿童")}
    assert len(listed & in_townships) == 1  # of 高岭镇


@pytest.mark.long
def test_an_official_township_goes_before_a_text(tmp_path: Path, published: Published) -> None:
    good(tmp_path)
    write(tmp_path, "huji", [resident("苏小", id_of("20100101", 1), "20100101", 乡镇街道="集体户", 居村委会=None)])
    write(tmp_path, "guofu", [{**poor("苏小", id_of("20100101", 1)), "乡(镇)": "高岭镇"}])
    night(tmp_path)
    assert published("persons").query("name == '苏小'")["responsible_township"].tolist() == ["高岭镇"]


@pytest.mark.long
def test_divisions_of_the_county_go_before_the_published_ones(tmp_path: Path, published: Published) -> None:
    good(tmp_path)
    head = "乡镇代码,乡镇,村,写法,行数,状态\n"
    (tmp_path / "divisions.csv").write_text(
        head + "451228100,新安阳镇,,安阳镇,,公布\n451228100,新安阳镇,安北社区,,,公布\n", encoding="utf-8"
    )
    night(tmp_path, townships=None)
    assert set(published("persons")["township"].dropna()) == {"新安阳镇"}
    books = {path.name for path in (tmp_path / "outbox/2020-04-15").glob("*.xlsx")}
    assert books == {"新安阳镇_控辍保学核查_20200415.xlsx", "都安县_控辍保学汇总_20200415.xlsx"}
    assert main(["run", "--root", str(tmp_path), "--as-of", "2020-04-15", "--township", "高岭镇"]) == 2
    assert main(["run", "--root", str(tmp_path), "--as-of", "2020-04-15", "--township", "安阳镇"]) == 0


@pytest.mark.long
def test_the_week_ends_on_the_countys_day(tmp_path: Path, published: Published) -> None:
    good(tmp_path)
    settings(
        tmp_path,
        'weekly_day = "星期一"\n[plan]\nnumber = "某控辍办〔2020〕1号"\n[plan.citations]\nweekly = "五（一）“每周一报”"\n',
    )
    night(tmp_path, townships=None)
    assert set(published("standings")["week"]) == {date(2020, 4, 20)}
    folder = tmp_path / "outbox/2020-04-15"
    said = "\n".join(map(str, cells(folder / "周报/周报_都安县_20200415.xlsx")))
    assert "2020年4月13日（星期一）之后" in said and "2020年4月20日（星期一）" in said and "上星期一在册" in said
    assert "某控辍办〔2020〕1号五（一）" in said and "星期四" not in said and "都精准办" not in said and "指挥部" not in said
    book = folder / "安阳镇_控辍保学核查_20200415.xlsx"
    assert not any("星期四" in str(value) for sheet in range(7) for value in cells(book, sheet))
    assert "《义务教育法》第十三条；国办发〔2017〕72号" in cells(book, "指标")
    assert any("；某控辍办〔2020〕1号。" in str(value) for value in cells(book, "封面"))


def test_the_cohort_is_the_countys(tmp_path: Path, published: Published) -> None:
    good(tmp_path)
    settings(tmp_path, "[cohort]\nfirst_birthday = 2010-02-01\nlast_birthday = 2010-12-31\n")
    night(tmp_path)
    assert published("persons").query("in_cohort")["name"].tolist() == ["韦家乐"]


@pytest.mark.long
def test_the_cost_of_a_wrong_link_is_the_countys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good(tmp_path)
    settings(tmp_path, "cost_ratio = 33.5\n")
    asked = []
    link = link_records.link

    def seen(people: pd.DataFrame, cost_ratio: float, *rest: object, **options: object) -> object:
        asked.append(cost_ratio)
        return link(people, cost_ratio, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(link_records, "link", seen)
    night(tmp_path)
    assert asked == [33.5]


@pytest.mark.parametrize("name", ["../外面", "教育/局", "教育局[/]", "a" * 300, "教育局\\u0007", "con"])
@pytest.mark.parametrize("setting", ["owner", "title"])
def test_what_becomes_part_of_a_files_name_is_a_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], setting: str, name: str
) -> None:
    root = good(tmp_path / "d")
    settings(root, f'# 本县\n[xueji]\n{setting} = "{name}"\n')
    assert main(["run", "--root", str(root), "--as-of", "2020-04-15"]) == 2
    told = capsys.readouterr().err
    assert f"county.toml 第3行：[xueji] 的 {setting}：" in told and "Traceback" not in told
    assert main(["check", str(root / "county.toml")]) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"d"} and not (root / "outbox").exists()
