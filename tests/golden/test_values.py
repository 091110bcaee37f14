"""Dates, names and places as exports hold them: golden cases."""

from datetime import date

import pandas as pd
import pytest

from matching.ids import with_check_digit
from matching.name_text import clean_name, fold_name
from matching.names import sound_keys
from pipelines.files.grid import cell_text
from pipelines.intake.joined_cells import split_joined
from pipelines.intake.standardise import _parsed
from pipelines.intake.values import parse_date, parse_key, parse_month, parse_phone, text_or_none
from schemas.registry import Column
from tests.lib.plan_county import PLACES


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20110101", date(2011, 1, 1)),
        ("2011-4-24", date(2011, 4, 24)),
        ("2010.1.1", date(2010, 1, 1)),
        ("2010/1/1", date(2010, 1, 1)),
        ("2010年1月1日", date(2010, 1, 1)),
        ("2010 年 1 月 1 日", date(2010, 1, 1)),
        (" 2010-1-1", date(2010, 1, 1)),
        ("2010- 1-1", date(2010, 1, 1)),
        ("2010年1月1号", date(2010, 1, 1)),
        ("2010.01.01.", date(2010, 1, 1)),
        ("2010–1–1", date(2010, 1, 1)),
        ("2010-01-01 00:00:00", date(2010, 1, 1)),
        ("20100101.0", date(2010, 1, 1)),
        ("40179", date(2010, 1, 1)),
        ("40179.5", date(2010, 1, 1)),
        ("20101", None),
        ("01/05/10", None),
        ("1/15/2010", date(2010, 1, 15)),
        ("15/1/2010", date(2010, 1, 15)),
        ("3/3/2010", date(2010, 3, 3)),
        ("3/5/2010", None),
        ("二〇一〇年三月十五日", date(2010, 3, 15)),
        ("二○一○年十二月三十一日", date(2010, 12, 31)),
        ("二零一零年十月二十日", date(2010, 10, 20)),
        ("10.1.1", date(2010, 1, 1)),
        ("２０１０－０１－０１", date(2010, 1, 1)),
        ("20100230", None),
        ("2010-13-01", None),
        ("2005-07", None),
        ("2010年1月", None),
        ("201409", None),
        ("2010-03-14T16:00:00.000Z", date(2010, 3, 15)),  # midnight of China in universal time
        ("2010-03-15T00:00:00.000Z", date(2010, 3, 15)),
        ("2010-03-15T00:00:00+08:00", date(2010, 3, 15)),
        ("1988-07-14T15:00:00Z", date(1988, 7, 15)),  # in summer time
        ("Mon Mar 15 00:00:00 CST 2010", date(2010, 3, 15)),
        ("Fri Jul 15 00:00:00 CDT 1988", date(1988, 7, 15)),
        ("Sun Mar 14 16:00:00 GMT 2010", date(2010, 3, 15)),
        ("Mon Mar 15 2010 00:00:00 GMT+0800 (中国标准时间)", date(2010, 3, 15)),
        ("Fri Jul 15 1988 00:00:00 GMT+0900 (中国夏令时间)", date(1988, 7, 15)),
        ("1268582400000", date(2010, 3, 15)),
        ("-315648000000", date(1960, 1, 1)),
        ("201003151200", None),
        ("1268582400000.0", date(2010, 3, 15)),  # a number of milliseconds that a program holds as a double
        ("1.268582E+12", date(2010, 3, 15)),  # and as a spreadsheet shows it
        ("1.26858E+12", date(2010, 3, 15)),
        ("1.2686E+12", None),
        ("/Date(1268582400000)/", date(2010, 3, 15)),
        ("15-Mar-2010", date(2010, 3, 15)),
        ("15-MAR-10 00:00:00", date(2010, 3, 15)),  # as Oracle writes it
        ("15-3月 -10", date(2010, 3, 15)),
        ("March 15, 2010", date(2010, 3, 15)),
        ("15-Mrz-2010", None),
        ("31-FEB-10", None),
        ("Mon Mrz 15 00:00:00 CST 2010", None),
        ("Mon Feb 31 00:00:00 CST 2010", None),
        ("9999-12-31T23:00:00Z", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("不详", None),
        ("", None),
    ],
)
def test_date(text: str, day: date | None) -> None:
    assert parse_date(text) == day


