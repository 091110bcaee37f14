"""``bidui init``. All persons are made up (虚构)."""

import os
from pathlib import Path

import pytest

from bidui.cli import main
from pipelines.store.county_file import settings_of
from schemas.registry import declared
from tests.lib.nights import unchanged
from tests.lib.small_exports import good, resident, write

MODES = os.name != "nt"


def test_a_county_begins_with_folders_and_two_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "大化"
    os.umask(0)
    assert main(["init", str(root), "--county", "大化"]) == 0
    assert {path.name for path in root.iterdir()} == {"raw", "inbox", "county.toml", "divisions.csv"}
    assert {path.name for path in (root / "raw").iterdir()} == set(declared())
    if MODES:
        modes = {path.stat().st_mode & 0o777 for path in (root, *root.rglob("*")) if path.is_dir()}
        assert modes == {0o700}
        assert {(root / name).stat().st_mode & 0o777 for name in ("county.toml", "divisions.csv")} == {0o600}
    assert settings_of(root).county.name == "大化瑶族自治县"
    assert len(settings_of(root).divisions.townships) == 16
    assert main(["check", str(root / "county.toml"), str(root / "divisions.csv")]) == 0
    said = capsys.readouterr().out
    assert "451229 大化瑶族自治县（大化县），16 个乡镇、160 个村" in said and "方案：没有，只引用法律" in said


def test_what_is_there_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "county.toml").write_text(
        '[county]\ncode = "451229"\n[xueji.checks]\nphone_unreadable = "off"\n', encoding="utf-8"
    )
    assert main(["init", str(tmp_path)]) == 0
    assert "已有" in capsys.readouterr().out
    with unchanged(tmp_path):
        assert main(["init", str(tmp_path), "--county", "451229"]) == 0
        assert main(["init", str(tmp_path), "--county", "451228"]) == 2
    assert "写的是 451229 大化瑶族自治县" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("county", "said"),
    [
        ("451230", "相近的有 451229 大化瑶族自治县（广西壮族自治区河池市）、"),
        ("鼓楼区", "350102 鼓楼区（福建省福州市）"),
        ("大化瑶自治县", "451229 大化瑶族自治县（广西"),
        ("[/]", "没有“[/]”。请写六位区划代码，或县名：全称（"),
        ("4512", "“4512”是河池市，不是县，它有 451202 金城江区、"),
        ("451200", "“451200”是河池市，不是县"),
        ("450000", "“450000”是广西壮族自治区，不是县，它有 4501 南宁市、"),
        ("河池", "“河池”是河池市，不是县"),
        ("1101", "“1101”是北京市，不是县，它有 110101 东城区、"),
        ("河南省", "“河南省”不是县，它有 4101 郑州市、"),
        ("", "--county 后面是空的"),
        (" ", "--county 后面是空的"),
    ],
)
def test_a_county_that_does_not_exist_is_met_with_those_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], county: str, said: str
) -> None:
    assert main(["init", str(tmp_path / "d"), "--county", county]) == 2
    told = capsys.readouterr().err
    assert told.startswith("没有新建：") and said in told
    assert not (tmp_path / "d").exists()


def test_places_of_the_exports_are_added_as_proposals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good(tmp_path)
    kids = [("韦小明", "20100101"), ("蓝小花", "20110101"), ("覃小强", "20120101")]
    write(tmp_path, "huji", [resident(name, None, birth, 居村委会="弄王村") for name, birth in kids], name="more.csv")
    assert main(["init", str(tmp_path)]) == 0
    lines = (tmp_path / "divisions.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line for line in lines if line.endswith("待定")] == ["451228100,安阳镇,弄王村,,3,待定"]
    assert "没有生效" in capsys.readouterr().out
    with unchanged(tmp_path):
        assert main(["init", str(tmp_path)]) == 0  # nothing is proposed twice
    townships = settings_of(tmp_path).divisions.townships
    assert not any(village.name == "弄王村" for township in townships for village in township.villages)
    accepted = "\n".join(lines).replace("3,待定", "3,采用")
    (tmp_path / "divisions.csv").write_bytes(accepted.encode("gb18030"))  # as Excel saves it
    assert any(village.name == "弄王村" for village in settings_of(tmp_path).divisions.townships[0].villages)
    write(tmp_path, "huji", [resident(name, None, birth, 居村委会="弄平村") for name, birth in kids], name="yet more.csv")
    assert main(["init", str(tmp_path)]) == 0
    last = (tmp_path / "divisions.csv").read_bytes().decode("gb18030").splitlines()[-1]
    assert last == "451228100,安阳镇,弄平村,,3,待定"


@pytest.mark.skipif(not MODES or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_rights_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.chmod(0o500)
    try:
        assert main(["init", str(tmp_path / "d")]) == 2
    finally:
        tmp_path.chmod(0o700)
    assert "没有权限" in capsys.readouterr().err


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "d").write_text("", encoding="utf-8")
    assert main(["init", str(tmp_path / "d")]) == 2
    assert "不是文件夹" in capsys.readouterr().err
