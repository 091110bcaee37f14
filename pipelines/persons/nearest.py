"""For each listed child: what is nearest in the student register, why it was refused, how sure the absence is."""

from collections.abc import Mapping

import pandas as pd

from matching import Linkage, absences
from schemas.registry import Registry
from schemas.tables import TABLES


def explain_absences(
    linkage: Linkage, identities: pd.DataFrame, unaccounted: pd.DataFrame, registries: Mapping[str, Registry]
) -> pd.DataFrame:
    """The table absences: a child's records (rows of its registers) against each student register that was read."""
    listed = identities[identities["person_id"].isin(unaccounted["person_id"])][["person_id", "record_id"]]
    found = [
        _one_source(linkage, listed, key)
        for key, registry in registries.items()
        if registry.role == "student" and key in linkage.people.sources
    ]
    columns = ["person_id", "record_id", "source", "rank"]
    if not found:
        return TABLES["absences"].empty_table().to_pandas()
    return pd.concat(found, ignore_index=True).sort_values(columns, ignore_index=True)


def _one_source(linkage: Linkage, listed: pd.DataFrame, source: str) -> pd.DataFrame:
    result = absences(linkage, listed["record_id"].to_list(), source)
    missed = result.missed.rename(columns={"probability": "missed_probability"})
    table = missed.merge(result.nearest, on=["record_id", "source"], how="left")
    return listed.merge(table, on="record_id", how="inner")
