"""Steps that are kept: each is written to a folder as a table for its owner's eyes alone, and taken up by the next call that is the same up to there.

Each file carries the key of its step: a digest of the records' content, of this program and the libraries that it computes with, and of
the settings of this step and of all before it. A file is taken up if it is whole and its key is the one wanted; it holds what the step
would compute again. Where a step is made anew, the files of the steps after it are removed first: a folder never shows steps that are not
of one call.
"""

import json
import os
import platform
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from matching.block import Candidates
from matching.kept_tables import (
    candidates_of_tables,
    candidates_table,
    clusters_table,
    decisions_table,
    levels_of_table,
    levels_table,
    records_table,
    settled_table,
    weights_of_table,
    weights_table,
)
from matching.linkage_steps import Decisions, Levels, Weights
from matching.model import Model
from matching.records import People

_MODEL = "model.json"
# Step -> its files, in the order in which they are written.
STEPS = {
    "records": ("records.parquet",),
    "candidates": ("settled.parquet", "candidates.parquet"),
    "levels": ("levels.parquet",),
    "weights": (_MODEL, "weights.parquet"),
    "decisions": ("clusters.parquet", "decisions.parquet"),
}
UNFINISHED = ".partial"  # ends the name of a file that is being written; it begins with a dot
_KEY, _ABOUT = b"bidui.step", b"bidui.about"
_LIBRARIES = ("duckdb", "numpy", "pandas", "pyarrow", "rapidfuzz")
_UNREADABLE = (OSError, ValueError, KeyError, pa.ArrowException)


def kept_steps(folder: Path | None, people: People) -> "KeptSteps":
    """The steps that are kept in ``folder``, where the records are now kept too; None: nothing is kept."""
    if folder is None:
        return KeptSteps(None, people, "")
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    for unfinished in folder.glob(f".*{UNFINISHED}"):  # of a call that was killed
        unfinished.unlink()
    table = records_table(people)
    kept = KeptSteps(folder, people, _digest(_program(), _content(table)))
    if kept.read("records.parquet") is None:
        kept.make_room("records")
        kept.write("records.parquet", table)
    return kept


class KeptSteps:
    """The steps of one call of ``link``. ``taken_up``: those that were not made anew."""

    def __init__(self, folder: Path | None, people: People, key: str) -> None:
        self.taken_up: list[str] = []
        self._folder, self._people, self._key = folder, people, key

    def candidates(self, make: Callable[[], Candidates]) -> Candidates:
        """The candidate pairs, kept or made."""
        if self._folder is None:
            return make()
        self._key = _digest(self._key, "candidates")
        settled, pairs = self.read("settled.parquet"), self.read("candidates.parquet")
        if settled is not None and pairs is not None:
            self.taken_up.append("candidates")
            return candidates_of_tables(self._people, pairs, settled, **_about(pairs))
        made = make()
        self.make_room("candidates")
        self.write("settled.parquet", settled_table(self._people, made))
        table = candidates_table(self._people, made)
        self.write("candidates.parquet", table, {"left_out": made.left_out, "largest": made.largest})
        return made

    def levels(self, candidates: Candidates, make: Callable[[], Levels]) -> Levels:
        """The comparison levels, kept or made."""
        if self._folder is None:
            return make()
        self._key = _digest(self._key, "levels")
        if (table := self.read("levels.parquet")) is not None:
            self.taken_up.append("levels")
            return levels_of_table(self._people, candidates, table)
        made = make()
        self.make_room("levels")
        self.write("levels.parquet", levels_table(self._people, candidates, made))
        return made

    def weights(self, candidates: Candidates, levels: Levels, given: Model | None, make: Callable[[], Weights]) -> Weights:
        """The weights, kept or made. ``given``: the model that the caller gave."""
        if self._folder is None:
            return make()
        self._key = _digest(self._key, "weights", given.to_json() if given else "")
        if (table := self.read("weights.parquet")) is not None and (model := self._model(_about(table)["model"])):
            self.taken_up.append("weights")
            return weights_of_table(table, model)
        made = make()
        self.make_room("weights")
        text = made.model.to_json() + "\n"
        self._write(_MODEL, lambda path: path.write_text(text, encoding="utf-8", newline="\n"))
        table = weights_table(self._people, candidates, levels, made)
        self.write("weights.parquet", table, {"model": _digest(text)})
        return made

    def decisions(self, candidates: Candidates, weights: Weights, cost_ratio: float, made: Decisions) -> Decisions:
        """Keep what was decided; that takes less time than to read it back."""
        if self._folder is not None:
            self._key = _digest(self._key, "decisions", str(cost_ratio))
            self.make_room("decisions")
            self.write("clusters.parquet", clusters_table(self._people, made))
            self.write("decisions.parquet", decisions_table(self._people, candidates, weights, made, cost_ratio))
        return made

    def read(self, name: str) -> pa.Table | None:
        """The table of the present step; None where there is none, or it is damaged or of another call."""
        try:
            with pq.ParquetFile(self._place(name), page_checksum_verification=True) as file:
                return file.read() if (file.metadata.metadata or {}).get(_KEY) == self._key.encode() else None
        except _UNREADABLE:
            return None

    def make_room(self, step: str) -> None:
        """Remove the files of this step and of all after it."""
        steps = list(STEPS)
        for later in steps[steps.index(step) :]:
            for name in reversed(STEPS[later]):
                self._place(name).unlink(missing_ok=True)

    def write(self, name: str, table: pa.Table, about: Mapping[str, object] | None = None) -> None:
        """Write a table of the present step: whole or not at all, for its owner alone. ``about``: what else is known of the step."""
        metadata = {_KEY: self._key.encode(), _ABOUT: json.dumps(about or {}).encode()}
        table = table.replace_schema_metadata(metadata)
        self._write(name, lambda path: pq.write_table(table, path, compression="zstd", write_page_checksum=True))

    def _write(self, name: str, write: Callable[[Path], object]) -> None:
        place = self._place(name)
        handle, unfinished = tempfile.mkstemp(prefix=".", suffix=UNFINISHED, dir=place.parent)  # 0600
        os.close(handle)
        try:
            write(Path(unfinished))
            os.replace(unfinished, place)
        finally:
            Path(unfinished).unlink(missing_ok=True)

    def _place(self, name: str) -> Path:
        assert self._folder is not None
        return self._folder / name

    def _model(self, digest: str) -> Model | None:
        """The model beside the weights, if it is the one that they were weighed with; it may have been edited since."""
        try:
            text = self._place(_MODEL).read_text(encoding="utf-8")
            return Model.from_json(text) if _digest(text) == digest else None
        except (OSError, ValueError):
            return None


def _about(table: pa.Table) -> dict[str, Any]:
    return dict(json.loads(table.schema.metadata[_ABOUT]))


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()


def _content(table: pa.Table) -> str:
    """A digest of the table's values."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="none")
    return sha256(sink.getvalue()).hexdigest()


@cache
def _program() -> str:
    """A digest of this package's code and tables, and of the versions of the libraries that it computes with: the number of a version
    alone does not change with every change of the code."""
    package = Path(__file__).parent
    files = sorted(path for path in package.rglob("*") if path.suffix in (".py", ".tsv"))
    content = [f"{path.relative_to(package).as_posix()}\0{sha256(path.read_bytes()).hexdigest()}" for path in files]
    return _digest(platform.python_version(), *(version(name) for name in _LIBRARIES), *content)
