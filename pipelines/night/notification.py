"""Tells whoever the county set that a night went wrong: by apprise, which knows mail, webhooks and the services that offices use.

The text has counts, days and the names of systems; nothing in it names a person or a file.
"""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pipelines.store.county_file import settings_of
from schemas.gap_kinds import (
    COLLECTED,
    DATA_TOO_OLD,
    DELIVERED,
    LIST_JUMPED,
    MISSED,
    NOTHING_DELIVERED,
    PUBLISHED,
    WITH_GAPS,
)
from schemas.settings import Settings

NOTIFICATION_VARIABLE = "BIDUI_NOTIFICATION"  # what the county set when the service was started, as JSON
_WAITS = (0, 2, 10)  # seconds before each try
_PUBLISHED_ALL_THE_SAME = (PUBLISHED, WITH_GAPS, LIST_JUMPED, DATA_TOO_OLD)
Gravity = Literal["info", "warning", "failure"]  # in the words of apprise
_WELL = (PUBLISHED, DELIVERED, NOTHING_DELIVERED, COLLECTED, MISSED)


def settings_to_notify(root: Path) -> Settings:
    """The county's settings; where its file is broken, the defaults with what it had set when the service was started."""
    try:
        return settings_of(root)
    except Exception:  # of whatever kind: somebody must be told of just this
        return Settings.model_validate({"notification": json.loads(os.environ.get(NOTIFICATION_VARIABLE, "{}"))})


def is_wanted(settings: Settings, state: str) -> bool:
    """Does the county want to hear of a night that ended in ``state`` (its name)?"""
    match settings.notification.when:
        case "always":
            return state != COLLECTED  # every hour
        case "gap":
            return state not in _WELL
        case _:
            return state not in (*_WELL, *_PUBLISHED_ALL_THE_SAME)


def notify(settings: Settings, title: str, text: str, gravity: Gravity, waits: Sequence[float] = _WAITS) -> bool | None:
    """Send the message by every way that the county set; True once it went by all. None where no way is set. ``gravity``: by which services
    choose a colour or a sign."""
    if not settings.notification.urls:
        return None

    import apprise  # loads in 0.1 s

    ways = apprise.Apprise()
    known = [ways.add(url) for url in settings.notification.urls]
    for wait in waits:
        time.sleep(wait)
        if ways.notify(body=text, title=f"{settings.county.short_name} bidui：{title}", notify_type=gravity):
            return all(known)
    return False
