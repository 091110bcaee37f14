"""Who is meant, where a township stands, and who asked: find, show, explain by a name, what is masked, the audit as it is read."""

import getpass
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from bidui.cli import main
from tests.lib.nights import Begun
from tests.lib.small_exports import id_of, pupil, resident, write

ROOT = Path(__file__).resolve().parents[2]
Capture = pytest.CaptureFixture[str]
LE, MING, OTHER, YU = (
    id_of(born, number) for born, number in (("20100315", 1), ("20100101", 1), ("20110203", 1), ("20120506", 2))
)
NAMES = ("韦家乐", "苏小明", "韋玉兰", "韦大山", "苏大河")
NUMBERS = (LE, MING, OTHER, YU)


def people(root: Path) -> Path:
    """A pupil and three listed children, two of whom have one name."""
    write(
        root,
        "huji",
        [
            resident("韦家乐", LE, "20100315"),
            resident("苏小明", MING, "20100101"),
            resident("苏小明", OTHER, "20110203", 户号="9", 户主姓名="苏大河", 乡镇街道="高岭镇", 居村委会="龙洲村"),
            resident("韋玉兰", YU, "20120506", 户号="8", 与户主关系="长女", 乡镇街道="高岭镇", 居村委会="龙洲村"),
        ],
    )
    write(root, "xueji", [pupil("韦家乐", LE, "20100315", 联系电话="13812345678")])
    return root


@pytest.fixture
def asked(begun: Begun) -> Path:
    return begun(people, townships=("高岭镇",))


def said(root: Path, capsys: Capture, *words: str, status: int = 0) -> str:
    """What the command prints."""
    assert main([*words, "--root", str(root)]) == status, words
    printed = capsys.readouterr()
    return printed.err if status else printed.out


@pytest.mark.parametrize(
    ("words", "way", "whom"),
    [
        (["苏小明"], "姓名相同 2", {MING, OTHER}),
        (["小明"], "姓名的一部分 2", {MING, OTHER}),
        (["韦玉兰"], "姓名（异体字） 1", {YU}),
        (["韦加乐"], "姓名同音 1", {LE}),
        (["weijiale"], "姓名同音 1", {LE}),
        ([LE], "证号 1", {LE}),
        ([LE[-5:]], "证号末几位 1", {LE}),
        (["龙洲村"], "村、屯、乡镇 2", {OTHER, YU}),
        (["苏小明", "高岭"], "村、屯、乡镇 1", {OTHER}),
        (["G" + LE], "", set()),
        (["没有这人"], "", set()),
        (["12"], "", set()),
    ],
)  # fmt: skip
def test_a_person_is_found_by_name_number_and_place(
    asked: Path, capsys: Capture, words: list[str], way: str, whom: set[str]
) -> None:
    if not whom:
        refused = said(asked, capsys, "find", *words, status=2)
        assert "没有找到" in refused or "末 4 位以上" in refused
        return
    shown = said(asked, capsys, "find", *words, "--full")
    assert f"（{way}" in shown
    assert {number for number in NUMBERS if number in shown} == whom


def test_what_is_found_is_masked_says_so_and_says_what_to_type_next(asked: Path, capsys: Capture) -> None:
    persons = pd.read_parquet(asked / "curated/current/persons.parquet").set_index("id_number")
    shown = said(asked, capsys, "find", "苏小明", "高岭镇")
    person = persons["person_id"][OTHER]
    assert f"{person}　苏*明　男　2011 年　451228********{OTHER[-4:]}　高岭镇 龙洲村" in shown
    assert "已遮盖，加 --full" in shown and "去向不明 ●在名单上　公安户籍　个案 C" in shown
    assert f"bidui explain {person}" in shown and "bidui history C" in shown
    assert not [value for value in (*NAMES, *NUMBERS) if value in shown]


def test_a_township_and_the_county_are_on_a_screen(asked: Path, capsys: Capture) -> None:
    shown = said(asked, capsys, "show", "高岭")
    assert (
        shown.startswith("高岭镇　2020-04-15　去向不明儿童 2 人（须入户 2，先电话核对 0，待县验收 0，待部门更正 0）")
        and "各系统均无学籍记录 2" in shown
    )
    assert "名单个案 新增 2" in shown and "答复验收 0 条；同一人验收 0 对" in shown and "龙洲村 2" in shown
    assert not [value for value in (*NAMES, *NUMBERS) if value in shown] and "苏*明" in shown
    assert {OTHER, YU} == {number for number in NUMBERS if number in said(asked, capsys, "show", "高岭镇", "--full")}
    assert said(asked, capsys, "show").splitlines()[2].split() == ["高岭镇", "2", "0", "0", "0", "2", "0", "0"]
    assert "没有这个乡镇" in said(asked, capsys, "show", "上海", status=2)
    assert "2020-04-09 以来：" in shown
    changes = asked / "curated/current/changes.parquet"
    pq.write_table(pq.read_table(changes).slice(0, 0), changes)  # as on a night since whose week nothing has happened
    assert "2020-04-09 以来：名单个案 新增 0" in said(asked, capsys, "show", "高岭")


