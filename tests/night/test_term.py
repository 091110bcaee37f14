"""Two weeks in which nineteen townships answer in every way that workbooks come back (``benchmarks.term_of_answers``)."""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.term_of_answers import run_term


@pytest.mark.long
def test_no_child_is_hidden_no_answer_is_lost_and_nobody_is_asked_twice(tmp_path: Path) -> None:
    term = run_term(tmp_path / "county", weeks=2, children=300, seed=2)
    assert (term.hidden, term.lost, term.twice) == (0, 0, 0), term.faults
    answers = pd.read_parquet(tmp_path / "county/curated/current/answers.parquet")
    assert {"whereabouts", "acceptance"} <= set(answers["kind"]) and term.listed_before
