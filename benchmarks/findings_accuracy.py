"""How many of a county's discrepancies are found, rule by rule, and how many findings are right.

``python -m benchmarks.findings_accuracy --children 30000 --seed S`` makes a synthetic county with discrepancies, runs the job on it
and compares its findings with ``benchmarks.expected``, by true child of the cohort: a finding is about the child whose row its
first record is. Then 疑似同一人 of the county's workbook is answered by the truth and sent back, as townships would, and the job is
run again. Use a seed that nothing was built on.
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
from reports.listings import PAIRS_SHEET
from schemas.rules import RULES

AS_OF = date(2020, 4, 15)
_PAIR = "id_shared"  # about two children, and nobody can say which of them is the one


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
        first, how = compare(root, options.as_of), linked(root)
        answered = answer_pairs(root, options.as_of)
        run_job(root, options.as_of, townships=[], accept_drift=True)
        table = lines(first, how, compare(root, options.as_of))
    print(f"{options.children:,} children, seed {options.seed}, profile {options.profile}, as of {options.as_of}; ", end="")
    print(f"{answered} pairs of 疑似同一人 answered\n\n{table}")
    return 0


def compare(root: Path, as_of: date) -> dict[str, tuple[Ids, Ids]]:
    """Per rule (expected, found): children of the cohort."""
    values, children = (pd.read_parquet(root / "truth" / f"{name}.parquet") for name in ("values", "children"))
    wanted = expected(values, children, as_of)
    given = found(root, set(children.loc[children["in_cohort"], "truth_id"]))
    return {rule.code: (wanted[rule.code], given.get(rule.code, set())) for rule in RULES}


def found(root: Path, cohort: Ids) -> dict[str, Ids]:
    """Per rule the true children of the cohort that its findings are about."""
    current = root / "curated" / "current"
    findings = pd.read_parquet(current / "findings.parquet", columns=["rule", "record_id_a", "record_id_b", "in_cohort"])
    findings = findings[findings["in_cohort"]]  # nobody is shown the others
    whose = true_children(root)
    one, other = findings["record_id_a"].map(whose), findings["record_id_b"].map(whose)
    child = one.fillna(other)
    pair = (findings["rule"] == _PAIR) & other.notna() & one.notna()
    both = pd.concat([one, other], axis=1)
    child = child.mask(pair, both.where(both.isin(cohort)).min(axis=1))
    return {rule: set(kids.dropna().astype(int)) & cohort for rule, kids in child.groupby(findings["rule"])}


def answer_pairs(root: Path, as_of: date) -> int:
    """Fill in 疑似同一人 of the county's workbook as the truth has it, and put it into the inbox; how many rows."""
    book = load_workbook(next((root / "outbox" / as_of.isoformat()).glob("都安县_*.xlsx")))
    sheet = book[PAIRS_SHEET.title]
    at = {str(cell.value).replace("\n", ""): cell.column for cell in sheet[1]}
    mine, other = (at[column.heading.replace("\n", "")] for column in PAIRS_SHEET.columns if column.field.startswith("record_id"))
    fill = {answer.field: at[answer.heading.replace("\n", "")] for answer in PAIRS_SHEET.answers}
    whose = true_children(root)
    for row in range(2, sheet.max_row + 1):
        one = whose[sheet.cell(row, mine).value] == whose[sheet.cell(row, other).value]
        for field, said in {"said": "是" if one else "否", "checked_by": "核查员", "checked_on": as_of}.items():
            sheet.cell(row, fill[field]).value = said
    (root / "inbox").mkdir()
    book.save(root / "inbox" / "答复.xlsx")
    return sheet.max_row - 1


def true_children(root: Path) -> pd.Series:
    """record_id -> truth_id."""
    place = ["registry", "file", "sheet", "row"]
    records = pd.read_parquet(root / "curated" / "current" / "records.parquet", columns=["record_id", *place])
    truth = pd.read_parquet(root / "truth" / "values.parquet", columns=[*place, "truth_id"])
    return records.merge(truth, on=place, how="left").set_index("record_id")["truth_id"]


def linked(root: Path) -> Ids:
    """Children whose rows the job put into several persons, or into one with another child's."""
    place, current = ["registry", "file", "sheet", "row"], root / "curated" / "current"
    truth = pd.read_parquet(root / "truth" / "values.parquet", columns=[*place, "truth_id"])
    rows = truth.merge(pd.read_parquet(current / "identities.parquet"), on=place)
    alone = rows.groupby("truth_id")["person_id"].transform("nunique") == 1
    pure = rows.groupby("person_id")["truth_id"].transform("nunique") == 1
    return set(rows.loc[~(alone & pure), "truth_id"])


def lines(compared: dict[str, tuple[Ids, Ids]], amiss: Ids, after: dict[str, tuple[Ids, Ids]]) -> str:
    """A Markdown table, one line a rule, a last one for all. Of what was missed, and of what is wrong, it says how much is
    about children whose rows were linked amiss; ``after``: the same once the pairs on 疑似同一人 are answered."""
    counts = {rule: _counts(there, given, amiss) + _counts(*after[rule], amiss)[:3] for rule, (there, given) in compared.items()}
    counts["**all**"] = [sum(column) for column in zip(*counts.values(), strict=True)]
    headings = "rule | expected | found | right | recall | precision | missed (linking) | wrong (linking) | recall, answered | precision, answered"
    out = [f"| {headings} |", "|---" * 10 + "|"]
    for rule, (
        there,
        given,
        right,
        missed,
        missed_amiss,
        wrong,
        wrong_amiss,
        there_then,
        given_then,
        right_then,
    ) in counts.items():
        shares = ((right, there), (right, given), (right_then, there_then), (right_then, given_then))
        recall, precision, recall_then, precision_then = (f"{n / of:.3f}" if of else "–" for n, of in shares)
        out.append(
            f"| {rule} | {there:,} | {given:,} | {right:,} | {recall} | {precision} | {missed} ({missed_amiss}) | {wrong} ({wrong_amiss})"
            f" | {recall_then} | {precision_then} |"
        )
    return "\n".join(out)


def _counts(there: Ids, given: Ids, amiss: Ids) -> list[int]:
    missed, wrong = there - given, given - there
    return [len(s) for s in (there, given, there & given, missed, missed & amiss, wrong, wrong & amiss)]


if __name__ == "__main__":
    sys.exit(main())
