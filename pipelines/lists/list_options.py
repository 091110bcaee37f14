"""What the analyst asks of lists, whether two are linked, more, or one is searched for duplicates: the lists, what is known of their columns,
the model, and where the outcome goes. What cannot be done is refused here, before any work."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_lowercase
from tempfile import TemporaryFile

from matching import Model
from pipelines.files.opening import check_place, write_private
from pipelines.files.refusal import FileRefused
from pipelines.guard import DiskFull, Foreseen, disk_full, reason
from pipelines.lists.list_columns import PeopleList, read_list
from pipelines.lists.list_fields import Named
from pipelines.lists.list_files import PARQUET, WORKBOOK, unlinked_files
from pipelines.store.model_file import BadModel, load_model
from schemas.settings import Settings

# What lists are called: a, b, …; as many as ``matching.link`` takes sources.
SIDES = tuple(first + second for first in ("", "a", "b") for second in ascii_lowercase)[:64]


class LinkRefused(Foreseen):
    """The lists cannot be linked, or not into that file; the message says why and how to mend it, in Chinese."""


@dataclass(frozen=True, slots=True)
class AskedList:
    """One list: its file, its side (a, b, …; ``list_columns.ONLY`` where there is no other), the sheet and the columns named for it alone."""

    path: Path
    side: str
    sheet: str | None = None
    columns: Named = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """What the analyst asked for. ``columns``: named for all lists; ``against``: an earlier outcome whose group numbers stay; ``keep``: a folder for the
    steps of matching; ``settings``: the county's, whose registries' headings are known beside those of ``list_fields.LIST_FIELDS``, and its places."""

    lists: Sequence[AskedList]
    out: Path | None = None
    columns: Named = field(default_factory=dict)
    cost_ratio: float = 100.0
    model: Path | None = None
    save_model: Path | None = None
    against: Path | None = None
    keep: Path | None = None
    settings: Settings = field(default_factory=Settings)

    @property
    def room(self) -> int:
        """About how many bytes the outcome takes: it holds most rows twice, or what was found of each."""
        return 2 * sum(asked.path.stat().st_size for asked in self.lists)


def checked_out(request: Request, name: str) -> Path:
    """Where the outcome goes: ``request.out``, else a workbook called ``name``, numbered where there is one. Raises LinkRefused where nothing
    can be written there."""
    out = request.out
    if out is None:
        number, out = 2, Path(name + WORKBOOK)
        while out.exists():  # it may hold answers by now
            out, number = Path(f"{name}({number}){WORKBOOK}"), number + 1
    ending = out.suffix.lower()
    if ending == ".csv":
        raise LinkRefused(f"结果不能存为 .csv：用 Excel 打开时身份证号会被改成数字而损坏。请改用 {WORKBOOK} 或 {PARQUET}")
    if ending not in (WORKBOOK, PARQUET):
        raise LinkRefused(f"结果只能存为 {WORKBOOK} 或 {PARQUET}，请改 --out 的文件名")
    if not out.parent.is_dir():
        raise LinkRefused(f"没有这个文件夹：{out.parent}")
    beside = unlinked_files(out, [asked.side for asked in request.lists]) if ending == PARQUET else ()
    written = {path.resolve() for path in (out, *beside)}
    if written & {asked.path.resolve() for asked in request.lists}:
        raise LinkRefused("结果文件不能与名单是同一个文件，请改 --out 的文件名")
    if request.against and request.against.resolve() in written:
        raise LinkRefused("结果文件不能与 --against 的上次结果是同一个文件，请改 --out 的文件名")
    for path in sorted(written) if request.save_model is None else [*sorted(written), request.save_model]:
        _check_writable(path)
    return out


def _check_writable(path: Path) -> None:
    """Better refused now than when the work is done."""
    try:
        if path.is_dir():
            raise IsADirectoryError
        check_place(path)
        with TemporaryFile(dir=path.parent):
            pass
        if path.exists():
            with path.open("r+b"):
                pass
    except FileRefused as error:
        raise LinkRefused(f"无法写入 {path}：{error.message}") from None
    except OSError as error:
        raise LinkRefused(f"无法写入 {path}（{reason(error)}），请关闭占用它的程序，或改存到别的文件夹") from None


def read_asked(request: Request) -> list[PeopleList]:
    """The lists, read side by side. Raises LinkRefused."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda asked: _read(request, asked), request.lists))


def _read(request: Request, asked: AskedList) -> PeopleList:
    try:
        return read_list(asked.path, asked.side, asked.sheet, asked.columns, request.columns, request.settings)
    except FileRefused as refused:
        raise LinkRefused(f"《{asked.path.name or asked.path}》{refused.message}") from None


def no_room(request: Request, out: Path) -> DiskFull:
    """The refusal where the disk has no room for the outcome."""
    return disk_full(out.absolute().parent, request.room)


def read_model(path: Path | None) -> Model | None:
    """The model that was saved as ``path``; None for None. Raises LinkRefused."""
    if path is None:
        return None
    try:
        return load_model(path, not_text="不是模型文件（应为 --save-model 存下的 .json）")
    except OSError as error:
        raise LinkRefused(f"模型文件 {path} 打不开（{reason(error)}）") from None
    except BadModel as error:
        raise LinkRefused(f"{path}：{error}") from None


def save_model(model: Model, path: Path) -> None:
    """Write the model for ``read_model``. Raises LinkRefused."""
    try:
        write_private(path, (model.to_json() + "\n").encode("utf-8"))
    except OSError as error:
        raise LinkRefused(f"模型无法存为 {path}（{reason(error)}）；比对结果已写入") from None
