"""Accept or quarantine: every row of every sheet becomes a record or a refusal, every changed value a repair."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from matching.text_columns import zero_filled
from pipelines.files.refusal import Refusal
from pipelines.intake.places import Places
from pipelines.intake.plausible import implausible, out_of_place
from pipelines.intake.reading import Exports, unforeseen
from pipelines.intake.repairs import repairs_of
from pipelines.intake.sheets import Sheet
from pipelines.intake.standardise import Standardised, standardise
from pipelines.intake.validate import undeclared_columns, validate_rows, validate_values
from schemas.checks import message
from schemas.tables import TABLES

_SEVERAL = 5  # rows
_MANY = 20  # rows: of a few pupils the state may not be entered yet


@dataclass(frozen=True, slots=True)
class AcceptedSheet:
    """What became of one sheet's rows. ``records``: as ``schemas.tables`` has them, without record_id; ``refused``: the
    quarantined rows; ``warnings``, ``repairs``: rows of the tables of that name; ``warning_counts``: column, rule, rows (how many)."""

    sheet: Sheet
    records: pd.DataFrame
    refused: tuple[Refusal, ...]
    warnings: pd.DataFrame
    warning_counts: pd.DataFrame
    repairs: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Intake:
    """Tonight's records and the account of everything else, each a table of ``schemas.tables``. ``exports``: the sheets
    that were accepted, and what was refused in reading and in accepting; ``sheets``: what became of each."""

    exports: Exports
    sheets: tuple[AcceptedSheet, ...]
    records: pd.DataFrame
    quarantine: pd.DataFrame
    warnings: pd.DataFrame
    notices: pd.DataFrame
    repairs: pd.DataFrame
    files: pd.DataFrame


def accept(exports: Exports, places: Places, as_of: date | None = None, before: Intake | None = None) -> Intake:
    """Validate and standardise every sheet. A sheet that cannot be is refused whole. ``before``: an intake of some of the
    same sheets (the same objects, not equal ones), whose outcome is taken over. ``places``: the county's townships and villages. The
    records are checked against their declaration (``schemas.tables``) at once, and sheet by sheet only if that fails, because most of
    its cost is per call. A birthdate after ``as_of`` is taken for missing.

    Record ids follow files, sheets and rows: ``xueji.1.0000025``.
    """
    known = {id(accepted.sheet): accepted for accepted in (before.sheets if before else ())}
    outcomes = [known.get(id(sheet)) or _accept_sheet(sheet, places, as_of) for sheet in exports.sheets]
    accepted = tuple(outcome for outcome in outcomes if isinstance(outcome, AcceptedSheet))
    records = _joined(_numbered(accepted), "records")
    if undeclared_columns(records):
        outcomes = [_refused_unless_as_declared(outcome) for outcome in outcomes]
        accepted = tuple(outcome for outcome in outcomes if isinstance(outcome, AcceptedSheet))
        records = _joined(_numbered(accepted), "records")
    refused = tuple(outcome for outcome in outcomes if isinstance(outcome, Refusal))
    exports = replace(exports, sheets=tuple(a.sheet for a in accepted), refused=(*exports.refused, *refused))
    quarantined = [*exports.superseded, *(refusal for a in accepted for refusal in a.refused), *exports.refused]
    files = [_file(a, exports.stale.get((a.sheet.registry.key, a.sheet.file, a.sheet.sheet))) for a in accepted]
    files += [_refused_file(r, "refused") for r in exports.refused] + [_refused_file(r, "superseded") for r in exports.superseded]
    return Intake(
        exports,
        accepted,
        records,
        quarantine_of(quarantined),
        _joined([a.warnings for a in accepted], "warnings"),
        pd.DataFrame([notice for a in accepted for notice in _notices(a)], columns=TABLES["notices"].names),
        _joined([a.repairs for a in accepted], "repairs"),
        pd.DataFrame(files, columns=TABLES["files"].names),
    )


def _accept_sheet(sheet: Sheet, places: Places, as_of: date | None) -> AcceptedSheet | Refusal:
    try:
        cells, rows = validate_rows(sheet)
        standardised = standardise(sheet, cells, places, as_of)
        if unknown := _unknown_codes(sheet, cells, standardised):
            return unknown
        misplaced = out_of_place(cells, standardised, sheet.registry)
        if doubtful := implausible(sheet, cells, standardised, misplaced, places, as_of):
            return doubtful
        failures = validate_values(sheet, cells, standardised, misplaced, as_of)
        kept = ~cells.index.isin(failures.positions)
        repairs = repairs_of(sheet, cells[kept], {field: values[kept] for field, values in standardised.parsed.items()})
    except Exception as error:  # no sheet may stop the others
        return unforeseen(sheet.registry.key, sheet.file, sheet.sheet, error)
    reported = pd.concat([rows.reported, failures.reported], ignore_index=True)
    reported = reported[~reported["position"].isin(failures.positions)]
    reported = reported.assign(row=cells["row"].to_numpy()[reported["position"]])
    counts = reported.groupby(["column", "rule"], dropna=False, sort=True).size().rename("rows").reset_index()
    warnings = reported.assign(registry=sheet.registry.key, file=sheet.file, sheet=sheet.sheet)[TABLES["warnings"].names]
    records = standardised.records[kept].drop(columns=["id_birthdate", "id_sex"])
    return AcceptedSheet(sheet, records, (*rows.refused, *failures.refused), warnings, counts, repairs)


def _numbered(accepted: Sequence[AcceptedSheet]) -> list[pd.DataFrame]:
    """The records with their ids; the sheets of a registry are numbered in their order."""
    numbers: dict[str, list[tuple[str, str]]] = {}
    frames = []
    for a in accepted:
        seen = numbers.setdefault(a.sheet.registry.key, [])
        if (a.sheet.file, a.sheet.sheet) not in seen:
            seen.append((a.sheet.file, a.sheet.sheet))
        frame = a.records.copy(deep=False)
        frame.insert(0, "record_id", f"{a.sheet.registry.key}.{len(seen)}." + zero_filled(frame["row"], 7))
        frames.append(frame)
    return frames


def _unknown_codes(sheet: Sheet, cells: pd.DataFrame, standardised: Standardised) -> Refusal | None:
    """Refuse a sheet if most values of a required code column are unknown, or a list of pupils says of none in which state they are; otherwise
    all its pupils would be listed."""
    for column in sheet.registry.columns:
        if column.required and column.kind == "code" and column.field in cells and len(cells):
            unread = standardised.unread[column.field]
            if sheet.registry.role == "student" and len(cells) >= _MANY and not cells[column.field].notna().any():
                why = f"“{column.headings[0]}”列全是空的，没有使用。请核对导出时是否勾选了这一列、公式是否有算出的值，重新导出"
                return Refusal(sheet.registry.key, sheet.file, sheet.sheet, "codes_unknown", why, column=column.headings[0])
            if unread.sum() >= _SEVERAL and unread.sum() * 2 > cells[column.field].notna().sum():
                why = (  # without the values: of a column exported by mistake they may be names
                    f"“{column.headings[0]}”列有 {int(unread.sum()):,} 行的值不认识，超过一半，没有使用。请在表中筛选该列查看，核对是否导错了列；"
                    "确是系统的新代码的，请在 county.toml 里登记"
                )
                return Refusal(sheet.registry.key, sheet.file, sheet.sheet, "codes_unknown", why, column=column.headings[0])
    return None


def _refused_unless_as_declared(outcome: AcceptedSheet | Refusal) -> AcceptedSheet | Refusal:
    """Refuse a sheet whose records are not what later steps rely on: else the audit would refuse all the night's results."""
    if isinstance(outcome, Refusal) or not (undeclared := undeclared_columns(*_numbered([outcome]))):
        return outcome
    why = f"读出的数据不合数据表 records 的约定（{'、'.join(undeclared)}），没有使用。这是程序的问题，不是导出的问题，请告诉技术人员"
    return Refusal(outcome.sheet.registry.key, outcome.sheet.file, outcome.sheet.sheet, "not_as_declared", why)


