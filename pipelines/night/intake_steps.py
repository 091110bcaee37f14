"""The steps of a night that read what lies in the data folder and compare it with the last run."""

from pathlib import Path

from pipelines.answers.collected import kept_copies
from pipelines.answers.received import received_answers
from pipelines.answers.report_range import within_cohort
from pipelines.answers.reports import with_reports
from pipelines.answers.returned import read_returned
from pipelines.answers.schools import Schools
from pipelines.intake.accept import Intake, accept
from pipelines.intake.drift import compare_profiles, profile
from pipelines.intake.last_good import NothingToStandIn, stand_in, with_last_good, without_beginnings
from pipelines.intake.places import Places
from pipelines.intake.reading import read_exports
from pipelines.intake.responsible import read_responsible
from pipelines.intake.supersede import seen_before, supersede
from pipelines.night.outcome import CompareResult, Inputs, NothingPublished
from pipelines.reconcile.entrants import read_entrants
from pipelines.store.context import Context
from pipelines.store.snapshots import Snapshots


def _snapshots(root: Path) -> Snapshots:
    return Snapshots(root / "curated" / "snapshots")


def read_inputs(context: Context) -> Inputs:
    """What lies in the data folder: the exports under ``raw``, without those that a newer one supersedes, the workbooks returned
    to ``inbox``, the file ``intake.xlsx`` and the list of who answers for each village."""
    settings, snapshots = context.settings, _snapshots(context.root)
    exports = read_exports(context.root / "raw", settings.registries, snapshots, settings.passwords)
    exports = supersede(exports, seen_before(exports, context.store.earlier_of_all("files"), snapshots, settings.registries))
    returned, unread = read_returned(context.root / "inbox", settings.passwords_for, kept_copies(context.root))
    received = within_cohort(received_answers(returned, context.as_of, context.store.row_key), settings.cohort)
    earlier = context.earlier("answers")
    places, (records,) = Places(settings.divisions), context.store.earlier_columns({"records": ["school"]})
    schools = records["school"].drop_null().unique().to_pylist()
    known = Schools(schools, places)
    exports = with_reports(exports, received, earlier, context.as_of, settings.county_accepts, snapshots, known)
    entrants, unread_entrants = read_entrants(context.root, places, settings.county)
    responsible, unread_responsible = read_responsible(context.root, places)
    return Inputs(exports, received, earlier, schools, entrants, responsible, [*unread, *unread_entrants, *unread_responsible])


def compare(context: Context, intake: Intake, accept_drift: bool) -> CompareResult:
    """Compare the intake with the last run's. Unless ``accept_drift``, the last run's sheets stand in for files that are refused or
    cut, and for a registry that lost a third; only these are then validated and standardised anew. Raises NothingPublished where the
    earlier sheets are no longer kept."""
    registries = context.settings.registries
    files, snapshots = context.earlier("files"), _snapshots(context.root)
    if not accept_drift:
        exports = without_beginnings(intake.exports, files, snapshots, registries)
        exports = with_last_good(exports, files, snapshots, registries)
        if exports is not intake.exports:
            intake = accept(exports, Places(context.settings.divisions), context.as_of, before=intake)
    profiles = profile(intake.exports.sheets, intake.records, registries)
    drift = compare_profiles(context.earlier("profiles"), profiles, registries)
    if accept_drift or not (drift["level"] == "alarm").any():
        return CompareResult(intake, profiles, drift)
    try:
        exports = stand_in(intake.exports, drift, files, snapshots, registries)
    except NothingToStandIn as error:
        raise NothingPublished(str(error), intake.exports.refused) from None
    intake = accept(exports, Places(context.settings.divisions), context.as_of, before=intake)
    return CompareResult(intake, profile(intake.exports.sheets, intake.records, registries), drift)
