"""What goes back to the office that sent an export: what was refused and why, what to look at, what was changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from reports.book import Book, FilledSheet, Kind, SheetColumn, SheetOfRows, write_book
from reports.run_tables import with_relations
from schemas.checks import CHECKS, message
from schemas.registry import Registry
from schemas.words import REPAIR_NAME

OFFICES_FOLDER = "退回各单位"
_TABLES = ("files", "quarantine", "warnings", "notices", "repairs", "drift")
_MOST = 20_000  # rows of a sheet
_STATUS = {"read": "已采用", "stale": "沿用上次", "superseded": "已被取代", "refused": "未采用"}


def _column(heading: str, key: str, kind: Kind = "id") -> SheetColumn:
    return SheetColumn(heading, key, kind, width=60)


_SYSTEM, _FILE, _SHEET = _column("系统", "system"), _column("文件", "file"), _column("工作表", "sheet")
_ROW, _COLUMN = _column("行", "row", "number"), _column("列", "column_name")

# The relation of relations/offices and the sheet that it fills.
_SHEETS = (
    (
        "returned_files",
        SheetOfRows(
            "文件",
            (
                _SYSTEM, _FILE, _SHEET, _column("结果", "status_name"), _column("行数", "rows", "number"),
                _column("接受", "accepted", "number"), _column("退回", "quarantined", "number"), _column("说明", "message"),
            ),
            empty="没有文件",
            frozen=0,
        ),
    ),
    (
        "returned_rows",
        SheetOfRows(
            "退回的行", (_SYSTEM, _FILE, _SHEET, _ROW, _COLUMN, _column("原因和改法", "message")), empty="没有退回的行", frozen=0
        ),
    ),
    (
        "rows_to_check",
        SheetOfRows(
            "请核对的行",
            (_SYSTEM, _FILE, _SHEET, _ROW, _COLUMN, _column("姓名", "name"), _column("问题和改法", "message")),
            empty="没有要核对的行",
            frozen=0,
        ),
    ),
    (
        "repaired_values",
        SheetOfRows(
            "自动改写",
            (
                _SYSTEM, _FILE, _SHEET, _COLUMN, _column("改写", "repair_name"), _column("处数", "places", "number"),
                _column("例\n行", "example_row", "number"), _column("例\n原值", "example_raw"),
                _column("例\n现值", "example_standardised"),
            ),
            empty="没有改写任何值",
            frozen=0,
        ),
    ),
    (
        "file_notices",
        SheetOfRows("提示", (_SYSTEM, _FILE, _SHEET, _column("提示", "message")), empty="没有提示", frozen=0),
    ),
    (
        "since_last_time",
        SheetOfRows(
            "与上次发布相比",
            (_SYSTEM, _column("程度", "level_name"), _column("变化", "message")),
            empty="与上次发布的数据相比没有大的变化，或没有上次的数据",
            frozen=0,
        ),
    ),
)  # fmt: skip


def return_books(tables: Path, out: Path, as_of: date, *, registries: Mapping[str, Registry]) -> list[Book]:
    """One workbook for each owner of one of ``registries`` that a file of the run published in ``tables`` belongs to, to be written
    into ``out``/退回各单位."""
    folder = out / OFFICES_FOLDER
    loaded = {name: pq.read_table(tables / f"{name}.parquet") for name in _TABLES}
    loaded["people"] = pq.read_table(tables / "records.parquet", columns=["registry", "file", "sheet", "row", "name"])
    owners: dict[str, list[str]] = {}
    for registry in registries.values():
        if registry.role == "report":  # what townships reported: its rows have their receipt
            continue
        owners.setdefault(registry.owner, []).append(registry.key)
    return [
        _book(folder / f"{owner}_数据退回_{as_of:%Y%m%d}.xlsx", owner, _of_systems(loaded, keys), as_of, registries, tables)
        for owner, keys in owners.items()
        if pc.any(pc.is_in(loaded["files"]["registry"], pa.array(keys))).as_py()
    ]


def write_return(
    path: Path, title: str, tables: Mapping[str, pa.Table], as_of: date, *, registries: Mapping[str, Registry]
) -> None:
    """Write the workbook of what came of some exports to ``path``. ``tables``: files, quarantine, warnings, notices, repairs, drift as
    published, and ``people`` (registry, file, sheet, row, name)."""
    write_book(_book(path, title, tables, as_of, registries, None))


def _of_systems(tables: Mapping[str, pa.Table], keys: Sequence[str]) -> dict[str, pa.Table]:
    """The rows of ``tables`` that are about the registries ``keys``."""
    return {name: table.filter(pc.is_in(table["registry"], pa.array(keys, pa.string()))) for name, table in tables.items()}


def _book(
    path: Path, title: str, tables: Mapping[str, pa.Table], as_of: date, registries: Mapping[str, Registry], spill: Path | None
) -> Book:
    with with_relations("offices", {**tables, **_names(registries)}, {}, spill) as con:
        filled = [_filled(sheet, con.table(name).to_arrow_table(), title, as_of) for name, sheet in _SHEETS]
    return Book(path, tuple(filled), as_of)


def _filled(sheet: SheetOfRows, frame: pa.Table, title: str, as_of: date) -> FilledSheet:
    shown = frame.slice(0, _MOST)
    more = f"共 {frame.num_rows:,} 行，这里只列前 {_MOST:,} 行；改正后重新导出，其余会在下次列出"
    return FilledSheet(
        sheet,
        dict(zip(shown.column_names, shown.columns, strict=True)),
        "bidui 比对",
        f"{title} {sheet.title}（{as_of.isoformat()}）",
        notes=(more,) if frame.num_rows > _MOST else (),
    )


def _names(registries: Mapping[str, Registry]) -> dict[str, pa.Table]:
    systems = registries.values()
    return {
        "systems": pa.table({"registry": [r.key for r in systems], "title": [r.title for r in systems]}),
        "statuses": pa.table({"status": list(_STATUS), "status_name": list(_STATUS.values())}),
        "checks": pa.table({"rule": [c.code for c in CHECKS], "message": [message(c.code) for c in CHECKS]}),
        "repair_names": pa.table({"rule": list(REPAIR_NAME), "repair_name": list(REPAIR_NAME.values())}),
        "levels": pa.table({"level": ["alarm", "warning", "remark"], "level_name": ["严重", "注意", "说明"], "rank": [1, 2, 3]}),
    }
