"""The one module that prints: results to stdout, messages (errors, warnings, progress) to stderr.

Nothing that is printed can be read as markup, whatever brackets are in a file's name or a registry's title. Characters that the
terminal cannot show, lone surrogates and control characters among them, are replaced. A long line is never cut: the terminal
wraps it, and in a file or a pipe it stays one line.
"""

import io
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from pipelines.screen import Shown, TextLine, TextTable, Tone

if TYPE_CHECKING:  # rich is imported when the first line is printed
    from rich.console import Console as Terminal
    from rich.progress import Progress, ProgressColumn

    from pipelines.night.step_times import StepEstimate

ShowStep = Callable[[str, float | None], None]
ShowEstimate = Callable[[str, "StepEstimate"], None]

# Control characters could move the cursor or set colours, surrogates have no encoding.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_STYLES: dict[Tone, str] = {"plain": "", "warning": "yellow", "error": "red"}
_NO_TERMINAL = 10_000  # columns: a table in a file or a pipe is as wide as it needs to be


class Console:
    """Prints for one command."""

    def __init__(self) -> None:
        for stream in (sys.stdout, sys.stderr):  # a Chinese Windows console is GBK and would stop at the first rare name
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        self._terminals: dict[bool, Terminal] = {}
        self._progress: Progress | None = None

    @property
    def on_terminal(self) -> bool:
        """Does somebody look on: do stdout and stderr both go to a terminal?"""
        return all(self._terminal(stderr).is_terminal for stderr in (False, True))

    def show(self, *parts: Shown) -> None:
        """Print results to stdout."""
        self._print(parts, stderr=False)

    def warn(self, text: str) -> None:
        """Print to stderr that something was left out or should be looked at."""
        self._print([TextLine(text, "warning")], stderr=True)

    def refuse(self, text: str) -> None:
        """Print to stderr why something was not done."""
        self._print([TextLine(text, "error")], stderr=True)

    def message(self, text: str) -> None:
        """Print a message to stderr that is neither a result nor a warning."""
        self._print([text], stderr=True)

    @contextmanager
    def progress(self, text: str) -> Iterator[ShowStep]:
        """While it lasts, show on stderr what is being done and for how long, if that is a terminal. The function that is given
        takes what is being done now, and how far it is (0 to 1; None where that is not known)."""
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = SpinnerColumn("line"), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn()
        with self._bar(columns) as bar:
            task = bar.add_task(text, total=None)

            def show_step(text: str, part: float | None) -> None:
                bar.update(task, description=text, completed=part or 0.0, total=None if part is None else 1.0)

            yield show_step

    @contextmanager
    def steps(self) -> Iterator[ShowEstimate]:
        """While it lasts, show on stderr which step is being done, how far the work is and how long it will take. On a terminal a bar goes on
        within the step; elsewhere a line is printed when a step begins. The function that is given takes what is being done now, and
        its estimate."""
        from bidui.step_bar import estimated_columns
        from pipelines.night.step_times import in_words

        with self._bar(estimated_columns()) as bar:

            def show_step(text: str, estimate: "StepEstimate") -> None:
                if bar.disable:
                    self.message(text if estimate.left is None else f"{text}（约剩 {in_words(estimate.left)}）")
                    return
                for task in bar.task_ids:
                    bar.remove_task(task)
                bar.add_task(text, total=1.0, estimate=estimate, run_began=began)
                bar.refresh()

            began = time.monotonic()
            yield show_step

    @contextmanager
    def _bar(self, columns: "Iterable[ProgressColumn]") -> "Iterator[Progress]":
        from rich.progress import Progress

        terminal = self._terminal(stderr=True)
        self._progress = Progress(
            *columns,
            console=terminal,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not terminal.is_terminal,
        )
        try:
            with self._progress as bar:
                yield bar
        finally:
            self._progress = None

    def _print(self, parts: "tuple[Shown, ...] | list[Shown]", stderr: bool) -> None:
        terminal = self._terminal(stderr)
        with self._progress_hidden():
            for part in parts:
                if isinstance(part, TextTable):
                    _print_table(terminal, part)
                else:
                    _print_line(terminal, part if isinstance(part, TextLine) else TextLine(part))

    def _terminal(self, stderr: bool) -> "Terminal":
        if stderr not in self._terminals:
            self._terminals[stderr] = _terminal_on(stderr)
        return self._terminals[stderr]

    @contextmanager
    def _progress_hidden(self) -> Iterator[None]:
        """A line must not be printed into the middle of the bar."""
        if self._progress is None:
            yield
            return
        self._progress.stop()
        try:
            yield
        finally:
            self._progress.start()


def _terminal_on(stderr: bool) -> "Terminal":
    from rich.console import Console as Terminal

    class Patient(Terminal):
        def on_broken_pipe(self) -> None:
            """Whoever reads has seen enough, as in ``bidui explain … | head``: the work goes on, unseen."""
            self.quiet = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())

    make = partial(Patient, stderr=stderr, markup=False, highlight=False, emoji=False)
    terminal = make()
    if terminal.is_terminal:
        return make(force_terminal=True)  # it stays one while a thread that reads a workbook has a pipe in its place
    terminal.width = _NO_TERMINAL
    return terminal


def _print_line(terminal: "Terminal", line: TextLine) -> None:
    from rich.style import Style
    from rich.text import Text

    style = Style.parse(_STYLES[line.tone]) + Style(link=line.link if terminal.is_terminal else None)
    terminal.print(Text(_printable(line.text), style=style), soft_wrap=True)


def _print_table(terminal: "Terminal", table: TextTable) -> None:
    from rich.table import Table
    from rich.text import Text

    if table.title:
        _print_line(terminal, TextLine(table.title))
    shown = Table(box=None, pad_edge=False)
    for index, heading in enumerate(table.headings):
        number = index >= len(table.headings) - table.numbers
        shown.add_column(heading, justify="right" if number else "left", no_wrap=number, overflow="fold")
    for row in table.rows:
        shown.add_row(*(Text(_printable(cell)) for cell in row))
    terminal.print(shown)


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("�", text)
