"""The education bureau's workbook of the plan's lists of names, beside what goes back to it; and how many names are on each, for covers."""

from datetime import date
from pathlib import Path

from reports.book import Book
from reports.list_rows import AreaLists
from reports.list_sheets import list_sheet
from reports.offices import OFFICES_FOLDER
from reports.roster_listings import BUREAU_SHEETS
from schemas.registries.xueji import REGISTRY
from schemas.settings import Settings

ROSTERS = "控辍保学名册"


def bureau_of(settings: Settings) -> str:
    """Whose the student register is."""
    return settings.registries[REGISTRY.key].owner


def roster_books(lists: AreaLists, out: Path, as_of: date, settings: Settings) -> list[Book]:
    """The workbook, to be written into ``out``/退回各单位, with a sheet for each list that has names; none where none has. ``lists``: the
    county's."""
    filled = [sheet.title for sheet in BUREAU_SHEETS if lists.frames[sheet.title].num_rows]
    bureau = bureau_of(settings)
    sheets = tuple(list_sheet(lists, title, bureau, as_of, settings) for title in filled)
    return [Book(out / OFFICES_FOLDER / f"{bureau}_{ROSTERS}_{as_of:%Y%m%d}.xlsx", sheets, as_of)] if sheets else []


def roster_line(lists: AreaLists, settings: Settings) -> str:
    """What a county's cover says of them: where they are, and how many names each has."""
    counts = [f"{sheet.title} {lists.frames[sheet.title].num_rows:,} {sheet.unit}" for sheet in BUREAU_SHEETS]
    return f"“{OFFICES_FOLDER}”里的《{bureau_of(settings)}_{ROSTERS}》：{'、'.join(counts)}。没有人的名册不写。"
