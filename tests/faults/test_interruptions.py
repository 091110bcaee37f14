"""Ctrl-C, and being stopped by the system, in whatever step or import: said in a word, status 130, no traceback. DuckDB's own error of an
interruption was once told as 程序内部出错, with status 2; while libraries were loaded there were 50 lines of traceback."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bidui import interrupts
from schemas.memory_database import end_queries, memory_database
from tests.lib.nights import Begun
from tests.lib.small_exports import good
from tests.lib.step_lines import without_steps
from tests.lib.warm_program import WarmProgram

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
WORDS = {signal.SIGINT: "已中断\n", signal.SIGTERM: "已中断（收到系统的停止信号）\n", signal.SIGHUP: "已中断（终端已关闭）\n"}

# A command in which, where the environment says so, this process is sent a signal: as a module is loaded, or as a function is called.
STOPPED = """
import builtins, os, signal, sys
number, place = int(os.environ["NUMBER"]), os.environ["PLACE"]
def stop():
    os.kill(os.getpid(), number)
    for _ in range(1000): pass
kind, _, name = place.partition(":")
if kind == "import":
    real = builtins.__import__
    def importing(module, *given, **named):
        if module == name:
            builtins.__import__ = real
            stop()
        return real(module, *given, **named)
    builtins.__import__ = importing
import bidui.door
if kind == "call":
    import importlib
    module, _, function = name.rpartition(".")
    loaded = importlib.import_module(module)
    wrapped = getattr(loaded, function)
    def called(*given, **named):
        stop()
        return wrapped(*given, **named)
    setattr(loaded, function, called)
if kind == "query":
    import schemas.relations, threading, time
    wrapped = schemas.relations.build
    def built(con, *given):
        threading.Timer(0.3, lambda: os.kill(os.getpid(), number)).start()
        con.execute("select count(*) from (select hash(x) as h from range(400000000) a(x)) where h % 7 = 3").fetchall()
    import pipelines.persons.resolve
    pipelines.persons.resolve.build = built
if kind == "relation":  # DuckDB looks for a signal only when it is made
    import pathlib, threading, time
    import pipelines.persons.resolve
    def stop_and_note():
        pathlib.Path("signalled").write_text(str(time.time()))
        os.kill(os.getpid(), number)
    def built(con, *given):
        threading.Timer(0.3, stop_and_note).start()
        con.sql("select count(*) from (select hash(x) as h from range(5000000000) a(x)) where h % 7 = 3").to_arrow_table()
    pipelines.persons.resolve.build = built
if kind == "finalizer":
    import pipelines.night.job as job
    class Last:
        def __del__(self): stop()
    wrapped = job.read_inputs
    def read(*given):
        Last()
        import time; time.sleep(1)
        return wrapped(*given)
    job.read_inputs = read
sys.argv = ["bidui", *sys.argv[1:]]
sys.exit(bidui.door.main())
"""


Stopped = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def stopped(program: WarmProgram) -> Stopped:
    """``stopped(folder, number, place, *words)``: a command that is sent a signal. One that is sent it while libraries are loaded loads
    them; the others find them loaded."""

    def run(folder: Path, number: int, place: str, *words: str) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "NUMBER": str(number), "PLACE": place}
        if not place.startswith("import:"):
            return program.run(STOPPED, [*words], folder, variables)
        # As from a terminal, whatever ignores Ctrl-C above the tests.
        answers = lambda: [signal.signal(n, signal.SIG_DFL) for n in WORDS]  # noqa: E731
        command = [sys.executable, "-c", STOPPED, *words]
        return subprocess.run(
            command, cwd=folder, env=variables, capture_output=True, text=True, encoding="utf-8", preexec_fn=answers, check=False
        )

    return run


@pytest.mark.parametrize(
    "number",
    [number if number == signal.SIGINT else pytest.param(number, marks=pytest.mark.long) for number in WORDS],
    ids=lambda number: number.name,
)
@pytest.mark.parametrize(
    "place",
    [
        "import:typer",
        "import:pandas",
        "import:pipelines.night.job",
        "import:reports.book",
        "call:pipelines.night.job.exclusive",
        "call:pipelines.night.job.read_inputs",
        "call:pipelines.night.job.link_records",
        "call:pipelines.night.job.write_tables",
        "call:pipelines.night.job.write_books",
        "query:",
        "finalizer:",
    ],
)
def test_at_every_step_and_while_libraries_are_loaded(
    tmp_path: Path, stopped: Stopped, number: signal.Signals, place: str
) -> None:
    if number == signal.SIGHUP and not place.startswith("call"):
        pytest.skip("as SIGTERM")
    done = stopped(good(tmp_path), number, place, "run", "--root", str(tmp_path), "--as-of", "2020-04-15", "--township", "安阳镇")
    assert (done.returncode, without_steps(done.stderr)) == (130, WORDS[number])
    assert not (tmp_path / "curated/current").exists()
    assert not list((tmp_path / "curated/.temporary").glob("*"))


def test_a_long_query_is_not_waited_for(tmp_path: Path, stopped: Stopped) -> None:
    """This one takes minutes. DuckDB's relations were once finished before Ctrl-C was heard of."""
    done = stopped(good(tmp_path), signal.SIGINT, "relation:", "run", "--root", str(tmp_path), "--as-of", "2020-04-15")
    waited = time.time() - float((tmp_path / "signalled").read_text())
    assert (done.returncode, without_steps(done.stderr)) == (130, "已中断\n")
    assert waited < 5, waited


