"""Read: every file under DIR/raw becomes sheets whose rows carry their address (file, sheet, row as Excel shows it)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from pipelines.containers import Rows, sheets
from pipelines.headings import find_headings, missing_columns, recognise, signature_share
from pipelines.refusal import FileRefused, Refusal, reason
from schemas.registry import Registry, registries

ENDINGS = {".xlsx", ".xlsm", ".xls", ".csv", ".txt"}


@dataclass(slots=True)
class Sheet:
    """One sheet taken in. ``cells``: one text column per field found, values as exported, untouched; besides ``row``
    and ``first_cell``, the row's first text wherever it stands (a footer may have left all known columns empty)."""

    registry: Registry
    file: str
    sheet: str
    sha256: str
    heading_row: int
    cells: pd.DataFrame
    extra: tuple[str, ...] = ()


@dataclass(slots=True)
class Exports:
    """What lay under raw/: the sheets that can be used and what was refused whole."""

    sheets: list[Sheet] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def read(raw: Path) -> Exports:
    """Read all exports in ``raw/<registry>/`` and, recognised by their headings, those dropped loose in ``raw/``."""
    exports = Exports()
    for path, registry in export_files(raw):
        try:
            exports.sheets += _read_file(path, registry, exports.refused)
        except FileRefused as refused:
            key = registry.key if registry else ""
            exports.refused.append(Refusal(key, path.name, "", refused.rule, refused.message))
    return exports


def export_files(raw: Path) -> Iterator[tuple[Path, Registry | None]]:
    """Every file that may be an export, with its folder's registry, in an order that does not hang on the disk's."""
    known = registries()
    folders: list[tuple[Path, Registry | None]] = [(raw / key, known[key]) for key in known]
    for folder, registry in [*folders, (raw, None)]:
        if folder.is_dir():
            for path in sorted(folder.iterdir(), key=lambda p: p.name):
                if path.is_file() and path.suffix.lower() in ENDINGS and not path.name.startswith(("~$", ".")):
                    yield path, registry


def _read_file(path: Path, registry: Registry | None, refused: list[Refusal]) -> list[Sheet]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileRefused("unreadable_file", f"文件打不开（{reason(error)}），可能正被其他程序占用，请关闭后重试") from None
    digest = hashlib.sha256(content).hexdigest()
    taken: list[Sheet] = []
    problems: list[Refusal] = []
    for name, rows in sheets(content):
        outcome = _take_sheet(path.name, name, rows, registry, digest)
        (taken if isinstance(outcome, Sheet) else problems).append(outcome)  # type: ignore[arg-type]
    # A workbook may carry dictionary sheets beside its data: they are no fault where another sheet is good.
    refused += [p for p in problems if not taken or p.rule == "wrong_registry" or p.rule == "missing_column"]
    return taken


def _take_sheet(file: str, name: str, rows: Rows, registry: Registry | None, digest: str) -> Sheet | Refusal:
    where = f"工作表“{name}”" if name else "文件"
    expected = registry or recognise(rows)
    key = expected.key if expected else ""

    def refuse(rule: str, message: str, column: str | None = None) -> Refusal:
        return Refusal(key, file, name, rule, message, column=column)

    if not any(any(row) for row in rows):
        return refuse("empty_sheet", f"{where}是空的，请重新导出")
    if expected is None:
        return refuse("unknown_registry", f"{where}的表头不属于任何一个系统。请放入对应系统的文件夹（raw/xueji 等）并检查表头")
    headings = find_headings(rows, expected)
    missing = missing_columns(headings, expected) if headings else []
    share = signature_share(headings, expected)
    if headings is None or missing or share < 0.5:
        actual = recognise(rows)
        if actual is not None and actual is not expected and signature_share(find_headings(rows, actual), actual) > share:
            return refuse(
                "wrong_registry",
                f"{where}看起来是{actual.title}的导出，却放在{expected.title}的文件夹里。请移到 raw/{actual.key}/",
            )
    if headings is None:
        first = "、".join(c.headings[0] for c in expected.columns if c.required)
        return refuse("no_headings", f"{where}前 30 行里找不到{expected.title}的表头（应有：{first}）。请检查是否导出了正确的表")
    if missing:
        columns = "、".join(missing)
        return refuse(
            "missing_column", f"{where}第 {headings.row + 1} 行表头缺少必需的列：{columns}。请重新导出并勾选这些列", columns
        )
    body = rows[headings.row + 1 :]
    numbers = [headings.row + 2 + i for i, row in enumerate(body) if any(row)]
    filled = [row for row in body if any(row)]
    if not filled:
        return refuse("empty_sheet", f"{where}只有表头，没有数据行，请重新导出")
    cells = pd.DataFrame(
        {f: pd.Series([row[i] if i < len(row) else None for row in filled], dtype="str") for f, i in headings.fields.items()}
    )
    cells.insert(0, "row", pd.Series(numbers, dtype="int32"))
    cells["first_cell"] = pd.Series([next(cell for cell in row if cell) for row in filled], dtype="str")
    return Sheet(expected, file, name, digest, headings.row + 1, cells, headings.extra)
