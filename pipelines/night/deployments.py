"""The deployments of a county: which flow, when, with which form. ``bidui serve`` serves them, ``bidui deploy`` registers them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prefect.deployments.runner import EntrypointType, RunnerDeployment
from prefect.flows import Flow
from prefect.schedules import Cron

from pipelines.night.flow import reconcile_county
from pipelines.night.mail_flows import collect_answers, deliver_week
from pipelines.night.parameters import form_of
from schemas.settings import Settings

TIME_ZONE = "Asia/Shanghai"
_DELIVERED_AT = 8  # o'clock on the day of the weekly report: the night's run is done, and people are at their desks
_COLLECTED = "30 6-22 * * *"


@dataclass(frozen=True, slots=True)
class _Planned:
    name: str
    flow: Flow[..., Any]
    cron: str | None
    description: str


def deployments(settings: Settings, nightly: str | None = None) -> list[RunnerDeployment]:
    """Those of the county. ``nightly``: when its nights are, as cron; by default at the settings' hour."""
    weekday = (settings.weekday + 1) % 7  # of cron, whose week begins on Sunday
    planned = (
        _Planned("nightly", reconcile_county, nightly or f"0 {settings.nightly_hour} * * *", "每晚自动比对 raw 下的全部导出"),
        _Planned("collect", collect_answers, _COLLECTED, "每小时读 inbox 里新退回的核查表，出回执；不发布"),
        _Planned(
            "weekly", deliver_week, f"0 {_DELIVERED_AT} * * {weekday}", "每周汇报日把最近一次比对的核查表和周报送给各乡镇、各单位"
        ),
        _Planned("adhoc", reconcile_county, None, "随时比对：可指定日期和乡镇"),
    )
    return [_deployment(plan, settings) for plan in planned]


def _deployment(plan: _Planned, settings: Settings) -> RunnerDeployment:
    made = RunnerDeployment.from_flow(
        plan.flow,
        name=plan.name,
        schedule=Cron(plan.cron, timezone=TIME_ZONE) if plan.cron else None,
        description=plan.description,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    if plan.flow is reconcile_county:
        schema: Mapping[str, Any] = made._parameter_openapi_schema.model_dump()
        made._parameter_openapi_schema = type(made._parameter_openapi_schema)(**form_of(dict(schema), settings))
    return made
