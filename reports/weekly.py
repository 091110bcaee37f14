"""The weekly report (周报) of the plan: a page a township, and one for the county, of counts alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from reports.areas import NOWHERE, chosen_townships
from reports.book import PERCENT, Book, CellValue
from reports.figures import NO_ENTRANTS, NOT_AVAILABLE, STANDING_NAME, Area, Figure, Figures, aim_words, formulas
from reports.listings import CHILDREN_SHEET, FINDINGS_SHEET
from reports.week_counts import Week, read_weeks
from reports.weekly_page import Mark, WeeklyPage
from schemas.calendar import last_report_day, report_week
from schemas.plan import LAW
from schemas.rules import RULE_GROUPS
from schemas.settings import Settings
from schemas.whereabouts import LISTED, WHEREABOUTS_NAME

WEEKLY_FOLDER = "周报"

_INDICATORS = ("consolidation", "enrolment", "disabled_enrolment", "poor_out_of_school", "aid", "aid_missing")
# The rows of a balance: heading, count of ``reports.week_counts``.
_BALANCE = (
    ("上星期四在册", "before"),
    ("＋ 本周新列入", "opened"),
    ("＋ 本周再次列入", "reopened"),
    ("－ 本周销号", "cleared"),
    ("＝ 现在册", "now_open"),
)
_OF_NOW_OPEN = (
    ("其中：列入不足1周", "under_a_week"),
    ("　　　满1周、不足4周", "under_four"),
    ("　　　4周及以上", "four_and_more"),
    ("　　　已答复、尚未销号", "answered"),
)
_FINDINGS = (
    ("上星期四", "before"), ("本周新增", "opened"), ("再次出现", "reopened"), ("本周销号", "cleared"), ("现有", "now_open"),
)  # fmt: skip
_MET: dict[bool | None, tuple[str, Mark | None]] = {True: ("达标", "good"), False: ("未达标", "bad"), None: (NOT_AVAILABLE, None)}
_TOWNSHIP_HEADINGS = (
    "上星期四在册", "新列入", "再次列入", "销号", "现在册", "4周及以上", "答复未销号", "建档立卡失学辍学", "未落实率", "本周销号率", "红黑榜",
    "连续周数",
)  # fmt: skip
_TOWNSHIP_COUNTS = ("before", "opened", "reopened", "cleared", "now_open", "four_and_more", "answered")
_SHORT_PERCENT = "0.0%"  # a narrow column
_TO_WRITE_IN = 220  # points
_SOURCE = "依据：{}。本表由比对结果生成，只有人数，名单见核查表。"
_SIGNATURES = "填报人：＿＿＿＿＿＿　　审核人：＿＿＿＿＿＿　　单位负责人（签字）：＿＿＿＿＿＿　　（盖章）　　　　年　　月　　日"


def weekly_books(
    tables: Path, out: Path, as_of: date, townships: Sequence[str] | None = None, *, settings: Settings
) -> list[Book]:
    """The weekly reports of the run published in ``tables``, to be written into ``out``/周报.

    ``townships`` limits them to these, without the county's; ``settings``: the county's.
    """
    chosen = chosen_townships(townships, settings)
    folder = out / WEEKLY_FOLDER
    figures = Figures(tables, as_of)
    county, weeks = read_weeks(tables, settings.divisions.township_names)
    whole = settings.county.short_name
    pages = {}
    for name in chosen:
        page = WeeklyPage(name, columns=7, unit=1)
        _head(page, name, as_of, settings)
        _body(page, weeks.get(name, Week()), figures.of(Area("township", name)), settings)
        _township_standing(page, figures, name)
        page.heading("五、本周劝返工作、存在困难（手填）")
        page.box(_TO_WRITE_IN)
        _foot(page, settings)
        pages[name] = page
    if townships is None:
        page = WeeklyPage(whole, columns=13, unit=2)
        _head(page, "", as_of, settings)
        _body(page, county, figures.of(Area("county")), settings)
        _townships(page, figures, county, weeks, settings)
        _foot(page, settings)
        pages[whole] = page
    return [Book(folder / f"周报_{name}_{as_of:%Y%m%d}.xlsx", (page.page(),), as_of) for name, page in pages.items()]


def _head(page: WeeklyPage, township: str, as_of: date, settings: Settings) -> None:
    since, due = last_report_day(as_of, settings.weekday), report_week(as_of, settings.weekday)
    day = settings.weekly_day
    page.title(f"{settings.county.name}{township}控辍保学周报")
    page.line(f"统计期间：{_day(since)}（{day}）之后，至{_day(as_of)}　　报送时限：{_day(due)}（{day}）")


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _body(page: WeeklyPage, week: Week, figures: Sequence[Figure], settings: Settings) -> None:
    _lists(page, week, settings)
    _indicators(page, figures)
    _findings(page, week, settings)


def _lists(page: WeeklyPage, week: Week, settings: Settings) -> None:
    page.heading(f"一、{CHILDREN_SHEET.title}（人）")
    whole = week.of("list")
    page.headings(["", "合计", *(WHEREABOUTS_NAME[code] for code in LISTED), "合计中建档立卡"])
    columns = [whole, *(week.of("list", code) for code in LISTED), week.of("list", marked=True)]
    for heading, count in (*_BALANCE, *_OF_NOW_OPEN):
        page.row(settings.on_weekly_day(heading), [column[count] for column in columns], whole=count == "now_open")
    by = "，".join(f"{what} {number}" for what, number in sorted(week.cleared_by.items(), key=lambda x: (-x[1], x[0]))) or "无"
    page.line(f"本周销号的去向：{by}。")
    _held(page, whole, "人")


def _held(page: WeeklyPage, whole: Counter[str], unit: str) -> None:
    """Add a line for each reason why the balance of this week's cases is not even."""
    if whole["held"]:
        page.line(f"另有 {whole['held']} {unit}因本次缺少有关系统的数据，暂不能销号，不在现有数内。")
    if more := whole["now_open"] + whole["held"] + whole["cleared"] - whole["before"] - whole["opened"] - whole["reopened"]:
        page.line(f"补看过去日期：现有数中 {more} {unit}当晚尚未编号。")


