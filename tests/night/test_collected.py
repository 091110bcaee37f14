"""Returned files as they come in during the day: copied once, answered with a receipt, read by the next night, then let go. All persons are
made up (虚构)."""

import os
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipelines.answers.collected import collect, kept_copies, note_receipts, release
from pipelines.answers.receipts import forget_receipts, write_receipts
from pipelines.deliver.send_receipts import send_receipts
from reports.listings import CHILDREN_SHEET
from schemas.calendar import CHINA
from schemas.settings import Settings
from tests.lib.nights import AS_OF, Begun, night
from tests.lib.returned_books import write_returned
from tests.lib.small_exports import good


def old(path: Path) -> Path:
    """The file, no longer being copied."""
    os.utime(path, (0, 0))
    return path


def test_a_file_is_copied_once_and_counts_when_it_is_gone(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    assert collect(tmp_path) == []
    returned = inbox / "安阳.xlsx"
    returned.write_bytes(b"one")
    assert collect(tmp_path) == []  # it may still be being copied
    old(returned)
    (copy,) = collect(tmp_path)
    assert copy.read_bytes() == b"one" and copy.name == "安阳.xlsx"
    assert collect(tmp_path) == [copy] and kept_copies(tmp_path) == []  # its receipt is still to be sent
    note_receipts([copy])
    assert collect(tmp_path) == []
    returned.unlink()
    assert kept_copies(tmp_path) == [copy]
    release(tmp_path, read=copy.stat().st_mtime)  # made while the night was reading: it may not have seen it
    assert kept_copies(tmp_path) == [copy]
    release(tmp_path, read=time.time() + 1)
    assert kept_copies(tmp_path) == []
    returned.write_bytes(b"one")
    assert len(collect(tmp_path)) == 0
    assert len(collect_when_old(tmp_path, returned)) == 1  # sent again after the night: another receipt
    if os.name != "nt":
        assert copy.parent.stat().st_mode & 0o077 == 0


def collect_when_old(root: Path, path: Path) -> list[Path]:
    old(path)
    return collect(root)


def test_a_receipt_says_what_would_become_of_each_row(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, begun: Begun
) -> None:
    root = begun(good)
    row = {"name": "苏小", "township": "安阳镇", "said": "确属辍学", "checked_by": "韦一", "checked_on": AS_OF.isoformat()}
    file = old(write_returned(root / "inbox/安阳镇.xlsx", CHILDREN_SHEET, [row]))
    broken = root / "inbox/坏.xlsx"
    broken.write_bytes(b"x")
    old(broken)
    at = datetime(2020, 4, 15, 13, 30, tzinfo=CHINA)
    share = tmp_path_factory.mktemp("share")  # a folder within that of the data would be read again
    settings = Settings.model_validate({"recipients": {"安阳镇": {"folder": str(share)}}})
    receipts = write_receipts(root, collect(root), settings, at)
    paths = dict(receipts)
    assert paths, receipts
    said = [[cell.value for cell in line] for path in paths.values() for line in load_workbook(path).active.iter_rows()]
    text = str(said)
    assert file.name in text and "坏.xlsx" in text and "未采用" in text
    assert all(path.parent.name == "回执" and "20200415-1330" in path.name for path in paths.values())
    went, lost = send_receipts(root, receipts, settings)
    assert (went, lost) == (1, 0) and [file.name for file in share.iterdir()] == ["安阳镇_回执_20200415-1330.xlsx"]


def test_a_night_reads_the_copy_and_lets_it_go(tmp_path: Path, begun: Begun) -> None:
    root = begun(good)
    (root / "inbox").mkdir(exist_ok=True)
    broken = root / "inbox/安阳镇.xlsx"
    broken.write_bytes(b"no workbook")
    old(broken)
    assert len(collect(root)) == 1
    broken.unlink()
    outcome = night(root, AS_OF + timedelta(days=1))
    assert [gap.kind for gap in outcome.gaps if "安阳镇.xlsx" in gap.text] == ["returns_unread"]
    assert not night(root, AS_OF + timedelta(days=2)).gaps and kept_copies(root) == []


def test_receipts_are_kept_as_long_as_the_workbooks_of_a_day(tmp_path: Path) -> None:
    folder = tmp_path / "outbox/回执"
    folder.mkdir(parents=True)
    for day in ("20200301", "20200311", "20200410"):
        (folder / f"安阳镇_回执_{day}-0900.xlsx").touch()
    forget_receipts(tmp_path, 30, date(2020, 4, 10))
    assert sorted(path.name[7:15] for path in folder.iterdir()) == ["20200311", "20200410"]
