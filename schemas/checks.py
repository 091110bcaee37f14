"""The checks of an export, as a table: which rows are refused, and what is reported about the rows that are accepted.

Only a row that cannot stand for a person is refused. A row with any other fault is accepted and the fault is reported, because a
refused row is a child that nobody looks for. A county can set another level for a registry (``schemas.settings``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.registry import Level
from schemas.text_match import matches

if TYPE_CHECKING:  # takes a fifth of a second to load
    import pandas as pd


Test = Callable[["pd.Series"], "pd.Series"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a row as exported (``ROW_CHECKS``), of its standardised values (``VALUE_CHECKS``), or of a whole column (``SHEET_CHECKS``).

    ``code``: its name in tables. ``level``: 'refuse', 'report' or 'off'.
    ``on``: the column of the checked frame (``pipelines.intake.validate``) that is tested; 'unread:KIND' stands for every column of
    that kind. ``field``: the field whose heading the message names.
    ``holds``: returns for that column one boolean per row: is the row free of this fault?
    ``problem``: what is wrong, in Chinese, to be read after 第 3 行 or 12 行. ``remedy``: what the office should do, in Chinese.
    ``least``: of ``SHEET_CHECKS``, the share of the filled cells that must be free of the fault; a sheet with fewer is refused, unless it has fewer
    than ``least_rows`` filled cells or ``least_failing`` faults: a few odd cells in a short list prove nothing. ``all_of``: a shorter list is
    refused as well where so many cells are filled, and all with the fault.
    ``about_nobody``: a row that is refused for it is about no person, and there is nothing to correct.
    """

    code: str
    level: Level
    on: str
    field: str
    holds: Test
    problem: str
    remedy: str
    about_nobody: bool = False
    least: float = 1.0
    least_rows: int = 20
    least_failing: int = 1
    all_of: int | None = None


# What stands below a list: who signs, for which office and when; totals; stamps.
_SIGNS = (
    r"填表人?|填报人?|制表人?|审核人?|复核人?|经办人|校长|班主任|(?:学校|单位)?负责人|分管领导|联系人|(?:联系)?电话"
    r"|(?:填表|填报|制表|报送)单位|(?:填表|填报|制表|打印|导出)?(?:日期|时间)"
)
_TOTALS = r"(?:本页)?(?:合\s*计|小\s*计|总\s*计)(?:人数)?"
_STAMP = r"盖章|公章|签章"
_SIGNED_BY = r"\s*(?:签名|签字|签章)?\s*"
FOOTER = "|".join(
    (
        rf"^\s*(?:{_TOTALS}|{_SIGNS}|说明|备注|注|(?:学校|单位)?[(（]?(?:{_STAMP})[)）]?){_SIGNED_BY}(?:[:：(（].*|\d*\s*[人名条]?\s*)$",
        r"^\s*(?:以上|本班|本校|全班|全校|合计)?共\s*\d*\s*[人名条行页]?\s*$",
        r"^\s*男生?\s*\d+\s*人.*女生?\s*\d+\s*人\s*$",
        r"^\s*第\s*\d+\s*页(?:\s*[,，/]?\s*共\s*\d+\s*页)?\s*$",
        r"^[\s—–-]*以下空白[\s—–-]*$",
        rf"^\s*(?:学校|单位)\s*[(（](?:{_STAMP})[)）]",
    )
)
SIGNED = rf"^\s*(?:{_SIGNS}){_SIGNED_BY}(?:[:：]|$)"
_REMARK = r"^\s*(?:说明|备注|注)\s*[:：]"
_EXAMPLE = r"^\s*(?:(?:示例|样例|范例|填写示例)\s*[:：]?\s*$|填写说明|填表说明)"
_NAME = "^[〇\u3400-\u9fff\U00020000-\U0003fffd·]{2,15}$"
_LIKE_A_NAME = "^(?:[\u3400-\u9fff\U00020000-\U0003fffd□]{2,5}|[\u3400-\u9fff]{1,8}·[\u3400-\u9fff·]{1,12}|[A-Za-z·' .-]{3,40})$"
_LIKE_AN_ID = r"\d{6}|^\d\.?\d*E\+?1[3-7]$|\d(?:[,，]\d{3}){4}"  # also as a spreadsheet shows a long number
_OLDEST = 120  # years
_FORMER_AREA = r"^452730(?:200[2-9]|20[1-9]\d)"
_A_DAY = r"^(?:19|20)\d{2}[-./年]?\d{1,2}[-./月]?\d{1,2}日?(?:\D.*)?$"
_STUDENT_NUMBER = r"^[GJL]\d{17}[\dX]$"
_CERTIFICATE = r"^\d{17}[\dX][1-7][1-4](?:B\d)?$"
_NOBODY = "不是人员数据，无须处理"
_MEND = "请在系统中改正后重新导出"


def _is_not(value: str) -> Test:
    """The value is missing or another one."""
    return lambda s: s.ne(value) | s.isna()


def _fits(pattern: str) -> Test:
    """The value is missing or fits the pattern."""
    return lambda s: matches(s, pattern, missing=True)


