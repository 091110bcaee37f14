"""What comes out of ``bidui dedupe``, and of ``bidui link`` with three lists. All persons are made up (虚构)."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

import bidui
from pipelines.lists.list_options import LinkRefused
from tests.lib.nights import unchanged
from tests.lib.two_lists import PEOPLE, rows, run_command, save

CONTRACT = [
    "group_id",
    "list",
    "row",
    "linked_list",
    "linked_row",
    "probability",
    "decision",
    "evidence",
    "also",
    "earlier_group",
]
FIELDS = ("name", "id", "birth", "sex", "kin", "phone")
HEAD = ["姓名", "身份证号", "出生日期", "性别", "监护人", "电话", "班级"]
Capture = pytest.CaptureFixture[str]


def row(number: int, **changed: str) -> list[object]:
    """The person of this number as a row below HEAD."""
    return [*rows([PEOPLE[number] | changed], *FIELDS)[0], "一年级"]


# Of person 3 the row 32 is a copy, of 5 the row 33 with a misheard name; 34 has no ID and another birthdate than 7: rows are 2 more.
ROLL = [*map(row, range(30)), row(3), row(5, name="罗家方"), row(7, id="", birth="2006-03-24")]


@pytest.fixture
def roll(tmp_path: Path) -> Path:
    """A list of 30 persons, three of them twice."""
    return save(tmp_path / "花名册.xlsx", [HEAD, *ROLL])


def groups(path: Path) -> dict[int, dict[int, str]]:
    """Group -> row -> decision, as a workbook or a Parquet file of one list has them."""
    table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_excel(path, sheet_name="groups", engine="openpyxl")
    return {int(number): dict(zip(group["row"], group["decision"], strict=True)) for number, group in table.groupby("group_id")}


EXPECTED = {1: {5: "match", 32: "match"}, 2: {7: "match", 33: "match"}, 3: {9: "possible", 34: "possible"}}


def test_parquet_of_one_list(roll: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "结果.parquet"
    with unchanged(tmp_path):
        status, said = run_command(capsys, "dedupe", roll, "--out", out)
        frame, mode = pd.read_parquet(out), out.stat().st_mode & 0o777
        found = groups(out)
        out.unlink()
    assert status == 0 and mode == 0o600
    assert list(frame) == [*CONTRACT, *HEAD]
    assert found == EXPECTED
    assert set(zip(frame["row"], frame["linked_row"], strict=True)) == {(5, 32), (32, 5), (7, 33), (33, 7), (9, 34), (34, 9)}
    assert frame["evidence"].str.contains("name:").all() and set(frame["list"]) == set(frame["linked_list"]) == {"A"}
    assert frame["身份证号"].iloc[0] == PEOPLE[3]["id"]
    assert "未用于比对的列：班级" in said
    assert "3 组重复，共 6 行：整组相符 2 组，有待确认 1 组" in said
    assert "共 33 行：相符 4，待确认 2，没有重复 27" in said
    assert not any(p[field] in said for p in PEOPLE for field in ("name", "id", "phone", "kin"))


def test_workbook_of_one_list(roll: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_command(capsys, "dedupe", roll)[0] == run_command(capsys, "dedupe", roll)[0] == 0
    assert (tmp_path / "花名册查重结果(2).xlsx").exists()
    out = tmp_path / "花名册查重结果.xlsx"
    assert out.stat().st_mode & 0o777 == 0o600
    book = load_workbook(out)
    assert book.sheetnames == ["groups", "说明"]
    sheet = book["groups"]
    heading = [cell.value for cell in sheet[1]]
    assert heading == [*CONTRACT, "所在名单", "对照行", "依据", "结论", "整组", "或属于组", "是否同一人", *HEAD]
    hidden = [cell.value for cell in sheet[1] if sheet.column_dimensions[cell.column_letter].hidden]
    assert {"list", "evidence", "earlier_group", "所在名单"} <= set(hidden) and "依据" not in hidden
    shown = pd.read_excel(out, sheet_name="groups", dtype=str, engine="openpyxl")
    assert list(shown["整组"]) == ["相符"] * 4 + ["有待确认"] * 2
    assert list(shown["对照行"]) == ["32", "5", "33", "7", "34", "9"]
    assert shown["依据"].iloc[2].startswith("姓名同音：")
    fills = [sheet.cell(at, heading.index("姓名") + 1).fill.fgColor.rgb for at in range(2, 8)]
    assert fills[0] == fills[1] == fills[4] != fills[2] == fills[3]
    assert [v.formula1 for v in sheet.data_validations.dataValidation] == ['"是,否"']
    about = " ".join(str(c.value) for cells in book["说明"].iter_rows() for c in cells)
    assert "未成年人" in about and "3 组重复" in about and "班级" in about


@pytest.mark.parametrize("ending", ["xlsx", "parquet"])
def test_rows_added_later_join_their_groups(roll: Path, tmp_path: Path, capsys: Capture, ending: str) -> None:
    """The list grew, was sorted anew and moved to the next class; numbers stay, and so does an answer."""
    before, out = tmp_path / f"上次.{ending}", tmp_path / f"这次.{ending}"
    assert run_command(capsys, "dedupe", roll, "--out", before)[0] == 0
    if ending == "xlsx":
        book = load_workbook(before)
        heading = [cell.value for cell in book["groups"][1]]
        book["groups"].cell(6, heading.index("是否同一人") + 1).value = "否"  # of row 9
        book.save(before)
    grown = [*ROLL, row(3, birth=""), row(12)]
    newer = save(tmp_path / "新.xlsx", [HEAD, *([*cells[:-1], "二年级"] for cells in reversed(grown))])
    status, said = run_command(capsys, "dedupe", newer, "--out", out, "--against", before)
    assert status == 0, said
    assert "3 组沿用原来的组号，其中新加入 1 行；新增 1 组" in said
    now = {number: {len(grown) + 3 - at: decision for at, decision in group.items()} for number, group in groups(out).items()}
    assert now == EXPECTED | {1: EXPECTED[1] | {35: "match"}, 4: {14: "match", 36: "match"}}
    table = pd.read_parquet(out) if ending == "parquet" else pd.read_excel(out, sheet_name="groups", engine="openpyxl")
    assert list(table["earlier_group"].fillna(0)) == [0, 1, 1, 2, 2, 3, 3, 0, 0]
    if ending == "xlsx":
        answers = dict(zip(len(grown) + 3 - table["row"], table["是否同一人"], strict=True))
        assert {at: answer for at, answer in answers.items() if isinstance(answer, str)} == {9: "否"}
        assert "其中新加入 1 行" in str([[c.value for c in cells] for cells in load_workbook(out)["说明"].iter_rows()])


def test_a_group_that_two_numbers_claim_is_told(roll: Path, tmp_path: Path, capsys: Capture) -> None:
    """Two rows without ID were two groups with theirs; a number that ended is not given again, even by a later outcome."""
    before, second, third = (tmp_path / f"{name}.xlsx" for name in ("一", "二", "三"))
    assert run_command(capsys, "dedupe", roll, "--out", before)[0] == 0
    book = load_workbook(before)
    sheet = book["groups"]
    for at in (4, 5):  # as if rows 7 and 33 had been a group each
        sheet.cell(at, 1).value = 8 + at
    book.save(before)
    status, said = run_command(capsys, "dedupe", roll, "--out", second, "--against", before)
    assert status == 0 and "上次的组 12、13 现在是同一组：组号用 12" in said
    assert "上次的组 13 不再使用" in said
    grown = save(tmp_path / "新.xlsx", [HEAD, *ROLL, row(12)])
    assert run_command(capsys, "dedupe", grown, "--out", third, "--against", second)[0] == 0
    assert list(groups(third)) == [1, 3, 12, 14]


def three(tmp_path: Path) -> list[Path]:
    """A has persons 0 to 29, B 10 to 39, C 20 to 39 under other headings."""
    return [
        save(tmp_path / "甲.xlsx", [HEAD, *map(row, range(30))]),
        save(
            tmp_path / "乙.csv",
            [["学生姓名", "证件号码", "生日", "学校"], *([*r, "一小"] for r in rows(PEOPLE[10:], "name", "id", "birth"))],
        ),
        save(tmp_path / "丙.xlsx", [["谁", "证件", "备注"], *([*r, "无"] for r in rows(PEOPLE[20:], "name", "id"))]),
    ]


C_COLUMNS = ("--columns", "c:name=谁", "c:id=证件")


def test_three_lists(tmp_path: Path, capsys: Capture) -> None:
    lists, out = three(tmp_path), tmp_path / "结果.parquet"
    status, said = run_command(capsys, "link", *lists, *C_COLUMNS, "--out", out)
    assert status == 0, said
    frame = pd.read_parquet(out)
    assert list(frame) == [*CONTRACT, *HEAD, "学校", "备注"]
    found = {frozenset(zip(group["list"], group["row"], strict=True)) for _, group in frame.groupby("group_id")}
    persons = [
        {("A", 2 + i) for _ in [0] if i < 30} | {("B", i - 8) for _ in [0] if i > 9} | {("C", i - 18) for _ in [0] if i > 19}
        for i in range(10, 40)
    ]
    assert found == set(map(frozenset, persons)) and set(frame["decision"]) == {"match"}
    assert (frame.groupby("group_id")["身份证号"].nunique() == 1).all()
    rest = [tmp_path / f"结果.unlinked_{side}.parquet" for side in "abc"]
    assert list(pd.read_parquet(rest[0])["row"]) == list(range(2, 12))
    assert [len(pd.read_parquet(path)) for path in rest[1:]] == [0, 0]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (out, *rest))
    assert "C 未用于比对的列：备注" in said
    assert "相符的人在哪些名单里：A＋B＋C 10 人；A＋B 10 人；B＋C 10 人" in said


def test_the_workbook_of_three_lists(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = three(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run_command(capsys, "link", *lists, *C_COLUMNS)[0] == 0
    book = load_workbook("甲等3个名单比对结果.xlsx")
    assert book.sheetnames == ["groups", "A未匹配", "B未匹配", "C未匹配", "说明"]
    shown = pd.read_excel("甲等3个名单比对结果.xlsx", sheet_name="groups", dtype=str, engine="openpyxl")
    assert shown["所在名单"].value_counts().to_dict() == {"A＋B＋C": 30, "A＋B": 20, "B＋C": 20}
    assert list(shown["对照行"][:2]) == ["B 2", "A 12"]
    status, said = run_command(capsys, "link", *lists, *C_COLUMNS, "--out", "再.xlsx", "--against", "甲等3个名单比对结果.xlsx")
    assert status == 0 and "30 组沿用原来的组号，其中新加入 0 行；新增 0 组" in said


# ---- what cannot be done ---------------------------------------------------------------------------------------------------


def refused(capsys: Capture, *words: object) -> str:
    status, said = run_command(capsys, *words)
    assert status == 2
    return said


def test_lists_that_cannot_be_read(roll: Path, tmp_path: Path, capsys: Capture) -> None:
    odd = save(tmp_path / "怪.xlsx", [["孩子", "证"], *rows(PEOPLE, "name", "id")])
    with unchanged(tmp_path):
        assert "未查重：《没有.xlsx》" in refused(capsys, "dedupe", tmp_path / "没有.xlsx")
        assert "如 --columns name=姓名" in refused(capsys, "dedupe", odd)
        assert "如 --columns c:name=姓名" in refused(capsys, "link", roll, roll, odd)
        assert "现有：Sheet" in refused(capsys, "dedupe", roll, "--sheet", "一年级")
        assert "现有：Sheet" in refused(capsys, "link", roll, roll, roll, "--sheet", "c:一年级")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--columns", "d:name=谁"], "没有名单 d，只有 a、b、c"),
        (["--sheet", "d:谁"], "没有名单 d，只有 a、b、c"),
        (["--sheet", "花名册"], "应写成 名单:工作表，如 c:花名册"),
        (["--columns", "c:爱好=谁"], "没有字段 爱好"),
    ],
)
def test_what_is_said_of_a_list_that_there_is_not(roll: Path, capsys: Capture, options: Sequence[str], why: str) -> None:
    assert why in refused(capsys, "link", roll, roll, roll, *options)


def test_an_earlier_outcome_that_is_none(roll: Path, tmp_path: Path, capsys: Capture) -> None:
    before, out = tmp_path / "上次.xlsx", tmp_path / "出.xlsx"
    assert run_command(capsys, "dedupe", roll, "--out", before)[0] == 0
    other = save(tmp_path / "别的.xlsx", [HEAD, *map(row, range(30, 40))])
    damaged = tmp_path / "坏.parquet"
    damaged.write_bytes(b"PAR1 nothing")
    book = load_workbook(before)
    book["groups"]["A3"].value = "二"
    book.save(tmp_path / "改.xlsx")
    for against, why in (
        (tmp_path / "没有.xlsx", "上次的结果"),
        (roll, "没有工作表 groups。--against 要的是"),
        (damaged, "《坏.parquet》"),
        (save(tmp_path / "名.parquet", [HEAD, *ROLL]), "没有 group_id、list、row、decision 列"),
        (tmp_path / "改.xlsx", "第 3 行的 group_id 不是组号"),
    ):
        said = refused(capsys, "dedupe", roll, "--out", out, "--against", against)
        assert said.startswith("未查重：") and why in said
    assert "没有一行在这次的名单里" in refused(capsys, "dedupe", other, "--out", out, "--against", before)
    assert "是同一个文件" in refused(capsys, "dedupe", roll, "--out", before, "--against", before)
    assert "没有组号" in refused(capsys, "link", roll, roll, "--out", out, "--against", before)
    assert not out.exists()


@pytest.mark.parametrize(
    ("name", "why"), [("o.csv", "身份证号会被改成数字"), ("花名册.xlsx", "同一个文件"), ("无/o.xlsx", "没有这个文件夹")]
)
def test_where_the_outcome_cannot_go(roll: Path, tmp_path: Path, capsys: Capture, name: str, why: str) -> None:
    with unchanged(tmp_path):
        assert why in refused(capsys, "dedupe", roll, "--out", tmp_path / name)


def test_names_alone_are_told(tmp_path: Path, capsys: Capture) -> None:
    names = save(tmp_path / "名.csv", [["姓名", "校"], *([p["name"], "一小"] for p in PEOPLE)])
    status, said = run_command(capsys, "dedupe", names, "--out", tmp_path / "o.xlsx")
    assert (
        status == 0 and "除姓名外" not in said and "0 组重复，共 0 行" in said
    )  # all are called otherwise: there is nothing to tell apart
    assert load_workbook(tmp_path / "o.xlsx")["groups"].max_row == 1
    twice = save(tmp_path / "重名.csv", [["姓名", "校"], *([p["name"], "一小"] for p in (*PEOPLE, PEOPLE[0]))])
    status, said = run_command(capsys, "dedupe", twice, "--out", tmp_path / "p.xlsx")
    assert status == 0 and "注意：除姓名外没有别的列可比" in said


def test_a_number_of_another_kind_is_left_out_of_three(tmp_path: Path, capsys: Capture) -> None:
    """A passport number in one list says nothing of the IDs in two; theirs are compared all the same."""
    ids = [["姓名", "身份证号", "家长姓名"], *rows(PEOPLE, "name", "id", "kin")]
    passports = [
        ["姓名", "证件号码", "家长姓名"],
        *([p["name"], f"E{47110815 + 37 * i}", p["kin"]] for i, p in enumerate(PEOPLE)),
    ]
    lists = [save(tmp_path / "a.csv", ids), save(tmp_path / "b.csv", ids), save(tmp_path / "c.csv", passports)]
    status, said = run_command(capsys, "link", *lists, "--out", tmp_path / "o.parquet")
    assert status == 0 and "C：证件号与其他名单没有一个相同，不像同一种号码，未用于比对" in said
    found = pd.read_parquet(tmp_path / "o.parquet")
    assert found["evidence"].str.contains("id:exact").sum() >= 80


def test_more_lists_than_can_be_linked(roll: Path, capsys: Capture) -> None:
    assert "一次最多比对 64 个名单" in refused(capsys, "link", *[roll] * 65)
    with pytest.raises(LinkRefused, match="一次最多比对 64 个名单"):
        bidui.link(*[roll] * 65)


def test_more_rows_than_a_sheet_holds(roll: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.lists.group_files.MAX_ROWS", 5)
    assert "6 行超过一个工作表的行数，请改用 --out 文件名.parquet" in refused(
        capsys, "dedupe", roll, "--out", tmp_path / "o.xlsx"
    )
    assert run_command(capsys, "dedupe", roll, "--out", tmp_path / "o.parquet")[0] == 0


def test_a_model_of_one_list_is_used_again(roll: Path, tmp_path: Path, capsys: Capture) -> None:
    model, first, second = tmp_path / "模型.json", tmp_path / "一.parquet", tmp_path / "二.parquet"
    status, said = run_command(capsys, "dedupe", roll, "--out", first, "--save-model", model)
    assert status == 0 and "模型已存为" in said
    assert run_command(capsys, "dedupe", roll, "--out", second, "--model", model)[0] == 0
    pd.testing.assert_frame_equal(pd.read_parquet(first), pd.read_parquet(second))