def quarantine_of(refusals: Sequence[Refusal]) -> pd.DataFrame:
    """The table quarantine."""
    names = TABLES["quarantine"].names
    return pd.DataFrame([{n: getattr(r, n) for n in names} for r in refusals], columns=names)


def _joined(frames: list[pd.DataFrame], table: str) -> pd.DataFrame:
    some = [frame for frame in frames if len(frame)]
    return pd.concat(some, ignore_index=True) if some else TABLES[table].empty_table().to_pandas()


def _notices(accepted: AcceptedSheet) -> list[dict[str, object]]:
    """How many rows each check reports, and what is odd about the sheet itself."""
    sheet, counts = accepted.sheet, accepted.warning_counts
    address = {"registry": sheet.registry.key, "file": sheet.file, "sheet": sheet.sheet}
    out: list[dict[str, object]] = [
        {**address, "column": None, "rule": rule, "rows": 0, "message": note} for rule, note in sheet.notes
    ]
    for column, rule, rows in zip(counts["column"], counts["rule"], counts["rows"], strict=True):
        known = column if isinstance(column, str) else None
        note = (f"“{known}”列：" if known else "") + message(rule, rows=int(rows))
        out.append({**address, "column": known, "rule": rule, "rows": int(rows), "message": note})
    return out


def _file(accepted: AcceptedSheet, stale: str | None) -> dict[str, object]:
    sheet = accepted.sheet
    notes = [*([stale] if stale else []), *(["未识别的列：" + "、".join(sheet.extra)] if sheet.extra else [])]
    return {
        "registry": sheet.registry.key, "file": sheet.file, "sheet": sheet.sheet, "sha256": sheet.sha256,
        "status": "stale" if stale else "read", "heading_row": sheet.heading_row, "dated": sheet.dated,
        "dated_from": sheet.dated_from, "rows": len(sheet.cells),
        "accepted": len(accepted.records), "quarantined": len(accepted.refused), "message": "；".join(notes) or None,
    }  # fmt: skip


def _refused_file(refusal: Refusal, status: str) -> dict[str, object]:
    return {
        "registry": refusal.registry, "file": refusal.file, "sheet": refusal.sheet, "sha256": refusal.sha256, "status": status,
        "heading_row": None, "dated": None, "dated_from": None, "rows": 0, "accepted": 0, "quarantined": 0, "message": refusal.message,
    }  # fmt: skip
