"""Take out what lies before a day: folders of runs and workbooks, files that were sent back, what closed cases showed, answers that have no effect.

Retention (``pipelines.store.retention``) removes folders night by night as the settings say; this is the one time that somebody names a day, and that values
of persons leave the store. What decides about a child today stays: open cases, answers in effect, judgements on pairs, the keys of person numbers.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.answers.receipts import receipts
from pipelines.purge.purge_places import Place, place_of, told
from pipelines.purge.purged_tables import emptied
from pipelines.purge.rewriting import Purged, PurgedFolder, PurgeRefused, close_folder, opened_folder, rewrite_tables
from pipelines.store.deliveries import sending
from pipelines.store.forgotten import FORGOTTEN
from pipelines.store.lock import exclusive
from pipelines.store.retention import day_folders, forget_snapshots
from pipelines.store.runs import folder_of
from schemas.calendar import day_of_moment

_WITHOUT_EFFECT = ("superseded", "lapsed", "overtaken", "refused")  # states of answers
_OF_CASES = ("case_log", "cases", "changes")


def purge_before(root: Path, day: date, confirmed: bool) -> Purged:
    """Take out what lies before ``day``. Not ``confirmed``: only says what it would touch. Raises PurgeRefused where the day is later than the
    current run's; Busy, AuditFailed and StoreRefused."""
    with exclusive(root), sending(root):
        folder = opened_folder(root)
        if day > folder.run.as_of:
            raise PurgeRefused(f"--before {day} 不能晚于当前结果的比对日期 {folder.run.as_of}")
        gone = {place: list(files) for place, files in _files(folder, day).items() if files}
        closed, answers = _closed_cases(folder, day), _answers(folder, day)
        emptied_rows = (
            f"已销号个案的内容 {len(closed):,} 件，不再起作用的答复 {len(answers):,} 条（个案编号、日期和各项合计保留）"
        )
        if not confirmed:
            return Purged(["将删除 " + _counted(day, gone), "将清空 " + emptied_rows, "还没有清除。确认请加 --yes"], left=True)
        rewrite_tables(folder, lambda name, table: _without(name, table, closed, answers), {"before": day.isoformat()})
        left = {place: [path for path in files if not _removed(path)] for place, files in gone.items()}
        went = {place: [path for path in files if path not in left[place]] for place, files in gone.items()}
        for path in (root / FORGOTTEN).glob("*/case_log.parquet"):
            table = pq.read_table(path)
            pq.write_table(emptied("case_log", table, pc.less(table["as_of"], pa.scalar(day))), path, compression="zstd")
        forget_snapshots(root, timedelta())
        close_folder(folder)
        left_words = [
            f"还有：{path.relative_to(root).as_posix()} 删不掉（可能正被打开），请关闭后重新运行"
            for files in left.values()
            for path in files
        ]
        lines = ["已删除 " + _counted(day, went), "已清空 " + emptied_rows, *left_words, *_stays(folder, day)]
        return Purged(lines, left=bool(left_words))


def _counted(day: date, gone: Mapping[Place, Sequence[Path]]) -> str:
    counts = {place: len(files) for place, files in gone.items()}
    return f"{day} 以前的（文件或文件夹数）：{told(counts, Place) or '无'}"


def _files(folder: PurgedFolder, day: date) -> dict[Place, Iterator[Path] | list[Path]]:
    """Files and folders that lie before the day, by place."""
    root, read = folder.root, _moment(folder.run.finished)
    current, outboxes = folder.run.run_id, {folder.run.outbox}
    older = [folder_of(root, run.run_id) for run in folder.published if run.as_of < day and run.run_id != current]
    copies = (path for path in root.rglob("*") if path.is_file() and not path.is_symlink() and _before(path, day))
    return {
        Place.OLD_RUNS: [path for path in older if path.is_dir()],
        Place.BOOKS: [
            *(path for path, of in day_folders(root / "outbox") if of < day and path.name not in outboxes),
            *(path for path, of in receipts(root) if of < day),
        ],
        # A file is read by every night, so that one from before the current run was.
        Place.INBOX: [
            path for path in (root / "inbox").rglob("*") if path.is_file() and _before(path, day) and path.stat().st_mtime < read
        ],
        Place.COPIES: [path for path in copies if path.relative_to(root).parts[0] != "raw" and _is_copy(root, path, current)],
    }


def _is_copy(root: Path, path: Path, run_id: str) -> bool:
    return place_of(root, path, run_id) is Place.COPIES and path.name not in (".lock", ".sending")


def _before(path: Path, day: date) -> bool:
    return day_of_moment(path.stat().st_mtime) < day


def _moment(finished: str | None) -> float:
    return datetime.fromisoformat(finished).timestamp() if finished else time.time()


def _closed_cases(folder: PurgedFolder, day: date) -> pa.Array:
    """Cases whose last entry closed them, before the day."""
    log = folder.state["case_log"]
    last = log.group_by("case_id").aggregate([("entry", "max")]).rename_columns(["case_id", "entry"])
    ends = log.select(["entry", "event", "as_of"]).join(last, "entry", join_type="inner")
    closed = pc.and_(pc.equal(ends["event"], "closed"), pc.less(ends["as_of"], pa.scalar(day)))
    return ends.filter(closed)["case_id"].combine_chunks().sort()


def _answers(folder: PurgedFolder, day: date) -> pa.Array:
    """Answers that came before the day and have no effect."""
    answers = folder.state["answers"]
    old = pc.and_(pc.is_in(answers["state"], pa.array(_WITHOUT_EFFECT)), pc.less(answers["received_on"], pa.scalar(day)))
    return answers.filter(pc.fill_null(old, False))["answer_id"].combine_chunks()


def _without(name: str, table: pa.Table, closed: pa.Array, answers: pa.Array) -> pa.Table:
    if name in _OF_CASES:
        return emptied(name, table, pc.is_in(table["case_id"], value_set=closed))
    if name == "answers":
        return table.filter(pc.invert(pc.is_in(table["answer_id"], value_set=answers)))
    return table


def _removed(path: Path) -> bool:
    remove: Callable[[Path], None] = shutil.rmtree if path.is_dir() else Path.unlink
    try:
        remove(path)
    except OSError:
        return not path.exists()
    return True


def _stays(folder: PurgedFolder, day: date) -> Iterator[str]:
    yield f"保留的：{day} 以后的和当前结果 {folder.run.run_id}、未销号的个案、起作用的答复、同一人的判断、人员编号的凭据、操作记录和送达记录"
    yield "不会动的：raw 里的原始导出（旧的请自行删除）、已经送出的核查表、别处的备份"