def test_a_person_is_explained_by_name_number_and_case_and_several_are_listed(asked: Path, capsys: Capture) -> None:
    case = pd.read_parquet(asked / "curated/current/cases.parquet").set_index("person_id")
    person = pd.read_parquet(asked / "curated/current/persons.parquet").set_index("id_number")["person_id"][OTHER]
    one = said(asked, capsys, "explain", OTHER)
    assert one.startswith(f"{person}　苏小明") and "为何认为是同一人" in one
    assert said(asked, capsys, "explain", case["case_id"][person]) == one
    assert said(asked, capsys, "explain", "韦家乐").startswith("P")
    several = said(asked, capsys, "explain", "苏小明")
    assert several.startswith("找到 2 人（姓名相同 2）") and "bidui explain P" in several
    assert "找到 2 人" in said(asked, capsys, "explain", "苏小明", "--out", str(asked / "一生一案.xlsx"))
    assert not (asked / "一生一案.xlsx").exists()


def test_what_is_masked_on_a_screen_and_for_training_names_nobody(asked: Path, capsys: Capture) -> None:
    person = pd.read_parquet(asked / "curated/current/persons.parquet").set_index("id_number")["person_id"][LE]
    records = ("huji.1.0000002", "xueji.1.0000002")
    for words in (["explain", person], ["explain", *records], ["history", pd_case(asked)]):
        plain, masked = (said(asked, capsys, *words, *more) for more in ([], ["--masked"]))
        assert (plain.count("\n") == masked.count("\n") and plain != masked) or words[0] == "history"
        assert not [value for value in (*NAMES, *NUMBERS) if value in masked]
    out = asked / "演练.xlsx"
    assert str(out) in said(asked, capsys, "show", "高岭镇", "--out", str(out))
    real = load_workbook(next((asked / "outbox/2020-04-15").glob("高岭镇_*.xlsx")))
    book = load_workbook(out)
    assert book.sheetnames == real.sheetnames
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert not [value for value in (*NAMES, *NUMBERS, "2011-02-03") if any(value in cell for cell in cells)]
    assert any("苏*明" in cell for cell in cells)
    assert [dv.sqref for dv in book.worksheets[1].data_validations.dataValidation] == [
        dv.sqref for dv in real.worksheets[1].data_validations.dataValidation
    ]
    for words in (["explain", person, "--masked", "--out", str(out)], ["show", "高岭镇", "--full", "--out", str(out)]):
        said(asked, capsys, *words, status=2)
    assert "没有出安阳镇的核查表" in said(asked, capsys, "show", "安阳镇", "--out", str(out), status=2)


def pd_case(root: Path) -> str:
    """The number of a case."""
    return str(pd.read_parquet(root / "curated/current/cases.parquet")["case_id"][0])


def test_an_answer_comes_in_a_second_for_it_loads_neither_pandas_nor_arrow(asked: Path) -> None:
    script = """import sys; from bidui.cli import main; status = main(sys.argv[1:])
sys.exit(status or len({'pandas', 'numpy', 'pyarrow'} & {*sys.modules}))"""
    for words in (["find", "苏小明"], ["show", "高岭镇"]):
        command = [sys.executable, "-c", script, *words, "--root", str(asked)]
        assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0, words


def test_who_asked_what_is_in_the_audit_without_what_was_typed(asked: Path, capsys: Capture) -> None:
    person = pd.read_parquet(asked / "curated/current/persons.parquet")["person_id"][0]
    said(asked, capsys, "find", "苏小明", "高岭", "--full")
    said(asked, capsys, "find", person)
    said(asked, capsys, "show", "高岭")
    said(asked, capsys, "find", "没有这人", status=2)
    lines = said(asked, capsys, "history", "--audit").splitlines()
    shown = [line.split()[2:] for line in lines if line.startswith("20")]
    assert [(line[1], *line[2:]) for line in shown][-3:] == [
        ("查找", "20200415-0001", "所问的词数", "2，未遮盖", "1"),
        ("查找", "20200415-0001", "人员", person),
        ("看乡镇", "20200415-0001", "乡镇", "高岭镇"),
    ]
    assert {line[0] for line in shown} == {getpass.getuser()}
    assert "（共 1 条" in said(asked, capsys, "history", person, "--audit")
    assert "没有这样的操作记录" in said(asked, capsys, "history", "--audit", "--as-of", "2019-01-01", status=2)
    out = asked / "操作.xlsx"
    said(asked, capsys, "history", "--audit", "--out", str(out))
    assert [row[2] for row in load_workbook(out).active.iter_rows(values_only=True)][1:] == [
        "比对并发布",
        "查找",
        "查找",
        "看乡镇",
    ]
