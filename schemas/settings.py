"""The settings of one county and one year: everything that is not the same for all counties, in one typed object.

They stand in ``DIR/county.toml`` (``schemas.county_toml`` reads it). A setting that is not there has its default, which is that of the
plan's own county and cohort. The descriptions are what the county reads: in the commented file that ``bidui init`` writes
(``schemas.county_template``) and in docs/settings.md. The file's other tables change the registries (``schemas.county_registries``).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, SkipValidation, StrictInt, StrictStr, model_validator

from schemas.calendar import no_such_day
from schemas.delivery_settings import Mail, RecipientTable
from schemas.divisions import Divisions, county_names, short_county_name
from schemas.divisions.county_search import larger_place, why_no_county
from schemas.divisions.published import published_divisions
from schemas.plan import LAW, PLAN_CITATIONS, PLAN_COUNTY, PLAN_NUMBER, PLAN_WEEKLY_DAY, Subject
from schemas.registry import Registry, declared
from schemas.setting_kinds import Name, SettingTable, Text

_FIRST_BIRTHDAY, _LAST_BIRTHDAY = date(1950, 1, 1), date(2100, 12, 31)
LONGEST_COHORT = 15  # years
SCHOOL_AGE, _GROWN_UP = 6, 18  # years


Weekday = Literal["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"]


def _is_day(value: object) -> object:
    if isinstance(value, str):
        if why := no_such_day(value):
            raise ValueError(why)
        return value  # pydantic reads 2004-09-01 and no other text
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError("应是日期，如 2004-09-01")
    return value


def _is_birthday(day: date) -> date:
    if not _FIRST_BIRTHDAY <= day <= _LAST_BIRTHDAY:
        raise ValueError(f"应在 {_FIRST_BIRTHDAY} 至 {_LAST_BIRTHDAY} 之间，请核对年份")
    return day


Birthday = Annotated[date, BeforeValidator(_is_day), AfterValidator(_is_birthday)]


def _age(born: date, day: date) -> int:
    """Full years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class County(SettingTable):
    """Which county it is."""

    code: Annotated[StrictStr, Field(pattern=r"^[0-9]{6}$")] = Field(default=PLAN_COUNTY, description="六位区划代码（GB/T 2260）")
    name: Name = Field(default="", description="全称，印在核查表和周报的标题上；不写的按区划表")
    short_name: Name = Field(default="", description="简称，用作汇总表的文件名；不写的按全称")

    @model_validator(mode="before")
    @classmethod
    def _named_by_code(cls, given: Any) -> Any:
        """The names that are not given are those of the published table."""
        if not isinstance(given, dict):
            return given
        code = given.get("code", PLAN_COUNTY)
        name = given.get("name") or county_names().get(str(code))
        if larger_place(str(code)):
            raise ValueError(why_no_county(str(code)))
        if name is None:
            raise ValueError(f"{why_no_county(str(code))}。请核对；确是新设的县，请同时写 name")
        return {"name": name, "short_name": short_county_name(name) if isinstance(name, str) else name, **given}


class Cohort(SettingTable):
    """Which children are swept: those born in it and registered in the county; plan, part 3 ②. It lies within a few school ages, so that a
    wrong year is noticed: compulsory education takes nine years (《义务教育法》第二条), and some sweep kindergarten and senior school too."""

    first_birthday: Birthday = Field(
        default=date(2004, 9, 1), description=f"最早的出生日期，{_FIRST_BIRTHDAY} 至 {_LAST_BIRTHDAY} 之间"
    )
    last_birthday: Birthday = Field(
        default=date(2014, 8, 31), description=f"最晚的出生日期；与最早的相差不超过 {LONGEST_COHORT} 年"
    )

    @model_validator(mode="after")
    def _in_order(self) -> "Cohort":
        if self.first_birthday > self.last_birthday:
            raise ValueError("first_birthday 应早于 last_birthday")
        if _age(self.first_birthday, self.last_birthday) >= LONGEST_COHORT:
            raise ValueError(
                f"两个日期相差超过 {LONGEST_COHORT} 年，不是义务教育阶段儿童的出生日期（义务教育九年，6 至 17 岁），请核对年份"
            )
        return self

    def warning_on(self, day: date) -> str | None:
        """Why nobody of the cohort can be of school age on ``day``, in Chinese; None where somebody can."""
        first, last = self.first_birthday, self.last_birthday
        due = date(first.year + SCHOOL_AGE + (first.month >= 9), 9, 1)  # 《义务教育法》第十一条
        why = f"最大的 {due} 才该入学" if day < due else f"最小的已满 {_GROWN_UP} 岁" if _age(last, day) >= _GROWN_UP else None
        return why and f"{first} 至 {last} 出生的儿童在 {day} 没有一个是义务教育年龄（{why}），请核对 county.toml 的 [cohort]"


