"""What the page 一生一案 says of one child: gathered from the published tables, the case's history and the list of who answers for it."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from pipelines.ask.history import HistoryError, history
from pipelines.ask.people_shown import people_shown
from pipelines.ask.published_rows import describe_record, person_of, registry_title, rows_of
from pipelines.ask.published_run import published_run
from pipelines.ask.search import search
from pipelines.intake.places import Places
from pipelines.intake.responsible import read_responsible
from pipelines.store.county_file import settings_of
from reports.child_page import ChildStory, write_child
from schemas.answers import ANSWER_REFUSAL_WORDS, ANSWER_STATES, OVERTAKEN_WORDS
from schemas.decisions import DECISION_TABLE
from schemas.memory_database import memory_database
from schemas.responsible_roles import RESPONSIBLE_ROLES
from schemas.settings import Settings
from schemas.whereabouts import FOLLOW_UP, REASONS, WHEREABOUTS_NAME

_TABLES = ("records", "identities", "persons", "person_events", "unaccounted", "cases", "answers", "standings")
_YES_NO = {True: "是", False: "否", None: None}
_EVENT = re.compile(r"^  (\d{4}-\d\d-\d\d)　(.+)$")
_MOST_RECORDS, _MOST_EVENTS, _MOST_ANSWERS, _MOST_KIN, _MOST_VISITS = (
    8,
    10,
    6,
    8,
    3,
)  # what one page holds; of events and answers the last
_HOUSEHOLD = """
    with own as (
        select distinct r.registry, r.household from records r join identities i using (record_id)
        where i.person_id = ? and r.household is not null
    )
    select p.name, max(r.relation) as relation, p.birthdate, p.whereabouts
    from records r join own using (registry, household) join identities i using (record_id) join persons p using (person_id)
    where p.person_id <> ? group by p.person_id, p.name, p.birthdate, p.whereabouts order by p.birthdate nulls last, p.person_id
"""


def write_story(root: Path, named: str, out: Path) -> Iterator[str]:
    """Write the page of the person ``named`` (``pipelines.ask.search``) to ``out``; a line of Chinese that says so. Where several may be meant they
    are listed, and nothing is written. Raises ExplainError, NoResults, HistoryError."""
    store, settings = published_run(root, _TABLES), settings_of(root)
    with memory_database(store.run) as con:
        for table in _TABLES:
            con.read_parquet(str(store.path(table))).create_view(table)
        hits = search(con, [named], settings.divisions)
        if len(hits) > 1:
            yield from people_shown(con, hits, settings.registries)
            return
        story = _story(con, root, person_of(con, hits[0].person_id), settings)
    write_child(out, story)
    yield f"一生一案已写入：{out}"


def _story(con: duckdb.DuckDBPyConnection, root: Path, p: dict, settings: Settings) -> ChildStory:
    person_id = p["person_id"]
    cases = rows_of(con, "select * from cases where person_id = ? and kind = 'list' order by since desc", person_id)
    township = p["responsible_township"] or p["township"]
    return ChildStory(
        county=settings.county.name,
        area=township or settings.county.short_name,
        as_of=rows_of(con, "select max(as_of) as night from standings")[0]["night"],
        facts={
            "姓名": p["name"], "性别": p["sex"], "出生日期": p["birthdate"], "身份证号": p["id_number"], "人员编号": person_id,
            "个案编号": cases[0]["case_id"] if cases else None, "乡镇": township, "村": p["village"], "监护人": p["guardian"],
            "联系电话": p["phone"], "建档立卡": _YES_NO[p["poverty"]],
            "残疾": " ".join(str(v) for v in (p["disability_type"], p["disability_level"] and f"{p['disability_level']} 级") if v) or None,
        },
        long_facts={"同户": "；".join(_household(con, person_id)) or None},
        records=_records(con, person_id, settings),
        reasons=_reasons(con, p),
        history=_history(root, cases),
        answers=_answers(con, person_id),
        responsible=_responsible(root, settings, township, p["village"]),
        visits=_visits(con, person_id),
    )  # fmt: skip


def _household(con: duckdb.DuckDBPyConnection, person_id: str) -> Iterator[str]:
    for row in rows_of(con, _HOUSEHOLD, person_id, person_id)[:_MOST_KIN]:
        said = (row["relation"], row["birthdate"] and str(row["birthdate"]), WHEREABOUTS_NAME.get(row["whereabouts"] or ""))
        yield f"{row['name']}（{'，'.join(filter(None, said))}）"


def _records(con: duckdb.DuckDBPyConnection, person_id: str, settings: Settings) -> list[tuple[str, str]]:
    query = "select r.* from records r join identities i using (record_id) where i.person_id = ? order by record_id"
    records = rows_of(con, query, person_id)
    lines = [
        (registry_title(r["registry"], settings.registries), describe_record(r, settings.registries).split("　", 1)[1])
        for r in records[:_MOST_RECORDS]
    ]
    more = len(records) - len(lines)
    return [*lines, *([("", f"……还有 {more} 条，见 bidui explain {person_id}")] if more else [])]


def _reasons(con: duckdb.DuckDBPyConnection, p: dict) -> dict[str, str | None]:
    if not p["in_cohort"]:
        return {"去向": "不在大排查范围内（出生日期或户籍不符），不判定去向"}
    decision = next(d for d in DECISION_TABLE if d.rule == p["whereabouts_rule"])
    why = "" if decision is DECISION_TABLE[-1] else f"：{decision.words}"  # that of the last says that no other holds
    said: dict[str, str | None] = {"去向": WHEREABOUTS_NAME[decision.code] + why}
    for row in rows_of(con, "select * from unaccounted where person_id = ?", p["person_id"]):
        said["列入原因"] = f"{REASONS[row['reason']]}；{FOLLOW_UP[row['follow_up']]}；首次列入 {row['first_listed']}"
        said["线索"] = row["hint"]
        said["疑似学籍"] = row["candidate"]
    return said


def _history(root: Path, cases: list[dict]) -> list[tuple[str, str]]:
    """(day, event) of the child's cases on the list, the last ones."""
    events: list[tuple[str, str]] = []
    for case in cases:
        try:
            events += [match.groups() for line in history(root, case["case_id"]) if (match := _EVENT.match(line))]  # type: ignore[misc]
        except HistoryError:
            continue  # a case that the log does not know any more
    return sorted(events)[-_MOST_EVENTS:]


