"""Pairs that must link and pairs that must not, by name of the trap. A county of strangers stands around each pair."""

import pandas as pd
import pytest

from matching.ids import with_check_digit
from matching.link import PEOPLE, Linkage, link

BORN = "2010-03-15"
A = with_check_digit("45122820100315001")
B = with_check_digit("45122820100315003")  # a twin's
SIBLING = with_check_digit("45122820120601002")
HOME = {"township": "安阳镇", "village": "安北社区", "kin": "韦大山|黄二妹"}


def bad(number: str) -> str:
    """The number with its tenth digit one off."""
    return number[:9] + str((int(number[9]) + 1) % 10) + number[10:]


def person(source: str, name: str, number: str | None = A, born: str | None = BORN, **other: object) -> dict[str, object]:
    return {"source": source, "name": name, "id_number": number, "birthdate": born, **HOME, **other}


def strangers(count: int = 400) -> list[dict[str, object]]:
    """People of two registries, each in both, none like the pair under test."""
    surnames, given = "蓝黄蒙潘覃罗陆唐石莫", "一二三四五六七八九十"
    rows = []
    for i in range(count):
        day = pd.Timestamp("2005-01-01") + pd.Timedelta(days=7 * i)
        row = {
            "name": surnames[i % 10] + given[i // 10 % 10] + given[i // 100],
            "birthdate": f"{day:%Y-%m-%d}",
            "id_number": with_check_digit(f"451228{day:%Y%m%d}{i % 900:03d}"),
            "township": "高岭镇",
            "village": f"村{i % 20}",
            "kin": f"父{i}",
        }
        rows += [{"source": "police", **row}, {"source": "school", **row}]
    return rows


def linked(*rows: dict[str, object]) -> Linkage:
    people = pd.DataFrame([{**r, "record_id": f"r{i}"} for i, r in enumerate([*rows, *strangers()])]).reindex(
        columns=list(PEOPLE)
    )
    people["birthdate"] = pd.to_datetime(people["birthdate"])
    people["birth_implied"] = people["birth_implied"].eq(True).fillna(False)
    for field in PEOPLE:
        if field not in ("birthdate", "birth_implied"):
            people[field] = people[field].astype("str")
    return link(people)


def decision(result: Linkage, one: str = "r0", other: str = "r1") -> str:
    clusters = result.clusters.set_index("record_id")["cluster"]
    if clusters[one] == clusters[other]:
        return "match"
    pairs = result.links[["record_id_l", "record_id_r"]].apply(frozenset, axis=1) == frozenset((one, other))
    return "possible" if pairs.any() else "no"


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
    assert decision(linked(*NOT_MATCH[trap])) != "match"


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


def test_order_of_rows_does_not_matter() -> None:
    rows = [*MATCH["homophone"], *NOT_MATCH["twins"]]
    people = pd.DataFrame([{**r, "record_id": f"r{i}"} for i, r in enumerate(rows + strangers())]).reindex(columns=list(PEOPLE))
    people["birthdate"] = pd.to_datetime(people["birthdate"])
    people["birth_implied"] = False
    for field in set(PEOPLE) - {"birthdate", "birth_implied"}:
        people[field] = people[field].astype("str")
    one = link(people)
    other = link(people.sample(frac=1, random_state=3).reset_index(drop=True))
    pd.testing.assert_frame_equal(one.links, other.links)
    pd.testing.assert_frame_equal(one.clusters, other.clusters)


def test_nothing_comes_of_nothing() -> None:
    empty = pd.DataFrame({f: pd.Series([], dtype="str") for f in PEOPLE})
    empty["birthdate"] = pd.to_datetime(empty["birthdate"])
    empty["birth_implied"] = empty["birth_implied"].astype(bool)
    result = link(empty)
    assert len(result.links) == len(result.clusters) == 0
