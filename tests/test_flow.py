"""The Prefect flow: the same job through Prefect's own test server, and nothing of a child in its database."""

import json
from pathlib import Path

import pandas as pd
import pytest
from exports import id_of
from prefect.testing.utilities import prefect_test_harness
from test_bad_input import good

from pipelines.flow import ROOT_VARIABLE, reconcile_county


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prefect's home with one finished and one failed run in it; returns the folder it wrote to."""
    patch = pytest.MonkeyPatch()
    home = tmp_path_factory.mktemp("prefect")
    root = good(tmp_path_factory.mktemp("county"))
    patch.setenv(ROOT_VARIABLE, str(root))
    patch.setenv("PREFECT_HOME", str(home))
    patch.setenv("PREFECT_API_DATABASE_CONNECTION_URL", f"sqlite+aiosqlite:///{home}/test.db")
    with prefect_test_harness():
        outcome = reconcile_county("2020-04-15", ["安阳镇"])
        (home / "outcome.json").write_text(json.dumps(outcome), encoding="utf-8")
        (root / "raw/xueji/xueji.xlsx").unlink()
        with pytest.raises(Exception, match="缺少学籍系统"):
            reconcile_county("2020-04-15")
    patch.undo()
    (home / "root").write_text(str(root), encoding="utf-8")
    return home


def test_the_flow_publishes(database: Path) -> None:
    root = Path((database / "root").read_text(encoding="utf-8"))
    outcome = json.loads((database / "outcome.json").read_text(encoding="utf-8"))
    assert outcome["run"].startswith("20200415-")
    assert {"read", "link", "reconcile", "publish"} <= set(outcome["seconds"])
    assert list(pd.read_parquet(root / "curated/current/unaccounted.parquet")["name"]) == ["苏小"]


def test_nothing_of_a_child_is_in_prefects_home(database: Path) -> None:
    secrets = [s.encode("utf-8") for s in ("韦家乐", "苏小", id_of("20100315", 1), id_of("20100101", 1))]
    files = [p for p in database.rglob("*") if p.is_file()]
    for path in files:
        content = path.read_bytes()
        assert not any(secret in content for secret in secrets), path
