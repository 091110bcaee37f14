"""The county's own file: spellings, codes, checks and registries. All persons are made up (虚构)."""

import dataclasses
import tomllib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from bidui.cli import main
from pipelines.night.outcome import NothingPublished
from schemas.county_problems import CountyFileError
from schemas.county_toml import read_settings
from schemas.registry import Registry
from tests.lib.nights import night
from tests.lib.small_exports import county

Published = Callable[[str], pd.DataFrame]


COUNTY = """
[xueji.headings]
student_state = ["在籍情况"]
[xueji.codes.student_state]
"在籍 在校" = "in_school"
[xueji.checks]
name_unusual = "off"
[tejiao]
title = "特教学校"
owner = "教育局"
role = "student"
source_key = ["student_number"]
signature = ["student_number", "student_state"]
[tejiao.columns.name]
headings = ["学生姓名"]
kind = "name"
required = true
[tejiao.columns.id_number]
headings = ["身份证号"]
kind = "id"
required = true
[tejiao.columns.student_number]
headings = ["特教学号"]
kind = "student_number"
[tejiao.columns.student_state]
headings = ["状态"]
kind = "code"
required = true
"""


def test_a_county_declares_a_registry_wholly_anew() -> None:
    whole = COUNTY[COUNTY.index("[tejiao]") :].replace("tejiao", "canlian").replace("[canlian]", "[canlian]\nreplace = true", 1)
    registry = read_settings(whole + '[canlian.checks]\nid_missing = "off"\n').registries["canlian"]
    assert registry.title == "特教学校" and registry.core  # still one that every run asks for
    assert [c.field for c in registry.columns] == ["name", "id_number", "student_number", "student_state"]
    assert registry.levels == {"id_missing": "off"}


def test_a_county_can_give_whatever_a_declaration_has() -> None:
    """``stage`` once could not be given: every graduate of a county's own senior school counted as a graduate of primary school."""
    elsewhere = {"key": "", "levels": "checks"}  # the table's own name; another name in the file
    fields = {elsewhere.get(field.name, field.name) for field in dataclasses.fields(Registry)} - {""}
    given = """
    [tejiao]
    title = "特教学校"
    owner = "教育局"
    role = "student"
    core = true
    stage = "senior"
    source_key = ["student_number"]
    signature = ["student_number"]
    ignored = ["备注"]
    older_files = ["旧的.xlsx"]
    one_of = [["student_number", "school"]]
    [tejiao.checks]
    id_missing = "off"
    """
    columns = COUNTY[COUNTY.index("[tejiao.columns.name]") :] + "[tejiao.columns.school]\nheadings = ['学校']"
    assert fields - {"columns"} == set(tomllib.loads(given)["tejiao"])
    registry = read_settings(given + columns).registries["tejiao"]
    assert registry.stage == "senior" and registry.core and registry.ignored == ("备注",)
    assert registry.levels == {"id_missing": "off"} and registry.one_of == (("student_number", "school"),)
    assert read_settings("[zhongzhi]\ntitle = '中职'").registries["zhongzhi"].stage == "vocational"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[xueji]\nreplace = true\ntitle = '学籍'", "要整个改写，还缺 owner"),
        ("[xueji]\nreplace = 'yes'", "应为 true 或 false"),
        ("[xueji]\ncore = 1", "应为 true 或 false"),
        ("[xueji.columns.name]\nrequired = '是'", "应为 true 或 false"),
        ("[xueji.columns.name]\nrequired = false", "姓名列必需"),
        ("[xueji.columns.nickname]\nkind = 'text'", "缺 headings"),
        ("[xueji.columns.birthdate]\nkind = 'text'", "应为 date"),
        ("[xueji]\none_of = [['name', 'scool']]", "是否指 school？"),
        ("[xueji]\none_of = 'name'", "应是几组字段"),
        ("[xueji]\nsource_key = ['studentnumber']", "是否指 student_number？"),
        ("[xueji.columns.shcool]\nheadings = ['学校']", "是否指 school？"),
        ("[huji]\nsource_key = ['row']\n[huji.columns.row]\nheadings = ['行']", "由程序填写"),
        *(
            (f"[huji]\nsource_key = ['{field}']\n[huji.columns.{field}]\nheadings = ['栏']", "由程序填写")
            for field in ("longer", "overflow", "id_raw", "birthdate_from", "hukou_county", "id_sex", "kin")
        ),
        ("[xueji]\nstage = 'seniors'", "stage：应为 junior、"),
        ("[xueji]\nstage = 'special'", "stage：应为 junior、"),
        ("[huji]\ntitle = 5", "应是文字"),
        (COUNTY + "[tejiao.columns.birthdate]\nheadings = ['出生日期']\nkind = 'codes'", "应为"),
        ("[xueji", "不是有效的 TOML"),
        ("[xueji.headings]\nstudent_stat = ['在籍']", "是否指 student_state？"),
        ("[xueji.headings]\nstudent_state = '在籍'", "应是一列文字"),
        ("[xueji.headings]\nstudent_state = ['姓名']", "既是"),
        ("[xueji.codes.student_state]\n'在籍' = 'at_school'", "应为"),
        ("[xueji.codes.school]\n'一小' = 'x'", "没有这个代码字段"),
        ("[xueji.checks]\nid_bad_chek = 'off'", "是否指 id_bad_check？"),
        ("[xueji.checks]\nid_bad_check = 'stop'", "refuse"),
        ("[xueji]\nheading = 1", "不认识"),
        ("[xuejj]\ntitle = '学籍'", "是否指 xueji？"),
        ("xueji = 1", "应写成表"),
        ('weekly_dya = "x"', "不认识“weekly_dya”（是否指 weekly_day？）"),
        (COUNTY.replace('source_key = ["student_number"]', "source_key = []"), "至少要写一个字段"),
        (COUNTY.replace('signature = ["student_number", "student_state"]', "signature = []"), "至少要写一个字段"),
        (COUNTY.replace('kind = "id"', 'kind = "text"'), "应为 id"),
        ("[xueji.headings]\nname = ['身份证件号 ']", "既是"),
    ],
)
def test_a_county_file_that_does_not_hold_together_says_where(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CountyFileError, match=said):
        read_settings(text)
    path = tmp_path / "county.toml"
    path.write_text(text, encoding="utf-8")
    assert main(["check", str(path)]) == 2
    county(tmp_path)
    with pytest.raises(NothingPublished, match=r"county\.toml"):
        night(tmp_path)
