"""What does not fit into memory is on the data's own disk or in a private folder, and gone when the work is done. It once lay in
``.tmp`` of the folder somebody worked in."""

import ast
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import bidui
from pipelines.store.lock import exclusive
from schemas.memory_database import memory_database, open_database
from tests.lib.nights import AS_OF, night
from tests.lib.small_exports import good

ROOT = Path(__file__).resolve().parents[2]
MEMORY = "20MB"
# Sorting this takes more memory than that.
LARGE = "create or replace temp table large as select range, md5(range::varchar) as text from range(400_000) order by text"


@pytest.fixture
def working(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that is worked in."""
    folder = tmp_path / "working"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """The temporary folder of every database that is opened."""
    connect, folders = duckdb.connect, list[Path]()

    def noted(*arguments: object, **options: object) -> duckdb.DuckDBPyConnection:
        con = connect(*arguments, **options)  # type: ignore[arg-type]
        folders.append(Path(con.sql("select current_setting('temp_directory')").fetchall()[0][0]))
        return con

    monkeypatch.setattr(duckdb, "connect", noted)
    yield folders


def spill(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"set memory_limit = '{MEMORY}'")
    con.execute("set threads = 1")
    con.execute(LARGE)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_it_goes_to_the_folder_that_is_named(tmp_path: Path, working: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with memory_database(data) as con:
        spill(con)
        assert files(data) and not files(working)
    assert not list(data.iterdir()) and not list(working.iterdir())


def test_without_a_data_folder_it_goes_to_a_private_one(tmp_path: Path, working: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with memory_database(None) as con:
        spill(con)
        (made,) = temporary.iterdir()
        assert files(made) and not files(working)
        assert os.name == "nt" or stat.S_IMODE(made.stat().st_mode) == 0o700
    assert not list(temporary.iterdir()) and not list(working.iterdir())


def test_nothing_is_left_where_the_work_fails(tmp_path: Path) -> None:
    with pytest.raises(duckdb.Error) as raised, memory_database(tmp_path) as con:
        spill(con)
        con.sql("select error('broken off')").fetchall()
    assert raised.value.__traceback__ and not list(tmp_path.iterdir())


def test_what_a_killed_process_left_is_removed_by_the_next_run(tmp_path: Path) -> None:
    curated = tmp_path / "curated"
    curated.mkdir()
    script = f"""
import os, pathlib
from schemas.memory_database import open_database
con = open_database(pathlib.Path({str(curated)!r}))
con.execute("set memory_limit = '{MEMORY}'")
con.execute("set threads = 1")
con.execute({LARGE!r})
os._exit(9)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == 9 and files(curated)
    with exclusive(tmp_path):
        assert [path.name for path in files(curated)] == [".lock"]


@pytest.mark.long
def test_every_database_of_a_night_and_of_its_readers_spills_on_the_data_folder(
    tmp_path: Path, working: Path, asked: list[Path]
) -> None:
    from pipelines.ask.explain import explain
    from pipelines.ask.history import history

    root = good(tmp_path / "data")
    night(root, AS_OF, townships=None)
    listed = bidui.tables(root).sql("select person_id from unaccounted").fetchall()[0][0]
    list(explain(root, [listed]))
    list(history(root, listed))
    assert len(asked) > 10
    assert [folder for folder in asked if not folder.is_relative_to(root / "curated")] == []
    assert not list(root.rglob(".spill-*")) and not list(working.iterdir())


@pytest.mark.long
def test_a_table_of_a_notebook_spills_beside_the_run(tmp_path: Path, working: Path) -> None:
    root = good(tmp_path / "data")
    run = night(root).run
    con = bidui.tables(root)
    spill(con)
    assert files(next(run.glob(".spill-*"))) and not files(working)
    con.close()
    assert not list(run.glob(".spill-*"))


def test_lists_that_are_linked_spill_into_a_private_folder(
    two: tuple[Path, Path], working: Path, asked: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    bidui.link(*two)
    assert asked and all(folder.is_relative_to(temporary) for folder in asked)
    assert not list(temporary.iterdir()) and not list(working.iterdir())


def test_one_place_opens_databases() -> None:
    """Whoever opens one by hand has it spill where somebody works."""
    opened = []
    for package in ("bidui", "pipelines", "reports", "matching", "schemas"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "duckdb" and node.attr.islower():
                    opened.append((path.name, node.attr))
    assert opened == [("memory_database.py", "connect")]
    assert open_database.__module__ == "schemas.memory_database"
