"""The fields of any list of people: what a column may hold, and the headings it is known by."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipelines.intake.headings import plain
from schemas.registry import Registry, declared


@dataclass(frozen=True, slots=True)
class ListField:
    """What a column may hold. ``key`` names it on the command line, ``title`` in messages; ``headings``: its spellings,
    the likeliest first; ``declared``: fields of the registries whose headings count as well; ``several``: all such
    columns are used, not just the best. A list needs one column that ``identifies``."""

    key: str
    title: str
    headings: tuple[str, ...]
    declared: tuple[str, ...] = ()
    several: bool = False
    identifies: bool = False


# A list's own numbering of its rows (序号, 编号, rec_id) is no field: it says nothing about a person.
LIST_FIELDS = (
    ListField(
        "name",
        "姓名",
        ("姓名", "学生姓名", "儿童姓名", "幼儿姓名", "人员姓名", "本人姓名", "名字", "xm", "name", "full_name", "student_name"),
        ("name",),
        identifies=True,
    ),
    ListField(
        "given",
        "名",
        (
            *("given_name", "first_name", "forename", "fname", "given names", "名"),
            *("forename_1", "forenames", "first_names", "christian_name", "given", "first", "fname_c1", "pername1"),
        ),
        identifies=True,
    ),
    ListField(
        "surname",
        "姓",
        (
            *(
                "surname",
                "last_name",
                "family_name",
                "lname",
                "姓",
                "姓氏",
                "surnames",
                "last_names",
                "sname",
                "last",
                "lname_c1",
                "pername2",
            ),
        ),
        identifies=True,
    ),
    ListField("middle", "中间名", ("middle_name", "middle_names", "middle_initial", "middle", "mname", "mi")),
    ListField("former_name", "曾用名", ("曾用名", "former_name", "原名"), ("former_name",)),
    ListField(
        "id",
        "证件号",
        (
            *(
                "身份证号",
                "公民身份号码",
                "身份证件号",
                "身份证号码",
                "身份证",
                "学生身份证号",
                "证件号码",
                "证件号",
                "证件",
                "sfzh",
            ),
            *("soc_sec_id", "ssn", "national_id", "id_number", "id_no", "id_card", "id"),
        ),
        ("id_number",),
        identifies=True,
    ),
    ListField("certificate", "残疾证号", ("残疾证号",), ("certificate_number",), identifies=True),
    ListField("student_number", "学籍号", ("全国学籍号", "学籍号", "student_number"), ("student_number",), identifies=True),
    ListField(
        "birth",
        "出生日期",
        (
            *("出生日期", "出生年月日", "出生年月", "出生时间", "生日", "csrq"),
            *("date_of_birth", "dob", "birth_date", "birthday", "birth", "born"),
        ),
        ("birthdate",),
    ),
    ListField(
        "year_of_birth",
        "出生年",
        (
            *("出生年", "出生年份", "year_of_birth", "birth_year", "dob_year", "born_year", "yob", "dob_yr", "dob_y"),
            *("年", "year", "by"),
        ),
    ),
    ListField(
        "month_of_birth",
        "出生月",
        (
            *("出生月", "出生月份", "month_of_birth", "birth_month", "dob_month", "dob_mon", "born_month"),
            *("dob_mth", "dob_m", "月", "month", "bm"),
        ),
    ),
    ListField(
        "day_of_birth",
        "出生日",
        ("出生日", "day_of_birth", "birth_day", "dob_day", "born_day", "dob_d", "日", "day", "bd"),
    ),
    ListField(
        "month_day_of_birth",
        "出生月日",
        ("出生月日", "month_day_of_birth", "birth_month_day", "dob_month_day"),
    ),
    ListField("sex", "性别", ("性别", "xb", "sex", "gender"), ("sex",)),
    ListField(
        "township",
        "乡镇",
        ("乡镇", "乡(镇)", "乡镇街道", "所属乡镇", "户籍乡镇", "township", "suburb", "city", "town"),
        ("township",),
    ),
    ListField("village", "村", ("行政村", "村", "村(社区)", "村委会", "户籍村", "村屯", "village"), ("village",)),
    ListField("hamlet", "屯", ("自然屯", "自然村", "村民小组", "屯", "hamlet"), ("hamlet",)),
    ListField(
        "address",
        "住址",
        (
            *("家庭住址", "住址", "家庭地址", "户籍地址", "户籍住址", "地址", "居住地址", "详细地址", "address", "home_address"),
            *(
                "house_number",
                "unit_number",
                "street_number",
                "street_name",
                "street",
                "street_address",
                "enumcap",
                "enumpc",
                "address_1",
                "address_2",
                "address_3",
                "state",
                "postcode",
            ),
            *("post_code", "zip", "zipcode"),
        ),
        ("address",),
        several=True,
    ),
    ListField(
        "kin",
        "监护人",
        (
            *("监护人", "监护人姓名", "家长", "家长姓名", "父亲", "父亲姓名", "母亲", "母亲姓名", "户主", "户主姓名"),
            *("父母姓名", "guardian", "guardian_name", "father", "father_name", "mother", "mother_name", "parent"),
        ),
        ("guardian", "guardian_2", "father", "mother"),
        several=True,
    ),
    ListField(
        "phone",
        "电话",
        (
            "联系电话",
            "监护人电话",
            "监护人联系电话",
            "家长电话",
            "电话",
            "电话号码",
            "手机",
            "手机号",
            "phone",
            "phone_number",
            "mobile",
        ),
        ("phone",),
    ),
)
PARTS_OF_BIRTH = ("year_of_birth", "month_of_birth", "day_of_birth")
# Of the year of what? Headings that are parts of a birthdate only where the list has all three and no whole one.
_OF_SOMETHING = ("年", "月", "日", "year", "month", "day", "by", "bm", "bd")
_WITH_A_YEAR = ("birthday", "出生日")  # else the whole day; 'birth_day' is compared as 'birthday'
_MONTH_BEFORE_DAY = {"出生年月": "出生日"}  # a column of years and months -> that of the days which may stand beside it
FIELD_OF_LIST = {field.key: field for field in LIST_FIELDS}
Named = Mapping[str, Sequence[str]]  # key of a field -> headings
Ranks = dict[tuple[str, str], int]  # (key of a field, heading as compared) -> rank, 0 the likeliest


def field_named(text: str) -> str | None:
    """The key of the field that an analyst means: by key, title or any known heading."""
    wanted = spelled(text)
    known = {spelled(t): f.key for f in LIST_FIELDS for t in (f.key, f.title)}
    return known.get(wanted) or next((key for (key, heading) in ranks_of(declared()) if heading == wanted), None)


def spelled(heading: str) -> str:
    """A heading as it is compared: without blanks, marks and hyphens, in lower case."""
    return re.sub(r"[_\-. :]", "", plain(heading))


def ranks_of(registries: Mapping[str, Registry]) -> Ranks:
    """The ranks of all known headings; the registries' headings after the common ones."""
    ranks: Ranks = {}
    for field in LIST_FIELDS:
        of_registries = [h for r in registries.values() for c in r.columns if c.field in field.declared for h in c.headings]
        for rank, heading in enumerate((*field.headings, *of_registries)):
            ranks.setdefault((field.key, spelled(heading)), rank)
    return ranks


def not_meant(headings: Collection[str], named: Named, ranks: Ranks) -> set[tuple[str, str]]:
    """The (key of a field, heading as compared) of ``ranks`` that do not hold in a list with these headings, as compared: 年, 月
    and 日 need not be of a birth, and 'birth_day' is the day of the month beside a year and a month, else the whole day. 出生日 is the day
    of the month beside 出生年月 as well."""
    together = all(key in named or any((key, heading) in ranks for heading in headings) for key in PARTS_OF_BIRTH)
    beside = {day for month, day in _MONTH_BEFORE_DAY.items() if month in headings}
    day = {("birth", heading) for heading in headings if together and ("day_of_birth", heading) in ranks}
    whole = "birth" in named or any(("birth", h) in ranks and ("birth", h) not in day for h in headings)
    vague = (() if together else _WITH_A_YEAR) + (() if together and not whole else _OF_SOMETHING)
    return day | {(key, heading) for key in PARTS_OF_BIRTH for heading in vague if heading not in beside}
