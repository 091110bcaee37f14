"""Faults of the files that a county writes: each is a Chinese sentence that names the file and its line."""

import difflib
import tomllib
from collections.abc import Iterable, Mapping

Path = tuple[str, ...]  # of a setting: ("xueji", "columns", "name")


class CountyFileError(Exception):
    """A file of the county (county.toml, divisions.csv) has faults. ``problems``: Chinese sentences, each of which names the file and,
    where it is known, the line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


class Problems:
    """Collects the faults of one file. ``lines``: path of a setting -> its line."""

    def __init__(self, file: str, lines: Mapping[Path, int] | None = None) -> None:
        self._file = file
        self._lines = lines or {}
        self._found: list[tuple[int, str]] = []
        self._warned: list[tuple[int, str]] = []

    def at(self, path: Path, sentence: str) -> None:
        """Add a fault of the setting ``path``: the line is its own or, where it has none, that of the table it belongs in."""
        known = (self._lines[path[:length]] for length in range(len(path), 0, -1) if path[:length] in self._lines)
        self.on_line(next(known, 0), sentence)

    def on_line(self, line: int, sentence: str) -> None:
        """Add a fault of a line; 0 where it is of the whole file."""
        self._found.append((line, sentence))

    def warn(self, line: int, sentence: str) -> None:
        """Add what should be mended but is no fault: the file can be used as it is."""
        self._warned.append((line, sentence))

    def __len__(self) -> int:
        """How many faults there are, warnings not counted."""
        return len(self._found)

    def sentences(self) -> list[str]:
        """All faults and warnings in the order of their lines."""
        return self._sentences([*self._found, *self._warned])

    def warnings(self) -> list[str]:
        """The warnings alone, in the order of their lines."""
        return self._sentences(self._warned)

    def _sentences(self, of: list[tuple[int, str]]) -> list[str]:
        found = sorted(dict.fromkeys(of), key=lambda fault: fault[0])
        return [f"{self._file} 第{line}行：{sentence}" if line else f"{self._file}：{sentence}" for line, sentence in found]

    def raise_any(self) -> None:
        """Raises CountyFileError if there are faults; it lists the warnings too."""
        if self._found:
            raise CountyFileError(self.sentences())


def suggestion(name: str, names: Iterable[str], others: Iterable[str] = ()) -> str:
    """The allowed name that was probably meant, of ``names`` or of ``others``, or all of ``names``."""
    near = difflib.get_close_matches(name, [*names, *others], 1)
    return f"（是否指 {near[0]}？）" if near else f"（可用：{'、'.join(sorted(names))}）"


def setting_lines(text: str) -> dict[Path, int]:
    """The line on which each table and each key of ``text`` (valid TOML) stands. Keys inside of an inline table or of an array are not
    in it: they stand on the line of what holds them, or below."""
    lines: dict[Path, int] = {}
    table: Path = ()
    for number, statement in _statements(text):
        if statement.startswith("["):
            table = _keys(statement)
            lines.setdefault(table, number)
        else:
            lines.setdefault(table + _keys(_before_value(statement) + "= 0"), number)
    for path, number in list(lines.items()):  # a table whose header is not written stands where its first key does
        for length in range(1, len(path)):
            lines.setdefault(path[:length], number)
    return lines


def _statements(text: str) -> Iterable[tuple[int, str]]:
    """(line, text) of each table header and each assignment, which may take several lines; comments are left out."""
    at, line, start, depth = 0, 1, 1, 0
    kept: list[str] = []
    while at < len(text):
        char = text[at]
        if char in "\"'":
            end = _end_of_string(text, at)
            kept.append(text[at:end])
            line += text.count("\n", at, end)
            at = end
            continue
        if char == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
            continue
        if char == "\n" and depth == 0:
            if statement := "".join(kept).strip():
                yield start, statement
            kept, start = [], line + 1
        else:
            depth += (char in "[{") - (char in "]}")
            kept.append(char)
        line += char == "\n"
        at += 1
    if statement := "".join(kept).strip():
        yield start, statement


def _end_of_string(text: str, at: int) -> int:
    """Where the string that begins at ``at`` ends."""
    quote = text[at]
    mark = quote * 3 if text.startswith(quote * 3, at) else quote
    end = at + len(mark)
    while not text.startswith(mark, end):
        end += 2 if quote == '"' and text[end] == "\\" else 1
    end += len(mark)
    while len(mark) == 3 and text.startswith(quote, end):  # quotes before the closing ones belong to the string
        end += 1
    return end


def _before_value(statement: str) -> str:
    """The dotted key of an assignment."""
    at = 0
    while statement[at] != "=":
        at = _end_of_string(statement, at) if statement[at] in "\"'" else at + 1
    return statement[:at]


def _keys(statement: str) -> Path:
    """The names in a header or in a dotted key."""
    found, names = tomllib.loads(statement), list[str]()
    node: object = found
    while (isinstance(node, dict) and node) or isinstance(node, list):
        if isinstance(node, list):  # [[table]]
            node = node[-1]
            continue
        name, node = next(iter(node.items()))
        names.append(name)
    return tuple(names)
