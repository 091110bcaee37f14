"""What offices send by mistake: a clear message that names the file and the way to mend it, the right exit status, no
traceback, and the other registries unharmed."""

import io
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import msoffcrypto.format.ooxml
import pandas as pd
import pytest
from openpyxl import Workbook

from bidui.cli import main
from pipelines.night.outcome import Outcome
from tests.lib.nights import unchanged
from tests.lib.small_exports import HEADINGS, good, id_of, poor, pupil, resident, write

RUN = ("--as-of", "2020-04-15")


def run(root: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    status = main(["run", "--root", str(root), *RUN, "--township", "安阳镇"])
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err
    return status, printed.out + printed.err


@pytest.mark.long
def test_good_input_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _ = run(good(tmp_path), capsys)
    assert status == 0
    assert list(pd.read_parquet(tmp_path / "curated/current/unaccounted.parquet")["name"]) == ["苏小"]


def test_no_such_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "nowhere", capsys)[0] == 2


@pytest.mark.parametrize("empty_raw", [False, True])
def test_no_exports(tmp_path: Path, capsys: pytest.CaptureFixture[str], empty_raw: bool) -> None:
    if empty_raw:
        (tmp_path / "raw").mkdir()
    status, said = run(tmp_path, capsys)
    assert status == 2
    assert "raw/xueji" in said
    assert not (tmp_path / "curated" / "current").exists()


@pytest.mark.long
@pytest.mark.parametrize(("absent", "status"), [("canlian", 1), ("guofu", 1), ("xueji", 2)])
def test_core_registry_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str], absent: str, status: int) -> None:
    shutil.rmtree(good(tmp_path) / "raw" / absent)
    got, said = run(tmp_path, capsys)
    assert got == status
    assert f"raw/{absent}" in said
    assert (tmp_path / "curated" / "current").exists() == (status == 1)


def spoil_wrong_registry(root: Path) -> str:
    shutil.copy(root / "raw/huji/huji.csv", root / "raw/guofu/户籍.csv")
    return "看起来是公安户籍的导出"


def spoil_missing_column(root: Path) -> str:
    HEADINGS["guofu"].remove("证件号码")
    try:
        write(root, "guofu", [poor("韦家乐", id_of("20100315", 1))], name="缺列.xlsx", titles=2)
    finally:
        HEADINGS["guofu"].insert(6, "证件号码")
    return "第 3 行表头缺少必需的列：证件号码"


def spoil_empty_sheet(root: Path) -> str:
    Workbook().save(root / "raw/guofu/空表.xlsx")
    return "是空的"


def spoil_headings_only(root: Path) -> str:
    write(root, "guofu", [], name="只有表头.xlsx")
    return "只有表头"


def spoil_no_headings(root: Path) -> str:
    book = Workbook()
    book.active.append(["随便", "写写"])
    book.save(root / "raw/guofu/无表头.xlsx")
    return "找不到国扶系统的表头"


