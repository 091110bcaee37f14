"""What a run in Prefect is asked for: the form on its page, and the check before any work."""

import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

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


def unknown_parameters(given: Mapping[str, object], known: Collection[str]) -> str | None:
    """What to tell of the parameters ``given`` that are none of the ``known``: their names, never their values. None where all are known."""
    unknown = "、".join(name for name in given if name not in known)
    return f"没有名为 {unknown} 的参数，" + (f"可用：{'、'.join(known)}" if known else "这项任务不要参数") if unknown else None


def mistyped_parameters(work: Callable[..., Any], given: Mapping[str, object]) -> str | None:
    """What to tell of the parameters ``given`` whose values are not of the type that ``work`` declares, by their names; None where all are."""
    kinds = get_type_hints(work)
    wrong = "、".join(name for name, value in given.items() if name in kinds and not _is_a(kinds[name], value))
    return f"参数 {wrong} 的值不是所要的类型" if wrong else None


def _is_a(kind: Any, value: object) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


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
