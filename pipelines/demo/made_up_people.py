"""The people of the made-up county: households with children, twins among them, and adults."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.ids import with_check_digit
from pipelines.demo.made_up_names import RARE, draw_generation, draw_given, draw_surnames
from pipelines.demo.made_up_place import MadeUpPlace
from schemas.settings import Cohort

_CHILDREN_PER_HOUSEHOLD = {1: 0.42, 2: 0.40, 3: 0.14, 4: 0.04}
_YEARS_BEFORE = 2  # the oldest children are older than the cohort
_TWIN_RATE = 0.01
_POOR_RATE = 0.19  # share of registered-poor households, about that of the county in 2020
_ETHNICITY = {"壮族": 0.72, "瑶族": 0.22, "汉族": 0.05, "苗族": 0.01}

# Of natural villages (屯); made of usual characters of such names.
_HAMLET_NAMES = np.array([f"{first}{last}" for last in "劳朝旺怀良昌里桑色门竹" for first in "弄陇古龙坡板百巴加仁"])


def make_people(
    rng: np.random.Generator, children: int, place: MadeUpPlace, twins: float = 1.0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns (children, adults). Of the children, the number ``children`` are in the cohort; the others are their brothers and sisters
    outside it. Both tables have truth_id, household, name, birth (datetime64), boy, number (the ID), township, village, phone
    and poor; the children's also the names of father, mother, grandfather and head. ``twins``: how many times as many as usual."""
    households = _households(rng, children, place)
    kids = _kids(rng, households, children, place, twins)
    households = households.loc[kids["household"].unique()]
    adults = _adults(rng, households, kids["truth_id"].max() + 1, place)
    for role in ("father", "mother", "grandfather"):
        of_household = adults[adults["role"] == role].set_index("household")["name"]
        kids[role] = kids["household"].map(of_household)
    kids["head"] = kids["household"].map(adults[adults["head"]].set_index("household")["name"])
    kids["guardian_number"] = kids["household"].map(adults[adults["role"] == "father"].set_index("household")["number"])
    return kids, adults


def _households(rng: np.random.Generator, children: int, county: MadeUpPlace) -> pd.DataFrame:
    homes = county.homes
    size = int(children * 0.75) + 200
    weights = np.array([3.0 if home.township == county.town else 1.0 for home in homes]) * rng.gamma(6, 1 / 6, len(homes))
    place = rng.choice(len(homes), size=size, p=weights / weights.sum())
    # Surnames gather in villages: half of the households of a village have one of its two leading surnames.
    leading = draw_surnames(rng, 2 * len(homes)).reshape(-1, 2)
    surname = np.where(rng.random(size) < 0.5, leading[place, rng.integers(0, 2, size)], draw_surnames(rng, size))
    # Cousins often share a generation character: in six households of ten it depends on village and surname.
    common = pd.Series(draw_generation(rng, 5000))[(pd.factorize(pd.Series(place).astype(str) + surname)[0]) % 5000]
    generation = np.where(rng.random(size) < 0.6, common.to_numpy(), draw_generation(rng, size))
    hamlet = rng.spawn(1)[0].integers(1, 5 + place % 8)  # its number within the village
    return pd.DataFrame(
        {
            "household": np.arange(size),
            "surname": surname,
            "generation": generation,
            "township": [homes[i].township for i in place],
            "township_code": [homes[i].township_code for i in place],
            "former_township": [homes[i].former_township for i in place],
            "village": [homes[i].village for i in place],
            "hamlet": hamlet,
            "hamlet_name": _HAMLET_NAMES[(7 * place + hamlet) % len(_HAMLET_NAMES)],
            "poor": rng.random(size) < _POOR_RATE,
            "phone": [f"1{n:010d}" for n in rng.integers(10**9, 2 * 10**9, size)],
            "ethnicity": rng.choice(list(_ETHNICITY), size=size, p=list(_ETHNICITY.values())),
            "count": rng.choice(list(_CHILDREN_PER_HOUSEHOLD), size=size, p=list(_CHILDREN_PER_HOUSEHOLD.values())),
        }
    )


