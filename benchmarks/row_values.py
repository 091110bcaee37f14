"""What the rows of a county made with discrepancies say, by registry and by true person (``truth/values.parquet``)."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

Ids = set[int]


def ids(rows: pd.DataFrame) -> Ids:
    """The children that the rows are about."""
    return set(rows["truth_id"])


@dataclass(frozen=True)
class Said:
    """``values``: truth/values.parquet; ``children``: truth/children.parquet."""

    values: pd.DataFrame
    children: pd.DataFrame
    as_of: date

    @cached_property
    def now(self) -> pd.DataFrame:
        """The active records; of a person who has none in a registry, all."""
        v = self.values
        off = v["student_state"].notna() & v["student_state"].ne("in_school")
        off |= v["register_state"].notna() & v["register_state"].ne("normal")
        off |= v["certificate_state"].notna() & v["certificate_state"].ne("valid")
        some = (~off).groupby([v["registry"], v["truth_id"]]).transform("any")
        return v[~off | ~some]

    def of(self, registry: str) -> pd.DataFrame:
        return self.values[self.values["registry"] == registry]

    @cached_property
    def register(self) -> pd.DataFrame:
        return self.of("huji")

    @cached_property
    def registered(self) -> pd.DataFrame:
        return self.register[self.register["register_state"] == "normal"]

    @cached_property
    def poor(self) -> pd.DataFrame:
        return self.of("guofu")

    @cached_property
    def pupils(self) -> pd.DataFrame:
        return self.values[self.values["student_state"] == "in_school"]

    @cached_property
    def certified(self) -> pd.DataFrame:
        return self.values[self.values["certificate_state"] == "valid"]

    @cached_property
    def aid(self) -> pd.DataFrame:
        return self.of("zizhu")

    @cached_property
    def paid(self) -> pd.DataFrame:
        return self.aid[self.aid["aid_item"].notna() & self.aid["aid_paid"].ne("no").fillna(True)]

    @cached_property
    def of_relative(self) -> pd.Series:
        """Rows that bear the number of another of the family."""
        v = self.values
        return (v["number_owner"].ne(v["truth_id"]) & v["owner_family"].eq(v["family"])).fillna(False).astype(bool)


def differing(rows: pd.DataFrame, field: str) -> Ids:
    """Who is said to be two things by two systems."""
    known = rows[rows[field].notna()].groupby("truth_id")
    return set(known[field].nunique()[lambda n: n > 1].index) & set(known["registry"].nunique()[lambda n: n > 1].index)
