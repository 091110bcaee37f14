"""The rules of reconciliation, row by row of ``rule_cases``: what must be found of each child, and nothing else."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from matching.levels.birth_levels import BIRTH_LEVELS
from matching.levels.id_levels import ID_LEVELS
from matching.levels.name_levels import NAME_LEVELS
from pipelines.night.outcome import Outcome
from pipelines.reconcile.build_order import MACROS, RELATIONS, code_tables, parameters, place_tables
from pipelines.reconcile.computed import grade_number
from schemas.decisions import DECISION_TABLE
from schemas.registry import declared
from schemas.relations import Relation, build
from schemas.rules import DIFFERENCE_NAME, DIFFERENCES, RULE, RULES
from schemas.tables import TABLES
from schemas.words import BASIS_NAME, HOUSEHOLD_BOOK_NEEDED
from tests.lib.made_files import xlsx
from tests.lib.nights import AS_OF, night
from tests.lib.opened_books import rows
from tests.lib.plan_county import SETTINGS
from tests.lib.relation_checks import repeated_keys
from tests.lib.rule_cases import CASES, Case, Row, name_of, rows_of
from tests.lib.rule_page import PAGE, page
from tests.lib.small_exports import KIDS, pupil, resident, write


def write_cases(root: Path) -> None:
    """All children of the cases in one county, a file for each registry."""
    rows: dict[str, list[Row]] = {}
    for number, case in enumerate(CASES):
        for registry, lines in rows_of(number, case).items():
            rows.setdefault(registry, []).extend(lines)
    for registry, lines in rows.items():
        folder = root / "raw" / {"quanguo": "zizhu"}.get(registry, registry)
        folder.mkdir(parents=True, exist_ok=True)
        headings = list(dict.fromkeys(h for line in lines for h in line))
        (folder / f"{registry}.xlsx").write_bytes(xlsx([headings, *([line.get(h) for h in headings] for line in lines)]))


@pytest.fixture(scope="module")
def reconciled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("rules")
    write_cases(root)
    night(root, townships=["安阳镇"])
    return root


@pytest.fixture(scope="module")
def found(reconciled: Path) -> pd.DataFrame:
    """The findings, with the number of the case whose child they are about."""
    current = reconciled / "curated/current"
    findings, persons, records = (pd.read_parquet(current / f"{t}.parquet") for t in ("findings", "persons", "records"))
    names = {name_of(number): number for number in range(len(CASES))}
    of_person = persons.set_index("person_id")["name"].map(names)
    assert records["record_id"].is_unique
    return findings.assign(case=findings["person_id"].map(of_person))


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES)), ids=[case.says for case in CASES])
def test_case(found: pd.DataFrame, number: int, case: Case) -> None:
    mine = found[found["case"] == number]
    assert sorted(mine["rule"]) == sorted(case.found)
    first = mine[mine["rule"] == (case.found[0] if case.found else "")]
    if case.kind:
        assert set(first["kind"]) == {case.kind}
    if case.favoured:
        assert set(first["favoured"]) == {case.favoured}
    for finding in mine.to_dict("records"):
        assert finding["why"] and finding["address_a"]
        assert (finding["record_id_b"] is None) == (finding["address_b"] is None)


def test_the_unit_is_told_that_keeps_what_is_to_be_mended(reconciled: Path) -> None:
    """The student record differs from the police register: the education bureau mends its own."""
    book = load_workbook(next((reconciled / "outbox").rglob("安阳镇_*.xlsx")))
    said = {
        (r["姓名"], r["来源二"]): r["责任单位"]
        for r in rows(book["信息不一致（供参考）"])
        if r["规则"] == RULE["name_differs"].name
    }
    assert said[name_of([case.says for case in CASES].index("学籍姓名同音字")), "学籍系统"] == "教育局"


def test_every_rule_has_a_child_that_it_finds() -> None:
    shown = {rule for case in CASES for rule in case.found}
    assert {rule.code for rule in RULES} - shown == {"id_shared"}  # see below
    assert {kind for kinds in DIFFERENCES.values() for kind in kinds.values()} <= set(DIFFERENCE_NAME)
    levels = {"name_differs": NAME_LEVELS, "id_differs": ID_LEVELS, "birthdate_differs": BIRTH_LEVELS}
    unseen = {"missing", "exact", "former", "implied", "other_exact", "of_sibling", "masked_agrees"}  # not of two values alone
    assert all({*levels[rule]} - unseen == {*kinds} for rule, kinds in DIFFERENCES.items())
    assert all(rule.source and rule.owner and rule.advice and rule.compares for rule in RULE.values())
    assert all(rule.owner.format("教育局").replace("教育局", "{}", 1) == rule.owner for rule in RULES if "{}" in rule.owner)


def test_two_children_under_one_number(
    tmp_path: Path, run_here: Callable[..., Outcome], published: Callable[[str], pd.DataFrame]
) -> None:
    write(tmp_path, "huji", [resident(*kid) for kid in KIDS])
    shared = [
        pupil("韦家一", KIDS[0][1], KIDS[0][2]),
        pupil("蒋小小", KIDS[0][1], "20110909", 成员1姓名="蒋三", 全国学籍号="L451228201109090011"),
    ]
    write(tmp_path, "xueji", [*shared, *(pupil(*kid) for kid in KIDS[1:])])
    run_here()
    findings = published("findings").query("rule == 'id_shared'")
    assert len(findings) == 1
    assert {findings["value_a"].item(), findings["value_b"].item()} == {KIDS[0][1]}
    assert "第2行" in findings["address_a"].item() + findings["address_b"].item()


@pytest.mark.long
def test_a_number_shared_with_somebody_older_is_the_childs_finding(
    tmp_path: Path, run_here: Callable[..., Outcome], published: Callable[[str], pd.DataFrame]
) -> None:
    older = pupil("蒋小小", KIDS[0][1], "20030909", 成员1姓名="蒋三", 全国学籍号="L451228200309090011")
    write(tmp_path, "huji", [resident(*kid) for kid in KIDS[1:]])
    write(tmp_path, "xueji", [older, *(pupil(*kid) for kid in KIDS[1:])])
    run_here()  # the older one is numbered first
    write(tmp_path, "huji", [resident(*kid) for kid in KIDS])
    write(tmp_path, "xueji", [older, *(pupil(*kid) for kid in KIDS)])
    run_here(accept_drift=True)
    finding = published("findings").query("rule == 'id_shared'")
    persons = published("persons").set_index("person_id")
    assert list(finding["in_cohort"]) == [True]
    assert list(persons.loc[finding["person_id"], "name"]) == [KIDS[0][0]]


@pytest.fixture(scope="module")
def relations(reconciled: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The relations of reconciliation, made again from the published tables: all but what townships answered, which nobody did."""
    current = reconciled / "curated/current"
    tables = {
        name: pq.read_table(current / f"{name}.parquet") for name in ("records", "files", "identities", "links", "person_events")
    }
    texts = {
        "answers": ("person_id", "whereabouts", "answer", "school", "answered_on", "listed_as"),
        "handled": ("case_id", "person_id", "said", "answer", "right_value", "answered_on"),
    }
    nothing = {name: pa.schema([(column, pa.string()) for column in columns]) for name, columns in texts.items()}
    nothing |= {
        "earlier_case_log": TABLES["case_log"],
        "earlier_standings": TABLES["standings"],
        "forgotten_cases": pa.schema([("case_id", pa.string())]),
        "entrants": pa.schema([("year", pa.int32()), ("township", pa.string()), ("entrants", pa.int32())]),
    }
    with duckdb.connect() as con:
        con.execute(MACROS)
        tables |= {name: schema.empty_table() for name, schema in nothing.items()} | code_tables(declared())
        tables |= place_tables(tables["records"]["school"].drop_null().to_pylist(), SETTINGS.divisions)
        for name, table in tables.items():
            con.register(name, table)
        build(con, RELATIONS, parameters(AS_OF, SETTINGS))
        yield con


