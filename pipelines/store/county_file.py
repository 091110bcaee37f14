"""The county's own files in the data folder, read: ``county.toml`` and ``divisions.csv``."""

import tomllib
from pathlib import Path

from pipelines.files.opening import read_file
from pipelines.files.refusal import FileRefused, reason
from schemas.county_problems import CountyFileError, Problems
from schemas.county_toml import COUNTY_FILE, read_settings
from schemas.divisions import DIVISIONS_FILE, Divisions, county_names, read_divisions
from schemas.plan import PLAN_COUNTY
from schemas.settings import Settings


def settings_of(root: Path) -> Settings:
    """The county's settings, with its divisions; the plan's own county's where there is no file. Raises CountyFileError."""
    return read_county_file(root / COUNTY_FILE, root)


def read_county_file(path: Path, root: Path | None = None) -> Settings:
    """The settings in the file ``path``, with the divisions that lie in ``root``, by default beside it. Raises CountyFileError."""
    text = text_of(path) if path.exists() else ""
    return read_settings(text, _divisions(root or path.parent, text))


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
    codes = [township.code for township in divisions.townships if township.code]
    if codes and not any(township.startswith(divisions.code) for township in codes):
        problems.on_line(0, f"没有一个乡镇属于 {code}（county.toml 的 county.code）。换了县的，请移走此文件，再运行 bidui init")
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
