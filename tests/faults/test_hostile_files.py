"""Every file of the corpus gets its message, no row is lost, nothing raises. All persons are made up (虚构)."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

import pipelines.intake.accept
import pipelines.intake.exports
import pipelines.intake.reading
from bidui.cli import main
from pipelines.intake.accept import Intake, accept
from pipelines.intake.exports import Export, read_export
from pipelines.intake.reading import read_exports, read_files
from pipelines.intake.sheets import Sheet
from pipelines.intake.standardise import Standardised
from pipelines.night.outcome import Outcome
from pipelines.store.audit import declared_breaches
from pipelines.store.conform import conform
from schemas.checks import CHECK
from schemas.memory_database import memory_database
from schemas.refusals import FILE_REFUSALS
from schemas.registry import declared
from schemas.tables import DECLARED
from tests.lib.hostile_corpus import HOSTILE, Hostile, content
from tests.lib.made_files import xlsx
from tests.lib.made_sheets import A, B, grid
from tests.lib.nights import AS_OF, unchanged
from tests.lib.plan_county import PLACES
from tests.lib.small_exports import id_of, poor, pupil, resident, write


def taken(path: Path, registry: str | None = "xueji") -> tuple[Intake | None, str]:
    """(tables, everything said) of one file."""
    exports = read_files(read_export(path, path.name, declared().get(registry or "")), declared())
    said = "\n".join(refusal.message for refusal in exports.refused)
    assert {refusal.rule for refusal in exports.refused} <= {*FILE_REFUSALS, *CHECK}
    if not exports.sheets:
        return None, said
    tables = accept(exports, PLACES, AS_OF)
    messages = [*tables.quarantine["message"], *tables.notices["message"], *tables.files["message"].dropna()]
    return tables, "\n".join([said, *messages])


def test_the_corpus_is_large_enough_and_no_name_stands_twice() -> None:
    assert len({hostile.name for hostile in HOSTILE}) == len(HOSTILE) >= 60


@pytest.mark.parametrize("hostile", HOSTILE, ids=[hostile.name for hostile in HOSTILE])
def test_each_file_gets_its_message_and_no_row_is_lost(tmp_path: Path, hostile: Hostile) -> None:
    path = tmp_path / hostile.name
    path.write_bytes(content(hostile))
    with unchanged(tmp_path):
        tables, said = taken(path)
    assert hostile.says in said
    if hostile.accepted is None:
        assert tables is None
        assert said
        return
    assert tables is not None
    assert len(tables.records) == hostile.accepted
    counts = tables.files[tables.files["status"] == "read"]
    assert (counts["rows"] == counts["accepted"] + counts["quarantined"]).all()
    assert counts["accepted"].sum() == len(tables.records)
    assert counts["quarantined"].sum() == tables.quarantine["row"].notna().sum()
    assert not undeclared(tables)


def undeclared(tables: Intake) -> list[str]:
    """What the audit would find in the tables of an intake; a breach there would publish nothing of the night."""
    names = ("records", "files", "quarantine", "warnings", "notices", "repairs")
    with memory_database(None) as con:
        for name in names:
            con.register(name, conform(getattr(tables, name), name))
        return [str(breach) for breach in declared_breaches(con, [DECLARED[name] for name in names], AS_OF, tuple(declared()))]


@pytest.mark.parametrize("files", [HOSTILE[::12], pytest.param(HOSTILE, marks=pytest.mark.long)])
def test_all_of_them_at_once_stop_nothing(
    tmp_path: Path, run_here: Callable[..., Outcome], published: Callable[[str], pd.DataFrame], files: Sequence[Hostile]
) -> None:
    write(tmp_path, "huji", [resident("韦家乐", A, "20100315"), resident("苏小", id_of("20100101", 1), "20100101")])
    write(tmp_path, "guofu", [poor("韦家乐", A)])
    write(tmp_path, "xueji", [pupil("韦家乐", A, "20100315")], name="好的.xlsx")
    for hostile in files:
        (tmp_path / "raw/xueji" / hostile.name).write_bytes(content(hostile))
    outcome = run_here()
    taken_in = published("files")
    named = {name.partition("/")[0] for name in taken_in["file"]}
    assert {hostile.name for hostile in files} <= named
    refused = {h.name for h in files if h.accepted is None}
    assert refused and refused <= set(taken_in[taken_in["status"] == "refused"]["file"].str.partition("/")[0])
    assert outcome.left_out
    assert list(published("unaccounted")["name"]) == ["苏小"]


def test_values_of_the_corpus(tmp_path: Path) -> None:
    def records(name: str) -> Intake:
        path = tmp_path / name
        path.write_bytes(content(next(h for h in HOSTILE if h.name == name)))
        tables, _ = taken(path)
        assert tables is not None
        return tables

    days = records("1904年.xlsx").records.set_index("name")["birthdate"]
    assert [f"{day:%Y%m%d}" for day in days] == ["20100315", "20110401"]
    assert records("文本公式.xlsx").records.set_index("name").at["蓝小花", "id_number"] == B
    merged = records("合并单元格.xlsx")
    assert list(merged.records["school"]) == ["安阳镇中心小学"] * 2
    assert list(merged.repairs["rule"]) == ["merged_cell"]
    wrong = records("错误值.xlsx").repairs
    assert list(zip(wrong["row"], wrong["column"], wrong["rule"], strict=True)) == [(3, "出生日期", "error_cell")]
    hinted = records("别的说明.xlsx").records
    assert list(hinted["name"]) == ["韦家乐", "蓝小花"] and set(hinted["school"]) == {"安阳镇中心小学"}
    assert list(records("家长的证号.xlsx").records["id_status"]) == ["valid", "missing"]
    assert list(records("每页两行表头.xlsx").records["guardian"]) == ["韦大山", "蓝三"]
    written = records("错误值成了文字.csv")
    assert list(written.records["name"].fillna("")) == ["韦家乐", ""]
    assert set(zip(written.repairs["row"], written.repairs["raw"], written.repairs["rule"], strict=True)) == {
        (2, "#N/A", "error_cell"),
        (3, "#N/A", "error_cell"),
    }
    assert list(records("两行表头.xlsx").records["guardian"]) == ["韦大山"]
    assert list(records("证号成了数字.xlsx").records["id_status"]) == ["lost_precision"] * 2


def test_one_name_loose_and_in_a_folder(tmp_path: Path) -> None:
    for place, kid in ((tmp_path, ("韦家乐", A, "20100315")), (tmp_path / "xueji", ("蓝小花", B, "20110401"))):
        place.mkdir(exist_ok=True)
        (place / "学生.xlsx").write_bytes(xlsx(grid([pupil(*kid)])))
    tables = accept(read_exports(tmp_path, declared()), PLACES, AS_OF)
    assert sorted(tables.files["file"]) == ["xueji/学生.xlsx", "学生.xlsx"]
    assert tables.records["record_id"].is_unique


def test_a_folder_that_cannot_be_looked_into_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed, as_it_is = tmp_path / "xueji/初中", os.scandir
    closed.mkdir(parents=True)
    (closed / "学生.xlsx").write_bytes(xlsx())

    def scandir(folder: str) -> object:  # as it is to whoever has no right; root has every
        if Path(folder) == closed:
            raise PermissionError(13, "no right", folder)
        return as_it_is(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    (refusal,) = read_exports(tmp_path, declared()).refused
    assert (refusal.file, refusal.rule) == ("初中", "unreadable_folder")


def test_a_surprise_in_one_sheet_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("甲.xlsx", "乙.xlsx"):
        (tmp_path / name).write_bytes(xlsx())
    exports = read_files(
        [export for name in ("甲.xlsx", "乙.xlsx") for export in read_export(tmp_path / name, name, declared()["xueji"])],
        declared(),
    )
    as_it_is = pipelines.intake.accept.standardise

    def surprised(sheet: Sheet, *rest: object) -> Standardised:
        if sheet.file == "甲.xlsx":
            raise ValueError(f"{A} 韦家乐")
        return as_it_is(sheet, *rest)

    monkeypatch.setattr(pipelines.intake.accept, "standardise", surprised)
    tables = accept(exports, PLACES, AS_OF)
    assert list(tables.files["status"]) == ["read", "refused"]
    assert set(tables.records["file"]) == {"乙.xlsx"}
    assert "ValueError" in tables.quarantine["message"].item()
    assert A not in tables.quarantine["message"].item()
    assert [sheet.file for sheet in tables.exports.sheets] == ["乙.xlsx"]


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need a right there")
def test_a_link_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xlsx"
    secret.write_bytes(xlsx())
    (tmp_path / "学生.xlsx").symlink_to(secret)
    tables, said = taken(tmp_path / "学生.xlsx")
    assert tables is None
    assert "符号链接" in said


def test_a_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "学生.xlsx"
    path.write_bytes(xlsx())
    read_file = pipelines.intake.exports.read_file

    def growing(self: Path) -> bytes:
        content = read_file(self)
        with self.open("ab") as file:
            file.write(b"more")
        return content

    monkeypatch.setattr(pipelines.intake.exports, "read_file", growing)
    monkeypatch.setattr(pipelines.intake.exports, "_WAIT", 0)
    tables, said = taken(path)
    assert tables is None
    assert "还在变化" in said


def test_a_file_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "学生.xlsx"
    path.write_bytes(xlsx())

    def held(self: Path) -> bytes:
        raise PermissionError(13, "locked", str(self))

    monkeypatch.setattr(pipelines.intake.exports, "read_file", held)
    assert "正被其他程序" in taken(path)[1]


@pytest.mark.skipif(os.name == "nt", reason="no named pipes in folders there")
def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "管道.csv")
    assert "不是普通文件" in taken(tmp_path / "管道.csv")[1]


def test_folders_nobody_knows_and_subfolders(tmp_path: Path) -> None:
    for place in ("raw/学籍", "raw/xueji/一小", "raw/xueji/二小"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "学生.xlsx").write_bytes(xlsx())
    (tmp_path / "raw/xueji/~$学生.xlsx").write_bytes(b"lock")
    exports = read_exports(tmp_path / "raw", declared())
    assert [sheet.file for sheet in exports.sheets] == ["学生.xlsx", "二小/学生.xlsx"]
    assert [(refusal.file, refusal.rule) for refusal in exports.refused] == [("学生.xlsx", "unknown_folder")]


def test_names_in_archives_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "越界.zip").write_bytes(content(next(h for h in HOSTILE if h.name == "越界.zip")))
    tables, _ = taken(tmp_path / "越界.zip")
    assert tables is not None
    assert sorted(set(tables.records["file"])) == ["越界.zip/etc/学生.xlsx", "越界.zip/temp/学生2.xlsx"]


@pytest.mark.long
def test_check_says_it_all_and_prints_no_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "raw" / "xueji"
    folder.mkdir(parents=True)
    for hostile in HOSTILE:
        (folder / hostile.name).write_bytes(content(hostile))
    assert main(["check", str(folder), "--out", str(tmp_path / "out.xlsx")]) == 1
    said = capsys.readouterr().out
    for hostile in HOSTILE:
        if hostile.accepted is None:
            assert hostile.says in said
    assert not any(person in said for person in ("韦家乐", "蓝小花", A, B))


def test_what_nobody_foresaw_in_one_file_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> None:
        raise RuntimeError(A)

    monkeypatch.setattr(pipelines.intake.reading, "sheets", fail)
    (refusal,) = read_files([Export("学生.xlsx", declared()["xueji"], xlsx(), 0.0)], declared()).refused
    assert refusal.rule == "unforeseen"
    assert A not in refusal.message
