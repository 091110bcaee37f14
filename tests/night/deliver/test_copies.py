"""``bidui deliver`` to folders: which workbook goes to whom, once, encrypted, and over nothing. All persons are made up (虚构)."""

import errno
import io
import os
import time
from collections.abc import Callable
from pathlib import Path

import msoffcrypto
import openpyxl
import pytest

from bidui.cli import main
from pipelines.deliver import encryption
from pipelines.deliver.deliver import deliveries
from pipelines.deliver.encryption import encrypted, is_of
from pipelines.deliver.failures import NotDelivered
from pipelines.deliver.folder_copies import put_into
from pipelines.deliver.parcels import outgoing_books
from schemas.delivery_codes import REASON_NAME
from schemas.settings import Settings
from tests.lib.delivery_counties import ADDRESS, PASSWORD, Capture, by_mail, files, named, opens, settings
from tests.lib.libre_office import OFFICE, first_cell
from tests.lib.mail_server import MailServer
from tests.lib.nights import unchanged
from tests.lib.sent_books import (
    CORRECTIONS,
    COUNTYS,
    COUNTYS_WEEKLY,
    LISTS,
    OTHERS,
    RETURNED,
    WEEKLY,
    book,
    publish_books,
)


def test_each_workbook_goes_to_its_recipient_and_to_nobody_else(root: Path, post: Callable[[str], Path], capsys: Capture) -> None:
    folders = {area: post(area) for area in ("安阳镇", "都安县", "教育局", "高岭镇")}
    settings(root, "", **folders)
    assert main(["deliver", "--root", str(root)]) == 0
    assert {area: files(folder) for area, folder in folders.items()} == {
        "安阳镇": named(LISTS, WEEKLY),
        "都安县": named(COUNTYS, COUNTYS_WEEKLY),
        "教育局": named(RETURNED, CORRECTIONS),
        "高岭镇": named(OTHERS),
    }
    printed = capsys.readouterr()
    assert "2020-04-15 的比对结果：已送出" in printed.out and printed.err == ""


@pytest.mark.parametrize(
    "place",
    ["备注.xlsx", "安阳_控辍保学核查.xlsx", "安阳镇核查.xlsx", "周报/安阳_20200415.xlsx", "退回各单位/安阳镇_数据退回.xlsx", "教育局_数据退回.xlsx",
     "安阳镇_控辍保学核查.pdf", "别处/安阳镇_控辍保学核查.xlsx"],
)  # fmt: skip
def test_a_file_that_is_nobodys_goes_to_nobody_and_is_named(
    tmp_path: Path, post: Callable[[str], Path], capsys: Capture, place: str
) -> None:
    publish_books(tmp_path / "data", books={LISTS: book("list"), place: book("other")})
    settings(tmp_path / "data", "", 安阳镇=post("安阳镇"), 教育局=post("教育局"))
    assert main(["deliver", "--root", str(tmp_path / "data")]) == 1
    assert {*files(post("安阳镇")), *files(post("教育局"))} == {LISTS}
    printed = capsys.readouterr().err
    assert f"认不出该送给谁，没有送：{place}" in printed and "没有出他们的表，没有送：教育局" in printed


def test_the_longest_name_counts_and_what_excel_leaves_beside_a_workbook_does_not(tmp_path: Path) -> None:
    county = '[甲]\ntitle = "甲"\nowner = "教育局_甲"\nrole = "student"\nsource_key = ["student_number"]\nsignature = ["student_number"]\n'
    columns = {"name": "姓名", "id_number": "身份证号", "student_number": "号"}
    county += "".join(
        f'[甲.columns.{key}]\nheadings = ["{h}"]\n' + "required = true\n" * (key == "name") for key, h in columns.items()
    )
    from schemas.county_toml import read_settings

    names = ["教育局_甲_数据退回.xlsx", "教育局_数据退回.xlsx", "~$教育局_数据退回.xlsx"]
    (tmp_path / "退回各单位").mkdir()
    for name in names:
        (tmp_path / "退回各单位" / name).write_bytes(b"x")
    books, nobodys = outgoing_books(tmp_path, read_settings(county.replace("甲]", "jia]").replace("甲.", "jia.")))
    assert {(found.path.name, found.area) for found in books} == {(names[0], "教育局_甲"), (names[1], "教育局")} and nobodys == []


