"""Pipes, devices, links and names that are no text, in the place of a file: refused at once, alone, in a sentence. A pipe once kept the
night waiting for ever; ``raw/usr -> /usr`` never ended; a name that is not UTF-8 stopped every night without being named."""

import ast
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pandas as pd
import pytest

import pipelines.files.walk
from bidui.cli import main
from pipelines.answers.returned import read_returned
from pipelines.files.opening import read_file, readable_name, write_private
from pipelines.files.refusal import FileRefused
from pipelines.files.walk import DEEPEST, files_under
from pipelines.intake.reading import read_exports
from schemas.registry import declared
from tests.lib.made_files import xlsx
from tests.lib.nights import Begun
from tests.lib.samples import one_in_twelve
from tests.lib.small_exports import good

ROOT = Path(__file__).resolve().parents[2]
Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files in folders, and grants links to few")
PRODUCT = ("bidui", "pipelines", "reports", "matching", "schemas")
NO_UTF8 = os.fsdecode(b"\xb0\xb2\xd1\xf4.xlsx")  # 安阳.xlsx, as a disk of GBK names has it


@pytest.fixture(autouse=True)
def within_a_minute() -> Iterator[None]:
    """What waits for a pipe fails the test."""

    def late(*_: object) -> None:
        raise TimeoutError("it waits for the pipe")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def pipe(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)


def device(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to("/dev/zero")


SPECIAL: list[Callable[[Path], None]] = [pipe, device]


def said(capsys: Capture, *words: object) -> tuple[int, str]:
    status = main([str(word) for word in words])
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err and "程序内部出错" not in printed.err
    return status, printed.out + printed.err


@pytest.mark.parametrize("make", SPECIAL)
@pytest.mark.parametrize("file", ["county.toml", "model.json"])
def test_in_the_place_of_a_setting_nothing_is_done(
    tmp_path: Path, capsys: Capture, file: str, make: Callable[[Path], None]
) -> None:
    make(good(tmp_path) / file)
    status, words = said(capsys, "run", "--root", tmp_path, "--as-of", "2020-04-15")
    assert status == 2 and file in words and "不是普通文件" in words


@pytest.mark.parametrize(
    ("file", "make"),
    one_in_twelve(product(["intake.xlsx", "inbox/安阳镇.xlsx", "raw/guofu/又一份.xlsx", "raw/散的.csv"], SPECIAL)),
)
def test_among_the_exports_and_answers_the_others_are_read(
    tmp_path: Path, capsys: Capture, file: str, make: Callable[[Path], None]
) -> None:
    make(good(tmp_path) / file)
    status, _ = said(capsys, "run", "--root", tmp_path, "--as-of", "2020-04-15", "--township", "安阳镇")
    assert status in (0, 1)
    quarantine = pd.read_parquet(tmp_path / "curated/current/quarantine.parquet").set_index("file")
    message = quarantine.at[Path(file).name, "message"]
    assert "不是普通文件" in message or "快捷方式" in message
    assert len(pd.read_parquet(tmp_path / "curated/current/records.parquet")) == 5


@pytest.mark.parametrize("make", SPECIAL)
def test_as_a_list_a_model_or_a_result(
    tmp_path: Path, two: tuple[Path, Path], capsys: Capture, make: Callable[[Path], None]
) -> None:
    special = tmp_path / "special"
    for name in ("甲.xlsx", "model.json", "出.xlsx", "存.json"):
        make(special / name)
    a, b = two
    for words in (
        (special / "甲.xlsx", b),
        (a, special / "甲.xlsx"),
        (a, b, "--model", special / "model.json", "--out", tmp_path / "x.xlsx"),
        (a, b, "--out", special / "出.xlsx"),
        (a, b, "--out", tmp_path / "x.xlsx", "--save-model", special / "存.json"),
    ):
        status, printed = said(capsys, "link", *words)
        assert status == 2 and "不是普通文件" in printed, words
    for words in (
        ("dedupe", special / "甲.xlsx"),
        ("link", a, b, special / "甲.xlsx"),
        ("dedupe", a, "--out", special / "出.xlsx"),
        ("dedupe", a, "--out", tmp_path / "x.xlsx", "--against", special / "甲.xlsx"),
    ):
        status, printed = said(capsys, *words)
        assert status == 2 and "不是普通文件" in printed, words
    assert not (tmp_path / "x.xlsx").exists()


@pytest.mark.parametrize("make", SPECIAL)
def test_as_what_is_asked_and_answered(tmp_path: Path, begun: Begun, capsys: Capture, make: Callable[[Path], None]) -> None:
    begun(good)
    for name in ("图.svg", "出.xlsx", "查.xlsx", "county.toml", "备份.zip"):
        make(tmp_path / "special" / name)
    special = tmp_path / "special"
    export = tmp_path / "raw/xueji/xueji.xlsx"
    assert said(capsys, "explain", "a", "b", "--root", tmp_path, "--chart", special / "图.svg")[0] == 2
    assert said(capsys, "history", "--root", tmp_path, "--out", special / "出.xlsx")[0] == 2
    assert said(capsys, "check", export, "--out", special / "出.xlsx")[0] == 2
    assert said(capsys, "backup", special / "备份.zip", "--root", tmp_path)[0] == 2
    assert said(capsys, "restore", special / "备份.zip", "--root", tmp_path / "new")[0] == 2
    status, words = said(capsys, "check", special / "county.toml", "--out", tmp_path / "r.xlsx")
    assert status == 2 and "不是普通文件" in words
    status, words = said(capsys, "check", special / "查.xlsx", "--out", tmp_path / "r.xlsx")
    assert status == 2


@pytest.mark.parametrize("make", SPECIAL)
@pytest.mark.parametrize("name", ["查.xlsx", "查.csv", "county.toml", "divisions.csv", "甲/又.zip"])
def test_as_a_file_to_check_one_sentence_says_it(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, name: str, make: Callable[[Path], None]
) -> None:
    """It once read on, showed a table of nothing and wrote a workbook."""
    make(tmp_path / "special" / name)
    export = good(tmp_path / "data") / "raw/xueji/xueji.xlsx"
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    for files in ([tmp_path / "special" / name], [export, tmp_path / "special" / name]):
        status, words = said(capsys, "check", *files)
        assert (status, words) == (2, f"没有检查：《{Path(name).name}》这不是普通文件，是管道或设备。请换成文件本身\n")
    assert not list(work.iterdir())


def test_a_file_that_becomes_a_pipe_after_it_was_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(tmp_path / "管道")
    monkeypatch.setattr("pipelines.files.opening.check_plain", lambda path: None)
    with pytest.raises(FileRefused, match="不是普通文件"):
        read_file(tmp_path / "管道")


# ---- links -------------------------------------------------------------------------------------------------------------


def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipelines.files.walk, "MOST_FILES", 20)
    monkeypatch.setattr(pipelines.files.walk, "MOST_ENTRIES", 40)


