"""Standardise: accepted rows of one sheet -> the record shape of ``schemas.tables.RECORDS``, raw values kept beside."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from matching.ids import parse_ids
from matching.names import clean_name
from pipelines.places import COUNTY, county_of, split_address, township_of, village_of
from pipelines.read import Sheet
from pipelines.refusal import Refusal
from pipelines.values import parse_amount, parse_date, parse_month, parse_phone, squeeze, text_or_none
from schemas.registry import Column
from schemas.tables import RECORDS

_PARSERS: dict[str, Callable[[str], object]] = {
    "text": text_or_none,
    "name": clean_name,
    "date": parse_date,
    "month": parse_month,
    "phone": parse_phone,
    "amount": parse_amount,
    "township": township_of,
    "division": county_of,
}
# A raw value that standardises to nothing is reported under these rules, counted per file and column.
_NOTICE = {
    "date": ("date_unreadable", "{n} 个日期无法识别为某一天，按缺失处理"),
    "month": ("date_unreadable", "{n} 个年月无法识别，按缺失处理"),
    "code": ("code_unknown", "{n} 个单元格的值不在已知代码之列，按缺失处理"),
    "township": ("place_unknown", "{n} 个乡镇名称不在区划表中"),
    "village": ("place_unknown", "{n} 个村名不在区划表中"),
}
_ID_NOTICE = {
    "bad_check": "{n} 个身份证号校验码不符",
    "bad_date": "{n} 个身份证号中的出生日期不存在",
    "lost_precision": "{n} 个身份证号被当作数字保存，末几位已丢失。请把该列设为文本后重新导出",
    "truncated": "{n} 个身份证号位数不足",
    "malformed": "{n} 个证件号无法识别",
    "student_number": "{n} 个证件号填的是学籍号，只作参考",
    "placeholder": "{n} 个证件号是占位号",
}


def standardise(sheet: Sheet, cells: pd.DataFrame) -> tuple[pd.DataFrame, list[dict[str, object]]]:
    """(records, notices): one record per accepted row with all columns of RECORDS but record_id, kin of the household
    and guardianship not yet drawn in; notices count what was read but could not be understood."""
    fields = {c.field: c for c in sheet.registry.columns if c.field in cells}
    notices: list[dict[str, object]] = []
    out = pd.DataFrame(index=cells.index)
    for field, column in fields.items():
        if column.kind not in ("id", "student_number", "certificate", "village", "address"):
            out[field] = _parsed(cells[field], column)
            _notice(notices, sheet, column, cells[field], out[field])
    _identity(out, cells, fields, sheet, notices)
    _places(out, cells, fields, sheet, notices)
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
    return out.reindex(columns=[n for n in RECORDS.names if n != "record_id"]), notices


def on_distinct(texts: pd.Series, function: Callable[[str], object]) -> pd.Series:
    """``function`` of each distinct text, spread back; missing stays missing."""
    codes, distinct = pd.factorize(texts)
    values = np.empty(len(distinct) + 1, dtype=object)
    values[:-1] = [function(t) for t in distinct]
    return pd.Series(values[codes], index=texts.index)


def _parsed(texts: pd.Series, column: Column) -> pd.Series:
    parser = (lambda text: _code(text, column)) if column.kind == "code" else _PARSERS[column.kind]
    parsed = on_distinct(texts, parser)
    if column.kind == "date":
        return pd.to_datetime(parsed).astype("datetime64[us]")
    return parsed.astype("float64") if column.kind == "amount" else parsed.astype("str")


def _code(text: str, column: Column) -> str | None:
    """By number, by name, or by both written together ('02 休学')."""
    plain = squeeze(text)
    return column.codes.get(plain) or column.codes.get(re.sub(r"^\d{1,2}[-.、:]?", "", plain))


def _notice(notices: list[dict[str, object]], sheet: Sheet, column: Column, raw: pd.Series, parsed: pd.Series) -> None:
    if column.kind in _NOTICE:
        said = on_distinct(raw, text_or_none).notna()
        rule, message = _NOTICE[column.kind]
        _count(notices, sheet, column, rule, message, int((said & parsed.isna()).sum()))


def _count(notices: list[dict[str, object]], sheet: Sheet, column: Column, rule: str, message: str, n: int) -> None:
    if n:
        notices.append(
            {
                "registry": sheet.registry.key,
                "file": sheet.file,
                "sheet": sheet.sheet,
                "column": column.headings[0],
                "rule": rule,
                "rows": n,
                "message": message.format(n=n),
            }
        )


def _identity(out: pd.DataFrame, cells: pd.DataFrame, fields: dict[str, Column], sheet: Sheet, notices: list) -> None:
    ids = parse_ids(cells["id_number"])
    older = ids["number"].where(ids["status"] == "student_number")  # a student number in the ID's place, perhaps of an older ID
    out["id_raw"], out["id_status"] = cells["id_number"], ids["status"]
    out["id_number"] = ids["number"].where(older.isna()).astype("str")
    out["id_known"] = ids["known"].astype("str")
    for status, message in _ID_NOTICE.items():
        _count(notices, sheet, fields["id_number"], f"id_{status}", message, int((ids["status"] == status).sum()))
    for field in ("student_number", "certificate_number"):
        if field in fields:
            out[field] = on_distinct(cells[field], lambda t: squeeze(t) or None).astype("str")
    if "certificate_number" in fields:
        _from_certificate(out)
    if "student_number" in fields:
        numbers = parse_ids(out["student_number"])
        older = numbers["number"].where(numbers["status"] == "student_number").fillna(older)
    out["id_other"] = older.where(older.ne(out["id_number"])).astype("str")
    if (ids["status"] == "certificate").any():  # the poverty system carries the certificate's number in place of the ID
        certificate = on_distinct(cells["id_number"], lambda t: squeeze(t) or None)
        carried = certificate.where(ids["status"] == "certificate")
        out["certificate_number"] = out["certificate_number"].fillna(carried) if "certificate_number" in out else carried
    out["birthdate_raw"] = cells.get("birthdate")
    column = out["birthdate"] if "birthdate" in out else pd.Series(pd.NaT, index=out.index, dtype="datetime64[us]")
    from_id = ids["birthdate"].astype("datetime64[us]")
    out["birthdate"] = column.fillna(from_id)
    out["birthdate_from"] = pd.Series(np.select([column.notna(), from_id.notna()], ["column", "id"], ""), dtype="str").replace(
        "", None
    )
    sex = ids["sex"].astype("str")
    out["sex"] = out["sex"].fillna(sex) if "sex" in out else sex


def _from_certificate(out: pd.DataFrame) -> None:
    """Where the ID is missing or damaged, the certificate's first 18 characters take its place."""
    numbers = parse_ids(out["certificate_number"])
    usable = out["id_number"].isna() & (numbers["status"] == "certificate")
    out.loc[usable, "id_number"] = numbers["number"][usable].astype("str")
    out.loc[usable, "id_status"] = "certificate"


