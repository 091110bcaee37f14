"""Processes of the program that need not load it: each is forked from one process that loaded the libraries and did nothing else.

To load them takes as long as a night of a small county. What is not loaded here is what a test may look at: ``bidui`` itself, which holds
signals from its first line, and matplotlib, which notes where a home is. Where a system cannot fork, tests take ``subprocess``.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "import runpy; runpy.run_module('bidui', run_name='__main__')"
LOADED = (
    "alembic.command",
    "openpyxl",
    "pipelines.ask.explain",
    "pipelines.ask.history",
    "pipelines.ask.night_screen",
    "pipelines.ask.tally",
    "pipelines.demo.make_county",
    "pipelines.intake.check",
    "pipelines.lists.group_lists",
    "pipelines.lists.link_lists",
    "pipelines.lists.pair_files",
    "pipelines.night.job",
    "rich.progress",
    "typer",
    "xlsxwriter",
)


@dataclass(frozen=True)
class WarmProgram:
    """The process that is forked, and a folder for what its children print."""

    process: subprocess.Popen[str]
    printed: Path

    def run(
        self, script: str, words: list[str], folder: Path, environment: Mapping[str, str], umask: int = 0o022
    ) -> subprocess.CompletedProcess[str]:
        """What ``python -c script words…`` does in ``folder``; its status is that of ``subprocess``."""
        request = {
            "script": script,
            "words": words,
            "folder": str(folder),
            "environment": dict(environment),
            "umask": umask,
            "printed": [str(self.printed / name) for name in ("stdout", "stderr")],
        }
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        status = int(self.process.stdout.readline())
        out, err = ((self.printed / name).read_text(encoding="utf-8") for name in ("stdout", "stderr"))
        return subprocess.CompletedProcess([script, *words], status, out, err)


@contextmanager
def warm_program(folder: Path) -> Iterator[WarmProgram]:
    """The program, loaded; ``folder`` is for what is printed."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", __name__]
    process = subprocess.Popen(command, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    with process:
        yield WarmProgram(process, folder)
        assert process.stdin
        process.stdin.close()


def _serve() -> None:
    """Fork a child for each line of the input; its status is a line of the output."""
    for line in sys.stdin:
        request = json.loads(line)
        if (child := os.fork()) == 0:
            os._exit(_run(request))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _run(request: dict) -> int:
    """The exit status of the script, which finds this process as Python would have begun it."""
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    os.umask(request["umask"])
    for number, place in enumerate([os.devnull, *request["printed"]]):
        os.dup2(os.open(place, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), number)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    tempfile.tempdir = None
    sys.argv = ["-c", *request["words"]]
    main = sys.modules["__main__"] = ModuleType("__main__")
    try:
        exec(compile(request["script"], "<string>", "exec"), main.__dict__)
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return status


if __name__ == "__main__":
    for name in LOADED:
        import_module(name)
    _serve()