def _fits_not(pattern: str) -> Test:
    """The value is missing or does not fit the pattern."""
    return lambda s: ~matches(s, pattern)


def _fits_and_is_not(pattern: str, other: str) -> Test:
    """The value fits the pattern, and not the other one."""
    return lambda s: matches(s, pattern) & ~matches(s, other)


def _other_than_most(s: "pd.Series") -> "pd.Series":
    """The value is another than the most frequent one."""
    return s.ne(s.mode().iloc[0])


def _no(s: "pd.Series") -> "pd.Series":
    """The flag is not set."""
    return ~s.astype(bool)


# Checks of rows as exported. They come first: a row that they refuse is not standardised.
ROW_CHECKS = (
    Check("signature_row", "refuse", "signed", "", _no, "是签名行，", _NOBODY, about_nobody=True),
    Check("remark_with_name", "refuse", "remark", "name", _fits_not(_REMARK), "以说明开头，又填有姓名，其余几乎空白，不能确定是不是一名儿童。",
             "是儿童的，请补全证件号等各列后重新导出"),
    Check("title_row", "refuse", "is_title", "", _no, "是表名，", _NOBODY, about_nobody=True),
    Check("footer_row", "refuse", "footer", "", _fits_not(FOOTER), "是合计或签名行，", _NOBODY, about_nobody=True),
    Check("example_row", "refuse", "first_cell", "", _fits_not(_EXAMPLE), "是填写示例或说明，", _NOBODY, about_nobody=True),
    Check("repeated_heading", "refuse", "is_heading", "name", _no, "是重复的表头，", _NOBODY, about_nobody=True),
    Check("misaligned_row", "refuse", "overflow", "", _no, "的列数多于表头，内容错位，", "请检查这一行的引号和逗号，改正后重新导出"),
    Check("cell_too_long", "refuse", "too_long", "", _no, "有超过 32,767 字节的单元格，", "请删去误粘贴的内容后重新导出"),
    Check("contradicted_row", "refuse", "contradicted", "", _no, "在另一份文件里没有或是另一种状态，哪份较新无法判断，按须核查的那种情形计，没有使用这一行。",
             "请把导出日期写进文件名，或在 county.toml 的该系统下写 older_files"),
    Check("no_identity", "refuse", "identity", "name", lambda s: s.notna(), "既无姓名也无证件号，无法确定是谁。", "请在系统中补全后重新导出"),
)

