"""The workbooks that go back to the offices. All persons are made up (虚构)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipelines.night.outcome import Outcome
from schemas.registry import declared
from tests.lib.small_exports import KIDS, county, poor, write


@pytest.mark.long
def test_each_office_gets_its_own_rows_back(tmp_path: Path, run_here: Callable[..., Outcome]) -> None:
    county(tmp_path)
    write(tmp_path, "guofu", [poor("韦家一", KIDS[0][1]), {"乡(镇)": "安阳镇"}])
    run_here(townships=None)
    folder = tmp_path / "outbox/2020-04-15/退回各单位"
    names = sorted(path.name.partition("_")[0] for path in folder.iterdir())
    assert names == sorted({r.owner for r in declared().values() if (tmp_path / "raw" / r.key).exists()})
    mended = load_workbook(folder / "扶贫办_数据退回_20200415.xlsx")["退回的行"]
    assert mended.max_row == 2
    assert "既无姓名也无证件号" in mended["F2"].value
    assert load_workbook(folder / "教育局_数据退回_20200415.xlsx")["退回的行"]["A1"].value == "没有退回的行"
    write(tmp_path, "guofu", [poor("韦家一", KIDS[0][1]), poor("韦家二", KIDS[1][1])])  # mended and sent again
    run_here(townships=None)
    assert load_workbook(folder / "扶贫办_数据退回_20200415.xlsx")["退回的行"]["A1"].value == "没有退回的行"
