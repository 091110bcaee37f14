"""Ingest: everything under DIR/raw -> records, with the account of every row, every changed value and every file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pandas as pd

from pipelines.files.containers import sheets
from pipelines.files.grid import Grid
from pipelines.files.refusal import FileRefused, Refusal
from pipelines.intake.exports import Export, find_exports
from pipelines.intake.repairs import repairs_of
from pipelines.intake.sheets import Sheet, take_sheet
from pipelines.intake.standardise import Standardised, standardise
from pipelines.intake.tables_in_sheet import tables_of
from pipelines.intake.validate import validate_rows, validate_values
from pipelines.store.snapshots import Snapshots
from schemas.checks import message
from schemas.tables import TABLES

_SEVERAL = 5  # rows
_DICTIONARY = 2  # columns at most, of a sheet of values for drop-down lists


@dataclass(slots=True)
class Exports:
    """What lay under raw/: the sheets that can be used and what was refused whole; ``superseded`` as refusals too."""

    sheets: list[Sheet] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    superseded: list[Refusal] = field(default_factory=list)
    stale: dict[str, str] = field(default_factory=dict)  # registry -> why an earlier export stands in, in Chinese


@dataclass(slots=True)
class IntakeTables:
    """What ingest hands on: the accepted records and the account of everything else (``schemas.tables``)."""

    records: pd.DataFrame
    quarantine: pd.DataFrame
    warnings: pd.DataFrame
    notices: pd.DataFrame
    repairs: pd.DataFrame
    files: pd.DataFrame


def read_exports(raw: Path, snapshots: Snapshots | None = None) -> Exports:
    """Read all exports in ``raw/<registry>/`` and, recognised by their headings, those dropped loose in ``raw/``."""
    return take_in_files(find_exports(raw), snapshots)


def take_in_files(found: Iterable[Export | Refusal], snapshots: Snapshots | None = None) -> Exports:
    """The sheets of the files found; of those whose fingerprint ``snapshots`` knows, without reading them again."""
    exports = Exports()
    for export in found:
        if isinstance(export, Refusal):
            exports.refused.append(export)
            continue
        try:
            exports.sheets += _take_file(export, snapshots, exports.refused)
        except FileRefused as refused:
            key = export.registry.key if export.registry else ""
            exports.refused.append(Refusal(key, export.file, "", refused.rule, refused.message))
        except Exception as error:  # no file may stop the others
            exports.refused.append(_unforeseen(export.registry.key if export.registry else "", export.file, "", error))
    return exports


def _unforeseen(registry: str, file: str, sheet: str, error: Exception) -> Refusal:
    """The error's own text may quote a cell and is left out."""
    said = (
        f"文件里有程序没有料到的内容（{type(error).__name__}），没有读取。请在 Excel 或 WPS 中另存为 .xlsx 再放回，并告诉技术人员"
    )
    return Refusal(registry, file, sheet, "unforeseen", said)


def _take_file(export: Export, snapshots: Snapshots | None, refused: list[Refusal]) -> list[Sheet]:
    digest = export.sha256
    grids = snapshots.load(digest) if snapshots else None
    if grids is None:
        grids = list(sheets(export.content))
        if snapshots and grids:
            snapshots.save(digest, grids)
    grids = [table for grid in grids for table in tables_of(grid, export.registry)]
    outcomes = [take_sheet(export.file, grid, export.registry, digest, export.modified) for grid in grids]
    taken = [outcome for outcome in outcomes if isinstance(outcome, Sheet)]
    for grid, outcome in zip(grids, outcomes, strict=True):
        if not isinstance(outcome, Refusal):
            continue
        if not taken or not _aside(grid, outcome):
            refused.append(outcome)
        elif outcome.rule != "empty_sheet":
            taken[0].notes = (*taken[0].notes, ("sheet_not_used", f"工作表“{grid.sheet}”没有表头，未使用"))
    return taken


def _aside(grid: Grid, refusal: Refusal) -> bool:
    """Is the sheet, beside a good one, no more than a dictionary or an empty page, which nobody will miss?"""
    if refusal.rule == "empty_sheet":
        return True
    hidden = any(rule == "hidden_sheet" for rule, _ in grid.notes)
    return refusal.rule in ("no_headings", "unknown_registry") and (hidden or len(grid.columns) <= _DICTIONARY)


