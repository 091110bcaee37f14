"""Lists without IDs: what villages, hamlets and addresses are worth where the lists do not have the same of them."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from matching import PEOPLE, Linkage, link
from pipelines.lists.list_columns import list_of_table

_SURNAMES, _GIVEN = list("韦蓝黄蒙潘覃罗陆唐石莫卢"), list("家乐晓光雨欣大小明文建军秀英华")
_VILLAGES = [f"{a}{b}村" for a in "弄古龙坡" for b in "池劳朝旺怀"]
_HAMLETS = ["弄竹", "仁怀", "龙良", "百色", "加昌", "巴门"]


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """Three hundred persons in twenty villages; no two have name, village and hamlet in common."""
    rng = np.random.default_rng(5)
    columns = {
        "姓名": ["".join(rng.choice(part) for part in (_SURNAMES, _GIVEN, _GIVEN)) for _ in range(300)],
        "出生年": rng.integers(2004, 2014, 300).astype(str),
        "村": rng.choice(_VILLAGES, 300),
        "屯": rng.choice(_HAMLETS, 300),
    }
    table = pd.DataFrame(columns).drop_duplicates(["姓名", "村", "屯"])
    return table.assign(乡镇="高岭镇", 住址="高岭镇" + table["村"] + table["屯"] + "屯", 虚构村="高岭镇" + table["村"])


def _linked(people: pd.DataFrame, a: dict[str, str], b: dict[str, str]) -> Linkage:
    """The first two thirds of the people under the headings ``a`` (heading -> column) linked with the last two thirds under ``b``."""
    third = len(people) // 3
    lists = []
    for side, rows, headings in (("a", people[: 2 * third], a), ("b", people[third:], b)):
        table = pa.table({heading: pa.array(rows[column].astype(str)) for heading, column in headings.items()})
        taken = list_of_table(table, side, side).people
        lists.append(taken.assign(record_id=side + rows.index.astype(str).to_numpy()))
    return link(pd.concat(lists, ignore_index=True).reindex(columns=list(PEOPLE)))


def _own(headings: str) -> dict[str, str]:
    return {heading: heading for heading in headings.split()}


def _right_and_wrong(linkage: Linkage) -> tuple[int, int]:
    pairs = linkage.links.query("decision == 'match'")
    right = pairs["record_id_l"].str[1:] == pairs["record_id_r"].str[1:]
    return int(right.sum()), int((~right).sum())


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (_own("姓名 出生年 村 屯"), _own("姓名 出生年 村 屯")),
        (_own("姓名 出生年 乡镇 村 屯"), _own("姓名 出生年 村 屯")),  # one list names the townships
        (_own("姓名 出生年 乡镇 村 住址"), _own("姓名 出生年 乡镇 村 屯")),  # one has the hamlet in its address
        (_own("姓名 出生年 住址"), _own("姓名 出生年 乡镇 村 屯")),  # and the village, which is in no table
    ],
)
def test_a_village_and_a_hamlet_are_compared_wherever_they_are_written(
    people: pd.DataFrame, a: dict[str, str], b: dict[str, str]
) -> None:
    right, wrong = _right_and_wrong(_linked(people, a, b))
    assert right >= 70 and wrong == 0


def test_an_address_that_one_list_has_alone_makes_no_duplicates(people: pd.DataFrame) -> None:
    """A village is no household: its people are as usual at one address as they are in their own list."""
    linkage = _linked(people, {"姓名": "姓名", "出生年": "出生年", "住址": "虚构村"}, _own("姓名 出生年"))
    assert (linkage.links["record_id_l"].str[0] != linkage.links["record_id_r"].str[0]).all()
    assert _right_and_wrong(linkage)[1] == 0
