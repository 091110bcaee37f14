"""Reading and standardising, beside what they cannot do without:
``python -m benchmarks.intake_speed [--county DIR] [--largest]``.

Reading: a workbook of 100,000 rows and 30 columns, as Excel writes it (shared strings), by python-calamine alone and as the
job reads it. Checking: a million records under the checks of ``schemas.checks`` with pandera, and the same expressions
evaluated bare. ``--county``: the exports under DIR/raw to standardised records, and the same files read bare (calamine,
Arrow's CSV reader). ``--largest``: the largest sheet that is let in, and the memory that takes.
"""

import argparse
import io
import statistics
import time
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from pyarrow.csv import read_csv
from python_calamine import CalamineWorkbook

from pipelines.files.containers import sheets
from pipelines.intake.accept import accept
from pipelines.intake.places import Places
from pipelines.intake.plausible import out_of_place
from pipelines.intake.reading import read_exports
from pipelines.intake.sheets import Sheet
from pipelines.intake.standardise import standardise
from pipelines.intake.validate import validate_values
from schemas.checks import VALUE_CHECKS
from schemas.registry import declared
from schemas.settings import Settings

_REPEAT = 5
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" '
    'ContentType="application/xml"/><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>'
    "</Relationships>",
}


def workbook(rows: int, columns: int, strings: int = 200_000) -> bytes:
    """A workbook of text cells; in two of the columns nearly every cell has a string of its own, in the others strings repeat."""
    letters = [chr(65 + i) if i < 26 else "A" + chr(65 + i - 26) for i in range(columns)]
    texts = "".join(f"<si><t>值{i * 7919}</t></si>" for i in range(strings))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, text)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{texts}</sst>')
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for start in range(1, rows + 1, 10_000):
                lines = []
                for row in range(start, min(start + 10_000, rows + 1)):
                    cells = "".join(
                        f'<c r="{letter}{row}" t="s"><v>{(row * 31 + i * 977) % strings if i < 2 else (row * i) % 500}</v></c>'
                        for i, letter in enumerate(letters)
                    )
                    lines.append(f'<row r="{row}">{cells}</row>')
                part.write("".join(lines).encode())
            part.write(b"</sheetData></worksheet>")
    return out.getvalue()


def read_bare(content: bytes) -> None:
    """Read all cells with python-calamine and nothing else."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()


def bare_files(raw: Path) -> None:
    for path in sorted(raw.rglob("*")):
        if path.suffix in (".xlsx", ".xls"):
            read_bare(path.read_bytes())
        elif path.suffix == ".csv":
            content = path.read_bytes()
            try:
                text = content.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = content.decode("gb18030")
            read_csv(io.BytesIO(text.encode()))


def timed(*works: object) -> list[float]:
    """Median seconds, of CPU, of ``works`` run in turn: a busy machine makes them wait and not work longer."""
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(_REPEAT):
        for work, spent in zip(works, seconds, strict=True):
            start = time.process_time()
            work()  # type: ignore[operator]
            spent.append(time.process_time() - start)
    return [statistics.median(spent) for spent in seconds]


def records(size: int) -> tuple[Sheet, pd.DataFrame]:
    """A sheet of made-up pupils (虚构), in which one value in a hundred is faulty."""
    rng = np.random.default_rng(1)

    def mostly(good: list[str], bad: str) -> pd.Series:
        values = np.array([*good, bad])[np.where(rng.random(size) < 0.01, len(good), rng.integers(0, len(good), size))]
        return pd.Series(values, dtype="str")

    births = (np.datetime64("2005-01-01") + rng.integers(0, 3650, size)).astype("datetime64[D]")
    texts = pd.Series(pd.to_datetime(births)).dt.strftime("%Y%m%d")
    sequence = rng.integers(0, 999, size)
    number = numbers("451228" + texts + pd.Series(sequence).astype(str).str.zfill(3))
    cells = pd.DataFrame(
        {
            "row": np.arange(2, size + 2, dtype=np.int32),
            "longer": False,
            "name": mostly(["韦家乐", "蓝小花", "莫三"], "韦?"),
            "id_number": number.where(rng.random(size) > 0.01, "无"),
            "student_number": "G" + number,
            "birthdate": texts.where(rng.random(size) > 0.01, "2010年"),
            "sex": pd.Series(np.where(sequence % 2 == 1, "男", "女"), dtype="str"),
            "student_state": mostly(["在读", "01"], "不明"),
            "phone": pd.Series(rng.integers(10**10, 2 * 10**10, size)).astype(str),
        }
    )
    return Sheet(declared()["xueji"], "学生.xlsx", "学生", "", 1, cells), cells


def numbers(first17: pd.Series) -> pd.Series:
    """IDs with the right check digit (GB 11643)."""
    digits = np.frombuffer("".join(first17).encode("ascii"), dtype=np.uint8).reshape(-1, 17).astype(np.int64) - ord("0")
    weights = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
    return first17 + pd.Series(np.array(list("10X98765432"))[digits @ weights % 11], dtype="str")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--county", type=Path, metavar="DIR")
    parser.add_argument("--largest", action="store_true")
    options = parser.parse_args()
    content = workbook(options.rows, 30)
    alone, whole = timed(lambda: read_bare(content), lambda: list(sheets(content)))
    print(f"reading {options.rows:,} × 30: python-calamine {alone:.2f} s, as the job reads {whole:.2f} s, × {whole / alone:.2f}")
    sheet, cells = records(options.records)
    read = standardise(sheet, cells, Places(Settings().divisions))
    shown = dict.fromkeys(("birth_and_id", "sex_and_id"), pd.Series(None, index=cells.index, dtype="str"))
    for check in VALUE_CHECKS:
        shown.setdefault(check.on, read.records.get(check.on, pd.Series(False, index=cells.index)))
    standardised, checked, expressions = timed(
        lambda: standardise(sheet, cells, Places(Settings().divisions)),
        lambda: validate_values(sheet, cells, read, out_of_place(cells, read, sheet.registry), date(2020, 4, 15)),
        lambda: [check.holds(shown[check.on]).all() for check in VALUE_CHECKS],
    )
    print(
        f"{options.records:,} records: standardised in {standardised:.2f} s; {len(VALUE_CHECKS)} checks: pandera {checked:.2f} s, "
        f"the bare expressions {expressions:.2f} s, {checked - expressions:.2f} s less"
    )
    if options.county:
        alone, whole = timed(
            lambda: bare_files(options.county / "raw"),
            lambda: accept(read_exports(options.county / "raw", declared()), Places(Settings().divisions)),
        )
        print(f"a county's files: read bare {alone:.2f} s, to standardised records {whole:.2f} s, × {whole / alone:.2f}")
    if options.largest:
        path = Path("largest.xlsx")
        path.write_bytes(workbook(1_048_576, 30))
        process, before = psutil.Process(), psutil.Process().memory_info().rss
        start = time.perf_counter()
        (grid,) = sheets(path.read_bytes())
        peak = getattr(process.memory_info(), "peak_wset", None) or _peak()
        print(
            f"the largest sheet, {len(grid):,} × {len(grid.columns)}: {time.perf_counter() - start:.0f} s, "
            f"{(peak - before) / 2**30:.1f} GiB at the peak"
        )
        path.unlink()


def _peak() -> int:
    """The most memory this process has held, in bytes; on Windows psutil knows it."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
