"""What tests of whole nights share: the day, the night's run, a county whose first night is over, and proof that nothing was
touched."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipelines.night.job import run_job
from pipelines.night.outcome import Outcome

AS_OF = date(2020, 4, 15)
Begun = Callable[..., Path]  # the fixture ``begun``: a county after its first night


def night(root: Path, as_of: date = AS_OF, townships: Sequence[str] | None = (), accept_drift: bool = False) -> Outcome:
    """Run the job on ``root``. Workbooks of ``townships`` alone are written, of none unless the test looks at one; None
    writes all, the county's and the offices' too."""
    return run_job(root, as_of, townships=townships, accept_drift=accept_drift)


@dataclass(frozen=True)
class FirstNights:
    """Counties after their first night: each is made and run once, and copied for each test that goes on from there."""

    folder: Path
    made: dict[tuple[object, ...], Path] = field(default_factory=dict)

    def copy(
        self, root: Path, make: Callable[..., Path], *arguments: object, townships: Sequence[str] | None = (), as_of: date = AS_OF
    ) -> Path:
        """``root``, holding what ``make(root, *arguments)`` writes and a run for ``as_of`` publishes."""
        key = (make, arguments, townships if townships is None else tuple(townships), as_of)
        if key not in self.made:
            first = self.folder / str(len(self.made))
            night(make(first, *arguments), as_of, townships)
            self.made[key] = first
        shutil.copytree(self.made[key], root, symlinks=True, dirs_exist_ok=True)
        return root


@contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """Asserts that no file under ``folder`` is touched."""
    before = {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    yield
    assert {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()} == before
