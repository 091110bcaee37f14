"""What the workbooks say: which children and findings, in which order, in what words, counted how."""

from collections import Counter
from pathlib import Path
from shutil import copy

import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook, load_workbook

from pipelines.answers.returned import read_returned
from reports.book import write_books
from schemas.rules import DIFFERENCE_NAME, RULE, RULES
from schemas.whereabouts import FOLLOW_UP, FOLLOW_UP_SHORT_NAME, REASONS, WHEREABOUTS_NAME
from tests.lib.made_up_tables import (
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
from tests.lib.opened_books import AREAS, AS_OF, LISTS, below, books_of, rows
from tests.lib.plan_county import SETTINGS

TO_REPORT = ["名在人不在", "新发现"]
AFTER = [*TO_REPORT, "信息不一致（供参考）", "变化", "指标", "各村指标"]
COUNTY_TITLES = [
    "封面",
    "指标",
    "各乡镇指标",
    "各村指标",
    "各学校指标",
    "答复验收",
    "同一人验收",
    "凭答复销号",
    "回执",
    "变化",
    *LISTS,
]
SEEN_IN = {  # the pairs each workbook shows, in order: first those of a listed child, then by likelihood
    "安阳镇": [0, 2, 5, 1],
    "高岭镇": [6],
    "地苏镇": [],
    "都安县": [0, 7, 3, 2, 6, 4, 5, 1],
}


def table(workbooks: Path, name: str) -> list[dict]:
    return pq.read_table(workbooks.parent / "tables" / f"{name}.parquet").to_pylist()


def test_one_workbook_per_township_and_one_for_the_county(workbooks: Path):
    assert len(list(workbooks.glob("*.xlsx"))) == 20
    assert (workbooks / "三只羊乡_控辍保学核查_20200930.xlsx").exists()
    assert (workbooks / "都安县_控辍保学汇总_20200930.xlsx").exists()


def test_what_was_sent_out_and_comes_back_untouched_is_read_without_complaint(workbooks: Path, tmp_path: Path):
    for area in ("都安县", "安阳镇", "地苏镇"):  # the last has no pairs
        copy(next(workbooks.glob(f"{area}_*.xlsx")), tmp_path)
    rows, refused = read_returned(tmp_path)
    assert (sum(map(len, rows.values())), refused) == (0, [])


def test_the_countys_cover_names_the_returned_files_that_could_not_be_read(tmp_path: Path):
    tables = write_tables(tmp_path / "tables")
    answer = {"registry": "answers", "file": "安阳镇.xlsx", "rule": "missing_column", "message": "缺少列标题"}
    quarantine = [
        answer | {"sheet": "去向不明儿童"},
        answer | {"file": "高岭镇.xlsx", "rule": "encrypted_file", "message": "文件设有打开密码"},
        answer | {"file": "地苏镇.xlsx", "rule": "answer_incomplete", "row": 2, "message": "第 2 行未采用"},
        answer | {"registry": "xueji", "file": "学籍.xlsx"},
        *(answer | {"file": f"{number}.pdf"} for number in range(30)),
    ]
    write_table(tables, "quarantine", quarantine)
    books = write_books(books_of(tables, tmp_path / "out", AS_OF, settings=SETTINGS)[:2])
    county, township = ([row[0].value for row in load_workbook(path)["封面"].iter_rows()] for path in books)
    start = county.index("以下退回的文件没有读取，其中的答复都没有采用，请退给填报人：")
    told = county[start + 1 : start + 22]
    assert told[:3] == [
        "　《安阳镇.xlsx》的工作表“去向不明儿童”：缺少列标题",
        "　《高岭镇.xlsx》：文件设有打开密码",
        "　《0.pdf》：缺少列标题",
    ]
    assert told[20] == "　……还有 12 个"
    assert not any(line and "退回的文件" in str(line) for line in township)


def test_only_the_owner_may_read(workbooks: Path):
    assert workbooks.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in workbooks.rglob("*.xlsx")} == {0o600}


def test_chosen_townships_only_and_the_paths_returned(tmp_path: Path):
    tables = write_tables(tmp_path / "tables")
    paths = write_books(books_of(tables, tmp_path / "out", AS_OF, ["高岭镇", "安阳镇", "高岭镇"], settings=SETTINGS))
    assert [path.name[:3] for path in paths] == ["高岭镇", "安阳镇"]
    assert sorted(paths) == sorted((tmp_path / "out").iterdir())
    with pytest.raises(ValueError, match="不存在镇"):
        write_books(books_of(tables, tmp_path / "out", AS_OF, ["不存在镇"], settings=SETTINGS))


