"""The county's list of who answers for the children of each village (双线四包): the file 包保责任人.xlsx (or responsible.xlsx) in the data folder.

Headings: 乡镇, 村 (empty for the whole township), 组 where there is one, and those of ``schemas.responsible_roles.RESPONSIBLE_ROLES``.
"""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from pipelines.files.containers import sheets
from pipelines.files.grid import Grid
from pipelines.files.opening import read_file
from pipelines.files.refusal import FileRefused, Refusal, reason
from pipelines.intake.headings import plain
from pipelines.intake.places import Places
from pipelines.intake.values import squeeze
from schemas.responsible_roles import RESPONSIBLE, RESPONSIBLE_FILES, RESPONSIBLE_ROLES

_SENDER = "responsible"  # published in quarantine.registry, beside the rule responsible_unreadable
_HEADINGS = {
    "乡镇": "township", "乡(镇)": "township", "村": "village", "行政村": "village", "村(社区)": "village", "组": "group", "村民小组": "group",
    "屯": "group", "镇干部": "township_cadre", "乡干部": "township_cadre", "组干部": "group_leader", "老师": "teacher",
    **{heading: field for field, heading in RESPONSIBLE_ROLES.items()},
}  # fmt: skip
_LOOK_IN = 10  # rows

_Place = tuple[str, str | None]


def read_responsible(root: Path, places: Places) -> tuple[pa.Table, list[Refusal]]:
    """(who answers for whom, refusals). One row per township and village, village null for the whole township; of a village with several
    rows (groups, say) the names stand side by side. Without rows where there is no file."""
    found: dict[_Place, dict[str, list[str]]] = {}
    refused: list[Refusal] = []
    files = [root / name for name in RESPONSIBLE_FILES if (root / name).exists()]
    if len(files) > 1:
        refused.append(Refusal(_SENDER, files[1].name, "", "superseded", f"与《{files[0].name}》重复，没有使用。请只留一份"))
    for path in files[:1]:
        try:
            for grid in sheets(read_file(path)):
                refused += _read(grid, path.name, places, found)
        except FileRefused as error:
            refused.append(Refusal(_SENDER, path.name, "", error.rule, error.message))
        except OSError as error:
            refused.append(Refusal(_SENDER, path.name, "", "unreadable", f"无法读取：{reason(error)}"))
    rows = [
        {"township": township, "village": village} | {role: "、".join(names) or None for role, names in people.items()}
        for (township, village), people in sorted(found.items(), key=lambda entry: (entry[0][0], entry[0][1] or ""))
    ]
    return pa.Table.from_pylist(rows, RESPONSIBLE), refused


def _read(grid: Grid, file: str, places: Places, found: dict[_Place, dict[str, list[str]]]) -> list[Refusal]:
    """Add the rows of a sheet to ``found``; what could not be used. Raises FileRefused without headings."""
    if not len(grid):
        return []
    lines = grid.head(len(grid))
    headings = [
        {_HEADINGS[plain(cell)]: i for i, cell in enumerate(line) if plain(cell) in _HEADINGS} for line in lines[:_LOOK_IN]
    ]
    start = next((n for n, at in enumerate(headings) if "township" in at and RESPONSIBLE_ROLES.keys() & at.keys()), None)
    if start is None:
        roles = "、".join(RESPONSIBLE_ROLES.values())
        raise FileRefused("missing_column", f"包保责任人名单缺少“乡镇”列，或没有{roles}中的任何一列，没有使用。请补上列标题")
    refused = []
    for number, line in enumerate(lines[start + 1 :], grid.first_row + start + 1):
        cells = {field: squeeze(line[i] or "") for field, i in headings[start].items()}
        if not any(cells.values()):
            continue
        if why := _fault(cells, places):
            refused.append(Refusal(_SENDER, file, grid.sheet, "responsible_unreadable", f"第 {number} 行{why}", number))
            continue
        township = str(places.township_of(cells["township"]))
        village = places.village_of(cells["village"], township) if cells.get("village") else None
        people = found.setdefault((township, village), {role: [] for role in RESPONSIBLE_ROLES})
        for role in RESPONSIBLE_ROLES:
            name = cells.get(role, "")
            if name and role == "group_leader" and cells.get("group"):
                name = f"{cells['group']} {name}"
            if name and name not in people[role]:
                people[role].append(name)
    return refused


def _fault(cells: Mapping[str, str], places: Places) -> str | None:
    """Why a row cannot be used."""
    township = places.township_of(cells["township"])
    if township is None:
        return "的乡镇没有填，或不在本县区划表里，没有使用。请写乡镇全称，或在 divisions.csv 里补上"
    if cells.get("village") and not places.village_of(cells["village"], township):
        return "的村不在该乡镇的区划表里，没有使用。请写村的全称，或在 divisions.csv 里补上；管全乡镇的，村一栏留空"
    if not any(cells.get(role) for role in RESPONSIBLE_ROLES):
        return "没有填任何责任人，没有使用。请补填，或删去这一行"
    return None
