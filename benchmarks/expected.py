"""Which findings a county made with discrepancies must give: of each rule of ``schemas.rules`` the children of whom it holds,
read off ``truth/values.parquet`` by true person. It knows nothing of linking, and shares no line with ``pipelines.reconcile``.

Two systems are compared by what they say now: of a person's records in one system the active ones, where there are such. One
cause is one finding: a relative's number explains that it differs; two registrations explain two numbers.
"""

from collections.abc import Callable
from datetime import date

import pandas as pd

from benchmarks.row_values import Ids, Said, differing, ids

_NOT_HARD = ["不困难", "非困难", "不认定", "无"]
_DIGIT_TYPES = dict(zip("1234567", ("视力", "听力", "言语", "肢体", "智力", "精神", "多重"), strict=True))


# Identity


def _name_differs(s: Said) -> Ids:
    former = s.values.dropna(subset="former_name").groupby("truth_id")["former_name"].first()
    return differing(s.now[s.now["name"].ne(s.now["truth_id"].map(former)).fillna(True)], "name")


def _whole(s: Said) -> pd.DataFrame:
    """Active rows with a whole number that is no relative's; two numbers of one who is registered twice count as one."""
    rows = s.now[s.now["number"].notna() & ~s.of_relative.reindex(s.now.index)]
    first = s.registered.groupby("truth_id")["number"].min()
    own = s.registered[["truth_id", "number"]].drop_duplicates()
    registered = pd.MultiIndex.from_frame(rows[["truth_id", "number"]]).isin(pd.MultiIndex.from_frame(own))
    return rows.assign(number=rows["number"].mask(registered, rows["truth_id"].map(first)))


def _id_differs(s: Said) -> Ids:
    return differing(_whole(s), "number")


def _id_invalid(s: Said) -> Ids:
    v = s.values
    alone = v["number_state"].eq("invalid") & ~v["truth_id"].isin(_id_differs(s))
    return ids(v[v["number_state"].isin(["damaged", "placeholder"]) | alone])


def _id_shared(s: Said) -> Ids:
    """Of each two the one with the lower truth_id, in the cohort."""
    cohort = set(s.children.loc[s.children["in_cohort"], "truth_id"])
    rows = s.values[s.values["number"].notna() & ~s.of_relative]
    bearers = rows.groupby(["registry", "number"])["truth_id"].agg(set)
    return {min(some & cohort) for some in bearers if len(some) > 1 and some & cohort}


def _births(s: Said) -> pd.DataFrame:
    """Active rows, without dates that a wrong number explains: what a right number of the same person says too is no error of the wrong one."""
    rows = s.now[s.now["birth"].notna()]
    wrong = rows["number_state"].eq("invalid") | rows["number_owner"].ne(rows["truth_id"]).fillna(True)
    right = s.values[s.values["number_state"].eq("valid") & s.values["number_owner"].eq(s.values["truth_id"]).fillna(False)]
    own = pd.MultiIndex.from_arrays([right["truth_id"], right["number"].str[6:14]])
    written = rows["birth"].dt.strftime("%Y%m%d")
    wrong &= ~pd.MultiIndex.from_arrays([rows["truth_id"], written]).isin(own)
    return rows[~(wrong & rows["number"].str[6:14].eq(written).fillna(False))]


def _sex_in(number: pd.Series) -> pd.Series:
    return number.str[16].map(lambda digit: "男" if int(digit) % 2 else "女", na_action="ignore")


def _sexes(s: Said) -> pd.DataFrame:
    rows = s.now[s.now["sex"].notna()]
    return rows[~(s.of_relative.reindex(rows.index) & _sex_in(rows["number"]).eq(rows["sex"]))]


def _self_contradicting(s: Said, contradiction: pd.Series, field: str) -> Ids:
    """Where no other system says another number or another value."""
    rows = s.values[s.values["number_state"].eq("valid") & ~s.of_relative & contradiction]
    return ids(rows) - differing(s.now, field) - _id_differs(s)


def _birthdate_contradicts_id(s: Said) -> Ids:
    written = s.values["birth"].dt.strftime("%Y%m%d")
    return _self_contradicting(s, written.notna() & written.ne(s.values["number"].str[6:14]), "birth")


def _sex_contradicts_id(s: Said) -> Ids:
    written = s.values["sex"]
    return _self_contradicting(s, written.notna() & written.ne(_sex_in(s.values["number"])), "sex")


def _registered_twice(s: Said) -> Ids:
    return set(s.registered["truth_id"].value_counts()[lambda n: n > 1].index)


def _double_student_status(s: Said) -> Ids:
    return {kid for (_, kid), n in s.pupils.groupby(["registry", "truth_id"]).size().items() if n > 1}


# Enrolment


def _claim_unsupported(s: Said) -> Ids:
    """Neither at school nor accounted for otherwise: suspended, finished, off the register, not yet due."""
    finished = s.values["student_state"].eq("graduated") & s.values["stage"].eq("junior")
    accounted = ids(s.values[s.values["student_state"].isin(["in_school", "suspended"]) | finished])
    due = ids(s.children[s.children["due"]])
    return (
        ids(s.poor[s.poor["school_claim"].notna() & ~s.poor["school_claim"].isin(["none", "preschool"])])
        & ids(s.registered)
        & due
    ) - accounted


