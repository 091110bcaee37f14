"""The process that starts the runs: ``python -m pipelines.night.runner [CRON]``, with the environment that ``bidui serve`` made."""

import asyncio
import os
import sys
from pathlib import Path

from prefect.runner import Runner

from pipelines import ROOT_VARIABLE
from pipelines.night.deployments import deployments
from pipelines.night.recovery import recover
from pipelines.night.served_processes import DEPLOYED, SERVED
from pipelines.store.county_file import settings_of


def main(cron: str | None) -> None:
    """Settle what an earlier runner left behind, then serve until the process is ended."""
    root = Path(os.environ[ROOT_VARIABLE])
    recover(root)
    asyncio.run(_serve(root, cron))


async def _serve(root: Path, cron: str | None) -> None:
    # Pausing on shutdown would leave the schedules switched off after the next start.
    runner = Runner(pause_on_shutdown=False, limit=1)
    for deployment in deployments(settings_of(root), cron):
        await runner.aadd_deployment(deployment)
    Path(os.environ[SERVED], DEPLOYED).touch(mode=0o600)
    await runner.start()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
