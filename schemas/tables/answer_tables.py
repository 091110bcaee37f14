"""The answers that came back, and what has become of each."""

from schemas.tables import code_sets as sets
from schemas.tables.declaration import DeclaredTable, day, real, text, whole

ANSWER_TABLES = (
    DeclaredTable(
        name="answers",
        english="One row per answer ever received, from whichever workbook. It is kept whatever becomes of that file, and withdrawn only by a "
        "later answer; bidui purge takes out those about a person.",
        chinese="收到过的每一条答复一行，不论所在的文件后来怎样都保留，只由更新的答复取代（bidui purge 清除一个人的除外）",
        columns=(
            text("answer_id", "digest of what is answered, by whom and when: the same row read again is the same answer", "答复编号", required=True,
                 pattern="A[0-9A-Z]{12}"),
            text("kind", "what it is about", "答的是什么", required=True, codes=sets.ANSWER_KINDS_CODES),
            text("case_id", "case, as the row names it", "个案编号"),
            text("person_id", "person, as the row names it", "人员编号"),
            text("about", "of kind pair both records as JSON, of kind acceptance the answer_id that is accepted, of kind "
                 "discrepancy the system whose office answered, null for a township",
                 "所答的两条记录、所验收的答复，或答复的单位所管的系统"),
            text("name", "name in the row", "行内的姓名"),
            text("id_number", "ID number in the row", "行内的身份证号"),
            text("birthdate", "birthdate in the row", "行内的出生日期"),
            text("township", "township in the row", "行内的乡镇"),
            text("value", "the choice, as the drop-down has it; null where none, as written where it is not one of them", "答复的选项"),
            text("detail", "school; of kind discrepancy the correct value, of kind acceptance why the answer goes back, of kind pair how likely "
                 "it was said to be, of kind visit what was done",
                 "所填的学校、正确值、退回原因、劝返措施，或当时给出的可能性"),
            text("note", "remark", "说明"),
            text("evidence", "what proves it", "佐证材料"),
            text("answered_by", "who checked", "核查人"),
            day("answered_on", "day of the answer; null where none could be read", "核查日期"),
            text("source", "where it came from: workbook", "来源：workbook 为交回的工作簿", required=True, codes=sets.ANSWER_SOURCES_CODES),
            text("file", "file in which it was first read", "首次读到它的文件", required=True),
            text("sheet", "sheet", "工作表", required=True),
            whole("row", "row", "行号", required=True, least=1),
            day("received_on", "night that first read it", "首次读到的日期", required=True),
            text("state", "what has become of it", "现在怎样", required=True, codes=sets.ANSWER_STATES_CODES),
            text("refusal", "why it is refused", "未采用的原因", codes=sets.ANSWER_REFUSALS_CODES),
            text("doubt", "what the county should ask about before it accepts it", "验收前应核实的", codes=sets.ANSWER_DOUBTS_CODES),
            text("decided_by", "who accepted or returned it for the county", "县级验收人"),
            day("decided_on", "day of that", "验收日期"),
            text("decided_why", "why it was returned", "退回的原因"),
        ),
        key=("answer_id",),
    ),
    DeclaredTable(
        name="calibration",
        english="What townships found of pairs of records that the matcher was not sure of, by how likely it had said they are one person.",
        chinese="“疑似同一人”的各档可能性里，乡镇核查过多少对、其中多少对是同一人",
        columns=(
            text("likelihood", "as the workbook worded it", "核查表里写的可能性", required=True),
            whole("judged", "pairs judged to be one person or two", "已判定的对数", required=True, least=1),
            whole("same", "of these, one person", "其中同一人的对数", required=True, least=0),
            real("share", "same / judged", "同一人的比例", required=True, least=0, most=1),
        ),
        key=("likelihood",),
    ),
)  # fmt: skip
