"""The plan's further lists of names: who has not registered in a junior school, whom to visit in the winter holiday, who of grade nine has left early
or may, who may be won for the class of 15 and 16. All persons are made up (虚构)."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.answers.received import received_answers
from pipelines.answers.returned import read_returned
from reports.book import ANSWER_MARK, write_books
from reports.row_codes import NO_KEY
from schemas.calendar import in_winter_holiday
from schemas.whereabouts import VOCATIONAL_CLASS
from tests.lib.made_up_tables import write_table, write_tables
from tests.lib.opened_books import books_of, column, rows
from tests.lib.plan_county import SETTINGS

AUTUMN, HOLIDAY, SPRING = date(2020, 9, 8), date(2021, 1, 20), date(2021, 4, 15)
TOWNSHIP, BUREAU = "安阳镇", "退回各单位/教育局_控辍保学名册"
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
Rows = list[dict[str, object]]


def person(number: int, **more: object) -> dict[str, object]:
    born = {"birthdate": date(2006, 1, 1), "in_cohort": True, "whereabouts": "enrolled", "township": TOWNSHIP}
    its = {
        "person_id": f"P{number}",
        "name": f"韦某{number}",
        "id_number": f"45122820060101{number:04d}",
        "responsible_township": TOWNSHIP,
    }
    return its | born | {"village": "甲村", "whereabouts_rule": "student_record_open", "student_state": "in_school"} | more


def record(number: int, **more: object) -> dict[str, object]:
    return {"record_id": f"x{number}", "registry": "xueji", "file": "x.xlsx", "sheet": "S", "row": number} | more


def case(number: int, **more: object) -> dict[str, object]:
    return {
        "case_id": f"C{number}",
        "kind": "list",
        "person_id": f"P{number}",
        "township": TOWNSHIP,
        "rule": "dropped_out",
    } | more


def sheets_of(folder: Path, day: date, **tables: Rows) -> dict[str, Worksheet]:
    """Title -> sheet, of the bureau's workbook and of the township's, whose own come first."""
    tables = {
        "persons": [],
        "records": [],
        "identities": [],
        "unaccounted": [],
        "cases": [],
        "findings": [],
        "links": [],
        "changes": [],
    } | tables
    written = write_tables(folder / "tables")
    for table, lines in tables.items():
        write_table(written, table, lines)
    books = write_books(
        book
        for book in books_of(written, folder / "out", day, settings=SETTINGS)
        if book.path.name.startswith((TOWNSHIP, "教育局_控辍保学名册", "都安县"))
    )
    found: dict[str, Worksheet] = {}
    for path in sorted(books, key=lambda path: (TOWNSHIP in path.name, "名册" in path.name)):
        found |= {sheet.title: sheet for sheet in load_workbook(path).worksheets}
    return found


def entrants() -> dict[str, Rows]:
    """Two of three graduates of 甲小学 are in 一中, all of another township's in 二中; one graduate of each is in no school."""
    pupils = [person(n, school="一中" if n < 2 else "二中", grade_number=7) for n in range(3)]
    pupils += [person(n, school="二中", grade_number=7, responsible_township="高岭镇") for n in (3, 4)]
    lost = {"whereabouts_rule": "between_schools", "conditions": "between_schools", "student_state": "graduated"}
    away = {
        "whereabouts": "enrolled_elsewhere",
        "whereabouts_rule": "verified_elsewhere",
        "conditions": "verified_elsewhere,not_promoted",
    }
    people = [
        *pupils,
        person(5, **lost),
        person(6, **lost | {"responsible_township": "高岭镇", "township": "高岭镇"}),
        person(7, **lost | away),
    ]
    people.append(person(8, **lost | {"whereabouts_rule": "register_closed", "whereabouts": "left_register"}))
    finished = {0: "甲小学", 1: "甲小学", 2: "甲小学", 5: "甲小学", 6: "无名小学", 7: "甲小学", 8: "甲小学"}
    records = [record(n, school=school, student_state="graduated") for n, school in finished.items()]
    return {
        "persons": people,
        "records": records,
        "identities": [{"person_id": f"P{n}", "record_id": f"x{n}"} for n in finished],
    }


