"""A clock that can be set forward and back for one program and all that it starts, while the machine's own stays as it is.

The library ``moved_clock.c`` is compiled with ``cc`` and preloaded, so that the program under test is the one that is delivered. Linux alone.
Times of files are the machine's.
"""

import shutil
import struct
import subprocess
import sys
from pathlib import Path

_SOURCE = Path(__file__).with_suffix(".c")


class MovedClock:
    """``environment``: of the program whose clock it is; ``moved``: by how many seconds it is ahead of the machine's."""

    def __init__(self, folder: Path) -> None:
        library, self._file = folder / "moved_clock.so", folder / "moved_clock"
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, _SOURCE, "-ldl", "-lpthread"], check=True)
        self.moved = 0
        self._file.write_bytes(struct.pack("=q", 0))
        self.environment = {"LD_PRELOAD": str(library), "MOVED_CLOCK": str(self._file)}

    def move(self, seconds: int) -> None:
        """Set it forward, or back."""
        self.moved += seconds
        with self._file.open("r+b") as file:  # in place: it is mapped
            file.write(struct.pack("=q", self.moved))


def can_move() -> bool:
    """Is there what it takes?"""
    return sys.platform == "linux" and shutil.which("cc") is not None
