"""Codes: value as a system writes it -> code of this project; and, in the tables that end in NAME, code -> Chinese name.

Values are looked up after full-width characters are made half-width and all blanks are removed.
Sources: JY/T 1001-2012 (student states), GB/T 2261.1 (sex), GB/T 26341-2010 (disability), the poverty system's own code lists
(docs/formats.md 1).
"""

SEX = {"1": "男", "2": "女", "男": "男", "女": "女", "男性": "男", "女性": "女"}

# matching.ids.STATUSES, and 'borrowed', which pipelines.persons.households gives to the ID of another member of the household.
ID_STATUS_NAME = {
    "valid": "有效", "bad_check": "校验码不符", "bad_date": "出生日期不存在", "fifteen": "为旧15位", "certificate": "取自残疾证号",
    "student_number": "填的是学籍号", "lost_precision": "末几位丢失", "truncated": "位数不足", "malformed": "无法识别",
    "placeholder": "为占位号", "other_document": "填的是临时号或其他证件", "masked": "被遮盖", "missing": "未填", "borrowed": "属于他人",
}

STUDENT_STATE = {
    "01": "in_school", "1": "in_school", "在读": "in_school", "在校": "in_school", "正常": "in_school",
    "05": "in_school", "5": "in_school", "复学": "in_school", "借读": "in_school",
    "02": "suspended", "2": "suspended", "休学": "suspended",
    "03": "dropped_out", "3": "dropped_out", "退学": "dropped_out", "04": "dropped_out", "4": "dropped_out",
    "停学": "dropped_out", "06": "dropped_out", "6": "dropped_out", "流失": "dropped_out", "辍学": "dropped_out",
    "辍学(流失)": "dropped_out", "14": "dropped_out", "开除": "dropped_out", "09": "dropped_out",
    "9": "dropped_out", "肄业": "dropped_out",
    "07": "graduated", "7": "graduated", "毕业": "graduated", "08": "graduated", "8": "graduated", "结业": "graduated",
    "10": "transferred_out", "转学": "transferred_out", "转出": "transferred_out", "转学(转出)": "transferred_out",
    "转出(转学中)": "transferred_out", "转学中": "transferred_out",
    "11": "deceased", "死亡": "deceased", "13": "abroad", "公派出国": "abroad", "出国": "abroad",
    "12": "reserved", "保留入学资格": "reserved", "15": "missing", "下落不明": "missing",
    "注销": "void", "99": "other", "其他": "other",
}

STUDENT_STATE_NAME = {
    "in_school": "在读", "suspended": "休学", "dropped_out": "辍学", "graduated": "毕业", "transferred_out": "转出",
    "deceased": "死亡", "abroad": "出国", "reserved": "保留入学资格", "missing": "下落不明", "void": "注销",
    "other": "其他", "replaced": "已被较新的导出取代",
}

STUDY_MODE = {
    "1": "day", "走读": "day", "2": "boarding", "住校": "boarding", "住宿": "boarding", "寄宿": "boarding",
    "3": "boarding", "借宿": "boarding", "送教上门": "home_taught", "送教": "home_taught", "9": "other", "其他": "other",
}

REGISTER_STATE = {
    "正常": "normal", "在册": "normal", "有效": "normal", "死亡": "deceased", "死亡注销": "deceased",
    "迁出": "moved_out", "迁出注销": "moved_out", "户籍迁出": "moved_out", "已迁出": "moved_out",
    "注销": "cancelled", "重复户口注销": "cancelled", "重户注销": "cancelled", "其他注销": "cancelled",
}
REGISTER_STATE_NAME = {"normal": "正常", "deceased": "死亡注销", "moved_out": "迁出", "cancelled": "注销"}

# What a township reports of its own accord: a pupil who is not at the school of its record, one who is back, a child in no system.
REPORT_STATE = {"名在人不在": "absent", "已返校": "back", "新发现": "found"}
REPORT_STATE_NAME = {code: name for name, code in REPORT_STATE.items()}