def ingest(exports: Exports, as_of: date | None = None) -> IntakeTables:
    """Validate and standardise every sheet; one that cannot be is moved to ``exports.refused``. Record ids follow files,
    sheets and rows: ``xueji.1.0000025``."""
    good: list[Sheet] = []
    frames, refusals, files, warnings, notices, repairs = [], [*exports.superseded], [], [], [], []
    numbers: dict[str, list[tuple[str, str]]] = {}
    for sheet in exports.sheets:
        try:
            cells, rows = validate_rows(sheet)
            read_ = standardise(sheet, cells, as_of)
            if unknown := _unknown_codes(sheet, cells, read_):
                exports.refused.append(unknown)
                continue
            failures = validate_values(sheet, cells, read_, as_of)
            kept = ~cells.index.isin(failures.positions)
            changed = repairs_of(sheet, cells[kept], {field: values[kept] for field, values in read_.parsed.items()})
        except Exception as error:  # no sheet may stop the others
            exports.refused.append(_unforeseen(sheet.registry.key, sheet.file, sheet.sheet, error))
            continue
        good.append(sheet)
        seen = numbers.setdefault(sheet.registry.key, [])
        if (sheet.file, sheet.sheet) not in seen:
            seen.append((sheet.file, sheet.sheet))
        frame = read_.records[kept].drop(columns=["id_birthdate", "id_sex"])
        frame.insert(0, "record_id", f"{sheet.registry.key}.{len(seen)}." + frame["row"].astype("str").str.zfill(7))
        frames.append(frame)
        refused = rows.refused + failures.refused
        refusals += refused
        told = pd.concat([rows.reported, failures.reported], ignore_index=True)
        told = told[~told["position"].isin(failures.positions)]
        told = told.assign(row=cells["row"].to_numpy()[told["position"]])
        warnings.append(_addressed(sheet, told[["row", "column", "rule"]]))
        notices += _notices(sheet, told)
        repairs.append(changed)
        files.append(_file(sheet, len(frame), len(refused), exports.stale.get(sheet.registry.key)))
    exports.sheets = good
    refusals += exports.refused
    files += [_refused_file(r, "refused") for r in exports.refused] + [_refused_file(r, "superseded") for r in exports.superseded]
    return IntakeTables(
        _joined(frames, "records"),
        refusals_frame(refusals),
        _joined(warnings, "warnings"),
        pd.DataFrame(notices, columns=TABLES["notices"].names),
        _joined(repairs, "repairs"),
        pd.DataFrame(files, columns=TABLES["files"].names),
    )


def _unknown_codes(sheet: Sheet, cells: pd.DataFrame, read_: Standardised) -> Refusal | None:
    """A column that must be there and whose codes are mostly unknown: taken for missing, they would put every pupil on the list."""
    for column in sheet.registry.columns:
        if column.required and column.kind == "code" and column.field in cells and len(cells):
            unread = read_.unread[column.field]
            if unread.sum() >= _SEVERAL and unread.sum() * 2 > cells[column.field].notna().sum():
                said = (  # the values stay unsaid: of a column exported by mistake they may be names
                    f"“{column.headings[0]}”列有 {int(unread.sum()):,} 行的值不认识，超过一半，没有使用。请在表中筛选该列查看，核对是否导错了列；"
                    "确是系统的新代码的，请在 county.toml 里登记"
                )
                return Refusal(sheet.registry.key, sheet.file, sheet.sheet, "codes_unknown", said, column=column.headings[0])
    return None


def refusals_frame(refusals: Sequence[Refusal]) -> pd.DataFrame:
    """The quarantine table."""
    names = TABLES["quarantine"].names
    return pd.DataFrame([{n: getattr(r, n) for n in names} for r in refusals], columns=names)


def _addressed(sheet: Sheet, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(registry=sheet.registry.key, file=sheet.file, sheet=sheet.sheet)[TABLES["warnings"].names]


def _joined(frames: list[pd.DataFrame], table: str) -> pd.DataFrame:
    some = [frame for frame in frames if len(frame)]
    return pd.concat(some, ignore_index=True) if some else TABLES[table].empty_table().to_pandas()


def _notices(sheet: Sheet, told: pd.DataFrame) -> list[dict[str, object]]:
    """How many rows each check reports, and what is odd about the sheet itself."""
    address = {"registry": sheet.registry.key, "file": sheet.file, "sheet": sheet.sheet}
    out: list[dict[str, object]] = [
        {**address, "column": None, "rule": rule, "rows": 0, "message": said} for rule, said in sheet.notes
    ]
    counts = told.groupby(["column", "rule"], dropna=False, sort=True).size().rename("rows").reset_index()
    for column, rule, rows in zip(counts["column"], counts["rule"], counts["rows"], strict=True):
        known = column if isinstance(column, str) else None
        said = (f"“{known}”列：" if known else "") + message(rule, rows=int(rows))
        out.append({**address, "column": known, "rule": rule, "rows": int(rows), "message": said})
    return out


def _file(sheet: Sheet, accepted: int, quarantined: int, stale: str | None) -> dict[str, object]:
    said = [*([stale] if stale else []), *(["未识别的列：" + "、".join(sheet.extra)] if sheet.extra else [])]
    return {
        "registry": sheet.registry.key, "file": sheet.file, "sheet": sheet.sheet, "sha256": sheet.sha256,
        "status": "stale" if stale else "read", "heading_row": sheet.heading_row, "dated": sheet.dated, "rows": len(sheet.cells),
        "accepted": accepted, "quarantined": quarantined, "message": "；".join(said) or None,
    }  # fmt: skip


def _refused_file(refusal: Refusal, status: str) -> dict[str, object]:
    return {
        "registry": refusal.registry, "file": refusal.file, "sheet": refusal.sheet, "sha256": None, "status": status,
        "heading_row": None, "dated": None, "rows": 0, "accepted": 0, "quarantined": 0, "message": refusal.message,
    }  # fmt: skip


def from_snapshot(sheet: pd.Series, grids: Sequence[Grid], known: dict) -> Sheet | None:
    """The sheet of an earlier night's ``files`` row, out of its snapshot; None where it can no longer be taken."""
    registry = known.get(sheet["registry"])
    for table in (table for grid in grids for table in tables_of(grid, registry)):
        if table.sheet == (sheet["sheet"] or ""):
            taken = take_sheet(sheet["file"], table, registry, sheet["sha256"], 0.0)
            if isinstance(taken, Sheet) and taken.heading_row == sheet["heading_row"]:
                return replace(taken, dated=sheet["dated"])
    return None
