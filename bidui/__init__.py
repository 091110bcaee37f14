"""比对 (bidui). On the command line: ``bidui``. In a notebook, as docs/notebook.md shows:

``bidui.link`` links two lists of people or more, ``bidui.dedupe`` finds the duplicates in one, ``bidui.run`` reconciles a county's data folder,
``bidui.tables`` opens what was published.
"""

from bidui.import_path import prefer_own_packages

TYPE_CHECKING = False  # so that the package loads nothing: the shorter it takes, the sooner Ctrl-C is answered in a word
if TYPE_CHECKING:
    from typing import Any

    from bidui.api import dedupe, link, run, tables

__version__ = "0.1.0"
__all__ = ["dedupe", "link", "run", "tables"]

prefer_own_packages()


def __getattr__(name: str) -> "Any":
    """The functions for notebooks, which load pandas: not before one of them is used."""
    if name in __all__:
        from bidui import api

        return getattr(api, name)
    raise AttributeError(f"module 'bidui' has no attribute {name!r}")
