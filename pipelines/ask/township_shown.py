"""A township as the published run has it, on one screen: its list, why the children are on it, what the week and the answers brought."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from pipelines.ask.people_shown import MASKED, who_it_is
from pipelines.ask.published_rows import rows_of
from pipelines.ask.published_run import published_run
from pipelines.guard import Foreseen
from pipelines.intake.places import Places
from pipelines.night.kept_counts import kept_counts
from pipelines.screen import Shown, TextTable
from reports.list_counts import ListCounts, decisions_words, listed_words
from schemas.answers import ANSWER_STATES
from schemas.calendar import last_report_day
from schemas.divisions import Divisions
from schemas.memory_database import memory_database
from schemas.settings import Settings
from schemas.whereabouts import FOLLOW_UP_SHORT_NAME, REASON_SHORT_NAME
from schemas.words import EVENT_NAME, LIST_TITLE, UNKNOWN_TOWNSHIP

_TABLES = ("persons", "unaccounted", "changes", "answers", "indicators")
_SCREEN, _WIDTH = 22, 80  # lines beside that of the command and the next prompt; columns
_MOST_VILLAGES = 8
_TOLD_STATES = ("returned", "refused", "accepted")  # of answers, what there is to do first
_NIGHT = "select max(as_of) from indicators"
_WEEK_BEGAN = "select max(since) from changes where period = 'week'"  # null where nothing has happened since
_OF_WEEK = """
    select kind, event, count(distinct case_id) from changes
    where period = 'week' and township is not distinct from ? and event in ('opened', 'reopened', 'closed') group by all
"""
_COUNTY = """
    with week as (
        select coalesce(township, $unknown) as township, count(distinct case_id) filter (event in ('opened', 'reopened')) as opened,
            count(distinct case_id) filter (event = 'closed') as closed
        from changes where period = 'week' and kind = 'list' group by all
    ), answered as (
        select coalesce(township, $unknown) as township, count(*) filter (state in ('refused', 'returned')) as back
        from answers where kind <> 'acceptance' group by all
    )
    select township, coalesce(opened, 0)::int, coalesce(closed, 0)::int, coalesce(back, 0)::int
    from week full join answered using (township)
"""


class NoSuchTownship(Foreseen):
    """The county has no township of this name; the message, in Chinese, says so."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A township (None: of children of whom it is not known) of a run, whose tables are views of ``con``."""

    con: duckdb.DuckDBPyConnection
    township: str | None
    full: bool

    def counted(self, query: str) -> list[tuple]:
        """The rows that ``query`` gives, with the township for its question mark."""
        return self.con.execute(query, [self.township]).fetchall()


def official_name(divisions: Divisions, named: str) -> str:
    """What the township that is ``named`` is called, or the words for that it is not known. Raises NoSuchTownship."""
    official = UNKNOWN_TOWNSHIP if named == UNKNOWN_TOWNSHIP else Places(divisions).township_of(named)
    if official is None:
        raise NoSuchTownship(f"没有这个乡镇。可写：{'、'.join((*divisions.township_names, UNKNOWN_TOWNSHIP))}")
    return official


def show_township(root: Path, settings: Settings, official: str | None, full: bool = False) -> Iterator[Shown]:
    """Lines of Chinese text: the township (``official_name``), or with None all of the county's in a table. ``settings``: the county's;
    ``full``: nothing is masked. Raises NoResults."""
    store = published_run(root, _TABLES)
    township = None if official == UNKNOWN_TOWNSHIP else official
    with memory_database(store.run) as con:
        for table in _TABLES:
            con.read_parquet(str(store.path(table))).create_view(table)
        ((night,),) = con.sql(_NIGHT).fetchall()
        lists = kept_counts(store.run, night, settings)
        if official is None:
            yield from _county(con, settings, lists, night)
            return
        shown, counts = _Shown(con, township, full), lists.get(township or UNKNOWN_TOWNSHIP, ListCounts())
        answered = _answered(store.run, night, settings) if counts.waiting or counts.with_office else {}
        above = list(_counts(shown, counts, night, settings.weekday))
        yield from above
        yield from _children(shown, answered, _SCREEN - sum(map(_lines, above)))


def _answered(run: Path, night: date, settings: Settings) -> dict[str, str]:
    """Listed child (person_id) -> where its township's answer is, in the words of the cover, if the township need do no more for now."""
    from reports.list_rows import answered, list_relations  # loads pandas

    with list_relations(run, night, settings, wanted="child_rows") as con:
        children = con.table("child_rows").select("person_id", "answer_state").to_arrow_table()
    asked_no_more = children.filter(answered(children))
    return {row["person_id"]: LIST_TITLE[row["answer_state"]][0] for row in asked_no_more.to_pylist()}