def test_who_has_registered_in_no_junior_school_stands_under_the_likely_one_from_the_first_day_of_autumn(tmp_path: Path) -> None:
    books = sheets_of(tmp_path, AUTUMN, **entrants())
    its = rows(books["小升初未注册名册"])
    # The bureau's sheet is read last but one; the township's, with its own children, is the same list.
    assert [(row["姓名"], row["应就读初中（推断）"], row["推断依据"]) for row in its] == [
        ("韦某5", "一中", "该小学毕业的七年级学生多在该校（2/3）"),
        ("韦某7", "一中", "该小学毕业的七年级学生多在该校（2/3）"),
    ]
    assert [row["现在情况"] for row in its] == ["尚未注册", "县外就读"]
    whole = load_workbook(next((tmp_path / "out").rglob("教育局_控辍保学名册_*.xlsx")))["小升初未注册名册"]
    assert [row["姓名"] for row in rows(whole)] == ["韦某5", "韦某7", "韦某6"]
    assert rows(whole)[2]["推断依据"] == "户籍同乡镇的七年级学生多在该校（2/2）"
    lines = [line[0].value for line in books["封面"].iter_rows()]
    assert not any("小升初未注册名册" in str(line) and "本次没有" in str(line) for line in lines)


def test_in_spring_there_is_no_list_of_entrants_and_no_workbook_without_names(tmp_path: Path) -> None:
    sheets_of(tmp_path, SPRING, **entrants())
    assert not list((tmp_path / "out").rglob("教育局_控辍保学名册_*.xlsx"))
    county = load_workbook(next((tmp_path / "out").glob("都安县_*.xlsx")))["封面"]
    told = [line[0].value for line in county.iter_rows() if "控辍保学名册" in str(line[0].value)]
    assert told == [
        "“退回各单位”里的《教育局_控辍保学名册》：小升初未注册名册 0 人、毕业班保学 0 人、职教提升班 0 人。没有人的名册不写。"
    ]


def returned_pupils() -> dict[str, Rows]:
    """Back since October: by the register, by a report; because a key was mended; the spring before; back and gone again."""
    back = {"state": "closed", "closed_whereabouts": "enrolled", "closed_on": date(2020, 10, 8)}
    cases = [case(0, **back), case(1, **back | {"closed_on": date(2020, 11, 3)}), case(2, **back | {"rule": "unaccounted"})]
    cases += [case(3, **back | {"closed_on": date(2020, 5, 8)}), case(4, state="open")]
    log = [
        {"entry": n, "case_id": f"C{n}", "kind": "list", "content": f'{{"reason": "{reason}"}}'}
        for n, reason in enumerate(("dropped_out", "reported_absent", "key_damaged", "dropped_out", "dropped_out"))
    ]
    said = {"kind": "report", "value": "已返校", "state": "accepted", "answered_on": date(2020, 11, 2), "name": "韦某1"}
    told = {"absent": date(2020, 10, 9), "back": date(2020, 11, 2)}
    reports = [
        record(n, registry="xiangzhen", name="韦某1", report_state=s, state_date=d) for n, (s, d) in enumerate(told.items())
    ]
    return {
        "records": reports,
        "identities": [{"person_id": "P1", "record_id": line["record_id"]} for line in reports],
        "persons": [person(n, school="甲小学", grade="六年级") for n in range(5)],
        "cases": cases,
        "case_log": log,
        "answers": [said | {"answer_id": "A1", "received_on": date(2020, 11, 2), "row": 2}],
        "unaccounted": [],
    }


