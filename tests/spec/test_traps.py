"""Pairs that must link and pairs that must not, by name of the trap. A county of strangers stands around each pair."""

import numpy as np
import pandas as pd
import pytest

from matching import absences, link
from matching.bars import PairsToBar, barred
from matching.ids import with_check_digit
from matching.levels.record_levels import compare_records
from matching.records import encode_records
from tests.lib.linkable_people import SIBLING, A, B, decision, frame, linked, person, strangers


def bad(number: str) -> str:
    """The number with its tenth digit one off."""
    return number[:9] + str((int(number[9]) + 1) % 10) + number[10:]


MATCH = {
    "same in everything": [person("police", "韦家乐"), person("school", "韦家乐")],
    "homophone": [person("police", "韦家乐"), person("school", "韦佳乐")],
    "look-alike": [person("police", "韦家玲"), person("school", "韦家铃")],
    "traditional": [person("police", "蓝黄陆"), person("school", "藍黃陸")],
    "lost character": [person("police", "韦家乐"), person("school", "韦家□")],
    "former name": [person("police", "韦家乐", former_name="韦阿牛"), person("school", "韦阿牛")],
    "surname changed": [person("police", "韦家乐"), person("school", "黄家乐")],
    "one digit wrong": [person("police", "韦家乐"), person("school", "韦家乐", bad(A))],
    "two digits swapped": [person("police", "韦家乐"), person("school", "韦家乐", A[:15] + A[16] + A[15] + A[17])],
    "no ID": [person("police", "韦家乐"), person("school", "韦家乐", None)],
    "precision lost": [person("police", "韦家乐"), person("school", "韦家乐", None, id_known=A[:15])],
    "older ID in the student number": [person("police", "韦家乐"), person("school", "韦家乐", None, id_other=A)],
    "lunar birthdate": [person("police", "韦家乐"), person("school", "韦家乐", born="2010-01-30")],
    "day and month swapped": [person("police", "韦家乐", born="2010-03-05"), person("school", "韦家乐", born="2010-05-03")],
    "village unknown": [person("police", "韦家乐"), person("school", "韦家乐", village=None, township=None)],
    "typed with its sibling's ID, own name and birthdate, no kin to compare": [
        person("police", "韦家乐", A),
        person("school", "韦家乐", SIBLING, kin=None, village=None),
        person("police", "韦家欢", SIBLING, "2012-06-01"),
        person("school", "韦家欢", SIBLING, "2012-06-01"),
    ],
    "typed with its sibling's ID and a like-sounding name, own birthdate": [
        person("police", "韦家明", A),
        person("school", "韦家鸣", SIBLING, kin=None, village=None),
        person("police", "韦家欢", SIBLING, "2012-06-01"),
    ],
    "a sibling of a like-sounding name, who has a record of its own": [
        person("police", "黄启锋", A),
        person("school", "黄启峰", A),
        person("police", "黄启峰", SIBLING, "2012-06-01"),
        person("school", "黄启峰", SIBLING, "2012-06-01"),
        person("school", "黄启峰", SIBLING, "2012-06-01", village=None),
    ],
    "a name that is also that of a stranger's child, whose father is a namesake": [
        person("police", "韦承宁", A, kin="韦大山|黄二妹"),
        person("school", "韦承林", A, kin="韦大山"),
        person("police", "韦承林", SIBLING, "2012-06-01", kin="韦大山|陆三妹", village="桥头村"),
    ],
    "a student number of an older ID in the ID's place": [
        person("police", "韦家乐", A),
        person("school", "韦家乐", None, id_other=B),
    ],
    "another guardian, one year wrong, no ID": [
        person("police", "韦家乐", A),
        person("school", "韦家乐", None, "2011-03-15", kin="韦五"),
    ],
    "another guardian, a surname of the same sound, no ID": [
        person("police", "蓝玉凤", A, kin="蓝一"),
        person("school", "兰玉凤", None, kin="兰二"),
    ],
    "badly typed all over": [person("police", "韦家乐"), person("school", "韦佳乐", bad(A), kin="韦大山")],
}
NOT_MATCH = {
    "twins": [person("police", "韦家乐", A), person("school", "韦家欢", B)],
    "twins, one without ID": [person("police", "韦家乐", A), person("school", "韦家欢", None)],
    "twins with like names": [person("police", "韦家明", A), person("school", "韦家鸣", B)],
    "siblings": [person("police", "韦家乐", A), person("school", "韦家欢", SIBLING, "2012-06-01")],
    "a child typed with its sibling's ID": [person("police", "韦家乐", A), person("school", "韦家欢", A, "2012-06-01")],
    "a child typed with its twin's ID": [
        person("police", "韦家乐", A),
        person("school", "韦家欢", A),
        person("police", "韦家欢", B),
    ],
    "a child with its sibling's ID and birthdate": [
        person("police", "韦家乐", A),
        person("school", "韦家欢", A),
        person("police", "韦家欢", SIBLING, "2012-06-01"),
    ],
    "namesakes": [
        person("police", "韦家乐", A),
        person("school", "韦家乐", with_check_digit("45122820110808005"), "2011-08-08", kin="韦五|陆六", village="桥头村"),
    ],
    "namesakes born the same day": [
        person("police", "韦家乐", A),
        person("school", "韦家乐", B, kin="蓝一|陆二", township="高岭镇", village="龙洲村"),
    ],
    "siblings whose numbers were swapped": [
        person("police", "韦家乐", A),
        person("police", "韦家欢", SIBLING, "2012-06-01"),
        person("school", "韦家乐", SIBLING),
        person("school", "韦家欢", A, "2012-06-01"),
    ],
    "cousins of one name": [
        person("police", "韦家乐", A),
        person("school", "韦家乐", with_check_digit("45122820110808005"), "2011-08-08", kin="韦五|陆六"),
    ],
    "two valid numbers, name and birthdate alone in common": [
        person("police", "韦家乐", A, kin=None),
        person("school", "韦家乐", with_check_digit("45010320100315777"), kin=None, township=None, village=None),
    ],
    "twins of like-sounding names, each in one register": [person("police", "韦家乐", A), person("school", "韦佳乐", B)],
    "twins, the ID cut short": [person("police", "韦家乐", A), person("school", "韦家欢", None, id_known=B[:15])],
    "twins of wholly different names, the ID cut short": [
        person("police", "韦志强", A),
        person("school", "韦海涛", None, id_known=B[:15]),
    ],
    "twins of like-sounding names in one list": [
        person("school", "韦晓燕", None, kin="韦大山"),
        person("school", "韦晓艳", None, kin="韦大山"),
    ],
    "twins whose names look alike in one list": [person("school", "韦青", None), person("school", "韦清", None)],
    "twins not named yet, each with its ID": [person("police", "韦未取名", A), person("police", "韦未取名", B)],
    "twins not named yet, without ID": [person("police", "未取名", None), person("police", "未取名", None)],
    "children known as somebody's": [person("police", "韦大山之女", None), person("school", "韦大山之女", None)],
    "a child typed with its elder's ID, own birthdate": [
        person("police", "韦家乐", A),
        person("school", "韦家荣", A, "2012-06-11"),
    ],
    "a child typed with its elder's ID, own birthdate, like-sounding names": [
        person("police", "潘妮", A, kin="韦大山"),
        person("school", "潘丽", A, "2012-06-11", kin=None),
    ],
    "a child typed with its elder's ID, own birthdate, like-sounding names in one list": [
        person("school", "潘妮", A, kin="韦大山"),
        person("school", "潘丽", A, "2012-06-11", kin="韦大山"),
    ],
    "a child typed with its elder's ID, like-sounding names, its own record at hand": [
        person("police", "潘妮", A),
        person("school", "潘丽", A, birth_implied=True),
        person("police", "潘丽", SIBLING, "2012-06-01"),
    ],
    "a child typed with its elder's ID, its own record at hand": [
        person("police", "韦家乐", A),
        person("school", "韦家荣", A, birth_implied=True),
        person("police", "韦家荣", SIBLING, "2012-06-01"),
        person("school", "韦家乐", A),
    ],
    "a girl typed with her brother's ID": [
        person("police", "蓝文乐", A, sex="男"),
        person("aid", "蓝文蘭", A, sex="女", birth_implied=True, village=None, township=None),
    ],
    "namesakes born the same day, one ID invalid, nothing else known": [
        person("school", "韦文薇", "451228200103150143", kin=None, township=None, village=None),
        person("aid", "韦文薇", with_check_digit("45122820100315364"), kin=None, township=None, village=None),
    ],
    "cousins of one name under one grandfather, 1 January for both": [
        person("police", "韦家乐", A, "2010-01-01", kin="韦大山"),
        person("school", "韦家乐", with_check_digit("45122820101120007"), "2010-01-01", kin="韦大山"),
    ],
    "cousins of one name under one grandfather, 1 January for both, IDs cut short": [
        person("police", "韦家乐", None, "2010-01-01", kin="韦大山", id_known=A[:15]),
        person("school", "韦家乐", None, "2010-01-01", kin="韦大山", id_known="451228201011200"),
    ],
    "two valid numbers, a boy and a girl": [
        person("police", "韦家乐", A, sex="男"),
        person("school", "韦家乐", with_check_digit("45122820100315777"), sex="女"),
    ],
    "two of one list under one ID": [person("school", "韦家乐", A), person("school", "韦家荣", A)],
    "namesakes born the same day in one village, of other parents": [
        person("police", "韦家乐", A),
        person("school", "韦家乐", B, kin="韦五|陆六"),
    ],
    "namesakes born the same day in one village, parents unknown": [
        person("police", "韦家乐", A, kin=None),
        person("school", "韦家乐", with_check_digit("45122820100315777"), kin=None),
    ],
    "namesakes born the same day in two townships, one without ID": [
        person("police", "韦志华", A, kin="韦国甲", village="板坡村", township="高岭镇"),
        person("school", "韦志华", None, kin="覃美乙"),
    ],
    "namesakes of other guardians, neither ID nor birthdate": [
        person("police", "韦志华", A, kin="韦国甲"),
        person("school", "韦志华", None, None, kin="覃美乙", village="桥头村"),
    ],
    "nothing but a rare name and the village": [
        person("police", "韦鑫淼", A, kin=None),
        person("school", "韦鑫淼", None, None, kin=None),
    ],
    "a child typed with its sibling's ID, no birthdate in the list": [
        person("police", "莫春花", A),
        person("school", "莫春梅", A, birth_implied=True, kin=None),
    ],
    "two children born the same day, of one's ID fifteen digits survived": [
        person("police", "韦志华", A, kin="韦国甲"),
        person("school", "韦志华", None, None, kin="覃美乙", id_known=A[:14] + "9"),
    ],
    "namesakes born the same day in one village, of one's ID fifteen digits survived and contradict": [
        person("police", "韦家乐", A, kin="韦大山|黄二妹"),
        person("school", "韦家乐", None, kin="韦五", id_known=A[:14] + "9", birth_implied=True),
    ],
    "the same in one list": [
        person("school", "韦家乐", A, kin="韦大山"),
        person("school", "韦家乐", None, kin="韦五", id_known=A[:14] + "9", birth_implied=True),
    ],
    "another child's ID slipped into the row, and its birthdate with it": [
        person("police", "韦家乐", A, sex="女"),
        person("school", "潘小花", A, sex="女", kin="潘一", village="桥头村"),
    ],
    "strangers": [
        person("police", "韦家乐", A),
        person("school", "潘小花", SIBLING, "2012-06-01", kin="潘一", township="高岭镇", village="龙洲村"),
    ],
}


