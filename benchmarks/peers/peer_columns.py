"""What both peers need beforehand: the columns that make Chinese names comparable by character and by sound, a clock and a
measure of memory. ``python SCRIPT LEFT.parquet RIGHT.parquet OUT.parquet``."""

import json
import threading
import time
from pathlib import Path

import pandas as pd
import psutil
from pypinyin import Style, pinyin

_MERGERS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))


def sides(left: str, right: str) -> list[pd.DataFrame]:
    """Both registers with the columns the comparisons use; a birthdate that was read off the ID is left out."""
    return [_prepared(pd.read_parquet(path)) for path in (left, right)]


def _prepared(people: pd.DataFrame) -> pd.DataFrame:
    name = people["name"].astype(object).where(people["name"].notna(), None)
    sounds = {c: _syllable(c) for c in set("".join(n for n in name if n))}
    kin = people["kin"].astype(object).where(people["kin"].notna(), "").str.split("|")
    birth = pd.to_datetime(people["birthdate"]).dt.strftime("%Y%m%d")
    return pd.DataFrame(
        {
            "unique_id": people["record_id"].astype(str),
            "name": name,
            "sound": [None if n is None else "-".join(sounds[c] for c in n) for n in name],
            "surname": name.str[0],
            "given": name.str[1:],
            "given1": name.str[1],
            "given2": name.str[2],
            "id": people["id_number"].astype(object).where(people["id_number"].notna(), None),
            "id_head": people["id_number"].fillna(people["id_known"]).str[:14],
            "id_tail": people["id_number"].str[-8:],
            "older_id": people["id_other"],
            "birth": birth,
            "birth_alone": birth.where(~people["birth_implied"].astype(bool)),
            "sex": people["sex"],
            "township": people["township"],
            "village": people["township"] + "/" + people["village"],
            "kin": [names if names != [""] else None for names in kin],
            "kin1": kin.str[0].where(kin.str[0] != ""),
            "kin2": kin.str[1],
            "phone": people["phone"],
        }
    ).pipe(lambda f: f.astype(object).where(f.notna(), None))


def _syllable(character: str) -> str:
    said = pinyin(character, style=Style.NORMAL)[0][0]
    for spoken, merged in _MERGERS:
        if said.startswith(spoken):
            said = merged + said[len(spoken) :]
            break
    return said[:-1] if said.endswith("ng") else said


class Clock:
    """Seconds per step, and the most memory this process has held."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = self._start = time.perf_counter()
        self._peak = 0
        threading.Thread(target=self._watch, daemon=True).start()

    def lap(self, step: str) -> None:
        """The step that ends now."""
        now = time.perf_counter()
        self.seconds[step] = now - self._last
        self._last = now

    def tell(self, peer: str, pairs: int, links: pd.DataFrame, out: str) -> None:
        """Write the links and print the line of JSON that benchmarks.linkage reads."""
        links.to_parquet(Path(out), index=False)
        self.seconds["total"] = time.perf_counter() - self._start
        print(json.dumps({"peer": peer, "seconds": self.seconds, "peak_bytes": self._peak, "pairs": pairs, "links": len(links)}))

    def _watch(self) -> None:
        process = psutil.Process()
        while True:
            self._peak = max(self._peak, process.memory_info().rss)
            time.sleep(0.05)
