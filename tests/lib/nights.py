"""What tests of whole nights share: the day, and proof that nothing was touched."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

AS_OF = date(2020, 4, 15)


@contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """Asserts that no file under ``folder`` is touched."""
    before = {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    yield
    assert {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()} == before
