"""Validate: every row of a sheet is accepted or refused under a rule; what is odd about accepted ones is reported.

The checks are declared in ``schemas.checks``; what a record may hold at all, in ``schemas.tables``. pandera runs both on columns,
all at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandera import pandas as pandera
from pandera.errors import SchemaErrors

from matching.text_columns import places_among, series_of
from pipelines.files.refusal import Refusal
from pipelines.intake.headings import plain
from pipelines.intake.sheets import Sheet
from pipelines.intake.standardise import Standardised, born_later, latest_birthday
from pipelines.intake.values import ERRORS
from pipelines.store.conform import conform
from schemas.checks import ROW_CHECKS, SIGNED, VALUE_CHECKS, Check, message
from schemas.registry import Registry
from schemas.tables import DECLARED
from schemas.tables.frames import frame_of, frame_schema
from schemas.text_match import matches

_SIGNS = 2  # cells
_ID = r"\d[\dXx]{13,}"
_FEW = 3  # cells that a footer may fill
_TEXTS = {"rule": "str", "column": "str"}
_NONE_FAILED = pd.DataFrame({"position": [], "rule": [], "order": [], "column": []}).astype(
    {"position": "int64", "order": "int64", **_TEXTS}
)
_PLACES = ("township", "village")
_UNREAD = {"date": "date", "month": "month", "code": "code", "phone": "phone", "amount": "amount", "key": "key"} | dict.fromkeys(
    _PLACES, "place"
)


@dataclass(frozen=True, slots=True)
class Failures:
    """Rows that fail checks: ``refused`` as refusals; ``reported`` with columns position (in the frame), rule, column."""

    refused: list[Refusal]
    positions: pd.Index  # of refused rows
    reported: pd.DataFrame


def validate_rows(sheet: Sheet) -> tuple[pd.DataFrame, Failures]:
    """The rows of ``sheet.cells`` that stand for somebody (index reset), and what fails of all; rows and refusals add up.
    Positions of what is reported are those of the rows returned."""
    cells = sheet.cells
    heading = frozenset(plain(h) for h in sheet.registry.column("name").headings)
    footer = cells["first_cell"].mask(_persons(sheet))
    shown = pd.DataFrame(
        {
            "signed": _signed(sheet),
            "first_cell": cells["first_cell"],
            "footer": footer,
            "remark": footer.where(cells["name"].notna() & (cells["name"] != cells["first_cell"])),
            "is_title": _titles(sheet, footer),
            "is_heading": cells["name"].str.replace(r"\s", "", regex=True).isin(heading),
            "overflow": cells["overflow"],
            "too_long": cells["too_long"],
            "contradicted": cells["contradicted"],
            "identity": _without_errors(cells["name"]).fillna(_without_errors(cells["id_number"])),
        }
    )
    failures = _run(sheet, cells["row"], shown, [(check, check.on, check.field) for check in ROW_CHECKS])
    kept = cells.drop(index=failures.positions) if len(failures.positions) else cells
    position = pd.Index(kept.index).get_indexer(failures.reported["position"])
    return kept.reset_index(drop=True), replace(failures, reported=failures.reported.assign(position=position))


def _without_errors(cells: pd.Series) -> pd.Series:
    """Without the error values that a spreadsheet wrote out."""
    return cells.mask(cells.str.strip().isin(ERRORS))


def _persons(sheet: Sheet) -> pd.Series:
    """Rows that are somebody's whatever stands in their first cell (a remark may begin as a footer does): they have a number
    as long as an ID, or a name and at least half as many cells filled as the sheet's rows have."""
    cells = sheet.cells
    filled = _filled(sheet)
    full = filled * 2 >= max(float(filled.median()), 2 * _FEW)
    return matches(cells["id_number"], _ID) | cells["name"].notna() & full


def _filled(sheet: Sheet) -> pd.Series:
    filled = np.zeros(len(sheet.cells), dtype=np.int64)
    for column in sheet.registry.columns:
        if column.field in sheet.cells:
            filled += sheet.cells[column.field].notna().to_numpy()
    return pd.Series(filled, index=sheet.cells.index)


