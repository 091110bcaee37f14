"""乡镇核查登记: what townships report of their own accord in their workbooks: pupils who are not there (名在人不在), and children whom no
system has (新发现). No office exports it: ``pipelines.answers.reports`` makes it of the answers that came back.
"""

from schemas import codes
from schemas.registry import Column, Registry

REGISTRY = Registry(
    key="xiangzhen",
    title="乡镇核查登记",
    owner="乡镇",
    role="report",
    source_key=("report_state", "name", "id_number", "state_date"),
    signature=("report_state", "state_date"),
    columns=(
        Column("name", ("姓名",), "name", required=True),
        Column("id_number", ("身份证号",), "id", required=True),
        Column("sex", ("性别",), "code", codes=codes.SEX),
        Column("birthdate", ("出生日期",), "date"),
        Column("township", ("乡镇",), "township"),
        Column("village", ("村",), "village"),
        Column("guardian", ("监护人",), "name"),
        Column("phone", ("联系电话",), "phone"),
        Column("school", ("学校",)),
        Column("report_state", ("登记类型",), "code", required=True, codes=codes.REPORT_STATE),
        Column("state_date", ("登记日期",), "date"),
    ),
)
