"""What a run in Prefect is asked for: the form on its page, and the check before any work."""

import copy
from collections.abc import Sequence
from datetime import date
from typing import Any

from pipelines.intake.places import Places
from pipelines.intake.values import parse_date
from pipelines.night.outcome import NothingPublished
from schemas.calendar import not_a_day
from schemas.settings import Settings

_DAY: dict[str, Any] = {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}
_TEXTS = {
    "as_of": ("比对日期", "不填的是计划运行的那一天"),
    "townships": ("乡镇", "只出这些乡镇的核查表；不选的全出。数据表总是全县的"),
    "accept_drift": ("行数减少已核实", "某系统的行数比上次少了三分之一以上，已核实无误，照常发布"),
    "future": ("按将来的日期比对", "比对日期还没有到，确要按那一天比对；到那一天为止，各晚的变化都记不进个案历史"),
}


def form_of(schema: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """The JSON schema of a flow's parameters as its page shows them: in Chinese, the day as a calendar, the townships as a list of the
    county's own."""
    form = copy.deepcopy(schema)
    for name, (title, description) in _TEXTS.items():
        form["properties"][name] |= {"title": title, "description": description}
    form["properties"]["as_of"] |= _DAY
    own = {"type": "array", "items": {"type": "string", "enum": list(settings.divisions.township_names)}, "uniqueItems": True}
    form["properties"]["townships"] |= {"anyOf": [own, {"type": "null"}]}
    return form


def day_asked_for(text: str) -> date:
    """The day, in any form that an export may have it in. Raises NothingPublished where it is none."""
    if (day := parse_date(text)) is None:
        raise NothingPublished(f"比对日期有误，{not_a_day(text)}")
    return day


def townships_asked_for(names: Sequence[str], settings: Settings) -> list[str] | None:
    """The official names of the townships, sorted; None where none is named. Raises NothingPublished for one that the county does not have."""
    places = Places(settings.divisions)
    known = {name: places.township_of(name) for name in names}
    if unknown := [name for name, official in known.items() if official is None]:
        raise NothingPublished(f"没有这个乡镇：{'、'.join(unknown)}")
    return sorted({official for official in known.values() if official}) or None