def _titles(sheet: Sheet, first: pd.Series) -> pd.Series:
    """Rows that repeat one above the headings, as on each page: a title, or the upper one of two heading rows."""
    out = first.isin(frozenset().union(*sheet.titles))
    fields = [c.field for c in sheet.registry.columns if c.field in sheet.cells]
    for index in out.index[out]:
        cells = {*sheet.cells.loc[index, fields].dropna(), first[index]}
        out[index] = any(cells <= row for row in sheet.titles)
    return out


def _signed(sheet: Sheet) -> pd.Series:
    """Rows in which two cells say who signs or when (填表人：… 审核人：…), and none holds an ID: no child's, however full."""
    signed = ~matches(sheet.cells["id_number"], _ID)
    cells = sheet.cells[signed]
    if len(cells):
        texts = [c.field for c in sheet.registry.columns if c.field in cells]
        marks = sum((matches(cells[field], SIGNED).astype("int8") for field in texts), pd.Series(0, index=cells.index))
        first = matches(cells["first_cell"], SIGNED)
        if first.any():
            first &= places_among(cells["first_cell"], sheet.cells["name"]) < 0
        marks += first
        signed[signed] = marks >= _SIGNS
    return signed


def validate_values(
    sheet: Sheet, cells: pd.DataFrame, read: Standardised, misplaced: pd.Series, as_of: date | None = None
) -> Failures:
    """Check the records that ``cells`` were standardised to, row by row aligned with them. ``misplaced``: of them ``out_of_place``."""
    records = read.records
    ids = records[["id_birthdate", "id_sex"]]
    latest = latest_birthday(sheet, as_of)
    column = read.parsed.get("birthdate", pd.Series(pd.NaT, index=records.index))
    sex = read.parsed.get("sex", pd.Series(None, index=records.index, dtype="str"))
    shown = {
        "id_status": records["id_status"],
        "id_number": records["id_number"],
        "name": records["name"],
        "birth_and_id": _differ(column, ids["id_birthdate"]),
        "sex_and_id": _differ(sex, ids["id_sex"]),
        "born_later": born_later(column, latest),
        "id_born_later": born_later(ids["id_birthdate"], latest),
        "shifted": cells["longer"] & _any_unread(read),
        "out_of_place": misplaced,
        "repeated": _repeated(sheet.registry, read.parsed, records.index),
    }
    for field in ("student_number", "certificate_number"):
        if field in read.parsed:
            shown[field] = read.parsed[field]
    checks = [(check, check.on, check.field) for check in VALUE_CHECKS if check.on in shown]
    by_kind = {check.on.removeprefix("unread:"): check for check in VALUE_CHECKS if check.on.startswith("unread:")}
    for column_ in sheet.registry.columns:
        if column_.field in read.parsed and (kind := _UNREAD.get(column_.kind)):
            name = f"unread:{column_.field}"
            shown[name] = read.unread[column_.field]
            checks.append((by_kind[kind], name, column_.field))
    return _run(sheet, cells["row"], pd.DataFrame(shown), checks)


def _any_unread(read: Standardised) -> pd.Series:
    """Rows that hold an ID, a date, a code or a phone which cannot be read as one."""
    unread = read.records["id_status"].isin(["malformed", "truncated"])
    for flags in read.unread.values():
        unread |= flags
    return unread


def _differ(first: pd.Series, second: pd.Series) -> pd.Series:
    differ = first.notna() & second.notna() & (first != second).fillna(False)
    return series_of(pc.if_else(pa.array(differ), "differs", pa.scalar(None, pa.string())), first.index)


def _repeated(registry: Registry, parsed: dict[str, pd.Series], index: pd.Index) -> pd.Series:
    """Rows after the first of one key; rows without a key of their own are no repeats."""
    if not all(field in parsed for field in registry.source_key):
        return pd.Series(False, index=index)
    keys = pd.DataFrame({field: parsed[field] for field in registry.source_key})
    return keys.duplicated() & keys.notna().all(axis=1)


