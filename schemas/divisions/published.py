"""The townships and villages of any county of China as published, or as a file ``CODE.csv`` beside the table has them."""

from importlib.resources import files

from schemas.county_problems import Problems
from schemas.divisions import Divisions, Township, Village, all_divisions, county_names, parents_of, village_name
from schemas.divisions.divisions_file import read_divisions


def published_divisions(code: str) -> Divisions:
    """The county ``code`` as published; without townships where the table does not have it."""
    own = files("schemas.divisions") / f"{code}.csv"
    if own.is_file():
        problems = Problems(own.name)
        divisions = read_divisions(own.read_text(encoding="utf-8"), code, county_names()[code], problems)
        problems.raise_any()
        return divisions
    villages: dict[str, list[Village]] = {}
    for village, name in _published_villages(code):
        villages.setdefault(village[:9], []).append(Village(village_name(name)))
    townships = [
        Township(township, name, (), tuple(dict.fromkeys(villages.get(township, ()))))
        for township, name in sorted(all_divisions().items())
        if len(township) == 9 and township.startswith(code)
    ]
    return Divisions(code, county_names().get(code, ""), parents_of(code), tuple(townships))


def _published_villages(code: str) -> list[tuple[str, str]]:
    """(code, name) of the villages of the county ``code``."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    # Not by read_table, which loads pandas: a question would wait a fifth of a second more for its answer.
    table = pq.ParquetFile(pa.BufferReader((files("schemas.divisions") / "villages.parquet").read_bytes())).read()
    table = table.filter(pc.starts_with(table["code"], code))
    return list(zip(table["code"].to_pylist(), table["name"].to_pylist(), strict=True))
