"""One number, one name: the terminal, the covers, the lists and the weekly report count the same. All persons are made up (虚构)."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from reports.book import write_books
from reports.list_counts import ListCounts, decisions_words, in_all, listed_words
from reports.list_rows import list_counts
from reports.weekly import weekly_books
from tests.lib.made_up_cases import case_id
from tests.lib.made_up_tables import PAIRS, id_number, name, person_id, write_table, write_tables
from tests.lib.opened_books import AS_OF, below, books_of, rows
from tests.lib.plan_county import SETTINGS
from tests.unit.test_weekly import section

TOWNSHIP, OFF_LIST = "安阳镇", 44
# Listed children of 安阳镇: of the first an answer waits, of the second a report that it is back, of the third that two records are its own;
# the fourth is dead, as its township says, and the police are to enter that.
ANSWERED, BACK, JOINED, DEAD = 16, 20, 0, 24
_SAID = {"state": "waiting", "answered_on": AS_OF, "received_on": AS_OF, "township": TOWNSHIP, "answered_by": "韦某"}


def _waiting(kind: str, number: int, value: str) -> dict[str, object]:
    about = {"case_id": case_id(number), "person_id": person_id(number)} if kind == "whereabouts" else {}
    return _SAID | about | {"answer_id": f"A{kind[0]}{number}", "kind": kind, "name": name(number), "value": value}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Also an answer about a child that is not on the list any more, a report of nobody who is known, and, as in all made-up tables,
    discrepancies and a pair of grown-ups."""
    folder = write_tables(tmp_path_factory.mktemp("counts") / "tables")
    answers = [
        _waiting("whereabouts", ANSWERED, "县外就读（填学校）"),
        _waiting("whereabouts", OFF_LIST, "县外就读（填学校）"),
        _waiting("report", BACK, "已返校") | {"id_number": id_number(BACK)},
        _waiting("report", BACK + 4, "已返校") | {"birthdate": "2011-01-01"},
        _waiting("pair", JOINED, "是"),
        _waiting("whereabouts", DEAD, "死亡") | {"state": "accepted"},
    ]
    links = [
        {"record_id_l": a, "record_id_r": b, "decision": decision, "probability": p, "evidence_text": "姓名同音"}
        for a, b, decision, p in PAIRS
    ]
    links[0] |= {"answer": "核查为同一人", "answer_id": f"Ap{JOINED}"}
    write_table(folder, "answers", answers)
    write_table(folder, "links", links)
    return folder


@pytest.fixture(scope="module")
def books(tables: Path) -> dict[str, Workbook]:
    out = tables.parent / "out"
    made = [*books_of(tables, out, AS_OF, settings=SETTINGS), *weekly_books(tables, out, AS_OF, settings=SETTINGS)]
    return {path.stem: load_workbook(path) for path in write_books(made)}


@pytest.fixture(scope="module")
def counts(tables: Path) -> dict[str, ListCounts]:
    return list_counts(tables, AS_OF, SETTINGS)


def test_answers_that_wait_are_of_the_children_they_are_about(counts: dict[str, ListCounts]) -> None:
    its = counts[TOWNSHIP]
    assert (its.listed, its.waiting, its.with_office, its.visit + its.call) == (10, 4, 1, 5)  # both children of the pair wait
    assert (its.to_accept, its.to_join) == (4, 1)  # the sheet has the two that are of no listed child, too