def test_what_is_returned_of_the_townships_reports_is_the_countys(tmp_path: Path) -> None:
    """It is about children of every township."""
    (tmp_path / "退回各单位").mkdir()
    (tmp_path / "退回各单位/乡镇_数据退回_20200415.xlsx").write_bytes(b"x")
    books, nobodys = outgoing_books(tmp_path, Settings())
    assert [found.area for found in books] == ["都安县"] and nobodys == [] and "乡镇" not in Settings().areas


def test_with_a_password_a_workbook_is_encrypted_and_opens_with_it_alone(root: Path, post: Callable[[str], Path]) -> None:
    settings(root, f"[recipients.'安阳镇']\nfolder = '{post('安阳镇')}'\npassword = '{PASSWORD}'\n")
    assert main(["deliver", "--root", str(root), "--township", "安阳"]) == 0
    sent = files(post("安阳镇"))
    assert {name: opens(content) for name, content in sent.items()} == named(LISTS, WEEKLY)
    assert openpyxl.load_workbook(io.BytesIO(opens(sent[LISTS]))).active["A1"].value == LISTS
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        opens(sent[LISTS], "Gaoling-2020")
    assert is_of(sent[LISTS], book(LISTS), PASSWORD) and not is_of(sent[LISTS], book(LISTS), "Gaoling-2020")


@pytest.mark.parametrize("size", [0, 3_000, 1_500_000])
def test_a_workbook_of_any_size_is_what_it_was(size: int) -> None:
    import zipfile

    content = io.BytesIO(book("list"))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("xl/pad.bin", os.urandom(size))
    assert opens(encrypted(content.getvalue(), PASSWORD)) == content.getvalue()


