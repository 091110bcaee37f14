"""The birthdates of a list, from its column of days, from columns of their parts, and from its IDs. ``matching``
compares days: where only the year is known, the day is 1 January, which it takes for a default and so for weak evidence."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from matching.text_columns import on_distinct, series_of, text_array
from pipelines.intake.values import in_digits, squeeze
from pipelines.lists.list_days import DAY, MONTH, NOTHING, YEAR, Days, dates_of, days_of_months, read_days
from pipelines.lists.written_days import month_and_day, month_number, number_of_day
from schemas.calendar import today


def births_of(
    cells: Mapping[str, Sequence[pd.Series]], of_ids: pd.Series, from_1904: bool = False
) -> tuple[pd.DataFrame, list[str]]:
    """(birthdate, birth_implied, birth_known and birth_month of each row; notices of what could not be understood, in counts).

    ``cells``: per field its columns' texts; ``of_ids``: the days in the IDs; ``from_1904``: bare numbers count days from 1904.
    The birthdate is a stated day, else the ID's day of the stated year, else 1 January of that. ``birth_known``: how much of it is known
    (``NOTHING`` to ``DAY``); ``birth_month``: the first of the month where that and no day is known.
    """
    hints, latest = of_ids.dropna().dt.year.to_numpy(dtype=np.int64), today().year
    columns = [*cells.get("birth", ()), *_joined_parts(cells)]
    found = [read_days(texts, hints, latest, from_1904) for texts in columns]
    if "day_of_birth" in cells:  # which a column of years and months leaves open
        numbers = on_distinct(cells["day_of_birth"][0], _day).fillna("0").to_numpy(dtype=np.int64)
        found = [days_of_months(days, numbers) for days in found]
    known = np.full(len(of_ids), NOTHING, dtype=np.int64)
    year, month, day = (np.zeros(len(of_ids), dtype=np.int64) for _ in range(3))
    for days in found:
        better = days.known > known
        for part, of_column in ((known, days.known), (year, days.year), (month, days.month), (day, days.day)):
            part[better] = of_column[better]
    whole, index = known == DAY, of_ids.index
    stated = pd.Series(dates_of(year, np.where(whole, month, 1), np.where(whole, day, 1)), index=index)
    months = pd.Series(dates_of(np.where(known == MONTH, year, 0), month, day), index=index)
    # An ID beside a year alone tells the day, unless it is of another year: then what is stated contradicts it.
    implied = of_ids.notna() & (stated.isna() | (~whole & of_ids.dt.year.eq(year)))
    births = pd.DataFrame({"birthdate": of_ids.where(implied, stated), "birth_implied": implied})
    births["birth_known"] = np.where(implied, DAY, known)
    births["birth_month"] = months.mask(implied)
    partly = int(((known != NOTHING) & ~whole).sum())
    return births, _notices(found, partly)


def births_shown(people: pd.DataFrame) -> pd.Series:
    """The birthdates as far as they are known: 2010-03-15, 2010-03 or 2010. Columns as ``births_of`` makes them."""
    days, known = people["birthdate"].dt.strftime("%Y-%m-%d"), people["birth_known"]
    months = people["birth_month"].dt.strftime("%Y-%m")
    return days.mask(known == YEAR, days.str[:4]).mask((known == MONTH) & months.notna(), months)


def births_alike(lists: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """The people of several lists, their birthdates as exact as those of the least exact list: where most births of a list are
    months or years, all are set to the middle of the month or year, so that these are compared, and no day that one list
    lacks is taken for a difference or a default. Columns as ``births_of`` makes them."""
    least = min((most for people in lists if (most := _known_of_most(people["birth_known"]))), default=DAY)
    if least == DAY:
        return list(lists)
    return [people.assign(birthdate=_middle(people, years=least == YEAR)) for people in lists]


def _known_of_most(known: pd.Series) -> int:
    """How much at least is known of half of the births of a list; ``NOTHING`` where nothing is known of any."""
    some = known[known > NOTHING]
    return int(some.quantile(0.5, interpolation="higher")) if len(some) else NOTHING


def _middle(people: pd.DataFrame, years: bool) -> pd.Series:
    """15 July of each year of birth, or the 15th of each month; of a year alone among months 1 January, for unknown."""
    day = people["birth_month"].fillna(people["birthdate"])
    year, month = (part.fillna(0).to_numpy(dtype=np.int64) for part in (day.dt.year, day.dt.month))
    middle = dates_of(year, np.full_like(month, 7) if years else month, np.full_like(month, 15))
    return day.where((people["birth_known"] == YEAR) & (not years), pd.Series(middle, index=day.index))


def _joined_parts(cells: Mapping[str, Sequence[pd.Series]]) -> list[pd.Series]:
    """A column of days from columns of years, months and days, of the first of each; none without years. Where months and days
    stand in one column, the row's own columns of them come after it."""
    if not cells.get("year_of_birth"):
        return []
    years = cells["year_of_birth"][0]
    none = pd.Series("0", index=years.index)
    month, day, both = (cells.get(field, [none])[0] for field in ("month_of_birth", "day_of_birth", "month_day_of_birth"))
    apart = [on_distinct(month, lambda text: str(month_number(text) or 0)), on_distinct(day, _day)]
    together = on_distinct(both, lambda text: "-".join(map(str, month_and_day(text)))).fillna("0-0")
    joined = pc.binary_join_element_wise(*(text_array(part.fillna("0")) for part in apart), pa.scalar("-"))
    rest = together.mask(together == "0-0", series_of(joined, years.index))
    parts = [on_distinct(years, _year), rest]
    return [series_of(pc.binary_join_element_wise(*map(text_array, parts), pa.scalar("-")), years.index)]


def _day(text: str) -> str:
    return str(number_of_day(text) or 0)


def _year(text: str) -> str:
    return in_digits(squeeze(text)).removesuffix(".0").removesuffix("年")


def _notices(found: Sequence[Days], partly: int) -> list[str]:
    unclear = sum(days.unclear for days in found)
    counts = {
        "个出生日期无法识别为某一天，按缺失处理": sum(days.unread for days in found),
        "个出生日期与该列多数的日、月、年顺序不符，按唯一可能的顺序采用": sum(days.against for days in found),
        "个出生日期分不清日和月（如 03/04/2010），该列也看不出顺序，只用其年份": unclear,
        "个出生日期存成了前一日的时刻（23:59:17、16:00:00 等，程序换算时区所致），按次日采用": sum(days.early for days in found),
        "个出生日期只有年份或年月，只作较弱的证据": partly - unclear,
    }
    return [f"{count} {words}" for words, count in counts.items() if count > 0]
