"""Validate: each row of a sheet is accepted or quarantined with a rule and a reason; none is dropped or repaired."""

import pandas as pd
from pandera.errors import SchemaErrors

from pipelines.headings import plain
from pipelines.read import Sheet
from pipelines.refusal import Refusal
from schemas.checks import REFUSED_ROW, row_checks


def validate(sheet: Sheet) -> tuple[pd.DataFrame, list[Refusal]]:
    """The accepted rows of ``sheet.cells`` (index reset) and the refusals; the two add up to all its rows."""
    cells = sheet.cells
    names = cells["name"].where(cells["name"].str.strip().ne(""))
    shown = pd.DataFrame(
        {"first_cell": cells["first_cell"], "name": names, "identity": names.fillna(cells["id_number"])}, dtype="str"
    )
    headings = frozenset(plain(h) for h in sheet.registry.column("name").headings)
    try:
        row_checks(headings).validate(shown, lazy=True)
    except SchemaErrors as errors:
        # Only index and rule are taken over: the error itself quotes names and IDs.
        cases = errors.failure_cases[["index", "check"]]
        failed = cases.dropna(subset=["index"]).drop_duplicates("index").set_index("index")["check"]
    else:
        return cells, []
    rows = cells["row"].to_dict()
    refusals = [_refusal(sheet, int(rows[index]), str(rule)) for index, rule in failed.sort_index().items()]
    return cells.drop(index=failed.index).reset_index(drop=True), refusals


def _refusal(sheet: Sheet, row: int, rule: str) -> Refusal:
    column, message = REFUSED_ROW[rule]
    return Refusal(sheet.registry.key, sheet.file, sheet.sheet, rule, message.format(row=row), row, column or None)
