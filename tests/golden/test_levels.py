"""Golden pairs: one and more for each level of agreement of each field. All persons are made up (虚构)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from borax.calendars.lunardate import LunarDate

from matching import names
from matching.ids import parse_ids, with_check_digit
from matching.levels.birth_levels import BIRTH_LEVELS, _lunar, compare_births
from matching.levels.id_levels import ID_LEVELS, compare_ids, compare_remains
from matching.levels.latin_levels import GIVEN_LEVELS, MIDDLE_LEVELS, SURNAME_LEVELS, compare_latin
from matching.levels.name_levels import NAME_LEVELS, compare_names
from matching.levels.record_levels import COMPARED_FIELDS, compare_records
from matching.name_text import clean_name
from matching.names import sound_keys
from tests.lib.linkable_people import A, person, ready

NAMES = [
    ("韦家乐", "韦家乐", "exact"),
    ("藍黃陸", "蓝黄陆", "variant"),
    ("峯", "峰", "variant"),
    ("阿卜杜拉·买买提", "阿卜杜拉买买提", "variant"),
    ("韦家乐", "韦佳乐", "sound"),
    ("蓝家乐", "兰家乐", "sound"),  # two surnames, and variants of one another: never folded, always alike
    ("覃小明", "谭小明", "sound"),  # 覃 is read Qin here …
    ("覃小明", "秦小明", "sound"),  # … and Tan elsewhere
    ("宁小花", "林小花", "sound"),  # n/l, -n/-ng
    ("张子", "脏子", "sound"),  # zh/z
    ("陈诗", "岑司", "sound"),  # ch/c, sh/s
    ("黄华", "黄发", "sound"),  # h/f
    ("王天宇", "王夫宇", "alike"),
    ("韦家□", "韦家乐", "lost"),
    ("韦火日明", "韦炅明", "lost"),  # the parts in place of the whole
    ("唐永涛", "唐勇□", "mixed"),
    ("韦家乐", "韦乐家", "swapped"),
    ("黄家乐", "韦家乐", "surname_changed"),
    ("潘乐", "黄乐", "surname_changed"),
    ("韦家乐", "韦乐", "dropped"),
    ("韦家乐", "韦家欢", "one_character"),
    ("韦乐", "韦欢", "different"),
    ("韦家乐", "潘小花", "different"),
    ("JOHN SMITH", "SMITH JOHN", "swapped"),
    ("JOHN SMITH", "JOHN SMYTH", "alike"),
    ("JOHN SMITH", "JOHN BROWN", "surname_changed"),
    ("JOHN SMITH", "MARY SMITH", "part"),
    ("JOHN SMITH", "MARY BROWN", "different"),
    ("WEI JIALE", "韦家乐", "sound"),
]


@pytest.mark.parametrize(("one", "other", "level"), NAMES)
def test_name_level(one: str, other: str, level: str) -> None:
    assert NAME_LEVELS[compare_names([one], [other])[0]] == level
    assert NAME_LEVELS[compare_names([other], [one])[0]] == level


LATIN = [  # two names; levels of given name, surname, middle names
    ("ANNA KOFRON", "ANNA KOFRON", "same", "same", "missing"),
    ("KOFRON ANNA", "ANNA KOFRON", "turned", "missing", "missing"),
    ("MARTHA CARTER", "MABTHA CARTEB", "alike", "alike", "missing"),
    ("DANIEL P KOFRON", "DAN P KOFRON", "short", "same", "same"),
    ("JOHN PAUL SMITH", "PAUL SMITH", "short", "same", "missing"),
    ("D PETER KOFRON", "DANIEL P KOFRON", "short", "same", "initial"),
    ("DANIEL P KOFRON", "DANIEL A KOFRON", "same", "same", "different"),
    ("ANGEL MEDEROS-FIGUEROA", "ANGEL FIGUEROA", "same", "part", "missing"),
    ("ELEANOR ROBINSON", "ELENA ROBINS", "near", "alike", "missing"),
    ("LAURA MORRISON", "LAURA MOORIS", "same", "near", "missing"),
    ("MARY SMITH", "JOHN BROWN", "different", "different", "missing"),
    ("GRIFFITH", "DYLAN GRIFFITH", "missing", "same", "missing"),  # one word: the surname, unless it is the other's given name
    ("DYLAN", "DYLAN GRIFFITH", "same", "missing", "missing"),
    ("CAMERON J", "CAMERON J MCGREW", "same", "missing", "same"),
    ("GRIFFITH", "GRIFFITHS", "missing", "missing", "missing"),  # nobody knows what these words are
]


@pytest.mark.parametrize(("one", "other", "given", "surname", "middle"), LATIN)
def test_levels_of_the_parts_of_names_in_letters(one: str, other: str, given: str, surname: str, middle: str) -> None:
    for left, right in ((one, other), (other, one)):
        levels = [int(codes[0]) for codes in compare_latin([left], [right])]
        assert (GIVEN_LEVELS[levels[0]], SURNAME_LEVELS[levels[1]], MIDDLE_LEVELS[levels[2]]) == (given, surname, middle)


def test_every_level_of_a_part_has_a_golden_pair() -> None:
    for place, levels in ((2, GIVEN_LEVELS), (3, SURNAME_LEVELS), (4, MIDDLE_LEVELS)):
        assert {row[place] for row in LATIN} == set(levels)


def test_every_name_level_has_a_golden_pair() -> None:
    elsewhere = {"missing", "former", "surname_of_kin"}  # need more than two names: below
    assert {level for *_, level in NAMES} | elsewhere == set(NAME_LEVELS)


def test_look_alikes_whatever_ends_the_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git for Windows checks files out with other ends of lines."""
    (tmp_path / "lookalikes.tsv").write_bytes("# 说明\r\n天\t夫\r\n玲\t铃\r\n".encode())
    monkeypatch.setattr(names, "_TABLES", tmp_path)
    assert len(names._lookalikes.__wrapped__()) == 4


