"""The returned files that the run could not read, for the county's cover: their answers do not count, and nobody else would look for them."""

from pathlib import Path

import pyarrow.parquet as pq

_MOST = 20  # lines on the cover


def unread_returns(tables: Path) -> tuple[str, ...]:
    """In Chinese one line for each file, and each sheet, of the inbox that the run published in ``tables`` refused whole: its name and why."""
    told = ["file", "sheet", "row", "message"]
    refused = pq.read_table(tables / "quarantine.parquet", columns=told, filters=[("registry", "=", "answers")]).to_pylist()
    lines = dict.fromkeys(f"{returned_name(r['file'], r['sheet'])}：{r['message']}" for r in refused if r["row"] is None)
    more = len(lines) - _MOST
    return (*list(lines)[:_MOST], *([f"……还有 {more} 个"] if more > 0 else []))


def returned_name(file: str, sheet: str | None) -> str:
    """How a returned file, or one sheet of it, is named to the county."""
    return f"《{file}》的工作表“{sheet}”" if sheet else f"《{file}》"
