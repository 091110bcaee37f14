"""What Prefect's page shows of a night: counts in a summary and tables, no person and no file's name."""

from datetime import date
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.states import State

from pipelines.night.outcome import Outcome
from schemas.memory_database import memory_database
from schemas.whereabouts import FOLLOW_UP, WHEREABOUTS

_LISTED = """select coalesce(township, '乡镇不明') as township, count(*) as listed, count(*) filter (follow_up = 'visit') as visit,
    count(*) filter (follow_up = 'call') as call from unaccounted group by 1 order by 1"""
_WHEREABOUTS = "select whereabouts, count(*) from persons where in_cohort group by 1"


def show_night(outcome: Outcome, as_of: date, state: State[Any], warnings: list[str]) -> None:
    """Make the artifacts of the run in whose context this is called."""
    with memory_database(outcome.run) as con:
        for table in ("unaccounted", "persons"):
            con.read_parquet(str(outcome.run / f"{table}.parquet")).create_view(table)
        townships, count_of = con.sql(_LISTED).fetchall(), dict(con.sql(_WHEREABOUTS).fetchall())
    listed = sum(row[1] for row in townships)
    lines = [f"# {as_of}：{state.name}", "", f"- 名单上 {listed:,} 人，上次 {_number(outcome.listed_before)}"]
    lines += [f"- **{warning}**" for warning in warnings] or ["- 没有缺口"]
    lines.append(f"- 核查表在 `outbox/{outcome.outbox.name}`")
    create_markdown_artifact("\n".join(lines), key="night-summary", description=f"{as_of} {state.name}")
    create_table_artifact(
        [{"去向": w.name, "列入名单": "●" if w.listed else "", "人数": count_of.get(w.code, 0)} for w in WHEREABOUTS],
        key="night-whereabouts",
        description="范围内儿童的去向",
    )
    create_table_artifact(
        [{"乡镇": t, "名单": n, FOLLOW_UP["visit"]: v, FOLLOW_UP["call"]: c} for t, n, v, c in townships],
        key="night-townships",
        description="各乡镇名单人数",
    )
    create_table_artifact([{"缺口": warning} for warning in warnings], key="night-gaps", description="本次缺少什么")
    create_table_artifact(
        [{"步骤": step, "秒": round(seconds, 1)} for step, seconds in outcome.seconds.items()],
        key="night-times",
        description="各步骤用时",
    )


def _number(count: int | None) -> str:
    return "没有比对过" if count is None else f"{count:,} 人"
