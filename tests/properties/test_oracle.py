"""The rules of discrepancy beside an oracle that shares no line with them (``benchmarks.expected``), on drawn households."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, Verbosity, assume, given, settings
from hypothesis import strategies as st

from benchmarks.findings_accuracy import compare, true_children, wrongly_linked_children
from tests.lib.drawn_county import HOUSEHOLD, Drawn, write_county
from tests.lib.nights import AS_OF, night


def in_doubt(root: Path) -> set[int]:
    """Children of whom a pair of records is left to a person: the rules wait for the answer, the oracle knows it."""
    links = pd.read_parquet(root / "curated/current/links.parquet").query("decision == 'possible'")
    records = pd.concat([links["record_id_l"], links["record_id_r"]])
    return set(records.map(true_children(root)).dropna().astype(int))


@given(st.lists(HOUSEHOLD, min_size=30, max_size=40))
@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a child that disagrees is shown with all that is said of it: nothing to shrink
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
)
def test_rules_and_oracle_agree(tmp_path_factory: pytest.TempPathFactory, households: list[Drawn]) -> None:
    assume(len(set(map(repr, households))) > len(households) / 2)
    root = tmp_path_factory.mktemp("drawn")
    children = write_county(root, households)
    night(root, AS_OF)
    aside = wrongly_linked_children(root) | in_doubt(root)
    assert len(aside) < 0.2 * len(children)
    compared = compare(root, AS_OF)
    apart = [
        (rule, "missed" if kid in wanted else "wrong", children[kid])
        for rule, (wanted, given_) in compared.items()
        for kid in (wanted ^ given_) - aside
    ]
    assert not apart
    found = {rule for rule, (wanted, _) in compared.items() if wanted - aside}
    assert len(found) >= 12, sorted(found)
