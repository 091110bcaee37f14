"""Another county and another cohort, from made-up exports to the weekly report, with no word of the plan's own county."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from bidui.cli import main
from pipelines.ask.tally import tally
from schemas.divisions.published import published_divisions
from tests.lib.plan_county import SETTINGS

PLANS_OWN = re.compile("都安|451228|都精准办|" + "|".join(SETTINGS.divisions.township_names))
TOWNSHIPS = published_divisions("451229").township_names
AS_OF = "20220415"
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """(the data folder of 大化, what was printed)."""
    root = tmp_path_factory.mktemp("second") / "d"
    with pytest.MonkeyPatch.context() as patch, open(root.with_name("screen"), "w+", encoding="utf-8") as screen:
        patch.setattr("sys.stdout", screen)
        patch.setattr("sys.stderr", screen)
        cohort = ["--cohort", "2006-09-01", "2016-08-31"]
        assert (
            main(["demo", str(root), "--children", "600", "--seed", "2", "--county", "451229", *cohort, "--as-of", "2022-04-15"])
            == 0
        )
        screen.seek(0)
        return root, screen.read()


def texts(path: Path) -> Iterator[str]:
    """All that a file says."""
    if path.suffix == ".parquet":
        for column in pq.read_table(path).columns:
            yield from (str(value) for value in column.unique().to_pylist())
    elif path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            yield from (book.read(name).decode("utf-8", "replace") for name in book.namelist())
    else:
        content = path.read_bytes()
        yield from (content.decode(encoding, "replace") for encoding in ("utf-8", "gb18030", "utf-16-le"))


def test_nothing_that_is_written_or_printed_is_of_another_county(demo: tuple[Path, str]) -> None:
    root, screen = demo
    found = {"screen" for _ in PLANS_OWN.findall(screen)}
    for path in root.rglob("*"):
        if PLANS_OWN.search(path.relative_to(root).as_posix()):
            found.add(f"name of {path.name}")
        if path.is_file() and any(PLANS_OWN.search(text) for text in texts(path)):
            found.add(path.relative_to(root).as_posix())
    assert not found


def test_every_township_has_its_workbook_and_its_weekly_report(demo: tuple[Path, str]) -> None:
    folder = demo[0] / "outbox/2022-04-15"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.xlsx")}
    assert names >= {f"{name}_控辍保学核查_{AS_OF}.xlsx" for name in TOWNSHIPS} | {f"大化县_控辍保学汇总_{AS_OF}.xlsx"}
    assert names >= {f"周报/周报_{name}_{AS_OF}.xlsx" for name in (*TOWNSHIPS, "大化县")}
    cover = [
        cell.value for row in load_workbook(folder / f"大化县_控辍保学汇总_{AS_OF}.xlsx")["封面"] for cell in row if cell.value
    ]
    assert cover[0] == "大化瑶族自治县控辍保学核查汇总"
    assert "依据：《中华人民共和国义务教育法》第十一条、第十三条；国办发〔2017〕72号。" in cover
    weekly = load_workbook(folder / f"周报/周报_大化县_{AS_OF}.xlsx").worksheets[0]
    said = "\n".join(str(cell.value) for row in weekly for cell in row if cell.value)
    assert "大化瑶族自治县控辍保学周报" in said and "依据：《义务教育法》第十三条" in said and "指挥部" not in said


def test_the_children_of_its_cohort_are_swept_and_none_is_missed(demo: tuple[Path, str]) -> None:
    root, screen = demo
    persons = pq.read_table(root / "curated/current/persons.parquet").to_pandas()
    inside = persons[persons["in_cohort"]]
    assert (inside["hukou_county"] == "451229").all() and len(inside) > 500
    births = inside["birthdate"].dropna().astype("datetime64[us]")
    assert births.min().isoformat() >= "2006-09-01" and births.max().isoformat() < "2016-09-01"
    assert set(inside["responsible_township"].dropna()) <= set(TOWNSHIPS)
    assert "漏掉的儿童：0 " in screen
    assert tally(root / "curated/current")["whereabouts"]


def test_a_demo_does_not_change_a_folder_of_another_county(demo: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    root = str(demo[0])
    assert main(["demo", root, "--county", "451228"]) == 2
    assert main(["demo", root, "--county", "451229", "--cohort", "2004-09-01", "2014-08-31"]) == 2
    assert main(["demo", root, "--county", "无此县"]) == 2
    assert main(["demo", root, "--cohort", "2014-09-01", "2004-08-31"]) == 2
    assert main(["demo", root, "--cohort", "2014-09-01"]) == 2
    told = capsys.readouterr().err
    assert "写的是 451229 大化瑶族自治县" in told and "出生日期范围与此不同" in told and "要写两个值" in told
