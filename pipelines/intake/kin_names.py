"""The names of a record's kin: guardians, parents and head of household."""

from functools import reduce

import pandas as pd
import pyarrow.compute as pc

from matching.text_columns import joined_distinct, on_distinct, series_of, text_array


def kin_of(out: pd.DataFrame) -> pd.Series:
    """Distinct names of guardians, parents and head of household, '|' between them; null where none is known."""
    columns = [c for c in ("guardian", "guardian_2", "father", "mother") if c in out]
    if not columns:
        return pd.Series(None, index=out.index, dtype="str")
    parts = [text_array(out[column]) for column in columns]
    joined = series_of(joined_distinct(parts), out.index)
    # A cell may hold several names, with such a mark between them.
    several = reduce(pc.or_, (pc.match_substring(part, "|").fill_null(False) for part in parts)).to_pandas().set_axis(out.index)
    if several.any():
        joined = joined.mask(several, on_distinct(joined.where(several), _distinct_names))
    return joined


def _distinct_names(texts: str) -> str | None:
    return "|".join(dict.fromkeys(name for name in texts.split("|") if name)) or None
