"""Kill -9 in the middle of publishing, and readers while runs take each other's place: no mixture, ever."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_MEMORY = Path("/dev/shm")  # no disk to wait for: what is tested is the order of things

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked, which this system cannot")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for many copies of a small data folder."""
    made = Path(tempfile.mkdtemp(prefix="bidui-kills-", dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None))
    yield made
    shutil.rmtree(made, ignore_errors=True)


def told(folder: Path, what: str) -> dict:
    """What ``tests.lib.publishing_kills`` found."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.lib.publishing_kills", what, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.long
def test_killed_at_any_point_of_publishing_all_is_old_or_all_is_new_and_the_next_night_completes(folder: Path) -> None:
    found = told(folder, "kills")
    assert found["points"] >= 200
    assert found["wrong"] == []


@pytest.mark.long
def test_ten_readers_during_twenty_nights_see_one_run_each_time(folder: Path) -> None:
    found = told(folder, "readers")
    assert found["swaps"] == 20 and found["reads"] > 100
    assert found["mixed"] == []
