"""A data folder of the version before, which kept its state in the published tables alone, is taken over by the first run.

``tests/lib/folder_before_the_store.tar.xz`` was written by that version (commit 2783f2f): ten made-up children (虚构), two nights, a
judgement that two records are one child, its workbook no longer in the inbox.
"""

import json
import os
import shutil
import tarfile
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from bidui.cli import main
from pipelines.store.database import Database, StoreRefused
from pipelines.store.lock import exclusive
from pipelines.store.runs import Store
from pipelines.store.state_tables import STATE_KEYS
from pipelines.store.store_opening import OpenStore, open_store
from tests.lib.nights import night

ARCHIVE = Path(__file__).parents[1] / "lib/folder_before_the_store.tar.xz"
FIRST, SECOND = "20200415-0001", "20200423-0002"
NEXT = date(2020, 4, 24)
CHILD = "蒙小满"


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The data folder as the version before left it."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    for path in tmp_path.rglob("*"):
        if not path.is_symlink():
            os.utime(path)  # nights of this week
    return tmp_path


STATE_THEN = tuple(name for name in STATE_KEYS if name != "answers")  # what the version before kept


def taken_over(root: Path, setting: str | None = None) -> OpenStore:
    with exclusive(root):
        return open_store(root, setting)


def states_are_of(store: OpenStore, run: Path) -> bool:
    return all(store.earlier(name).equals(pq.read_table(run / f"{name}.parquet").to_pandas()) for name in STATE_THEN)


def test_readers_read_it_before_the_first_run(before: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Store(before).run == before / "curated/runs" / SECOND
    assert main(["history", "--root", str(before)]) == 0
    assert not (before / "curated/bidui.db").exists()


def test_everything_is_there_after_the_next_night(before: Path) -> None:
    old = {name: pd.read_parquet(before / f"curated/runs/{SECOND}/{name}.parquet") for name in ("persons", *STATE_THEN)}
    outcome = night(before, NEXT, accept_drift=True)
    assert outcome.left_out == () and outcome.run.name == "20200424-0003"
    new = {name: pd.read_parquet(outcome.run / f"{name}.parquet") for name in old}
    assert new["persons"]["person_id"].tolist() == old["persons"]["person_id"].tolist()
    assert new["verdicts"].equals(old["verdicts"])
    assert (new["persons"].set_index("name").loc[CHILD, "whereabouts"]) == "enrolled"  # the judgement still holds
    for name in ("case_log", "standings", "person_events"):
        assert new[name].head(len(old[name])).equals(old[name]), name
    with Database(before).reading() as connection:
        runs = connection.exec_driver_sql("select run_id, state from runs order by number").fetchall()
        commands = connection.exec_driver_sql("select command from audit order by number").scalars().all()
    assert [tuple(run) for run in runs] == [(FIRST, "published"), (SECOND, "published"), (outcome.run.name, "published")]
    assert commands == ["takeover", "run"]
    assert {path.name for path in (before / "outbox").iterdir()} == {"2020-04-15", "2020-04-23", "2020-04-24"}


def test_on_both_databases(before: Path, setting: str | None) -> None:
    store = taken_over(before, setting)
    assert store.notes == [] and store.run.name == SECOND
    assert states_are_of(store, store.run)


def test_where_current_was_a_copy(before: Path) -> None:
    current = before / "curated/current"
    current.unlink()
    shutil.copytree(before / "curated/runs" / FIRST, current)
    store = taken_over(before)
    assert store.run.name == FIRST and states_are_of(store, store.run)
    assert current.resolve() == store.run


def half_published(root: Path, note: str) -> None:
    """As a kill left it: the second run's swap was noted, and not carried out."""
    (root / "curated/publishing.json").write_text(note, encoding="utf-8")
    (root / "curated/current").unlink()
    (root / "curated/current").symlink_to(Path("runs") / FIRST, target_is_directory=True)
    shutil.rmtree(root / "outbox/2020-04-23")


def test_a_swap_that_was_noted_is_carried_out(before: Path) -> None:
    half_published(before, json.dumps({"run": SECOND, "outbox": "2020-04-23"}))
    store = taken_over(before)
    assert store.run.name == SECOND and states_are_of(store, store.run)
    assert (before / "curated/current").resolve() == store.run
    assert len(list((before / "outbox/2020-04-23").rglob("*.xlsx"))) == 2
    assert not (before / "curated/publishing.json").exists()


@pytest.mark.parametrize(
    "note", ["", "{}", "[1]", '{"run": "../../raw", "outbox": "x"}', '{"run": "20990101-0009", "outbox": "x"}']
)
def test_a_note_that_cannot_be_read_stops_nothing(before: Path, note: str) -> None:
    half_published(before, note)
    store = taken_over(before)
    assert store.run.name == FIRST and states_are_of(store, store.run)
    assert not (before / "curated/publishing.json").exists()
    assert {path.name for path in (before / "outbox").iterdir()} == {"2020-04-15"}


@pytest.mark.long
def test_of_a_damaged_run_the_one_before_it_is_taken_and_it_is_said(before: Path) -> None:
    cut = before / f"curated/runs/{SECOND}/person_keys.parquet"
    cut.write_bytes(cut.read_bytes()[:500])
    outcome = night(before, NEXT, accept_drift=True)
    assert any(f"完好的结果 {SECOND}" in missing for missing in outcome.left_out)


def test_where_no_run_can_be_read_nothing_is_numbered_anew(before: Path) -> None:
    for keys in (before / "curated/runs").glob("*/person_keys.parquet"):
        keys.write_bytes(b"")
    for _ in range(2):
        with pytest.raises(StoreRefused, match="请用 bidui restore 从备份恢复"):
            night(before, NEXT)
    assert not (before / "curated/bidui.db").exists()
