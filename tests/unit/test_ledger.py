"""The township's workbook as a ledger: read from left to right on one screen, village by village, with what is lacking in red and what is
done counted on the cover."""

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from reports.book import ANSWER_MARK, Book, FilledSheet, write_book, write_books
from reports.list_rows import read_lists
from reports.listings import CHILDREN_SHEET
from reports.weekly import weekly_books
from tests.lib.made_up_cases import case_id
from tests.lib.made_up_tables import home, person_id, write_table, write_tables
from tests.lib.opened_books import AS_OF, below, books_of, rows
from tests.lib.plan_county import SETTINGS

TOWNSHIP = "安阳镇"
SCREEN, MARGINS = 1366, 60  # pixels; a spreadsheet's row numbers and scroll bar
ON_ONE_SCREEN = [
    "序号", "村", "监护人", "姓名", "联系电话", "原因", "跟进方式", "疑似学籍记录", "核查去向", "就读学校", "核查说明", "佐证材料", "核查人", "核查日期",
]  # fmt: skip


def headings(sheet: Worksheet) -> dict[str, str]:
    """Heading -> letters of the columns that show, from left to right."""
    laid_out = {n: d for d in sheet.column_dimensions.values() for n in range(d.min, d.max + 1)}
    shown = [c for c in sheet[1] if not laid_out[c.column].hidden]
    return {c.value.replace("\n", "").removesuffix(ANSWER_MARK): c.column_letter for c in shown}


def pixels(sheet: Worksheet, names: list[str]) -> float:
    laid_out = {n: d.width for d in sheet.column_dimensions.values() for n in range(d.min, d.max + 1)}
    return sum(7 * laid_out[sheet[f"{headings(sheet)[name]}1"].column] + 5 for name in names)


def test_who_and_what_to_fill_in_are_side_by_side_on_one_screen(books: dict[str, Workbook], tmp_path: Path):
    shown = list(headings(books[TOWNSHIP]["去向不明儿童"]))
    assert shown[: len(ON_ONE_SCREEN)] == ON_ONE_SCREEN
    # The widest that it can be: every text longer than its column.
    long = {column.key: ["长" * 60] for column in CHILDREN_SHEET.shown}
    path = tmp_path / "wide.xlsx"
    write_book(Book(path, (FilledSheet(CHILDREN_SHEET, long | {"birthdate": [AS_OF], "first_listed": [AS_OF]}, "", ""),), AS_OF))
    assert pixels(load_workbook(path).worksheets[0], ON_ONE_SCREEN) <= SCREEN - MARGINS


def test_what_machines_need_is_hidden_from_officers_and_not_from_the_county(books: dict[str, Workbook]):
    hidden = {
        "去向不明儿童": {"乡镇", "人员编号", "个案编号", "数据来源"},
        "疑似同一人": {"出处（一）", "出处（二）"},
        "信息不一致": {"乡镇", "人员编号", "个案编号", "出处一", "出处二"},
    }
    for title, names in hidden.items():
        assert not names & set(headings(books[TOWNSHIP][title]))
        assert names <= set(headings(books["都安县"][title]))


def listed_child(number: int, village: str, reason: str, follow_up: str = "visit") -> dict[str, object]:
    child = {
        "person_id": person_id(4 * number),
        "township": TOWNSHIP,
        "village": village,
        "reason": reason,
        "follow_up": follow_up,
    }
    return child | {"whereabouts": "unaccounted", "case_id": case_id(4 * number), "name": f"韦{number}", "birthdate": AS_OF}


def test_village_by_village_and_the_children_of_a_household_together(tmp_path: Path):
    tables = write_tables(tmp_path)
    listed = [
        listed_child(0, "乙村", "key_damaged", "call"),
        listed_child(1, "乙村", "dropped_out"),
        listed_child(2, "乙村", "no_student_record"),
        listed_child(3, "甲村", "record_ended"),
        listed_child(4, "乙村", "outside_system"),
    ]
    write_table(tables, "unaccounted", listed)
    households = {0: "一", 1: "二", 2: "一", 4: "三"}
    records = [
        {"record_id": f"{person_id(4 * n)}/a", "registry": "huji", "file": "户籍.xlsx", "row": 2, "household": household}
        for n, household in households.items()
    ]
    write_table(tables, "records", records)
    run = read_lists(tables, AS_OF, SETTINGS)
    names = {
        title: lists.frames["去向不明儿童"]["name"].to_pylist()
        for title, lists in (("镇", run.township(TOWNSHIP)), ("县", run.county()))
    }
    assert names["镇"] == ["韦1", "韦2", "韦0", "韦4", "韦3"]  # 乙村 first by its code point
    assert names["县"] == ["韦1", "韦2", "韦3", "韦4", "韦0"]


