"""Short lists of made-up children, damaged: does the estimate of what blocking missed hold, and are the probabilities right?

``python -m benchmarks.small_lists [--sizes N …] [--damage SHARE …] [--seeds N …]``. Each cell of both lists is damaged with that probability: lost,
mistyped, or another's. Per damage and columns of the lists it prints how many lists there were, for how many the share of the true pairs that
blocking brought up was told (``matching.blocking_recall``), and the largest error of these and of the rough estimate of all lists, then how
often the pairs between two probabilities were of one child.
"""

import argparse
import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

import numpy as np
import pandas as pd

from matching import PEOPLE, link
from matching.block import candidate_pairs
from matching.ids import with_check_digit

_CHARACTERS = "家志文建荣乐欢明慧丽强军芳秀英华伟敏静勇杰涛磊艳霞平刚玲燕红梅兰雪松柏峰海波鹏飞宇辰浩轩子涵梓萱欣怡"
_SURNAMES = "韦韦韦黄黄蓝蓝潘覃罗陆唐石莫蒙李王张"
_ALONE = 0.06  # the share of children who are in one of the two lists only
# What the lists have.
_COLUMNS = {
    "with IDs": ("name", "birthdate", "sex", "township", "village", "kin", "id_number"),
    "no IDs": ("name", "birthdate", "sex", "township", "village", "kin", "phone"),
    "no IDs, no kin": ("name", "birthdate", "sex", "township", "village"),
    "names, births, phones": ("name", "birthdate", "phone"),
}
_BOUNDS = (0.5, 0.65, 0.8, 0.9, 0.95, 0.99)
Row = dict[str, str | None]


def main() -> None:
    """Make the lists, link them and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[50, 120, 300, 1000])
    parser.add_argument("--damage", type=float, nargs="*", default=[0.02, 0.1, 0.2])
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3])
    options = parser.parse_args()
    print(f"{'damage':>6}  {'columns':22} {'lists':>5} {'told':>4} {'error':>6} {'of all':>6}")
    for damage in options.damage:
        pairs = []
        for title, columns in _COLUMNS.items():
            scored = [_scored(n, damage, columns, seed) for n, seed in product(options.sizes, options.seeds)]
            pairs += [of_list for *_, of_list in scored if title != "with IDs"]
            errors = [abs(estimate - true) for true, estimate, _, _ in scored if estimate is not None]
            rough = [abs(estimate - true) for true, _, estimate, _ in scored if estimate is not None]
            largest = [f"{max(of, default=np.nan):6.3f}" for of in (errors, rough)]
            print(f"{damage:6.2f}  {title:22} {len(scored):5} {len(errors):4} {' '.join(largest)}", flush=True)
        of_all = pd.concat(pairs)
        for span, some in of_all.groupby(pd.cut(of_all["probability"], _BOUNDS), observed=True):
            print(f"        {span}: {some['probability'].mean():.3f} said, {some['right'].mean():.3f} right, {len(some)} pairs")


def _scored(
    size: int, damage: float, columns: tuple[str, ...], seed: int
) -> tuple[float, float | None, float | None, pd.DataFrame]:
    """(the share of true pairs that were compared, that told, that estimated, the pairs shown: probability, right)."""
    table = pd.DataFrame(_two_lists(size, damage, columns, random.Random(seed * 1000 + size)))
    people = table.reindex(columns=list(PEOPLE)).assign(birthdate=pd.to_datetime(table["birthdate"]), birth_implied=False)
    linkage = link(people)
    child = table.set_index("record_id")["child"]
    encoded = linkage.people
    of = child.reindex(encoded.record_id.to_pylist()).to_numpy()
    candidates = candidate_pairs(encoded)
    compared = (of[candidates.left] == of[candidates.right]) & (
        encoded.source[candidates.left] != encoded.source[candidates.right]
    )
    links = linkage.links[linkage.links["record_id_l"].str[0] != linkage.links["record_id_r"].str[0]]
    right = child.reindex(links["record_id_l"]).to_numpy() == child.reindex(links["record_id_r"]).to_numpy()
    shown = pd.DataFrame({"probability": links["probability"].to_numpy(), "right": right})
    return float(compared.sum() / child.duplicated().sum()), linkage.recall.estimate, linkage.recall.rough, shown


def _two_lists(size: int, damage: float, columns: tuple[str, ...], draw: random.Random) -> Iterator[Row]:
    """The rows of both lists: record_id, source, child, and the columns."""
    for number, child in enumerate(_children(size, draw)):
        alone = draw.random() < _ALONE
        for source in draw.choice("ab") if alone else "ab":
            cells = {c: _damaged(c, child[c], draw) if draw.random() < damage else child[c] for c in columns}
            yield {"record_id": f"{source}{number:05}", "source": source, "child": str(number)} | cells


def _children(size: int, draw: random.Random) -> Iterator[dict[str, str]]:
    """Children of households of one to three."""
    made = 0
    while made < size:
        home = {
            "township": f"{draw.choice('安高板保')}阳镇",
            "village": f"村{draw.randrange(max(2, size // 15))}",
            "kin": f"{_name(draw)}|{_name(draw)}",
            "phone": f"139{draw.randrange(10**8):08}",
        }
        for _ in range(min(draw.choice((1, 1, 2, 3)), size - made)):
            born, sex = date(2008, 1, 1) + timedelta(draw.randrange(4000)), draw.choice("女男")
            number = with_check_digit(f"451228{born:%Y%m%d}{2 * draw.randrange(100) + (sex == '男'):03}")
            yield home | {"name": home["kin"][0] + _name(draw)[1:], "birthdate": str(born), "sex": sex, "id_number": number}
            made += 1


def _name(draw: random.Random) -> str:
    return draw.choice(_SURNAMES) + "".join(draw.choices(_CHARACTERS, k=draw.choice((1, 2, 2, 2, 2))))


def _damaged(column: str, text: str, draw: random.Random) -> str | None:
    """The cell lost, mistyped, or another's."""
    if column == "sex":
        return "男" if text == "女" else "女"
    if draw.random() < 0.3:
        return None
    if column == "birthdate":
        return str(date.fromisoformat(text) + timedelta(draw.choice((1, -1, 10, 20, 30, -30, 365, -365))))
    if column == "kin":
        return _name(draw)
    if column == "township":
        return "别阳镇"
    if column == "village":
        return f"村{draw.randrange(9)}"
    at = draw.randrange(len(text))
    return text[:at] + draw.choice(_CHARACTERS if column == "name" else "0123456789") + text[at + 1 :]


if __name__ == "__main__":
    main()
