"""The whole job as plain steps in order. ``through`` is how a step is called: directly, or as a Prefect task."""

import functools
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from matching.link import Linkage
from pipelines.answers.judgements import reported_judgements, settle
from pipelines.answers.returned import read_returned
from pipelines.files.refusal import Refusal
from pipelines.intake.drift import compare_profiles, fall_back, profile
from pipelines.intake.supersede import supersede
from pipelines.intake.take_in import Exports, IntakeTables, ingest, read_exports
from pipelines.persons.households import draw_in_households
from pipelines.persons.link_records import MODEL, BadModel, link_records, reviewed_model
from pipelines.persons.nearest import explain_absences
from pipelines.persons.resolve import Persons, resolve
from pipelines.reconcile.step import Reported, reconcile
from pipelines.store.county_file import COUNTY_FILE, registries_of
from pipelines.store.runs import (
    Busy,
    exclusive,
    outbox_of,
    private_folder,
    publish,
    published_before,
    start_run,
    write_report,
    write_tables,
    write_text,
)
from pipelines.store.snapshots import Snapshots
from reports.listings import PAIRS_SHEET
from reports.offices import write_returns
from reports.weekly import write_weekly
from reports.workbooks import write_workbooks
from schemas.registry import Registry, registries, using_registries
from schemas.settings import Cohort, CountyFileError

Through = Callable[..., Any]


class StepFailed(Exception):
    """A step broke off. Says which step, which kind of error and where; the error's own text may quote a child's
    name or number and is left out."""


class NothingPublished(Exception):
    """The run cannot give a result anybody may rely on; the message says why, in Chinese. Exit status 2.

    ``refused``: the files that could not be taken in, each with its own message.
    """

    def __init__(self, why: str, refused: Sequence[Refusal] = ()) -> None:
        super().__init__(why)
        self.refused = list(refused)


@dataclass(slots=True)
class Outcome:
    """What a run tells its caller: counts and places, no values of persons."""

    run: Path
    outbox: Path
    candidates: int
    blocking_recall: float | None
    left_out: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def directly(step: Callable[..., Any], *arguments: Any) -> Any:
    """Call a step as what it is, a function."""
    return step(*arguments)


def run_job(
    root: Path,
    as_of: date,
    townships: Sequence[str] | None = None,
    through: Through = directly,
    cohort: Cohort | None = None,
    accept_drift: bool = False,
) -> Outcome:
    """Reconcile what lies under ``root/raw`` and publish under ``root/curated`` and ``root/outbox``.

    Raises NothingPublished where no core registry can be read or ``root/county.toml`` does not hold together, Busy where
    another run is at work. ``townships`` limits the workbooks that are written; the tables always hold the whole county.
    ``accept_drift``: publish from a registry even though it lost more than a third of its rows.
    """
    if not (root / "raw").is_dir():
        raise NothingPublished("没有 raw 文件夹。请把各系统导出的文件放入 raw/xueji、raw/guofu、raw/canlian 等文件夹")
    with using_registries(_registries_of(root)):
        return _run(root, as_of, townships, through, cohort or Cohort(), accept_drift)


def _registries_of(root: Path) -> dict[str, Registry]:
    try:
        return registries_of(root)
    except CountyFileError as error:
        raise NothingPublished(f"{COUNTY_FILE} 有误：{error}") from None