CERTIFICATE_STATE = {
    "持证": "valid", "正常": "valid", "有效": "valid", "注销": "cancelled", "过期": "expired", "冻结": "frozen",
}
CERTIFICATE_STATE_NAME = {"valid": "持证", "cancelled": "注销", "expired": "过期", "frozen": "冻结"}

_DISABILITY = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
DISABILITY_TYPE = (
    {str(i): t for i, t in enumerate(_DISABILITY, 1)}
    | {t: t for t in _DISABILITY}
    | {t + "残疾": t for t in _DISABILITY}
    | {"无残疾": "无", "非残疾人": "无", "无": "无", "否": "无", "其他残疾": "其他", "其他": "其他"}
)
DISABILITY_LEVEL = {
    key: str(level)
    for level, chinese in enumerate("一二三四", 1)
    for key in (str(level), chinese, chinese + "级", f"{level}级", f"残疾{chinese}级")
}

SCHOOL_STAGE = {
    "小学": "primary", "初中": "junior", "普通初中": "junior", "九年一贯制": "nine_year", "高中": "senior", "普通高中": "senior",
    "中职": "vocational", "中等职业学校": "vocational", "特殊教育": "special", "学前": "preschool", "幼儿园": "preschool",
}

_CLAIMS = {
    "none": ("非在校生", "01"),
    "preschool": ("学前教育", "学龄前儿童", "02"),
    "primary": ("小学", "03"),
    "junior": ("七年级", "八年级", "九年级", "初中", "04", "05", "06"),
    "senior": ("普通高中一年级", "普通高中二年级", "普通高中三年级", "高中一年级", "高中二年级", "高中三年级", "07", "08", "09"),
    "vocational": (
        "中职一年级", "中职二年级", "中职三年级", "技师学院一年级", "技师学院二年级", "技师学院三年级",
        "技师学院四年级", "10", "11", "12",
    ),
    "tertiary": (
        "高职高专一年级", "高职高专二年级", "高职高专三年级", "大专及以上", "本科一年级", "本科二年级", "本科三年级",
        "本科四年级", "本科五年级", "硕士研究生及以上", "硕士及以上", "13", "14", "15", "16",
    ),
}
SCHOOL_CLAIM = {value: claim for claim, values in _CLAIMS.items() for value in values}
SCHOOL_CLAIM_NAME = {
    "none": "非在校生", "preschool": "学前", "primary": "小学", "junior": "初中", "senior": "高中",
    "vocational": "中职", "tertiary": "高职及以上",
}

# Of the relations to the head of household (GB/T 4761, poverty system's list) the head itself.
HEAD_OF_HOUSEHOLD = ("户主", "本人或户主", "本人", "01", "02")

YES_NO = {"是": "yes", "1": "yes", "Y": "yes", "√": "yes", "有": "yes", "否": "no", "0": "no", "N": "no", "无": "no"}

PAID = {
    "已发放": "yes", "已发": "yes", "发放成功": "yes", "是": "yes", "未发放": "no", "未发": "no", "待发放": "no",
    "发放失败": "no", "否": "no", "退回": "no", "已退回": "no", "退汇": "no", "退款": "no", "未到账": "no",
}

# Where two files contradict one another and nobody knows which is newer, the state counts that more calls for somebody to look for the
# child (pipelines.intake.newer_state): per field the codes, the worst first.
WORST_FIRST = {
    "student_state": (
        "missing", "dropped_out", "void", "other", "reserved", "transferred_out", "abroad", "graduated", "suspended", "deceased", "in_school",
    ),
    "register_state": ("normal", "moved_out", "cancelled", "deceased"),
    "certificate_state": ("cancelled", "expired", "frozen", "valid"),
    "school_claim": ("none", "preschool", "tertiary", "vocational", "senior", "junior", "primary"),
    "aid_paid": ("no", "yes"),
}
# Roles of registries whose persons the county must account for: there it is the worse state to be in the list, elsewhere not to be.
TO_ACCOUNT_FOR = ("household", "poverty", "disability")
