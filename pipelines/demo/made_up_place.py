"""Where the made-up county lies: the names of the real county's divisions, with made-up people in them."""

from dataclasses import dataclass
from datetime import date

from pipelines.guard import Foreseen
from schemas.calendar import school_year
from schemas.plan import PLAN_COUNTY
from schemas.settings import Cohort, County, Settings

# Of the children, some were registered elsewhere when they got their ID.
_OTHER_COUNTIES = ("450103", "450802", "451202", "451229", "451225", "451203")
_OTHERS = 5
_OLD_CODES = {
    PLAN_COUNTY: "452730"
}  # of the county before its prefecture became a city in 2002, in the IDs of who was born before


class NoVillages(Foreseen):
    """The county has no villages in the table of divisions: there is nowhere for made-up people to live."""


@dataclass(frozen=True, slots=True)
class Home:
    """One village. ``former_township``: the township's former name, empty where it has none."""

    township: str
    township_code: str
    former_township: str
    village: str


@dataclass(frozen=True, slots=True)
class MadeUpPlace:
    """``homes``: the villages; ``address``: province, prefecture and county, as an address begins; ``town``: the county town;
    ``second``: another township; ``other_counties``: codes; ``old_code``: of the county in the IDs of who was born before 2002."""

    county: County
    cohort: Cohort
    parents: tuple[str, ...]
    homes: tuple[Home, ...]
    town: str
    second: str
    other_counties: tuple[str, ...]
    old_code: str

    @property
    def address(self) -> str:
        """Province, prefecture and county, as an address begins."""
        return "".join(self.parents) + self.county.name

    @property
    def former_names(self) -> dict[str, str]:
        """Former name of a township -> official name; official name -> official name."""
        former = {home.former_township: home.township for home in self.homes if home.former_township}
        return former | {home.township: home.township for home in self.homes}


def made_up_place(settings: Settings) -> MadeUpPlace:
    """The county and the cohort of ``settings``. Raises NoVillages."""
    homes = tuple(
        Home(township.name, township.code, next(iter(township.spellings), ""), village.name)
        for township in settings.divisions.townships
        for village in township.villages
    )
    if not homes:
        raise NoVillages(f"区划表里没有{settings.county.name}的村，不能生成虚构的县，请换一个县")
    townships = list(dict.fromkeys(home.township for home in homes))
    return MadeUpPlace(
        settings.county,
        settings.cohort,
        settings.divisions.parents,
        homes,
        townships[0],
        townships[min(1, len(townships) - 1)],
        tuple(code for code in _OTHER_COUNTIES if code != settings.county.code)[:_OTHERS],
        _OLD_CODES.get(settings.county.code, settings.county.code),
    )


def semester_name(as_of: date) -> str:
    """The semester of ``as_of``: 2020年春季学期."""
    return f"{as_of.year}年春季学期" if 2 <= as_of.month < 9 else f"{school_year(as_of)}年秋季学期"
