"""Two exports that only a county with discrepancies has: student records of the vocational school, and the list of pupils in
hardship from the national aid system, beside that of the region."""

import numpy as np
import pandas as pd

from pipelines.demo.discrepancy_kinds import Chosen
from pipelines.demo.export_formats import Writer, day_text
from pipelines.demo.export_values import GRADES
from pipelines.demo.registry_rows import give_schools
from pipelines.demo.typing_faults import apply_faults
from schemas.calendar import school_year

ZHONGZHI = {
    "序号": "serial",
    "学校名称": "school",
    "年级": "grade_name",
    "班级名称": "class_name",
    "姓名": "name",
    "性别": "sex",
    "出生日期": "birth_text",
    "身份证件类型": "id_type",
    "身份证件号": "number",
    "学号": "student_number",
    "学生类别": "student_type",
    "学习形式": "study_form",
    "招生方式": "enrolment_form",
    "入学年月": "entry_month",
    "学生状态": "student_state",
    "家庭现地址": "address",
    "成员1姓名": "guardian",
    "成员1联系电话": "phone",
}
NATIONAL_AID = {
    "序号": "serial",
    "学校名称": "school",
    "年级": "grade_name",
    "班级": "class_name",
    "姓名": "name",
    "性别": "sex",
    "出生日期": "birth_text",
    "身份证件类型": "id_type",
    "身份证件号": "number",
    "全国学籍号": "student_number",
    "认定困难级别": "hardship",
    "是否建档立卡贫困家庭": "poverty",
    "是否低保家庭": "low_income",
    "是否特困供养学生": None,
    "是否孤残学生": None,
    "本人是否残疾": "disability_flag",
    "认定时间": "recognised_on",
}
_GRADUATES = 0.3  # share of those who finished junior school that go to the county's vocational school


def write_zhongzhi(writer: Writer, rng: np.random.Generator, kids: pd.DataFrame, chosen: Chosen) -> None:
    """Pupils of the vocational school: children who finished junior school, and those chosen to be in both systems at once."""
    finished = (kids["state"] == "graduated") & (kids["grade"] <= 12) & (rng.random(len(kids)) < _GRADUATES)
    finished &= ~kids["truth_id"].isin(chosen["paid_outside"])  # these must be at no school
    frame = apply_faults(rng, kids[finished | kids["truth_id"].isin(chosen["two_systems"])], "xueji", writer.profile)
    entered = school_year(writer.as_of) - (frame["grade"].clip(lower=10) - 10)
    frame["school"], frame["student_state"], frame["id_type"] = (
        writer.place.county.short_name + "职业教育中心",
        "在读",
        "居民身份证",
    )
    by_year = rng.random(len(frame)) < 0.5
    frame["grade_name"] = np.where(
        by_year, entered.astype(str) + "级", GRADES[(school_year(writer.as_of) - entered + 1).astype(int)]
    )
    frame["class_name"] = rng.choice(["汽修1班", "幼师1班", "电商1班", "电商2班"], len(frame))
    frame["entry_month"] = entered.astype(str) + "09"
    frame["student_number"] = entered.astype(str) + pd.Series(np.arange(1, len(frame) + 1), index=frame.index).astype(
        str
    ).str.zfill(5)
    frame["student_type"], frame["study_form"], frame["enrolment_form"] = "全日制学生", "全日制", "应届初中毕业生"
    frame["address"] = writer.place.county.short_name + frame["township"] + frame["village"].fillna("")
    frame["birth_text"] = day_text(frame["birth"], "%Y%m%d")
    writer.write("zhongzhi", "中职学生信息.xlsx", "学生", frame, ZHONGZHI, ("中等职业学校学生信息表（虚构数据）",))


def write_national_aid(writer: Writer, rng: np.random.Generator, kids: pd.DataFrame, chosen: Chosen) -> None:
    """Pupils who are recognised as being in hardship: the registered-poor and some others. Some yes/no columns are blank: unknown."""
    pupils = kids["state"].isin(["enrolled", "home_taught"]) & kids["due"] & (kids["grade"] <= 9)
    named = pupils & np.where(kids["poor"], rng.random(len(kids)) < 0.95, rng.random(len(kids)) < 0.12)
    named &= ~kids["truth_id"].isin(chosen["not_due"])
    named |= kids["truth_id"].isin(chosen["poor_refused"] | chosen["poor_in_one"])
    # Pupils are taken over from the student records, with their student numbers.
    frame = apply_faults(rng, kids[named].assign(student_number="G" + kids["number"]), "zizhu", writer.profile)
    frame["birth_text"] = day_text(frame["birth"], "%Y%m%d")
    frame["junior"], frame["level_grade"] = frame["grade"] >= 7, frame["grade"].clip(1, 9)
    give_schools(rng, frame, writer.place)
    frame["grade_name"] = GRADES[frame["level_grade"]]
    frame["class_name"] = [f"{n}班" for n in rng.integers(1, 7, len(frame))]
    frame["id_type"] = "居民身份证"
    grade = rng.choice(["困难", "一般困难"], len(frame))
    frame["hardship"] = np.where(frame["poor"], "特殊困难", grade)
    unsure = ~frame["poor"] & (rng.random(len(frame)) < 0.7)
    frame["poverty"] = frame["poor"].map({True: "是", False: "否"}).where(~unsure, None)
    frame["low_income"] = pd.Series("是", index=frame.index).where(rng.random(len(frame)) < 0.1, None)
    frame["disability_flag"] = (frame["level"] > 0).map({True: "是"})
    frame["recognised_on"] = f"{school_year(writer.as_of)}1014"
    refused = frame["truth_id"].isin(chosen["poor_refused"])
    hard = rng.random(len(frame)) < 0.5
    frame.loc[refused & hard, ["hardship", "poverty"]] = ["不困难", None]
    frame.loc[refused & ~hard, ["hardship", "poverty"]] = ["一般困难", "否"]
    frame.loc[frame["truth_id"].isin(chosen["poor_in_one"]), "poverty"] = "是"
    frame = frame.sort_values(["school", "level_grade", "truth_id"], kind="stable", ignore_index=True)
    writer.write(
        "zizhu",
        "困难学生认定名册.xlsx",
        "认定名册",
        frame,
        NATIONAL_AID,
        ("家庭经济困难学生认定信息（虚构数据）",),
        contradicted=False,
    )