def _county(con: duckdb.DuckDBPyConnection, settings: Settings, lists: Mapping[str, ListCounts], night: date) -> Iterator[Shown]:
    more = {name: numbers for name, *numbers in con.execute(_COUNTY, {"unknown": UNKNOWN_TOWNSHIP}).fetchall()}
    rows = []
    for name in {*more, *lists}:
        counted = lists.get(name, ListCounts())
        rows.append((name, counted.listed, counted.call, counted.waiting, counted.with_office, *more.get(name, (0, 0, 0))))
    rows = sorted((row for row in rows if any(row[1:])), key=lambda row: (-row[1], row[0]))
    total = ("全县", *(sum(column) for column in list(zip(*rows, strict=True))[1:])) if rows else ("全县", *[0] * 7)
    table = [(name, *(f"{number:,}" for number in numbers)) for name, *numbers in (*rows, total)]
    headings = (
        *("乡镇", LIST_TITLE["listed"][0], FOLLOW_UP_SHORT_NAME["call"], LIST_TITLE["waiting"][0], LIST_TITLE["with_office"][0]),
        *("本周列入", "本周销号", "退回、未采用"),
    )
    yield TextTable(f"{settings.county.short_name}　{night}", headings, table, numbers=len(headings) - 1)
    yield "一个乡镇的名单：bidui show 乡镇"


def _counts(shown: _Shown, lists: ListCounts, night: date, weekday: int) -> Iterator[str]:
    """``weekday``: on which schools report, from 0 for Monday."""
    ((due,),) = shown.counted(
        "select count(*) from persons where responsible_township is not distinct from ? and in_cohort and due"
    )
    ((since,),) = shown.con.sql(_WEEK_BEGAN).fetchall()
    yield f"{shown.township or UNKNOWN_TOWNSHIP}　{night}　{listed_words(lists)}；已到入学年龄 {due:,} 人"
    reasons = dict(shown.counted("select reason, count(*) from unaccounted where township is not distinct from ? group by 1"))
    yield "原因：" + _joined((REASON_SHORT_NAME[code], reasons[code]) for code in REASON_SHORT_NAME if code in reasons)
    week = {(kind, event): count for kind, event, count in shown.counted(_OF_WEEK)}
    told = (
        f"{name} "
        + "，".join(f"{EVENT_NAME[event]} {week.get((kind, event), 0):,}" for event in ("opened", "reopened", "closed"))
        for kind, name in (("list", "名单个案"), ("finding", "信息不一致"))
    )
    yield f"{since or last_report_day(night, weekday)} 以来：" + "；".join(told)
    states = dict(
        shown.counted(
            "select state, count(*) from answers where township is not distinct from ? and kind <> 'acceptance' group by 1"
        )
    )
    answered = _joined((ANSWER_STATES[state], states.get(state, 0)) for state in _TOLD_STATES)
    yield f"{decisions_words(lists)}；答复：{answered}"
    villages = shown.counted(
        "select coalesce(village, '村不明'), count(*) from unaccounted where township is not distinct from ? group by 1 order by 2 desc, 1"
    )
    more = f"，等 {len(villages)} 个村" if len(villages) > _MOST_VILLAGES else ""
    yield "各村：" + _joined(villages[:_MOST_VILLAGES]) + more


def _children(shown: _Shown, answered: Mapping[str, str], room: int) -> Iterator[str]:
    """The children of the list that ``room`` lines hold, those listed last first. ``answered``: as ``_answered`` has them."""
    children = rows_of(
        shown.con,
        "select * from unaccounted where township is not distinct from ? order by first_listed desc, village, person_id",
        shown.township,
    )
    if not children:
        yield "名单上没有儿童"
        return
    yield "名单（新列入的在前" + ("）：" if shown.full else f"；{MASKED}）：")
    room, told = room - 3, 0
    for child in children:
        lines = [_child(child, answered, shown.full), *([_whose(child)] if shown.full else [])]
        room -= sum(map(_lines, lines))
        if room < 0:
            break
        yield from lines
        told += 1
    if told < len(children):
        yield f"还有 {len(children) - told:,} 人：见核查表，或 bidui find {shown.township or ''} 村名"
    yield f"下一步：bidui explain {children[0]['person_id']}（去向的依据），bidui history {children[0]['case_id'] or ''}（个案的经过）"


def _child(child: dict, answered: Mapping[str, str], full: bool) -> str:
    name, sex, born, number = who_it_is(child, full)
    who = (name, sex, born, number) if full else (name, sex, born)
    to_do = answered.get(child["person_id"], FOLLOW_UP_SHORT_NAME[child["follow_up"]])
    parts = (child["person_id"], *who, child["village"] or "村不明", to_do)
    return "　".join((*parts, REASON_SHORT_NAME[child["reason"]]))


def _whose(child: dict) -> str:
    return f"  监护人 {child['guardian'] or '不详'}　电话 {child['phone'] or '不详'}　首次列入 {child['first_listed']}"


def _joined(counts: "Iterator[tuple[str, int]] | list[tuple]") -> str:
    return "，".join(f"{name} {count:,}" for name, count in counts) or "无"


def _lines(text: str) -> int:
    """How many lines of a usual terminal the text takes; a Chinese character is two columns wide."""
    columns = sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)
    return -(-columns // _WIDTH) or 1
