"""Townships and villages of any county, as published and as a county keeps them."""

from pathlib import Path

import pandas as pd
import pytest

from bidui.cli import main
from pipelines.intake.found_places import new_rows, proposed_places
from pipelines.intake.places import Places
from pipelines.store.county_file import settings_of
from schemas.county_problems import CountyFileError, Problems
from schemas.divisions import county_names, place_stem, short_county_name, village_name
from schemas.divisions.county_search import counties_named
from schemas.divisions.divisions_file import division_lines, division_rows, read_divisions
from schemas.divisions.published import published_divisions
from tests.lib.plan_county import PLACES
from tests.lib.small_exports import good

DAHUA = published_divisions("451229")
PRIVATE_CHARACTERS = "420684"  # a village of this county has a character of the private area in the published table
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
    for text in ("451229", "大化瑶族自治县", "大化", "大化县", "河池市大化瑶族自治县", "广西壮族自治区河池市大化瑶族自治县"):
        assert counties_named(text) == ["451229"]
    assert len(counties_named("鼓楼区")) == len(counties_named("鼓楼")) == 4
    assert counties_named("南京市鼓楼区") == ["320106"]
    assert counties_named("东莞市") == ["441900"]  # a prefecture without counties
    assert counties_named("河池市") == counties_named("451200") == []


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
        ("451229200,共和乡,,,,\n451229200,新江乡,,,,\n", 3, "451229200 在第2行是共和乡的"),
        ("451229200,共和乡,,,,\n451229201,共和乡,甲村,,,\n", 3, "是 451229201，第2行是 451229200"),
        ("451229200,共和乡,,,,\n451228100,安阳镇,,,,\n", 3, "451228100 不是本县（451229）的"),
        ("451229200,共和乡,甲村,,7,公布,乙村\n", 2, "有的内容在没有表头的列里"),
        ('451229200,"共和乡,,,,\n451229200,共和乡,甲村,,,\n451229200,共和乡,乙村,,,\n', 2, "引号没有成对"),
        ('451229200,共和乡,,,,\n451229200,"共和乡,甲村,,,\n451229200,共和乡,乙"村,,,\n', 3, "引号没有成对"),
        ("451229200,共和乡,甲村,,,\n451229200,共和乡,乙村,甲村,,\n", 3, "甲村 是另一个村的名字"),
        ("451229200,共和乡,,,,\n451229201,新江乡,,共和乡,,\n", 3, "共和乡 是另一个乡镇的名字"),
    ],
)
def test_a_fault_of_the_countys_file_is_told_with_its_line(tmp_path: Path, rows: str, line: int, said: str) -> None:
    (tmp_path / "county.toml").write_text('[county]\ncode = "451229"\n', encoding="utf-8")
    (tmp_path / "divisions.csv").write_bytes((HEAD + rows).encode("gb18030"))  # as Excel saves it
    with pytest.raises(CountyFileError) as error:
        settings_of(tmp_path)
    (problem,) = error.value.problems
    assert said in problem and problem.startswith(f"divisions.csv 第{line}行：" if line else "divisions.csv：")


def test_what_changes_nothing_in_the_countys_file_is_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good(tmp_path)
    rows = "451228100,安阳镇,安北社区,,3.5,公布\n451228100,安阳镇,安北社区,,,待定\n451228201,高岭镇,,,-1,\n"
    (tmp_path / "divisions.csv").write_text(HEAD + rows, encoding="utf-8")
    assert len(settings_of(tmp_path).divisions.townships) == 2
    for command in (["check", str(tmp_path / "divisions.csv")], ["run", "--root", str(tmp_path), "--as-of", "2020-04-15"]):
        assert main(command) == 0
        told = "".join(capsys.readouterr())
        assert "divisions.csv 第2行：“行数”应是整数" in told and "divisions.csv 第4行：“行数”应是整数" in told
        assert "divisions.csv 第3行：与第2行重复，只算一次，请删去一行" in told


def test_a_column_that_is_there_twice_is_a_fault() -> None:
    problems = Problems("divisions.csv")
    read_divisions("乡镇,村,写法,村\n共和乡,甲村,,乙村\n", "451229", "大化瑶族自治县", problems)
    assert problems.sentences() == ["divisions.csv 第1行：“村”列有两个，请删去一个"]


def test_faults_of_both_files_are_told_in_one_round(tmp_path: Path) -> None:
    (tmp_path / "county.toml").write_text('nightly_hour = 24\n[county]\ncode = "451229"\n', encoding="utf-8")
    (tmp_path / "divisions.csv").write_text(HEAD + "451229200,共和乡,,,,同意\n", encoding="utf-8")
    with pytest.raises(CountyFileError) as error:
        settings_of(tmp_path)
    assert [problem.partition("：")[0] for problem in error.value.problems] == ["county.toml 第1行", "divisions.csv 第2行"]


@pytest.mark.parametrize("code", ["451228", "451229", PRIVATE_CHARACTERS])
def test_what_init_writes_is_without_fault(code: str) -> None:
    divisions, problems = published_divisions(code), Problems("divisions.csv")
    assert read_divisions(HEAD + division_lines(division_rows(divisions)), code, divisions.name, problems) == divisions
    assert problems.sentences() == []


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
