"""Relations that SQL cannot express: what a grade is, where a school lies, how two values differ. Each is computed once for its few
distinct values; the docstring is the relation's head (``schemas.relations``)."""

import re

import duckdb
import numpy as np
import pyarrow as pa

from matching.levels.birth_levels import BIRTH_LEVELS, compare_births
from matching.levels.id_levels import ID_LEVELS, compare_ids
from matching.levels.name_levels import NAME_LEVELS, compare_names
from pipelines.intake.values import squeeze
from schemas.rules import DIFFERENCES


def grades(con: duckdb.DuckDBPyConnection, school_year: int) -> pa.Table:
    """One row per grade, as student records write it, that can be read: its number (``grade_number``).
    needs: person_records
    parameters: school_year
    gives: grade varchar, number integer
    key: grade
    """
    written = _column(con, "select distinct grade from person_records where role = 'student' and grade is not null order by all")
    read = [(text, number) for text in written if (number := grade_number(text, school_year)) is not None]
    return pa.table(
        {
            "grade": pa.array([text for text, _ in read], pa.string()),
            "number": pa.array([number for _, number in read], pa.int32()),
        }
    )


def difference_kinds(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """One row per rule and pair of names, ID numbers or birthdates that it finds: how the two differ, by the comparison levels of the
    matcher (``schemas.rules.DIFFERENCES``).
    needs: found
    gives: rule varchar, value_a varchar, value_b varchar, kind varchar
    key: rule, value_a, value_b
    """
    schema = pa.schema([(name, pa.string()) for name in ("rule", "value_a", "value_b", "kind")])
    tables = []
    for rule, kinds in DIFFERENCES.items():
        pairs = con.sql("select distinct value_a, value_b from found where rule = $rule order by all", params={"rule": rule})
        first, second = (column.to_pylist() for column in pairs.to_arrow_table().columns)
        named = [kinds.get(level) for level in _levels(rule, first, second)]
        columns = {"rule": [rule] * len(first), "value_a": first, "value_b": second, "kind": named}
        tables.append(pa.table(columns, schema=schema))
    return pa.concat_tables(tables)


def _column(con: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [value for (value,) in con.execute(query).fetchall()]


def _levels(rule: str, first: list[str], second: list[str]) -> list[str]:
    """The comparison level of each pair of values."""
    if rule == "name_differs":
        return [NAME_LEVELS[code] for code in compare_names(first, second)]
    if rule == "id_differs":
        return [ID_LEVELS[code] for code in compare_ids(first, second)]
    days = (np.array(side, dtype="datetime64[D]") for side in (first, second))
    return [BIRTH_LEVELS[code] for code in compare_births(*days)]


def grade_number(text: str, school_year: int) -> int | None:
    """1 to 9 from 三年级, 初二, 小学2015级 (by the year of entry) or 3; 10 to 12 from 高一 to 高三, 0 from 学前班 and 幼儿园; None from
    all else. ``school_year``: the year in whose September the school year began."""
    plain = squeeze(text)
    if match := re.match(r"^(?:普通)?高(?:中)?([一二三123])", plain):
        return 9 + ("一二三".index(match[1]) + 1 if match[1] in "一二三" else int(match[1]))
    if re.match(r"^(学前|学龄前|幼儿|[大中小]班)", plain):
        return 0
    if match := re.match(r"^(小学|初中)?(20\d\d)级", plain):
        number = school_year - int(match[2]) + 1 + (6 if match[1] == "初中" else 0)
        return number if 1 <= number <= 9 and match[1] else None
    match = re.match(r"^(初中|小学|初|小)?([一二三四五六七八九1-9])(?:年级|$|\D)", plain)
    if match is None:
        return None
    number = int(match[2]) if match[2].isdigit() else "一二三四五六七八九".index(match[2]) + 1
    return number + 6 if match[1] in ("初", "初中") and number <= 3 else number
