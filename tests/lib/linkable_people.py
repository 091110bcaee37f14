"""Made-up people for the tests of matching. No row describes a real person (虚构)."""

import pandas as pd

from matching.ids import with_check_digit
from matching.records import PEOPLE, People, encode_records

BORN = "2010-03-15"
A = with_check_digit("45122820100315001")
B = with_check_digit("45122820100315003")  # a twin's
SIBLING = with_check_digit("45122820120601002")
HOME = {"township": "安阳镇", "village": "安北社区", "kin": "韦大山|黄二妹"}


def person(source: str, name: str, number: str | None = A, born: str | None = BORN, **other: object) -> dict[str, object]:
    """A record of the family 韦 of 安北社区."""
    return {"source": source, "name": name, "id_number": number, "birthdate": born, **HOME, **other}


def strangers(count: int = 400) -> list[dict[str, object]]:
    """People of two registries, each in both, none like the pair under test."""
    surnames, given = "蓝黄蒙潘覃罗陆唐石莫", "一二三四五六七八九十"
    rows = []
    for i in range(count):
        day = pd.Timestamp("2005-01-01") + pd.Timedelta(days=7 * i)
        row = {
            "name": surnames[i % 10] + given[i // 10 % 10] + given[i // 100],
            "birthdate": f"{day:%Y-%m-%d}",
            "id_number": with_check_digit(f"451228{day:%Y%m%d}{i % 900:03d}"),
            "township": "高岭镇",
            "village": f"村{i % 20}",
            "kin": f"父{i}",
        }
        rows += [{"source": "police", **row}, {"source": "school", **row}]
    return rows


def frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Rows as the table that matching takes, record ids r0, r1, … where none is given."""
    people = pd.DataFrame([{"record_id": f"r{i}", **row} for i, row in enumerate(rows)]).reindex(columns=list(PEOPLE))
    people["birthdate"] = pd.to_datetime(people["birthdate"])
    people["birth_implied"] = people["birth_implied"].eq(True).fillna(False)
    texts = [field for field in PEOPLE if field not in ("birthdate", "birth_implied")]
    return people.astype(dict.fromkeys(texts, "str"))


def ready(rows: list[dict[str, object]]) -> People:
    """Rows prepared, in the order of their record ids' first sources."""
    return encode_records(frame(rows))
