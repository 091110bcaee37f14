"""What a run says at its end: one screen, gaps first, then the list, against last time, and the files to open first."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.ask.night_screen import NightScreen, night_screen
from pipelines.night.night_record import KeptNight
from pipelines.screen import Shown, TextLine, TextTable
from reports.book.measure import text_width
from reports.night import Night
from tests.lib.made_up_nights import BROKEN, GAPS, NIGHT, PUPILS, nights

ROOT = Path("/srv/data")


def screen_of(night: Night, *listed: int, short: bool = True) -> NightScreen:
    return night_screen(KeptNight(night, nights(*listed)), ROOT, short)


def lines_of(parts: Sequence[Shown]) -> list[str]:
    lines: list[str] = []
    for part in parts:
        if isinstance(part, TextTable):
            lines += ["　".join(row) for row in (part.headings, *part.rows)]
        else:
            lines.append(part.text if isinstance(part, TextLine) else part)
    return lines


def rows_of(screen: NightScreen) -> int:
    """Lines of a terminal of 80 columns."""
    return sum(-(-text_width(line) // 80) for line in lines_of([*screen.warnings, *screen.results]))


def crowded(gaps: int, files: int, notes: int = 0, drift: int = 0) -> Night:
    """A night with so many of everything, each with a long text."""
    long = "很长的一句话，说明怎么回事、怎么改，" * 12
    return replace(
        NIGHT,
        files=[{**PUPILS, "file": f"{'很长的文件名' * 10}{number}.xlsx"} for number in range(files)],
        left_out=[f"第 {number} 处缺口：{long}" for number in range(gaps)],
        notes=[long] * notes,
        drift=[("warning", long)] * drift,
    )


@pytest.mark.parametrize(
    "night",
    [NIGHT, GAPS, crowded(0, 40), crowded(1, 40, 1, 1), crowded(30, 40, 30, 30), crowded(3, 3, 9, 0), crowded(0, 0, 9, 9)],
)
def test_a_screen_is_enough_on_a_good_night_and_on_a_bad_one(night: Night) -> None:
    assert rows_of(screen_of(night, 5, 6)) <= 22  # and the command above, the prompt below


def test_a_log_has_every_gap_and_note_whole() -> None:
    night = crowded(30, 40, 30)
    said = "".join(screen_of(night, 5, short=False).warnings)
    assert all(text in said for text in (*night.left_out, *night.notes))


def test_on_a_screen_it_says_how_many_more_there_are() -> None:
    warnings = screen_of(crowded(30, 3, 5)).warnings
    assert warnings[0] == "已发布，但缺少 30 项：" and warnings[-2:] == [
        "  另有 27 项，见本次一览",
        "  另有 5 条注意，见本次一览",
    ]


def test_gaps_come_first_each_with_how_to_mend_it() -> None:
    screen = screen_of(GAPS)
    assert screen.warnings[:3] == [
        "已发布，但缺少 2 项：",
        "  1. 公安户籍（raw/huji 没有可用的文件）",
        "  2. 《<b>初中</b>.xlsx》文件不完整。请重新导出",
    ]
    assert lines_of(screen.results)[0] == "2020-04-15 都安瑶族自治县：缺少 2 项"


def test_the_list_is_shown_against_last_time() -> None:
    said = lines_of(screen_of(NIGHT, 6).results)
    assert said[:2] == [
        "2020-04-15 都安瑶族自治县：正常，没有缺口",
        "去向不明儿童 7 人（须入户 4，先电话核对 2，待县验收 1，待部门更正 0）",
    ]
    assert "信息不一致 9 条（＋0，－0）；疑似同一人 3 对；答复验收 3 条；同一人验收 1 对" in said
    assert "  上次（2020-04-14）6 人：＋新列入 3，－销号 2（在校就读 2 等）" in said
    later = replace(NIGHT, as_of="2020-04-16", since="2020-04-15")  # of the night before no figures are kept
    assert "  上次（2020-04-15）：＋新列入 3，－销号 2（在校就读 2 等）" in lines_of(screen_of(later, 6).results)
    assert "  第一次比对，没有上次的可比" in lines_of(screen_of(replace(NIGHT, since=None)).results)


def test_three_files_are_to_be_opened_first() -> None:
    said = lines_of(screen_of(NIGHT).results)
    start = said.index(f"先打开（都在 {ROOT} 里）：")
    assert [Path(line.partition("　")[2]).as_posix() for line in said[start + 1 : start + 4]] == [
        "curated/runs/20200415-0007/night.html",
        "outbox/2020-04-15/都安县_控辍保学汇总_20200415.xlsx",
        "outbox/2020-04-15/退回各单位/教育局_数据退回_20200415.xlsx",
    ]
    links = [part.link for part in screen_of(NIGHT).results if isinstance(part, TextLine) and part.link]
    assert links[0] == "file:///srv/data/curated/runs/20200415-0007/night.html" and len(links) == 3


def test_the_office_whose_file_was_refused_is_to_be_looked_at_first() -> None:
    police = {**BROKEN, "registry": "huji", "system": "公安户籍", "owner": "公安局"}
    books = [*NIGHT.books, "退回各单位/公安局_数据退回_20200415.xlsx"]
    said = lines_of(screen_of(replace(NIGHT, files=[PUPILS, police], books=books)).results)  # type: ignore[list-item]
    assert any(line.endswith("公安局_数据退回_20200415.xlsx") for line in said)


def test_notices_are_counted_file_by_file() -> None:
    (table,) = [part for part in screen_of(NIGHT).results if isinstance(part, TextTable)]
    assert table.rows == [("学籍系统", "小学.xlsx", "100", "98", "2", "1")]
    assert any("另有" in line and "份" in line for line in lines_of(screen_of(crowded(0, 40)).results))
    assert "导出 41 份：提示 1 类，退回 2 行，见本次一览和“退回各单位”" in lines_of(screen_of(crowded(30, 40, 5), 6).results)
