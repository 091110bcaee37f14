"""The audit: a run whose tables break their declaration is not published. All persons are made up (虚构)."""

import re
import shutil
from collections.abc import Callable, Collection, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pandera.errors import SchemaErrors

import pipelines.intake.accept
import pipelines.night.job
from bidui.cli import main
from pipelines.demo.make_county import make_county
from pipelines.night.outcome import NothingPublished
from pipelines.store.audit import AuditFailed, Breach, audit, cross_breaches, declared_breaches, misfits, prepare
from pipelines.store.runs import write_tables
from schemas.registry import declared
from schemas.tables import DECLARED, TABLES
from schemas.tables.cross_checks import CROSS_CHECKS
from schemas.tables.declaration import Constraint, RuleKind
from schemas.tables.frames import frame_of, frame_schema
from tests.lib.broken_tables import BROKEN_SUMS, ROWS, WRONG, break_constraint, every_constraint
from tests.lib.made_files import spreadsheet_xml
from tests.lib.nights import AS_OF, Begun, night, unchanged
from tests.lib.plan_county import SETTINGS, TOWNSHIPS
from tests.lib.small_exports import HEADINGS, KIDS, good, pupil

REGISTRIES = tuple(declared())


@pytest.fixture(scope="module")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tables of a small county's night."""
    root = tmp_path_factory.mktemp("small")
    make_county(root, children=60, seed=5, as_of=AS_OF)
    return night(root).run


@pytest.fixture(scope="module")
def loaded(small_run: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same tables in DuckDB, each with a row at least."""
    with duckdb.connect() as con:
        prepare(con, TOWNSHIPS)
        for name in DECLARED:
            con.execute(f"create table {name} as from read_parquet('{small_run / f'{name}.parquet'}')")
        for statement in ROWS:
            con.execute(statement)
        yield con


@pytest.fixture
def tables(loaded: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Tables that a test may break."""
    loaded.execute("begin")
    yield loaded
    loaded.execute("rollback")


def named(constraint: Constraint) -> str:
    return f"{constraint.table}-{'+'.join(constraint.columns)}-{constraint.kind.name}"


def breaches(con: duckdb.DuckDBPyConnection, table: str) -> list[Breach]:
    declaration = DECLARED[table]
    if broken := misfits(declaration, con.table(table).to_arrow_table().schema):
        return [Breach(constraint) for constraint in broken]
    return list(declared_breaches(con, [declaration], AS_OF, REGISTRIES))


def failed_in_pandera(
    con: duckdb.DuckDBPyConnection, table: str, columns: Collection[str] | None = None
) -> set[tuple[str | None, str]]:
    """(column, kind) that the pandera schema of these columns, None for all, finds broken; column None for the key."""
    kinds = {"not_nullable": "NOT_NULL", "multiple_fields_uniqueness": "KEY", "column_in_dataframe": "TYPE"}
    without = set() if columns is None else {column.name for column in DECLARED[table].columns} - set(columns)
    frame = frame_of(con.table(table).to_arrow_table().drop_columns(sorted(without)))
    try:
        frame_schema(DECLARED[table], REGISTRIES, AS_OF, without).validate(frame, lazy=True)
    except SchemaErrors as errors:
        found = set()
        for error in errors.schema_errors:
            check = str(getattr(error.check, "name", error.check))
            column = error.failure_cases if check == "column_in_dataframe" else error.column_name
            found.add((column, "TYPE" if check.startswith("dtype") else kinds.get(check, check)))
        return found
    return set()


def test_a_published_run_is_as_declared(loaded: duckdb.DuckDBPyConnection, small_run: Path) -> None:
    audit(small_run, AS_OF, SETTINGS)
    for name in DECLARED:
        assert loaded.table(name).limit(1).fetchall(), f"{name} has no row to break"
        assert not breaches(loaded, name)
        assert not failed_in_pandera(loaded, name)
    assert not list(cross_breaches(loaded, AS_OF))


@pytest.mark.parametrize("constraint", every_constraint(), ids=named)
def test_each_rule_of_each_column_is_checked(tables: duckdb.DuckDBPyConnection, constraint: Constraint) -> None:
    for statement in break_constraint(constraint):
        tables.execute(statement)
        found = breaches(tables, constraint.table)
        assert constraint in [breach.what for breach in found], statement
        assert all(WRONG not in str(breach) for breach in found)
        if constraint.kind is not RuleKind.REFERENCE:
            column = None if constraint.kind is RuleKind.KEY else constraint.columns[0]
            assert (column, constraint.kind.name) in failed_in_pandera(tables, constraint.table, constraint.columns)
        tables.execute("rollback")
        tables.execute("begin")


@pytest.mark.long
def test_each_sum_between_tables_is_checked(loaded: duckdb.DuckDBPyConnection) -> None:
    assert set(BROKEN_SUMS) == {check.name for check in CROSS_CHECKS}
    for check in CROSS_CHECKS:
        loaded.execute("begin")
        loaded.execute(BROKEN_SUMS[check.name])
        assert not breaches(loaded, check.table) or check.name in ("row_in_one_place",), check.name
        assert check in [breach.what for breach in cross_breaches(loaded, AS_OF)], check.name
        loaded.execute("rollback")


Change = Callable[[dict[str, pa.Table]], None]


def change(table: str, column: str, value: object) -> Change:
    """``value`` in the first row."""

    def changed(tables: dict[str, pa.Table]) -> None:
        first, *others = tables[table].to_pylist() or [{}]
        tables[table] = pa.Table.from_pylist([first | {column: value}, *others], TABLES[table])

    return changed


def repeat(tables: dict[str, pa.Table]) -> None:
    tables["persons"] = pa.concat_tables([tables["persons"], tables["persons"].slice(0, 1)])


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (repeat, "数据表 persons 的 person_id：主键重复（2 行）"),
        pytest.param(
            change("persons", "person_id", None), "数据表 persons 的 person_id：不得为空（1 行）", marks=pytest.mark.long
        ),
        pytest.param(
            change("persons", "whereabouts", "zzz"),
            "数据表 persons 的 whereabouts：不在代码表之内（1 行）",
            marks=pytest.mark.long,
        ),
        pytest.param(
            change("findings", "rule", "no_such_rule"), "数据表 findings 的 rule：不在代码表之内（1 行）", marks=pytest.mark.long
        ),
        (change("cases", "rule", "no_such_rule"), "数据表 cases 的 case_id、kind、rule、person_id、key：所指的行不存在（1 行）"),
        pytest.param(
            change("files", "rows", 99),
            "数据表 files 的 rows、accepted、quarantined：行数应等于采用的与退回的之和（1 行）",
            marks=pytest.mark.long,
        ),
    ],
)
def test_a_run_that_breaks_a_rule_is_not_published(
    tmp_path: Path,
    begun: Begun,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    broken: Change,
    message: str,
) -> None:
    begun(good)

    def write_broken(run: Path, tables: dict[str, pa.Table]) -> None:
        write_tables(run, tables)
        written = {name: pq.read_table(run / f"{name}.parquet") for name in TABLES}
        broken(written)
        for name, table in written.items():
            pq.write_table(table, run / f"{name}.parquet")

    monkeypatch.setattr(pipelines.night.job, "write_tables", write_broken)
    current = (tmp_path / "curated/current").resolve()
    with unchanged(current), unchanged(tmp_path / "outbox"):
        assert main(["run", "--root", str(tmp_path), "--as-of", str(AS_OF)]) == 2
    assert (tmp_path / "curated/current").resolve() == current
    shown = capsys.readouterr()
    assert message in shown.err and "未发布任何结果" in shown.err
    assert "zzz" not in shown.err and "no_such_rule" not in shown.err


