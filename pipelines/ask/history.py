"""The story of a case or of a person's cases, and what stood on the lists on a past night. Reads the published tables alone."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

from pipelines.ask.masking import masker_of, place_names
from pipelines.ask.published_run import published_run
from pipelines.guard import Foreseen
from pipelines.reconcile.cases import state_of
from pipelines.store.county_file import settings_of
from reports.past_night import FINDINGS_OF_ALL, write_night
from schemas.calendar import today
from schemas.memory_database import memory_database
from schemas.rules import DIFFERENCE_NAME
from schemas.settings import Settings
from schemas.whereabouts import REASONS, WHEREABOUTS_NAME
from schemas.words import EVENT_NAME, STATE_NAME, UNKNOWN_TOWNSHIP, title_of

_TABLES = ("case_log", "person_events", "standings")
_SHOWN = {
    "name": "姓名", "id_number": "身份证号", "birthdate": "出生日期", "sex": "性别", "guardian": "监护人", "phone": "电话", "poverty": "建档立卡",
    "disability": "残疾", "reason": "原因", "value_a": "值一", "value_b": "值二", "kind": "差异", "favoured": "倾向", "why": "理由", "message": "说明",
    "field": "项目",
}  # fmt: skip
_WORDS: dict[str, dict] = {
    "reason": REASONS,
    "kind": DIFFERENCE_NAME,
    "favoured": {"a": "值一", "b": "值二"},
    "poverty": {True: "是", False: "否"},
}


class HistoryError(Foreseen):
    """What was asked for is not there; the message is in Chinese."""


def history(
    root: Path, what: str | None, as_of: date | None = None, out: Path | None = None, masked: bool = False
) -> Iterator[str]:
    """Lines of Chinese text: the story of a case (C…) or a person (P…) up to ``as_of``; or, with neither, what stood on the lists on
    that night, written to the workbook ``out`` as well. ``masked``: names, numbers and birthdates are. Raises HistoryError, NoResults where
    nothing was published, and CountyFileError."""
    tables = (*_TABLES, *(("records", "persons") if masked else ()))
    store, settings = published_run(root, tables), settings_of(root)
    with memory_database(store.run) as con:
        for table in tables:
            con.read_parquet(str(store.path(table))).create_view(table)
        lines = _told(con, what, as_of, out, settings, store.run)
        yield from map(masker_of(con, place_names(settings.divisions)).text, lines) if masked else lines


def _told(
    con: duckdb.DuckDBPyConnection, what: str | None, as_of: date | None, out: Path | None, settings: Settings, run: Path
) -> Iterator[str]:
    nights = [
        night
        for (night,) in con.sql("select distinct as_of from standings union select as_of from case_log order by 1").fetchall()
    ]
    if not nights:
        raise HistoryError("还没有任何个案")
    day = as_of or nights[-1]
    if day > max(today(), nights[-1]):
        raise HistoryError(f"{day} 还没有到（今天是北京时间 {today()}），最近的记录是 {nights[-1]}")
    if day < nights[0]:
        raise HistoryError(f"最早的记录是 {nights[0]}，没有 {day} 的")
    if what:
        yield from _story(con, what, day, settings, run)
    else:
        yield from _night(con, max(night for night in nights if night <= day), out, settings, run)


def _story(con: duckdb.DuckDBPyConnection, what: str, day: date, settings: Settings, spill: Path) -> Iterator[str]:
    owners = [what]
    if what.startswith("P"):  # a number that was merged into another tells both stories
        merged = con.execute(
            "select person_id, other_person_id from person_events where event = 'merged' and ? in (person_id, other_person_id)",
            [what],
        ).fetchall()
        owners = sorted({what, *(number for pair in merged for number in pair)})
    own = "person_id" if what.startswith("P") else "case_id"
    log = con.sql(
        f"""select * from case_log where as_of <= $day and case_id in (
            select case_id from case_log where as_of <= $day and {own} in (select unnest($owners))
        ) order by case_id, entry""",
        params={"day": day, "owners": owners},
    ).to_arrow_table()
    entries = log.to_pylist()
    if not entries:
        raise HistoryError(f"{what} 没有个案。请给个案编号（C0000001）或人员编号（P0000001）")
    states = {case["case_id"]: case for case in state_of(log, day, settings, spill)["cases"].to_pylist()}
    for case_id in dict.fromkeys(row["case_id"] for row in entries):
        yield from _case(states[case_id], [row for row in entries if row["case_id"] == case_id])


def _case(case: dict, entries: list[dict]) -> Iterator[str]:
    weeks = f"，已 {case['weeks']} 周" if case["state"] != "closed" else ""
    yield f"{case['case_id']}　{title_of(case)}　{case['person_id']}　{case['township'] or UNKNOWN_TOWNSHIP} {case['village'] or ''}".rstrip()
    yield f"  {STATE_NAME[case['state']]}{weeks}；{case['opened']} 首次列入" + (
        f"，重新列入 {case['reopened']} 次" if case["reopened"] else ""
    )
    before: dict[str, object] = {}
    for row in entries:
        now = _values(row["content"])
        words = row["said"] or ""
        if row["event"] in ("opened", "reopened"):
            words = "，".join(f"{_SHOWN[k]} {v}" for k, v in now.items() if v and k in ("reason", "field", "value_a", "value_b"))
        elif row["event"] == "changed":
            words = "，".join(f"{_SHOWN[k]}：{before.get(k) or '空'} → {v or '空'}" for k, v in now.items() if v != before.get(k))
        yield f"  {row['as_of']}　{EVENT_NAME[row['event']]}" + (f"　{words}" if words else "")
        before = now


def _values(content: str | None) -> dict[str, object]:
    """The values that a case showed, codes in Chinese."""
    values = json.loads(content or "{}")
    return {field: _WORDS[field].get(value, value) if field in _WORDS else value for field, value in values.items()}


def _night(con: duckdb.DuckDBPyConnection, night: date, out: Path | None, settings: Settings, spill: Path) -> Iterator[str]:
    log = con.sql("select * from case_log where as_of <= $night order by entry", params={"night": night}).to_arrow_table()
    cases = [case for case in state_of(log, night, settings, spill)["cases"].to_pylist() if case["state"] != "closed"]
    latest = {row["case_id"]: _values(row["content"]) for row in log.to_pylist()}
    yield f"{night} 的名单（当晚的值，今天可能已变）"
    listed = [case for case in cases if case["kind"] == "list"]
    yield f"  去向不明儿童 {len(listed):,} 人：" + "，".join(
        _counts([WHEREABOUTS_NAME.get(c["rule"], c["rule"]) for c in listed])
    )
    yield "  各乡镇：" + "，".join(_counts([c["township"] or UNKNOWN_TOWNSHIP for c in listed]))
    found = [case for case in cases if case["kind"] == "finding"]
    yield f"  {FINDINGS_OF_ALL} {len(found):,} 条：" + "，".join(_counts([title_of(c) for c in found]))
    if out:
        write_night(out, night, [(case, title_of(case), latest[case["case_id"]]) for case in cases], _SHOWN)
        yield f"  逐条的在：{out}"
    else:
        yield "  加 --out FILE.xlsx 可逐条列出"


def _counts(names: list[str]) -> list[str]:
    return [f"{name} {count:,}" for name, count in sorted(Counter(names).items(), key=lambda entry: (-entry[1], entry[0]))]
