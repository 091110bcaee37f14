"""What the person on duty should know first of a night, and do: gaps, files to have mended, things to do. Sentences in Chinese, of counts."""

from collections.abc import Iterator
from dataclasses import dataclass

from reports.answer_listings import ACCEPTANCE_SHEET
from reports.joining_listing import JOINING_SHEET
from reports.listings import PAIRS_SHEET
from reports.night.night_figures import Night
from reports.offices import OFFICES_FOLDER

_SUMMARY = "_控辍保学汇总_"
_USED = ("read", "stale")


@dataclass(frozen=True, slots=True)
class FileToCheck:
    """How much of a file there is to look at. ``refused``: rows in quarantine; ``notices``: kinds of notices, one a column and check;
    ``broken``: it was refused, whether or not an earlier one stands in for it; ``book``: the workbook of its office, '' where it has
    none tonight."""

    system: str
    file: str
    rows: int
    accepted: int
    refused: int
    notices: int
    used: bool
    broken: bool
    book: str


@dataclass(frozen=True, slots=True)
class MissingPart:
    """Something that a night did without: ``text``, in Chinese. ``files``: the refused files that it is about, each with the reason and how
    to mend it."""

    text: str
    files: tuple[tuple[str, str], ...]


def missing_parts(night: Night) -> list[MissingPart]:
    """What the night did without, each once: a refused file that another gap names, because an earlier one stands in for it, is told
    there."""
    reasons = {f"《{file['file']}》": file["message"] or "" for file in night.files if file["status"] == "refused"}
    parts = []
    for text in night.left_out:
        if text in reasons and any(text in other and other != text for other in night.left_out):
            continue
        parts.append(MissingPart(text, tuple((file, reason) for file, reason in reasons.items() if reason and file in text)))
    return parts


def files_to_check(night: Night) -> list[FileToCheck]:
    """The files of the night, those that were refused and those with the most to look at first."""
    refused, notices = dict[tuple[str, str], int](), dict[tuple[str, str], int]()
    for system, file, _, count, _ in night.quarantine:
        refused[system, file] = refused.get((system, file), 0) + count
    for system, file, _ in night.notices:
        notices[system, file] = notices.get((system, file), 0) + 1
    owners = {(file["system"], file["file"]): file["owner"] for file in night.files}
    files = []
    for system, file in dict.fromkeys([*owners, *refused]):
        own = [line for line in night.files if (line["system"], line["file"]) == (system, file)]
        files.append(
            FileToCheck(
                system,
                file,
                sum(line["rows"] for line in own),
                sum(line["accepted"] for line in own),
                refused.get((system, file), 0),
                notices.get((system, file), 0) + sum(line["message"] is not None for line in own),
                any(line["status"] in _USED for line in own) or not own,
                any(line["status"] == "refused" for line in own),
                book_of_office(night, owners.get((system, file), "")),
            )
        )
    return sorted(files, key=lambda file: (not file.broken, -file.refused - file.notices))


def book_of_office(night: Night, owner: str) -> str:
    """The workbook that goes back to an office, below the folder of the outbox; '' where there is none."""
    begins = f"{OFFICES_FOLDER}/{owner}_数据退回_"
    return next((book for book in night.books if owner and book.startswith(begins)), "")


def summary_book(night: Night) -> str:
    """The county's workbook; where only townships were asked for the first of theirs; '' where none was written."""
    lists = [book for book in night.books if "/" not in book]
    return next((book for book in lists if _SUMMARY in book), lists[0] if lists else "")


def book_to_check(night: Night) -> str:
    """The workbook of the office with the most to look at, one whose file was refused before all others; '' where there is none."""
    return next((file.book for file in files_to_check(night) if file.book and (file.refused or file.notices)), "")


def changes_to_check(night: Night) -> list[str]:
    """How the exports differ from the last ones, and of how many nobody can tell the day."""
    lines = [f"与上次发布的数据相比，{message}" for _, message in night.drift]
    if night.undated:
        file, count, newest = night.undated
        lines.append(
            f"《{file}》{f'等 {count} 个文件' if count > 1 else ''}的名称和标题里没有导出日期，新旧按文件的修改时间判断（最新 {newest}）；"
            "复制会改变它，请把导出日期写在文件名里"
        )
    return lines


def things_to_do(night: Night) -> list[str]:
    """What is to be done now, the most urgent first."""
    return list(_things_to_do(night))


def _things_to_do(night: Night) -> Iterator[str]:
    if night.left_out:
        yield "补齐上面的缺口，再运行一次 bidui run（当天可以重跑，个案不会重复）。当天补不齐的照送核查表，并说明缺了什么。"
    if night.lists.listed:
        yield f"把核查表送到各乡镇：outbox/{night.outbox}（已设好收件的，运行 bidui deliver）。"
    offices = {file["owner"] for file in night.files if book_of_office(night, file["owner"])}
    if night.quarantine or night.notices:
        named = f"{'、'.join(sorted(offices))}，" if offices else ""
        yield f"请各单位更正导出：{named}在 outbox/{night.outbox}/{OFFICES_FOLDER}，逐行列着原因和改法。"
    to_decide = ((ACCEPTANCE_SHEET, night.lists.to_accept), (JOINING_SHEET, night.lists.to_join))
    if sheets := [f"“{sheet.title}”{number:,} {sheet.unit}" for sheet, number in to_decide if number]:
        yield f"验收乡镇答复：全县汇总的{'、'.join(sheets)}；验收以前这些儿童仍在名单上。"
    if night.lists.questions:
        yield f"{PAIRS_SHEET.title} {night.lists.questions:,} 对，由乡镇在核查表里判定。"