def test_months_without_a_zero_are_no_days() -> None:
    column = Column("birthdate", ("出生日期",), "date")
    months = pd.Series(["20101", "20102", "20109", "201011"], dtype="str")
    assert _parsed(months, column, False, PLACES).isna().all()
    days = pd.Series(["18000", "40179", "38000"], dtype="str")  # among later ones 1949 is a day as well
    assert list(_parsed(days, column, False, PLACES).dt.year) == [1949, 2010, 2004]


def test_a_column_of_moments_before_midnight_is_of_the_next_days() -> None:
    """SheetJS counts days in Shanghai's time of before 1901, which was 43 seconds off."""
    column = Column("birthdate", ("出生日期",), "date")
    moments = ["2010-03-14 23:59:17", "2010-03-14T15:59:17.000Z", "40251.99950231481", "Sun Mar 14 2010 23:59:17 GMT+0800"]
    plain = ["2010-03-15", "2010-03-15 00:00:00", None]
    days = _parsed(pd.Series([*moments, *plain], dtype="str"), column, False, PLACES)
    assert set(days.dropna().dt.strftime("%Y-%m-%d")) == {"2010-03-15"}
    times_of_day = _parsed(pd.Series([*moments[:1], "2010-03-15 11:12:13"], dtype="str"), column, False, PLACES)
    assert list(times_of_day.dt.day) == [14, 15]


@pytest.mark.parametrize("time", ["23:59:17", "23:59:59", "16:00:00", "16:00"])
def test_nearly_all_at_one_time_of_the_day_before(time: str) -> None:
    """A column of 16:00:00 without its Z, and one cell at 08:00:00 among 39 at 23:59:17, were a day early."""
    column = Column("birthdate", ("出生日期",), "date")
    early = [*[f"2010-03-14 {time}"] * 9, f"2010-03-14T{time}"]
    days = _parsed(pd.Series([*early, "2010-03-15 08:00:00"], dtype="str"), column, False, PLACES)
    assert set(days.dt.strftime("%Y-%m-%d")) == {"2010-03-15"}
    times_of_day = [f"2010-03-14 {hour}:30:00" for hour in range(10, 15)]
    days = _parsed(pd.Series([*early, *times_of_day], dtype="str"), column, False, PLACES)
    assert set(days.dt.strftime("%Y-%m-%d")) == {"2010-03-14"}


def test_a_few_moments_in_the_afternoon_among_days_are_of_their_day() -> None:
    column = Column("birthdate", ("出生日期",), "date")
    days = _parsed(pd.Series(["2010-03-14 16:00:00"] * 3 + ["2010-03-14"] * 4, dtype="str"), column, False, PLACES)
    assert set(days.dt.day) == {14}


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("201409", "201409"),
        ("202208.0", "202208"),
        ("2005-07", "200507"),
        ("201413", None),
        ("2016.1", None),
        ("2016.9", "201609"),
        ("20140901", "201409"),
    ],
)
def test_month_is_never_made_a_day(text: str, month: str | None) -> None:
    assert parse_month(text) == month


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("韦　明", "韦明"),
        (" 韦 明 ", "韦明"),
        ("韦家乐(大)", "韦家乐"),
        ("韦家乐（曾用名）", "韦家乐"),
        ("'韦家乐", "韦家乐"),
        ("韦家?", "韦家□"),
        ("韦家*", "韦家□"),
        ("韦家乐*", "韦家乐"),  # a mark beside a whole name
        ("*韦家乐", "韦家乐"),
        ("韦*乐", "韦□乐"),
        ("韦家乐。", "韦家乐"),
        ("“韦家乐”", "韦家乐"),
        ("《韦家乐》！", "韦家乐"),
        ("韦家\ue123", "韦家□"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("=韦家乐", "韦家乐"),
        ("⻙家乐", "韦家乐"),  # radicals of the CJK Radicals Supplement, out of a PDF document
        ("⻩⻢⻰", "黄马龙"),
        ("韦家⼄", "韦家乙"),  # a Kangxi radical
        ("韦\ufe00家\U000e0101乐", "韦家乐"),
        ("韦○一", "韦〇一"),
        ("韦○○", "韦□□"),
        ("ＷＥＩ　ｊｉａｌｅ", "WEI JIALE"),
        ("", None),
        ("　", None),
        ("---", None),
    ],
)
def test_name(typed: str, name: str | None) -> None:
    assert clean_name(typed) == name


