"""The Prefect flow: the same job through Prefect's own embedded server, and nothing of a child in its database."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from pipelines import ROOT_VARIABLE
from tests.lib.small_exports import good, id_of

_TWO_RUNS = """
import json, pathlib, sys
from pipelines.night.flow import reconcile_county
import pipelines.guard, pipelines.night.job, pipelines.persons.link_records
print(json.dumps(reconcile_county("2020-04-15", ["安阳镇"])))
def die(records, model):
    raise RuntimeError("韦家乐 " + str(records["name"].tolist()))
pipelines.night.job.link_records = die
try:
    reconcile_county("2020-04-15")
except pipelines.guard.StepFailed:
    print("failed as it should")
def die_outside_of_the_steps(*_):
    raise RuntimeError("韦家乐 451228201003150011")
pipelines.night.job.link_records = pipelines.persons.link_records.link_records
pipelines.night.job.gaps_of_intake = die_outside_of_the_steps
try:
    reconcile_county("2020-04-15")
except pipelines.guard.StepFailed:
    print("failed as it should")
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Prefect's home after one finished and one failed run, what was printed, and the county."""
    home = tmp_path_factory.mktemp("prefect")
    good(home / "county")
    environment = os.environ | {
        ROOT_VARIABLE: str(home / "county"),
        "PREFECT_HOME": str(home / "prefect"),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PYTHONUTF8": "1",
        "PREFECT_API_URL": "",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run([sys.executable, "-c", _TWO_RUNS], env=environment, capture_output=True, timeout=300, check=False)
    (home / "stdout").write_bytes(done.stdout)
    (home / "stderr").write_bytes(done.stderr)
    assert done.returncode == 0, done.stderr[-2000:]
    return home


def test_the_flow_publishes(home: Path) -> None:
    outcome, failed, failed_again = (home / "stdout").read_text(encoding="utf-8").splitlines()
    assert json.loads(outcome)["run"].startswith("20200415-")
    assert {"read", "link", "reconcile", "publish"} <= set(json.loads(outcome)["seconds"])
    assert failed == failed_again == "failed as it should"
    assert list(pd.read_parquet(home / "county/curated/current/unaccounted.parquet")["name"]) == ["苏小"]


def test_nothing_of_a_child_is_in_prefects_home_or_the_log(home: Path) -> None:
    secrets = ("韦家乐", "苏小", id_of("20100315", 1), id_of("20100101", 1))
    files = [home / "stdout", home / "stderr", *(p for p in (home / "prefect").rglob("*") if p.is_file())]
    contents = {path: path.read_bytes() for path in files}
    assert any(b"workbooks" in content for content in contents.values()), "the search must reach Prefect's database"
    for path, content in contents.items():
        for secret in secrets:
            assert secret.encode() not in content, path
            assert json.dumps(secret).strip('"').encode() not in content, path
