"""The folder of ``--keep``, where the steps of matching are kept: what may lie in it, one command at a time, and what the analyst is told."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from matching import Linkage, Model, link
from matching.kept import STEPS, UNFINISHED
from pipelines.guard import guarded, reason
from pipelines.lists.comparable import pooled
from pipelines.lists.list_columns import PeopleList
from pipelines.lists.list_options import LinkRefused
from pipelines.store.folders import private_folder
from pipelines.store.lock import Busy

_LOCK = ".lock"
_OWN = {_LOCK, *(name for names in STEPS.values() for name in names)}
_WORDS = {"candidates": "候选对", "levels": "比较等级", "weights": "权重", "decisions": "判定"}


def linked(lists: Sequence[PeopleList], cost_ratio: float, model: Model | None, keep: Path | None) -> Linkage:
    """What ``matching.link`` finds in the lists. ``keep``: the folder where the steps are kept; None where they are not. Raises LinkRefused
    where that cannot be, Busy where another command is at work on it, and ``pipelines.guard.StepFailed``."""
    people = pooled(lists)
    if keep is None:
        return guarded("link", lambda: link(people, cost_ratio=cost_ratio, model=model))
    check_keep(keep)
    lock = FileLock(guarded("keep", lambda: private_folder(keep)) / _LOCK, mode=0o600)
    try:
        with lock.acquire(timeout=0):
            return guarded("link", lambda: link(people, cost_ratio=cost_ratio, model=model, keep=keep))
    except Timeout:
        raise Busy(f"另一个命令正在使用 {keep}，请稍后再试") from None


def check_keep(keep: Path, results: Iterable[Path | None] = ()) -> None:
    """Raises LinkRefused where ``keep`` is no folder for the steps alone. ``results``: files that will be written, which must lie elsewhere."""
    if not keep.absolute().parent.is_dir():
        raise LinkRefused(f"没有这个文件夹：{keep.absolute().parent}")
    if keep.exists() and not keep.is_dir():
        raise LinkRefused(f"--keep 应是文件夹，{keep} 是文件，请改名")
    if any(path is not None and path.absolute().parent.resolve() == keep.resolve() for path in results):
        raise LinkRefused(f"{keep} 只能存放各步的表，结果和模型请存到别的文件夹")
    try:
        there = list(keep.iterdir()) if keep.exists() else []
    except OSError as error:
        raise LinkRefused(f"文件夹 {keep} 打不开（{reason(error)}），请改用别的文件夹") from None
    other = [path for path in there if not _is_own(path)]
    if other:
        raise LinkRefused(f"{keep} 里有别的文件（{len(other)} 个），各步的表须有自己的文件夹。请改用空的或不存在的文件夹")


def told_of_steps(linkage: Linkage, keep: Path) -> str:
    """Which steps were taken up, and which were made anew."""
    taken_up, anew = ("、".join(_WORDS[s] for s in _WORDS if (s in linkage.taken_up) == taken) for taken in (True, False))
    done = f"沿用上次的{taken_up}，新做{anew}" if taken_up else f"新做{anew}"
    return f"各步的表已存入 {keep}（{done}；含个人信息，请妥善保管）"


def _is_own(path: Path) -> bool:
    unfinished = path.name.startswith(".") and path.name.endswith(UNFINISHED)
    return (path.name in _OWN or unfinished) and not path.is_symlink() and path.is_file()
