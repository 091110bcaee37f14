"""What Prefect's page shows of a night: counts in a summary and tables, no person and no file's name."""

from datetime import date
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.states import State

from pipelines.night.kept_counts import kept_counts
from pipelines.night.outcome import Outcome
from reports.list_counts import decisions_words, in_all, listed_parts, listed_words
from reports.listings import CHILDREN_SHEET
from schemas.memory_database import memory_database
from schemas.settings import Settings
from schemas.whereabouts import WHEREABOUTS
from schemas.words import STEP_NAME

_WHEREABOUTS = "select whereabouts, count(*) from persons where in_cohort group by 1"


def show_night(outcome: Outcome, as_of: date, state: State[Any], warnings: list[str], settings: Settings) -> None:
    """Make the artifacts of the run in whose context this is called. ``settings``: the county's."""
    with memory_database(outcome.run) as con:
        con.read_parquet(str(outcome.run / "persons.parquet")).create_view("persons")
        count_of = dict(con.sql(_WHEREABOUTS).fetchall())
    lists = kept_counts(outcome.run, as_of, settings)
    county = in_all(lists)
    lines = [f"# {as_of}：{state.name}", "", f"- {listed_words(county)}，上次 {_number(outcome.listed_before)}"]
    lines.append(f"- {decisions_words(county)}")
    lines += [f"- **{warning}**" for warning in warnings] or ["- 没有缺口"]
    lines.append(f"- 核查表在 `outbox/{outcome.outbox.name}`")
    create_markdown_artifact("\n".join(lines), key="night-summary", description=f"{as_of} {state.name}")
    create_table_artifact(
        [{"去向": w.name, "列入名单": "●" if w.listed else "", "人数": count_of.get(w.code, 0)} for w in WHEREABOUTS],
        key="night-whereabouts",
        description="范围内儿童的去向",
    )
    create_table_artifact(
        [
            {"乡镇": township, CHILDREN_SHEET.title: counts.listed, **dict(listed_parts(counts))}
            for township, counts in lists.items()
            if counts.listed
        ],
        key="night-townships",
        description="各乡镇名单人数",
    )
    create_table_artifact([{"缺口": warning} for warning in warnings], key="night-gaps", description="本次缺少什么")
    create_table_artifact(
        [{"步骤": STEP_NAME[step], "秒": round(seconds, 1)} for step, seconds in outcome.seconds.items()],
        key="night-times",
        description="各步骤用时",
    )


def _number(count: int | None) -> str:
    return "没有比对过" if count is None else f"{count:,} 人"
