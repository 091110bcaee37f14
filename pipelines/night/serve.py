"""``bidui serve``: a small supervisor of Prefect's server and of the runner, on this machine alone, until Ctrl-C.

Whoever asks the server needs the password in ``.prefect/api-password``. Nothing leaves the machine but the notifications that the county set,
and Prefect's own files lie under ``.prefect`` in the data folder. Where the server or the runner ends or does not answer, both are ended
and started again, after a wait that grows; where that does not help, serve ends, so that whatever started it knows.
"""

import json
import os
import site
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines import ROOT_VARIABLE
from pipelines.guard import Foreseen
from pipelines.night.api_access import HOST, PASSWORD_FILE, access_settings, api_of, is_own_server, is_taken, new_auth_string
from pipelines.night.notification import NOTIFICATION_VARIABLE, notify
from pipelines.night.run_log import last_event, log_event
from pipelines.night.served_processes import DEPLOYED, SERVED, end_leftovers, end_process, start
from pipelines.store.county_file import settings_of
from pipelines.store.folders import private_folder, write_text
from schemas.calendar import today
from schemas.settings import Settings

STATUS_FILE = "serve.json"
_LOCK_FILE = "serve.lock"
_SERVER_STARTS_WITHIN = 120  # seconds; a first start makes the database
_LOOKS_EVERY, _ASKS_EVERY, _SILENT = 0.5, 15, 3  # seconds; seconds; answers that may fail to come
_WAITS = (1, 2, 4, 8, 16, 32, 60, 60)  # seconds before each new start; after the last, serve gives up
_STEADY = 600  # seconds, after which an end is no longer one of a series
_ENDS = {
    "server_not_started": "服务未能启动",
    "server_ended": "服务进程结束",
    "runner_ended": "运行进程结束，county.toml 有误也会如此，请用 bidui check 检查",
    "server_silent": "服务没有应答",
}
_LARGEST_LOG = 5_000_000  # bytes of what the processes print


class ServerNotStarted(Foreseen):
    """Prefect's server did not come up; the message, in Chinese, says where to look."""

    told_as = "夜间服务没有运行"


class ServerStopped(ServerNotStarted):
    """It did not stay up."""

    told_as = "夜间服务停止"


def serve(root: Path, tell: Callable[[str], None], port: int = 4200, cron: str | None = None) -> None:
    """Serve the deployments for the folder ``root`` until interrupted. ``tell`` takes the address once the deployments are there, in Chinese;
    ``cron``: when the nights are, by default at the settings' hour.

    Raises ServerNotStarted, and KeyboardInterrupt.
    """
    root = root.resolve()
    settings = settings_of(root)
    home = private_folder(root / ".prefect")
    with _alone(home), _told_at_the_start(root, settings):
        if left := end_leftovers(home):
            log_event(root, "serve", what="leftovers_ended", processes=left)
        if is_taken(port):
            raise ServerNotStarted(
                f"端口 {port} 已被另一个程序占用（也许是另一个文件夹的 bidui serve）。请先停止它，或用 --port 换一个端口"
            )
        os.environ |= _environment(root, home, settings, port)
        _keep_import_path()
        os.chdir(home)  # nothing lies there that Python could take for a module of this program
        write_text(home / STATUS_FILE, json.dumps({"pid": os.getpid(), "port": port, "cron": cron}))
        try:
            _supervise(root, home, settings, cache(lambda: tell(_address(home, port))), port, cron)
        finally:
            (home / STATUS_FILE).unlink(missing_ok=True)


def _supervise(root: Path, home: Path, settings: Settings, ready: Callable[[], None], port: int, cron: str | None) -> None:
    """Start both processes, and again whenever one of them ends. ``ready``: called each time that they are at work."""
    failures = 0
    while True:
        began = time.monotonic()
        why = _run_once(home, ready, port, cron, first=not failures)
        failures = 1 if time.monotonic() - began > _STEADY else failures + 1
        if failures > len(_WAITS):
            break
        log_event(root, "serve", what="starts_again", why=why, wait=_WAITS[failures - 1])
        time.sleep(_WAITS[failures - 1])
    log_event(root, "serve", what="gave_up", why=why)
    raise ServerStopped(f"Prefect 服务连续 {failures} 次启动后又停下（{_ENDS[why]}），详见 {home / 'server.log'} 和 runner.log")


