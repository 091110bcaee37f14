"""The command line itself: help, usage errors, import path, exit status, what goes to stdout and what to stderr."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import bidui
from bidui.arguments import repeat_columns
from bidui.cli import _NOT_DONE, app, main
from bidui.console import Console
from bidui.errors import outcome_of
from pipelines.files.refusal import FileRefused
from pipelines.guard import Foreseen, StepFailed
from pipelines.lists.list_columns import LIST_FIELDS
from pipelines.night.step_times import StepEstimate, estimate_of
from pipelines.night.steps import Step
from pipelines.screen import TextLine, TextTable
from schemas.county_problems import CountyFileError
from schemas.exit_status import ExitStatus
from schemas.words import STEP_NAME

COMMANDS = (
    "init",
    "demo",
    "run",
    "check",
    "link",
    "dedupe",
    "find",
    "show",
    "explain",
    "history",
    "deliver",
    "backup",
    "restore",
    "purge",
    "serve",
    "deploy",
)
ROOT = Path(__file__).resolve().parents[2]
Capture = pytest.CaptureFixture[str]


def test_without_a_command_there_is_help(capsys: Capture) -> None:
    assert main([]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("用法：bidui 命令 [选项]") and printed.err == ""
    assert re.findall(r"^  ([a-z]+) ", printed.out, re.MULTILINE) == list(COMMANDS)


def test_version(capsys: Capture) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"bidui {bidui.__version__}\n"


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_help_is_in_chinese(command: tuple[str, ...], capsys: Capture) -> None:
    assert main([*command, "--help"]) == 0
    printed = capsys.readouterr().out
    assert not re.search(r"usage|options|arguments|show this|default", printed, re.IGNORECASE)
    assert printed.startswith("用法：") and "选项：" in printed and "显示本说明" in printed


def test_the_help_of_link_lists_every_field(capsys: Capture) -> None:
    main(["link", "--help"])
    printed = capsys.readouterr().out
    assert [field.key for field in LIST_FIELDS if field.key not in printed] == []


def test_every_option_has_the_same_name_everywhere() -> None:
    from typer.main import get_command

    commands = get_command(app).commands.values()  # type: ignore[attr-defined]
    assert [command.name for command in commands] == list(COMMANDS)
    options = {option for command in commands for p in command.params if p.param_type_name == "option" for option in p.opts}
    assert options == {
        *("--root", "--as-of", "--township", "--out", "--accept-drift", "--future", "--forget-after", "--yes", "--verbose"),
        *(
            "--children",
            "--seed",
            "--profile",
            "--discrepancies",
        ),
        *(
            "--columns",
            "--columns-a",
            "--columns-b",
            "--against",
            "--keep",
            "--sheet",
            "--sheet-a",
            "--sheet-b",
            "--cost-ratio",
            "--model",
            "--save-model",
        ),
        *(
            "--chart",
            "--registry",
            "--port",
            "--cron",
            "--status",
            "--install-hint",
            "--pool",
            "--county",
            "--cohort",
            "--force",
            "--overwrite",
            "--again",
            "--dry-run",
            "--full",
            "--masked",
            "--audit",
            "--before",
            "--even-if-listed",
        ),
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("lnk", "没有命令 lnk，是否指 link？"),
        ("--foo", "没有选项 --foo"),
        ("run --rot x", "没有选项 --rot，是否指 --root？"),
        ("run -z", "没有选项 -z"),
        ("run --root", "选项 --root 后面要写一个值"),
        ("run --accept-drift=3", "选项 --accept-drift 后面不写值"),
        ("run a b", "多余的参数：a b"),
        ("link a.xlsx", "缺少参数 B"),
        ("explain", "缺少参数 人|记录"),
        ("check", "缺少参数 FILE"),
        ("run --as-of 15.4.2020", "选项 --as-of 的值不对：日期应写成 2020-04-15 这样"),
        ("run --as-of 2020-02-30", "选项 --as-of 的值不对：没有 2020-02-30 这一天，请改正"),
        ("purge --root . --before 20200431", "选项 --before 的值不对：没有 2020-04-31 这一天，请改正"),
        ("demo --children many", "选项 --children 的值不对：应是整数"),
        ("demo --profile x", "选项 --profile 的值不对：没有 x，可用：standard、other、spread、hidden"),
        ("serve --port 0", "选项 --port 的值不对：应是 1 到 65535 的整数"),
        ("serve --cron daily", "选项 --cron 的值不对：应是 cron 的写法，共五段（分 时 日 月 星期），如 0 2 * * *"),
        ("link a b --cost-ratio -1", "选项 --cost-ratio 的值不对：应是大于 0 的数，如 100"),
        ("link a b --columns 谁", "选项 --columns 的值不对：应写成 字段=表头，如 name=学生姓名；名单的文件名请写在最前面"),
        ("link a b --columns 爱好=列", "选项 --columns 的值不对：没有字段 爱好，可用：name（姓名）"),
    ],
)
def test_usage_errors_are_in_chinese(words: str, message: str, capsys: Capture) -> None:
    assert main(words.split()) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(message)
    assert "--help" in printed.err and not re.search("error|usage|missing|invalid", printed.err, re.IGNORECASE)


@pytest.mark.parametrize(
    ("words", "repeated"),
    [
        ("A B --columns name=a id=b --out o", "A B --columns name=a --columns id=b --out o"),
        ("--columns name=a id=b A B", "--columns name=a --columns id=b A B"),
        ("--columns-a=name=a id=b --columns x=y", "--columns-a=name=a --columns-a id=b --columns x=y"),
        ("A=1 B --sheet-a x=y z=1 -- --columns a=b c=d", "A=1 B --sheet-a x=y z=1 -- --columns a=b c=d"),
        ("--columns one name=a", "--columns one --columns name=a"),
    ],
)
def test_several_columns_after_one_option(words: str, repeated: str) -> None:
    assert repeat_columns(words.split()) == repeated.split()


def test_only_the_values_of_a_columns_option_are_repeated(tmp_path: Path, capsys: Capture) -> None:
    """The list A may follow the columns that are named."""
    assert main(["link", "--columns", "name=谁", "birth=哪天", str(tmp_path / "甲.xlsx"), str(tmp_path / "乙.csv")]) == 2
    assert capsys.readouterr().err == "未比对：《甲.xlsx》文件打不开（没有这个文件或文件夹）\n"


# ---- what is printed, and where -----------------------------------------------------------------------------------


def test_results_go_to_stdout_and_messages_to_stderr(capsys: Capture) -> None:
    console = Console()
    with console.progress("正在做"):  # shown on a terminal alone
        console.show("结果", TextLine("一行", "error"))
    console.warn("缺少")
    console.refuse("不行")
    console.message("提示")
    assert capsys.readouterr() == ("结果\n一行\n", "缺少\n不行\n提示\n")


def estimates() -> list[StepEstimate]:
    return [
        estimate_of(step, {"read": 30.0, "link": 60.0, "workbooks": 29.0, "publish": 1.0})
        for step in (Step.READ, Step.LINK, Step.PUBLISH)
    ]


def test_where_nobody_looks_on_each_step_is_a_plain_line(capsys: Capture) -> None:
    console = Console()
    with console.steps() as show_step:
        show_step("1/10 读取", estimate_of(Step.READ, {}))
        for estimate in estimates():
            show_step(f"{estimate.number}/10", estimate)
    assert not console.on_terminal
    assert capsys.readouterr() == ("", "1/10 读取\n1/10（约剩 2 分钟）\n4/10（约剩 2 分钟）\n10/10（约剩 1 秒）\n")


def test_on_a_terminal_a_bar_names_step_share_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console as Terminal

    shown = io.StringIO()
    terminal = Terminal(file=shown, force_terminal=True, width=80, legacy_windows=False)
    console = Console()
    monkeypatch.setattr(console, "_terminals", {True: terminal, False: terminal})
    with console.steps() as show_step:
        for estimate in estimates():
            show_step(f"{estimate.number}/10 核对", estimate)
        console.show(TextLine("本次一览", link="file:///srv/night.html"))
    said = shown.getvalue()
    assert console.on_terminal and "4/10 核对" in said and "25%　约剩 90 秒" in said and "file:///srv/night.html" in said


def test_data_are_never_markup_and_never_cut(capsys: Capture) -> None:
    long = "很长的一行" * 100
    Console().show(f"[red]{long}[/] :smile: [/nothing] http://x", TextTable("[b]题", ("名", "数"), [("[red]甲[/red]", "1")], 1))
    line, title, heading, row = capsys.readouterr().out.splitlines()
    assert line == f"[red]{long}[/] :smile: [/nothing] http://x"
    assert title == "[b]题" and heading.split() == ["名", "数"] and row.split() == ["[red]甲[/red]", "1"]


def test_what_a_terminal_cannot_show_is_replaced(capsys: Capture) -> None:
    Console().show("甲\ud800乙\x1b[31m丙\r丁", TextTable(None, ("名",), [("甲\udcff",)], 0))
    assert capsys.readouterr().out.splitlines() == ["甲�乙�[31m丙�丁", "名 ", "甲�"]


def test_a_gbk_console_does_not_stop_at_a_rare_name(tmp_path: Path) -> None:
    script = "from bidui.console import Console; Console().show('䶮𠮷 ö')"
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=variables, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.endswith(b"? ?\r\n" if os.name == "nt" else b"? ?\n")


def test_nobody_else_prints() -> None:
    packages = ("bidui", "pipelines", "reports", "matching", "schemas")
    files = [
        path for package in packages for path in (ROOT / package).rglob("*.py") if path.name not in ("console.py", "step_bar.py")
    ]
    assert [path.name for path in files if re.search(r"(?<!\w)print\(|^(from|import) rich", path.read_text("utf-8"), re.M)] == []


# ---- errors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (Foreseen("没有结果"), ExitStatus.NOTHING, "没有结果"),
        (FileRefused("empty", "文件是空的"), ExitStatus.NOTHING, "文件是空的"),
        (CountyFileError(["一", "二"]), ExitStatus.NOTHING, "一；二"),
        (StepFailed("link: KeyError at a.py:1"), ExitStatus.NOTHING, "程序内部出错（link: KeyError at a.py:1）"),
        (
            PermissionError(13, "Permission denied", "甲.xlsx"),
            ExitStatus.NOTHING,
            "无法读写 甲.xlsx（没有权限，或正被其他程序打开）",
        ),
        (OSError(28, "No space left on device"), ExitStatus.NOTHING, "磁盘已满。请清理后重试"),
        (MemoryError(), ExitStatus.NOTHING, "内存不足，请关闭其他程序后重试"),
        (KeyboardInterrupt(), ExitStatus.INTERRUPTED, "已中断"),
    ],
)
def test_every_error_is_a_sentence(error: BaseException, status: ExitStatus, sentence: str) -> None:
    got = outcome_of(error)
    assert got[0] == status and got[1].startswith(sentence)


def test_an_unforeseen_error_does_not_quote_a_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def broken(*_: object) -> None:
        raise ValueError("韦家乐 451228201003150011")

    monkeypatch.setattr("bidui.arguments.existing_folder", broken)
    assert main(["run", "--root", str(tmp_path)]) == 2
    message = capsys.readouterr().err
    assert "韦家乐" not in message and "451228" not in message and "Traceback" not in message
    assert re.match(r"未发布任何结果：程序内部出错（ValueError at test_cli\.py:\d+ < run_commands\.py:\d+", message)


def test_ctrl_c_is_status_130(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bidui.arguments.existing_folder", interrupted)
    assert main(["run", "--root", str(tmp_path)]) == ExitStatus.INTERRUPTED == 130
    assert capsys.readouterr().err == "已中断\n"


def test_every_step_and_command_has_its_words() -> None:
    assert list(STEP_NAME) == list(Step)
    assert set(_NOT_DONE) <= set(COMMANDS)
