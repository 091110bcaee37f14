"""Standardise: accepted rows of one sheet -> the record shape of ``schemas.tables.RECORDS_TABLE``, raw values kept beside."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from matching.ids import parse_ids
from matching.name_text import CLEAN_NAME, clean_name
from matching.text_columns import has_any_of, on_distinct, pairs_on_distinct, series_of
from pipelines.intake.early_days import early_time
from pipelines.intake.hamlets import hamlet_of_address, hamlet_of_cell
from pipelines.intake.joined_cells import split_joined
from pipelines.intake.kin_names import kin_of
from pipelines.intake.places import Places
from pipelines.intake.sheets import Sheet
from pipelines.intake.values import (
    SAME_NUMBER,
    SAME_PHONE,
    SAME_TEXT,
    is_error,
    is_nothing,
    parse_amount,
    parse_date,
    parse_key,
    parse_month,
    parse_phone,
    squeeze,
    squeezed_or_none,
    text_or_none,
)
from schemas.registry import Column
from schemas.tables import RECORDS_TABLE
from schemas.text_match import matches


@dataclass(frozen=True, slots=True)
class _Reader:
    """How a kind of column is read: ``read`` of each distinct text gives the value, of Arrow type ``kind`` (text if None);
    texts that match the pattern ``same`` are their own value."""

    read: Callable[[str], object]
    kind: pa.DataType | None = None
    same: str | None = None

    def column(self, texts: pd.Series) -> pd.Series:
        return on_distinct(texts, self.read, self.kind, self.same)


def _name(text: str) -> str | None:
    return None if is_error(text) else clean_name(text)


_READERS = {
    "text": _Reader(text_or_none, same=SAME_TEXT),
    "name": _Reader(_name, same=CLEAN_NAME),
    "month": _Reader(parse_month),
    "phone": _Reader(parse_phone, same=SAME_PHONE),
    "amount": _Reader(parse_amount, pa.float64()),
    "key": _Reader(parse_key, same=SAME_TEXT),
    "hamlet": _Reader(hamlet_of_cell),
    "student_number": _Reader(squeezed_or_none, same=SAME_NUMBER),
    "certificate": _Reader(squeezed_or_none, same=SAME_NUMBER),
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


def standardise(sheet: Sheet, cells: pd.DataFrame, places: Places, as_of: date | None = None) -> Standardised:
    """The records that ``cells`` (accepted rows, index from 0) stand for. A birthdate that nobody can have (``latest_birthday``), of the
    column or of the ID, is taken for missing. A township or village that ``places`` does not know keeps its own text, and counts as
    unread."""
    cells = _unwrapped(cells)
    name_raw = cells["name"]
    cells["name"], cells["id_number"] = split_joined(name_raw, cells["id_number"])
    fields = {c.field: c for c in sheet.registry.columns if c.field in cells}
    parsed = {
        field: _parsed(cells[field], column, sheet.from_1904, places)
        for field, column in fields.items()
        if column.kind not in ("village", "address") and field != "id_number"
    }
    own_form = ("id", "student_number", "certificate")
    out = pd.DataFrame({f: value for f, value in parsed.items() if fields[f].kind not in own_form}, index=cells.index)
    latest = latest_birthday(sheet, as_of)
    if "birthdate" in out:
        out["birthdate"] = out["birthdate"].mask(born_later(out["birthdate"], latest))
    _identity(out, cells, fields, parsed, latest)
    official = _places(out, cells, fields, sheet, parsed, places)
    out["kin"] = kin_of(out)
    out["registry"], out["file"], out["sheet"], out["row"] = sheet.registry.key, sheet.file, sheet.sheet, cells["row"]
    out["name_raw"] = name_raw
    if sheet.registry.role == "poverty":
        out["poverty"] = "yes"
    # An export without the column, or with a state nobody knows, must not close a register and hide its child.
    if sheet.registry.role == "household":
        out["register_state"] = out["register_state"].fillna("normal") if "register_state" in fields else "normal"
    if sheet.registry.role == "disability" and "certificate_state" not in fields:
        out["certificate_state"] = "valid"
    out["source_key"] = _source_key(out, sheet.registry.source_key)
    unread = {field: _unread(cells[field], official.get(field, value)) for field, value in parsed.items()}
    for field in RECORDS_TABLE:
        if field.name not in out and field.name != "record_id":
            out[field.name] = series_of(pa.nulls(len(out), field.type), out.index)
    return Standardised(out[[*_TEXTS, "id_birthdate", "id_sex"]], parsed, unread)


def latest_birthday(sheet: Sheet, as_of: date | None) -> date | None:
    """The last day on which somebody in ``sheet`` can be born: the day of the run, or of the export where that is later, as it is when a
    run looks back; a child born between the two is no error. None without a day."""
    return max(as_of, sheet.dated) if as_of else None


def born_later(birthdates: pd.Series, latest: date | None) -> pd.Series:
    """Which birthdates are after ``latest``; none of them where it is None."""
    if latest is None:
        return pd.Series(False, index=birthdates.index)
    return (birthdates > pd.Timestamp(latest)).fillna(False).astype(bool)


def _unwrapped(cells: pd.DataFrame) -> pd.DataFrame:
    """Text without the marks that keep a spreadsheet from reading it as a number: ="4512…", '4512…."""
    out = cells.copy(deep=False)
    for field in cells.columns:
        if isinstance(cells[field].dtype, pd.StringDtype) and has_any_of(cells[field], "'\""):
            marked = matches(cells[field], _MARKED)
            if marked.any():
                plain = cells[field][marked].str.strip().str.replace(_WRAPPED, r"\1", regex=True)
                out[field] = cells[field].mask(marked, plain)
    return out


