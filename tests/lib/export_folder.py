"""A folder of one registry's exports, read from night to night without a whole run."""

import os
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipelines.intake.accept import accept
from pipelines.intake.last_good import with_last_good, without_beginnings
from pipelines.intake.places import Places
from pipelines.intake.reading import Exports, read_exports
from pipelines.intake.supersede import seen_before, supersede
from pipelines.store.snapshots import Snapshots
from schemas.registry import Registry, declared
from tests.lib.plan_county import SETTINGS


class Folder:
    """``raw/<registry>`` with text files, and the snapshots that are kept of them."""

    def __init__(self, root: Path, registry: str, registries: Mapping[str, Registry] | None = None) -> None:
        self.raw, self.snapshots, self.registry = root / "raw", Snapshots(root / "snapshots"), registry
        self.registries = registries or declared()
        (self.raw / registry).mkdir(parents=True)

    def write(self, **files: str) -> "Folder":
        """The files of tonight (name without ending -> text), in the order in which they were written."""
        for path in (self.raw / self.registry).iterdir():
            path.unlink()
        for age, (name, text) in enumerate(files.items()):
            path = self.raw / self.registry / f"{name}.csv"
            path.write_text(text, encoding="utf-8")
            os.utime(path, (1_600_000_000 + age, 1_600_000_000 + age))
        return self

    def read(self, *runs: pd.DataFrame) -> Exports:
        """Tonight's exports; ``runs``: the tables ``files`` of the runs before, the oldest first."""
        exports = read_exports(self.raw, self.registries, self.snapshots)
        return supersede(exports, seen_before(exports, runs, self.snapshots, self.registries))

    def after(self, *before: Exports) -> Exports:
        """Tonight's exports, given those of the nights before."""
        runs = [accept(exports, Places(SETTINGS.divisions)).files for exports in before]
        files = runs[-1]
        exports = without_beginnings(self.read(*runs), files, self.snapshots, self.registries)
        return with_last_good(exports, files, self.snapshots, self.registries)