def _answers(con: duckdb.DuckDBPyConnection, person_id: str) -> list[tuple[str, str]]:
    """(day, words) of the answers about the child, the last ones."""
    rows = rows_of(
        con,
        "select * from answers where person_id = ? and kind in ('whereabouts', 'report') order by received_on, answered_on, answer_id",
        person_id,
    )
    return [(str(row["answered_on"] or row["received_on"]), _words(row)) for row in rows[-_MOST_ANSWERS:]]


def _visits(con: duckdb.DuckDBPyConnection, person_id: str) -> list[tuple[str, str]]:
    """(day, words) of the last visits to bring the child back to school."""
    query = "select * from answers where person_id = ? and kind = 'visit' and state = 'accepted' order by answered_on, answer_id"
    visits = rows_of(con, query, person_id)[-_MOST_VISITS:]
    return [
        (str(v["answered_on"]), "，".join(filter(None, (v["answered_by"], v["detail"], v["value"], v["note"])))) for v in visits
    ]


def _words(answer: dict) -> str:
    what = f"{answer['value'] or '未选答复'}{'（' + answer['detail'] + '）' if answer['detail'] else ''}"
    by = f"核查人 {answer['answered_by']}" if answer["answered_by"] else None
    refused = (ANSWER_REFUSAL_WORDS | OVERTAKEN_WORDS).get(answer["refusal"] or "", "").split("，")[0].removeprefix("的")
    become = ANSWER_STATES[answer["state"]] + (f"：{refused}" if refused else "")
    decided = f"{answer['decided_by']} {answer['decided_on']} 验收{'：' + answer['decided_why'] if answer['decided_why'] else ''}"
    parts = (what, answer["note"], answer["evidence"], by, become, decided if answer["decided_by"] else None)
    return "；".join(filter(None, parts))


def _responsible(root: Path, settings: Settings, township: str | None, village: str | None) -> dict[str, str | None]:
    """Heading -> names; those of the village, or else of the whole township."""
    rows = [row for row in read_responsible(root, Places(settings.divisions))[0].to_pylist() if row["township"] == township]
    by_place = {row["village"]: row for row in rows}
    own, whole = by_place.get(village, {}), by_place.get(None, {})
    return {heading: own.get(role) or whole.get(role) for role, heading in RESPONSIBLE_ROLES.items()}