@pytest.mark.parametrize(
    ("heading", "formula"),
    [
        ("核查去向", 'AND(TRIM({核查去向})="",OR(TRIM({就读学校})<>"",TRIM({核查说明})<>"",TRIM({佐证材料})<>""))'),
        ("就读学校", 'AND(TRIM({就读学校})="",OR(ISNUMBER(SEARCH("填学校",{核查去向}))))'),
        ("核查说明", 'AND(TRIM({核查说明})="",TRIM({佐证材料})="",OR(ISNUMBER(SEARCH("附",{核查去向}))))'),
        ("核查人", 'AND(TRIM({核查人})="",OR(TRIM({核查去向})<>""))'),
        ("核查日期", 'AND(TRIM({核查日期})="",OR(TRIM({核查去向})<>""))'),
    ],
)
def test_what_a_begun_answer_lacks_turns_red(books: dict[str, Workbook], heading: str, formula: str):
    sheet = books[TOWNSHIP]["去向不明儿童"]
    at = headings(sheet)
    for name, letters in at.items():
        formula = formula.replace(f"{{{name}}}", f"${letters}2")
    (ranged,) = [r for r in sheet.conditional_formatting if f"{at[heading]}2" in r.cells]
    assert str(ranged.sqref) == f"{at[heading]}2:{at[heading]}{sheet.max_row}"
    (rule,) = ranged.rules
    assert (rule.type, rule.formula) == ("expression", [formula])
    assert rule.dxf.fill.bgColor.rgb == "FFF8A59D"


def test_the_cover_works_out_what_is_filled_in(books: dict[str, Workbook]):
    sheet, cover = books[TOWNSHIP]["去向不明儿童"], books[TOWNSHIP]["封面"]
    at, last = headings(sheet), sheet.max_row

    def cells(heading: str) -> str:
        return f"'去向不明儿童'!${at[heading]}$2:${at[heading]}${last}"

    done = "*".join(f"(LEN({cells(heading)})>0)" for heading in ("核查去向", "核查人", "核查日期"))
    assert below(cover, "要做的事")["去向不明儿童（人）"]["已填"] == f"=SUMPRODUCT({done})"
    villages = below(cover, "各村填写进度")
    assert sum(figures["去向不明儿童\n应填"] or 0 for figures in villages.values()) == last - 1
    first = next(line for line in cover.iter_rows() if line[0].value == "村0")
    assert first[2].value == f'=SUMPRODUCT({done}*({cells("村")}="村0"))'


def test_of_the_listed_children_those_wait_that_are_not_asked_about_and_the_weekly_report_counts_both(tmp_path: Path):
    tables = write_tables(tmp_path / "tables")
    its = next(n for n in range(4, 40) if home(n) == TOWNSHIP)
    answer = {"answer_id": "A1", "kind": "whereabouts", "case_id": case_id(its), "person_id": person_id(its), "state": "waiting"}
    sent = answer | {"value": "县外就读（填学校）", "answered_on": AS_OF, "received_on": AS_OF}
    later = sent | {"answer_id": "A2", "state": "refused", "refusal": "not_signed", "row": 2}  # and so takes nothing back
    write_table(tables, "answers", [sent, later])
    (path,) = write_books(books_of(tables, tmp_path / "out", AS_OF, [TOWNSHIP], settings=SETTINGS))
    book = load_workbook(path)
    counts = below(book["封面"], "要做的事")["去向不明儿童（人）"]
    assert (counts["在册"], counts["待县验收"], counts["应填"]) == (10, 1, 9)
    assert (len(rows(book["去向不明儿童"])), len(rows(book["待县验收"]))) == (9, 1)
    assert below(book["封面"], "各村名单")["合计"]["去向不明儿童"] == 10
    (path,) = write_books(weekly_books(tables, tmp_path / "out", AS_OF, [TOWNSHIP], settings=SETTINGS))
    report = list(load_workbook(path).worksheets[0].iter_rows(values_only=True))
    assert any(line[0] == "一、去向不明儿童（人）" for line in report)
    assert next(line[1] for line in report if line[0] == "＝ 现在册") == 10


def test_a_village_is_shaded_as_one(books: dict[str, Workbook]):
    sheet = books[TOWNSHIP]["去向不明儿童"]
    letters = headings(sheet)["村"]
    shades = {}
    for cell in sheet[letters][1:]:
        shades.setdefault(cell.value, set()).add(cell.fill.fgColor.rgb if cell.fill.fill_type else None)
    assert all(len(shade) == 1 for shade in shades.values()) and len({*map(str, shades.values())}) == 2
