"""Columns of text looked at by Arrow, which is many times faster than a Python call per cell."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # takes a fifth of a second to load
    import pandas as pd



def matches(texts: "pd.Series", pattern: str, missing: bool = False) -> "pd.Series":
    """Does the text contain the pattern (RE2 syntax)? ``missing`` where there is none."""
    import pyarrow as pa  # settings load this module, and the process that waits for the nights nothing more
    import pyarrow.compute as pc

    found = pc.fill_null(pc.match_substring_regex(pa.array(texts, pa.string()), pattern), missing)
    return type(texts)(found.to_numpy(zero_copy_only=False), index=texts.index)
