"""Make a whole synthetic county: the exports of five registries under ``raw/``, and what is true under ``truth/``."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.demo.contradictions import Contradict
from pipelines.demo.discrepancy_kinds import choose
from pipelines.demo.export_formats import Writer
from pipelines.demo.made_up_people import make_people
from pipelines.demo.made_up_place import made_up_place
from pipelines.demo.more_registries import write_national_aid, write_zhongzhi
from pipelines.demo.registry_rows import common_columns, write_canlian, write_guofu, write_huji, write_xueji, write_zizhu
from pipelines.demo.true_states import give_states
from pipelines.demo.true_values import OTHER_NUMBERS, with_owners
from schemas.calendar import school_year
from schemas.settings import Settings

_NOTICE = (
    "本文件夹中的全部人员、证件号、电话和住址均为程序虚构，与任何真实的人无关。\n"
    "All persons, ID numbers, phones and addresses in this folder are synthetic.\n"
    "raw/ 各系统的导出；truth/ 真实情况，只供评分使用。\n"
)
_HIDDEN_TWINS, _HIDDEN_UNREGISTERED = 4.0, 0.04  # times as many as usual; share of the pupils
_TRUTH = ["truth_id", "state", "in_cohort", "hukou_here", "due", "must_list", "township", "village", "twin", "poor", "level"]


def make_county(
    root: Path,
    children: int = 20_000,
    seed: int = 1,
    as_of: date = date(2020, 4, 15),
    profile: str = "standard",
    progress: Callable[[str, float], None] | None = None,
    discrepancies: bool = False,
    settings: Settings | None = None,
) -> None:
    """Make a county with ``children`` children of the cohort under ``root``. The same arguments make the same county.

    ``settings``: which county and which cohort; the plan's own where None.

    ``profile``: one of ``PROFILES``: 'standard'; 'other', with more faults and other columns, to measure on data that the program was
    not made with; 'spread', with the IDs of whole schools saved as numbers, and every other fault independent of the rest;
    'hidden', with siblings that hide one another: more twins, more children typed with a sibling's ID, and pupils who are
    registered in no household.
    ``progress``: called with a Chinese text and the share that is done.
    ``discrepancies``: also make cases of every rule of ``schemas.rules``, two more exports, and ``truth/values.parquet``, the
    standardised values that each row holds.
    """
    report = progress or (lambda text, part: None)
    rng = np.random.default_rng(seed)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    (root / "虚构数据.txt").write_text(_NOTICE, encoding="utf-8")
    report("生成家庭和儿童", 0.0)
    place = made_up_place(settings or Settings())
    hidden = profile == "hidden"
    kids, adults = make_people(rng, children, place, _HIDDEN_TWINS if hidden else 1.0)
    kids = common_columns(rng, give_states(rng, kids, as_of))
    if hidden:
        unregistered = np.random.default_rng([seed, 7]).random(len(kids)) < _HIDDEN_UNREGISTERED
        kids["hukou_here"] &= ~(unregistered & kids["state"].eq("enrolled"))
    # A random generator of their own: with and without discrepancies the rest of the county is the same.
    discrepancy_rng = np.random.default_rng([seed, 5])
    chosen = choose(discrepancy_rng, kids, as_of) if discrepancies else {}
    contradict = Contradict(discrepancy_rng, kids, chosen, school_year(as_of), place.address) if discrepancies else None
    writer = Writer(root / "raw", rng, profile, as_of, place, contradict)
    steps: list[tuple[str, float, Callable[[], None]]] = [
        ("生成公安户籍", 0.15, lambda: write_huji(writer, kids)),
        ("生成学籍", 0.3, lambda: write_xueji(writer, kids)),
        ("生成国扶", 0.7, lambda: write_guofu(writer, kids, adults)),
        ("生成残联", 0.85, lambda: write_canlian(writer, kids, adults)),
        ("生成资助", 0.9, lambda: write_zizhu(writer, kids)),
    ]
    if discrepancies:
        steps += [
            ("生成中职学籍", 0.95, lambda: write_zhongzhi(writer, discrepancy_rng, kids, chosen)),
            ("生成困难认定", 0.97, lambda: write_national_aid(writer, discrepancy_rng, kids, chosen)),
        ]
    for text, part, write in steps:
        report(text, part)
        write()
    truth = root / "truth"
    truth.mkdir(exist_ok=True, mode=0o700)
    pq.write_table(pa.Table.from_pandas(kids[_TRUTH], preserve_index=False), truth / "children.parquet")
    rows = pd.concat(writer.truth, ignore_index=True)
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), truth / "rows.parquet")
    if discrepancies:
        numbers = [people.assign(number=people["number"].map(other)) for people in (kids, adults) for other in OTHER_NUMBERS]
        everybody = pd.concat([kids, adults, *numbers])
        values = with_owners(pd.concat(writer.values, ignore_index=True), everybody)
        pq.write_table(pa.Table.from_pandas(values, preserve_index=False), truth / "values.parquet")
    for path in truth.iterdir():
        path.chmod(0o600)
    report("生成虚构的县", 1.0)
