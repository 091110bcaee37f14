"""The county's plan and the law: which part of which asks for what is printed.

The plan of this project is that of 都安瑶族自治县, 都精准办发〔2020〕13号; another county names its own in ``county.toml``, or has none
and cites the law alone.
"""

from collections.abc import Mapping
from typing import Literal

PLAN_COUNTY = "451228"
PLAN_NUMBER = "都精准办发〔2020〕13号"
PLAN_WEEKLY_DAY: Literal["星期四"] = "星期四"

Subject = Literal["weekly", "consolidation", "sweep", "poor", "disabled", "aid", "data", "summons"]
# Subject -> what the section that is cited asks for.
CITATIONS: Mapping[Subject, str] = {
    "weekly": "每周汇报控辍工作（印在周报上）",
    "consolidation": "义务教育巩固率",
    "sweep": "摸清每个适龄儿童的去向",
    "poor": "建档立卡家庭无失学辍学",
    "disabled": "残疾儿童入学率",
    "aid": "应助尽助",
    "data": "各系统数据一致",
    "summons": "连续在黑榜的约谈",
}
PLAN_CITATIONS: Mapping[Subject, str] = {
    "weekly": "三（四）1“每周星期四前汇报控辍工作”、3③“实行‘控辍保学’周报制度”",
    "consolidation": "一（二）6：义务教育巩固率达到95%以上",
    "sweep": "三（四）3②：摸清准确去向",
    "poor": "一（二）5：建档立卡适龄儿童无因贫失学辍学；三（四）3③：动态清零",
    "disabled": "三（四）1 残联：适龄残疾儿童少年（6—14周岁）入学率达92%以上",
    "aid": "三（三）：应纳尽纳、应助尽助",
    "data": "三（四）2（1）⑤：三系统数据一致",
    "summons": "四（二）",
}
# What a county without a plan, or whose plan says nothing of a subject, cites.
LAW: Mapping[Subject, str] = {
    "weekly": "《义务教育法》第十三条；国办发〔2017〕72号",
    "consolidation": "《义务教育法》第十三条；国办发〔2017〕72号",
    "sweep": "《义务教育法》第十一条、第十三条",
    "poor": "《义务教育法》第四条、第十三条；国办发〔2017〕72号",
    "disabled": "《义务教育法》第十九条；《残疾人教育条例》",
    "aid": "《义务教育法》第四十四条",
    "data": "《义务教育法》第十三条",
}
