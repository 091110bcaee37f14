"""Standardise: accepted rows of one sheet -> the record shape of ``schemas.tables.RECORDS``, raw values kept beside."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import pandas as pd

from matching.ids import parse_ids
from matching.names import clean_name
from pipelines.intake.places import COUNTY_CODE, county_of, split_address, township_of, village_of
from pipelines.intake.sheets import Sheet
from pipelines.intake.values import (
    is_error,
    is_nothing,
    parse_amount,
    parse_date,
    parse_key,
    parse_month,
    parse_phone,
    squeeze,
    text_or_none,
)
from schemas.registry import Column
from schemas.tables import RECORDS_TABLE
from schemas.text_match import matches

_PARSERS: dict[str, Callable[[str], object]] = {
    "text": text_or_none,
    "name": lambda text: None if is_error(text) else clean_name(text),
    "date": parse_date,
    "month": parse_month,
    "phone": parse_phone,
    "amount": parse_amount,
    "key": parse_key,
    "township": township_of,
    "division": county_of,
}
_TEXTS = [name for name in RECORDS_TABLE.names if name != "record_id"]
_NUMBER = r"^\d{4,5}(?:\.\d+)?$"
_MONTH = r"^(?:19|20)\d{2,3}$"  # 20101 for January 2010
_MARKED = r"""^\s*(?:="|'|")"""
_WRAPPED = r"""^(?:="|=?'|")?(.*?)"?$"""


@dataclass(frozen=True, slots=True)
class Standardised:
    """``records``: one per row, in their order, the columns of RECORDS_TABLE but record_id, and besides ``id_birthdate`` and
    ``id_sex``, what the ID alone says; kin of the household and guardianship are not yet drawn in. ``parsed``: per field
    what its own column was read as; ``unread``: per field whether its cell said something that could not be read."""

    records: pd.DataFrame
    parsed: dict[str, pd.Series]
    unread: dict[str, pd.Series]


def standardise(sheet: Sheet, cells: pd.DataFrame, as_of: date | None = None) -> Standardised:
    """The records that ``cells`` (accepted rows, index from 0) stand for. A birthdate after ``as_of`` is taken for missing."""
    cells = _unwrapped(cells)
    fields = {c.field: c for c in sheet.registry.columns if c.field in cells}
    parsed = {
        field: _parsed(cells[field], column, sheet.from_1904)
        for field, column in fields.items()
        if column.kind not in ("village", "address") and field != "id_number"
    }
    own_form = ("id", "student_number", "certificate")
    out = pd.DataFrame({f: value for f, value in parsed.items() if fields[f].kind not in own_form}, index=cells.index)
    if as_of is not None and "birthdate" in out:
        out["birthdate"] = out["birthdate"].where(~(out["birthdate"] > pd.Timestamp(as_of)).fillna(False))
    _identity(out, cells, fields, parsed)
    _places(out, cells, fields, sheet, parsed)
    out["kin"] = _kin(out)
    out["registry"], out["file"], out["sheet"], out["row"] = sheet.registry.key, sheet.file, sheet.sheet, cells["row"]
    out["name_raw"] = cells["name"]
    if sheet.registry.role == "poverty":
        out["poverty"] = "yes"
    # An export without the column, or with a state nobody knows, must not close a register and hide its child.
    if sheet.registry.role == "household":
        out["register_state"] = out["register_state"].fillna("normal") if "register_state" in fields else "normal"
    if sheet.registry.role == "disability" and "certificate_state" not in fields:
        out["certificate_state"] = "valid"
    out["source_key"] = _source_key(out, sheet.registry.source_key)
    unread = {field: _unread(cells[field], value) for field, value in parsed.items()}
    return Standardised(out.reindex(columns=[*_TEXTS, "id_birthdate", "id_sex"]), parsed, unread)


