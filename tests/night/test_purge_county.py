"""A purge in a whole county, after two nights with answers and receipts: nothing of the person is in any file, whatever it is searched with, and
everybody else is still there. All persons are made up (虚构)."""

import os
import re
import shutil
import signal
import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import duckdb
import psycopg
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from bidui.cli import main
from pipelines.answers.collected import collect, note_receipts
from pipelines.answers.receipts import write_receipts
from pipelines.demo.make_county import make_county
from pipelines.purge.purged_tables import EMPTIED, MARK
from pipelines.store.county_file import settings_of
from pipelines.store.state_tables import STATE_KEYS
from reports.listings import CHILDREN_SHEET
from schemas.calendar import CHINA
from tests.lib.edited_returns import fill
from tests.lib.nights import night
from tests.lib.warm_program import ROOT, WarmProgram

pytestmark = pytest.mark.long

FIRST, SECOND = date(2020, 4, 15), date(2020, 4, 22)


def two_nights(root: Path, setting: str | None = None) -> Path:
    """The folder of a county after two nights; between them a township answered for all its children, and had a receipt."""
    make_county(root, children=100, seed=4, as_of=FIRST)
    database = f'database = "{setting}"\n' if setting else ""
    kept = "[retention]\noutbox_days = 36500\n"  # receipts of that day would be forgotten tonight
    (root / "county.toml").write_text(database + kept, encoding="utf-8")
    night(root, FIRST, townships=None)
    township, _, _ = somebody(root)
    (sent,) = (root / "outbox" / FIRST.isoformat()).rglob(f"{township}_*.xlsx")
    book = load_workbook(sent)
    sheet = book[CHILDREN_SHEET.title]
    for row in range(2, sheet.max_row + 1):
        fill(sheet, row, {"said": "确属辍学", "checked_by": "韦某", "checked_on": "2020-04-17"})
    returned = root / "inbox" / f"{township}.xlsx"
    returned.parent.mkdir(exist_ok=True)
    book.save(returned)
    os.utime(returned, (0, 0))
    copies = collect(root)
    assert write_receipts(root, copies, settings_of(root), datetime(2020, 4, 17, 12, 30, tzinfo=CHINA))
    note_receipts(copies)
    night(root, SECOND, townships=None)
    return root


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_nights(tmp_path_factory.mktemp("made") / "county")


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "county", symlinks=True)


def somebody(root: Path) -> tuple[str, str, str]:
    """Township, person number and name of a listed child whose name nobody else's contains."""
    current = root / "curated/current"
    query = f"""
        select township, person_id, name from '{current}/unaccounted.parquet' u where length(name) > 2 and township is not null
            and (select count(*) from '{current}/records.parquet' r join '{current}/identities.parquet' i using (record_id)
                where i.person_id <> u.person_id and contains(concat_ws('|', r.name, r.guardian, r.village, r.hamlet, r.school), u.name)) = 0
        order by (select count(*) from '{current}/unaccounted.parquet' o where o.township = u.township) desc, person_id
    """
    return duckdb.sql(query).limit(1).fetchall()[0]


def texts(content: bytes, name: str) -> Iterator[str]:
    """All that stands in a file: of a workbook the cells and the parts, of a table the values, of a database its dump, of another file its text."""
    if name.endswith(".parquet"):
        for row in pq.read_table(BytesIO(content)).to_pylist():
            yield "|".join(map(str, row.values()))
    elif content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from texts(archive.read(member), member)
        if name.endswith(".xlsx"):
            for sheet in load_workbook(BytesIO(content)).worksheets:
                for row in sheet.iter_rows():
                    for cell in row:
                        yield f"{cell.value}|{cell.comment.text if cell.comment else ''}"
    elif content.startswith(b"SQLite format 3"):
        database = sqlite3.connect(":memory:")
        database.deserialize(content)
        yield from database.iterdump()
    yield content.decode("utf-8", "replace")
    yield content.decode("gb18030", "replace")


def places_of(root: Path, marks: tuple[str, ...], setting: str | None) -> set[str]:
    """Where one of the ``marks`` stands in the data folder, but for what was exported."""
    found = set()
    for path in root.rglob("*"):
        inside = path.relative_to(root).as_posix()
        if path.is_dir() or path.is_symlink() or inside.startswith(("raw/", "truth/")):
            continue
        if any(mark in text for text in texts(path.read_bytes(), path.name) for mark in marks):
            found.add(inside)
    if setting:
        with psycopg.connect(setting) as connection:
            for table in (*STATE_KEYS, "runs", "audit", "deliveries"):
                rows = connection.execute(f"select * from {table}").fetchall()
                found |= {f"table {table}" for row in rows if any(mark in str(row) for mark in marks)}
    return found


def rows_of_others(root: Path, person: str) -> dict[str, list[str]]:
    """Table -> its rows that are not the person's, what they say of it replaced."""
    current = root / "curated/current"
    identities = pq.read_table(current / "identities.parquet").to_pylist()
    own = {person, *(row["record_id"] for row in identities if row["person_id"] == person)}
    cells = ("registry", "file", "sheet", "row")
    records = pq.read_table(current / "records.parquet").to_pylist()
    rows = {tuple(row[name] for name in cells) for row in records if row["record_id"] in own}
    columns = {name: how.by for name, how in EMPTIED.items()} | {"answers": ("person_id",), "person_keys": ("person_id",)}
    tables = {}
    for path in sorted(current.glob("*.parquet")):
        by, table = columns.get(path.stem, ()), pq.read_table(path).to_pylist()
        if by == cells:
            tables[path.stem] = [str(row) for row in table if tuple(row[name] for name in cells) not in rows]
        else:
            tables[path.stem] = [str(row) for row in table if not own & {row[column] for column in by}]
    return tables


