"""Groups of rows: who stands with whom, and which number a group keeps. No person is in these tests: rows are letters."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from matching import Linkage
from pipelines.lists.aligned import Aligned, aligned
from pipelines.lists.earlier_groups import EarlierGroups
from pipelines.lists.group_numbers import GroupNumbers, kept_numbers
from pipelines.lists.list_columns import PeopleList
from pipelines.lists.list_options import LinkRefused
from pipelines.lists.row_groups import MOST_POSSIBLE, Groups, found_groups


def found(rows: str, persons: str, *possible: tuple[str, str, float]) -> Groups:
    """The groups of ``rows``, of which ``persons`` ('ab cd') are confirmed to be one person each."""
    links = [(p[0], other, 0.999, "match") for p in persons.split() for other in p[1:]]
    links += [(left, right, probability, "possible") for left, right, probability in possible]
    table = pd.DataFrame(links, columns=["record_id_l", "record_id_r", "probability", "decision"])
    table = table.assign(weight=0.0, evidence=table["record_id_l"] + table["record_id_r"], evidence_text="")
    cluster = {row: place for place, row in enumerate(rows)} | {row: 100 + rows.index(p[0]) for p in persons.split() for row in p}
    clusters = pd.DataFrame({"record_id": list(cluster), "cluster": list(cluster.values())})
    others: dict[str, Any] = dict.fromkeys(("model", "candidates", "left_out", "recall", "people"))
    return found_groups(Linkage(links=table, clusters=clusters, **others), pd.Series(list(rows)))


def shown(groups: Groups, rows: str) -> list[str]:
    """Per group its rows; a possible one in brackets, with the other groups that it may belong to."""
    out = [""] * groups.count
    for row in groups.rows.itertuples():
        also = "".join(map(str, row.also))
        out[row.group] += (rows[row.at] if row.decision == "match" else f"({rows[row.at]})") + also
    return out


@pytest.mark.parametrize(
    ("persons", "possible", "expected"),
    [
        ("ab", [], ["ab"]),
        ("bd ac", [], ["ac", "bd"]),
        ("", [("a", "c", 0.5)], ["(a)(c)"]),
        ("ab", [("b", "c", 0.5)], ["ab(c)"]),
        ("ab cd", [("b", "c", 0.5)], ["ab1", "c0d"]),
        ("ab cd", [("b", "e", 0.5), ("d", "e", 0.6)], ["ab1", "cd(e)0"]),
        ("ab", [("c", "d", 0.9), ("b", "c", 0.5)], ["ab(c)(d)"]),
        ("", [("a", "b", 0.5), ("c", "d", 0.5), ("b", "c", 0.5)], ["(a)(b)(c)(d)"]),
        ("", [("c", "d", 0.5), ("b", "c", 0.5), ("a", "b", 0.5)], ["(a)(b)(c)(d)"]),
    ],
)
def test_a_group_has_one_confirmed_person_at_most(
    persons: str, possible: list[tuple[str, str, float]], expected: list[str]
) -> None:
    assert shown(found("abcde", persons, *possible), "abcde") == expected


def test_no_group_where_nothing_was_found() -> None:
    groups = found("abc", "")
    assert groups.count == len(groups.rows) == 0


def test_a_row_s_evidence_is_its_surest_inside_the_group() -> None:
    """A confirmed row's is of another confirmed one, however sure a possible one is."""
    rows = found("abcd", "ab", ("b", "c", 0.9999), ("a", "c", 0.3), ("a", "d", 0.4)).rows
    assert dict(zip(rows["at"], rows["linked"], strict=True)) == {0: 1, 1: 0, 2: 1, 3: 0}
    assert list(rows["evidence"]) == ["ab", "ab", "bc", "ad"]
    assert list(rows["probability"]) == [0.999, 0.999, 0.9999, 0.4]


def test_namesakes_make_no_endless_group() -> None:
    """Two crowds that one doubtful link joins stay two; a single row joins a crowd of any size."""
    size = MOST_POSSIBLE - 5
    rows = "".join(chr(0x4E00 + i) for i in range(2 * size + 1))
    crowds = [(crowd[0], other, 0.6) for crowd in (rows[:size], rows[size : 2 * size]) for other in crowd[1:]]
    groups = found(rows, "", *crowds, (rows[0], rows[size], 0.3), (rows[1], rows[-1], 0.3))
    assert groups.rows["group"].value_counts().to_dict() == {0: size + 1, 1: size}
    also = groups.rows.set_index("at")["also"]
    assert (also[0], also[size], also[1]) == ((1,), (0,), ())


# ---- numbers that stay ---------------------------------------------------------------------------------------------------


def earlier(last: int = 0, **groups: str) -> EarlierGroups:
    """``g3="ab(c)"``: group 3 had the rows a and b, confirmed, and c, possible."""
    table = [
        (int(name[1:]), row, "possible" if f"({row})" in text else "match")
        for name, text in groups.items()
        for row in text.replace("(", "").replace(")", "")
    ]
    rows = pd.DataFrame(table, columns=["group", "name", "decision"]).assign(list="A", row="0", is_same=None)
    own = rows[["name"]].rename(columns={"name": "姓名"})
    return EarlierGroups(rows.drop(columns="name"), own, max(last, rows["group"].max()))


def numbered(groups: Groups, rows: str, before: EarlierGroups) -> GroupNumbers:
    now = Aligned(pd.DataFrame({"姓名": list(rows)}), {"name": ["姓名"]})
    places = pd.DataFrame({"list": "A", "row": [str(i + 2) for i in range(len(rows))]})
    return kept_numbers(groups, before, now, places)


