"""bidui's part of ``benchmarks.linkage``, as a process of its own: ``python -m benchmarks.linkage_bidui LEFT RIGHT OUT``.

Reads two Parquet files, writes OUT.pairs.parquet and OUT.clusters.parquet, and prints a line of JSON with seconds (reading included, as
for the other programs) and peak memory.
"""

import json
import sys
import threading
import time

import pandas as pd
import psutil

from matching import link


def main(left: str, right: str, out: str) -> None:
    """Read, link, write, print."""
    peak = [0]
    threading.Thread(target=watch, args=(peak,), daemon=True).start()
    start = time.perf_counter()
    linkage = link(pd.concat([pd.read_parquet(left), pd.read_parquet(right)], ignore_index=True))
    linkage.links.to_parquet(f"{out}.pairs.parquet", index=False)
    linkage.clusters.to_parquet(f"{out}.clusters.parquet", index=False)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak_bytes": peak[0], "pairs": linkage.candidates, "recall": linkage.recall.estimate}))


def watch(peak: list[int]) -> None:
    """Set ``peak[0]`` to the most memory, in bytes, that this process holds from now on. Never returns: for a daemon thread."""
    process = psutil.Process()
    while True:
        peak[0] = max(peak[0], process.memory_info().rss)
        time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:4])
