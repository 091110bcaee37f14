"""Shared fixtures."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from openpyxl import Workbook, load_workbook

from pipelines.night.outcome import Outcome
from reports.book import write_books
from tests.lib.made_up_tables import write_tables
from tests.lib.nights import AS_OF, FirstNights, night
from tests.lib.opened_books import AREAS, books_of
from tests.lib.opened_books import AS_OF as BOOKS_AS_OF
from tests.lib.plan_county import SETTINGS
from tests.lib.postgres import Cluster, cluster
from tests.lib.two_lists import PEOPLE, rows, save
from tests.lib.warm_program import WarmProgram, warm_program


def pytest_configure(config: pytest.Config) -> None:
    """Each worker has one core: more threads of its own would only wait for those of the others."""
    if hasattr(config, "workerinput"):
        connect = duckdb.connect
        duckdb.connect = lambda *arguments, config=None, **options: connect(
            *arguments, config={"threads": 1} | (config or {}), **options
        )
        pa.set_cpu_count(1)


@pytest.fixture
def published(tmp_path: Path) -> Callable[[str], pd.DataFrame]:
    """Reads a published table of ``tmp_path``."""
    return lambda name: pd.read_parquet(tmp_path / "curated" / "current" / f"{name}.parquet")


@pytest.fixture
def run_here(tmp_path: Path) -> Callable[..., Outcome]:
    """Runs the job on ``tmp_path``: ``tests.lib.nights.night``."""
    return lambda *arguments, **options: night(tmp_path, *arguments, **options)


@pytest.fixture(scope="session")
def first_nights(tmp_path_factory: pytest.TempPathFactory) -> FirstNights:
    """The counties of which a first night is over."""
    return FirstNights(tmp_path_factory.mktemp("first_nights"))


@pytest.fixture
def begun(tmp_path: Path, first_nights: FirstNights) -> Callable[..., Path]:
    """``begun(make, …)`` is ``tmp_path`` as ``make`` fills it, after its first night: ``FirstNights.copy``."""
    return lambda *arguments, **options: first_nights.copy(tmp_path, *arguments, **options)


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small synthetic county, reconciled once; tests read it and change nothing."""
    from pipelines.demo.make_county import make_county

    root = tmp_path_factory.mktemp("county")
    make_county(root, children=2_000, seed=7, as_of=AS_OF)
    night(root, townships=None)
    return root


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """A has the first 30 people under two title rows, B the last 30 in reverse; 20 are in both."""
    a = save(
        tmp_path / "报名.xlsx",
        [
            ["2020 年秋季报名名单（虚构）"],
            ["填表单位：虚构小学", None, "填表日期 2020-08-20"],
            ["序号", "学生姓名", "身份证号", "家长姓名"],
            *([i, *cells] for i, cells in enumerate(rows(PEOPLE[:30], "name", "id", "kin"), 1)),
        ],
    )
    b = save(
        tmp_path / "户籍.csv",
        [["姓名", "公民身份号码", "出生日期", "户主姓名"], *rows(PEOPLE[:9:-1], "name", "id", "birth", "kin")],
        "gb18030",
    )
    return a, b


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL cluster of the tests' own."""
    with cluster() as running:
        yield running


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def setting(request: pytest.FixtureRequest) -> str | None:
    """``database`` of the county's settings, for a test that holds on both."""
    return request.getfixturevalue("postgresql").new_database() if request.param == "PostgreSQL" else None


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmProgram]:
    """The program, loaded once, for processes of their own."""
    with warm_program(tmp_path_factory.mktemp("printed")) as loaded:
        yield loaded


@pytest.fixture(scope="session")
def workbooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the workbooks of the tables made up by hand."""
    folder = tmp_path_factory.mktemp("workbooks")
    write_books(books_of(write_tables(folder / "tables"), folder / "out", BOOKS_AS_OF, settings=SETTINGS))
    return folder / "out"


@pytest.fixture(scope="session")
def books(workbooks: Path) -> dict[str, Workbook]:
    """Area -> its workbook, opened again."""
    return {area: load_workbook(next(workbooks.glob(f"{area}_*.xlsx"))) for area in [*AREAS, "九渡乡"]}
