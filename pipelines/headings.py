"""Where a sheet's heading row is, and which column of it fills which field."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipelines.containers import Rows
from schemas.registry import Registry, registries

_LOOK_IN_ROWS = 30  # title rows above the headings: two or three in known exports
_WIDTH = str.maketrans("（）［］【】：／＊", "()[][]:/*")


@dataclass(frozen=True, slots=True)
class Headings:
    """``row``: index into the sheet's rows; ``fields``: field -> column index; ``extra``: headings nobody knows."""

    row: int
    fields: dict[str, int]
    extra: tuple[str, ...]


def plain(heading: str | None) -> str:
    """A heading without blanks, line breaks, marks of obligation and full-width brackets, in lower case."""
    text = re.sub(r"[\s\u200b\ufeff*]", "", (heading or "").translate(_WIDTH)).lower()
    return re.sub(r"[(\[](必填|选填|文本|\d+)[)\]]$", "", text)


@cache
def spellings(registry: Registry) -> dict[str, tuple[str, int]]:
    """Every known spelling of the registry's headings -> (field, rank of the spelling, 0 = the standard one)."""
    return {plain(h): (c.field, rank) for c in registry.columns for rank, h in enumerate(c.headings)}


def find_headings(rows: Rows, registry: Registry) -> Headings | None:
    """The row that holds most of the registry's headings (three at least), or None."""
    known = spellings(registry)
    best: Headings | None = None
    for index, row in enumerate(rows[:_LOOK_IN_ROWS]):
        found = _map(row, known)
        if len(found) >= 3 and (best is None or len(found) > len(best.fields)):
            taken = set(found.values())
            extra = tuple(h for i, cell in enumerate(row) if i not in taken and (h := plain(cell)) and h not in known)
            best = Headings(index, found, extra)
    return best


def _map(row: Sequence[str | None], known: dict[str, tuple[str, int]]) -> dict[str, int]:
    """Where two columns fill one field the better-ranked spelling wins, then the one further left."""
    chosen: dict[str, tuple[int, int]] = {}
    for index, cell in enumerate(row):
        if cell and (hit := known.get(plain(cell))):
            field, rank = hit
            if field not in chosen or (rank, index) < chosen[field]:
                chosen[field] = (rank, index)
    return {field: index for field, (_, index) in chosen.items()}


def signature_share(headings: Headings | None, registry: Registry) -> float:
    """Which part of the fields that give the registry away is present (0..1)."""
    if headings is None:
        return 0.0
    return sum(f in headings.fields for f in registry.signature) / len(registry.signature)


def missing_columns(headings: Headings, registry: Registry) -> list[str]:
    """The standard headings of required columns that are absent."""
    return [c.headings[0] for c in registry.columns if c.required and c.field not in headings.fields]


def recognise(rows: Rows) -> Registry | None:
    """The registry whose required columns are all there and whose signature fits best; None where none does."""
    best: tuple[float, Registry] | None = None
    for registry in registries().values():
        headings = find_headings(rows, registry)
        if headings is None or missing_columns(headings, registry):
            continue
        share = signature_share(headings, registry)
        if share > 0 and (best is None or share > best[0]):
            best = (share, registry)
    return best[1] if best else None
