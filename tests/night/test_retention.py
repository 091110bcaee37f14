"""What is kept of the nights gone by: the newest runs, the published one among them, the sheets that those were read from, and the
outbox for as long as the settings say."""

import os
import time
from datetime import date
from pathlib import Path

import pytest

import pipelines.night.job
from pipelines.store.lock import exclusive
from pipelines.store.store_opening import OpenStore, open_store
from schemas.settings import Retention
from tests.lib.made_files import xlsx
from tests.lib.made_sheets import grid
from tests.lib.made_up_runs import write_run
from tests.lib.nights import AS_OF, Begun, night
from tests.lib.small_exports import KIDS, county, pupil

TODAY = date(2020, 4, 20)


def publish_one(store: OpenStore, keep: Retention, outbox: str = AS_OF.isoformat()) -> str:
    """Publish a run that was made by hand; returns its id."""
    with store.new_run(AS_OF) as run:
        write_run(run, 1)
        store.publish(run, outbox, [])
    store.forget_old(keep, TODAY)
    return run.name


def kept(root: Path) -> list[str]:
    return sorted(run.name for run in (root / "curated/runs").iterdir())


def test_the_newest_runs_are_kept(tmp_path: Path) -> None:
    assert Retention().runs == 10
    with exclusive(tmp_path):
        store = open_store(tmp_path, None)
        for _ in range(5):
            publish_one(store, Retention(runs=3))
    assert kept(tmp_path) == [f"20200415-{number:04d}" for number in range(3, 6)]
    assert (tmp_path / "curated/current").resolve().name == "20200415-0005"


def test_the_published_run_is_kept_however_many_died_since_and_those_are_removed(tmp_path: Path) -> None:
    with exclusive(tmp_path):
        first = publish_one(open_store(tmp_path, None), Retention())
        for _ in range(3):
            store = open_store(tmp_path, None)
            died = store.new_run(AS_OF)
            died.__enter__()
            assert len(kept(tmp_path)) == 2
        unfinished = tmp_path / "outbox/回执/安阳镇_回执_20200415-0900.partial"
        unfinished.parent.mkdir(parents=True)
        unfinished.touch()
        open_store(tmp_path, None)
    assert kept(tmp_path) == [first] and not unfinished.exists()
    assert (tmp_path / "curated/current").resolve().name == first


@pytest.mark.long
def test_a_run_that_fails_leaves_no_folder(tmp_path: Path, begun: Begun, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(county)
    before = kept(tmp_path), sheets_kept(tmp_path)
    monkeypatch.setattr(pipelines.night.job, "write_books", lambda _: 1 / 0)
    for _ in range(2):
        with pytest.raises(Exception, match="workbooks"):
            night(tmp_path)
    assert (kept(tmp_path), sheets_kept(tmp_path)) == before


def test_old_days_leave_the_outbox_but_never_todays_or_the_published_runs_or_a_folder_of_somebodys_own(tmp_path: Path) -> None:
    long_ago = time.time() - 40 * 86_400
    keep = Retention(outbox_days=30)
    with exclusive(tmp_path):
        store = open_store(tmp_path, None)
        for outbox in ("2020-04-13", "2020-04-14", "2020-04-14_重算"):
            publish_one(store, keep, outbox)
        for name in ("2020-01-01", "2020-01-01_重算", "2020-04-20", "给乡镇的通知"):
            (tmp_path / "outbox" / name).mkdir()
            os.utime(tmp_path / "outbox" / name, (long_ago, long_ago))
        with store.database.writing() as connection:  # a month has gone by since the first two
            connection.exec_driver_sql("update runs set finished = '2020-04-13T18:00:00+00:00' where number < 3")
        store.forget_old(keep, TODAY)
        left = {folder.name for folder in (tmp_path / "outbox").iterdir()}
        assert left == {"2020-04-14_重算", "2020-04-20", "给乡镇的通知"}


@pytest.mark.long
def test_sheets_are_kept_as_long_as_a_run_was_read_from_them(tmp_path: Path, begun: Begun) -> None:
    begun(county)
    (tmp_path / "county.toml").write_text("[retention]\nruns = 2\n", encoding="utf-8")
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
