"""The plan's further lists of names (名册): codes of what stands on them, with their Chinese.

Part 3 (四): 2 (1) ⑦ the class for those of 15 and 16 who are long at work; 3 ① visits in the winter holiday; 3 ③ grade nine; 3 ④ who was to
enter a junior school and has not registered.
"""

# By what the junior school of a child without one is inferred, the surest first.
SCHOOL_BASIS = {
    "primary_school": "该小学毕业的七年级学生多在该校",
    "township": "户籍同乡镇的七年级学生多在该校",
    "unknown": "无法推断",
}

# Why somebody of grade nine may leave before the end, or has left: the gravest first.
LEAVING_SIGNS = {
    "left_early": "本学期起学籍不再在读",
    "reported_absent": "名在人不在",
    "listed": "已列入去向不明名单",
    "visit_sign": "本学年家访有辍学苗头或已外出",
    "came_back": "本学年曾列入名单、已返校",
    "suspended_long": "休学已满一年",
    "over_age": "已满16周岁",
    "claimed_absent": "国扶登记不在校",
}
OVER_AGE = 16  # years: work is allowed from then on, and nobody who began school in time is so old in grade nine before the summer

# Where a child stands on the list of the class for those of 15 and 16.
CLASS_STATES = {"enrolled": "已入班，已验收", "waiting": "已入班，待县验收", "eligible": "可动员入班"}
