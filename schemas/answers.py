"""What officers answer, and what becomes of each answer: choices, kinds, states and reasons for a refusal, with their Chinese.

Answers about the whereabouts of a child stand in ``schemas.whereabouts``.
"""

from dataclasses import dataclass

from schemas.codes import REPORT_STATE
from schemas.whereabouts import ANSWERS, AT_SCHOOL_HERE, NOBODY, TAUGHT_AT_HOME

# Answer in the column 是否同一人 -> judgement.
SAME_PERSON = {"是": "same", "否": "different", "无法判断": "unsure"}
JOINING = "是"  # the answer that makes two records one person's
VERDICT_NAME = {"same": "核查为同一人", "different": "核查为不同的两人", "unsure": "无法判断"}

# Answers in the column 处理情况. None of them closes a case: only the registry's own value does, once it is corrected.
NOT_YET, CORRECTED = "未处理", "已更正"
HANDLED = (CORRECTED, "无需更正", "转相关部门", NOT_YET)

# What came of a visit to bring a child back to school. None of it closes a case: the register does, or an answer about the whereabouts.
BACK_AT_SCHOOL, NEVER_LEFT = "已返校", "一直在校就读"
VISIT_RESULTS = (BACK_AT_SCHOOL, NEVER_LEFT, "同意返校", "不同意返校", "没有见到本人", "其他（写在备注）")

# Of the results of a visit in the winter holiday: that the child may leave, or has left: it is visited again.
GONE_AWAY = "已外出、不准备返校"
LEAVING_AGAIN = ("有辍学苗头", GONE_AWAY)
BACK_AGAIN = ("春季学期按时返校", BACK_AT_SCHOOL, NEVER_LEFT)  # and that it is, or will be, at school after all
# What came of a visit in the winter holiday to a child that had come back to school.
HOLIDAY_VISIT_RESULTS = (BACK_AGAIN[0], *LEAVING_AGAIN, "没有见到本人", "其他（写在备注）")

# The county's word on an answer that would take a child off the list (plan, step (四): 逐个验收销号) -> the answer's state.
ACCEPTED = "同意"
ACCEPTANCE = {ACCEPTED: "accepted", "退回": "returned"}

# What an answer is about: ``answers.kind``.
ANSWER_KINDS = {
    "whereabouts": "去向不明儿童的去向",
    "pair": "两条记录是否同一人",
    "discrepancy": "信息不一致怎样处理",
    "acceptance": "县级验收一条答复",
    "report": "乡镇自己登记的：名在人不在、新发现",
    "visit": "一次劝返",
}

# What has become of an answer: ``answers.state``.
ANSWER_STATES = {
    "accepted": "已采用",
    "waiting": "待县验收",
    "returned": "县退回",
    "refused": "未采用",
    "superseded": "已有更新的答复",
    "lapsed": "上学期的答复，已失效",
    "overtaken": "情况已变，已失效",
}
# Whereabouts that an answer may stand for and that take a child off the list: these are accepted by the county first.
OFF_THE_LIST = ("enrolled_elsewhere", "exempted")

