"""The outputs of docs/notebook.md: ``python -m tests.lib.notebook_page`` runs the page's snippets and writes them anew."""

import ast
import contextlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "notebook.md"
# A snippet, and the output below it where there is one.
_SNIPPET = re.compile(r"```python\n(.*?)```\n(?:\n```text\n.*?```\n)?", re.DOTALL)


def make_county(folder: Path) -> None:
    """What ``bidui demo bidui-demo --children 300`` makes in ``folder``, not yet reconciled."""
    from pipelines.demo.make_county import make_county

    make_county(folder / "bidui-demo", children=300, seed=1, as_of=date(2020, 4, 15))


def page_with_outputs(folder: Path) -> str:
    """The page with the outputs that its snippets have in ``folder``."""
    names: dict[str, object] = {}

    def with_output(found: re.Match[str]) -> str:
        output = _output(found[1], names)
        return f"```python\n{found[1]}```\n" + (f"\n```text\n{output}\n```\n" if output else "")

    with _working_in(folder):
        return _SNIPPET.sub(with_output, PAGE.read_text(encoding="utf-8"))


def _output(snippet: str, names: dict[str, object]) -> str:
    """What a notebook shows below a cell: what it prints, and its last expression."""
    import pandas as pd

    statements = ast.parse(snippet).body
    last = statements.pop() if isinstance(statements[-1], ast.Expr) else None
    printed = io.StringIO()
    width = {"display.width": 125, "display.max_columns": 20, "display.unicode.east_asian_width": True}
    with contextlib.redirect_stdout(printed), pd.option_context(*(part for option in width.items() for part in option)):
        exec(compile(ast.Module(statements, []), str(PAGE), "exec"), names)
        value = eval(compile(ast.Expression(last.value), str(PAGE), "eval"), names) if last else None
        if value is not None:
            print(value)
    return "\n".join(line.rstrip() for line in printed.getvalue().rstrip().splitlines())


@contextlib.contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        make_county(Path(made))
        PAGE.write_text(page_with_outputs(Path(made)), encoding="utf-8")
