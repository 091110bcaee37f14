"""What ingest keeps account of: snapshots, changed values, older exports, exports that shrank, the county's own file, and any
value at all. All persons are made up (虚构)."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from conftest import AS_OF
from exports import HEADINGS, certificate, id_of, poor, pupil, resident, write
from hostile import csv, grid, xlsx
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

import pipelines.ingest.ingest
from pipelines.cli import main
from pipelines.ingest.exports import Export
from pipelines.ingest.ingest import ingest, read, take
from pipelines.ingest.supersede import supersede
from pipelines.run import NothingPublished, Outcome, run_job
from schemas.county import CountyFileError, read_county
from schemas.registry import registries
from schemas.repairs import REPAIR_NAME

Published = Callable[[str], pd.DataFrame]
KIDS = [(f"韦家{c}", id_of(f"2010{i + 1:02d}15", 1), f"2010{i + 1:02d}15") for i, c in enumerate("一二三四五六七八九")]


def county(root: Path, pupils: int = 9) -> Path:
    """Nine children, ``pupils`` of them at school."""
    write(root, "huji", [resident(*kid) for kid in KIDS])
    write(root, "xueji", [pupil(*kid) for kid in KIDS[:pupils]])
    write(root, "guofu", [poor(name, number) for name, number, _ in KIDS[:3]])
    write(root, "canlian", [certificate("陆老五", id_of("19500101", 3), "19500101", 3)])
    return root


# ---- snapshots ------------------------------------------------------------------------------------------------------


def test_what_did_not_change_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, published: Published) -> None:
    run_job(county(tmp_path), AS_OF)
    before = published("records")
    monkeypatch.setattr(pipelines.ingest.ingest, "sheets", lambda _: pytest.fail("a file was read again"))
    run_job(tmp_path, AS_OF)
    pd.testing.assert_frame_equal(published("records"), before)


def test_columns_nobody_knows_are_kept_and_traced_by_fingerprint(tmp_path: Path, published: Published) -> None:
    county(tmp_path)
    rows = [[*row, "星座" if not n else "双鱼"] for n, row in enumerate(grid([pupil(*kid) for kid in KIDS]))]
    (tmp_path / "raw/xueji/xueji.xlsx").write_bytes(xlsx(rows))
    run_job(tmp_path, AS_OF)
    file = published("files").set_index("registry").loc["xueji"]
    assert file["message"] == "未识别的列：星座"
    kept = pd.read_parquet(tmp_path / f"curated/snapshots/r1-{file['sha256']}-0.parquet")
    assert list(kept.iloc[:, -1]) == ["星座", *["双鱼"] * 9]


# ---- repairs --------------------------------------------------------------------------------------------------------

REPAIRS = [
    ("姓名", "韦　家一", "韦家一", "blanks"),
    ("身份证件号", KIDS[0][1] + "\t", KIDS[0][1], "blanks"),
    ("身份证件号", "'" + KIDS[0][1], KIDS[0][1], "wrapper"),
    ("身份证件号", "".join(chr(ord(c) + 0xFEE0) for c in KIDS[0][1]), KIDS[0][1], "width"),
    ("身份证件号", KIDS[0][1] + "43", KIDS[0][1], "id_form"),
    ("身份证件号", "无", None, "no_value"),
    ("身份证件号", "4.51228E+17", None, "unreadable"),
    ("出生日期", "2010年1月15日", "2010-01-15", "date_form"),
    ("出生日期", "40193", "2010-01-15", "date_serial"),
    ("出生日期", "2010年1月", None, "unreadable"),
    ("学生状态", "02 休学", "suspended", "code_form"),
    ("联系电话", "139-0778-0001", "13907780001", "phone_form"),
]


@pytest.mark.parametrize(
    ("column", "raw", "standardised", "rule"), REPAIRS, ids=[f"{r[0]}-{r[3]}-{i}" for i, r in enumerate(REPAIRS)]
)
def test_every_change_of_a_value_is_told(column: str, raw: str, standardised: str | None, rule: str) -> None:
    content = xlsx(grid([pupil(*KIDS[0]) | {column: raw}]))
    repairs = ingest(take([Export("学生.xlsx", registries()["xueji"], content, 0.0)])).repairs
    told = [tuple(row) for row in repairs[["row", "column", "raw", "standardised", "rule"]].itertuples(index=False)]
    (one,) = [row for row in told if row[1] == registries()["xueji"].column(_field(column)).headings[0]]
    assert one[0] == 2 and one[2] == raw and one[4] == rule
    assert (None if pd.isna(one[3]) else one[3]) == standardised
    assert rule in REPAIR_NAME


def _field(heading: str) -> str:
    return next(c.field for c in registries()["xueji"].columns if heading in c.headings)


def test_what_is_as_it_should_be_is_no_repair() -> None:
    content = csv(grid([pupil(*kid) | {"联系电话": "13907780001", "户口所在地行政区划": "451228100"} for kid in KIDS]))
    tables = ingest(take([Export("学生.csv", registries()["xueji"], content, 0.0)]))
    assert tables.repairs["rule"].tolist() == []
    assert tables.warnings["rule"].tolist() == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"身份证件号": KIDS[0][1][:-1] + ("1" if KIDS[0][1][-1] != "1" else "2")}, "id_bad_check"),
        ({"出生日期": "20110115"}, "birthdate_not_as_id"),
        ({"性别": "女"}, "sex_not_as_id"),
        ({"出生日期": "20991231"}, "birthdate_in_future"),
        ({"姓名": "Wei Jia"}, "name_unusual"),
        ({"全国学籍号": "12345"}, "student_number_malformed"),
        ({"学生状态": "修仙"}, "code_unknown"),
        ({"出生日期": "2010.2.31"}, "date_unreadable"),
        ({"联系电话": "没有电话号"}, "phone_unreadable"),
    ],
)
def test_every_check_of_values_reports_its_row(change: dict[str, str], rule: str) -> None:
    rows = [pupil(*KIDS[1]), pupil(*KIDS[0]) | change]
    tables = ingest(take([Export("学生.xlsx", registries()["xueji"], xlsx(grid(rows)), 0.0)]), AS_OF)
    assert (3, rule) in set(zip(tables.warnings["row"], tables.warnings["rule"], strict=True))
    assert 2 not in set(tables.warnings["row"])
    assert len(tables.records) == 2


def test_a_birthdate_to_come_gives_way_to_the_ids() -> None:
    content = xlsx(grid([pupil(*KIDS[0]) | {"出生日期": "20991231"}]))
    record = ingest(take([Export("学生.xlsx", registries()["xueji"], content, 0.0)]), AS_OF).records.iloc[0]
    assert (f"{record['birthdate']:%Y%m%d}", record["birthdate_from"]) == (KIDS[0][2], "id")


# ---- older exports --------------------------------------------------------------------------------------------------


def files_of(root: Path, **names: bytes) -> list[str]:
    """Which of the files (name without ending -> content) of the student register are used."""
    folder = root / "raw" / "xueji"
    folder.mkdir(parents=True)
    for name, content in names.items():
        (folder / f"{name}.xlsx").write_bytes(content)
    exports = read(root / "raw")
    supersede(exports)
    assert len(exports.sheets) + len(exports.superseded) == len(names)
    return [sheet.file.removesuffix(".xlsx") for sheet in exports.sheets]


def test_a_re_export_supersedes_the_older_by_the_date_in_its_name(tmp_path: Path) -> None:
    everyone, later = (xlsx(grid([pupil(*kid, 学生状态=state) for kid in KIDS])) for state in ("在读", "休学"))
    assert files_of(tmp_path, 学生_20200301=everyone, 学生_20200408=later) == ["学生_20200408"]


def test_a_date_in_the_title_counts_where_the_name_has_none(tmp_path: Path) -> None:
    old, new = (xlsx([[f"导出日期：{day}"], *grid([pupil(*kid) for kid in KIDS])]) for day in ("2020-04-08", "2020年3月1日"))
    assert files_of(tmp_path, 甲=old, 乙=new) == ["甲"]


def test_other_schools_and_last_terms_stay(tmp_path: Path) -> None:
    one, other = (xlsx(grid([pupil(*kid) for kid in kids])) for kids in (KIDS[:5], KIDS[5:]))
    assert files_of(tmp_path / "a", 一小_20200301=one, 二小_20200408=other) == ["一小_20200301", "二小_20200408"]
    autumn, spring = (xlsx(grid([pupil(*kid) for kid in kids])) for kids in (KIDS, KIDS[:7]))  # two have left school since
    assert files_of(tmp_path / "b", 学生_20190901=autumn, 学生_20200301=spring) == ["学生_20190901", "学生_20200301"]


def test_a_key_that_a_spreadsheet_spoilt_is_nobodys(tmp_path: Path) -> None:
    """Two townships whose every ID has become 4.51228E+17 share no child."""
    one, other = (
        xlsx(grid([pupil(*kid, 身份证件号="4.51228E+17", 全国学籍号="J0") for kid in kids])) for kids in (KIDS[:4], KIDS[4:])
    )
    assert files_of(tmp_path, 甲_20200301=one, 乙_20200408=other) == ["乙_20200408", "甲_20200301"]


def test_rows_without_a_key_are_in_no_other_file(tmp_path: Path) -> None:
    without = [pupil(*kid, 全国学籍号=None) for kid in KIDS[1:]]
    one, other = xlsx(grid([pupil(*KIDS[0]), *without])), xlsx(grid([pupil(*KIDS[0])]))
    assert files_of(tmp_path, 甲_20200301=one, 乙_20200401=other) == ["乙_20200401", "甲_20200301"]


@pytest.mark.parametrize(
    ("heading", "written", "code"),
    [
        ("是否建档立卡", "1.0", "yes"),
        ("残疾人类型", "1、4", None),
        ("残疾人类型", "123", None),
        ("学生状态", "1002", None),
        ("学生状态", "2在读", None),  # 02 is 休学: one of the two is wrong
        ("学生状态", "02 休学", "suspended"),
        ("学生状态", "1.0", "in_school"),
        ("联系电话", "1.3800138E+10", None),
    ],
)
def test_codes_are_read_whole_or_not_at_all(heading: str, written: str, code: str | None) -> None:
    content = xlsx(grid([pupil(*KIDS[0]) | {heading: written}]))
    record = ingest(take([Export("学生.xlsx", registries()["xueji"], content, 0.0)])).records.iloc[0]
    field = _field(heading)
    assert (None if pd.isna(record[field]) else record[field]) == code


def test_what_nobody_foresaw_in_one_file_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> None:
        raise RuntimeError(KIDS[0][1])

    monkeypatch.setattr(pipelines.ingest.ingest, "sheets", fail)
    (refusal,) = take([Export("学生.xlsx", registries()["xueji"], xlsx(), 0.0)]).refused
    assert refusal.rule == "unforeseen"
    assert KIDS[0][1] not in refusal.message


# ---- drift ----------------------------------------------------------------------------------------------------------


def test_a_registry_that_lost_a_third_is_not_published_from(tmp_path: Path, published: Published) -> None:
    run_job(county(tmp_path), AS_OF)
    county(tmp_path, pupils=5)
    outcome = run_job(tmp_path, date(2020, 4, 16))
    assert any("学籍系统" in said and "--accept-drift" in said for said in outcome.left_out)
    assert set(published("persons").query("in_cohort")["whereabouts"]) == {"enrolled"}
    assert set(published("files").query("registry == 'xueji'")["status"]) == {"stale"}
    again = run_job(tmp_path, date(2020, 4, 17))  # still compared with the last good one
    assert again.left_out
    run_job(tmp_path, date(2020, 4, 18), accept_drift=True)
    assert published("persons").query("in_cohort")["whereabouts"].value_counts().to_dict() == {"enrolled": 5, "unaccounted": 4}
    (alarm,) = published("drift").query("level == 'alarm'").to_dict("records")
    assert (alarm["registry"], alarm["before"], alarm["now"]) == ("xueji", 9, 5)
    assert not run_job(tmp_path, date(2020, 4, 19)).left_out


def test_a_broken_export_is_stood_in_for_by_the_last_one(
    tmp_path: Path, published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    run_job(county(tmp_path), AS_OF)
    path = tmp_path / "raw/xueji/xueji.xlsx"
    path.write_bytes(path.read_bytes()[:3000])
    assert main(["run", "--root", str(tmp_path), "--as-of", "2020-04-16"]) == 1
    assert "没有可用的导出" in capsys.readouterr().out.replace("\n", "")
    assert set(published("persons").query("in_cohort")["whereabouts"]) == {"enrolled"}


def test_without_the_earlier_sheets_nothing_is_published(tmp_path: Path) -> None:
    run_job(county(tmp_path), AS_OF)
    for snapshot in (tmp_path / "curated/snapshots").iterdir():
        snapshot.unlink()
    county(tmp_path, pupils=5)
    with pytest.raises(NothingPublished, match="--accept-drift"):
        run_job(tmp_path, AS_OF)


def test_new_codes_missing_values_and_columns_are_told(tmp_path: Path, published: Published) -> None:
    run_job(county(tmp_path), AS_OF)
    rows = grid([pupil(*kid, 出生日期=None, 学生状态="修仙" if kid == KIDS[0] else "在读") for kid in KIDS])
    drop = HEADINGS["xueji"].index("联系电话")
    (tmp_path / "raw/xueji/xueji.xlsx").write_bytes(xlsx([[c for i, c in enumerate(row) if i != drop] for row in rows]))
    run_job(tmp_path, AS_OF)
    said = "\n".join(published("drift")["message"])
    assert "“学生状态”列出现新的值（1 行），不认识" in said
    assert "“成员1联系电话”列没有了" in said


# ---- the county's own file ------------------------------------------------------------------------------------------

COUNTY = """
[xueji.headings]
student_state = ["在籍情况"]
[xueji.codes.student_state]
"在籍 在校" = "in_school"
[xueji.checks]
name_unusual = "off"
[tejiao]
title = "特教学校"
owner = "教育局"
role = "student"
source_key = ["student_number"]
signature = ["student_number", "student_state"]
[tejiao.columns.name]
headings = ["学生姓名"]
kind = "name"
required = true
[tejiao.columns.id_number]
headings = ["身份证号"]
kind = "id"
required = true
[tejiao.columns.student_number]
headings = ["特教学号"]
kind = "student_number"
[tejiao.columns.student_state]
headings = ["状态"]
kind = "code"
required = true
"""


def test_a_county_adds_spellings_codes_and_a_registry(tmp_path: Path, published: Published) -> None:
    county(tmp_path, pupils=8)
    (tmp_path / "county.toml").write_text(COUNTY, encoding="utf-8")
    rows = grid([pupil(*kid, 学生状态="在籍在校") for kid in KIDS[:8]])
    rows[0][rows[0].index("学生状态")] = "在籍情况"
    (tmp_path / "raw/xueji/xueji.xlsx").write_bytes(xlsx(rows))
    (tmp_path / "raw/tejiao").mkdir()
    special = [["学生姓名", "身份证号", "特教学号", "状态"], [*KIDS[8][:2], "T1", "在读"]]
    (tmp_path / "raw/tejiao/特教.xlsx").write_bytes(xlsx(special))
    run_job(tmp_path, AS_OF)
    assert published("persons").query("in_cohort")["whereabouts"].tolist() == ["enrolled"] * 9
    assert "tejiao" not in registries()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[xueji", "不是有效的 TOML"),
        ("[xueji.headings]\nstudent_stat = ['在籍']", "是否指 student_state？"),
        ("[xueji.headings]\nstudent_state = '在籍'", "应是一列文字"),
        ("[xueji.headings]\nstudent_state = ['姓名']", "既是"),
        ("[xueji.codes.student_state]\n'在籍' = 'at_school'", "应为"),
        ("[xueji.codes.school]\n'一小' = 'x'", "没有这个代码字段"),
        ("[xueji.checks]\nid_bad_chek = 'off'", "是否指 id_bad_check？"),
        ("[xueji.checks]\nid_bad_check = 'stop'", "refuse"),
        ("[xueji]\nheading = 1", "不认识"),
        ("[xuejj]\ntitle = '学籍'", "是否指 xueji？"),
        ("xueji = 1", "应写成表"),
        (COUNTY.replace('source_key = ["student_number"]', "source_key = []"), "至少要写一个字段"),
        (COUNTY.replace('signature = ["student_number", "student_state"]', "signature = []"), "至少要写一个字段"),
        (COUNTY.replace('kind = "id"', 'kind = "text"'), "应为 id"),
        ("[xueji.headings]\nname = ['身份证件号 ']", "既是"),
    ],
)
def test_a_county_file_that_does_not_hold_together_says_where(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CountyFileError, match=said):
        read_county(text)
    path = tmp_path / "county.toml"
    path.write_text(text, encoding="utf-8")
    assert main(["check", str(path)]) == 2
    county(tmp_path)
    with pytest.raises(NothingPublished, match=r"county\.toml"):
        run_job(tmp_path, AS_OF)


# ---- check and what goes back ---------------------------------------------------------------------------------------


def test_check_tells_the_office_and_writes_a_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [pupil(*KIDS[0]), pupil("蓝小花", KIDS[1][1][:-1] + "?", "20110101"), {"学校名称": "安阳小学"}]
    (tmp_path / "学生.xlsx").write_bytes(xlsx(grid(rows)))
    out = tmp_path / "结果.xlsx"
    assert main(["check", str(tmp_path / "学生.xlsx"), "--out", str(out)]) == 1
    said = capsys.readouterr().out
    assert "第 4 行既无姓名也无证件号" in said
    assert "蓝小花" not in said and KIDS[0][1] not in said
    book = load_workbook(out)
    assert book.sheetnames == ["文件", "退回的行", "请核对的行", "自动改写", "提示", "与上次相比"]
    assert [c.value for c in book["退回的行"][2]][3:5] == ["4", "姓名"] or book["退回的行"]["D2"].value == 4
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


def test_each_office_gets_its_own_rows_back(tmp_path: Path, run_here: Callable[..., Outcome]) -> None:
    county(tmp_path)
    write(tmp_path, "guofu", [poor("韦家一", KIDS[0][1]), {"乡(镇)": "安阳镇"}])
    run_here()
    folder = tmp_path / "outbox/2020-04-15/退回各单位"
    names = sorted(path.name.partition("_")[0] for path in folder.iterdir())
    assert names == sorted({r.owner for r in registries().values() if (tmp_path / "raw" / r.key).exists()})
    mended = load_workbook(folder / "扶贫办_数据退回_20200415.xlsx")["退回的行"]
    assert mended.max_row == 2
    assert "既无姓名也无证件号" in mended["F2"].value
    assert load_workbook(folder / "教育局_数据退回_20200415.xlsx")["退回的行"]["A1"].value == "没有退回的行"
    write(tmp_path, "guofu", [poor("韦家一", KIDS[0][1]), poor("韦家二", KIDS[1][1])])  # mended and sent again
    run_here()
    assert load_workbook(folder / "扶贫办_数据退回_20200415.xlsx")["退回的行"]["A1"].value == "没有退回的行"


# ---- any value ------------------------------------------------------------------------------------------------------

_CELL = st.one_of(
    st.none(),
    st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=40),
    st.from_regex(r"[0-9０-９xXＸ.\-/年月日 E+'=\"]{0,24}", fullmatch=True),
    st.sampled_from(["", " ", "无", "合计", "姓名", "在读", KIDS[0][1], "4.51228E+17", "20100115", "\u200b", "\ufeff韦", "#N/A"]),
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(registries())), st.lists(st.lists(_CELL, min_size=12, max_size=12), min_size=1, max_size=6))
def test_no_value_raises_and_every_row_is_accounted_for(key: str, cells: list[list[str | None]]) -> None:
    registry = registries()[key]
    headings = [c.headings[0] for c in registry.columns if c.required or c.kind in ("date", "code", "village", "phone", "amount")]
    headings += [c.headings[0] for c in registry.columns if c.field in registry.signature]
    headings = list(dict.fromkeys(headings))
    rows = [[(row[i % 12] if i < 24 else None) for i in range(len(headings))] for row in cells]
    quoted = [",".join('"' + (c or "").replace('"', '""').replace("\0", "") + '"' for c in row) for row in [headings, *rows]]
    exports = take([Export("值.csv", registry, "\n".join(quoted).encode("utf-8"), 0.0)])
    if not exports.sheets:
        assert exports.refused
        return
    tables = ingest(exports, AS_OF)
    read_rows = int(tables.files.loc[tables.files["status"] == "read", "rows"].sum())
    assert read_rows == len(tables.records) + int(tables.quarantine["row"].notna().sum())


def test_both_aid_systems_are_read_and_a_family_in_hardship_is_not_yet_paid(tmp_path: Path, published: Published) -> None:
    county(tmp_path)
    (tmp_path / "raw/zizhu").mkdir()
    one, two = KIDS[:2]
    paid = [["学校", "学生姓名", "身份证号", "资助项目", "资助金额", "学期"], ["一小", *one[:2], "营养改善计划", 400, "2020春"]]
    hardship = [["姓名", "身份证件号", "认定困难级别", "是否低保家庭"], *([*kid[:2], "困难", None] for kid in KIDS[:3])]
    (tmp_path / "raw/zizhu/广西资助.xlsx").write_bytes(xlsx(paid))
    (tmp_path / "raw/zizhu/全国资助.xlsx").write_bytes(xlsx(hardship))
    run_job(tmp_path, AS_OF)
    assert published("records").query("registry == 'zizhu'")["hardship"].notna().sum() == 3
    names = published("persons").set_index("person_id")["name"]
    due = published("findings").query("rule == 'aid_due_unpaid'")["person_id"].map(names)
    assert set(due) == {two[0], KIDS[2][0]}
