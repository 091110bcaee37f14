"""The day of a run beside today, the history and the exports. A run dated 2062 by mistake once silenced the case history for every later
night, exit status 0."""

import os
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from prefect.types._datetime import DateTime

import pipelines.night.one_night
from bidui.cli import main
from pipelines.intake.sheets import DatedFrom, Sheet
from pipelines.night.days import FutureDay, check_day, gap_of_history, notes_on_days
from pipelines.night.flow import reconcile_county
from pipelines.night.outcome import Outcome
from pipelines.store.forgotten import forgotten_cases, later, nights_of_history, without_later
from schemas.calendar import CHINA, day_of_moment, today
from schemas.registry import declared
from schemas.tables import TABLES
from tests.lib.nights import AS_OF, Begun, night
from tests.lib.small_exports import KIDS, county, good, pupil, write
from tests.lib.step_lines import without_steps

LATER = date(2062, 4, 15)
Capture = pytest.CaptureFixture[str]


def run(root: Path, capsys: Capture, *words: str) -> tuple[int, str, str]:
    """Exit status, stdout, and stderr without the lines of the steps."""
    status = main(["run", "--root", str(root), "--township", "安阳镇", *words])
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err
    return status, printed.out, without_steps(printed.err)


def table(root: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(root / f"curated/current/{name}.parquet")


# ---- a day that is still to come ---------------------------------------------------------------------------------------


def test_a_future_day_is_refused_before_anything_is_done(tmp_path: Path, capsys: Capture) -> None:
    status, out, err = run(good(tmp_path), capsys, "--as-of", "2062-04-15")
    assert (status, out) == (2, "")
    assert "2062-04-15 还没有到" in err and str(today()) in err and "--future" in err
    assert not (tmp_path / "curated").exists()


@pytest.mark.parametrize("day", ["1850-01-01", "2004-08-31"])
def test_a_day_before_the_cohort_was_born_is_refused_before_anything_is_done(tmp_path: Path, capsys: Capture, day: str) -> None:
    status, out, err = run(good(tmp_path), capsys, "--as-of", day)
    assert (status, out) == (2, "")
    assert f"比对日期 {day} 早于核查范围的第一个出生日期 2004-09-01" in err and "[cohort]" in err and len(err.splitlines()) == 1
    assert not (tmp_path / "curated").exists()


@pytest.mark.long
def test_a_day_on_which_nobody_is_of_school_age_is_told(tmp_path: Path, capsys: Capture) -> None:
    status, _, err = run(good(tmp_path), capsys, "--as-of", "2005-04-15")
    assert status == 0 and "最大的 2011-09-01 才该入学" in err


@pytest.mark.parametrize(
    ("first", "last", "said"), [("1950-01-01", "2010-01-01", "相差超过 15 年"), ("2021-01-01", "2022-01-01", "早于")]
)
def test_a_demo_of_a_cohort_that_cannot_be_is_refused(tmp_path: Path, capsys: Capture, first: str, last: str, said: str) -> None:
    assert main(["demo", str(tmp_path / "d"), "--cohort", first, last, "--as-of", "2020-04-15"]) == 2
    assert said in capsys.readouterr().err and not (tmp_path / "d").exists()


@pytest.mark.long
def test_a_future_day_that_is_meant(tmp_path: Path, capsys: Capture) -> None:
    assert run(good(tmp_path), capsys, "--as-of", "2062-04-15", "--future")[0] == 0
    assert nights_of_history(lambda name: table(tmp_path, name))[-1] == LATER


def test_today_is_no_future_day_in_china() -> None:
    check_day(today(), future=False)
    with pytest.raises(FutureDay):
        check_day(date.fromordinal(today().toordinal() + 1), future=False)


def test_the_flow_refuses_a_future_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_ROOT", str(good(tmp_path)))
    monkeypatch.setattr(pipelines.night.one_night, "tried", lambda *_: pytest.fail("a task began"))
    for day, why in (("2062-04-15", "还没有到"), ("明天", "2020-04-15 这样"), ("2020年2月30日", "没有 2020-02-30 这一天")):
        state = reconcile_county.fn(day)
        assert (state.type.value, state.name) == ("FAILED", "未发布") and why in state.message


def test_history_of_a_day_that_is_still_to_come(tmp_path: Path, begun: Begun, capsys: Capture) -> None:
    begun(good)
    assert main(["history", "--root", str(tmp_path), "--as-of", "2062-01-01"]) == 2
    assert "2062-01-01 还没有到" in capsys.readouterr().err


# ---- the flow's own day ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheduled", "day"),
    [
        (datetime(2020, 4, 14, 16, 0, tzinfo=UTC), date(2020, 4, 15)),  # midnight in China; it may fire 0.4 s early
        (datetime(2020, 4, 14, 18, 0, tzinfo=UTC), date(2020, 4, 15)),  # 02:00 in China
        (datetime(2020, 4, 15, 2, 0, tzinfo=CHINA), date(2020, 4, 15)),
        (
            DateTime(2020, 4, 14, 18, tzinfo=UTC),
            date(2020, 4, 15),
        ),  # of which a day is no plain date: workbooks cannot be written for it
    ],
)
def test_the_flow_s_day_is_the_one_for_which_it_was_scheduled(
    monkeypatch: pytest.MonkeyPatch, scheduled: datetime, day: date
) -> None:
    monkeypatch.setattr(pipelines.night.one_night, "FlowRunContext", SimpleNamespace(get=lambda: object()))
    monkeypatch.setattr(pipelines.night.one_night, "this_run", SimpleNamespace(scheduled_start_time=scheduled))
    found = pipelines.night.one_night._day(None)
    assert found == day and type(found) is date


