"""How ``bidui link`` reads birthdates, however a list writes them. All persons are made up (虚构)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from pipelines.lists.link_lists import link_people
from pipelines.lists.list_births import births_alike, births_of, births_shown
from pipelines.lists.list_columns import PeopleList, read_list
from pipelines.lists.list_days import DAY, MONTH, NOTHING, YEAR, read_days
from pipelines.lists.list_fields import LIST_FIELDS, field_named
from pipelines.lists.written_days import written
from tests.lib.small_exports import id_of
from tests.lib.two_lists import PEOPLE, save

NO_HINTS = np.zeros(0, dtype=np.int64)
LATEST = 2026


def days(texts: Sequence[str | None], hints: Sequence[int] = ()) -> list[str]:
    """Each text's day as far as it is known."""
    column = read_days(pd.Series(texts, dtype="str"), np.array(hints, dtype=np.int64), LATEST)
    parts = zip(column.year, column.month, column.day, column.known, strict=True)
    return ["-".join([f"{year:04d}", f"{month:02d}", f"{day:02d}"][:known]) for year, month, day, known in parts]


def listed(folder: Path, headings: Sequence[str], *rows: Sequence[object]) -> PeopleList:
    table = [["姓名", *headings], *([f"韦家{chr(0x4E00 + i)}", *row] for i, row in enumerate(rows))]
    return read_list(save(folder / "名单.csv", table), "a")


def births(taken: PeopleList) -> list[str | None]:
    return [None if pd.isna(day) else f"{day:%Y-%m-%d}" for day in taken.people["birthdate"]]


def born_over_years(first: int, last: int, rows: int = 400) -> pd.DatetimeIndex:
    """Days spread evenly over the years, the same every time."""
    return pd.date_range(f"{first}-01-01", f"{last}-12-31", periods=rows)


# ---- one text ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("2010-03-15", "2010-03-15"),
        ("20100315.0", "2010-03-15"),
        ("2010年3月15号", "2010-03-15"),
        ("二〇一〇年三月十五日", "2010-03-15"),
        ("2010-03-15T00:00:00Z", "2010-03-15"),
        ("2010-03-14T16:00:00.000Z", "2010-03-15"),
        ("2010-03-14 23:59:17", "2010-03-15"),  # alone in its column
        ("Mon Mar 15 00:00:00 CST 2010", "2010-03-15"),
        ("1268582400000", "2010-03-15"),
        ("40252", "2010-03-15"),
        ("15/03/2010 0:00", "2010-03-15"),
        ("03152010", "2010-03-15"),
        ("15032010", "2010-03-15"),
        ("20122010", "2010-12-20"),
        ("15 03 2010", "2010-03-15"),
        ("15-Mar-2010", "2010-03-15"),
        ("15MAR2010", "2010-03-15"),
        ("15th March 2010", "2010-03-15"),
        ("March 5, 2010", "2010-03-05"),
        ("2010-Mar-15", "2010-03-15"),
        ("15-Mar-10", "2010-03-15"),
        ("15-Sept-1899", "1899-09-15"),
        ("1847-06-30", "1847-06-30"),
        ("10年3月15日", "2010-03-15"),
        ("10.3.15", "2010-03-15"),
        ("25/03/99", "1999-03-25"),  # no other order is possible
        ("3/3/2010", "2010-03-03"),
        ("2010", "2010"),
        ("2010年", "2010"),
        ("2010.1", "2010"),  # January or October
        ("2010-03", "2010-03"),
        ("2010年3月", "2010-03"),
        ("201003", "2010-03"),
        ("03/2010", "2010-03"),
        ("Mar 2010", "2010-03"),
        ("2010-00-00", "2010"),
        ("20100300", "2010-03"),
        ("2010-00-15", "2010"),
        ("00/00/2010", "2010"),
        ("03/04/2010", "2010"),  # the third of April or the fourth of March
        ("03/04/10", ""),
        ("20100230", ""),
        ("2010-13-01", ""),
        ("15-Foo-2010", ""),
        ("1899-12-30", ""),  # an empty cell that a spreadsheet counted as day 0
        ("0001-01-01", ""),
        ("9999-12-31", ""),
        ("100315", ""),
        ("3152010", ""),
        ("20101", ""),
        ("不详", ""),
    ],
)
def test_one_text_alone(text: str, known: str) -> None:
    assert days([text]) == [known]


def test_no_text_breaks_it() -> None:
    assert days([]) == []
    assert days([None, None]) == ["", ""]
    assert written("") == written("/") == written("2010-1-1-1")


