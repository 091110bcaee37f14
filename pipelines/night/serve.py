"""``bidui serve``: Prefect's server on this machine alone, and the two deployments, until Ctrl-C.

``nightly`` runs on a schedule (02:00 China time by default); ``adhoc`` runs when asked, from Prefect's page or with
``prefect deployment run bidui/adhoc -p as_of=2020-04-15``. Whoever asks needs the password in ``.prefect/api-password``. Nothing leaves the
machine, and Prefect's own files lie under ``.prefect`` in the data folder.
"""

import asyncio
import os
import site
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from threading import Event, Thread
from typing import Any

from pipelines import ROOT_VARIABLE
from pipelines.guard import Foreseen
from pipelines.night.api_access import HOST, PASSWORD_FILE, access_settings, auth_string, is_own_server, is_taken

NIGHTLY = "0 2 * * *"
_TIME_ZONE = "Asia/Shanghai"
_SERVER_STARTS_WITHIN = 120  # seconds; a first start makes the database
_LOOKS_EVERY, _STOPS_WITHIN = 0.5, 30  # seconds


class ServerNotStarted(Foreseen):
    """Prefect's server did not come up; the message, in Chinese, says where to look."""


def serve(root: Path, tell: Callable[[str], None], port: int = 4200, cron: str = NIGHTLY) -> None:
    """Serve the deployments for the folder ``root`` until interrupted. ``tell`` takes the address once the server is up, in Chinese.

    Raises ServerNotStarted, and KeyboardInterrupt.
    """
    from pipelines.store.county_file import settings_of
    from pipelines.store.folders import private_folder

    if is_taken(port):
        raise ServerNotStarted(f"端口 {port} 已被另一个程序占用（也许是另一个 bidui serve）。请先停止它，或用 --port 换一个端口")
    home = private_folder(root.resolve() / ".prefect")
    auth = auth_string(home)
    os.environ |= {
        ROOT_VARIABLE: str(root.resolve()),
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://{HOST}:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "true",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(settings_of(root).retention.prefect_days * 86_400),
        "PYTHONUTF8": "1",
        **access_settings(auth, port),
    }
    _keep_import_path()
    os.chdir(home)  # nothing lies there that Python could take for a module of this program
    server = subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start", "--host", HOST, "--port", str(port)],
        stdout=(home / "server.log").open("ab"),
        stderr=subprocess.STDOUT,
    )
    try:
        if not _healthy(server, port, auth):
            raise ServerNotStarted(f"Prefect 服务未能启动（端口 {port} 是否被占用？），详见 {home / 'server.log'}")
        tell(f"Prefect 已启动：http://{HOST}:{port}　页面要的密码在 {home / PASSWORD_FILE}　按 Ctrl-C 停止")
        _deploy(cron)
    finally:
        server.terminate()
        server.wait(timeout=_STOPS_WITHIN)


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


def _deploy(cron: str) -> None:
    """Register both deployments and run what falls due; returns when interrupted."""
    # Prefect reads its settings when it is first imported: not before the environment above is set.
    from prefect import aserve as serve_deployments
    from prefect.deployments.runner import RunnerDeployment
    from prefect.flows import EntrypointType
    from prefect.schedules import Cron

    from pipelines.night.flow import reconcile_county

    nightly: RunnerDeployment = reconcile_county.to_deployment(  # type: ignore[assignment]
        name="nightly",
        schedule=Cron(cron, timezone=_TIME_ZONE),
        entrypoint_type=EntrypointType.MODULE_PATH,
        description="每晚自动比对 raw 下的全部导出",
    )
    adhoc: RunnerDeployment = reconcile_county.to_deployment(  # type: ignore[assignment]
        name="adhoc",
        entrypoint_type=EntrypointType.MODULE_PATH,
        description="随时比对：可指定日期 as_of 和乡镇 townships",
    )
    # Pausing on shutdown would leave the nightly schedule switched off after the next start.
    _until_interrupted(lambda: serve_deployments(nightly, adhoc, pause_on_shutdown=False, limit=1))


def _until_interrupted(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run ``work`` beside the main thread, which answers signals: Prefect and asyncio, which would print a traceback and lose the exit status,
    never see them. When interrupted, ``work`` is cancelled, which ends the processes of its runs, and KeyboardInterrupt is raised."""
    loop = asyncio.new_event_loop()
    failed: list[BaseException] = []
    done = Event()  # not Thread.join, which, once interrupted, takes the thread for ended

    def serve_beside() -> None:
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            return
        except Exception as error:
            failed.append(error)
        finally:
            done.set()

    task = loop.create_task(work())
    try:
        Thread(target=serve_beside, daemon=True).start()
        while not done.wait(_LOOKS_EVERY):
            pass
    except KeyboardInterrupt:
        loop.set_exception_handler(lambda *_: None)  # what breaks off on the way is of no interest
        loop.call_soon_threadsafe(task.cancel)
        done.wait(_STOPS_WITHIN)
        raise
    if failed:
        raise failed[0]
