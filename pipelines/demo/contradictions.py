"""How contradictions between registries look in the rows of an export: one function per kind of
``pipelines.demo.discrepancy_kinds``, applied to rows that are otherwise ready to be written."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.demo.discrepancy_kinds import Chosen
from pipelines.demo.export_values import DISABILITIES, DISABILITY_LEVELS, GRADES, another_value, put_values, second_number

_ORDER = ["school", "level_grade", "truth_id"]  # in which lists of pupils are sorted


@dataclass(frozen=True, slots=True)
class Contradict:
    """Changes rows of a registry so that they contradict the other registries. ``kids``: all children; ``chosen``: per kind those
    who get that contradiction; ``year``: in which the school year began; ``address``: how addresses in the county begin."""

    rng: np.random.Generator
    kids: pd.DataFrame
    chosen: Chosen
    year: int
    address: str

    def __call__(self, registry: str, frame: pd.DataFrame) -> pd.DataFrame:
        """``frame``, which is about to be written as an export of ``registry``, with its contradictions."""
        for kind, change in CHANGE_OF_KIND.get(registry, {}).items():
            frame = change(self, frame.reset_index(drop=True), self.rows(frame, kind))
        return frame

    def rows(self, frame: pd.DataFrame, kind: str) -> np.ndarray:
        """Positions of the rows to change: one row of each child chosen for ``kind``; of student records an active one."""
        candidate = frame["truth_id"].isin(self.chosen[kind])
        if "student_state" in frame:
            candidate &= frame["student_state"] == "在读"
        return np.flatnonzero(candidate & ~frame["truth_id"].where(candidate).duplicated())

    def absent(self, frame: pd.DataFrame, kind: str) -> pd.DataFrame:
        """The children chosen for ``kind`` who have no row in ``frame``."""
        return self.kids[self.kids["truth_id"].isin(self.chosen[kind] - set(frame["truth_id"]))]


def _with_rows(frame: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """``frame`` and ``more``, sorted as lists of pupils are."""
    return pd.concat([frame, more], ignore_index=True).sort_values(_ORDER, kind="stable", ignore_index=True)


# Student records


def _second_record(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """A second active student record at another school."""
    again = frame.iloc[rows].copy()
    codes = frame.drop_duplicates("school").set_index("school")["school_code"]
    again["school"] = another_value(county.rng, codes.index.to_numpy(), again["school"])
    again["school_code"] = again["school"].map(codes)
    return _with_rows(frame, again)


def _gone_at_school(county: Contradict, frame: pd.DataFrame, _: np.ndarray) -> pd.DataFrame:
    """An active student record of a child who died or moved away."""
    gone = county.absent(frame, "gone_at_school")
    gone = gone[(gone["grade"] >= 7) == bool(frame["junior"].iloc[0])]
    more = _copied_rows(county, frame[frame["student_state"] == "在读"], gone)
    style = "%Y-%m-%d" if frame["birth_text"].str.contains("-").any() else "%Y%m%d"
    return _with_rows(
        frame,
        more.assign(
            birth_text=more["birth"].map(lambda day: f"{day:{style}}"),
            student_number="G" + more["number"],
            id_type="居民身份证",
            poverty=np.where(more["poor"], "是", "否"),
            disability_name="无残疾",
        ),
    )


def _copied_rows(county: Contradict, frame: pd.DataFrame, kids: pd.DataFrame) -> pd.DataFrame:
    """Rows about ``kids``, with the other columns copied from rows of ``frame``, if possible of the same grade and township."""
    templates = []
    for grade, township in zip(kids["grade"].clip(1, 9), kids["township"], strict=True):
        near = frame[frame["level_grade"] == grade]
        near = near if len(near) else frame
        same_township = near[near["township"] == township]
        near = same_township if len(same_township) else near
        templates.append(near.index[int(county.rng.integers(len(near)))])
    more = frame.loc[templates].reset_index(drop=True)
    own = [column for column in kids.columns if column in more]
    return more.assign(**{column: kids[column].to_numpy() for column in own}, faults="")


def _number_shared(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The child gets the ID of a child of another family, from a row below its own."""
    numbers, home = frame["number"].tolist(), frame["household"]
    written_home = frame.get("household_code", home)
    true = frame["truth_id"].map(county.kids.set_index("truth_id")["number"])
    own = [number == of_kid for number, of_kid in zip(numbers, true, strict=True)]
    for row in rows:
        after = range(row + 1, min(row + 30, len(frame)))
        near = next((i for i in after if own[i] and home[i] != home[row] and written_home[i] != written_home[row]), None)
        if near is not None and own[row]:
            numbers[row] = numbers[near]
    return frame.assign(number=numbers)


