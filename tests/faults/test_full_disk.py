"""A disk without room, a folder without rights: said as what it is, nothing left behind, nothing lost; the next run completes."""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import pipelines.night.job
import pipelines.store.publishing
from bidui.cli import main
from pipelines.store import folders
from pipelines.store.database import Database
from pipelines.store.runs import Store
from tests.lib.nights import Begun, FirstNights, night
from tests.lib.small_exports import county, good

NEXT = date(2020, 4, 16)
TOWNSHIP = ["安阳镇"]
_NOBODY = 65534
RUN = ["run", "--as-of", NEXT.isoformat(), "--township", *TOWNSHIP, "--accept-drift", "--root"]


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
    "database": lambda patch: patch.setattr(pipelines.store.publishing, "write_change", no_room),
}


@pytest.mark.parametrize("where", FAULTS)
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


def test_a_database_that_fills_up_is_a_full_disk(
    tmp_path: Path, begun: Begun, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun(good, townships=TOWNSHIP)
    before = contents(tmp_path)
    writing = pipelines.store.publishing.write_change

    def fills_up(connection: object, change: object) -> None:
        connection.exec_driver_sql("pragma max_page_count = 1")  # type: ignore[attr-defined]
        connection.exec_driver_sql("create table more as select zeroblob(1000000)")  # type: ignore[attr-defined]
        writing(connection, change)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(pipelines.store.publishing, "write_change", fills_up)
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


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # workbooks that could not be closed
@pytest.mark.parametrize("limit", ["size", "nr_inodes"])
def test_a_disk_that_is_really_full_at_any_step(
    small_disk: Callable[[str], Path], begun: Begun, capsys: pytest.CaptureFixture[str], limit: str
) -> None:
    root = small_disk("size=64m") / "data"
    shutil.copytree(begun(county, 8, townships=TOWNSHIP), root, symlinks=True, ignore=lambda *_: ["disk"])
    county(root)  # a new export, of which a snapshot is kept
    before, free = contents(root), os.statvfs(root)
    total = {"size": (free.f_blocks - free.f_bfree) * free.f_bsize, "nr_inodes": free.f_files - free.f_ffree}[limit]
    steps = {"size": range(20_000, 500_000, 90_000), "nr_inodes": range(1, 50, 9)}[limit]
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


@contextmanager
def as_nobody(folder: Path, but: Path) -> Iterator[None]:
    """Without the superuser's rights, which refuse nothing; all of ``folder`` is this user's ``but`` one place."""
    for path in (folder, *folder.rglob("*")):
        if path != but:
            os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)
    but.chmod(0o755 if but.is_dir() else 0o644)
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only the superuser can give a folder to somebody else")
def open_to_others(file: Path) -> bool:
    """May another user read what is beside ``file``?"""
    return all(folder.stat().st_mode & 0o001 for folder in file.resolve().parents)


@pytest.mark.skipif(
    not (open_to_others(Path(__file__)) and open_to_others(Path(os.__file__))),
    reason="the program or Python lies in a folder that another user, as whom this runs it, cannot read",
)
@pytest.mark.parametrize("place", ["curated", "curated/runs", "outbox", "curated/bidui.db"])
def test_a_place_that_is_somebody_elses_is_named(
    first_nights: FirstNights, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="bidui-rights-"))
    try:
        root = first_nights.copy(folder / "data", good, townships=TOWNSHIP)
        before = contents(root)
        with as_nobody(folder, but=root / place):
            status, said = main([*RUN, str(root)]), capsys.readouterr().err
        assert status == 2 and "没有权限" in said and "程序内部出错" not in said, said
        assert contents(root) == before
        os.chown(root / place, _NOBODY, _NOBODY)
        with as_nobody(folder, but=folder):
            assert main([*RUN, str(root)]) == 0, capsys.readouterr().err
    finally:
        shutil.rmtree(folder)


def test_a_read_only_disk_is_named_and_can_be_read(
    small_disk: Callable[[str], Path], begun: Begun, capsys: pytest.CaptureFixture[str]
) -> None:
    root = small_disk("size=64m") / "data"
    shutil.copytree(begun(good, townships=TOWNSHIP), root, symlinks=True, ignore=lambda *_: ["disk"])
    small_disk("ro")
    assert main([*RUN, str(root)]) == 2
    said = capsys.readouterr().err
    assert "只读" in said and "程序内部出错" not in said
    assert main(["history", "--root", str(root)]) == 0
    assert len(pd.read_parquet(Store(root).path("persons"))) == 3


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
