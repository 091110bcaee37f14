"""How much room on the disk a run needs."""

from pathlib import Path

from pipelines.store.folders import size_of


def room_of_a_run(root: Path) -> int | None:
    """About how many bytes a run writes: as the last one did, its workbooks once more in the outbox; before the first, twice what lies under
    ``raw``. None where nothing can be read."""
    try:
        run = (root / "curated" / "current").resolve()
        if run.is_dir():
            return size_of(run) + size_of(run / "workbooks")
        return 2 * size_of(root / "raw")
    except OSError:
        return None
