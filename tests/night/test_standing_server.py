"""A Prefect server that stands already, on SQLite and on PostgreSQL: what anybody may do there, and the county's deployments run by a worker."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pandas as pd
import pytest

from pipelines.night.api_access import access_settings, new_auth_string
from pipelines.night.serve import _healthy
from pipelines.night.served_processes import end_process
from tests.lib.postgres import Cluster
from tests.lib.small_exports import good

pytestmark = pytest.mark.long
_WAITS = 120  # seconds


class Standing:
    """``home``: Prefect's; ``environment``: of whatever asks the server; ``county``: the data folder."""

    def __init__(self, home: Path, port: int, database: str | None) -> None:
        self.home, self.port, self.county = home, port, good(home / "county")
        own = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": database} if database else {}
        self.environment = {
            **os.environ,
            **access_settings(new_auth_string(home), port),
            **own,
            "PREFECT_HOME": str(home),
            "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PYTHONUTF8": "1",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }

    def start(self, *module: str) -> subprocess.Popen[bytes]:
        log = (self.home / f"{module[1]}.log").open("ab")
        # No branches are counted in Prefect's own server and worker, which would take half as long again.
        environment = {name: value for name, value in self.environment.items() if name != "COVERAGE_PROCESS_CONFIG"}
        return subprocess.Popen([sys.executable, "-m", *module], env=environment, stdout=log, stderr=log)

    def call(self, *module: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *module], env=self.environment, capture_output=True, timeout=_WAITS, check=False, cwd=self.home
        )
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        return done.stdout.decode("utf-8")


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def standing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    database = None
    if request.param == "PostgreSQL":
        cluster: Cluster = request.getfixturevalue("postgresql")
        database = cluster.new_database().replace("postgresql://", "postgresql+asyncpg://")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Standing(tmp_path_factory.mktemp("standing"), port, database)
    server = made.start("prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port))
    try:
        assert _healthy(server, port, made.environment["PREFECT_API_AUTH_STRING"])
        yield made
    finally:
        end_process(server)


def test_nobody_without_the_password_can_run_a_command(standing: Standing) -> None:
    """A deployment that anybody could give a step to run a shell command: the attack, and a page of another origin."""
    for method, path in (("POST", "deployments/filter"), ("PATCH", f"deployments/{uuid4()}"), ("POST", "flow_runs/")):
        request = urllib.request.Request(
            f"http://127.0.0.1:{standing.port}/api/{path}", b"{}", {"Content-Type": "application/json"}, method=method
        )
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(request, timeout=10)
    asks = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    request = urllib.request.Request(f"http://127.0.0.1:{standing.port}/api/flow_runs/", headers=asks, method="OPTIONS")
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request, timeout=10)


_RUN = """
import sys
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectHTTPStatusError
with get_client(sync_client=True) as client:
    adhoc = client.read_deployment_by_name("bidui/adhoc")
    try:
        client.create_flow_run_from_deployment(adhoc.id, parameters={"townships": ["北京"]})
    except PrefectHTTPStatusError as error:
        print(error.response.status_code)
    print(client.create_flow_run_from_deployment(adhoc.id, parameters={"as_of": "2020-04-15", "townships": ["安阳镇"]}).id)
"""
_END = """
import sys, time
from prefect.client.orchestration import get_client
with get_client(sync_client=True) as client:
    while not (state := client.read_flow_run(sys.argv[1]).state).is_final():
        time.sleep(0.5)
print(state.type.value, state.name)
"""


def test_the_countys_deployments_are_run_by_a_worker(standing: Standing) -> None:
    said = standing.call("bidui", "deploy", "--root", str(standing.county))
    assert all(
        f"已登记 {name}" in said for name in ("bidui/nightly", "bidui-collect/collect", "bidui-weekly/weekly", "bidui/adhoc")
    )
    status = subprocess.run(
        [sys.executable, "-m", "bidui", "serve", "--status", "--root", str(standing.county)],
        env=standing.environment, capture_output=True, check=False, cwd=standing.home,
    )  # fmt: skip
    assert status.returncode == 1 and "Prefect 服务（PREFECT_API_URL）有应答" in status.stdout.decode("utf-8")
    script, end = standing.home / "run.py", standing.home / "end.py"
    script.write_text(_RUN, encoding="utf-8")
    end.write_text(_END, encoding="utf-8")
    refused, run = subprocess.run(
        [sys.executable, script], env=standing.environment, capture_output=True, timeout=_WAITS, check=True
    ).stdout.split()
    assert refused in (b"409", b"422")  # a township that the county does not have
    worker = standing.start("prefect", "worker", "start", "--pool", "bidui", "--type", "process", "--run-once")
    try:
        asked = [sys.executable, end, run]
        ended = subprocess.run(asked, env=standing.environment, capture_output=True, timeout=_WAITS, check=True).stdout
    finally:
        end_process(worker)
    assert ended.decode("utf-8").strip() == "COMPLETED 已发布"
    assert list(pd.read_parquet(standing.county / "curated/current/unaccounted.parquet")["name"]) == ["苏小"]