def test_who_came_back_last_semester_is_visited_in_the_winter_holiday(tmp_path: Path) -> None:
    books = sheets_of(tmp_path / "a", HOLIDAY, **returned_pupils())
    its = rows(books["寒假家访名单"])
    assert [(row["姓名"], row["返校情况"], row["返校日期"].date()) for row in its] == [
        ("韦某0", "学籍恢复在读", date(2020, 10, 8)),
        ("韦某1", "乡镇报告已返校", date(2020, 11, 2)),
    ]
    cover = [line[0] for line in books["封面"].iter_rows(values_only=True)]
    assert "各村名单" not in cover and "合计" not in cover and "名单" not in cover  # no heading above nothing
    later = sheets_of(tmp_path / "b", SPRING, **returned_pupils())
    assert "寒假家访名单" not in later
    assert [in_winter_holiday(date(2021, *day)) for day in ((1, 7), (1, 8), (2, 28), (3, 1), (12, 31))] == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_a_visit_in_the_holiday_is_read_back_as_a_visit(tmp_path: Path) -> None:
    sheets_of(tmp_path, HOLIDAY, **returned_pupils())
    (tmp_path / "inbox").mkdir()
    book = load_workbook(next((tmp_path / "out").glob(f"{TOWNSHIP}_*.xlsx")))
    sheet = book["寒假家访名单"]
    filled = {"家访日期": HOLIDAY, "家访人": "陆某", "家访了解的情况": "在家帮工", "家访结果": "有辍学苗头"}
    for heading, cell in filled.items():
        column(sheet, heading + ANSWER_MARK)[0].value = cell
    book.save(tmp_path / "inbox" / "安阳镇.xlsx")
    returned, refused = read_returned(tmp_path / "inbox")
    (answer,) = received_answers(returned, HOLIDAY, NO_KEY)
    wanted = {
        "kind": "visit",
        "case_id": "C0",
        "value": "有辍学苗头",
        "detail": "在家帮工",
        "answered_by": "陆某",
        "refusal": None,
    }
    assert not refused and wanted.items() <= dict(answer.values).items()


@pytest.mark.parametrize(
    ("visits", "shown"),
    [
        (((HOLIDAY, "已外出、不准备返校"),), ["家访：已外出、不准备返校"]),
        (((HOLIDAY, "有辍学苗头"), (date(2021, 1, 22), "没有见到本人")), ["家访：有辍学苗头"]),
        (((HOLIDAY, "已外出、不准备返校"), (date(2021, 3, 3), "已返校")), []),
        (((HOLIDAY, "有辍学苗头"), (date(2021, 1, 22), "春季学期按时返校")), []),
        (((HOLIDAY, "已返校"), (HOLIDAY, "有辍学苗头")), ["家访：有辍学苗头"]),
        (((HOLIDAY, "有辍学苗头"), (date(2021, 1, 22), "一直在校就读")), []),
        (((date(2020, 2, 5), "已外出、不准备返校"),), []),  # the register had it back in October
    ],
)
def test_a_pupil_of_whom_a_visit_said_that_it_leaves_is_visited_again(
    tmp_path: Path, visits: tuple[tuple[date, str], ...], shown: list[str]
) -> None:
    tables = returned_pupils()
    said = {"kind": "visit", "state": "accepted", "person_id": "P0", "case_id": "C0", "answered_by": "陆某"}
    told = [said | {"answer_id": f"V{n}", "answered_on": day, "value": value} for n, (day, value) in enumerate(visits)]
    books = sheets_of(tmp_path, SPRING, **tables | {"answers": [*tables["answers"], *told]})
    its = rows(books["劝返记录"]) if "劝返记录" in books else []
    assert [row["原因"] for row in its if row["姓名"] == "韦某0"] == shown


@pytest.mark.parametrize(
    ("visits", "shown"),
    [
        ([(date(2021, 5, 6), "已外出、不准备返校")], ["家访：已外出、不准备返校"]),
        ([(date(2021, 5, 6), "有辍学苗头")], []),
        ([(date(2021, 5, 6), "已外出、不准备返校"), (date(2021, 6, 2), "已返校")], []),
    ],
)
def test_who_went_away_in_the_year_before_is_visited_until_somebody_says_that_it_is_back(
    tmp_path: Path, visits: list[tuple[date, str]], shown: list[str]
) -> None:
    said = {"kind": "visit", "state": "accepted", "person_id": "P0", "case_id": "C0", "answered_by": "陆某"}
    told = [said | {"answer_id": f"V{n}", "answered_on": day, "value": value} for n, (day, value) in enumerate(visits)]
    books = sheets_of(tmp_path, date(2021, 9, 8), **returned_pupils() | {"answers": told})
    its = rows(books["劝返记录"]) if "劝返记录" in books else []
    assert [row["原因"] for row in its] == shown


@pytest.mark.parametrize(("day", "shown"), [(date(2020, 10, 20), []), (HOLIDAY, ["韦某1"])])
def test_who_was_reported_back_since_is_visited_no_more_and_nobody_on_two_sheets(
    tmp_path: Path, day: date, shown: list[str]
) -> None:
    tables = returned_pupils()  # 韦某1 was reported back on 2 November
    said = {"answer_id": "V0", "kind": "visit", "state": "accepted", "person_id": "P1", "case_id": "C1", "answered_by": "陆某"}
    gone = said | {"answered_on": day, "value": "已外出、不准备返校"}
    books = sheets_of(tmp_path, HOLIDAY, **tables | {"answers": [*tables["answers"], gone]})
    assert [row["姓名"] for row in rows(books["劝返记录"])] == shown if shown else "劝返记录" not in books
    assert [row["姓名"] for row in rows(books["寒假家访名单"])] == ["韦某0", *([] if shown else ["韦某1"])]