def _run(
    root: Path, as_of: date, townships: Sequence[str] | None, through: Through, cohort: Cohort, accept_drift: bool
) -> Outcome:
    clock = _Clock()
    try:
        model = reviewed_model(root)
    except BadModel as bad:
        raise NothingPublished(str(bad)) from None
    with exclusive(root):
        exports: Exports = clock("read", through, read_all, root)
        tables: IntakeTables = clock("ingest", through, ingest, exports, as_of)
        profiles = clock("ingest", through, profile, exports, tables.records)
        drift = clock("ingest", through, compare_profiles, published_before(root, "profiles"), profiles)
        if not accept_drift and clock("read", through, stand_in, root, exports, drift):
            tables = clock("ingest", through, ingest, exports, as_of)
            profiles = clock("ingest", through, profile, exports, tables.records)
        left_out = left_out_of(exports, set(tables.records["registry"]))
        tables.records = clock("standardise", through, draw_in_households, tables.records, as_of)
        returned, unread = clock("read", through, read_returned, root / "inbox")
        linkage: Linkage = clock("link", through, link_records, tables.records, model)
        judged_before = published_before(root, "verdicts")
        verdicts, mistaken = clock("link", through, reported_judgements, returned[PAIRS_SHEET.title], judged_before, as_of)
        linkage, denied = clock("link", through, settle, linkage, tables.records, verdicts, judged_before, as_of)
        said = Reported(returned, unread + mistaken + denied)
        earlier = [published_before(root, table) for table in ("person_keys", "person_events")]
        who: Persons = clock("resolve", through, resolve, tables.records, linkage.clusters, *earlier, as_of)
        published = clock("reconcile", through, reconcile, root, tables, linkage, who, said, as_of, cohort)
        listed = published["unaccounted"].to_pandas()
        published["absences"] = clock("absence", through, explain_absences, linkage, who.identities, listed)
        run = start_run(root, as_of)
        published |= {
            "identities": who.identities,
            "person_keys": who.keys,
            "person_events": who.events,
            "links": linkage.links,
            "verdicts": verdicts,
            "profiles": profiles,
            "drift": drift,
        }
        clock("write", through, write_tables, run, published)
        clock("workbooks", through, write_workbooks, run, private_folder(run / "workbooks"), as_of, townships)
        clock("workbooks", through, write_weekly, run, run / "workbooks", as_of, townships)
        if townships is None:
            clock("workbooks", through, write_returns, run, run / "workbooks", as_of)
        report = {
            "as_of": as_of.isoformat(),
            "left_out": left_out,
            "candidate_pairs": linkage.candidates,
            "blocking_recall": linkage.recall.estimate,
            "blocks_left_out": linkage.left_out,
        }
        write_report(run, report)
        write_text(run / MODEL, linkage.model.to_json())
        outbox = outbox_of(root, as_of)
        clock("publish", through, publish, root, run, outbox)
        _forget_snapshots(root)
    return Outcome(run, root / "outbox" / outbox, linkage.candidates, linkage.recall.estimate, left_out, clock.seconds)


def read_all(root: Path) -> Exports:
    """The sheets under ``root/raw``, without those of superseded exports."""
    exports = read_exports(root / "raw", Snapshots(root / "curated" / "snapshots"))
    supersede(exports)
    return exports


def stand_in(root: Path, exports: Exports, drift: pd.DataFrame) -> bool:
    """Put the last run's sheets in the place of a registry that lost a third; was there one?"""
    try:
        return fall_back(exports, drift, published_before(root, "files"), Snapshots(root / "curated" / "snapshots"))
    except LookupError as error:
        raise NothingPublished(str(error.args[0]), exports.refused) from None


def _forget_snapshots(root: Path) -> None:
    """Keep those of the runs that are kept."""
    runs = (root / "curated" / "runs").glob("*/files.parquet")
    wanted = {digest for run in runs for digest in pq.read_table(run, columns=["sha256"])["sha256"].to_pylist() if digest}
    Snapshots(root / "curated" / "snapshots").keep(wanted)


def left_out_of(exports: Exports, there: set[str]) -> list[str]:
    """What this run must do without, in Chinese: core registries that are absent, files that were refused. ``there``: the
    registries of which a row was accepted.

    Raises NothingPublished where what is left cannot tell who is at school, or who should be.
    """
    roles = {registries()[key].role for key in there}
    if not there:
        raise NothingPublished(
            "没有可用的导出文件。请把各系统导出的文件放入 raw/xueji、raw/guofu、raw/canlian 等文件夹", exports.refused
        )
    if "student" not in roles:
        # Without student records every child would be listed: nineteen townships would climb for nothing.
        raise NothingPublished("缺少学籍系统的导出（raw/xueji），无法判断谁在校。请补齐后重新运行", exports.refused)
    if not roles & {"household", "poverty"}:
        raise NothingPublished("缺少公安户籍和国扶系统的导出，无从得知本县应有哪些儿童。请补齐其一后重新运行", exports.refused)
    absent = [f"{r.title}（raw/{r.key} 没有可用的文件）" for r in registries().values() if r.core and r.key not in there]
    refused = [f"《{r.file}》" for r in exports.refused if r.row is None]
    return absent + list(exports.stale.values()) + list(dict.fromkeys(refused))


def guarded(step: Callable[..., Any]) -> Callable[..., Any]:
    """``step`` with every unforeseen error turned into StepFailed, before anything can log the error's text."""

    @functools.wraps(step)
    def safe(*arguments: Any) -> Any:
        try:
            return step(*arguments)
        except (NothingPublished, Busy, StepFailed):
            raise
        except Exception as error:
            at = traceback.extract_tb(error.__traceback__)[-3:]
            where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(at))
            raise StepFailed(f"{step.__name__}: {type(error).__name__} at {where}") from None

    return safe


class _Clock:
    """Seconds per step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, name: str, through: Through, step: Callable[..., Any], *arguments: Any) -> Any:
        start = time.perf_counter()
        try:
            return through(guarded(step), *arguments)
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
