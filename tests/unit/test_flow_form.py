"""What a run in Prefect is asked for and how it ends, without a server. All persons are made up (虚构)."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from prefect.states import Cancelled, Completed, Crashed, Failed, State
from typer import BadParameter

from bidui.arguments import to_cron
from pipelines.guard import StepFailed, SystemRefused
from pipelines.night.deployments import deployments
from pipelines.night.ending import ending_state, failed
from pipelines.night.notification import NOTIFICATION_VARIABLE, Gravity, is_wanted, notify, settings_to_notify
from pipelines.night.outcome import Gap, NothingPublished, Outcome
from pipelines.night.parameters import day_asked_for, townships_asked_for
from pipelines.night.recovery import gravity_of
from schemas.gap_kinds import CANCELLED, COLLECTED, DATA_TOO_OLD, INTERRUPTED, LIST_JUMPED, NOT_PUBLISHED, PUBLISHED, WITH_GAPS
from schemas.notification_ways import unknown_ways
from schemas.settings import Settings
from tests.lib.notified import listening

SETTINGS = Settings()
NEEDS_NOBODY = Outcome(Path("run"), Path("out"), 0, None, listed=100, listed_before=100)


def outcome(*gaps: Gap, listed: int = 100) -> Outcome:
    return Outcome(Path("run"), Path("out"), 0, None, gaps, listed=listed, listed_before=100)


@pytest.mark.parametrize(
    ("ended", "kind", "name", "told"),
    [
        (outcome(), "COMPLETED", PUBLISHED, "名单上 100 人"),
        (outcome(listed=120), "COMPLETED", PUBLISHED, "名单上 120 人"),
        (outcome(listed=121), "COMPLETED", LIST_JUMPED, "名单由 100 人变为 121 人，超过 20%"),
        (outcome(listed=79), "COMPLETED", LIST_JUMPED, "名单由 100 人变为 79 人"),
        (outcome(Gap("file_refused", "《韦家乐.xlsx》", "xueji"), listed=79), "COMPLETED", WITH_GAPS, "名单由 100 人变为 79 人"),
        (outcome(Gap("data_overdue", "国扶系统：…", "guofu")), "FAILED", DATA_TOO_OLD, "国扶系统的数据已超过期限"),
    ],
)
def test_the_state_says_what_happened_and_names_no_file(ended: Outcome, kind: str, name: str, told: str) -> None:
    state, lines = ending_state(ended, SETTINGS)
    assert (state.type.value, state.name) == (kind, name) and told in str(state.message)
    assert "韦家乐" not in str(state.message) + "".join(lines)


def test_what_was_not_published_is_failed_and_says_why_without_a_files_name() -> None:
    refused = SystemRefused("无法读写 /raw/韦家乐.xlsx（磁盘读写出错）")
    refused.anywhere = "读写失败（磁盘读写出错）"
    assert failed(refused).name == NOT_PUBLISHED and "韦家乐" not in str(failed(refused).message)
    assert "缺少学籍" in str(failed(NothingPublished("缺少学籍")).message)
    assert "link: X at y" in str(failed(StepFailed("link: X at y")).message)


def test_the_form_is_chinese_and_offers_the_countys_own_townships() -> None:
    nightly, collect, weekly, adhoc = deployments(SETTINGS)
    form: dict[str, Any] = adhoc._parameter_openapi_schema.model_dump()["properties"]
    assert form["townships"]["anyOf"][0]["items"]["enum"] == list(SETTINGS.divisions.township_names)
    assert form["as_of"]["anyOf"][0]["format"] == "date" and form["as_of"]["title"] == "比对日期"
    assert all(field["description"] and field["title"] != name for name, field in form.items())
    assert not nightly.parameters and not adhoc.schedules
    crons = {
        made.name: (made.schedules[0].schedule.cron, made.schedules[0].schedule.timezone) for made in (nightly, collect, weekly)
    }  # type: ignore[union-attr]
    assert crons == {
        "nightly": ("0 2 * * *", "Asia/Shanghai"),
        "collect": ("30 6-22 * * *", "Asia/Shanghai"),
        "weekly": ("0 8 * * 4", "Asia/Shanghai"),
    }
    assert deployments(Settings(weekly_day="星期日", nightly_hour=3))[2].schedules[0].schedule.cron == "0 8 * * 0"  # type: ignore[union-attr]


def test_the_server_finds_the_nights_of_the_schedule() -> None:
    """With some versions of the libraries below it every schedule fails in the server's log, and no night ever comes."""
    from prefect.server.schemas.schedules import CronSchedule

    schedule = deployments(SETTINGS)[0].schedules[0].schedule
    made = CronSchedule(cron=schedule.cron, timezone=schedule.timezone)  # type: ignore[union-attr]
    nights = list(made._get_dates_generator(2, datetime(2020, 4, 14, 19, tzinfo=UTC)))
    assert [night.isoformat() for night in nights] == ["2020-04-16T02:00:00+08:00", "2020-04-17T02:00:00+08:00"]


