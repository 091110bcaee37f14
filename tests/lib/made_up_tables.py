"""Published tables written by hand, to the letter of ``schemas.tables``. All persons are made up.

60 cohort children P000-P059, the first 40 of them listed, live in turn in 安阳镇, 高岭镇, 地苏镇 and nowhere known; four
grown-ups P060-P063 likewise. Person Pnnn has the records Pnnn/a and Pnnn/b. A listed child's case has the number of the child,
a finding's 1000 more than the finding; of the children not listed some were cleared (``made_up_cases``).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.rules import DIFFERENCE_NAME, RULES
from schemas.tables import TABLES
from schemas.whereabouts import LISTED, REASONS
from tests.lib.made_up_cases import case_id, closed_case, indicators, open_case, rule_of, standings

HOMES = ("安阳镇", "高岭镇", "地苏镇", None)
CHILDREN, LISTED_CHILDREN, PERSONS, FINDINGS = 60, 40, 64, 200
HELD, GONE = 56, "P999"  # a child whose case stays open though it is on no list tonight; one whose number another has taken up

# What officers' and exporters' hands have left in names: none of it may become a formula, an error or a broken file.
NASTY = ("=1+1", "+cmd", "-2", "@SUM(A1)", "\t=3", "\r=4", "#N/A", "韦\x0b美\ufffe", 'a<b>&"c"', " 蓝 ", "TRUE", "\x0b=5")

# left, right, decision, probability; who may see each pair is in the test.
PAIRS = (
    ("P000/a", "P004/a", "possible", 0.95),  # both in 安阳镇
    ("P044/a", "P048/a", "possible", 0.97),  # both in 安阳镇, neither listed
    ("P000/b", "P060/a", "possible", 0.60),  # 安阳镇 with a grown-up there
    ("P000/a", "P001/a", "possible", 0.70),  # 安阳镇 with 高岭镇
    ("P000/a", "P061/a", "possible", 0.40),  # 安阳镇 with a grown-up of 高岭镇
    ("P000/a", "P003/a", "possible", 0.30),  # 安阳镇 with nowhere known
    ("P001/a", "P005/a", "possible", 0.50),  # both in 高岭镇
    ("P003/a", "P007/a", "possible", 0.80),  # nowhere known on both sides
    ("P060/a", "P064/a", "possible", 0.90),  # no child
    ("P002/a", "P006/a", "match", 0.99),  # linked, nothing to ask
)


def person_id(number: int) -> str:
    """P001 for 1."""
    return f"P{number:03d}"


def name(number: int) -> str:
    """Told apart from every other text by its number."""
    return NASTY[number] if number < len(NASTY) else f"韦某{number:03d}"


def id_number(number: int) -> str:
    """An ID of the form of one, another for each number."""
    return f"45122820100101{number:04d}"


def home(number: int) -> str | None:
    """The townships in turn, none for every fourth."""
    return HOMES[number % len(HOMES)]


def village(number: int) -> str | None:
    """村0, 村1, 村2 in turn, none for every fifth."""
    return None if number % 5 == 4 else f"村{number % 3}"


def write_tables(folder: Path) -> Path:
    """Write the tables that the workbooks are made of into ``folder``."""
    rows = {
        "persons": [_person(i) for i in range(PERSONS)],
        "records": [_record(i, side) for i in range(PERSONS + 1) for side in "ab"],
        "identities": [
            {"person_id": person_id(i), "record_id": f"{person_id(i)}/{side}"} for i in range(PERSONS) for side in "ab"
        ],
        "links": [
            {"record_id_l": a, "record_id_r": b, "decision": d, "probability": p, "evidence_text": "姓名同音；出生日期相同"}
            for a, b, d, p in PAIRS
        ],
        "findings": [finding(i) for i in range(FINDINGS)] + [shared_id(), _grown_up_finding()],
        "unaccounted": [_unaccounted(i) for i in range(LISTED_CHILDREN)],
    }
    told = list(_cases())
    rows["cases"] = [case for case, _ in told]
    rows["changes"] = [event for _, events in told for event in events]
    rows["case_log"] = [{"entry": 1, "case_id": case_id(900), "kind": "list", "content": '{"name": "韦某已并"}'}]
    rows["answers"] = []
    rows["indicators"] = indicators(_areas())
    rows["standings"] = standings([home for home in HOMES if home])
    rows["quarantine"] = rows["files"] = []
    folder.mkdir(parents=True, exist_ok=True)
    for table, lines in rows.items():
        write_table(folder, table, lines)
    return folder


def _cases() -> Iterator[tuple[dict[str, object], list[dict[str, object]]]]:
    """The cases, each with its events."""
    for i in range(LISTED_CHILDREN):
        yield open_case(i, "list", person_id(i), LISTED[i % len(LISTED)], home(i), village(i))
    for i in range(LISTED_CHILDREN, HELD):
        yield closed_case(i, "list", person_id(i), LISTED[i % len(LISTED)], home(i), this_week=i < 52)
    yield open_case(HELD, "list", person_id(HELD), "unaccounted", home(HELD), village(HELD))
    yield closed_case(900, "list", GONE, "unaccounted", HOMES[0], by=("人员编号并入 " + person_id(1), "merged", None))
    for i in range(FINDINGS):
        yield open_case(1000 + i, "finding", person_id(i % CHILDREN), rule_of(i), home(i % CHILDREN), village(i % CHILDREN))
    yield open_case(1000 + 9998, "finding", person_id(12), "id_shared", home(12), village(12))
    for i in range(60, 64):  # grown-ups, who stand on no list
        yield open_case(1000 + 9939 + i, "finding", person_id(i), "id_shared", home(i), village(i))
    for i in range(20):
        yield closed_case(
            2000 + i, "finding", person_id(i), rule_of(i), home(i), by=("数据已更正，不再不一致", "no_longer_differs", None)
        )


def _areas() -> list[tuple[str, str | None, str | None, str | None]]:
    """(level, township, village, school) of every area that has indicators."""
    homes = [home or "乡镇不明" for home in HOMES]
    villages = [(home, place) for home in homes for place in ("村0", "村1", "村不明")]
    return [
        ("county", None, None, None),
        *(("township", home, None, None) for home in homes),
        *(("village", home, place, None) for home, place in villages),
        *(("school", None, None, school) for school in ("高岭镇小学", "外地小学", "安阳镇小学", "=小学")),
    ]


def write_table(folder: Path, table: str, rows: list[dict[str, object]]) -> None:
    """``rows`` as ``folder/table.parquet``; a field that is not declared raises KeyError."""
    schema = TABLES[table]
    if strange := {field for row in rows for field in row} - set(schema.names):
        raise KeyError(strange)
    filled = [{field: row.get(field) for field in schema.names} for row in rows]
    pq.write_table(pa.Table.from_pylist(filled, schema=schema), folder / f"{table}.parquet")


def _person(i: int) -> dict[str, object]:
    """Person ``i``; children first."""
    child = i < CHILDREN
    whereabouts = (LISTED[i % len(LISTED)] if i < LISTED_CHILDREN else "enrolled") if child else None
    return {
        "person_id": person_id(i),
        "name": name(i),
        "id_number": id_number(i),
        "birthdate": date(2010, 1, 1),
        "hukou_county": "451228",
        "township": home(i),
        "responsible_township": home(i),
        "village": village(i),
        "in_cohort": child,
        "whereabouts": whereabouts,
        "poverty": (True, False, None)[i % 3],
    }


def _record(i: int, side: str) -> dict[str, object]:
    """A record of person ``i``: side a of the student register, b of the poverty system."""
    return {
        "record_id": f"{person_id(i)}/{side}",
        "registry": "xueji" if side == "a" else "guofu",
        "file": "学籍.xlsx",
        "sheet": "Sheet1",
        "row": i + 2,
        "name": name(i),
        "id_raw": id_number(i),
        "birthdate": date(2010, 1, 1),
        "township": home(i),
        "village": village(i),
        "guardian": "+86",
        "school": "第一小学",
    }


def _unaccounted(i: int) -> dict[str, object]:
    """Child ``i`` as the list has it."""
    reasons = list(REASONS)
    # The nearest student record of P000 is a child's of 高岭镇.
    candidate = {"candidate": f"疑似 {name(1)} {id_number(1)}", "candidate_record_id": "P001/a"} if i == 0 else {}
    return {
        "person_id": person_id(i),
        "township": home(i),
        "village": village(i),
        "name": name(i),
        "id_number": id_number(i),
        "birthdate": date(2010, 1, 1),
        "sex": "女",
        "guardian": "-陆",
        "phone": "13800000000",
        "poverty": (True, False, None)[i % 3],
        "whereabouts": LISTED[i % len(LISTED)],
        "reason": reasons[i % len(reasons)],
        "follow_up": "call" if reasons[i % len(reasons)] == "key_damaged" else "visit",
        "sources": "国扶系统 第3行",
        "first_listed": date(2020, 9, 1) + timedelta(days=i % 7),
        "case_id": case_id(i),
        **candidate,
    }


def finding(i: int) -> dict[str, object]:
    """Discrepancy ``i``, of child ``i`` modulo 60."""
    child, rule = i % CHILDREN, RULES[i % len(RULES)]
    return {
        "finding_id": f"F{i:04d}",
        "person_id": person_id(child),
        "rule": rule.code,
        "severity": rule.severity,
        "field": "id_number",
        "registry_a": "xueji",
        "value_a": id_number(child),
        "registry_b": "guofu",
        "value_b": "=" + id_number(child),
        "township": home(child),
        "record_id_a": f"{person_id(child)}/a",
        "record_id_b": f"{person_id(child)}/b",
        "in_cohort": True,
        "message": "第17位不同" * 20,
        "case_id": case_id(1000 + i),
        "kind": (None, *DIFFERENCE_NAME)[i % (len(DIFFERENCE_NAME) + 1)],
        "favoured": ("a", "b", None)[i % 3],
        "why": ("与身份证号相符", "公安户籍为法定登记", "须看户口簿", "=2", "国扶系统是建档立卡的名册", "须到校核实")[i % 6],
        "basis": ("agrees_with_id", "legal_record", "household_book", "see_certificate", "poverty_register", "ask_school")[i % 6],
        "address_a": f"学籍系统《学籍.xlsx》Sheet1 第{i + 2}行",
        "address_b": f"国扶系统《国扶.xlsx》Sheet1 第{i + 2}行",
    }


def shared_id() -> dict[str, object]:
    """P012 of 安阳镇 has one number with P013 of 高岭镇."""
    return {
        "finding_id": "F9998",
        "person_id": person_id(12),
        "rule": "id_shared",
        "severity": "high",
        "field": "name",
        "registry_a": "xueji",
        "value_a": name(12),
        "registry_b": "xueji",
        "value_b": name(13),
        "township": home(12),
        "record_id_a": "P012/a",
        "record_id_b": "P013/a",
        "in_cohort": True,
        "message": f"{name(12)}与{name(13)}同号",
        "case_id": case_id(1000 + 9998),
        "favoured": "b",
        "why": f"须看{name(13)}的户口簿",
        "basis": "household_books_of_both",
        "address_a": "学籍系统《学籍.xlsx》Sheet1 第14行",
        "address_b": "学籍系统《学籍.xlsx》Sheet1 第15行",
    }


def _grown_up_finding() -> dict[str, object]:
    """A discrepancy of a grown-up, which nobody may be shown."""
    return finding(0) | {"finding_id": "F9999", "case_id": case_id(1000 + 9999), "person_id": person_id(60), "in_cohort": False}
