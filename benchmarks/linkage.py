"""Accuracy and time of linking the household register with the student records: bidui beside other programs, in one run.

``python -m benchmarks.linkage --children 102000 --seed 5001 --profile other --peers PYTHON`` makes a synthetic county (not timed),
standardises it, and gives the same cleaned columns to all: bidui; the join on equal IDs that offices do today; ID or name and
birthdate; and, if PYTHON (that of an environment with benchmarks/peers/requirements.txt) is given, Splink 5 and the ECM classifier
of recordlinkage. ``--plot FILE.svg`` draws the calibration. Use a seed that no one has looked at while changing the program.
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
from pipelines.intake.places import Places
from pipelines.intake.reading import read_exports
from pipelines.persons.households import with_household_kin, without_borrowed_ids
from pipelines.persons.link_records import linkable_records
from schemas.registry import declared
from schemas.settings import Settings

AS_OF = date(2020, 4, 15)
PEERS = {"Splink 5": "splink_peer.py", "recordlinkage ECM": "recordlinkage_peer.py"}


@dataclass(slots=True)
class Result:
    """What one program made of the records. ``clusters``: record_id and cluster. ``possible``: pairs that it leaves to a person.
    ``steps``: seconds per step, or other figures to print. ``peak``: most memory in bytes."""

    who: str
    clusters: pd.DataFrame
    possible: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"record_id_l": [], "record_id_r": []}, dtype="str"))
    seconds: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)
    peak: int = 0


def main() -> int:
    """Make the county, link it with each program, print the table."""
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
        people, truth = two_registers_of(folder)
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


def two_registers_of(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns the people of both registers, and a table of record_id, truth_id and registry. Writes left.parquet and right.parquet for
    the programs that run as processes."""
    accepted = accept(read_exports(folder / "raw", declared()), Places(Settings().divisions)).records
    records = with_household_kin(without_borrowed_ids(accepted, AS_OF, None), AS_OF, None)
    records = records[records["registry"].isin(["huji", "xueji"])].reset_index(drop=True)
    people = linkable_records(records)
    for side, source in (("left", "huji"), ("right", "xueji")):
        people[people["source"] == source].to_parquet(folder / f"{side}.parquet", index=False)
    rows = pd.read_parquet(folder / "truth" / "rows.parquet")
    address = ["registry", "file", "sheet", "row"]
    truth = records[["record_id", *address]].merge(rows, on=address, validate="one_to_one")
    return people, truth[["record_id", "truth_id", "registry"]]


