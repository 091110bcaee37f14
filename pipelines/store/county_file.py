"""The county's own files in the data folder, read: ``county.toml`` and ``divisions.csv``."""

import tomllib
from pathlib import Path

from pipelines.files.opening import read_file
from pipelines.files.refusal import FileRefused, reason
from schemas.county_problems import CountyFileError, Problems
from schemas.county_toml import COUNTY_FILE, read_settings
from schemas.divisions import Divisions, county_names
from schemas.divisions.divisions_file import DIVISIONS_FILE, read_divisions
from schemas.plan import PLAN_COUNTY
from schemas.settings import Settings


def settings_of(root: Path) -> Settings:
    """The county's settings, with its divisions; the plan's own county's where there is no file. Raises CountyFileError."""
    return read_county_file(root / COUNTY_FILE, root)


def read_county_file(path: Path, root: Path | None = None) -> Settings:
    """The settings in the file ``path``, with the divisions that lie in ``root``, by default beside it. Raises CountyFileError with the
    faults of both files."""
    text = text_of(path) if path.exists() else ""
    divisions, of_divisions = None, list[str]()
    try:
        divisions = _divisions(root or path.parent, text)
    except CountyFileError as error:
        of_divisions = error.problems
    try:
        settings = read_settings(text, divisions)
    except CountyFileError as error:
        raise CountyFileError([*error.problems, *of_divisions]) from None
    if of_divisions:
        raise CountyFileError(of_divisions)
    return settings


def _divisions(root: Path, county_toml: str) -> Divisions | None:
    """The divisions that the county keeps; None where it has no file of them, or the other file has a fault, which is found there."""
    path = root / DIVISIONS_FILE
    if not path.exists():
        return None
    try:
        county = tomllib.loads(county_toml).get("county", {})
        code = county.get("code", PLAN_COUNTY)
        name = county.get("name") or county_names().get(code, "")
    except (tomllib.TOMLDecodeError, AttributeError, TypeError):
        return None
    problems = Problems(DIVISIONS_FILE)
    divisions = read_divisions(text_of(path), str(code), str(name), problems)
    problems.raise_any()
    return divisions


def text_of(path: Path) -> str:
    """The text of a file, which is UTF-8; a CSV may be what a Chinese Excel saves, GB18030. Raises CountyFileError."""
    try:
        content = read_file(path)
    except FileRefused as error:
        raise CountyFileError([f"{path.name}：{error.message}"]) from None
    except OSError as error:
        raise CountyFileError([f"{path.name}：打不开（{reason(error)}）"]) from None
    for encoding in ("utf-8-sig", "gb18030") if path.suffix.lower() == ".csv" else ("utf-8-sig",):
        try:
            return content.decode(encoding).replace("\r\n", "\n")
        except UnicodeDecodeError:
            continue
    raise CountyFileError([f"{path.name}：不是 UTF-8 编码，请用记事本另存为 UTF-8"])