# Why an answer is refused: ``answers.refusal`` and ``quarantine.rule``; the words stand behind the number of its row and say how to mend it.
ANSWER_REFUSAL_WORDS = {
    "row_code_missing": "的行码被删除，无法确认答的是谁，未采用，请在最近一次发出的原表上填写",
    "row_mixed_up": "的行码与本行内容对不上（只排序了部分列、改动了姓名、证号或编号，或粘贴了别的行），未采用，请在最近一次发出的原表上重填本行",
    "row_code_old": "的行码是旧的（升级之前发出的表），或不是发出的原表，无法确认，未采用，请在最近一次发出的新表上重填本行",
    "answer_of_another": "的编号与姓名、证号或乡镇对不上，未采用，请用最近一次发出的核查表填写",
    "person_is_another": "的人员编号现在属于另一个人，未采用，请用最近一次发出的核查表填写",
    "answer_unknown": "所选的不在下拉列表中，未采用，请从列表中选择",
    "answer_missing": "填了其他各栏，未选答复，未采用，请从下拉列表中选择",
    "not_yet_with_value": "选了“未处理”，又填了更正后的值（正确值），未采用；已经改好的请选“已更正”，还没有改的请删去所填的值",
    "name_missing": "未填姓名（或填的不是姓名），未采用，请补填",
    "report_vague": "身份证号和出生日期都未填，无法确认是谁，未采用，请至少补填一项",
    "report_out_of_range": "的出生日期（或证号里的）不在核查范围内，不列入名单，未采用；填错的请更正后重填",
    "not_signed": "未填核查人（或填的不是姓名，如“不详”“无”“同上”），未采用，请写明姓名",
    "day_missing": "的核查日期未填或无法识别，未采用，请补填",
    "day_ahead": "的核查日期在将来，未采用，请核对日期",
    "day_of_last_semester": "的核查日期不在本学期内，未采用，请重新核查",
    "day_before_listing": "的核查日期早于该儿童列入名单之日，未采用；列入之后请再核查一次",
    "school_missing": "未填就读学校的全称，未采用，该儿童仍在名单上",
    "school_is_none": "就读学校一栏填的不是一所学校的全称，未采用，该儿童仍在名单上；不在学校的请选“确属辍学”等",
    "school_without_place": "就读学校未写明所在的省、市（县），未采用，请写全，如：广东省东莞市长安镇第一中学",
    "school_of_county": "填的是本县的学校，不能算县外就读，未采用；在本县就读的请选“县内在读”",
    "approval_missing": "未在核查说明或佐证材料中写明免学、缓学的批准文号（如 都教字〔2020〕8号），未采用",
    "approval_of_other_years": "所写批准文号的年份早于该儿童满6周岁之年，或在今后，未采用；请核对批准件，写明本人的批准文号",
    "not_of_class_age": "选的是“职教提升班”，而该儿童在核查当天不满15周岁、已满17周岁或没有出生日期，未采用，该儿童仍在名单上",
    "too_young_for_vocational": "选的是中职、技工学校，而该儿童在核查当天不满13周岁，未采用，该儿童仍在名单上；请核对去向和出生日期",
    "consent_missing": "未在核查说明或佐证材料中写明家长同意、学生自愿（入职教提升班须双方同意），未采用",
    "accepted_unseen": "验收的答复，在此之前发布的县汇总表里还没有，未采用；请在最近一次发出的汇总表上重新验收，填当天的日期",
    "words_contradict": "与同一天对同一条答复的另一个验收意见相反，都未采用，该答复仍待验收；请核实后重新验收，填更正当天的日期",
    "word_before_answer": "的验收日期早于所验收的答复的核查日期，未采用，该答复仍待验收；请核对日期后重新验收",
    "not_own_report": "选的是“登记有误，撤回”，而该儿童不只有本乡镇的登记，不能撤回，未采用；请选实际去向，已返校的在“名在人不在”表登记“已返校”",
    "own_report_of_nobody": "选的是“查无此人”，而该儿童只有本乡镇自己的登记，未采用；登记有误的请选“登记有误，撤回”",
    "back_on_day_of_absence": "报告已返校，而同一天另有登记说该生名在人不在或在村里，未采用，该儿童仍在名单上；确已返校的，请改为返校之后核实的那一天",
    "answers_contradict": "与同一天的另一份答复不同，都未采用，该儿童仍按未答复处理；如系更正，请把核查日期改为更正当天",
}

# Why an answer that two records are, or are not, one person's cannot be applied to the records of a night: as the words above.
JUDGEMENT_REFUSAL_WORDS = {
    "answer_unmatched": "所答的两条记录与系统内的不符（已更正，或表中其他列被改动），未采用；若仍在名单上请重新核查",
    "answer_denied": "答复为不同的两人，而各项数据指向同一人，已按答复分开，请复核",
    "answer_vague": "所答的两条记录，另有内容完全相同的，无法区分，未采用；请把内容相同的各行都答上",
}