def _run(sheet: Sheet, rows: pd.Series, shown: pd.DataFrame, checks: Iterable[tuple[Check, str, str]]) -> Failures:
    """Failures of the ``checks``, each with the column of ``shown`` it looks at and the field it speaks of; a row is
    refused under the first of them."""
    levels = sheet.registry.levels
    active = [(check, on, field) for check, on, field in checks if levels.get(check.code, check.level) != "off"]
    headings = {c.field: c.headings[0] for c in sheet.registry.columns}
    failing = failing_rows(shown, tuple((check, on) for check, on, _ in active))
    found = [
        pd.DataFrame(
            {"position": failing[on, check.code], "rule": check.code, "order": order, "column": headings.get(field)}
        ).astype(_TEXTS)
        for order, (check, on, field) in enumerate(active)
        if (on, check.code) in failing
    ]
    failed = pd.concat([_NONE_FAILED, *found], ignore_index=True) if found else _NONE_FAILED
    failed = failed.sort_values(["position", "order"])
    refuse = {check.code for check, _, _ in active if levels.get(check.code, check.level) == "refuse"}
    refused = failed[failed["rule"].isin(refuse)].drop_duplicates("position")
    reported = failed[~failed["rule"].isin(refuse) & ~failed["position"].isin(refused["position"])]
    numbers = rows.to_numpy()
    refusals = [
        Refusal(
            sheet.registry.key, sheet.file, sheet.sheet, rule, message(rule, row=int(numbers[position])),
            int(numbers[position]), column if isinstance(column, str) else None,
        )
        for position, rule, column in zip(refused["position"], refused["rule"], refused["column"], strict=True)
    ]  # fmt: skip
    return Failures(refusals, pd.Index(refused["position"]), reported[["position", "rule", "column"]])


def failing_rows(shown: pd.DataFrame, checks: tuple[tuple[Check, str], ...]) -> dict[tuple[str, str], np.ndarray]:
    """(column of ``shown``, code of a check) -> positions of the rows that fail it, where some do.

    Rows are taken by position from what each check returned, and not from pandera's list of failure cases, which names labels
    and quotes values. Raises RuntimeError, without a value of a cell, if a check cannot run on its column.
    """
    outcomes = _failed_checks(_schema(checks), shown.reset_index(drop=True))
    if broken := [f"{getattr(check, 'name', check)} on {on}" for on, check, passed in outcomes if passed is None]:
        raise RuntimeError(f"checks that cannot run: {', '.join(broken)}")
    return {(on, check.name): np.flatnonzero(~passed.to_numpy(dtype=bool)) for on, check, passed in outcomes}


def undeclared_columns(records: pd.DataFrame) -> list[str]:
    """The columns of accepted ``records`` that break the declaration of the table records, in its order. It is the program that is at
    fault then, and no row of an export."""
    declaration = DECLARED["records"]
    try:
        conformed = conform(records, "records")
    except (KeyError, ValueError):  # only then column by column: most of the cost is per call
        return [column.name for column in declaration.columns if not _conforms(records, column.name)]
    registries = tuple(records["registry"].unique())
    schema = frame_schema(declaration, registries, without=declaration.key)  # the ids were given here; the audit counts them
    failed = {on for on, _, _ in _failed_checks(schema, frame_of(conformed))}
    return [column.name for column in declaration.columns if column.name in failed]


def _conforms(records: pd.DataFrame, column: str) -> bool:
    try:
        conform(records[[column]], "records", [column])
    except (KeyError, ValueError):
        return False
    return True


def _failed_checks(schema: pandera.DataFrameSchema, frame: pd.DataFrame) -> list[tuple[str, Any, Any]]:
    """(column, check, its outcome, a series of booleans) of each check that fails; None where the check could not run."""
    try:
        schema.validate(frame, lazy=True, inplace=True)
    except SchemaErrors as errors:  # it holds the whole frame: none of it goes further
        return [(error.column_name, error.check, error.check_output) for error in errors.schema_errors]
    return []


@cache
def _schema(checks: tuple[tuple[Check, str], ...]) -> pandera.DataFrameSchema:
    of: dict[str, list[pandera.Check]] = {}
    for check, on in checks:
        # No failure case is kept: each is a value of a cell, and writing out thousands of them costs more than the check.
        of.setdefault(on, []).append(pandera.Check(check.holds, name=check.code, ignore_na=False, n_failure_cases=0))
    return pandera.DataFrameSchema({on: pandera.Column(checks=tests, nullable=True) for on, tests in of.items()})
