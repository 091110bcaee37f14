"""A person, or what lies before a day, is taken out for good: nothing of it is found, the tables hold together, the next night goes on."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from bidui.cli import main
from pipelines.ask.published_run import published_run
from pipelines.purge import purge_before, rewriting
from pipelines.purge.mentions import files_with
from pipelines.store.audit import AuditFailed, audit
from pipelines.store.county_file import settings_of
from pipelines.store.database import Database
from tests.lib.nights import Begun, night, unchanged
from tests.lib.small_exports import good, id_of, pupil, write

Capture = pytest.CaptureFixture[str]
LE, SU = id_of("20100315", 1), id_of("20100101", 1)


def purge(root: Path, capsys: Capture, *words: str, status: int) -> str:
    assert main(["purge", *words, "--root", str(root)]) == status
    printed = capsys.readouterr()
    assert not [name for name in ("韦家乐", "苏小") if name in printed.out + printed.err]
    return printed.out + printed.err


def persons(root: Path) -> dict[str, str]:
    """ID number -> number of the person."""
    table = pd.read_parquet(root / "curated/current/persons.parquet")
    return dict(zip(table["id_number"], table["person_id"], strict=True))


def whole(root: Path) -> None:
    """The published tables keep their declarations."""
    audit(published_run(root).run, date(2020, 4, 15), settings_of(root))


def audited(root: Path) -> tuple[str, dict]:
    with Database(root).reading() as connection:
        command, counts = connection.exec_driver_sql("select command, counts from audit order by number desc").fetchall()[0]
    return command, json.loads(counts)


def returned(path: Path, number: str) -> None:
    book = Workbook()
    book.active.append(["姓名", "证号"])
    book.active.append(["韦家乐", number])
    book.save(path)


@pytest.mark.long
def test_a_person_is_nowhere_afterwards_and_what_is_left_is_named(begun: Begun, capsys: Capture) -> None:
    root = begun(good, townships=None)
    person = persons(root)[LE]
    (root / "inbox").mkdir(exist_ok=True)
    returned(root / "inbox/回.xlsx", LE)
    (root / "inbox/回.csv").write_text(f"韦家乐,{LE}", encoding="utf-8")
    (root / "curated/bidui.db.damaged-1").write_bytes(LE.encode())
    assert main(["backup", str(root / "备份.zip"), "--root", str(root)]) == 0
    before, _ = files_with(root, [LE])
    plan = purge(root, capsys, LE, status=2)
    assert "确认请加 --yes" in plan and "inbox 里收回的核查表 1" in plan and "《xueji.xlsx》Sheet第2行" in plan
    assert files_with(root, [LE])[0] == before
    done = purge(root, capsys, person, "--yes", status=1)
    planned = [line.replace("将", "已", 1) for line in plan.splitlines() if line.startswith("将")]
    assert len(planned) == 2 and planned == [line for line in done.splitlines() if line.startswith(("已改写", "已删除"))]
    left = {path.relative_to(root).as_posix() for path in files_with(root, [LE, "韦家乐"])[0]}
    assert left == {"inbox/回.csv", "raw/guofu/guofu.xlsx", "raw/huji/huji.csv", "raw/xueji/xueji.xlsx"}
    assert all(name in done for name in left)
    assert not (root / "备份.zip").exists() and not (root / "curated/bidui.db.damaged-1").exists()
    whole(root)
    assert audited(root)[0] == "purge" and audited(root)[1]["person"] == person
    assert persons(root)[SU] and set(pd.read_parquet(root / "curated/current/person_keys.parquet")["person_id"]) >= {person}
    # The exports still have the child: it is counted again, and its old number is nobody's.
    night(root, date(2020, 4, 16))
    again = persons(root)
    assert again[LE] not in (person, again[SU]) and person not in again.values()


def test_tables_that_would_break_a_rule_change_nothing(begun: Begun, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    root = begun(good)

    def breaks(*_: object) -> None:
        raise AuditFailed([])

    monkeypatch.setattr(rewriting, "audit", breaks)
    with unchanged(root / "curated/runs"), unchanged(root / "curated/snapshots"), unchanged(root / "outbox"):
        assert "没有通过核验" in purge(root, capsys, LE, "--yes", status=2)


@pytest.mark.long
def test_a_person_on_the_list_stays_unless_it_is_said_twice(begun: Begun, capsys: Capture) -> None:
    root = begun(good)
    (root / "raw/xueji/xueji.xlsx").touch()
    refused = purge(root, capsys, SU, "--yes", status=2)
    assert "在当前名单上" in refused and "--even-if-listed" in refused and files_with(root / "curated", [SU])[0]
    purge(root, capsys, SU, "--even-if-listed", "--yes", status=1)
    assert files_with(root / "curated", [SU, "苏小"])[0] == []
    whole(root)
    assert len(pd.read_parquet(root / "curated/current/unaccounted.parquet")) == 1
    night(root, date(2020, 4, 16))
    listed = pd.read_parquet(root / "curated/current/unaccounted.parquet")
    assert listed["id_number"].tolist() == [SU]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["韦家乐"], "人员编号（P0000001）或写全的身份证号"),
        (["P9999999"], "没有找到这个人"),
        ([id_of("20000101", 9)], "没有找到这个人"),
        ([], "二者选一"),
        (["P0000001", "--before", "2020-04-15"], "二者选一"),
        (["--before", "2020-04-16"], "不能晚于当前结果的比对日期 2020-04-15"),
    ],
)
def test_what_cannot_be_purged_is_refused(begun: Begun, capsys: Capture, words: list[str], message: str) -> None:
    assert message in purge(begun(good), capsys, *words, "--yes", status=2)


@pytest.mark.long
def test_what_lies_before_a_day_goes_and_what_decides_about_a_child_stays(
    begun: Begun, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed = purge_before._removed
    root = begun(good, townships=("安阳镇",))
    write(root, "xueji", [pupil("韦家乐", LE, "20100315"), pupil("苏小", SU, "20100101", 全国学籍号=f"G{SU}")])
    night(root, date(2020, 4, 20), townships=("安阳镇",))
    (root / "inbox").mkdir(exist_ok=True)
    returned(root / "inbox/新.xlsx", LE)
    night(root, date(2020, 4, 22), townships=("安阳镇",))
    cases = pd.read_parquet(root / "curated/current/cases.parquet").set_index("kind")
    assert cases["state"]["list"] == "closed"
    plan = purge(root, capsys, "--before", "2020-04-22", status=2)
    assert "已销号个案的内容 1 件" in plan and (root / "outbox/2020-04-15").exists()
    with monkeypatch.context() as open_elsewhere:  # what could not be removed was counted as removed
        open_elsewhere.setattr(purge_before, "_removed", lambda path: "outbox" not in path.parts and removed(path))
        done = purge(root, capsys, "--before", "2020-04-22", "--yes", status=1)
    assert (
        "outbox 里的核查表 2" in plan and "outbox 里的核查表" not in done.splitlines()[0] and "outbox/2020-04-15 删不掉" in done
    )
    again = purge(root, capsys, "--before", "2020-04-22", "--yes", status=0)
    assert again.splitlines()[0] == "已删除 2020-04-22 以前的（文件或文件夹数）：当前结果和 outbox 里的核查表 2"
    assert [path.name for path in (root / "outbox").iterdir()] == ["2020-04-22"]
    assert [path.name for path in (root / "curated/runs").iterdir()] == ["20200422-0003"]
    log = pd.read_parquet(root / "curated/current/case_log.parquet")
    assert set(log["content"][log["kind"] == "list"]) == {"{}"} and log["case_id"].is_unique is False
    assert (root / "inbox/新.xlsx").exists()
    audit(published_run(root).run, date(2020, 4, 22), settings_of(root))
    assert audited(root)[1]["before"] == "2020-04-22"
    night(root, date(2020, 4, 23))
    assert persons(root).keys() >= {LE, SU}