def _kids(rng: np.random.Generator, households: pd.DataFrame, children: int, place: MadeUpPlace, twins: float) -> pd.DataFrame:
    cohort = place.cohort
    kids = households.loc[households.index.repeat(households["count"])].reset_index(drop=True)
    order = kids.groupby("household").cumcount().to_numpy()
    first = pd.Series(
        rng.integers(0, (cohort.last_birthday.year - cohort.first_birthday.year + _YEARS_BEFORE) * 365, len(households)),
        index=households["household"],
    )
    gap = rng.integers(420, 1500, len(kids)) * (order > 0)
    offset = kids["household"].map(first).to_numpy() + pd.Series(gap).groupby(kids["household"]).cumsum().to_numpy()
    birth = np.datetime64(_years_on(cohort.first_birthday, -_YEARS_BEFORE), "D") + offset.astype("timedelta64[D]")
    # Children are born on the first and last days of the cohort and of its school years, because rules can be wrong there.
    edges = _edges(cohort)
    single = np.flatnonzero(kids["count"].to_numpy() == 1)[: 4 * len(edges)]
    birth[single] = np.resize(edges, len(single))
    twin = (rng.random(len(kids)) < _TWIN_RATE * twins) & (order > 0)
    birth[twin] = birth[np.flatnonzero(twin) - 1]
    boy = rng.random(len(kids)) < 0.53
    given = draw_given(rng, boy)
    middle = np.where(rng.random(len(kids)) < 0.75, kids["generation"], draw_generation(rng, len(kids)))
    middle = np.where(kids["household"].map(pd.Series(rng.random(len(households)) < 0.12)), "", middle)
    rare = rng.random(len(kids)) < 5e-4
    given = np.where(rare, rng.choice(list(RARE), len(kids)), given)
    kids = kids.assign(
        birth=birth.astype("datetime64[us]"), boy=boy, name=kids["surname"].to_numpy() + middle + given, twin=twin, order=order
    )
    repeated = kids.duplicated(["household", "name"])  # no two children of a family have the same name
    new_names = draw_generation(rng, int(repeated.sum())) + draw_given(rng, boy[repeated])
    kids.loc[repeated, "name"] = kids.loc[repeated, "surname"] + new_names
    in_cohort = kids["birth"].between(pd.Timestamp(cohort.first_birthday), pd.Timestamp(cohort.last_birthday))
    last = int(np.searchsorted(in_cohort.cumsum().to_numpy(), children))
    kids = kids.iloc[: last + 1].copy()
    kids["in_cohort"] = in_cohort.iloc[: last + 1]
    kids.loc[kids.index[kids["twin"]] - 1, "twin"] = True
    area = np.where(rng.random(len(kids)) < 0.975, place.county.code, rng.choice(list(place.other_counties), len(kids)))
    kids["number"] = _numbers(
        rng, area, kids["birth"], kids["boy"].to_numpy(), kids["twin"].to_numpy() & (kids["order"].to_numpy() > 0)
    )
    kids["truth_id"] = np.arange(1, len(kids) + 1)
    return kids.drop(columns="count")


def _edges(cohort: Cohort) -> npt.NDArray[np.datetime64]:
    """The first and last days of the cohort and of its youngest school year, with the days before and after."""
    first, last = cohort.first_birthday, cohort.last_birthday
    day = timedelta(days=1)
    youngest = _years_on(last, -1)
    return np.array([first - day, first, youngest, youngest + day, last, last + day], dtype="datetime64[D]")


def _years_on(day: date, years: int) -> date:
    """The same day of another year; of 29 February the day before."""
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _adults(rng: np.random.Generator, households: pd.DataFrame, first_id: int, place: MadeUpPlace) -> pd.DataFrame:
    """The adults: father, mother, and in every fourth household a grandfather, who is then its head."""
    parts = []
    with_grandfather = rng.random(len(households)) < 0.25
    for role, years, boy in (
        ("father", (1968, 1990), True),
        ("mother", (1970, 1993), False),
        ("grandfather", (1935, 1958), True),
    ):
        chosen = households[with_grandfather] if role == "grandfather" else households
        size = len(chosen)
        own = chosen["surname"].to_numpy() if role != "mother" else draw_surnames(rng, size)
        birth = np.datetime64(f"{years[0]}-01-01") + rng.integers(0, (years[1] - years[0]) * 365, size).astype("timedelta64[D]")
        births = pd.Series(birth.astype("datetime64[us]"))
        area = np.where(births.dt.year < 2002, place.old_code, place.county.code)
        names = own + draw_generation(rng, size) + draw_given(rng, np.full(size, boy))
        parts.append(
            chosen.assign(
                role=role,
                name=names,
                birth=births.to_numpy(),
                boy=boy,
                number=_numbers(rng, area, births, np.full(size, boy), np.zeros(size, dtype=bool)),
            )
        )
    adults = pd.concat(parts, ignore_index=True).sort_values(["household", "role"], kind="stable", ignore_index=True)
    has_elder = adults["household"].isin(adults.loc[adults["role"] == "grandfather", "household"])
    adults["head"] = (adults["role"] == "grandfather") | ((adults["role"] == "father") & ~has_elder)
    adults["truth_id"] = first_id + np.arange(len(adults))
    return adults


def _numbers(
    rng: np.random.Generator,
    area: npt.NDArray[np.str_],
    birth: pd.Series,
    boy: npt.NDArray[np.bool_],
    second_twin: npt.NDArray[np.bool_],
) -> list[str]:
    """ID numbers, all different. ``second_twin`` marks the second of two twins, whose sequence number follows that of the first."""
    used: set[str] = set()
    out: list[str] = []
    sequences = rng.integers(0, 500, len(birth)) * 2 + boy
    for i, (prefix, day) in enumerate(zip(area, birth.dt.strftime("%Y%m%d"), strict=True)):
        sequence = int(out[-1][14:17]) + 1 if second_twin[i] else int(sequences[i])
        sequence += (sequence + boy[i]) % 2
        prefix = out[-1][:6] if second_twin[i] else prefix
        while (first := f"{prefix}{day}{sequence % 1000:03d}") in used:
            sequence += 2
        used.add(first)
        out.append(with_check_digit(first))
    return out
