"""The answers that an officer can choose from: whether two records are of one person, and how a discrepancy was handled. Answers
about the whereabouts of a child stand in ``schemas.whereabouts``."""

# Answer in the column 是否同一人 -> judgement.
SAME_PERSON = {"是": "same", "否": "different", "无法判断": "unsure"}
VERDICT_NAME = {"same": "核查为同一人", "different": "核查为不同的两人", "unsure": "无法判断"}

# Answers in the column 处理情况. None of them closes a case: only the registry's own value does, once it is corrected.
NOT_YET = "未处理"
HANDLED = ("已更正", "无需更正", "转相关部门", NOT_YET)
