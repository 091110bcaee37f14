"""Townships that the run's children live in and the county's divisions do not have: nobody gets a workbook for them."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from schemas.divisions import Divisions

# What a cell of the column of townships says may be anything, a person's name that slipped too: only what is called a township is printed.
_CALLED_TOWNSHIP = re.compile("^[一-龥]{1,12}(?:镇|乡|街道|街道办事处|苏木)$")
_MOST_NAMED = 10


def note_on_unknown_townships(tables: Mapping[str, Any], divisions: Divisions) -> str | None:
    """What to tell in one Chinese line of the townships of ``tables`` (persons, unaccounted) that are not in ``divisions``: how many
    children, how many of them listed, and the way to mend. None where there are none."""
    known = set(divisions.township_names)
    persons, unaccounted = tables["persons"], tables["unaccounted"]
    cohort = zip(persons["in_cohort"].to_pylist(), persons["responsible_township"].to_pylist(), strict=True)
    children = Counter(township for inside, township in cohort if inside and township and township not in known)
    if not children:
        return None
    listed = Counter(township for township in unaccounted["township"].to_pylist() if township in children)
    named = [
        name for name, _ in sorted(children.items(), key=lambda found: (-found[1], found[0])) if _CALLED_TOWNSHIP.match(name)
    ]
    shown = "、".join(f"{name} {children[name]} 人" for name in named[:_MOST_NAMED])
    more = "等" if len(named) < len(children) or len(named) > _MOST_NAMED else ""
    return (
        f"有 {children.total()} 名范围内儿童（名单上 {listed.total()} 名）的乡镇不在区划表里{f'（{shown}{more}）' if shown else ''}，"
        "没有乡镇核查表，只在全县汇总表里。确是本县乡镇的，请在 divisions.csv 里添一行（没有此文件的先运行 bidui init），再重新比对"
    )
