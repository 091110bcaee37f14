"""The entrants of grade one (the file intake.xlsx or .csv in the data folder), without which the consolidation rate cannot be computed.

Headings: 入学年份, 乡镇 (empty or 全县 for the county), 入学人数, and, where the office fills them in, 转入, 转出, 死亡.
"""

from pathlib import Path

import pandas as pd

from pipelines.files.containers import sheets
from pipelines.files.grid import Grid
from pipelines.files.opening import read_file, readable_name
from pipelines.files.refusal import FileRefused, Refusal, reason
from pipelines.intake.headings import plain
from pipelines.intake.places import Places
from pipelines.intake.values import parse_amount, squeeze
from schemas.settings import County

_HEADINGS = {
    "入学年份": "year", "年份": "year", "乡镇": "township", "入学人数": "entered", "一年级入学人数": "entered", "转入": "moved_in",
    "转出": "moved_out", "死亡": "died",
}  # fmt: skip
_COUNTY = ("", "全县", "全市", "全区", "合计")
_REGISTRY = "intake"  # published in quarantine.registry, beside the rule intake_unreadable: both keep the name of the file
_COLUMNS = ["year", "township", "entrants"]


def read_entrants(root: Path, places: Places, county: County) -> tuple[pd.DataFrame, list[Refusal]]:
    """(entrants, refusals). Entrants: year, township, entrants, one row a year and township: the children who entered grade one, less
    those who moved away or died, with those who moved in; township is null in the county's own row, which counts before the sum of
    its townships. Without rows where there is no file. ``county``: whose name in place of a township means all of it."""
    rows: list[tuple[int, str | None, int]] = []
    refused: list[Refusal] = []
    for path in sorted(root.glob("intake.*")):
        name = readable_name(path.name)
        try:
            for grid in sheets(read_file(path)):
                read, not_read = _read(grid, name, places, county)
                rows += read
                refused += not_read
        except FileRefused as error:
            refused.append(Refusal(_REGISTRY, name, "", error.rule, error.message))
        except OSError as error:
            refused.append(Refusal(_REGISTRY, name, "", "unreadable", f"无法读取：{reason(error)}"))
    return pd.DataFrame(rows, columns=_COLUMNS).astype({"township": "str"}), refused


def _read(grid: Grid, file: str, places: Places, county: County) -> tuple[list[tuple[int, str | None, int]], list[Refusal]]:
    """(year, township, entrants of each row; a refusal for each row that cannot be read). Raises FileRefused without headings."""
    lines = grid.head(len(grid))
    found = [{_HEADINGS[plain(cell)]: i for i, cell in enumerate(line) if plain(cell) in _HEADINGS} for line in lines[:10]]
    start = next((n for n, at in enumerate(found) if {"year", "entered"} <= at.keys()), None)
    if start is None:
        raise FileRefused("missing_column", "入学人数表缺少“入学年份”或“入学人数”列，巩固率无法计算")
    at = found[start]
    whole = (*_COUNTY, county.name, county.short_name)
    out: list[tuple[int, str | None, int]] = []
    refused: list[Refusal] = []
    for number, line in enumerate(lines[start + 1 :], grid.first_row + start + 1):
        cells = {field: line[i] for field, i in at.items()}
        if not any(cells.values()):
            continue
        figures = {field: parse_amount(cells.get(field) or "0") for field in ("entered", "moved_in", "moved_out", "died")}
        year, place = squeeze(cells.get("year") or "")[:4], squeeze(cells.get("township") or "")
        township = places.township_of(place) if place not in whole else None
        if not year.isdigit() or None in figures.values() or (township is None and place not in whole):
            message = f"第 {number} 行的年份、乡镇或人数无法识别，未采用"
            refused.append(Refusal(_REGISTRY, file, grid.sheet, "intake_unreadable", message, number))
            continue
        entrants = sum(
            sign * (figures[field] or 0) for field, sign in (("entered", 1), ("moved_in", 1), ("moved_out", -1), ("died", -1))
        )
        out.append((int(year), township, int(entrants)))
    return out, refused
