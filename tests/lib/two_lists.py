"""Two lists of made-up persons (虚构) for the tests of ``bidui link``."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from bidui.cli import main

CONTRACT = ["row_a", "row_b", "probability", "decision", "evidence"]
Table = Sequence[Sequence[object]]


PEOPLE = [
    {"township": "安阳镇", "village": "安北社区"}
    | dict(zip(("name", "id", "birth", "sex", "kin", "phone"), person.split(), strict=True))
    for person in """
    韦家家 451228200601050010 2006-01-05 男 韦大家 13907780000
    黄家强 451228200601160025 2006-01-16 女 黄大明 13907780001
    蓝家慧 45122820060127003X 2006-01-27 男 蓝大丽 13907780002
    潘家乐 451228200602070048 2006-02-07 女 潘大秀 13907780003
    覃家军 451228200602180052 2006-02-18 男 覃大欢 13907780004
    罗家芳 451228200603010063 2006-03-01 女 罗大芳 13907780005
    陆家欢 451228200603120078 2006-03-12 男 陆大军 13907780006
    唐家秀 451228200603230082 2006-03-23 女 唐大乐 13907780007
    石家丽 451228200604030090 2006-04-03 男 石大慧 13907780008
    莫家明 45122820060414010X 2006-04-14 女 莫大强 13907780009
    韦乐家 451228200604250114 2006-04-25 男 韦大家 13907780010
    黄乐强 451228200605060128 2006-05-06 女 黄大明 13907780011
    蓝乐慧 451228200605170132 2006-05-17 男 蓝大丽 13907780012
    潘乐乐 451228200605280147 2006-05-28 女 潘大秀 13907780013
    覃乐军 451228200606080155 2006-06-08 男 覃大欢 13907780014
    罗乐芳 45122820060619016X 2006-06-19 女 罗大芳 13907780015
    陆乐欢 451228200606300170 2006-06-30 男 陆大军 13907780016
    唐乐秀 451228200607110184 2006-07-11 女 唐大乐 13907780017
    石乐丽 451228200607220199 2006-07-22 男 石大慧 13907780018
    莫乐明 451228200608020201 2006-08-02 女 莫大强 13907780019
    韦欢家 451228200608130216 2006-08-13 男 韦大家 13907780020
    黄欢强 451228200608240220 2006-08-24 女 黄大明 13907780021
    蓝欢慧 451228200609040239 2006-09-04 男 蓝大丽 13907780022
    潘欢乐 451228200609150243 2006-09-15 女 潘大秀 13907780023
    覃欢军 451228200609260258 2006-09-26 男 覃大欢 13907780024
    罗欢芳 451228200610070267 2006-10-07 女 罗大芳 13907780025
    陆欢欢 451228200610180271 2006-10-18 男 陆大军 13907780026
    唐欢秀 451228200610290286 2006-10-29 女 唐大乐 13907780027
    石欢丽 451228200611090294 2006-11-09 男 石大慧 13907780028
    莫欢明 45122820061120030X 2006-11-20 女 莫大强 13907780029
    韦明家 451228200612010313 2006-12-01 男 韦大家 13907780030
    黄明强 451228200612120328 2006-12-12 女 黄大明 13907780031
    蓝明慧 451228200612230332 2006-12-23 男 蓝大丽 13907780032
    潘明乐 451228200701030340 2007-01-03 女 潘大秀 13907780033
    覃明军 451228200701140355 2007-01-14 男 覃大欢 13907780034
    罗明芳 45122820070125036X 2007-01-25 女 罗大芳 13907780035
    陆明欢 451228200702050378 2007-02-05 男 陆大军 13907780036
    唐明秀 451228200702160382 2007-02-16 女 唐大乐 13907780037
    石明丽 451228200702270397 2007-02-27 男 石大慧 13907780038
    莫明明 451228200703100402 2007-03-10 女 莫大强 13907780039
    """.strip().splitlines()
]  # of different names, days of birth and fathers


def rows(people: Sequence[dict[str, str]], *fields: str) -> list[list[object]]:
    """The people's ``fields``, a row each."""
    return [[one[field] for field in fields] for one in people]


def save(path: Path, table: Table, encoding: str = "utf-8") -> Path:
    """``table`` as a file of the kind that the name of ``path`` ends in."""
    if path.suffix == ".xlsx":
        book = Workbook()
        for cells in table:
            book.active.append(cells)
        book.save(path)
    elif path.suffix == ".parquet":
        pd.DataFrame(table[1:], columns=list(table[0])).to_parquet(path, index=False)
    else:
        lines = [",".join("" if cell is None else str(cell) for cell in cells) for cells in table]
        path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """(exit status, what was printed) of ``bidui link`` with ``arguments``."""
    return run_command(capsys, "link", *arguments)


def run_command(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    """(exit status, what was printed) of ``bidui`` with ``words``."""
    status = main([*map(str, words)])
    printed = capsys.readouterr()
    said = printed.out + printed.err
    assert "Traceback" not in said
    return status, said


def linked(out: Path) -> dict[tuple[int, int], str]:
    """(row in A, row in B) -> decision, as ``out`` has them."""
    frame = pd.read_parquet(out)
    return {(a, b): d for a, b, d in zip(frame["row_a"], frame["row_b"], frame["decision"], strict=True)}