def test_lunar_days_are_the_calendars() -> None:
    days = np.arange(np.datetime64("2004-01-01"), np.datetime64("2020-12-31"))
    solar = (LunarDate.from_solar_date(d.year, d.month, d.day) for d in days.astype(object))
    assert _lunar(days).tolist() == [d.year * 10_000 + d.month * 100 + d.day for d in solar]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("韦(火日)明", "韦□明"),
        ("王(火日)", "王□"),
        ("韦家乐(大)", "韦家乐"),
        ("韦jing明", "韦□明"),
        ("韦（ｊｉｎｇ）明", "韦□明"),
        ("韦⿰火日明", "韦□明"),
        ("韦⿱⿰火日⿲亻丨攵", "韦□"),
        ("韦家⿰火", "韦家□"),  # cut
        ("韦\ue863明", "韦□明"),
        ("韦*明", "韦□明"),
        ("韦　明", "韦明"),
        (" John  Smith ", "JOHN SMITH"),
    ],
)
def test_what_stands_for_a_lost_character(typed: str, name: str) -> None:
    assert clean_name(typed) == name


def test_sound_keys_hold_both_readings_of_a_surname() -> None:
    first, second = sound_keys(["覃明", "秦明", "谭明", "韦明"])
    assert first[0] == first[1] and second[0] == first[2] and first[3] == second[3]
    assert len({*first.tolist()}) == 3


ID = A  # valid
OTHER = with_check_digit("45122820120601002")
IDS = [
    (ID, ID, "exact"),
    (ID, ID[:9] + str((int(ID[9]) + 1) % 10) + ID[10:], "one_digit"),
    (ID, ID[:15] + ID[16] + ID[15] + ID[17], "swapped"),
    (ID, ID[:9] + str((int(ID[9]) + 1) % 10) + ID[10] + str((int(ID[11]) + 1) % 10) + ID[12:], "near"),
    (ID, with_check_digit(ID[:14] + "777"), "same_birth_part"),
    (ID, ID[:14] + "998" + ("0" if with_check_digit(ID[:14] + "998")[-1] != "0" else "1"), "sequence_damaged"),
    (ID, OTHER, "different"),
    (ID, OTHER[:17] + ("0" if OTHER[17] != "0" else "1"), "different_invalid"),
    ("5304218", "5304218", "exact"),
    ("5304218", "5304281", "swapped"),
    ("5304218", "5304219", "one_digit"),
    ("5304218", "5304338", "near"),
    ("5304218", "9977001", "different_invalid"),
]