@pytest.mark.parametrize(
    ("parameters", "handed_on"),
    [
        (("2020-04-15", ["安阳"], True, True), (date(2020, 4, 15), ["安阳镇"], True, True)),
        (("2020-04-15",), (date(2020, 4, 15), None, False, False)),
    ],
)
def test_the_flow_hands_its_parameters_to_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parameters: tuple[Any, ...], handed_on: tuple[Any, ...]
) -> None:
    calls: list[tuple[Any, ...]] = []

    def run_job(
        root: Path, as_of: date, townships: list[str] | None, *, runner: object, accept_drift: bool, future: bool
    ) -> Outcome:
        assert root == tmp_path and runner is pipelines.night.one_night.as_task
        calls.append((as_of, townships, accept_drift, future))
        return Outcome(root / "20200415-0001", root / "outbox", 3, None)

    monkeypatch.setenv("BIDUI_ROOT", str(tmp_path))
    monkeypatch.setattr(pipelines.night.one_night, "run_job", run_job)
    monkeypatch.setattr(pipelines.night.one_night, "tried", lambda _, work: work())  # without Prefect's server
    assert reconcile_county.fn(*parameters).name == "已发布"
    assert calls == [handed_on]


# ---- old exports, a look back ------------------------------------------------------------------------------------------


def test_days_that_are_told() -> None:
    def sheet(dated: date, dated_from: DatedFrom = "name") -> Sheet:
        return Sheet(declared()["xueji"], f"{dated}.xlsx", "", "", 1, pd.DataFrame(), dated=dated, dated_from=dated_from)

    assert notes_on_days(AS_OF, None, []) == notes_on_days(AS_OF, AS_OF, [sheet(date(2020, 3, 1))]) == []
    (old,) = notes_on_days(AS_OF, None, [sheet(date(2020, 2, 29)), sheet(date(2019, 9, 1), "file_time")])
    assert "2020-02-29 的《2020-02-29.xlsx》，比" in old and "早 46 天" in old
    (old,) = notes_on_days(AS_OF, None, [sheet(date(2020, 2, 29), "file_time")])
    assert "《2020-02-29.xlsx》（按文件的修改时间）" in old
    (back,) = notes_on_days(AS_OF, date(2020, 4, 16), [sheet(AS_OF)])
    assert "回看" in back and "2020-04-16" in back
    assert gap_of_history(AS_OF, None) is gap_of_history(AS_OF, date(2020, 4, 16)) is gap_of_history(LATER, LATER) is None