@pytest.mark.long
def test_a_link_to_the_system_under_raw_is_one_refusal_and_is_not_walked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    (good(tmp_path) / "raw/usr").symlink_to("/usr")
    walked: list[Path] = []
    walk = os.walk
    monkeypatch.setattr(os, "walk", lambda top, **options: walked.append(Path(top)) or walk(top, **options))
    status, words = said(capsys, "run", "--root", tmp_path, "--as-of", "2020-04-15", "--township", "安阳镇")
    assert status == 1 and "raw/usr" in words
    assert tmp_path / "raw/usr" not in walked
    files = pd.read_parquet(tmp_path / "curated/current/files.parquet")
    assert list(files[files["status"] == "refused"]["file"]) == ["raw/usr"]


def test_a_registry_s_folder_may_be_a_link_to_a_share(tmp_path: Path) -> None:
    share, root = tmp_path / "share", good(tmp_path / "county")
    shutil.move(root / "raw/xueji", share)
    (root / "raw/xueji").symlink_to(share)
    exports = read_exports(root / "raw", declared())
    assert not exports.refused and "xueji" in {sheet.registry.key for sheet in exports.sheets}


def test_a_registry_s_link_to_a_whole_disk_is_refused_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch)
    root = good(tmp_path / "county")
    (root / "raw/zizhu").symlink_to("/usr")
    (refusal,) = read_exports(root / "raw", declared()).refused
    assert (refusal.registry, refusal.file, refusal.rule) == ("zizhu", "raw/zizhu", "too_large")
    assert "它指向哪里" in refusal.message


@pytest.mark.parametrize("target", ["..", "../..", "../curated", "../raw", "../raw/huji"])
def test_a_link_to_the_data_folder_itself_is_refused(tmp_path: Path, target: str) -> None:
    root = good(tmp_path / "county")
    (root / "curated").mkdir()
    (root / "raw/zizhu").symlink_to(root / "raw" / target, target_is_directory=True)
    (refusal,) = read_exports(root / "raw", declared()).refused
    assert (refusal.file, refusal.rule) == ("raw/zizhu", "symlink")


def test_folders_that_lie_too_deep(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(DEEPEST + 2):
        folder = folder / "层"
    folder.mkdir(parents=True)
    with pytest.raises(FileRefused, match="层数太多"):
        files_under(tmp_path)


def test_a_heap_of_files_in_raw_and_in_a_folder_nobody_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch)
    monkeypatch.setattr("pipelines.intake.exports.MOST_FILES", 20)
    for place in ("", "别的/"):
        (tmp_path / "raw" / place).mkdir(parents=True, exist_ok=True)
        for number in range(30):
            (tmp_path / f"raw/{place}{number}.txt").touch()
    assert [refusal.rule for refusal in read_exports(tmp_path / "raw", declared()).refused] == ["too_large"] * 2


