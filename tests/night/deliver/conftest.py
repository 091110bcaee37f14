"""A data folder with a published run, folders to deliver to, a certificate."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lib.mail_server import make_certificate
from tests.lib.sent_books import (
    publish_books,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data folder with a published run, its recipients still to be written."""
    publish_books(tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def post(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder beside the data folder."""

    def make(name: str) -> Path:
        (tmp_path / "收发" / name).mkdir(parents=True, exist_ok=True)
        return tmp_path / "收发" / name

    return make


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate") / "server.pem")
