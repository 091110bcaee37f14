"""``python -m tests``: style, types, layers and tests, as CI runs them; stops at the first that fails."""

import subprocess
import sys
from pathlib import Path

CHECKS = (
    ("ruff", "check", "."),
    ("mypy",),
    ("importlinter.cli", "lint_imports"),
    ("pytest",),
)


def main() -> int:
    for module, *arguments in CHECKS:
        command = [sys.executable, "-m", module, *arguments]
        if module == "importlinter.cli":
            command = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"]
        print("·", " ".join([module, *arguments]), flush=True)
        if status := subprocess.run(command, cwd=Path(__file__).parent.parent, check=False).returncode:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
