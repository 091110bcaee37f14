"""Which workbook of a run is for whom. It is told by the folder and by what the file's name begins with, and never guessed: a workbook
that is nobody's goes to nobody, and is named."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from reports.offices import OFFICES_FOLDER
from reports.weekly import WEEKLY_FOLDER
from schemas.settings import Settings

# Of a workbook: the lists of a township, the county's summary, the weekly report of a township or of the county, what goes back to an office; not
# of a run: what becomes of the answers that a township sent.
BookKind = Literal["lists", "summary", "weekly", "returned", "receipt"]
_PIECE = 1 << 20
_ENDING = ".xlsx"
_NO_WORKBOOK = "~$", "."  # what Excel leaves beside a workbook that is open, and hidden files


@dataclass(frozen=True, slots=True)
class OutgoingBook:
    """A workbook and whom it is for. ``sha256``: of its content as it is published."""

    path: Path
    area: str
    kind: BookKind
    sha256: str


def outgoing_books(
    folder: Path, settings: Settings, areas: Collection[str] | None = None
) -> tuple[list[OutgoingBook], list[str]]:
    """The workbooks in ``folder``, that of a run, in the order of their recipients, those of ``areas`` alone where given; and the files
    that are nobody's, by their place in the folder. Raises OSError."""
    books, nobodys = [], []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name.startswith(_NO_WORKBOOK):
            continue
        place = path.relative_to(folder)
        found = _recipient(place, settings)
        if found is None:
            nobodys.append(place.as_posix())
        elif areas is None or found[0] in areas:
            books.append(OutgoingBook(path, *found, _sha256(path)))
    order, kinds = {area: number for number, area in enumerate(settings.areas)}, get_args(BookKind)
    return sorted(books, key=lambda book: (order[book.area], kinds.index(book.kind), book.path.name)), nobodys


def by_area(books: Sequence[OutgoingBook]) -> Iterator[tuple[str, list[OutgoingBook]]]:
    """(area, its workbooks), in their order."""
    for area in dict.fromkeys(book.area for book in books):
        yield area, [book for book in books if book.area == area]


def _recipient(place: Path, settings: Settings) -> tuple[str, BookKind] | None:
    """Whose the workbook is that lies at ``place`` in the folder; None where that cannot be told."""
    name, folder = place.name, place.parent.as_posix()
    townships, county = settings.divisions.township_names, settings.county.short_name
    if not name.endswith(_ENDING):
        return None
    if folder == OFFICES_FOLDER:
        owner = _begins_with(name, [registry.owner for registry in settings.registries.values()])
        return (
            (owner if owner in settings.offices else county, "returned") if owner else None
        )  # what no office exported is the county's
    if folder == WEEKLY_FOLDER:
        area = _begins_with(name.removeprefix(f"{WEEKLY_FOLDER}_"), (*townships, county))
        return (area, "weekly") if area else None
    if folder != ".":
        return None
    area = _begins_with(name, (*townships, county))
    return (area, "summary" if area == county else "lists") if area else None


def _begins_with(name: str, areas: Collection[str]) -> str | None:
    """The area that ``name`` begins with, up to an underscore; the longest, because a name may hold one itself."""
    return max((area for area in areas if name.startswith(f"{area}_")), key=len, default=None)


def _sha256(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            total.update(piece)
    return total.hexdigest()
