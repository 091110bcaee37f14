"""What became of the files and rows of a night, and how its exports differ from those of the night before."""

from schemas.tables import code_sets as sets
from schemas.tables.declaration import CodeSet, DeclaredColumn, DeclaredTable, Reference, day, real, text, whole

SHEET = ("registry", "file", "sheet")
ROW = (*SHEET, "row")
OF_FILE = Reference(SHEET, "files", SHEET)


def address(registry: CodeSet = sets.REGISTRIES_CODES) -> tuple[DeclaredColumn, ...]:
    """The columns that name a sheet."""
    return (
        text("registry", "key of the system that the file is an export of", "系统的代号", required=True, codes=registry),
        text("file", "base name of the file; of a packed file archive/member", "文件名", required=True),
        text("sheet", "sheet of the workbook; empty where the file has no sheets", "工作表，没有工作表的为空文本", required=True),
    )


def row_number(required: bool = True) -> DeclaredColumn:
    """The column that names a row of a sheet."""
    return whole("row", "row as Excel shows it; in a text file the line's ordinal, heading 1", "行号，与 Excel 所示一致", required=required, least=1)


INTAKE_TABLES = (
    DeclaredTable(
        name="files",
        english="One row per file and sheet taken in, or refused whole. All cells as read, those of unknown columns too, are kept in "
                "curated/snapshots.",
        chinese="每个读入或整份退回的文件、工作表一行",
        columns=(
            *address(sets.FILE_SENDERS_CODES),
            text("sha256", "fingerprint of the file's bytes; null where it was refused", "文件内容的指纹，退回的为空", pattern="[0-9a-f]{64}"),
            text("status", "read, refused, superseded (a newer export holds its rows), stale (an earlier night's, in the place of one that is "
                 "broken)", "状态：read 已读入，refused 退回，superseded 被较新的取代，stale 沿用上次的", required=True, codes=sets.FILE_STATUS_CODES),
            whole("heading_row", "row of the headings; null where refused", "表头所在行", least=1),
            day("dated", "the day the export was made: by the file's name, a title, or the file's own time", "导出日期"),
            text("dated_from", "where that day is taken from: name (the file's, or a title above the headings), file_time (when the file was "
                 "last written, which copying may change)", "导出日期取自：name 文件名或标题，file_time 文件的修改时间", codes=sets.DATED_FROM_CODES),
            whole("rows", "rows below the headings that are not blank; 0 where the file was refused whole", "数据行数", required=True, least=0),
            whole("accepted", "rows accepted, which stand in records", "采用的行数", required=True, least=0),
            whole("quarantined", "rows refused, which stand in quarantine", "退回的行数", required=True, least=0),
            text("message", "what to know about it, in Chinese", "说明"),
        ),
    ),
    DeclaredTable(
        name="quarantine",
        english="One row per refused source row, file or answer.",
        chinese="每个退回的行、文件或答复一行",
        columns=(
            *address(sets.SENDERS_CODES),
            row_number(required=False),
            text("column", "heading of the column at fault; null where no column is", "有问题的列"),
            text("rule", "why it was refused", "退回的规则", required=True, codes=sets.QUARANTINE_RULES_CODES),
            text("message", "the same in Chinese, with the way to mend it; no value of a cell", "原因和改法，不含单元格的值", required=True),
        ),
    ),
    DeclaredTable(
        name="notices",
        english="What was accepted and should still be known: one row per file, column and rule. No values of persons.",
        chinese="已采用而须留意的：每个文件、列、规则一行，不含个人的值",
        columns=(
            *address(),
            text("column", "heading of the column; null where it is about the sheet", "列，说的是整个工作表时为空"),
            text("rule", "check that fails, or what is odd about the sheet", "规则", required=True, codes=sets.NOTICE_RULES_CODES),
            whole("rows", "how many rows; 0 where it is about the sheet", "行数", required=True, least=0),
            text("message", "the same in Chinese", "说明", required=True),
        ),
        references=(OF_FILE,),
    ),
    DeclaredTable(
        name="warnings",
        english="One row per check that an accepted row fails. No values of persons.",
        chinese="采用的行每有一处可疑一行，不含个人的值",
        columns=(
            *address(),
            row_number(),
            text("column", "heading of the column; null where it is about the row", "列，说的是整行时为空"),
            text("rule", "check that fails", "规则", required=True, codes=sets.CHECKS_CODES),
        ),
        key=(*ROW, "column", "rule"),
        references=(Reference(ROW, "records", ROW),),
    ),
    DeclaredTable(
        name="repairs",
        english="One row per value that standardising changed.",
        chinese="每个被改写的值一行",
        columns=(
            *address(),
            row_number(),
            text("column", "heading of the column", "列", required=True),
            text("raw", "the value as exported; null: an empty cell that is covered by a merged one", "导出的原值，空为被合并单元格盖住的空格"),
            text("standardised", "the value as it is now; null: taken for missing", "改写后的值，空为按未填处理"),
            text("rule", "what was done", "改写的规则", required=True, codes=sets.REPAIRS_CODES),
        ),
        references=(Reference(ROW, "records", ROW),),
    ),
    DeclaredTable(
        name="profiles",
        english="What the night's exports look like, to compare the next night's with.",
        chinese="本次导出的概况，供下次相比",
        columns=(
            text("registry", "key of the system", "系统的代号", required=True, codes=sets.REGISTRIES_CODES),
            text("measure", "rows; missing (share of rows without the field); code (rows with that value of a code column); heading (1 where "
                 "it is there)", "指标：rows 行数，missing 缺失的比例，code 某代码值的行数，heading 有此表头", required=True, codes=sets.MEASURES_CODES),
            text("field", "field of the record; null of rows and of unknown headings", "字段"),
            text("value", "of a code the value as exported, of a heading the heading", "代码的原值，或表头"),
            real("amount", "the figure", "数值", required=True, least=0),
        ),
        key=("registry", "measure", "field", "value"),
    ),
    DeclaredTable(
        name="drift",
        english="How tonight's exports differ from the last published run's.",
        chinese="本次导出与上次发布的不同之处",
        columns=(
            # An earlier run may have had a registry that the county has given up since, but then it is not compared.
            text("registry", "key of the system", "系统的代号", required=True, codes=sets.REGISTRIES_CODES),
            text("measure", "as in profiles", "指标，同 profiles", required=True, codes=sets.MEASURES_CODES),
            text("field", "field of the record", "字段"),
            text("value", "of a code the value as exported, of a heading the heading", "代码的原值，或表头"),
            real("before", "the figure of the last run; null where there was none", "上次的数值", least=0),
            real("now", "the figure of tonight; null where there is none", "本次的数值", least=0),
            text("level", "alarm (the registry's last export is used instead), warning, remark",
                 "程度：alarm 不采用，warning 须核对，remark 提示", required=True, codes=sets.DRIFT_LEVELS_CODES),
            text("message", "the same in Chinese", "说明", required=True),
        ),
        key=("registry", "measure", "field", "value"),
    ),
)
