"""The settings of a county: defaults, every fault with its line, the commented file. All names are made up or official."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import COST_RATIO
from schemas.county_names import fault_of_name
from schemas.county_problems import CountyFileError, setting_lines
from schemas.county_template import allowed, county_toml
from schemas.county_toml import read_settings
from schemas.plan import PLAN_NUMBER
from schemas.registry import declared
from schemas.settings import Cohort, Settings
from tests.lib import settings_page

DAHUA = '[county]\ncode = "451229"\n'


def faults(text: str) -> list[str]:
    with pytest.raises(CountyFileError) as error:
        read_settings(text)
    return error.value.problems


def test_without_a_file_it_is_the_plans_county_and_cohort() -> None:
    without = read_settings("")
    assert without == Settings()
    assert (without.county.code, without.county.name, without.county.short_name) == ("451228", "都安瑶族自治县", "都安县")
    assert without.cohort == Cohort(first_birthday=date(2004, 9, 1), last_birthday=date(2014, 8, 31))
    assert (without.plan.number, without.weekday, without.cost_ratio) == (PLAN_NUMBER, 3, COST_RATIO)
    assert (without.acceptance, without.nightly_hour, without.database, without.retention.runs) == ("county", 2, None, 10)
    assert dict(without.registries) == declared()
    assert len(without.divisions.townships) == 19


def test_another_county_is_named_by_its_code_and_has_no_plan() -> None:
    dahua = read_settings(DAHUA)
    assert (dahua.county.name, dahua.county.short_name) == ("大化瑶族自治县", "大化县")
    assert dahua.plan.number is None and dahua.basis("consolidation").startswith("《义务教育法》")
    assert dahua.divisions.township_names[:2] == ("大化镇", "都阳镇")
    own = read_settings(DAHUA + '[plan]\nnumber = "某控辍办〔2022〕1号"\n[plan.citations]\nconsolidation = "二（一）"\n')
    assert own.basis("consolidation") == "方案二（一）" and own.basis("data").startswith("《义务教育法》")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('weekly_day = "周四"', "weekly_day：应为 星期一、"),
        ('weekly_dy = "星期四"', "是否指 weekly_day？"),
        ('cost_ratio = "高"', "cost_ratio：应是数字"),
        ("cost_ratio = 0", "cost_ratio：应大于 0"),
        ("cost_ratio = inf", "cost_ratio：应是数字"),
        ("nightly_hour = 24", "nightly_hour：应不大于 23"),
        ("nightly_hour = 2.5", "nightly_hour：应是整数"),
        ("nightly_hour = true", "nightly_hour：应是整数"),
        ('acceptance = "no"', "acceptance：应为 county、none 之一"),
        ('database = "mysql://小明:很长的密码@主机/库"', "database：应是数据库地址"),
        ("county = 451229", "county：应是一张表"),
        ("cohort.first_birthday = 20040901", "[cohort] 的 first_birthday：应是日期"),
        ('cohort.first_birthday = "2004年9月1日"', "[cohort] 的 first_birthday：应是日期"),
        ("cohort.first_birthday = 2004-09-01T00:00:00", "[cohort] 的 first_birthday：应是日期"),
        ("cohort.first_birthday = 2015-09-01", "first_birthday 应早于 last_birthday"),
        ("cohort.first_birthday = '2005-02-29'", "[cohort] 的 first_birthday：没有 2005-02-29 这一天，请改正"),
        ("cohort.last_brthday = 2015-09-01", "[cohort] 的 last_brthday：不认识（是否指 last_birthday？）"),
        ("retention.runs = 1", "[retention] 的 runs：应不小于 2"),
        ("cohort = {first_birthday = 1964-09-01, last_birthday = 2024-08-31}", "相差超过 15 年，不是义务教育阶段儿童"),
        (
            "cohort = {first_birthday = 1804-09-01, last_birthday = 1814-08-31}",
            "[cohort] 的 last_birthday：应在 1950-01-01 至 2100-12-31 之间",
        ),
        ('tejiao.title = "特/教"', "[tejiao] 的 title：不能有 /"),
        ("notification.urls = 'mail'", "[notification] 的 urls：应是一列文字"),
        ("notification = {when = 'never'}", "[notification] 的 when：应为 nothing、gap、always 之一"),
        ("recipients.'安阳镇' = 5", "[recipients] 的 安阳镇：不再写成一行，请写成一张表："),
        ("recipients.'安阳镇' = '小明，电话 123'", "[recipients] 的 安阳镇：不再写成一行，请写成一张表："),
        ("recipients = '小明'", "recipients：应是一张表"),
        ("recipients.'安阳镇' = {password = '很长的密码12'}", "[recipients.安阳镇] 的 password：只能用英文字母、数字和英文标点"),
        ("recipients.'安阳镇' = {folder = '/x', password = 'Passwor'}", "[recipients.安阳镇] 的 password：应有 8 至 255 个字符"),
        ("recipients.'安阳镇' = {password = 'Password1'}", "[recipients] 的 安阳镇：还缺 folder（文件夹）或 mail（电子邮箱）"),
        ("recipients.'安阳镇' = {mail = 'x@example.cn'}", "[recipients] 的 安阳镇：写了 mail，还缺 password：表里有未成年人信息"),
        (
            "recipients.'安阳镇' = {mail = '小明@example.cn', password = 'Password1'}",
            "[recipients.安阳镇] 的 mail：应是一个电子邮箱地址",
        ),
        (
            "recipients.'安阳镇' = {mail = 'x@example.cn', password = 'Password1'}",
            "[recipients.安阳镇] 的 mail：要用邮件发，还缺 [mail]",
        ),
        ("recipients.'安阳镇' = {folder = '收发/安阳镇'}", "[recipients.安阳镇] 的 folder：应写完整的路径，如 'D:"),
        (r"""recipients.'安阳镇' = {folder = "D:\new"}""", "Windows 的路径两边请用单引号"),
        ("recipients.'安阳镇' = {foldr = '/x'}", "[recipients.安阳镇] 的 foldr：不认识（是否指 folder？）"),
        ("recipients.'安阳乡' = {folder = '/x'}", "[recipients] 的 安阳乡：本县没有这个乡镇或单位（是否指 安阳镇？）"),
        ("mail = 'x@example.cn'", "mail：应是一张表"),
        ("mail = {host = 'smtp.example.cn'}", "mail：还缺 sender（发件人邮箱）"),
        ("mail = {host = 'smtp.example.cn', user = 'bidui'}", "mail：user 和 password 应一起写"),
        ("mail = {host = '发信 服务器'}", "[mail] 的 host：应是服务器的域名或地址"),
        ("mail = {host = 'smtp.example.cn', sender = 'x@example.cn', tls = 'none'}", 'mail：tls = "none" 只许 host 是本机'),
        ("mail = {host = 'smtp.example.cn', tls = 'ssl'}", "[mail] 的 tls：应为 tls、starttls、none 之一"),
        ("mail = {sender = 'x@example.cn'}", "mail：还缺 host（发信服务器）"),
        ("mail = {port = 70000}", "[mail] 的 port：应不大于 65535"),
        ("plan.citations.weekly = '一'\nplan.number = ''", "[plan] 的 number：不能为空"),
        ("plan.citations.weekly = '一'", "写了 citations，还缺 number"),
        ("plan = {number = '某号', citations = {wekly = '一'}}", "[plan.citations] 的 wekly：应为 weekly、"),
        ('county.code = "451230"', "451229 大化瑶族自治县"),
        ('county.code = "大化"', "[county] 的 code：区划表里没有“大化”，相近的有 451229 大化瑶族自治县（广西壮族自治区河池市）"),
        ('county.code = "451200"', "[county] 的 code：“451200”是河池市，不是县，它有 451202 金城江区、"),
        ('county = {code = "451200", name = "某县"}', "“451200”是河池市，不是县"),
        ('county = {code = "999999", name = "某/县"}', "[county] 的 name：不能有 /"),
        ("county.code = 451229", "[county] 的 code："),
        ('xueji.title = "学籍[/]"', "[xueji] 的 title：不能有 /"),
        ('xueji.owner = "../教育局"', "[xueji] 的 owner：不能有 /"),
        ('xueji.owner = "教育局\\n"', "[xueji] 的 owner：含有换行"),
        ('xueji.owner = "NUL.局"', "[xueji] 的 owner：是 Windows 保留的设备名"),
        ('xueji.owner = ".教育局"', "[xueji] 的 owner：开头和结尾"),
        (f'xueji.owner = "{"局" * 41}"', "[xueji] 的 owner：太长（41 字）"),
        ('xueji.owner = " "', "[xueji] 的 owner：不能为空"),
        ('xueji.checks.id_bad_chek = "off"', "是否指 id_bad_check？"),
        ("cost_ratio = ", "不是有效的 TOML"),
        ("nightly_hour = 1\nnightly_hour = 2", "这个设置写了两次"),
    ],
)
def test_a_fault_is_told_with_its_line(line: str, said: str) -> None:
    text = f"# 说明\n\nweekly_note_free = 1\n{line}\n".replace("weekly_note_free = 1\n", "")
    found = faults(text)
    number = text.count("\n", 0, text.index(line)) + 1 + ("number = ''" in line or "hour = 1" in line)
    assert any(problem.startswith(f"county.toml 第{number}行：") and said in problem for problem in found), found
    assert not any("很长的密码" in problem or "小明" in problem for problem in found)


def test_all_faults_are_told_at_once_in_the_order_of_their_lines() -> None:
    found = faults('nightly_hour = 24\n\n[xueji]\ncore = 1\n[cohort]\nfirst_birthday = 1\n[huji.headings]\nnme = ["姓名"]\n')
    assert [int(re.search(r"第(\d+)行", problem)[1]) for problem in found] == [1, 4, 6, 8]  # type: ignore[index]


def test_all_faults_of_a_new_registry_are_told_at_once() -> None:
    found = faults("""[tejiao]
