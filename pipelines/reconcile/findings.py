"""Discrepancies between registries: the rules asked one by one, their findings numbered, addressed and told apart by kind."""

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from matching.levels.birth_levels import BIRTH_LEVELS, compare_births
from matching.levels.id_levels import ID_LEVELS, compare_ids
from matching.levels.name_levels import NAME_LEVELS, compare_names
from pipelines.reconcile.registry_values import prepare_values
from pipelines.reconcile.rules import QUERIES
from schemas.rules import DIFFERENCES, RULES

# A case goes on from night to night by what it is about, not by rows: person, rule, field and the two systems.
_NUMBERED = """
select f.rule || '-' || f.person_id || '-' || row_number() over (
        partition by f.rule, f.person_id order by f.field, a.registry, b.registry, f.value_a, f.value_b, f.record_id_a, f.record_id_b
    ) as finding_id,
    f.person_id, f.rule, s.severity, f.field, coalesce(k.kind, i.id_status) as kind,
    a.registry as registry_a, f.value_a, b.registry as registry_b, f.value_b, f.favoured, f.why,
    p.responsible_township as township, p.village, f.record_id_a, f.record_id_b,
    {address_a} as address_a, {address_b} as address_b, p.in_cohort, f.message
from found f join persons p using (person_id) join severities s using (rule)
left join rec a on a.record_id = f.record_id_a left join titles ta on ta.code = a.registry
left join rec b on b.record_id = f.record_id_b left join titles tb on tb.code = b.registry
left join kinds k on k.rule = f.rule and k.value_a = f.value_a and k.value_b = f.value_b
left join rec i on f.rule = 'id_invalid' and i.record_id = f.record_id_a
order by f.rule, f.person_id, finding_id
"""
_ADDRESS = (
    "case when {r}.record_id is not null then t{r}.name || '《' || {r}.file || '》' || coalesce(nullif({r}.sheet, '') || ' ', '')"
    " || '第' || {r}.row || '行' end"
)


def find_discrepancies(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """The table ``findings``. Needs ``rec``, ``persons``, ``links`` and the codes' names in the connection."""
    prepare_values(con)
    con.execute("create temp table severities (rule varchar, severity varchar)")
    con.executemany("insert into severities values (?, ?)", [[r.code, r.severity] for r in RULES])
    con.execute(
        """create temp table found (rule varchar, person_id varchar, field varchar, record_id_a varchar, value_a varchar,
        record_id_b varchar, value_b varchar, favoured varchar, why varchar, message varchar)"""
    )
    for rule, query in QUERIES.items():
        con.execute(f"insert into found by name select '{rule}' as rule, * from ({query})")
    con.register("kinds", _kinds(con))
    return con.sql(_NUMBERED.format(address_a=_ADDRESS.format(r="a"), address_b=_ADDRESS.format(r="b"))).to_arrow_table()


def _kinds(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """rule, value_a, value_b -> kind: how two names, IDs or birthdates differ, by the levels of the matcher."""
    frames = []
    for rule, kinds in DIFFERENCES.items():
        pairs = con.execute("select distinct value_a, value_b from found where rule = ? order by all", [rule]).df()
        levels = [kinds.get(level) for level in _levels(rule, pairs["value_a"], pairs["value_b"])]
        frames.append(pairs.assign(rule=rule, kind=pd.Series(levels, index=pairs.index, dtype="str")))
    return pa.Table.from_pandas(pd.concat(frames)[["rule", "value_a", "value_b", "kind"]].astype("str"), preserve_index=False)


def _levels(rule: str, one: pd.Series, other: pd.Series) -> list[str]:
    if rule == "name_differs":
        return [NAME_LEVELS[code] for code in compare_names(one.to_list(), other.to_list())]
    if rule == "id_differs":
        return [ID_LEVELS[code] for code in compare_ids(one.to_list(), other.to_list())]
    days = (np.array(side.to_list(), dtype="datetime64[D]") for side in (one, other))
    return [BIRTH_LEVELS[code] for code in compare_births(*days)]
