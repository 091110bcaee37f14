"""What a run keeps of its night, and shows of the nights before."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipelines.night.night_record import KeptNight, handed_on, kept_night, nights_before
from pipelines.night.steps import Step
from pipelines.reconcile.cases import listed_on
from reports.night import KEPT_NIGHTS, Night, night_page
from tests.lib.nights import AS_OF, Begun, night
from tests.lib.small_exports import KIDS, county, pupil, write

NEXT = date(2020, 4, 16)
FIRST = date(2020, 3, 1)


def record_of(run: Path) -> KeptNight:
    kept = kept_night(run)
    assert kept is not None
    return kept


@pytest.fixture(scope="module")
def county_night(county: Path) -> Night:
    return record_of(county / "curated/current").night


@pytest.mark.long
def test_a_night_is_drawn_against_the_one_before(tmp_path: Path, begun: Begun) -> None:
    """A child is found in the student register; the poverty register is gone."""
    begun(county, 8)
    write(tmp_path, "xueji", [pupil(*kid) for kid in KIDS])
    (tmp_path / "raw/guofu/guofu.xlsx").unlink()
    outcome = night(tmp_path, NEXT, accept_drift=True)
    kept = record_of(outcome.run)
    assert [figures.as_of for figures in kept.others] == ["2020-04-15"]
    assert (kept.others[0].listed, kept.night.lists.listed, kept.night.since) == (1, 0, "2020-04-15")
    assert (kept.night.opened, kept.night.closed, kept.night.closed_as) == ({}, {"安阳镇": 1}, {"在校就读": 1})
    assert kept.night.left_out == list(outcome.left_out) and "国扶系统" in kept.night.left_out[0]
    assert list(kept.night.seconds) == list(outcome.seconds) == list(Step)  # publishing too, which ends after the first writing
    page = (outcome.run / "night.html").read_text(encoding="utf-8")
    assert "有缺口：已经发布，但缺少 1 项" in page and "上次 2020-04-15" in page
    assert page == night_page(kept.night, kept.others) + "\n"  # made of what is kept: the same bytes whenever
    assert {(outcome.run / name).stat().st_mode & 0o077 for name in ("night.html", "night.json")} == {0}
    assert not [path for path in (tmp_path / "outbox").rglob("*") if path.suffix in (".html", ".json")]


def test_the_figures_are_those_of_the_tables(county: Path, county_night: Night) -> None:
    kept, run = county_night, county / "curated/current"
    tables = {
        name: pd.read_parquet(run / f"{name}.parquet") for name in ("persons", "unaccounted", "findings", "files", "records")
    }
    inside = tables["persons"][tables["persons"]["in_cohort"]]
    assert (kept.people, kept.cohort) == (len(tables["persons"]), len(inside))
    assert kept.whereabouts() == inside["whereabouts"].value_counts().to_dict()
    assert {name: sum(counts.values()) for name, counts in kept.places.items()} == (
        inside["responsible_township"].fillna("乡镇不明").value_counts().to_dict()
    )
    assert kept.lists.listed == len(tables["unaccounted"]) == listed_on(pd.read_parquet(run / "case_log.parquet"), AS_OF)
    assert len(kept.files) == len(tables["files"])
    assert sum(count for _, count, _ in kept.findings) == len(tables["findings"])
    assert kept.lists.findings == kept.figures().findings == tables["findings"]["in_cohort"].sum() < len(tables["findings"])
    assert kept.figures().rows == tables["records"]["registry"].value_counts().to_dict()
    assert "都安县_控辍保学汇总_20200415.xlsx" in kept.books and "退回各单位/教育局_数据退回_20200415.xlsx" in kept.books


def nights(county_night: Night, count: int) -> KeptNight:
    """So many nights from ``FIRST`` on, the last with all its figures."""
    days = [date.fromordinal(FIRST.toordinal() + number).isoformat() for number in range(count)]
    *others, last = [replace(county_night, as_of=day) for day in days]
    return KeptNight(last, [one.figures() for one in others])


def test_a_month_of_nights_is_handed_on(county_night: Night) -> None:
    handed = handed_on(nights(county_night, 40), date(2020, 4, 10), None)
    assert (len(handed), handed[0].as_of, handed[-1].as_of) == (KEPT_NIGHTS - 1, "2020-03-11", "2020-04-09")


def test_a_day_that_is_computed_again_counts_once(county_night: Night) -> None:
    kept = nights(county_night, 4)
    assert [figures.as_of for figures in handed_on(kept, date(2020, 3, 4), None)] == ["2020-03-01", "2020-03-02", "2020-03-03"]
    again = handed_on(kept, date(2020, 3, 2), None)  # and the later nights are kept for those that follow
    assert [figures.as_of for figures in again] == ["2020-03-01", "2020-03-03", "2020-03-04"]
    repeated = replace(county_night, as_of="2020-03-02", since="2020-03-01")
    assert [f.as_of for f in nights_before(repeated, again)] == ["2020-03-01"]


def test_a_night_is_drawn_against_nights_up_to_the_one_that_its_cases_are_compared_with(county_night: Night) -> None:
    others = nights(county_night, 4).others
    night = replace(county_night, as_of="2020-03-04", since="2020-03-02")  # that of the 3rd is a look back
    assert [f.as_of for f in nights_before(night, others)] == ["2020-03-01", "2020-03-02"]
    assert nights_before(replace(night, since=None), others) == []


@pytest.mark.long
def test_last_time_is_the_last_night_of_an_earlier_day_for_all_that_compare(tmp_path: Path, begun: Begun) -> None:
    """No case has changed on the first two nights. The third is run twice, and after it a look back: one half compared with the run before, the
    other with a night on which a case had changed."""
    begun(county)
    night(tmp_path, NEXT)
    write(tmp_path, "xueji", [pupil(*kid) for kid in KIDS[:8]])
    for _ in range(2):
        outcome = night(tmp_path, date(2020, 4, 17))
        kept = record_of(outcome.run)
        (last,) = nights_before(kept.night, kept.others)[-1:]
        assert (kept.night.since, last.as_of, last.listed) == ("2020-04-16", "2020-04-16", 0)
        assert (outcome.listed, outcome.listed_before, kept.night.opened) == (1, 0, {"安阳镇": 1})
    write(tmp_path, "xueji", [pupil(*kid) for kid in KIDS])
    assert night(tmp_path, FIRST).listed_before is None
    outcome = night(tmp_path, date(2020, 4, 18))
    assert (record_of(outcome.run).night.since, outcome.listed, outcome.listed_before) == ("2020-04-17", 0, 1)


def test_nights_that_are_forgotten_are_not_handed_on(county_night: Night) -> None:
    handed = handed_on(nights(county_night, 4), date(2020, 3, 3), date(2020, 3, 2))
    assert [figures.as_of for figures in handed] == ["2020-03-01", "2020-03-02"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"night": {"as_of": "2020-04-15"}, "others": []}', '{"night": 1, "others": 2}']
)
def test_a_record_of_another_version_or_a_damaged_one_is_none(tmp_path: Path, text: str) -> None:
    assert kept_night(tmp_path) is None
    (tmp_path / "night.json").write_text(text, encoding="utf-8")
    assert kept_night(tmp_path) is None
