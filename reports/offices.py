"""What goes back to the office that sent an export: what was refused and why, what to look at, what was changed."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from reports.looks import BLUE, TEXT_FORMAT, cell, look, text_lines, text_width
from reports.package import save
from reports.rows import Filled, append_rows
from reports.sheet import set_up_page
from schemas.checks import CHECKS, message
from schemas.registry import registries
from schemas.repair_words import REPAIR_NAME

OFFICES_FOLDER = "退回各单位"
_TABLES = ("files", "quarantine", "warnings", "notices", "repairs", "drift")
_MOST = 20_000  # rows of a sheet
_STATUS = {"read": "已采用", "stale": "沿用上次", "superseded": "已被取代", "refused": "未采用"}
_WIDEST, _PADDING, _HEADING = 60, 1.5, 20


@dataclass(frozen=True, slots=True)
class _Page:
    """A sheet: its title, what it says when there is nothing, the query that fills it; ``key``: what orders and counts it."""

    title: str
    nothing: str
    query: str


_PAGES = (
    _Page(
        "文件",
        "没有文件",
        """select title as 系统, f.file as 文件, f.sheet as 工作表, status_name as 结果, f.rows as 行数, accepted as 接受,
            quarantined as 退回, f.message as 说明
        from files f left join systems using (registry) left join statuses using (status) order by f.registry, f.file, f.sheet""",
    ),
    _Page(
        "退回的行",
        "没有退回的行",
        """select title as 系统, file as 文件, sheet as 工作表, row as 行, "column" as 列, message as 原因和改法
        from quarantine left join systems using (registry) where rule not in ('superseded')
        order by registry, file, sheet, row""",
    ),
    _Page(
        "请核对的行",
        "没有要核对的行",
        """select title as 系统, w.file as 文件, w.sheet as 工作表, w.row as 行, w."column" as 列, r.name as 姓名, said as 问题和改法
        from warnings w left join systems using (registry) left join checks using (rule)
        left join people r on r.registry = w.registry and r.file = w.file and r.sheet = w.sheet and r.row = w.row
        order by w.registry, w.file, w.sheet, w.row, w.rule""",
    ),
    _Page(
        "自动改写",
        "没有改写任何值",
        """select title as 系统, file as 文件, sheet as 工作表, "column" as 列, repair_name as 改写, count(*)::int as 处数,
            arg_min(row, row) as 例_行, arg_min(raw, row) as 例_原值, coalesce(arg_min(standardised, row), '（按未填）') as 例_现值
        from repairs left join systems using (registry) left join repair_names using (rule)
        group by registry, title, file, sheet, "column", rule, repair_name order by registry, file, sheet, "column", rule""",
    ),
    _Page(
        "提示",
        "没有提示",
        """select title as 系统, file as 文件, sheet as 工作表, message as 提示
        from notices left join systems using (registry) where rows = 0 order by registry, file, sheet, rule""",
    ),
    _Page(
        "与上次相比",
        "与上次相比没有大的变化，或没有上次的数据",
        """select title as 系统, level_name as 程度, message as 变化
        from drift left join systems using (registry) left join levels using (level) order by rank, registry, measure, field, value""",
    ),
)  # fmt: skip


def write_returns(tables: Path, out: Path, as_of: date) -> list[Path]:
    """One workbook for each owner of a registry in the run published in ``tables``, in ``out``/退回各单位."""
    folder = out / OFFICES_FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    loaded = {name: pq.read_table(tables / f"{name}.parquet") for name in _TABLES}
    people = pq.read_table(tables / "records.parquet", columns=["registry", "file", "sheet", "row", "name"])
    paths = []
    owners: dict[str, list[str]] = {}
    for registry in registries().values():
        owners.setdefault(registry.owner, []).append(registry.key)
    for owner, keys in owners.items():
        if not pc.any(pc.is_in(loaded["files"]["registry"], pa.array(keys))).as_py():
            continue
        path = folder / f"{owner}_数据退回_{as_of:%Y%m%d}.xlsx"
        write_return(path, owner, {**loaded, "people": people}, as_of, keys)
        paths.append(path)
    return paths


def write_return(path: Path, title: str, tables: Mapping[str, pa.Table], as_of: date, keys: Sequence[str] | None = None) -> None:
    """The workbook of what came of some exports. ``tables``: files, quarantine, warnings, notices, repairs, drift as
    published, and ``people`` (registry, file, sheet, row, name); ``keys``: registries, all where None."""
    book = Workbook(write_only=True)
    with duckdb.connect() as con:
        for name, table in {**tables, **_names()}.items():
            if keys is not None and name in (*_TABLES, "people"):
                table = table.filter(pc.is_in(table["registry"], pa.array(list(keys), pa.string())))
            con.register(name, table)
        for page in _PAGES:
            _write(book, page, con.sql(page.query).to_arrow_table(), f"{title} {page.title}（{as_of.isoformat()}）")
    save(book, path, as_of)


def _write(book: Workbook, page: _Page, frame: pa.Table, header: str) -> None:
    sheet = book.create_sheet(page.title)
    set_up_page(sheet, "bidui 比对", header)
    if not frame.num_rows:
        sheet.column_dimensions["A"].width = 60
        sheet.append([cell(sheet, page.nothing, look(sheet, bold=True, size=12, boxed=False))])
        return
    shown = frame.slice(0, _MOST)
    plain, number = look(sheet, number_format=TEXT_FORMAT), look(sheet, centred=True)
    filled = []
    for name in shown.column_names:
        values = shown[name].to_pylist()
        longest = max((text_width(str(value)) for value in set(values) if value is not None), default=0)
        width = max(4, text_width(name.replace("_", "\n")), min(longest, _WIDEST))
        filled.append(Filled(values, number if pa.types.is_integer(shown.schema.field(name).type) else plain, width))
    headings = [name.replace("_", "\n") for name in shown.column_names]
    for place, column in enumerate(filled, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width + _PADDING
    sheet.row_dimensions[1].height = _HEADING * max(text_lines(h, c.width) for h, c in zip(headings, filled, strict=True))
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(filled))}{shown.num_rows + 1}"
    sheet.print_title_rows = "1:1"
    heading = look(sheet, bold=True, fill=BLUE, centred=True)
    sheet.append([cell(sheet, text, heading) for text in headings])
    append_rows(sheet, filled, first=2)
    if frame.num_rows > _MOST:
        said = f"共 {frame.num_rows:,} 行，这里只列前 {_MOST:,} 行；改正后重新导出，其余会在下次列出"
        sheet.append([cell(sheet, said, look(sheet, bold=True, boxed=False))])


def _names() -> dict[str, pa.Table]:
    systems = registries().values()
    return {
        "systems": pa.table({"registry": [r.key for r in systems], "title": [r.title for r in systems]}),
        "statuses": pa.table({"status": list(_STATUS), "status_name": list(_STATUS.values())}),
        "checks": pa.table({"rule": [c.code for c in CHECKS], "said": [message(c.code) for c in CHECKS]}),
        "repair_names": pa.table({"rule": list(REPAIR_NAME), "repair_name": list(REPAIR_NAME.values())}),
        "levels": pa.table({"level": ["alarm", "warning", "remark"], "level_name": ["严重", "注意", "说明"], "rank": [1, 2, 3]}),
    }
