"""Kills a process in the middle of publishing, at each of its calls that change a file or the database, and looks at what is left.

Run as a program of its own, for it forks. ``python -m tests.lib.publishing_kills kills FOLDER`` prints how many points there were, and
what was found wrong at each; every point has a copy of a data folder of which one night is published, and the second written.
``… readers FOLDER`` prints what ten readers found mixed while twenty nights were published.
"""

import io
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from pipelines.store.lock import exclusive
from pipelines.store.runs import Store
from pipelines.store.state_tables import STATE_KEYS
from pipelines.store.store_opening import open_store
from schemas.settings import Retention
from tests.lib.made_up_runs import WORKBOOKS, day_of, night_of, write_run

DAY = day_of(1).isoformat()  # both nights are of one day: the second's workbooks take the place of the first's
READERS, SWAPS = 10, 20
BY_TIME = 20  # kills at any moment, so that some come while the database itself is writing
_CHANGES = {
    "open", "rename", "replace", "unlink", "remove", "rmdir", "mkdir", "chmod", "symlink", "fsync", "utime", "sendfile", "write", "truncate",
}  # fmt: skip


def kills(folder: Path) -> dict[str, object]:
    """How many points there were, and what was found wrong: (point, what)."""
    first = _begun(folder, nights=3)
    root = _copy(first, folder / "killed")
    wrong: list[tuple[str, str]] = []
    with _written(root, 2) as publish:
        ready = _copy(root, folder / "ready")
        count = _count_calls(folder / "count", publish)
        for point in range(1, count + 1):
            _copy(ready, root)
            status = _wait(_forked(lambda point=point: publish(_Calls(point))))
            assert os.WIFSIGNALED(status), f"not killed at call {point} of {count}"
            wrong += [(f"call {point}", what) for what in _looked_at(folder, root, completed=point % 3 == 0)]
    seconds = _time(lambda: _wait(_forked(lambda: _night(_copy(first, folder / "timed"), 2))))
    chance = random.Random(1)
    for _ in range(BY_TIME):
        _copy(first, root)
        child = _forked(lambda: _night(root, 2))
        time.sleep(seconds * chance.random())
        os.kill(child, signal.SIGKILL)
        _wait(child)
        wrong += [("any moment", what) for what in _looked_at(folder, root)]
    return {"points": count + BY_TIME, "wrong": wrong}


def readers(folder: Path) -> dict[str, object]:
    """How often ten readers read while twenty nights were published, and what they found mixed."""
    root = _begun(folder, nights=SWAPS + 1)
    over = folder / "over"
    reading = [_forked(lambda n=n: (folder / f"reader{n}").write_text(json.dumps(_read_on(root, over)))) for n in range(READERS)]
    for number in range(2, SWAPS + 2):
        assert _wait(_forked(lambda number=number: _night(root, number))) == 0
    over.touch()
    assert [_wait(reader) for reader in reading] == [0] * READERS
    found = [json.loads((folder / f"reader{n}").read_text()) for n in range(READERS)]
    return {"swaps": SWAPS, "reads": sum(f["reads"] for f in found), "mixed": [fault for f in found for fault in f["mixed"]]}


def _read_on(root: Path, over: Path) -> dict[str, object]:
    """Open the store again and again until the nights are over, and read every table that tells the night."""
    pa.set_cpu_count(1)
    reads, mixed, last = 0, [], 0
    while not over.exists():
        store = Store(root)
        try:
            night = night_of(store.run)
            if night < last:
                mixed.append(f"night {night} after night {last}")
            last = night
        except (OSError, ValueError) as error:
            mixed.append(type(error).__name__)
        reads += 1
        time.sleep(0.1)
    return {"reads": reads, "mixed": mixed}


def _begun(folder: Path, nights: int) -> Path:
    """A data folder whose first night is over; beside it what the nights after it will write."""
    for number in range(1, nights + 1):
        (folder / f"run{number}").mkdir()
        assert _wait(_forked(lambda number=number: write_run(folder / f"run{number}", number))) == 0
    assert _wait(_forked(lambda: _night(folder / "first", 1))) == 0
    return folder / "first"


class _Calls:
    """Counts the calls that change a file or the database, and kills the process before the ``last`` of them (0: never)."""

    def __init__(self, last: int) -> None:
        self.count, self.last = 0, last

    def __call__(self, _: object, event: str, called: object) -> None:
        if event == "c_call" and _changes(called):
            self.count += 1
            if self.count == self.last:
                os.kill(os.getpid(), signal.SIGKILL)


