"""A PostgreSQL cluster of the tests' own, on a free port of this machine, gone when they end."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob
from pathlib import Path
from typing import Any

import pytest

_STARTS_WITHIN = 60  # seconds
_USERS = ("postgres", "nobody")  # PostgreSQL refuses to run as root


class Cluster:
    """A running cluster. ``server``: its URL, without a database."""

    def __init__(self, server: str) -> None:
        self.server = server
        self._made = 0

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        import psycopg

        self._made += 1
        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as connection:
            connection.execute(f"create database county{self._made}")
        return f"{self.server}/county{self._made}"


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Make a cluster and run it. Skips the test where there is no PostgreSQL, or no driver."""
    programs = _programs()
    if programs is None or os.name == "nt":
        pytest.skip("PostgreSQL is not installed (initdb, postgres)")
    pytest.importorskip("psycopg")
    folder = Path(tempfile.mkdtemp(prefix="bidui-postgres-"))
    user = _user()
    options: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if user:
        options["user"] = user
    try:
        if user:
            shutil.chown(folder, user)
        data, port = folder / "data", _free_port()
        made = [programs / "initdb", "-D", data, "-U", "bidui", "--auth=trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(made, check=True, **options)
        settings = ["-p", str(port), "-k", str(folder), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        server = subprocess.Popen([programs / "postgres", "-D", data, *settings], **options)
        try:
            yield _ready(Cluster(f"postgresql://bidui@127.0.0.1:{port}"), server)
        finally:
            server.terminate()
            server.wait(timeout=60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """The folder of initdb and postgres; Debian keeps them off the path."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else [Path(p) for p in sorted(glob("/usr/lib/postgresql/*/bin"))]
    return next((folder for folder in reversed(folders) if (folder / "postgres").exists()), None)


def _user() -> str | None:
    if os.geteuid():
        return None
    import pwd  # POSIX alone

    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(user for user in _USERS if user in known)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _ready(cluster: Cluster, server: subprocess.Popen[bytes]) -> Cluster:
    import psycopg

    deadline = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            psycopg.connect(f"{cluster.server}/postgres").close()
            return cluster
        except psycopg.OperationalError:
            assert server.poll() is None and time.monotonic() < deadline, "PostgreSQL does not start"
            time.sleep(0.1)
