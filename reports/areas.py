"""The county and its townships, as they are named on what is printed."""

from collections.abc import Sequence

from schemas.settings import Settings
from schemas.words import UNKNOWN_TOWNSHIP, UNKNOWN_VILLAGE

NOWHERE = UNKNOWN_TOWNSHIP
NO_VILLAGE = UNKNOWN_VILLAGE


def chosen_townships(townships: Sequence[str] | None, settings: Settings) -> tuple[str, ...]:
    """Those of ``townships``, each once; all where None. Raises ValueError for one the county does not have."""
    known = settings.divisions.township_names
    chosen = known if townships is None else tuple(dict.fromkeys(townships))
    if unknown := [name for name in chosen if name not in known]:
        raise ValueError(f"not a township of the county: {unknown}")
    return chosen


def education_office(settings: Settings) -> str:
    """The county's education bureau without its place: 自治县教育局, 县教育局, 市教育局."""
    name = settings.county.name
    return ("自治县" if name.endswith("自治县") else name[-1]) + "教育局"