@pytest.mark.parametrize(("one", "other", "level"), IDS)
def test_id_level(one: str, other: str, level: str) -> None:
    assert ID_LEVELS[compare_ids([one], [other])[0]] == level
    assert ID_LEVELS[compare_ids([other], [one])[0]] == level


def test_two_valid_numbers_one_digit_apart_are_two_persons() -> None:
    """The check digit catches every single slip: this pair needs two, and is twins more often."""
    twins = [with_check_digit(ID[:14] + n) for n in ("001", "003")]
    assert ID_LEVELS[compare_ids(twins[:1], twins[1:])[0]] == "same_birth_part"


def test_a_number_that_a_program_stored_as_a_double() -> None:
    whole = with_check_digit("45122820101231121")
    rounded = str(int(float(int(whole))))
    assert rounded != whole and int(rounded) % 64 == 0
    assert ID_LEVELS[compare_ids([whole], [rounded])[0]] == "lost_digits"


@pytest.mark.parametrize("typed", [ID[:15] + "000", ID[:15] + "00000", ID[:17], f"{float(int(ID[:17] + '0')):.14E}"])
def test_digits_lost_to_a_number_cell_or_a_cut(typed: str) -> None:
    parsed = parse_ids(pd.Series([typed])).iloc[0]
    assert pd.isna(parsed["number"]) and len(parsed["known"]) >= 14
    assert ID_LEVELS[compare_remains([parsed["known"]], [ID])[0]] == "lost_digits"
    assert ID_LEVELS[compare_remains([parsed["known"]], [OTHER])[0]] == "different"
    twins = with_check_digit(ID[:14] + "9" + ID[15:17])
    assert ID_LEVELS[compare_remains([parsed["known"]], [twins])[0]] == "sequence_damaged"


MASKED = [  # two numbers of which digits are hidden, and the level
    (ID[:6] + "********" + ID[14:], ID, "masked_agrees"),
    (ID[:10] + "****" + ID[14:], ID, "masked_agrees"),
    (ID[:14], ID, "same_birth_part"),
    ("**************" + ID[14:], ID, "masked_agrees"),
    (ID[:6] + "********" + ID[14:], ID[:10] + "****" + ID[14:], "masked_agrees"),
    (ID[:6] + "********" + ID[14:], ID[:14], "missing"),  # nothing but the division in common
    ("****************" + ID[16:], ID, "missing"),  # two digits are anybody's
    (ID[:6] + "********" + ID[14:], ID[:14] + "9" + ID[15:], "different_invalid"),
    (ID[:6] + "********" + ID[14:], OTHER, "different"),
    (ID[:10] + "****" + ID[14:], "451228199903150016", "different"),
    (ID[:14], OTHER, "different"),
]


@pytest.mark.parametrize(("known", "number", "level"), MASKED)
def test_masked_numbers_are_compared_by_what_is_visible(known: str, number: str, level: str) -> None:
    assert ID_LEVELS[compare_remains([known], [number])[0]] == level
    assert ID_LEVELS[compare_remains([number], [known])[0]] == level


@pytest.mark.parametrize("typed", ["4.51228E+17", "451228000000000000", "45122800000000000000"])
def test_only_the_division_left_says_nothing(typed: str) -> None:
    parsed = parse_ids(pd.Series([typed])).iloc[0]
    assert pd.isna(parsed["number"])
    assert ID_LEVELS[compare_remains([str(parsed["known"])], [ID])[0]] == "missing"


