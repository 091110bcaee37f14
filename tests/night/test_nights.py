"""From night to night: files that did not change, older states of newer exports, exports that shrank or broke. All persons are made up (虚构)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import pipelines.intake.accept
import pipelines.intake.reading
from bidui.cli import main
from pipelines.demo.make_county import make_county
from pipelines.intake.accept import accept
from pipelines.intake.reading import read_exports
from pipelines.intake.supersede import supersede
from pipelines.night.outcome import NothingPublished
from schemas.registry import declared
from tests.lib.made_files import xlsx
from tests.lib.made_sheets import grid
from tests.lib.nights import AS_OF, Begun, night
from tests.lib.plan_county import PLACES
from tests.lib.small_exports import HEADINGS, KIDS, certificate, county, good, id_of, pupil, resident, write

Published = Callable[[str], pd.DataFrame]


def test_what_did_not_change_is_not_read_again(
    tmp_path: Path, begun: Begun, monkeypatch: pytest.MonkeyPatch, published: Published
) -> None:
    begun(county)
    before = published("records")
    monkeypatch.setattr(pipelines.intake.reading, "sheets", lambda _: pytest.fail("a file was read again"))
    night(tmp_path)
    pd.testing.assert_frame_equal(published("records"), before)


def test_columns_nobody_knows_are_kept_and_traced_by_fingerprint(tmp_path: Path, published: Published) -> None:
    county(tmp_path)
    rows = [[*row, "星座" if not n else "双鱼"] for n, row in enumerate(grid([pupil(*kid) for kid in KIDS]))]
    (tmp_path / "raw/xueji/xueji.xlsx").write_bytes(xlsx(rows))
    night(tmp_path)
    file = published("files").set_index("registry").loc["xueji"]
    assert file["message"] == "未识别的列：星座"
    (kept,) = map(pd.read_parquet, (tmp_path / "curated/snapshots").glob(f"r*-{file['sha256']}-0.parquet"))
    assert list(kept.iloc[:, -1]) == ["星座", *["双鱼"] * 9]


def files_of(root: Path, **names: bytes) -> list[str]:
    """Which of the files (name without ending -> content) of the student register are used."""
    folder = root / "raw" / "xueji"
    folder.mkdir(parents=True)
    for name, content in names.items():
        (folder / f"{name}.xlsx").write_bytes(content)
    exports = read_exports(root / "raw", declared())
    exports = supersede(exports)
    assert len(exports.sheets) + len(exports.superseded) == len(names)
    return [sheet.file.removesuffix(".xlsx") for sheet in exports.sheets]


def test_a_re_export_supersedes_the_older_by_the_date_in_its_name(tmp_path: Path) -> None:
    everyone, later = (xlsx(grid([pupil(*kid, 学生状态=state) for kid in KIDS])) for state in ("在读", "休学"))
    assert files_of(tmp_path, 学生_20200301=everyone, 学生_20200408=later) == ["学生_20200408"]


def test_a_month_in_the_name_is_not_january(tmp_path: Path) -> None:
    old, new = (xlsx(grid([pupil(*kid) for kid in KIDS])) for _ in range(2))
    assert files_of(tmp_path / "a", 学籍_2020年11月=new, 学籍_2020年9月1日=old) == ["学籍_2020年11月"]
    assert files_of(tmp_path / "b", 学籍202012=new, 学籍20200901=old) == ["学籍202012"]


def test_payments_without_a_term_supersede_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "raw/zizhu"
    folder.mkdir(parents=True)
    for name in ("资助名册2019年秋季.xlsx", "资助名册2020年春季.xlsx"):
        rows = [
            ["学生姓名", "身份证号", "资助项目", "资助金额"],
            *([kid[0], kid[1], "义务教育寄宿生生活补助", 500] for kid in KIDS),
        ]
        (folder / name).write_bytes(xlsx(rows))
    exports = read_exports(tmp_path / "raw", declared())
    exports = supersede(exports)
    assert len(exports.sheets) == 2


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


@pytest.mark.long
def test_a_registry_that_lost_a_third_is_not_published_from(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county)
    (tmp_path / "raw/xueji/xueji.xlsx").write_bytes(xlsx(grid([pupil(*kid) for kid in KIDS[4:]])))
    outcome = night(tmp_path, date(2020, 4, 16))
    assert any("学籍系统" in said and "--accept-drift" in said for said in outcome.left_out)
    assert set(published("persons").query("in_cohort")["whereabouts"]) == {"enrolled"}
    assert set(published("files").query("registry == 'xueji'")["status"]) == {"stale"}
    again = night(tmp_path, date(2020, 4, 17))  # still compared with the last good one
    assert again.left_out
    night(tmp_path, date(2020, 4, 18), accept_drift=True)
    assert published("persons").query("in_cohort")["whereabouts"].value_counts().to_dict() == {"enrolled": 5, "unaccounted": 4}
    (alarm,) = published("drift").query("level == 'alarm'").to_dict("records")
    assert (alarm["registry"], alarm["before"], alarm["now"]) == ("xueji", 9, 5)
    assert not night(tmp_path, date(2020, 4, 19)).left_out


def test_a_broken_export_is_stood_in_for_by_the_last_one(
    tmp_path: Path, begun: Begun, published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    begun(county)
    path = tmp_path / "raw/xueji/xueji.xlsx"
    path.write_bytes(path.read_bytes()[:3000])
    assert main(["run", "--root", str(tmp_path), "--as-of", "2020-04-16"]) == 1
    assert "没有可用的导出" in capsys.readouterr().err
    assert set(published("persons").query("in_cohort")["whereabouts"]) == {"enrolled"}


@pytest.mark.long
def test_a_required_column_that_can_no_longer_be_read_counts_as_lost(tmp_path: Path, begun: Begun, published: Published) -> None:
    """States in a code that nobody knows would put every pupil on the list."""
    begun(county)
    (tmp_path / "raw/xueji/xueji.xlsx").write_bytes(xlsx(grid([pupil(*kid, 学生状态="修仙") for kid in KIDS])))
    outcome = night(tmp_path, date(2020, 4, 16))
    assert any("学籍系统：没有可用的导出" in said for said in outcome.left_out)
    said = published("files").query("status == 'refused'")["message"].item()
    assert "“学生状态”列有 9 行的值不认识" in said
    assert "修仙" not in said  # a column exported by mistake may hold names
    assert set(published("persons").query("in_cohort")["whereabouts"]) == {"enrolled"}
    # Taken as it is, or without a night before, it is no better: nobody is put on the list for a code that nobody knows.
    for root in (tmp_path, county(tmp_path / "first")):
        (root / "raw/xueji/xueji.xlsx").write_bytes(xlsx(grid([pupil(*kid, 学生状态="修仙") for kid in KIDS])))
        with pytest.raises(NothingPublished, match="缺少学籍系统"):
            night(root, date(2020, 4, 17), accept_drift=True)


def test_a_broken_sheet_takes_no_other_registrys_sheet_of_the_same_name_with_it(tmp_path: Path) -> None:
    for registry, rows in (
        ("xueji", grid([pupil(*kid) for kid in KIDS])),
        ("canlian", grid([certificate(*kid) | {"残疾类别": "修仙"} for kid in KIDS], "canlian")),
    ):
        folder = tmp_path / "raw" / registry
        folder.mkdir(parents=True)
        (folder / "2020年.xlsx").write_bytes(xlsx(rows))
    exports = read_exports(tmp_path / "raw", declared())
    tables = accept(exports, PLACES, AS_OF)
    assert [sheet.registry.key for sheet in tables.exports.sheets] == ["xueji"]
    assert [(refusal.registry, refusal.rule) for refusal in tables.exports.refused] == [("canlian", "codes_unknown")]
    assert set(tables.records["registry"]) == {"xueji"}


@pytest.mark.long
@pytest.mark.parametrize("lost", [5, 9])
def test_rows_that_are_refused_count_as_lost(tmp_path: Path, begun: Begun, published: Published, lost: int) -> None:
    """A broken VLOOKUP left #N/A in the place of names and IDs."""
    begun(county)
    broken = {"姓名": "#N/A", "身份证件号": "#N/A"}
    rows = [pupil(*kid) | (broken if i < lost else {}) for i, kid in enumerate(KIDS)]
    (tmp_path / "raw/xueji/xueji.xlsx").write_bytes(xlsx(grid(rows)))
    outcome = night(tmp_path, date(2020, 4, 16))
    assert any("学籍系统" in said and "--accept-drift" in said for said in outcome.left_out)
    assert set(published("persons").query("in_cohort")["whereabouts"]) == {"enrolled"}


