"""What an officer may answer of two records that may be one person, and of a discrepancy; of a child: ``schemas.whereabouts``."""

# 是否同一人 -> the verdict it stands for.
SAME_PERSON = {"是": "same", "否": "different", "无法判断": "unsure"}
VERDICT_NAME = {"same": "核查为同一人", "different": "核查为不同的两人", "unsure": "无法判断"}

# 处理情况. None of them closes a case: only the registry's own value does, when it is mended.
NOT_YET = "未处理"
HANDLED = ("已更正", "无需更正", "转相关部门", NOT_YET)
