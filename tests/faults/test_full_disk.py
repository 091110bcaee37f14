"""A disk without room, a folder without rights: said as what it is, nothing left behind, nothing lost; the next run completes."""

import ctypes
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import pipelines.night.job
import pipelines.store.publishing
import pipelines.store.state
from bidui.cli import main
from pipelines.store import folders
from pipelines.store.database import Database
from pipelines.store.runs import Store
from tests.lib.nights import Begun, night
from tests.lib.samples import one_in_twelve
from tests.lib.small_exports import county, good

NEXT = date(2020, 4, 16)
TOWNSHIP = ["安阳镇"]
PROGRAM = Path(__file__).resolve().parents[2]
_NOBODY = 65534
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_DROP, _CHOWN, _WRITE_ANYTHING, _OWN_ANYTHING = 24, 0, 1, 3  # PR_CAPBSET_DROP; CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER
RUN = ["run", "--as-of", NEXT.isoformat(), "--township", *TOWNSHIP, "--accept-drift", "--root"]


# A transaction that is killed when part of it is in the file.
CUT_OFF = """
import os, sqlite3, sys
con = sqlite3.connect(sys.argv[1], isolation_level=None)
con.execute("pragma cache_size = 1")
con.execute("begin immediate")
con.execute("update runs set run_id = 'cut off'")
con.execute("create table more as with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000) select randomblob(200) from n")
os.kill(os.getpid(), 9)
"""


def contents(root: Path) -> dict[str, bytes]:
    """Every file and link but the database, by path. (The database notes a run that failed.)"""
    return {
        str(path.relative_to(root)): os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
        for path in root.rglob("*")
        if (path.is_symlink() or path.is_file()) and path.name not in ("bidui.db", ".lock")
    }


def no_room(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "tables": lambda patch: patch.setattr(pq, "write_table", no_room),
    "workbooks": lambda patch: patch.setattr(pipelines.night.job, "write_books", no_room),
    "report": lambda patch: patch.setattr(pipelines.night.job, "write_report", no_room),
    "sync": lambda patch: patch.setattr(os, "fsync", no_room),
    "outbox": lambda patch: patch.setattr(folders.shutil, "copy2", no_room),
    "database": lambda patch: patch.setattr(pipelines.store.state, "write_change", no_room),
}