def test_who_of_grade_nine_has_left_or_may_leave_and_nobody_else(tmp_path: Path) -> None:
    nine = {"grade_number": 9, "grade": "九年级", "school": "一中"}
    gone = {"student_state": "dropped_out", "whereabouts": "dropped_out", "whereabouts_rule": "student_record_dropped"}
    people = [
        person(0, **nine),
        person(1, **nine | gone, in_cohort=True),
        person(2, **nine | {"student_state": "suspended"}),
        person(3, **nine | {"birthdate": date(2005, 4, 1), "whereabouts": None, "in_cohort": False}),
        person(4, **nine | {"school_claim": "none"}),
        person(5, **nine | gone),
        person(6, **nine | {"student_state": "transferred_out", "in_cohort": False, "whereabouts": None}),
        person(7, **nine | {"grade_number": 8, "school_claim": "none"}),
        person(8, **nine | {"student_state": "graduated", "whereabouts": "graduated"}),
    ]
    days = {1: date(2021, 3, 2), 2: date(2020, 3, 1), 5: date(2020, 11, 2)}
    states = {1: "dropped_out", 2: "suspended", 5: "dropped_out"}
    listed = {
        "person_id": "P5",
        "name": "韦某5",
        "township": TOWNSHIP,
        "reason": "dropped_out",
        "follow_up": "visit",
        "whereabouts": "dropped_out",
    }
    books = sheets_of(
        tmp_path,
        SPRING,
        persons=people,
        records=[record(n, school="一中", student_state=states[n], state_date=day) for n, day in days.items()],
        identities=[{"person_id": f"P{n}", "record_id": f"x{n}"} for n in days],
        unaccounted=[listed | {"case_id": "C5", "first_listed": SPRING, "sources": "x"}],
        cases=[case(5, state="open")],
        answers=[
            {
                "answer_id": "A1",
                "kind": "visit",
                "value": "有辍学苗头",
                "state": "accepted",
                "answered_on": HOLIDAY,
                "person_id": "P4",
            }
        ],
    )
    assert {row["姓名"]: row["苗头或情况"] for row in rows(books["毕业班保学"])} == {
        "韦某1": "本学期起学籍不再在读",
        "韦某2": "休学已满一年",
        "韦某3": "已满16周岁",
        "韦某4": "本学年家访有辍学苗头或已外出；国扶登记不在校",
        "韦某5": "已列入去向不明名单",
    }


def test_who_is_in_the_class_for_those_of_15_and_16_and_who_may_be_won_for_it(tmp_path: Path) -> None:
    listed = {"reason": "dropped_out", "follow_up": "visit", "whereabouts": "dropped_out", "township": TOWNSHIP, "sources": "x"}
    ages = {0: date(2005, 6, 1), 1: date(2007, 6, 1), 2: date(2005, 6, 1), 3: date(2004, 3, 1)}  # 15, 13, 15 and 17 years
    said = {"kind": "whereabouts", "value": VOCATIONAL_CLASS, "detail": "都安县职业教育中心", "answered_by": "韦某", "row": 2}
    books = sheets_of(
        tmp_path,
        SPRING,
        persons=[person(n, birthdate=born, whereabouts="dropped_out") for n, born in ages.items()],
        unaccounted=[
            listed | {"person_id": f"P{n}", "name": f"韦某{n}", "birthdate": born, "case_id": f"C{n}", "first_listed": SPRING}
            for n, born in ages.items()
        ],
        cases=[case(n, state="open", weeks=9) for n in ages],
        answers=[said | {"answer_id": "A1", "person_id": "P2", "case_id": "C2", "state": "waiting", "received_on": SPRING}],
    )
    its = [(row["姓名"], row["情况"], row["周岁"], row["学校和班级"]) for row in rows(books["职教提升班"])]
    assert its == [("韦某2", "已入班，待县验收", 15, "都安县职业教育中心"), ("韦某0", "可动员入班", 15, None)]