@pytest.mark.parametrize(
    "written",
    [
        "韦家乐{}",
        "韦家乐（{}）",
        "韦家乐【{}】",
        "韦家乐：{}。",
        "韦家乐ID{}",
        "韦家乐 身份证号：{}",
        "{}韦家乐",
        "{}【韦家乐】",
        "（{}）韦家乐。",
    ],
)
def test_a_name_and_an_id_in_one_cell_are_two_fields(written: str) -> None:
    number = with_check_digit("45122820100315001")
    texts, none = pd.Series([written.format(number)], dtype="str"), pd.Series([None], dtype="str")
    for names, numbers in (split_joined(texts, none), split_joined(none, texts)):
        assert (clean_name(names[0]), numbers[0]) == ("韦家乐", number)


def test_a_hidden_character_of_a_name_stays_before_an_id() -> None:
    names, _ = split_joined(
        pd.Series(["韦家*" + with_check_digit("45122820100315001")], dtype="str"), pd.Series([None], dtype="str")
    )
    assert clean_name(names[0]) == "韦家□"


def test_variants_fold_but_two_real_surnames_do_not() -> None:
    assert fold_name("藍黃陸") == "蓝黄陆"
    assert fold_name("兰小花") != fold_name("蓝小花")


def test_sounds_that_local_speech_merges_are_one() -> None:
    for first, second in (
        ("兰", "蓝"),
        ("陈", "程"),
        ("张", "脏"),
        ("宁", "林"),
        ("华", "发"),
        ("覃小明", "秦小明"),
        ("覃小明", "QIN XIAOMING"),
    ):
        (left, right), _ = sound_keys([first, second])
        assert left == right, (first, second)
    (left, right), _ = sound_keys(["韦明", "韦强"])
    assert left != right


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("广西壮族自治区河池市都安瑶族自治县安阳镇安北社区某屯1号", ("安阳镇", "安北社区")),
        ("都安县地苏乡", ("地苏镇", None)),
        ("地苏", ("地苏镇", None)),
        ("451228102", ("地苏镇", None)),
        ("澄江乡红渡村", ("澄江镇", "红渡村")),
        ("南宁市青秀区", (None, None)),
        ("河池市大兴街5号", (None, None)),
        ("大兴丹江村", ("大兴镇", "丹江村")),
        ("⼤兴丹江村", ("大兴镇", "丹江村")),
        ("安阳安北社区", ("安阳镇", "安北社区")),
    ],
)
def test_place(text: str, place: tuple[str | None, str | None]) -> None:
    assert PLACES.split_address(text) == place


def test_a_number_that_a_spreadsheet_cut_is_no_key() -> None:
    assert parse_key("4.51228001234567E+17") is None
    assert parse_key(" 4512280001 ") == "4512280001"


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+8613812345678", "13812345678"),
        ("13812345678、13987654321", "13812345678"),
        ("0778-5212345", "07785212345"),
        ("1.38E+10", None),
    ],
)
def test_phone(text: str, phone: str | None) -> None:
    assert parse_phone(text) == phone


def test_county() -> None:
    assert PLACES.county_of("451228") == PLACES.county_of("451228100") == PLACES.county_of("广西都安瑶族自治县") == "451228"
    assert PLACES.county_of("450103") == "450103"
    assert PLACES.county_of("南宁市") is None


def test_cells() -> None:
    assert cell_text(20110101.0) == "20110101"
    assert cell_text(3.5) == "3.5"
    assert cell_text(451228201003150000.0) == "4.51228201003150E+17"  # typed: fifteen digits, then zeros
    assert cell_text(float(451228201003150016)) == "4.51228201003150E+17"  # written by a program: rounded to 64
    assert cell_text("  ") is None
    assert cell_text(date(2010, 1, 1)) == "2010-01-01"


def test_words_that_say_nothing_are_missing() -> None:
    assert [text_or_none(t) for t in ("无", " — ", "暂无", "/", "韦")] == [None, None, None, None, "韦"]
    assert parse_phone("13800000001.0") == "13800000001"
    assert parse_phone("无") is None