def _indicators(page: WeeklyPage, figures: Sequence[Figure]) -> None:
    page.heading("二、主要指标")
    page.headings(["", "本次", "分子", "分母", "尚缺（人）", "目标", "达标"])
    without_entrants: list[str] = []
    for figure in figures:
        if figure.indicator.code not in _INDICATORS:
            continue
        if figure.denominator is None and figure.indicator.of:
            without_entrants.append(figure.indicator.name)
            continue
        share = figure.indicator.of is not None
        word, mark = _MET[figure.met]
        values = [figure.value, figure.numerator, figure.denominator, figure.lacking, aim_words(figure.indicator), word]
        page.row(figure.indicator.name, _or_dash(values), formats={0: PERCENT} if share else {}, marks={5: mark})
    for name in without_entrants:
        page.line(f"{name}：{NO_ENTRANTS}。")


def _findings(page: WeeklyPage, week: Week, settings: Settings) -> None:
    page.heading(f"三、{FINDINGS_SHEET.title}（{FINDINGS_SHEET.unit}）")
    page.headings(["", *(settings.on_weekly_day(heading) for heading, _ in _FINDINGS), "现有中严重"])
    for group in (*RULE_GROUPS, None):
        counts, grave = week.of("finding", group), week.of("finding", group, marked=True)
        page.row(group or "合计", [*(counts[count] for _, count in _FINDINGS), grave["now_open"]], whole=group is None)
    _held(page, week.of("finding"), "条")


def _township_standing(page: WeeklyPage, figures: Figures, name: str) -> None:
    page.heading("四、红黑榜")
    page.headings(["", "未落实率", "全县", "本周销号率", "全县", "红黑榜", "连续周数"])
    standing = figures.standings.get(name, {})
    shares = [standing.get(share) for share in ("open_share", "county_open", "clearance", "county_clearance")]
    listed = standing.get("standing")
    page.row(
        name,
        _or_dash([*shares, STANDING_NAME.get(listed), standing.get("streak")]),
        formats=dict.fromkeys(range(4), PERCENT),
        marks={4: listed},
    )


def _townships(page: WeeklyPage, figures: Figures, county: Week, weeks: Mapping[str, Week], settings: Settings) -> None:
    page.heading("四、各乡镇")
    page.headings(["乡镇", *map(settings.on_weekly_day, _TOWNSHIP_HEADINGS)], unit=1)
    county_shares = next(iter(figures.standings.values()), {})
    whole = {"open_share": county_shares.get("county_open"), "clearance": county_shares.get("county_clearance")}
    rows = [
        (name, weeks.get(name, Week()), Area("township", name), figures.standings.get(name, {}))
        for name in (*settings.divisions.township_names, NOWHERE)
    ]
    for name, week, area, standing in [*rows, ("全县", county, Area("county"), whole)]:
        counts, listed = week.of("list"), standing.get("standing")
        poor = next(figure.value for figure in figures.of(area) if figure.indicator.code == "poor_out_of_school")
        words = [standing.get("open_share"), standing.get("clearance"), STANDING_NAME.get(listed), standing.get("streak")]
        page.row(
            name,
            _or_dash([*(counts[count] for count in _TOWNSHIP_COUNTS), poor, *words]),
            unit=1,
            whole=area.level == "county",
            formats=dict.fromkeys((8, 9), _SHORT_PERCENT),
            marks={10: listed},
        )


def _or_dash(values: Sequence[CellValue]) -> list[CellValue]:
    return [NOT_AVAILABLE if value is None else value for value in values]


def _foot(page: WeeklyPage, settings: Settings) -> None:
    page.heading("说明")
    section = settings.plan.cited("weekly")
    basis = f"{settings.plan.number}{section}" if section else LAW["weekly"]
    for text in (*formulas(settings), _SOURCE.format(basis)):
        page.line(text)
    page.gap()
    page.line(_SIGNATURES)
