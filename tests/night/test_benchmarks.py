"""The commands that the figures of the docs come from still run: each on a small size, whatever its figures are."""

import subprocess
import sys
from pathlib import Path

import pytest

SMALL = {
    "whole_county": "--children 200 --seed 5",
    "findings_accuracy": "--children 200 --seed 5 --profile other",
    "intake_speed": "--rows 200 --records 500",
    "bars": "--children 200 --seed 5 --profile hidden",
    "linkage": "--children 200 --seed 5 --repeat 1",
    "reconcile_speed": "--rows 300 --children 100 --seed 5",
    "scale": "--sizes 500",
    "year_of_nights": "--nights 4 --children 50 --seed 3",
}


@pytest.mark.parametrize(("name", "options"), SMALL.items())
def test_it_runs(name: str, options: str):
    command = [sys.executable, "-m", f"benchmarks.{name}", *options.split()]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert any(character.isdigit() for character in done.stdout)
