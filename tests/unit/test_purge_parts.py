"""What a purge does to a table and a workbook, and how it looks into files."""

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook, load_workbook

from pipelines.purge.mentions import files_with, mentions
from pipelines.purge.purge_places import Place, place_of
from pipelines.purge.purged_books import without_person_in_book
from pipelines.purge.purged_tables import EMPTIED, MARK, without_person
from pipelines.purge.subject import PurgedPerson
from reports.book import Book, FilledSheet, SheetColumn, SheetOfRows, write_book
from schemas.tables import DECLARED, TABLES

NUMBER, OTHER = "45122820100315001X", "451228201001010013"
SUBJECT = PurgedPerson(
    ("P0000007", "P0000003"),
    (NUMBER,),
    ("韦家乐",),
    (),
    frozenset({"C0000001"}),
    frozenset({"xueji.1.2"}),
    (("xueji", "甲.xlsx", "表", 2),),
    False,
)


def table(name: str, *rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), TABLES[name])


def test_a_row_of_the_person_says_nothing_more_and_still_counts() -> None:
    own = {"record_id": "xueji.1.2", "registry": "xueji", "file": "甲.xlsx", "sheet": "表", "row": 2, "source_key": "G" + NUMBER, "name": "韦家乐",
           "id_number": NUMBER, "id_status": "valid", "phone": "13812345678", "birthdate": date(2010, 3, 15)}  # fmt: skip
    sibling = {"record_id": "huji.1.3", "registry": "huji", "file": "乙.csv", "sheet": "", "row": 3, "source_key": OTHER, "name": "韦家明",
               "kin": "韦大山|韦家乐", "id_number": OTHER, "id_status": "valid"}  # fmt: skip
    first, second = without_person("records", table("records", own, sibling), SUBJECT).to_pylist()
    left = {name: value for name, value in first.items() if value is not None}
    assert left == {
        "record_id": "xueji.1.2",
        "registry": "xueji",
        "file": "甲.xlsx",
        "sheet": "表",
        "row": 2,
        "source_key": MARK,
        "id_status": "valid",
    }
    assert {name: value for name, value in second.items() if value is not None} == sibling | {"kin": f"韦大山|{MARK}"}


def test_a_persons_number_is_never_given_again_and_never_found_again() -> None:
    keys = table(
        "person_keys",
        {"key": f"id:{NUMBER}", "person_id": "P0000007"},
        {"key": f"id:{OTHER}", "person_id": "P0000008", "before": "P0000007"},
    )
    assert without_person("person_keys", keys, SUBJECT).to_pylist() == [
        {"key": f"id:{OTHER}", "person_id": "P0000008", "before": None},
        {"key": "purged:P0000007", "person_id": "P0000007", "before": None},
    ]


def test_answers_about_the_person_go_with_their_acceptance_and_others_stay() -> None:
    answers = table(
        "answers",
        {"answer_id": "A1", "person_id": "P0000007", "kind": "whereabouts"},
        {"answer_id": "A2", "about": "A1", "kind": "acceptance"},
        {"answer_id": "A3", "id_number": NUMBER, "kind": "report"},
        {"answer_id": "A4", "case_id": "C0000001", "kind": "whereabouts"},
        {"answer_id": "A5", "about": f'["xueji","韦","{NUMBER}"]', "kind": "pair"},
        {"answer_id": "A6", "person_id": "P0000008", "kind": "whereabouts", "note": "哥哥韦家乐说在广东"},
    )
    assert [(a["answer_id"], a["note"]) for a in without_person("answers", answers, SUBJECT).to_pylist()] == [
        ("A6", f"哥哥{MARK}说在广东")
    ]
    verdicts = table("verdicts", {"side_a": f'["{NUMBER}"]', "side_b": "[]"}, {"side_a": "[]", "side_b": f'["{OTHER}"]'})
    assert without_person("verdicts", verdicts, SUBJECT).num_rows == 1


def test_what_is_written_over_must_be_there_and_what_is_kept_exists() -> None:
    for name, how in EMPTIED.items():
        columns = {column.name: column for column in DECLARED[name].columns}
        assert {*how.by, *how.written} <= {*columns}, name
        assert all(columns[column].required for column in how.written), name


