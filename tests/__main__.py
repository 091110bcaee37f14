"""``python -m tests [KIND …]``: style, types and layers, then the tests of the kinds named, on the machine's cores.

Without a KIND all tests run but those marked long, as in CI, and the branches they take are counted; their share may not be less than the floor in
pyproject.toml. Types are checked while the tests run. It stops at the first check that fails. ``python -m coverage report -m``
then lists the branches not taken.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

ROOT = Path(__file__).parent.parent
KINDS = ("unit", "golden", "spec", "properties", "faults", "night")
LONG = "long"  # the mark of tests of any kind that a run of all leaves out
MOST_WORKERS = 4  # each holds a county in memory
_LAYERS = "import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint())"


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests", description="Style, types, layers and tests.")
    asked.add_argument(
        "kind",
        nargs="*",
        metavar="KIND",
        choices=[[], *KINDS, LONG],
        help="; ".join((*KINDS, LONG)) + "; all but long where none is named",
    )
    kinds = asked.parse_args().kind
    tests = ["pytest", "-n", str(min(os.cpu_count() or 1, MOST_WORKERS)), *(f"tests/{kind}" for kind in kinds if kind != LONG)]
    if not kinds or kinds == [LONG]:
        tests += ["-m", LONG if kinds else f"not {LONG}"]
    if kinds:
        checks = {"tests: " + " ".join(kinds): ["-m", *tests]}
    else:
        checks = {
            "tests": ["-m", "coverage", "run", "-m", *tests],
            "branches": ["-m", "coverage", "combine", "--quiet"],
            "branches taken": ["-m", "coverage", "report"],
        }
    # The type checker works on one core and says nothing before it is done: the tests need not wait for it.
    with TemporaryFile() as said, _start(["-m", "mypy"], said) as types:
        for title, command in ({"style": ["-m", "ruff", "check", "."], "layers": ["-c", _LAYERS]} | checks).items():
            print("·", title, flush=True)
            with _start(command) as check:
                while (status := check.poll()) is None and not types.poll():
                    time.sleep(0.1)
                check.terminate()
            if status:
                types.kill()
                return status
            if types.poll():
                break
        print("· types", flush=True)
        status = types.wait()
        said.seek(0)
        print(said.read().decode("utf-8", "replace"), end="", flush=True)
    return status


def _start(command: list[str], output: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """Python with these arguments, in the repository; what it prints goes to ``output`` where one is given."""
    environment = os.environ | {"COVERAGE_FILE": str(ROOT / ".coverage"), "PYTHONUTF8": "1"}
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT if output else None
    )


if __name__ == "__main__":
    sys.exit(main())
