"""包保责任人 (双线四包): who answers for the children of a village, in the order of the county's list and of the workbooks' columns."""

import pyarrow as pa

# Field -> its heading. The two lines: cadres of county, township, village and group; head teacher and teacher.
RESPONSIBLE_ROLES = {
    "county_cadre": "县干部",
    "township_cadre": "乡镇干部",
    "village_cadre": "村干部",
    "group_leader": "组长",
    "head_teacher": "校长",
    "teacher": "教师",
}
# village: null for the whole township.
RESPONSIBLE = pa.schema([(name, pa.string()) for name in ("township", "village", *RESPONSIBLE_ROLES)])
RESPONSIBLE_FILES = ("包保责任人.xlsx", "responsible.xlsx")  # in the data folder; one of them, or none
