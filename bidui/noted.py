"""Commands that show or take out what is known of persons say so in the audit."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bidui.console import Console
from pipelines.screen import Shown


def note(console: Console, root: Path, command: str, counts: Mapping[str, object]) -> None:
    """Add the command to the audit of ``root``; where that cannot be done, warn in a line: the command works all the same."""
    if not root.is_dir():  # two lists outside of any county: the library of databases is not waited for
        return
    from pipelines.store.noting import note_use

    if problem := note_use(root, command, counts):
        console.warn(f"注意：{problem}")


def show_noted(console: Console, root: Path, command: str, counts: Mapping[str, object], lines: Iterable[Shown]) -> None:
    """Show the lines, noted before the first; what was refused, and shows nothing, is not noted."""
    for place, line in enumerate(lines):
        if place == 0:
            note(console, root, command, counts)
        console.show(line)
