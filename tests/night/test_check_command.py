"""``bidui check``. All persons are made up (虚构)."""

import os
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bidui.cli import main
from tests.lib.made_files import xlsx
from tests.lib.made_sheets import grid
from tests.lib.small_exports import KIDS, pupil
from tests.unit.test_county_file import COUNTY


def test_check_tells_the_office_and_writes_a_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [pupil(*KIDS[0]), pupil("蓝小花", KIDS[1][1][:-1] + "?", "20110101"), {"学校名称": "安阳小学"}]
    (tmp_path / "学生.xlsx").write_bytes(xlsx(grid(rows)))
    out = tmp_path / "结果.xlsx"
    assert main(["check", str(tmp_path / "学生.xlsx"), "--out", str(out)]) == 1
    said = capsys.readouterr().out
    assert "第 4 行既无姓名也无证件号" in said
    assert "蓝小花" not in said and KIDS[0][1] not in said
    book = load_workbook(out)
    assert book.sheetnames == ["文件", "退回的行", "请核对的行", "自动改写", "提示", "与上次发布相比"]
    assert [c.value for c in book["退回的行"][2]][3:5] == [4, "姓名"]
    assert {row[5].value for row in book["请核对的行"].iter_rows(min_row=2)} == {"蓝小花"}
    if os.name != "nt":
        assert out.stat().st_mode & 0o077 == 0


def test_check_of_a_good_file_and_of_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "学生.xlsx").write_bytes(xlsx(grid([pupil(*kid) for kid in KIDS])))
    assert main(["check", "学生.xlsx"]) == 0
    assert (tmp_path / "检查结果_学生.xlsx").exists()
    (tmp_path / "坏.xlsx").write_bytes(b"")
    assert main(["check", "坏.xlsx"]) == 2
    assert main(["check", "没有.xlsx"]) == 2
    assert main(["check", "学生.xlsx", "--registry", "没有"]) == 2
    before = Path("学生.xlsx").read_bytes()
    assert main(["check", "学生.xlsx", "--out", "学生.xlsx"]) == 2
    assert Path("学生.xlsx").read_bytes() == before
    assert main(["check", "."]) == 1  # its own answer is none of the files; 坏.xlsx is


def test_check_says_which_way_to_notify_nobody_knows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "county.toml"
    path.write_text('[notification]\nurls = ["json://127.0.0.1:1", "jsn://x"]\n', encoding="utf-8")
    assert main(["check", str(path)]) == 0
    assert "urls：第 2 个不是 apprise 认识的写法" in capsys.readouterr().out


def test_check_says_that_nobody_of_the_cohort_is_of_school_age(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "county.toml"
    path.write_text("[cohort]\nfirst_birthday = 1980-09-01\nlast_birthday = 1990-08-31\n", encoding="utf-8")
    assert main(["check", str(path)]) == 0
    assert "没有一个是义务教育年龄（最小的已满 18 岁）" in "".join(capsys.readouterr())


def test_check_takes_a_registry_that_the_countys_file_declares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "county.toml").write_text(COUNTY, encoding="utf-8")
    (tmp_path / "特教.xlsx").write_bytes(xlsx([["学生姓名", "身份证号", "特教学号", "状态"], [*KIDS[8][:2], "T1", "在读"]]))
    files = [str(tmp_path / name) for name in ("特教.xlsx", "county.toml")]
    assert main(["check", *files, "--registry", "tejiao", "--out", str(tmp_path / "o.xlsx")]) == 0
    assert "特教学校" in capsys.readouterr().out
