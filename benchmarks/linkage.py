"""Household registration × student status: bidui beside its peers, on one synthetic county, in one run.

``python -m benchmarks.linkage --children 102000 --seed 5001 --profile other --peers PYTHON`` makes a county (not timed),
standardises it, and gives the same cleaned columns to everybody: bidui, the exact-ID join offices do today, ID or
name + birthdate, and, where PYTHON (an environment with benchmarks/peers/requirements.txt) is given, Splink 5 and
recordlinkage's ECM. ``--plot FILE.svg`` draws the calibration. Use a seed that nothing was built on.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.calibration import draw_calibration
from matching.block import candidate_pairs
from matching.records import encode_records
from pipelines.demo import PROFILES
from pipelines.demo.make_county import make_county
from pipelines.intake.accept import accept
from pipelines.intake.reading import read_exports
from pipelines.persons.households import draw_in_households
from pipelines.persons.link_records import linkable_records
from schemas.registry import declared

AS_OF = date(2020, 4, 15)
PEERS = {"Splink 5": "splink_peer.py", "recordlinkage ECM": "recordlinkage_peer.py"}


@dataclass(slots=True)
class Result:
    """Who it was, record -> cluster, which pairs it leaves to people, seconds in all and per step, peak bytes."""

    who: str
    clusters: pd.DataFrame
    possible: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"record_id_l": [], "record_id_r": []}, dtype="str"))
    seconds: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)
    peak: int = 0


def main() -> int:
    """Make, link with everybody, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=102_000)
    parser.add_argument("--seed", type=int, default=5001)
    parser.add_argument("--profile", choices=PROFILES, default="other")
    parser.add_argument("--repeat", type=int, default=3, help="runs of bidui; the median counts")
    parser.add_argument("--peers", type=Path, help="the Python of an environment with the peers")
    parser.add_argument("--plot", type=Path, help="where to draw the calibration (.svg)")
    options = parser.parse_args()
    console = Console(width=150)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_county(folder, options.children, options.seed, AS_OF, options.profile)
        people, truth = _two_registers(folder)
        console.print(f"县 {options.children:,} 名儿童，种子 {options.seed}，差错 {options.profile}（全部虚构）")
        console.print("，".join(f"{s} {n:,} 行" for s, n in people["source"].value_counts().items()))
        results = [_bidui(folder, options.repeat), _exact_id(people), _id_or_name(people)]
        results += [_peer(folder, options.peers, who, script) for who, script in PEERS.items()] if options.peers else []
        _print(console, [(r, _score(r, truth, folder / "truth" / "children.parquet")) for r in results])
        console.print(_blocking(people, truth))
        if options.plot:
            pairs = pd.read_parquet(folder / "bidui.pairs.parquet")
            owner = truth.set_index("record_id")["truth_id"]
            same = owner.loc[pairs["record_id_l"]].to_numpy() == owner.loc[pairs["record_id_r"]].to_numpy()
            console.print(draw_calibration(pairs["probability"].to_numpy(), same, options.plot))
    return 0


