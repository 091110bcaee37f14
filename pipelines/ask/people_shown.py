"""Persons as a search shows them: two lines each, masked unless somebody asked for all, and what to type next."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from pipelines.ask.masking import mask_name, mask_number
from pipelines.ask.published_rows import rows_of
from pipelines.ask.published_run import published_run
from pipelines.ask.search import HOW_FOUND, SEARCHED_TABLES, Hit, search
from pipelines.store.county_file import settings_of
from schemas.memory_database import memory_database
from schemas.registry import Registry
from schemas.whereabouts import LISTED, WHEREABOUTS_SHORT_NAME
from schemas.words import STATE_NAME

TABLES_OF_PEOPLE = (*SEARCHED_TABLES, "unaccounted")
_MOST, _MOST_IN_FULL = 9, 6  # persons on a screen of 24 lines
MASKED = "姓名、证号、出生日期已遮盖，加 --full 显示全部"


def find(root: Path, words: Sequence[str], full: bool = False) -> Iterator[str]:
    """Lines of Chinese text: who is meant by all ``words``, at most one screen. ``full``: nothing is masked. Raises NobodyFound, NoResults and
    CountyFileError."""
    store, settings = published_run(root, TABLES_OF_PEOPLE), settings_of(root)
    with memory_database(store.run) as con:
        for table in TABLES_OF_PEOPLE:
            con.read_parquet(str(store.path(table))).create_view(table)
        yield from people_shown(con, search(con, words, settings.divisions), settings.registries, full)


def people_shown(
    con: duckdb.DuckDBPyConnection, hits: Sequence[Hit], registries: Mapping[str, Registry], full: bool = False
) -> Iterator[str]:
    """Who was found, in Chinese. ``con``: has views of ``TABLES_OF_PEOPLE``; ``hits``: at least one."""
    ways = Counter(hit.how for hit in hits)
    by = "，".join(f"{name} {ways[how]:,}" for how, name in HOW_FOUND.items() if ways[how])
    yield f"找到 {len(hits):,} 人（{by}）" + ("" if full else f"；{MASKED}")
    shown = hits[: _MOST_IN_FULL if full else _MOST]
    marks, ids = ", ".join("?" * len(shown)), [hit.person_id for hit in shown]
    persons = {row["person_id"]: row for row in rows_of(con, f"select * from persons where person_id in ({marks})", *ids)}
    cases = rows_of(
        con,
        f"select * from cases where person_id in ({marks}) order by state = 'closed', kind <> 'list', since desc, case_id",
        *ids,
    )
    for person_id in ids:
        own = [case for case in cases if case["person_id"] == person_id]
        yield from _person(persons[person_id], own, registries, full)
    if len(shown) < len(hits):
        yield f"只列出前 {len(shown)} 人，请再加一个词缩小范围，如 bidui find 韦 双福村"
    named = next((case["case_id"] for person_id in ids for case in cases if case["person_id"] == person_id), None)
    history = f"，bidui history {named}（个案的经过）" if named else ""
    yield f"下一步：bidui explain {ids[0]}（去向的依据）{history}"


def _person(p: dict, cases: Sequence[dict], registries: Mapping[str, Registry], full: bool) -> Iterator[str]:
    place = " ".join(filter(None, (p["responsible_township"] or p["township"] or "乡镇不详", p["village"])))
    yield "　".join((p["person_id"], *who_it_is(p, full), place))
    state = WHEREABOUTS_SHORT_NAME[p["whereabouts"]] if p["in_cohort"] else "不在大排查范围内"
    listed = " ●在名单上" if p["whereabouts"] in LISTED else ""
    titles = (registries[key].title.removesuffix("系统") for key in p["registries"].split(",") if key in registries)
    told = [f"个案 {case['case_id']} {STATE_NAME[case['state']]}" for case in cases[:1]] or ["没有个案"]
    more = f"（共 {len(cases)} 件）" if len(cases) > 1 else ""
    yield f"  {state}{listed}　{' '.join(titles)}　{told[0]}{more}"
    if full and (p["guardian"] or p["phone"]):
        yield f"  监护人 {p['guardian'] or '不详'}　电话 {p['phone'] or '不详'}"


def who_it_is(p: Mapping, full: bool) -> tuple[str, ...]:
    """Name, sex, birthdate and ID number of a row of the table ``persons`` or ``unaccounted``, masked unless ``full``."""
    born = (str(p["birthdate"]) if full else f"{p['birthdate']:%Y} 年") if p["birthdate"] else "出生不详"
    name, number = (p["name"], p["id_number"]) if full else (mask_name(p["name"]), mask_number(p["id_number"]))
    return name or "无姓名", p["sex"] or "性别不详", born, number or "无有效证号"
