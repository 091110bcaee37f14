"""The first sheet: what the workbook is, how much is in it and how it is to be filled in."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa

from reports.areas import NO_VILLAGE, NOWHERE, education_office
from reports.book import ANSWER_MARK, BLUE, DARK_RED, DATE_FORMAT, Look, PageGap, PageLine, PageRow, PrintedPage
from reports.list_rows import AreaLists
from reports.listings import CHILDREN_SHEET, FINDINGS_SHEET, PAIRS_SHEET, SHEETS_TO_ANSWER
from schemas.settings import Settings
from schemas.whereabouts import FOLLOW_UP, FOLLOW_UP_SHORT_NAME, REASON_SHORT_NAME, REASONS, WHEREABOUTS_NAME

COVER_TITLE = "封面"

_LABEL_WIDTH, _FIGURE_WIDTH, _FIGURES = 20, 11, 12
_LINE = 15  # points
_PLAIN = Look(boxed=False, wrapped=False)

_STEPS = (
    f"1. 只填写表头带“{ANSWER_MARK}”的黄色列，其他各列请勿改动；发现其他列有错，写在说明栏里。",
    "2. 有下拉箭头的单元格请从列表中选择；选“……（填学校）”的，须在“就读学校”栏写明学校全称；选“免学、缓学”的，须在“核查说明”栏写明批准文号。",
    f"3. 先办“去向不明儿童”：“跟进方式”为“{FOLLOW_UP['call']}”的，先向疑似学籍所在学校打电话（没有列出学籍的，看“疑似同一人”里与谁相像），"
    "对不上再入户；其余逐户核查。"
    "每名儿童都要填“核查去向”和“核查日期”（不填日期的不予采用），没有找到的选“仍未找到”。",
    "4. “疑似同一人”：对照两条记录，必要时查看户口簿，选“是”“否”或“无法判断”，并填核查人和核查日期（不填的不予采用）。",
    "5. “信息不一致”：同一儿童的各条相邻、同一底色，重的在前；“倾向”以户口簿为准。由责任单位在原系统更正，在此填写正确值和处理情况。",
    "6. 请勿修改“人员编号”，请勿增删列或改动工作表名称；可以筛选和排序。“变化”“指标”各表不用填写。",
    "7. 填好后保存为原格式（.xlsx），按规定渠道送回县教育局。",
)
_COUNTY_STEPS = (
    "1. 本表汇总各乡镇名单，供县级调度；跨乡镇和乡镇不明的记录只在本表中，由县教育局核查。",
    "2. “指标”各数的算法和范围写在旁边；“变化”是上次比对以后、上星期四以后新增、重开、答复、销号的个案。",
    f"3. 需要填写的，同样只填表头带“{ANSWER_MARK}”的黄色列，请勿修改“人员编号”。",
)
_UNKNOWN_PLACES = "不在区划表里的乡镇：没有乡镇核查表，儿童都在本表；确是本县乡镇的，请添进 divisions.csv 后重新比对"
_REGISTERED = "“在校就读”指学籍系统有在读学籍，不等于每天到校。"
_NOTICE = "本文件含未成年人个人信息，仅限控辍保学核查使用：不得转发，不得通过微信、QQ等传送，用后妥善保管。"
_UNREAD = "以下退回的文件没有读取，其中的答复都没有采用，请退给填报人："
_LEGAL = "依据：《中华人民共和国义务教育法》第十一条、第十三条；国办发〔2017〕72号{}。"
_CONTACT = "联系：{}　联系人：＿＿＿＿＿＿　电话：＿＿＿＿＿＿＿＿"


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A table of figures: a heading over every column, rows of a label and figures, and below, if ``summed``, their sum."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    summed: bool = True

    def total(self) -> tuple[int, ...]:
        """The sum of each column."""
        return tuple(sum(figures) for figures in zip(*(figures for _, figures in self.rows), strict=True))


def township_tables(lists: AreaLists) -> list[FigureTable]:
    """The township's lists, its children by whereabouts, and its lists per village."""
    villages = sorted({place for x in SHEETS_TO_ANSWER for place in lists.frames[x.title]["village"].to_pylist() if place})
    return [
        _list_sizes(lists),
        _whereabouts("适龄儿童去向", {"人数": sum(_cohorts(lists.cohort).values(), Counter())}, summed=False),
        _lists_per_place("各村名单", "village", NO_VILLAGE, villages, lists),
    ]


def county_tables(lists: AreaLists, townships: Sequence[str]) -> list[FigureTable]:
    """The county's lists, then per township its lists and its children by whereabouts."""
    cohorts = _cohorts(lists.cohort)
    nowhere = sum((counts for place, counts in cohorts.items() if place not in townships), Counter())
    return [
        _list_sizes(lists),
        *_without_workbook(cohorts, lists, townships),
        _lists_per_place("各乡镇名单", "township", "跨乡镇或不明", townships, lists),
        _whereabouts(
            "各乡镇适龄儿童去向", {name: cohorts.get(name, Counter()) for name in townships} | {NOWHERE: nowhere}, summed=True
        ),
    ]


def _without_workbook(
    cohorts: Mapping[str | None, Counter[str]], lists: AreaLists, townships: Sequence[str]
) -> list[FigureTable]:
    """The places that the county's divisions do not have, with their children: nobody else gets their lists. No table where there are
    none."""
    listed = Counter(lists.frames[CHILDREN_SHEET.title]["township"].to_pylist())
    places = sorted({place for place in (*cohorts, *listed) if place and place not in townships})
    rows = tuple((place, (cohorts.get(place, Counter()).total(), listed[place])) for place in places)
    return [FigureTable(_UNKNOWN_PLACES, ("乡镇", "适龄儿童", "须核查儿童"), rows)] if rows else []


