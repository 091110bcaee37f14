"""Rows of the published tables, found as somebody names them, and a record in Chinese words."""

from collections.abc import Mapping

import duckdb

from pipelines.guard import Foreseen
from schemas.codes import ID_STATUS_NAME, STUDENT_STATE_NAME
from schemas.registry import Registry


class ExplainError(Foreseen):
    """What was asked for is not there; the message, in Chinese, says how to name it."""


def rows_of(con: duckdb.DuckDBPyConnection, query: str, *values: object) -> list[dict]:
    """The rows that ``query`` gives with ``values`` for its question marks, each column -> value."""
    found = con.execute(query, list(values))
    names = [d[0] for d in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def person_of(con: duckdb.DuckDBPyConnection, person_id: str) -> dict:
    """The row of persons with this id, which is there."""
    return rows_of(con, "select * from persons where person_id = ?", person_id)[0]


def find_record(con: duckdb.DuckDBPyConnection, named: str) -> dict:
    """The record that ``named`` (record_id, 文件:行 or 文件:工作表:行) names. Raises ExplainError where it names none, or several."""
    found = rows_of(con, "select * from records where record_id = ?", named)
    parts = named.replace("：", ":").rsplit(":", 2)
    if not found and len(parts) >= 2 and parts[-1].isdigit():
        if len(parts) == 3:
            found = rows_of(
                con, "select * from records where file = ? and sheet = ? and row = ?", parts[0], parts[1], int(parts[2])
            )
        else:
            found = rows_of(con, "select * from records where file = ? and row = ?", parts[0], int(parts[1]))
    if not found:
        raise ExplainError(f"没有这一行：{named}。写法：record_id，或 文件名:行号，或 文件名:工作表:行号（行号同 Excel）")
    if len(found) > 1:
        raise ExplainError(f"{named} 对应多行，请写明工作表或用 record_id：{'、'.join(r['record_id'] for r in found[:5])}")
    return found[0]


def describe_record(r: dict, registries: Mapping[str, Registry]) -> str:
    """A record on a line: what it says of the person, and where it stands."""
    parts = [
        r["name"] or "无姓名",
        r["id_number"] or f"证件号{ID_STATUS_NAME[r['id_status']]}",
        str(r["birthdate"] or "出生日期不详"),
    ]
    state = STUDENT_STATE_NAME.get(r["student_state"])
    parts += [v for v in (r["township"], r["village"], r["school"], state, r["guardian"]) if v]
    where = f"《{r['file']}》" + (f"{r['sheet']} " if r["sheet"] else "") + f"第{r['row']}行"
    return f"{r['record_id']}　{registry_title(r['registry'], registries)}{where}　" + "，".join(parts)


def registry_title(registry: str | None, registries: Mapping[str, Registry]) -> str:
    """The registry's Chinese name; empty where the county has no such registry any more."""
    return registries[registry].title if registry and registry in registries else ""