def test_a_database_at_rest_is_left_as_it_is(tmp_path: Path) -> None:
    with memory_database(tmp_path) as con:
        con.execute("create table t as select 1 as x")
        end_queries()
        assert con.sql("select x from t").fetchall() == [(1,)]
    end_queries()


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (
            "call:pipelines.lists.link_lists.link_people",
            ("link", "raw/xueji/xueji.xlsx", "raw/huji/huji.csv", "--out", "出.xlsx"),
        ),
        (
            "call:pipelines.lists.pair_files._write_workbook",
            ("link", "raw/xueji/xueji.xlsx", "raw/huji/huji.csv", "--out", "出.xlsx"),
        ),
        ("call:pipelines.lists.group_lists.group_people", ("dedupe", "raw/huji/huji.csv", "--out", "出.xlsx")),
        ("call:pipelines.intake.check.accept", ("check", "raw/xueji/xueji.xlsx", "--out", "出.xlsx")),
        ("call:reports.past_night.write_book", ("history", "--root", ".", "--out", "出.xlsx")),
    ],
)
def test_in_other_commands_nothing_is_half_done(
    tmp_path: Path, begun: Begun, stopped: Stopped, place: str, words: tuple[str, ...]
) -> None:
    begun(good)
    before = {path for path in tmp_path.rglob("*") if ".temporary" not in path.parts}
    done = stopped(tmp_path, signal.SIGINT, place, *words)
    assert (done.returncode, without_steps(done.stderr)) == (130, "已中断\n")
    assert {path for path in tmp_path.rglob("*") if ".temporary" not in path.parts} <= before


@pytest.mark.long
def test_workers_are_ended_without_a_word(tmp_path: Path) -> None:
    """A terminal sends Ctrl-C to all processes of a command at once."""
    good(tmp_path)
    script = STOPPED.replace(
        "import bidui.door\n", "import bidui.door\nimport reports.book.write as w\nw._WORTH_A_PROCESS = 0\n", 1
    )
    script = script.replace("import builtins", "import reports.book.processes as p, builtins", 1).replace(
        "sys.exit(bidui.door.main())",
        "real = p.ProcessPoolExecutor.submit\n"
        "import threading\n"
        "def submit(self, *a):\n"
        "    threading.Timer(1.5, lambda: os.killpg(0, number)).start()\n"
        "    return real(self, *a)\n"
        "p.ProcessPoolExecutor.submit = submit\n"
        "w._may_spawn = lambda: True\n"
        "if __name__ == '__main__': sys.exit(bidui.door.main())",
    )
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "NUMBER": "2", "PLACE": ""}
    answers = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731
    command = [sys.executable, "-c", script, "run", "--root", str(tmp_path), "--as-of", "2020-04-15"]
    process = subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, preexec_fn=answers
    )
    _, error = process.communicate(timeout=120)
    # A shell calls both 130: a second signal that comes while Python itself is ending ends it as a signal does.
    assert process.returncode in (130, -signal.SIGINT) and without_steps(error.decode()) == "已中断\n"
    deadline = time.monotonic() + 20
    while _group_lives(process.pid):
        assert time.monotonic() < deadline, "a worker goes on"
        time.sleep(0.1)


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return True


def test_what_nohup_ignores_stays_ignored(tmp_path: Path) -> None:
    script = "import signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); import bidui.interrupts as i; i.answer()\n"
    script += "assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN"
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", script], env=variables, check=False).returncode == 0


def test_nothing_is_said_where_nothing_was_received() -> None:
    assert interrupts.interrupted() is None
    assert interrupts.end(0) == 0
    signal.signal(signal.SIGINT, signal.default_int_handler)
