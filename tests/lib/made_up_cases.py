"""The rest of the made-up tables: cases and their week, indicators, standings. As of Wednesday 2020-09-30; the last Thursday was
the 24th, the run before that of the 28th.
"""

from datetime import date, timedelta

from schemas.indicators import INDICATORS
from schemas.rules import RULES

AS_OF, THURSDAY, RUN_BEFORE = date(2020, 9, 30), date(2020, 9, 24), date(2020, 9, 28)
IN_WEEK, IN_BOTH = date(2020, 9, 26), date(2020, 9, 29)  # since Thursday alone; since the run before as well

# What the log says of a case since Thursday, by the number that begins its story.
STORIES: tuple[tuple[tuple[str, date, str | None], ...], ...] = (
    (),
    (("opened", IN_BOTH, None),),
    (("reopened", IN_WEEK, None),),
    (("closed", IN_WEEK, "在校就读（有在读学籍）"), ("reopened", IN_BOTH, None)),
    (("answered", IN_BOTH, "仍未找到，2020-09-29"),),
    (("opened", IN_WEEK, None), ("answered", IN_BOTH, "=仍未找到，2020-09-29")),
)
# How cases of children are closed: the words, the reason, the whereabouts.
Ending = tuple[str, str, str | None]
ENDINGS: tuple[Ending, ...] = (
    ("在校就读（有在读学籍）", "whereabouts", "enrolled"),
    ("县外就读（乡镇本学期核实在县外）", "whereabouts", "enrolled_elsewhere"),
    ("不在范围内（出生日期或户籍已更正）", "out_of_scope", None),
)


def case_id(number: int) -> str:
    """C0000001 for 1."""
    return f"C{number:07d}"


def open_case(
    number: int, kind: str, person: str, rule: str, township: str | None, village: str | None
) -> tuple[dict, list[dict]]:
    """An open case and what happened to it since Thursday."""
    story = STORIES[number % len(STORIES)]
    fresh = any(event in ("opened", "reopened") for event, _, _ in story)
    answer = next((said for event, _, said in story if event == "answered"), None)
    case = {
        "case_id": case_id(number),
        "kind": kind,
        "person_id": person,
        "rule": rule,
        "township": township,
        "village": village,
        "state": "answered" if answer else "open",
        "weeks": (weeks := 0 if fresh else (0, 2, 3, 4, 9)[number % 5]),
        "since": AS_OF - timedelta(weeks=weeks),
        "answer": answer,
    }
    return case, _events(case, story)


def closed_case(
    number: int, kind: str, person: str, rule: str, township: str | None, *, this_week: bool = True, by: Ending | None = None
) -> tuple[dict, list[dict]]:
    """A case closed since Thursday or before; every other one had been opened since Thursday too."""
    words, reason, whereabouts = by or ENDINGS[number % len(ENDINGS)]
    day = IN_BOTH if this_week else THURSDAY - timedelta(days=3)
    case = {
        "case_id": case_id(number),
        "kind": kind,
        "person_id": person,
        "rule": rule,
        "township": township,
        "state": "closed",
        "closed_on": day,
        "closed_by": words,
        "closed_reason": reason,
        "closed_whereabouts": whereabouts,
    }
    story = [("opened", IN_WEEK, None)] * (number % 2) + [("closed", day, words)]
    return case, _events(case, story) if this_week else []


def _events(case: dict, story: tuple | list) -> list[dict]:
    """The events of the story, as the table ``changes`` has them for the week and for the last run."""
    kept = {name: case.get(name) for name in ("case_id", "kind", "person_id", "rule", "township", "village")}
    return [
        kept | {"period": period, "since": since, "as_of": day, "event": event, "said": said} | _reason(case, event)
        for event, day, said in story
        for period, since in (("week", THURSDAY), ("run", RUN_BEFORE))
        if day > since
    ]


def _reason(case: dict, event: str) -> dict:
    """Why a closed case was closed; a case that is open again had been closed by an open student record."""
    if event != "closed":
        return {}
    return {"reason": case.get("closed_reason", "whereabouts"), "whereabouts": case.get("closed_whereabouts", "enrolled")}


def indicators(areas: list[tuple[str, str | None, str | None, str | None]]) -> list[dict]:
    """A figure per area and indicator, each another; nobody is due for aid in the last area, and there is no intake table."""
    rows = []
    for a, (level, township, village, school) in enumerate(areas):
        for k, i in enumerate(INDICATORS):
            numerator, denominator = 3 + 7 * k + 11 * a, None
            if i.of and i.code != "consolidation":
                denominator = numerator + (a + k) % 3
            if i.code == "aid" and a == len(areas) - 1:
                numerator = denominator = 0
            share = numerator / denominator if denominator else None
            place = {"level": level, "township": township, "village": village, "school": school}
            rows.append(
                place | {"as_of": AS_OF, "code": i.code, "numerator": numerator, "denominator": denominator, "share": share}
            )
    return rows


def standings(townships: list[str]) -> list[dict]:
    """Red, black and neither in turn; another night before, all black."""
    rows = []
    for night in (THURSDAY, AS_OF):
        for n, township in enumerate(townships):
            standing = ("red", "black", None)[n % 3] if night == AS_OF else "black"
            rows.append(
                {
                    "as_of": night,
                    "week": THURSDAY + timedelta(days=7 * (night == AS_OF)),
                    "township": township,
                    "open_share": 0.01 * (n + 1),
                    "county_open": 0.025,
                    "clearance": None if n == 2 else 0.1 * (n + 1),
                    "county_clearance": 0.15,
                    "standing": standing,
                    "streak": n + 1 if standing else None,
                }
            )
    return rows


def rule_of(number: int) -> str:
    """The rules of discrepancy in turn."""
    return RULES[number % len(RULES)].code