def _claim_contradicted(s: Said) -> Ids:
    """Of a child off the register that it still has a student record is the finding. A first year at school may be unknown."""
    claim = s.poor["school_claim"]
    long_due = _due_years(s, s.poor["truth_id"]) >= 2
    out = claim.isna() | claim.eq("none") | (claim.eq("preschool") & long_due) | s.poor["dropout_reason"].notna()
    return ids(s.poor[out]) & ids(s.pupils) & ids(s.registered)


def _off_register(s: Said, *states: str) -> Ids:
    return (ids(s.register[s.register["register_state"].isin(states)]) - ids(s.registered)) & ids(s.pupils)


def _due_years(s: Said, kids: pd.Series) -> pd.Series:
    """School years from the September in which each was due to the running one."""
    born = kids.map(s.register.dropna(subset="birth").groupby("truth_id")["birth"].first())
    year = s.as_of.year if s.as_of.month >= 9 else s.as_of.year - 1
    return year - (born.dt.year + 6 + (born.dt.month >= 9))


def _grade_impossible(s: Said) -> Ids:
    rows = s.pupils.dropna(subset="grade")
    above = rows["grade"].astype("Float64") - (_due_years(s, rows["truth_id"]) + 1)
    return ids(rows[(above >= 2) | (above <= -4)])


def _not_promoted(s: Said) -> Ids:
    finished = s.values[s.values["student_state"].eq("graduated") & s.values["stage"].eq("primary")]
    over = finished["state_date"].str[:4].map(lambda year: s.as_of >= date(int(year), 10, 1))
    later = s.values[s.values["registry"].eq("zhongzhi") | s.values["stage"].eq("junior")]
    return ids(finished[over.astype(bool)]) - ids(later)


def _two_active_schools(s: Said) -> Ids:
    return ids(s.pupils[s.pupils["registry"] == "xueji"]) & ids(s.pupils[s.pupils["registry"] == "zhongzhi"])


def _outside_township(s: Said) -> Ids:
    home = s.now[s.now["registry"] == "huji"].groupby("truth_id")["township"].first()
    rows = s.pupils.dropna(subset="school_township")
    return ids(rows[rows["school_township"] != rows["truth_id"].map(home)])


# Poverty


def _poverty_flag_differs(s: Said) -> Ids:
    """Two aid systems that say two things are a finding of their own."""
    marks = s.aid.groupby("truth_id")["poverty"].transform("nunique")
    marked = pd.concat([s.pupils, s.aid[marks < 2]]).dropna(subset="poverty")
    return ids(marked[marked["poverty"].eq("yes") != marked["truth_id"].isin(ids(s.poor))])


def _household_differs(s: Said) -> Ids:
    """Where both know somebody else in the child's household, and the register the poverty system's; nobody is the same."""
    homes = [rows[["truth_id", "household"]].drop_duplicates() for rows in (s.poor, s.register)]
    others = [_others(home) for home in homes]
    there = ids(s.register)
    both = [kid for kid in others[0].index.intersection(others[1].index) if others[0][kid] & there]
    return {kid for kid in both if not others[0][kid] & others[1][kid]}


def _others(homes: pd.DataFrame) -> pd.Series:
    """Per person the others of its households; only of those who have any."""
    pairs = homes.merge(homes, on="household")
    return pairs[pairs["truth_id_x"] != pairs["truth_id_y"]].groupby("truth_id_x")["truth_id_y"].agg(set)


# Disability


def _marked(s: Said) -> pd.DataFrame:
    """Active student records that name a disability."""
    return s.pupils[s.pupils["disability"].notna() & s.pupils["disability"].ne("无")]


def _not_marked(s: Said) -> Ids:
    rows = s.pupils[s.pupils["registry"] == "xueji"]  # the vocational schools' list has no such column
    return ids(s.certified) & ids(rows[rows["disability"].fillna("无") == "无"])


def _level_differs(s: Said) -> Ids:
    held = s.certified.groupby("truth_id")[["disability", "disability_level", "certificate"]].first()
    rows = s.values[s.values["registry"].isin(["canlian", "guofu", "xueji"])].join(
        held, on="truth_id", how="inner", rsuffix="_held"
    )
    in_number = rows["certificate"].str[18].map(_DIGIT_TYPES) + rows["certificate"].str[19]
    of_number = in_number.notna() & in_number.ne(rows["disability_held"] + rows["disability_level_held"])
    kind = rows["disability"].notna() & ~rows["disability"].isin(["无", "其他"]) & rows["disability"].ne(rows["disability_held"])
    return ids(rows[of_number | kind])


def _invalid_in_use(s: Said) -> Ids:
    lapsed = ids(s.of("canlian")) - ids(s.certified)
    others = s.now[s.now["registry"].isin(["guofu", "xueji"])]
    disabled = others["disability"].notna() & others["disability"].ne("无") | others["health"].str.contains("残疾", na=False)
    return lapsed & ids(others[others["certificate"].notna() | disabled])


