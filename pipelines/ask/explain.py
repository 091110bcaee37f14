"""Why a child has its whereabouts; why two rows were, or were not, linked. Reads the published tables alone."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from pipelines.ask.masking import masker_of, place_names
from pipelines.ask.people_shown import people_shown
from pipelines.ask.published_rows import ExplainError, describe_record, find_record, person_of, registry_title, rows_of
from pipelines.ask.published_run import published_run
from pipelines.ask.search import search
from pipelines.store.county_file import settings_of
from pipelines.store.model_file import MODEL, BadModel, load_model
from pipelines.store.runs import Store
from schemas.decisions import DECISION_TABLE
from schemas.memory_database import memory_database
from schemas.registry import Registry
from schemas.rules import DIFFERENCE_NAME, RULE
from schemas.settings import Settings
from schemas.whereabouts import FOLLOW_UP, LISTED, REASONS, WHEREABOUTS_NAME
from schemas.words import STATE_NAME, title_of

_TABLES = (
    "records",
    "identities",
    "links",
    "persons",
    "findings",
    "unaccounted",
    "absences",
    "person_events",
    "cases",
    "case_log",
)


def explain(root: Path, what: Sequence[str], chart: Path | None = None, masked: bool = False) -> Iterator[str]:
    """Lines of Chinese text. ``what``: one person (``pipelines.ask.search``), or two rows (record_id, 文件:行, 文件:工作表:行); where several persons
    may be meant they are listed. ``chart``: where to draw the two rows' comparison (.svg, .png). ``masked``: names, numbers and birthdates are.
    Raises ExplainError, and NoResults where nothing was published."""
    store, settings = published_run(root, _TABLES), settings_of(root)
    with memory_database(store.run) as con:
        for table in _TABLES:
            con.read_parquet(str(store.path(table))).create_view(table)
        if masked:
            masker = masker_of(con, place_names(settings.divisions))
            yield from map(masker.text, _explained(con, store, what, chart, settings))
        else:
            yield from _explained(con, store, what, chart, settings)


def _explained(
    con: duckdb.DuckDBPyConnection, store: Store, what: Sequence[str], chart: Path | None, settings: Settings
) -> Iterator[str]:
    registries = settings.registries
    if len(what) == 1:
        if chart:
            raise ExplainError("--chart 画的是两行记录的比较，请给两行记录")
        hits = search(con, what, settings.divisions)
        if len(hits) == 1:
            yield from _person(con, hits[0].person_id, registries)
        else:
            yield from people_shown(con, hits, registries)
    elif len(what) == 2:
        from pipelines.ask.two_records import (  # load the matcher, matplotlib and the reader of workbooks
            explain_records,
            judgements_of,
        )

        try:
            model = load_model(store.run / MODEL)
        except BadModel as error:
            raise ExplainError(f"{MODEL}：{error}") from None
        left, right = (find_record(con, named) for named in what)
        yield from explain_records(con, left, right, model, chart, registries)
        yield from judgements_of(con, left, right, store.earlier("verdicts"), store.earlier("answers"), registries)
    else:
        raise ExplainError("请给一个人（人员编号、姓名、证号或个案编号），或两行记录")


def _person(con: duckdb.DuckDBPyConnection, person_id: str, registries: Mapping[str, Registry]) -> Iterator[str]:
    p = person_of(con, person_id)
    place = f"{p['responsible_township'] or p['township'] or '乡镇不详'} {p['village'] or ''}"
    yield f"{person_id}　{p['name'] or '姓名不详'}　{p['sex'] or ''}　{p['birthdate'] or '出生日期不详'}　{place}"
    yield "\n记录："
    for r in rows_of(
        con,
        "select r.* from records r join identities i using (record_id) where i.person_id = ? order by record_id",
        person_id,
    ):
        yield "  " + describe_record(r, registries)
    yield from _links(con, person_id)
    yield from _events(con, person_id)
    yield "\n去向："
    if not p["in_cohort"]:
        yield "  不在大排查范围内（出生日期或户籍不符），不判定去向"
    else:
        yield from _decision(p)
    yield from _listed(con, person_id)
    yield from _absences(con, person_id, registries)
    yield from _findings_and_cases(con, person_id, registries)


def _links(con: duckdb.DuckDBPyConnection, person_id: str) -> Iterator[str]:
    """What makes the person's records one person, and which other records may be the person's."""
    yield "\n为何认为是同一人："
    links = rows_of(
        con,
        """select l.* from links l join identities a on a.record_id = record_id_l join identities b on b.record_id = record_id_r
        where decision = 'match' and a.person_id = ? and b.person_id = ? order by record_id_l, record_id_r""",
        person_id,
        person_id,
    )
    yield from (f"  {_link_words(link)}" for link in links) if links else ["  只有一条记录"]
    possible = rows_of(
        con,
        """select l.* from links l join identities a on a.record_id = record_id_l join identities b on b.record_id = record_id_r
        where decision = 'possible' and (a.person_id = ? or b.person_id = ?) order by probability desc""",
        person_id,
        person_id,
    )
    if possible:
        yield "\n疑似同一人，须人工确认（未计入）："
        yield from (f"  {_link_words(link)}" for link in possible)


def _listed(con: duckdb.DuckDBPyConnection, person_id: str) -> Iterator[str]:
    """Why the person is listed, where it is."""
    for row in rows_of(con, "select * from unaccounted where person_id = ?", person_id):
        yield f"  列入名单：{REASONS[row['reason']]}；{FOLLOW_UP[row.get('follow_up') or 'visit']}；首次列入 {row['first_listed']}"
        yield f"  线索：{row['hint'] or '无'}"
        if row["candidate"]:
            yield f"  疑似学籍记录：{row['candidate']}"


def _findings_and_cases(con: duckdb.DuckDBPyConnection, person_id: str, registries: Mapping[str, Registry]) -> Iterator[str]:
    findings = rows_of(
        con,
        """select * from findings where person_id = ?
        order by list_position(['high', 'medium', 'low'], severity), rule, finding_id""",
        person_id,
    )
    if findings:
        yield "\n信息不一致："
    for f in findings:
        yield from _finding(f, registries)
    cases = rows_of(con, "select * from cases where person_id = ? order by case_id", person_id)
    if cases:
        yield "\n个案（来龙去脉见 bidui history 个案编号）："
    for case in cases:
        ended = f"{case['closed_on']} {case['closed_by']}" if case["state"] == "closed" else f"已 {case['weeks']} 周"
        yield f"  {case['case_id']}　{title_of(case)}　{STATE_NAME[case['state']]}，{case['since']} 列入，{ended}"


def _finding(f: dict, registries: Mapping[str, Registry]) -> Iterator[str]:
    kind = f"（{DIFFERENCE_NAME[f['kind']]}）" if f["kind"] else ""
    first, second = (f"“{f['value_' + side] or '空'}”（{f['address_' + side] or '无记录'}）" for side in "ab")
    yield f"  {f['case_id'] or ''} {RULE[f['rule']].name}{kind}：{first} / {second}{'，' + f['message'] if f['message'] else ''}".rstrip()
    favoured = {"a": f["value_a"], "b": f["value_b"]}.get(f["favoured"] or "")
    yield f"    {'以“' + favoured + '”为是' if favoured else '不能判定'}：{f['why']}；{RULE[f['rule']].advice}（{_owner(f, registries)}）"


def _owner(f: dict, registries: Mapping[str, Registry]) -> str:
    """The responsible unit, by name where it is whoever keeps the register that is to be mended."""
    wrong = {"a": [f["registry_b"] or f["registry_a"]], "b": [f["registry_a"]]}.get(
        f["favoured"] or "", [f["registry_a"], f["registry_b"]]
    )
    keepers = dict.fromkeys(registries[key].owner for key in wrong if key in registries)
    return RULE[f["rule"]].owner.format("、".join(keepers))


def _events(con: duckdb.DuckDBPyConnection, person_id: str) -> Iterator[str]:
    """What befell the person's id: merges, splits and changes of its ID."""
    words = {
        "merged": "{} 并入 {}",
        "split": "{} 分出部分记录到 {}",
        "known_again": "{} 的证件号变了，凭姓名、出生日期和村，或凭监护人和村认出",
    }
    happened = rows_of(con, "select * from person_events where ? in (person_id, other_person_id) order by as_of", person_id)
    if happened:
        yield "\n编号变动："
    for e in happened:
        yield f"  {e['as_of']}　{words[e['event']].format(e['person_id'], e['other_person_id'])}"