def written_book(path: Path) -> bytes:
    columns = tuple(
        SheetColumn(heading, key, "id")
        for heading, key in (("编号", "id"), ("姓名", "name"), ("监护人", "kin"), ("证号", "number"))
    )
    frame = {"id": ["P0000007", "P0000008", ""], "name": ["韦家乐", "韦家明", "韦家乐"], "kin": ["韦大山", "韦大海", "韦小山"],
             "number": [NUMBER, f"与 {NUMBER} 相同", NUMBER]}  # fmt: skip
    write_book(Book(path, (FilledSheet(SheetOfRows("名单", columns, empty=None), frame, "名单", "名单"),), date(2020, 4, 15)))
    return path.read_bytes()


def saved_book(path: Path) -> bytes:
    book = load_workbook(BytesIO(written_book(path)))
    book.save(path)
    return path.read_bytes()


@pytest.mark.parametrize("book", [written_book, saved_book])
def test_the_persons_rows_of_a_workbook_are_emptied_and_the_others_stay(tmp_path: Path, book: object) -> None:
    content = book(tmp_path / "a.xlsx")  # type: ignore[operator]
    new = without_person_in_book(content, SUBJECT)
    assert new is not None and not mentions(new, [NUMBER, "韦家乐", "韦大山", "韦小山", "P0000007"])
    rows = list(load_workbook(BytesIO(new)).active.iter_rows(values_only=True))
    assert rows[1:] == [(None,) * 4, ("P0000008", "韦家明", "韦大海", f"与 {MARK} 相同"), (None,) * 4]
    assert without_person_in_book(new, SUBJECT) is None


def zipped(name: str, content: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def parquet() -> bytes:
    out = BytesIO()
    pq.write_table(pa.table({"c0": [None, f"号{NUMBER}"]}), out, compression="zstd")
    return out.getvalue()


def workbook() -> bytes:
    out, book = BytesIO(), Workbook()
    book.active.append([NUMBER])
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        NUMBER.encode(), f"韦 {NUMBER}".encode("gb18030"), NUMBER.encode("utf-16-le"), NUMBER.encode("utf-16-be"), parquet(), workbook(),
        zipped("a/b.xlsx", workbook()), zipped("a.zip", zipped("t.parquet", parquet())),
    ],
)  # fmt: skip
def test_a_number_is_found_in_every_kind_of_file(content: bytes) -> None:
    assert mentions(content, [NUMBER]) is True
    assert mentions(content, [OTHER]) is False


def test_what_cannot_be_looked_into_is_said(tmp_path: Path) -> None:
    (tmp_path / "加密.xlsx").write_bytes(b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"))
    (tmp_path / "破.zip").write_bytes(b"PK\x03\x04" + NUMBER.encode())
    (tmp_path / "无").write_bytes(b"")
    assert files_with(tmp_path, [NUMBER]) == ([tmp_path / "破.zip"], [tmp_path / "加密.xlsx"])


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("raw/xueji/a.xlsx", Place.RAW),
        ("curated/bidui.db", Place.DATABASE),
        ("curated/bidui.db.damaged-1", Place.COPIES),
        ("curated/runs/20200415-0001/records.parquet", Place.TABLES),
        ("curated/current/records.parquet", Place.TABLES),
        ("curated/runs/20200415-0001/workbooks/a.xlsx", Place.BOOKS),
        ("curated/runs/20200414-0001/records.parquet", Place.OLD_RUNS),
        ("curated/snapshots/r5-x-0.parquet", Place.SNAPSHOTS),
        ("curated/forgotten/20200415-0001/case_log.parquet", Place.FORGOTTEN),
        ("curated/.temporary/x/a.tmp", Place.COPIES),
        ("replaced-20200415/store/answers.parquet", Place.COPIES),
        ("outbox/2020-04-15/a.xlsx", Place.BOOKS),
        ("inbox/a.xlsx", Place.INBOX),
        ("inbox/a.csv", Place.OTHER),
        ("名单.xlsx", Place.OTHER),
    ],
)
def test_a_file_is_treated_as_its_place_wants(path: str, place: Place) -> None:
    assert place_of(Path("d"), Path("d", path), "20200415-0001") is place