def test_a_table_that_is_not_there_or_cut_short_is_named(tmp_path: Path, begun: Begun) -> None:
    run = (begun(good) / "curated/current").resolve()
    (run / "links.parquet").unlink()
    with pytest.raises(AuditFailed, match="数据表 links 的 record_id_l：列不存在或类型不符；"):
        audit(run, AS_OF, SETTINGS)
    (run / "persons.parquet").write_bytes((run / "persons.parquet").read_bytes()[:100])
    with pytest.raises(AuditFailed, match=r"等 \d+ 处") as failed:
        audit(run, AS_OF, SETTINGS)
    assert "persons" in {breach.what.table for breach in failed.value.breaches}


def test_a_registry_whose_records_are_not_as_declared_is_refused(
    tmp_path: Path, begun: Begun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that gives another code than those declared must not get as far as persons."""
    begun(good)
    standardise = pipelines.intake.accept.standardise

    def other_code(*arguments: object) -> object:
        read = standardise(*arguments)
        if "student_state" in read.parsed:
            read.records["student_state"] = "zzz"
        return read

    monkeypatch.setattr(pipelines.intake.accept, "standardise", other_code)
    with pytest.raises(NothingPublished) as failed:
        night(tmp_path)
    refusal = next(refusal for refusal in failed.value.refused if refusal.rule == "not_as_declared")
    assert "student_state" in refusal.message and "zzz" not in refusal.message


def test_a_run_with_the_three_core_registries_passes(tmp_path: Path) -> None:
    shutil.rmtree(good(tmp_path) / "raw/huji")
    run = night(tmp_path).run
    assert set(pq.read_table(run / "records.parquet")["registry"].to_pylist()) == {"xueji", "guofu", "canlian"}


@pytest.mark.long
def test_a_look_back_lists_children_without_a_case_and_passes(tmp_path: Path, begun: Begun) -> None:
    begun(good)
    listed = pq.read_table(night(tmp_path, date(2020, 4, 8)).run / "unaccounted.parquet")["case_id"]
    assert listed.null_count == len(listed) > 0


@pytest.mark.long
def test_two_sheets_of_one_name_are_two_sheets(tmp_path: Path) -> None:
    """Each row has an address of its own: programs other than Excel write sheets of one name, or of none."""
    good(tmp_path)
    rows = [[row.get(heading) for heading in HEADINGS["xueji"]] for row in (pupil(*kid) for kid in KIDS)]
    first, second = (spreadsheet_xml([HEADINGS["xueji"], *part]) for part in (rows[:4], rows[4:]))
    worksheet = re.search(rb"<Worksheet.*</Worksheet>", second, re.DOTALL)
    assert worksheet
    content = first.replace(b"</Workbook>", worksheet[0] + b"</Workbook>")
    (tmp_path / "raw/xueji/名单.xls").write_bytes(content)
    records = pq.read_table(night(tmp_path).run / "records.parquet").to_pandas()
    taken = records[records["file"] == "名单.xls"]
    assert len(taken) == len(KIDS) and taken["record_id"].is_unique and taken["sheet"].nunique() == 2