@pytest.mark.parametrize("trap", MATCH)
def test_links(trap: str) -> None:
    assert decision(linked(*MATCH[trap])) == "match"


@pytest.mark.parametrize("trap", NOT_MATCH)
def test_does_not_link(trap: str) -> None:
    result = linked(*NOT_MATCH[trap])
    other = "r3" if trap == "siblings whose numbers were swapped" else "r1"
    assert decision(result, "r0", other) != "match"


def test_children_who_stand_in_every_register_are_linked() -> None:
    """No budget may pass them over: a block as large as there are registers, or twice that, is a person's."""
    registers = ("police", "school", "poverty", "disability", "aid", "vocational")
    rows = [{**row, "source": register} for row in strangers()[::2] for register in (*registers, "aid")]
    result = link(frame(rows))
    assert result.clusters["cluster"].nunique() == len(rows) / 7
    assert "id" not in result.left_out


def test_the_right_twin_gets_the_record_and_the_other_none() -> None:
    """The worst trap: only one twin is at school, and its record is damaged."""
    result = linked(person("police", "韦家乐", A), person("police", "韦家欢", B), person("school", "韦家欢", bad(B)))
    assert decision(result, "r1", "r2") == "match"
    assert decision(result, "r0", "r2") != "match"


def test_two_candidates_of_like_weight_leave_both_to_a_person() -> None:
    """A record that fits two namesakes equally well hides neither."""
    far = {"kin": None, "township": None, "village": None}
    elsewhere = {"kin": "蓝一|陆二", "township": "高岭镇", "village": "龙洲村"}
    result = linked(
        person("police", "韦家乐", A), person("police", "韦家乐", B, **elsewhere), person("school", "韦家乐", None, **far)
    )
    assert {decision(result, "r0", "r2"), decision(result, "r1", "r2")} == {"possible"}


