"""How many of a county's discrepancies are found, rule by rule, and how many findings are right.

``python -m benchmarks.discrepancies --children 30000 --seed S`` makes a synthetic county with discrepancies, runs the job on it
and compares its findings with ``benchmarks.expected``, by true child of the cohort: a finding is about the child whose row its
first record is. Use a seed that nothing was built on.
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from benchmarks.expected import Ids, expected
from pipelines.demo import PROFILES
from pipelines.demo.county import make_county
from pipelines.run import run_job
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
        run_job(root, options.as_of, townships=[], accept_drift=True)
        table = lines(compare(root, options.as_of), linked(root))
    print(f"{options.children:,} children, seed {options.seed}, profile {options.profile}, as of {options.as_of}\n\n{table}")
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
    place = ["registry", "file", "sheet", "row"]
    records = pd.read_parquet(current / "records.parquet", columns=["record_id", *place])
    truth = pd.read_parquet(root / "truth" / "values.parquet", columns=[*place, "truth_id"])
    whose = records.merge(truth, on=place, how="left").set_index("record_id")["truth_id"]
    one, other = findings["record_id_a"].map(whose), findings["record_id_b"].map(whose)
    child = one.fillna(other)
    pair = (findings["rule"] == _PAIR) & other.notna() & one.notna()
    both = pd.concat([one, other], axis=1)
    child = child.mask(pair, both.where(both.isin(cohort)).min(axis=1))
    return {rule: set(kids.dropna().astype(int)) & cohort for rule, kids in child.groupby(findings["rule"])}


@dataclass(frozen=True)
class Linked:
    """Children whose rows stand in several persons, or in one with another child's; of them those two of whose rows somebody
    is asked about (疑似同一人)."""

    amiss: Ids
    asked: Ids


def linked(root: Path) -> Linked:
    """How the job linked the rows of the county in ``root``."""
    place, current = ["registry", "file", "sheet", "row"], root / "curated" / "current"
    truth = pd.read_parquet(root / "truth" / "values.parquet", columns=[*place, "truth_id"])
    rows = truth.merge(pd.read_parquet(current / "identities.parquet"), on=place)
    alone = rows.groupby("truth_id")["person_id"].transform("nunique") == 1
    pure = rows.groupby("person_id")["truth_id"].transform("nunique") == 1
    links = pd.read_parquet(current / "links.parquet").query("decision == 'possible'")
    whose = rows.set_index("record_id")["truth_id"]
    one, other = links["record_id_l"].map(whose), links["record_id_r"].map(whose)
    return Linked(set(rows.loc[~(alone & pure), "truth_id"]), set(one[one == other]))


def lines(compared: dict[str, tuple[Ids, Ids]], how: Linked) -> str:
    """A Markdown table, one line a rule, a last one for all. Of what was missed, and of what is wrong, it says how much is
    about children whose rows were linked amiss; ``told``: recall where the pairs count that somebody is asked about."""
    counts = {rule: _counts(there, given, how) for rule, (there, given) in compared.items()}
    counts["**all**"] = [sum(column) for column in zip(*counts.values(), strict=True)]
    headings = "rule | expected | found | right | recall | told | precision | missed (linking) | wrong (linking)"
    out = [f"| {headings} |", "|---" * 9 + "|"]
    for rule, (there, given, right, asked, missed, missed_amiss, wrong, wrong_amiss) in counts.items():
        recall, told, precision = (
            f"{n / of:.3f}" if of else "–" for n, of in ((right, there), (right + asked, there), (right, given))
        )
        out.append(
            f"| {rule} | {there:,} | {given:,} | {right:,} | {recall} | {told} | {precision} | {missed} ({missed_amiss}) | {wrong} ({wrong_amiss}) |"
        )
    return "\n".join(out)


def _counts(there: Ids, given: Ids, how: Linked) -> list[int]:
    missed, wrong = there - given, given - there
    sets = (there, given, there & given, missed & how.asked, missed, missed & how.amiss, wrong, wrong & how.amiss)
    return [len(s) for s in sets]


if __name__ == "__main__":
    sys.exit(main())
