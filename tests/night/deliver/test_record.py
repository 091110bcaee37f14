"""The record of deliveries: what went to whom and when, and what may not be sent because it cannot be recorded. All persons are made up (虚构)."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import pipelines.deliver.deliver
from bidui.cli import main
from pipelines.deliver.deliver import deliver, deliveries
from pipelines.deliver.parcels import outgoing_books
from pipelines.store.backup import back_up
from pipelines.store.database import Database, StoreRefused
from pipelines.store.deliveries import sending
from pipelines.store.restore import restore
from pipelines.store.state_tables import REVISION
from schemas.delivery_codes import REASON_NAME
from schemas.settings import Settings
from tests.lib.delivery_counties import Capture, files, settings
from tests.lib.sent_books import (
    LISTS,
    publish_books,
)


def test_a_workbook_that_is_gone_or_changed_is_not_sent(
    root: Path, post: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(root, "", 安阳镇=post("安阳镇"))
    found = outgoing_books(root / "curated/runs/20200415-0001/workbooks", Settings(), ["安阳镇"])
    monkeypatch.setattr(pipelines.deliver.deliver, "outgoing_books", lambda *_: found)
    found[0][0].path.write_bytes(b"changed")
    found[0][1].path.unlink()
    done = deliver(root, townships=["安阳镇"])
    assert [sending.reason for sending in done.sendings] == ["workbook_unreadable"] and files(post("安阳镇")) == {}


def test_what_cannot_be_recorded_is_the_last_that_is_sent(
    root: Path, post: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def refused(*_: object) -> None:
        raise StoreRefused("数据库正被其他程序占用")

    settings(root, "", 安阳镇=post("安阳镇"), 高岭镇=post("高岭镇"))
    monkeypatch.setattr(pipelines.deliver.deliver, "record", refused)
    assert main(["deliver", "--root", str(root)]) == 1
    assert "安阳镇 的表送了，但没有记下来，所以其余的没有再送：数据库正被其他程序占用" in capsys.readouterr().err
    assert len(files(post("安阳镇"))) == 2 and files(post("高岭镇")) == {}
    monkeypatch.undo()
    assert main(["deliver", "--root", str(root)]) == 1
    assert len(files(post("安阳镇"))) == 2  # they lie there as they are


def test_two_commands_do_not_send_at_once(root: Path, post: Callable[[str], Path], capsys: Capture) -> None:
    settings(root, "", 安阳镇=post("安阳镇"))
    with sending(root):
        assert main(["deliver", "--root", str(root)]) == 2
    assert "另一个 bidui deliver 正在送" in capsys.readouterr().err and files(post("安阳镇")) == {}


@pytest.mark.parametrize("change", ["update deliveries set outcome = 'sent'", "delete from deliveries"])
def test_the_record_only_grows_and_comes_back_from_an_archive(
    tmp_path: Path, setting: str | None, change: str, post: Callable[[str], Path]
) -> None:
    root = tmp_path / "data"
    publish_books(root, setting=setting)
    settings(root, f'database = "{setting}"' if setting else "", 安阳镇=post("安阳镇"), 高岭镇=tmp_path / "没有")
    deliver(root)
    rows = deliveries(root)
    assert [(row.area, row.how, row.outcome, row.reason) for row in rows] == [
        *[("安阳镇", "folder", "sent", None)] * 2,
        ("高岭镇", "folder", "failed", "folder_missing"),
    ]
    with pytest.raises(StoreRefused), Database(root, setting).writing() as connection:
        connection.exec_driver_sql(change)
    back_up(root, tmp_path / "备份.zip")
    restore(tmp_path / "备份.zip", root, force=True)
    assert deliveries(root) == rows
    assert deliver(root).already == 2 and len(deliveries(root)) == len(rows) + 1  # the failed one, once more


def test_a_store_of_the_version_before_is_brought_up_and_its_archive_is_whole(
    tmp_path: Path, setting: str | None, post: Callable[[str], Path]
) -> None:
    root = tmp_path / "data"
    publish_books(root, setting=setting)
    settings(root, f'database = "{setting}"' if setting else "", 安阳镇=post("安阳镇"))
    database = Database(root, setting)
    with database.writing() as connection:
        connection.exec_driver_sql("drop table deliveries")
        connection.exec_driver_sql("drop table secrets")
        if setting:
            connection.exec_driver_sql("drop function deliveries_append_only")
        connection.exec_driver_sql("update alembic_version set version_num = '0002'")
    assert deliver(root, dry=True).count(failed=False) == 2 and database.revision() == "0002"
    back_up(root, tmp_path / "备份.zip")
    assert deliver(root).count(failed=False) == 2 and database.revision() == REVISION
    restore(tmp_path / "备份.zip", root, force=True)
    assert deliveries(root) == []


def test_the_record_as_a_workbook_and_a_line_in_the_audit(
    root: Path, post: Callable[[str], Path], tmp_path: Path, capsys: Capture
) -> None:
    settings(root, "", 安阳镇=post("安阳镇"), 高岭镇=tmp_path / "没有")
    out = tmp_path / "送达记录.xlsx"
    assert main(["deliver", "--root", str(root), "--out", str(out)]) == 1
    sheet = openpyxl.load_workbook(out).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert any(row[2] == "安阳镇" and row[3] == LISTS and "已送出" in row and str(post("安阳镇")) in row for row in cells)
    assert any(row[2] == "高岭镇" and REASON_NAME["folder_missing"] in row for row in cells)
    assert f"送达记录在：{out}" in capsys.readouterr().out
    with Database(root).reading() as connection:
        lines = connection.exec_driver_sql("select command, counts from audit order by number").all()
    assert [tuple(line) for line in lines][-1] == ("deliver", '{"sent": 2, "failed": 1}')