def test_a_record_entered_twice_is_kept_together() -> None:
    result = linked(person("police", "韦家乐"), person("school", "韦家乐"), person("school", "韦家乐", bad(A)))
    assert decision(result, "r1", "r2") == "match"
    assert decision(result, "r0", "r1") == "match"


def test_one_school_record_serves_one_child() -> None:
    result = linked(
        person("police", "韦家乐", A), person("police", "韦家乐", SIBLING, "2012-06-01"), person("school", "韦家乐", A)
    )
    clusters = result.clusters.set_index("record_id")["cluster"]
    assert clusters["r0"] == clusters["r2"] != clusters["r1"]


def test_a_second_registration_of_one_child_is_found() -> None:
    """Same name, birthdate, parents and village under a second valid number: one person, and a finding."""
    result = linked(
        person("police", "韦家乐", A, sex="男"), person("police", "韦家乐", B, sex="男"), person("school", "韦家乐", A)
    )
    assert decision(result, "r0", "r1") != "no"
    assert decision(result, "r0", "r2") == "match"


def test_a_repeat_without_id_brings_no_two_children_together() -> None:
    """In one list: two namesakes of one village, and a row of that name without ID and birthdate."""
    result = linked(
        person("school", "韦家乐", A),
        person("school", "韦家乐", SIBLING, "2012-06-01"),
        person("school", "韦家乐", None, None),
    )
    clusters = result.clusters.set_index("record_id")["cluster"]
    assert clusters["r0"] != clusters["r1"]