def _grade(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """A grade two or three above that of the age, or four below, within the school's stage."""
    right = frame["level_grade"].iloc[rows].to_numpy()
    junior = frame["junior"].iloc[rows].to_numpy(dtype=bool)
    highest = np.where(junior, 9, 6)
    wrong = np.where(right + 2 <= highest, np.minimum(right + county.rng.integers(2, 4, len(rows)), highest), right - 4)
    in_stage = wrong >= np.where(junior, 7, 1)
    rows, wrong, junior = rows[in_stage], wrong[in_stage], junior[in_stage]
    entered = pd.Series(county.year - wrong + np.where(junior, 7, 1)).astype(str).to_numpy()
    by_entry_year = frame["grade_name"].iloc[rows].str.contains("20").to_numpy()
    names = np.where(by_entry_year, frame["stage"].iloc[rows] + entered + "级", GRADES[wrong])
    return put_values(frame, rows, level_grade=wrong, grade_name=names, entry_month=entered + "09")


def _marked_disabled(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The school says that the child is disabled; it has no certificate."""
    return put_values(frame, rows, disability_name=county.rng.choice(DISABILITIES, len(rows)) + "残疾")


def _type_at_school(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The school names another type of disability than the certificate."""
    rows = rows[(frame["disability_name"].iloc[rows] != "无残疾").to_numpy()]
    return put_values(
        frame, rows, disability_name=another_value(county.rng, DISABILITIES, frame["disability"].iloc[rows]) + "残疾"
    )


# The police register


def _second_register(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """A second registration under a second ID, in another household (in life mostly a grandparent's)."""
    again = frame.iloc[rows].copy()
    true = county.kids.set_index("truth_id")["number"]
    again["number"] = ["\t" + second_number(true[kid]) for kid in again["truth_id"]]
    again["household_code"] = another_value(county.rng, frame["household_code"].unique(), again["household_code"])
    again["register_state"] = "正常"
    return pd.concat([frame, again], ignore_index=True).sort_values("household_code", kind="stable", ignore_index=True)


def _birth_and_number(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """A birthdate that is some months off that in the ID."""
    true = county.kids.set_index("truth_id")["birth"].reindex(frame["truth_id"].iloc[rows])
    months = county.rng.choice([-24, -12, -1, 1, 12], len(rows))
    wrong = pd.Series([day + pd.DateOffset(months=int(m)) for day, m in zip(true, months, strict=True)], dtype="datetime64[us]")
    return put_values(frame, rows, birth=wrong.tolist(), birth_text=wrong.dt.strftime("%Y%m%d").to_numpy())


def _sex_and_number(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The sex that the ID does not have."""
    return put_values(frame, rows, sex=np.where(frame["boy"].iloc[rows].astype(bool), "女", "男"))


# The poverty system and the disability federation


def _other_household(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The child is listed as a member of another household."""
    kids = frame["truth_id"].isin(county.kids["truth_id"])
    codes = frame.loc[kids, "household_code"].unique()
    new = another_value(county.rng, codes, frame["household_code"].iloc[rows])
    heads = frame.drop_duplicates("household_code").set_index("household_code")["head"]
    frame = put_values(
        frame, rows, household_code=new, member_code=np.char.add(new.astype(str), "09"), head=heads.reindex(new).to_numpy()
    )
    return frame.sort_values("household_code", kind="stable", ignore_index=True)


def _place_of_household(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The whole household is listed under another township."""
    codes = frame["household_code"].iloc[rows]
    places = _other_places(county, frame["township"].iloc[rows]).set_index(codes.to_numpy())
    places = places[~places.index.duplicated()]
    moved = np.flatnonzero(frame["household_code"].isin(codes))
    new = places.reindex(frame["household_code"].iloc[moved])
    return put_values(frame, moved, township=new["township"].to_numpy(), village=new["village"].to_numpy())


def _place_on_certificate(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The disability federation has the address of another place."""
    new = _other_places(county, frame["township"].iloc[rows])
    address = county.address + new["township"] + new["village"]
    return put_values(
        frame, rows, township=new["township"].to_numpy(), village=new["village"].to_numpy(), address=address.to_numpy()
    )


def _other_places(county: Contradict, townships: pd.Series) -> pd.DataFrame:
    """For each of ``townships`` the township and village of another place."""
    places = county.kids[["township", "village", "former_township"]].drop_duplicates(ignore_index=True)
    at = county.rng.integers(0, len(places), (len(townships), 20))
    same = places["township"].to_numpy()[at] == townships.to_numpy()[:, None]
    same |= places["former_township"].to_numpy()[at] == townships.to_numpy()[:, None]
    return places.loc[at[np.arange(len(at)), (~same).argmax(axis=1)]].reset_index(drop=True)


def _claimed_not_in_school(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The poverty system says that the pupil is not in school."""
    claims = county.rng.choice(np.array([None, "非在校生"], dtype=object), len(rows))
    return put_values(
        frame, rows, claim=claims, reason=county.rng.choice(np.array(["厌学", "因病", "其他", None], dtype=object), len(rows))
    )


def _level_in_poverty(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The number of a certificate from before the level was assessed again."""
    rows = rows[(frame["number"].iloc[rows].fillna("").str.len() >= 20).to_numpy()]
    numbers = frame["number"].iloc[rows]
    levels = another_value(county.rng, np.array(["1", "2", "3", "4"]), numbers.str[19])
    return put_values(frame, rows, number=(numbers.str[:19] + levels).to_numpy())


def _level_in_number(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The column has another level, or another type, than the number of the certificate."""
    level, kind = frame["level_name"].iloc[rows], frame["disability"].iloc[rows]
    first = county.rng.random(len(rows)) < 0.6
    return put_values(
        frame,
        rows,
        level_name=np.where(first, another_value(county.rng, DISABILITY_LEVELS, level), level),
        disability=np.where(first, kind, another_value(county.rng, DISABILITIES, kind)),
    )


def _certificate_lapsed(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """A certificate that is no longer valid, while the school goes by it."""
    return put_values(frame, rows, certificate_state=county.rng.choice(["注销", "过期", "冻结"], len(rows), p=[0.3, 0.5, 0.2]))


# Aid


def _not_due(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """Aid paid to a pupil who is neither poor nor in hardship."""
    return put_values(
        frame,
        rows,
        hardship=county.rng.choice(np.array([None, "不困难"], dtype=object), len(rows)),
        poverty=county.rng.choice(np.array([None, "否"], dtype=object), len(rows)),
    )


def _paid_outside(county: Contradict, frame: pd.DataFrame, _: np.ndarray) -> pd.DataFrame:
    """Aid paid to a child without student record."""
    more = _copied_rows(county, frame[frame["paid"] == "已发放"], county.absent(frame, "paid_outside"))
    return _with_rows(
        frame, more.assign(poverty=more["poor"].map({True: "是"}), hardship=np.where(more["poor"], "特殊困难", "困难"))
    )


def _paid_again(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The same aid paid twice."""
    return _with_rows(put_values(frame, rows, paid="已发放"), frame.iloc[rows].assign(paid="已发放"))


def _poor_unmarked(county: Contradict, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """A child of a registered-poor household without the mark 是否建档立卡."""
    return put_values(frame, rows, poverty="否", hardship="一般困难")


CHANGE_OF_KIND: dict[str, dict[str, Callable[[Contradict, pd.DataFrame, np.ndarray], pd.DataFrame]]] = {
    "xueji": {
        "second_record": _second_record,
        "gone_at_school": _gone_at_school,
        "number_shared": _number_shared,
        "grade": _grade,
        "marked_disabled": _marked_disabled,
        "type_at_school": _type_at_school,
    },
    "huji": {
        "second_register": _second_register,
        "birth_and_number": _birth_and_number,
        "sex_and_number": _sex_and_number,
    },
    "guofu": {
        "other_household": _other_household,
        "place_of_household": _place_of_household,
        "number_shared_poor": _number_shared,
        "claimed_not_in_school": _claimed_not_in_school,
        "level_in_poverty": _level_in_poverty,
    },
    "canlian": {
        "place_on_certificate": _place_on_certificate,
        "level_in_number": _level_in_number,
        "certificate_lapsed": _certificate_lapsed,
    },
    "zizhu": {"not_due": _not_due, "paid_outside": _paid_outside, "paid_again": _paid_again, "poor_unmarked": _poor_unmarked},
}