# ---- what the column decides ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form", ["%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m.%d.%Y", "%d%m%Y", "%m%d%Y", "%Y%m%d", "%d-%b-%Y", "%b %d, %Y"]
)
def test_every_order_is_seen_by_the_columns_majority(form: str) -> None:
    born = born_over_years(1880, 2012)
    assert days(list(born.strftime(form))) == list(born.strftime("%Y-%m-%d"))


def test_one_mistyped_day_of_80_does_not_blind_a_column() -> None:
    born = born_over_years(1930, 2012, rows=80)
    written_so = [*born.strftime("%d/%m/%Y"), "03/15/1980", "45/03/1980"]
    column = read_days(pd.Series(written_so, dtype="str"), NO_HINTS, LATEST)
    assert days(written_so) == [*born.strftime("%Y-%m-%d"), "1980-03-15", ""]
    assert (column.against, column.unread, column.unclear) == (1, 1, 0)


def test_two_orders_in_like_numbers_leave_the_year_of_days_that_may_be_two() -> None:
    born = born_over_years(1930, 2012, rows=80)
    mixed = [*born[:40].strftime("%d/%m/%Y"), *born[40:].strftime("%m/%d/%Y")]
    expected = [f"{day:%Y-%m-%d}" if day.day > 12 or day.day == day.month else f"{day:%Y}" for day in born]
    assert days(mixed) == expected


@pytest.mark.parametrize("years", [(2004, 2014), (1927, 2025), (1935, 1999), (1915, 1995)])
@pytest.mark.parametrize("form", ["%d/%m/%y", "%m/%d/%y", "%y-%m-%d", "%d.%m.%y", "%y%m%d", "%d%m%y", "%d-%b-%y"])
def test_years_of_two_digits_by_the_column(form: str, years: tuple[int, int]) -> None:
    born = born_over_years(*years, rows=2000)
    assert days(list(born.strftime(form))) == list(born.strftime("%Y-%m-%d"))


def test_years_of_two_digits_are_near_the_full_years_that_are_known() -> None:
    born = born_over_years(1830, 1880, rows=60)
    short = list(born.strftime("%d-%b-%y"))
    assert days(short, hints=[1850] * 10) == list(born.strftime("%Y-%m-%d"))
    assert days([*short, *born.strftime("%d-%b-%Y")])[:60] == list(born.strftime("%Y-%m-%d"))
    assert days([*["15-Mar-10"] * 60, "15-Mar-1810"])[0] == "2010-03-15"  # one may be mistyped


def test_months_without_separators_are_no_days() -> None:
    born = born_over_years(2004, 2014)
    assert days(list(born.strftime("%Y%m"))) == list(born.strftime("%Y-%m"))


@pytest.mark.parametrize("form", ["%d%m%Y", "%m%d%Y"])
def test_numbers_that_lost_the_zero_in_front(form: str) -> None:
    born = born_over_years(1930, 2012)
    assert days([text.lstrip("0") for text in born.strftime(form)]) == list(born.strftime("%Y-%m-%d"))


def test_a_column_of_days_counted_from_1900_reaches_back_before_1957() -> None:
    born = born_over_years(1930, 2012)
    assert days([str((day - pd.Timestamp("1899-12-30")).days) for day in born]) == list(born.strftime("%Y-%m-%d"))


# ---- year, month and day in columns of their own --------------------------------------------------------------------


@pytest.mark.parametrize(
    "headings",
    [
        ["dob_day", "dob_mon", "dob_year"],
        ["Birth Day", "Birth Month", "Birth Year"],
        ["day_of_birth", "month_of_birth", "year_of_birth"],
        ["出生日", "出生月", "出生年"],
        ["日", "月", "年"],
        ["bd", "bm", "by"],
    ],
)
def test_three_columns(tmp_path: Path, headings: list[str]) -> None:
    rows = [(15, 3, 1960), ("05", "Mar", "1960.0"), ("5日", "十二月", "1847年"), ("", 3, 1960), ("", "", 1960), (1, 1, "")]
    taken = listed(tmp_path, headings, *rows, (30, 2, 1960), (32, 2, 1960))
    assert births(taken) == [
        *("1960-03-15", "1960-03-05", "1847-12-05", "1960-01-01", "1960-01-01"),
        *(None, None, "1960-01-01"),
    ]
    assert list(taken.used) == ["name", "year_of_birth", "month_of_birth", "day_of_birth"]
    assert any(notice.startswith("1 个出生日期无法识别") for notice in taken.notices)
    assert any(notice.startswith("3 个出生日期只有年份或年月") for notice in taken.notices)


def test_a_whole_day_goes_before_its_parts_and_parts_fill_it_up(tmp_path: Path) -> None:
    taken = listed(tmp_path, ["dob", "dob_day", "dob_year"], ("2010-03-15", 1, 1960), ("2010", 1, 2010), ("", "", 1960))
    assert births(taken) == ["2010-03-15", "2010-01-01", "1960-01-01"]