title = "特/教"
owner = " "
role = "pupil"
stage = "special"
[tejiao.columns.name]
headings = ["姓名"]
[tejiao.checks]
id_bad_chek = "off"
""")
    told = "\n".join(found)
    for said in (
        "[tejiao] 的 title：不能有 /", "[tejiao] 的 owner：不能为空", "[tejiao] 的 role：应为", "[tejiao] 的 stage：应为", "还缺 source_key",
        "还缺 signature", "[tejiao.columns]：缺 id_number", "姓名列必需", "id_bad_chek：没有这项检查",
    ):  # fmt: skip
        assert said in told


@pytest.mark.parametrize(
    ("first", "last", "day", "said"),
    [
        ("2004-09-01", "2014-08-31", "2020-04-15", None),
        ("2004-09-01", "2014-08-31", "2011-08-31", "最大的 2011-09-01 才该入学"),
        ("2004-09-01", "2014-08-31", "2011-09-01", None),
        ("2004-08-31", "2014-08-31", "2010-09-01", None),
        ("2004-09-01", "2014-08-31", "2032-08-30", None),
        ("2004-09-01", "2014-08-31", "2032-08-31", "最小的已满 18 岁"),
    ],
)
def test_a_day_on_which_nobody_of_the_cohort_is_of_school_age(first: str, last: str, day: str, said: str | None) -> None:
    cohort = Cohort(first_birthday=date.fromisoformat(first), last_birthday=date.fromisoformat(last))
    told = cohort.warning_on(date.fromisoformat(day))
    assert (told is None) if said is None else (told is not None and said in told and "[cohort]" in told)


def test_a_setting_of_a_table_that_was_written_under_another_is_found() -> None:
    (problem,) = faults("[retention]\nruns = 5\ncost_ratio = 50\n")
    assert problem.startswith("county.toml 第3行：[retention] 的 cost_ratio：不认识")


def test_the_commented_file_is_the_defaults_and_each_comment_a_setting() -> None:
    for text in ("", DAHUA + "[cohort]\nfirst_birthday = 2006-09-01\nlast_birthday = 2016-08-31\n"):
        before = read_settings(text)
        commented = county_toml(before)
        assert read_settings(commented) == before
        shown = re.sub(r"^#(?=[a-z_]+ = (?!\"\"))", "", commented, flags=re.M)
        assert shown.count("\n") == commented.count("\n") and shown != commented
        assert read_settings(shown) == before
    assert "都安" not in commented and "451228" not in commented and "都精准办" not in commented


def test_limits_of_numbers_are_beside_them() -> None:
    retention = Settings.model_fields["retention"].annotation
    assert allowed(retention.model_fields["runs"]) == "2 至 1000"  # type: ignore[union-attr]
    assert "# 每晚几点比对（北京时间）（0 至 23）\n" in county_toml(Settings())
    assert "| `retention.runs` | `10` | 2 至 1000 | 下次比对发布以后 |" in settings_page.page()


def test_the_page_says_when_each_setting_takes_effect() -> None:
    page = settings_page.page()
    assert all(f"| `{name}` |" in page for name in settings_page.WHEN)


def test_the_day_of_the_week_is_in_what_is_printed() -> None:
    monday = read_settings('weekly_day = "星期一"')
    assert monday.weekday == 0 and monday.on_weekly_day("上星期四以后") == "上星期一以后"


def test_recipients_and_the_server_of_mail_are_read() -> None:
    read = read_settings(r"""
