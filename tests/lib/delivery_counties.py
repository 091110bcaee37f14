"""Deliveries in the tests: the settings of recipients, what lies in a folder, an encrypted workbook opened."""

import io
from pathlib import Path

import msoffcrypto
import pytest

from tests.lib.mail_server import MailServer
from tests.lib.sent_books import (
    book,
)

PASSWORD, ADDRESS = "Anyang-2020", "anyang@example.cn"


Capture = pytest.CaptureFixture[str]


def settings(root: Path, text: str, **folders: Path) -> None:
    """Write ``text`` as county.toml, and a recipient without password for each of ``folders``."""
    tables = [f"[recipients.'{area}']\nfolder = '{folder}'\n" for area, folder in folders.items()]
    (root / "county.toml").write_text(text + "\n" + "".join(tables), encoding="utf-8")


def by_mail(server: MailServer, *areas: str, more: str = "") -> str:
    """The settings for these areas to get mail by ``server``."""
    mail = f'[mail]\nhost = "localhost"\nport = {server.port}\ntls = "{server.tls}"\nsender = "county@example.cn"\n{more}\n'
    return mail + "".join(
        f'[recipients."{area}"]\nmail = "{name}"\npassword = "{PASSWORD}"\n'
        for area, name in zip(areas, (ADDRESS, "other@example.cn"), strict=False)
    )


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def opens(content: bytes, password: str = PASSWORD) -> bytes:
    """The workbook as it was before it was encrypted."""
    office, out = msoffcrypto.OfficeFile(io.BytesIO(content)), io.BytesIO()
    office.load_key(password=password, verify_password=True)
    office.decrypt(out, verify_integrity=True)
    return out.getvalue()


def named(*places: str) -> dict[str, bytes]:
    """Base name -> content, as published."""
    return {Path(place).name: book(place) for place in places}