@pytest.mark.parametrize("area", AREAS)
def test_sheets_in_order(books: dict[str, Workbook], area: str):
    lists = [title for title in LISTS if title != "疑似同一人" or SEEN_IN[area]]
    assert books[area].sheetnames == (COUNTY_TITLES if area == "都安县" else ["封面", *lists, "劝返记录", *AFTER])


def test_a_list_without_rows_is_a_line_on_the_cover_and_no_sheet(books: dict[str, Workbook]):
    assert books["九渡乡"].sheetnames == ["封面", "去向不明儿童", *TO_REPORT, "变化", "指标", "各村指标"]
    lines = [line[0].value for line in books["九渡乡"]["封面"].iter_rows()]
    assert (
        "本次没有：去向不明儿童、疑似同一人、信息不一致、劝返记录、寒假家访名单、小升初未注册名册、信息不一致（供参考）、待县验收、待部门更正、回执。"
        in lines
    )
    assert "各村填写进度" not in lines


@pytest.mark.parametrize("area", AREAS)
def test_every_listed_child_and_finding_of_the_area_and_no_other(books: dict[str, Workbook], area: str):
    ours = [area] if area != "都安县" else list(HOMES)
    listed = [row["人员编号"] for row in rows(books[area]["去向不明儿童"])]
    assert sorted(listed) == [person_id(i) for i in range(LISTED_CHILDREN) if home(i) in ours]
    expected = [finding(i) for i in range(FINDINGS) if home(i % CHILDREN) in ours] + [shared_id()] * (home(12) in ours)
    asked = [f for f in expected if area == "都安县" or "household_book" in f["basis"] or RULE[f["rule"]].visit]
    found = Counter(row["问题编号"] for row in rows(books[area]["信息不一致"]))
    assert found == Counter(f["finding_id"] for f in asked)
    if area != "都安县":
        told = Counter((row["规则"], row["值一"], row["建议"]) for row in rows(books[area]["信息不一致（供参考）"]))
        others = [f for f in expected if f not in asked]
        assert others and told == Counter((RULE[f["rule"]].name, f["value_a"], RULE[f["rule"]].advice) for f in others)


@pytest.mark.parametrize("area", AREAS)
def test_pairs_of_the_area(books: dict[str, Workbook], area: str):
    shown = [(r["记录编号（一）"], r["记录编号（二）"]) for r in rows(books[area]["疑似同一人"])] if SEEN_IN[area] else []
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
        assert printed["差异"] == (DIFFERENCE_NAME[f["kind"]] if f.get("kind") else None)


def test_evidence_that_points_to_another_townships_child_is_left_out(books: dict[str, Workbook]):
    ours = {row["问题编号"]: row for row in rows(books["安阳镇"]["信息不一致"])}["F9998"]
    assert {ours[heading] for heading in ("值二", "倾向", "理由", "出处二")} == {"（涉及外乡镇儿童，请联系县教育局核对）"}
    assert ours["出处一"] == "学籍系统《学籍.xlsx》Sheet1 第14行"


def test_how_long_on_the_list_and_what_was_answered(books: dict[str, Workbook], workbooks: Path):
    cases = {case["person_id"]: case for case in table(workbooks, "cases") if case["kind"] == "list"}
    for area in AREAS:
        for child in rows(books[area]["去向不明儿童"]):
            its = cases[child["人员编号"]]
            assert (child["个案编号"], child["已列入周数"], child["上次答复"]) == (its["case_id"], its["weeks"], its["answer"])


def test_worst_first(books: dict[str, Workbook]):
    listed = rows(books["都安县"]["去向不明儿童"])
    order = [list(REASONS.values()).index(row["原因"]) for row in listed]
    assert order == sorted(order)
    assert [row["序号"] for row in listed] == list(range(1, LISTED_CHILDREN + 1))
    findings = rows(books["都安县"]["信息不一致"])
    children = [row["人员编号"] for row in findings]
    groups = list(dict.fromkeys(children))
    assert [child for child in groups for _ in range(children.count(child))] == children
    worst = {child: min("高中低".index(row["严重程度"]) for row in findings if row["人员编号"] == child) for child in groups}
    assert list(worst.values()) == sorted(worst.values())


def test_codes_are_in_chinese(books: dict[str, Workbook]):
    finding = next(row for row in rows(books["都安县"]["信息不一致"]) if row["问题编号"] == "F0000")
    rule = RULES[0]  # of the first finding made up
    assert (finding["规则"], finding["建议"], finding["责任单位"]) == (rule.name, rule.advice, rule.owner)
    assert (finding["来源一"], finding["来源二"], finding["项目"]) == ("学籍系统", "国扶系统", "身份证号")
    pair = rows(books["安阳镇"]["疑似同一人"])[0]
    assert (pair["可能性"], pair["列入去向不明"], pair["出处（一）"]) == ("很可能", "是", "学籍.xlsx Sheet1 第2行")
    listed = rows(books["安阳镇"]["去向不明儿童"])
    assert {row["建档立卡"] for row in listed} == {"是", "否", None}
    assert {row["类别"] for row in listed} <= set(WHEREABOUTS_NAME.values())