def _unwrapped(cells: pd.DataFrame) -> pd.DataFrame:
    """Text without the marks that keep a spreadsheet from reading it as a number: ="4512…", '4512…."""
    out = cells.copy(deep=False)
    for field in cells.columns:
        if isinstance(cells[field].dtype, pd.StringDtype):
            marked = matches(cells[field], _MARKED)
            if marked.any():
                plain = cells[field][marked].str.strip().str.replace(_WRAPPED, r"\1", regex=True)
                out[field] = cells[field].mask(marked, plain)
    return out


def _unread(texts: pd.Series, parsed: pd.Series) -> pd.Series:
    unread = texts.notna() & parsed.isna()
    if unread.any():
        unread &= ~on_distinct(texts.where(unread), is_nothing).eq(True)
    return unread


def on_distinct(texts: pd.Series, function: Callable[[str], object]) -> pd.Series:
    """``function`` of each distinct text, spread back; missing stays missing."""
    codes, distinct = pd.factorize(texts)
    values = np.empty(len(distinct) + 1, dtype=object)
    values[:-1] = [function(t) for t in distinct]
    return pd.Series(values[codes], index=texts.index)


def _parsed(texts: pd.Series, column: Column, from_1904: bool) -> pd.Series:
    if column.kind == "id":
        return parse_ids(texts)["number"].set_axis(texts.index).astype("str")
    parser: Callable[[str], object]
    if column.kind == "code":
        parser = partial(_code, column=column)
    elif column.kind in ("student_number", "certificate"):
        parser = _squeezed
    else:
        numbers = (matches(texts, _NUMBER) & ~matches(texts, _MONTH)).sum() * 2 > texts.notna().sum()
        parser = partial(parse_date, from_1904=from_1904, serials=numbers) if column.kind == "date" else _PARSERS[column.kind]
    parsed = on_distinct(texts, parser)
    if column.kind == "date":
        return pd.to_datetime(parsed).astype("datetime64[us]")
    return parsed.astype("float64") if column.kind == "amount" else parsed.astype("str")


def _squeezed(text: str) -> str | None:
    return None if is_nothing(text) else squeeze(text)


def _code(text: str, column: Column) -> str | None:
    """By number, by name, or by both written together ('02 休学')."""
    plain = squeeze(text)
    plain = re.sub(r"^(\d+)\.0$", r"\1", plain)
    if plain in column.codes:
        return column.codes[plain]
    both = re.match(r"^(\d{1,2})[-.、:]?(\D.*)$", plain)
    named = column.codes.get(both[2]) if both else None
    # A number that means something else than the name beside it says that one of the two is wrong.
    return named if both and column.codes.get(both[1], named) == named else None


def _identity(out: pd.DataFrame, cells: pd.DataFrame, fields: dict[str, Column], parsed: dict[str, pd.Series]) -> None:
    ids = parse_ids(cells["id_number"])
    parsed["id_number"] = ids["number"].astype("str")
    older = ids["number"].where(ids["status"] == "student_number")  # a student number in the ID's place, perhaps of an older ID
    out["id_raw"], out["id_status"] = cells["id_number"], ids["status"]
    out["id_number"] = ids["number"].where(older.isna()).astype("str")
    out["id_known"] = ids["known"].astype("str")
    for field in ("student_number", "certificate_number"):
        if field in fields:
            out[field] = parsed[field]
    if "certificate_number" in fields:
        _from_certificate(out)
    if "student_number" in fields:
        numbers = parse_ids(out["student_number"])
        older = numbers["number"].where(numbers["status"] == "student_number").fillna(older)
    out["id_other"] = older.where(older.ne(out["id_number"])).astype("str")
    if (ids["status"] == "certificate").any():  # the poverty system carries the certificate's number in place of the ID
        carried = on_distinct(cells["id_number"], _squeezed).where(ids["status"] == "certificate")
        out["certificate_number"] = out["certificate_number"].fillna(carried) if "certificate_number" in out else carried
    out["birthdate_raw"] = cells.get("birthdate")
    column = out["birthdate"] if "birthdate" in out else pd.Series(pd.NaT, index=out.index, dtype="datetime64[us]")
    out["id_birthdate"], out["id_sex"] = ids["birthdate"].astype("datetime64[us]"), ids["sex"].astype("str")
    out["birthdate"] = column.fillna(out["id_birthdate"])
    origin = np.select([column.notna(), out["id_birthdate"].notna()], ["column", "id"], "")
    out["birthdate_from"] = pd.Series(origin, dtype="str", index=out.index).replace("", None)
    sex = out["sex"] if "sex" in out else pd.Series(None, index=out.index, dtype="str")
    out["sex"] = sex.fillna(out["id_sex"])
    out["sex_from"] = pd.Series(np.select([sex.notna(), out["sex"].notna()], ["column", "id"], ""), dtype="str", index=out.index)
    out["sex_from"] = out["sex_from"].replace("", None)


