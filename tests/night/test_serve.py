"""What ``bidui serve`` registers, and what the flow hands on; no server is started here (``test_flow`` has one)."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from _thread import interrupt_main
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import prefect
import pytest
from prefect.flows import EntrypointType

import pipelines.night.flow
import pipelines.night.serve
from pipelines import ROOT_VARIABLE
from pipelines.night.api_access import access_settings, auth_string, is_own_server
from pipelines.night.flow import as_task, reconcile_county
from pipelines.night.outcome import Gap, Outcome
from pipelines.night.serve import NIGHTLY, ServerNotStarted, _healthy, _until_interrupted, serve


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
        assert (tmp_path / ".prefect" / "api-password").stat().st_mode & 0o777 == 0o600


def test_the_server_asks_for_a_password_that_stays_and_is_told_nobody(served: dict[str, Any], tmp_path: Path) -> None:
    auth = (tmp_path / ".prefect" / "api-password").read_text(encoding="utf-8")
    assert served["environment"]["PREFECT_SERVER_API_AUTH_STRING"] == served["environment"]["PREFECT_API_AUTH_STRING"] == auth
    assert served["environment"]["PREFECT_SERVER_CORS_ALLOWED_ORIGINS"] == "http://127.0.0.1:4299"
    assert auth_string(tmp_path / ".prefect") == auth and len(auth) > 30
    assert auth not in "".join(served["said"]) and auth not in served["server"].command


def answering(status: int, with_password: int) -> ThreadingHTTPServer:
    """A server that answers so without and with a password."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(with_password if self.headers.get("Authorization") else status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.mark.parametrize(
    ("status", "with_password", "own"), [(401, 200, True), (200, 200, False), (401, 401, False), (404, 404, False)]
)
def test_a_foreign_server_is_not_taken_for_its_own(status: int, with_password: int, own: bool) -> None:
    with answering(status, with_password) as server:
        assert is_own_server(server.server_port, "bidui:x") is own
        server.shutdown()


def test_a_port_that_is_taken_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipelines.night.serve, "subprocess", SimpleNamespace(Popen=lambda *_, **__: pytest.fail("started")))
    with answering(200, 200) as server:
        with pytest.raises(ServerNotStarted, match="占用"):
            serve(tmp_path, pytest.fail, port=server.server_port)
        server.shutdown()
    assert not (tmp_path / ".prefect").exists()


@pytest.mark.long
def test_nobody_without_the_password_can_run_a_command(tmp_path: Path) -> None:
    """A deployment that anybody could give a step to run a shell command: the attack, and a page of another origin."""
    home, port = tmp_path / ".prefect", free_port()
    home.mkdir(mode=0o700)
    auth = auth_string(home)
    environment = {**os.environ, "PREFECT_HOME": str(home), "DO_NOT_TRACK": "1", **access_settings(auth, port)}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert _healthy(server, port, auth)
        for method, path in (("POST", "deployments/filter"), ("PATCH", f"deployments/{uuid4()}"), ("POST", "flow_runs/")):
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/api/{path}", b"{}", {"Content-Type": "application/json"}, method=method
            )
            with pytest.raises(urllib.error.HTTPError, match="401"):
                urllib.request.urlopen(request, timeout=10)
        asks = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
        request = urllib.request.Request(f"http://127.0.0.1:{port}/api/flow_runs/", headers=asks, method="OPTIONS")
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(request, timeout=10)
    finally:
        server.terminate()
        server.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
        return Outcome(
            root / "20200415-0001", root / "outbox", 3, None, (Gap("file_refused", "《坏.xlsx》"),), ("回看",), {"link": 1.5}
        )

    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    monkeypatch.setattr(pipelines.night.flow, "run_job", run_job)
    assert reconcile_county.fn(*parameters) == {"run": "20200415-0001", "left_out": 1, "notes": 1, "seconds": {"link": 1.5}}
    assert calls == [handed_on]
