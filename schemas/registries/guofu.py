"""国扶系统 (全国扶贫开发信息系统): registered-poor households with all their members."""

from schemas import codes
from schemas.registry import Column, Registry

REGISTRY = Registry(
    key="guofu",
    title="国扶系统",
    owner="扶贫办",
    role="poverty",
    core=True,
    source_key=("household", "member_number"),
    signature=("household", "member_number", "school_claim", "poverty_exit"),
    ignored=(
        "序号", "备注", "省", "市", "年度", "人数", "家庭人口数", "文化程度", "劳动技能", "务工状况", "务工时间", "务工时间(月)", "政治面貌",
        "务工企业名称", "是否享受低保", "是否参加城镇职工基本养老保险", "是否参加大病保险", "参加大病医疗",
        "是否参加新型农村合作医疗(城乡居民基本医疗保险)", "是否参加城乡居民基本养老保险", "是否会讲普通话", "是否参加商业补充医疗保险",
        "是否国外务工", "产业分类",
        "是否接受大病医疗救助", "是否接受其他健康扶贫", "公益性岗位类型", "公益性岗位(月数)", "就业渠道", "务工所在地", "户主证件号码",
        "是否参加城镇职工基本医疗保险", "是否特困供养人员", "残疾证办证年度", "识别标准", "脱贫年度", "贫困户属性", "主要致贫原因", "危房户", "饮水安全",
        "饮水困难", "人均纯收入", "首次识别时间", "贫困人员识别时间",
    ),
    columns=(
        Column("name", ("姓名",), "name", required=True),
        # The ID, or in its place the number of a disability certificate (20 or 22 characters).
        Column("id_number", ("证件号码", "身份证号", "身份证号码", "公民身份号码", "身份证件号"), "id", required=True),
        Column("id_type", ("证件类型",)),
        Column("sex", ("性别",), "code", codes=codes.SEX),
        Column("birthdate", ("出生日期",), "date"),
        Column("ethnicity", ("民族",)),
        Column("county", ("县", "县(市、区、旗)", "行政县")),
        Column("township", ("乡镇", "乡", "乡(镇)", "镇"), "township"),
        Column("village", ("行政村", "村", "村(居)"), "village"),
        Column("hamlet", ("自然村", "自然屯", "村民小组", "组"), "hamlet"),
        Column("household", ("户编号", "户号"), "key", required=True),
        Column("member_number", ("人编号", "人口编号"), "key"),
        Column("relation", ("与户主关系", "户主关系"), required=True),
        Column("guardian", ("户主姓名",), "name"),
        Column("school_claim", ("在校生状况", "在校状况"), "code", codes=codes.SCHOOL_CLAIM),
        Column("dropout_reason", ("失学或辍学原因", "义务教育阶段未上学原因")),
        Column("health", ("健康状况",)),
        Column("disability_type", ("残疾类别",), "code", codes=codes.DISABILITY_TYPE),
        Column("poverty_exit", ("脱贫属性", "脱贫标志")),
        Column("phone", ("联系电话", "户联系电话", "成员联系电话"), "phone"),
    ),
)
