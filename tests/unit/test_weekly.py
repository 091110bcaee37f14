"""The weekly report: one page, no names, and every count the published tables', to the child."""

from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook, load_workbook

from reports.book import write_books
from reports.weekly import weekly_books
from schemas.indicators import INDICATOR
from schemas.rules import RULE_GROUPS
from schemas.whereabouts import LISTED, WHEREABOUTS_NAME
from tests.lib.made_up_cases import AS_OF, IN_BOTH, case_id
from tests.lib.made_up_tables import GONE, HELD, HOMES, PERSONS, home, id_number, name, person_id, write_table, write_tables
from tests.lib.plan_county import SETTINGS, TOWNSHIPS

TABLES = ("cases", "changes", "unaccounted", "findings", "persons", "indicators", "standings")
AREAS = ["安阳镇", "高岭镇", "地苏镇", "九渡乡", "都安县"]
GROUP = {rule.code: group for group, rules in RULE_GROUPS.items() for rule in rules}
BALANCE = {
    "上星期四在册": "before",
    "＋ 本周新列入": "opened",
    "＋ 本周再次列入": "reopened",
    "－ 本周销号": "cleared",
    "＝ 现在册": "now_open",
}
AGES = {"其中：列入不足1周": "young", "满1周、不足4周": "middle", "4周及以上": "old", "已答复、尚未销号": "answered"}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_tables(tmp_path_factory.mktemp("week") / "tables")
    write_books(weekly_books(folder, folder.parent / "out", AS_OF, settings=SETTINGS))
    return folder


@pytest.fixture(scope="module")
def pages(tables: Path) -> dict[str, Workbook]:
    return {area: load_workbook(tables.parent / f"out/周报/周报_{area}_20200930.xlsx") for area in AREAS}


@pytest.fixture(scope="module")
def published(tables: Path) -> dict[str, list[dict]]:
    return read(tables)


def read(tables: Path) -> dict[str, list[dict]]:
    return {name: pq.read_table(tables / f"{name}.parquet").to_pylist() for name in TABLES}


def section(book: Workbook, title: str) -> dict[str, dict[str, object]]:
    """The table under the heading that ``title`` begins: label -> heading -> figure."""
    lines = [[c.value for c in line] for line in book.worksheets[0].iter_rows()]
    start = next(n for n, line in enumerate(lines) if str(line[0]).startswith(title)) + 1
    heads = {at: text for at, text in enumerate(lines[start]) if text and at}
    found: dict[str, dict[str, object]] = {}
    for line in lines[start + 1 :]:
        if not any(value is not None for value in line[1:]):
            break
        found[str(line[0]).strip()] = {text: line[at] for at, text in heads.items()}
    return found


def texts(book: Workbook) -> list[str]:
    return [str(c.value) for line in book.worksheets[0].iter_rows() for c in line if c.value is not None]


def homes(published: dict) -> dict[str, str | None]:
    return {p["person_id"]: p["responsible_township"] or p["township"] for p in published["persons"]}


def count(published: dict, area: str, kind: str, keep=lambda part, poor: True) -> Counter[str]:
    """The week's figures by going through the cases one by one; ``keep``: by whereabouts or rule, and by poverty."""
    home_of, persons = homes(published), {p["person_id"]: p for p in published["persons"]}
    shown = {u["case_id"]: u["whereabouts"] for u in published["unaccounted"]} if kind == "list" else {}
    if kind == "finding":
        shown = {f["case_id"]: f["rule"] for f in published["findings"] if f["in_cohort"]}
    found: Counter[str] = Counter()
    for case in published["cases"]:
        person = persons.get(case["person_id"], {})
        where = home_of.get(case["person_id"], case["township"])
        if (
            case["kind"] != kind
            or (area != "都安县" and where != area)
            or (kind == "finding" and not person.get("in_cohort", True))
        ):
            continue
        if not keep(shown.get(case["case_id"], case["rule"]), bool(person.get("poverty"))):
            continue
        events = [
            e["event"]
            for e in published["changes"]
            if e["case_id"] == case["case_id"] and e["period"] == "week" and e["event"] != "answered"
        ]
        still, was_open = case["state"] != "closed", not events or events[0] == "closed"
        if not events and not still:
            continue  # closed before
        found["before"] += was_open
        found["opened"] += events[:1] == ["opened"]
        found["reopened"] += events[:1] == ["reopened"]
        found["cleared"] += not still
        found["held"] += still and case["case_id"] not in shown
        if case["case_id"] in shown:
            found["now_open"] += 1
            found["young" if case["weeks"] < 1 else "middle" if case["weeks"] < 4 else "old"] += 1
            found["answered"] += case["state"] == "answered"
    return found


