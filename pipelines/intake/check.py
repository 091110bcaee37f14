"""Check exports without running: what would be refused, reported and changed, for the office to see before it sends them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from pipelines.files.opening import readable_name
from pipelines.files.refusal import FileRefused, Refusal
from pipelines.files.walk import files_under
from pipelines.intake.accept import Intake, accept
from pipelines.intake.drift import compare_profiles, profile
from pipelines.intake.exports import Export, read_export
from pipelines.intake.places import Places
from pipelines.intake.reading import read_files
from pipelines.intake.supersede import supersede
from pipelines.screen import Shown, TextLine, TextTable
from pipelines.store.conform import conform
from pipelines.store.county_file import read_county_file, settings_of
from pipelines.store.runs import Store
from reports.offices import write_return
from schemas.calendar import today
from schemas.checks import CHECKS
from schemas.county_problems import CountyFileError
from schemas.county_toml import COUNTY_FILE
from schemas.divisions.divisions_file import DIVISIONS_FILE
from schemas.exit_status import ExitStatus
from schemas.notification_ways import unknown_ways
from schemas.registry import Registry
from schemas.settings import Settings
from schemas.tables import TABLES

# Rules by which a row or sheet is refused though there is nothing to correct.
_NOTHING_TO_CORRECT = (*(check.code for check in CHECKS if check.about_nobody), "empty_sheet", "superseded")
_SHOWN = 12  # kinds of refused rows in the terminal


@dataclass(slots=True)
class CheckResult:
    """``status``: DONE, GAP where something must be mended, NOTHING where no row is of use. ``county``: what is wrong with the
    county's own file, or None where none was given; ``titles``: of its registries; ``refusal``: why nothing was checked;
    ``settings``: the county's.
    No value of a person is in what is printed; the workbook has names."""

    status: ExitStatus
    tables: Intake | None = None
    drift: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=TABLES["drift"].names))
    county: list[str] | None = None
    out: Path | None = None
    titles: dict[str, str] = field(default_factory=dict)
    refusal: str | None = None
    settings: Settings | None = None


def check(files: Sequence[Path], out: Path, registry: str | None = None, root: Path | None = None) -> CheckResult:
    """Check ``files`` (exports, folders of them, a county.toml or divisions.csv) and write the workbook ``out`` where there are exports.

    ``registry``: whose they are; else by the folder's name or the headings. ``root``: the data folder whose county.toml
    counts and with whose last run the exports are compared; else the one the files lie in.
    """
    settings = [path for path in files if _is_of_county(path)]
    exports = [path for path in files if not _is_of_county(path)]
    place = root or root_of_files(exports)
    county: list[str] | None = None
    try:
        toml = next((path for path in settings if path.suffix.lower() == ".toml"), None)
        place = place or next((path.parent for path in settings), None)
        of_county = read_county_file(toml) if toml else settings_of(place) if place else Settings()
        county = [] if settings else None
        registries = of_county.registries
    except CountyFileError as error:
        return CheckResult(ExitStatus.NOTHING, county=error.problems)
    if registry and registry not in registries:
        return CheckResult(ExitStatus.NOTHING, county=county, refusal=f"没有系统 {registry}，可用：{'、'.join(registries)}")
    if not exports:
        return CheckResult(ExitStatus.DONE, county=county, settings=of_county)
    read = supersede(read_files(_found(exports, registry, registries), registries, passwords=of_county.passwords))
    intake = accept(read, Places(of_county.divisions), today())
    drift = _drift(place, intake, registries)
    _write(out, intake, drift, registries)
    titles = {key: r.title for key, r in registries.items()}
    return CheckResult(_status(intake, drift), intake, drift, county, out, titles, settings=of_county)


def _is_of_county(path: Path) -> bool:
    """Is it one of the files that the county writes, and no export?"""
    return path.suffix.lower() == ".toml" or path.name == DIVISIONS_FILE


def root_of_files(files: Sequence[Path]) -> Path | None:
    """The data folder that one of the files lies in; None where none does."""
    return next((found for path in files if (found := _root_of(path))), None)


def _root_of(path: Path) -> Path | None:
    """The data folder of a file under its ``raw``, or under ``raw/<registry>``."""
    return next((parent.parent for parent in path.absolute().parents if parent.name == "raw"), None)


def _found(paths: Sequence[Path], given: str | None, registries: Mapping[str, Registry]) -> Iterator[Export | Refusal]:
    taken: set[str] = set()
    for path in paths:
        try:
            members = files_under(path) if path.is_dir() else [path]
        except FileRefused as refused:
            yield Refusal("", readable_name(path.name), "", refused.rule, refused.message)
            continue
        for member in members:
            if member.name not in (COUNTY_FILE, DIVISIONS_FILE):
                folder = next((p.name for p in member.absolute().parents if p.name in registries), "")
                name = member.name if member.name not in taken else f"{member.absolute().parent.name}/{member.name}"
                taken.add(member.name)
                yield from read_export(member, name, registries.get(given or folder))


def _drift(root: Path | None, intake: Intake, registries: Mapping[str, Registry]) -> pd.DataFrame:
    before = Store(root).earlier("profiles") if root else TABLES["profiles"].empty_table().to_pandas()
    sheets = intake.exports.sheets
    before = before[before["registry"].isin({sheet.registry.key for sheet in sheets})]
    return compare_profiles(before, profile(sheets, intake.records, registries), registries)


def _write(out: Path, intake: Intake, drift: pd.DataFrame, registries: Mapping[str, Registry]) -> None:
    frames = {name: getattr(intake, name) for name in ("files", "quarantine", "warnings", "notices", "repairs")} | {
        "drift": drift
    }
    arrow = {name: conform(frame, name) for name, frame in frames.items()}
    people = conform(intake.records, "records").select(["registry", "file", "sheet", "row", "name"])
    write_return(out, "检查结果", {**arrow, "people": people}, today(), registries=registries)


def _status(tables: Intake, drift: pd.DataFrame) -> ExitStatus:
    if not len(tables.records):
        return ExitStatus.NOTHING
    faults = ~tables.quarantine["rule"].isin(_NOTHING_TO_CORRECT)
    return ExitStatus.GAP if faults.any() or (drift["level"] == "alarm").any() else ExitStatus.DONE


def checked_shown(checked: CheckResult) -> Iterator[Shown]:
    """What was found, in Chinese: a line per sheet, then whole sentences on what to mend."""
    if checked.county is not None:
        yield from (TextLine(problem, "error") for problem in checked.county)
        if not checked.county and checked.settings:
            cohort = checked.settings.cohort.warning_on(today())
            warnings = [*checked.settings.divisions.warnings, *filter(None, (cohort,))]
            yield f"{COUNTY_FILE} 没有问题" if not warnings else "可以使用；以下各处不影响比对，也请改正："
            yield from (TextLine(f"  {warning}", "warning") for warning in warnings)
            yield from _about(checked.settings)
    if checked.tables is None:
        return
    results = {"read": "可用", "refused": "不能用", "superseded": "已被取代"}
    rows = []
    for row in checked.tables.files.to_dict("records"):
        counts = [f"{row[name]:,}" if row["status"] == "read" else "" for name in ("rows", "accepted", "quarantined")]
        rows.append((row["file"], row["sheet"] or "", checked.titles.get(row["registry"], ""), results[row["status"]], *counts))
    yield TextTable(None, ("文件", "工作表", "系统", "结果", "行数", "接受", "退回"), rows, numbers=3)
    for sentence, serious in _sentences(checked.tables, checked.drift):
        yield TextLine(sentence, "error" if serious else "plain")
    yield f"逐行的结果在：{checked.out}"


def _about(settings: Settings) -> Iterator[Shown]:
    """What the files of the county stand for, for its office to recognise."""
    county, cohort, townships = settings.county, settings.cohort, settings.divisions.townships
    villages = sum(len(township.villages) for township in townships)
    yield f"  {county.code} {county.name}（{county.short_name}），{len(townships)} 个乡镇、{villages} 个村"
    plan = settings.plan.number or "没有，只引用法律"
    if settings.notification.urls and (unknown := unknown_ways(settings.notification.urls)):
        places = "、".join(f"第 {number} 个" for number in unknown)
        yield TextLine(f"  [notification] 的 urls：{places}不是 apprise 认识的写法，通知发不出去，请改正", "error")
    yield f"  核查 {cohort.first_birthday} 至 {cohort.last_birthday} 出生的儿童；每周{settings.weekly_day}汇报；方案：{plan}"


def _sentences(tables: Intake, drift: pd.DataFrame) -> Iterator[tuple[str, bool]]:
    """Each with whether it is serious."""
    for row in tables.files[tables.files["message"].notna()].to_dict("records"):
        yield f"  《{row['file']}》{row['message']}", row["status"] == "refused"
    rows = tables.quarantine[tables.quarantine["row"].notna()]
    for (file, rule), group in list(rows.groupby(["file", "rule"]))[:_SHOWN]:
        yield f"  《{file}》退回 {len(group):,} 行，如：{group['message'].iloc[0]}", rule not in _NOTHING_TO_CORRECT
    for row in tables.notices.to_dict("records"):
        yield f"  《{row['file']}》{row['message']}", False
    for row in drift[drift["level"] != "remark"].to_dict("records"):
        yield f"  与上次发布的数据相比，{row['message']}", row["level"] == "alarm"
    if changed := len(tables.repairs):
        yield f"  自动改写 {changed:,} 处（空格、全角、日期写法等），逐项见结果表", False
