"""What officers write where they are asked for the full name of a school. All schools of the county are made up or as published."""

import pytest

from pipelines.answers.schools import Schools
from tests.lib.plan_county import PLACES

SCHOOLS = Schools(["安阳镇中心小学", "都安县安阳镇安北小学", "都安瑶族自治县民族中学", "都安县职业教育中心"], PLACES)

OUTSIDE = (
    "广东省东莞市长安镇第一中学", "南宁市第十四中学", "东莞长安镇第一中学", "深圳中学", "深圳市福田区未来小学", "梅州市曾宪梓中学", "长沙市一中",
    "东莞市长安中学七年级2班", "广西南宁市西乡塘区秀田小学（鲁班校区）", "上海市闵行区实验小学", "安徽省无为市无为中学", "无锡市第一中学",
    "东莞市长安镇电子厂子弟学校", "宾阳县宾州镇三中", "百色市祈福高级中学", "玉林师院附中",
    "广东省东莞市打工子弟学校", "东莞市务工人员子女学校", "东莞市长安镇第一中学初中部", "南宁市特殊教育学校", "昆明市读书铺小学",
    "深圳市妈湾学校",
)  # fmt: skip
NO_SCHOOL = (
    "小学毕业外出务工", "打工，没上学校", "学校名不清楚", "从未上过小学", "辍学，曾读高岭中学", "（填学校）", "幼儿园", "广东打工学校", "在外面读书",
    "广东省东莞市", "东莞小学", "南宁市学校", "听说在东莞读小学", "南宁市某小学", "原在民族中学", "不知道哪个学校", "2020，3号到县医院看过", "广东，东莞一小学",
    "广东省东莞市离开学校", "东莞市厌学离校小学", "南宁市拒绝上小学", "南宁市逃学中学", "南宁市看守所学校", "广东省东莞市忘记小学", "广东省东莞市待定学校",
    "广东省东莞市电子厂学校", "广东省老家学校", "广东省东莞市XX学校", "广东省东莞市xx小学", "广东省东莞市家里小学", "广东省深圳市出租屋小学",
    "广东省东莞市进厂小学", "广州市读小学", "广东省广州市在读初中", "广西南宁市就读小学", "广东省深圳市一所小学", "东莞跟父母在那边小学",
    "广东省东莞市上小学", "东莞市附近的小学",
    "广东省深圳市驾校学校", "广东省东莞市长安镇表哥学校", "广东省深圳市民办学校", "广东省广州市私立学校", "广东省东莞市同村小学",
    "广东省广州市网上学校", "东莞市这边的学校",
    "广东省东莞市大朗毛织厂学校", "东莞市长安镇已转学小学", "广东省东莞市带弟弟妹妹小学", "广西南宁市爸爸务农小学",
    "广州市跟外公外婆住上的小学", "东莞市长安镇读小学",
)  # fmt: skip
OF_THE_COUNTY = (
    "安北小学",
    "安阳镇安北小学",
    "都安县民族中学",
    "安阳中心小学",
    "民族中学",
    "都安高中",
    "都安瑶族自治县安阳镇中心小学",
)
WITHOUT_PLACE = ("第一中学", "广东省第一中学", "希望小学")


@pytest.mark.parametrize("text", OUTSIDE)
def test_a_school_outside_the_county_has_its_place(text: str) -> None:
    assert SCHOOLS.fault_elsewhere(text) is None


@pytest.mark.parametrize("text", NO_SCHOOL)
def test_what_only_holds_the_word_is_no_school(text: str) -> None:
    assert SCHOOLS.fault_elsewhere(text) == "school_is_none"
    assert SCHOOLS.fault_of_full_name(text) == "school_is_none"


@pytest.mark.parametrize("text", OF_THE_COUNTY)
def test_a_school_of_the_county_is_not_elsewhere_with_or_without_its_township(text: str) -> None:
    assert SCHOOLS.fault_elsewhere(text) == "school_of_county"


@pytest.mark.parametrize("text", WITHOUT_PLACE)
def test_a_school_somewhere_needs_its_place(text: str) -> None:
    assert SCHOOLS.fault_elsewhere(text) == "school_without_place"


@pytest.mark.parametrize("text", ["", " ", "无", "—"])
def test_nothing_is_missing(text: str) -> None:
    assert SCHOOLS.fault_elsewhere(text) == "school_missing"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("河池市职业教育中心学校", None),
        ("都安县职业教育中心", None),
        ("南宁市第一职业技术学校", None),
        ("柳州市卫生学校", None),
        ("职业技术学校", "school_without_place"),
        ("南宁市第十四中学", "school_is_none"),
        ("外出打工", "school_is_none"),
    ],
)
def test_a_vocational_school_is_known_or_has_its_place(text: str, fault: str | None) -> None:
    assert SCHOOLS.fault_vocational(text) == fault
