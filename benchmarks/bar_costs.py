"""What each bar of ``matching.bars`` saves and costs, on made-up counties with known truth.

``python -m benchmarks.bar_costs --children 102000 --seed 8031 --profile other`` makes a county of this repository's own;
``python -m benchmarks.bar_costs --second FOLDER`` reads one that shared/second_county/make_county.py wrote (clean/*.parquet and truth/).
The household register is linked with the student register once without bars, once with each bar alone, once with all.

*Missed*: children without student record who were linked to somebody else's. *Wasted*: pupils who were linked to no student
record; *visits*: those of them for whom their own is not even more likely than not, so that no call to a school settles it.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

import matching.linkage_steps
from benchmarks.linkage import AS_OF, two_registers_of
from matching import PEOPLE, Linkage, link
from matching.arrays import Codes
from matching.bars import BARS, PairsToBar, barred
from pipelines.demo import PROFILES
from pipelines.demo.make_county import make_county
from pipelines.lists.list_columns import read_list
from schemas.settings import Settings

_SHOWN_AS_LIKELY = 0.5
_OWN_STATES = ("enrolled",)


def main() -> int:
    """Print one row per choice of bars."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=102_000)
    parser.add_argument("--seed", type=int, default=8031)
    parser.add_argument("--profile", choices=PROFILES, default="other")
    parser.add_argument("--second", type=Path, help="a folder that shared/second_county/make_county.py wrote")
    options = parser.parse_args()
    people, owner, children = _second(options.second) if options.second else _own(options)
    table = Table(box=None, pad_edge=False)
    for heading in ("bars", "missed", "wasted", "visits", "wrong pairs", "F1"):
        table.add_column(heading, justify="left" if heading == "bars" else "right")
    for name, bars in _choices().items():
        with patch.object(matching.linkage_steps, "barred", bars):
            linkage = link(people)
        table.add_row(name, *_score(linkage, owner, children))
    Console(width=120).print(table)
    return 0


def _choices() -> dict[str, Callable[[PairsToBar], Codes]]:
    """Name -> which pairs are barred."""

    def by_itself(bar: Callable[[PairsToBar], Codes]) -> Callable[[PairsToBar], Codes]:
        return lambda pairs: bar(pairs).astype(np.uint8)

    none = {"none": lambda pairs: np.zeros(len(pairs.within), dtype=np.uint8)}
    return none | {bar.__name__.strip("_"): by_itself(bar) for bar in BARS.values()} | {"all": barred}


def _own(options: argparse.Namespace) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """(people, owner of each record, children: pupil and out of the student register) of a county made here."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_county(folder, options.children, options.seed, AS_OF, options.profile)
        people, truth = two_registers_of(folder)
        children = pd.read_parquet(folder / "truth" / "children.parquet").set_index("truth_id")
    return people, truth.set_index("record_id")["truth_id"], children["in_cohort"] & children["state"].isin(_OWN_STATES)


def _second(folder: Path) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """The same of a second county: ``clean/huji.parquet`` and ``clean/xueji.parquet`` as ``bidui link`` reads them."""
    people, owners = [], []
    for registry in ("huji", "xueji"):
        path = folder / "clean" / f"{registry}.parquet"
        rows = read_list(path, registry, None, {}, {}, Settings()).people.reindex(columns=list(PEOPLE))
        people.append(rows)
        owners.append(pd.Series(pd.read_parquet(path)["kid"].to_numpy(), index=rows["record_id"]))
    children = pd.read_parquet(folder / "truth" / "kids.parquet").set_index("kid")
    due = children["cohort"] & ~children["status"].isin(["not_due", "deceased"]) & children["in_xueji"]
    return pd.concat(people, ignore_index=True), pd.concat(owners), due


def _score(linkage: Linkage, owner: pd.Series, pupil: pd.Series) -> tuple[str, ...]:
    """Missed, wasted, visits, wrong pairs, F1."""
    of = linkage.clusters.assign(owner=owner.reindex(linkage.clusters["record_id"]).to_numpy())
    of["student"] = of["record_id"].isin(linkage.people.record_id.filter(linkage.people.source == 1).to_pylist())
    household, student = of[~of["student"]], of[of["student"]]
    found = household.merge(student, on="cluster")
    true = household.merge(student, on="owner")
    right = int((found["owner_x"] == found["owner_y"]).sum())
    linked = set(found["owner_x"])
    pupils = set(pupil.index[pupil]) & set(true["owner"])
    wasted = pupils - linked
    without = set(household["owner"]) - set(student["owner"])
    links = linkage.links[linkage.links["probability"] >= _SHOWN_AS_LIKELY]
    students = set(student["record_id"])
    links = links[links["record_id_l"].isin(students) != links["record_id_r"].isin(students)]
    own, other = (owner.reindex(links[f"record_id_{side}"]).to_numpy() for side in "lr")
    visits = wasted - set(own[own == other])
    f1 = 2 * right / (len(found) + len(true))
    return f"{len(without & linked)}", f"{len(wasted)}", f"{len(visits)}", f"{len(found) - right}", f"{f1:.5f}"


if __name__ == "__main__":
    sys.exit(main())
