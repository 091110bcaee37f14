"""What an analyst is advised to add to a list, and when. All persons are made up (虚构)."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from matching import Linkage
from pipelines.lists.comparable import comparable, too_much
from pipelines.lists.list_columns import ONLY, PeopleList, list_of_table

ADVICE = "这样的组没有逐对比较"


def listed(side: str, **columns: Sequence[str | None]) -> PeopleList:
    return list_of_table(pa.table({heading: pa.array(cells, pa.string()) for heading, cells in columns.items()}), "名单", side)


def linkage(lists: Sequence[PeopleList], clusters: Sequence[int], left_out: int) -> Linkage:
    """A linkage whose records are of these persons, in the order of the lists."""
    records = pd.concat([p.people["record_id"] for p in lists], ignore_index=True)
    others: dict[str, Any] = dict.fromkeys(("links", "model", "candidates", "recall", "people"))
    return Linkage(clusters=pd.DataFrame({"record_id": records, "cluster": clusters}), left_out={"rule": left_out}, **others)


@pytest.mark.parametrize(
    ("clusters", "left_out", "rows"),
    [
        ([0, 1, 2, 0, 1, 2], 300, 0),  # every row has its counterpart
        ([0, 1, 2, 0, 1, 1], 300, 0),  # so has every row of one list
        ([0, 1, 2, 0, 3, 4], 300, 4),
        ([0, 1, 2, 0, 3, 4], 2, 2),
        ([0, 1, 2, 0, 3, 4], 0, 0),
    ],
)
def test_columns_are_asked_for_where_rows_of_two_lists_are_open(clusters: list[int], left_out: int, rows: int) -> None:
    names = ["韦一", "韦二", "韦三"]
    lists = [listed("a", 姓名=names, 村=["村"] * 3, 身份证号=["451228201003150016"] * 3), listed("b", 姓名=names, 村=["村"] * 3)]
    said = too_much(linkage(lists, clusters, left_out), lists)
    if not rows:
        assert said == []
    else:
        assert said[0].startswith(f"有多达 {rows} 行") and said[0].endswith("请补上能区分的列，如证件号、出生日期、监护人")


def test_a_list_of_numbers_is_asked_for_no_more() -> None:
    numbered = listed(ONLY, 姓名=["韦一", "韦一"], 身份证号=["451228201003150016", "451228201003150032"])
    assert too_much(linkage([numbered], [0, 1], 300), [numbered]) == []
    (said,) = too_much(linkage([whole := listed(ONLY, 姓名=["韦一"], 出生日期=["2010-01-01"])], [0], 300), [whole])
    assert ADVICE in said and said.endswith("如证件号、监护人、住址")


def test_one_list_of_names_is_asked_for_more_where_two_are_the_same() -> None:
    assert comparable([listed(ONLY, 姓名=["韦一", "韦二"])])[1] == []
    assert "重名分不开" in comparable([listed(ONLY, 姓名=["韦一", "韦一"])])[1][0]
    assert "重名分不开" in comparable([listed(side, 姓名=["韦一", "韦二"]) for side in "ab"])[1][0]
