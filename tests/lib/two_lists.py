"""Two lists of made-up persons (虚构) for the tests of ``bidui link``."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from bidui.cli import main
from tests.lib.small_exports import id_of

CONTRACT = ["row_a", "row_b", "probability", "decision", "evidence"]
Table = Sequence[Sequence[object]]


def person(number: int) -> dict[str, str]:
    """One of many people of different names, days of birth and villages."""
    surnames, given = "韦黄蓝潘覃罗陆唐石莫", "家乐欢明慧芳丽强军秀"
    day = pd.Timestamp("2006-01-05") + pd.Timedelta(days=11 * number)
    name = surnames[number % 10] + given[number // 10 % 10] + given[number * 7 % 10]
    return {
        "name": name,
        "id": id_of(f"{day:%Y%m%d}", 1 + number),
        "birth": f"{day:%Y-%m-%d}",
        "sex": "男" if number % 2 == 0 else "女",
        "township": "安阳镇",
        "village": "安北社区",
        "kin": f"{name[0]}大{given[number * 3 % 10]}",
        "phone": f"1390778{number:04d}",
    }


PEOPLE = [person(number) for number in range(40)]


def rows(people: Sequence[dict[str, str]], *fields: str) -> list[list[object]]:
    return [[one[field] for field in fields] for one in people]


def save(path: Path, table: Table, encoding: str = "utf-8") -> Path:
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
    status = main(["link", *map(str, arguments)])
    printed = capsys.readouterr()
    said = printed.out + printed.err
    assert "Traceback" not in said
    return status, said


def linked(out: Path) -> dict[tuple[int, int], str]:
    frame = pd.read_parquet(out)
    return {(a, b): d for a, b, d in zip(frame["row_a"], frame["row_b"], frame["decision"], strict=True)}
