"""By what the rows of two exports of one registry are told to be the same person's."""

import pandas as pd
import pyarrow as pa

from matching.text_columns import on_distinct
from pipelines.intake.sheets import Sheet
from pipelines.intake.values import SAME_NUMBER, SAME_TEXT, parse_date, squeeze, squeezed_or_none

KEYS = ("own_key", "id_key", "birth_key")  # the surest first


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


def _own_key(sheet: Sheet) -> pd.Series:
    fields = sheet.registry.source_key
    if not {*fields} <= {*sheet.cells.columns}:
        return _none(sheet.cells.index)
    key = sheet.cells["name"].str.strip() + "\t" + sheet.cells[fields[0]].str.strip()
    for field in fields[1:]:
        key = key + "\t" + sheet.cells[field].fillna("")
    return key


def _id_key(sheet: Sheet, rows: pd.Index) -> pd.Series:
    if "id_number" in sheet.registry.source_key:  # it is in the own key
        return _none(rows)
    ids = on_distinct(sheet.cells.loc[rows, "id_number"], squeezed_or_none, same=SAME_NUMBER)
    return _names(sheet, rows) + "\tID\t" + ids


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
