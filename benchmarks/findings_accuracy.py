"""Recall and precision of the discrepancies, rule by rule.

``python -m benchmarks.findings_accuracy --children 30000 --seed S`` makes a synthetic county with discrepancies, runs the job on it
and compares its findings with ``benchmarks.expected``. Both are counted by true child of the cohort: a finding counts for the
child whose row its first record is. Then the sheet 疑似同一人 of the county's workbook is filled in by the truth and returned, as
townships would do, and the job runs again. Use a seed that no one has looked at while changing the program.
"""

import argparse
import sys
import tempfile
from datetime import date
from pathlib import Path

import pandas as pd
from openpyxl import load_workbook

from benchmarks.expected import Ids, expected
from pipelines.demo import PROFILES
from pipelines.demo.make_county import make_county
from pipelines.night.job import run_job
from reports.book import ANSWER_MARK
from reports.listings import PAIRS_SHEET
from schemas.rules import RULES

AS_OF = date(2020, 4, 15)
_PAIR = "id_shared"  # this rule is about two children alike, so each finding counts for one fixed child of the two


def main() -> int:
    """Make, run, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=9001)
    parser.add_argument("--profile", choices=PROFILES, default="standard")
    parser.add_argument("--as-of", type=date.fromisoformat, default=AS_OF)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_county(root, options.children, options.seed, options.as_of, options.profile, discrepancies=True)
        run_job(root, options.as_of, accept_drift=True)
        first_night, wrongly_linked = compare(root, options.as_of), wrongly_linked_children(root)
        answered = answer_pairs(root, options.as_of)
        run_job(root, options.as_of, townships=[], accept_drift=True)
        table = markdown_table(first_night, wrongly_linked, compare(root, options.as_of))
    print(f"{options.children:,} children, seed {options.seed}, profile {options.profile}, as of {options.as_of}; ", end="")
    print(f"{answered} pairs of 疑似同一人 answered\n\n{table}")
    return 0


def compare(root: Path, as_of: date) -> dict[str, tuple[Ids, Ids]]:
    """Returns per rule the children of the cohort for whom a finding is expected, and those for whom one is found."""
    values, children = (pd.read_parquet(root / "truth" / f"{name}.parquet") for name in ("values", "children"))
    by_truth = expected(values, children, as_of)
    by_run = found(root, set(children.loc[children["in_cohort"], "truth_id"]))
    return {rule.code: (by_truth[rule.code], by_run.get(rule.code, set())) for rule in RULES}


def found(root: Path, cohort: Ids) -> dict[str, Ids]:
    """Returns per rule the true children of the cohort for whom the run has a finding."""
    current = root / "curated" / "current"
    findings = pd.read_parquet(current / "findings.parquet", columns=["rule", "record_id_a", "record_id_b", "in_cohort"])
    findings = findings[findings["in_cohort"]]  # workbooks show only these
    child_of = true_children(root)
    child_a, child_b = findings["record_id_a"].map(child_of), findings["record_id_b"].map(child_of)
    child = child_a.fillna(child_b)
    pair = (findings["rule"] == _PAIR) & child_b.notna() & child_a.notna()
    both = pd.concat([child_a, child_b], axis=1)
    child = child.mask(pair, both.where(both.isin(cohort)).min(axis=1))
    return {rule: set(kids.dropna().astype(int)) & cohort for rule, kids in child.groupby(findings["rule"])}


def answer_pairs(root: Path, as_of: date) -> int:
    """Fill in the sheet 疑似同一人 of the county's workbook by the truth and put it into the inbox. Returns how many rows it has."""
    book = load_workbook(next((root / "outbox" / as_of.isoformat()).glob("都安县_*.xlsx")))
    sheet = book[PAIRS_SHEET.title]
    position = {str(cell.value).removesuffix("\n" + ANSWER_MARK): cell.column for cell in sheet[1]}
    place = {column.key: position[column.heading] for column in PAIRS_SHEET.columns if column.heading in position}
    child_of = true_children(root)
    for row in range(2, sheet.max_row + 1):
        same = child_of[sheet.cell(row, place["record_id_l"]).value] == child_of[sheet.cell(row, place["record_id_r"]).value]
        for field, value in {"said": "是" if same else "否", "checked_by": "核查员", "checked_on": as_of}.items():
            sheet.cell(row, place[field]).value = value
    (root / "inbox").mkdir()
    book.save(root / "inbox" / "答复.xlsx")
    return sheet.max_row - 1


def true_children(root: Path) -> pd.Series:
    """record_id -> truth_id."""
    address = ["registry", "file", "sheet", "row"]
    records = pd.read_parquet(root / "curated" / "current" / "records.parquet", columns=["record_id", *address])
    truth = pd.read_parquet(root / "truth" / "values.parquet", columns=[*address, "truth_id"])
    return records.merge(truth, on=address, how="left").set_index("record_id")["truth_id"]


def wrongly_linked_children(root: Path) -> Ids:
    """Children whose rows are in several persons, or in one person with the rows of another child."""
    address, current = ["registry", "file", "sheet", "row"], root / "curated" / "current"
    truth = pd.read_parquet(root / "truth" / "values.parquet", columns=[*address, "truth_id"])
    rows = truth.merge(pd.read_parquet(current / "identities.parquet"), on=address)
    in_one_person = rows.groupby("truth_id")["person_id"].transform("nunique") == 1
    of_one_child = rows.groupby("person_id")["truth_id"].transform("nunique") == 1
    return set(rows.loc[~(in_one_person & of_one_child), "truth_id"])


def markdown_table(
    first_night: dict[str, tuple[Ids, Ids]], wrongly_linked: Ids, after_answers: dict[str, tuple[Ids, Ids]]
) -> str:
    """A table in Markdown with one row per rule and a last one for all. In brackets: how many of the missed and of the wrong children
    are wrongly linked. ``after_answers``: the comparison once the pairs on 疑似同一人 are answered."""
    counts = {
        rule: _counts(*children, wrongly_linked) + _counts(*after_answers[rule], wrongly_linked)[:3]
        for rule, children in first_night.items()
    }
    counts["**all**"] = [sum(column) for column in zip(*counts.values(), strict=True)]
    headings = "rule | expected | found | right | recall | precision | missed (linking) | wrong (linking) | recall, answered | precision, answered"
    out = [f"| {headings} |", "|---" * 10 + "|"]
    for rule, row in counts.items():
        expected_n, found_n, right, missed, missed_linking, wrong, wrong_linking, expected_after, found_after, right_after = row
        shares = ((right, expected_n), (right, found_n), (right_after, expected_after), (right_after, found_after))
        recall, precision, recall_after, precision_after = (f"{n / of:.3f}" if of else "–" for n, of in shares)
        out.append(
            f"| {rule} | {expected_n:,} | {found_n:,} | {right:,} | {recall} | {precision} | {missed} ({missed_linking})"
            f" | {wrong} ({wrong_linking}) | {recall_after} | {precision_after} |"
        )
    return "\n".join(out)


def _counts(by_truth: Ids, by_run: Ids, wrongly_linked: Ids) -> list[int]:
    """Numbers of children: expected, found, both, missed, missed and wrongly linked, wrong, wrong and wrongly linked."""
    missed, wrong = by_truth - by_run, by_run - by_truth
    sets = (by_truth, by_run, by_truth & by_run, missed, missed & wrongly_linked, wrong, wrong & wrongly_linked)
    return [len(children) for children in sets]


if __name__ == "__main__":
    sys.exit(main())
