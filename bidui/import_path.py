"""Which modules this process imports. The packages beside ``bidui`` have plain names (``schemas``, ``reports`` …): a file
``schemas.py`` in the folder somebody works in must not take their place."""

import os
import sys
from importlib.machinery import PathFinder

TYPE_CHECKING = False  # as in bidui/__init__.py
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_OWN_PACKAGES = ("pipelines", "reports", "matching", "schemas")
_HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class _OwnPackages:
    @staticmethod
    def find_spec(fullname: str, path: "Sequence[str] | None" = None, target: "ModuleType | None" = None) -> "ModuleSpec | None":
        """Own packages are found beside ``bidui``, wherever the import path would find them first."""
        return PathFinder.find_spec(fullname, [_HOME]) if fullname in _OWN_PACKAGES else None


def prefer_own_packages() -> None:
    """From now on own packages come from where ``bidui`` is. Raises ImportError where another module has taken such a name."""
    for name in _OWN_PACKAGES:
        place = getattr(sys.modules.get(name), "__file__", None)
        if place and not os.path.abspath(place).startswith(os.path.join(_HOME, name)):
            raise ImportError(f"another module named {name} is loaded already ({place}): rename it, or import bidui before it")
    sys.meta_path.insert(0, _OwnPackages())


def forget_working_folder() -> None:
    """Take out of the import path the working folder, which ``python -m`` puts there; not where this program itself lies in it."""
    working = os.getcwd()
    sys.path[:] = [place for place in sys.path if os.path.abspath(place) != working or working == _HOME]
