"""The whole job as plain steps in order. ``through`` is how a step is called: directly, or as a Prefect task."""

import functools
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from matching.link import Linkage
from pipelines.absence import explain_absences
from pipelines.conform import conform
from pipelines.households import draw_in_households
from pipelines.match import MODEL, BadModel, link_records, reviewed_model
from pipelines.publish import Busy, exclusive, private_folder, publish, start_run, write_report, write_tables, write_text
from pipelines.read import Exports, read
from pipelines.reconcile.answers import confirm, read_answers
from pipelines.reconcile.facts import Cohort, prepare
from pipelines.reconcile.findings import find_discrepancies
from pipelines.reconcile.unaccounted import list_unaccounted
from pipelines.refusal import Refusal
from pipelines.resolve import Persons, resolve
from pipelines.standardise import notices_frame, refusals_frame, standardise
from pipelines.validate import validate
from reports.workbooks import write_workbooks
from schemas.registry import registries
from schemas.tables import TABLES

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
class Tables:
    """What ingest hands on: the accepted records and the account of everything else."""

    records: pd.DataFrame
    quarantine: pd.DataFrame
    notices: pd.DataFrame
    files: pd.DataFrame


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
    root: Path, as_of: date, townships: Sequence[str] | None = None, through: Through = directly, cohort: Cohort | None = None
) -> Outcome:
    """Reconcile what lies under ``root/raw`` and publish under ``root/curated`` and ``root/outbox``.

    Raises NothingPublished where no core registry can be read, Busy where another run is at work. ``townships`` limits
    the workbooks that are written; the tables always hold the whole county.
    """
    clock = _Clock()
    if not (root / "raw").is_dir():
        raise NothingPublished("没有 raw 文件夹。请把各系统导出的文件放入 raw/xueji、raw/guofu、raw/canlian 等文件夹")
    try:
        model = reviewed_model(root)
    except BadModel as bad:
        raise NothingPublished(str(bad)) from None
    with exclusive(root):
        exports: Exports = clock("read", through, read, root / "raw")
        left_out = left_out_of(exports)
        tables: Tables = clock("validate", through, ingest, exports)
        tables.records = clock("standardise", through, draw_in_households, tables.records, as_of)
        linkage: Linkage = clock("link", through, link_records, tables.records, model)
        earlier = [_earlier(root, table) for table in ("person_keys", "person_events")]
        who: Persons = clock("resolve", through, resolve, tables.records, linkage.clusters, *earlier, as_of)
        published = clock("reconcile", through, reconcile, root, tables, linkage, who.identities, as_of, cohort or Cohort())
        listed = published["unaccounted"].to_pandas()
        published["absences"] = clock("absence", through, explain_absences, linkage, who.identities, listed)
        run = start_run(root, as_of)
        published |= {
            "identities": who.identities,
            "person_keys": who.keys,
            "person_events": who.events,
            "links": linkage.links,
        }
        clock("write", through, write_tables, run, published)
        clock("workbooks", through, write_workbooks, run, private_folder(run / "workbooks"), as_of, townships)
        report = {
            "as_of": as_of.isoformat(),
            "left_out": left_out,
            "candidate_pairs": linkage.candidates,
            "blocking_recall": linkage.recall.estimate,
            "blocks_left_out": linkage.left_out,
        }
        write_report(run, report)
        write_text(run / MODEL, linkage.model.to_json())
        clock("publish", through, publish, root, run, as_of)
    outbox = root / "outbox" / as_of.isoformat()
    return Outcome(run, outbox, linkage.candidates, linkage.recall.estimate, left_out, clock.seconds)


def left_out_of(exports: Exports) -> list[str]:
    """What this run must do without, in Chinese: core registries that are absent, files that were refused.

    Raises NothingPublished where what is left cannot tell who is at school, or who should be.
    """
    there = {s.registry.key for s in exports.sheets}
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
    return absent + list(dict.fromkeys(refused))


def ingest(exports: Exports) -> Tables:
    """Validate and standardise every sheet. Record ids follow files, sheets and rows: ``xueji.1.1.25``."""
    frames, refusals, notices, files = [], list(exports.refused), [], []
    numbers: dict[str, list[str]] = {}
    for sheet in exports.sheets:
        accepted, refused = validate(sheet)
        frame, noticed = standardise(sheet, accepted)
        seen = numbers.setdefault(sheet.registry.key, [])
        if f"{sheet.file}\t{sheet.sheet}" not in seen:
            seen.append(f"{sheet.file}\t{sheet.sheet}")
        number = f"{sheet.registry.key}.{len(seen)}."
        frame.insert(0, "record_id", number + frame["row"].astype("str").str.zfill(7))
        frames.append(frame)
        refusals += refused
        notices += noticed
        files.append(
            {
                "registry": sheet.registry.key,
                "file": sheet.file,
                "sheet": sheet.sheet,
                "sha256": sheet.sha256,
                "status": "read",
                "heading_row": sheet.heading_row,
                "rows": len(sheet.cells),
                "accepted": len(frame),
                "quarantined": len(refused),
                "message": "未识别的列：" + "、".join(sheet.extra) if sheet.extra else None,
            }
        )
    files += [_refused_file(r) for r in exports.refused]
    return Tables(pd.concat(frames, ignore_index=True), refusals_frame(refusals), notices_frame(notices), pd.DataFrame(files))


def _refused_file(refusal: Refusal) -> dict[str, object]:
    return {
        "registry": refusal.registry,
        "file": refusal.file,
        "sheet": refusal.sheet,
        "sha256": None,
        "status": "refused",
        "heading_row": None,
        "rows": 0,
        "accepted": 0,
        "quarantined": 0,
        "message": refusal.message,
    }


def reconcile(
    root: Path, tables: Tables, linkage: Linkage, identities: pd.DataFrame, as_of: date, cohort: Cohort
) -> dict[str, pa.Table | pd.DataFrame]:
    """The tables persons, findings, unaccounted, and the account of the rows."""
    given, refused = read_answers(root / "inbox", as_of)
    names = tables.records[["record_id", "name"]].merge(identities[["record_id", "person_id"]], on="record_id")
    answers, mistaken = confirm(given, names)
    quarantine = pd.concat([tables.quarantine, refusals_frame(refused + mistaken)], ignore_index=True)
    records = conform(tables.records, "records")
    with duckdb.connect() as con:
        con.register("records", records)
        con.register("identities", conform(identities, "identities"))
        con.register("links", conform(linkage.links, "links"))
        con.register("answers", _arrow(answers))
        con.register("earlier", _arrow(_earlier(root, "unaccounted")))
        prepare(con, as_of, cohort)
        findings = find_discrepancies(con)
        unaccounted = list_unaccounted(con)
        persons = con.sql("select * from persons order by person_id").to_arrow_table()
    return {
        "records": records,
        "quarantine": quarantine,
        "notices": tables.notices,
        "files": tables.files,
        "persons": persons,
        "findings": findings,
        "unaccounted": unaccounted,
    }


def _earlier(root: Path, table: str) -> pd.DataFrame:
    """A table of the run published before; empty where there is none."""
    path = root / "curated" / "current" / f"{table}.parquet"
    if path.exists():
        return pq.read_table(path).to_pandas()
    return TABLES[table].empty_table().to_pandas()


def _arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False)


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
