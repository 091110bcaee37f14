"""The score against the known truth of a synthetic county. Alone in reading ``DIR/truth``; no step of a run does."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from schemas.registry import registries

# A child is found where any of its rows belongs to a listed person; a visit is wasted on a child that is accounted
# for and has a row in a listed person that holds no row of a child to be visited.
_CHILDREN = """
with owned as (
    select t.truth_id, i.person_id from truth_rows t
    join identities i on i.registry = t.registry and i.file = t.file and i.sheet = t.sheet and i.row = t.row
), listed as (
    select distinct o.truth_id, o.person_id from owned o join unaccounted using (person_id)
), needed as (
    select distinct l.person_id from listed l join truth_children c using (truth_id) where c.must_list
), wasted as (
    select distinct l.truth_id from listed l anti join needed using (person_id)
)
select
    count(*) filter (must_list) as to_find,
    count(*) filter (must_list and truth_id not in (select truth_id from listed)) as missed,
    count(*) filter (state = 'enrolled' and in_cohort) as enrolled,
    count(*) filter (not must_list and truth_id in (select truth_id from wasted)) as wasted
from truth_children
"""

# Pairs of records, whoever they are: those that share a person, those that share a true person, and both.
_PAIRS = """
with owned as (
    select t.truth_id, i.person_id, i.registry, i.record_id from truth_rows t
    join identities i on i.registry = t.registry and i.file = t.file and i.sheet = t.sheet and i.row = t.row
), found as (
    select a.registry as one, b.registry as other, count(*) as found, count(*) filter (a.truth_id = b.truth_id) as right_ones
    from owned a join owned b on a.person_id = b.person_id and a.record_id < b.record_id group by all
), true_pairs as (
    select a.registry as one, b.registry as other, count(*) as there
    from owned a join owned b on a.truth_id = b.truth_id and a.record_id < b.record_id group by all
)
select coalesce(f.one, t.one) as one, coalesce(f.other, t.other) as other, coalesce(there, 0), coalesce(found, 0), coalesce(right_ones, 0)
from found f full join true_pairs t on f.one = t.one and f.other = t.other order by all
"""


@dataclass(frozen=True, slots=True)
class PairScore:
    """One pair of registries: true pairs, pairs found, and how many of those are right."""

    one: str
    other: str
    there: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 1.0


@dataclass(frozen=True, slots=True)
class Score:
    """``missed`` of ``to_find`` children that a township must see; visits ``wasted``, against ``enrolled`` children."""

    to_find: int
    missed: int
    enrolled: int
    wasted: int
    pairs: list[PairScore]

    @property
    def wasted_share(self) -> float:
        return self.wasted / self.enrolled if self.enrolled else 0.0


def score(root: Path) -> Score:
    """Compare ``root/curated/current`` with ``root/truth``."""
    current, truth = root / "curated" / "current", root / "truth"
    with duckdb.connect() as con:
        for name in ("identities", "unaccounted"):
            con.read_parquet(str(current / f"{name}.parquet")).create_view(name)
        for name in ("rows", "children"):
            con.read_parquet(str(truth / f"{name}.parquet")).create_view(f"truth_{name}")
        to_find, missed, enrolled, wasted = con.sql(_CHILDREN).fetchall()[0]
        return Score(to_find, missed, enrolled, wasted, [PairScore(*row) for row in con.sql(_PAIRS).fetchall()])


def print_score(result: Score, console: Console) -> None:
    """Print the score in Chinese."""
    title = {key: r.title for key, r in registries().items()}
    table = Table(title="\n与真实情况对照（仅虚构数据才有）：同一人的记录对", title_justify="left", box=None, pad_edge=False)
    for heading in ("系统", "系统", "实有", "认定", "精确率", "召回率"):
        table.add_column(heading, justify="left" if heading == "系统" else "right")
    for p in result.pairs:
        table.add_row(title[p.one], title[p.other], f"{p.there:,}", f"{p.found:,}", f"{p.precision:.4%}", f"{p.recall:.4%}")
    console.print(table)
    console.print(f"\n漏掉的儿童：{result.missed} / 应找到 {result.to_find:,}", highlight=False)
    console.print(f"白跑的走访：{result.wasted} / 在校儿童 {result.enrolled:,}（{result.wasted_share:.3%}）", highlight=False)
