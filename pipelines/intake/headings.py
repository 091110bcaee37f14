"""Where a sheet's heading row is, and which column of it fills which field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import Levenshtein

from matching.blanks import BLANKS
from pipelines.files.grid import GridRows
from schemas.registry import Registry

LOOK_IN_ROWS = 30  # title rows above the headings: two or three in known exports
_WIDTH = str.maketrans("（）［］【】：／＊", "()[][]:/*")
_OWN = ("name", "id_number", "birthdate", "sex", "student_number")  # behind a guardian's heading they may be the guardian's
_LEAST = 3  # known headings make a heading row
_MARKS = re.compile(rf"[{BLANKS}*'\"=]")
# 身份证件号(18位), 学生状态(在读/休学): how to fill it in, and not what else it is (出生日期(农历), 姓名(拼音), 联系电话(班主任)).
_HINT = re.compile(r"[(\[]([^()\[\]]*)[)\]]$")
_SAYS_HOW = re.compile(r"\d|位|文本|格式|填|如[:：]|例|yyyy|/|、")
_HINTED = 100  # added to a spelling's rank
# Under such a heading stand other people's names and numbers (docs/formats.md 3.2).
_OF_OTHERS = re.compile(r"监护人|成员|父|母|家长|户主|联系人|代理人")


@dataclass(frozen=True, slots=True)
class Headings:
    """``row``: index of the (last) heading row; ``fields``: field -> column index; ``extra``: headings nobody knows;
    ``fallback_columns``: field -> columns of another spelling that are read where the first is empty; ``unused_duplicates``:
    headings that stand twice, of which the second is as often as not somebody else's."""

    row: int
    fields: dict[str, int]
    extra: tuple[str, ...]
    fallback_columns: dict[str, tuple[int, ...]]
    unused_duplicates: tuple[str, ...]


def plain(heading: str | None) -> str:
    """A heading without blanks, line breaks, numbering, marks of obligation and full-width brackets, in lower case."""
    text = _MARKS.sub("", (heading or "").translate(_WIDTH)).lower()
    return re.sub(r"^\d{1,2}[.、)]|[(\[](必填|选填|文本|\d+)[)\]]$", "", text)


@cache
def spellings(registry: Registry) -> dict[str, tuple[str, int]]:
    """Every known spelling of the registry's headings -> (field, rank of the spelling, 0 = the standard one)."""
    return {plain(h): (c.field, rank) for c in registry.columns for rank, h in enumerate(c.headings)}


def meaning(cell: str | None, known: dict[str, tuple[str, int]]) -> tuple[str, int] | None:
    """The field and the rank of spelling that a heading stands for, without or, ranking behind, with a hint in brackets."""
    spelled = plain(cell)
    if spelled in known or not (hint := _HINT.search(spelled)) or spelled[: hint.start()] not in known:
        return known.get(spelled)
    if not _SAYS_HOW.search(hint[1]):
        return None
    field, rank = known[spelled[: hint.start()]]
    return field, rank + _HINTED


def find_headings(rows: GridRows, registry: Registry) -> Headings | None:
    """The row, or the two rows under one another, with most of the registry's headings (three at least), or None."""
    known = spellings(registry)
    silent = known.keys() | {plain(heading) for heading in registry.ignored}
    best: Headings | None = None
    for index, row in enumerate(rows):
        below = rows[index + 1] if index + 1 < len(rows) else None
        for last, headings in ((index, row), (index + 1, _two_rows(row, below, known) if below else None)):
            if headings is None:
                continue
            chosen, others = _map(headings, known)
            if len(chosen) >= _LEAST and (best is None or len(chosen) > len(best.fields)):
                taken = {*chosen.values(), *(i for columns in others.values() for i in columns)}
                extra = tuple(h for i, c in enumerate(headings) if i not in taken and (h := plain(c)) and h not in silent)
                fallback_columns, unused_duplicates = _fallbacks(headings, chosen, others)
                best = Headings(last, chosen, tuple(dict.fromkeys(extra)), fallback_columns, unused_duplicates)
    return best


