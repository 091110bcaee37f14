"""Time and memory of matching as lists grow, beside the bare join of the blocking keys in DuckDB.

``python -m benchmarks.scale --sizes 1000000 5000000`` links two made-up registers of each size, in a process of its own; in another
process DuckDB joins the same keys under the same limits of block sizes, without settling any records first.
"""

import argparse
import json
import math
import subprocess
import sys
import threading
import time

import pyarrow as pa

from benchmarks.linkage_bidui import watch
from benchmarks.two_registers import two_registers
from matching import link
from matching.block import BLOCKING_RULES, LARGEST_BLOCK, budget, connection, keys_sql
from matching.records import encode_records


def main() -> int:
    """Measure every size, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[200_000, 1_000_000])
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--only", choices=("link", "join"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        figures = (
            _link(two_registers(options.sizes[0], options.seed))
            if options.only == "link"
            else _join(options.sizes[0], options.seed)
        )
        print(json.dumps(figures))
        return 0
    print(f"{'rows':>22} {'link s':>8} {'GiB':>6} {'pairs':>12} {'join s':>8} {'pairs':>12} {'link/join':>10} {'growth':>7}")
    before: tuple[int, float] | None = None
    for size in options.sizes:
        linked, joined = (_in_a_process(what, size, options.seed) for what in ("link", "join"))
        seconds, join = linked["seconds"], joined["seconds"]
        growth = f"{math.log(seconds / before[1]) / math.log(size / before[0]):.2f}" if before else ""
        print(
            f"{size:>10,} ×{size:>10,} {seconds:8.1f} {linked['peak_bytes'] / 2**30:6.1f} {linked['pairs']:12,}"
            f" {join:8.1f} {joined['pairs']:12,} {seconds / join:10.2f} {growth:>7}",
            flush=True,
        )
        before = (size, seconds)
    return 0


def _in_a_process(what: str, size: int, seed: int) -> dict:
    """The figures of ``_link`` or ``_join``, measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.scale", "--sizes", str(size), "--seed", str(seed), "--only", what]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])


def _link(people: pa.Table) -> dict:
    """Seconds, peak memory and candidate pairs of ``matching.link``."""
    peak = [0]
    threading.Thread(target=watch, args=(peak,), daemon=True).start()
    start = time.perf_counter()
    linkage = link(people)
    return {"seconds": time.perf_counter() - start, "peak_bytes": peak[0], "pairs": linkage.candidates}


def _join(size: int, seed: int) -> dict:
    """Seconds and number of distinct pairs of all blocking rules, with the limits of block sizes that matching has."""
    people = encode_records(two_registers(size, seed))
    with connection(people) as con:
        start = time.perf_counter()
        con.execute("create table pairs (l int, r int)")
        for rule in BLOCKING_RULES:
            con.execute(f"create or replace temp table keyed as select distinct * from ({keys_sql(rule, 'people', 'n')})")
            con.execute(
                "create or replace temp table blocks as select key, count(*) as size from keyed group by key having size > 1"
            )
            sizes = con.sql(
                f"select size, sum(size * size / 2) from blocks where size <= {LARGEST_BLOCK} group by size order by size"
            ).fetchall()
            left, largest = budget(len(people)), 4
            for block, cost in sizes:
                left -= cost
                if left < 0:
                    break
                largest = max(block, largest)
            con.execute(
                f"""insert into pairs with used as (select keyed.* from keyed semi join (from blocks where size <= {largest}) using (key))
                select a.n, b.n from used a join used b on a.key = b.key and a.n < b.n"""
            )
        con.execute("create table found as select distinct l, r from pairs")
        (pairs,) = con.sql("select count(*) from found").fetchall()[0]
        return {"seconds": time.perf_counter() - start, "pairs": pairs}


if __name__ == "__main__":
    sys.exit(main())
