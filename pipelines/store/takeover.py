"""Taking over a data folder of a version that had no database: state travelled in the published tables then. The same way leads
back from a database that was lost or damaged."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, insert

from pipelines.store.database import StoreRefused
from pipelines.store.noted_runs import now, write_audit
from pipelines.store.state import insert_rows, with_place
from pipelines.store.state_tables import LATER_TABLES, RUNS, STATE_KEYS
from schemas.tables import TABLES

_REPORT = "report.json"  # written after a run's tables and workbooks
_NAME = re.compile(r"\d{8}-\d+")


def noted_run(root: Path) -> tuple[str, str] | None:
    """(run, outbox) of the swap that the version before had noted and not carried out, if there is one that can be read."""
    try:
        noted = json.loads((root / "curated" / "publishing.json").read_text(encoding="utf-8"))
        run, outbox = Path(noted["run"]).name, Path(noted["outbox"]).name
    except (OSError, ValueError, KeyError, TypeError):
        return None
    whole = _NAME.fullmatch(run) and (root / "curated" / "runs" / run / _REPORT).exists()
    return (run, outbox) if whole else None


def take_over(connection: Connection, root: Path, noted: tuple[str, str] | None) -> list[str]:
    """Bring the state of the newest run that can be read into the empty store, and make that run the current one. Returns, in Chinese,
    what was lost. Raises StoreRefused where there are runs and none can be read."""
    candidates = list(_candidates(root, noted))
    for place, run in enumerate(candidates):
        state = _state_of(run)
        if state is None:
            continue
        for name, table in state.items():
            insert_rows(connection, name, with_place(name, table))
        outbox = noted[1] if noted and noted[0] == run.name else None
        known = [other for other in candidates if _number(other) < _number(run)]
        for other in (*known, run):
            followed = None if other is run and outbox else now()
            connection.execute(insert(RUNS).values(_row(other, outbox if other is run else None, followed)))
        write_audit(connection, "takeover", run.name, {name: len(table) for name, table in state.items()})
        notes = (
            [f"完好的结果 {'、'.join(o.name for o in candidates[:place])}（已损坏，编号和个案取自 {run.name}，请核对）"]
            if place
            else []
        )
        if _had_store(run):
            notes.append(f"原来的数据库（已由结果 {run.name} 重建，运行记录从此重新开始）")
        return notes
    if candidates:
        raise StoreRefused(
            f"{root / 'curated' / 'runs'} 里以前的结果都读不出来。为免人员编号和个案编号重排，没有运行。"
            "请用 bidui restore 从备份恢复；没有备份的，把 curated 文件夹改名后重新运行，一切从头编号"
        )
    return []


def _candidates(root: Path, noted: tuple[str, str] | None) -> Iterator[Path]:
    """The runs that may be taken over: the one noted, the current one, then the others that ended, the newest first."""
    runs, current = root / "curated" / "runs", root / "curated" / "current"
    named = [run for run in runs.iterdir() if _NAME.fullmatch(run.name) and (run / _REPORT).exists()]
    ended = sorted(named, key=_number, reverse=True)
    first = [runs / noted[0]] if noted else []
    if current.is_symlink():
        first += [run for run in ended if run.name == current.resolve().name]
    elif current.is_dir():  # a copy, where the system grants no links: the newest run that has the same report
        first += [run for run in ended if _same(run / _REPORT, current / _REPORT)][:1]
    last = _number(first[0]) if first else None
    for run in dict.fromkeys([*first, *ended]):
        if last is None or _number(run) <= last:
            yield run


def _state_of(run: Path) -> dict[str, pa.Table] | None:
    """The state tables of a run, columns that it did not write null and a table that no version had then without rows; None where one
    cannot be read."""
    state = {}
    for name in STATE_KEYS:
        if name in LATER_TABLES and not (run / f"{name}.parquet").exists():
            state[name] = TABLES[name].empty_table()
            continue
        try:
            table = pq.read_table(run / f"{name}.parquet")
        except (OSError, pa.ArrowException):
            return None
        for field in TABLES[name]:
            if field.name not in table.column_names:
                table = table.append_column(field, pa.nulls(len(table), field.type))
        state[name] = table.select(TABLES[name].names).cast(TABLES[name])
    return state


def _row(run: Path, outbox: str | None, followed: str | None) -> dict[str, object]:
    ended = datetime.fromtimestamp((run / _REPORT).stat().st_mtime, UTC).isoformat(timespec="seconds")
    return {
        "number": _number(run), "run_id": run.name, "as_of": _day_of(run), "started": ended, "finished": ended, "state": "published",
        "outbox": outbox, "followed": followed, "left_out": "[]", "versions": "{}",
    }  # fmt: skip


def _day_of(run: Path) -> date:
    """The day that a run's name begins with."""
    return datetime.strptime(run.name.partition("-")[0], "%Y%m%d").date()


def _number(run: Path) -> int:
    return int(run.name.rpartition("-")[2])


def _had_store(run: Path) -> bool:
    """Was the run published through a store? Its report then names it."""
    try:
        return "run" in json.loads((run / _REPORT).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


def _same(left: Path, right: Path) -> bool:
    try:
        return left.read_bytes() == right.read_bytes()
    except OSError:
        return False
