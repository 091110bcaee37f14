"""The commands that the figures of the docs come from still run: each on a small size, whatever its figures are."""

import os

import pytest

from tests.lib.warm_program import ROOT, WarmProgram

SMALL = {
    "whole_county": "--children 100 --seed 5",
    "findings_accuracy": "--children 100 --seed 5 --profile other",
    "intake_speed": "--rows 200 --records 500",
    "bar_costs": "--children 100 --seed 5 --profile hidden",
    "linkage": "--children 100 --seed 5 --repeat 1",
    "reconcile_speed": "--rows 300 --children 100 --seed 5",
    "scale": "--sizes 500",
    "workbook_speed": "--listed 20 --children 100 --seed 5",
    "year_of_nights": "--nights 3 --children 50 --seed 3",
}


@pytest.mark.long
@pytest.mark.parametrize(("name", "options"), SMALL.items())
def test_it_runs(program: WarmProgram, name: str, options: str):
    script = f"import runpy; runpy.run_module('benchmarks.{name}', run_name='__main__', alter_sys=True)"
    done = program.run(script, options.split(), ROOT, os.environ)
    assert done.returncode == 0, done.stderr[-2000:]
    assert any(character.isdigit() for character in done.stdout)
