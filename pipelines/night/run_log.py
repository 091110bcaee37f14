"""The log of nights and of ``bidui serve``: lines of JSON in ``logs/bidui.jsonl`` of the data folder, rotated, without persons and files' names."""

import json
import logging
from contextlib import suppress
from datetime import datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from pipelines.store.folders import private_folder
from schemas.calendar import CHINA

LOGS = "logs"
_FILE = "bidui.jsonl"
_LARGEST, _KEPT = 1_000_000, 9  # bytes of a file; older files


class _PrivateFile(RotatingFileHandler):
    """Each new file is its owner's alone; what cannot be written is not printed with a traceback."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).touch(mode=0o600)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:
        pass


def log_event(root: Path, event: str, **fields: object) -> None:
    """Add a line: when (China), what, and the fields. Whoever logs goes on where the disk refuses."""
    line = {"at": datetime.now(CHINA).isoformat(timespec="seconds"), "event": event, **fields}
    try:
        handler = _PrivateFile(private_folder(root / LOGS) / _FILE, maxBytes=_LARGEST, backupCount=_KEPT, encoding="utf-8")
        handler.emit(logging.makeLogRecord({"msg": json.dumps(line, ensure_ascii=False, default=str)}))
        handler.close()
    except OSError:
        return


def last_event(root: Path, event: str, **fields: object) -> dict[str, str] | None:
    """The last line of that event with these fields; None where there is none."""
    for file in (root / LOGS / _FILE, root / LOGS / f"{_FILE}.1"):
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        for line in reversed(lines):
            with suppress(ValueError):
                found = json.loads(line)
                if {"event": event, **fields}.items() <= found.items():
                    return found
    return None
