"""Values as the made-up exports write them, whether they contradict those of another registry or not."""

import numpy as np
import pandas as pd

from matching.ids import with_check_digit

GRADES = np.array(["", "一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "七年级", "八年级", "九年级"])
DISABILITIES = np.array(["视力", "听力", "言语", "肢体", "智力", "精神", "多重"])
DISABILITY_LEVELS = np.array(["一级", "二级", "三级", "四级"])


def second_number(number: str) -> str:
    """Another valid ID of the same child, as a second household registration gives it."""
    return with_check_digit(number[:14] + f"{(int(number[14:17]) + 400) % 1000:03d}")


def another_value(rng: np.random.Generator, values: np.ndarray, own: pd.Series) -> np.ndarray:
    """For each value of ``own`` a different one of ``values``."""
    at = np.array([int(np.flatnonzero(values == value)[0]) if (values == value).any() else -1 for value in own], dtype=int)
    return values[(at + rng.integers(1, len(values), len(own))) % len(values)]


def put_values(frame: pd.DataFrame, rows: np.ndarray, **values: object) -> pd.DataFrame:
    """``frame`` with new ``values`` (column -> values) in ``rows`` (positions)."""
    out = frame.copy()
    for column, value in values.items():
        cells = out[column].astype(object).to_numpy(copy=True)
        cells[rows] = value
        out[column] = pd.Series(cells, index=out.index, dtype=object)
    return out
