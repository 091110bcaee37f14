"""What a case and what happens to it are called in Chinese."""

from collections.abc import Mapping

from schemas.rules import RULE
from schemas.whereabouts import WHEREABOUTS_NAME

CASE_KIND_NAME = {"list": "名单", "finding": "信息不一致"}
EVENT_NAME = {"reopened": "重开", "opened": "新增", "answered": "答复", "closed": "销号", "changed": "内容有变"}  # as lists order them
STATE_NAME = {"open": "未办结", "answered": "已答复，未销号", "closed": "已销号"}


def title_of(case: Mapping[str, str]) -> str:
    """What a row of the table ``cases`` is about; a rule of an earlier version that is no more is called by its code."""
    if case["kind"] == "list":
        return f"须核查儿童（{WHEREABOUTS_NAME.get(case['rule'], case['rule'])}）"
    return RULE[case["rule"]].name if case["rule"] in RULE else case["rule"]