def _absences(con: duckdb.DuckDBPyConnection, person_id: str, registries: Mapping[str, Registry]) -> Iterator[str]:
    """What is nearest in the student register, and why it is not the child's."""
    from matching import REFUSAL_REASONS

    lines = rows_of(
        con,
        """select a.*, r.name, r.file, r.sheet, r.row from absences a left join records r on r.record_id = a.candidate_id
        where a.person_id = ? order by a.record_id, a.source, rank""",
        person_id,
    )
    shown: set[tuple[str, str]] = set()
    for line in lines:
        if (line["record_id"], line["source"]) not in shown:
            shown.add((line["record_id"], line["source"]))
            yield (
                f"\n{line['record_id']} 在{registry_title(line['source'], registries)}中没有对应记录；"
                f"有而未找到的可能为 {line['missed_probability']:.3%}。最相近的："
            )
        if line["candidate_id"] is None:
            yield "  没有任何相近的记录"
        else:
            yield f"  {line['candidate_id']}　{line['name']}　{REFUSAL_REASONS[line['refused']]}　{line['evidence_text']}（{line['probability']:.2%}）"


def _decision(person: dict) -> Iterator[str]:
    """Every row of the decision table, whether it holds or not; the first that does decides."""
    met = (person.get("conditions") or person["whereabouts_rule"]).split(",")
    for decision in DECISION_TABLE:
        yield f"  {'√' if decision.rule in met else '×'} {WHEREABOUTS_NAME[decision.code]}：{decision.words}"
    decision = next(d for d in DECISION_TABLE if d.rule == person["whereabouts_rule"])
    yield (
        f"  → {WHEREABOUTS_NAME[decision.code]}（从上到下第一条成立的）"
        + (f"，依据 {person['evidence_record_id']}" if person["evidence_record_id"] else "")
        + ("（须核查）" if decision.code in LISTED else "")
    )


def _link_words(link: dict) -> str:
    answer = f"；乡镇{link['answer']}" if link["answer"] else ""
    return f"{link['record_id_l']} ↔ {link['record_id_r']}　{link['evidence_text']}（可能性 {link['probability']:.2%}）{answer}"
