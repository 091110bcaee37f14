"""Take one person out of a data folder, and look into every file of it whether anything is left.

What was published stays consistent: the tables of the current run are emptied of the person, audited as a night's are, and only then put in their place.
Exports are read only. A person whom the next exports still have is counted again, under a new number: a purge takes out what was known, never a child
who is due.
"""

import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.files.opening import read_file, write_private
from pipelines.purge.mentions import files_with
from pipelines.purge.purge_places import REMOVED, REWRITTEN, Place, by_place, told
from pipelines.purge.purged_books import without_person_in_book
from pipelines.purge.purged_tables import without_person
from pipelines.purge.rewriting import (
    Purged,
    PurgedFolder,
    PurgeRefused,
    close_folder,
    opened_folder,
    rewrite_tables,
    tables_to_change,
)
from pipelines.purge.subject import PurgedPerson, subject_of
from pipelines.store.deliveries import sending
from pipelines.store.lock import exclusive
from pipelines.store.snapshots import Snapshots

_MOST_NAMED = 8


def purge_person(root: Path, asked: str, even_if_listed: bool, confirmed: bool) -> Purged:
    """Take out the person of the number, or the ID number, ``asked``. Not ``confirmed``: only says what it would touch. Raises PurgeRefused where
    there is no such person, or it is on the list and not ``even_if_listed``; Busy, AuditFailed and StoreRefused."""
    with exclusive(root), sending(root):
        folder = opened_folder(root)
        columns = [column for registry in folder.settings.registries.values() for column in registry.columns]
        try:
            subject = subject_of(
                folder.tables, folder.state, asked, {heading for column in columns for heading in column.headings}
            )
        except PurgeRefused:
            if confirmed:  # one that was killed may have left no more to do than this
                close_folder(folder)
            raise
        if subject.listed and not even_if_listed:
            raise PurgeRefused(
                f"{subject.persons[0]} 在当前名单上，须先核查销号。确要清除（名单上这一行将只剩编号；导出里还有此人的，下次比对重新列入），"
                "请加 --even-if-listed"
            )
        files, _ = files_with(root, (*subject.marks, *subject.persons))
        found = by_place(root, {*files, *_snapshots(folder, subject)}, folder.run.run_id)
        done = Purged([_whom(subject)])
        if not confirmed:
            done.lines += _would_touch(folder, found, subject)
            done.lines.append("还没有清除。确认请加 --yes")
            done.left = True
            return done
        counts = _carry_out(folder, subject, found)
        done.lines += _counted("已", counts)
        left, closed = files_with(root, subject.marks)
        remaining = list(_remaining(by_place(root, left, folder.run.run_id), subject, root, closed))
        done.left = bool(remaining) or not subject.marks  # without anything to look for nobody can say that nothing is left
        done.lines += remaining or ["逐个文件查过：文件夹里不再有此人的证号和独有的姓名"] * bool(subject.marks)
        done.lines += _beyond(subject)
        return done


def _carry_out(folder: PurgedFolder, subject: PurgedPerson, found: dict[Place, list[Path]]) -> Counter[Place]:
    """Do it; how many files, and folders of runs, were rewritten or removed."""
    counts: Counter[Place] = Counter()

    def files() -> None:
        for place in (Place.BOOKS, Place.INBOX, Place.FORGOTTEN):
            counts[place] = sum(_rewritten(path, subject) for path in found.get(place, []))
        counts.update(_remove(folder, found))

    counts[Place.DATABASE] = 1
    counts[Place.TABLES] = rewrite_tables(
        folder, lambda name, table: without_person(name, table, subject), {"person": subject.persons[0]}, files
    )
    close_folder(folder)
    return counts


def _snapshots(folder: PurgedFolder, subject: PurgedPerson) -> list[Path]:
    """The exports as they were read in which the person has a row."""
    read = pq.read_table(folder.tables / "files.parquet", columns=["registry", "file", "sha256"]).to_pylist()
    own = {row[:2] for row in subject.rows}
    return Snapshots(folder.root / "curated" / "snapshots").of(
        [file["sha256"] for file in read if file["sha256"] and (file["registry"], file["file"]) in own]
    )