def _places(out: pd.DataFrame, cells: pd.DataFrame, fields: dict[str, Column], sheet: Sheet, notices: list) -> None:
    township = out["township"] if "township" in fields else pd.Series(None, index=out.index, dtype="str")
    village = pd.Series(None, index=out.index, dtype="str")
    if "village" in fields:
        pairs = (township.fillna("") + "\t" + cells["village"]).astype("str")
        village = on_distinct(pairs, lambda p: village_of(p.partition("\t")[2], p.partition("\t")[0] or None)).astype("str")
        _notice(notices, sheet, fields["village"], cells["village"], village)
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
        township = township.fillna(on_distinct(cells["hukou_division"], township_of).astype("str"))
    if sheet.registry.role in ("household", "poverty", "disability"):
        county = pd.Series(COUNTY, index=out.index, dtype="str")  # the county's own offices list their own people
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


def notices_frame(notices: list[dict[str, object]]) -> pd.DataFrame:
    """The notices table."""
    return pd.DataFrame(notices, columns=["registry", "file", "sheet", "column", "rule", "rows", "message"])


def refusals_frame(refusals: list[Refusal]) -> pd.DataFrame:
    """The quarantine table."""
    names = ["registry", "file", "sheet", "row", "column", "rule", "message"]
    return pd.DataFrame([{n: getattr(r, n) for n in names} for r in refusals], columns=names)
