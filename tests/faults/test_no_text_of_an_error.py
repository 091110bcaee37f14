"""Whatever function of a night fails, with a child's name and number in its error: neither what is printed nor any exception that hangs on
the one that is raised has them. Helpers outside the guarded steps once had."""

import ast
import importlib
import inspect
import io
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

from bidui.cli import main
from pipelines.files.refusal import FileRefused
from pipelines.guard import DiskFull, Foreseen, StepFailed, SystemRefused, guarded, is_disk_full, kind_and_place
from pipelines.night.job import run_job
from pipelines.store.store_opening import OpenStore
from tests.lib.nights import AS_OF, Begun
from tests.lib.samples import one_in_twelve
from tests.lib.small_exports import good

CANARY = "韦家乐451228201003150011"
OWN = ("bidui", "pipelines", "matching", "reports", "schemas")
NOT_OF_A_NIGHT = {"guarded", "run_job", "disk_full", "room_of_a_run"}  # the guard, what calls it, and what is called after it
# Called on other nights alone: where there is a gap, a file is refused, a registry lost a third, or nights are forgotten.
ON_OTHER_NIGHTS = {"job.Gap", "intake_steps.accept", "intake_steps.stand_in", "job.keep_forgotten", "job.note_on_forgotten"}


def failing(*_: object, **__: object) -> None:
    try:
        raise KeyError(CANARY)
    except KeyError as error:
        raise ValueError(f"{CANARY} is not valid") from error


def functions_of(module: ModuleType) -> list[str]:
    """The functions and classes of this program that the module calls, by name: found, so that none is forgotten."""
    tree = ast.parse(inspect.getsource(module))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return sorted(
        name
        for name, value in vars(module).items()
        if name in called - NOT_OF_A_NIGHT
        and value.__module__.partition(".")[0] in OWN
        and not (inspect.isclass(value) and issubclass(value, Exception))
    )


JOB, INTAKE = (importlib.import_module(f"pipelines.night.{name}") for name in ("job", "intake_steps"))
OF_THE_JOB = [
    (module, name)
    for module in (JOB, INTAKE)
    for name in functions_of(module)
    if f"{module.__name__.rpartition('.')[2]}.{name}" not in ON_OTHER_NIGHTS
]


def everything_of(error: BaseException | None) -> str:
    """The texts of an exception, of all that hang on it and of what a traceback would print, whatever it suppresses."""
    texts, seen = [], set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        texts += [repr(error), str(error), "".join(traceback.format_exception(error))]
        texts += [everything_of(error.__cause__)] if error.__cause__ else []
        error = error.__context__
    return "\n".join(texts)


def test_the_job_has_functions_to_fail() -> None:
    assert {"write_report", "read_inputs", "reviewed_model", "open_store", "read_exports"} <= {name for _, name in OF_THE_JOB}
    assert len(OF_THE_JOB) > 40


