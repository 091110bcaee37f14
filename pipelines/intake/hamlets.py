"""Natural villages (自然屯) and villagers' groups (村民小组), the parts of a village, as exports write them -> one spelling. No table of them
exists, so that they are compared as text, and only within one village."""

import re

from pipelines.intake.values import in_digits, is_error, is_nothing, squeeze

# Where the village's name ends in an address; 村 of 自然村 and of names such as 新村村 does not.
_BEHIND_VILLAGE = re.compile(r"(?:村民委员会|村委会|社区居委会|居委会|社区|嘎查|(?<!自然)村(?![村委民]))(.+)$")
_GROUP = re.compile(r"第?(\d{1,3})(?:村民小组|小组|生产队|组|队)")
_KIND = "自然屯|自然村|村民小组|小组|屯|寨|组|队"
_NAMED = re.compile(rf"^([一-龥]{{1,6}}?)(?:{_KIND})")
_BEFORE_NUMBER = re.compile(r"^([一-龥]{2,5})\d+(?:号|-)")  # 弄劳12号
_NAME_ALONE = re.compile(rf"^([一-龥]{{1,6}}?)(?:{_KIND})?$")


def hamlet_of_address(address: str) -> str | None:
    """What the address names behind its village: '弄劳' of 弄池村弄劳屯12号, '3组' of 弄池村第三村民小组. None where it names nothing."""
    behind = _BEHIND_VILLAGE.search(squeeze(address))
    if not behind:
        return None
    rest = in_digits(behind[1])
    if group := _GROUP.match(rest):
        return f"{int(group[1])}组"
    named = _NAMED.match(behind[1]) or _BEFORE_NUMBER.match(behind[1])
    return named[1] if named else None


def hamlet_of_cell(text: str) -> str | None:
    """The same of a cell of a column of natural villages or groups, where a number or a name may stand alone."""
    plain = squeeze(text)
    if is_nothing(text) or is_error(text):
        return None
    in_address = hamlet_of_address(plain)
    number = re.fullmatch(r"第?(\d{1,3})(?:村民小组|小组|生产队|组|队)?", in_digits(plain))
    if number and not in_address:
        return f"{int(number[1])}组"
    alone = _NAME_ALONE.match(plain)
    return in_address or (alone[1] if alone else None)
