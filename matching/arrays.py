"""The types of arrays that matching works on, and reductions along the rows of a tall, narrow matrix.

The reductions go column by column, because numpy's own take ten times as long along a short axis.
"""

from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint8]  # comparison levels of one field, one per pair
FieldLevels = dict[str, Codes]  # field -> its comparison levels, one per pair
Matrix = npt.NDArray[Any]


def any_of(matrix: Matrix) -> Flags:
    """Per row: is any of its values true?"""
    return reduce(np.logical_or, matrix.T, np.zeros(len(matrix), dtype=bool))


def all_of(matrix: Matrix) -> Flags:
    """Per row: are all of its values true?"""
    return reduce(np.logical_and, matrix.T, np.ones(len(matrix), dtype=bool))


def count_of(matrix: Matrix) -> npt.NDArray[np.uint8]:
    """Per row: how many of its values are true. The matrix may have 255 columns at most."""
    return reduce(np.add, (column.astype(np.uint8) for column in matrix.T), np.zeros(len(matrix), dtype=np.uint8))