def test_a_page_per_township_and_one_for_the_county(tables: Path):
    folder = tables.parent / "out" / "周报"
    assert {p.name for p in folder.iterdir()} == {f"周报_{area}_20200930.xlsx" for area in (*TOWNSHIPS, "都安县")}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o600}


def test_chosen_townships_only_without_the_county(tables: Path, tmp_path: Path):
    paths = write_books(weekly_books(tables, tmp_path, AS_OF, ["高岭镇"], settings=SETTINGS))
    assert [p.name for p in paths] == ["周报_高岭镇_20200930.xlsx"] == [p.name for p in (tmp_path / "周报").iterdir()]
    with pytest.raises(ValueError, match="不存在镇"):
        write_books(weekly_books(tables, tmp_path, AS_OF, ["不存在镇"], settings=SETTINGS))


def test_same_bytes_twice(tables: Path, tmp_path: Path):
    for path in write_books(weekly_books(tables, tmp_path, AS_OF, settings=SETTINGS)):
        assert path.read_bytes() == (tables.parent / "out" / "周报" / path.name).read_bytes(), path.name


@pytest.mark.parametrize("area", AREAS)
def test_one_page_of_a4(pages: dict[str, Workbook], area: str):
    assert len(pages[area].worksheets) == 1
    sheet = pages[area].worksheets[0]
    page = sheet.page_setup
    assert (page.orientation, page.paperSize) == ("portrait", 9)
    assert (page.fitToWidth or 1, page.fitToHeight or 1) == (1, 1)  # 1 is what a file says by saying nothing
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sum(sheet.row_dimensions[n].height or 15 for n in range(1, sheet.max_row + 1)) < 1100  # points: no smaller than 70 %


@pytest.mark.parametrize("area", AREAS)
def test_counts_and_no_names(pages: dict[str, Workbook], area: str):
    text = "\n".join(texts(pages[area]))
    said = [
        *(name(i) for i in range(12, PERSONS)),
        *(id_number(i) for i in range(PERSONS)),
        *map(person_id, range(PERSONS)),
        GONE,
        case_id(0),
    ]
    assert [s for s in said if s in text] == []
    assert {c.data_type for line in pages[area].worksheets[0].iter_rows() for c in line} <= {"s", "n"}


@pytest.mark.parametrize("area", AREAS)
def test_the_lists_week_to_the_child(pages: dict[str, Workbook], published: dict, area: str):
    printed = section(pages[area], "一、")
    columns = {"合计": lambda part, poor: True, "合计中建档立卡": lambda part, poor: poor}
    columns |= {WHEREABOUTS_NAME[code]: (lambda part, poor, code=code: part == code) for code in LISTED}
    for heading, keep in columns.items():
        expected = count(published, area, "list", keep)
        figures = {label: line[heading] for label, line in printed.items()}
        assert figures == {label: expected[measure] for label, measure in (BALANCE | AGES).items()}, heading
        before, opened, reopened, cleared, now_open = list(figures.values())[:5]
        assert before + opened + reopened - cleared == now_open + expected["held"]
        assert sum(list(figures.values())[5:8]) == now_open


@pytest.mark.parametrize("area", ["安阳镇", "都安县"])
def test_now_on_the_list_is_what_the_list_holds(pages: dict[str, Workbook], published: dict, area: str):
    home_of = homes(published)
    listed = [u for u in published["unaccounted"] if area in ("都安县", home_of[u["person_id"]])]
    assert section(pages[area], "一、")["＝ 现在册"]["合计"] == len(listed)
    findings = [f for f in published["findings"] if f["in_cohort"] and area in ("都安县", home_of[f["person_id"]])]
    assert section(pages[area], "三、")["合计"]["现有"] == len(findings)
    assert section(pages[area], "三、")["合计"]["现有中严重"] == sum(f["severity"] == "high" for f in findings)


@pytest.mark.parametrize("area", AREAS)
def test_by_what_children_were_cleared(pages: dict[str, Workbook], published: dict, area: str):
    home_of = homes(published)
    by = Counter(
        "人员编号并入" if c["person_id"] == GONE else c["closed_by"].partition("（")[0]
        for c in published["cases"]
        if c["kind"] == "list" and c["closed_on"] == IN_BOTH and area in ("都安县", home_of.get(c["person_id"], c["township"]))
    )
    said = (
        next(text for text in texts(pages[area]) if text.startswith("本周销号的去向："))
        .removeprefix("本周销号的去向：")
        .rstrip("。")
    )
    assert said == ("，".join(f"{what} {n}" for what, n in sorted(by.items(), key=lambda x: (-x[1], x[0]))) or "无")
    assert sum(by.values()) == section(pages[area], "一、")["－ 本周销号"]["合计"]


