"""Townships and villages of any county, as published and as a county keeps them."""

from pathlib import Path

import pandas as pd
import pytest

from pipelines.intake.found_places import new_rows, proposed_places
from pipelines.intake.places import Places
from pipelines.store.county_file import settings_of
from schemas.county_problems import CountyFileError, Problems
from schemas.divisions import (
    counties_like,
    county_names,
    division_lines,
    division_rows,
    place_stem,
    published_divisions,
    read_divisions,
    short_county_name,
    village_name,
)  # fmt: skip
from tests.lib.plan_county import PLACES

DAHUA = published_divisions("451229")
HEAD = "乡镇代码,乡镇,村,写法,行数,状态\n"


@pytest.mark.parametrize(
    ("name", "stem", "short"),
    [
        ("都安瑶族自治县", "都安", "都安县"),
        ("大化瑶族自治县", "大化", "大化县"),
        ("积石山保安族东乡族撒拉族自治县", "积石山", "积石山县"),
        ("东乡族自治县", "东乡族", "东乡族县"),
        ("龙胜各族自治县", "龙胜", "龙胜县"),
        ("木垒哈萨克自治县", "木垒", "木垒县"),
        ("莫力达瓦达斡尔族自治旗", "莫力达瓦", "莫力达瓦旗"),
        ("内蒙古自治区", "内蒙古", "内蒙古区"),
        ("广西壮族自治区", "广西", "广西区"),
        ("河池市", "河池", "河池市"),
        ("忻城县", "忻城", "忻城县"),
        ("横县", "横县", "横县"),
        ("青秀区", "青秀", "青秀区"),
    ],
)
def test_what_is_left_of_a_name_without_its_kind(name: str, stem: str, short: str) -> None:
    assert (place_stem(name), short_county_name(name)) == (stem, short)


def test_all_counties_of_china_have_a_name_that_can_be_printed() -> None:
    assert len(county_names()) == 2_978
    assert all(len(place_stem(name)) > 1 for name in county_names().values())


@pytest.mark.parametrize(
    ("published", "called"),
    [
        ("龙口村委会", "龙口村"),
        ("红电社区居委会", "红电社区"),
        ("北村村委会", "北村村"),
        ("某某村民委员会", "某某村"),
        ("城南居民委员会", "城南居委会"),
        ("哈日嘎查", "哈日嘎查"),
    ],
)
def test_a_village_is_called_without_its_committee(published: str, called: str) -> None:
    assert village_name(published) == called


def test_a_county_is_found_by_code_and_by_name() -> None:
    assert counties_like("451229") == counties_like("大化瑶族自治县") == counties_like("大化") == counties_like("大化县")
    assert [code for code, _ in counties_like("451230")][:1] == ["451229"]
    assert len(counties_like("鼓楼区")) == 4


def test_a_township_may_have_the_countys_own_name() -> None:
    places = Places(DAHUA)
    assert places.split_address("大化镇大化社区") == ("大化镇", "大化社区")
    assert places.split_address("广西河池市大化瑶族自治县大化镇龙口村三组") == ("大化镇", "龙口村")
    assert places.township_of("大化") == "大化镇"
    assert places.split_address("大化县都阳镇满江村") == ("都阳镇", "满江村")
    assert places.township_or_text("大化新江乡") == "新江乡"
    assert places.county_of("大化县") == "451229" and places.county_of("都安县") is None
    assert PLACES.county_of("大化县") is None
    assert PLACES.village_of("都安县工业园区社区", "澄江镇") == "都安县工业园区社区"


def test_a_place_that_is_in_no_table_keeps_its_text() -> None:
    places = Places(DAHUA)
    assert places.township_of("新江乡") is None and places.township_or_text(" 大化县新江乡 ") == "新江乡"
    assert places.village_of("弄王村", "共和乡") is None and places.village_or_text("共和乡弄王村", "共和乡") == "弄王村"
    assert places.split_address("大化县共和乡弄王村5组") == ("共和乡", None)
    assert places.split_address_or_text("大化县共和乡弄王村5组") == ("共和乡", "弄王村")
    assert places.split_address_or_text("大化县新江乡弄王村5组") == ("新江乡", "弄王村")
    assert places.split_address_or_text("大化县共和乡某路5号") == ("共和乡", None)
    for nothing in ("无", "—", "", "#N/A", "12"):
        assert places.township_or_text(nothing) is None and places.village_or_text(nothing, "共和乡") is None