def _unread(texts: pd.Series, parsed: pd.Series) -> pd.Series:
    unread = texts.notna() & parsed.isna()
    if unread.any():
        unread &= ~on_distinct(texts.where(unread), is_nothing, pa.bool_()).eq(True)
    return unread


def _parsed(texts: pd.Series, column: Column, from_1904: bool, places: Places) -> pd.Series:
    if column.kind == "id":
        return parse_ids(texts)["number"].set_axis(texts.index)
    if column.kind == "code":
        return on_distinct(texts, partial(_code, column=column))
    if column.kind == "date":
        serials = (matches(texts, _NUMBER) & ~matches(texts, _MONTH)).sum() * 2 > texts.notna().sum()
        return on_distinct(texts, partial(parse_date, from_1904=from_1904, serials=serials, early=early_time(texts)), pa.date32())
    if column.kind == "township":
        return on_distinct(texts, places.township_or_text)
    if column.kind == "division":
        return on_distinct(texts, places.county_of)
    return _READERS[column.kind].column(texts)


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


def _identity(
    out: pd.DataFrame, cells: pd.DataFrame, fields: dict[str, Column], parsed: dict[str, pd.Series], latest: date | None
) -> None:
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
        carried = _READERS["certificate"].column(cells["id_number"]).where(ids["status"] == "certificate")
        out["certificate_number"] = out["certificate_number"].fillna(carried) if "certificate_number" in out else carried
    if "birthdate" in cells:
        out["birthdate_raw"] = cells["birthdate"]
    column = out["birthdate"] if "birthdate" in out else pd.Series(pd.NaT, index=out.index, dtype="datetime64[us]")
    out["id_birthdate"], out["id_sex"] = ids["birthdate"].astype("datetime64[us]"), ids["sex"].astype("str")
    of_id = out["id_birthdate"].mask(born_later(out["id_birthdate"], latest))
    out["birthdate"] = column.fillna(of_id)
    out["birthdate_from"] = _origin(column, of_id)
    sex = out["sex"] if "sex" in out else pd.Series(None, index=out.index, dtype="str")
    out["sex"] = sex.fillna(out["id_sex"])
    out["sex_from"] = _origin(sex, out["id_sex"])


def _origin(column: pd.Series, of_id: pd.Series) -> pd.Series:
    """'column' where the export has the value in a column, 'id' where the ID alone has it, null where neither has."""
    from_id = pc.if_else(pa.array(of_id.notna()), "id", pa.scalar(None, pa.string()))
    return series_of(pc.if_else(pa.array(column.notna()), "column", from_id), column.index)


def _from_certificate(out: pd.DataFrame) -> None:
    """Where the ID is missing or damaged, the certificate's first 18 characters take its place."""
    numbers = parse_ids(out["certificate_number"])
    usable = out["id_number"].isna() & (numbers["status"] == "certificate")
    out.loc[usable, "id_number"] = numbers["number"][usable].astype("str")
    out.loc[usable, "id_status"] = "certificate"


def _places(
    out: pd.DataFrame,
    cells: pd.DataFrame,
    fields: dict[str, Column],
    sheet: Sheet,
    parsed: dict[str, pd.Series],
    places: Places,
) -> dict[str, pd.Series]:
    """Fill township, village and county of ``out``. Returns field -> the official place that its own column names, null where it is in
    no table."""
    official: dict[str, pd.Series] = {}
    none = pd.Series(None, index=out.index, dtype="str")
    township, village = none, none
    if "township" in fields:
        township = out["township"]
        official["township"] = on_distinct(cells["township"], places.township_of)
    if "village" in fields:
        pairs = township.fillna("") + "\t" + cells["village"]
        village = on_distinct(pairs, lambda pair: places.village_or_text(*_village_and_township(pair)))
        official["village"] = on_distinct(pairs, lambda pair: places.village_of(*_village_and_township(pair)))
        parsed["village"] = village
    county = out["hukou_division"] if "hukou_division" in fields else none
    if "address" in fields:
        from_address, village_from_address = pairs_on_distinct(cells["address"], places.split_address_or_text)
        village = village.fillna(village_from_address.where(township.isna() | (township == from_address)))
        township = township.fillna(from_address)
        out["hamlet"] = out.get("hamlet", none).fillna(on_distinct(cells["address"], hamlet_of_address))
        out["address_raw"] = cells["address"]
    if "hukou_division" in fields:
        registered_in = on_distinct(cells["hukou_division"], places.township_of)
        township = township.fillna(registered_in)
        county = county.where(county.notna() | registered_in.isna(), places.county_code)
    if sheet.registry.role in ("household", "poverty", "disability"):
        county = pd.Series(places.county_code, index=out.index, dtype="str")  # the county's own offices list their own people
    out["township"], out["village"], out["hukou_county"] = township, village, county
    return official


def _village_and_township(pair: str) -> tuple[str, str | None]:
    """The two texts of 'township TAB village'; None for no township."""
    township, _, village = pair.partition("\t")
    return village, township or None


def _source_key(out: pd.DataFrame, fields: tuple[str, ...]) -> pd.Series:
    """The row's own key in its system; where that is empty, name, birthdate and village."""
    parts = [out[f].astype("str") for f in fields if f in out]
    key = parts[0] if parts else pd.Series(None, index=out.index, dtype="str")
    for part in parts[1:]:
        key = key + "/" + part.fillna("")
    missing = key.isna()
    if missing.any():
        some = out[missing]
        birth = some["birthdate"].dt.strftime("%Y%m%d").fillna("")
        key = key.fillna(some["name"].fillna("") + "/" + birth + "/" + some["village"].fillna(""))
    return key
