"""Files with a password: opened with those of the county, else refused. All persons are made up (虚构)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bidui.cli import main
from pipelines.files.containers import sheets
from pipelines.files.refusal import FileRefused
from tests.lib.made_files import (
    altered,
    encrypted,
    ods,
    renamed,
    xlsx,
)
from tests.lib.made_records import encrypted_xls
from tests.lib.made_sheets import grid, rows_of


def test_a_workbook_that_excel_opens_by_itself_is_opened() -> None:
    assert rows_of(encrypted("VelvetSweatshop")) == rows_of(xlsx())


def test_a_workbook_whose_password_fits_and_opens_nothing_is_damaged() -> None:
    # In a file of its own msoffcrypto writes what describes the encryption over a workbook of under 4,096 bytes.
    small = renamed(xlsx([["姓名"], ["韦家乐"]]), lambda part: part, lambda x: b"<a/>" if b"<a:theme" in x else x)
    with pytest.raises(FileRefused, match="已损坏：密码是对的"):
        list(sheets(encrypted("VelvetSweatshop", small)))


@pytest.mark.parametrize("locked", [encrypted, encrypted_xls], ids=[".xlsx", ".xls"])
def test_a_password_of_the_county_opens_a_workbook_and_another_one_does_not(locked: Callable[[], bytes]) -> None:
    content = locked()
    (read,) = sheets(content, ("wrong", "secret"))
    assert "韦家乐" in read.columns[grid()[0].index("姓名")].to_pylist()
    with pytest.raises(FileRefused, match="打开密码") as refused:
        list(sheets(content, ("wrong",)))
    assert "wrong" not in refused.value.message


def test_an_encrypted_ods_has_a_password() -> None:
    content = altered(
        ods(grid()), "META-INF/manifest.xml", lambda x: x.replace(b"/>", b"><manifest:encryption-data/></manifest:file-entry>")
    )
    with pytest.raises(FileRefused, match="打开密码"):
        list(sheets(altered(content, "content.xml", lambda _: bytes(range(256)))))


def test_the_password_is_a_setting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "学生.xlsx").write_bytes(encrypted())
    (tmp_path / "county.toml").write_text('passwords = ["secret"]\n', encoding="utf-8")
    asked = [
        "check",
        str(tmp_path / "学生.xlsx"),
        "--registry",
        "xueji",
        "--root",
        str(tmp_path),
        "--out",
        str(tmp_path / "结果.xlsx"),
    ]
    assert main(asked) == 0
    assert "secret" not in "".join(capsys.readouterr())