def spoil_truncated(root: Path) -> str:
    content = (root / "raw/guofu/guofu.xlsx").read_bytes()
    (root / "raw/guofu/截断.xlsx").write_bytes(content[: len(content) // 2])
    return "文件不完整"


def spoil_old_truncated(root: Path) -> str:
    content = (root / "raw/canlian/canlian.xls").read_bytes()
    (root / "raw/guofu/截断.xls").write_bytes(content[: len(content) // 3])
    return "无法打开"


def spoil_password(root: Path) -> str:
    locked = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO((root / "raw/guofu/guofu.xlsx").read_bytes())).encrypt("secret", locked)
    (root / "raw/guofu/加密.xlsx").write_bytes(locked.getvalue())
    return "打开密码"


def spoil_nothing_in_it(root: Path) -> str:
    (root / "raw/guofu/零字节.xlsx").write_bytes(b"")
    return "文件是空的"


def spoil_web_page(root: Path) -> str:
    (root / "raw/guofu/网页.xls").write_bytes("<html><p>请先登录</p></html>".encode("gbk"))
    return "网页"


def spoil_picture(root: Path) -> str:
    (root / "raw/guofu/图片.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    return "raw"


Spoil = Callable[[Path], str]  # writes a bad file into a folder; returns what is said of it
SPOILS: list[Spoil] = [
    value for name, value in sorted(globals().items()) if name.startswith("spoil_") and name != "spoil_picture"
]


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder on which a run succeeded though a bad file of every kind lies beside the good ones; what was printed is in said.txt."""
    root = good(tmp_path_factory.mktemp("spoilt"))
    for spoil in SPOILS:
        spoil(root)
    printed = io.StringIO()
    with unchanged(root / "raw"), redirect_stdout(printed), redirect_stderr(printed):
        assert main(["run", "--root", str(root), *RUN, "--township", "安阳镇"]) == 1
    (root / "said.txt").write_text(printed.getvalue().replace("\n", ""), encoding="utf-8")
    return root


@pytest.mark.parametrize("spoil", SPOILS, ids=[s.__name__.removeprefix("spoil_") for s in SPOILS])
def test_one_bad_file_beside_good_ones(tmp_path: Path, spoilt: Path, spoil: Spoil) -> None:
    before = {p.name for p in (good(tmp_path) / "raw/guofu").iterdir()}
    message = spoil(tmp_path)
    (bad,) = {p.name for p in (tmp_path / "raw/guofu").iterdir()} - before
    said = (spoilt / "said.txt").read_text(encoding="utf-8")
    assert "Traceback" not in said
    assert bad in said
    assert message in said
    files = pd.read_parquet(spoilt / "curated/current/files.parquet").set_index("file")
    assert files.at[bad, "status"] == "refused"
    assert message in files.at[bad, "message"]


def test_the_good_ones_beside_bad_files_are_read(spoilt: Path) -> None:
    files = pd.read_parquet(spoilt / "curated/current/files.parquet").set_index("file")
    assert set(files.index[files["status"] == "read"]) == {"xueji.xlsx", "canlian.xls", "guofu.xlsx", "huji.csv"}
    assert list(pd.read_parquet(spoilt / "curated/current/unaccounted.parquet")["name"]) == ["苏小"]


@pytest.mark.long
def test_bad_files_alone_leave_their_registry_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of all the bad files not one stands in for the registry."""
    good(tmp_path)
    for spoil in SPOILS:
        spoil(tmp_path)
    (tmp_path / "raw/guofu/guofu.xlsx").unlink()
    status, said = run(tmp_path, capsys)
    assert status == 1
    assert "国扶系统" in said
    assert list(pd.read_parquet(tmp_path / "curated/current/unaccounted.parquet")["name"]) == ["苏小"]


@pytest.mark.long
def test_a_picture_is_no_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil_picture(good(tmp_path))
    status, said = run(tmp_path, capsys)
    assert status == 1
    assert "图片.xlsx" in said


@pytest.mark.long
def test_rows_that_stand_for_nobody_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good(tmp_path)
    rows = [
        pupil("韦家乐", id_of("20100315", 1), "20100315"),
        {h: h for h in HEADINGS["xueji"]},
        {"学校名称": "安阳镇中心小学"},
        {"序号": "合计", "姓名": "1人"},
    ]
    write(tmp_path, "xueji", rows, titles=2)
    assert run(tmp_path, capsys)[0] == 0
    quarantine = pd.read_parquet(tmp_path / "curated/current/quarantine.parquet")
    assert list(zip(quarantine["row"], quarantine["rule"], strict=True)) == [
        (5, "repeated_heading"),
        (6, "no_identity"),
        (7, "footer_row"),
    ]


def test_an_unknown_township_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--root", str(good(tmp_path)), "--township", "东山镇"]) == 2
    assert "东山镇" in capsys.readouterr().err


def test_one_township_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--root", str(good(tmp_path)), *RUN, "--township", "安阳"]) == 0
    outbox = tmp_path / "outbox/2020-04-15"
    assert sorted(p.name for p in outbox.iterdir()) == ["周报", "安阳镇_控辍保学核查_20200415.xlsx"]
    assert [p.name for p in (outbox / "周报").iterdir()] == ["周报_安阳镇_20200415.xlsx"]
    assert len(pd.read_parquet(tmp_path / "curated/current/persons.parquet")) == 3


def test_a_student_number_in_the_column_of_ids_is_a_second_key_and_a_finding(
    tmp_path: Path, run_here: Callable[..., Outcome], published: Callable[[str], pd.DataFrame]
) -> None:
    """G and an older ID (docs/formats.md 2): it contradicts nothing, and the office is told."""
    older, today = id_of("20100315", 7), id_of("20100315", 21)
    write(tmp_path, "xueji", [pupil("韦家乐", f"G{older}", "20100315")])
    write(tmp_path, "huji", [resident("韦家乐", today, "20100315")])
    run_here()
    record = published("records").set_index("registry").loc["xueji"]
    assert (record["id_other"], record["id_status"]) == (older, "student_number")
    assert pd.isna(record["id_number"])
    assert published("persons")["whereabouts"].tolist() == ["enrolled"]
    assert "id_invalid" in set(published("findings")["rule"])


# ---- characters and folders that are not what a command expects --------------------------------------------------------


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """What a command says that does nothing: a message, no result, no traceback."""
    assert main([str(argument) for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and "Traceback" not in printed.err and "程序内部出错" not in printed.err
    return printed.err


def test_a_township_in_brackets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "run", "--root", tmp_path, "--township", "[/]") == "没有这个乡镇：[/]\n"


def test_brackets_in_names_and_titles_are_no_markup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(good(tmp_path), "guofu", [poor("[red]韦家乐[/]", id_of("20100315", 1))], name="[red]贫困[b].xlsx")
    (tmp_path / "raw/guofu/guofu.xlsx").unlink()
    (tmp_path / "county.toml").write_text('[guofu]\ntitle = "[red]国扶[b]"\n', encoding="utf-8")
    (tmp_path / "raw/xueji/[bold]空.csv").write_bytes(b"")
    status, said = run(tmp_path, capsys)
    assert status == 1
    assert "[red]国扶[b]" in said and "[red]贫困[b].xlsx" in said and "《[bold]空.csv》" in said
    persons = pd.read_parquet(tmp_path / "curated/current/persons.parquet").set_index("name")["person_id"]
    assert main(["explain", persons["韦家乐"], "--root", str(tmp_path)]) == 0
    assert "[red]国扶[b]《[red]贫困[b].xlsx》" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ("explain", "P\ud800"),
        ("explain", "P0000001", "--root", "\ud800"),
        ("history", "C\ud800"),
        ("run", "--root", "\ud800"),
        ("run", "--township", "安阳\ud800"),
        ("link", "\ud800.xlsx", "b.xlsx"),
        ("link", "a.xlsx", "b.xlsx", "--columns", "name=\ud800"),
        ("check", "\ud800.xlsx"),
        ("\ud800",),
        ("run", "--\ud800"),
    ],
)
def test_half_a_character_in_an_argument(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refused(capsys, *arguments)


@pytest.mark.parametrize("ending", [".svg", ".jpg"])
def test_a_chart_into_a_folder_that_does_not_exist_or_of_another_kind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    chart = tmp_path / ("没有" if ending == ".svg" else ".") / f"图{ending}"
    assert refused(capsys, "explain", "a", "b", "--root", tmp_path, "--chart", chart) == (
        f"结果文件应以 .svg 或 .png 结尾，放在已有的文件夹里：{chart}\n"
    )


@pytest.mark.parametrize("command", [("explain", "P0000001"), ("history",), ("history", "C0000001")])
def test_a_folder_that_may_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    """As another user meets it; whoever runs the tests may be the superuser, who may read everything."""

    def forbidden(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", forbidden)
    said = refused(capsys, *command, "--root", tmp_path)
    assert said == f"无法读写 {tmp_path / 'curated/current/persons.parquet'}（没有权限，或正被其他程序打开）\n"


@pytest.mark.long
def test_a_returned_workbook_that_cannot_be_read_is_a_gap_of_the_night(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its answers do not count, and nobody would look for them."""
    good(tmp_path)
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox/安阳镇.xlsx").write_bytes(b"PK cut short")
    assert main(["run", "--root", str(tmp_path), "--as-of", "2020-04-15", "--township", "安阳镇"]) == 1
    assert "《安阳镇.xlsx》（退回的核查表，没有读取：文件不完整" in capsys.readouterr().err
