"""``county.toml`` of the data folder: what the county changes about the registries."""

from pathlib import Path

from pipelines.files.refusal import reason
from schemas.registry import Registry, declared
from schemas.settings import CountyFileError, read_county

COUNTY_FILE = "county.toml"


def registries_of(root: Path) -> dict[str, Registry]:
    """The registries as the county has them. Raises CountyFileError."""
    path = root / COUNTY_FILE
    return read_county_file(path) if path.exists() else declared()


def read_county_file(path: Path) -> dict[str, Registry]:
    """The registries as the file changes them. Raises CountyFileError."""
    try:
        return read_county(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise CountyFileError(["不是 UTF-8 编码，请用记事本另存为 UTF-8"]) from None
    except OSError as error:
        raise CountyFileError([f"打不开（{reason(error)}）"]) from None
