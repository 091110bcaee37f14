"""Made-up people for the tests of matching. No row describes a real person (虚构)."""

from itertools import product

import numpy as np
import pandas as pd

from matching import Linkage, link
from matching.ids import with_check_digit
from matching.records import PEOPLE, People, encode_records

BORN = "2010-03-15"
A = "451228201003150016"
B = "451228201003150032"  # a twin's
SIBLING = "451228201206010021"
HOME = {"township": "安阳镇", "village": "安北社区", "kin": "韦大山|黄二妹"}


def person(source: str, name: str, number: str | None = A, born: str | None = BORN, **other: object) -> dict[str, object]:
    """A record of the family 韦 of 安北社区."""
    return {"source": source, "name": name, "id_number": number, "birthdate": born, **HOME, **other}


def strangers(count: int = 400) -> list[dict[str, object]]:
    """``count`` people, each in two registries, born a week apart; none is like the pair under test."""
    names = product("一二三四五六七八九十", "一二三四五六七八九十", "蓝黄蒙潘覃罗陆唐石莫")  # 蓝一一, 黄一一, … 蓝二一, …
    rows = []
    for i, (last, middle, surname) in zip(range(count), names, strict=False):
        day = pd.Timestamp("2005-01-01") + pd.Timedelta(weeks=i)
        row = {
            "name": surname + middle + last,
            "birthdate": f"{day:%Y-%m-%d}",
            "id_number": with_check_digit(f"451228{day:%Y%m%d}{i % 900:03d}"),
            "township": "高岭镇",
            "village": f"村{i % 20}",
            "kin": f"父{i}",
        }
        rows += [{"source": "police", **row}, {"source": "school", **row}]
    return rows


def family(number: int, gap: int, *, copies: bool = True) -> list[dict[str, object]]:
    """Two children of one household, the second born ``gap`` days after the first, each in both registers."""
    days = [np.datetime64("2008-01-02") + 2 * number, np.datetime64("2008-01-02") + 2 * number + gap]
    rows = []
    for order, day in enumerate(days):
        child = {
            "name": f"韦{'家志文建荣'[number % 5]}{'乐荣'[order]}",
            "birthdate": str(day),
            "id_number": with_check_digit(f"451228{str(day).replace('-', '')}{2 * number % 900 + order:03d}"),
            "kin": f"父{number}",
            "township": "高岭镇",
            "village": f"村{number % 20}",
        }
        rows += [{"source": source, **child} for source in ("police", "school")[: 2 if copies else 1]]
    return rows


def frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Rows as the table that matching takes, record ids r0, r1, … where none is given."""
    people = pd.DataFrame([{"record_id": f"r{i}", **row} for i, row in enumerate(rows)]).reindex(columns=list(PEOPLE))
    people["birthdate"] = pd.to_datetime(people["birthdate"])
    people["birth_implied"] = people["birth_implied"].eq(True).fillna(False)
    texts = [field for field in PEOPLE if field not in ("birthdate", "birth_implied")]
    return people.astype(dict.fromkeys(texts, "str"))


def ready(rows: list[dict[str, object]]) -> People:
    """Rows prepared, in the order of their record ids' first sources."""
    return encode_records(frame(rows))


def linked(*rows: dict[str, object]) -> Linkage:
    return link(frame([*rows, *strangers()]))


def decision(result: Linkage, one: str = "r0", other: str = "r1") -> str:
    clusters = result.clusters.set_index("record_id")["cluster"]
    if clusters[one] == clusters[other]:
        return "match"
    pairs = result.links[["record_id_l", "record_id_r"]].apply(frozenset, axis=1) == frozenset((one, other))
    return "possible" if pairs.any() else "no"