def test_what_is_not_encrypted_well_is_not_sent(
    root: Path, post: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    with pytest.raises(NotDelivered, match="not_encrypted"):
        encrypted(b"no workbook", PASSWORD)
    monkeypatch.setattr(encryption, "_opened", lambda content, password: b"another")
    settings(root, f"[recipients.'安阳镇']\nfolder = '{post('安阳镇')}'\npassword = '{PASSWORD}'\n")
    assert main(["deliver", "--root", str(root), "--township", "安阳镇"]) == 1
    assert files(post("安阳镇")) == {}
    assert "安阳镇（文件夹，2 份）没有送到：核查表没有加密成功" in capsys.readouterr().err


def test_once_and_again(root: Path, post: Callable[[str], Path], capsys: Capture) -> None:
    folder = post("安阳镇")
    settings(root, f"[recipients.'安阳镇']\nfolder = '{folder}'\npassword = '{PASSWORD}'\n")
    command = ["deliver", "--root", str(root), "--township", "安阳镇"]
    assert main(command) == 0
    before = files(folder)
    (folder / LISTS).unlink()  # the officer has taken it away to fill it in
    capsys.readouterr()
    assert main(command) == 0
    assert "没有要送的" in (printed := capsys.readouterr().out) and "已送过、内容没有变的 2 份没有再送" in printed
    assert list(files(folder)) == [Path(WEEKLY).name]
    assert main([*command, "--again"]) == 0
    after = files(folder)
    assert after.keys() == before.keys() and after[Path(WEEKLY).name] == before[Path(WEEKLY).name]  # it lay there untouched
    assert [(row.file, row.outcome) for row in deliveries(root)] == [(name, "sent") for name in (LISTS, Path(WEEKLY).name)] * 2


def test_a_changed_workbook_of_the_day_goes_beside_the_one_that_is_being_filled_in(
    root: Path, post: Callable[[str], Path]
) -> None:
    folder = post("安阳镇")
    settings(root, "", 安阳镇=folder)
    for content, filled_in in ((b"first", True), (b"second", False), (b"second", False), (b"third", False)):
        publish_books(root, books={LISTS: content})
        assert main(["deliver", "--root", str(root)]) == 0
        if filled_in:
            (folder / LISTS).write_bytes(b"filled in")
    stem = Path(LISTS).stem
    assert files(folder) == {f"{stem}.xlsx": b"filled in", f"{stem}（2）.xlsx": b"second", f"{stem}（3）.xlsx": b"third"}


def test_the_workbooks_of_another_day_go_too_and_as_of_takes_a_day_before(
    root: Path, post: Callable[[str], Path], capsys: Capture
) -> None:
    folder = post("安阳镇")
    settings(root, "", 安阳镇=folder)
    publish_books(root, 2, books={"安阳镇_控辍保学核查_20200416.xlsx": b"of the second day"})
    assert main(["deliver", "--root", str(root)]) == 0
    assert files(folder) == {"安阳镇_控辍保学核查_20200416.xlsx": b"of the second day"}
    assert main(["deliver", "--root", str(root), "--as-of", "2020-04-15", "--township", "安阳镇"]) == 0
    assert len(files(folder)) == 3
    assert main(["deliver", "--root", str(root), "--as-of", "2020-04-14"]) == 2
    assert "没有送：没有 2020-04-14 的比对结果；最近有的是：2020-04-15、2020-04-16" in capsys.readouterr().err


def test_workbooks_of_a_run_whose_folder_is_gone_are_in_the_outbox(
    root: Path, post: Callable[[str], Path], capsys: Capture
) -> None:
    import shutil

    settings(root, "", 安阳镇=post("安阳镇"))
    shutil.rmtree(root / "curated/runs/20200415-0001/workbooks")
    assert main(["deliver", "--root", str(root), "--township", "安阳镇"]) == 0
    assert files(post("安阳镇")) == named(LISTS, WEEKLY)
    shutil.rmtree(root / "outbox/2020-04-15")
    assert main(["deliver", "--root", str(root)]) == 2
    assert "2020-04-15 的核查表已不在" in capsys.readouterr().err


def test_a_dry_run_shows_where_everything_would_go_and_sends_nothing(
    root: Path, post: Callable[[str], Path], capsys: Capture, tmp_path: Path
) -> None:
    server = MailServer(port=1)
    settings(root, by_mail(server, "安阳镇"), 高岭镇=post("高岭镇"), 教育局=tmp_path / "没有")
    with unchanged(tmp_path):
        assert main(["deliver", "--root", str(root), "--dry-run"]) == 1
    printed = capsys.readouterr()
    assert "将送出（试运行，没有送）" in printed.out and ADDRESS in printed.out and str(post("高岭镇")) in printed.out
    assert "教育局（文件夹，2 份）没有送到：文件夹不存在" in printed.err
    assert PASSWORD not in printed.out + printed.err and deliveries(root) == []


def test_nobody_set_to_receive_is_said(root: Path, post: Callable[[str], Path], capsys: Capture) -> None:
    settings(root, "")
    assert main(["deliver", "--root", str(root)]) == 2
    assert "没有送：没有设置接收人" in capsys.readouterr().err
    settings(root, "", 安阳镇=post("安阳镇"))
    assert main(["deliver", "--root", str(root)]) == 1
    assert "没有设置接收人，没有送：高岭镇、都安县、教育局" in capsys.readouterr().err.replace("\n", "")
    assert main(["deliver", "--root", str(root), "--township", "安阳镇"]) == 0
    assert main(["deliver", "--root", str(root), "--township", "下坳镇"]) == 1
    assert "没有送：下坳镇" in capsys.readouterr().err


def test_nothing_published_yet_is_said(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "data").mkdir()
    assert main(["deliver", "--root", str(tmp_path / "data")]) == 2
    assert "还没有比对结果可送，请先运行 bidui run" in capsys.readouterr().err
    assert list((tmp_path / "data").rglob("*.db")) == []


def test_a_folder_that_is_missing_or_the_programs_own_is_named_and_the_others_go_on(
    root: Path, post: Callable[[str], Path], capsys: Capture, tmp_path: Path
) -> None:
    (root / "inbox").mkdir(exist_ok=True)
    settings(root, "", 安阳镇=tmp_path / "没有", 高岭镇=root / "inbox", 都安县=post("县"), 教育局=post("教育局"))
    assert main(["deliver", "--root", str(root)]) == 1
    printed = capsys.readouterr().err
    assert f"安阳镇（文件夹，2 份）没有送到：{REASON_NAME['folder_missing']}" in printed
    assert f"高岭镇（文件夹，1 份）没有送到：{REASON_NAME['folder_of_data']}" in printed
    assert len(files(post("县"))) == len(files(post("教育局"))) == 2 and not (tmp_path / "没有").exists()
    settings(root, "", 安阳镇=post("安阳镇"), 高岭镇=post("高岭镇"), 都安县=post("县"), 教育局=post("教育局"))
    assert main(["deliver", "--root", str(root)]) == 0  # what failed is tried again, and nothing else
    assert files(post("安阳镇")) == named(LISTS, WEEKLY) and len(deliveries(root)) == 3 + 4 + 3


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "folder_full"),
        (errno.EACCES, "folder_refused"),
        (errno.EROFS, "folder_refused"),
        (errno.EIO, "folder_failed"),
    ],
)
def test_a_folder_that_cannot_be_written_holds_nothing_half(
    root: Path, post: Callable[[str], Path], capsys: Capture, monkeypatch: pytest.MonkeyPatch, number: int, reason: str
) -> None:
    settings(root, "", 安阳镇=post("安阳镇"))
    fsync = os.fsync

    def refused(handle: int) -> None:
        if Path(os.readlink(f"/proc/self/fd/{handle}")).is_relative_to(post("安阳镇")):
            raise OSError(number, "refused")
        fsync(handle)

    if not Path("/proc/self/fd").exists():
        pytest.skip("asks Linux which file it is")
    monkeypatch.setattr(os, "fsync", refused)
    assert main(["deliver", "--root", str(root), "--township", "安阳镇"]) == 1
    assert f"没有送到：{REASON_NAME[reason]}" in capsys.readouterr().err
    assert files(post("安阳镇")) == {}