@pytest.fixture
def printed() -> Iterator[Callable[[], str]]:
    """What is printed and logged."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    with redirect_stdout(stream), redirect_stderr(stream):
        yield stream.getvalue
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize(("module", "name"), one_in_twelve(OF_THE_JOB))
def test_no_function_of_the_job_shows_its_error(
    tmp_path: Path, begun: Begun, monkeypatch: pytest.MonkeyPatch, printed: Callable[[], str], module: ModuleType, name: str
) -> None:
    begun(good, townships=(), as_of=AS_OF - timedelta(1))
    monkeypatch.setattr(module, name, failing)
    with pytest.raises(StepFailed) as raised:
        run_job(tmp_path, AS_OF, None if name == "return_books" else ())  # the offices' are written with all townships'
    assert CANARY not in everything_of(raised.value) + printed()


@pytest.mark.parametrize(
    "method",
    [
        "__init__",
        "publish",
        "_give_up",
        *(
            pytest.param(name, marks=pytest.mark.long)
            for name in ("earlier", "state", "new_run", "forget_old", "outbox_of", "read_runs", "clear")
        ),
    ],
)
def test_no_method_of_the_store_shows_its_error(
    tmp_path: Path, begun: Begun, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    begun(good, townships=())
    monkeypatch.setattr(OpenStore, method, failing)
    if method == "_give_up":  # called where a step failed
        monkeypatch.setattr(JOB, "write_report", failing)
    with pytest.raises(StepFailed) as raised:
        run_job(tmp_path, AS_OF, ())
    assert CANARY not in everything_of(raised.value)


COMMANDS = {
    "run": ("run", "--as-of", "2020-04-15", "--township", "安阳镇"),
    "explain": ("explain", "P0000001"),
    "history": ("history",),
    "check": ("check",),
    "link": ("link",),
    "dedupe": ("dedupe",),
}
# What each command calls once its arguments are read.
CALLED = {
    "run": ["pipelines.night.job.run_job", "pipelines.ask.night_screen.night_screen", "pipelines.store.county_file.settings_of"],
    "explain": [
        "pipelines.ask.published_run.check_published",
        "pipelines.ask.explain.explain",
        "pipelines.store.private.private_work",
    ],
    "history": ["pipelines.ask.history.history", "pipelines.ask.published_run.check_published"],
    "check": ["pipelines.intake.check.check", "pipelines.intake.check.checked_shown"],
    "link": ["pipelines.lists.link_lists.link_lists", "pipelines.store.county_file.settings_of"],
    "dedupe": [
        *("pipelines.lists.kept_folder.link", "pipelines.lists.group_lists.found_groups"),
        *("pipelines.lists.group_lists.write_groups", "pipelines.store.county_file.settings_of"),
    ],
}


@pytest.mark.parametrize(
    ("command", "called"), one_in_twelve((command, name) for command, names in CALLED.items() for name in names)
)
def test_no_command_shows_the_error_of_what_it_calls(
    tmp_path: Path,
    begun: Begun,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    called: str,
) -> None:
    begun(good)
    monkeypatch.chdir(tmp_path)
    exports = [str(tmp_path / "raw/xueji/xueji.xlsx"), str(tmp_path / "raw/huji/huji.csv")]
    words = [
        *COMMANDS[command],
        *({"check": exports, "link": exports, "dedupe": exports[:1]}.get(command, [])),
        "--root",
        str(tmp_path),
    ]
    monkeypatch.setattr(called, failing)
    assert main(words) == 2
    said = capsys.readouterr()
    assert CANARY not in said.out + said.err and "Traceback" not in said.err
    assert "程序内部出错" in said.err


# ---- the guard itself --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (ValueError(CANARY), StepFailed, "ValueError at"),
        (KeyError(CANARY), StepFailed, "KeyError at"),
        (FileRefused("rule", CANARY), StepFailed, "FileRefused at"),
        (OSError(28, CANARY), DiskFull, "磁盘已满"),
        (OSError(122, CANARY), DiskFull, "磁盘已满"),
        (OSError(30, CANARY, "curated/runs"), SystemRefused, "无法读写 curated/runs（磁盘是只读的）"),
        (PermissionError(13, CANARY, "outbox"), SystemRefused, "无法读写 outbox（没有权限"),
        (OSError(5, CANARY), SystemRefused, "读写失败（磁盘读写出错）"),
        (OSError(107, CANARY), SystemRefused, "读写失败（"),
        (OSError(CANARY), StepFailed, "OSError at"),
        (MemoryError(CANARY), StepFailed, "MemoryError at"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_what_passes_a_guard(error: Exception, kind: type[Exception], words: str) -> None:
    def work() -> None:
        try:
            failing()
        except ValueError:
            raise error from None

    with pytest.raises(kind) as raised:
        guarded("step", work)
    assert words in str(raised.value)
    assert CANARY not in everything_of(raised.value)
    assert raised.value.__context__ is raised.value.__cause__ is None


def test_a_full_disk_is_told_whichever_library_found_it_out(tmp_path: Path) -> None:
    import duckdb

    from schemas.memory_database import memory_database

    words = f"Could not write file: No space left on device {CANARY}"
    with pytest.raises(DiskFull) as raised, memory_database(tmp_path) as con:
        guarded("link", lambda: con.execute(f"select error('{words}')").fetchall())
    assert CANARY not in everything_of(raised.value)
    assert is_disk_full(duckdb.IOException("No space left on device"))
    assert not is_disk_full(ValueError("No space left on device"))  # a cell may say that too


@pytest.mark.parametrize("text", ["Query interrupted", "Python exception: KeyboardInterrupt"])
def test_a_library_s_error_of_an_interruption_is_one(text: str) -> None:
    def work() -> None:
        raise RuntimeError(text)

    with pytest.raises(KeyboardInterrupt):
        guarded("link", work)


def test_what_is_foreseen_loses_what_hangs_on_it() -> None:
    def work() -> None:
        try:
            failing()
        except ValueError as error:
            raise Foreseen("请改正") from error

    with pytest.raises(Foreseen, match="请改正") as raised:
        guarded("step", work)
    assert CANARY not in everything_of(raised.value)


def test_kind_and_place_have_no_text() -> None:
    try:
        failing()
    except ValueError as error:
        assert CANARY not in kind_and_place(error)
