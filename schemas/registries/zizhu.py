"""资助: student aid, as two systems export it.

广西学生精准资助管理信息系统 lists who was paid which aid (资助项目). 全国学生资助管理信息系统 lists whose family is recognised as being
in hardship (认定困难级别). There a blank means unknown; it does not mean 否 (docs/formats.md 1.5 and 1.6).
"""

from schemas import codes
from schemas.registry import Column, Registry

REGISTRY = Registry(
    key="zizhu",
    title="资助系统",
    owner="资助中心",
    role="aid",
    source_key=("id_number", "aid_item", "aid_term"),
    signature=("aid_item", "aid_amount", "aid_term", "hardship"),
    one_of=(("aid_item", "hardship"),),
    ignored=(
        "序号", "备注", "银行账号", "是否烈士子女", "是否家庭经济困难残疾人子女", "是否单亲家庭", "认定时间", "认定原因", "认定原因补充说明", "户籍所在县",
    ),
    columns=(
        Column("name", ("学生姓名", "姓名"), "name", required=True),
        Column("id_number", ("身份证号", "身份证件号", "身份证号码", "身份证件号码", "证件号码", "公民身份号码"), "id", required=True),
        Column("id_type", ("身份证件类型", "证件类型")),
        Column("student_number", ("全国学籍号", "学籍号", "学籍主号"), "student_number"),
        Column("sex", ("性别",), "code", codes=codes.SEX),
        Column("birthdate", ("出生日期",), "date"),
        Column("school", ("学校", "学校名称", "就读学校")),
        Column("grade", ("年级",)),
        Column("class_name", ("班级",)),
        Column("poverty", ("是否建档立卡", "是否建档立卡贫困家庭", "是否建档立卡贫困户"), "code", codes=codes.YES_NO),
        Column("hardship", ("认定困难级别", "困难类型", "认定级别", "困难级别")),
        Column("low_income", ("是否低保", "是否低保家庭"), "code", codes=codes.YES_NO),
        Column("destitute", ("是否特困", "是否特困供养学生"), "code", codes=codes.YES_NO),
        Column("orphan", ("是否孤儿", "是否孤残学生"), "code", codes=codes.YES_NO),
        Column("disability_flag", ("是否残疾", "本人是否残疾"), "code", codes=codes.YES_NO),
        Column("aid_item", ("资助项目", "资助项目名称")),
        Column("aid_standard", ("资助标准",), "amount"),
        Column("aid_amount", ("资助金额", "发放金额"), "amount"),
        Column("aid_term", ("学期", "资助学期")),
        Column("aid_paid", ("发放状态",), "code", codes=codes.PAID),
        Column("aid_date", ("发放时间", "发放日期"), "date"),
        Column("township", ("户籍所在乡", "户籍乡镇", "乡镇"), "township"),
        Column("village", ("户籍所在村", "行政村"), "village"),
        Column("guardian", ("家长姓名", "监护人姓名"), "name"),
        Column("phone", ("联系电话", "家长电话"), "phone"),
    ),
)
