"""The tally a run ends with: rows, persons, whereabouts, findings, places. Counts only, never a person."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from matching import recall_words
from pipelines.night.outcome import Outcome
from pipelines.screen import Shown, TextLine, TextTable
from reports.list_counts import ListCounts, decisions_words, listed_words
from reports.listings import FINDINGS_SHEET, PAIRS_SHEET
from schemas.memory_database import memory_database
from schemas.registry import Registry
from schemas.rules import RULE
from schemas.whereabouts import WHEREABOUTS

_QUERIES = {
    "files": """select registry, file, sheet, status, rows, accepted, quarantined, message from files
        order by status desc, registry, file, sheet""",
    "dated": """select min(file), count(distinct file), max(dated) from files
        where status in ('read', 'stale') and dated_from = 'file_time' and registry <> 'xiangzhen'""",
    "persons": "select count(*), count(*) filter (in_cohort) from persons",
    "whereabouts": "select whereabouts, count(*) from persons where in_cohort group by 1",
    "matches": "select count(*) from links where decision = 'match'",
    "findings": "select rule, count(*), count(*) filter (in_cohort) from findings group by 1 order by 2 desc",
    "notices": "select registry, file, message from notices order by registry, file, rows desc",
    "drift": "select message from drift where level <> 'remark' order by registry, measure, field",
    "quarantine": """select file, rule, count(*), arg_min(message, row) from quarantine where row is not null
        group by all order by file, rule""",
}


def tally(run: Path) -> dict[str, list[tuple]]:
    """The figures of a published run, by name of the query."""
    with memory_database(run) as con:
        for table in ("files", "persons", "links", "findings", "notices", "quarantine", "drift"):
            con.read_parquet(str(run / f"{table}.parquet")).create_view(table)
        return {name: con.sql(query).fetchall() for name, query in _QUERIES.items()}


def tally_shown(outcome: Outcome, registries: Mapping[str, Registry], lists: ListCounts) -> Iterator[Shown]:
    """The tally of ``outcome`` in Chinese. ``registries``: the county's, for their titles; ``lists``: how long its lists are."""
    figures = tally(outcome.run)
    files = []
    for registry, file, sheet, status, rows, accepted, quarantined, _ in figures["files"]:
        title = registries[registry].title if registry in registries else registry
        used = status in ("read", "stale")
        file += "（沿用上次）" if status == "stale" else ""
        counts = [f"{n:,}" for n in (rows, accepted, quarantined)] if used else ["未采用", "", ""]
        files.append((title, file, sheet or "", *counts))
    yield TextTable("导出文件", ("系统", "文件", "工作表", "读入", "接受", "退回"), files, numbers=3)
    # Whole sentences, one a line: a table would cut off how to mend the file.
    remarks = [(file, message, status == "refused") for _, file, _, status, *_, message in figures["files"] if message]
    remarks += [(file, f"退回 {n:,} 行，如：{message}", False) for file, _, n, message in figures["quarantine"]]
    remarks += [(file, message, False) for _, file, message in figures["notices"]]
    for file, message, refused in remarks:
        yield TextLine(f"  {'未采用' if refused else '提示'} 《{file}》{message}", "error" if refused else "plain")
    if (undated := figures["dated"][0])[1]:
        file, count, newest = undated
        yield (
            f"  提示 《{file}》{f'等 {count} 个文件' if count > 1 else ''}的名称和标题里没有导出日期，新旧按文件的修改时间判断（最新 {newest}）；"
            "复制会改变它，请把导出日期写在文件名里"
        )
    for (message,) in figures["drift"]:
        yield TextLine(f"  与上次发布的数据相比，{message}", "warning")
    (people, cohort), (matches,) = figures["persons"][0], figures["matches"][0]
    yield f"\n人员 {people:,}，其中大排查范围内儿童 {cohort:,}；确认为同一人的记录对 {matches:,}"
    yield f"比较 {outcome.candidates:,} 对；{recall_words(outcome.blocking_recall)}\n"
    count_of = dict(figures["whereabouts"])
    places = [(w.code, w.name + (" ●" if w.listed else ""), f"{count_of.get(w.code, 0):,}") for w in WHEREABOUTS]
    yield TextTable("去向", ("代码", "去向", "人数"), places, numbers=1)
    yield f"● 列入名单：{listed_words(lists)}\n"
    findings = [(rule, RULE[rule].name, f"{count:,}", f"{inside:,}") for rule, count, inside in figures["findings"]]
    yield TextTable("信息不一致", ("规则", "名称", "全部人员", "范围内"), findings, numbers=2)
    yield f"{FINDINGS_SHEET.title} {lists.findings:,} {FINDINGS_SHEET.unit}（范围内儿童的）；{PAIRS_SHEET.title} {lists.questions:,} {PAIRS_SHEET.unit}"
    yield decisions_words(lists)
    spent = "，".join(f"{name} {seconds:.1f}" for name, seconds in outcome.seconds.items())
    yield f"\n用时（秒）：{spent}；合计 {sum(outcome.seconds.values()):.1f}"
    yield f"核查表在：{outcome.outbox}"
