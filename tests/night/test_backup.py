"""One archive, and back: the restored folder goes on as the other would have. In SQLite, in PostgreSQL, and from one to the other."""

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bidui.cli import main
from pipelines.store.backup import MANIFEST, back_up
from pipelines.store.database import Database
from pipelines.store.forgotten import forgotten_cases, keep_forgotten
from pipelines.store.lock import exclusive
from pipelines.store.restore import restore
from pipelines.store.runs import Store
from pipelines.store.state_tables import STATE_KEYS
from pipelines.store.store_opening import open_store
from schemas.tables import TABLES
from tests.lib.made_up_runs import day_of, night_of, write_run
from tests.lib.nights import Begun, night, unchanged
from tests.lib.postgres import Cluster
from tests.lib.small_exports import county

NEXT = date(2020, 4, 16)


def of_nights(root: Path, nights: int, setting: str | None = None) -> Path:
    """A data folder after so many nights made by hand, with settings and a returned workbook."""
    root.mkdir()
    lines = ["# 设置"] + ([f'database = "{setting}"'] if setting else [])
    (root / "county.toml").write_text("\n".join(lines), encoding="utf-8")
    (root / "inbox/安阳镇").mkdir(parents=True)
    (root / "inbox/安阳镇/交回.xlsx").write_bytes(b"made up")
    for number in range(1, nights + 1):
        publish(root, number, setting)
    return root


def publish(root: Path, number: int, setting: str | None = None) -> None:
    with exclusive(root):
        store = open_store(root, setting)
        with store.new_run(day_of(number)) as run:
            write_run(run, number)
            store.publish(run, day_of(number).isoformat(), [])


def lines(root: Path, setting: str | None, query: str) -> list[tuple]:
    with Database(root, setting).reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


@pytest.mark.long
def test_a_restored_folder_goes_on_as_the_other_does(tmp_path: Path, begun: Begun, capsys: pytest.CaptureFixture[str]) -> None:
    one, other, file = tmp_path / "one", tmp_path / "other", tmp_path / "备份.zip"
    shutil.copytree(begun(county, 8), one, symlinks=True, ignore=lambda *_: ["one"])
    assert main(["backup", str(file), "--root", str(one)]) == 0
    assert "存放在只有经手人能打开的地方" in capsys.readouterr().out
    assert main(["restore", str(file), "--root", str(other)]) == 0
    assert "当前结果为 20200415-0001" in capsys.readouterr().out
    assert night_tables(Store(other).run) == night_tables(Store(one).run)
    county(one)
    shutil.copytree(one / "raw", other / "raw")
    assert night_tables(night(other, NEXT).run) == night_tables(night(one, NEXT).run)


def night_tables(run: Path) -> dict[str, bytes]:
    return {name: (run / f"{name}.parquet").read_bytes() for name in TABLES}


@pytest.mark.parametrize("to", ["SQLite", "PostgreSQL"])
def test_everything_comes_back_on_either_database(tmp_path: Path, setting: str | None, to: str, postgresql: Cluster) -> None:
    root, file, back = of_nights(tmp_path / "data", 3, setting), tmp_path / "b.zip", tmp_path / "back"
    back_up(root, file)
    elsewhere = postgresql.new_database() if to == "PostgreSQL" else None
    back.mkdir()
    (back / "county.toml").write_text(f'database = "{elsewhere}"' if elsewhere else "", encoding="utf-8")
    assert restore(file, back).replaced is None
    for query in ("select * from runs order by number", *(f"select * from {name} order by 1, 2" for name in STATE_KEYS)):
        without_followed = [
            [row[:7] + row[8:] if "runs" in query else row for row in lines(r, s, query)]
            for r, s in ((root, setting), (back, elsewhere))
        ]
        assert str_of(without_followed[0]) == str_of(without_followed[1]), query
    commands = [command for (command,) in lines(back, elsewhere, "select command from audit order by number")]
    assert commands == ["run", "run", "run", "restore"]
    assert lines(root, setting, "select command from audit order by number")[-1] == ("backup",)
    assert (back / "inbox/安阳镇/交回.xlsx").read_bytes() == b"made up"
    assert {p.name for p in (back / "outbox").iterdir()} == {"2020-04-17"}
    assert night_of(Store(back).run) == 3
    assert Store(back).row_key == Store(root).row_key is not None  # workbooks that were sent out are known there, too
    publish(back, 4, elsewhere)
    assert night_of(Store(back).run) == 4


