"""What ``bidui serve`` starts, watches and gives up; no server is started here (``test_standing_server`` has one)."""

import base64
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest

import pipelines.night.serve
import pipelines.night.status
from pipelines import ROOT_VARIABLE
from pipelines.night.api_access import is_own_server, new_auth_string
from pipelines.night.run_log import last_event, log_event
from pipelines.night.serve import ServerNotStarted, serve
from pipelines.night.served_processes import DEPLOYED, SERVED, end_leftovers, end_process, start
from pipelines.night.status import status_of
from pipelines.screen import TextLine
from schemas.calendar import CHINA, today
from schemas.exit_status import ExitStatus


class Interrupted(BaseException):
    """In the place of Ctrl-C."""


class Served:
    """What ``serve`` did for a folder, with processes that stand in for the server and the runner."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.commands: list[tuple[str, ...]] = []
        self.ended: list[tuple[str, ...]] = []
        self.waited: list[float] = []
        self.environment: dict[str, str] = {}


def test_the_address_is_told_once_the_deployments_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said, looks, registered = [], [], tmp_path / DEPLOYED
    ended = SimpleNamespace(poll=lambda: 1 if len(looks) > 3 else None)

    def sleep(_: float) -> None:
        looks.append(len(said))
        if len(looks) == 2:
            registered.touch()

    monkeypatch.setattr(pipelines.night.serve, "time", SimpleNamespace(sleep=sleep, monotonic=lambda: 0))
    why = pipelines.night.serve._watch(ended, ended, 1, "", registered, cache(lambda: said.append("http")))  # type: ignore[arg-type]
    assert why == "server_ended" and looks == [0, 0, 1, 1]


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Served]]:
    """Call ``serve`` for ``tmp_path``; ``ends``: why each watch ended, an exception to be raised, or that a server is not healthy."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.chdir(tmp_path)  # serve leaves it

    def call(*ends: str | BaseException, cron: str | None = None, clock: Callable[[], float] | None = None) -> Served:
        got, left = Served(), list(ends)

        def watch(*given: Any) -> str:
            given[-1]()  # the deployments are there
            got.environment = dict(os.environ)
            found = left.pop(0)
            if isinstance(found, BaseException):
                raise found
            return found

        def started(module: tuple[str, ...], log: Path) -> tuple[str, ...]:
            got.commands.append(module)
            return module

        def healthy(*_: object) -> bool:
            if left[0] == "not healthy":
                left.pop(0)
                return False
            return True

        for name, stand_in in (("start", started), ("end_process", got.ended.append), ("_watch", watch), ("_healthy", healthy)):
            monkeypatch.setattr(pipelines.night.serve, name, stand_in)
        monkeypatch.setattr(
            pipelines.night.serve, "time", SimpleNamespace(sleep=got.waited.append, monotonic=clock or time.monotonic)
        )
        with suppress(Interrupted):
            serve(tmp_path, got.said.append, port=4299, cron=cron)
        return got

    yield call


def test_the_server_is_this_machines_alone_and_keeps_its_files_in_the_data_folder(
    served: Callable[..., Served], tmp_path: Path
) -> None:
    got = served(Interrupted(), cron="0 3 * * *")
    assert "http://127.0.0.1:4299" in got.said[0]
    server, runner = got.commands
    assert server[-4:] == ("--host", "127.0.0.1", "--port", "4299")
    assert runner == ("pipelines.night.runner", "0 3 * * *")
    assert got.ended == [runner, server]
    environment = got.environment
    assert environment["PREFECT_HOME"] == environment[SERVED] == str(tmp_path / ".prefect")
    assert environment[ROOT_VARIABLE] == str(tmp_path)
    assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false" and environment["DO_NOT_TRACK"] == "1"
    assert environment["PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED"] == "true"
    assert environment["PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD"] == str(30 * 86_400)
    if os.name != "nt":
        assert (tmp_path / ".prefect").stat().st_mode & 0o077 == 0
        assert (tmp_path / ".prefect" / "api-password").stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "logs").exists() is False  # nothing happened that was worth a line


