"""Many nights through ``bidui serve``, one a minute, with what goes wrong in an office: the server, the runner, a run or serve itself is killed,
the share is away, the disk is full, somebody sets the clock forward or back. Every night must end in one of the named states, each bad one
must be told, none may be lost or run twice (``soak_verdict``); else the exit status is 1.

    python -m benchmarks.soak_of_serve --nights 50 --seed 1

Needs Linux; as root, the data folder lies on a small disk of its own (tmpfs), else the disk is never full; with a C compiler the clock of the
service is moved (``moved_clock``), the machine's stays. All data are synthetic.
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
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from benchmarks.moved_clock import MovedClock, can_move
from benchmarks.soak_verdict import NightRun, Verdict, verdict
from pipelines.night.serve import STATUS_FILE
from pipelines.night.served_processes import SERVED, end_leftovers
from tests.lib.notified import listening
from tests.lib.small_exports import good

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
    print(json.dumps([str(run.id), str(run.expected_start_time), run.state.type.value, run.state.name, run.idempotency_key]))
"""


class Office:
    """A county whose nights are served. ``root``: its data folder; ``heard``: the notifications that came."""

    def __init__(self, root: Path, clock: MovedClock | None) -> None:
        self.root, self.home, self.clock = root, root / ".prefect", clock
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.serve: subprocess.Popen[bytes] | None = None

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
        environment = {**os.environ, **(self.clock.environment if self.clock else {})}
        with (self.root.parent / "serve.log").open("ab") as log:
            self.serve = subprocess.Popen(command, stdout=log, stderr=log, env=environment)

    def now(self) -> datetime:
        """By the clock of the service."""
        return datetime.now(UTC) + timedelta(seconds=self.clock.moved if self.clock else 0)

    def set_clock(self, seconds: float) -> None:
        assert self.clock
        self.clock.move(round(seconds))

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
        """Bytes of serve, server and runner together once no run is at work, what they share counted once."""
        assert self.serve
        while self.processes("prefect.engine"):
            time.sleep(0.2)
        own = psutil.Process(self.serve.pid)
        return sum(p.memory_full_info().pss for p in (own, *own.children(recursive=True)))

    def runs(self) -> list[NightRun]:
        environment = {
            **os.environ,
            "PREFECT_HOME": str(self.home),
            "PREFECT_API_URL": f"http://127.0.0.1:{self.port}/api",
            "PREFECT_API_AUTH_STRING": (self.home / "api-password").read_text().strip(),
        }
        for _ in range(30):
            done = subprocess.run([sys.executable, "-c", _STATES], env=environment, capture_output=True, check=False)
            if done.returncode == 0:
                rows = map(json.loads, done.stdout.decode().splitlines())
                return [NightRun(run_id, datetime.fromisoformat(slot), *others) for run_id, slot, *others in rows]
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
        clock = MovedClock(Path(folder)) if can_move() else None
        office = Office(good(disk / "county"), clock)
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
        if clock:
            faults["clock forward"] = lambda: office.set_clock(chance.uniform(20, 240))
            faults["clock back"] = lambda: office.set_clock(-chance.uniform(20, 240))
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
        runs = office.runs()
        judged = verdict(runs, office.now() - timedelta(minutes=2), [json.loads(message)["title"] for message in heard])
        assert office.serve
        office.serve.terminate()
        office.serve.wait()
        end_leftovers(office.home)
    _print(judged, done, memory, len(heard))
    if not judged.well:
        print(*sorted(runs, key=lambda run: run.slot), sep="\n")
    sys.exit(0 if judged.well else 1)


def _print(judged: Verdict, done: Counter[str], memory: int, heard: int) -> None:
    print("faults:", dict(done))
    print("states:", dict(judged.states))
    print(f"nights {judged.nights}, lost {len(judged.lost)} {judged.lost}, twice {len(judged.twice)} {judged.twice}")
    print(f"in no named state {len(judged.unnamed)}: {judged.unnamed}")
    print(f"bad nights {judged.bad}, not told {len(judged.untold)} {judged.untold}, notifications that came {heard}")
    print(f"memory of the standing service {memory / 1e6:,.0f} MB")


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
