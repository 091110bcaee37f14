"""The sheets 指标, 各乡镇指标, 各村指标, 各学校指标 and 变化: every figure and event is the published table's."""

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from reports.book import write_books
from schemas.indicators import INDICATORS, standing_rules
from schemas.rules import RULE
from schemas.whereabouts import WHEREABOUTS_NAME
from schemas.words import CASE_KIND_NAME, EVENT_NAME
from tests.lib.made_up_cases import AS_OF, THURSDAY
from tests.lib.made_up_tables import GONE, HOMES, PERSONS, home, name, person_id, write_table, write_tables
from tests.lib.opened_books import books_of
from tests.lib.plan_county import SETTINGS, TOWNSHIPS

TABLES = ("indicators", "standings", "changes")
NO_ENTRANTS = "没有入学人数表（intake.xlsx），无法计算；见适龄儿童在学率"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tables(tmp_path_factory.mktemp("figures") / "tables")


@pytest.fixture(scope="module")
def books(tables: Path) -> dict[str, Workbook]:
    write_books(books_of(tables, tables.parent / "out", AS_OF, settings=SETTINGS))
    return {
        area: load_workbook(next((tables.parent / "out").glob(f"{area}_*.xlsx")))
        for area in ("安阳镇", "地苏镇", "九渡乡", "都安县")
    }


@pytest.fixture(scope="module")
def published(tables: Path) -> dict[str, list[dict]]:
    return {name: pq.read_table(tables / f"{name}.parquet").to_pylist() for name in TABLES}


def lines(sheet: Worksheet, key: str) -> dict[str, dict]:
    """The sheet's rows by heading, under their value of ``key``, down to the first empty row."""
    heading, *rest = sheet.iter_rows(values_only=True)
    found = [dict(zip((h.replace("\n", "") for h in heading), line, strict=True)) for line in rest]
    return {line[key]: line for line in found if list(line.values())[1] is not None}


def value(row: dict) -> object:
    """What is printed of a row of the table ``indicators``."""
    indicator = next(i for i in INDICATORS if i.code == row["code"])
    return row["share"] if indicator.of else row["numerator"]


@pytest.mark.parametrize("area", ["都安县", "安阳镇", "地苏镇"])
def test_each_figure_with_its_target_and_definition_beside(books: dict[str, Workbook], published: dict, area: str):
    level = ("county", None) if area == "都安县" else ("township", area)
    printed = lines(books[area]["指标"], "指标")
    assert list(printed) == [i.name for i in INDICATORS]
    for row in published["indicators"]:
        if (row["level"], row["township"]) == level:
            i = next(i for i in INDICATORS if i.code == row["code"])
            line = printed[i.name]
            expected_value = value(row)
            assert line["数值"] == (NO_ENTRANTS if expected_value is None else pytest.approx(expected_value)), i.code
            assert line["分子"] == row["numerator"]
            assert line["分母"] == ("—" if row["denominator"] is None else row["denominator"])
            definition = (line["分子计什么"], line["分母的范围"], line["不计"], line["依据"])
            assert definition == (i.counts, i.of or "—", i.excluded or "—", SETTINGS.basis(i.cites))


def test_met_is_green_and_missed_is_red(books: dict[str, Workbook], published: dict):
    sheet = books["都安县"]["指标"]
    verdicts = {line[0].value: line[3] for line in sheet.iter_rows(min_row=2)}
    shares = {r["code"]: r for r in published["indicators"] if r["level"] == "county"}
    seen = set()
    for i in INDICATORS:
        cell, row = verdicts[i.name], shares[i.code]
        if i.aim is None or value(row) is None:
            assert cell.value == "—"
            continue
        met = value(row) >= i.aim if i.better == "more" else value(row) <= i.aim
        assert (cell.value, cell.fill.fgColor.rgb) == (("达标", "FFE2EFDA") if met else ("未达标", "FFFCE4E4"))
        seen.add(met)
    assert seen == {True, False}


def test_targets_as_printed(books: dict[str, Workbook]):
    aims = {name: line["目标"] for name, line in lines(books["都安县"]["指标"], "指标").items()}
    assert [aims[n] for n in ("义务教育巩固率", "残疾儿童入学率", "应助尽助率", "去向不明", "本周销号")] == [
        "≥95%",
        "≥92%",
        "100%",
        "0",
        "—",
    ]


