"""``bidui serve --status``: does the service run, how did the last night end, when is the next. For people and for service managers."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.night.api_access import PASSWORD_FILE, is_own_server
from pipelines.night.run_log import last_event
from pipelines.night.serve import STATUS_FILE
from pipelines.night.served_processes import is_alive
from pipelines.screen import Shown, TextLine
from schemas.calendar import CHINA
from schemas.exit_status import ExitStatus
from schemas.gap_kinds import PUBLISHED
from schemas.settings import Settings

_LATE = timedelta(hours=26)  # after which a night is missing


def status_of(root: Path, settings: Settings) -> tuple[ExitStatus, list[Shown]]:
    """What to tell, in Chinese, and the exit status: DONE where all is well, GAP where the last night was not as it should be, NOTHING where
    the service does not run."""
    home = root.resolve() / ".prefect"
    served = _served(home)
    shown: list[Shown] = list(_service(home, served))
    if served is None:
        return ExitStatus.NOTHING, shown
    last = last_event(root, "bidui", nightly=True)
    well = last is not None and last["state"] == PUBLISHED and datetime.now(CHINA) - datetime.fromisoformat(last["at"]) < _LATE
    shown.append(TextLine(_last_night(last), "plain" if well else "warning"))
    shown.append(f"下一次：{_next(settings, served.get('cron'))}")
    return (ExitStatus.DONE if well else ExitStatus.GAP), shown


def _served(home: Path) -> dict | None:
    """What the running service has noted of itself; None where none runs, or its server does not answer."""
    try:
        noted = json.loads((home / STATUS_FILE).read_text(encoding="utf-8"))
        auth = (home / PASSWORD_FILE).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    return noted if is_alive(noted["pid"]) and is_own_server(noted["port"], auth) else None


def _service(home: Path, served: dict | None) -> Iterator[Shown]:
    if served:
        yield f"服务在运行：http://127.0.0.1:{served['port']}"
    elif (home / STATUS_FILE).exists():
        yield TextLine("服务没有应答：正在启动或重新启动的，一分钟后再看；一直这样的，请重新启动 bidui serve", "error")
    else:
        yield TextLine("服务没有运行，请启动 bidui serve", "error")


def _last_night(last: dict | None) -> str:
    if last is None:
        return "还没有夜间比对的记录"
    return f"上次比对（{last['slot']}）：{last['state']}　{last['message']}"


def _next(settings: Settings, cron: str | None) -> str:
    if cron:
        return f"按 {cron}（cron，北京时间）"
    now = datetime.now(CHINA)
    at = now.replace(hour=settings.nightly_hour, minute=0, second=0, microsecond=0)
    return f"{at if at > now else at + timedelta(days=1):%Y-%m-%d %H:%M}（北京时间）"