def test_a_countys_file_stands_for_its_divisions() -> None:
    for divisions in (DAHUA, published_divisions("451228")):
        problems = Problems("divisions.csv")
        again = read_divisions(HEAD + division_lines(division_rows(divisions)), divisions.code, divisions.name, problems)
        assert again == divisions and not len(problems)


def test_a_proposal_has_no_effect_until_it_is_accepted() -> None:
    def read(state: str) -> Places:
        text = HEAD + f"451229200,共和乡,,,,公布\n451229200,共和乡,弄王村,,7,{state}\n451229200,共和乡,水力村,水利村,3,{state}\n"
        return Places(read_divisions(text, "451229", "大化瑶族自治县", Problems("divisions.csv")))

    assert read("待定").village_of("弄王村", "共和乡") is None
    assert read("采用").village_of("弄王村", "共和乡") == "弄王村"
    assert read("采用").village_of("水利", "共和乡") is None  # a spelling stands for itself
    assert read("采用").village_of("水利村", "共和乡") == "水力村"


@pytest.mark.parametrize(
    ("rows", "line", "said"),
    [
        ("451229200,共和乡,弄王村,,7,同意\n", 2, "“状态”应为 公布、待定、采用"),
        ("4512292,共和乡,弄王村,,7,公布\n", 2, "“乡镇代码”应是 9 位数字"),
        ("451229200,,弄王村,,7,公布\n", 2, "“乡镇”不能为空"),
        ("451229200,../共和乡,,,,公布\n", 2, "“乡镇”不能有 /"),
        ("451229200,共和乡,甲村,丙村,,公布\n451229200,共和乡,乙村,丙村,,公布\n", 3, "丙村 既指 甲村 又指 乙村"),
        ("", 0, "没有一个乡镇"),
    ],
)
def test_a_fault_of_the_countys_file_is_told_with_its_line(tmp_path: Path, rows: str, line: int, said: str) -> None:
    (tmp_path / "county.toml").write_text('[county]\ncode = "451229"\n', encoding="utf-8")
    (tmp_path / "divisions.csv").write_bytes((HEAD + rows).encode("gb18030"))  # as Excel saves it
    with pytest.raises(CountyFileError) as error:
        settings_of(tmp_path)
    (problem,) = error.value.problems
    assert said in problem and problem.startswith(f"divisions.csv 第{line}行：" if line else "divisions.csv：")


def test_divisions_of_another_county_are_refused(tmp_path: Path) -> None:
    (tmp_path / "divisions.csv").write_text(HEAD + "451229200,共和乡,,,,公布\n", encoding="utf-8-sig")
    with pytest.raises(CountyFileError, match="没有一个乡镇属于 451228"):
        settings_of(tmp_path)


def test_places_of_the_exports_are_proposed_with_their_rows() -> None:
    rows = (
        [("共和乡", "水力村")] * 9
        + [("共和乡", "弄王村")] * 5
        + [("新江乡", "一村")] * 3
        + [("共和乡", "张三")]
        + [("共和乡", None)]
    )
    village = DAHUA.townships[4].villages[0].name
    rows += [("共和乡", village[:-1] + "的村")] * 2 + [("共和乡", '=HYPERLINK("x")')] * 4
    found = proposed_places(pd.DataFrame(rows, columns=["township", "village"]), DAHUA)
    told = [(row.township, row.village, row.spelling, row.rows, row.state) for row in found]
    known = {v.name for v in DAHUA.townships[4].villages}
    assert ("新江乡", "", "", 3, "待定") in told and ("新江乡", "一村", "", 3, "待定") in told
    assert ("共和乡", "弄王村", "", 5, "待定") in told
    assert ("共和乡", village, village[:-1] + "的村", 2, "待定") in told
    assert not {row[1] for row in told} & {"张三", '=HYPERLINK("x")'}  # one row alone; no name of a place
    assert "水力村" in known or ("共和乡", "水力村", "", 9, "待定") in told
    assert new_rows(found, [(row.township, row.village, row.spelling) for row in found]) == []