def _run_once(home: Path, ready: Callable[[], None], port: int, cron: str | None, first: bool) -> str:
    """Run the server and the runner until one of them ends; returns which, as a code. Raises ServerNotStarted where the first start fails."""
    for log in (home / "server.log", home / "runner.log"):
        _rotate(log)
    end_leftovers(home)  # a run whose runner was killed
    auth = new_auth_string(home)
    os.environ |= access_settings(auth, port)
    server = start(("prefect", "server", "start", "--host", HOST, "--port", str(port)), home / "server.log")
    runner = None
    try:
        if not _healthy(server, port, auth):
            if first:
                raise ServerNotStarted(f"Prefect 服务未能启动（端口 {port} 是否被占用？），详见 {home / 'server.log'}")
            return "server_not_started"
        registered = home / DEPLOYED
        registered.unlink(missing_ok=True)
        runner = start(("pipelines.night.runner", *([cron] if cron else [])), home / "runner.log")
        return _watch(server, runner, port, auth, registered, ready)
    finally:
        for process in (runner, server):
            if process:
                end_process(process)


def _watch(
    server: subprocess.Popen[bytes],
    runner: subprocess.Popen[bytes],
    port: int,
    auth: str,
    registered: Path,
    ready: Callable[[], None],
) -> str:
    """Wait until one of the two ends, or the server is silent; returns which. ``ready`` is called once the file ``registered`` is there."""
    silent, asked = 0, time.monotonic()
    while True:
        time.sleep(_LOOKS_EVERY)
        if registered.exists():
            ready()
        if server.poll() is not None:
            return "server_ended"
        if runner.poll() is not None:
            return "runner_ended"
        if time.monotonic() - asked >= _ASKS_EVERY:
            asked = time.monotonic()
            silent = 0 if is_own_server(port, auth) else silent + 1
            if silent >= _SILENT:
                return "server_silent"


@contextmanager
def _told_at_the_start(root: Path, settings: Settings) -> Iterator[None]:
    """A service that does not come up, or not stay up, is logged and told: nobody may be looking at its terminal. Whatever keeps it running
    tries again every minute: the same is told once a day."""
    try:
        yield
    except ServerNotStarted as error:
        why, now = str(error), today().isoformat()
        before = last_event(root, "serve", what="told", why=why)
        log_event(root, "serve", what="not_started", why=why)
        if not (before and before["at"].startswith(now)):
            with suppress(Exception):
                notify(settings, error.told_as, f"{why}。夜间比对不会运行，请重新启动 bidui serve", "failure")
                log_event(root, "serve", what="told", why=why)
        raise


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One serve for a folder; the operating system frees the lock of one that was killed."""
    try:
        with FileLock(home / _LOCK_FILE, mode=0o600).acquire(timeout=0):
            yield
    except Timeout:
        raise ServerNotStarted("这个文件夹的 bidui serve 已在运行（bidui serve --status 可以查看）") from None


def _environment(root: Path, home: Path, settings: Settings, port: int) -> dict[str, str]:
    """What the server, the runner and the runs go by."""
    return {
        ROOT_VARIABLE: str(root),
        SERVED: str(home),
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": api_of(port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "true",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(settings.retention.prefect_days * 86_400),
        "PYTHONUTF8": "1",
        "NO_PROXY": ",".join(filter(None, [os.environ.get("NO_PROXY"), HOST])),  # the server is on this machine
        NOTIFICATION_VARIABLE: settings.notification.model_dump_json(),  # where the county's file is broken later
    }


def _address(home: Path, port: int) -> str:
    return f"Prefect 已启动：http://{HOST}:{port}　页面要的密码在 {home / PASSWORD_FILE}　按 Ctrl-C 停止"


def _rotate(log: Path) -> None:
    """Set a log that has grown large aside, in the place of the one before."""
    if log.exists() and log.stat().st_size > _LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))


def _keep_import_path() -> None:
    """Let the server and the processes of the runs import what this process imports, and nothing from their working folder."""
    os.environ["PYTHONSAFEPATH"] = "1"
    own = str(Path(__file__).resolve().parents[2])
    if own not in map(os.path.abspath, site.getsitepackages()):  # not installed there: run from a checkout
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [own, os.environ.get("PYTHONPATH")]))


def _healthy(server: subprocess.Popen[bytes], port: int, auth: str) -> bool:
    """Wait until the server answers, and is this one; False where it ends or does not in time."""
    deadline = time.monotonic() + _SERVER_STARTS_WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        if is_own_server(port, auth):
            return server.poll() is None
        time.sleep(_LOOKS_EVERY)
    return False
