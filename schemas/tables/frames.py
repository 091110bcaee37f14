"""The declaration as pandera schemas, for tables in memory: at intake, in tests and in notebooks.

A schema checks types, nulls, codes, patterns, ranges and the primary key, column by column. References and sums need several tables: the
audit has them (``pipelines.store.audit``). pandera's errors hold the failing values: they must never be shown or logged.
"""

from collections.abc import Callable, Collection
from datetime import date
from functools import partial

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandera import pandas as pandera

from schemas.tables.declaration import AS_OF, DeclaredColumn, DeclaredTable, Limit, RuleKind

_Outcome = bool | pd.Series
_Hold = Callable[[pd.Series], _Outcome]


def frame_of(table: pa.Table) -> pd.DataFrame:
    """``table`` as the frame that ``frame_schema`` is for: its columns keep their Arrow types. Nothing is copied."""
    return table.to_pandas(types_mapper=pd.ArrowDtype)


def frame_schema(
    table: DeclaredTable, registries: Collection[str], as_of: date | None = None, without: Collection[str] = ()
) -> pandera.DataFrameSchema:
    """The schema of ``table``, ``without`` some of its columns and the key if it has one of them. ``registries``: the keys of the
    county's; ``as_of``: the day of the run, without which no range ends with it. Checks are named by their ``RuleKind``."""
    columns = {
        column.name: pandera.Column(
            pd.ArrowDtype(column.type), nullable=not column.required, checks=_checks(column, tuple(registries), as_of)
        )
        for column in table.columns
        if column.name not in without
    }
    whole_key = table.key and not set(table.key) & set(without)
    return pandera.DataFrameSchema(columns, unique=list(table.key) if whole_key else None)


def _checks(column: DeclaredColumn, registries: tuple[str, ...], as_of: date | None) -> list[pandera.Check]:
    holds: dict[RuleKind, _Hold] = {}
    if column.codes:
        holds[RuleKind.CODES] = partial(_codes_hold, frozenset(column.codes.allowed(registries)), column.several)
    if column.pattern:
        holds[RuleKind.PATTERN] = partial(_pattern_holds, f"^(?:{column.pattern})$")
    least, most = _limit(column.least, as_of), _limit(column.most, as_of)
    if least is not None or most is not None:
        holds[RuleKind.RANGE] = partial(_range_holds, least, most)
    # No failure case is kept: each is a value of a cell.
    return [pandera.Check(hold, name=kind.name, ignore_na=False, n_failure_cases=0) for kind, hold in holds.items()]


def _limit(limit: Limit | None, as_of: date | None) -> Limit | None:
    return as_of if limit == AS_OF else limit


def _codes_hold(allowed: frozenset[str], several: bool, values: pd.Series) -> _Outcome:
    """Looks at the distinct values first: of codes there are few, and nearly always all are allowed."""
    distinct = [value for value in values.unique().tolist() if not pd.isna(value)]
    wrong = [value for value in distinct if not (set(value.split(",")) if several else {value}) <= allowed]
    return ~values.isin(wrong) if wrong else True


def _pattern_holds(pattern: str, values: pd.Series) -> pd.Series:
    fits = pc.fill_null(pc.match_substring_regex(pa.array(values), pattern), True)
    return pd.Series(fits.to_numpy(zero_copy_only=False), index=values.index)


def _range_holds(least: Limit | None, most: Limit | None, values: pd.Series) -> pd.Series:
    inside = pd.Series(True, index=values.index)
    if least is not None:
        inside &= (values >= least).fillna(True).astype(bool)
    if most is not None:
        inside &= (values <= most).fillna(True).astype(bool)
    return inside