@pytest.mark.parametrize("township", ["安阳镇", "高岭镇", "地苏镇", "九渡乡"])
def test_a_townships_cover_lists_and_weekly_report_say_the_same(
    books: dict[str, Workbook], counts: dict[str, ListCounts], township: str
) -> None:
    its, book = counts.get(township, ListCounts()), books[f"{township}_控辍保学核查_20200930"]
    cover = below(book["封面"], "要做的事") if its.findings else {}  # 九渡乡 has nothing

    def number(sheet: str, unit: str, column: str) -> int:
        return cover.get(f"{sheet}（{unit}）", {}).get(column) or 0

    def length(title: str) -> int:
        return len(rows(book[title])) if title in book.sheetnames and book[title].max_row > 1 else 0

    assert number("去向不明儿童", "人", "在册") == its.listed
    assert number("去向不明儿童", "人", "待县验收") == its.waiting == length("待县验收")
    assert number("去向不明儿童", "人", "待部门更正") == its.with_office == length("待部门更正")
    assert number("去向不明儿童", "人", "应填") == its.visit + its.call == length("去向不明儿童")
    assert number("疑似同一人", "对", "在册") == its.questions
    assert number("疑似同一人", "对", "待县验收") == its.to_join
    assert number("信息不一致", "条", "在册") == its.findings == length("信息不一致") + length("信息不一致（供参考）")
    villages = below(book["封面"], "各村名单")["合计"] if cover else {}
    assert [villages.get(title) or 0 for title in ("去向不明儿童", "疑似同一人", "信息不一致")] == [
        its.listed,
        its.questions,
        its.findings,
    ]
    week = books[f"周报_{township}_20200930"]
    assert section(week, "一、去向不明儿童")["＝ 现在册"]["合计"] == its.listed
    assert section(week, "三、信息不一致")["合计"]["现有"] == its.findings


def test_the_countys_cover_has_a_line_for_each_list_and_each_sheet_to_decide_on(
    books: dict[str, Workbook], counts: dict[str, ListCounts]
) -> None:
    whole, book = in_all(counts), books["都安县_控辍保学汇总_20200930"]
    cover = {label: figures["数量"] for label, figures in below(book["封面"], "本次名单").items()}
    cover = {label: number for label, number in cover.items() if number is not None}  # not the notes
    assert cover == {
        "去向不明儿童（人）": whole.listed,
        "　其中：须入户": whole.visit,
        "　其中：先电话核对": whole.call,
        "　其中：待县验收": whole.waiting,
        "　其中：待部门更正": whole.with_office,
        "疑似同一人（对）": whole.questions,
        "信息不一致（条）": whole.findings,
        "答复验收（条）": whole.to_accept,
        "同一人验收（对）": whole.to_join,
        "凭答复销号（人）": 0,
        "　其中：电话抽查": 0,
    }
    for title in ("去向不明儿童", "疑似同一人", "信息不一致", "答复验收", "同一人验收"):
        (line,) = (number for label, number in cover.items() if label.startswith(title))
        assert line == len(rows(book[title])) > 0, title
    places = below(book["封面"], "各乡镇名单")
    for township, its in counts.items():
        figures = places[township if township in places else "跨乡镇或不明"]
        assert (figures["去向不明儿童"], figures["疑似同一人"], figures["信息不一致"]) == (
            its.listed,
            its.questions,
            its.findings,
        )
    week = books["周报_都安县_20200930"]
    assert section(week, "一、去向不明儿童")["＝ 现在册"]["合计"] == whole.listed
    assert section(week, "三、信息不一致")["合计"]["现有"] == whole.findings


def test_the_terminal_says_it_in_the_words_of_the_cover() -> None:
    counted = ListCounts(listed=1_007, visit=1_004, call=2, waiting=1, to_accept=3, to_join=1)
    assert listed_words(counted) == "去向不明儿童 1,007 人（须入户 1,004，先电话核对 2，待县验收 1，待部门更正 0）"
    assert decisions_words(counted) == "答复验收 3 条；同一人验收 1 对"


def test_a_report_of_a_child_that_two_listed_ones_may_be_is_nobodys(tmp_path: Path) -> None:
    tables = write_tables(tmp_path)
    twins = [
        {"person_id": f"P{n}", "name": "韦双", "birthdate": date(2010, 1, 1), "township": TOWNSHIP, "case_id": case_id(n)}
        | {"reason": "reported_absent", "follow_up": "visit", "whereabouts": "dropped_out", "id_number": id_number(n)}
        for n in (1, 2)
    ]
    write_table(tables, "unaccounted", twins)
    told = _SAID | {"answer_id": "A1", "kind": "report", "value": "已返校", "name": "韦双", "birthdate": "2010-01-01"}
    write_table(tables, "answers", [told])
    assert list_counts(tables, AS_OF, SETTINGS)[TOWNSHIP].waiting == 0
    write_table(tables, "answers", [told | {"id_number": id_number(1), "birthdate": None}])
    assert list_counts(tables, AS_OF, SETTINGS)[TOWNSHIP].waiting == 1
