"""What is kept of the nights gone by: the newest runs, the published one among them, and the sheets that those were read from."""

from datetime import date
from pathlib import Path

import pytest

import pipelines.store.runs
from pipelines.store.runs import KEEP_RUNS, publish, start_run
from tests.lib.made_files import xlsx
from tests.lib.made_sheets import grid
from tests.lib.nights import AS_OF, Begun, night
from tests.lib.small_exports import KIDS, county, pupil


def finished_run(root: Path) -> Path:
    """A run whose workbooks are written and that is not published yet."""
    run = start_run(root, AS_OF)
    (run / "workbooks").mkdir()
    return run


def kept(root: Path) -> list[str]:
    return sorted(run.name for run in (root / "curated/runs").iterdir())


def test_the_ten_newest_runs_are_kept(tmp_path: Path) -> None:
    assert KEEP_RUNS == 10
    for _ in range(12):
        publish(tmp_path, finished_run(tmp_path), AS_OF.isoformat())
    assert kept(tmp_path) == [f"20200415-{number:04d}" for number in range(3, 13)]
    assert (tmp_path / "curated/current").resolve().name == "20200415-0012"


def test_the_published_run_is_kept_however_many_died_since(tmp_path: Path) -> None:
    first = finished_run(tmp_path)
    for _ in range(12):
        start_run(tmp_path, AS_OF)
    publish(tmp_path, first, AS_OF.isoformat())
    assert (tmp_path / "curated/current").resolve() == first
    assert kept(tmp_path) == [f"20200415-{number:04d}" for number in (1, *range(4, 14))]


def test_sheets_are_kept_as_long_as_a_run_was_read_from_them(
    tmp_path: Path, begun: Begun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipelines.store.runs, "KEEP_RUNS", 2)
    begun(county)
    path = tmp_path / "raw/xueji/xueji.xlsx"
    snapshots = [sheets_kept(tmp_path)]
    for day in (16, 17):
        path.write_bytes(xlsx(grid([pupil(*kid, 年级=f"{'三四五六'[day - 15]}年级") for kid in KIDS])))
        night(tmp_path, date(2020, 4, day))
        snapshots.append(sheets_kept(tmp_path))
    first, second, third = snapshots
    assert len(first) == 4 and first < second and len(second) == 5  # the student register of the first night, and of the second
    assert len(third) == 5 and len(third - second) == len(second - third) == 1  # the first night is forgotten


def sheets_kept(root: Path) -> set[str]:
    return {path.name for path in (root / "curated/snapshots").iterdir()}
