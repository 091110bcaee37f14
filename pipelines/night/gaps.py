"""What a night must do without: each gap with its kind and what is told the user at the screen."""

from collections.abc import Sequence
from datetime import date

from pipelines.answers.inbox import SENDER, unread_files
from pipelines.files.refusal import Refusal
from pipelines.intake.accept import Intake
from pipelines.intake.reading import Exports
from pipelines.night.outcome import Gap, NothingPublished
from schemas.calendar import today
from schemas.gap_kinds import OVERDUE
from schemas.settings import Settings


def gaps_of_intake(intake: Intake, settings: Settings, as_of: date) -> list[Gap]:
    """Core registries that are absent or too old, files that were refused, earlier files that stand in.

    Raises NothingPublished where what is left cannot tell who is at school, or who should be.
    """
    exports, registries = intake.exports, settings.registries
    there = set(intake.records["registry"].unique())
    present = {registries[key].role for key in there}
    if not present:
        raise NothingPublished(
            "没有可用的导出文件。请把各系统导出的文件放入 raw/xueji、raw/guofu、raw/canlian 等文件夹",
            exports.refused,
            passes=not exports.refused,  # the folder may be a share that is away
        )
    if "student" not in present:
        # Without student records every child would be listed as being in no school.
        raise NothingPublished("缺少学籍系统的导出（raw/xueji），无法判断谁在校。请补齐后重新运行", exports.refused)
    if not present & {"household", "poverty"}:
        raise NothingPublished("缺少公安户籍和国扶系统的导出，无从得知本县应有哪些儿童。请补齐其一后重新运行", exports.refused)
    overdue = _overdue(exports, settings, as_of)
    for gap in overdue:
        # Who has left school since is in none of its rows: such a list would hide them under today's date.
        if registries[gap.registry].role == "student":
            raise NothingPublished(gap.text, exports.refused)
    absent = [
        Gap("registry_missing", f"{registry.title}（raw/{registry.key} 没有可用的文件）", registry.key)
        for registry in registries.values()
        if registry.core and registry.key not in there
    ]
    return [
        *absent,
        *overdue,
        *dict.fromkeys(Gap("earlier_data", text, registry) for (registry, _, _), text in exports.stale.items()),
        *(Gap("newer_undecided", text) for text in exports.undecided),
        *_refused_files(exports.refused),
    ]


def gaps_of_returns(unread: Sequence[Refusal]) -> list[Gap]:
    """The returned files, and the county's own, that could not be read."""
    returned = [refusal for refusal in unread if refusal.registry == SENDER]
    others = [refusal for refusal in unread if refusal.registry != SENDER]
    found = (("returns_unread", returned), ("side_file_unread", others))
    return [Gap(kind, text) for kind, refusals in found for text in unread_files(refusals)]


def _overdue(exports: Exports, settings: Settings, as_of: date) -> list[Gap]:
    """The core registries of which the newest sheet is older than the settings allow."""
    newest: dict[str, date] = {}
    for sheet in exports.sheets:
        newest[sheet.registry.key] = max(sheet.dated, newest.get(sheet.registry.key, sheet.dated))
    limit, gaps = settings.oldest_data_days, []
    as_of = min(as_of, today())  # of a day that is still to come nobody has data yet
    for key, day in newest.items():
        registry, age = settings.registries[key], (as_of - day).days
        if registry.core and age > limit:
            text = (
                f"{registry.title}：最新的数据是 {day} 的，到比对日期 {as_of} 已 {age} 天，超过期限 {limit} 天（county.toml 的 "
                f"oldest_data_days）。请把新的导出放入 raw/{key}"
            )
            gaps.append(Gap(OVERDUE, text, key))
    return gaps


def _refused_files(refused: Sequence[Refusal]) -> list[Gap]:
    """The files that were refused whole, each once, as they are named to the user."""
    whole = {f"《{refusal.file}》": refusal.registry for refusal in refused if refusal.row is None}
    return [Gap("file_refused", text, registry) for text, registry in whole.items()]