def _from_certificate(out: pd.DataFrame) -> None:
    """Where the ID is missing or damaged, the certificate's first 18 characters take its place."""
    numbers = parse_ids(out["certificate_number"])
    usable = out["id_number"].isna() & (numbers["status"] == "certificate")
    out.loc[usable, "id_number"] = numbers["number"][usable].astype("str")
    out.loc[usable, "id_status"] = "certificate"


def _places(
    out: pd.DataFrame, cells: pd.DataFrame, fields: dict[str, Column], sheet: Sheet, parsed: dict[str, pd.Series]
) -> None:
    township = out["township"] if "township" in fields else pd.Series(None, index=out.index, dtype="str")
    village = pd.Series(None, index=out.index, dtype="str")
    if "village" in fields:
        pairs = (township.fillna("") + "\t" + cells["village"]).astype("str")
        village = on_distinct(pairs, lambda p: village_of(p.partition("\t")[2], p.partition("\t")[0] or None)).astype("str")
        village = village.where(cells["village"].notna())
        parsed["village"] = village
    county = out["hukou_division"] if "hukou_division" in fields else pd.Series(None, index=out.index, dtype="str")
    if "address" in fields:
        split = on_distinct(cells["address"], split_address)
        found = split.where(split.notna(), None)
        from_address = found.map(lambda s: s[0] if isinstance(s, tuple) else None).astype("str")
        village = village.fillna(
            found.map(lambda s: s[1] if isinstance(s, tuple) else None)
            .astype("str")
            .where(township.isna() | (township == from_address))
        )
        township = township.fillna(from_address)
        out["address_raw"] = cells["address"]
    if "hukou_division" in fields:
        registered_in = on_distinct(cells["hukou_division"], township_of).astype("str")
        township = township.fillna(registered_in)
        county = county.where(county.notna() | registered_in.isna(), COUNTY_CODE)
    if sheet.registry.role in ("household", "poverty", "disability"):
        county = pd.Series(COUNTY_CODE, index=out.index, dtype="str")  # the county's own offices list their own people
    out["township"], out["village"], out["hukou_county"] = township, village, county


def _kin(out: pd.DataFrame) -> pd.Series:
    """Distinct names of guardians, parents and head of household, '|' between them; null where none is known."""
    columns = [c for c in ("guardian", "guardian_2", "father", "mother") if c in out]
    if not columns:
        return pd.Series(None, index=out.index, dtype="str")
    joined = out[columns[0]].fillna("")
    for column in columns[1:]:
        joined = joined + "|" + out[column].fillna("")
    return on_distinct(joined, lambda t: "|".join(dict.fromkeys(n for n in t.split("|") if n)) or None).astype("str")


def _source_key(out: pd.DataFrame, fields: tuple[str, ...]) -> pd.Series:
    """The row's own key in its system; where that is empty, name, birthdate and village."""
    parts = [out[f].astype("str") for f in fields if f in out]
    key = parts[0] if parts else pd.Series(None, index=out.index, dtype="str")
    for part in parts[1:]:
        key = key + "/" + part.fillna("")
    birth = out["birthdate"].dt.strftime("%Y%m%d").fillna("")
    return key.fillna(out["name"].fillna("") + "/" + birth + "/" + out["village"].fillna(""))