@pytest.mark.long
def test_exports_much_older_than_the_day_are_told_in_a_line_and_are_no_gap(tmp_path: Path, capsys: Capture) -> None:
    for path in (path for path in (good(tmp_path) / "raw").rglob("*") if path.is_file()):
        path.rename(path.with_name(f"{path.stem}2020-01-05{path.suffix}"))
    status, out, err = run(tmp_path, capsys, "--as-of", "2020-04-15")
    assert status == 0 and "早 101 天" not in out
    assert "的名称和标题里没有导出日期" not in out
    (line,) = err.splitlines()
    assert (
        re.sub("《.*》", "", line)
        == "注意：最新的导出文件是 2020-01-05 的，比比对日期 2020-04-15 早 101 天，请确认是否该放入新的导出"
    )


@pytest.mark.long
def test_exports_whose_age_rests_on_the_file_are_told(tmp_path: Path, capsys: Capture) -> None:
    paths = [path for path in (good(tmp_path) / "raw").rglob("*") if path.is_file()]
    for path in paths[1:]:
        path.rename(path.with_name(f"{path.stem}2020-04-10{path.suffix}"))
    status, out, err = run(tmp_path, capsys, "--as-of", "2020-04-15")
    assert (status, err) == (0, "")
    made = day_of_moment(paths[0].stat().st_mtime)
    assert f"《{paths[0].name}》的名称和标题里没有导出日期，新旧按文件的修改时间判断（最新 {made}）" in out
    files = table(tmp_path, "files")
    assert dict(zip(files["file"], files["dated_from"], strict=True))[paths[0].name] == "file_time"
    assert sorted(files["dated_from"].unique()) == ["file_time", "name"]


@pytest.mark.long
def test_a_look_back_is_told_in_a_line_and_is_no_gap(tmp_path: Path, begun: Begun, capsys: Capture) -> None:
    begun(good)
    status, _, err = run(tmp_path, capsys, "--as-of", "2020-04-08")
    assert status == 0
    assert len(err.splitlines()) == 1 and err.startswith("注意：比对日期 2020-04-08 早于上次比对的 2020-04-15：这是回看")


# ---- the way out -------------------------------------------------------------------------------------------------------


@pytest.fixture
def mistaken(tmp_path: Path, begun: Begun) -> Path:
    """A county with a right first night, and a second dated 2062 in which another child has no school."""
    begun(county, 8)
    write(tmp_path, "xueji", [pupil(*kid) for kid in KIDS[:7]])
    from pipelines.night.job import run_job

    run_job(tmp_path, LATER, (), future=True, accept_drift=True)
    assert nights_of_history(lambda name: table(tmp_path, name))[-1] == LATER
    return tmp_path


@pytest.mark.long
def test_a_history_that_reaches_beyond_today_is_a_gap_with_the_way_out(mistaken: Path, capsys: Capture) -> None:
    status, _, err = run(mistaken, capsys, "--as-of", "2020-04-16", "--accept-drift")
    assert status == 1
    assert err.startswith("已发布，但缺少 1 项：\n") and len(err.splitlines()) == 2
    assert "个案历史已写到 2062-04-15" in err and "bidui run --forget-after 2020-04-16" in err


def test_nothing_is_forgotten_without_confirmation(mistaken: Path, capsys: Capture) -> None:
    before = table(mistaken, "case_log")
    status, _, err = run(mistaken, capsys, "--as-of", "2020-04-16", "--forget-after", "2020-04-16")
    later_entries = len(before[before["as_of"] == LATER])
    assert status == 2 and f"将撤下个案历史 {later_entries} 条（2062-04-15 至 2062-04-15）" in err and "--yes" in err
    assert table(mistaken, "case_log").equals(before)
    assert not (mistaken / "curated/forgotten").exists()