# Why an answer that was in effect, or waited, is so no more: ``answers.refusal`` of the state overtaken; the words stand where those of a refusal do.
OVERTAKEN_WORDS = {
    "enrolled_since": "的答复之后，该儿童曾在本县在读，答复已失效；又列入名单的，请重新核查",
    "dropped_out_since": "的答复之后，学籍系统标注该儿童辍学，答复已失效，请重新核查",
    "reported_since": "的答复当天或之后，有乡镇登记该儿童在村里（名在人不在或新发现），答复已失效，请重新核查；如登记有误，请把核查日期写在登记之后",
}

# Who signs and dates an answer is asked under other headings than 核查人 and 核查日期 on some sheets.
OFFICE = "office"  # of the askers: kind discrepancy, answered by an office
SIGNED_UNDER = {
    "discrepancy": ("处理人", "日期"),
    OFFICE: ("办理人", "办理日期"),
    "visit": ("劝返人（家访人）", "劝返日期（家访日期）"),
    "acceptance": ("验收人", "验收日期"),
}
_OF_SIGNING = ("not_signed", "day_missing", "day_ahead")


def refusal_words(code: str, asker: str) -> str:
    """The words of a refusal as the sheet of its ``asker`` (a kind of answer, or OFFICE) calls its columns."""
    words = (ANSWER_REFUSAL_WORDS | OVERTAKEN_WORDS)[code]
    if code not in _OF_SIGNING or asker not in SIGNED_UNDER:
        return words
    who, when = SIGNED_UNDER[asker]
    return words.replace("核查人", who).replace("核查日期", when)


def asker_of(kind: str, about: object) -> str:
    """Whose sheet asked for an answer of this ``kind``, with what the table answers has in its column about."""
    return OFFICE if kind == "discrepancy" and isinstance(about, str) and about else kind


# Answers whose township the code of their row vouches for, and why it does not.
VOUCHED_FOR = ("whereabouts", "visit")
BROKEN_CODES = ("row_code_missing", "row_mixed_up", "row_code_old")
OF_NOBODY = (*BROKEN_CODES, "answer_of_another", "person_is_another")  # nobody can tell whom these are about

# What stands under 核查人 and names nobody, beside what is an empty cell everywhere (``pipelines.intake.values.is_nothing``).
NOT_SIGNED = frozenset(
    (
        "不知", "不知道", "不清楚", "不明", "不确定", "不记得", "忘记", "忘了", "没有", "没人", "无人", "无名", "无此人", "未填写", "未核查",
        "未签", "未签名", "待定", "待填", "待补", "待核实", "空白", "同上", "同前", "上同", "某人", "某某", "某某某", "其他", "核查人", "姓名",
        "签名", "签字", "填写人", "XX", "XXX", "XXXX", "NA", "测试",
    )
)  # fmt: skip

# What the sender of a report is told although it counts: of a pupil who is not there and has no student record at all.
REPORT_WITHOUT_RECORD = "该儿童没有学籍记录，不是“名在人不在”（指学籍在读、人不在校），按“新发现”处理；列入名单后请在“去向不明儿童”里答复"
# Of 是 that waits for the county, about two records that are one person's meanwhile without it.
ALREADY_ONE = "这两条记录系统已认定为同一人，县里不必再验收"
# Of an answer that is an office's to enter, about a pupil whose record is in order: only a school, or that it is back, ends it.
STILL_ABSENT = "该儿童是“名在人不在”，学籍、户籍没有须更正的，仍在名单上；请选实际去向，已返校的请在“名在人不在”表登记“已返校”"
# Of a report of a person who is outside the range of birthdates by what the other systems have.
REPORT_OF_ANOTHER_AGE = "与各系统里一名不在核查范围内的人是同一人（出生日期或证号以系统为准），不列入名单；姓名、证号、出生日期填错的请更正后重新登记"

