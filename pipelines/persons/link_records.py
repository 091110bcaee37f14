"""The step that hands the records to the matching library, and the model it is told to use."""

from pathlib import Path

import pandas as pd

from matching import PEOPLE, Linkage, Model, link
from pipelines.files.refusal import reason
from pipelines.store.model_file import MODEL, BadModel, load_model
from schemas.registries.xiangzhen import REGISTRY as REPORTS


def link_records(records: pd.DataFrame, model: Model | None, cost_ratio: float, spill: Path | None) -> Linkage:
    """Link the records; ``model``: weigh with this one instead of learning from them; ``cost_ratio``: how many wasted visits a wrong
    link costs; ``spill``: as for ``matching.link``. A report of a township is a record of one person and never makes two persons one."""
    return link(linkable_records(records), cost_ratio, model, spill=spill, telling=(REPORTS.key,))


def linkable_records(records: pd.DataFrame) -> pd.DataFrame:
    """The records under the names the matching library knows. Places are told by township, village and hamlet: no free address."""
    implied = records["birthdate_from"].eq("id").fillna(False)
    address = pd.Series(None, index=records.index, dtype="str")
    # Who was paid and who is recognised as due are two lists, in each of which a pupil stands for itself.
    recognised = records["hardship"].notna() & records["aid_item"].isna()
    source = records["registry"].mask(recognised, records["registry"] + ":recognised")
    return records.assign(source=source, birth_implied=implied, address=address)[list(PEOPLE)]


def reviewed_model(root: Path) -> Model | None:
    """The model in ``root/model.json``, where somebody has put one to be used instead of learning every night.

    Raises BadModel where that file is none.
    """
    path = root / MODEL
    if not path.exists():
        return None
    try:
        return load_model(path)
    except (BadModel, OSError) as error:
        why = reason(error) if isinstance(error, OSError) else error
        raise BadModel(f"{path}：{why}。不知如何改正的，请删去该文件，比对时会重新学习") from None
