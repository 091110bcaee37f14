"""Whether anything was published. Loads no library, so that a question without an answer is refused at once."""

from pathlib import Path

from pipelines.guard import Foreseen


class NoResults(Foreseen):
    """Nothing was published under this folder yet; the message, in Chinese, says how to mend it."""


def check_published(root: Path) -> None:
    """Raises NoResults where nothing was published under ``root``, and PermissionError where it cannot be read."""
    current = root / "curated" / "current"
    try:
        with (current / "persons.parquet").open("rb"):
            pass
    except (FileNotFoundError, NotADirectoryError):
        raise NoResults(f"{current} 下还没有比对结果，请先运行 bidui run；结果在别处的，请用 --root 指明文件夹") from None