def test_an_inbox_that_is_a_link_to_a_whole_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch)
    (tmp_path / "inbox").symlink_to("/usr")
    rows, (refusal,) = read_returned(tmp_path / "inbox")
    assert not any(rows.values()) and (refusal.file, refusal.rule) == ("inbox", "too_large")


# ---- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("place", one_in_twelve(["raw/guofu", "raw", "inbox", "raw/不认识", "."]))
def test_a_name_that_is_not_utf8_is_named_and_refused_alone(tmp_path: Path, capsys: Capture, place: str) -> None:
    (good(tmp_path) / place).mkdir(exist_ok=True)
    name = NO_UTF8 if place != "." else os.fsdecode(b"intake.\xb0")
    (tmp_path / place / name).write_bytes(xlsx())
    status, _ = said(capsys, "run", "--root", tmp_path, "--as-of", "2020-04-15", "--township", "安阳镇")
    assert status in (0, 1)
    quarantine = pd.read_parquet(tmp_path / "curated/current/quarantine.parquet").set_index("file")
    assert readable_name(name) in quarantine.index and "�" in readable_name(name)
    assert len(pd.read_parquet(tmp_path / "curated/current/records.parquet")) == 5


@pytest.mark.long
def test_a_folder_whose_name_is_not_utf8(tmp_path: Path, capsys: Capture) -> None:
    (good(tmp_path) / "raw" / NO_UTF8).mkdir()
    (tmp_path / "raw" / NO_UTF8 / "学生.xlsx").write_bytes(xlsx())
    (tmp_path / "raw/guofu" / NO_UTF8).mkdir()
    (tmp_path / "raw/guofu" / NO_UTF8 / "空.xlsx").write_bytes(b"")
    status, words = said(capsys, "run", "--root", tmp_path, "--as-of", "2020-04-15", "--township", "安阳镇")
    assert status == 1 and "学生.xlsx" in words and "空.xlsx" in words


def test_a_data_folder_whose_name_is_not_utf8(tmp_path: Path, capsys: Capture) -> None:
    good(tmp_path / NO_UTF8)
    status, words = said(capsys, "run", "--root", tmp_path / NO_UTF8)
    assert status == 2 and "不是 UTF-8" in words


@pytest.mark.parametrize("command", ["check", "dedupe", "link"])
def test_a_list_whose_name_is_not_utf8(tmp_path: Path, capsys: Capture, command: str) -> None:
    path = tmp_path / f"{NO_UTF8}.csv"
    path.write_text("姓名,身份证号\n韦一,\n", encoding="utf-8")
    status, words = said(capsys, command, *([path] * (2 if command == "link" else 1)))
    assert status == 2 and "不是 UTF-8" in words and "程序内部出错" not in words


# ---- one place opens files that users name -----------------------------------------------------------------------------


def test_a_private_file_takes_the_place_of_one_that_others_can_read(tmp_path: Path) -> None:
    path = tmp_path / "模型.json"
    path.write_text("old")
    path.chmod(0o666)
    write_private(path, b"new")
    assert path.read_bytes() == b"new" and path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_one_place_reads_files_that_users_name() -> None:
    """Whoever reads one by hand waits for a pipe. Files of the program itself are no users'."""
    read: list[tuple[str, str]] = []
    for path in (path for package in PRODUCT for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("read_bytes", "read_text"):
                read.append((path.relative_to(ROOT).as_posix(), ast.unparse(node.value)))
    own = {"matching/names.py", "matching/name_text.py"}  # the program's tables
    own |= {"pipelines/persons/resolve.py", "pipelines/reconcile/build_order.py", "reports/book/write.py"}
    own |= {f"pipelines/store/{name}.py" for name in ("takeover", "publishing")}  # what a run noted for the next
    own |= {"matching/kept.py"}  # in a folder of its own, whose files pipelines.lists.kept_folder has looked at
    own |= {"pipelines/night/api_access.py", "pipelines/deliver/sender.py"}  # the server's password; workbooks of the outbox
    own |= {f"pipelines/night/{name}.py" for name in ("night_record", "kept_counts")}  # in a run's own folder
    own |= {"reports/night/night_page.py"}  # the program's template
    own |= {f"pipelines/night/{name}.py" for name in ("run_log", "status", "recovery")} | {
        "pipelines/deliver/send_receipts.py"
    }  # what serve wrote
    own |= {"pipelines/ask/masked_workbook.py"}  # a workbook of the outbox
    own |= {"pipelines/deliver/folder_copies.py"}  # in a recipient's folder, and regular files alone (``is_file``)
    assert {file for file, _ in read if not file.startswith("schemas/")} <= own
