"""The workbooks, opened again as an officer's Excel would."""

from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_up_tables import (
    CHILDREN,
    FINDINGS,
    HOMES,
    LISTED_CHILDREN,
    PAIRS,
    PERSONS,
    finding,
    home,
    id_number,
    name,
    person_id,
    shared_id,
    village,
    write_table,
    write_tables,
)
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.reconcile.answers import read_answers
from reports import write_workbooks
from reports.content import REASON_ORDER
from reports.lists import ANSWER_MARK, Answer, Column, Listing
from reports.looks import text_lines, text_width
from reports.package import save
from reports.sheet import Choices, write_list
from schemas.rules import KIND_NAME, RULE
from schemas.whereabouts import ANSWERS, REASONS, WHEREABOUTS_NAME

AS_OF = date(2020, 9, 30)
LISTS = ["去向不明儿童", "疑似同一人", "信息不一致"]
TITLES = ["封面", *LISTS, "变化", "指标", "各村指标"]
COUNTY_TITLES = ["封面", "指标", "各乡镇指标", "各村指标", "各学校指标", "变化", *LISTS]
SEEN_IN = {  # the pairs each workbook shows, in order: first those of a listed child, then by likelihood
    "安阳镇": [0, 2, 5, 1],
    "高岭镇": [6],
    "地苏镇": [],
    "都安县": [0, 7, 3, 2, 6, 4, 5, 1],
}
AREAS = list(SEEN_IN)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workbooks")
    write_workbooks(write_tables(folder / "tables"), folder / "out", AS_OF)
    return folder / "out"


@pytest.fixture(scope="module")
def books(out: Path) -> dict[str, Workbook]:
    return {area: load_workbook(next(out.glob(f"{area}_*.xlsx"))) for area in [*AREAS, "九渡乡"]}


def table(out: Path, name: str) -> list[dict]:
    return pq.read_table(out.parent / "tables" / f"{name}.parquet").to_pylist()


def rows(sheet: Worksheet) -> list[dict[str, object]]:
    """The sheet's rows by heading, on one line."""
    heading, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip((h.replace("\n", "") for h in heading), line, strict=True)) for line in lines]


def column(sheet: Worksheet, heading: str) -> list:
    """The cells below ``heading``."""
    place = next(c.column for c in sheet[1] if c.value.replace("\n", "") == heading)
    return [line[place - 1] for line in sheet.iter_rows(min_row=2)]


def below(sheet: Worksheet, title: str) -> dict[str, dict[str, int]]:
    """The cover's table ``title``: label -> heading -> figure."""
    lines = list(sheet.iter_rows(values_only=True))
    start = next(i for i, line in enumerate(lines) if line[0] == title) + 1
    stop = next(i for i in range(start, len(lines)) if lines[i][0] is None and i > start)
    headings, *figures = lines[start:stop]
    return {line[0]: {h: f for h, f in zip(headings[1:], line[1:], strict=True) if h} for line in figures}


def test_one_workbook_per_township_and_one_for_the_county(out: Path):
    assert len(list(out.iterdir())) == 20
    assert (out / "三只羊乡_控辍保学核查_20200930.xlsx").exists()
    assert (out / "都安县_控辍保学汇总_20200930.xlsx").exists()


def test_only_the_owner_may_read(out: Path):
    assert out.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in out.iterdir()} == {0o600}


def test_chosen_townships_only_and_the_paths_returned(tmp_path: Path):
    tables = write_tables(tmp_path / "tables")
    paths = write_workbooks(tables, tmp_path / "out", AS_OF, ["高岭镇", "安阳镇", "高岭镇"])
    assert [path.name[:3] for path in paths] == ["高岭镇", "安阳镇"]
    assert sorted(paths) == sorted((tmp_path / "out").iterdir())
    with pytest.raises(ValueError, match="不存在镇"):
        write_workbooks(tables, tmp_path / "out", AS_OF, ["不存在镇"])


def test_same_bytes_twice(out: Path, tmp_path: Path):
    for path in write_workbooks(write_tables(tmp_path / "tables"), tmp_path / "again", AS_OF):
        assert path.read_bytes() == (out / path.name).read_bytes(), path.name


def test_properties_know_no_clock(books: dict[str, Workbook]):
    properties = books["安阳镇"].properties
    assert properties.creator == "bidui"
    assert properties.created == properties.modified == datetime(2020, 9, 30)


