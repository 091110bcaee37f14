"""How a job on lists ends, whatever it found: the file is written, and the analyst is told what was compared and where it is."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from matching import Linkage, recall_words
from pipelines.guard import DiskFull, guarded
from pipelines.lists.kept_folder import told_of_steps
from pipelines.lists.list_files import PARQUET, unlinked_told
from pipelines.lists.list_options import LinkRefused, Request, no_room, save_model


def write_outcome(request: Request, out: Path, rows_too_many: int, write: Callable[[], None]) -> None:
    """Call ``write``. Raises LinkRefused where ``rows_too_many`` rows, if not 0, do not fit a worksheet, or the disk is full."""
    if rows_too_many:
        raise LinkRefused(f"{rows_too_many} 行超过一个工作表的行数，请改用 --out 文件名{PARQUET}")
    try:
        guarded("write", write)
    except DiskFull:
        raise no_room(request, out) from None


def told_of_outcome(request: Request, out: Path, linkage: Linkage, sides: Iterable[str]) -> Iterator[str]:
    """The last messages to the analyst; saves the model where that is asked for. ``sides``: the lists whose rows without a counterpart
    stand in files of their own beside a Parquet file; none where there are no such files."""
    yield f"{recall_words(linkage.recall.estimate, linkage.recall.withheld)}（共比较 {linkage.candidates:,} 对）"
    yield f"已写入 {out}（含个人信息，请妥善保管）"
    if (named := list(sides)) and out.suffix.lower() == PARQUET:
        yield unlinked_told(out, named)
    if request.keep:
        yield told_of_steps(linkage, request.keep)
    if request.save_model:
        save_model(linkage.model, request.save_model)
        yield f"模型已存为 {request.save_model}（不含个人信息，可审阅，可用 --model 沿用）"