def _two_registers(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(people of both registers, record_id -> truth_id), and left.parquet, right.parquet for whoever links them."""
    records = draw_in_households(accept(read_exports(folder / "raw", declared())).records, AS_OF)
    records = records[records["registry"].isin(["huji", "xueji"])].reset_index(drop=True)
    people = linkable_records(records)
    for side, source in (("left", "huji"), ("right", "xueji")):
        people[people["source"] == source].to_parquet(folder / f"{side}.parquet", index=False)
    rows = pd.read_parquet(folder / "truth" / "rows.parquet")
    address = ["registry", "file", "sheet", "row"]
    truth = records[["record_id", *address]].merge(rows, on=address, validate="one_to_one")
    return people, truth[["record_id", "truth_id", "registry"]]


def _bidui(folder: Path, repeat: int) -> Result:
    """In a process of its own, from the two Parquet files to the decided pairs."""
    runs = []
    for _ in range(repeat):
        command = [
            sys.executable,
            "-m",
            "benchmarks.linkage_bidui",
            *(str(folder / f) for f in ("left.parquet", "right.parquet", "bidui")),
        ]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        runs.append(json.loads(said.splitlines()[-1]))
    told = sorted(runs, key=lambda r: r["seconds"])[len(runs) // 2]
    pairs = pd.read_parquet(folder / "bidui.pairs.parquet")
    possible = pairs.loc[pairs["decision"] == "possible", ["record_id_l", "record_id_r"]]
    clusters = pd.read_parquet(folder / "bidui.clusters.parquet")
    return Result("bidui", clusters, possible, told["seconds"], {"recall": told["recall"]}, told["peak_bytes"])


def _exact_id(people: pd.DataFrame) -> Result:
    return Result("exact ID", people[["record_id"]].assign(cluster=people["id_number"].fillna(people["record_id"])))


def _id_or_name(people: pd.DataFrame) -> Result:
    """Same ID, or else same name and birthdate where both occur once on either side."""
    with duckdb.connect() as con:
        con.register("people", people.assign(birthdate=people["birthdate"].dt.strftime("%Y%m%d")))
        pairs = con.sql(
            """with once as (select *, count(*) over (partition by source, name, birthdate) as bearers from people
                where name is not null and birthdate is not null)
            select a.record_id as l, b.record_id as r from people a join people b using (id_number)
            where a.source = 'huji' and b.source = 'xueji'
            union select a.record_id, b.record_id from once a join once b using (name, birthdate)
            where a.source = 'huji' and b.source = 'xueji' and a.bearers = 1 and b.bearers = 1"""
        ).df()
    return Result("ID or name + birthdate", _components(people["record_id"], pairs))


def _blocking(people: pd.DataFrame, truth: pd.DataFrame) -> str:
    """Which true pairs blocking finds, by the truth. A record settled with one record of a child is not compared with the
    child's others (see blocking.py): such a pair counts as found where true candidates lead from one to the other, and is
    told apart."""
    ready = encode_records(people)
    found = candidate_pairs(ready)
    order = ready.record_id.to_pandas()
    owner = truth.set_index("record_id").loc[order, "truth_id"].to_numpy()
    true = owner[found.left] == owner[found.right]
    edges = pd.DataFrame({"l": order.to_numpy()[found.left[true]], "r": order.to_numpy()[found.right[true]]})
    reached = _components(order, edges)["cluster"].to_numpy()
    there, through = (_pairs_of(pd.DataFrame({"owner": owner} | part)) for part in ({}, {"reached": reached}))
    return (
        f"blocking: {len(found.left):,} candidates; of {there:,} true pairs {true.sum():,} ({true.sum() / there:.5f}) compared, "
        f"{through:,} ({through / there:.5f}) compared or joined by true candidates"
    )


def _pairs_of(labels: pd.DataFrame) -> int:
    sizes = labels.groupby(list(labels)).size()
    return int((sizes * (sizes - 1) // 2).sum())


def _components(record_ids: pd.Series, pairs: pd.DataFrame) -> pd.DataFrame:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    index = pd.Index(record_ids)
    left, right = index.get_indexer(pairs["l"]), index.get_indexer(pairs["r"])
    graph = coo_array((np.ones(len(left), dtype=bool), (left, right)), shape=(len(index), len(index)))
    return pd.DataFrame({"record_id": record_ids, "cluster": connected_components(graph, directed=False)[1]})


def _peer(folder: Path, python: Path, who: str, script: str) -> Result:
    out = folder / f"{script}.parquet"
    command = [str(python), str(Path(__file__).parent / "peers" / script)]
    command += [str(folder / "left.parquet"), str(folder / "right.parquet"), str(out)]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
    links = pd.read_parquet(out).rename(columns={"record_id_l": "l", "record_id_r": "r"})
    everyone = pd.concat(
        [pd.read_parquet(folder / f"{side}.parquet")["record_id"] for side in ("left", "right")], ignore_index=True
    )
    seconds = told["seconds"]
    return Result(who, _components(everyone, links), seconds=seconds["total"], steps=seconds, peak=told["peak_bytes"])


_SCORE = """
with owned as (select c.cluster::varchar as cluster, t.* from clusters c join truth t using (record_id)),
pairs as (select sum(n * (n - 1) / 2) as n from (select count(*) as n from owned group by truth_id)),
found as (select sum(n * (n - 1) / 2) as n from (select count(*) as n from owned group by cluster)),
good as (select sum(n * (n - 1) / 2) as n from (select count(*) as n from owned group by cluster, truth_id)),
with_student as (select distinct cluster from owned where registry = 'xueji'),
children as (select truth_id, bool_or(cluster in (from with_student)) as linked from owned where registry = 'huji' group by truth_id),
students as (select distinct truth_id from owned where registry = 'xueji'),
left_over as (select distinct a.truth_id from possible join owned a on a.record_id = record_id_l
    join owned b on b.record_id = record_id_r where a.truth_id = b.truth_id and a.registry <> b.registry)
select (select n from pairs), (select n from found), (select n from good),
    count(*) filter (truth_id in (from students) and state = 'enrolled' and in_cohort),
    count(*) filter (truth_id in (from students) and state = 'enrolled' and in_cohort and not linked),
    count(*) filter (truth_id in (from left_over) and state = 'enrolled' and in_cohort and not linked),
    count(*) filter (truth_id not in (from students)),
    count(*) filter (truth_id not in (from students) and linked)
from children join state using (truth_id)
"""


def _score(result: Result, truth: pd.DataFrame, children: Path) -> dict[str, float]:
    """missed: children without student record who were given somebody's; wasted: enrolled children left without theirs,
    ``beside`` among them those for whom theirs is shown to a person as possible."""
    with duckdb.connect() as con:
        con.register("clusters", result.clusters)
        con.register("truth", truth)
        con.register("possible", result.possible)
        con.read_parquet(str(children)).create_view("state")
        there, found, right, enrolled, wasted, beside, without, missed = map(float, con.sql(_SCORE).fetchall()[0])
    precision, recall = right / found, right / there
    f1 = 2 * precision * recall / (precision + recall)
    return {
        "there": there, "precision": precision, "recall": recall, "f1": f1,
        "enrolled": enrolled, "wasted": wasted, "beside": beside, "without": without, "missed": missed,
    }  # fmt: skip


def _print(console: Console, rows: list[tuple[Result, dict[str, float]]]) -> None:
    table = Table(box=None, pad_edge=False)
    headings = (
        "",
        "missed",
        "of",
        "wasted",
        "1 in",
        "record beside",
        "left to people",
        "precision",
        "recall",
        "F1",
        "seconds",
        "× bidui",
        "peak GiB",
    )
    for heading in headings:
        table.add_column(heading, justify="right" if heading else "left")
    base = rows[0][0].seconds
    for r, s in rows:
        table.add_row(
            r.who, f"{s['missed']:.0f}", f"{s['without']:,.0f}", f"{s['wasted']:.0f}", f"{s['enrolled'] / max(s['wasted'], 1):,.0f}", f"{s['beside']:.0f}",
            f"{len(r.possible)} ({len(r.possible) / s['there']:.2%})", f"{s['precision']:.5f}", f"{s['recall']:.5f}", f"{s['f1']:.5f}",
            f"{r.seconds:.1f}" if r.seconds else "", f"{r.seconds / base:.1f}" if r.seconds else "", f"{r.peak / 2**30:.2f}" if r.peak else "",
        )  # fmt: skip
    console.print(table)
    for r, _ in rows:
        if r.steps:
            console.print(f"{r.who}: " + ", ".join(f"{k} {v:.6g}" for k, v in r.steps.items()))


if __name__ == "__main__":
    sys.exit(main())