@pytest.mark.parametrize("area", [*AREAS, "九渡乡"])
def test_sheets_in_order(books: dict[str, Workbook], area: str):
    assert books[area].sheetnames == (COUNTY_TITLES if area == "都安县" else TITLES)


@pytest.mark.parametrize("area", AREAS)
def test_every_listed_child_and_finding_of_the_area_and_no_other(books: dict[str, Workbook], area: str):
    ours = [area] if area != "都安县" else list(HOMES)
    listed = [row["人员编号"] for row in rows(books[area]["去向不明儿童"])]
    assert sorted(listed) == [person_id(i) for i in range(LISTED_CHILDREN) if home(i) in ours]
    found = Counter(row["问题编号"] for row in rows(books[area]["信息不一致"]))
    expected = [f"F{i:04d}" for i in range(FINDINGS) if home(i % CHILDREN) in ours] + ["F9998"] * (home(12) in ours)
    assert found == Counter(expected)


@pytest.mark.parametrize("area", AREAS)
def test_pairs_of_the_area(books: dict[str, Workbook], area: str):
    sheet = books[area]["疑似同一人"]
    shown = [(r["记录编号（一）"], r["记录编号（二）"]) for r in rows(sheet)] if SEEN_IN[area] else []
    assert shown == [PAIRS[i][:2] for i in SEEN_IN[area]]


@pytest.mark.parametrize("area", AREAS[:-1])
def test_nothing_of_another_townships_child_anywhere(books: dict[str, Workbook], area: str):
    """Invariant 6, by every text of the workbook: no person id, no ID number, no name of theirs."""
    texts = "\n".join(str(c.value) for sheet in books[area] for line in sheet.iter_rows() for c in line if c.value)
    others = [i for i in range(PERSONS) if home(i) not in (area, None)]
    assert [i for i in others if person_id(i) in texts or id_number(i) in texts] == []
    assert [i for i in others if i >= 12 and name(i) in texts] == []


def test_what_is_said_of_another_townships_child_is_left_to_the_county(books: dict[str, Workbook]):
    ours, county = ({row["问题编号"]: row for row in rows(books[area]["信息不一致"])}["F9998"] for area in ("安阳镇", "都安县"))
    assert ours["值一"] == county["值一"] == name(12)
    assert county["值二"] == name(13)
    assert ours["值二"] == ours["说明"] == "（涉及外乡镇儿童，请联系县教育局核对）"


def test_the_favoured_value_and_why_and_where_from(books: dict[str, Workbook]):
    """A finding's table row and what is printed of it; where the evidence is for neither value, what must be looked at."""
    tables = {f["finding_id"]: f for f in [*map(finding, range(FINDINGS)), shared_id()]}
    for printed in rows(books["都安县"]["信息不一致"]):
        f = tables[printed["问题编号"]]
        undecided = "须看户口簿" if "户口簿" in f["why"] else "—"
        expected = {"a": f["value_a"], "b": f["value_b"], None: undecided}[f.get("favoured")]
        assert (printed["倾向"], printed["理由"], printed["个案编号"]) == (expected, f["why"], f["case_id"])
        assert (printed["出处一"], printed["出处二"]) == (f["address_a"], f["address_b"])
        assert printed["差异"] == (KIND_NAME[f["kind"]] if f.get("kind") else None)


def test_evidence_that_points_to_another_townships_child_is_left_out(books: dict[str, Workbook]):
    ours = {row["问题编号"]: row for row in rows(books["安阳镇"]["信息不一致"])}["F9998"]
    assert {ours[heading] for heading in ("值二", "倾向", "理由", "出处二")} == {"（涉及外乡镇儿童，请联系县教育局核对）"}
    assert ours["出处一"] == "学籍系统《学籍.xlsx》Sheet1 第14行"


def test_how_long_on_the_list_and_what_was_answered(books: dict[str, Workbook], out: Path):
    cases = {case["person_id"]: case for case in table(out, "cases") if case["kind"] == "list"}
    for area in AREAS:
        for child in rows(books[area]["去向不明儿童"]):
            its = cases[child["人员编号"]]
            assert (child["个案编号"], child["已列入周数"], child["上次答复"]) == (its["case_id"], its["weeks"], its["answer"])


def test_every_other_childs_findings_are_shaded(books: dict[str, Workbook]):
    sheet = books["安阳镇"]["信息不一致"]
    children = [c.value for c in column(sheet, "人员编号")]
    shades = [c.fill.fgColor.rgb if c.fill.fill_type else None for c in column(sheet, "规则")]
    assert set(shades) == {None, "00EDEDED"}
    for at in range(1, len(children)):
        assert (children[at] == children[at - 1]) == (shades[at] == shades[at - 1])


