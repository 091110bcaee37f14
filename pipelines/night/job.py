"""The job of a night: its steps in order, each a plain function of what the steps before gave."""

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa

from matching import Model
from pipelines.answers.answer_needs import sound_judgements
from pipelines.answers.collected import release
from pipelines.answers.early_states import unaccepted_joinings
from pipelines.answers.judgements import apply_judgements, reported_judgements
from pipelines.answers.ledger import answers_of_log, calibration_of, ledger_of, with_judgements
from pipelines.answers.overtaken import reported_in_village, with_overtaken
from pipelines.answers.receipts import forget_receipts
from pipelines.answers.schools import Schools
from pipelines.guard import DiskFull, disk_full, guarded
from pipelines.intake.accept import Intake, accept, quarantine_of
from pipelines.intake.places import Places
from pipelines.intake.reading import Exports
from pipelines.night.days import check_born, check_day, gap_of_history, notes_on_days
from pipelines.night.forgetting import forgotten_history, note_on_forgotten
from pipelines.night.gaps import gaps_of_intake, gaps_of_returns
from pipelines.night.intake_steps import compare, read_inputs
from pipelines.night.night_record import NightRecord
from pipelines.night.outcome import (
    Gap,
    Inputs,
    LinkResult,
    NothingPublished,
    Outcome,
    ReconcileResult,
    TakenIn,
    Written,
    gap_words,
)
from pipelines.night.steps import Clock, Runner, Step, directly
from pipelines.night.unknown_townships import note_on_unknown_townships
from pipelines.persons.households import with_household_kin, without_borrowed_ids
from pipelines.persons.link_records import link_records, reviewed_model
from pipelines.persons.nearest import explain_absences
from pipelines.persons.resolve import EARLIER_ROWS, Known, Persons, resolve
from pipelines.reconcile.cases import listed_on
from pipelines.reconcile.result_tables import Answers, Earlier, reconcile
from pipelines.store.audit import audit
from pipelines.store.context import Context
from pipelines.store.county_file import settings_of
from pipelines.store.folders import private_folder, write_text
from pipelines.store.forgotten import Forgetting, forgotten_cases, keep_forgotten, nights_of_history
from pipelines.store.lock import exclusive
from pipelines.store.model_file import MODEL, BadModel
from pipelines.store.private import private_work
from pipelines.store.room import room_of_a_run
from pipelines.store.runs import write_report, write_tables
from pipelines.store.store_opening import OpenStore, open_store
from reports.book import Book, write_books
from reports.list_counts import ListCounts
from reports.list_rows import RunLists, read_lists
from reports.offices import return_books
from reports.row_codes import NO_KEY
from reports.weekly import weekly_books
from reports.workbooks import list_books
from schemas.calendar import today
from schemas.county_problems import CountyFileError
from schemas.settings import Settings


def run_job(
    root: Path,
    as_of: date,
    townships: Sequence[str] | None = None,
    runner: Runner = directly,
    accept_drift: bool = False,
    future: bool = False,
    forgetting: Forgetting | None = None,
) -> Outcome:
    """Reconcile what lies under ``root/raw`` and publish under ``root/curated`` and ``root/outbox``.

    ``townships`` limits the workbooks that are written; the tables always hold the whole county. ``runner``: how the work of
    each step is called. ``accept_drift``: publish from a registry even though it lost more than a third of its rows. ``future``: the day is
    meant although it is still to come. ``forgetting``: take the nights after a day out of the history first.
    Raises NothingPublished where no core registry can be read, ``root/county.toml`` is not valid or ``forgetting`` is not confirmed,
    FutureDay, DayBeforeCohort, Busy where another run is at work, AuditFailed where the tables break their declaration, SystemRefused for what the
    operating system refused, StepFailed for another fault of the program. No value of a child is in any of them, nor in what hangs on it.
    """
    try:
        return guarded("run", lambda: _job(root, as_of, townships, runner, accept_drift, future, forgetting))
    except DiskFull:
        pass
    raise disk_full(root, room_of_a_run(root), "一次比对")


def _job(
    root: Path,
    as_of: date,
    townships: Sequence[str] | None,
    runner: Runner,
    accept_drift: bool,
    future: bool,
    forgetting: Forgetting | None,
) -> Outcome:
    check_day(as_of, future)
    if not (root / "raw").is_dir():
        raise NothingPublished(
            "没有 raw 文件夹。请把各系统导出的文件放入 raw/xueji、raw/guofu、raw/canlian 等文件夹",
            passes=True,  # it may lie on a share that is away
        )
    try:
        settings = settings_of(root)
        model = reviewed_model(root)
    except (CountyFileError, BadModel) as error:
        raise NothingPublished(str(error), anywhere="county.toml 或 model.json 有误，请运行 bidui run 查看") from None
    check_born(as_of, settings.cohort)
    with private_work(root), exclusive(root):
        store = guarded("store", lambda: open_store(root, settings.database))
        context = Context(root, as_of, settings, store, forgetting)
        forgotten = forgotten_history(context)
        with store.new_run(as_of) as run:
            return _run(context, store, run, forgotten, townships, model, Clock(runner), accept_drift)


