"""The files in ``inbox`` of the data folder, as they came: what programs leave about is passed over, everything else is read or named."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines.files.refusal import FileRefused, Refusal
from pipelines.files.walk import files_under
from pipelines.intake.exports import Export, read_export
from reports.unread_returns import returned_name

SENDER = "answers"  # published in quarantine.registry

# Names of what programs and systems leave about and nobody has written. A name that merely begins with a dot may be an officer's workbook.
LEFT_BY_PROGRAMS = re.compile(
    r"^(?:~\$.*|\.~.*|\._.*|.*\.tmp|thumbs\.db|ehthumbs\.db|desktop\.ini|\.ds_store|\.localized|\.directory|\.git|\.gitignore|\.gitkeep"
    r"|__macosx|\.stfolder|\.stversions|\.trash.*|\$recycle\.bin|system volume information)$",
    re.IGNORECASE,
)
_FILL_IN = (
    "请在发出的核查表里填写，存为 .xlsx 后重新送回（几个文件可以打成一个 ZIP 压缩包；图片、PDF、Word 文档、RAR 压缩包都读不了）"
)
_MEND = {
    "not_a_table": _FILL_IN,
    "empty_file": _FILL_IN,
    "truncated_file": "请重新复制，或请填报人重新送回",
}
_ADVICE = re.compile("[，。]请.*", re.DOTALL)


def returned_files(inbox: Path, kept: Sequence[Path] = ()) -> Iterator[Export | Refusal]:
    """The files under ``inbox`` and in its folders, or the one file that it is, and the members of .zip files, in order of their paths, then
    the copies ``kept`` of files that were there. Of two files with one name in two folders the second is named with its folder."""
    try:
        found = files_under(inbox, LEFT_BY_PROGRAMS) if inbox.is_dir() else [inbox] if inbox.is_file() else []
    except FileRefused as error:
        yield Refusal(SENDER, inbox.name, "", error.rule, error.message)
        return
    taken: set[str] = set()
    for path in found:
        name = path.relative_to(inbox).as_posix() if path.name in taken else path.name
        taken.add(path.name)
        for outcome in read_export(path, name, None, LEFT_BY_PROGRAMS):
            yield refused_file(outcome.file, outcome.rule, outcome.message) if isinstance(outcome, Refusal) else outcome
    for path in kept:
        for outcome in read_export(path, path.name, None, LEFT_BY_PROGRAMS):
            yield refused_file(outcome.file, outcome.rule, outcome.message) if isinstance(outcome, Refusal) else outcome


def refused_file(file: str, rule: str, message: str) -> Refusal:
    """The refusal of a whole file. The readers of files say how an office mends its export; here an officer has filled in a workbook."""
    mend = _MEND.get(rule)
    return Refusal(SENDER, file, "", rule, f"{_ADVICE.sub('', message)}。{mend}" if mend else message)


def unread_files(refused: Sequence[Refusal]) -> list[str]:
    """The files and sheets among ``refused`` that were not read at all, each once, as they are named to the user, with the reason."""
    return list(dict.fromkeys(_named(refusal) for refusal in refused if refusal.row is None))


def _named(refusal: Refusal) -> str:
    if refusal.registry != SENDER:  # intake.xlsx
        return f"《{refusal.file}》"
    return f"{returned_name(refusal.file, refusal.sheet)}（退回的核查表，没有读取：{refusal.message}）"
