"""What becomes of runs that were at work when the server, the runner or the machine stopped: their state says so, the county is told, and
a night is run again once."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Cancelled, Completed, Crashed, Failed, State

from pipelines.guard import StepFailed, kind_and_place
from pipelines.night.notification import Gravity, is_wanted, notify, settings_to_notify
from pipelines.night.parameters import unknown_parameters
from pipelines.night.run_log import log_event
from schemas.calendar import CHINA, today
from schemas.gap_kinds import CANCELLED, INTERRUPTED, LIST_JUMPED, NOT_PUBLISHED, PUBLISHED, WITH_GAPS

AGAIN = "again"  # the tag of a run that takes the place of one that was interrupted
_AT_WORK = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]


def recover(root: Path) -> int:
    """Settle every run that Prefect takes to be at work, while none is: called before the runner starts. Returns how many there were."""
    with get_client(sync_client=True) as client:
        orphans = list(_orphans(client))
        for run in orphans:
            settle(client, root, run)
    return len(orphans)


def _orphans(client: SyncPrefectClient) -> Iterator[FlowRun]:
    at_work = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_AT_WORK)))
    yield from client.read_flow_runs(flow_run_filter=at_work)


def settle(client: SyncPrefectClient, root: Path, run: FlowRun) -> State[Any]:
    """Give a run that was interrupted its state, log it, tell the county, and run it again once where it was a scheduled one. Returns the state."""
    known = _parameters_of(client, run)
    day, dated = _day_of(run), "as_of" in known
    state: State[Any]
    if why := unknown_parameters(
        run.parameters or {}, known
    ):  # Prefect ends such a run before it begins, and says that it crashed
        state = wrongly_asked(why)
    elif dated and (published := _published_by(root, run)):
        state = _published(root, published, "已发布，之后才被中断")
    else:
        again = run.auto_scheduled and AGAIN not in run.tags and run.deployment_id is not None
        if again and run.deployment_id and day:
            parameters = {**(run.parameters or {}), **({"as_of": day.isoformat()} if dated else {})}
            client.create_flow_run_from_deployment(
                run.deployment_id, parameters=parameters, tags=[*run.tags, AGAIN], idempotency_key=f"{AGAIN}-{run.id}"
            )
        what_now = "已重新安排一次" if again else "没有再安排"
        state = Crashed(name=INTERRUPTED, message=f"运行中被中断（断电、服务停止或进程被结束），{what_now}")
    client.set_flow_run_state(run.id, state, force=True)
    tell_end(root, "bidui" if dated else "recovered", run, state)  # the job's own end is logged as the flow would have done
    return state


def cancelled(root: Path, run: FlowRun) -> State[Any]:
    """The state of a run that somebody cancelled on Prefect's page: it says whether the night had published."""
    done = "已发布，之后才被取消" if _published_by(root, run) else "没有发布，仍用上次的名单"
    return Cancelled(name=CANCELLED, message=f"有人在 Prefect 的页面上取消了这次运行；{done}")


def wrongly_asked(why: str) -> State[Any]:
    """The state of a run whose parameters are wrong; ``why``: in Chinese, with their names."""
    return Failed(name=NOT_PUBLISHED, message=f"什么也没有做，上次的名单仍有效：{why}")


def failed_outside(root: Path, run: FlowRun, error: BaseException | None) -> State[Any]:
    """The state of a run that failed outside of its job, whose own errors never come so far; with the error's kind and place, and not its text."""
    if published := _published_by(root, run):
        return _published(root, published, "已发布，之后才出错")
    # It loads libraries that the process which waits for the nights does without.
    from pipelines.night.ending import failed

    return failed(StepFailed(f"flow: {kind_and_place(error)}" if error else "flow"))


def tell_end(root: Path, event: str, run: FlowRun, state: State[Any]) -> None:
    """Log how a run ended, as ``event``, and notify whom the county set."""
    name, text = state.name or state.type.value, state.message or ""
    slot, nightly = _slot(run), run.auto_scheduled or AGAIN in run.tags
    log_event(root, event, run=run.name, slot=slot, nightly=nightly, state=name, message=text)
    settings = settings_to_notify(root)
    day = None if nightly else _day_of(run)
    by_hand = f"（手动，{day:%Y-%m-%d} 的比对）" if day and event == "bidui" else ""
    went = notify(settings, f"{slot}{by_hand} {name}", text, gravity_of(state)) if is_wanted(settings, name) else None
    if went is not None:
        log_event(root, "notification", run=run.name, sent=went)


def gravity_of(state: State[Any]) -> Gravity:
    """How grave it is that a run ended in ``state``."""
    if state.type in (StateType.FAILED, StateType.CRASHED):
        return "failure"
    return "warning" if state.name in (WITH_GAPS, LIST_JUMPED) else "info"


def _slot(run: FlowRun) -> str:
    when = run.expected_start_time or run.start_time
    return f"{when.astimezone(CHINA):%Y-%m-%d %H:%M}" if when else today().isoformat()


def _parameters_of(client: SyncPrefectClient, run: FlowRun) -> list[str]:
    """The names of the parameters that its flow takes, as_of among them where it is the job of a night; a scheduled run has none of its own. Where no
    deployment says so, they are those that it has."""
    form = client.read_deployment(run.deployment_id).parameter_openapi_schema if run.deployment_id else None
    return list((form or {}).get("properties", run.parameters or {}))


def _day_of(run: FlowRun) -> date | None:
    """The day that the run is for, in China."""
    given = (run.parameters or {}).get("as_of")
    if given:
        try:
            return date.fromisoformat(given)
        except ValueError:
            return None
    when = run.expected_start_time or run.start_time
    return when.astimezone(CHINA).date() if when else None


def _published(root: Path, run_id: str, how: str) -> State[Any]:
    """The state of a run that broke off after it had published (``how``): the one that it would have ended in, by its own report."""
    # They load libraries that the process which waits for the nights does without, most of the time.
    from pipelines.night.ending import published_state
    from pipelines.store.runs import folder_of

    gaps = ["不知有没有缺口"]
    try:
        report = json.loads((folder_of(root, run_id) / "report.json").read_text(encoding="utf-8"))
        gaps = report["gaps"]
        kinds, listed, before = (report[key] for key in ("gap_kinds", "listed", "listed_before"))
    except (OSError, ValueError, KeyError):  # KeyError: of a version that kept less
        return Completed(name=WITH_GAPS if gaps else PUBLISHED, message="；".join([how, *gaps]))
    state, _ = published_state(gaps, kinds, listed, before, settings_to_notify(root).notification.jump_share, how)
    return state


def _published_by(root: Path, run: FlowRun) -> str | None:
    """What was published for the day of ``run`` since it began; None where nothing was."""
    day, since = _day_of(run), f"{run.start_time:%Y-%m-%dT%H:%M:%S}" if run.start_time else None  # UTC, as the store has it
    if not (day and since):
        return None
    # They load libraries that the process which waits for the nights does without, most of the time.
    from pipelines.store.database import Database, StoreRefused, database_setting
    from pipelines.store.noted_runs import published_runs

    try:
        database = Database(root, database_setting(root))
        if not (database.exists() and database.revision()):
            return None
        with database.reading() as connection:
            found = [of.run_id for of in published_runs(connection) if of.as_of == day and (of.finished or "") >= since]
            return found[-1] if found else None
    except StoreRefused:
        return None
