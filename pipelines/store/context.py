"""The context that is handed from step to step of a run: nothing a step needs is looked up anywhere else."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from pipelines.store.forgotten import Forgetting, later, without_later
from pipelines.store.runs import Store
from schemas.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """``root``: the data folder; ``as_of``: the day the run is for; ``settings``: the county's; ``store``: the runs before;
    ``forgetting``: nights of theirs that are out of effect from now on."""

    root: Path
    as_of: date
    settings: Settings
    store: Store
    forgetting: Forgetting | None = None

    def earlier(self, table: str) -> pd.DataFrame:
        """A table of the runs before as far as it is in effect; without rows where there is none."""
        rows = self.store.earlier(table)
        return rows if self.forgetting is None else without_later(table, rows, self.forgetting.after, self.as_of)

    def forgotten(self, table: str) -> pd.DataFrame:
        """The rows of a table of the history (``FORGETTABLE``) that this run takes out of effect."""
        rows = self.store.earlier(table)
        return rows[:0] if self.forgetting is None else later(table, rows, self.forgetting.after)

    @property
    def spill(self) -> Path:
        """Where a step's database puts what does not fit into memory (``schemas.memory_database``)."""
        return self.root / "curated"
