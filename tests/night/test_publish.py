"""All of it or nothing: a run that dies leaves the last results whole; two runs cannot mix; ids stay."""

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock

import pipelines.night.job
import pipelines.store.publishing
from bidui.cli import main
from pipelines.guard import StepFailed
from pipelines.store.runs import Store
from schemas.tables import TABLES
from tests.lib.nights import AS_OF, Begun, night
from tests.lib.postgres import Cluster
from tests.lib.small_exports import certificate, good, id_of, poor, pupil, resident, write

TOWNSHIP = ["安阳镇"]  # whose workbook stands for all


def results(root: Path) -> dict[str, bytes]:
    """Every published byte, by path: tables and workbooks. Workbooks carry the time of their making: names only."""
    current = {p.name: p.read_bytes() for p in (root / "curated/current").glob("*.parquet")}
    return current | {p.name: b"" for p in (root / "outbox").rglob("*.xlsx")}


def stamps(outbox: Path) -> dict[str, int]:
    """When each workbook was written, by path."""
    return {
        str(p.relative_to(outbox)): p.stat().st_mtime_ns for p in outbox.rglob("*.xlsx") if not p.is_relative_to(staged(outbox))
    }


def staged(outbox: Path) -> Path:
    """Workbooks that wait for their place."""
    return next(outbox.glob(".new-*"), outbox / "none")


@pytest.mark.long
def test_exactly_the_declared_tables(tmp_path: Path, begun: Begun) -> None:
    begun(good, townships=None)
    assert {p.name for p in (tmp_path / "curated/current").iterdir()} == {f"{t}.parquet" for t in TABLES} | {
        "model.json",
        "night.html",
        "night.json",
        "report.json",
        "workbooks",
    }
    for name, schema in TABLES.items():
        assert pd.read_parquet(tmp_path / f"curated/current/{name}.parquet").columns.tolist() == schema.names
    names = sorted(path.name for path in (tmp_path / "outbox/2020-04-15").iterdir())
    assert len([name for name in names if name.endswith(".xlsx")]) == 20
    assert {"退回各单位", "周报"} < set(names) and len(names) == 22


@pytest.mark.long
def test_same_inputs_same_tables(tmp_path: Path) -> None:
    shutil.copytree(good(tmp_path / "one"), tmp_path / "other")
    night(tmp_path / "one", townships=TOWNSHIP)
    night(tmp_path / "other", townships=TOWNSHIP)
    once = results(tmp_path / "one")
    assert once == results(tmp_path / "other")
    night(tmp_path / "one", townships=TOWNSHIP)
    assert results(tmp_path / "one") == once


