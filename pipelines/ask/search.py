"""Who is meant: persons of the published run found by name, ID number, place, case or number of bidui's own. A query takes no step of a run again.

A name is found as it is written in any registry, as a part of one, in variant characters, and, where none is written like it, by its sound or in
pinyin; an ID number whole or by its last digits, also where it was damaged; a place by the name of township, village or natural village.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from pipelines.ask.published_rows import ExplainError
from pipelines.intake.places import Places
from schemas.divisions import Divisions

FEWEST_DIGITS = 4  # of the end of an ID number
SEARCHED_TABLES = ("records", "identities", "persons", "person_events", "cases")
_PERSON, _CASE = re.compile(r"P\d{7,}"), re.compile(r"C\d{7,}")
_NUMBER = re.compile(r"\d[\d*]*X?")
_LATIN = re.compile(r"[A-Za-zÀ-ÿ·' ]+")
# How a word was found, the surest first -> what it is called.
HOW_FOUND = {
    "person": "人员编号", "record": "记录编号", "case": "个案编号", "id": "证号", "name": "姓名相同", "variant": "姓名（异体字）",
    "id_end": "证号末几位", "part": "姓名的一部分", "sound": "姓名同音", "place": "村、屯、乡镇",
}  # fmt: skip

_IDS = """
    with numbers as (
        select person_id, unnest([id_number, id_raw, id_other, certificate_number, student_number]) as number
        from records join identities using (record_id)
        union all select person_id, id_number from persons
    )
    select distinct person_id from numbers where {condition}
"""
_NAMES = """
    select distinct unnest([name, name_raw, former_name]) as name from records union select name from persons
"""
_NAMED = """
    with called as (
        select person_id, unnest([name, name_raw, former_name]) as name from records join identities using (record_id)
        union all select person_id, name from persons
    )
    select distinct person_id, how from called join found using (name)
"""
_PLACED = """
    select person_id from persons where starts_with(village, $place) or township = $township or responsible_township = $township
    union select person_id from records join identities using (record_id) where starts_with(records.village, $place) or starts_with(hamlet, $place)
"""
_RANKED = """
    select h.person_id, h.how from hits h join persons p using (person_id) left join (select person_id from listed) l using (person_id)
    order by h.rank, l.person_id is null, not p.in_cohort, h.person_id
"""


class NobodyFound(ExplainError):
    """Nobody of the published run is meant by what was asked; the message, in Chinese, says how to ask."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A person that is meant. ``how``: a key of ``HOW_FOUND``, the least sure of all words'."""

    person_id: str
    how: str


def search(con: duckdb.DuckDBPyConnection, words: Sequence[str], divisions: Divisions) -> list[Hit]:
    """The persons whom all ``words`` mean, the surest first, of equally sure ones those on the list first. ``con``: has views of the tables in
    ``SEARCHED_TABLES`` and of ``unaccounted``. Raises NobodyFound."""
    found: dict[str, str] | None = None
    order = list(HOW_FOUND)
    for word in words:
        hits = _of_word(con, word.strip(), divisions)
        found = hits if found is None else {p: max(how, hits[p], key=order.index) for p, how in found.items() if p in hits}
    if not found:
        if len(words) == 1 and _PERSON.fullmatch(words[0].upper()):
            raise NobodyFound(f"没有编号为 {words[0]} 的人员")
        raise NobodyFound(
            "没有找到。可写姓名（或其一部分、拼音）、证件号（或末四位以上）、村、屯、乡镇、人员编号（P0000001）、个案编号（C0000001）；"
            "几个词用空格分开，表示都要符合"
        )
    _as_table(
        con,
        "hits",
        ("person_id", "how", "rank"),
        [(person_id, how, f"{order.index(how):02}") for person_id, how in found.items()],
    )
    con.execute("create or replace temp view listed as select person_id from unaccounted")
    return [Hit(person_id, how) for person_id, how in con.sql(_RANKED).fetchall()]


def _of_word(con: duckdb.DuckDBPyConnection, word: str, divisions: Divisions) -> dict[str, str]:
    """person_id -> how it is meant by ``word``."""
    upper = word.upper()
    if _PERSON.fullmatch(upper):
        return dict.fromkeys(_persons(con, upper), "person")
    if _CASE.fullmatch(upper):
        return dict.fromkeys(_column(con, "select person_id from cases where case_id = ?", upper), "case")
    if _NUMBER.fullmatch(upper):
        return _by_id(con, upper)
    if not word:
        return {}
    if "." in word and (owner := _column(con, "select person_id from identities where record_id = ?", word)):
        return dict.fromkeys(owner, "record")
    return _by_place(con, word, divisions) | _by_name(con, word)


def _persons(con: duckdb.DuckDBPyConnection, person_id: str) -> list[str]:
    """The person of this number, or the one that the number was merged into."""
    merged = "select other_person_id from person_events where event = 'merged' and person_id = ?"
    return _column(con, "select person_id from persons where person_id = ?", person_id) or _column(con, merged, person_id)


def _by_id(con: duckdb.DuckDBPyConnection, number: str) -> dict[str, str]:
    if whole := _column(con, _IDS.format(condition="upper(number) = ?"), number):
        return dict.fromkeys(whole, "id")
    if len(number) < FEWEST_DIGITS:
        raise NobodyFound(f"证件号请写全，或写末 {FEWEST_DIGITS} 位以上")
    return dict.fromkeys(_column(con, _IDS.format(condition="ends_with(upper(number), ?)"), number), "id_end")


def _by_name(con: duckdb.DuckDBPyConnection, word: str) -> dict[str, str]:
    from matching.name_text import clean_name, fold_name

    asked = clean_name(word) or word
    folded = fold_name(asked)
    names = [name for (name,) in con.execute(_NAMES).fetchall() if name]
    how = {}
    for name in names:
        if name == asked:
            how[name] = "name"
        elif (usual := fold_name(name)) == folded:
            how[name] = "variant"
        elif folded in usual:
            how[name] = "part"
    if not how and (len(asked) > 1 or _LATIN.fullmatch(asked)):
        from matching.names import sound_keys  # loads numpy and Arrow

        first, second = sound_keys([asked, *names])
        how = {name: "sound" for name, *keys in zip(names, first[1:], second[1:], strict=True) if {first[0], second[0]} & {*keys}}
    if not how:
        return {}
    _as_table(con, "found", ("name", "how"), how.items())
    order = list(HOW_FOUND)
    hits = sorted(con.execute(_NAMED).fetchall(), key=lambda hit: order.index(hit[1]), reverse=True)
    return dict(hits)  # of a person with several names the surest


def _by_place(con: duckdb.DuckDBPyConnection, word: str, divisions: Divisions) -> dict[str, str]:
    township = Places(divisions).township_of(word)
    hits = con.execute(_PLACED, {"place": word, "township": township}).fetchall()
    return {person_id: "place" for (person_id,) in hits}


def _as_table(con: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table of texts in ``con``. As JSON: an Arrow table or a list that DuckDB is given makes it load pandas, a fifth of a second."""
    picked = ", ".join(f"row[{place}] as {column}" for place, column in enumerate(columns, 1))
    query = f"create or replace temp table {name} as select {picked} from (select unnest(from_json(?, '[[\"VARCHAR\"]]')) as row)"
    con.execute(query, [json.dumps([*map(list, rows)], ensure_ascii=False)])


def _column(con: duckdb.DuckDBPyConnection, query: str, value: str) -> list[str]:
    return [row[0] for row in con.execute(query, [value]).fetchall()]