# Checks of standardised records. A code that begins with id_ is one of ``matching.ids.STATUSES``.
VALUE_CHECKS = (
    Check("shifted_row", "refuse", "shifted", "", _no, "的逗号多于表头，又有值无法识别，内容错位，",
             "请检查这一行的逗号，有逗号的内容要加引号，改正后重新导出"),
    Check("row_out_of_place", "refuse", "out_of_place", "name", _no, "的姓名列填的是号码、日期或性别，或多数列填的是别的列的内容，证件号列又没有证件号，内容错位，",  # noqa: E501
             "请核对这一行各列是否与表头对齐，改正后重新导出"),
    Check("id_missing", "report", "id_status", "id_number", _is_not("missing"), "未填证件号", "请补填"),
    Check("id_bad_check", "report", "id_status", "id_number", _is_not("bad_check"), "身份证号校验码不符", f"多半有一位打错。{_MEND}"),
    Check("id_bad_date", "report", "id_status", "id_number", _is_not("bad_date"), "身份证号中的出生日期不存在", _MEND),
    Check("id_lost_precision", "report", "id_status", "id_number", _is_not("lost_precision"),
             "身份证号被当作数字保存，末几位已丢失", "请把该列设为文本后重新导出"),
    Check("id_truncated", "report", "id_status", "id_number", _is_not("truncated"), "身份证号位数不足", _MEND),
    Check("id_malformed", "report", "id_status", "id_number", _is_not("malformed"), "证件号无法识别", _MEND),
    Check("id_placeholder", "report", "id_status", "id_number", _is_not("placeholder"), "证件号是占位号", "请补填真实的证件号"),
    Check("id_other_document", "report", "id_status", "id_number", _is_not("other_document"),
             "证件号填的是学校的临时编号、J 或 L 开头的学籍号，或护照、通行证、出生证的号码，按未填身份证号处理", "有身份证号的请补填"),
    Check("id_masked", "report", "id_status", "id_number", _is_not("masked"), "身份证号被遮盖，只能比对看得见的几位", "请导出不遮盖的证件号"),
    Check("id_student_number", "report", "id_status", "id_number", _is_not("student_number"), "证件号填的是学籍号，只作参考", _MEND),
    Check("id_of_former_area", "report", "id_number", "id_number", _fits_not(_FORMER_AREA),
             "证件号以 452730 开头（2001 年以前的代码），出生年份却在其后", "请核对是否填了别人的证号"),
    Check("birthdate_not_as_id", "report", "birth_and_id", "birthdate", _is_not("differs"), "出生日期与身份证号不符", "请核对证件"),
    Check("sex_not_as_id", "report", "sex_and_id", "sex", _is_not("differs"), "性别与身份证号不符", "请核对证件"),
    Check("birthdate_in_future", "report", "born_later", "birthdate", _no, "出生日期还没有到，按缺失处理", _MEND),
    Check("birthdate_of_id_in_future", "report", "id_born_later", "id_number", _no, "身份证号中的出生日期还没有到，按缺失处理", _MEND),
    Check("name_unusual", "report", "name", "name", _fits(_NAME), "姓名不像中文姓名（缺字、夹有字母数字或过长）", "请核对"),
    Check("student_number_malformed", "report", "student_number", "student_number", _fits(_STUDENT_NUMBER), "学籍号不是 G、J、L 加 18 位", "请核对"),
    Check("certificate_malformed", "report", "certificate_number", "certificate_number", _fits(_CERTIFICATE), "残疾证号不是 20 或 22 位", "请核对"),
    Check("repeated_key", "report", "repeated", "", _no, "与同一文件中的另一行重复（系统内的编号相同）", "请核对是否重复登记"),
    Check("date_unreadable", "report", "unread:date", "", _no, "的日期无法识别为某一天，按缺失处理", _MEND),
    Check("month_unreadable", "report", "unread:month", "", _no, "的年月无法识别，按缺失处理", _MEND),
    Check("code_unknown", "report", "unread:code", "", _no, "的值不在已知代码之列，按缺失处理", "如属新代码，请在 county.toml 里登记"),
    Check("place_unknown", "report", "unread:place", "", _no, "的地名不在区划表中", "请核对"),
    Check("phone_unreadable", "report", "unread:phone", "", _no, "的电话无法识别", "请核对"),
    Check("key_lost", "report", "unread:key", "", _no, "的编号被当作数字保存，末几位已丢失，按未填处理", "请把该列设为文本后重新导出"),
    Check("amount_unreadable", "report", "unread:amount", "", _no, "的金额无法识别", "请核对"),
)  # fmt: skip
# Checks of whole columns. A file whose cells stand one column further than its headings, or another file in its place, would list or hide
# a whole school; on a first night there is no earlier export to compare it with. Half is far from what typing errors do to a column.
_HALF = 0.5
_EXPORT_AGAIN = "多半是列错位或导错了表，没有使用。请核对表头与数据是否对齐，重新导出"
SHEET_CHECKS = (
    # Rows that stand one column further: a file put together of two in another order of columns. Three rows are more than a slip of the hand.
    Check("rows_out_of_place", "refuse", "misplaced", "name", _no,
             "的姓名列填的是号码、日期或性别，或多数列填的是别的列的内容，证件号列又没有证件号", _EXPORT_AGAIN, least=0.9, least_rows=1, least_failing=3),
    Check("names_implausible", "refuse", "name", "name", _fits(_LIKE_A_NAME), "不像人的姓名", _EXPORT_AGAIN, least=_HALF, all_of=3),
    # The householder's name in each row of the household.
    Check("names_of_householders", "refuse", "as_head", "name", _no, "不是户主，填的却是户主的姓名", _EXPORT_AGAIN, least=_HALF, least_rows=3),
    # A column of places or classes repeats itself, with another person's ID each time.
    Check("names_repeated", "refuse", "names", "name", lambda s: ~s.duplicated(), "与另一行同名", _EXPORT_AGAIN, least=0.05),
    Check("names_alike", "refuse", "names", "name", _other_than_most, "是同一个姓名", _EXPORT_AGAIN, least=0.2, least_rows=3),
    Check("ids_implausible", "refuse", "ids", "id_number", _fits_and_is_not(_LIKE_AN_ID, _A_DAY), "不是证件号", _EXPORT_AGAIN, least=_HALF, all_of=5),
    Check("birthdates_implausible", "refuse", "age", "birthdate", lambda s: s.between(0, _OLDEST), "不是可信的出生日期", _EXPORT_AGAIN, least=_HALF),
    # Pupils come from other counties too, and a county may not have all spellings of its townships in its table.
    Check("townships_implausible", "refuse", "township", "township", lambda s: s.notna(), "不是本县的乡镇", _EXPORT_AGAIN, least=0.05),
)
CHECKS = ROW_CHECKS + VALUE_CHECKS + SHEET_CHECKS
# Code -> level of all that a county may switch; the last one is of a whole list (``pipelines.intake.declared_counts``).
LEVELS: dict[str, Level] = {**{check.code: check.level for check in CHECKS}, "fewer_than_declared": "refuse"}
CHECK = {check.code: check for check in CHECKS}


def message(rule: str, rows: int | None = None, row: int | None = None) -> str:
    """The Chinese message of a check (``rule``: its code): about the row with number ``row``, about so many ``rows``, or, with
    neither, as a heading over a list of rows. Raises KeyError where there is no such check."""
    check = CHECK[rule]
    which = f"第 {row} 行" if row is not None else f"{rows:,} 行" if rows is not None else ""
    sentence = which + check.problem.removeprefix("" if which else "的")
    return sentence + check.remedy if sentence.endswith(("，", "。")) else f"{sentence}。{check.remedy}"
