"""What a run through ``bidui serve`` costs beyond ``bidui run`` on the same folder, and the memory of the service that waits for it.

    python -m benchmarks.flow_overhead --children 300 --times 5

Both are run in turn, each once before it counts. A run of the service counts from the moment for which it was scheduled, as a night's does,
until Prefect has its end. Seconds of the clock say little where others use the machine: CPU seconds of the processes of both are beside them. All
data are synthetic.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from pipelines.night.api_access import PASSWORD_FILE, api_of
from pipelines.night.served_processes import DEPLOYED, end_leftovers

_DAY = "2020-04-15"  # of the demo county
# Schedules a run in 15 s, which is longer than the runner needs to see it, waits for its end; prints its state and the seconds it took.
_RUN = f"""
import json, time
from datetime import timedelta
from prefect.client.orchestration import get_client
from prefect.states import Scheduled
from prefect.types._datetime import now
with get_client(sync_client=True) as client:
    deployment = client.read_deployment_by_name("bidui/adhoc")
    due = now("UTC") + timedelta(seconds=15)
    run = client.create_flow_run_from_deployment(deployment.id, parameters={{"as_of": "{_DAY}"}}, state=Scheduled(scheduled_time=due))
    while not run.state.is_final():
        time.sleep(0.2)
        run = client.read_flow_run(run.id)
print(json.dumps([run.state.name, (run.state.timestamp - due).total_seconds(), (run.state.timestamp - run.start_time).total_seconds()]))
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--children", type=int, default=300)
    asked.add_argument("--times", type=int, default=5)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "county"
        _bidui("demo", str(root), "--children", str(given.children))
        with _served(root) as environment:
            rounds = []
            for _ in range(given.times + 1):
                plain = _costs(
                    [sys.executable, "-m", "bidui", "run", "--root", str(root), "--as-of", _DAY], "bidui run --root", os.environ
                )
                served = _costs([sys.executable, "-c", _RUN], "prefect.engine", environment)
                rounds.append((*plain[1:], *json.loads(served[0].splitlines()[-1])[1:], served[2]))
                print(served[0].strip(), _words(rounds[-1]), flush=True)
            time.sleep(5)
            _memory(root)
    middle = [statistics.median(column) for column in zip(*rounds[1:], strict=True)]
    print(f"median of {given.times}: {_words(middle)}")
    print(f"overhead {middle[2] - middle[0]:.1f} s, {middle[4] - middle[1]:.1f} CPU s")


def _words(found: Sequence[float]) -> str:
    return "bidui run {:.1f} s ({:.1f} CPU s), served {:.1f} s, of which the flow {:.1f} s ({:.1f} CPU s)".format(*found)


def _costs(command: list[str], of: str, environment: Mapping[str, str]) -> tuple[str, float, float]:
    """What the command prints, its seconds, and the CPU seconds of the process that has the words ``of`` in its command, as far as seen."""
    began, seconds, known = time.monotonic(), 0.0, dict[int, psutil.Process]()
    # In a session of its own, as the service's processes are: Linux shares its time out by sessions.
    apart: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True, "start_new_session": True}
    with subprocess.Popen(command, env=dict(environment), **apart) as running:
        while running.poll() is None:
            for pid in [] if known else psutil.pids():
                with suppress(psutil.Error):
                    process = psutil.Process(pid)
                    if of in " ".join(process.cmdline()) and environment.get("PREFECT_HOME", "") in str(process.environ()):
                        known[pid] = process
            with suppress(psutil.Error):
                seconds = max(seconds, sum(sum(process.cpu_times()[:4]) for process in known.values()))
            time.sleep(0.1)
        assert running.stdout
        return running.stdout.read(), time.monotonic() - began, seconds


def _bidui(*words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "bidui", *words], capture_output=True, check=False)
    if done.returncode not in (0, 1):  # 1: with gaps
        raise SystemExit(done.stderr.decode("utf-8"))


@contextmanager
def _served(root: Path) -> Iterator[Mapping[str, str]]:
    """Serve the folder meanwhile; the environment of whoever asks the server."""
    home = root / ".prefect"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "bidui", "serve", "--root", str(root), "--port", str(port)]
    serve = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while not (home / DEPLOYED).exists():
            if serve.poll() is not None:
                raise SystemExit("the service did not start")
            time.sleep(0.5)
        auth = (home / PASSWORD_FILE).read_text().strip()
        yield {**os.environ, "PREFECT_HOME": str(home), "PREFECT_API_URL": api_of(port), "PREFECT_API_AUTH_STRING": auth}
    finally:
        serve.terminate()
        serve.wait()
        end_leftovers(home)


def _memory(root: Path) -> None:
    """Print the resident memory of each process of the service, and of it what it shares with no other."""
    total = 0
    for process in psutil.process_iter():
        try:
            words = " ".join(process.cmdline())
            if process.environ().get("BIDUI_SERVED") == str(root / ".prefect") or f"serve --root {root}" in words:
                memory = process.memory_full_info()
                total += memory.rss
                print(f"{memory.rss / 1e6:5.0f} MB, own {memory.uss / 1e6:4.0f} MB  {words.partition(' -m ')[2][:40]}")
        except psutil.Error:
            continue
    print(f"memory of the standing service {total / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
