"""What becomes of runs that were at work when everything stopped, and of slots that were missed; Prefect's client is a stand-in."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import Cancelled, Failed

import pipelines.night.cancelled_state
import pipelines.night.flow
import pipelines.night.later_slots
import pipelines.night.recovery
from pipelines import ROOT_VARIABLE
from pipelines.night.cancelled_state import name_after_prefect
from pipelines.night.later_slots import state_of_needless
from pipelines.night.recovery import AGAIN, cancelled, recover, tell_end
from pipelines.night.run_log import last_event
from pipelines.store.store_opening import OpenStore
from tests.lib.nights import AS_OF, Begun, night
from tests.lib.small_exports import good

SLOT = datetime(2020, 4, 14, 18, tzinfo=UTC)  # two o'clock of the 15th in China


def night_run(**given: Any) -> FlowRun:
    known: dict[str, Any] = {
        "flow_id": uuid4(),
        "deployment_id": uuid4(),
        "auto_scheduled": True,
        "expected_start_time": SLOT,
        "start_time": SLOT,
        "parameters": {},  # as a schedule gives them
        "state": State(type=StateType.RUNNING),
    }
    return FlowRun(**known | given)


class StandIn:
    """A client that has these runs, and notes what it is asked to do."""

    def __init__(self, runs: Sequence[FlowRun]) -> None:
        self.runs, self.dated = runs, True
        self.states: list[tuple[str, str | None, str | None]] = []
        self.made: list[dict[str, Any]] = []

    def read_flow_runs(self, **_: object) -> Sequence[FlowRun]:
        return self.runs

    def read_deployment(self, _: object) -> Any:
        return SimpleNamespace(parameter_openapi_schema={"properties": {"as_of": {}, "townships": {}} if self.dated else {}})

    def set_flow_run_state(self, flow_run_id: object, state: State, force: bool) -> None:
        assert force and flow_run_id in [run.id for run in self.runs]
        self.states.append((state.type.value, state.name, state.message))

    def create_flow_run_from_deployment(self, deployment_id: object, **given: Any) -> None:
        self.made.append(given)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Any:
    def of(*runs: FlowRun) -> StandIn:
        stand_in = StandIn(runs)

        @contextmanager
        def get_client(sync_client: bool) -> Iterator[StandIn]:
            yield stand_in

        monkeypatch.setattr(pipelines.night.recovery, "get_client", get_client)
        monkeypatch.setattr(pipelines.night.later_slots, "get_client", get_client)
        return stand_in

    return of


def test_a_night_that_was_interrupted_is_run_again_once_for_its_own_day(tmp_path: Path, client: Any) -> None:
    (tmp_path / "raw").mkdir()
    asked = client(run := night_run())
    assert recover(tmp_path) == 1
    ((kind, name, message),) = asked.states
    assert (kind, name) == ("CRASHED", "被中断") and "已重新安排一次" in message
    (again,) = asked.made
    assert again["parameters"] == {"as_of": "2020-04-15"}
    assert again["tags"] == [AGAIN] and str(run.id) in again["idempotency_key"]
    logged = last_event(tmp_path, "bidui")
    assert logged is not None and (logged["slot"], logged["state"]) == ("2020-04-15 02:00", "被中断")


def test_a_run_that_is_killed_alone_is_settled_by_whoever_started_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Any
) -> None:
    asked = client(run := night_run())
    monkeypatch.setattr(pipelines.night.flow, "get_client", pipelines.night.recovery.get_client)
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    (hook,) = pipelines.night.flow.reconcile_county.on_crashed_hooks
    hook(pipelines.night.flow.reconcile_county, run, State(type=StateType.CRASHED))
    assert [state[:2] for state in asked.states] == [("CRASHED", "被中断")] and len(asked.made) == 1


@pytest.mark.parametrize("given", [{"tags": [AGAIN]}, {"auto_scheduled": False}])
def test_neither_a_second_time_nor_what_somebody_asked_for(tmp_path: Path, client: Any, given: dict[str, Any]) -> None:
    asked = client(night_run(**given))
    recover(tmp_path)
    assert not asked.made and "没有再安排" in asked.states[0][2]


def test_what_was_published_before_it_was_interrupted_is_not_run_again(tmp_path: Path, begun: Begun, client: Any) -> None:
    root = begun(good)
    asked = client(night_run(), night_run(start_time=datetime.now(UTC) + timedelta(hours=1)))
    recover(root)
    assert [state[:2] for state in asked.states] == [("COMPLETED", "已发布"), ("CRASHED", "被中断")]
    assert len(asked.made) == 1 and asked.made[0]["parameters"]["as_of"] == AS_OF.isoformat()


def test_a_delivery_is_not_done_because_a_night_was_published(tmp_path: Path, begun: Begun, client: Any) -> None:
    root = begun(good)
    asked = client(night_run())
    asked.dated = False
    recover(root)
    assert [state[:2] for state in asked.states] == [("CRASHED", "被中断")] and asked.made[0]["parameters"] == {}


def test_gaps_of_what_was_published_before_it_was_interrupted_are_no_less_gaps(tmp_path: Path, begun: Begun, client: Any) -> None:
    root = begun(good)
    report = root / "curated/current/report.json"
    report.write_text(
        json.dumps(json.loads(report.read_text(encoding="utf-8")) | {"gaps": ["残联系统沿用上次的数据"]}), encoding="utf-8"
    )
    asked = client(night_run())
    recover(root)
    ((kind, name, message),) = asked.states
    assert (kind, name) == ("COMPLETED", "有缺口") and "残联系统沿用上次的数据" in message


@pytest.mark.parametrize(
    ("kept", "kind", "name", "told"),
    [
        ({"gaps": ["国扶系统的数据已超过期限"], "gap_kinds": ["data_overdue"]}, "FAILED", "数据过期", "国扶系统的数据已超过期限"),
        ({"listed": 130, "listed_before": 100}, "COMPLETED", "名单大变", "名单由 100 人变为 130 人，超过 20%"),
        ({"listed": 110, "listed_before": 100}, "COMPLETED", "已发布", "名单上 110 人"),
        ({"listed": 130, "listed_before": None}, "COMPLETED", "已发布", "名单上 130 人"),
    ],
)
def test_a_night_that_published_ends_as_if_it_had_not_been_interrupted(
    tmp_path: Path, begun: Begun, client: Any, kept: dict[str, Any], kind: str, name: str, told: str
) -> None:
    """One with old data was green, and a list that had jumped was like any other."""
    root = begun(good)
    report = root / "curated/current/report.json"
    whole = json.loads(report.read_text(encoding="utf-8"))
    assert (whole["gap_kinds"], whole["listed_before"]) == ([], None)
    report.write_text(json.dumps(whole | kept), encoding="utf-8")
    asked = client(night_run())
    recover(root)
    ((found_kind, found_name, message),) = asked.states
    assert (found_kind, found_name) == (kind, name) and told in message and message.startswith("已发布，之后才被中断")


@pytest.mark.long
def test_workbooks_that_could_not_be_placed_are_a_gap_of_the_report_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Any
) -> None:
    publish = OpenStore.publish
    monkeypatch.setattr(OpenStore, "publish", lambda *arguments: [*publish(*arguments), "outbox/安阳.xlsx 正被打开"])
    night(good(tmp_path))
    asked = client(night_run())
    recover(tmp_path)
    ((_, name, message),) = asked.states
    assert name == "有缺口" and "新的核查表还没有放到 outbox" in message and "安阳" not in message


def test_a_report_of_a_version_that_kept_less_has_its_gaps_alone(tmp_path: Path, begun: Begun, client: Any) -> None:
    root = begun(good)
    report = root / "curated/current/report.json"
    report.write_text(json.dumps({"gaps": []}), encoding="utf-8")
    asked = client(night_run())
    recover(root)
    assert asked.states == [("COMPLETED", "已发布", "已发布，之后才被中断")]


def published(**given: Any) -> dict[str, Any]:
    return {"state": State(type=StateType.COMPLETED, name="已发布"), **given}


LATER = {"expected_start_time": SLOT + timedelta(days=1)}


@pytest.mark.parametrize(
    ("own", "others", "told"),
    [
        ({}, [LATER], "之后到期的一次已代替它"),
        ({}, [{}, published(**LATER)], None),  # after the clock was set back: what is to come was run already
        ({}, [LATER | {"auto_scheduled": False}], None),  # an analyst's
        ({"auto_scheduled": False}, [LATER, published()], None),
        ({}, [published()], "时钟拨回过"),
        ({}, [{"state": State(type=StateType.CRASHED, name="被中断")}], "时钟拨回过"),
        ({}, [{"state": State(type=StateType.CANCELLED, name="已错过")}], None),
        ({}, [published(auto_scheduled=False)], None),
    ],
)
def test_of_slots_that_were_missed_the_last_alone_is_run_and_none_twice(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    client: Any,
    own: dict[str, Any],
    others: list[dict[str, Any]],
    told: str | None,
) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    run = night_run(**own)
    client(run, *(night_run(**other) for other in others))
    monkeypatch.setattr(pipelines.night.later_slots, "FlowRunContext", SimpleNamespace(get=lambda: SimpleNamespace(flow_run=run)))
    state = state_of_needless()
    assert (state and state.name) == (told and "已错过") and (told or "") in str(state and state.message)


def test_outside_of_a_run_no_slot_is_needless() -> None:
    assert state_of_needless() is None


def test_a_run_that_somebody_cancelled_says_whether_it_had_published(tmp_path: Path, begun: Begun) -> None:
    asked = night_run(auto_scheduled=False, parameters={"as_of": AS_OF.isoformat()})
    state = cancelled(tmp_path, asked)
    assert (state.type, state.name) == (StateType.CANCELLED, "已取消") and "没有发布" in (state.message or "")
    begun(good, townships=())
    assert "已发布，之后才被取消" in (cancelled(tmp_path, asked).message or "")


@pytest.mark.parametrize(
    ("of", "title"),
    [
        ({"parameters": {"as_of": "2020-04-10"}, "auto_scheduled": False}, "2020-04-15 02:00（手动，2020-04-10 的比对） 未发布"),
        ({"parameters": {"as_of": "no day"}, "auto_scheduled": False}, "2020-04-15 02:00 未发布"),
        ({}, "2020-04-15 02:00 未发布"),
    ],
)
def test_a_run_by_hand_is_told_as_one_with_its_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of: dict[str, Any], title: str
) -> None:
    told: list[str] = []
    monkeypatch.setattr(pipelines.night.recovery, "notify", lambda _, heading, *__: told.append(heading))
    tell_end(tmp_path, "bidui", night_run(**of), Failed(name="未发布", message=""))
    assert told == [title]


@pytest.mark.parametrize(("given", "told_as"), [("Cancelling", "已取消"), ("已错过", "已错过")])
def test_what_prefect_says_of_a_cancelled_run_is_told_in_chinese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, told_as: str
) -> None:
    told: list[str | None] = []
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    monkeypatch.setattr(pipelines.night.flow, "tell_end", lambda _, __, ___, state: told.append(state.name))
    named: list[str | None] = []
    monkeypatch.setattr(pipelines.night.flow, "name_after_prefect", lambda _, state: named.append(state.name))
    (hook,) = pipelines.night.flow.reconcile_county.on_cancellation_hooks
    run = night_run(state=State(type=StateType.CANCELLING))
    hook(pipelines.night.flow.reconcile_county, run, State(type=StateType.CANCELLED, name=given))
    assert told == [told_as]
    assert named == [told_as][: given != told_as]  # a missed slot has its name already


def test_a_cancelled_run_is_named_once_prefect_has_it_as_cancelled(monkeypatch: pytest.MonkeyPatch, client: Any) -> None:
    """Prefect writes its own name over the state that it finds when it has called what is to be called."""
    run = night_run()
    asked, left = client(run), [StateType.CANCELLING, StateType.CANCELLED]
    asked.read_flow_run = lambda _: SimpleNamespace(state=State(type=left.pop(0)))
    monkeypatch.setattr(pipelines.night.cancelled_state, "get_client", pipelines.night.recovery.get_client)
    monkeypatch.setattr(pipelines.night.cancelled_state, "_EVERY", 0)
    name_after_prefect(run, Cancelled(name="已取消", message="x")).join()
    assert asked.states == [("CANCELLED", "已取消", "x")] and not left


def test_a_night_that_is_cancelled_because_the_service_stops_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Any
) -> None:
    """It was told as one that somebody had cancelled on the page, and was not run again."""
    asked, named = client(run := night_run()), []
    monkeypatch.setattr(pipelines.night.flow, "get_client", pipelines.night.recovery.get_client)
    monkeypatch.setattr(pipelines.night.flow, "name_after_prefect", lambda _, state: named.append(state.name))
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    (hook,) = pipelines.night.flow.reconcile_county.on_cancellation_hooks
    hook(pipelines.night.flow.reconcile_county, run, State(type=StateType.CANCELLING, message="Runner is shutting down."))
    assert [state[:2] for state in asked.states] == [("CRASHED", "被中断")] and len(asked.made) == 1 and named == ["被中断"]
    # Its own process may have been quicker to say so.
    ended = run.model_copy(update={"state": State(type=StateType.CRASHED, name="被中断")})
    hook(pipelines.night.flow.reconcile_county, ended, State(type=StateType.CANCELLING, message="Runner is shutting down."))
    assert len(asked.states) == len(asked.made) == 1 and named == ["被中断", "被中断"]


@pytest.mark.parametrize("dated", [True, False])
def test_a_run_with_a_parameter_that_nobody_knows_was_not_interrupted(tmp_path: Path, client: Any, dated: bool) -> None:
    """Prefect ends it before it begins and says that it crashed."""
    asked = client(night_run(parameters={"as_of": "2020-04-15", "datum": "韦家乐"} if dated else {"datum": "韦家乐"}))
    asked.dated = dated
    recover(tmp_path)
    ((kind, name, message),) = asked.states
    assert (kind, name) == ("FAILED", "未发布") and not asked.made
    assert "没有名为 datum 的参数" in message and "韦家乐" not in message
    assert ("可用：as_of、townships" if dated else "不要参数") in message


class NoText(Exception):
    """An error whose text names a child."""


@pytest.mark.parametrize(
    ("given", "name", "told"),
    [
        ({"as_of": 5, "townships": "韦家乐"}, "未发布", "参数 as_of、townships 的值不是所要的类型"),
        ({"as_of": "2020-04-15", "townships": None}, "程序出错", "NoText at"),
    ],
)
def test_what_fails_outside_of_the_job_has_one_of_the_programs_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Any, given: dict[str, Any], name: str, told: str
) -> None:
    """It had Prefect's, in English, with the text of the error."""
    asked = client(run := night_run(parameters=given))
    monkeypatch.setattr(pipelines.night.flow, "get_client", pipelines.night.recovery.get_client)
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    (hook,) = pipelines.night.flow.reconcile_county.on_failure_hooks
    hook(pipelines.night.flow.reconcile_county, run, Failed(data=NoText("韦家乐"), message="Flow run failed: 韦家乐"))
    ((kind, found, message),) = asked.states
    assert (kind, found) == ("FAILED", name) and told in message and "韦家乐" not in message
    logged = last_event(tmp_path, "bidui")
    assert logged is not None and (logged["state"], logged["message"]) == (name, message)


def test_what_failed_after_it_had_published_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: Begun, client: Any
) -> None:
    root = begun(good)
    asked = client(run := night_run())
    monkeypatch.setattr(pipelines.night.flow, "get_client", pipelines.night.recovery.get_client)
    monkeypatch.setenv(ROOT_VARIABLE, str(root))
    (hook,) = pipelines.night.flow.reconcile_county.on_failure_hooks
    hook(pipelines.night.flow.reconcile_county, run, Failed(data=NoText("韦家乐")))
    ((kind, name, message),) = asked.states
    assert (kind, name) == ("COMPLETED", "已发布") and message.startswith("已发布，之后才出错")