def test_what_forbids_a_link_is_told() -> None:
    result = linked(*NOT_MATCH["a child typed with its elder's ID, own birthdate, like-sounding names"])
    told = result.links[result.links["decision"] == "possible"]["evidence_text"]
    assert told.str.endswith("可能误录了兄弟姐妹的证号").any()


def test_twins_in_a_list_whose_names_are_all_the_same() -> None:
    rows = [{**row, "name": "张伟"} for row in strangers(60)]
    twins = [person("police", "张伟", A), person("school", "张伟", B)]
    assert decision(link(frame([*twins, *rows]))) != "match"


@pytest.mark.parametrize("size", [100, 2000])
def test_long_lists_of_names_alone_confirm_nothing(size: int) -> None:
    bare = {"number": None, "born": None, "kin": None, "township": None, "village": None}
    names = [
        s + g + h
        for s in "韦蓝黄蒙潘覃罗陆"
        for g in "家佳嘉欣馨艺怡天文"
        for h in "宇雨语浩豪文雯一二三四五六七八九十百千万山水火土金木"
    ]
    assert not (link(frame([person(s, name, **bare) for s in "ab" for name in names[:size]])).links["decision"] == "match").any()


def test_lists_of_names_alone_leave_rare_names_to_a_person() -> None:
    bare = {"number": None, "born": None, "kin": None, "township": None, "village": None}
    names = [s + g + h for s in "韦蓝黄蒙潘" for g in "家佳嘉欣馨艺怡" for h in "宇雨语浩豪文雯"]
    rows = [person("a", name, **bare) for name in names[:170]] + [person("b", name, **bare) for name in names[75:]]
    result = link(frame(rows))
    assert set(result.links["decision"]) == {"possible"}
    assert len(result.links) > 70  # the others have homophones
    assert result.recall.estimate is None


