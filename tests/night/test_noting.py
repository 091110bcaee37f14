"""Who looked at what, and when, is in the audit, without a value of a person; where it cannot be noted the command still works, and says so."""

import getpass
import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import bidui
from bidui.cli import main
from pipelines.store import noting
from pipelines.store.database import DATABASE, Database
from tests.lib.nights import Begun
from tests.lib.small_exports import good

Capture = pytest.CaptureFixture[str]
NOT_NOTED = "这次操作没有记入审计"


def audit(root: Path) -> list[tuple]:
    """who, command, run_id, counts of each line."""
    with Database(root).reading() as connection:
        rows = connection.exec_driver_sql("select who, command, run_id, counts from audit order by number")
        return [(who, command, run, json.loads(counts)) for who, command, run, counts in rows]


def asked(root: Path, *words: object) -> list[object]:
    """The command and its options; the data folder after it."""
    return [*words, "--root", root]


def test_each_command_that_shows_or_takes_out_persons_adds_a_line(
    tmp_path: Path, begun: Begun, two: tuple[Path, Path], capsys: Capture
) -> None:
    root = begun(good)
    persons = pd.read_parquet(root / "curated/current/persons.parquet")
    records = pd.read_parquet(root / "curated/current/records.parquet")
    case = pd.read_parquet(root / "curated/current/cases.parquet")["case_id"][0]
    person, number = persons["person_id"][0], persons["id_number"].dropna().iloc[0]
    before = len(audit(root))
    out = root / "出.xlsx"
    commands: list[tuple[list[object], int, tuple[str, dict] | None]] = [
        (asked(root, "explain", person), 0, ("explain", {"person": person})),
        (asked(root, "explain", *records["record_id"][:2]), 0, ("explain", {"asked": 2})),
        (asked(root, "explain", records["record_id"][0]), 0, ("explain", {"asked": 1})),
        (asked(root, "explain", number), 0, ("explain", {"asked": 1})),
        (asked(root, "explain", "没有这人"), 2, None),
        (asked(root, "history"), 0, ("history", {})),
        (asked(root, "history", case), 0, ("history", {"case": case})),
        (asked(root, "history", "--as-of", "2020-04-15", "--out", out), 0, ("history", {"night": "2020-04-15", "out": 1})),
        (asked(root, "link", *two, "--out", root / "对.xlsx"), 0, ("link", {"lists": 2})),
        (asked(root, "link", *two, two[0], "--out", root / "三.xlsx"), 0, ("link", {"lists": 3})),
        (asked(root, "dedupe", two[0], "--out", root / "重.xlsx"), 0, ("dedupe", {"lists": 1})),
        (["check", root / "raw/xueji/xueji.xlsx", "--out", root / "查.xlsx"], 0, ("check", {"files": 1})),
    ]
    expected = []
    for words, status, line in commands:
        assert main([str(word) for word in words]) == status, words
        expected += [line] if line else []
    bidui.tables(root).close()
    assert main(["backup", str(root / "b.zip"), "--root", str(root)]) == 0
    assert NOT_NOTED not in capsys.readouterr().err
    lines = audit(root)[before:]
    assert [(command, counts) for _, command, _, counts in lines[:-2]] == expected
    assert [command for _, command, _, _ in lines[-2:]] == ["tables", "backup"]
    assert {(who, run) for who, _, run, _ in lines} == {(getpass.getuser(), "20200415-0001")}
    values = {*records["name"].dropna(), *records["id_number"].dropna(), *persons["name"].dropna()}
    assert not [value for value in values if value in json.dumps(lines, ensure_ascii=False)]


def busy(root: Path) -> Callable[[], None]:
    holder = sqlite3.connect(root / "curated" / DATABASE, isolation_level=None)
    holder.execute("begin immediate")
    return holder.close


def read_only(root: Path) -> Callable[[], None]:
    """As on a disk that is only to be read, where SQLite opens the file to read."""
    real = sqlite3.connect

    def connect(file: str, *given: object, **named: object) -> sqlite3.Connection:
        return real(f"file:{file}?mode=ro", *given, **{**named, "uri": True})  # type: ignore[arg-type]

    sqlite3.dbapi2.connect = connect  # type: ignore[assignment]

    def undo() -> None:
        sqlite3.dbapi2.connect = real  # type: ignore[assignment]

    return undo


@pytest.mark.parametrize("hindrance", [busy, read_only])
def test_where_it_cannot_be_noted_the_command_works_and_says_so(
    tmp_path: Path,
    begun: Begun,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    hindrance: Callable[[Path], Callable[[], None]],
) -> None:
    root = begun(good)
    monkeypatch.setattr(noting, "_WAIT", 0)
    before = len(audit(root))
    undo = hindrance(root)
    try:
        for words in (["explain", "P0000001"], ["history"], ["backup", str(tmp_path / "b.zip")]):
            assert main([*words, "--root", str(root)]) == 0
            printed = capsys.readouterr()
            assert printed.out and printed.err.count("\n") == 1 and NOT_NOTED in printed.err, words
        with pytest.warns(UserWarning, match=NOT_NOTED):
            bidui.tables(root).close()
    finally:
        undo()
    assert len(audit(root)) == before


def test_where_there_is_no_store_there_is_nothing_to_note_it_in(
    tmp_path: Path, two: tuple[Path, Path], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(os.listdir())
    assert main(["link", *map(str, two), "--out", "出.xlsx"]) == 0
    assert capsys.readouterr().err == ""
    assert set(os.listdir()) == before | {"出.xlsx"}