@pytest.mark.long
def test_a_required_column_half_of_which_is_empty_counts_as_lost(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county)
    rows = [pupil(*kid) | ({"身份证件号": None} if i < 6 else {}) for i, kid in enumerate(KIDS)]
    (tmp_path / "raw/xueji/xueji.xlsx").write_bytes(xlsx(grid(rows)))
    outcome = night(tmp_path, date(2020, 4, 16))
    assert any("“身份证件号”列缺失或无法识别的由 0.0% 增至 66.7%" in said for said in outcome.left_out)


def test_without_the_earlier_sheets_nothing_is_published(tmp_path: Path, begun: Begun) -> None:
    begun(county)
    for snapshot in (tmp_path / "curated/snapshots").iterdir():
        snapshot.unlink()
    county(tmp_path, pupils=5)
    with pytest.raises(NothingPublished, match="--accept-drift"):
        night(tmp_path)


def test_new_codes_missing_values_and_columns_are_told(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county)
    rows = grid([pupil(*kid, 出生日期=None, 学生状态="修仙" if kid == KIDS[0] else "在读") for kid in KIDS])
    drop = HEADINGS["xueji"].index("联系电话")
    (tmp_path / "raw/xueji/xueji.xlsx").write_bytes(xlsx([[c for i, c in enumerate(row) if i != drop] for row in rows]))
    night(tmp_path)
    said = "\n".join(published("drift")["message"])
    assert "“学生状态”列出现新的值（1 行），不认识" in said
    assert "“成员1联系电话”列没有了" in said


@pytest.mark.parametrize(("column", "number"), [("20300101", "20300101"), ("", "20300101"), ("20300101", "19500101")])
def test_a_child_whose_birthdate_is_still_to_come_is_listed_and_not_hidden(
    tmp_path: Path, published: Published, column: str, number: str
) -> None:
    good(tmp_path)
    here = [resident("韦家乐", id_of("20100315", 1), "20100315"), resident("蓝小花", id_of(number, 2), column)]
    write(tmp_path, "huji", here)
    night(tmp_path)
    grown_up = number == "19500101"  # what the ID says is a birthdate
    assert ("蓝小花" in set(published("unaccounted")["name"])) != grown_up
    assert published("persons").query("name == '蓝小花'")["birthdate"].isna().item() != grown_up


def test_so_small_a_county_that_nobody_in_it_is_disabled(tmp_path: Path) -> None:
    """A county of 150 children with discrepancies ended in a TypeError: no child of a poor household had a certificate."""
    make_county(tmp_path, children=150, seed=1, as_of=AS_OF, discrepancies=True)
    assert (tmp_path / "truth/values.parquet").exists()