def _cohorts(cohort: pa.Table) -> dict[str | None, Counter[str]]:
    """Township -> whereabouts -> children."""
    counts: dict[str | None, Counter[str]] = {}
    for row in cohort.to_pylist():
        counts.setdefault(row["township"], Counter())[row["whereabouts"]] += row["children"]
    return counts


def _whereabouts(title: str, cohorts: Mapping[str, Counter[str]], *, summed: bool) -> FigureTable:
    rows = tuple((label, (*(counts[code] for code in WHEREABOUTS_NAME), counts.total())) for label, counts in cohorts.items())
    return FigureTable(title, ("乡镇" if summed else "去向", *WHEREABOUTS_NAME.values(), "合计"), rows, summed)


def _list_sizes(lists: AreaLists) -> FigureTable:
    """The length of each list, and under the children's how many must be visited and how many a call may settle."""
    follow_up = Counter(lists.frames[CHILDREN_SHEET.title]["follow_up"].to_pylist())
    rows: list[tuple[str, tuple[int, ...]]] = []
    for sheet in SHEETS_TO_ANSWER:
        rows.append((f"{sheet.title}（{sheet.unit}）", (lists.frames[sheet.title].num_rows,)))
        if sheet is CHILDREN_SHEET:
            rows += [(f"　其中：{name}", (follow_up[code],)) for code, name in FOLLOW_UP_SHORT_NAME.items()]
    return FigureTable("本次名单", ("名单", "数量"), tuple(rows), summed=False)


def _lists_per_place(title: str, field: str, elsewhere: str, places: Sequence[str], lists: AreaLists) -> FigureTable:
    """Listed children by reason, pairs and findings per place; what has no place of ``places`` goes under ``elsewhere``."""
    listed, pairs, findings = (lists.frames[x.title] for x in (CHILDREN_SHEET, PAIRS_SHEET, FINDINGS_SHEET))
    known = set(places)

    def place(name: str | None) -> str:
        return name if name in known and name else elsewhere

    reasons = Counter(
        (place(p), reason) for p, reason in zip(listed[field].to_pylist(), listed["reason"].to_pylist(), strict=True)
    )
    paired, found = (Counter(map(place, frame[field].to_pylist())) for frame in (pairs, findings))
    rows = []
    for name in (*places, elsewhere):
        by_reason = [reasons[name, reason] for reason in REASONS]
        rows.append((name, (*by_reason, sum(by_reason), paired[name], found[name])))
    place_name = "村" if field == "village" else "乡镇"
    reason_names = (REASON_SHORT_NAME[reason] for reason in REASONS)
    headings = (place_name, *reason_names, "须核查儿童合计", PAIRS_SHEET.title, FINDINGS_SHEET.title)
    return FigureTable(title, headings, tuple(rows))


def cover(
    area: str, as_of: date, tables: Sequence[FigureTable], settings: Settings, county: bool, unread: Sequence[str] = ()
) -> PrintedPage:
    """The cover of ``area``'s workbook; the first table stands before the instructions, the others after. ``unread``: what is said of
    each returned file that could not be read."""
    plan = f"；{settings.plan.number}" if settings.plan.number else ""
    footing = (_REGISTERED, _LEGAL.format(plan), _CONTACT.format(education_office(settings)))
    steps = [settings.on_weekly_day(step) for step in (_COUNTY_STEPS if county else _STEPS)]
    title = settings.county.name + ("控辍保学核查汇总" if county else f"{area}控辍保学核查表")
    warning = replace(_PLAIN, bold=True, colour=DARK_RED)
    items = [
        PageLine(title, replace(_PLAIN, bold=True, size=18), 30),
        PageRow((("范围" if county else "乡镇", _PLAIN), (area, Look(bold=True, size=12, boxed=False))), height=_LINE),
        PageRow((("比对日期", _PLAIN), (as_of, Look(bold=True, boxed=False, number_format=DATE_FORMAT))), height=_LINE),
        _line(_NOTICE, warning),
        *([_line(_UNREAD, warning), *(_line(f"　{file}", warning) for file in unread)] if unread else []),
        *_table(tables[0]),
        *_heading("填写办法"),
        *map(_line, steps),
        *(item for table in tables[1:] for item in _table(table)),
        *_heading("说明"),
        *map(_line, footing),
    ]
    # A township's villages fit on the page with the instructions; the county's two tables do not.
    widths = (_LABEL_WIDTH, *[_FIGURE_WIDTH] * _FIGURES)
    return PrintedPage(COVER_TITLE, area, widths, tuple(items), one_page=not county)


def _line(text: str, look: Look = _PLAIN) -> PageLine:
    return PageLine(text, look, _LINE)


def _heading(text: str) -> list[PageLine | PageRow | PageGap]:
    return [PageGap(_LINE), PageLine(text, replace(_PLAIN, bold=True, size=12), 20)]


def _table(table: FigureTable) -> list[PageLine | PageRow | PageGap]:
    head, sum_look = Look(bold=True, fill=BLUE, centred=True), Look(bold=True, centred=True)
    lines = max(-(-len(heading) // 5) for heading in table.headings)
    rows = [PageRow(tuple((heading, head) for heading in table.headings), height=_LINE * lines + 2)]
    for label, figures in table.rows:
        rows.append(PageRow(((label, Look()), *((figure, Look(centred=True)) for figure in figures)), height=_LINE))
    if table.summed:
        rows.append(PageRow((("合计", sum_look), *((figure, sum_look) for figure in table.total())), height=_LINE))
    return [*_heading(table.title), *rows]