@pytest.mark.parametrize(
    ("area", "title", "level", "key"),
    [
        ("都安县", "各乡镇指标", "township", "乡镇"),
        ("都安县", "各村指标", "village", "村"),
        ("都安县", "各学校指标", "school", "学校"),
        ("安阳镇", "各村指标", "village", "村"),
    ],
)
def test_every_figure_of_every_place(books: dict[str, Workbook], published: dict, area: str, title: str, level: str, key: str):
    heading, *printed = books[area][title].iter_rows(values_only=True)
    headings = [h.replace("\n", "") for h in heading]
    own = [r for r in published["indicators"] if r["level"] == level and (area == "都安县" or r["township"] == area)]
    expected = {}
    for row in own:
        i = next(i for i in INDICATORS if i.code == row["code"])
        expected_value = value(row)
        words = "无法计算" if row["denominator"] is None else "—"
        place = tuple(
            row[label] for label in ("township", "village", "school") if row[label] and (label, level) != ("township", "school")
        )
        expected.setdefault(place, {})[i.name] = words if expected_value is None else pytest.approx(expected_value)
    labels = 2 if level == "village" else 1
    shown = {line[:labels]: dict(zip(headings[labels:], line[labels:], strict=True)) for line in printed if line[1] is not None}
    for place, figures in expected.items():
        if level != "township":  # no intake figures of a village: no column
            figures.pop("义务教育巩固率")
        assert {name: shown[place][name] for name in figures} == figures
        assert set(shown[place]) - set(figures) <= {"未落实率", "本周销号率", "红黑榜", "连续周数"}
    if level != "township":
        assert set(shown) == set(expected)


def test_townships_in_their_order_then_nowhere_then_the_county(books: dict[str, Workbook], published: dict):
    printed = lines(books["都安县"]["各乡镇指标"], "乡镇")
    assert list(printed) == [*TOWNSHIPS, "乡镇不明", "全县"]
    county = {r["code"]: value(r) for r in published["indicators"] if r["level"] == "county"}
    assert printed["全县"]["去向不明儿童"] == county["listed"]
    assert printed["九渡乡"]["去向不明儿童"] == 0 and printed["九渡乡"]["适龄儿童在学率"] == "—"


def test_villages_and_schools_by_township(books: dict[str, Workbook]):
    villages = [line[:2] for line in books["都安县"]["各村指标"].iter_rows(min_row=2, values_only=True)]
    order = ["安阳镇", "高岭镇", "地苏镇", "乡镇不明"]
    assert villages == [(township, village) for township in order for village in ("村0", "村1", "村不明")]
    schools = [line[0] for line in books["都安县"]["各学校指标"].iter_rows(min_row=2, values_only=True)]
    assert schools == ["安阳镇小学", "高岭镇小学", "=小学", "外地小学"]
    assert [line[:2] for line in books["安阳镇"]["各村指标"].iter_rows(min_row=2, values_only=True)] == villages[:3]


def test_red_and_black_list_with_its_formulas_below(books: dict[str, Workbook], published: dict):
    sheet = books["都安县"]["各乡镇指标"]
    printed = lines(sheet, "乡镇")
    names = {"red": "红榜", "black": "黑榜", None: "—"}
    for row in published["standings"]:
        if row["as_of"] == AS_OF:
            line = printed[row["township"]]
            shares = [pytest.approx(row[s]) if row[s] is not None else "—" for s in ("open_share", "clearance")]
            assert [line["未落实率"], line["本周销号率"]] == shares
            assert (line["红黑榜"], line["连续周数"]) == (names[row["standing"]], row["streak"] or "—")
    assert (printed["全县"]["未落实率"], printed["全县"]["本周销号率"]) == (0.025, 0.15)
    below = [line[0].value for line in sheet.iter_rows(min_row=23)]
    assert [text for text in below if text][:5] == list(standing_rules("四（二）"))


def test_scales_on_shares_and_bars_on_counts_of_townships_alone(books: dict[str, Workbook]):
    sheet = books["都安县"]["各乡镇指标"]
    kinds = {str(area.sqref): [rule.type for rule in rules] for area, rules in sheet.conditional_formatting._cf_rules.items()}
    headings = {c.column_letter: c.value.replace("\n", "") for c in sheet[1]}
    last = len(TOWNSHIPS) + 2
    for letter, heading in headings.items():
        i = next((i for i in INDICATORS if i.name == heading), None)
        expected = None if heading in ("乡镇", "连续周数") else ["colorScale"] if i and i.of else ["dataBar"]
        assert kinds.get(f"{letter}2:{letter}{last}") == (["cellIs", "cellIs"] if heading == "红黑榜" else expected), heading


@pytest.mark.parametrize("title", ["各村指标", "各学校指标"])
def test_places_can_be_filtered_and_stay_in_view(books: dict[str, Workbook], title: str):
    sheet = books["都安县"][title]
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet.freeze_panes == ("C2" if title == "各村指标" else "B2")


def test_a_township_without_children_says_so(books: dict[str, Workbook]):
    assert [c.value for c in books["九渡乡"]["各村指标"][1]] == ["各村指标：本次没有儿童。"]
    printed = lines(books["九渡乡"]["指标"], "指标")
    assert (printed["适龄儿童在学率"]["数值"], printed["去向不明"]["数值"]) == ("没有应计的儿童", 0)


def _expected_changes(published: dict, own: list[str | None]) -> Counter:
    """(event, case, day, in the run's period, in the week's) of the children whose home is one of ``own``."""
    homes = {person_id(i): home(i) for i in range(PERSONS)} | {GONE: HOMES[0]}
    grown_up = {person_id(i) for i in range(60, PERSONS)}
    periods: dict[tuple, set[str]] = {}
    for e in published["changes"]:
        if homes[e["person_id"]] in own and e["person_id"] not in grown_up:
            periods.setdefault((EVENT_NAME[e["event"]], e["case_id"], e["as_of"]), set()).add(e["period"])
    return Counter((*key, *("是" if p in said else "否" for p in ("run", "week"))) for key, said in periods.items())


