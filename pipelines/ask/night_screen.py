"""What a run says at its end: at most one screen, gaps first, then the list, against last time, and the files to open first. All that it
leaves out is on the night's page and, row by row, in the offices' workbooks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.night.night_record import PAGE, KeptNight, nights_before
from pipelines.screen import Shown, TextLine, TextTable
from reports.book.measure import text_lines, text_width
from reports.list_counts import decisions_words, listed_words
from reports.listings import FINDINGS_SHEET, PAIRS_SHEET
from reports.night import (
    MissingPart,
    Night,
    NightFigures,
    book_to_check,
    changes_to_check,
    files_to_check,
    missing_parts,
    summary_book,
)
from reports.offices import OFFICES_FOLDER
from schemas.whereabouts import WHEREABOUTS

ROWS, COLUMNS = 22, 80  # of a small terminal, less the command and the prompt
_WARNING_ROWS, _CHANGE_ROWS = 10, 4  # at most, of what was left out and is to be known; of how exports changed
_LONGEST = 2 * COLUMNS - 15  # half-width characters of a sentence: it takes two rows
_SYSTEM_WIDTH, _FILE_WIDTH = 12, 28
_FEWEST_FILES = 2  # a table of fewer is not worth its heading


@dataclass(frozen=True, slots=True)
class NightScreen:
    """``warnings``: what was left out and what to know, for stderr; ``results``: the rest."""

    warnings: Sequence[str]
    results: Sequence[Shown]


def night_screen(kept: KeptNight, root: Path, short: bool = True) -> NightScreen:
    """The screen of a run. ``short``: the warnings fit on it too, cut where they must be; else all of them, whole, as a log should have
    them."""
    night = kept.night
    before = next(reversed(nights_before(night, kept.others)), None)
    warnings = _warnings(night, short)
    first, last = list(_list(night, before)), list(_to_open(night, root, before))
    room = ROWS - sum(map(_rows, [*(warnings if short else ()), *first, *last]))
    more: list[Shown] = []
    for block in (_changes(night), _files(night, room), _people(night)):
        lines = list(block)
        if (taken := sum(map(_rows, lines))) <= room:
            more += lines
            room -= taken
    return NightScreen(warnings, [*first, *more, *last])


def _warnings(night: Night, short: bool) -> list[str]:
    gaps = [f"  {number}. {_gap(part)}" for number, part in enumerate(missing_parts(night), 1)]
    lines = [f"已发布，但缺少 {len(gaps)} 项："] if gaps else []
    lines += _first(gaps, _WARNING_ROWS - 2, "项", short)
    room = _WARNING_ROWS - sum(map(_rows, lines))
    return lines + _first([f"注意：{note}" for note in night.notes], room, "条注意", short)


def _gap(part: MissingPart) -> str:
    """How to mend it first, because the line may be cut."""
    reasons = [f"{file}{reason}" for file, reason in part.files]
    return "；".join([*reasons, *([part.text] if part.text not in dict(part.files) else [])])


def _first(lines: Sequence[str], room: int, unit: str, short: bool = True) -> list[str]:
    """Those of ``lines`` that fit into so many rows, cut where they are long, and how many there are besides; all of them whole where not
    ``short``."""
    if not short:
        return list(lines)
    shown: list[str] = []
    for place, line in enumerate(lines, 1):
        cut = _cut(line, _LONGEST)
        if sum(map(_rows, shown)) + _rows(cut) + (place < len(lines)) > room:
            return [*shown, f"  另有 {len(lines) - len(shown)} {unit}，见本次一览"]
        shown.append(cut)
    return shown


def _list(night: Night, before: NightFigures | None) -> Iterator[Shown]:
    state = f"缺少 {len(missing_parts(night))} 项" if night.left_out else "正常，没有缺口"
    yield TextLine(f"{night.as_of} {night.county}：{state}", "warning" if night.left_out else "plain")
    yield listed_words(night.lists)
    counts = night.whereabouts()
    listed = [f"{place.short_name or place.name} {counts.get(place.code, 0):,}" for place in WHEREABOUTS if place.listed]
    yield "  其中：" + "，".join(listed)
    if night.since:
        last = f"{before.listed:,} 人" if before and before.as_of == night.since else ""
        closed = "，".join(f"{name} {count:,}" for name, count in list(night.closed_as.items())[:2])
        changes = f"＋新列入 {sum(night.opened.values()):,}，－销号 {sum(night.closed.values()):,}"
        yield f"  上次（{night.since}）{last}：{changes}{f'（{closed} 等）' if closed else ''}"
    else:
        yield "  第一次比对，没有上次的可比"
    found = night.changes.get("finding", {})
    new = f"（＋{found.get('opened', 0) + found.get('reopened', 0):,}，－{found.get('closed', 0):,}）" if night.since else ""
    questions = f"{PAIRS_SHEET.title} {night.lists.questions:,} {PAIRS_SHEET.unit}"
    yield f"{FINDINGS_SHEET.title} {night.lists.findings:,} {FINDINGS_SHEET.unit}{new}；{questions}；{decisions_words(night.lists)}"


def _changes(night: Night) -> Iterator[Shown]:
    for line in _first(changes_to_check(night), _CHANGE_ROWS, "处"):
        yield TextLine(line, "warning")


def _files(night: Night, room: int) -> Iterator[Shown]:
    files = files_to_check(night)
    shown = files[: max(0, room - 2 - (len(files) > room - 2))]
    if len(shown) < min(_FEWEST_FILES, len(files)):
        notices, refused = sum(file.notices for file in files), sum(file.refused for file in files)
        yield f"导出 {len(files)} 份：提示 {notices:,} 类，退回 {refused:,} 行，见本次一览和“{OFFICES_FOLDER}”"
        return
    rows = [
        (
            _cut(file.system, _SYSTEM_WIDTH),
            _cut(file.file, _FILE_WIDTH),
            *((f"{file.rows:,}", f"{file.accepted:,}") if file.used else ("未采用", "")),
            f"{file.refused:,}",
            f"{file.notices:,}",
        )
        for file in shown
    ]
    yield TextTable(None, ("系统", "文件", "读入行", "采用", "退回", "提示（类）"), rows, numbers=4)
    if len(files) > len(shown):
        yield f"  另有 {len(files) - len(shown)} 份，见本次一览"
    yield f"  逐行的原因和改法在“{OFFICES_FOLDER}”里各单位的工作簿"


def _people(night: Night) -> Iterator[Shown]:
    yield f"人员 {night.people:,}，其中大排查范围内儿童 {night.cohort:,}；同一人的记录对 {night.matches:,}"


def _to_open(night: Night, root: Path, before: NightFigures | None) -> Iterator[Shown]:
    yield f"先打开（都在 {root} 里）："
    run = Path("curated", "runs", night.run)
    places = {"本次一览": run / PAGE}
    for name, book in (("名单", summary_book(night)), ("退回单位", book_to_check(night))):
        if book:
            places[name] = Path("outbox", night.outbox, book)
    for name, place in places.items():
        yield TextLine(f"  {name}　{place}", link=(root / place).absolute().as_uri())
    last = sum(before.seconds.values()) if before else 0.0
    yield f"用时 {sum(night.seconds.values()):.1f} 秒{f'（上次 {last:.1f}）' if last else ''}"


def _cut(text: str, width: int) -> str:
    """``text`` in at most so many half-width characters."""
    if text_width(text) <= width:
        return text
    cut = text[: width - 2]
    while text_width(cut) > width - 2:
        cut = cut[:-1]
    return f"{cut}…"


def _rows(part: Shown) -> int:
    if isinstance(part, TextTable):
        return 1 + len(part.rows)
    return text_lines(part.text if isinstance(part, TextLine) else part, COLUMNS)