def _run(
    context: Context,
    store: OpenStore,
    run: Path,
    forgotten: Mapping[str, pd.DataFrame],
    townships: Sequence[str] | None,
    model: Model | None,
    clock: Clock,
    accept_drift: bool,
) -> Outcome:
    root, as_of, settings, began = context.root, context.as_of, context.settings, time.time()
    nights = nights_of_history(context.earlier)
    last_night = nights[-1] if nights else None
    night_before = max((night for night in nights if night < as_of), default=None)  # what this night is compared with
    listed_before = listed_on(context.earlier("case_log"), night_before) if night_before else None
    written = _written(context, run, _taken_in(context, store, clock, last_night, accept_drift), model, clock)
    gaps, notes, linkage = list(written.gaps), list(written.notes), written.linkage
    counts = clock(Step.WORKBOOKS, lambda: write_all_workbooks(run, context, townships, written.responsible, gaps))
    report = {
        "run": run.name,
        "as_of": as_of.isoformat(),
        "listed": written.listed,
        "listed_before": listed_before,
        "candidate_pairs": linkage.candidates,
        "blocking_recall": linkage.recall.estimate,
        "blocks_left_out": linkage.left_out,
    }
    write_report(run, report | _reported(gaps, settings))
    write_text(run / MODEL, linkage.model.to_json())
    outbox = store.outbox_of(as_of, last_night)
    if forgotten:
        notes.append(note_on_forgotten(forgotten, keep_forgotten(root, run.name, forgotten)))
    record = NightRecord(context, run, outbox, linkage, night_before, counts)
    clock(Step.PUBLISH, lambda: record.write([gap.text for gap in gaps], notes, clock.seconds))
    not_placed = clock(Step.PUBLISH, lambda: store.publish(run, outbox, [gap.text for gap in gaps]))
    gaps += [Gap("books_not_placed", text) for text in not_placed]
    if not_placed:
        with contextlib.suppress(OSError):  # the run is published
            write_report(run, report | _reported(gaps, settings))
    clock(Step.PUBLISH, lambda: store.forget_old(context.settings.retention, today()))
    clock(Step.PUBLISH, lambda: forget_receipts(root, context.settings.retention.outbox_days, today()))
    clock(Step.PUBLISH, lambda: release(root, began))
    record.complete([gap.text for gap in gaps], notes, clock.seconds)
    return Outcome(
        run,
        root / "outbox" / outbox,
        linkage.candidates,
        linkage.recall.estimate,
        tuple(gaps),
        tuple(notes),
        clock.seconds,
        written.listed,
        listed_before,
    )


def _taken_in(context: Context, store: OpenStore, clock: Clock, last_night: date | None, accept_drift: bool) -> TakenIn:
    """The first steps, up to the comparison with the night before. Raises NothingPublished."""
    as_of, settings = context.as_of, context.settings
    read = clock(Step.READ, lambda: read_inputs(context))
    accepted = clock(Step.ACCEPT, lambda: accept(read.exports, Places(settings.divisions), as_of))
    compared = clock(Step.COMPARE, lambda: compare(context, accepted, accept_drift))
    gaps = [Gap("results_mended", note) for note in store.notes]
    gaps += gaps_of_intake(compared.intake, settings, as_of) + gaps_of_returns(read.unread)
    gaps += [Gap("history_closed", why)] if (why := gap_of_history(as_of, last_night)) else []
    notes = [*settings.divisions.warnings, *filter(None, (settings.cohort.warning_on(as_of),))]
    notes += notes_on_days(as_of, last_night, compared.intake.exports.sheets)
    without_cells = replace(compared, intake=replace(compared.intake, exports=Exports(), sheets=()))
    return TakenIn(replace(read, exports=Exports()), without_cells, gaps, notes)


def _written(context: Context, run: Path, taken: TakenIn, model: Model | None, clock: Clock) -> Written:
    """The steps up to the tables, which are written to ``run`` and audited there."""
    read, intake = taken.read, taken.compared.intake
    linked = clock(Step.LINK, lambda: link_persons(context, intake.records, read, model))
    persons = clock(Step.RESOLVE, lambda: resolve_persons(context, linked))
    of_links = replace(intake, records=linked.records)
    reconciled = clock(Step.RECONCILE, lambda: reconcile_persons(context, of_links, linked, persons, read))
    notes = [*taken.notes, *filter(None, [note_on_unknown_townships(reconciled.tables, context.settings.divisions)])]
    refused = quarantine_of(read.unread + linked.refused + reconciled.refused)
    published = {
        **reconciled.tables,
        "records": linked.records,
        "quarantine": pd.concat([intake.quarantine, refused], ignore_index=True),
        "notices": intake.notices,
        "warnings": intake.warnings,
        "repairs": intake.repairs,
        "files": intake.files,
        "identities": persons.identities,
        "person_keys": persons.keys,
        "person_events": persons.events,
        "links": linked.linkage.links,
        "verdicts": linked.judgements,
        "profiles": taken.compared.profiles,
        "drift": taken.compared.drift,
    }
    clock(Step.WRITE, lambda: write_tables(run, published))
    clock(Step.AUDIT, lambda: audit(run, context.as_of, context.settings, context.spill))
    return Written(linked.linkage, len(reconciled.tables["unaccounted"]), read.responsible, taken.gaps, notes)


