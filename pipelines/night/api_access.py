"""Who may use Prefect's server: whoever has its password, which lies in the private data folder.

Without one, anybody on this machine, and any page in its browser, could give a deployment a step that runs a command, and run it.
"""

import base64
import json
import os
import secrets
import socket
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
PASSWORD_FILE = "api-password"  # in Prefect's own folder, 0600 in 0700
_USER = "bidui"
_BYTES = 24
_WITHIN = 2  # seconds for an answer
_UNAUTHORIZED = 401


def new_auth_string(home: Path) -> str:
    """``bidui:<password>``, new for each start of a server, and written into the file in ``home``. Whoever takes the port of a server that
    has died is told its password by those who still ask there; no server takes that one any more."""
    file, auth = home / PASSWORD_FILE, f"{_USER}:{secrets.token_urlsafe(_BYTES)}"
    file.unlink(missing_ok=True)
    made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(made, "w", encoding="utf-8") as new:
        new.write(auth)
    return auth


def access_settings(auth: str, port: int) -> dict[str, str]:
    """Prefect's settings, of the server and of what asks it: the password, and no origin but the server's own page."""
    return {
        "PREFECT_SERVER_API_AUTH_STRING": auth,
        "PREFECT_API_AUTH_STRING": auth,
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://{HOST}:{port}",
    }


def api_of(port: int) -> str:
    """The address of the API of this machine's server."""
    return f"http://{HOST}:{port}/api"


def is_taken(port: int) -> bool:
    """Does something listen on the port already?"""
    with socket.socket() as probe:
        probe.settimeout(_WITHIN)
        return probe.connect_ex((HOST, port)) == 0


def is_own_server(port: int, auth: str) -> bool:
    """Does a server answer on the port that asks for a password, and takes this one and no other?"""
    return all(_status(port, other) == _UNAUTHORIZED for other in (None, f"{_USER}:{secrets.token_urlsafe(_BYTES)}")) and (
        _status(port, auth) == 200
    )


def answer_of(api: str, auth: str | None, path: str, question: object = None) -> Any:
    """What the server whose API has the address ``api`` answers, from its JSON. ``question``: sent as JSON, where there is one. Raises OSError where
    it does not answer, refuses or does not know, ValueError where the answer is no JSON."""
    with urllib.request.urlopen(_request(f"{api}/{path}", auth, question), timeout=_WITHIN) as answer:
        return json.load(answer)


def _request(url: str, auth: str | None, question: object = None) -> urllib.request.Request:
    request = urllib.request.Request(url)
    if auth:
        request.add_header("Authorization", "Basic " + base64.b64encode(auth.encode()).decode())
    if question is not None:
        request.data = json.dumps(question).encode()
        request.add_header("Content-Type", "application/json")
    return request


def _status(port: int, auth: str | None) -> int | None:
    """The status with which the server answers a question that needs the password; None where nothing answers."""
    try:
        with urllib.request.urlopen(_request(f"{api_of(port)}/admin/version", auth), timeout=_WITHIN) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except (urllib.error.URLError, OSError):
        return None
