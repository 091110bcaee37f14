"""The process that starts the runs: ``python -m pipelines.night.runner [CRON]``, with the environment that ``bidui serve`` made."""

import asyncio
import os
import sys
from pathlib import Path

from prefect import aserve

from pipelines import ROOT_VARIABLE
from pipelines.night.deployments import deployments
from pipelines.night.recovery import recover
from pipelines.store.county_file import settings_of


def main(cron: str | None) -> None:
    """Settle what an earlier runner left behind, then serve until the process is ended."""
    root = Path(os.environ[ROOT_VARIABLE])
    recover(root)
    # Pausing on shutdown would leave the schedules switched off after the next start.
    asyncio.run(aserve(*deployments(settings_of(root), cron), pause_on_shutdown=False, limit=1, print_starting_message=False))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