def str_of(rows: list) -> list[str]:
    """Rows as text: SQLite gives days as such."""
    return [str([str(value) for value in row]) for row in rows]


def test_settings_come_back_and_those_that_are_there_stay(tmp_path: Path) -> None:
    root, file = of_nights(tmp_path / "data", 1), tmp_path / "b.zip"
    (root / "model.json").write_text("{}", encoding="utf-8")
    back_up(root, file)
    restore(file, tmp_path / "empty")
    assert (tmp_path / "empty/county.toml").read_text("utf-8") == "# 设置"
    assert (tmp_path / "empty/model.json").read_text("utf-8") == "{}"


def test_a_folder_with_results_is_not_restored_over_unless_asked_and_then_nothing_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, file = of_nights(tmp_path / "data", 2), tmp_path / "b.zip"
    back_up(root, file)
    for number in (3, 4):
        publish(root, number)
    (root / "inbox/新.xlsx").write_bytes(b"newer")
    sent = root / "outbox/2020-04-16/全县.xlsx"
    sent.write_text("sent out", encoding="utf-8")
    with unchanged(root):
        assert main(["restore", str(file), "--root", str(root)]) == 2
    assert "加 --force" in capsys.readouterr().err
    assert main(["restore", str(file), "--root", str(root), "--force"]) == 0
    said = capsys.readouterr().out
    (aside,) = root.glob("replaced-*")
    assert str(aside) in said
    assert night_of(Store(root).run) == 2
    assert {p.name for p in (aside / "runs").iterdir()} == {"20200416-0002", "20200417-0003", "20200418-0004"}
    assert (aside / "outbox/2020-04-16/全县.xlsx").read_text("utf-8") == "sent out" and sent.read_text("utf-8") == "2"
    assert (aside / "bidui.db").exists() and (root / "inbox/新.xlsx").exists()
    publish(root, 3)
    assert night_of(Store(root).run) == 3


@pytest.mark.parametrize("place", ["outbox/2020-04-15/全县.xlsx", "model.json", "curated/runs/x/persons.parquet"])
def test_whatever_would_be_replaced_needs_to_be_confirmed(tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str) -> None:
    back_up(of_nights(tmp_path / "data", 1), tmp_path / "b.zip")
    there = tmp_path / "back" / place
    there.parent.mkdir(parents=True)
    there.write_text("mine", encoding="utf-8")
    with unchanged(tmp_path / "back"):
        assert main(["restore", str(tmp_path / "b.zip"), "--root", str(tmp_path / "back")]) == 2
    assert "加 --force" in capsys.readouterr().err