def test_the_file_for_prefects_own_command_has_the_same_deployments() -> None:
    import yaml

    written = yaml.safe_load((Path(__file__).parents[2] / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    for made, entry in zip(deployments(SETTINGS), written, strict=True):
        assert entry["name"] == made.name and entry["description"] == made.description
        assert entry["entrypoint"] == made.entrypoint
        assert [s["cron"] for s in entry.get("schedules", [])] == [s.schedule.cron for s in made.schedules or []]  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["2020-04-15", "2020/4/15", "20200415", "2020年4月15日"])
def test_a_day_in_any_form(text: str) -> None:
    assert day_asked_for(text) == date(2020, 4, 15)


def test_townships_are_known_by_their_short_names_and_unknown_ones_refused() -> None:
    assert townships_asked_for(["安阳", "安阳镇", "高岭"], SETTINGS) == ["安阳镇", "高岭镇"]
    assert townships_asked_for([], SETTINGS) is None
    with pytest.raises(NothingPublished, match="没有这个乡镇：北京"):
        townships_asked_for(["安阳", "北京"], SETTINGS)


@pytest.mark.parametrize(
    ("when", "wanted"),
    [("nothing", {NOT_PUBLISHED}), ("gap", {NOT_PUBLISHED, WITH_GAPS, LIST_JUMPED, DATA_TOO_OLD}),
     ("always", {NOT_PUBLISHED, WITH_GAPS, LIST_JUMPED, DATA_TOO_OLD, PUBLISHED})],
)  # fmt: skip
def test_who_is_notified_of_what(when: str, wanted: set[str]) -> None:
    settings = Settings.model_validate({"notification": {"when": when}})
    states = {NOT_PUBLISHED, WITH_GAPS, LIST_JUMPED, DATA_TOO_OLD, PUBLISHED, COLLECTED}
    assert {state for state in states if is_wanted(settings, state)} == wanted


@pytest.mark.parametrize(
    ("state", "gravity"),
    [
        (Failed(name=NOT_PUBLISHED), "failure"),
        (Failed(name=DATA_TOO_OLD), "failure"),
        (Crashed(name=INTERRUPTED), "failure"),
        (Completed(name=WITH_GAPS), "warning"),
        (Completed(name=LIST_JUMPED), "warning"),
        (Completed(name=PUBLISHED), "info"),
        (Cancelled(name=CANCELLED), "info"),
    ],
)
def test_a_notification_says_how_grave_it_is(state: State, gravity: Gravity) -> None:
    """All were of the kind info: what failed had the colour of what went well."""
    assert gravity_of(state) == gravity
    with listening() as (port, heard):
        settings = Settings.model_validate({"notification": {"urls": [f"json://127.0.0.1:{port}"]}})
        assert notify(settings, "t", "x", gravity_of(state), waits=(0,))
    assert [json.loads(body)["type"] for body in heard] == [gravity]


def test_a_service_that_does_not_answer_is_tried_again_and_then_said(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.model_validate({"notification": {"urls": ["json://127.0.0.1:1"]}})
    assert notify(settings, "t", "x", "info", waits=(0, 0)) is False
    assert notify(Settings(), "t", "x", "info") is None


def test_a_way_that_nobody_knows_is_told_and_a_broken_county_file_is_told_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.model_validate({"notification": {"urls": ["json://127.0.0.1:1", "jsn://x"]}})
    assert unknown_ways(settings.notification.urls) == [2]
    (tmp_path / "county.toml").write_text("oldest_data_days = 1\n", encoding="utf-8")
    monkeypatch.setenv(NOTIFICATION_VARIABLE, settings.notification.model_dump_json())
    assert settings_to_notify(tmp_path).notification == settings.notification


@pytest.mark.parametrize("word", ["61 2 * * *", "0 25 * * *", "at two in the night"])
def test_a_time_that_cron_does_not_know_is_refused(word: str) -> None:
    with pytest.raises(BadParameter, match="cron"):
        to_cron(word)
    assert to_cron("0 2 * * *") == "0 2 * * *"
