"""What a run that forgets nights takes out of the history, and what it says of that."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipelines.night.outcome import NothingPublished
from pipelines.store.context import Context
from pipelines.store.forgotten import FORGETTABLE


def forgotten_history(context: Context) -> dict[str, pd.DataFrame]:
    """What this run takes out of the history, by table; empty where it takes out nothing. Raises NothingPublished where there is nothing
    after the day, or whoever asked has not confirmed it."""
    if context.forgetting is None:
        return {}
    after = context.forgetting.after
    if after > context.as_of:
        raise NothingPublished(f"--forget-after {after} 不能晚于比对日期 {context.as_of}")
    tables = {table: context.forgotten(table) for table in FORGETTABLE}
    if not any(map(len, tables.values())):
        raise NothingPublished(f"个案历史里没有 {after} 之后的记录，不必撤下，请去掉 --forget-after")
    if not context.forgetting.confirmed:
        raise NothingPublished(
            f"将撤下{_entries_and_nights(tables)}，不再起作用（另存在 curated/forgotten；人员编号和答复不变）。确认请加 --yes"
        )
    return tables


def note_on_forgotten(tables: Mapping[str, pd.DataFrame], folder: Path) -> str:
    """What to tell of the ``tables`` that were forgotten and are kept in ``folder``, in Chinese."""
    days = "、".join(str(night) for night in sorted({night for rows in tables.values() for night in rows["as_of"]})[-3:])
    return f"已撤下{_entries_and_nights(tables)}，另存在 {folder}。outbox 里 {days} 的核查表请勿发出"


def _entries_and_nights(tables: Mapping[str, pd.DataFrame]) -> str:
    """What is forgotten, in Chinese: how many entries of which nights."""
    nights = [night for rows in tables.values() for night in rows["as_of"]]
    return f"个案历史 {len(tables['case_log']):,} 条（{min(nights)} 至 {max(nights)}）"
