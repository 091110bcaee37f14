"""What the scripts of this folder share: columns that make Chinese names comparable by character and by sound, and a clock that also
measures memory. Each script runs as ``python SCRIPT LEFT.parquet RIGHT.parquet OUT.parquet``."""

import json
import threading
import time
from pathlib import Path

import pandas as pd
import psutil
from pypinyin import Style, pinyin

_MERGERS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))


def sides(left: str, right: str) -> list[pd.DataFrame]:
    """Both registers with the columns that are compared. ``birth_alone`` is empty where the birthdate was read off the ID."""
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
            "hamlet": people["township"] + "/" + people["village"] + "/" + people["hamlet"],
            "kin": [names if names != [""] else None for names in kin],
            "kin1": kin.str[0].where(kin.str[0] != ""),
            "kin2": kin.str[1],
            "phone": people["phone"],
        }
    ).pipe(lambda f: f.astype(object).where(f.notna(), None))


def _syllable(character: str) -> str:
    """The toneless reading of a character, with the sounds merged that local speech does not tell apart."""
    syllable = pinyin(character, style=Style.NORMAL)[0][0]
    for spoken, merged in _MERGERS:
        if syllable.startswith(spoken):
            syllable = merged + syllable[len(spoken) :]
            break
    return syllable[:-1] if syllable.endswith("ng") else syllable


class Clock:
    """Seconds per step, and the most memory that this process has held."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = self._start = time.perf_counter()
        self._peak = 0
        threading.Thread(target=self._watch, daemon=True).start()

    def lap(self, step: str) -> None:
        """Note that ``step`` ends now."""
        now = time.perf_counter()
        self.seconds[step] = now - self._last
        self._last = now

    def report(self, peer: str, pairs: int, links: pd.DataFrame, out: str) -> None:
        """Write the links and print the line of JSON that benchmarks.linkage reads."""
        links.to_parquet(Path(out), index=False)
        self.seconds["total"] = time.perf_counter() - self._start
        print(json.dumps({"peer": peer, "seconds": self.seconds, "peak_bytes": self._peak, "pairs": pairs, "links": len(links)}))

    def _watch(self) -> None:
        process = psutil.Process()
        while True:
            self._peak = max(self._peak, process.memory_info().rss)
            time.sleep(0.05)
