"""What townships report of their own accord, as a registry: each report is a record, so that matching finds whose it is, and a child whom no
system has becomes a person with a case. The reports come from the answers that are kept, and outlive the workbooks they came in."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from pipelines.answers.early_states import early_states
from pipelines.answers.received import ReceivedAnswer
from pipelines.answers.schools import Schools
from pipelines.files.grid import Grid, grid_of
from pipelines.intake.reading import Exports
from pipelines.intake.sheets import Sheet, take_sheet
from pipelines.store.snapshots import Snapshots
from schemas.registries.xiangzhen import REGISTRY
from schemas.registry import Registry

_FILE, _SHEET = "乡镇核查登记", "登记"
_HEADINGS = ("姓名", "身份证号", "性别", "出生日期", "乡镇", "村", "监护人", "联系电话", "学校", "登记类型", "登记日期")


def with_reports(
    exports: Exports,
    received: Sequence[ReceivedAnswer],
    earlier: pd.DataFrame,
    as_of: date,
    acceptance: bool,
    snapshots: Snapshots,
    schools: Schools,
) -> Exports:
    """``exports`` and a sheet of the reports that are in effect, where there are any. ``earlier``: the table answers so far;
    ``acceptance``: as for ``answer_states``, of reports that a pupil is back; ``schools``: those of the run before."""
    rows = _in_effect(received, earlier, as_of, acceptance, schools)
    if not rows:
        return exports
    grid = grid_of(_SHEET, [_HEADINGS, *rows])
    digest = hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
    snapshots.save(digest, [grid])
    taken = _taken(grid, digest)
    return replace(exports, sheets=(*exports.sheets, taken))


def _taken(grid: Grid, digest: str) -> Sheet:
    known: dict[str, Registry] = {REGISTRY.key: REGISTRY}
    taken = take_sheet(_FILE, grid, REGISTRY, digest, 0.0, known)
    if not isinstance(taken, Sheet):
        raise ValueError(f"reports of townships are no sheet of {REGISTRY.key}: {taken.rule}")
    return taken


def _in_effect(
    received: Sequence[ReceivedAnswer], earlier: pd.DataFrame, as_of: date, acceptance: bool, schools: Schools
) -> list[list[str | None]]:
    """The cells under ``_HEADINGS`` of each report, in the order in which they were received."""
    states = early_states("report", received, earlier, as_of, acceptance, schools)
    reports = states[states["state"] == "accepted"]
    return [_cells(row) for row in reports.sort_values(["received_on", "answer_id"]).to_dict("records")]


def _cells(report: dict) -> list[str | None]:
    more = json.loads(report["about"] or "{}")
    cells = [
        *(report["name"], report["id_number"], more.get("sex"), report["birthdate"], report["township"], more.get("village")),
        *(more.get("guardian"), more.get("phone"), report["detail"], report["value"], report["answered_on"].isoformat()),
    ]
    return [None if pd.isna(cell) else str(cell) for cell in cells]
