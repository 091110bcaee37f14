"""What the fast reader writes to stderr when it falls over a damaged file: the place in its source, and perhaps the text of a cell. The file is
refused in a sentence; this text is for nobody, and no cell's text may get into a log."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Thread

_STDERR = 2  # the number under which code that is not Python's knows it
_BEGINS = re.compile(rb"\n?thread '[^\n]* panicked at ")
_ENDS = re.compile(rb"^note: [^\n]*\n", re.MULTILINE)
_LAST = b"\0last\0"  # ends the pipe, which a child process may hold open
_lock = Lock()
_readers = 0
_restore: list["_Sieve"] = []


@contextmanager
def without_panics() -> Iterator[None]:
    """While it lasts, whatever is written to stderr is passed on, but for such texts."""
    global _readers
    with _lock:
        _readers += 1
        if _readers == 1 and (sieve := _Sieve.begun()):
            _restore.append(sieve)
    try:
        yield
    finally:
        with _lock:
            _readers -= 1
            if not _readers and _restore:
                _restore.pop().end()


class _Sieve:
    """A pipe in the place of stderr, and a thread that passes on what comes out of it."""

    def __init__(self, stderr: int, out: int, into: int) -> None:
        self._stderr, self._out, self._into = stderr, out, into
        self._thread = Thread(target=self._pass_on, daemon=True)

    @classmethod
    def begun(cls) -> "_Sieve | None":
        """None where the process has no stderr."""
        try:
            stderr = os.dup(_STDERR)
        except OSError:
            return None
        sieve = cls(stderr, *os.pipe())
        sieve._thread.start()
        os.dup2(sieve._into, _STDERR)
        return sieve

    def end(self) -> None:
        os.dup2(self._stderr, _STDERR)
        os.write(self._into, _LAST)
        self._thread.join()
        for descriptor in (self._stderr, self._out, self._into):
            os.close(descriptor)

    def _pass_on(self) -> None:
        held, panic = b"", False
        while not held.endswith(_LAST):
            held += os.read(self._out, 65536)
            while found := (_ENDS if panic else _BEGINS).search(held):
                if not panic:
                    self._write(held[: found.start()])
                held, panic = held[found.end() :], not panic
            if not panic and not held.endswith(_LAST):
                self._write(held)
                held = b""
        if not panic:
            self._write(held.removesuffix(_LAST))

    def _write(self, text: bytes) -> None:
        try:
            while text:
                text = text[os.write(self._stderr, text) :]
        except OSError:  # whoever read it is gone
            return
