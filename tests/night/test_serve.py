"""What ``bidui serve`` registers, and what the flow hands on; no server is started here (``test_flow`` has one)."""

import asyncio
import os
import subprocess
import threading
from _thread import interrupt_main
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import prefect
import pytest
from prefect.flows import EntrypointType

import pipelines.night.flow
import pipelines.night.serve
from pipelines import ROOT_VARIABLE
from pipelines.night.flow import as_task, reconcile_county
from pipelines.night.outcome import Outcome
from pipelines.night.serve import NIGHTLY, ServerNotStarted, _until_interrupted, serve


class StandInServer:
    """In the place of the process that runs Prefect's server."""

    def __init__(self, command: list[str], **_: object) -> None:
        self.command = command
        self.ended = False

    def terminate(self) -> None:
        self.ended = True

    def wait(self, timeout: float) -> None:
        assert self.ended, timeout


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What ``serve`` hands to Prefect for ``tmp_path``, what it says, its server and the environment it sets."""
    got: dict[str, Any] = {"said": []}

    def start(command: list[str], **options: Any) -> StandInServer:
        got["server"] = StandInServer(command, **options)
        return got["server"]

    async def serve_deployments(*deployments: Any, **options: Any) -> None:
        got["deployments"], got["options"] = {d.name: d for d in deployments}, options

    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.chdir(tmp_path)  # serve leaves it
    monkeypatch.setattr(pipelines.night.serve, "subprocess", SimpleNamespace(Popen=start, STDOUT=subprocess.STDOUT))
    monkeypatch.setattr(pipelines.night.serve, "_healthy", lambda *_: True)
    monkeypatch.setattr(prefect, "aserve", serve_deployments)
    serve(tmp_path, got["said"].append, port=4299)
    got["environment"] = dict(os.environ)
    return got


def test_prefect_forgets_old_runs(served: dict[str, Any]) -> None:
    assert served["environment"]["PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED"] == "true"
    assert served["environment"]["PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD"] == str(30 * 86_400)


def test_nightly_runs_at_two_in_china_whatever_the_machines_zone(served: dict[str, Any]) -> None:
    assert set(served["deployments"]) == {"nightly", "adhoc"}
    (schedule,) = served["deployments"]["nightly"].schedules
    assert NIGHTLY == "0 2 * * *"
    assert (schedule.schedule.cron, schedule.schedule.timezone) == (NIGHTLY, "Asia/Shanghai")
    assert not served["deployments"]["nightly"].parameters  # today, every township, drift not accepted


def test_adhoc_runs_when_asked_with_the_flows_parameters(served: dict[str, Any]) -> None:
    adhoc = served["deployments"]["adhoc"]
    assert not adhoc.schedules
    assert set(adhoc._parameter_openapi_schema.properties) == {"as_of", "townships", "accept_drift", "future"}
    assert all(d.entrypoint_type is EntrypointType.MODULE_PATH for d in served["deployments"].values())
    assert {d.flow_name for d in served["deployments"].values()} == {"bidui"}


def test_one_run_at_a_time_and_the_schedule_outlives_a_restart(served: dict[str, Any]) -> None:
    assert served["options"] == {"pause_on_shutdown": False, "limit": 1}
    assert served["server"].ended


def test_the_server_is_this_machines_alone_and_keeps_its_files_in_the_data_folder(served: dict[str, Any], tmp_path: Path) -> None:
    assert "http://127.0.0.1:4299" in served["said"][0]
    assert served["server"].command[-4:] == ["--host", "127.0.0.1", "--port", "4299"]
    environment = served["environment"]
    assert environment["PREFECT_HOME"] == str(tmp_path / ".prefect")
    assert environment[ROOT_VARIABLE] == str(tmp_path)
    assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false" and environment["DO_NOT_TRACK"] == "1"
    if os.name != "nt":
        assert (tmp_path / ".prefect").stat().st_mode & 0o077 == 0


def test_where_no_server_comes_up_nothing_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.chdir(tmp_path)  # serve leaves it
    monkeypatch.setattr(pipelines.night.serve, "subprocess", SimpleNamespace(Popen=StandInServer, STDOUT=subprocess.STDOUT))
    monkeypatch.setattr(pipelines.night.serve, "_healthy", lambda *_: False)
    monkeypatch.setattr(prefect, "aserve", lambda *_, **__: pytest.fail("served without a server"))
    with pytest.raises(ServerNotStarted, match="4200"):
        serve(tmp_path, pytest.fail)


def test_an_interruption_cancels_what_is_served_and_is_handed_on() -> None:
    """Prefect once answered it with fifty lines of traceback and exit status 0."""
    ended: list[str] = []

    async def served() -> None:
        assert threading.current_thread() is not threading.main_thread()  # else Prefect takes the signals
        try:
            threading.Timer(0.1, interrupt_main).start()
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    with pytest.raises(KeyboardInterrupt):
        _until_interrupted(served)
    assert ended == ["cancelled"]


def test_what_fails_in_what_is_served_is_handed_on() -> None:
    async def served() -> None:
        raise OSError("no port")

    with pytest.raises(OSError, match="no port"):
        _until_interrupted(served)


@pytest.mark.parametrize(
    ("parameters", "handed_on"),
    [
        (("2020-04-15", ["安阳镇"], True, True), (date(2020, 4, 15), ["安阳镇"], True, True)),
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
        assert root == tmp_path and runner is as_task
        calls.append((as_of, townships, accept_drift, future))
        return Outcome(root / "20200415-0001", root / "outbox", 3, None, ("《坏.xlsx》",), ("回看",), {"link": 1.5})

    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    monkeypatch.setattr(pipelines.night.flow, "run_job", run_job)
    assert reconcile_county.fn(*parameters) == {"run": "20200415-0001", "left_out": 1, "notes": 1, "seconds": {"link": 1.5}}
    assert calls == [handed_on]
