"""``python -m tests [KIND …]``: style, types and layers, then the tests of the kinds named, on the machine's cores.

Without a KIND all tests run, as in CI, and the branches they take are counted; their share may not be less than the floor in
pyproject.toml. It stops at the first check that fails. ``python -m coverage report -m`` then lists the branches not taken.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
KINDS = ("unit", "golden", "spec", "properties", "faults", "night")
MOST_WORKERS = 4  # each holds a county in memory
_LAYERS = "import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint())"


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests", description="Style, types, layers and tests.")
    asked.add_argument(
        "kind", nargs="*", metavar="KIND", choices=[[], *KINDS], help="; ".join(KINDS) + "; all where none is named"
    )
    kinds = asked.parse_args().kind
    tests = ["pytest", "-n", str(min(os.cpu_count() or 1, MOST_WORKERS)), *(f"tests/{kind}" for kind in kinds)]
    checks = {
        "style": ["-m", "ruff", "check", "."],
        "types": ["-m", "mypy"],
        "layers": ["-c", _LAYERS],
    }
    if kinds:
        checks["tests: " + " ".join(kinds)] = ["-m", *tests]
    else:
        checks |= {
            "tests": ["-m", "coverage", "run", "-m", *tests],
            "branches": ["-m", "coverage", "combine", "--quiet"],
            "branches taken": ["-m", "coverage", "report"],
        }
    for title, command in checks.items():
        print("·", title, flush=True)
        environment = os.environ | {"COVERAGE_FILE": str(ROOT / ".coverage"), "PYTHONUTF8": "1"}
        if status := subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=False).returncode:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
