"""What the job of a night gives: to its caller, and each step to the steps after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.files.refusal import Refusal
from pipelines.guard import Foreseen
from schemas.gap_kinds import GAP_KINDS

if TYPE_CHECKING:  # they load the libraries of a run, which the process that waits for the nights does without
    import pandas as pd
    import pyarrow as pa

    from matching import Linkage
    from pipelines.answers.judgements import RefusedJudgement
    from pipelines.answers.received import ReceivedAnswer
    from pipelines.intake.accept import Intake
    from pipelines.intake.reading import Exports
    from schemas.registry import Registry


class NothingPublished(Foreseen):
    """The run cannot give a result that anybody may rely on; the message says why, in Chinese. Exit status 2.

    ``refused``: the files that could not be read, each with its own message; ``anywhere``, ``passes``: as of ``Foreseen``.
    """

    def __init__(self, why: str, refused: Sequence[Refusal] = (), anywhere: str | None = None, passes: bool = False) -> None:
        super().__init__(why)
        self.refused, self.anywhere, self.passes = list(refused), anywhere, passes


@dataclass(frozen=True, slots=True)
class Gap:
    """``kind``: a code of ``schemas.gap_kinds``; ``text``: what is told at the screen, in Chinese, which may name files; ``registry``: the
    key of the system it is about, empty where it is about none."""

    kind: str
    text: str
    registry: str = ""


def gap_words(gaps: Sequence[Gap], registries: "Mapping[str, Registry]") -> list[str]:
    """What may be told anywhere: a line for each kind and system, with how many there are where they are several. No file is named."""
    counts: dict[tuple[str, str], int] = {}
    for gap in gaps:
        counts[gap.kind, gap.registry] = counts.get((gap.kind, gap.registry), 0) + 1
    lines = []
    for (kind, key), count in counts.items():
        system = registries[key].title if key in registries else ""
        lines.append(GAP_KINDS[kind].format(system) + (f"（{count} 处）" if count > 1 else ""))
    return lines


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run tells its caller: counts and places, no values of persons. ``run``: the run's folder of tables;
    ``outbox``: the folder of its workbooks; ``candidates``: candidate pairs; ``blocking_recall``: the share of true pairs
    that blocking found, estimated; ``gaps``: what the run had to do without; ``notes``: what to know of it, in Chinese;
    ``seconds``: by step; ``listed``: children on the list, ``listed_before``: those of the
    last night of an earlier day, None where there was none."""

    run: Path
    outbox: Path
    candidates: int
    blocking_recall: float | None
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    listed: int = 0
    listed_before: int | None = None

    @property
    def left_out(self) -> tuple[str, ...]:
        """What the run had to do without, in Chinese, as it is told at the screen."""
        return tuple(gap.text for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What lay in the data folder. ``received``: the answers in the workbooks that came back; ``earlier_answers``: the
    table answers of the runs before; ``earlier_schools``: that the registries named in the last of them; ``entrants``: year, township,
    entrants of grade one; ``responsible``: who answers for the children of each village; ``unread``: what of these could not be read."""

    exports: "Exports"
    received: "list[ReceivedAnswer]"
    earlier_answers: "pd.DataFrame"
    earlier_schools: list[str]
    entrants: "pd.DataFrame"
    responsible: "pa.Table"
    unread: list[Refusal]


@dataclass(frozen=True, slots=True)
class CompareResult:
    """Tonight's intake after the comparison with the last run, the sheets of a registry that lost a third replaced by the
    last run's; and the tables profiles and drift."""

    intake: "Intake"
    profiles: "pd.DataFrame"
    drift: "pd.DataFrame"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What lay in the data folder, as records compared with the last run's; ``gaps``, ``notes``: what there is to say of it. The cells as they
    were exported are no longer part of ``read`` and ``compared``: they take as much memory as all that follows."""

    read: Inputs
    compared: CompareResult
    gaps: list[Gap]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class LinkResult:
    """``records``: tonight's, the grown-ups of each household drawn in; ``linkage``: their links and clusters, judgements
    applied; ``judgements``: the table verdicts; ``refused``: answers that could not be taken."""

    records: "pd.DataFrame"
    linkage: "Linkage"
    judgements: "pd.DataFrame"
    refused: "list[RefusedJudgement]"


@dataclass(frozen=True, slots=True)
class ReconcileResult:
    """``tables``: the published tables that reconciliation makes, by name; ``refused``: answers that could not be taken."""

    tables: "dict[str, pa.Table | pd.DataFrame]"
    refused: list[Refusal]


@dataclass(frozen=True, slots=True)
class Written:
    """What the steps after the tables need beside these, which they read where they are written. ``listed``: children on the list;
    ``responsible``: as of ``Inputs``; ``gaps``, ``notes``: so far."""

    linkage: "Linkage"
    listed: int
    responsible: "pa.Table"
    gaps: list[Gap]
    notes: list[str]