def _two_rows(upper: Sequence[str | None], lower: Sequence[str | None], known: dict) -> list[str | None] | None:
    """Two heading rows as one: a group's heading stands over the first of its columns, 监护人1 over 姓名 | 关系 | 电话."""
    if sum(plain(cell) in known for cell in lower if cell) < 2 or not any(upper):
        return None
    out: list[str | None] = []
    group = None
    for above, below in zip(upper, lower, strict=True):
        group = above or (group if below else None)
        both = f"{group}{below}" if group and below else None
        if (both and plain(both) in known) or (below and group and group != below and _OF_OTHERS.search(plain(group))):
            out.append(both)
        else:
            out.append(below or above)
    return out


def _map(row: Sequence[str | None], known: dict[str, tuple[str, int]]) -> tuple[dict[str, int], dict[str, list[int]]]:
    """(field -> column, field -> its other columns): where two columns fill one field the better-ranked spelling wins, then the
    one further left."""
    hits = [(meant, index) for index, cell in enumerate(row) if cell and (meant := meaning(cell, known))]
    chosen: dict[str, int] = {}
    others: dict[str, list[int]] = {}
    for (field, _), index in sorted(hits, key=lambda hit: (hit[0][1], hit[1])):
        if field in chosen:
            others.setdefault(field, []).append(index)
        else:
            chosen[field] = index
    return chosen, others


def _fallbacks(
    row: Sequence[str | None], chosen: dict[str, int], others: dict[str, list[int]]
) -> tuple[dict[str, tuple[int, ...]], tuple[str, ...]]:
    fallback_columns: dict[str, tuple[int, ...]] = {}
    unused_duplicates = []
    strangers = next((i for i, cell in enumerate(row) if cell and _OF_OTHERS.search(plain(cell))), len(row))
    for field, columns in others.items():
        spelled = {plain(row[chosen[field]])}
        for index in columns:
            own = field not in _OWN or (index < strangers and "(" not in plain(row[index]))
            if plain(row[index]) in spelled or not own:
                unused_duplicates.append(" ".join((row[index] or "").split()))
            else:
                fallback_columns[field] = (*fallback_columns.get(field, ()), index)
            spelled.add(plain(row[index]))
    return fallback_columns, tuple(dict.fromkeys(unused_duplicates))


def signature_share(headings: Headings | None, registry: Registry) -> float:
    """Which part of the fields that give the registry away is present (0..1)."""
    if headings is None:
        return 0.0
    return sum(f in headings.fields for f in registry.signature) / len(registry.signature)


def missing_columns(headings: Headings, registry: Registry) -> list[str]:
    """The standard headings of required columns that are absent; of columns of which one is enough, all with 或."""
    missing = [c.headings[0] for c in registry.columns if c.required and c.field not in headings.fields]
    for fields in registry.one_of:
        if not any(field in headings.fields for field in fields):
            missing.append("或".join(registry.column(field).headings[0] for field in fields))
    return missing


def recognise(rows: GridRows, registries: Mapping[str, Registry]) -> Registry | None:
    """The registry whose required columns are all there and whose signature fits best; None where none does."""
    best: tuple[float, Registry] | None = None
    for registry in registries.values():
        headings = find_headings(rows, registry)
        if headings is None or missing_columns(headings, registry):
            continue
        share = signature_share(headings, registry)
        if share > 0 and (best is None or share > best[0]):
            best = (share, registry)
    return best[1] if best else None


def misspelt(rows: GridRows, registry: Registry) -> list[tuple[str, str]]:
    """(heading as written, what it may mean) of the row that looks most like the registry's headings, where the two are one
    character apart, or what is written is a part of a required one. Never a cell that a person's name may stand in: the row must have three such headings."""
    known = spellings(registry)
    best: list[tuple[str, str]] = []
    for row in rows:
        found, sure = [], 0
        for cell in row:
            spelled = plain(cell)
            sure += spelled in known
            if not cell or spelled in known or not 2 <= len(spelled) <= 12:
                continue
            bare = re.sub(r"[(\[].*$", "", spelled)
            if bare in known:
                found.append((" ".join(cell.split()), registry.column(known[bare][0]).headings[0]))
                continue
            near = min(known, key=lambda heading: (Levenshtein.distance(spelled, heading), heading))
            if Levenshtein.distance(spelled, near) == 1 and len(near) >= 2:
                found.append((" ".join(cell.split()), registry.column(known[near][0]).headings[0]))
            elif meant := next(
                (c for c in registry.columns if c.required and any(spelled in plain(h) for h in c.headings)), None
            ):
                found.append((" ".join(cell.split()), meant.headings[0]))
        if len(found) + sure >= _LEAST and len(found) > len(best):
            best = found
    return best
