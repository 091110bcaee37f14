"""Which exports are older states of newer ones.

The rule: of two files of one registry, the older is superseded if the newer holds at least nineteen in twenty of its rows, by
their own keys and names together; a row without either is in no other file. The limit separates a weekly re-export from last
term's file, which still holds pupils who have left. Newer is the later day in the file's name, else in a title above the
headings, else of the file itself; of one day, the file written later. Files of several schools or townships share no rows and
all stay. Both files remain on disk.
"""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from pipelines.files.refusal import Refusal
from pipelines.intake.reading import Exports
from pipelines.intake.sheets import Sheet

_MOSTLY = 0.95


def supersede(exports: Exports) -> Exports:
    """The exports without the sheets of superseded files, which stand under ``superseded`` instead."""
    by_registry: dict[str, dict[str, list[Sheet]]] = defaultdict(lambda: defaultdict(list))
    for sheet in exports.sheets:
        by_registry[sheet.registry.key][sheet.file].append(sheet)
    gone: dict[int, Refusal] = {}
    for files in by_registry.values():
        if len(files) > 1:
            gone |= _superseded(files)
    kept = tuple(sheet for sheet in exports.sheets if id(sheet) not in gone)
    return replace(exports, sheets=kept, superseded=(*exports.superseded, *gone.values()))


def _superseded(files: dict[str, list[Sheet]]) -> dict[int, Refusal]:
    """id() of a superseded sheet, which is one of ``files`` itself -> its refusal."""
    names = sorted(files, key=lambda name: _age(files[name]))  # the oldest first
    keys = [pd.concat([keys_of(sheet) for sheet in files[name]]) for name in names]
    shared = _shared([rows.dropna() for rows in keys])
    out = {}
    for older, name in enumerate(names):
        newer = next((j for j in range(len(names) - 1, older, -1) if shared[older, j] >= _MOSTLY * len(keys[older])), None)
        if newer is None:
            continue
        by = names[newer]
        for sheet in files[name]:
            message = (
                f"已被较新的《{by}》（{files[by][0].dated}）取代，没有使用；文件仍在原处。两份都要用的，请确认内容不是同一批人"
            )
            out[id(sheet)] = Refusal(sheet.registry.key, sheet.file, sheet.sheet, "superseded", message)
    return out


def _age(sheets: list[Sheet]) -> tuple:
    return (max(s.dated for s in sheets), max(s.modified for s in sheets), sheets[0].file)


def keys_of(sheet: Sheet) -> pd.Series:
    """Per row its key as exported, the ID where the export has none, and the name: a key that a spreadsheet spoilt
    (4.51228E+17) is many people's. Null where one of the two is missing, and where a person has several rows of which the
    export does not say which is which (a payment without its term)."""
    fields = list(sheet.registry.source_key)
    if not set(fields) <= set(sheet.cells.columns):
        if "id_number" in fields:
            return pd.Series(None, index=sheet.cells.index, dtype="str")
        fields = ["id_number"]
    key = sheet.cells["name"].str.strip() + "\t" + sheet.cells[fields[0]].str.strip()
    for field in fields[1:]:
        key = key + "\t" + sheet.cells[field].fillna("")
    return key


def _shared(keys: list[pd.Series]) -> np.ndarray:
    """[i, j]: how many rows of file i have a key that file j has."""
    codes = pd.factorize(pd.concat(keys, ignore_index=True))[0]
    rows = np.repeat(np.arange(len(keys)), [len(k) for k in keys])
    table = csr_array((np.ones(len(codes), dtype=np.int64), (rows, codes)), shape=(len(keys), int(codes.max(initial=0)) + 1))
    return np.asarray((table @ (table > 0).astype(np.int64).T).todense())
