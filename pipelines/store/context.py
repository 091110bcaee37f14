"""The context that is handed from step to step of a run: nothing a step needs is looked up anywhere else."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.store.runs import Store
from schemas.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """``root``: the data folder; ``as_of``: the day the run is for; ``settings``: the county's; ``store``: the runs before."""

    root: Path
    as_of: date
    settings: Settings
    store: Store

    @property
    def spill(self) -> Path:
        """Where a step's database puts what does not fit into memory (``schemas.memory_database``)."""
        return self.root / "curated"
