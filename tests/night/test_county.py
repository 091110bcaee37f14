"""The demo at small size, files to workbooks: the design's invariants and the score on a county of known truth."""

import re
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from bidui.cli import main
from pipelines.ask.child_story import write_story
from pipelines.ask.explain import explain
from pipelines.ask.tally import tally
from pipelines.deliver.parcels import outgoing_books
from pipelines.demo.make_county import make_county
from pipelines.demo.score import score
from pipelines.store.county_file import settings_of
from schemas.indicators import INDICATOR
from schemas.rules import RULE
from schemas.whereabouts import LISTED, REASONS, WHEREABOUTS_NAME
from tests.lib.nights import AS_OF, night
from tests.lib.plan_county import TOWNSHIPS
from tests.lib.small_exports import good
from tests.unit.test_weekly import section


def table(county: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(county / "curated/current" / f"{name}.parquet")


def test_every_source_row_is_in_exactly_one_of_records_and_quarantine(county: Path) -> None:
    key = ["registry", "file", "sheet", "row"]
    records, quarantine = table(county, "records")[key], table(county, "quarantine")[key]
    assert not pd.concat([records, quarantine]).duplicated().any()
    files = table(county, "files")
    assert (files["rows"] == files["accepted"] + files["quarantined"]).all()
    written = pd.read_parquet(county / "truth/rows.parquet")
    assert len(written) == len(written.merge(pd.concat([records, quarantine]), on=key))
    assert files["rows"].sum() == len(records) + len(quarantine) == len(written) + 2  # the aid list's two footer rows
    assert set(table(county, "quarantine")["rule"]) == {"footer_row", "signature_row"}


def test_every_record_has_one_person_and_the_other_way_round(county: Path) -> None:
    identities, persons = table(county, "identities"), table(county, "persons")
    assert identities["record_id"].is_unique
    assert set(identities["record_id"]) == set(table(county, "records")["record_id"])
    assert set(identities["person_id"]) == set(persons["person_id"])
    assert persons["person_id"].is_unique
    assert persons.set_index("person_id")["records"].equals(
        identities.groupby("person_id").size().rename("records").astype("int32")
    )


def test_every_child_of_the_cohort_has_one_whereabouts(county: Path) -> None:
    persons = table(county, "persons")
    inside = persons[persons["in_cohort"]]
    assert set(inside["whereabouts"]) <= set(WHEREABOUTS_NAME)
    assert inside["whereabouts"].notna().all() and inside["whereabouts_rule"].notna().all()
    assert persons[~persons["in_cohort"]]["whereabouts"].isna().all()
    by_township = inside.groupby(["responsible_township", "whereabouts"], dropna=False).size()
    assert by_township.sum() == len(inside)


def test_the_list_is_the_whereabouts_that_must_be_seen(county: Path) -> None:
    persons, listed = table(county, "persons"), table(county, "unaccounted")
    assert set(listed["person_id"]) == set(persons.loc[persons["whereabouts"].isin(LISTED), "person_id"])
    assert set(listed["reason"]) <= set(REASONS)
    assert listed["sources"].str.contains("第").all()  # each can be traced to file, sheet and row


def test_findings_name_known_rules_and_trace_to_rows(county: Path) -> None:
    findings = table(county, "findings")
    assert findings["finding_id"].is_unique
    assert set(findings["rule"]) <= set(RULE)
    records = set(table(county, "records")["record_id"])
    assert set(findings["record_id_a"].dropna()) | set(findings["record_id_b"].dropna()) <= records
    assert findings[["record_id_a", "record_id_b"]].notna().any(axis=1).all()


def test_links_name_what_they_rest_on(county: Path) -> None:
    links = table(county, "links")
    assert set(links["decision"]) <= {"match", "possible"}
    assert links["probability"].between(0, 1).all()
    assert not links.duplicated(["record_id_l", "record_id_r"]).any()
    assert links["evidence"].str.fullmatch(r"(\w+:\w+:[+-]\d+\.\d(;|$))+").all()


def test_no_child_is_missed_and_few_visits_are_wasted(county: Path) -> None:
    """Bounds, not records: a county of this size has too few hard cases to tell more."""
    result = score(county)
    assert result.to_find > 80
    assert result.missed == 0
    assert result.wasted_share < 0.01
    for pair in result.pairs:
        assert pair.precision > 0.995, pair
        if pair.expected > 200:
            assert pair.recall > 0.97, pair


def test_an_exact_id_join_is_far_worse(county: Path) -> None:
    """What offices do today, on the same county: the score must be able to tell the difference."""
    truth = pd.read_parquet(county / "truth/rows.parquet").merge(
        table(county, "records"), on=["registry", "file", "sheet", "row"]
    )
    children = pd.read_parquet(county / "truth/children.parquet").set_index("truth_id")["state"]
    pupils = set(truth.loc[truth["registry"] == "xueji", "id_raw"].str.strip())
    police = truth[(truth["registry"] == "huji") & truth["truth_id"].map(children).eq("enrolled")]
    wasted = (~police["id_raw"].str.strip().isin(pupils)).mean()
    assert wasted > 3 * score(county).wasted_share


def test_the_tally_adds_up(county: Path) -> None:
    figures = tally(county / "curated/current")
    persons = table(county, "persons")
    assert figures["persons"] == [(len(persons), int(persons["in_cohort"].sum()))]
    assert sum(count for _, count in figures["whereabouts"]) == int(persons["in_cohort"].sum())
    assert sum(row[1] for row in figures["findings"]) == len(table(county, "findings"))


def test_workbooks_open_and_hold_each_listed_child_once(county: Path) -> None:
    listed = table(county, "unaccounted")
    seen: list[str] = []
    for path in sorted((county / "outbox" / AS_OF.isoformat()).glob("*核查*.xlsx")):
        sheet = load_workbook(path)["去向不明儿童"]
        here = [
            cell.value
            for row in sheet.iter_rows()
            for cell in row
            if isinstance(cell.value, str) and re.fullmatch(r"P\d{7}", cell.value)
        ]
        township = path.name.split("_")[0]
        assert set(here) == set(listed.loc[listed["township"] == township, "person_id"]), path.name
        seen += here
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    assert sorted(seen) == sorted(listed.loc[listed["township"].notna(), "person_id"])


def test_each_workbook_has_a_recipient_whom_bidui_deliver_knows(county: Path) -> None:
    settings = settings_of(county)
    books, nobodys = outgoing_books(county / "outbox" / AS_OF.isoformat(), settings)
    assert nobodys == [] and {book.area for book in books} == set(settings.areas)
    assert {(book.area in TOWNSHIPS, book.kind) for book in books} == {
        *((True, "lists"), (True, "weekly"), (False, "weekly"), (False, "summary"), (False, "returned")),
    }


def test_explain_speaks_of_a_child_and_of_a_pair(county: Path) -> None:
    child = table(county, "unaccounted").iloc[0]
    story = "\n".join(explain(county, [child["person_id"]]))
    assert WHEREABOUTS_NAME[child["whereabouts"]] in story and "首次列入" in story
    link = table(county, "links").iloc[0]
    pair = "\n".join(explain(county, [link["record_id_l"], link["record_id_r"]]))
    assert "结论" in pair and "合计" in pair
    strangers = table(county, "records").iloc[[0, -1]]["record_id"]
    assert "不认为是同一人" in "\n".join(explain(county, list(strangers)))


def test_all_that_is_known_of_a_child_on_one_page_to_print_and_sign(county: Path, tmp_path: Path) -> None:
    child = table(county, "unaccounted").iloc[0]
    out = tmp_path / "一生一案.xlsx"
    assert list(write_story(county, child["person_id"], out)) == [f"一生一案已写入：{out}"]
    assert out.stat().st_mode & 0o077 == 0
    (sheet,) = load_workbook(out).worksheets
    page = sheet.page_setup
    assert (page.paperSize, page.orientation, sheet.sheet_properties.pageSetUpPr.fitToPage) == (9, "portrait", True)
    lines = [[cell for cell in line if cell is not None] for line in sheet.iter_rows(values_only=True)]
    said = {cells[i]: cells[i + 1] for cells in lines for i in range(0, len(cells) - 1, 2)}
    assert {said["姓名"], said["人员编号"], said["个案编号"]} == {child["name"], child["person_id"], child["case_id"]}
    assert said["列入原因"].startswith(REASONS[child["reason"]])
    assert said[AS_OF.isoformat()].startswith("新增")
    assert {"乡镇负责人", "监护人", "劝返人", "校长"} <= {cell for cells in lines for cell in cells}


def test_the_page_is_one_childs(county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "一生一案.xlsx"
    assert main(["explain", "P0000001", "P0000002", "--out", str(out), "--root", str(county)]) == 2
    assert "请只给一个人" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.long
def test_rows_in_another_order_give_the_same_persons(tmp_path: Path) -> None:
    make_county(tmp_path, children=300, seed=5, as_of=AS_OF)
    night(tmp_path)
    before = table(tmp_path, "persons").drop(columns="evidence_record_id")
    path = tmp_path / "raw/huji/常住人口信息.csv"
    heading, *rows = path.read_bytes().decode("gb18030").strip().split("\r\n")
    path.write_bytes("\r\n".join([heading, *reversed(rows)]).encode("gb18030"))
    night(tmp_path)
    pd.testing.assert_frame_equal(table(tmp_path, "persons").drop(columns="evidence_record_id"), before)


def test_nothing_personal_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", str(tmp_path), "--children", "300", "--seed", "9"]) == 0
    printed = "".join(capfd.readouterr())
    assert "漏掉的儿童：0" in printed
    records = table(tmp_path, "records")
    secrets = (
        set(records["id_number"].dropna()) | set(records["phone"].dropna()) | {n for n in records["name"].dropna() if len(n) > 2}
    )
    assert not [s for s in secrets if s in printed]
    for name in ("report.json", "night.json", "night.html"):
        written = (tmp_path / "curated/current" / name).read_text(encoding="utf-8")
        assert not [s for s in secrets if s in written], name


def test_the_same_county_twice(tmp_path: Path) -> None:
    for place in ("one", "other"):
        make_county(tmp_path / place, children=300, seed=5, as_of=AS_OF)
    for name in ("rows", "children"):
        one, other = (pd.read_parquet(tmp_path / place / "truth" / f"{name}.parquet") for place in ("one", "other"))
        pd.testing.assert_frame_equal(one, other)
    assert (tmp_path / "one/raw/huji/常住人口信息.csv").read_bytes() == (
        tmp_path / "other/raw/huji/常住人口信息.csv"
    ).read_bytes()


def test_on_a_county_each_page_holds_its_lists_children(county: Path) -> None:
    """What the week's page counts and what the township's workbook lists are the same children."""
    outbox = county / "outbox" / "2020-04-15"
    total = 0
    for township in TOWNSHIPS:
        printed = section(load_workbook(outbox / f"周报/周报_{township}_20200415.xlsx"), "一、")["＝ 现在册"]["合计"]
        sheet = load_workbook(outbox / f"{township}_控辍保学核查_20200415.xlsx")["去向不明儿童"]
        assert printed == sum(isinstance(line[0], int) for line in sheet.iter_rows(values_only=True))
        total += printed
    assert section(load_workbook(outbox / "周报/周报_都安县_20200415.xlsx"), "一、")["＝ 现在册"]["合计"] >= total > 0


def test_the_weekly_report_is_published_with_the_workbooks(tmp_path: Path) -> None:
    outcome = night(good(tmp_path), townships=["安阳镇"])
    assert [p.name for p in (outcome.outbox / "周报").iterdir()] == ["周报_安阳镇_20200415.xlsx"]


def test_figures_reconcile_with_the_lists_to_the_child(county: Path) -> None:
    """On the synthetic county, for every area."""
    current = county / "curated/current"
    tables = {t: pd.read_parquet(current / f"{t}.parquet") for t in ("persons", "findings", "unaccounted", "indicators", "cases")}
    cohort = tables["persons"].query("in_cohort").assign(home=lambda p: p["responsible_township"].fillna("乡镇不明"))
    due = cohort[cohort["due"] & (cohort["whereabouts"] != "left_register")]
    listed = cohort[cohort["whereabouts"].isin(LISTED)]
    assert len(listed) == len(tables["unaccounted"]) == len(tables["cases"].query("kind == 'list' and state != 'closed'"))
    missing = tables["findings"].query("rule == 'aid_due_unpaid' and in_cohort")["person_id"].nunique()
    indicators = tables["indicators"]
    at = indicators[indicators["level"] == "county"].set_index("code")
    assert at.at["listed", "numerator"] == len(listed)
    assert at.at["unaccounted", "numerator"] == (cohort["whereabouts"] == "unaccounted").sum()
    assert at.at["enrolment", "denominator"] == len(due)
    assert at.at["enrolment", "denominator"] - at.at["enrolment", "numerator"] == len(listed[listed["due"]])
    assert at.at["aid_missing", "numerator"] == missing > 0
    assert at.at["aid", "denominator"] - at.at["aid", "numerator"] == missing
    by_home = indicators[indicators["level"] == "township"]
    for code in INDICATOR:
        assert by_home[by_home["code"] == code]["numerator"].sum() == at.at[code, "numerator"], code
        villages = indicators[(indicators["level"] == "village") & (indicators["code"] == code)]
        assert villages["numerator"].sum() == at.at[code, "numerator"], code
    per_township = listed.groupby("home").size()
    assert (
        by_home[by_home["code"] == "listed"].set_index("township")["numerator"].replace(0, pd.NA).dropna().to_dict()
        == per_township.to_dict()
    )
    for code in ("agree_name", "agree_id", "agree_birthdate", "agree_sex"):
        assert 0 < at.at[code, "numerator"] <= at.at[code, "denominator"], code


def test_children_who_disagree_are_among_the_findings(county: Path) -> None:
    current = county / "curated/current"
    findings = pd.read_parquet(current / "findings.parquet")
    at = pd.read_parquet(current / "indicators.parquet").query("level == 'county'").set_index("code")
    core = {"xueji", "guofu", "canlian"}
    records = pd.read_parquet(current / "records.parquet").merge(
        pd.read_parquet(current / "identities.parquet")[["record_id", "person_id"]]
    )
    systems = records[records["registry"].isin(core)].groupby("person_id")["registry"].nunique()
    cohort = set(pd.read_parquet(current / "persons.parquet").query("in_cohort")["person_id"])
    in_two, in_one = set(systems[systems > 1].index) & cohort, set(systems.index) & cohort
    within = findings[findings["registry_a"].isin(core) & (findings["registry_b"].isin(core) | findings["registry_b"].isna())]
    for code, rules in (
        ("agree_poverty", ["poverty_flag_differs"]),
        ("agree_schooling", ["in_school_claim_unsupported", "not_in_school_claim_contradicted"]),
    ):
        apart = at.at[code, "denominator"] - at.at[code, "numerator"]
        assert apart == len(in_one & set(within[within["rule"].isin(rules)]["person_id"])) > 0, code
    assert at.at["agree_name", "denominator"] == len(in_two)