def _bidui(folder: Path, repeat: int) -> Result:
    """bidui, in a process of its own, from the two Parquet files to decided pairs; of ``repeat`` runs the one with the median time."""
    runs = []
    for _ in range(repeat):
        command = [
            sys.executable,
            "-m",
            "benchmarks.linkage_bidui",
            *(str(folder / f) for f in ("left.parquet", "right.parquet", "bidui")),
        ]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        runs.append(json.loads(printed.splitlines()[-1]))
    median = sorted(runs, key=lambda r: r["seconds"])[len(runs) // 2]
    pairs = pd.read_parquet(folder / "bidui.pairs.parquet")
    possible = pairs.loc[pairs["decision"] == "possible", ["record_id_l", "record_id_r"]]
    clusters = pd.read_parquet(folder / "bidui.clusters.parquet")
    return Result("bidui", clusters, possible, median["seconds"], {"recall": median["recall"]}, median["peak_bytes"])


def _exact_id(people: pd.DataFrame) -> Result:
    """Records with the same ID are one person."""
    return Result("exact ID", people[["record_id"]].assign(cluster=people["id_number"].fillna(people["record_id"])))


def _id_or_name(people: pd.DataFrame) -> Result:
    """Records with the same ID are one person, and so are records with the same name and birthdate if these occur once in each
    register."""
    with duckdb.connect() as con:
        con.register("people", people.assign(birthdate=people["birthdate"].dt.strftime("%Y%m%d")))
        pairs = con.sql(
            """with once as (select *, count(*) over (partition by source, name, birthdate) as occurs from people
                where name is not null and birthdate is not null)
            select a.record_id as l, b.record_id as r from people a join people b using (id_number)
            where a.source = 'huji' and b.source = 'xueji'
            union select a.record_id, b.record_id from once a join once b using (name, birthdate)
            where a.source = 'huji' and b.source = 'xueji' and a.occurs = 1 and b.occurs = 1"""
        ).df()
    return Result("ID or name + birthdate", _components(people["record_id"], pairs))


def _blocking(people: pd.DataFrame, truth: pd.DataFrame) -> str:
    """How many true pairs blocking finds, as text. A record that is settled with one record of a child is not compared with the child's
    other records (``matching.block``), so two numbers are given: true pairs that are candidates, and true pairs whose records are
    connected by true candidates."""
    encoded = encode_records(people)
    found = candidate_pairs(encoded)
    order = encoded.record_id.to_pandas()
    owner = truth.set_index("record_id").loc[order, "truth_id"].to_numpy()
    true = owner[found.left] == owner[found.right]
    edges = pd.DataFrame({"l": order.to_numpy()[found.left[true]], "r": order.to_numpy()[found.right[true]]})
    component = _components(order, edges)["cluster"].to_numpy()
    pairs, connected = (_pairs_within(pd.DataFrame({"owner": owner} | part)) for part in ({}, {"component": component}))
    return (
        f"blocking: {len(found.left):,} candidates; of {pairs:,} true pairs {true.sum():,} ({true.sum() / pairs:.5f}) compared, "
        f"{connected:,} ({connected / pairs:.5f}) compared or joined by true candidates"
    )


def _pairs_within(labels: pd.DataFrame) -> int:
    """How many pairs of rows have the same labels."""
    sizes = labels.groupby(list(labels)).size()
    return int((sizes * (sizes - 1) // 2).sum())


def _components(record_ids: pd.Series, pairs: pd.DataFrame) -> pd.DataFrame:
    """record_id and cluster: the connected components of ``pairs`` (columns l and r)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    index = pd.Index(record_ids)
    left, right = index.get_indexer(pairs["l"]), index.get_indexer(pairs["r"])
    graph = coo_array((np.ones(len(left), dtype=bool), (left, right)), shape=(len(index), len(index)))
    return pd.DataFrame({"record_id": record_ids, "cluster": connected_components(graph, directed=False)[1]})


def _peer(folder: Path, python: Path, who: str, script: str) -> Result:
    """Another program, by its script in benchmarks/peers."""
    out = folder / f"{script}.parquet"
    command = [str(python), str(Path(__file__).parent / "peers" / script)]
    command += [str(folder / "left.parquet"), str(folder / "right.parquet"), str(out)]
    report = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
    links = pd.read_parquet(out).rename(columns={"record_id_l": "l", "record_id_r": "r"})
    everyone = pd.concat(
        [pd.read_parquet(folder / f"{side}.parquet")["record_id"] for side in ("left", "right")], ignore_index=True
    )
    seconds = report["seconds"]
    return Result(who, _components(everyone, links), seconds=seconds["total"], steps=seconds, peak=report["peak_bytes"])


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
    """Returns the figures of one program against the truth. pairs: true pairs. precision, recall and F1 over pairs. without: children
    without student record; missed: those of them who were linked to somebody else's. enrolled: enrolled children of the cohort;
    wasted: those of them who were not linked to their student record; beside: those of these for whom it is shown as possible."""
    with duckdb.connect() as con:
        con.register("clusters", result.clusters)
        con.register("truth", truth)
        con.register("possible", result.possible)
        con.read_parquet(str(children)).create_view("state")
        pairs, found, right, enrolled, wasted, beside, without, missed = map(float, con.sql(_SCORE).fetchall()[0])
    precision, recall = right / found, right / pairs
    f1 = 2 * precision * recall / (precision + recall)
    return {
        "pairs": pairs, "precision": precision, "recall": recall, "f1": f1,
        "enrolled": enrolled, "wasted": wasted, "beside": beside, "without": without, "missed": missed,
    }  # fmt: skip


def _print(console: Console, rows: list[tuple[Result, dict[str, float]]]) -> None:
    """Print one row per program; the first is bidui."""
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
            f"{len(r.possible)} ({len(r.possible) / s['pairs']:.2%})", f"{s['precision']:.5f}", f"{s['recall']:.5f}", f"{s['f1']:.5f}",
            f"{r.seconds:.1f}" if r.seconds else "", f"{r.seconds / base:.1f}" if r.seconds else "", f"{r.peak / 2**30:.2f}" if r.peak else "",
        )  # fmt: skip
    console.print(table)
    for r, _ in rows:
        if r.steps:
            console.print(f"{r.who}: " + ", ".join(f"{k} {v:.6g}" for k, v in r.steps.items()))


if __name__ == "__main__":
    sys.exit(main())