def _reported(gaps: Sequence[Gap], settings: Settings) -> dict[str, object]:
    """What the run report keeps of the gaps."""
    return {
        "left_out": [gap.text for gap in gaps],
        "gaps": gap_words(gaps, settings.registries),
        "gap_kinds": sorted({gap.kind for gap in gaps}),
    }


def link_persons(context: Context, records: pd.DataFrame, read: Inputs, model: Model | None) -> LinkResult:
    """Link the records and apply what townships answered of pairs, tonight and before."""
    records = with_household_kin(without_borrowed_ids(records, context.as_of, context.spill), context.as_of, context.spill)
    linkage = link_records(records, model, context.settings.cost_ratio, context.spill)
    earlier = context.earlier("verdicts")
    judgements = reported_judgements(sound_judgements(read.received, context.as_of), earlier)
    settings = context.settings
    unaccepted = unaccepted_joinings(read.received, read.earlier_answers, context.as_of, settings.county_accepts)
    linkage, not_applied = apply_judgements(linkage, records, judgements, earlier, context.as_of, settings.registries, unaccepted)
    return LinkResult(records, linkage, judgements, not_applied)


def resolve_persons(context: Context, linked: LinkResult) -> Persons:
    """Clusters -> persons, known by what the runs before knew."""
    keys, events = (context.earlier(table) for table in ("person_keys", "person_events"))
    known = Known(keys, events, *context.store.earlier_columns(EARLIER_ROWS))
    return resolve(linked.records, linked.linkage.clusters, known, context.as_of, context.spill)


def reconcile_persons(context: Context, intake: Intake, linked: LinkResult, persons: Persons, read: Inputs) -> ReconcileResult:
    """Check the answers that came back and reconcile; for each listed child, what is nearest in the student registers."""
    earlier = Earlier(
        context.earlier("case_log"), context.earlier("standings"), forgotten_cases(context.root, context.forgotten("case_log"))
    )
    settings, answers = context.settings, read.earlier_answers
    ledger = ledger_of(
        read.received,
        answers if len(answers) else answers_of_log(earlier.case_log),
        earlier.case_log,
        intake.records[["record_id", "name", "id_number", "registry", "township", "register_state"]].merge(
            persons.identities[["record_id", "person_id"]], on="record_id"
        ),
        persons.events,
        # Those of the night before, too: by them it was decided which reports are records tonight.
        Schools([*intake.records["school"].dropna().unique(), *read.earlier_schools], Places(settings.divisions)),
        context.as_of,
        settings.county_accepts,
    )
    ledger = with_judgements(ledger, linked.refused)
    found = Answers(ledger.whereabouts, ledger.handled)
    tables = reconcile(context, intake, linked.linkage, persons, found, read.entrants, earlier)
    decided = tables["persons"].select(["person_id", "conditions"]).to_pandas()
    reported = reported_in_village(intake.records, persons.identities)
    answered = with_overtaken(ledger.table, decided, reported, context.as_of)
    listed = tables["unaccounted"].to_pandas()
    absences = explain_absences(linked.linkage, persons.identities, listed, settings.registries)
    return ReconcileResult(
        {**tables, "absences": absences, "answers": answered, "calibration": calibration_of(answered)}, ledger.refused
    )


def write_all_workbooks(
    run: Path, context: Context, townships: Sequence[str] | None, responsible: pa.Table, gaps: Sequence[Gap]
) -> Mapping[str, ListCounts]:
    """The workbooks of the run under ``run/workbooks``; those for the offices only where all townships are asked for. Each cover says
    what the run had to do without. Returns how long the lists are, by township."""
    folder = private_folder(run / "workbooks")
    lists = read_lists(run, context.as_of, context.settings, responsible, context.store.row_key or NO_KEY)
    write_books(_books(run, lists, folder, context, townships, gap_words(gaps, context.settings.registries)))
    return lists.counts


def _books(
    run: Path, lists: RunLists, folder: Path, context: Context, townships: Sequence[str] | None, missing: Sequence[str]
) -> Iterator[Book]:
    as_of, settings = context.as_of, context.settings
    yield from list_books(run, lists, folder, as_of, townships, settings=settings, missing=missing)
    yield from weekly_books(run, folder, as_of, townships, settings=settings)
    if townships is None:
        yield from return_books(run, folder, as_of, registries=settings.registries)