@pytest.mark.parametrize("area", ["安阳镇", "地苏镇", "都安县"])
def test_every_change_once_with_its_periods(books: dict[str, Workbook], published: dict, area: str):
    heading, *printed = books[area]["变化"].iter_rows(values_only=True)
    shown = [dict(zip((h.replace("\n", "") for h in heading), line, strict=True)) for line in printed]
    seen = Counter((r["事件"], r["个案编号"], r["日期"].date(), r["上次比对以后"], r["上星期四以后"]) for r in shown)
    assert seen == _expected_changes(published, list(HOMES) if area == "都安县" else [area])
    assert {r["类型"] for r in shown} == set(CASE_KIND_NAME.values())


def test_a_change_says_of_whom_of_what_and_by_what(books: dict[str, Workbook], published: dict):
    heading, *printed = books["都安县"]["变化"].iter_rows(values_only=True)
    shown = [dict(zip((h.replace("\n", "") for h in heading), line, strict=True)) for line in printed]
    events = {(e["case_id"], EVENT_NAME[e["event"]], e["as_of"]): e for e in published["changes"]}
    for r in shown:
        e = events[r["个案编号"], r["事件"], r["日期"].date()]
        about = WHEREABOUTS_NAME[e["rule"]] if e["kind"] == "list" else RULE[e["rule"]].name
        assert (r["名单类别或规则"], r["销号原因或答复"]) == (about, e["said"])
        number = int(e["person_id"][1:])
        if e["person_id"] != GONE and number >= 12:
            assert r["姓名"] == name(number)


def test_a_child_that_is_gone_is_still_named_and_whose_number_took_its_place_is_the_countys_to_know(books: dict[str, Workbook]):
    for area, said in (("都安县", f"人员编号并入 {person_id(1)}"), ("安阳镇", "人员编号并入他人")):
        line = next(line for line in books[area]["变化"].iter_rows(values_only=True) if GONE in line)
        assert "韦某已并" in line and line[-1] == said


def test_no_change_says_so(tmp_path: Path):
    tables = write_tables(tmp_path / "tables")
    write_table(tables, "changes", [])
    (path,) = write_books(books_of(tables, tmp_path / "out", AS_OF, ["安阳镇"], settings=SETTINGS))
    assert "没有新增、重开、答复或销号" in load_workbook(path)["变化"]["A1"].value


def test_an_unknown_event_stops(tmp_path: Path):
    tables = write_tables(tmp_path / "tables")
    write_table(tables, "changes", [{"event": "vanished", "kind": "list"}])
    with pytest.raises(ValueError, match=r"changes\.event.*vanished"):
        write_books(books_of(tables, tmp_path / "out", AS_OF, settings=SETTINGS))


def first_night(tables: Path) -> list[dict]:
    """Make every case of ``tables`` new on this night; returns the events."""
    events = [
        {"period": "week", "since": THURSDAY, "as_of": AS_OF, "event": "opened", "case_id": f"C{n:07d}", "kind": "list"}
        | {"person_id": person_id(n), "rule": "unaccounted", "township": home(n)}
        for n in range(12)
    ]
    log = [{"entry": n, "as_of": AS_OF, "event": "opened", "case_id": e["case_id"], "kind": "list"} for n, e in enumerate(events)]
    write_table(tables, "changes", events)
    write_table(tables, "case_log", log)
    return events


def test_on_the_first_night_all_is_new_and_said_in_one_line(tmp_path: Path):
    tables = write_tables(tmp_path / "tables")
    first_night(tables)
    write_books(books_of(tables, tmp_path / "out", AS_OF, settings=SETTINGS))
    for path in (tmp_path / "out").glob("*.xlsx"):
        lines = list(load_workbook(path)["变化"].iter_rows(values_only=True))
        count = {"安阳镇": 3, "都安县": 12}.get(path.name[:3])
        if count:
            assert lines == [(f"首次比对，全部为新增，共 {count} 件，不再逐件列出，见其他各表。",)]
    assert "没有新增" in load_workbook(next((tmp_path / "out").glob("九渡乡*")))["变化"]["A1"].value


@pytest.mark.parametrize("other", [{"event": "closed"}, {"as_of": THURSDAY}])
def test_one_event_that_is_not_new_tonight_and_all_are_listed(tmp_path: Path, other: dict):
    tables = write_tables(tmp_path / "tables")
    events = first_night(tables)
    log = [{"entry": n, "as_of": AS_OF, "event": "opened", "case_id": e["case_id"], "kind": "list"} for n, e in enumerate(events)]
    write_table(tables, "case_log", [*log[:-1], log[-1] | other])
    (path,) = write_books(books_of(tables, tmp_path / "out", AS_OF, ["安阳镇"], settings=SETTINGS))
    assert load_workbook(path)["变化"].max_row == 4
