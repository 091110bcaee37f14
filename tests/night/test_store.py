"""The store, in SQLite and in PostgreSQL: what a run hands on, which run is current, and what is said where it cannot be opened."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import pipelines.store.store_opening
from bidui.cli import main
from pipelines.store.database import Database, StoreRefused
from pipelines.store.lock import exclusive
from pipelines.store.runs import Store
from pipelines.store.state import change_of
from pipelines.store.state_tables import REVISION, STATE_KEYS, metadata
from pipelines.store.store_opening import OpenStore, open_store
from tests.lib.made_up_runs import day_of, night_of, write_run


@contextmanager
def opened(root: Path, setting: str | None) -> Iterator[OpenStore]:
    """The store as a run has it."""
    if setting:
        (root / "county.toml").write_text(f'database = "{setting}"\n', encoding="utf-8")
    with exclusive(root):
        yield open_store(root, setting)


def publish(root: Path, setting: str | None, number: int) -> Path:
    """Publish the run of a night; returns its folder."""
    with opened(root, setting) as store, store.new_run(day_of(number)) as run:
        write_run(run, number)
        assert store.publish(run, day_of(number).isoformat(), []) == []
    return run


def table(root: Path, setting: str | None, query: str) -> list[tuple]:
    with Database(root, setting).reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_the_migrations_make_the_declared_tables(tmp_path: Path, setting: str | None) -> None:
    with opened(tmp_path, setting) as store, store.database.reading() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == REVISION
    folder = Path(__file__).parents[2] / "pipelines/store/migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == REVISION


def test_what_a_run_hands_on_comes_back_as_it_was_published(tmp_path: Path, setting: str | None) -> None:
    for number in (1, 2, 3):
        run = publish(tmp_path, setting, number)
        assert Store(tmp_path).run == run
        with opened(tmp_path, setting) as store:
            for name in STATE_KEYS:
                published = pq.read_table(run / f"{name}.parquet")
                assert store.state(name).select(published.column_names).equals(published), name
                assert store.earlier(name).equals(published.to_pandas())


def test_each_folder_has_a_secret_of_its_own_that_stays(tmp_path: Path, setting: str | None) -> None:
    (other := tmp_path / "other").mkdir()
    assert Store(other).row_key is None
    with opened(tmp_path, setting) as store, opened(other, None) as another:
        key = store.row_key
        assert key is not None and len(key) == 32 and another.row_key not in (None, key)
    publish(tmp_path, setting, 1)
    with opened(tmp_path, setting) as store:
        assert store.row_key == Store(tmp_path).row_key == key


def test_tables_that_belong_together_are_of_one_run(tmp_path: Path, setting: str | None) -> None:
    """Records and their persons: those of two runs do not fit, because a record is known by its place in a file."""
    wanted = {"case_log": ["entry"], "person_keys": ["key"]}
    rows = lambda store: [len(table) for table in store.earlier_columns(wanted)]  # noqa: E731
    first = publish(tmp_path, setting, 1)
    last = publish(tmp_path, setting, 2)
    with opened(tmp_path, setting) as store:
        assert rows(store) == [len(pq.read_table(last / f"{name}.parquet")) for name in wanted] == [2, 2]
        assert [table.column_names for table in store.earlier_columns(wanted)] == list(wanted.values())
        (last / "person_keys.parquet").write_bytes(b"PAR1 and cut off")
        assert rows(store) == [1, 1]
        pq.write_table(pa.table({"entry": [1, 2]}), first / "person_keys.parquet")  # as a version before wrote it, say
        assert rows(store) == [0, 0]


def test_only_what_changed_is_written(tmp_path: Path, setting: str | None) -> None:
    publish(tmp_path, setting, 1)
    publish(tmp_path, setting, 2)
    with opened(tmp_path, setting) as store:
        before = {name: store.state(name) for name in STATE_KEYS}
    run = tmp_path / "next"
    run.mkdir()
    write_run(run, 3)
    with duckdb.connect() as con:
        changes = {name: change_of(con, name, before[name], pq.read_table(run / f"{name}.parquet")) for name in STATE_KEYS}
    assert {name: (len(change.gone), len(change.added)) for name, change in changes.items()} == {
        "case_log": (0, 1),
        "standings": (0, 1),
        "person_keys": (1, 2),  # a key that went to another person
        "person_events": (0, 1),
        "verdicts": (2, 3),  # known by their place, and they come first
        "answers": (0, 1),
    }


def test_rows_that_are_no_longer_published_go(tmp_path: Path, setting: str | None) -> None:
    publish(tmp_path, setting, 3)
    publish(tmp_path, setting, 1)
    with opened(tmp_path, setting) as store:
        assert [len(store.state(name)) for name in STATE_KEYS] == [1] * len(STATE_KEYS)


def test_runs_are_on_record_however_they_ended(tmp_path: Path, setting: str | None) -> None:
    publish(tmp_path, setting, 1)
    with pytest.raises(ZeroDivisionError), opened(tmp_path, setting) as store, store.new_run(day_of(2)):
        1 / 0  # noqa: B018
    with opened(tmp_path, setting) as store:
        killed = store.new_run(day_of(3))
        killed.__enter__()
    publish(tmp_path, setting, 4)
    assert table(tmp_path, setting, "select run_id, state from runs order by number") == [
        ("20200415-0001", "published"),
        ("20200416-0002", "failed"),
        ("20200417-0003", "failed"),
        ("20200418-0004", "published"),
    ]
    lines = table(tmp_path, setting, "select command, run_id from audit order by number")
    assert lines == [
        ("run", "20200415-0001"),
        ("failed", "20200416-0002"),
        ("killed", "20200417-0003"),
        ("run", "20200418-0004"),
    ]
    assert [run.name for run in (tmp_path / "curated/runs").iterdir() if run.name not in ("20200415-0001", "20200418-0004")] == []


@pytest.mark.parametrize("change", ["update audit set who = 'x'", "delete from audit"])
def test_the_audit_only_grows(tmp_path: Path, setting: str | None, change: str) -> None:
    publish(tmp_path, setting, 1)
    with pytest.raises(StoreRefused), Database(tmp_path, setting).writing() as connection:
        connection.exec_driver_sql(change)
    assert len(table(tmp_path, setting, "select 1 from audit")) == 1


def test_a_store_of_a_newer_program_is_refused(tmp_path: Path, setting: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    publish(tmp_path, setting, 1)
    with Database(tmp_path, setting).writing() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    with pytest.raises(StoreRefused, match="更新版本的程序"), opened(tmp_path, setting):
        pass
    assert main(["history", "--root", str(tmp_path)]) == 2
    assert "数据由更新版本的程序写成（数据库格式 9999" in capsys.readouterr().err


def test_a_store_that_was_not_made_to_the_end_is_made_anew(
    tmp_path: Path, setting: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pipelines.store.store_opening, "take_over", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish(tmp_path, setting, 1)
    assert not (tmp_path / "curated/bidui.db").exists()
    publish(tmp_path, setting, 1)
    assert night_of(Store(tmp_path).run) == 1


def test_an_error_of_the_database_quotes_no_value(tmp_path: Path, setting: str | None) -> None:
    publish(tmp_path, setting, 1)
    with pytest.raises(StoreRefused) as refused, Database(tmp_path, setting).writing() as connection:
        connection.exec_driver_sql("insert into person_keys (key, person_id) values ('k1', '韦家乐')")
    error: BaseException | None = refused.value
    assert "韦家乐" not in str(error) and "k1" not in str(error)


@pytest.mark.parametrize("wrong", ["mysql://x/y", "sqlite:///other.db", "no url"])
def test_another_kind_of_database_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(StoreRefused, match="database 应写成 postgresql"), opened(tmp_path, wrong):
        pass


def test_a_server_that_is_not_there_is_named_without_the_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with (
        pytest.raises(StoreRefused, match="连不上数据库") as refused,
        opened(tmp_path, "postgresql://bidui:geheim@127.0.0.1:1/county"),
    ):
        pass
    assert "geheim" not in str(refused.value)


@pytest.mark.skipif(os.name == "nt", reason="permission bits are POSIX's")
def test_the_files_of_the_database_are_for_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        publish(tmp_path, None, 1)
        with Database(tmp_path).writing() as connection:
            connection.exec_driver_sql("delete from person_keys")
            files = list((tmp_path / "curated").glob("bidui.db*"))
            assert len(files) == 2 and all(file.stat().st_mode & 0o077 == 0 for file in files)
    finally:
        os.umask(before)


@pytest.mark.parametrize("damage", ["empty", "cut", "no database", "gone"])
def test_a_damaged_database_is_told_to_readers_and_mended_by_the_next_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    for number in (1, 2):
        publish(tmp_path, None, number)
    file = tmp_path / "curated/bidui.db"
    content = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes({"empty": b"", "cut": content[: len(content) // 2], "no database": b"x" * 5000}[damage])
        assert main(["history", "--root", str(tmp_path)]) == 2
        assert "已损坏。请运行 bidui run" in capsys.readouterr().err
    with opened(tmp_path, None) as store:
        assert any("原来的数据库（已由结果 20200416-0002 重建" in note for note in store.notes)
        assert any("bidui.db.damaged-1" in note for note in store.notes) == (damage != "gone")
        assert store.earlier("person_keys")["person_id"].tolist() == ["P0000002", "P0000002"]
    publish(tmp_path, None, 3)
    assert night_of(Store(tmp_path).run) == 3
    assert sqlite3.connect(file).execute("pragma integrity_check").fetchone() == ("ok",)


def test_a_database_that_is_written_anew_has_nothing_of_rows_that_went(tmp_path: Path, setting: str | None) -> None:
    publish(tmp_path, setting, 3)
    database = Database(tmp_path, setting)
    with database.writing() as connection:
        rows = ", ".join(f"('id:45122820100315001X/{n}', 'P0000009')" for n in range(500))
        connection.exec_driver_sql(f"insert into person_keys (key, person_id) values {rows}")
    with database.writing() as connection:
        if database.file:  # some builds of SQLite write over what is deleted, and some do not
            connection.exec_driver_sql("pragma secure_delete = off")
        connection.exec_driver_sql("delete from person_keys where person_id = 'P0000009'")
    database.rewrite(STATE_KEYS)
    assert len(table(tmp_path, setting, "select key from person_keys")) == 3
    assert database.file is None or b"45122820100315001X" not in database.file.read_bytes()
