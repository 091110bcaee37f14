"""The rules of reconciliation, row by row of ``rule_cases``: what must be found of each child, and nothing else."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from pipelines.night.job import Outcome, run_job
from pipelines.reconcile.computed import grade_number
from schemas.rules import DIFFERENCE_NAME, DIFFERENCES, RULE, RULES
from tests.lib.made_files import xlsx
from tests.lib.nights import AS_OF
from tests.lib.opened_books import rows
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
    run_job(root, AS_OF, townships=["安阳镇"])
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
    said = {(r["姓名"], r["来源二"]): r["责任单位"] for r in rows(book["信息不一致"]) if r["规则"] == RULE["name_differs"].name}
    assert said[name_of([case.says for case in CASES].index("学籍姓名同音字")), "学籍系统"] == "教育局"


def test_every_rule_has_a_child_that_it_finds() -> None:
    shown = {rule for case in CASES for rule in case.found}
    assert {rule.code for rule in RULES} - shown == {"id_shared"}  # see below
    assert {kind for kinds in DIFFERENCES.values() for kind in kinds.values()} <= set(DIFFERENCE_NAME)
    assert all(rule.source and rule.owner and rule.advice and rule.compares for rule in RULE.values())


def test_two_children_under_one_number(
    tmp_path: Path, run_here: Callable[..., Outcome], published: Callable[[str], pd.DataFrame]
) -> None:
    write(tmp_path, "huji", [resident(*kid) for kid in KIDS])
    shared = [
        pupil("韦家一", KIDS[0][1], KIDS[0][2]),
        pupil("蒋小小", KIDS[0][1], "20110909", 成员1姓名="蒋三", 全国学籍号="L451228201109090011"),
    ]
    write(tmp_path, "xueji", [*shared, *(pupil(*kid) for kid in KIDS[1:])])
    run_here(townships=[])
    findings = published("findings").query("rule == 'id_shared'")
    assert len(findings) == 1
    assert {findings["value_a"].item(), findings["value_b"].item()} == {KIDS[0][1]}
    assert "第2行" in findings["address_a"].item() + findings["address_b"].item()


def test_a_number_shared_with_somebody_older_is_the_childs_finding(
    tmp_path: Path, run_here: Callable[..., Outcome], published: Callable[[str], pd.DataFrame]
) -> None:
    older = pupil("蒋小小", KIDS[0][1], "20030909", 成员1姓名="蒋三", 全国学籍号="L451228200309090011")
    write(tmp_path, "huji", [resident(*kid) for kid in KIDS[1:]])
    write(tmp_path, "xueji", [older, *(pupil(*kid) for kid in KIDS[1:])])
    run_here(townships=[])  # the older one is numbered first
    write(tmp_path, "huji", [resident(*kid) for kid in KIDS])
    write(tmp_path, "xueji", [older, *(pupil(*kid) for kid in KIDS)])
    run_here(townships=[], accept_drift=True)
    finding = published("findings").query("rule == 'id_shared'")
    persons = published("persons").set_index("person_id")
    assert list(finding["in_cohort"]) == [True]
    assert list(persons.loc[finding["person_id"], "name"]) == [KIDS[0][0]]


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