@pytest.mark.parametrize(("typed", "carried"), [(ID + "41", ID), (ID + "41B1", ID), ("G" + ID, ID)])
def test_an_id_inside_another_number(typed: str, carried: str) -> None:
    assert parse_ids(pd.Series([typed])).iloc[0]["number"] == carried


BIRTHS = [
    ("2010-03-15", "2010-03-15", "exact"),
    ("2010-03-15", "2010-01-30", "lunar"),
    ("2010-03-05", "2010-05-03", "swapped"),
    ("2010-03-15", "2010-01-01", "first_of_year"),
    ("2010-03-15", "2008-03-15", "year_off"),
    ("2010-03-15", "2010-03-16", "one_digit"),
    ("2010-03-15", "2010-07-15", "one_digit"),
    ("2010-03-15", "2010-04-02", "near"),  # too few days for two children of one mother
    ("2010-03-15", "2010-10-01", "near"),
    ("2010-03-15", "2010-10-02", "different"),
    ("2010-03-15", "2013-08-21", "different"),
    ("2010-03-15", None, "missing"),
]


@pytest.mark.parametrize(("one", "other", "level"), BIRTHS)
def test_birth_level(one: str, other: str | None, level: str) -> None:
    days = [np.array([day or "NaT"], dtype="datetime64[D]") for day in (one, other)]
    assert BIRTH_LEVELS[compare_births(*days)[0]] == BIRTH_LEVELS[compare_births(*days[::-1])[0]] == level


# What takes whole records: two of them, and the level of one field.
RECORDS: list[tuple[dict[str, object], dict[str, object], str, str]] = [
    ({"former_name": "韦阿牛"}, {"name": "韦阿牛"}, "name", "former"),
    ({"kin": "韦大山|黄二妹"}, {"name": "黄家乐"}, "name", "surname_of_kin"),
    ({"name": None}, {}, "name", "missing"),
    ({"id_number": None}, {}, "id", "missing"),
    ({"id_number": None, "id_other": ID}, {}, "id", "other_exact"),
    ({"id_number": OTHER, "id_other": ID}, {}, "id", "other_exact"),  # an older number is no contradiction
    ({"id_number": None, "id_known": ID[:15]}, {}, "id", "lost_digits"),
    ({"id_number": None, "id_known": ID[:6] + "********" + ID[14:]}, {}, "id", "masked_agrees"),
    ({"id_number": None, "id_known": ID[:6] + "********" + OTHER[14:]}, {}, "id", "different"),
    ({"id_number": with_check_digit("45122819800101001")}, {}, "id", "missing"),  # a grown-up's, typed in the child's place
    ({"birth_implied": True}, {}, "birth", "implied"),
    ({"kin": "韦大山|黄二妹"}, {"kin": "黄二妹|韦大山"}, "kin", "several"),
    ({"kin": "韦大山|黄二妹"}, {"kin": "韦大山|陆一"}, "kin", "one_of_several"),
    ({"kin": "韦大山|黄二妹"}, {"kin": "陆一|陆二"}, "kin", "none_of_several"),
    ({"kin": "韦大山"}, {"kin": "韦大山|黄二妹"}, "kin", "same"),
    ({"kin": None, "phone": "13977812345"}, {"kin": None, "phone": "13977812345"}, "kin", "same"),
    ({"kin": "韦大山"}, {"kin": "韦达山"}, "kin", "alike"),
    ({"kin": "韦大山"}, {"kin": "陆一"}, "kin", "different"),
    ({"kin": None}, {}, "kin", "missing"),
    ({}, {}, "place", "village"),
    ({"village": None}, {}, "place", "township"),
    ({"village": "桥头村"}, {}, "place", "other_village"),
    ({"township": None}, {"township": None}, "place", "village"),  # lists that name villages alone
    ({"township": None, "village": "桥头村"}, {"township": None}, "place", "different"),
    ({"township": None}, {}, "place", "village"),  # one list names townships, the other none
    ({"township": None, "village": "桥头村"}, {}, "place", "different"),
    ({"township": None, "village": None}, {}, "place", "missing"),
    ({"township": "BANKSIA", "village": None}, {"township": "BANSIA", "village": None}, "place", "township"),
    ({"township": "安阳镇", "village": None}, {"township": "永安镇", "village": None}, "place", "other_township"),
    ({"township": "高岭镇", "village": "龙洲村"}, {}, "place", "different"),
    ({"township": "高岭镇", "village": None}, {}, "place", "other_township"),
    ({"township": None, "village": None}, {}, "place", "missing"),
    ({"hamlet": "弄劳"}, {"hamlet": "弄劳"}, "hamlet", "same"),
    ({"hamlet": "弄劳"}, {"hamlet": "弄老"}, "hamlet", "alike"),
    ({"hamlet": "弄劳"}, {"hamlet": "古朝"}, "hamlet", "different"),
    ({"hamlet": "3组"}, {"hamlet": "4组"}, "hamlet", "different"),
    ({"hamlet": "3组"}, {"hamlet": "弄劳"}, "hamlet", "missing"),  # a group and a natural village may be one
    ({"hamlet": "弄劳"}, {"hamlet": "弄劳", "village": "桥头村"}, "hamlet", "missing"),
    (
        {"hamlet": "弄劳", "address": "弄劳屯"},
        {"hamlet": "弄劳", "address": "弄劳屯"},
        "hamlet",
        "missing",
    ),  # the address says it
    ({"address": "8 STANLEY STREET MIAMI"}, {"address": "8 STANLEY STREET MIAMI"}, "address", "same"),
    ({"address": "8 STANLEY STREET MIAMI"}, {"address": "8 STANLY STREET MIAMI"}, "address", "close"),
    ({"address": "8 STANLEY STREET MIAMI"}, {"address": "12 STANLEY STREET BEGA"}, "address", "part"),
    ({"address": "8 STANLEY STREET MIAMI"}, {"address": "KIRRA 5"}, "address", "different"),
    ({}, {}, "address", "missing"),
    ({"sex": "男"}, {"sex": "男"}, "sex", "same"),
    ({"sex": "男"}, {"sex": "女"}, "sex", "different"),
    ({}, {"sex": "女"}, "sex", "missing"),
]


