"""中职学籍: the student records of vocational schools, which have a system and headings of their own."""

from schemas import codes
from schemas.registry import Column, Registry

REGISTRY = Registry(
    key="zhongzhi",
    title="中职学籍",
    owner="教育局",
    role="student",
    stage="vocational",
    source_key=("student_number",),
    signature=("study_form", "enrolment_form", "student_type"),
    ignored=(
        "序号", "备注", "姓名拼音", "婚姻状况", "乘火车区间", "是否随迁子女", "国籍/地区", "港澳台侨外",
    ),
    columns=(
        Column("name", ("姓名", "学生姓名"), "name", required=True),
        Column("id_number", ("身份证件号", "身份证号", "身份证号码", "证件号码"), "id", required=True),
        Column("id_type", ("身份证件类型", "证件类型")),
        Column("student_number", ("学号", "学籍号"), "student_number"),
        Column("birthdate", ("出生日期",), "date"),
        Column("sex", ("性别",), "code", codes=codes.SEX),
        Column("ethnicity", ("民族",)),
        Column("school", ("学校名称", "就读学校", "学校")),
        Column("grade", ("年级",)),
        Column("class_name", ("班级名称", "班级")),
        Column("entry_month", ("入学年月",), "month"),
        Column("student_state", ("学生状态", "学籍状态", "学生当前状态"), "code", required=True, codes=codes.STUDENT_STATE),
        Column("student_type", ("学生类别",)),
        Column("study_form", ("学习形式",)),
        Column("enrolment_form", ("招生方式",)),
        Column("study_mode", ("就读方式",), "code", codes=codes.STUDY_MODE),
        Column("poverty", ("是否建档立卡贫困户", "是否建档立卡"), "code", codes=codes.YES_NO),
        Column("hukou_division", ("户口所在地行政区划", "生源地行政区划码"), "division"),
        Column("address", ("家庭现地址", "现住址", "家庭住址"), "address"),
        Column("guardian", ("成员1姓名", "监护人姓名", "家长姓名"), "name"),
        Column("phone", ("成员1联系电话", "联系电话"), "phone"),
    ),
)