@pytest.mark.skipif(os.name == "nt", reason="permission bits are POSIX's")
def test_copies_are_for_their_owner_alone_and_what_a_kill_left_goes(root: Path, post: Callable[[str], Path]) -> None:
    folder = post("安阳镇")
    old, new = folder / ".bidui-old.partial", folder / ".bidui-new.partial"
    for left in (old, new):
        left.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    settings(root, "", 安阳镇=folder)
    before = os.umask(0)
    try:
        assert main(["deliver", "--root", str(root), "--township", "安阳镇"]) == 0
    finally:
        os.umask(before)
    assert not old.exists() and new.exists()
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.glob("*.xlsx"))


def test_a_share_without_links_never_loses_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_links(source: str, target: Path) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", without_links, raising=False)
    assert put_into(tmp_path, "表.xlsx", b"one", lambda there: False) == "表.xlsx"
    assert put_into(tmp_path, "表.xlsx", b"two", lambda there: False) == "表（2）.xlsx"
    assert files(tmp_path) == {"表.xlsx": b"one", "表（2）.xlsx": b"two"}


def test_returned_workbooks_open_with_the_passwords_they_were_sent_with(root: Path) -> None:
    from pipelines.night.intake_steps import read_inputs
    from pipelines.store.context import Context
    from pipelines.store.county_file import settings_of
    from pipelines.store.runs import Store
    from tests.lib.made_up_runs import day_of

    settings(root, f"[recipients.'安阳镇']\nfolder = '/srv/安阳镇'\npassword = '{PASSWORD}'\n")
    for name in ("inbox", "raw"):
        (root / name).mkdir(exist_ok=True)
    (root / "inbox" / LISTS).write_bytes(encrypted(book(LISTS), PASSWORD))
    read = read_inputs(Context(root, day_of(2), settings_of(root), Store(root)))
    assert [refusal.rule for refusal in read.unread] == ["missing_sheet"]  # opened, and found to have no list


@pytest.mark.long
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_libre_office_opens_it_with_the_password(tmp_path: Path) -> None:
    path = tmp_path / "encrypted.xlsx"
    path.write_bytes(encrypted(book("made up"), PASSWORD))
    assert first_cell(path, PASSWORD, tmp_path / "profile") == "made up"