@pytest.mark.parametrize("where", one_in_twelve(FAULTS))
def test_a_disk_that_fills_up_leaves_what_was(
    tmp_path: Path, begun: Begun, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    begun(good, townships=TOWNSHIP)
    before = contents(tmp_path)
    with monkeypatch.context() as patch:
        FAULTS[where](patch)
        assert main([*RUN, str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "未发布任何结果：磁盘已满" in said and "还剩" in said and "一次比对约需" in said
    assert contents(tmp_path) == before
    assert night(tmp_path, NEXT, TOWNSHIP).left_out == ()


@pytest.mark.long
def test_a_database_that_fills_up_is_a_full_disk(
    tmp_path: Path, begun: Begun, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun(good, townships=TOWNSHIP)
    before = contents(tmp_path)
    writing = pipelines.store.state.write_change

    def fills_up(connection: object, change: object) -> None:
        connection.exec_driver_sql("pragma max_page_count = 1")  # type: ignore[attr-defined]
        connection.exec_driver_sql("create table more as select zeroblob(1000000)")  # type: ignore[attr-defined]
        writing(connection, change)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(pipelines.store.state, "write_change", fills_up)
        assert main([*RUN, str(tmp_path)]) == 2
    assert "磁盘已满" in capsys.readouterr().err
    assert contents(tmp_path) == before
    assert night(tmp_path, NEXT, TOWNSHIP).left_out == ()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A disk of its own, whose size can be set."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = sys.platform == "linux" and os.geteuid() == 0 and mount("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk))
    if not mounted:
        pytest.skip("only root on Linux can mount a small disk")

    def sized(options: str) -> Path:
        assert mount("-o", f"remount,{options}", str(disk))
        return disk

    yield sized
    subprocess.run(["umount", "-l", str(disk)], check=False)


def mount(*words: str) -> bool:
    with suppress(FileNotFoundError):
        return subprocess.run(["mount", *words], check=False, capture_output=True).returncode == 0
    return False


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # workbooks that could not be closed
@pytest.mark.parametrize("limit", ["size", pytest.param("nr_inodes", marks=pytest.mark.long)])
def test_a_disk_that_is_really_full_at_any_step(
    small_disk: Callable[[str], Path], begun: Begun, capsys: pytest.CaptureFixture[str], limit: str
) -> None:
    root = small_disk("size=64m") / "data"
    shutil.copytree(begun(county, 8, townships=TOWNSHIP), root, symlinks=True, ignore=lambda *_: ["disk"])
    county(root)  # a new export, of which a snapshot is kept
    before, free = contents(root), os.statvfs(root)
    total = {"size": (free.f_blocks - free.f_bfree) * free.f_bsize, "nr_inodes": free.f_files - free.f_ffree}[limit]
    steps = {"size": range(20_000, 500_000, 150_000), "nr_inodes": range(1, 50, 9)}[limit]
    refused = 0
    for more in steps:
        small_disk(f"{limit}={total + more}")
        status = main([*RUN, str(root)])
        said = capsys.readouterr().err
        if status == 2:
            refused += 1
            assert "磁盘已满" in said, (more, said)
            small_disk("size=64m,nr_inodes=100000")
            assert contents(root) == before, more
        else:
            assert status in (0, 1), said
            break
    assert refused >= 2
    small_disk("size=64m,nr_inodes=100000")
    assert night(root, NEXT, TOWNSHIP, accept_drift=True).left_out == ()
    assert Database(root).revision()


def without_rights() -> None:
    """In a process before it becomes the program: the superuser's rights to write what is somebody else's, and to give things away, are
    dropped for ever. The program and Python can be read wherever they lie. (prctl(2), capabilities(7))"""
    for capability in (_CHOWN, _WRITE_ANYTHING, _OWN_ANYTHING):
        if _LIBC.prctl(_DROP, capability, 0, 0, 0):
            raise OSError("the right could not be dropped")


@pytest.mark.long
@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0,
    reason="only the superuser can make something somebody else's, only Linux drops rights",
)
@pytest.mark.parametrize("place", one_in_twelve(["curated", "curated/runs", "outbox", "curated/bidui.db"]))
def test_a_place_that_is_somebody_elses_is_named(tmp_path: Path, begun: Begun, place: str) -> None:
    root = begun(good, townships=TOWNSHIP)
    before = contents(root)
    os.chown(root / place, _NOBODY, _NOBODY)
    (root / place).chmod(0o755 if (root / place).is_dir() else 0o644)
    environment = {**os.environ, "PYTHONPATH": str(PROGRAM), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "bidui", *RUN, str(root)],
        env=environment,
        preexec_fn=without_rights,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2 and "没有权限" in done.stderr and "程序内部出错" not in done.stderr, done.stderr
    assert contents(root) == before
    os.chown(root / place, 0, 0)
    assert night(root, NEXT, TOWNSHIP, accept_drift=True).left_out == ()


def test_a_read_only_disk_is_named_and_can_be_read_and_backed_up(
    small_disk: Callable[[str], Path], begun: Begun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = small_disk("size=64m") / "data"
    shutil.copytree(begun(good, townships=TOWNSHIP), root, symlinks=True, ignore=lambda *_: ["disk"])
    small_disk("ro")
    assert main([*RUN, str(root)]) == 2
    said = capsys.readouterr().err
    assert "只读" in said and "程序内部出错" not in said
    assert main(["history", "--root", str(root)]) == 0
    assert len(pd.read_parquet(Store(root).path("persons"))) == 3
    capsys.readouterr()
    assert main(["backup", str(tmp_path / "b.zip"), "--root", str(root)]) == 0
    assert "没有记入审计" in capsys.readouterr().err
    assert main(["restore", str(tmp_path / "b.zip"), "--root", str(tmp_path / "back")]) == 0


def test_a_transaction_that_was_cut_off_can_be_read_on_a_read_only_disk(
    small_disk: Callable[[str], Path], begun: Begun, tmp_path: Path
) -> None:
    """Nobody can undo it there: it is undone in a copy."""
    root = small_disk("size=64m") / "data"
    shutil.copytree(begun(good, townships=TOWNSHIP), root, symlinks=True, ignore=lambda *_: ["disk"])
    subprocess.run([sys.executable, "-c", CUT_OFF, str(root / "curated/bidui.db")], check=False)
    assert (root / "curated/bidui.db-journal").stat().st_size
    small_disk("ro")
    assert main(["history", "--root", str(root)]) == 0
    assert main(["backup", str(tmp_path / "b.zip"), "--root", str(root)]) == 0
    with Database(root).reading() as connection:
        assert connection.exec_driver_sql("select run_id from runs").scalar() == "20200415-0001"


@pytest.mark.long
@pytest.mark.parametrize("damage", ["a table cut off", "folder gone"])
def test_a_damaged_run_is_told_to_readers_and_made_anew_by_the_next_run(
    tmp_path: Path, begun: Begun, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    begun(county, 8)
    run = Store(tmp_path).run
    persons = set(pd.read_parquet(run / "persons.parquet")["person_id"])
    if damage == "folder gone":
        shutil.rmtree(run)
    else:
        for name in ("persons", "files", "case_log"):
            (run / f"{name}.parquet").write_bytes((run / f"{name}.parquet").read_bytes()[:300])
    for command in (["history"], ["explain", "P0000001"]):
        assert main([*command, "--root", str(tmp_path)]) == 2
        assert "不见了或已损坏，读不出上次的结果。请运行 bidui run 重新生成" in capsys.readouterr().err
    assert main([*RUN, str(tmp_path)]) == 1
    assert "完好的上次结果" in capsys.readouterr().err
    assert main(["history", "--root", str(tmp_path)]) == 0
    assert set(pd.read_parquet(Store(tmp_path).path("persons"))["person_id"]) == persons
    assert night(tmp_path, date(2020, 4, 17)).left_out == ()
