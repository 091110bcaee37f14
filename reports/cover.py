"""The first sheet: what the workbook is, how much is in it and how it is to be filled in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from reports.answer_listings import ABSENT_SHEET, ACCEPTANCE_SHEET, FOUND_SHEET, VISITS_SHEET
from reports.areas import education_office
from reports.book import ANSWER_MARK, BLUE, DARK_RED, DATE_FORMAT, Look, PageBreak, PageGap, PageLine, PageRow, PrintedPage
from reports.cover_tables import FigureTable
from reports.joining_listing import JOINING_SHEET
from reports.listings import CHILDREN_SHEET, FINDINGS_SHEET, PAIRS_SHEET
from schemas.calendar import report_week
from schemas.settings import Settings
from schemas.whereabouts import FOLLOW_UP

COVER_TITLE = "封面"

_LABEL_WIDTH, _FIGURE_WIDTH, _FIGURES = 20, 11, 12
_LINE = 15  # points
_FEW_ROWS = 8
_PLAIN = Look(boxed=False, wrapped=False)
_DEADLINE = Look(bold=True, size=12, colour=DARK_RED, boxed=False, wrapped=False)

_STEPS = (
    f"1. 只填写表头带“{ANSWER_MARK}”的黄色格；填了一半的行，还缺的格变红，填上就恢复。发现其他列有错，写在说明栏里。",
    "2. 有下拉箭头的单元格请从列表中选择；选“……（填学校）”的，须在“就读学校”栏写明学校全称；选“免学、缓学”的，须在“核查说明”或“佐证材料”栏写明批准文号；"
    "选“已入职教提升班”的（年满15—16周岁），写明家长同意、学生自愿。",
    f"3. 先办“{CHILDREN_SHEET.title}”，一村一村排好，同户的相邻：“跟进方式”为“{FOLLOW_UP['call']}”的，先向疑似学籍所在学校打电话"
    f"（没有列出学籍的，看“{PAIRS_SHEET.title}”里与谁相像），对不上再入户；其余逐户核查。",
    "　 每名儿童都要填“核查去向”“核查人”和“核查日期”（缺的不予采用），没有找到的选“仍未找到”。已答复、待县验收或待部门更正的儿童不再列出；",
    "　 答错了的，在“新发现”里登记该儿童。",
    f"4. “{PAIRS_SHEET.title}”：对照两条记录，必要时查看户口簿，选“是”“否”或“无法判断”，并填核查人和核查日期（不填的不予采用）。",
    f"5. “{FINDINGS_SHEET.title}”：只列须看户口簿或须入户才能定的；同一儿童的各条相邻、同一底色，重的在前。填写正确值、处理情况、处理人和日期。",
    f"6. 要劝返的（辍学、小学毕业未升初中、名在人不在），每上门一次，在“{VISITS_SHEET.title}”填一行：日期、劝返人、措施和结果。",
    f"7. 学籍在读、实际不在校的学生，填在“{ABSENT_SHEET.title}”；名单上和各系统里都没有的儿童，填在“{FOUND_SHEET.title}”。",
    "8. 可以筛选和排序；请勿增删列、改动工作表名称，隐藏的列（人员编号、行码等）请勿改动。其他各表不用填写。",
    "9. 填好后保存为原格式（.xlsx），按规定渠道送回县教育局。",
)
_COUNTY_STEPS = (
    "1. 本表汇总各乡镇名单，供县级调度；跨乡镇和乡镇不明的记录只在本表中，由县教育局核查。",
    "2. “指标”各数的算法和范围写在旁边；“变化”是上次比对以后、上星期四以后新增、重开、答复、销号的个案。",
    f"3. 需要填写的，同样只填表头带“{ANSWER_MARK}”的黄色列，请勿修改“人员编号”。",
    f"4. “{ACCEPTANCE_SHEET.title}”和“{JOINING_SHEET.title}”：乡镇的答复逐条选“同意”或“退回”（退回的写明原因），填验收人和日期，可以多行一起填。",
    "　 同意的，儿童才销号，两条记录才并为一人；“凭答复销号”里标“抽查”的，请打电话核实。",
)
_REGISTERED = "“在校就读”指学籍系统有在读学籍，不等于每天到校。"
_NOTICE = "本文件含未成年人个人信息，仅限控辍保学核查使用：不得转发，不得通过微信、QQ等传送，用后妥善保管。"
_UNREAD = "以下退回的文件没有读取，其中的答复都没有采用，请退给填报人："
_MISSING = "本次比对有缺口，名单可能不全或已过时：{}。"
_LEGAL = "依据：《中华人民共和国义务教育法》第十一条、第十三条；国办发〔2017〕72号{}。"
_CONTACT = "联系：{}　联系人：＿＿＿＿＿＿　电话：＿＿＿＿＿＿＿＿"


def cover(
    area: str,
    as_of: date,
    tables: Sequence[FigureTable],
    settings: Settings,
    county: bool,
    unread: Sequence[str] = (),
    missing: Sequence[str] = (),
) -> PrintedPage:
    """The cover of ``area``'s workbook; the first table stands before the instructions, the others after. ``unread``: what is said of
    each returned file that could not be read; ``missing``: what the run had to do without."""
    plan = f"；{settings.plan.number}" if settings.plan.number else ""
    footing = (_REGISTERED, _LEGAL.format(plan), _CONTACT.format(education_office(settings)))
    steps = [settings.on_weekly_day(step) for step in (_COUNTY_STEPS if county else _STEPS)]
    title = settings.county.name + ("控辍保学核查汇总" if county else f"{area}控辍保学核查表")
    warning = replace(_PLAIN, bold=True, colour=DARK_RED)
    due = report_week(as_of, settings.weekday)
    asked = f"{due.year}年{due.month}月{due.day}日（{settings.weekly_day}）前填好送回县教育局"
    items = [
        PageLine(title, replace(_PLAIN, bold=True, size=18), 30),
        PageRow((("范围" if county else "乡镇", _PLAIN), (area, Look(bold=True, size=12, boxed=False))), height=_LINE),
        PageRow((("比对日期", _PLAIN), (as_of, Look(bold=True, boxed=False, number_format=DATE_FORMAT))), height=_LINE),
        *([] if county else [PageRow((("送回时限", _PLAIN), (asked, _DEADLINE)), height=_LINE)]),
        _line(_NOTICE, warning),
        *([_line(_MISSING.format("；".join(missing)), warning)] if missing else []),
        *([_line(_UNREAD, warning), *(_line(f"　{file}", warning) for file in unread)] if unread else []),
        *_table(tables[0]),
        *_heading("填写办法"),
        *map(_line, steps),
        *(item for table in tables[1:] for item in (*_new_sheet(table, county), *_table(table))),
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


def _new_sheet(table: FigureTable, county: bool) -> list[PageBreak]:
    """The county's tables of townships begin a sheet of paper each, so that no sum stands alone on the next."""
    return [PageBreak()] if county and table.summed and len(table.rows) > _FEW_ROWS else []


def _table(table: FigureTable) -> list[PageLine | PageRow | PageGap]:
    head, sum_look = Look(bold=True, fill=BLUE, centred=True), Look(bold=True, centred=True)
    lines = max(-(-len(heading) // 5) for heading in table.headings)
    if not table.rows:
        return [*_heading(table.title), *map(_line, table.notes)]
    rows = [PageRow(tuple((heading, head) for heading in table.headings), height=_LINE * lines + 2)]
    for label, figures in table.rows:
        rows.append(PageRow(((label, Look()), *((figure, Look(centred=True)) for figure in figures)), height=_LINE))
    if table.summed:
        rows.append(PageRow((("合计", sum_look), *((figure, sum_look) for figure in table.total())), height=_LINE))
    return [*_heading(table.title), *rows, *map(_line, table.notes)]