@pytest.mark.parametrize("area", AREAS)
def test_the_cover_counts_what_the_lists_hold(books: dict[str, Workbook], area: str):
    cover = books[area]["封面"]
    table, number = ("本次名单", "数量") if area == "都安县" else ("要做的事", "应填")
    sizes = {label.partition("（")[0]: figures[number] for label, figures in below(cover, table).items() if figures[number]}
    by_follow_up = {name.strip("　").removeprefix("其中："): sizes.pop(name) for name in list(sizes) if "其中" in name}
    lists = {title: rows(books[area][title]) if title in books[area].sheetnames and SEEN_IN[area] else [] for title in LISTS}
    lists |= {title: rows(books[area][title]) for title in ("去向不明儿童", "信息不一致")}
    counted = Counter(row["跟进方式"] for row in lists["去向不明儿童"])
    assert by_follow_up.pop("待县验收", 0) == 0
    assert by_follow_up == {FOLLOW_UP_SHORT_NAME[code]: counted[name] for code, name in FOLLOW_UP.items() if counted[name]}
    assert sizes == {title: len(lines) for title, lines in lists.items() if lines}
    places = below(cover, "各乡镇名单" if area == "都安县" else "各村名单")
    total = places.pop("合计")
    field, elsewhere = ("乡镇", "跨乡镇或不明") if area == "都安县" else ("村", "村不明")
    if area != "都安县":  # what is only for information is one of the township's discrepancies
        assert below(cover, table)["信息不一致（条）"]["在册"] == total["信息不一致"] > sizes["信息不一致"]
        lists["信息不一致"] += rows(books[area]["信息不一致（供参考）"])
        assert total["信息不一致"] == below(books["都安县"]["封面"], "各乡镇名单")[area]["信息不一致"]
    for title in ("去向不明儿童", "信息不一致"):
        assert total[title] == len(lists[title])
        counts = Counter(row[field] or elsewhere for row in lists[title])
        assert {place: figures[title] for place, figures in places.items() if figures[title]} == counts
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
    for said in ("九渡乡", "微信", "义务教育法", "黄色格", "人员编号", "联系人", "2020年10月1日（星期四）前"):
        assert said in text


def test_an_empty_list_says_so(books: dict[str, Workbook]):
    sheet = books["九渡乡"]["去向不明儿童"]
    assert [[c.value for c in line] for line in sheet.iter_rows()] == [["本次无去向不明儿童。"]]
    assert sheet.auto_filter.ref is None


def test_an_unknown_code_stops_instead_of_losing_the_row(tmp_path: Path):
    tables = write_tables(tmp_path / "tables")
    findings = pq.read_table(tables / "findings.parquet").to_pylist()
    write_table(tables, "findings", [findings[0] | {"rule": "new_rule"}])
    with pytest.raises(ValueError, match=r"findings\.rule.*new_rule"):
        write_books(books_of(tables, tmp_path / "out", AS_OF, settings=SETTINGS))


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("reports.list_sheets.MAX_ROWS", FINDINGS)
    with pytest.raises(ValueError, match="变化: 330 rows"):
        write_books(books_of(write_tables(tmp_path / "tables"), tmp_path / "out", AS_OF, settings=SETTINGS))


def test_each_table_of_the_countys_cover_stands_whole_on_a_sheet_of_paper(books: dict[str, Workbook]):
    cover = books["都安县"]["封面"]
    assert not cover.sheet_properties.pageSetUpPr or not cover.sheet_properties.pageSetUpPr.fitToPage  # Excel would heed no break
    scale = cover.page_setup.scale / 100
    ends = [*(mark.id for mark in cover.row_breaks.brk), cover.max_row]
    first = 1
    for end in ends:
        points = sum(cover.row_dimensions[row].height or 15 for row in range(first, end + 1))
        assert points * scale <= (8.27 - 1.2) * 72, (first, end)
        first = end + 1
    places = {cell.value: cell.row for cell in cover["A"]}
    sums = [row for row in range(1, cover.max_row + 1) if cover.cell(row, 1).value == "合计"]
    for title, total in zip(("各乡镇名单", "各乡镇适龄儿童去向"), sums, strict=True):
        assert not any(places[title] <= mark.id < total for mark in cover.row_breaks.brk)
    assert sum(d.width * (d.max - d.min + 1) for d in cover.column_dimensions.values()) * 7 * scale <= (11.69 - 0.7) * 96
