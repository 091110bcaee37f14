"""``bidui serve --status``: does the service run, how did the last night end, when is the next. For people and for service managers.

Where no ``bidui serve`` runs for the folder and PREFECT_API_URL names a server that stands already, that one is asked.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.night.api_access import PASSWORD_FILE, api_of, is_own_server
from pipelines.night.next_night import NextNight, next_night
from pipelines.night.run_log import last_event
from pipelines.night.serve import STATUS_FILE
from pipelines.night.served_processes import is_alive
from pipelines.screen import Shown, TextLine
from schemas.calendar import CHINA
from schemas.exit_status import ExitStatus
from schemas.gap_kinds import PUBLISHED

_LATE = timedelta(hours=26)  # after which a night is missing


@dataclass(frozen=True, slots=True)
class _Asked:
    """A server that answers: what is told of it, in Chinese, and what it knows of the next night."""

    told: str
    next: NextNight


def status_of(root: Path) -> tuple[ExitStatus, list[Shown]]:
    """What to tell, in Chinese, and the exit status: DONE where all is well, GAP where the last night was not as it should be or the next will not
    come, NOTHING where the service does not run."""
    home = root.resolve() / ".prefect"
    asked = _asked(home)
    if isinstance(asked, str):
        return ExitStatus.NOTHING, [TextLine(asked, "error")]
    last = last_event(root, "bidui", nightly=True)
    well = (
        last is not None and last["state"] == PUBLISHED and abs(datetime.now(CHINA) - datetime.fromisoformat(last["at"])) < _LATE
    )
    shown: list[Shown] = [asked.told, TextLine(_last_night(last), "plain" if well else "warning")]
    if by_hand := _run_since(root, last):
        shown.append(TextLine(f"之后手动比对（{by_hand['slot']}）：{by_hand['state']}　{by_hand['message']}"))
    shown.append(TextLine(f"下一次：{asked.next.told}", "plain" if asked.next.well else "warning"))
    return (ExitStatus.DONE if well and asked.next.well else ExitStatus.GAP), shown


def _asked(home: Path) -> _Asked | str:
    """The server that runs the nights; else in Chinese why there is none."""
    standing = os.environ.get("PREFECT_API_URL", "").rstrip("/")
    if (home / STATUS_FILE).exists() or not standing:
        return _own(home)
    try:
        found = next_night(standing, os.environ.get("PREFECT_API_AUTH_STRING"))
    except (OSError, ValueError, KeyError, TypeError):
        return "PREFECT_API_URL 指明的 Prefect 服务没有应答，或不认所给的密码（PREFECT_API_AUTH_STRING）"
    return _Asked("Prefect 服务（PREFECT_API_URL）有应答", found)


def _own(home: Path) -> _Asked | str:
    """That of the ``bidui serve`` of the folder."""
    if not (home / STATUS_FILE).exists():
        return "服务没有运行，请启动 bidui serve"
    try:
        noted = json.loads((home / STATUS_FILE).read_text(encoding="utf-8"))
        auth = (home / PASSWORD_FILE).read_text(encoding="utf-8").strip()
        if is_alive(noted["pid"]) and is_own_server(noted["port"], auth):
            return _Asked(f"服务在运行：http://127.0.0.1:{noted['port']}", next_night(api_of(noted["port"]), auth))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return "服务没有应答：正在启动或重新启动的，一分钟后再看；一直这样的，请重新启动 bidui serve"


def _run_since(root: Path, last_night: dict[str, str] | None) -> dict[str, str] | None:
    """The last run that somebody asked for on Prefect's page, where it ended after the last night."""
    by_hand = last_event(root, "bidui", nightly=False)
    return by_hand if by_hand and (last_night is None or by_hand["at"] >= last_night["at"]) else None


def _last_night(last: dict | None) -> str:
    if last is None:
        return "还没有按计划的夜间比对的记录"
    return f"上次夜间比对（{last['slot']}）：{last['state']}　{last['message']}"