[mail]
host = "smtp.example.cn"
tls = "starttls"
user = "bidui@example.cn"
password = "Server-Pass-1"
[recipients."安阳镇"]
folder = 'D:\收发\安阳镇'
mail = "anyang@example.cn"
password = "Anyang-2020"
[recipients."高岭镇"]
folder = '\\服务器\收发\高岭镇'
[recipients."教育局"]
folder = "/srv/收发/教育局"
[recipients."都安县"]
folder = "/srv/收发/县"
""")
    assert (read.mail.port_used, read.mail.from_address) == (587, "bidui@example.cn")
    assert read.recipients["安阳镇"].folder == r"D:\收发\安阳镇" and read.recipients["高岭镇"].password is None
    assert "Anyang-2020" not in repr(read) and "Server-Pass-1" not in repr(read)
    assert read.passwords_for("x.xlsx") == ["Anyang-2020"]


def test_the_password_of_the_area_in_the_name_of_a_returned_file_is_tried_first() -> None:
    one = '[recipients."{}"]\nfolder = "/srv/x"\npassword = "{}"\n'
    read = read_settings('passwords = ["Office-1"]\n' + one.format("安阳镇", "Pass-0001") + one.format("高岭镇", "Pass-0002"))
    assert read.passwords_for("20200423_高岭镇_填好.xlsx") == ["Pass-0002", "Office-1", "Pass-0001"]
    assert read.passwords_for("填好.xlsx") == ["Office-1", "Pass-0001", "Pass-0002"]


@pytest.mark.parametrize("name", ["教育局", "县残联（办证）", "教育局 2"])
def test_a_name_may_be_as_offices_are_called(name: str) -> None:
    assert fault_of_name(name) is None


def test_lines_of_settings_whatever_the_values_hold() -> None:
    text = '''a = """
b = 1
"""
"c.d" = [
  1, # ]
  "]",
] # c
[x.'y z'] # [no]
k = {p = 1}
m.n = 'a # b'
[[list]]
q = 2
'''
    assert setting_lines(text) == {
        ("a",): 1, ("c.d",): 4, ("x", "y z"): 8, ("x",): 8, ("x", "y z", "k"): 9, ("x", "y z", "m", "n"): 10, ("x", "y z", "m"): 10,
        ("list",): 11, ("list", "q"): 12,
    }  # fmt: skip


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(["", "# x [y", "[xueji]", "[huji.checks]", "phone_unreadable = 'of'", "title = 'x]'", "core = 1"]),
        max_size=9,
    )
)
def test_no_file_ends_in_another_error(lines: list[str]) -> None:
    try:
        read_settings("\n".join(lines))
    except CountyFileError as error:
        assert all(re.match(r"county\.toml 第\d+行：", problem) for problem in error.problems)


def test_the_page_of_settings_is_made_of_the_declaration() -> None:
    assert settings_page.PAGE.read_text(encoding="utf-8") == settings_page.page(), "python -m tests.lib.settings_page"
