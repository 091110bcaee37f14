"""Identity resolution: which records of several sources are of one person, how sure that is, and why.

The package knows no registry: a table of people goes in, links with probabilities and reasons come out. docs/matching.md
explains the method and has the measurements. Use it like this::

    from matching import absences, explain_pair, link

    linkage = link(people)                                    # learn a model from the data, link and cluster
    linkage = link(people, model=Model.from_json(text))       # weigh with a saved model instead
    absences(linkage, record_ids, "xueji")                    # who has no counterpart there, and how sure that is
    explain_pair(people, record_id_l, record_id_r, model)     # one pair, field by field

**Input**: a pandas or Arrow table with all the columns of ``PEOPLE``. Only the first two must be filled.

============== ======= ===================================================================================
column         type    meaning
============== ======= ===================================================================================
record_id      text    unique over all sources
source         text    the list or registry that the record comes from; at most 64
name           text    cleaned (``clean_name``)
former_name    text    another name that the record itself gives
id_number      text    18 characters of a GB 11643 number, its check digit right or wrong (``parse_ids``), or another key
id_known       text    the digits that survive of a damaged number, from its first on, * for each hidden one; ``id_number`` is then empty
id_other       text    an older number of the person, as a student number keeps it: a second key
birthdate      date
birth_implied  boolean the birthdate was read off the ID and is no evidence beside it
sex            text    any two values
township       text
village        text    within its township
hamlet         text    natural village or numbered group ('3组') within its village
address        text    free text
kin            text    names of guardians, parents and head of the household, '|' between them
phone          text
============== ======= ===================================================================================

**Output** of ``link`` is a ``Linkage``. Its table ``links`` has one row per linked or possible pair:

============== ======= ===================================================================================
record_id_l/_r text    the two records
weight         float   match weight: log2 of the odds that the two are one person, prior included, in bits
probability    float   match probability: given that each record has at most one counterpart in another source
decision       text    'match' or 'possible' (a person must look)
evidence       text    per compared field ``field:level:weight``, ';' between them, the weights in bits
evidence_text  text    the same in Chinese words, with the values where they differ
============== ======= ===================================================================================

and ``clusters`` gives each record_id the number of its cluster: the records of one person.

**Raised**: KeyError where a column, a source or a record is missing; ValueError where record_id or source is empty, a
record_id occurs twice, there are more than 64 sources, or ``cost_ratio`` is not a positive number.

The result depends neither on the order of the rows nor on the number of threads.

Words used in this package: a *candidate pair* is one that blocking brought up; its *comparison level* in a field says how the
two values agree; the *weight* of a level is in bits. A record is *settled* in another source if exactly one record of each of the
two sources has their ID and name and birthdate are equal too: it is then compared with nobody else there. A *bar* is a rule
that forbids a link, however likely. A pair's *class* is one of four: the same person, the same person carelessly typed,
siblings, strangers.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matching.absence import REFUSAL_REASONS, Absences, absences
    from matching.blocking_recall import Recall
    from matching.describe import recall_words
    from matching.ids import parse_ids
    from matching.linker import Linkage, link
    from matching.model import Model
    from matching.name_text import clean_name
    from matching.pair_evidence import PairEvidence, explain_pair
    from matching.records import PEOPLE

# What a wrong link costs, in wasted visits, where a caller does not say: it may hide a child that is in no school.
COST_RATIO = 100.0

# Imported when first asked for: who only cleans a name need not wait for DuckDB.
_MODULE_OF = {
    "Absences": "absence",
    "Linkage": "linker",
    "Model": "model",
    "PEOPLE": "records",
    "PairEvidence": "pair_evidence",
    "REFUSAL_REASONS": "absence",
    "Recall": "blocking_recall",
    "absences": "absence",
    "clean_name": "names",
    "explain_pair": "pair_evidence",
    "link": "linker",
    "parse_ids": "ids",
    "recall_words": "describe",
}
__all__ = [
    "COST_RATIO",
    "PEOPLE",
    "REFUSAL_REASONS",
    "Absences",
    "Linkage",
    "Model",
    "PairEvidence",
    "Recall",
    "absences",
    "clean_name",
    "explain_pair",
    "link",
    "parse_ids",
    "recall_words",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'matching' has no attribute {name!r}")
    return getattr(import_module(f"matching.{_MODULE_OF[name]}"), name)