@pytest.mark.parametrize(("one", "other", "field", "level"), RECORDS)
def test_record_level(one: dict[str, object], other: dict[str, object], field: str, level: str) -> None:
    people = ready([{**person("a", "韦家乐"), **one}, {**person("b", "韦家乐"), **other}])
    left, right = people.compared.slice(0, 1), people.compared.slice(1, 1)
    assert COMPARED_FIELDS[field][compare_records(left, right)[field][0]] == level
    assert COMPARED_FIELDS[field][compare_records(right, left)[field][0]] == level


@pytest.mark.parametrize(
    ("name", "village", "level"),
    [("韦家乐", "安北社区", "of_sibling"), ("韦家欢", "安北社区", "of_sibling"), ("韦家乐", "桥头村", "different")],
)
def test_the_id_of_another_child_of_the_household(name: str, village: str, level: str) -> None:
    """The record bears the ID of the sibling who stands beside the child in the other register."""
    child, sibling = person("a", "韦家乐"), person("a", "韦家荣", OTHER, "2012-06-01", village=village)
    people = ready([child, sibling, person("b", name, OTHER)])
    row = {record: people.compared.slice(people.record_id.to_pylist().index(record), 1) for record in ("r0", "r2")}
    assert COMPARED_FIELDS["id"][compare_records(row["r0"], row["r2"])["id"][0]] == level
    assert COMPARED_FIELDS["id"][compare_records(row["r2"], row["r0"])["id"][0]] == level


def test_every_level_of_a_record_has_a_golden_pair() -> None:
    tested = {(field, level) for *_, field, level in RECORDS}
    for field in ("kin", "place", "hamlet", "address", "sex"):
        assert {level for f, level in tested if f == field} == set(COMPARED_FIELDS[field])