def test_worst_first(books: dict[str, Workbook]):
    listed = rows(books["都安县"]["去向不明儿童"])
    order = [REASON_ORDER.index(next(code for code, text in REASONS.items() if text == row["原因"])) for row in listed]
    assert order == sorted(order)
    assert [row["序号"] for row in listed] == list(range(1, LISTED_CHILDREN + 1))
    findings = rows(books["都安县"]["信息不一致"])
    children = [row["人员编号"] for row in findings]
    groups = list(dict.fromkeys(children))
    assert [child for child in groups for _ in range(children.count(child))] == children
    worst = {child: min("高中低".index(row["严重程度"]) for row in findings if row["人员编号"] == child) for child in groups}
    assert list(worst.values()) == sorted(worst.values())


def test_codes_are_in_chinese(books: dict[str, Workbook]):
    finding = next(row for row in rows(books["安阳镇"]["信息不一致"]) if row["问题编号"] == "F0000")
    rule = RULE["double_student_status"]
    assert (finding["规则"], finding["建议"], finding["责任单位"]) == (rule.name, rule.advice, rule.owner)
    assert (finding["来源一"], finding["来源二"], finding["项目"]) == ("学籍系统", "国扶系统", "身份证号")
    pair = rows(books["安阳镇"]["疑似同一人"])[0]
    assert (pair["可能性"], pair["列入去向不明"], pair["出处（一）"]) == ("很可能", "是", "学籍.xlsx Sheet1 第2行")
    listed = rows(books["安阳镇"]["去向不明儿童"])
    assert {row["建档立卡"] for row in listed} == {"是", "否", None}
    assert {row["类别"] for row in listed} <= set(WHEREABOUTS_NAME.values())


@pytest.mark.parametrize("area", AREAS)
def test_no_formula_no_error_value(books: dict[str, Workbook], area: str):
    cells = [c for sheet in books[area] for line in sheet.iter_rows() for c in line]
    assert {c.data_type for c in cells} <= {"s", "n", "d"}
    risky = [c for c in cells if isinstance(c.value, str) and c.value.startswith(("=", "+", "-", "@", "\t", "\n"))]
    assert risky
    assert all(c.quotePrefix for c in risky)


def test_nasty_names_arrive_as_text(books: dict[str, Workbook]):
    names = {row["人员编号"]: row["姓名"] for row in rows(books["都安县"]["去向不明儿童"])}
    assert [names[person_id(i)] for i in range(12)] == [
        "=1+1",
        "+cmd",
        "-2",
        "@SUM(A1)",
        "\t=3",
        "\n=4",
        "#N/A",
        "韦美",
        'a<b>&"c"',
        " 蓝 ",
        "TRUE",
        "=5",
    ]


@pytest.mark.parametrize(
    ("title", "headings"),
    [
        ("去向不明儿童", ["人员编号", "身份证号", "联系电话"]),
        ("疑似同一人", ["身份证号（一）", "身份证号（二）"]),
        ("信息不一致", ["身份证号", "值一", "值二", "正确值【填】"]),
    ],
)
def test_numbers_stay_text(books: dict[str, Workbook], title: str, headings: list[str]):
    for heading in headings:
        cells = column(books["安阳镇"][title], heading)
        assert {c.number_format for c in cells} == {"@"}
        assert {type(c.value) for c in cells} <= ({type(None)} if heading.endswith(ANSWER_MARK) else {str})


def test_dates_are_dates(books: dict[str, Workbook]):
    for heading in ("出生日期", "首次列入", "核查日期【填】"):
        cells = column(books["安阳镇"]["去向不明儿童"], heading)
        assert {c.number_format for c in cells} == {"yyyy-mm-dd"}
    assert {c.value for c in column(books["安阳镇"]["去向不明儿童"], "出生日期")} == {datetime(2010, 1, 1)}
    assert books["安阳镇"]["封面"]["B3"].value == datetime(2020, 9, 30)