def test_a_database_in_use_is_not_restored_over_unless_asked_and_then_its_tables_are_kept(
    tmp_path: Path, postgresql: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    """The archive's own county.toml names the database of the county that is at work."""
    setting = postgresql.new_database()
    root, file, back = of_nights(tmp_path / "data", 2, setting), tmp_path / "b.zip", tmp_path / "back"
    back_up(root, file)
    publish(root, 3, setting)
    assert main(["restore", str(file), "--root", str(back)]) == 2
    said = capsys.readouterr().err
    assert "里已有数据" in said and "加 --force" in said and not back.exists()
    assert len(lines(root, setting, "select * from runs")) == 3
    assert main(["restore", str(file), "--root", str(back), "--force"]) == 0
    assert len(lines(back, setting, "select * from runs")) == 2
    (aside,) = back.glob("replaced-*")
    assert pq.read_table(aside / "store/runs.parquet").num_rows == 3
    assert pq.read_table(aside / "store/case_log.parquet").num_rows == 3


def test_a_database_that_does_not_answer_restores_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("psycopg")
    back_up(of_nights(tmp_path / "data", 1), tmp_path / "b.zip")
    back = tmp_path / "back"
    back.mkdir()
    (back / "county.toml").write_text('database = "postgresql://bidui@127.0.0.1:1/none"', encoding="utf-8")
    with unchanged(back):
        assert main(["restore", str(tmp_path / "b.zip"), "--root", str(back)]) == 2
    assert "连不上数据库" in capsys.readouterr().err
    assert [path.name for path in back.iterdir()] == ["county.toml"]


def test_a_backup_is_not_written_over_another_unless_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, file = of_nights(tmp_path / "data", 1), tmp_path / "b.zip"
    file.write_bytes(b"an older one")
    assert main(["backup", str(file), "--root", str(root)]) == 2
    assert "加 --overwrite" in capsys.readouterr().err
    assert file.read_bytes() == b"an older one"
    assert main(["backup", str(file), "--root", str(root), "--overwrite"]) == 0
    assert restore(file, tmp_path / "back").run == "20200415-0001"


def test_numbers_of_forgotten_cases_are_in_the_archive(tmp_path: Path) -> None:
    """They are never given again, also not by the restored system."""
    root, back = of_nights(tmp_path / "data", 1), tmp_path / "back"
    log = pa.Table.from_pylist([{"case_id": "C0000007"}], TABLES["case_log"]).to_pandas()
    keep_forgotten(root, "20200415-0001", {"case_log": log})
    back_up(root, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", back)
    assert forgotten_cases(back, log[:0])["case_id"].to_pylist() == ["C0000007"]


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-200])


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def rewritten(file: Path, change: Callable[[dict, dict], None]) -> None:
    """The archive with another manifest or other members."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members.pop(MANIFEST))
    change(manifest, members)
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in (members | {MANIFEST: json.dumps(manifest).encode()}).items():
            archive.writestr(name, content)


def test_a_damaged_or_foreign_archive_restores_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, good = of_nights(tmp_path / "data", 1), tmp_path / "good.zip"
    back_up(root, good)
    cases: dict[str, tuple[Callable[[Path], None], str]] = {
        "cut": (cut, "已损坏"),
        "flipped": (flip, "已损坏"),
        "no zip": (lambda file: file.write_bytes(b"PK nothing") and None, "不是 bidui backup"),
        "more": (lambda file: rewritten(file, lambda _, members: members.update({"run/x": b""})), "已损坏"),
        "less": (lambda file: rewritten(file, lambda _, members: members.pop("store/runs.parquet")), "已损坏"),
        "outside": (lambda file: rewritten(file, outside), "已损坏"),
        "newer": (lambda file: rewritten(file, lambda manifest, _: manifest.update(revision="9999")), "更新版本"),
        "foreign": (lambda file: rewritten(file, lambda manifest, _: manifest.clear()), "不是 bidui backup"),
    }
    for name, (damage, said) in cases.items():
        file = tmp_path / f"{name}.zip"
        shutil.copy(good, file)
        damage(file)
        assert main(["restore", str(file), "--root", str(tmp_path / "back")]) == 2, name
        assert said in capsys.readouterr().err, name
        assert not list((tmp_path / "back").rglob("*.parquet")), name
    assert not (tmp_path / "evil").exists()


def test_an_archive_of_the_version_before_is_restored(tmp_path: Path) -> None:
    def of_the_first_store(manifest: dict, members: dict) -> None:
        manifest["revision"] = "0001"  # without the tables answers and secrets
        for member in ("store/answers.parquet", "store/secrets.parquet"):
            members.pop(member)
            manifest["members"].pop(member)

    root, file = of_nights(tmp_path / "data", 1), tmp_path / "old.zip"
    back_up(root, file)
    rewritten(file, of_the_first_store)
    assert main(["restore", str(file), "--root", str(tmp_path / "back")]) == 0
    with exclusive(tmp_path / "back"):
        store = open_store(tmp_path / "back", None)
        assert len(store.state("answers")) == 0 and len(store.state("case_log"))


def outside(manifest: dict, members: dict) -> None:
    import hashlib

    members["run/../../../evil"] = b"x"
    manifest["members"]["run/../../../evil"] = hashlib.sha256(b"x").hexdigest()


def test_what_cannot_be_backed_up_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data").mkdir()
    for arguments, said in (
        (
            ["backup", str(tmp_path / "b.zip"), "--root", str(tmp_path / "data")],
            "没有备份：" + str(tmp_path / "data") + " 还没有数据库",
        ),
        (["backup", str(tmp_path / "b.tar"), "--root", str(tmp_path / "data")], "结果文件应以 .zip 结尾"),
        (["restore", str(tmp_path / "none.zip")], "打不开"),
    ):
        assert main(arguments) == 2
        assert said in capsys.readouterr().err
    assert not (tmp_path / "b.zip").exists()


@pytest.mark.skipif(os.name == "nt", reason="permission bits are POSIX's")
def test_the_archive_and_what_is_restored_are_for_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        back_up(of_nights(tmp_path / "data", 1), tmp_path / "b.zip")
        restore(tmp_path / "b.zip", tmp_path / "back")
    finally:
        os.umask(before)
    for path in (tmp_path / "b.zip", *(tmp_path / "back").rglob("*")):
        assert path.is_symlink() or path.stat().st_mode & 0o077 == 0, path
