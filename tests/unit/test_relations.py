"""The runner of relations: heads are checked before anything runs, tables after they are made."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pipelines.reconcile import build_order
from pipelines.reconcile.composed import conditions_that_hold
from schemas.relations import (
    Relation,
    RelationError,
    build,
    by_needs,
    computed_relation,
    parse,
    read_relations,
)
from tests.lib.relation_checks import mermaid, repeated_keys, tables_read
from tests.lib.relation_page import PAGE, page

PUPILS = """-- One row per pupil of a township.
-- needs: rows
-- parameters: township
-- gives: name varchar,
--     born date
-- key: name
select name, born from rows where township = $township
"""


def relation(name: str, needs: str = "rows", statement: str = "select 1 as number", gives: str = "number integer") -> Relation:
    return parse(name, f"-- One row.\n-- needs: {needs}\n-- gives: {gives}\n-- key: none\n{statement}\n")


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.sql("create temp table rows as select * from (values ('甲', date '2010-01-01', '安阳镇'), ('乙', date '2011-01-01', '高岭镇')) "
            "t (name, born, township)")  # fmt: skip
    return con


def test_a_head_says_what_one_row_is_and_what_it_needs_and_gives() -> None:
    pupils = parse("pupils", PUPILS)
    assert pupils.about == "One row per pupil of a township."
    assert (pupils.needs, pupils.parameters, pupils.key) == (("rows",), ("township",), ("name",))
    assert pupils.gives == (("name", "varchar"), ("born", "date"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("select 1 as number\n", "says nothing under “about”"),
        (PUPILS.replace("-- One row per pupil of a township.\n", ""), "says nothing under “about”"),
        (PUPILS.replace("-- needs: rows\n", ""), "lacks “needs:”"),
        (PUPILS.replace("-- key: name\n", ""), "lacks “key:”"),
        (PUPILS.replace("needs: rows", "needs:"), "says nothing under “needs”"),
        (PUPILS.replace("needs: rows", "needs: the rows"), "“the rows” in the head is not a name"),
        (PUPILS.replace("-- key", "-- needs: links\n-- key"), "two lines “needs:”"),
        (PUPILS.replace("born date", "born"), "“born” in the head is not a column and its type"),
        (PUPILS.replace("key: name", "key: id"), "the key names id"),
        (PUPILS.replace("-- parameters: township\n", ""), "parameters are not those of the statement"),
        (PUPILS.replace("parameters: township", "parameters: township, as_of"), "parameters are not those of the statement"),
        (PUPILS.replace("select", "update"), "stands no select"),
        (PUPILS.partition("select")[0], "stands no select"),
        (PUPILS.replace("-- key: name", "-- key: name\n-- made: view"), "“made:” can only be “view”"),
        (PUPILS.replace("-- key: name", "-- key: name\n-- made: table"), "“made:” can only be “view”"),
    ],
)
def test_a_head_that_is_missing_or_malformed_is_an_error(text: str, fault: str) -> None:
    with pytest.raises(RelationError, match=rf"pupils: .*{fault}"):
        parse("pupils", text)


def test_relations_come_after_what_they_need() -> None:
    order = by_needs([relation("third", "second, rows"), relation("second", "first"), relation("first")], ["rows"])
    assert [r.name for r in order] == ["first", "second", "third"]


def test_an_unknown_need_is_an_error_at_start() -> None:
    with pytest.raises(RelationError, match="first needs links, which is neither a relation nor a registered table"):
        by_needs([relation("first", "rows, links")], ["rows"])


def test_a_circle_is_an_error_at_start() -> None:
    with pytest.raises(RelationError, match=r"in a circle: .*first.*second"):
        by_needs([relation("first", "second"), relation("second", "first")], ["rows"])


def test_two_of_one_name_are_an_error_at_start() -> None:
    with pytest.raises(RelationError, match="rows: two relations or tables"):
        by_needs([relation("rows", "links")], ["rows", "links"])


def test_a_folder_of_files_is_made_into_tables(tmp_path: Path, con: duckdb.DuckDBPyConnection) -> None:
    (tmp_path / "pupils.sql").write_text(PUPILS, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no relation", encoding="utf-8")
    relations = read_relations(tmp_path)
    build(con, by_needs(relations.values(), ["rows"]), {"township": "安阳镇", "as_of": None})
    assert [name for name, _ in con.table("pupils").fetchall()] == ["甲"]


@pytest.mark.parametrize(
    ("statement", "gives", "fault"),
    [
        ("select 1 as number", "figure integer", "column 1 is number integer, by the head it is figure integer"),
        ("select 1 as number", "number varchar", "column 1 is number integer, by the head it is number varchar"),
        ("select 1 as number, 2 as more", "number integer", "the table has 2 columns, by the head 1"),
        ("select null as number", "number integer", "by the head it is number integer"),
    ],
)
def test_other_columns_than_the_head_has_are_an_error(
    con: duckdb.DuckDBPyConnection, statement: str, gives: str, fault: str
) -> None:
    with pytest.raises(RelationError, match=f"first: .*{fault}"):
        build(con, [relation("first", statement=statement, gives=gives)], {})


def test_a_function_is_a_relation_with_its_docstring_as_head(con: duckdb.DuckDBPyConnection) -> None:
    def lengths(con: duckdb.DuckDBPyConnection, more: int) -> pa.Table:
        """One row per name: its length and ``more``.
        needs: rows
        parameters: more
        gives: name varchar, length bigint
        key: name
        """
        names = [name for (name,) in con.sql("select name from rows order by name").fetchall()]
        return pa.table({"name": names, "length": [len(name) + more for name in names]})

    made = computed_relation(lengths)
    build(con, [made], {"more": 2})
    assert made.about.startswith("One row per name") and {length for _, length in con.table("lengths").fetchall()} == {3}


def test_what_nothing_needs_any_more_is_dropped_and_what_a_view_reads_stays_as_long_as_the_view(
    con: duckdb.DuckDBPyConnection,
) -> None:
    def follows(name: str, need: str, made: str = "") -> Relation:
        return parse(
            name, f"-- One row.\n-- needs: {need}\n-- gives: name varchar\n-- key: none\n{made}select name from {need}\n"
        )

    steps = [
        follows("first", "rows"),
        follows("second", "first", "-- made: view\n"),
        follows("third", "second"),
        follows("fourth", "third"),
        follows("fifth", "second"),
        follows("unread", "rows"),
    ]
    build(con, steps[:4], {}, kept=["fourth", "second", "first"])
    assert {name for (name,) in con.sql("show tables").fetchall()} == {"rows", "first", "second", "fourth"}
    for name in ("fourth", "first"):
        con.sql(f"drop table {name}")
    con.sql("drop view second")
    build(con, steps, {}, kept=["fifth"])
    assert {name for (name,) in con.sql("show tables").fetchall()} == {"rows", "fifth"}
    assert len(con.table("fifth")) == 2


def test_what_a_statement_reads_is_found_in_it() -> None:
    read = relation(
        "first", statement="with own as (select * from rows) select 1 as number from own where exists (select 1 from links)"
    )
    assert tables_read(read) == {"rows", "links"}
    with pytest.raises(RelationError, match="not exactly one statement"):
        tables_read(relation("first", statement="select 1 as number; select 2"))


def test_a_key_that_is_on_two_rows_is_counted(con: duckdb.DuckDBPyConnection) -> None:
    twice = parse("twice", "-- One row.\n-- needs: rows\n-- gives: number integer\n-- key: number\nselect 1 as number from rows")
    build(con, [twice], {})
    assert repeated_keys(con, twice) == 1


def test_the_diagram_has_an_arrow_a_need() -> None:
    two = [relation("first", "rows, links"), relation("second", "first, rows")]
    assert mermaid(two[:1]) == "flowchart LR\n    rows --> first\n    links --> first"
    assert mermaid(two, {"first": "both", "second": "both", "links": None}) == "flowchart LR\n    rows --> both"


def test_of_a_table_of_conditions_those_that_hold_are_named_in_order(con: duckdb.DuckDBPyConnection) -> None:
    con.sql("create temp table people as select name as person_id, born from rows")
    conditions = {"never": "born is null", "early": "c.born < date '2010-06-01'", "always": "true"}
    held = conditions_that_hold("held", "One row per person.", ("people",), conditions)
    build(con, [held], {})
    assert dict(con.table("held").fetchall()) == {"甲": ["early", "always"], "乙": ["always"]}


def test_a_rule_without_its_row_or_its_file_is_an_error_at_start() -> None:
    build_order.check_rules(["name_differs"], ["name_differs"])
    with pytest.raises(RelationError, match=r"no row in schemas\.rules for new_rule"):
        build_order.check_rules(["name_differs", "new_rule"], ["name_differs"])
    with pytest.raises(RelationError, match="no file in pipelines/reconcile/rules for id_differs"):
        build_order.check_rules(["name_differs"], ["name_differs", "id_differs"])


@pytest.mark.parametrize("made", build_order.RELATIONS, ids=[made.name for made in build_order.RELATIONS])
def test_every_relation_of_reconciliation_needs_what_its_statement_reads(made: Relation) -> None:
    if made.statement:
        assert tables_read(made) == set(made.needs)


def test_every_registered_table_is_needed() -> None:
    assert {need for made in build_order.RELATIONS for need in made.needs} >= set(build_order.REGISTERED)


def test_the_page_of_the_docs_is_made_of_the_heads() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.lib.relation_page"
