"""By what the rows of two exports of one registry are told to be the same person's."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy.sparse import csr_array

from matching.text_columns import on_distinct
from pipelines.intake.sheets import Sheet
from pipelines.intake.values import SAME_NUMBER, SAME_TEXT, parse_date, squeeze, squeezed_or_none
from schemas.text_match import matches

KEYS = ("own_key", "id_key", "birth_key")  # the surest first
_HIDES_SOMETHING = r"[^0-9A-Z]|XX"  # digits covered with stars or the like, in the form of ``squeeze``


def keys_of(sheet: Sheet) -> pd.Series:
    """Per row its key as exported and the name: a key that a spreadsheet spoilt (4.51228E+17) is many people's. Where the row has none, the ID
    in its place, else the birthdate. Null where these or the name are missing, and where a person has several rows of which the
    export does not say which is which (a payment without its term)."""
    key = _own_key(sheet)
    for of_rows in (_id_key, _birth_key):
        if len(lacking := key.index[key.isna()]):
            key = key.fillna(of_rows(sheet, lacking))
    return key


def all_keys(sheet: Sheet) -> pd.DataFrame:
    """All ``KEYS`` of every row: another export may lack what this one has."""
    rows = sheet.cells.index
    return pd.DataFrame({"own_key": _own_key(sheet), "id_key": _id_key(sheet, rows), "birth_key": _birth_key(sheet, rows)})


def without_counterpart(a: pd.DataFrame, b: pd.DataFrame) -> pd.Series:
    """Which rows of ``a`` (``all_keys``) are in ``b`` by none of the keys. Of one name and birthdate are two persons, where each has an ID of its own."""
    lacks_id = b["id_key"].isna()
    found = pd.Series(False, index=a.index)
    for key in ("own_key", "id_key"):
        found |= a[key].isin(b[key].dropna())
    found |= a["birth_key"].isin(b.loc[lacks_id, "birth_key"].dropna())
    return ~(found | (a["id_key"].isna() & a["birth_key"].isin(b["birth_key"].dropna())))


def rows_shared(files: Sequence[pd.DataFrame]) -> npt.NDArray[np.int64]:
    """[i, j]: how many rows of file i (``all_keys``) are in file j, by the same rule."""
    keys = pd.concat(files, ignore_index=True)
    file_of = np.repeat(np.arange(len(files)), [len(rows) for rows in files])
    lacks_id, everywhere = keys["id_key"].isna().to_numpy(), np.ones(len(keys), dtype=bool)
    found = csr_array((len(keys), len(files)), dtype=np.int64)
    for key, mine, others in (
        ("own_key", everywhere, everywhere),
        ("id_key", everywhere, everywhere),
        ("birth_key", lacks_id, everywhere),
        ("birth_key", ~lacks_id, lacks_id),
    ):
        codes = pd.factorize(keys[key])[0]
        files_of_code = _ones(codes, file_of, others & (codes >= 0), (int(codes.max(initial=0)) + 1, len(files)))
        found = (
            found + _ones(np.arange(len(keys)), codes, mine & (codes >= 0), (len(keys), files_of_code.shape[0])) @ files_of_code
        )
    per_file = _ones(file_of, np.arange(len(keys)), everywhere, (len(files), len(keys)))
    return np.asarray((per_file @ (found > 0).astype(np.int64)).todense())


def _ones(rows: np.ndarray, columns: np.ndarray, chosen: np.ndarray, shape: tuple[int, int]) -> csr_array:
    """A matrix with a number at (row, column) of what is ``chosen``, and nothing elsewhere."""
    return csr_array((np.ones(int(chosen.sum()), dtype=np.int64), (rows[chosen], columns[chosen])), shape=shape)


def _own_key(sheet: Sheet) -> pd.Series:
    fields = sheet.registry.source_key
    if not {*fields} <= {*sheet.cells.columns}:
        return _none(sheet.cells.index)
    key = _names(sheet, sheet.cells.index) + "\t" + sheet.cells[fields[0]].str.strip()
    for field in fields[1:]:
        key = key + "\t" + sheet.cells[field].fillna("")
    return key


def _id_key(sheet: Sheet, rows: pd.Index) -> pd.Series:
    if "id_number" in sheet.registry.source_key:  # it is in the own key
        return _none(rows)
    ids = on_distinct(sheet.cells.loc[rows, "id_number"], squeezed_or_none, same=SAME_NUMBER)
    return _names(sheet, rows) + "\tID\t" + ids.mask(matches(ids, _HIDES_SOMETHING))


def _birth_key(sheet: Sheet, rows: pd.Index) -> pd.Series:
    fields = sheet.registry.source_key
    others = fields if "id_number" in fields else ()
    if "birthdate" not in sheet.cells or not {*others} <= {*sheet.cells.columns}:
        return _none(rows)
    cells = sheet.cells.loc[rows]
    days = on_distinct(cells["birthdate"], lambda text: parse_date(text, sheet.from_1904), pa.date32())
    key = _names(sheet, rows) + "\t" + days.dt.strftime("%Y%m%d").astype("str").where(days.notna())
    for field in others:
        if field not in ("id_number", "name"):
            key = key + "\t" + cells[field].fillna("")
    return key


def _names(sheet: Sheet, rows: pd.Index) -> pd.Series:
    return on_distinct(sheet.cells.loc[rows, "name"], squeeze, same=SAME_TEXT)


def _none(rows: pd.Index) -> pd.Series:
    return pd.Series(None, index=rows, dtype="str")