def marks_of(root: Path, person: str, name: str) -> tuple[str, ...]:
    """The person's name and all its numbers."""
    current = root / "curated/current"
    query = f"""select distinct unnest([id_number, id_raw, id_other, certificate_number, student_number])
        from '{current}/records.parquet' join '{current}/identities.parquet' using (record_id) where person_id = '{person}'"""
    numbers = [number for (number,) in duckdb.sql(query).fetchall() if number and re.fullmatch(r".{10,}", number)]
    assert numbers
    return (name, *numbers)


def purge(root: Path, *words: str) -> int:
    return main(["purge", *words, "--yes", "--root", str(root)])


def check_gone(root: Path, person: str, marks: tuple[str, ...], others: dict[str, list[str]], setting: str | None = None) -> None:
    """Nothing says of the person more than its number, which counts; the rows of others are as they were."""
    assert places_of(root, marks, setting) == set()
    assert not {place for place in places_of(root, (person,), setting) if place.startswith(("outbox/", "inbox/"))}
    after = rows_of_others(root, person)
    for table, rows in others.items():
        told = [re.sub("|".join(map(re.escape, marks)), MARK, row) for row in rows]
        assert sorted(told) == sorted(after[table]), table
    for receipt in (root / "outbox/回执").glob("*.xlsx"):
        (people,) = (column for column in load_workbook(receipt).active.iter_cols(values_only=True) if "谁的" in column)
        assert any(str(other).startswith("P0") for other in people)


def test_nothing_of_a_person_is_left_and_everybody_else_is(tmp_path: Path, setting: str | None) -> None:
    root = two_nights(tmp_path / "county", setting)
    _, person, name = somebody(root)
    marks, others = marks_of(root, person, name), rows_of_others(root, person)
    before = places_of(root, marks, setting)
    assert any(place.startswith("outbox/回执/") for place in before) and any(place.startswith("inbox/") for place in before)
    assert not setting or "table case_log" in before
    assert purge(root, person, "--even-if-listed") == 1  # the exports still have it
    check_gone(root, person, marks, others, setting)
    night(root, SECOND + timedelta(days=1))


# Kills before the nth call of those that change a file or the database; the last number is past them all.
_KILLED = """
import os, shutil, signal, sys
from pathlib import Path
import pyarrow.parquet as pq
from bidui.cli import main
from pipelines.purge import purge_person, rewriting
from pipelines.store.database import Database
left = [int(sys.argv[1])]
def counted(function):
    def call(*given, **more):
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return function(*given, **more)
    return call
os.replace, shutil.rmtree, Path.unlink = counted(os.replace), counted(shutil.rmtree), counted(Path.unlink)
purge_person.write_private, rewriting.write_audit = counted(purge_person.write_private), counted(rewriting.write_audit)
Database.rewrite, rewriting.bring_in_line = counted(Database.rewrite), counted(rewriting.bring_in_line)
status = main(sys.argv[2:])
print("calls", int(sys.argv[1]) - left[0])
sys.exit(status)
"""


@pytest.mark.parametrize("asked", ["number", "ID"])
def test_a_purge_that_was_killed_ends_whole_when_it_is_run_again(
    made: Path, tmp_path: Path, program: WarmProgram, asked: str
) -> None:
    _, person, name = somebody(made)
    marks, others = marks_of(made, person, name), rows_of_others(made, person)
    number = next(mark for mark in marks if re.fullmatch(r"\d{17}[\dX]", mark))
    words = ["purge", person if asked == "number" else number, "--even-if-listed", "--yes"]
    done = program.run(
        _KILLED, ["10000", *words, "--root", str(shutil.copytree(made, tmp_path / "all", symlinks=True))], ROOT, os.environ
    )
    calls = int(done.stdout.split()[-1])
    assert calls > 40
    first, step = (0, 7) if asked == "number" else (calls - 1, -9)
    for at in range(first, calls if step > 0 else -1, step):
        root = shutil.copytree(made, tmp_path / f"{at}", symlinks=True)
        killed = program.run(_KILLED, [str(at), *words, "--root", str(root)], ROOT, os.environ)
        assert killed.returncode == -signal.SIGKILL, at
        assert purge(root, *words[1:-1]) in (1, 2), at  # 2: it had come so far that nobody has the ID any more
        check_gone(root, person, marks, others)
        shutil.rmtree(root)


def test_what_lies_before_a_day_is_gone_and_everybody_is_still_there(root: Path) -> None:
    people = duckdb.sql(f"select * from '{root}/curated/current/persons.parquet' order by all").fetchall()
    listed = duckdb.sql(f"select * from '{root}/curated/current/unaccounted.parquet' order by all").fetchall()
    assert purge(root, "--before", SECOND.isoformat()) == 0
    assert {path.name for path in (root / "outbox").iterdir()} == {SECOND.isoformat(), "回执"}
    assert [*(root / "outbox/回执").iterdir()] == [] and [path.name for path in (root / "curated/runs").iterdir()] == [
        "20200422-0002"
    ]
    assert people == duckdb.sql(f"select * from '{root}/curated/current/persons.parquet' order by all").fetchall()
    assert listed == duckdb.sql(f"select * from '{root}/curated/current/unaccounted.parquet' order by all").fetchall()
    night(root, SECOND + timedelta(days=1))
