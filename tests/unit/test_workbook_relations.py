"""The relations behind the workbooks: their heads say what the statements read, and their keys are keys."""

from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from reports import run_tables
from reports.list_rows import read_lists
from reports.listings import CHILDREN_SHEET
from reports.week_counts import read_weeks
from schemas.relations import Relation, read_relations
from tests.lib.made_up_tables import write_table, write_tables
from tests.lib.opened_books import AS_OF
from tests.lib.plan_county import SETTINGS, TOWNSHIPS
from tests.lib.relation_checks import repeated_keys, tables_read

RELATIONS = {
    f"{folder}/{name}": relation
    for folder in ("lists", "week", "offices")
    for name, relation in read_relations(files("reports") / "relations" / folder).items()
}


@pytest.mark.parametrize("name", RELATIONS)
def test_the_head_names_what_the_statement_reads(name: str):
    assert set(RELATIONS[name].needs) == tables_read(RELATIONS[name])


def test_keys_are_unique(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    seen = []

    def build(con: duckdb.DuckDBPyConnection, relations: Iterable[Relation], parameters: Mapping[str, object]) -> None:
        made(con, relations, parameters)
        seen.extend((relation.name, repeated_keys(con, relation)) for relation in relations)

    made = run_tables.build
    monkeypatch.setattr(run_tables, "build", build)
    tables = write_tables(tmp_path / "tables")
    read_lists(tables, AS_OF, SETTINGS)
    read_weeks(tables, TOWNSHIPS)
    assert len(seen) == sum(not name.startswith("offices/") for name in RELATIONS)
    assert [name for name, repeated in seen if repeated] == []


def test_a_refused_answer_without_a_choice_is_told_by_its_day(tmp_path: Path) -> None:
    tables = write_tables(tmp_path / "tables")
    case = pq.read_table(tables / "unaccounted.parquet")["case_id"][0].as_py()
    answer = {
        "answer_id": "A1",
        "kind": "whereabouts",
        "case_id": case,
        "state": "refused",
        "refusal": "answer_missing",
        "row": 2,
    }
    write_table(tables, "answers", [answer | {"answered_on": AS_OF, "received_on": AS_OF}])
    children = read_lists(tables, AS_OF, SETTINGS).frames[CHILDREN_SHEET.title].to_pylist()
    (said,) = (row["answer"] for row in children if row["case_id"] == case)
    assert said.startswith(f"{AS_OF}，未采用")
