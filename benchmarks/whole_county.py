"""A whole county from files to workbooks: time, memory, missed children, wasted visits.

``python -m benchmarks.whole_county --children 110000 --seed 3001`` makes a synthetic county (not timed), runs ``bidui run`` on it as a
process of its own, and scores the result. Use a seed that no one has looked at while changing the program.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date
from pathlib import Path

import psutil

from bidui.console import Console
from pipelines.demo import PROFILES
from pipelines.demo.make_county import make_county
from pipelines.demo.score import score, score_shown
from schemas.registry import declared

AS_OF = date(2020, 4, 15)


def main() -> int:
    """Make, run, score. Returns 1 if the run failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=110_000)
    parser.add_argument("--seed", type=int, default=3001)
    parser.add_argument("--profile", choices=PROFILES, default="standard")
    parser.add_argument("--repeat", type=int, default=1, help="runs of the job; the median counts")
    options = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_county(root, options.children, options.seed, AS_OF, options.profile)
        measured = sorted(timed_run(root) for _ in range(options.repeat))
        seconds, peak, status = measured[len(measured) // 2]
        peak_memory = f"{peak / 2**30:.2f} GiB"
        console.show(f"bidui run: {seconds:.1f} s, peak memory {peak_memory} (median of {options.repeat}), exit status {status}")
        if status == 0:
            console.show(*score_shown(score(root), declared()))
    return int(status != 0)


def timed_run(root: Path) -> tuple[float, int, int]:
    """Returns (wall seconds, peak resident bytes of the process and its children, exit status) of one ``bidui run``."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "bidui", "run", "--root", str(root), "--as-of", AS_OF.isoformat()]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = [0]
    watcher = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
    watcher.start()
    status = process.wait()
    return time.perf_counter() - start, peak[0], status


def _watch(pid: int, peak: list[int]) -> None:
    try:
        process = psutil.Process(pid)
        while True:
            family = [process, *process.children(recursive=True)]
            peak[0] = max(peak[0], sum(p.memory_info().rss for p in family))
            time.sleep(0.1)
    except psutil.Error:
        return


if __name__ == "__main__":
    sys.exit(main())