def _changes(called: object) -> bool:
    owner = getattr(called, "__self__", None)
    if isinstance(owner, sqlite3.Connection | sqlite3.Cursor) or called is sqlite3.connect:
        return True
    known = isinstance(owner, io.IOBase) or getattr(called, "__module__", "") in ("posix", "_io", "io")
    return known and getattr(called, "__name__", "") in _CHANGES


def _night(root: Path, number: int) -> None:
    """Publish the night of that number."""
    with _written(root, number) as publish:
        publish(None)


@contextmanager
def _written(root: Path, number: int) -> Iterator[Callable[[_Calls | None], None]]:
    """The night of that number, written and not yet published; gives the function that publishes it, its calls counted.

    Nothing before it starts a thread: the process can be forked here, and each child publish the same night in the same place. What the
    children find there is put back for each, its lock, which this process has, included.
    """
    pa.set_cpu_count(1)
    (root / "curated").mkdir(parents=True, exist_ok=True)
    with exclusive(root):
        store = open_store(root, None)
        assert store.notes == []
        with store.new_run(day_of(1)) as run:
            shutil.copytree(root.parent / f"run{number}", run, dirs_exist_ok=True, copy_function=_link_or_copy)
            for name in STATE_KEYS:
                store.state(name)

            def publish(calls: _Calls | None) -> None:
                sys.setprofile(calls)
                store.publish(run, DAY, [])
                store.forget_old(Retention(), day_of(1))
                sys.setprofile(None)

            yield publish


def _count_calls(told: Path, publish: Callable[[_Calls], None]) -> int:
    """How many calls it takes to publish, which a child finds out."""

    def count() -> None:
        publish(calls := _Calls(0))
        told.write_text(str(calls.count))

    assert _wait(_forked(count)) == 0
    return int(told.read_text())


def _looked_at(folder: Path, root: Path, completed: bool = True) -> list[str]:
    """What is wrong with the folder to a reader and, where ``completed``, after one more night."""
    told = folder / "told"
    told.write_text("[]")
    status = _wait(_forked(lambda: told.write_text(json.dumps(list(_faults(root, completed))))))
    return [f"status {status}"] if status else json.loads(told.read_text())


def _faults(root: Path, completed: bool) -> list[str]:
    faults = []
    store = Store(root)
    night = night_of(store.run)
    if (root / "curated/current").resolve() != store.run:
        faults.append("current is not the store's run")
    if (marks := _workbooks(root)) != {night}:
        faults.append(f"tables of night {night}, workbooks of {marks}")
    if not completed:
        return faults
    _night(root, night + 1)
    store = Store(root)
    if _rows(root) != {night + 1}:
        faults.append(f"state of nights {_rows(root)} after the next, which is {night + 1}")
    left = {path.name for place in ("curated", "outbox") for path in (root / place).iterdir()} - {
        "bidui.db", "current", "runs", ".lock", DAY,
    }  # fmt: skip
    if left or night_of(store.run) != night + 1 or _workbooks(root) != {night + 1}:
        faults.append(f"after the next night: {sorted(left)}")
    return faults


def _rows(root: Path) -> set[int]:
    """How many rows the state tables have: each has as many as there were nights."""
    connection = sqlite3.connect(root / "curated/bidui.db")
    counts = {connection.execute(f"select count(*) from {name}").fetchone()[0] for name in STATE_KEYS}
    connection.close()
    return counts


def _workbooks(root: Path) -> set[int]:
    return {int((root / "outbox" / DAY / name).read_text(encoding="utf-8")) for name in WORKBOOKS}


def _copy(first: Path, root: Path) -> Path:
    """A copy of a data folder; the files of runs, which nobody writes to, are shared."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(first, root, symlinks=True, copy_function=_link_or_copy)
    return root


def _link_or_copy(source: str, target: str) -> None:
    if source.endswith(".parquet"):
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def _forked(work: Callable[[], object]) -> int:
    """A child process that does the work and ends with status 0, 1 where it fails; the number of the process."""
    child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _wait(child: int) -> int:
    return os.waitpid(child, 0)[1]


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps({"kills": kills, "readers": readers}[sys.argv[1]](Path(sys.argv[2])), ensure_ascii=False))