@pytest.mark.parametrize(
    ("persons", "possible", "before", "numbers", "told"),
    [
        ("ab cd", "", {"g7": "cd"}, [8, 7], "1 组沿用原来的组号，其中新加入 0 行；新增 1 组"),
        ("abe", "", {"g7": "ab"}, [7], "新加入 1 行"),
        ("abcd", "", {"g7": "ab", "g3": "cd"}, [3], "上次的组 3、7 现在是同一组：组号用 3"),
        ("abcde", "", {"g7": "abe", "g3": "cd"}, [7], "上次的组 3、7 现在是同一组：组号用 7"),
        ("ab cd", "", {"g7": "abcd"}, [7, 8], "上次的组 7 现在分成几组：7、8"),
        ("ab cde", "", {"g7": "abcde"}, [8, 7], "上次的组 7 现在分成几组：7、8"),
        ("ab", "", {"g7": "ab", "g9": "cd"}, [7], "上次的组 9 不再使用"),
        ("ab", "", {"g7": "abx"}, [7], "上次结果里有 1 行不在这次的名单里"),
        ("ab", "bc", {"g7": "(b)(c)"}, [7], "1 组沿用"),
        ("bc", "ab", {"g7": "(a)(b)"}, [7], "1 组沿用"),
        ("ab ce", "", {"g7": "ab(c)"}, [7, 8], "1 组沿用"),
    ],
)
def test_a_number_stays_with_the_rows_that_were_confirmed(
    persons: str, possible: str, before: dict[str, str], numbers: list[int], told: str
) -> None:
    links = [(possible[0], possible[1], 0.5)] if possible else []
    kept = numbered(found("abcde", persons, *links), "abcde", earlier(**before))
    assert list(kept.of_group) == numbers
    assert told in "；".join(kept.changes)
    assert kept.last == max([*numbers, *(int(name[1:]) for name in before)])


def test_a_number_that_ended_is_not_given_again() -> None:
    assert list(numbered(found("abcd", "ab cd"), "abcd", earlier(last=41, g7="ab")).of_group) == [7, 42]


def test_a_row_is_known_again_by_what_tells_the_person() -> None:
    """Its class was changed, and it stands elsewhere; of namesakes nobody says which is which."""
    own = pd.DataFrame([["甲", "1", "一年级"], ["甲", "2", "一年级"], ["乙", None, "一年级"]], columns=["姓名", "号", "班"])
    rows = pd.DataFrame(
        {"group": [4, 4, 5], "list": "A", "row": ["2", "3", "4"], "decision": "match", "is_same": [None, None, "是"]}
    )
    table = pd.DataFrame([["乙", None, "二年级"], ["甲", "2", "二年级"], ["甲", "3", "二年级"]], columns=["姓名", "号", "班"])
    now = Aligned(table, {"name": ["姓名"], "id": ["号"], "birth": ["班"]})
    places = pd.DataFrame({"list": "A", "row": ["2", "3", "4"]})
    kept = kept_numbers(found("abc", "bc"), EarlierGroups(rows, own, 5), now, places)
    assert list(kept.earlier) == [0, 4, 0] and list(kept.of_group) == [4]


def test_an_earlier_outcome_of_other_rows_is_refused() -> None:
    with pytest.raises(LinkRefused, match="没有一行在这次的名单里"):
        numbered(found("abc", "ab"), "abc", earlier(g1="xy"))
    with pytest.raises(LinkRefused, match="认不出同一行"):
        before = earlier(g1="ab")
        kept_numbers(
            found("ab", "ab"),
            EarlierGroups(before.rows, before.own.rename(columns={"姓名": "别的"}), 1),
            Aligned(pd.DataFrame({"姓名": ["a", "b"]}), {"name": ["姓名"]}),
            pd.DataFrame({"list": "A", "row": ["2", "3"]}),
        )


# ---- columns of several lists ----------------------------------------------------------------------------------------------


def taken_in(side: str, headings: str, **used: str) -> PeopleList:
    table = pd.DataFrame([[f"{side}{heading}" for heading in headings.split()]], columns=headings.split())
    fields = {key: tuple(columns.split("+")) for key, columns in used.items()}
    return PeopleList(side, side, "", table, pd.Series([2]), pd.DataFrame(), fields, (), False)


def test_columns_of_one_field_or_one_heading_stand_under_one_another() -> None:
    lists = [
        taken_in("a", "姓名 row 电话 班级", name="姓名"),
        taken_in("b", "姓名 学生 电话 镇 路", name="学生", phone="电话", address="镇+路"),
        taken_in("c", "住址 名字", name="名字", address="住址"),
    ]
    found = aligned(lists, ["row"])
    assert found.table.replace({np.nan: None}).to_dict("list") == {
        "姓名": ["a姓名", "b学生", "c名字"],
        "row_2": ["arow", None, None],
        "电话": ["a电话", "b电话", None],
        "班级": ["a班级", None, None],
        "姓名_2": [None, "b姓名", None],
        "镇": [None, "b镇", "c住址"],
        "路": [None, "b路", None],
    }
    assert found.fields == {"name": ["姓名"], "phone": ["电话"], "address": ["镇", "路"]}


def test_one_list_keeps_its_columns() -> None:
    assert list(aligned([taken_in("a", "学校 姓名 证", id="证", name="姓名")], ["row"]).table) == ["学校", "姓名", "证"]
