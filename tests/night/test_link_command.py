"""What comes out of ``bidui link``. All persons are made up (虚构)."""

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from bidui.cli import main
from tests.lib.nights import unchanged
from tests.lib.two_lists import CONTRACT, PEOPLE, Table, linked, rows, run, save


def test_parquet_contract(two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "结果.parquet"
    with unchanged(tmp_path):
        status, said = run(capsys, *two, "--out", out)
        written = [out, tmp_path / "结果.unlinked_a.parquet", tmp_path / "结果.unlinked_b.parquet"]
        frame, left_a, left_b = map(pd.read_parquet, written)
        assert [path.stat().st_mode & 0o777 for path in written] == [0o600] * 3
        for path in written:
            path.unlink()
    assert status == 0
    own = ["序号_a", "学生姓名_a", "身份证号_a", "家长姓名_a", "姓名_b", "公民身份号码_b", "出生日期_b", "户主姓名_b"]
    assert list(frame) == [*CONTRACT, *own]
    assert frame["row_a"].dtype == frame["row_b"].dtype == "int64"
    assert all(pd.api.types.is_string_dtype(frame[column]) for column in own)
    expected = {(4 + i, 2 + 39 - i) for i in range(10, 30)}
    assert set(zip(frame["row_a"], frame["row_b"], strict=True)) == expected
    assert set(frame["decision"]) == {"match"}
    assert (frame["身份证号_a"] == frame["公民身份号码_b"]).all()
    assert frame["row_a"].is_monotonic_increasing
    assert list(left_a["row"]) == list(range(4, 14))
    absence = ["nearest_row", "refused", "evidence", "missed_probability"]
    assert list(left_b) == ["row", *absence, "姓名", "公民身份号码", "出生日期", "户主姓名"]
    assert left_b["missed_probability"].between(0, 1).all()
    assert left_b["nearest_row"].isna().equals(left_b["refused"].isna())
    assert len(left_b) == 10
    assert "相符 20 对" in said
    assert "A 共 30 行：相符 20，待确认 0，未匹配 10" in said


def test_a_saved_model_is_used_again(two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Learned once, reviewed, used on the next lists; a file that is no model is refused before anything is written."""
    model, first, second = tmp_path / "模型.json", tmp_path / "一.parquet", tmp_path / "二.parquet"
    status, said = run(capsys, *two, "--out", first, "--save-model", model)
    assert status == 0 and "模型已存为" in said and "无从估计" in said  # so few pairs
    assert run(capsys, *two, "--out", second, "--model", model)[0] == 0
    pd.testing.assert_frame_equal(pd.read_parquet(first), pd.read_parquet(second))
    model.write_text("{}", encoding="utf-8")
    status, said = run(capsys, *two, "--out", tmp_path / "三.parquet", "--model", model)
    assert status == 2 and "模型文件" in said and not (tmp_path / "三.parquet").exists()


@pytest.mark.parametrize(("names", "told"), [("张伟", "姓名一列全是同一个值"), ("张伟 李娜", "没有逐对比较")])
def test_namesakes_without_number_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], names: str, told: str) -> None:
    lists = [tmp_path / f"{side}.csv" for side in "ab"]
    for path in lists:
        path.write_text("姓名,学校\n" + "".join(f"{name},一小\n" * 400 for name in names.split()), encoding="utf-8")  # 虚构
    status, said = run(capsys, *lists, "--out", tmp_path / "结果.parquet")
    assert status == 0 and told in said and "相符 0 对" in said


def test_workbook_contract(two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "结果.xlsx"
    status, _ = run(capsys, *two, "--out", out)
    assert status == 0
    assert out.stat().st_mode & 0o777 == 0o600
    book = load_workbook(out)
    assert book.sheetnames == ["links", "A未匹配", "B未匹配", "名单内重复", "说明"]
    sheet = book["links"]
    heading = [c.value for c in sheet[1]]
    assert heading[:8] == [*CONTRACT, "依据", "结论", "是否同一人"]
    assert heading[8:] == [
        "A·序号",
        "A·学生姓名",
        "A·身份证号",
        "A·家长姓名",
        "B·姓名",
        "B·公民身份号码",
        "B·出生日期",
        "B·户主姓名",
    ]
    assert (sheet.max_row, sheet["A2"].value, sheet["B2"].value, sheet["G2"].value) == (21, 14, 31, "相符")
    number = sheet.cell(2, heading.index("A·身份证号") + 1)
    assert (number.value, number.data_type, number.number_format) == (PEOPLE[10]["id"], "s", "@")
    assert sheet.freeze_panes and sheet.auto_filter.ref
    assert [v.formula1 for v in sheet.data_validations.dataValidation] == ['"是,否"']
    assert book["A未匹配"].max_row == book["B未匹配"].max_row == 11
    about = " ".join(str(c.value) for row in book["说明"].iter_rows() for c in row)
    assert "未成年人" in about and "相符 20 对" in about


def test_default_name_and_answers_are_not_overwritten(
    two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert [run(capsys, *two)[0] for _ in range(2)] == [0, 0]
    assert sorted(p.name for p in tmp_path.glob("报名*")) == [
        "报名.xlsx",
        "报名与户籍比对结果(2).xlsx",
        "报名与户籍比对结果.xlsx",
    ]


@pytest.mark.parametrize("fields", [("name", "birth", "village", "township"), ("name", "kin", "township", "village"), ("id",)])
def test_lists_without_id_or_without_birthdate(tmp_path: Path, capsys: pytest.CaptureFixture[str], fields: Sequence[str]) -> None:
    headings = {"name": "姓名", "birth": "出生日期", "village": "村", "township": "乡镇", "kin": "监护人", "id": "身份证号"}
    names = [headings[f] for f in fields]
    a = save(tmp_path / "a.xlsx", [names, *rows(PEOPLE[:30], *fields)])
    b = save(tmp_path / "b.csv", [names, *rows(PEOPLE[10:], *fields)])
    assert run(capsys, a, b, "--out", tmp_path / "o.parquet")[0] == 0
    found = linked(tmp_path / "o.parquet")
    assert {(2 + i, 2 + i - 10) for i in range(10, 30)} == set(found)


def test_latin_lists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given, surnames = ["joshua", "emily", "lachlan", "chloe", "harrison"], ["clarke", "white", "nguyen", "morrison"]
    head_a = ["rec_id", "given_name", "surname", "address_1", "suburb", "date_of_birth", "soc_sec_id"]
    head_b = ["name", "address", "town", "dob", "ssn"]
    a, b = [head_a], [head_b]
    for i in range(20):
        first, last, day = given[i % 5], surnames[i % 4], f"19{60 + i}-0{1 + i % 9}-1{i % 10}"
        a.append([f"rec-{i}", first, last, f"{i} example street", "sampleton", day.replace("-", ""), str(4000123 + 7919 * i)])
        b.append([f"{first} {last}", f"{i} example street", "sampleton", day, str(4000123 + 7919 * i)])
    status, said = run(
        capsys, save(tmp_path / "a.csv", a), save(tmp_path / "b.xlsx", [b[0], *b[:0:-1]]), "--out", tmp_path / "o.parquet"
    )
    assert status == 0, said
    assert set(linked(tmp_path / "o.parquet")) == {(2 + i, 21 - i) for i in range(20)}


def test_a_county_that_declares_a_spelling_is_understood(
    two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first caller's registries once stayed for the whole process."""
    odd = save(tmp_path / "花名.csv", [["娃名", "身份证号"], *rows(PEOPLE[:30], "name", "id")])
    arguments = ["link", str(odd), str(two[1]), "--out", str(tmp_path / "o.parquet")]
    assert main(arguments) == 0
    assert "姓名←娃名" not in capsys.readouterr().out
    (tmp_path / "county.toml").write_text('[xueji.headings]\nname = ["娃名"]\n', encoding="utf-8")
    assert main([*arguments, "--root", str(tmp_path)]) == 0
    assert "姓名←娃名" in capsys.readouterr().out


def test_columns_named_by_the_analyst(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a = save(tmp_path / "a.xlsx", [["谁", "证", "哪天"], *rows(PEOPLE[:30], "name", "id", "birth")])
    b = save(tmp_path / "b.csv", [["谁", "号", "哪天"], *rows(PEOPLE[10:], "name", "id", "birth")])
    out = tmp_path / "o.parquet"
    status, said = run(
        capsys, a, b, "--columns", "name=谁", "birth=哪天", "--columns-a", "id=证", "--columns-b", "证件号=号", "--out", out
    )
    assert status == 0
    assert "姓名←谁、证件号←证、出生日期←哪天" in said
    assert len(linked(out)) == 20


def test_repeats_inside_a_list_are_kept_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fields = ("name", "id", "birth", "kin")
    head = ["姓名", "身份证号", "出生日期", "监护人"]
    a = save(tmp_path / "a.xlsx", [head, *rows([*PEOPLE[:30], PEOPLE[20]], *fields)])
    b = save(tmp_path / "b.csv", [head, *rows(PEOPLE[10:], *fields)])
    status, said = run(capsys, a, b, "--out", tmp_path / "o.xlsx")
    assert status == 0
    assert "名单内疑似重复：A 1 对" in said
    sheet = load_workbook(tmp_path / "o.xlsx")["名单内重复"]
    assert [c.value for c in sheet[2]][:3] == ["A", 22, 32]
    links = pd.read_excel(tmp_path / "o.xlsx", sheet_name="links", engine="openpyxl")
    assert {(22, 12), (32, 12)} <= set(zip(links["row_a"], links["row_b"], strict=True))


def test_headings_that_clash_with_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = [["row", "姓名", "姓名", "身份证号"], *([i, p["name"], "甲", p["id"]] for i, p in enumerate(PEOPLE))]
    a, b = save(tmp_path / "a.csv", table), save(tmp_path / "b.xlsx", table)
    assert run(capsys, a, b, "--out", tmp_path / "o.parquet")[0] == 0
    frame = pd.read_parquet(tmp_path / "o.parquet")
    assert list(frame)[5:9] == ["row_a_2", "姓名_a", "姓名_2_a", "身份证号_a"]
    assert list(frame["row_a"]) == list(range(2, 42))


def test_numbers_of_two_kinds_are_not_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a = save(tmp_path / "a.csv", [["姓名", "身份证号", "家长姓名"], *rows(PEOPLE, "name", "id", "kin")])
    passport = [[p["name"], f"E{47110815 + 37 * i}", p["birth"], p["kin"]] for i, p in enumerate(PEOPLE)]
    b = save(tmp_path / "b.csv", [["姓名", "证件号码", "出生日期", "家长姓名"], *passport])
    status, said = run(capsys, a, b, "--out", tmp_path / "o.parquet")
    assert status == 0
    assert "不像同一种号码" in said
    assert len(linked(tmp_path / "o.parquet")) == 40


# ---- what cannot be done ------------------------------------------------------------------------------------------


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    status, said = run(capsys, *arguments)
    assert status == 2
    return said


def test_no_usable_column(two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a = save(tmp_path / "怪.xlsx", [["虚构"], ["孩子", "证", "班"], *rows(PEOPLE, "name", "id", "sex")])
    with unchanged(tmp_path):
        said = refused(capsys, a, two[1])
    assert "《怪.xlsx》" in said and "工作表“Sheet”" in said and "孩子、证、班" in said and "--columns-a name=" in said


def test_no_headings_at_all_shows_no_persons(two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    b = save(tmp_path / "无表头.csv", rows(PEOPLE, "name", "id", "birth"))
    said = refused(capsys, two[0], b)
    assert "--columns-b name=" in said
    assert not re.search(r"\d{17}", said) and PEOPLE[0]["name"] not in said


def test_a_column_that_does_not_exist(two: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, *two, "--columns-b", "name=名单上的名字")
    assert "名单上的名字" in said and "公民身份号码" in said


@pytest.mark.parametrize("table", [[["姓名", "身份证号"]], []])
def test_empty_list(two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], table: Table) -> None:
    said = refused(capsys, two[0], save(tmp_path / "空.csv", table))
    assert "《空.csv》" in said and ("没有数据行" in said or "空" in said)


def test_an_empty_name_column_alone(two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "没有可用的姓名列" in refused(capsys, two[0], save(tmp_path / "x.csv", [["姓名", "性别"], ["", "男"]]))


@pytest.mark.parametrize(
    ("out", "why"),
    [("o.csv", "身份证号会被改成数字"), ("o.txt", "只能存为"), ("nowhere/o.xlsx", "没有这个文件夹"), ("报名.xlsx", "同一个文件")],
)
def test_where_the_outcome_cannot_go(
    two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str, why: str
) -> None:
    with unchanged(tmp_path):
        assert why in refused(capsys, *two, "--out", tmp_path / out)


def test_no_such_file_and_no_such_sheet(two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "《没有.xlsx》" in refused(capsys, tmp_path / "没有.xlsx", two[1])
    assert "现有：Sheet" in refused(capsys, *two, "--sheet-a", "一年级")


@pytest.mark.parametrize("option", [("--columns", "谁"), ("--columns", "爱好=列"), ("--cost-ratio", "0")])
def test_options_that_make_no_sense(two: tuple[Path, Path], capsys: pytest.CaptureFixture[str], option: Sequence[str]) -> None:
    assert f"选项 {option[0]} 的值不对" in refused(capsys, *two, *option)


def test_nothing_printed_is_a_persons(two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, said = run(capsys, *two, "--out", tmp_path / "o.xlsx")
    assert not any(p[field] in said for p in PEOPLE for field in ("name", "id", "phone", "kin"))


def test_a_fault_inside_shows_no_cell(
    two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(people: pd.DataFrame, cost_ratio: float) -> None:
        raise ValueError(people["name"].iloc[0])

    monkeypatch.setattr("pipelines.lists.kept_folder.link", broken)
    said = refused(capsys, *two, "--out", tmp_path / "o.xlsx")
    assert "程序内部出错" in said and PEOPLE[0]["name"] not in said


def test_columns_that_were_not_used_are_named(two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A birthdate whose heading nobody knows once went by in silence."""
    a = save(tmp_path / "花名.csv", [["姓名", "身份证号", "降生"], *rows(PEOPLE[:30], "name", "id", "birth")])
    status, said = run(capsys, a, two[1], "--out", tmp_path / "o.parquet")
    assert status == 0 and "A 未用于比对的列：降生" in said and "B 未用于" not in said