@pytest.mark.parametrize("ratio", [0, -1, float("inf"), float("nan")])
def test_a_cost_ratio_must_be_a_positive_number(ratio: float) -> None:
    with pytest.raises(ValueError, match="cost_ratio"):
        link(frame([person("police", "韦家乐")]), cost_ratio=ratio)


def test_records_must_be_told_apart() -> None:
    people = frame([person("police", "韦家乐"), person("school", "韦家乐")])
    for broken in (
        people.assign(record_id="r0"),
        people.assign(source=None),
        pd.concat([people.assign(record_id=f"{i}", source=f"s{i}") for i in range(65)]),
    ):
        with pytest.raises(ValueError):
            link(broken)


@pytest.mark.parametrize("lists", [("police", "school"), ("police", "school", "poverty")])
def test_a_third_record_brings_no_two_contradictions_together(lists: tuple[str, ...]) -> None:
    """A pupil without ID fits two namesakes born the same day in two registers: with at most one of them, and with none where it fits both
    as well."""
    copies = [{**row, "source": source} for row in strangers() if row["source"] == "police" for source in lists]
    result = link(
        frame(
            [
                person("police", "韦家乐", A, kin=None),
                person("poverty", "韦家乐", with_check_digit("45010320100315777"), kin=None),
                person("school", "韦家乐", None, kin=None),
                *copies,
            ]
        )
    )
    clusters = result.clusters.set_index("record_id")["cluster"]
    assert clusters["r0"] != clusters["r1"]
    if "poverty" in lists:
        assert len({clusters["r0"], clusters["r1"], clusters["r2"]}) == 3
        asked = result.links[result.links["record_id_r"] == "r2"]
        assert asked["decision"].tolist() == ["possible"] * 2 and asked["probability"].tolist() == pytest.approx(
            [0.5, 0.5], abs=0.01
        )


def test_absence_names_the_nearest_and_why_it_was_refused() -> None:
    result = linked(
        person("police", "韦家乐", A),
        person("police", "韦家欢", SIBLING, "2012-06-01"),
        person("school", "韦家欢", SIBLING, "2012-06-01"),
    )
    found = absences(result, ["r0", "r1"], "school")
    assert set(found.missed["record_id"]) == {"r0"}  # r1 has its counterpart
    assert found.missed["probability"].item() < 0.01
    nearest = found.nearest[found.nearest["rank"] == 1].iloc[0]
    assert (nearest["record_id"], nearest["candidate_id"], nearest["refused"]) == ("r0", "r2", "birth")
    assert nearest["evidence_text"].startswith("姓名差一字：韦家乐/韦家欢")


@pytest.mark.parametrize(("born", "barred_pair"), [("2010-03-15", False), ("2010-04-20", True), ("2013-08-21", True)])
def test_two_ids_of_one_household_are_left_to_a_person_where_the_birthdates_differ_however_near(
    born: str, barred_pair: bool
) -> None:
    """Children under one guardian may be cousins, born a month apart."""
    people = encode_records(frame([person("police", "韦家乐", A, "2010-03-15"), person("school", "韦家乐", SIBLING, born)]))
    codes = compare_records(people.compared.slice(0, 1), people.compared.slice(1, 1))
    yes, no = np.ones(1, dtype=bool), np.zeros(1, dtype=bool)
    assert bool(barred(PairsToBar(codes, yes, no, no, no, no, no))[0]) == barred_pair


@pytest.mark.parametrize(("later", "decided"), [(2, "possible"), (120, "match")])
def test_two_ids_given_one_after_the_other_are_those_of_twins(later: int, decided: str) -> None:
    """One twin was typed with the other's name. A second registration of one child has a number of another day."""
    other = with_check_digit(f"{A[:14]}{int(A[14:17]) + later:03d}")
    result = linked(person("police", "韦家乐", A), person("police", "韦家乐", other), person("school", "韦家乐", A))
    assert decision(result) == decided
