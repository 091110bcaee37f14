"""The night's page from figures made up by hand: what is seen first, what it may load, and what it says of nights before."""

import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise

import pytest

from reports.night import night_page
from reports.night.night_plots import bar_plot, line_plot, sparkline
from schemas.words import STEP_NAME
from tests.lib.made_up_nights import GAPS, NIGHT, nights


def text_of(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", page.partition("<body>")[2])


def test_a_good_night_says_so_before_all_else() -> None:
    said = text_of(night_page(NIGHT, []))
    assert said.index("正常：全部完成，没有缺口") < said.index("要做的事") < said.index("主要数字")
    assert "“答复验收”3 条、“同一人验收”1 对" in said and "疑似同一人 3 对" in said and "outbox/2020-04-15" in said


def test_a_night_with_gaps_names_each_with_how_to_mend_it_before_all_else() -> None:
    page = night_page(GAPS, [])
    said = text_of(page)
    assert "正常" not in said
    order = (
        "有缺口：已经发布，但缺少 2 项",
        "公安户籍（raw/huji 没有可用的文件）",
        "文件不完整。请重新导出",
        "要做的事",
        "再运行一次 bidui run",
    )
    assert sorted(map(said.index, order)) == [said.index(part) for part in order]
    assert "<title>有缺口 2020-04-15" in page


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    page = night_page(GAPS, nights(5, 6, 7))
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in page
    assert not re.search(r"<script|<link|<img|<iframe|\bsrc=|href=|url\(|@import|https?:|\bstyle=|\son\w+=", page)
    assert page.count("<svg") == page.count("</svg>") > 4 and "<text" in page  # the plots' words are text


def test_names_of_files_are_text_and_no_markup() -> None:
    page = night_page(GAPS, [])
    assert "<b>初中</b>" not in page and "&lt;b&gt;初中&lt;/b&gt;.xlsx" in page


def test_the_same_figures_give_the_same_bytes() -> None:
    assert night_page(GAPS, nights(5, 6)) == night_page(GAPS, nights(5, 6))


@pytest.mark.parametrize(
    ("before", "gaps", "jumped"),
    [
        ((), 0, False),
        ((17, 15, 13, 11, 9, 8), 0, False),  # it goes down by as much every night
        ((7, 7, 7, 7, 7, 1), 0, False),  # as it did once before
        ((1, 1, 1, 1, 1, 1), 0, True),
        ((1, 1), 0, False),  # too few nights to tell
        ((1, 1, 1, 1, 1, 1), 1, False),  # nights with gaps tell nothing of what is usual
    ],
)
def test_a_change_that_no_night_before_had_is_pointed_out(before: tuple[int, ...], gaps: int, jumped: bool) -> None:
    said = text_of(night_page(NIGHT, nights(*before, gaps=gaps)))
    assert ("去向不明儿童由 1 变为 7，一次变这么多" in said) is jumped


def test_a_system_that_is_gone_is_shown_beside_what_it_had() -> None:
    before = [replace(night, rows={"xueji": 90, "huji": 200}) for night in nights(5, 6)]
    said = re.sub(r"\s+", " ", text_of(night_page(NIGHT, before)))
    assert "公安户籍 没有 200" in said and "学籍系统 98 90 +8.9%" in said


def test_each_step_is_shown_beside_its_usual_time() -> None:
    said = re.sub(r"\s+", " ", text_of(night_page(NIGHT, nights(5))))
    assert all(name in said for name in STEP_NAME.values())
    assert "读取导出文件 2.0 2.0 2.0" in said and "合计 3.0" in said


def test_a_night_that_is_missing_leaves_its_place_empty() -> None:
    days = ["2020-04-01", "2020-04-02", "2020-04-05"]
    first, second, third = (dot.x for dot in line_plot("", days, [1, 2, 3], [False] * 3).dots)
    assert third - second == pytest.approx(3 * (second - first), abs=0.2)


@pytest.mark.parametrize("values", [[0], [0, 0], [5, 5, 5], [0.0, 0.02], [1, 2_000_000]])
def test_any_figures_can_be_drawn(values: list[float]) -> None:
    days = [f"2020-04-{number:02}" for number in range(1, len(values) + 1)]
    plot = line_plot("", days, values, [False] * len(values))
    assert all(0 <= dot.y <= plot.height and 0 <= dot.x <= plot.width for dot in plot.dots) and len(plot.ticks) <= 6
    assert sparkline([*values, None, 1])


@pytest.mark.parametrize(
    ("up", "down", "labels"),
    [
        ([300, 0], [0, 0], {"0", "+300"}),  # −1 stood over 0
        ([300, 0], [0, 2], {"0", "+300"}),
        ([1, 0], [300, 0], {"0", "−300"}),
        ([30, 0], [0, 20], {"0", "+30", "−20"}),
        ([0, 0], [0, 0], {"0", "+1"}),
    ],
)
def test_no_label_of_new_and_closed_cases_stands_over_another(up: list[int], down: list[int], labels: set[str]) -> None:
    plot = bar_plot("", ["2020-04-14", "2020-04-15"], up, down)
    assert {label for _, label in plot.ticks} == labels
    heights = sorted(height for height, _ in plot.ticks)
    assert all(below - above >= 11 for above, below in pairwise(heights))
    if not any(down):
        assert plot.zero == max(heights) and all(bar.height == 0 for bar in plot.bars if bar.kind == "down")


def test_a_refused_file_for_which_an_earlier_one_stands_in_is_one_gap() -> None:
    stand_in = "学籍系统：没有可用的导出《<b>初中</b>.xlsx》。本次仍用上次的这份文件"
    said = text_of(night_page(replace(GAPS, left_out=[stand_in, "《<b>初中</b>.xlsx》"]), []))
    assert "缺少 1 项" in said and "文件不完整。请重新导出" in said