# What the county should ask about before it accepts an answer: ``answers.doubt``.
MANY_TO_ONE = 5  # children whom one township sends to one school on one day
ONE_APPROVAL = 3  # children of whom one township names one approval of 免学、缓学 in one file or of one day
ANSWER_DOUBTS = {
    "many_to_one_school": f"同一乡镇同一天有 {MANY_TO_ONE} 名以上儿童填同一所学校，请先向该校核实",
    "one_approval": f"同一乡镇有 {ONE_APPROVAL} 名以上儿童填同一个免学、缓学批准文号，请先核对批准件上有没有该儿童",
    "school_not_in_registries": "各系统里没有这所学校，请核对校名",
    "school_seen_nowhere": "县外学校，各系统和县里已验收的答复中都没有出现过，请先核实校名和就读情况",
    "signed_ahead": "交来时核查日期还没有到，请先问乡镇那天是不是已经核实",
    "person_merged": "答复之后，该儿童的记录与另一人的并成了一人，请核实答复说的是不是现在这名儿童，再验收",
    "back_at_unknown_school": "报告已返校，所填学校各系统里没有，请先向学校核实",
    # Of a report, looked for when the county's workbook is written:
    "report_of_other_township": "该儿童户籍所在乡镇不是报告的乡镇，请先向两个乡镇核实",
    "report_of_another": "报告的姓名、身份证号或出生日期与名册上的人不一致（见“报告原文”），请先核实报告的是谁",
    "many_withdrawn": f"同一乡镇同一天撤回 {MANY_TO_ONE} 名以上自己登记的儿童，请先核实",
    "back_at_other_school": "报告返校的学校与学籍所在学校不同，请先向两校核实",
    "report_without_record": "各系统中没有该儿童的学籍，请先核实是谁、在哪里就读",
    "answered_since": "报告的当天或之后乡镇另有答复，没有说已返校，请先核实",
    # Of an answer about whereabouts, looked for every night:
    "later_refused": "其后另有一份内容不同的答复未采用（见回执），可能要更正，请先问乡镇",
}


@dataclass(frozen=True, slots=True)
class CorrectingAnswer:
    """A township's answer that only an office can act on; the child stays listed until that office's system has it. ``code``: the answer;
    ``registry``: whose office; ``value_right``: what it is to enter, {} for the school named."""

    code: str
    registry: str
    problem: str
    field_name: str
    value_right: str


CORRECTING_ANSWERS = (
    CorrectingAnswer("死亡", "huji", "乡镇核实已死亡，户籍正常", "人员状态", "死亡注销（请核实后办理）"),
    CorrectingAnswer("户籍已迁出", "huji", "乡镇核实户籍已迁出，户籍正常", "人员状态", "迁出注销（请核实后办理）"),
    CorrectingAnswer(NOBODY, "huji", "乡镇查无此人", "人员状态", "请核实是否空挂户、重复户籍"),
    CorrectingAnswer(AT_SCHOOL_HERE, "xueji", "乡镇核实在县内就读，无在读学籍", "学生状态", "在读：{}（请核实后补建、转入或更正学籍）"),
    CorrectingAnswer(BACK_AT_SCHOOL, "xueji", "乡镇报告已返校，无在读学籍", "学生状态", "在读：{}（请核实后恢复、转入或更正学籍）"),
    CorrectingAnswer(TAUGHT_AT_HOME, "xueji", "乡镇核实送教上门，无学籍", "就读方式", "送教上门：{}（请核实后登记）"),
)

CHOICES = {
    "whereabouts": tuple(ANSWERS),
    "pair": tuple(SAME_PERSON),
    "discrepancy": HANDLED,
    "acceptance": tuple(ACCEPTANCE),
    "report": tuple(REPORT_STATE),
    "visit": tuple(dict.fromkeys((*VISIT_RESULTS, *HOLIDAY_VISIT_RESULTS))),
}
ABSENT, FOUND, BACK = "名在人不在", "新发现", BACK_AT_SCHOOL
