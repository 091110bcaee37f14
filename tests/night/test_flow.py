"""The Prefect flow: the same job through Prefect's own embedded server, and nothing of a child in its database."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from pipelines import ROOT_VARIABLE
from tests.lib.notified import listening
from tests.lib.small_exports import good, id_of

_RUNS = """
import datetime, json, os, pathlib, sys, time
os.environ.pop("COVERAGE_PROCESS_CONFIG", None)  # no branches are counted in Prefect's own server, which would take half as long again
import pipelines.night.flow, pipelines.night.job, pipelines.night.mail_flows, pipelines.night.mail_jobs, pipelines.night.tries
from pipelines.guard import SystemRefused
from pipelines.night.flow import reconcile_county
from pipelines.store.lock import Busy
from prefect.client.orchestration import get_client
pipelines.night.tries.exponential_backoff = lambda backoff_factor: [0.01] * 6

def run(*parameters):
    state = reconcile_county(*parameters, return_state=True)
    print(json.dumps([state.type.value, state.name, state.message], ensure_ascii=False))

run("2020/04/15", ["安阳"])
run("2020-04-15", ["北京"])
run("下星期")
run((datetime.date.today() + datetime.timedelta(40)).isoformat())
steps = dict(vars(pipelines.night.job))
def die(records, *_):
    raise RuntimeError("韦家乐 " + str(records["name"].tolist()))
pipelines.night.job.link_records = die
run("2020-04-15")
pipelines.night.job.link_records = steps["link_records"]
def die_outside_of_the_steps(*_):
    raise RuntimeError("韦家乐 451228201003150011")
pipelines.night.job.gaps_of_intake = die_outside_of_the_steps
run("2020-04-15")
pipelines.night.job.gaps_of_intake = steps["gaps_of_intake"]
tries = []
def busy_twice(*given):
    tries.append(1)
    if len(tries) < 3:
        raise Busy("另一次比对正在进行") if len(tries) == 1 else OSError(5, "Input/output error", "/raw/韦家乐.xlsx")
    return steps["read_inputs"](*given)
pipelines.night.job.read_inputs = busy_twice
(pathlib.Path(sys.argv[1]) / "county.toml").write_text("oldest_data_days = 36500\\n[notification]\\nurls = ['json://127.0.0.1:" + sys.argv[2] + "']\\n")
(pathlib.Path(sys.argv[1]) / "raw/canlian").rename(pathlib.Path(sys.argv[1]) / "raw/.canlian")
run("2020-04-16")
print(len(tries))
for name, flow in (("collect", "collect_answers"), ("deliver", "deliver_week")):
    own, tries = getattr(pipelines.night.mail_jobs, name), []
    def busy_once(*given):
        tries.append(1)
        if len(tries) < 2:
            raise Busy("另一次比对正在进行")
        return own(*given)
    setattr(pipelines.night.mail_jobs, name, busy_once)
    state = getattr(pipelines.night.mail_flows, flow)(return_state=True)
    print(json.dumps([state.type.value, state.name, len(tries)], ensure_ascii=False))
pipelines.night.job.read_inputs = lambda *_: time.sleep(30)
timed_out = reconcile_county.with_options(timeout_seconds=0.3)("2020-04-17", return_state=True)
with get_client(sync_client=True) as client:
    state = client.read_flow_run(timed_out.state_details.flow_run_id).state
print(json.dumps([state.type.value, state.name, state.message], ensure_ascii=False))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Prefect's home after runs that ended in several ways, what was printed and notified, and the county."""
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
    with listening() as (port, heard):
        command = [sys.executable, "-c", _RUNS, str(home / "county"), str(port)]
        done = subprocess.run(command, env=environment, capture_output=True, timeout=300, check=False)
    (home / "heard").write_text("\n".join(heard), encoding="utf-8")
    (home / "stdout").write_bytes(done.stdout)
    (home / "stderr").write_bytes(done.stderr)
    assert done.returncode == 0, done.stderr[-2000:]
    return home


def test_each_end_has_its_state(home: Path) -> None:
    *ends, tries, collected, delivered, timed_out = map(json.loads, (home / "stdout").read_text(encoding="utf-8").splitlines())
    published, no_township, no_day, to_come, failed, failed_again, with_gaps = ends
    assert published == ["COMPLETED", "已发布", "已发布，名单上 1 人"]
    assert no_township[:2] == no_day[:2] == to_come[:2] == ["FAILED", "未发布"]
    assert "还没有到" in to_come[2] and "在表单里选" in to_come[2]
    assert "没有这个乡镇：北京" in no_township[2] and "2020-04-15 这样" in no_day[2]
    assert failed[:2] == failed_again[:2] == ["FAILED", "程序出错"]
    assert "link: RuntimeError at" in failed[2] and "韦家乐" not in failed[2]
    assert with_gaps[:2] == ["COMPLETED", "有缺口"] and "残联系统沿用上次的数据" in with_gaps[2]
    assert tries == 3  # it waited for what passes
    assert collected == ["COMPLETED", "已收", 2] and delivered == ["COMPLETED", "没有可送", 2]
    assert timed_out[:2] == ["FAILED", "超时"] and "已停止" in timed_out[2]
    assert list(pd.read_parquet(home / "county/curated/current/unaccounted.parquet")["name"]) == ["苏小"]


def test_bad_nights_are_notified_and_every_end_is_logged(home: Path) -> None:
    heard, late = [json.loads(line) for line in (home / "heard").read_text(encoding="utf-8").splitlines()]
    assert "有缺口" in heard["title"] and "残联系统沿用上次的数据" in heard["message"]
    assert "超时" in late["title"]
    log = [json.loads(line) for line in (home / "county/logs/bidui.jsonl").read_text(encoding="utf-8").splitlines()]
    ends = [line["state"] for line in log if line["event"] == "bidui"]
    assert ends == ["已发布", "未发布", "未发布", "未发布", "程序出错", "程序出错", "有缺口", "超时"]
    assert [line["sent"] for line in log if line["event"] == "notification"] == [True, True]


def test_nothing_of_a_child_is_in_prefects_home_or_the_log(home: Path) -> None:
    secrets = ("韦家乐", "苏小", id_of("20100315", 1), id_of("20100101", 1))
    files = [
        home / "stdout",
        home / "stderr",
        home / "heard",
        *(home / "county/logs").iterdir(),
        *(p for p in (home / "prefect").rglob("*") if p.is_file()),
    ]
    contents = {path: path.read_bytes() for path in files}
    assert any(b"workbooks" in content for content in contents.values()), "the search must reach Prefect's database"
    for path, content in contents.items():
        for secret in secrets:
            assert secret.encode() not in content, path
            assert json.dumps(secret).strip('"').encode() not in content, path
