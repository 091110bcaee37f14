"""``bidui deploy``: registers the county's deployments at a Prefect server that stands already, for a process worker on the machine with the
data folder."""

from contextlib import suppress
from pathlib import Path

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists
from prefect.settings import get_current_settings

from pipelines import ROOT_VARIABLE
from pipelines.guard import Foreseen
from pipelines.night.deployments import deployments
from pipelines.store.county_file import settings_of


class NotDeployed(Foreseen):
    """The deployments could not be registered; the message, in Chinese, says why."""


def deploy(root: Path, pool: str, cron: str | None = None) -> list[str]:
    """Register the deployments in the work pool ``pool``, which is made where it is missing; returns their names. Raises NotDeployed."""
    api = get_current_settings().api.url
    if not api:
        raise NotDeployed(
            "没有指定 Prefect 服务。请先设环境变量 PREFECT_API_URL，如 http://服务器:4200/api（要密码的，还有 PREFECT_API_AUTH_STRING）"
        )
    settings = settings_of(root)
    try:
        with get_client(sync_client=True) as client, suppress(ObjectAlreadyExists):
            client.create_work_pool(WorkPoolCreate(name=pool, type="process", concurrency_limit=1))
        names = []
        for deployment in deployments(settings, cron):
            # The worker's processes import the installed program; nothing in the folder can take the place of a module.
            deployment.job_variables = {
                "env": {ROOT_VARIABLE: str(root.resolve()), "PYTHONUTF8": "1", "PYTHONSAFEPATH": "1"},
                "working_dir": str(root.resolve()),
            }
            deployment.apply(work_pool_name=pool)
            names.append(f"{deployment.flow_name}/{deployment.name}")
    except Exception as error:  # of many kinds; their text may quote the address with its password
        raise NotDeployed(
            f"Prefect 服务没有接受（{type(error).__name__}）。请核对 PREFECT_API_URL、PREFECT_API_AUTH_STRING 和服务的版本"
        ) from None
    return names
