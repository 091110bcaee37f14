"""The processes of ``bidui serve``: started apart from the terminal, known again after it was killed, ended with all that they started."""

import os
import subprocess
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import psutil

SERVED = (
    "BIDUI_SERVED"  # in the environment of every process of a serve, and of all that these start: the folder of Prefect's files
)
DEPLOYED = "registered"  # among Prefect's files once the runner has told the server of the deployments
_STOPS_WITHIN = 15  # seconds, before it is killed


def start(module: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    """Start a module of Python; what it prints goes to the file ``log``. Ctrl-C in the terminal does not reach it."""
    group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows alone has it
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", *module],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=os.name != "nt",
            creationflags=group,
        )


def end_process(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started."""
    try:
        found = psutil.Process(process.pid)
        family = [*found.children(recursive=True), found]
    except psutil.NoSuchProcess:
        family = []
    _end(family)
    process.wait()


def end_leftovers(home: Path, spared: Collection[int] = ()) -> int:
    """End what an earlier serve, or its runner, has left behind when it was killed: every process that carries ``home`` in its environment,
    but for this one and ``spared``. Returns how many there were."""
    left = []
    for process in psutil.process_iter():
        if process.pid in (os.getpid(), *spared):
            continue
        try:
            if process.environ().get(SERVED) == str(home):
                left.append(process)
        except (psutil.Error, OSError):  # another user's, or gone meanwhile
            continue
    _end(left)
    return len(left)


def is_alive(pid: int) -> bool:
    """Is there such a process, and is it a Python?"""
    try:
        return "python" in psutil.Process(pid).name().lower() or "bidui" in psutil.Process(pid).name().lower()
    except psutil.Error:
        return False


def _end(processes: Sequence[psutil.Process]) -> None:
    for process in processes:
        _quietly(process.terminate)
    _, alive = psutil.wait_procs(processes, timeout=_STOPS_WITHIN)
    for process in alive:
        _quietly(process.kill)
    psutil.wait_procs(alive, timeout=_STOPS_WITHIN)


def _quietly(act: Callable[[], None]) -> None:
    try:
        act()
    except psutil.Error:
        return
