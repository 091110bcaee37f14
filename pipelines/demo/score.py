"""The score of a run against the known truth of a synthetic county. No step of a run reads ``DIR/truth``; only this module does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.screen import Shown, TextTable
from schemas.memory_database import memory_database
from schemas.registry import Registry

# A child is found if any of its rows belongs to a listed person. A visit is wasted if a listed person has a row of a child who
# need not be visited, and no row of a child who must be.
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

# Per pair of registries the pairs of records that share a true person, those that share a person of the run, and those that share
# both.
_PAIRS = """
with owned as (
    select t.truth_id, i.person_id, i.registry, i.record_id from truth_rows t
    join identities i on i.registry = t.registry and i.file = t.file and i.sheet = t.sheet and i.row = t.row
), found as (
    select a.registry as registry_a, b.registry as registry_b, count(*) as found, count(*) filter (a.truth_id = b.truth_id) as correct
    from owned a join owned b on a.person_id = b.person_id and a.record_id < b.record_id group by all
), true_pairs as (
    select a.registry as registry_a, b.registry as registry_b, count(*) as expected
    from owned a join owned b on a.truth_id = b.truth_id and a.record_id < b.record_id group by all
)
select coalesce(f.registry_a, t.registry_a) as registry_a, coalesce(f.registry_b, t.registry_b) as registry_b,
    coalesce(expected, 0), coalesce(found, 0), coalesce(correct, 0)
from found f full join true_pairs t on f.registry_a = t.registry_a and f.registry_b = t.registry_b order by all
"""


@dataclass(frozen=True, slots=True)
class PairScore:
    """Pairs of records of two registries: how many are of one person, how many the run put into one person, and how many of these
    are correct."""

    registry_a: str
    registry_b: str
    expected: int
    found: int
    correct: int

    @property
    def precision(self) -> float:
        return self.correct / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.correct / self.expected if self.expected else 1.0


@dataclass(frozen=True, slots=True)
class Score:
    """``to_find``: children whom a township must visit; ``missed``: those of them who are not listed. ``enrolled``: children of the
    cohort at school; ``wasted``: children listed without need. ``pairs``: per pair of registries."""

    to_find: int
    missed: int
    enrolled: int
    wasted: int
    pairs: list[PairScore]

    @property
    def wasted_share(self) -> float:
        return self.wasted / self.enrolled if self.enrolled else 0.0


def score(root: Path) -> Score:
    """Compare the tables of ``root/curated/current`` with ``root/truth``."""
    current, truth = root / "curated" / "current", root / "truth"
    with memory_database(root / "curated") as con:
        for name in ("identities", "unaccounted"):
            con.read_parquet(str(current / f"{name}.parquet")).create_view(name)
        for name in ("rows", "children"):
            con.read_parquet(str(truth / f"{name}.parquet")).create_view(f"truth_{name}")
        to_find, missed, enrolled, wasted = con.sql(_CHILDREN).fetchall()[0]
        return Score(to_find, missed, enrolled, wasted, [PairScore(*row) for row in con.sql(_PAIRS).fetchall()])


def score_shown(result: Score, registries: Mapping[str, Registry]) -> Iterator[Shown]:
    """The score in Chinese. ``registries``: the county's, for their titles."""
    rows = [
        (
            registries[p.registry_a].title,
            registries[p.registry_b].title,
            f"{p.expected:,}",
            f"{p.found:,}",
            f"{p.precision:.4%}",
            f"{p.recall:.4%}",
        )
        for p in result.pairs
    ]
    headings = ("系统", "系统", "实有", "认定", "精确率", "召回率")
    yield TextTable("\n与真实情况对照（仅虚构数据才有）：同一人的记录对", headings, rows, numbers=4)
    yield f"\n漏掉的儿童：{result.missed} / 应找到 {result.to_find:,}"
    yield f"白跑的走访：{result.wasted} / 在校儿童 {result.enrolled:,}（{result.wasted_share:.3%}）"
