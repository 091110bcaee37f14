"""Of many cases of one kind that are each a whole night: one in twelve in every run, all among the long ones."""

from collections.abc import Iterable
from typing import Any

import pytest

_ONE_IN = 12


def one_in_twelve(cases: Iterable[Any]) -> list[Any]:
    """The cases for ``parametrize``, eleven of twelve marked long. A case is a value or a tuple of values."""
    taken = list(cases)
    return [
        case if place % _ONE_IN == 0 else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.long)
        for place, case in enumerate(taken)
    ]
