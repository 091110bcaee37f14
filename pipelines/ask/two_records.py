"""Why two records were, or were not, linked."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pandas as pd

from matching import Model, explain_pair
from pipelines.answers.early_states import joinings_not_in_effect
from pipelines.answers.judgements import PAIR, judged_records
from pipelines.ask.published_rows import describe_record, rows_of
from pipelines.files.opening import write_private
from pipelines.persons.link_records import linkable_records
from reports.waterfall import draw_waterfall, has_words
from schemas.answers import VERDICT_NAME
from schemas.registry import Registry


def explain_records(
    con: duckdb.DuckDBPyConnection, left: dict, right: dict, model: Model, chart: Path | None, registries: Mapping[str, Registry]
) -> Iterator[str]:
    """Lines of Chinese text: are the records ``left`` and ``right`` one person's, and what speaks for it? Drawn to ``chart`` as well."""
    yield "  " + describe_record(left, registries)
    yield "  " + describe_record(right, registries)
    ids = sorted((left["record_id"], right["record_id"]))
    links = rows_of(
        con, "select * from links where (record_id_l, record_id_r) in ((?, ?), (?, ?))", ids[0], ids[1], ids[1], ids[0]
    )
    owners = {
        r["record_id"]: r["person_id"]
        for r in rows_of(con, "select record_id, person_id from identities where record_id in (?, ?)", *ids)
    }
    same = owners[ids[0]] == owners[ids[1]]
    yield "\n结论：" + (f"同一人（{owners[ids[0]]}）" if same else "疑似同一人，须人工确认" if links else "不认为是同一人")
    everyone = con.sql("select * from records").to_arrow_table().to_pandas()
    comparison = explain_pair(linkable_records(everyone), left["record_id"], right["record_id"], model)
    yield f"  各项证据（比特，正数支持同一人；对照：两行是{comparison.rival}）："
    for line in comparison.fields:
        yield f"  {line.words}：{round(line.bits, 1) + 0.0:+.1f}"
    yield f"  先验（多少记录中才有一条相符）：{comparison.prior:+.1f}"
    yield f"  合计 {comparison.weight:+.1f} 比特，即单看这两行，同一人的可能为 {comparison.probability:.2%}"
    if links:
        yield f"  与其他相近记录一并权衡后，同一人的可能为 {links[0]['probability']:.2%}"
    if same and not links:
        yield "  两行经由第三条记录相连"
    if not same and comparison.probability >= 0.99:
        rivals = rows_of(
            con,
            """select record_id from identities i where person_id in (?, ?) and record_id not in (?, ?) order by record_id""",
            owners[ids[0]],
            owners[ids[1]],
            *ids,
        )
        yield "  单看相符，但各自已与更相符的记录相连：" + "、".join(r["record_id"] for r in rivals)
    if chart:
        steps = [
            (f"先验（对照：{comparison.rival}）", comparison.prior),
            *((line.words, line.bits) for line in comparison.fields),
        ]
        title = f"{ids[0]} 与 {ids[1]}：同一人的可能 {comparison.probability:.2%}"
        write_private(chart, draw_waterfall(steps, chart, title, "含未成年人个人信息，请妥善保管"))
        yield f"  图在：{chart}"
        if not has_words(chart):
            yield "  本机没有中文字体，图中汉字显示为方框：请改存为 .svg，或装上中文字体（如 Noto Sans CJK SC）再画"


def judgements_of(
    con: duckdb.DuckDBPyConnection,
    left: dict,
    right: dict,
    judgements: pd.DataFrame,
    answers: pd.DataFrame,
    registries: Mapping[str, Registry],
) -> Iterator[str]:
    """What townships answered of the two records as they now are, and what has become of a 是 that is not in effect. ``judgements``,
    ``answers``: the tables verdicts and answers."""
    ids = [left["record_id"], right["record_id"]]
    rows = (
        con.sql("select * from records where record_id in (select unnest($ids))", params={"ids": ids})
        .to_arrow_table()
        .to_pandas()
    )
    held = joinings_not_in_effect(answers)
    words = {tuple(row): text for *row, text in held[[*PAIR, "said_on", "words"]].itertuples(index=False)}
    for judged in judged_records(rows, judgements, registries).to_dict("records"):
        note = "" if pd.isna(judged["note"]) else f"：{judged['note']}"
        said = f"{VERDICT_NAME[judged['verdict']]}，{judged['said_on']}"
        if judged["verdict"] == "same":
            said = words.get(tuple(judged[key] for key in (*PAIR, "said_on")), said)
        yield f"  乡镇答复：{said}，核查人 {judged['said_by']}{note}"