class Plan(SettingTable):
    """The county's own plan, cited on what is printed."""

    number: Text | None = Field(default=None, description="本县控辍保学方案的文号，如 某控辍办〔2022〕1号；没有的不写，只引用法律")
    citations: Mapping[Subject, Text] = Field(default_factory=dict, description="方案的哪一节要求什么，印在依据栏；没写的引用法律")

    @model_validator(mode="after")
    def _of_a_plan(self) -> "Plan":
        if self.citations and self.number is None:
            raise ValueError("写了 citations，还缺 number（文号）")
        return self

    def cited(self, subject: Subject) -> str:
        """The section of the plan that asks for ``subject``, empty where the county has no plan or it says nothing of it."""
        return self.citations.get(subject, "")


class Retention(SettingTable):
    """How long what can be computed again is kept. Two runs at the least: somebody may be reading the one before the current."""

    runs: Annotated[StrictInt, Field(ge=2, le=1000)] = Field(default=10, description="保留最近多少次比对的数据表")
    outbox_days: Annotated[StrictInt, Field(ge=7, le=36500)] = Field(default=400, description="各日的核查表自做成之日起保留多少天")
    snapshots_days: Annotated[StrictInt, Field(ge=0, le=36500)] = Field(
        default=0, description="导出文件的读取结果，最后一次用到之后至少留多少天；0 为不另外多留。所属比对还在的，总是保留"
    )
    prefect_days: Annotated[StrictInt, Field(ge=1, le=36500)] = Field(default=30, description="Prefect 页面上的运行记录保留多少天")


class Notification(SettingTable):
    """Who is called when a night went wrong."""

    when: Literal["nothing", "gap", "always"] = Field(
        default="gap", description="什么时候通知：nothing 没有发布；gap 没有发布、有缺口或名单大变；always 每晚"
    )
    urls: Annotated[list[Annotated[StrictStr, Field(min_length=1, max_length=1000)]], Field(max_length=20)] = Field(
        default=[],
        repr=False,
        description='通知谁，apprise 的写法，如 ["mailtos://用户:密码@邮箱服务器?to=收件人", "https://网关"]；空着不通知。消息不含儿童信息',
    )
    jump_share: Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False)] = Field(
        default=0.2, description="名单人数比上次增减超过多大的一份（0.2 为两成）就算名单大变"
    )