@pytest.mark.parametrize("made", RELATIONS, ids=[made.name for made in RELATIONS])
def test_keys_are_unique(relations: duckdb.DuckDBPyConnection, made: Relation) -> None:
    assert repeated_keys(relations, made) == 0


def test_the_published_tables_are_made_again(relations: duckdb.DuckDBPyConnection, reconciled: Path) -> None:
    for name in ("persons", "findings", "unaccounted", "case_log", "cases", "changes", "indicators", "standings"):
        published = pq.read_table(reconciled / f"curated/current/{name}.parquet")
        assert relations.table(name).to_arrow_table().select(published.column_names).cast(published.schema).equals(published), (
            name
        )


def test_every_finding_has_a_basis_with_words(found: pd.DataFrame) -> None:
    assert set(found["basis"]) <= set(BASIS_NAME)
    assert {code for code, words in BASIS_NAME.items() if "户口簿" in words} == HOUSEHOLD_BOOK_NEEDED
    for basis, why in zip(found["basis"], found["why"], strict=True):
        before, placeholder, after = BASIS_NAME[basis].partition("{}")
        assert why.startswith(before) and why.endswith(after) and (placeholder or why == before)


@pytest.mark.parametrize("column", ["rule", "basis"])
def test_a_finding_whose_rule_or_basis_has_no_row_breaks_the_step_off(relations: duckdb.DuckDBPyConnection, column: str) -> None:
    """An inner join would have lost it and said nothing."""
    (discrepancies,) = (made for made in RELATIONS if made.name == "discrepancies")
    with duckdb.connect() as con:
        con.execute(MACROS)
        for need in discrepancies.needs:
            con.register(need, relations.table(need).to_arrow_table())
        build(con, [discrepancies], {})
        con.sql("drop table discrepancies")
        unknown = relations.sql(f"select * replace ('new_code' as {column}) from found limit 1").to_arrow_table()
        con.register("found", unknown)
        with pytest.raises(duckdb.InvalidInputException, match="new_code"):
            build(con, [discrepancies], {})


def test_the_record_that_a_decision_rests_on_is_among_the_facts(relations: duckdb.DuckDBPyConnection) -> None:
    (persons,) = (made for made in RELATIONS if made.name == "persons")
    for row in DECISION_TABLE:
        if row.evidence:
            assert f"when '{row.evidence}' then record_{row.evidence}\n" in persons.statement
    rested = relations.sql("select distinct whereabouts_rule from persons where evidence_record_id is not null").fetchall()
    assert {rule for (rule,) in rested} <= {row.rule for row in DECISION_TABLE if row.evidence}


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("三年级", 3),
        ("小学2015级", 5),
        ("初中2018级", 8),
        ("初二", 8),
        ("初中八年级", 8),
        ("七（1）班", 7),
        ("3", 3),
        ("高一", 10),
        ("学前班", 0),
        ("大专", None),
    ],
)
def test_grades(text: str, grade: int | None) -> None:
    assert grade_number(text, 2019) == grade


def test_the_page_of_the_docs_is_made_of_these_tables() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.lib.rule_page"