@pytest.mark.parametrize("area", AREAS)
def test_findings_by_group_of_rules(pages: dict[str, Workbook], published: dict, area: str):
    measures = {"上星期四": "before", "本周新增": "opened", "再次出现": "reopened", "本周销号": "cleared", "现有": "now_open"}
    printed = section(pages[area], "三、")
    for group in (*RULE_GROUPS, "合计"):
        expected = count(published, area, "finding", lambda rule, poor, group=group: group in ("合计", GROUP[rule]))
        assert {h: printed[group][h] for h in measures} == {h: expected[m] for h, m in measures.items()}


@pytest.mark.parametrize("area", AREAS)
def test_indicators_as_published(pages: dict[str, Workbook], published: dict, area: str):
    printed = section(pages[area], "二、")
    level = ("county", None) if area == "都安县" else ("township", area)
    own = {r["code"]: r for r in published["indicators"] if (r["level"], r["township"]) == level}
    shown = ["enrolment", "disabled_enrolment", "poor_out_of_school", "aid", "aid_missing"]
    assert [name for name in printed if name != "义务教育巩固率"] == [INDICATOR[code].name for code in shown]
    for code, row in own.items():
        if code in shown:
            line, counted = printed[INDICATOR[code].name], row["denominator"] is None
            assert line["本次"] == (row["numerator"] if counted else pytest.approx(row["share"]))
            assert line["尚缺（人）"] == (row["numerator"] if counted else row["denominator"] - row["numerator"])


def test_the_countys_townships_add_up_and_show_the_list_they_are_on(pages: dict[str, Workbook], published: dict):
    printed = section(pages["都安县"], "四、")
    assert list(printed) == [*TOWNSHIPS, "乡镇不明", "全县"]
    for heading in ("上星期四在册", "新列入", "再次列入", "销号", "现在册", "4周及以上", "答复未销号"):
        assert sum(printed[place][heading] for place in printed if place != "全县") == printed["全县"][heading]
    standings = {s["township"]: s for s in published["standings"] if s["as_of"] == AS_OF}
    names = {"red": "红榜", "black": "黑榜", None: "—"}
    for place, line in printed.items():
        if place in standings:
            standing = standings[place]
            assert (line["红黑榜"], line["连续周数"]) == (names[standing["standing"]], standing["streak"] or "—")
            assert line["未落实率"] == pytest.approx(standing["open_share"])
            own = section(pages[place], "四、")[place]
            assert (own["红黑榜"], own["连续周数"]) == (line["红黑榜"], line["连续周数"])
    poor = {
        r["township"]: r["numerator"]
        for r in published["indicators"]
        if r["level"] == "township" and r["code"] == "poor_out_of_school"
    }
    assert {place: printed[place]["建档立卡失学辍学"] for place in poor} == poor


def test_a_case_that_waits_for_a_missing_system_is_mentioned(pages: dict[str, Workbook]):
    sentence = "另有 1 人因本次缺少有关系统的数据，暂不能销号，不在现有数内。"
    assert [area for area in AREAS if sentence in texts(pages[area])] == [home(HELD), "都安县"]


def test_a_look_back_says_that_some_have_no_number(tables: Path, tmp_path: Path):
    again = write_tables(tmp_path / "tables")
    listed = pq.read_table(tables / "unaccounted.parquet").to_pylist()
    write_table(again, "unaccounted", [child | {"case_id": None} for child in listed[:1]] + listed[1:])
    (path,) = write_books(weekly_books(again, tmp_path, AS_OF, [HOMES[0]], settings=SETTINGS))
    assert "补看过去日期：现有数中 1 人当晚尚未编号。" in texts(load_workbook(path))


def test_the_period_and_the_day_it_is_due(pages: dict[str, Workbook], tables: Path, tmp_path: Path):
    assert "统计期间：2020年9月24日（星期四）之后，至2020年9月30日　　报送时限：2020年10月1日（星期四）" in texts(pages["安阳镇"])
    (path,) = write_books(weekly_books(tables, tmp_path, date(2020, 10, 1), ["安阳镇"], settings=SETTINGS))
    assert "统计期间：2020年9月24日（星期四）之后，至2020年10月1日　　报送时限：2020年10月1日（星期四）" in texts(
        load_workbook(path)
    )


def test_to_be_signed(pages: dict[str, Workbook]):
    assert all(any("填报人" in text and "签字" in text for text in texts(page)) for page in pages.values())
