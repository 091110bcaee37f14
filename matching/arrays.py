"""Arrays as matching uses them, and reductions over the few columns of a tall matrix.

The reductions go column by column: numpy's own, along a short axis, take ten times as long.
"""

from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint8]  # levels of agreement, one a pair
FieldLevels = dict[str, Codes]  # field -> its level, one a pair
Matrix = npt.NDArray[Any]


def any_of(matrix: Matrix) -> Flags:
    """Is any of the row's values true?"""
    return reduce(np.logical_or, matrix.T, np.zeros(len(matrix), dtype=bool))


def all_of(matrix: Matrix) -> Flags:
    """Are all of the row's values true?"""
    return reduce(np.logical_and, matrix.T, np.ones(len(matrix), dtype=bool))


def count_of(matrix: Matrix) -> npt.NDArray[np.uint8]:
    """How many of the row's values are true; of at most 255."""
    return reduce(np.add, (column.astype(np.uint8) for column in matrix.T), np.zeros(len(matrix), dtype=np.uint8))
