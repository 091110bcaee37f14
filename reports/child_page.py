"""一生一案: all that is known of one child on one printed page, with room to sign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reports.book import (
    BLUE,
    DATE_FORMAT,
    GENERAL,
    Book,
    CellValue,
    Look,
    PageGap,
    PageLine,
    PageRow,
    PrintedPage,
    write_book,
)

_TITLE_OF_SHEET = "一生一案"
_WIDTHS = (10, 19, 10, 16, 10, 20)
_TITLE = Look(bold=True, size=18, centred=True, boxed=False)
_DAY = Look(centred=True, boxed=False)
_HEADING = Look(bold=True, size=12, boxed=False)
_LABEL = Look(bold=True, fill=BLUE, centred=True)
_SIGN_HERE = 30  # points
_SIGNERS = ("入户核查人", "村负责人", "学校负责人", "乡镇负责人", "监护人")
_VISITS, _VISIT_COLUMNS = 3, ("次数", "日期", "劝返人", "措施", "结果", "备注")


@dataclass(frozen=True, slots=True)
class ChildStory:
    """What the page says, in Chinese. ``facts``: label -> value, three side by side; ``long_facts``: a line each; the others: label of a line
    (a system, a day, a person) and its text."""

    county: str
    area: str
    as_of: date
    facts: Mapping[str, CellValue]
    long_facts: Mapping[str, str | None]
    records: Sequence[tuple[str, str]]
    reasons: Mapping[str, str | None]
    history: Sequence[tuple[str, str]]
    answers: Sequence[tuple[str, str]]
    responsible: Mapping[str, CellValue]
    visits: Sequence[tuple[str, str]]


def write_child(path: Path, story: ChildStory) -> None:
    """Write the page to ``path``, a workbook of one sheet."""
    write_book(Book(path, (child_page(story),), story.as_of))


def child_page(story: ChildStory) -> PrintedPage:
    """One sheet of A4, upright."""
    items: list[PageLine | PageRow | PageGap] = [
        PageLine(f"{story.county}控辍保学“一生一案”", _TITLE, 30),
        PageLine(f"比对日期 {story.as_of.isoformat()}", _DAY),
        *_section("一、基本情况"),
        *_side_by_side(story.facts),
        *_lines(list(story.long_facts.items())),
        *_section("二、各系统的登记"),
        *_lines(story.records or [("—", "各系统均无记录")]),
        *_section("三、去向和列入名单的原因"),
        *_lines(list(story.reasons.items())),
        *_section("四、个案经过"),
        *_lines(story.history or [("—", "没有列入过名单")]),
        *_section("五、乡镇答复和县级验收"),
        *_lines(story.answers or [("—", "没有答复")]),
        *_section("六、包保责任人"),
        *_side_by_side(story.responsible),
        *_section("七、劝返记录"),
        *_lines(story.visits),
        PageRow(tuple((heading, _LABEL) for heading in _VISIT_COLUMNS)),
        *(PageRow(tuple((None, Look()) for _ in _VISIT_COLUMNS), height=_SIGN_HERE) for _ in range(_VISITS)),
        *_section("八、签字"),
        *_to_sign(),
    ]
    return PrintedPage(_TITLE_OF_SHEET, story.area, _WIDTHS, tuple(items), merged=True, portrait=True, one_page=True)


def _section(title: str) -> list[PageLine | PageGap]:
    return [PageGap(6), PageLine(title, _HEADING, 18)]


def _side_by_side(facts: Mapping[str, CellValue]) -> list[PageRow]:
    """Three labels and values on each row."""
    pairs = [*facts.items()]
    pairs += [("", None)] * (-len(pairs) % 3)
    return [
        PageRow(tuple(cell for label, value in pairs[at : at + 3] for cell in ((label, _LABEL), (value, _value(value)))))
        for at in range(0, len(pairs), 3)
    ]


def _value(value: CellValue) -> Look:
    return Look(number_format=DATE_FORMAT if isinstance(value, date) else GENERAL)


def _lines(lines: Sequence[tuple[str, str | None]]) -> list[PageRow]:
    """A label and its text over the rest of the row."""
    return [PageRow(((label, _LABEL), (text or "—", Look())), unit=len(_WIDTHS) - 1) for label, text in lines]


def _to_sign() -> list[PageRow]:
    pairs = [*_SIGNERS, "日期"]
    return [
        PageRow(tuple(cell for label in pairs[at : at + 3] for cell in ((label, _LABEL), (None, Look()))), height=_SIGN_HERE)
        for at in range(0, len(pairs), 3)
    ]
