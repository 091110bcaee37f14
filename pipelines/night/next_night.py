"""When Prefect will run the next night: asked of its server's API, without its library, which takes a second to load."""

import urllib.error
from dataclasses import dataclass
from datetime import datetime

from pipelines.night.api_access import answer_of
from schemas.calendar import CHINA

_NIGHTLY = "bidui/nightly"
_NOT_FOUND = 404
_MOST = 50  # runs that are asked for; a schedule has a few ahead
_LATE = "Late"  # Prefect's name of the state of a run that was due and was not begun


@dataclass(frozen=True, slots=True)
class NextNight:
    """What there is to tell, in Chinese, and whether it is as it should be."""

    told: str
    well: bool = False


def next_night(api: str, auth: str | None) -> NextNight:
    """Of the server whose API has this address. Raises OSError and ValueError as ``answer_of``."""
    try:
        deployment = answer_of(api, auth, f"deployments/name/{_NIGHTLY}")
    except urllib.error.HTTPError as error:
        if error.code != _NOT_FOUND:
            raise
        return NextNight(
            "Prefect 里没有夜间比对的任务（nightly）：正在启动的，一分钟后再看；一直这样的，请重新启动 bidui serve（或运行 bidui deploy）"
        )
    if deployment["paused"] or not any(schedule["active"] for schedule in deployment["schedules"]):
        return NextNight(
            f"夜间比对的计划已暂停，不会自动运行。请打开 {api.removesuffix('/api')}/deployments/deployment/{deployment['id']} ，"
            "把计划（Schedules）的开关打开；或重新启动 bidui serve（或再运行一次 bidui deploy）"
        )
    waiting = answer_of(
        api,
        auth,
        "flow_runs/filter",
        {
            "deployments": {"id": {"any_": [deployment["id"]]}},
            "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
            "sort": "EXPECTED_START_TIME_ASC",
            "limit": _MOST,
        },
    )
    slots = [(_in_china(run["expected_start_time"]), run["state_name"]) for run in waiting]
    if late := [slot for slot, state in slots if state == _LATE]:
        return NextNight(
            f"{late[0]:%Y-%m-%d %H:%M} 的一次到时间还没有开始：前一项任务还没有做完，或执行任务的进程没有运行（prefect worker，或请重新启动 bidui serve）"
        )
    now = datetime.now(CHINA)
    # Not what somebody planned on the page for a time of their own.
    nights = [_in_china(run["expected_start_time"]) for run in waiting if run["auto_scheduled"]]
    if not (ahead := [night for night in nights if night > now]):
        return NextNight(
            "Prefect 还没有排出下一次：正在启动的，一分钟后再看；一直这样的，请重新启动 bidui serve（或再运行一次 bidui deploy）"
        )
    return NextNight(f"{min(ahead):%Y-%m-%d %H:%M}（北京时间）", well=True)


def _in_china(moment: str) -> datetime:
    return datetime.fromisoformat(moment.replace("Z", "+00:00")).astimezone(CHINA)
