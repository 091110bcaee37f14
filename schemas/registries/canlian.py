"""残联系统 (残疾人人口基础信息): disability certificates, of children and adults."""

from schemas import codes
from schemas.registry import Column, Registry

REGISTRY = Registry(
    key="canlian",
    title="残联系统",
    owner="残联",
    role="disability",
    core=True,
    source_key=("certificate_number",),
    signature=("certificate_number", "disability_level", "certificate_state", "disability_type"),
    ignored=(
        "序号", "备注", "年龄", "户口性质", "残疾等级说明", "固定电话", "与其关系", "与残疾人关系",
        "联系人固定电话", "联系人身份证号", "有效期起止", "年度", "行政区划", "是否识字", "最高学历", "需求类别",
    ),
    columns=(
        Column("name", ("姓名", "残疾人姓名"), "name", required=True),
        Column("id_number", ("身份证号", "身份证号码", "公民身份号码", "身份证件号"), "id", required=True),
        Column("certificate_number", ("残疾证号", "残疾人证号", "残疾证号码"), "certificate"),
        Column("sex", ("性别",), "code", codes=codes.SEX),
        Column("ethnicity", ("民族",)),
        Column("birthdate", ("出生日期",), "date"),
        Column("disability_type", ("残疾类别", "残疾类型"), "code", required=True, codes=codes.DISABILITY_TYPE),
        Column("disability_level", ("残疾等级", "残疾级别"), "code", required=True, codes=codes.DISABILITY_LEVEL),
        Column("certificate_state", ("持证状态", "证件状态"), "code", codes=codes.CERTIFICATE_STATE),
        Column("issued", ("发证日期", "初次发证日期", "首次办证日期"), "date"),
        Column("township", ("乡镇", "乡(镇)"), "township"),
        Column("village", ("行政村", "村(居)委会"), "village"),
        Column("address", ("户籍地址", "现住址", "所在地区", "详细住址"), "address"),
        Column("guardian", ("监护人姓名", "联系人姓名"), "name"),
        Column("phone", ("监护人电话", "联系人移动电话", "移动电话", "联系电话"), "phone"),
    ),
)
