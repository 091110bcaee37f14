"""The figures of a night, counted from the published tables of its run."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from reports.areas import NOWHERE
from reports.list_counts import ListCounts
from reports.night.night_figures import CountedFile, Night
from schemas.memory_database import memory_database
from schemas.registry import Registry
from schemas.settings import Settings
from schemas.words import closed_reason_name

# Senders of refused rows that are no registry.
_OTHER_SENDERS = {"answers": "交回的核查表", "intake": "入学人数表", "responsible": "包保责任人表", "": "—"}
_TABLES = (
    "files",
    "persons",
    "links",
    "findings",
    "notices",
    "quarantine",
    "drift",
    "case_log",
)
_OF_CHANGES = ("changes", "closed_as")  # counted from the second night on
_QUERIES = {
    "files": """select registry, file, sheet, status, dated::varchar, rows, accepted, quarantined, message from files
        order by registry, file, sheet""",
    "quarantine": """select registry, file, rule, count(*), arg_min(message, row) from quarantine where row is not null
        group by all order by registry, file, rule""",
    "notices": "select registry, file, message from notices order by registry, file, rows desc, message",
    "undated": """select min(file), count(distinct file), max(dated)::varchar from files
        where status in ('read', 'stale') and dated_from = 'file_time' and registry <> 'xiangzhen'""",
    "drift": """select level, message from drift where level <> 'remark' order by level, registry, measure, field, value""",
    "places": """select coalesce(responsible_township, $nowhere), whereabouts, count(*) from persons where in_cohort
        group by all order by all""",
    "changes": """select kind, event, coalesce(c.township, $nowhere), count(distinct case_id)
        from case_log c left join persons p using (person_id)
        where c.as_of = $as_of::date and event <> 'changed' and (kind = 'list' or coalesce(p.in_cohort, true))
        group by all order by all""",
    "closed_as": """select reason, whereabouts, count(distinct case_id) from case_log
        where as_of = $as_of::date and kind = 'list' and event = 'closed' group by all order by 3 desc, 1, 2""",
    "findings": "select rule, count(*), count(*) filter (in_cohort) from findings group by 1 order by 2 desc, 1",
    "people": "select count(*), count(*) filter (in_cohort) from persons",
    "matches": "select count(*) from links where decision = 'match'",
}


def counted_night(run: Path, as_of: date, settings: Settings, since: date | None, lists_of: Mapping[str, ListCounts]) -> Night:
    """The figures of the run whose tables are in the folder ``run``. ``settings``: the county's; ``since``: the night before it, None on the
    first, which changes nothing; ``lists_of``: ``RunLists.counts``. What the tables do not hold (times, what was left out, workbooks) is
    left for the caller."""
    registries = settings.registries
    with memory_database(run) as con:
        for table in _TABLES:
            con.read_parquet(str(run / f"{table}.parquet")).create_view(table)
        found = {name: _rows(con, query, as_of) if since or name not in _OF_CHANGES else [] for name, query in _QUERIES.items()}
    titles = _OTHER_SENDERS | {key: registry.title for key, registry in registries.items()}
    changes: dict[str, dict[str, int]] = {}
    by_township: dict[str, dict[str, int]] = {"opened": {}, "closed": {}}
    for kind, event, township, count in found["changes"]:
        counts = changes.setdefault(kind, {})
        counts[event] = counts.get(event, 0) + count
        group = "closed" if event == "closed" else "opened" if event in ("opened", "reopened") else None
        if kind == "list" and group:
            by_township[group][township] = by_township[group].get(township, 0) + count
    closed_as: dict[str, int] = {}
    for reason, whereabouts, count in found["closed_as"]:
        name = closed_reason_name(reason, whereabouts) or "未注明"
        closed_as[name] = closed_as.get(name, 0) + count
    places: dict[str, dict[str, int]] = {}
    for township, code, count in found["places"]:
        places.setdefault(township, {})[code] = count
    undated = found["undated"][0]
    return Night(
        as_of=as_of.isoformat(),
        run=run.name,
        since=since.isoformat() if since else None,
        people=found["people"][0][0],
        cohort=found["people"][0][1],
        lists_of=lists_of,
        matches=found["matches"][0][0],
        systems={key: registry.title for key, registry in registries.items()},
        files=[_file(titles, registries, *row) for row in found["files"]],
        quarantine=[(titles.get(key, key), *row) for key, *row in found["quarantine"]],
        notices=[(titles.get(key, key), *row) for key, *row in found["notices"]],
        undated=undated if undated[1] else None,
        drift=found["drift"],
        places=places,
        opened=by_township["opened"],
        closed=by_township["closed"],
        changes=changes,
        closed_as=closed_as,
        findings=found["findings"],
    )


def _rows(con: duckdb.DuckDBPyConnection, query: str, as_of: date) -> list[tuple[Any, ...]]:
    parameters = {"nowhere": NOWHERE, "as_of": as_of.isoformat()}
    return con.execute(query, {name: value for name, value in parameters.items() if f"${name}" in query}).fetchall()


def _file(
    titles: Mapping[str, str],
    registries: Mapping[str, Registry],
    key: str,
    file: str,
    sheet: str,
    status: str,
    dated: str | None,
    rows: int,
    accepted: int,
    quarantined: int,
    message: str | None,
) -> CountedFile:
    return {
        "registry": key,
        "system": titles.get(key, key),
        "owner": registries[key].owner if key in registries else "",
        "file": file,
        "sheet": sheet,
        "status": status,
        "dated": dated,
        "rows": rows,
        "accepted": accepted,
        "quarantined": quarantined,
        "message": message,
    }
