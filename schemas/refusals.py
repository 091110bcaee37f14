"""Why a file, a sheet or an answer is refused (``quarantine.rule``), and what is odd about a sheet that is read (``notices.rule``): codes
beside those of ``schemas.checks``. The Chinese sentence is written where the fault is found, because it names the place and the way to
mend it."""

from schemas.answers import ANSWER_REFUSAL_WORDS, OVERTAKEN_WORDS

FILE_REFUSALS = frozenset((
    "beginning_of_last", "codes_unknown", "empty_file", "empty_sheet", "encrypted_file", "fewer_than_declared", "file_changing",
    "missing_column", "missing_sheet", "nested_archive",
    "no_headings", "not_a_table", "not_as_declared", "superseded", "symlink", "too_large", "truncated_file", "unforeseen",
    "unknown_encoding", "unknown_folder", "unknown_registry", "unreadable", "unreadable_file", "unreadable_folder", "web_page",
    "wrong_registry", "xml_entities",
))
ANSWER_REFUSALS = frozenset((
    *ANSWER_REFUSAL_WORDS, *OVERTAKEN_WORDS, "answer_denied", "answer_incomplete", "answer_unmatched", "answer_vague", "comment_not_read",
    "formula_without_value", "intake_unreadable", "merged_answer", "outside_table", "responsible_unreadable",
))
SHEET_NOTES = frozenset((
    "broken_quotes", "declared_rows", "duplicate_heading", "fewer_rows", "formula_without_value",
    "hidden_columns", "hidden_rows", "hidden_sheet", "joined_lines", "merged_over_values",
    "merged_own_value", "mixed_encodings", "no_line_end", "nul_characters", "other_headings",
    "partly_superseded", "second_column", "sheet_not_used", "side_by_side",
))