@pytest.mark.parametrize(
    "step",
    [
        *("reconcile", "write_books"),
        *(pytest.param(step, marks=pytest.mark.long) for step in ("read_inputs", "link_records", "write_tables")),
    ],
)
def test_a_run_that_dies_changes_nothing(tmp_path: Path, begun: Begun, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    begun(good, townships=TOWNSHIP)
    before = results(tmp_path)
    write(tmp_path, "huji", [resident("新来的", id_of("20100202", 1), "20100202")])

    def die(*_: object) -> None:
        raise RuntimeError("韦家乐 451228201003150016")

    monkeypatch.setattr(pipelines.night.job, step, die)
    with pytest.raises(StepFailed) as failed:
        night(tmp_path, townships=TOWNSHIP)
    assert "韦家乐" not in str(failed.value)
    assert results(tmp_path) == before


@pytest.mark.long
@pytest.mark.parametrize("step", ["_place_outbox", "_point_current"])
def test_folders_that_a_killed_run_left_behind_are_brought_in_line_by_whoever_reads_next(
    tmp_path: Path, begun: Begun, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    begun(good)
    write(tmp_path, "huji", [resident("新来的", id_of("20100202", 1), "20100202")])
    with monkeypatch.context() as patch:
        patch.setattr(pipelines.store.publishing, step, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            night(tmp_path, accept_drift=True)
    run = Store(tmp_path).run
    assert "新来的" in set(pd.read_parquet(run / "persons.parquet")["name"])
    assert (tmp_path / "curated/current").resolve() == run
    assert {p.name for p in (tmp_path / "outbox").iterdir()} == {"2020-04-15"}


@pytest.mark.long
def test_a_workbook_left_open_holds_back_its_folder_alone_and_says_so(
    tmp_path: Path, begun: Begun, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun(good, townships=TOWNSHIP)
    write(tmp_path, "huji", [resident("新来的", id_of("20100202", 1), "20100202")])
    before = stamps(tmp_path / "outbox")
    rename = Path.rename

    def refused(path: Path, target: Path) -> Path:
        if path.name == "2020-04-15":
            raise PermissionError(13, "open in Excel", str(path))
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refused)
        assert main(["run", "--root", str(tmp_path), "--as-of", "2020-04-15", "--township", *TOWNSHIP, "--accept-drift"]) == 1
        assert "正被打开" in capsys.readouterr().err
        assert main(["history", "--root", str(tmp_path)]) == 0  # reads the new run, and cannot help it either
        assert stamps(tmp_path / "outbox") == before
    assert "新来的" in set(pd.read_parquet(tmp_path / "curated/current/persons.parquet")["name"])
    assert main(["history", "--root", str(tmp_path)]) == 0
    assert stamps(tmp_path / "outbox") != before
    assert {p.name for p in (tmp_path / "outbox").iterdir()} == {"2020-04-15"}


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (good(tmp_path) / "curated").write_text("a file in the folder's place", encoding="utf-8")
    assert main(["run", "--root", str(tmp_path), "--as-of", "2020-04-15"]) == 2
    assert "curated" in capsys.readouterr().err


@pytest.mark.long
def test_without_symbolic_links_current_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no right to make links")

    monkeypatch.setattr(os, "symlink", refuse)
    for _ in range(2):
        night(good(tmp_path))
    assert not (tmp_path / "curated/current").is_symlink()
    assert len(pd.read_parquet(tmp_path / "curated/current/persons.parquet")) == 3
    monkeypatch.undo()
    night(tmp_path)
    assert (tmp_path / "curated/current").is_symlink() or os.name == "nt"


def test_two_runs_at_once_cannot_mix(tmp_path: Path, begun: Begun, capsys: pytest.CaptureFixture[str]) -> None:
    begun(good, townships=TOWNSHIP)
    before = results(tmp_path)
    with FileLock(tmp_path / "curated/.lock"):
        assert main(["run", "--root", str(tmp_path), "--as-of", "2020-04-15", "--township", *TOWNSHIP]) == 2
    assert "另一次比对正在进行" in capsys.readouterr().err
    assert results(tmp_path) == before


@pytest.mark.skipif(os.name == "nt", reason="permission bits are POSIX's")
def test_files_are_for_their_owner_alone(tmp_path: Path, begun: Begun) -> None:
    begun(good, townships=None)
    for place in ("curated", "outbox"):
        for path in (tmp_path / place).rglob("*"):
            if not path.is_symlink():
                assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.long
def test_persons_keep_their_ids_when_rows_move_are_corrected_arrive_and_go(
    tmp_path: Path, published: Callable[[str], pd.DataFrame]
) -> None:
    a, b, c = id_of("20100315", 1), id_of("20110315", 1), id_of("20120315", 1)
    write(tmp_path, "xueji", [pupil("潘甲", a, "20100315"), pupil("潘乙", b, "20110315")])
    write(tmp_path, "guofu", [poor("黄一", id_of("19700101", 1), 与户主关系="户主")])
    write(tmp_path, "canlian", [certificate("陆老五", id_of("19500101", 3), "19500101", 3)])
    write(tmp_path, "huji", [resident("潘甲", a, "20100315"), resident("潘乙", b, "20110315")])
    night(tmp_path)
    before = published("persons").set_index("name")["person_id"]
    first = published("unaccounted")
    write(tmp_path, "huji", [resident("潘丙", c, "20120315"), resident("潘乙", b, "20110316"), resident("潘假", a, "20100315")])
    write(tmp_path, "xueji", [pupil("潘假", a, "20100315")])
    night(tmp_path, date(2020, 4, 16), accept_drift=True)
    after = published("persons").set_index("name")["person_id"]
    assert after["潘假"] == before["潘甲"]
    assert after["潘乙"] == before["潘乙"]
    assert after["潘丙"] not in set(before)
    assert len(first) == 0
    assert set(published("unaccounted")["first_listed"]) == {date(2020, 4, 16)}
    night(tmp_path, date(2020, 4, 17))
    assert set(published("unaccounted")["first_listed"]) == {date(2020, 4, 16)}


@pytest.mark.long
def test_an_id_once_given_is_never_given_again(tmp_path: Path, begun: Begun, published: Callable[[str], pd.DataFrame]) -> None:
    begun(good)
    given = set(published("persons")["person_id"])
    write(tmp_path, "huji", [resident("新来的", id_of("20100202", 1), "20100202", 户主姓名="莫一")])
    shutil.rmtree(tmp_path / "raw/canlian")
    night(tmp_path, accept_drift=True)
    persons = published("persons").set_index("name")["person_id"]
    assert persons["新来的"] not in given


@pytest.mark.long
def test_two_nights_with_the_store_in_postgresql_give_the_same_tables(tmp_path: Path, postgresql: Cluster) -> None:
    one = good(tmp_path / "one")
    other = shutil.copytree(one, tmp_path / "other")  # made anew in another second an .xlsx has other bytes
    (other / "county.toml").write_text(f'database = "{postgresql.new_database()}"\n', encoding="utf-8")
    for day in (AS_OF, date(2020, 4, 16)):
        night(one, day, TOWNSHIP)
        night(other, day, TOWNSHIP)
        assert results(one) == results(other)
    assert not (other / "curated/bidui.db").exists()
    assert main(["history", "--root", str(other)]) == 0
