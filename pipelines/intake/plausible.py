"""Is a sheet what its headings say? Checks of whole columns, first night included (``schemas.checks.SHEET_CHECKS``)."""

from datetime import date

import pandas as pd

from matching.text_columns import on_distinct
from pipelines.files.refusal import Refusal
from pipelines.intake.places import Places
from pipelines.intake.sheets import Sheet
from pipelines.intake.standardise import Standardised
from pipelines.intake.values import SAME_NUMBER, squeeze, squeezed_or_none
from schemas.calendar import day_of_moment
from schemas.checks import SHEET_CHECKS, Check
from schemas.codes import HEAD_OF_HOUSEHOLD
from schemas.registry import Registry
from schemas.text_match import matches

# In the form of ``squeeze``. A number is one of any kind: a student's, a household's, a phone's, an age.
_NO_NAME = r"^(?:[GJL]?\d[\dX*./:年月日-]*|[男女]性?)$"
_AN_ID = r"(?:^|[^GJL\d*])[\d*]{14,}[\dX*]"  # and no student number
_DAYS_OF_YEAR = 365.25
_REMARK = "[无未没待暂缺]|不[详明]|黑户|[遗丢]失|办理|港|澳|台"  # in place of an ID: the child has none
_NOT_NAMED_YET = "^(?:[未尚没]有?[取起命定]好?名字?|新生儿|婴儿)$"
_NO_KIN = r"户主|本人|自己|集体|其[他它]|非亲属|^0*\d$|^9\d$"  # a head in other words; those of collective households are their own heads
_TOLD = ("code", "date", "month", "phone", "amount")  # kinds of columns
_SEVERAL = 3  # cells
_OWN_WORDS = "code"  # the kind of which a county may have words of its own, in all rows: these alone prove nothing


def implausible(
    sheet: Sheet, cells: pd.DataFrame, read: Standardised, misplaced: pd.Series, places: Places, as_of: date | None = None
) -> Refusal | None:
    """The refusal of a sheet of which a column is mostly implausible; None where there is none. ``cells``, ``read``: its accepted rows as
    exported and as read, row by row aligned; ``misplaced``: of them ``out_of_place``. ``places``: the county's; where it has no
    townships, none can be told. ``as_of``: the day of the run, if there is one."""
    shown = {"misplaced": misplaced, **_shown(sheet, cells, read, as_of)}
    if not places.townships:
        shown.pop("township", None)
    for check in SHEET_CHECKS:
        if sheet.registry.levels.get(check.code, check.level) == "refuse" and check.on in shown:
            values = shown[check.on]
            values = values[values.index.isin(cells.index[cells[check.field].notna()])]
            if not len(values):
                continue
            fits = int(check.holds(values).fillna(False).sum())
            failing = len(values) - fits
            most = len(values) >= check.least_rows and failing >= check.least_failing and fits < check.least * len(values)
            if most or (check.all_of and not fits and failing >= check.all_of):
                return _refusal(sheet, check, failing, len(values))
    return None


def out_of_place(cells: pd.DataFrame, read: Standardised, registry: Registry) -> pd.Series:
    """Rows whose cells stand in other columns than their own: whose name is a number, a date or a sex, or whose cells for the most part cannot be
    read as what their columns hold; and whose ID is none."""
    odd = matches(cells["name"], r"^\s*'?[GJLgjl\d０-９男女]")
    names = on_distinct(cells.loc[odd, "name"], squeeze)
    odd[odd] = matches(names, _NO_NAME) & (names != "0")
    odd |= _mostly_unread(cells, read, registry)
    odd[odd] = ~matches(on_distinct(cells.loc[odd, "id_number"], squeeze), _AN_ID)
    return odd


def _mostly_unread(cells: pd.DataFrame, read: Standardised, registry: Registry) -> pd.Series:
    """Rows of which three cells and more, and two thirds of those that can be told, are not of their column's kind, among them most of the
    numbers and days, which no county writes in words of its own."""
    unread = (read.records["id_status"].eq("malformed") & ~matches(cells["id_number"], _REMARK).to_numpy()).to_numpy().astype(int)
    told, unread_numbers, numbers = unread.copy(), unread.copy(), unread.copy()
    for column in registry.columns:
        if column.kind in _TOLD and column.field in read.unread:
            not_read, filled = read.unread[column.field].to_numpy(), cells[column.field].notna().to_numpy()
            unread += not_read
            told += filled
            if column.kind != _OWN_WORDS:
                unread_numbers += not_read
                numbers += filled
    return pd.Series((unread >= _SEVERAL) & (3 * unread >= 2 * told) & (2 * unread_numbers > numbers), index=cells.index)


def _shown(sheet: Sheet, cells: pd.DataFrame, read: Standardised, as_of: date | None) -> dict[str, pd.Series]:
    """What the checks look at, one value per row, of ``names`` one per person; a check whose column the export does not have finds none."""
    ids = on_distinct(cells["id_number"], squeezed_or_none, same=SAME_NUMBER)
    shown = {
        "name": read.parsed["name"].fillna(cells["name"]),
        "names": cells["name"][~cells.duplicated(["name", "id_number"]) & ~matches(cells["name"], _NOT_NAMED_YET)],
        "ids": ids[~matches(cells["id_number"], _REMARK)].dropna(),
    }
    if {"guardian", "relation"} <= read.parsed.keys():
        relations = on_distinct(cells["relation"], squeeze)
        kin = relations.notna() & ~relations.isin(HEAD_OF_HOUSEHOLD) & ~matches(relations, _NO_KIN)
        both = read.parsed["name"].notna() & read.parsed["guardian"].notna()
        shown["as_head"] = (read.parsed["name"] == read.parsed["guardian"])[both & kin]
    if "birthdate" in read.parsed:
        # The day in a name may be that of the oldest child's birth, and a file's time that of no clock.
        known = max(sheet.dated, day_of_moment(sheet.modified), as_of or sheet.dated)
        shown["age"] = ((pd.Timestamp(known) - read.parsed["birthdate"]).dt.days / _DAYS_OF_YEAR).dropna()
    if "township" in read.unread:
        shown["township"] = read.records["township"].mask(read.unread["township"])
    return shown


def _refusal(sheet: Sheet, check: Check, failing: int, rows: int) -> Refusal:
    heading = sheet.registry.column(check.field).headings[0]
    message = f"“{heading}”列有值的 {rows:,} 行中，{failing:,} 行{check.problem}，{check.remedy}"
    if check.level == "refuse":
        message += f'；确实无误的，请在 county.toml 的 [{sheet.registry.key}.checks] 写 {check.code} = "off"'
    return Refusal(sheet.registry.key, sheet.file, sheet.sheet, check.code, message, column=heading)
