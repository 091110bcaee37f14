"""The decision table of whereabouts (去向). The first row whose condition holds decides; nothing else does.

Conditions are SQL over the columns of relation ``person_circumstances``. 在读 is evidence of registration, not of attendance; a
poverty-system note that a child is in school is a hint and appears in no condition.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """``rule``: published as ``persons.whereabouts_rule``; ``code``: the whereabouts (``schemas.whereabouts``); ``words``: the
    condition in Chinese; ``evidence``: the kind of record it rests on, column record_… of relation ``person_facts``."""

    rule: str
    code: str
    condition: str
    words: str
    evidence: str | None = None


DECISION_TABLE = (
    # Who is seen in the village, or back at its school, has not moved away, whatever the register says.
    DecisionRow(
        "register_closed",
        "left_register",
        "registered and not register_open and (register_deceased or not reported)",
        "户籍已注销或迁出",
        "register",
    ),
    # A student record in school is evidence of registration, not of attendance.
    DecisionRow(
        "reported_absent", "dropped_out", "reported_absent", "乡镇核实学籍在读而人不在校（名在人不在），其后没有返校；有已验收去向的，以去向为准"
    ),
    # Of a pupil who was found not to be there an accepted answer decides, and not the record that was found to be wrong.
    DecisionRow(
        "taught_at_home",
        "home_taught",
        "home_taught and not found_absent",
        "学籍在读，就读方式为送教上门",
        "home_taught",
    ),
    DecisionRow("student_record_open", "enrolled", "in_school and not found_absent", "有在读学籍", "in_school"),
    DecisionRow(
        "student_record_suspended", "suspended", "suspended and not found_absent", "学籍状态为休学", "suspended"
    ),
    DecisionRow("grade_nine_finished", "graduated", "has_finished_junior", "初中毕业", "finished_junior"),
    DecisionRow(
        "verified_elsewhere",
        "enrolled_elsewhere",
        "answered = 'enrolled_elsewhere' and not dropped_out_since and not reported_since",
        "乡镇本学期核实在县外或系统外就读，填明学校并已验收，其后学籍系统未标注辍学，乡镇也没有报告人在村里",
    ),
    # Compulsory education act, article 11: delay or suspension for the child's health needs an approval.
    DecisionRow(
        "exemption_approved",
        "exempted",
        "answered = 'exempted' and not dropped_out_since and not reported_since",
        "乡镇本学期报告因身体原因免学、缓学，填明批准文号并已验收，其后学籍系统未标注辍学，乡镇也没有报告人在村里",
    ),
    DecisionRow("not_yet_six", "not_due", "as_of < due_from", "未到入学年龄"),
    # Plan, part 3 (四) 3 ④: junior schools report within a month of the autumn term who has not registered.
    DecisionRow(
        "not_promoted",
        "not_promoted",
        "has_finished_primary and not junior_record and as_of >= promoted_by",
        "小学毕业，秋季开学满一个月仍无初中学籍",
        "finished_primary",
    ),
    # Until then a child that finished primary school this summer is between two schools, and nobody needs to look for it.
    DecisionRow(
        "between_schools",
        "enrolled",
        "has_finished_primary and not junior_record and not dropped_out and as_of < promoted_by",
        "本年小学毕业，秋季开学未满一个月",
        "finished_primary",
    ),
    DecisionRow("student_record_dropped", "dropped_out", "dropped_out", "学籍系统标注辍学", "dropped_out"),
    DecisionRow("verified_dropped", "dropped_out", "answered = 'dropped_out'", "乡镇核实确属辍学"),
    DecisionRow(
        "severe_disability_without_record",
        "severe_disability",
        "severe_certificate and not any_student_record",
        "持有效一、二级残疾证而无学籍",
        "severe_certificate",
    ),
    DecisionRow("none_of_the_above", "unaccounted", "true", "以上各条均不成立"),
)
