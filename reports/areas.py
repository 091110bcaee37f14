"""The county and its townships, as they are named on what is printed."""

import csv
from collections.abc import Sequence
from importlib.resources import files

from schemas.words import UNKNOWN_TOWNSHIP, UNKNOWN_VILLAGE

COUNTY_SHORT_NAME = "都安县"
COUNTY_NAME = "都安瑶族自治县"
NOWHERE = UNKNOWN_TOWNSHIP
NO_VILLAGE = UNKNOWN_VILLAGE


def county_townships() -> tuple[str, ...]:
    """The county's townships in the order of their official codes."""
    with (files("schemas") / "divisions.csv").open(encoding="utf-8") as lines:
        found = {(row["township_code"], row["township"]) for row in csv.DictReader(lines)}
    return tuple(name for _, name in sorted(found))


def chosen_townships(townships: Sequence[str] | None) -> tuple[str, ...]:
    """Those of ``townships``, each once; all where None. Raises ValueError for one the county does not have."""
    known = county_townships()
    chosen = known if townships is None else tuple(dict.fromkeys(townships))
    if unknown := [name for name in chosen if name not in known]:
        raise ValueError(f"not a township of the county: {unknown}")
    return chosen