def _without_certificate(s: Said) -> Ids:
    numbered = s.poor[s.poor["certificate"].notna()]
    return (ids(_marked(s)) | ids(numbered)) - ids(s.of("canlian"))


def _severe_unplaced(s: Said) -> Ids:
    severe = ids(s.certified[s.certified["disability_level"].isin(["1", "2"])])
    finished = s.values["student_state"].eq("graduated") & s.values["stage"].eq("junior")
    taught = ids(s.values[s.values["student_state"].isin(["in_school", "suspended"]) | finished])
    return (severe & ids(s.children[s.children["due"]]) & ids(s.registered)) - taught


# Aid


def _due_unpaid(s: Said) -> Ids:
    """Who was paid for the last term that anybody was paid for is paid; a payment that names no term is one for it."""
    term = (
        s.paid["aid_term"].str.replace("春", "1").str.replace("秋", "2")
    )  # 2019年秋季学期 -> 2019年2季学期, in the order of time
    return (ids(s.poor) & ids(s.pupils) & ids(s.registered)) - ids(s.paid[term.isna() | term.eq(term.max())])


def _paid_not_due(s: Said) -> Ids:
    """Of pupils; that somebody else is paid at all is a finding of its own."""
    hard = s.aid["hardship"].notna() & ~s.aid["hardship"].isin(_NOT_HARD)
    recognised = s.aid[hard | s.aid[["poverty", "low_income", "disability_flag"]].eq("yes").any(axis=1)]
    return ids(s.paid) & ids(s.pupils) & ids(s.registered) - ids(s.poor) - ids(s.certified) - ids(recognised)


def _paid_twice(s: Said) -> Ids:
    times = s.paid.groupby(["truth_id", "aid_item", "aid_term"]).size()
    return {kid for kid, _, _ in times[times > 1].index}


def _systems_differ(s: Said) -> Ids:
    named = s.aid[s.aid["aid_item"].isna()]
    refused = ids(s.paid) & ids(named[named["hardship"].isin(_NOT_HARD)]) - _paid_not_due(s)
    marks = [{mark: ids(rows[rows["poverty"] == mark]) for mark in ("yes", "no")} for rows in (s.paid, named)]
    return refused | (marks[0]["yes"] & marks[1]["no"]) | (marks[0]["no"] & marks[1]["yes"])


EXPECTED: dict[str, Callable[[Said], Ids]] = {
    "double_student_status": _double_student_status,
    "double_household_registration": _registered_twice,
    "id_shared": _id_shared,
    "id_of_relative": lambda s: ids(s.values[s.of_relative]),
    "id_differs": _id_differs,
    "id_invalid": _id_invalid,
    "id_missing": lambda s: ids(s.values[s.values["number_state"] == "missing"]),
    "name_differs": _name_differs,
    "birthdate_differs": lambda s: differing(_births(s), "birth"),
    "sex_differs": lambda s: differing(_sexes(s), "sex"),
    "birthdate_contradicts_id": _birthdate_contradicts_id,
    "sex_contradicts_id": _sex_contradicts_id,
    "township_differs": lambda s: differing(s.now, "township"),
    "in_school_claim_unsupported": _claim_unsupported,
    "not_in_school_claim_contradicted": _claim_contradicted,
    "deceased_with_student_record": lambda s: _off_register(s, "deceased", "cancelled"),
    "moved_out_with_student_record": lambda s: _off_register(s, "moved_out"),
    "student_deceased_register_open": lambda s: ids(s.values[s.values["student_state"] == "deceased"]) & ids(s.registered),
    "suspension_overdue": lambda s: set(),  # no date of a suspension is made
    "grade_impossible": _grade_impossible,
    "not_promoted": _not_promoted,
    "two_active_schools": _two_active_schools,
    "enrolled_outside_township": _outside_township,
    "poverty_flag_differs": _poverty_flag_differs,
    "household_differs": _household_differs,
    "disability_not_in_student_record": _not_marked,
    "disability_without_certificate": _without_certificate,
    "disability_level_differs": _level_differs,
    "certificate_invalid_in_use": _invalid_in_use,
    "severe_disability_unplaced": _severe_unplaced,
    "aid_due_unpaid": _due_unpaid,
    "aid_paid_not_due": _paid_not_due,
    "aid_paid_not_enrolled": lambda s: (ids(s.paid) - ids(s.pupils)) | (ids(s.paid) & _off_register(s, "deceased")),
    "aid_paid_twice": _paid_twice,
    "aid_systems_differ": _systems_differ,
}


def expected(values: pd.DataFrame, children: pd.DataFrame, as_of: date) -> dict[str, Ids]:
    """Per rule the children of the cohort it must find."""
    said = Said(values, children, as_of)
    cohort = ids(children[children["in_cohort"]])
    return {rule: who(said) & cohort for rule, who in EXPECTED.items()}