def test_the_server_asks_for_a_password_new_at_each_start_and_told_nobody(served: Callable[..., Served], tmp_path: Path) -> None:
    got = served(Interrupted())
    auth = (tmp_path / ".prefect" / "api-password").read_text(encoding="utf-8")
    assert got.environment["PREFECT_SERVER_API_AUTH_STRING"] == got.environment["PREFECT_API_AUTH_STRING"] == auth
    assert got.environment["PREFECT_SERVER_CORS_ALLOWED_ORIGINS"] == "http://127.0.0.1:4299"
    assert new_auth_string(tmp_path / ".prefect") != auth and len(auth) > 30
    assert auth not in "".join(got.said) and not any(auth in command for command in got.commands)


def test_what_dies_is_started_again_after_waits_that_grow(served: Callable[..., Served], tmp_path: Path) -> None:
    got = served("runner_ended", "server_ended", "server_silent", Interrupted())
    assert got.waited == [1, 2, 4]
    assert len(got.commands) == len(got.ended) == 8  # both, each time
    assert len(got.said) == 1
    log = [json.loads(line) for line in (tmp_path / "logs/bidui.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["why"] for line in log] == ["runner_ended", "server_ended", "server_silent"]
    assert not (tmp_path / ".prefect/serve.json").exists()


def test_after_a_long_time_up_the_waits_begin_anew(served: Callable[..., Served]) -> None:
    times = iter(range(0, 10_000_000, 1_000))
    assert served("runner_ended", "runner_ended", Interrupted(), clock=lambda: next(times)).waited == [1, 1]


def test_it_gives_up_in_the_end_and_says_so(served: Callable[..., Served], tmp_path: Path) -> None:
    with pytest.raises(ServerNotStarted, match="连续 9 次"):
        served(*["server_ended"] * 4, "not healthy", *["server_ended"] * 9)
    assert last_event(tmp_path, "serve", what="gave_up") is not None
    told = last_event(tmp_path, "serve", what="not_started")
    assert told is not None and "服务进程结束" in told["why"]


def test_where_no_server_comes_up_nothing_is_served(served: Callable[..., Served]) -> None:
    with pytest.raises(ServerNotStarted, match="4299"):
        served("not healthy")


def test_one_serve_for_a_folder(served: Callable[..., Served], tmp_path: Path) -> None:
    from filelock import FileLock

    (tmp_path / ".prefect").mkdir()
    with FileLock(tmp_path / ".prefect/serve.lock"), pytest.raises(ServerNotStarted, match="已在运行"):
        served(Interrupted())


AUTH = "bidui:x"


def answering(
    status: int, with_password: int | None, auth: str = AUTH, content: Mapping[str, object] = MappingProxyType({})
) -> ThreadingHTTPServer:
    """A server that answers so without and with the password; None: with 200 to any password. ``content``: end of a path -> what it answers as JSON;
    None there: 404."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given = self.headers.get("Authorization")
            right = "Basic " + base64.b64encode(auth.encode()).decode()
            known = next((path for path in content if self.path.endswith(path)), None)
            if with_password is None:
                self.send_response(200 if given else status)
            elif given == right and known and content[known] is None:
                self.send_response(404)
            else:
                self.send_response(with_password if given == right else status)
            self.end_headers()
            if known and given == right and content[known] is not None:
                self.wfile.write(json.dumps(content[known]).encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.mark.parametrize(
    ("status", "with_password", "own"), [(401, 200, True), (200, 200, False), (401, 401, False), (404, 404, False)]
)
def test_a_foreign_server_is_not_taken_for_its_own(status: int, with_password: int | None, own: bool) -> None:
    with answering(status, with_password) as server:
        assert is_own_server(server.server_port, AUTH) is own
        server.shutdown()


def test_a_port_that_is_taken_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipelines.night.serve, "subprocess", SimpleNamespace(Popen=lambda *_, **__: pytest.fail("started")))
    with answering(200, 200) as server:
        with pytest.raises(ServerNotStarted, match="占用"):
            serve(tmp_path, pytest.fail, port=server.server_port)
        server.shutdown()


def test_what_a_killed_serve_left_behind_is_ended_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SERVED, str(tmp_path))
    waits = ("timeit", "-n", "1", "import time; time.sleep(60)")
    own = start(waits, tmp_path / "own.log")
    monkeypatch.setenv(SERVED, str(tmp_path / "another"))
    others = start(waits, tmp_path / "others.log")
    try:
        while end_leftovers(tmp_path) == 0:
            assert own.poll() is None  # its environment shows once it has begun
        assert own.wait(timeout=10) is not None and others.poll() is None
    finally:
        end_process(others)
        end_process(own)


NIGHTLY: dict[str, Any] = {"id": "x", "paused": False, "schedules": [{"active": True}]}


def of_prefect(nightly: object, *runs: tuple[timedelta, str], by_hand: Sequence[timedelta] = ()) -> dict[str, object]:
    """What its server says of the nightly deployment, and of the runs that wait: how far from now, and their states; ``by_hand``: runs that
    somebody planned."""
    planned = [(ahead, state, True) for ahead, state in runs] + [(ahead, "Scheduled", False) for ahead in by_hand]
    now = datetime.now(UTC)
    waiting = [
        {"expected_start_time": (now + ahead).isoformat(), "state_name": state, "auto_scheduled": auto}
        for ahead, state, auto in planned
    ]
    return {"deployments/name/bidui/nightly": nightly, "flow_runs/filter": waiting}


IN_TIME = (timedelta(hours=20), "Scheduled")
WELL = of_prefect(NIGHTLY, (timedelta(days=2), "Scheduled"), IN_TIME)


def noted(root: Path, port: int) -> None:
    (root / ".prefect/serve.json").write_text(json.dumps({"pid": os.getpid(), "port": port, "cron": None}))


def test_the_status_says_whether_it_runs_and_how_the_last_night_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    status, shown = status_of(tmp_path)
    assert status == ExitStatus.NOTHING and "没有运行" in str(shown[0])
    home = tmp_path / ".prefect"
    home.mkdir()
    auth = new_auth_string(home)
    with answering(401, 200, auth, WELL) as server:
        noted(tmp_path, server.server_port)
        assert status_of(tmp_path)[0] == ExitStatus.GAP  # no night yet
        log_event(tmp_path, "bidui", nightly=True, state="已发布", slot="2020-04-15 02:00", message="已发布，名单上 3 人")
        status, shown = status_of(tmp_path)
        assert status == ExitStatus.DONE and any("名单上 3 人" in str(line) for line in shown)
        log_event(tmp_path, "bidui", nightly=False, state="未发布", slot="2020-04-15 09:30", message="an analyst's")
        status, shown = status_of(tmp_path)
        assert status == ExitStatus.DONE
        assert [line.text.partition("（")[0] for line in shown[1:3] if isinstance(line, TextLine)] == [
            "上次夜间比对",
            "之后手动比对",
        ]
        for moved, expected in ((-25, ExitStatus.DONE), (-27, ExitStatus.GAP), (25, ExitStatus.DONE), (27, ExitStatus.GAP)):
            clock = SimpleNamespace(
                now=lambda zone, moved=moved: datetime.now(zone) + timedelta(hours=moved), fromisoformat=datetime.fromisoformat
            )
            with monkeypatch.context() as patch:  # the clock was set since
                patch.setattr(pipelines.night.status, "datetime", clock)
                assert status_of(tmp_path)[0] == expected, moved
        log_event(tmp_path, "bidui", nightly=True, state="有缺口", slot="2020-04-16 02:00", message="学籍系统沿用上次的数据")
        assert status_of(tmp_path)[0] == ExitStatus.GAP
        server.shutdown()
    status, shown = status_of(tmp_path)
    assert status == ExitStatus.NOTHING and "没有应答" in str(shown[0])


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (WELL, ExitStatus.DONE, f"{datetime.now(CHINA) + timedelta(hours=20):%Y-%m-%d %H:}"),
        (
            of_prefect(NIGHTLY, IN_TIME, by_hand=[timedelta(hours=3)]),
            ExitStatus.DONE,
            f"{datetime.now(CHINA) + timedelta(hours=20):%Y-%m-%d %H:}",
        ),
        (of_prefect(NIGHTLY, by_hand=[timedelta(hours=3)]), ExitStatus.GAP, "还没有排出下一次"),
        (of_prefect(NIGHTLY | {"paused": True}, IN_TIME), ExitStatus.GAP, "已暂停，不会自动运行"),
        (of_prefect(NIGHTLY | {"schedules": [{"active": False}]}, IN_TIME), ExitStatus.GAP, "deployments/deployment/x"),
        (of_prefect(NIGHTLY | {"schedules": []}), ExitStatus.GAP, "已暂停"),
        (of_prefect(NIGHTLY), ExitStatus.GAP, "还没有排出下一次"),
        (of_prefect(NIGHTLY, IN_TIME, (timedelta(hours=-1), "Late")), ExitStatus.GAP, "到时间还没有开始"),
        (of_prefect(NIGHTLY, IN_TIME, (timedelta(hours=-1), "AwaitingRetry")), ExitStatus.DONE, "北京时间"),
        (of_prefect(None), ExitStatus.GAP, "没有夜间比对的任务"),
        ({"deployments/name/bidui/nightly": []}, ExitStatus.NOTHING, "没有应答"),  # another program's answer
    ],
)
@pytest.mark.parametrize("standing", [False, True])
def test_the_status_asks_prefect_for_the_next_night(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: dict[str, object],
    status: ExitStatus,
    told: str,
    standing: bool,
) -> None:
    (tmp_path / ".prefect").mkdir()
    log_event(tmp_path, "bidui", nightly=True, state="已发布", slot="2020-04-15 02:00", message="已发布，名单上 3 人")
    auth = new_auth_string(tmp_path / ".prefect")
    with answering(401, 200, auth, content) as server:
        if standing:
            monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{server.server_port}/api")
            monkeypatch.setenv("PREFECT_API_AUTH_STRING", auth)
        else:
            noted(tmp_path, server.server_port)
        found, shown = status_of(tmp_path)
        server.shutdown()
    assert found == status and any(told in str(line) for line in shown), shown
    assert not any(auth in str(line) for line in shown)


def test_the_log_is_private_rotated_and_loses_nobody_the_disk_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.night.run_log._LARGEST", 200)
    for number in range(9):
        log_event(tmp_path, "serve", number=number)
    files = sorted((tmp_path / "logs").iterdir())
    assert len(files) > 2
    if os.name != "nt":
        assert all(file.stat().st_mode & 0o077 == 0 for file in (tmp_path / "logs", *files))
    (tmp_path / "another").write_text("")
    log_event(tmp_path / "another", "serve")  # no folder can be made there: nothing is raised


def test_a_hint_names_this_machines_own_paths(tmp_path: Path) -> None:
    from pipelines.night.install_hint import install_hint_shown

    hint = install_hint_shown(tmp_path / "50%", 4200)
    assert f'{sys.executable}" -m bidui serve --root "{tmp_path}/50%%"' in hint  # in a unit % begins a specifier
    assert "Register-ScheduledTask" in hint and "--status" in hint


def test_a_service_that_cannot_start_tells_the_same_once_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever keeps it running tries again every minute."""
    told: list[str] = []
    monkeypatch.setattr(
        pipelines.night.serve, "notify", lambda _, title, text, gravity: told.append(f"{gravity} {title}: {text}")
    )
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        for _ in range(3):
            with pytest.raises(ServerNotStarted):
                serve(tmp_path, print, port=taken.getsockname()[1])
        assert len(told) == 1 and told[0].startswith("failure 夜间服务没有运行: 端口")
        monkeypatch.setattr(pipelines.night.serve, "today", lambda: today() + timedelta(days=1))
        with pytest.raises(ServerNotStarted):
            serve(tmp_path, print, port=taken.getsockname()[1])
    assert len(told) == 2
