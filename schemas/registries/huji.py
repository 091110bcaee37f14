"""公安户籍: the household registration of the police. Where it is present, it says which children belong to the county."""

from schemas import codes
from schemas.registry import Column, Registry

REGISTRY = Registry(
    key="huji",
    title="公安户籍",
    owner="公安局",
    role="household",
    source_key=("id_number",),
    signature=("household", "register_state", "police_station", "village"),
    ignored=(
        "序号", "备注", "籍贯", "出生地", "户别", "户口性质", "文化程度", "婚姻状况", "迁入日期", "何地迁来", "父亲身份号码", "母亲身份号码",
    ),
    columns=(
        Column("name", ("姓名",), "name", required=True),
        Column("former_name", ("曾用名",), "name"),
        Column("id_number", ("公民身份号码", "公民身份证号码", "身份证号", "身份证号码", "证件号码"), "id", required=True),
        Column("sex", ("性别",), "code", codes=codes.SEX),
        Column("ethnicity", ("民族",)),
        Column("birthdate", ("出生日期",), "date"),
        Column("household", ("户号", "户口簿号", "户口编号"), "key", required=True),
        Column("relation", ("与户主关系",)),
        Column("guardian", ("户主姓名",), "name"),
        Column("father", ("父亲姓名",), "name"),
        Column("mother", ("母亲姓名",), "name"),
        Column("township", ("乡镇街道", "乡镇(街道)", "乡镇", "所属乡镇"), "township"),
        Column("village", ("居村委会", "村(居)委会", "行政村"), "village"),
        Column("hamlet", ("自然村", "自然屯", "村民小组", "组"), "hamlet"),
        Column("address", ("详细地址", "户籍地址", "住址", "详址"), "address"),
        Column("police_station", ("所属派出所",)),
        Column("register_state", ("户口状态", "人员状态"), "code", codes=codes.REGISTER_STATE),
        Column("state_date", ("注销日期", "变动日期"), "date"),
    ),
)
