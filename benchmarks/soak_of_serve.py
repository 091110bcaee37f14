"""Many nights through ``bidui serve``, one a minute, with what goes wrong in an office: the server, the runner, a run or serve itself is killed,
the share is away, the disk is full. Every night must end in one of the named states, each bad one must be told, none may be lost or run
twice.

    python -m benchmarks.soak_of_serve --nights 50 --seed 1

Needs Linux; as root, the data folder lies on a small disk of its own (tmpfs), else the disk is never full. The clock is not moved. All data
are synthetic.
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from pipelines.night.notification import is_wanted
from pipelines.night.serve import STATUS_FILE
from pipelines.night.served_processes import SERVED, end_leftovers
from schemas.gap_kinds import (
    DATA_TOO_OLD,
    INTERRUPTED,
    LIST_JUMPED,
    MISSED,
    NOT_PUBLISHED,
    PROGRAM_FAULT,
    PUBLISHED,
    WITH_GAPS,
)
from schemas.settings import Settings
from tests.lib.notified import listening
from tests.lib.small_exports import good

_NAMED = {PUBLISHED, WITH_GAPS, LIST_JUMPED, DATA_TOO_OLD, NOT_PUBLISHED, PROGRAM_FAULT, INTERRUPTED, MISSED}
_MEGABYTES = 400  # of the small disk
_STATES = """
import json
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName
with get_client(sync_client=True) as client:
    runs, page = [], 0
    while found := client.read_flow_runs(deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=["nightly"])), offset=page):
        runs += found
        page += len(found)
for run in runs:
    print(json.dumps([run.name, str(run.expected_start_time), run.state.type.value, run.state.name, run.tags, run.parameters, run.state.message]))
"""


class Office:
    """A county whose nights are served. ``root``: its data folder; ``heard``: the notifications that came."""

    def __init__(self, root: Path, heard: list[str]) -> None:
        self.root, self.home, self.heard = root, root / ".prefect", heard
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.serve: subprocess.Popen[bytes] | None = None
        self.most_memory = 0

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "bidui",
            "serve",
            "--root",
            str(self.root),
            "--port",
            str(self.port),
            "--cron",
            "* * * * *",
        ]
        with (self.root.parent / "serve.log").open("ab") as log:
            self.serve = subprocess.Popen(command, stdout=log, stderr=log)

    def processes(self, word: str) -> list[psutil.Process]:
        """Those that serve this folder and have the word in their command."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(SERVED) == str(self.home) and word in " ".join(process.cmdline()):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def kill(self, word: str) -> None:
        for process in self.processes(word):
            process.send_signal(signal.SIGKILL)

    def kill_run(self) -> None:
        """Kill a run at work; waits for one, at most a minute."""
        for _ in range(120):
            if self.processes("prefect.engine"):
                time.sleep(2)
                return self.kill("prefect.engine")
            time.sleep(0.5)

    def kill_serve(self) -> None:
        assert self.serve
        self.serve.kill()
        self.serve.wait()
        time.sleep(5)
        self.start()

    def share_away(self) -> None:
        raw, away = self.root / "raw", self.root / ".away"
        raw.rename(away)
        time.sleep(75)
        away.rename(raw)

    def disk_full(self) -> None:
        ballast = self.root / ".ballast"
        with ballast.open("wb") as file:
            try:
                while True:
                    file.write(bytes(1 << 20))
                    file.flush()
            except OSError:
                pass
        time.sleep(75)
        ballast.unlink()

    def memory(self) -> int:
        """Resident bytes of serve, server and runner together, where no run is at work."""
        assert self.serve
        own = psutil.Process(self.serve.pid)
        return sum(p.memory_info().rss for p in (own, *own.children(recursive=True)))

    def runs(self) -> list[list]:
        environment = {
            **os.environ,
            "PREFECT_HOME": str(self.home),
            "PREFECT_API_URL": f"http://127.0.0.1:{self.port}/api",
            "PREFECT_API_AUTH_STRING": (self.home / "api-password").read_text().strip(),
        }
        for _ in range(30):
            done = subprocess.run([sys.executable, "-c", _STATES], env=environment, capture_output=True, check=False)
            if done.returncode == 0:
                return [json.loads(line) for line in done.stdout.decode().splitlines()]
            time.sleep(4)
        raise SystemExit("the server did not answer")


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--nights", type=int, default=50)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    chance = random.Random(given.seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        listening() as (port, heard),
        _small_disk(Path(folder) / "disk") as (disk, small),
    ):
        office = Office(good(disk / "county"), heard)
        office.root.joinpath("county.toml").write_text(
            f'oldest_data_days = 36500\n[notification]\nurls = ["json://127.0.0.1:{port}"]\n', encoding="utf-8"
        )
        faults: dict[str, Callable[[], None]] = {
            "server killed": lambda: office.kill("prefect server"),
            "runner killed": lambda: office.kill("night.runner"),
            "run killed": office.kill_run,
            "serve killed": office.kill_serve,
            "share away": office.share_away,
            **({"disk full": office.disk_full} if small else {}),
        }
        office.start()
        began = time.time()
        while not (office.home / STATUS_FILE).exists():
            time.sleep(1)
        done: Counter[str] = Counter()
        while time.time() - began < given.nights * 60:
            time.sleep(chance.uniform(20, 90))
            fault = chance.choice(list(faults))
            faults[fault]()
            done[fault] += 1
            print(f"{time.time() - began:6.0f} s  {fault}", flush=True)
        time.sleep(150)  # what goes on ends
        memory = office.memory()
        last = time.time() - 120
        runs = [run for run in office.runs() if run[2] != "SCHEDULED" or _time(run[1]) < last]
        _judge(runs, office, began, done, memory)
        assert office.serve
        office.serve.terminate()
        office.serve.wait()
        end_leftovers(office.home)


def _judge(runs: list[list], office: Office, began: float, done: Counter[str], memory: int) -> None:
    slots = Counter(int(_time(run[1]) // 60) for run in runs if "again" not in run[4])
    wanted = range(min(slots), max(slots) + 1)
    states = Counter(run[3] for run in runs)
    unnamed = [run for run in runs if run[3] not in _NAMED]
    settings = Settings.model_validate({"notification": {"when": "gap"}})
    bad = [run for run in runs if is_wanted(settings, run[3])]
    print("faults:", dict(done))
    print("states:", dict(states))
    print(f"nights {len(wanted)}, lost {len([s for s in wanted if not slots[s]])}, twice {sum(n > 1 for n in slots.values())}")
    print(f"in no named state {len(unnamed)}: {unnamed[:3]}")
    print(f"bad nights {len(bad)}, notifications that came {len(office.heard)}")
    print(f"memory of the standing service {memory / 1e6:,.0f} MB")


def _time(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()


@contextmanager
def _small_disk(place: Path) -> Iterator[tuple[Path, bool]]:
    """A folder on a disk of its own where this may be made, and whether it is."""
    place.mkdir()
    made = (
        os.geteuid() == 0
        and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={_MEGABYTES}m", "tmpfs", str(place)], check=False, capture_output=True
        ).returncode
        == 0
    )
    try:
        yield place, made
    finally:
        if made:
            subprocess.run(["umount", "-l", str(place)], check=False)


if __name__ == "__main__":
    main()
