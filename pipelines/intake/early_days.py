"""Columns of days that are a day early: midnight of the next day is written in them by a time of the day before."""

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from matching.text_columns import has_any_of, on_distinct, text_array
from pipelines.intake.moments import SHORTEST_MOMENT, in_china

if TYPE_CHECKING:  # takes a fifth of a second to load
    import pandas as pd

_DOUBTFUL = r"\d:\d.*(?:[Zz]|[+-]\d{2}:?\d{2})$|^[A-Z][a-z]{2} [A-Z][a-z]{2} |^-?\d{9,13}(?:\.0)?$|^\d\.\d{5,11}E\+?1[12]$|^/Date"
# 43 seconds before midnight: Shanghai's time of before 1901, from which SheetJS counts days.
_SHANGHAIS = r"[ T]23:59:1[67](?:\.\d+)?$|^\d{5}\.9995\d*$"
# Midnight in universal time whose zone was left out, and the last second of a day.
_LAST_MOMENTS = (r"[ T]16:00(?::00(?:\.0+)?)?$|^\d{5}\.66666\d*$", r"[ T]23:59:59(?:\.\d+)?$|^\d{5}\.9999[89]\d*$")
_NEARLY_ALL, _MOST, _SEVERAL = 0.9, 0.5, 3  # shares of the cells; cells
_AT_A_TIME = r"[ T]\d{1,2}:\d{2}|^\d{5}\.\d*[1-9]"
_AT_MIDNIGHT = r"[ T]0?0:00(?::00(?:\.0+)?)?$"


def early_time(texts: "pd.Series") -> str | None:
    """The time of day (a pattern) by which midnight of the next day is written in this column of days, 23:59:17 say; None where there is none. All
    but a few of the cells that have a time must have that one; cells with another time name their own day."""
    column = text_array(texts)
    if not has_any_of(texts, ":.") and (pc.max(pc.binary_length(column)).as_py() or 0) < SHORTEST_MOMENT:
        return None
    doubtful = pc.match_substring_regex(column, _DOUBTFUL).fill_null(False)
    if pc.any(doubtful).as_py():
        of_moments = on_distinct(pc.if_else(doubtful, column, pa.scalar(None, column.type)).to_pandas(), in_china)
        column = pc.if_else(doubtful, text_array(of_moments), column)
    column = column.drop_null()
    timed = column.filter(pc.match_substring_regex(column, _AT_A_TIME))
    if not len(timed):
        return None
    midnights = _cells_with(timed, _AT_MIDNIGHT)
    cells = _cells_with(timed, _SHANGHAIS)
    if cells and cells >= _NEARLY_ALL * (len(timed) - midnights):
        return _SHANGHAIS
    # These may be times of day as well: several cells, most of the column.
    enough = max(_SEVERAL, _NEARLY_ALL * len(timed), _MOST * len(column))
    return next((time for time in _LAST_MOMENTS if _cells_with(timed, time) >= enough), None)


def _cells_with(texts: pa.Array, time: str) -> int:
    return int(pc.sum(pc.match_substring_regex(texts, time)).as_py() or 0)
