"""Further sheets of a workbook: passed over where they hold no list, read or refused where they list persons."""

from pathlib import Path

import pytest

from pipelines.intake.accept import Intake, accept
from pipelines.intake.places import Places
from tests.lib.export_folder import Folder
from tests.lib.made_files import xlsx
from tests.lib.plan_county import SETTINGS

_HEAD = ["学校名称", "年级", "姓名", "身份证件号", "全国学籍号", "学生状态"]
_ROWS = [
    ["高岭小学", "三年级", f"韦小{n}", f"45122820100101{i:03d}X", f"G45122820100101{i:03d}X", "在读"]
    for i, n in enumerate("一二三")
]


def _with_sheet(tmp_path: Path, *rows: list[str]) -> Intake:
    folder = Folder(tmp_path, "xueji")
    (folder.raw / "xueji" / "学生.xlsx").write_bytes(xlsx([_HEAD, *_ROWS], list(rows)))
    return accept(folder.read(), Places(SETTINGS.divisions))


@pytest.mark.parametrize(
    "rows",
    [
        [["姓名", "身份证件号"], ["蓝小一", "45122820100101100X"]],
        [["辍学学生"], ["姓 名*", "公民身份号码"], ["蓝小一", ""]],
        [["蓝小一", "45122820100101100X"], ["蓝小二", "45122820100101101x"]],
    ],
)
def test_a_sheet_of_two_columns_that_lists_persons_is_not_passed_over(tmp_path: Path, rows: list[list[str]]) -> None:
    intake = _with_sheet(tmp_path, *rows)
    assert intake.files[["sheet", "status"]].to_dict("tight")["data"] == [["表1", "read"], ["表2", "refused"]]
    assert "工作表“表2”" in intake.files["message"][1] and "没有表头，未使用" not in "".join(intake.notices["message"])


@pytest.mark.parametrize(
    "rows",
    [
        [["是"], ["否"]],
        [["列名", "说明"], ["姓名", "与证件一致"], ["身份证件号", "45122820100101100X"]],
        [["填写说明：姓名、身份证件号必填，如 45122820100101100X"]],
    ],
)
def test_a_dictionary_or_an_explanation_is_passed_over(tmp_path: Path, rows: list[list[str]]) -> None:
    intake = _with_sheet(tmp_path, *rows)
    assert intake.files["status"].to_list() == ["read"] and "没有表头，未使用" in "".join(intake.notices["message"])