def _rewritten(path: Path, subject: PurgedPerson) -> bool:
    """Rewrite a workbook, or a table of the history that was forgotten, without the person; False where nothing changed or it cannot be."""
    try:
        if path.suffix == ".parquet":
            pq.write_table(without_person(path.stem, pq.read_table(path), subject), path, compression="zstd")
            return True
        new = without_person_in_book(read_file(path), subject)
        if new is not None:
            write_private(path, new)
        return new is not None
    except (zipfile.BadZipFile, UnicodeDecodeError, IndexError, pa.ArrowException, PermissionError):
        return False  # what is left is found afterwards


def _remove(folder: PurgedFolder, found: dict[Place, list[Path]]) -> Counter[Place]:
    counts: Counter[Place] = Counter()
    for old in _old_runs(folder, found):
        shutil.rmtree(old, ignore_errors=True)
        counts[Place.OLD_RUNS] += not old.exists()
    for place in (Place.SNAPSHOTS, Place.COPIES):
        for path in found.get(place, []):
            with suppress(OSError):  # open in another program: what is left is found afterwards
                path.unlink(missing_ok=True)
                counts[place] += 1
    return counts


def _old_runs(folder: PurgedFolder, found: dict[Place, list[Path]]) -> list[Path]:
    """The folders of earlier runs in which something was found: each goes as a whole."""
    runs = folder.root / "curated" / "runs"
    return sorted({runs / path.relative_to(runs).parts[0] for path in found.get(Place.OLD_RUNS, [])})


def _whom(subject: PurgedPerson) -> str:
    merged = f"（并入它的 {'、'.join(subject.persons[1:])}）" if len(subject.persons) > 1 else ""
    return f"人员 {subject.persons[0]}{merged}：记录 {len(subject.rows)} 条，个案 {len(subject.cases)} 件"


def _counted(when: str, counts: Mapping[Place, int]) -> Iterator[str]:
    """The same lines before it is done (将) and afterwards (已), so that they can be laid beside each other."""
    yield f"{when}改写（文件数）：{told(counts, REWRITTEN) or '无'}"
    yield f"{when}删除（文件数；以前各次比对是文件夹数）：{told(counts, REMOVED) or '无'}"


def _would_touch(folder: PurgedFolder, found: dict[Place, list[Path]], subject: PurgedPerson) -> Iterator[str]:
    counts = {place: len(files) for place, files in found.items()} | {
        Place.DATABASE: 1,
        Place.TABLES: tables_to_change(folder, lambda name, table: without_person(name, table, subject)),
        Place.OLD_RUNS: len(_old_runs(folder, found)),
    }
    yield from _counted("将", counts)
    if counts.get(Place.SNAPSHOTS):
        yield "  快照删除后，某系统缺导出时不能再沿用上次的，下次比对会写明缺少；请备齐各系统的导出"
    if kept := told(counts, (Place.RAW, Place.OTHER)):
        yield f"不会动、须另行处理的：{kept}"
    yield from _rows(subject)


def _rows(subject: PurgedPerson) -> Iterator[str]:
    if subject.rows:
        rows = "、".join(f"《{file}》{sheet or ''}第{row}行" for _, file, sheet, row in subject.rows[:_MOST_NAMED])
        yield f"原始导出里的行（由各单位在本系统删除后重新导出，旧的导出文件删掉）：{rows}"


def _remaining(left: dict[Place, list[Path]], subject: PurgedPerson, root: Path, closed: list[Path]) -> Iterator[str]:
    """What is left, and where, in Chinese."""
    for place, files in left.items():
        named = "、".join(path.relative_to(root).as_posix() for path in files[:_MOST_NAMED])
        more = f" 等 {len(files)} 个" if len(files) > _MOST_NAMED else ""
        yield f"还有：{place}：{named}{more}。" + ("" if place is Place.RAW else "请手工删除或改好")
        if place is Place.RAW:
            yield from _rows(subject)
    if closed:
        named = "、".join(path.relative_to(root).as_posix() for path in closed[:_MOST_NAMED])
        yield f"加密或打不开、查不了的文件 {len(closed)} 个：{named}"


def _beyond(subject: PurgedPerson) -> Iterator[str]:
    if not subject.numbers:
        yield (
            "此人没有独有的证号，逐个文件只能按独有的姓名查找"
            if subject.names
            else "此人没有独有的证号和姓名，不能逐个文件查找；已按编号和原始行清除"
        )
    if subject.shared:
        yield f"其姓名或证号有 {len(subject.shared)} 个与别人相同，只在其本人的行里清除，没有逐个文件查找"
    yield "查不到的：已经送出的核查表、别处的备份、磁盘上已删除文件的痕迹，请另行清理"
