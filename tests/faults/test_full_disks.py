"""A disk that is full, read-only or closed: said as what it is, with what is free, status 2, nothing left behind. It once was 程序内部出错,
and a full disk while a snapshot was kept had the export refused."""

import errno
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import reports.book.write
from bidui.cli import main
from pipelines.demo.make_county import make_county
from pipelines.store.room import room_of_a_run
from tests.lib.nights import AS_OF, Begun, night
from tests.lib.small_exports import good
from tests.lib.step_lines import without_steps

Capture = pytest.CaptureFixture[str]


def run(root: Path, capsys: Capture) -> tuple[int, str]:
    status = main(["run", "--root", str(root), "--as-of", "2020-04-15", "--township", "安阳镇"])
    printed = capsys.readouterr()
    assert printed.out == "" or status != 2
    assert "程序内部出错" not in printed.err and "Traceback" not in printed.err
    return status, without_steps(printed.err)


def refuse(number: int, place: str) -> Callable[..., object]:
    """In the place of a function that writes: half a file, then the system's refusal where the path has ``place`` in it."""

    def write(
        table: object, path: object, *_: object, _real: Callable[..., object] = pq.write_table, **options: object
    ) -> object:
        if place not in str(path):
            return _real(table, path, **options)
        if place == "snapshots":
            Path(str(path)).write_bytes(b"PAR1 half")
        raise OSError(number, os.strerror(number), str(path))

    return write


@pytest.mark.parametrize("place", ["snapshots", "runs"])
def test_a_full_disk_while_a_night_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, place: str
) -> None:
    monkeypatch.setattr(pq, "write_table", refuse(errno.ENOSPC, place))
    status, err = run(good(tmp_path), capsys)
    assert status == 2
    assert err.startswith("未发布任何结果：磁盘已满：") and "还剩" in err and "约需" in err
    assert not (tmp_path / "curated/current").exists()
    if place == "snapshots":
        assert not list((tmp_path / "curated/snapshots").iterdir())


def test_a_full_disk_while_workbooks_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(reports.book.write, "_write_sheets", full)
    status, err = run(good(tmp_path), capsys)
    assert status == 2 and "磁盘已满" in err and "还剩" in err
    assert not list(tmp_path.rglob("*.partial")) and not list(tmp_path.rglob("*.xlsx.*"))


@pytest.mark.parametrize(
    ("number", "words"), [(errno.EROFS, "磁盘是只读的"), (errno.EACCES, "没有权限"), (errno.EIO, "磁盘读写出错")]
)
def test_a_disk_that_cannot_be_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, number: int, words: str
) -> None:
    monkeypatch.setattr(pq, "write_table", refuse(number, "runs"))
    status, err = run(good(tmp_path), capsys)
    assert status == 2 and words in err and "无法读写" in err


def test_a_folder_that_may_not_be_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """As another user meets it; whoever runs the tests may be the superuser."""
    raw = good(tmp_path) / "raw"
    as_it_is = os.scandir, os.listdir

    def closed(number: int) -> Callable[..., object]:
        def look(folder: object = ".") -> object:
            if Path(str(folder)) == raw:
                raise PermissionError(errno.EACCES, "Permission denied", str(raw))
            return as_it_is[number](folder)  # type: ignore[call-overload]

        return look

    monkeypatch.setattr(os, "scandir", closed(0))
    monkeypatch.setattr(os, "listdir", closed(1))
    status, err = run(tmp_path, capsys)
    assert status == 2 and f"无法读写 {raw}（没有权限" in err


@pytest.mark.parametrize("lists", [1, 2, 3])
@pytest.mark.parametrize("ending", [".xlsx", ".parquet"])
def test_a_full_disk_while_linked_lists_are_written(
    tmp_path: Path, two: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: Capture, ending: str, lists: int
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.setattr(reports.book.write, "_write_sheets", full)
    monkeypatch.setattr(pq, "write_table", full)
    command, given = "dedupe" if lists == 1 else "link", [*two, two[0]][:lists]
    status = main([command, *map(str, given), "--out", str(out / f"出{ending}")])
    err = capsys.readouterr().err
    assert status == 2 and err.startswith(f"未{'查重' if lists == 1 else '比对'}：磁盘已满：") and "还剩" in err and "约需" in err
    assert list(out.iterdir()) == []


def used(root: Path) -> int:
    """Bytes that runs have written; exports are not theirs."""
    total = 0
    for name in ("curated", "outbox"):
        for place, _, files in os.walk(root / name):
            for file in files:
                with suppress(FileNotFoundError):
                    total += os.lstat(os.path.join(place, file)).st_size
    return total


@contextmanager
def fullest(root: Path) -> Iterator[list[int]]:
    """What is used meanwhile, looked at all the time."""
    seen, over = [used(root)], threading.Event()

    def look() -> None:
        while not over.wait(0.01):
            seen.append(used(root))

    watch = threading.Thread(target=look)
    watch.start()
    yield seen
    over.set()
    watch.join()
    seen.append(used(root))


@pytest.mark.long
def test_what_a_run_needs_is_told_neither_too_low_nor_by_half_too_high(tmp_path: Path) -> None:
    """Twice the exports was told once, where the first night took nearly four times as much."""
    assert room_of_a_run(tmp_path / "nowhere") == 0
    make_county(tmp_path, children=2_000, seed=3, as_of=AS_OF)
    for number in range(3):
        if number == 2:  # new exports: snapshots are new too
            shutil.rmtree(tmp_path / "raw")
            make_county(tmp_path, children=2_000, seed=3, as_of=AS_OF + timedelta(days=2))
        told = room_of_a_run(tmp_path) or 0
        with fullest(tmp_path) as seen:
            night(tmp_path, AS_OF + timedelta(days=number), townships=None, accept_drift=True)
        taken = max(seen) - seen[0]
        assert taken <= told <= 1.5 * taken, (number, taken, told)


@pytest.mark.long
def test_the_next_night_is_as_if_nothing_had_been(
    tmp_path: Path, begun: Begun, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    begun(good, townships=["安阳镇"])
    before = pd.read_parquet(tmp_path / "curated/current/case_log.parquet")
    with monkeypatch.context() as full:
        full.setattr(pq, "write_table", refuse(errno.ENOSPC, "runs"))
        assert run(tmp_path, capsys)[0] == 2
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "curated/current/case_log.parquet"), before)
    assert run(tmp_path, capsys)[0] == 0