class Settings(SettingTable):
    """Everything that belongs to one county or one year.

    ``registries``: key -> registry as the county has them, the core ones first. ``divisions``: the county's townships and villages.
    By default the plan's own county has its plan, and any other county none.
    """

    weekly_day: Weekday = Field(default=PLAN_WEEKLY_DAY, description="每周汇报控辍工作的日子，周报和“本周”都按它算：星期一 至 星期日")
    cost_ratio: Annotated[float, Field(gt=0, le=1_000_000, strict=True, allow_inf_nan=False)] = Field(
        default=100.0, description="一次错误关联（可能使一个失学儿童不上名单）抵多少次白跑；越大越不轻易认定是同一人"
    )
    acceptance: Literal["county", "none"] = Field(
        default="county", description="能使儿童销号的乡镇答复怎样生效：county 县级验收后销号；none 材料齐全的立即销号"
    )
    sample_share: Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)] = Field(
        default=0.1, description="凭答复销号的儿童里，抽多少（0 至 1）由县里打电话核实；每个乡镇至少抽一人，0 则不抽"
    )
    oldest_data_days: Annotated[StrictInt, Field(ge=7, le=36500)] = Field(
        default=120,
        description="各系统最新的数据最多可以是多少天以前的；学籍超过的不发布，其他系统超过的，夜间比对算失败（一学期约 120 天）",
    )
    nightly_hour: Annotated[StrictInt, Field(ge=0, le=23)] = Field(default=2, description="每晚几点比对（北京时间）")
    database: Annotated[StrictStr, Field(pattern=r"^postgresql(\+psycopg)?://", max_length=500)] | None = Field(
        default=None,
        repr=False,
        description='答复、判定、人员编号、个案存在哪里；不写的是 DIR/curated/bidui.db（SQLite），或如 "postgresql://用户@主机/库"',
    )
    passwords: Annotated[list[Text], Field(max_length=20)] = Field(
        default=[],
        repr=False,
        description='总是加密的导出文件和退回的核查表的打开密码，如 ["密码一", "密码二"]，逐个试；任何提示和日志里都不出现。本文件含密码时请只让自己能读',
    )
    county: County = Field(default_factory=lambda: County.model_validate({}), description="本县")
    cohort: Cohort = Field(default_factory=Cohort, description="核查哪些儿童：户籍在本县、出生在这两天之间（含）")
    plan: Plan = Field(default_factory=Plan, description="本县的方案")
    retention: Retention = Field(default_factory=Retention, description="能重新算出来的东西保留多久（答复、判定和个案一直保留）")
    notification: Notification = Field(default_factory=Notification, description="夜间比对出了问题通知谁（bidui serve）")
    mail: Mail = Field(default_factory=Mail, description="用邮件送核查表（bidui deliver）的发信服务器")
    recipients: Mapping[Name, RecipientTable] = Field(
        default_factory=dict,
        description="各乡镇、各单位和本县的核查表送到哪里（bidui deliver）：一个接收人一张表，名称同核查表文件名开头的",
    )
    registries: SkipValidation[Mapping[str, Registry]] = Field(default_factory=declared)
    divisions: SkipValidation[Divisions] = Field(default=None)  # type: ignore[assignment]  # that of the county, see below

    @model_validator(mode="before")
    @classmethod
    def _of_the_county(cls, given: Any) -> Any:
        """Plan and divisions are by default those of the county."""
        if not isinstance(given, dict):
            return given
        county = given.get("county", {})
        code = county.get("code", PLAN_COUNTY) if isinstance(county, dict) else getattr(county, "code", None)
        own_plan = {"plan": {"number": PLAN_NUMBER, "citations": PLAN_CITATIONS}} if code == PLAN_COUNTY else {}
        divisions = {} if given.get("divisions") else {"divisions": published_divisions(str(code))}
        return {**own_plan, **given, **divisions}

    def basis(self, subject: Subject) -> str:
        """What asks for ``subject`` (``schemas.plan``): the section of the county's plan, or the law."""
        section = self.plan.cited(subject)
        return f"方案{section}" if section else LAW[subject]

    def on_weekly_day(self, text: str) -> str:
        """A text that is printed, written with the plan's day of the weekly report, with the county's."""
        return text.replace(PLAN_WEEKLY_DAY, self.weekly_day)

    @property
    def weekday(self) -> int:
        """The day of the weekly report as ``date.weekday`` counts it: Monday is 0."""
        return get_args(Weekday).index(self.weekly_day)

    @property
    def offices(self) -> tuple[str, ...]:
        """The owners of the registries, to whom what is wrong with their exports goes back."""
        exported = (registry for registry in self.registries.values() if registry.role != "report")
        return tuple(dict.fromkeys(registry.owner for registry in exported))

    @property
    def areas(self) -> tuple[str, ...]:
        """Whom workbooks are for: the townships, the county by its short name, the offices."""
        return tuple(dict.fromkeys((*self.divisions.township_names, self.county.short_name, *self.offices)))

    @property
    def county_accepts(self) -> bool:
        """Does the county accept an answer before it takes a child off the list?"""
        return self.acceptance == "county"

    def passwords_for(self, file: str) -> list[str]:
        """What is tried, in this order, on the returned workbook ``file`` where it has a password: a wrong one costs a tenth of a second, so
        that the password with which workbooks go to the area in the file's name comes first, then the county's and all others."""
        sent = {area: recipient.password for area, recipient in self.recipients.items() if recipient.password}
        named = sorted((area for area in sent if area in file), key=len, reverse=True)
        return list(dict.fromkeys((*(sent[area] for area in named), *self.passwords, *sent.values())))


_NOT_IN_THE_FILE = ("registries", "divisions")
SETTING_NAMES = tuple(name for name in Settings.model_fields if name not in _NOT_IN_THE_FILE)