@pytest.mark.parametrize("month", ["201003", "2010-03", "2010年3月"])
def test_year_and_month_in_one_column_and_the_day_in_another(tmp_path: Path, month: str) -> None:
    rows = [(month, "15"), (month, "5日"), (month, ""), ("", 15), ("2010-02", 30), ("2010-03-16", 15), ("2010", 15)]
    taken = listed(tmp_path, ["出生年月", "出生日"], *rows)
    assert births(taken) == [
        *("2010-03-15", "2010-03-05", "2010-01-01", None, "2010-01-01", "2010-03-16", "2010-01-01"),
    ]
    assert list(taken.people["birth_known"]) == [DAY, DAY, MONTH, NOTHING, MONTH, DAY, YEAR]
    assert "day_of_birth" not in listed(tmp_path, ["出生日期", "出生日"], *rows).used  # of what that day is, is not said


@pytest.mark.parametrize(
    ("month_day", "known"),
    [
        *(("3-15", DAY), ("03/15", DAY), ("3月15日", DAY), ("0315", DAY), ("315", DAY), ("3.15", DAY)),
        *(("2026-03-15 00:00:00", DAY), ("3.1", MONTH), ("13-15", YEAR), ("2-30", NOTHING), ("不详", YEAR), ("", YEAR)),
    ],
)
def test_the_year_in_one_column_and_month_and_day_in_another(tmp_path: Path, month_day: str, known: int) -> None:
    taken = listed(tmp_path, ["出生年", "出生月日"], (2010, month_day), (2011, "12-31"))
    assert list(taken.people["birth_known"]) == [known, DAY]
    assert births(taken) == [{DAY: "2010-03-15", NOTHING: None}.get(known, "2010-01-01"), "2011-12-31"]
    assert list(taken.used) == ["name", "year_of_birth", "month_day_of_birth"]


def test_headings_that_are_parts_only_together(tmp_path: Path) -> None:
    assert "year_of_birth" not in listed(tmp_path, ["年", "月"], (2020, 4)).used
    assert births(listed(tmp_path, ["Year", "Birth_Day"], (2020, "2010-03-15"))) == ["2010-03-15"]
    assert set(listed(tmp_path, ["出生月", "出生日"], (3, 15)).used) == {"name"}
    # Beside a birthdate they are the day of something else.
    assert births(listed(tmp_path, ["出生日期", "年", "月", "日"], ("2010-03-15", 2020, 4, 1), ("", 2020, 4, 1))) == [
        "2010-03-15",
        None,
    ]
    named = {"year_of_birth": ["几几年"]}
    path = save(tmp_path / "指明.csv", [["姓名", "几几年", "月", "日"], ["韦家乐", 2010, 3, 15]])
    assert births(read_list(path, "a", own=named)) == ["2010-03-15"]


def test_two_digits_of_a_year_in_its_own_column(tmp_path: Path) -> None:
    rows = [(day.day, day.month, day.year % 100) for day in born_over_years(1935, 1999)]
    taken = listed(tmp_path, ["dob_day", "dob_mon", "dob_year"], *rows)
    assert births(taken) == list(born_over_years(1935, 1999).strftime("%Y-%m-%d"))


def test_the_parts_are_named_by_key_and_title() -> None:
    assert [field_named(word) for word in ("year_of_birth", "出生年", "dob_mon", "day_of_birth")] == [
        *("year_of_birth", "year_of_birth", "month_of_birth", "day_of_birth")
    ]
    assert [field_named(word) for word in ("birthday", "birth", "生日")] == ["birth"] * 3
    assert len({field.title for field in LIST_FIELDS}) == len(LIST_FIELDS)


def test_middle_names_stand_between_and_a_street_is_of_several_columns(tmp_path: Path) -> None:
    table = [
        ["first_name", "middle_initial", "last_name", "date_of_birth", "street_number", "street_name", "zipcode"],
        ["Anna", "P", "van Dyk", "1994-05-06", "5112", "145th st", "00123"],
    ]
    people = read_list(save(tmp_path / "census.csv", table), "a").people.iloc[0]
    assert (people["name"], people["address"]) == ("ANNA P VAN-DYK", "5112 145TH ST 00123")


@pytest.mark.parametrize(
    "headings", [["forename", "surname"], ["pername1", "pername2"], ["fname_c1", "lname_c1"], ["First", "Last"]]
)
def test_first_names_and_surnames(tmp_path: Path, headings: list[str]) -> None:
    taken = read_list(save(tmp_path / "names.csv", [headings, ["Mary Jane", "Smith"]]), "a")
    assert list(taken.people["name"]) == ["MARY JANE SMITH"]