@pytest.mark.parametrize("title", LISTS)
def test_made_to_be_read_filtered_and_printed(books: dict[str, Workbook], title: str):
    sheet = books["安阳镇"][title]
    assert sheet.freeze_panes == {"疑似同一人": "B2"}.get(title, "F2")
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet.print_title_rows == "$1:$1"
    page = sheet.page_setup
    assert (page.orientation, page.paperSize, page.fitToWidth, page.fitToHeight) == ("landscape", 9, 1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddFooter.left.text == "安阳镇"
    assert "&P" in sheet.oddFooter.center.text
    assert len(sheet.title) <= 31


@pytest.mark.parametrize("title", LISTS)
def test_columns_are_wide_and_rows_high_enough(books: dict[str, Workbook], title: str):
    sheet = books["安阳镇"][title]
    for line in sheet.iter_rows():
        for c in line:
            width = sheet.column_dimensions[c.column_letter].width
            assert isinstance(c.value, str) or width >= 5
            if isinstance(c.value, str):
                assert c.alignment.wrap_text
                assert sheet.row_dimensions[c.row].height >= min(409, 12 * text_lines(c.value, int(width)))


def test_answers_are_yellow_and_marked(books: dict[str, Workbook]):
    for title, answers in {
        "去向不明儿童": ["核查去向", "就读学校", "核查说明", "核查人", "核查日期"],
        "疑似同一人": ["是否同一人", "说明", "核查人"],
        "信息不一致": ["正确值", "处理情况", "处理人", "日期"],
    }.items():
        sheet = books["安阳镇"][title]
        marked = [c.value.replace("\n", "") for c in sheet[1] if c.value.endswith(ANSWER_MARK)]
        assert marked == [answer + ANSWER_MARK for answer in answers]
        for heading in marked:
            assert {(c.value, c.fill.fgColor.rgb) for c in column(sheet, heading)} == {(None, "00FFFFE5")}


@pytest.mark.parametrize(
    ("title", "heading", "formula"),
    [
        ("去向不明儿童", "核查去向", f'"{",".join(ANSWERS)}"'),
        ("疑似同一人", "是否同一人", '"是,否,无法判断"'),
        ("信息不一致", "处理情况", '"已更正,无需更正,转相关部门,未处理"'),
        ("去向不明儿童", "核查日期", None),
        ("信息不一致", "日期", None),
    ],
)
def test_answers_are_checked_on_every_data_row(books: dict[str, Workbook], title: str, heading: str, formula: str | None):
    sheet = books["安阳镇"][title]
    cells = column(sheet, heading + ANSWER_MARK)
    (check,) = [v for v in sheet.data_validations.dataValidation if cells[0].coordinate in v.sqref]
    assert str(check.sqref) == f"{cells[0].coordinate}:{cells[-1].coordinate}"
    assert check.showErrorMessage
    assert (check.type, check.formula1) == ("list", formula) if formula else check.type == "date"
    assert len(check.formula1) <= 255


def test_answers_filled_in_and_sent_back_are_read(out: Path, tmp_path: Path):
    """The way back: the headings are those that the reader of returned workbooks looks for."""
    book = load_workbook(next(out.glob("安阳镇_*.xlsx")))
    sheet = book["去向不明儿童"]
    for heading, answer in {"核查去向": "县外就读（填学校）", "就读学校": "某某小学", "核查日期": AS_OF}.items():
        column(sheet, heading + ANSWER_MARK)[1].value = answer
    book.save(tmp_path / "returned.xlsx")
    answers, refused = read_answers(tmp_path, AS_OF)
    assert refused == []
    expected = {field: column(sheet, heading)[1].value for field, heading in (("person_id", "人员编号"), ("name", "姓名"))}
    assert answers[["person_id", "name", "whereabouts"]].to_dict("records") == [expected | {"whereabouts": "enrolled_elsewhere"}]


def test_a_long_drop_down_comes_from_a_hidden_sheet(tmp_path: Path):
    long = tuple(f"很长的选项之第{i}种情形" for i in range(40))
    listing = Listing(
        "名单",
        "人",
        "无",
        1,
        (Column("姓名", "name"),),
        (Answer("甲", choices=long), Answer("乙", choices=("有,逗号", "无")), Answer("丙", choices=long)),
    )
    book, choices = Workbook(write_only=True), Choices()
    write_list(book, listing, pa.table({"name": ["韦某"]}), "安阳镇", AS_OF, choices)
    choices.write(book)
    save(book, tmp_path / "book.xlsx", AS_OF)
    again = load_workbook(tmp_path / "book.xlsx")
    assert again["选项"].sheet_state == "hidden"
    formulas = [v.formula1 for v in again["名单"].data_validations.dataValidation]
    assert formulas == ["'选项'!$A$1:$A$40", "'选项'!$B$1:$B$2", "'选项'!$A$1:$A$40"]
    assert [c.value for c in again["选项"]["A"]] == list(long)
    assert [c.value for c in again["选项"]["B"]][:3] == ["有,逗号", "无", None]


@pytest.mark.parametrize("area", AREAS)
def test_the_cover_counts_what_the_lists_hold(books: dict[str, Workbook], area: str):
    cover = books[area]["封面"]
    sizes = {label.partition("（")[0]: figures["数量"] for label, figures in below(cover, "本次名单").items()}
    lists = {title: rows(books[area][title]) for title in LISTS}
    lists["疑似同一人"] = lists["疑似同一人"] if SEEN_IN[area] else []
    assert sizes == {title: len(lines) for title, lines in lists.items()}
    places = below(cover, "各乡镇名单" if area == "都安县" else "各村名单")
    total = places.pop("合计")
    assert (total["去向不明儿童合计"], total["疑似同一人"], total["信息不一致"]) == tuple(sizes.values())
    field, elsewhere = ("乡镇", "跨乡镇或不明") if area == "都安县" else ("村", "村不明")
    for title, heading in (("去向不明儿童", "去向不明儿童合计"), ("信息不一致", "信息不一致")):
        counts = Counter(row[field] or elsewhere for row in lists[title])
        assert {place: figures[heading] for place, figures in places.items() if figures[heading]} == counts
    by_reason = Counter(row["原因"].partition("，")[0] for row in lists["去向不明儿童"])
    assert {heading: figure for heading, figure in total.items() if heading in by_reason} == by_reason


def test_the_cover_counts_the_cohort_by_whereabouts(books: dict[str, Workbook]):
    county = below(books["都安县"]["封面"], "各乡镇适龄儿童去向")
    assert county["合计"]["合计"] == CHILDREN
    assert county["合计"]["在校就读"] == CHILDREN - LISTED_CHILDREN
    assert [county[place]["合计"] for place in ("安阳镇", "高岭镇", "地苏镇", "乡镇不明", "九渡乡")] == [15, 15, 15, 15, 0]
    for area in HOMES[:3]:
        assert below(books[area]["封面"], "适龄儿童去向")["人数"] == county[area]


def test_pairs_on_the_cover_stand_at_the_listed_childs_village(books: dict[str, Workbook]):
    places = below(books["安阳镇"]["封面"], "各村名单")
    counts = Counter(village(int(PAIRS[i][0][1:4])) or "村不明" for i in SEEN_IN["安阳镇"])
    assert {place: f["疑似同一人"] for place, f in places.items() if f["疑似同一人"] and place != "合计"} == counts


def test_the_cover_says_how_why_and_to_keep_it_close(books: dict[str, Workbook]):
    text = "\n".join(str(c.value) for line in books["九渡乡"]["封面"].iter_rows() for c in line if c.value)
    for said in ("九渡乡", "微信", "义务教育法", "黄色列", "人员编号", "联系人"):
        assert said in text


def test_an_empty_list_says_so(books: dict[str, Workbook]):
    for title in LISTS:
        sheet = books["九渡乡"][title]
        assert [[c.value for c in line] for line in sheet.iter_rows()] == [[f"本次无{title}。"]]
        assert sheet.auto_filter.ref is None


def test_an_unknown_code_stops_instead_of_losing_the_row(tmp_path: Path):
    tables = write_tables(tmp_path / "tables")
    findings = pq.read_table(tables / "findings.parquet").to_pylist()
    write_table(tables, "findings", [findings[0] | {"rule": "new_rule"}])
    with pytest.raises(ValueError, match=r"findings\.rule.*new_rule"):
        write_workbooks(tables, tmp_path / "out", AS_OF)


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("reports.workbooks.MAX_ROWS", FINDINGS)
    with pytest.raises(ValueError, match="信息不一致: 201 rows"):
        write_workbooks(write_tables(tmp_path / "tables"), tmp_path / "out", AS_OF)


def test_a_workbook_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object):
        raise OSError("disk full")

    monkeypatch.setattr("reports.package._Package.write", fail)
    book = Workbook(write_only=True)
    book.create_sheet("名单")
    (tmp_path / "book.xlsx").write_bytes(b"last good one")
    with pytest.raises(OSError, match="disk full"):
        save(book, tmp_path / "book.xlsx", AS_OF)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"last good one"]


def test_every_reason_has_its_place_in_the_order():
    assert set(REASON_ORDER) == set(REASONS)


def test_widths_count_chinese_twice():
    assert [text_width(text) for text in ("", "abc", "韦某", "韦a\nabcdef")] == [0, 3, 4, 6]
