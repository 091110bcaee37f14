"""What standardising changed: one row per changed value, with its address, the value as exported and the value now."""

import re

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from matching.blanks import BLANKS
from matching.character_forms import usual_characters
from matching.text_columns import on_distinct, series_of, text_array
from pipelines.intake.sheets import Sheet
from pipelines.intake.values import is_error, is_nothing, squeeze
from schemas.registry import Column
from schemas.tables import TABLES
from schemas.text_match import matches

_INVISIBLE = re.compile(f"[{BLANKS}]")
_WRAPPED = re.compile(r"""^(?:="(.*)"|'(.*))$""", re.DOTALL)
_JOINED_WITH = {"name": "id_number", "id_number": "name"}  # field -> the field in whose cell it may stand
_RADICAL = re.compile("[\u2e80-\u2fdf]")
_HOLDS_AN_ID = re.compile(r"\d{17}")
_DAY = re.compile(r"^\s*(\d{4})\D(\d{1,2})\D(\d{1,2})[ T]+\d{1,2}:")
_MARGIN = " \t\r\n\u3000\xa0"  # of BLANKS
_MISSING = "\0\0"


def repairs_of(sheet: Sheet, cells: pd.DataFrame, parsed: dict[str, pd.Series]) -> pd.DataFrame:
    """The repairs (table repairs) of the accepted rows ``cells``; ``parsed``: per field what its own cells were read as.
    Works on the distinct pairs of raw and standardised value."""
    found = []
    for column in sheet.registry.columns:
        if column.field not in parsed or column.field not in cells:
            continue
        raw, value = cells[column.field], _shown(parsed[column.field])
        changed = raw.notna() & ~_as_written(raw, value, column)
        if changed.any():
            found.append(_changes(raw[changed], value[changed], column).assign(row=cells["row"][changed]))
        if (beside := _JOINED_WITH.get(column.field)) and (given := raw.isna() & value.notna()).any():
            told = {
                "column": column.headings[0],
                "raw": cells[beside][given],
                "standardised": value[given],
                "rule": "joined_cell",
            }
            found.append(pd.DataFrame(told | {"row": cells["row"][given]}))
    found += _from_elsewhere(sheet, cells)
    if not found:
        return pd.DataFrame(columns=TABLES["repairs"].names)
    out = pd.concat(found, ignore_index=True)
    out = out[out["rule"].notna()].sort_values("row", kind="stable", ignore_index=True)
    return out.assign(registry=sheet.registry.key, file=sheet.file, sheet=sheet.sheet)[TABLES["repairs"].names]


def _shown(value: pd.Series) -> pd.Series:
    """The values as text, days as yyyy-mm-dd."""
    if pd.api.types.is_datetime64_any_dtype(value):
        days = pa.array(value).cast(pa.date32()).dictionary_encode()
        texts = pa.array([day.isoformat() for day in days.dictionary.to_pylist()], pa.string())
        return series_of(texts.take(days.indices), value.index)
    return value.astype("str")


def _as_written(raw: pd.Series, shown: pd.Series, column: Column) -> pd.Series:
    """Rows whose value is what the cell says, in one of the forms that the kind of column has."""
    if column.kind == "date":
        same = (raw == shown) | (raw == shown.str.replace("-", "")) | (raw == shown + " 00:00:00")
        return same.fillna(False)
    if column.kind == "month":
        return ((raw == shown) | (raw == shown.str[:4] + "-" + shown.str[4:])).fillna(False)
    if column.kind in ("code", "division"):
        return (raw.isin(list(column.codes)) | matches(raw, r"^\d{6}(?:\d{3}|\d{6})?$")).fillna(False) & shown.notna()
    if column.kind == "amount":
        return (pd.to_numeric(raw, errors="coerce") == pd.to_numeric(shown, errors="coerce")).fillna(False)
    return (raw == shown).fillna(False)


def _changes(raw: pd.Series, value: pd.Series, column: Column) -> pd.DataFrame:
    """What was done to the cells ``raw``, from whose column ``value`` was read."""
    trimmed = series_of(pc.utf8_trim(text_array(raw), _MARGIN), raw.index)
    rule = pd.Series("blanks", index=raw.index, dtype="str")
    if (rest := (trimmed != value) | value.isna()).any():
        pairs = raw[rest] + "\0" + value[rest].fillna("\0")  # no text has a zero character in it
        rule = rule.mask(rest, on_distinct(pairs, lambda pair: _rule_of_pair(pair, column.kind)))
    return pd.DataFrame({"column": column.headings[0], "raw": raw.str.slice(0, 200), "standardised": value, "rule": rule})


def _rule_of_pair(pair: str, kind: str) -> str | None:
    if pair.endswith(_MISSING):
        return _rule(pair[:-2], None, kind)
    raw, _, value = pair.rpartition("\0")
    return _rule(raw, value, kind)


def _rule(raw: str, value: str | None, kind: str) -> str | None:
    """What was done to ``raw``; None where nothing worth a word was."""
    if value is None:
        return "error_cell" if is_error(raw) else "no_value" if is_nothing(raw) else "unreadable"
    trimmed = _INVISIBLE.sub("", raw)
    if trimmed == _INVISIBLE.sub("", value):
        return "blanks"
    if (wrapped := _WRAPPED.match(raw.strip())) and _INVISIBLE.sub("", wrapped[1] or wrapped[2] or "") == value:
        return "wrapper"
    if kind == "name" and _HOLDS_AN_ID.search(raw):
        return "joined_cell"
    if kind == "id" and trimmed[-1:] in "xｘ×*ХхΧχ✕✖╳⨯乂㐅ㄨ" and squeeze(trimmed[:-1]) + "X" == value:
        return "id_x"
    if _RADICAL.search(trimmed) and squeeze(raw) == value:
        return "radicals"
    if squeeze(raw) == value or usual_characters(trimmed) == value:
        return "width"
    if kind == "date" and (day := _DAY.match(raw)) and f"{day[1]}-{day[2]:0>2}-{day[3]:0>2}" < value:
        return "date_next_day"
    if kind == "date" and re.fullmatch(r"\d{5}(\.0)?", trimmed):
        return "date_serial"
    return _FORM.get(kind, "form")


_FORM = {
    "id": "id_form", "date": "date_form", "month": "date_form", "code": "code_form", "township": "place_form",
    "village": "place_form", "name": "name_form", "phone": "phone_form", "amount": "amount_form", "division": "place_form",
}  # fmt: skip


def _from_elsewhere(sheet: Sheet, cells: pd.DataFrame) -> list[pd.DataFrame]:
    """Cells that a merged cell above was written into, and cells that hold an error value."""
    out = []
    headings = {c.field: c.headings[0] for c in sheet.registry.columns}
    for rule, addresses in (("merged_cell", sheet.filled), ("error_cell", sheet.errors)):
        for field, rows in addresses.items():
            hit = cells["row"].isin(rows)
            values = cells[field][hit] if rule == "merged_cell" else pd.Series(None, index=cells.index[hit], dtype="str")
            raw = None if rule == "merged_cell" else "#N/A"
            out.append(
                pd.DataFrame(
                    {"row": cells["row"][hit], "column": headings[field], "raw": raw, "standardised": values, "rule": rule}
                )
            )
    return out