# ---- a year or a month alone ---------------------------------------------------------------------------------------


def test_a_year_alone_is_weak_evidence_and_the_id_goes_before_it(tmp_path: Path) -> None:
    same, other = id_of("20100315", 7), id_of("20090315", 7)
    taken = listed(tmp_path, ["出生日期", "身份证号"], ("2010", None), ("2010", same), ("2010-07", other), ("不详", same))
    assert births(taken) == ["2010-01-01", "2010-03-15", "2010-01-01", "2010-03-15"]
    assert list(taken.people["birth_implied"]) == [False, True, False, True]
    assert any(notice.startswith("3 个出生日期只有年份或年月") for notice in taken.notices)
    assert list(taken.people["birth_known"]) == [YEAR, DAY, MONTH, DAY]
    assert births_alike([taken.people])[0] is taken.people  # half of the births are days, by their IDs


def test_months_or_years_are_compared_where_a_list_has_no_more(tmp_path: Path) -> None:
    def people(*births: str) -> pd.DataFrame:
        return listed(tmp_path, ["生日"], *((birth,) for birth in births)).people

    def compared(*lists: pd.DataFrame) -> list[list[str]]:
        return [list(one["birthdate"].dt.strftime("%Y%m%d").fillna("")) for one in births_alike(lists)]

    months, years = people("201003", "2010-01", "2010", "2010-07-09", ""), people("2010", "2011", "2010-07-09")
    days = people("20100315", "20100316", "2010-07")
    assert compared(months, months) == [["20100315", "20100115", "20100101", "20100715", ""]] * 2
    assert compared(months, years) == [["20100715"] * 4 + [""], ["20100715", "20110715", "20100715"]]
    assert births_alike([months])[0]["birthdate"].dtype == months["birthdate"].dtype
    assert compared(months, days)[1] == ["20100315", "20100315", "20100715"]
    assert compared(days, people("")) == [["20100315", "20100316", "20100101"], [""]]
    assert births_alike([days, days])[0] is days


@pytest.mark.parametrize(
    ("written_in_a", "written_in_b", "level"),
    [
        ("%Y-%m-%d", "%Y", "birth:exact:"),
        ("%Y年", "%Y", "birth:exact:"),
        ("%Y年", "%Y%m", "birth:exact:"),
        ("%Y%m", "%Y-%m", "birth:exact:"),
        ("%Y-%m-%d", "%Y-%m", "birth:exact:"),
        ("%d/%m/%Y", "%m%d%Y", "birth:exact:"),
    ],
)
def test_lists_that_write_births_differently_are_linked(tmp_path: Path, written_in_a: str, written_in_b: str, level: str) -> None:
    lists = [
        read_list(
            save(
                tmp_path / f"{side}.csv",
                [["姓名", "父亲", "生日"], *([p["name"], p["kin"], f"{pd.Timestamp(p['birth']):{form}}"] for p in PEOPLE)],
            ),
            side,
        )
        for side, form in (("a", written_in_a), ("b", written_in_b))
    ]
    result, _ = link_people(*lists, cost_ratio=100.0, model=None)
    assert list(result.pairs.left) == list(result.pairs.right) == list(range(len(PEOPLE)))
    assert result.pairs.links["evidence"].str.contains(level, regex=False).all()


def test_unformatted_days_of_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    for row in (["姓名", "出生日期"], ["韦家一", 38790], ["韦家二", 38791], ["韦家三", 38792]):
        book.active.append(row)
    book.save(tmp_path / "一九零四.xlsx")
    assert births(read_list(tmp_path / "一九零四.xlsx", "a")) == ["2010-03-15", "2010-03-16", "2010-03-17"]


def test_a_column_a_day_early(tmp_path: Path) -> None:
    early = [["2010-03-14 23:59:17"], ["2010-12-31 23:59:17"], ["2011-01-01"]]
    taken = listed(tmp_path, ["出生日期"], *early)
    assert births(taken) == ["2010-03-15", "2011-01-01", "2011-01-01"]
    assert any(notice.startswith("2 个出生日期存成了前一日") for notice in taken.notices)
    assert births(listed(tmp_path, ["出生日期"], *early, ["2011-01-01 09:30:00"]))[0] == "2010-03-14"


def test_a_birthdate_is_shown_as_far_as_it_is_known() -> None:
    cells = {"birth": [pd.Series(["2010-03-15", "2010年3月", "2010", None])]}
    births, _ = births_of(cells, pd.Series([pd.NaT] * 4, dtype="datetime64[us]"))
    assert births_shown(births).fillna("").to_list() == ["2010-03-15", "2010-03", "2010", ""]