@pytest.mark.long
def test_the_history_goes_on_as_if_the_mistaken_night_had_not_been(
    mistaken: Path, tmp_path_factory: pytest.TempPathFactory, capsys: Capture
) -> None:
    before = table(mistaken, "case_log")
    arguments = ("--as-of", "2020-04-16", "--accept-drift")
    status, _, err = run(mistaken, capsys, *arguments, "--forget-after", "2020-04-16", "--yes")
    assert status == 0
    assert err.startswith("注意：已撤下个案历史") and "outbox 里 2062-04-15 的核查表请勿发出" in err
    log = table(mistaken, "case_log")
    assert set(log["as_of"]) == {AS_OF, date(2020, 4, 16)}
    assert not (table(mistaken, "standings")["as_of"] > date(2020, 4, 16)).any()
    forgotten = pq.read_table(next((mistaken / "curated/forgotten").glob("*/case_log.parquet"))).to_pandas()
    pd.testing.assert_frame_equal(forgotten, later("case_log", before, AS_OF))
    if os.name != "nt":
        assert all(path.stat().st_mode & 0o077 == 0 for path in (mistaken / "curated/forgotten").rglob("*"))

    right = county(tmp_path_factory.mktemp("right"), 8)
    night(right)
    write(right, "xueji", [pupil(*kid) for kid in KIDS[:7]])
    night(right, date(2020, 4, 16), accept_drift=True)
    number = ["case_id", "entry"]
    pd.testing.assert_frame_equal(log.drop(columns=number), table(right, "case_log").drop(columns=number))
    pd.testing.assert_frame_equal(table(mistaken, "identities"), table(right, "identities"))

    status, _, err = run(mistaken, capsys, "--as-of", "2020-04-17")
    assert (status, err) == (0, "")  # nothing to tell any more


def test_the_number_of_a_forgotten_case_is_never_given_again(mistaken: Path) -> None:
    from pipelines.night.job import run_job
    from pipelines.store.forgotten import Forgetting

    numbers = set(later("case_log", table(mistaken, "case_log"), AS_OF)["case_id"])
    run_job(mistaken, date(2020, 4, 16), (), accept_drift=True, forgetting=Forgetting(date(2020, 4, 16), confirmed=True))
    assert set(forgotten_cases(mistaken, table(mistaken, "case_log")[:0])["case_id"].to_pylist()) == numbers
    log = table(mistaken, "case_log")
    opened = log[(log["event"] == "opened") & (log["as_of"] > AS_OF)]
    assert len(opened) and not set(opened["case_id"]) & numbers


@pytest.mark.parametrize(
    ("after", "words"), [("2020-04-17", "不能晚于比对日期 2020-04-16"), ("2020-04-16", "没有 2020-04-16 之后的记录")]
)
def test_there_must_be_something_to_forget(tmp_path: Path, begun: Begun, capsys: Capture, after: str, words: str) -> None:
    begun(good)
    status, _, err = run(tmp_path, capsys, "--as-of", "2020-04-16", "--forget-after", after, "--yes")
    assert status == 2 and words in err


def test_what_happened_to_ids_is_kept_under_the_run_s_own_day() -> None:
    events = pd.DataFrame({"as_of": [AS_OF, LATER], "event": ["merged", "split"], "person_id": ["P1", "P2"]})
    kept = without_later("person_events", events, AS_OF, date(2020, 4, 16))
    assert kept["as_of"].tolist() == [AS_OF, date(2020, 4, 16)] and kept["event"].tolist() == ["merged", "split"]
    keys = TABLES["person_keys"].empty_table().to_pandas()
    assert without_later("person_keys", keys, AS_OF, AS_OF) is keys


def test_the_notes_reach_who_called_the_job(tmp_path: Path, begun: Begun, run_here: Callable[..., Outcome]) -> None:
    begun(good)
    (note,) = run_here(date(2020, 4, 8)).notes
    assert "回看" in note


def test_an_answer_stays_when_the_night_it_came_in_is_forgotten() -> None:
    """What a township found out holds whatever the run was dated; it goes only with a case that was opened by the mistake."""
    early, late = date(2020, 4, 16), date(2062, 4, 15)
    log = pd.DataFrame(
        {
            "entry": [1, 2, 3, 4, 5],
            "as_of": [early, late, late, late, late],
            "case_id": ["C1", "C1", "C1", "C2", "C2"],
            "event": ["opened", "answered", "closed", "opened", "answered"],
        }
    )
    stays = without_later("case_log", log, early, early)
    assert list(stays["entry"]) == [1, 2] and set(stays["as_of"]) == {early}
    assert list(later("case_log", log, early)["entry"]) == [3, 4, 5]
