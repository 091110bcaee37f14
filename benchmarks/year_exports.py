"""The exports of a synthetic county as they change over a year: what ``benchmarks.year_of_nights`` puts into ``raw`` every night.

Each source row has a number that only this module knows, so that it can be said of a row, wherever it stands tonight, whether its
own cells are what they were on the night before.
"""

import csv
import io
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

from pipelines.files.containers import sheets

# How often a system exports, as a share of nights.
_EXPORTED = {"xueji": 0.5, "huji": 0.4, "guofu": 0.25, "canlian": 0.1, "zizhu": 0.15, "zhongzhi": 0.1}
_DISTURBED = {
    "zizhu": 0.015,
    "zhongzhi": 0.015,
    "huji": 0.01,
    "xueji": 0.008,
    "guofu": 0.008,
    "canlian": 0.008,
}  # a share of nights, too
_SERIAL = "序号"
_NAMES, _NUMBERS, _DAYS = (
    ("姓名", "学生姓名"),
    ("身份证件号", "公民身份号码", "证件号码", "身份证号", "身份证号码"),
    ("出生日期",),
)
_PEOPLE, _PHONES = ("成员1姓名", "户主姓名", "家长姓名"), ("成员1联系电话", "联系电话", "移动电话", "户联系电话")
_PLACE = {"huji": ("乡镇街道", "居村委会", "详细地址"), "guofu": ("乡", "村"), "xueji": ("现住址",)}
_STATES = ("转出", "休学", "辍学", "转出", "下落不明")
_GRADES = dict(zip("一二三四五七八", "二三四五六八九", strict=True))
_DAY_IN_TITLE = re.compile(r"20\d\d-\d\d-\d\d")
_AWAY, _UNREADABLE = "away", "unreadable"
_DAMAGED = (b"", b"PK\x03\x04" + b"\0" * 200, b"%PDF-1.4\n", b"\xd0\xcf\x11\xe0" + b"\xff" * 300)
_SHEET = "Sheet1"  # of a workbook whose export was a text file before
Address = tuple[str, str, str, int]  # registry, file, sheet, row


@dataclass(slots=True)
class Row:
    """``number``: what the row is known by here; ``child``: of whom it truly is; ``back_on``: the night on which it is there again."""

    number: int
    child: int
    cells: list[str | None]
    back_on: int = 0


@dataclass
class Export:
    """One file of a system. ``titles``: the rows above the headings; ``footers``: those below the data, which stand for nobody."""

    registry: str
    stem: str
    sheet: str
    titles: list[list[str | None]]
    headings: list[str]
    rows: list[Row]
    footers: list[list[str | None]]
    name: str = ""
    content: bytes = b""
    still_until: int = 0  # the night up to which the office exports nothing new
    away_until: int = 0
    fault: str = ""
    written: str = ""  # where its content lies now

    def at(self, headings: Iterable[str]) -> list[int]:
        return [self.headings.index(heading) for heading in headings if heading in self.headings]


@dataclass
class Year:
    """The exports, and what will happen to them. ``rows_of``: where a row stands or stood -> its number and its cells then."""

    exports: list[Export]
    rng: random.Random
    start: date
    nights: int
    rows_of: dict[Address, tuple[int, tuple[str | None, ...]]] = field(default_factory=dict)
    happened: dict[str, int] = field(default_factory=dict)
    later: dict[int, list[Callable[[], None]]] = field(default_factory=dict)
    child_of: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Holds back one child in ten, to appear in the household register on some night and in the student register later."""
        self.child_of = {row.number: row.child for export in self.exports for row in export.rows}
        children = sorted({row.child for export in self.exports if export.registry == "huji" for row in export.rows})
        for child in self.rng.sample(children, len(children) // 10):
            first = self.rng.randint(2, max(2, self.nights - 2))
            for export in self.exports:
                shift = 0 if export.registry == "huji" else self.rng.randint(1, max(1, min(60, self.nights // 3)))
                for row in export.rows:
                    if row.child == child:
                        row.back_on = first + shift
            self._count("a new child")

    def make_night(self, night: int, raw: Path) -> None:
        """Bring ``raw`` to what the offices have exported by ``night``."""
        day = self.start + timedelta(days=night)
        for change in self.later.pop(night, []):
            change()
        if day.month == 9 and day.day == 1:
            self._new_school_year(day)
        self._disturb(night)
        for export in self.exports:
            due = not export.content or self.rng.random() < _EXPORTED[export.registry]
            if due and night >= export.still_until:
                self._change(export, night, day)
                self._export(export, night, day)
                if self.rng.random() < 0.03:
                    export.still_until = night + self.rng.randint(14, 35)
                    self._count("an export unchanged for weeks")
            self._lay_out(export, night, raw)

    def settings_broken(self) -> bool:
        """Whether somebody has spoilt county.toml tonight, so that nothing can be published."""
        return self.rng.random() < 0.008

    def _count(self, what: str) -> None:
        self.happened[what] = self.happened.get(what, 0) + 1

    def _disturb(self, night: int) -> None:
        for registry, share in _DISTURBED.items():
            if night > 1 and self.rng.random() < share:
                fault = self.rng.choice((_AWAY, _UNREADABLE))
                files = [export for export in self.exports if export.registry == registry]
                for export in files if fault == _AWAY else files[:1]:
                    export.fault, export.away_until = fault, night + self.rng.randint(1, 5)
                self._count(f"{registry} {'missing' if fault == _AWAY else 'with an unreadable file'}")

    def _change(self, export: Export, night: int, day: date) -> None:
        present = [row for row in export.rows if row.back_on <= night]
        for row in self._some(present, 0.006):
            self._mistype(export, row, night)
        for row in self._some(present, 0.002):  # a clerk who types a whole row anew
            for _ in range(3):
                self._mistype(export, row, night)
        for row in self._some(present, 0.004):
            row.back_on = night + (self.rng.randint(3, 60) if self.rng.random() < 0.7 else 10 * self.nights)
            self._count("a row gone")
        if export.registry in _PLACE:
            for row in self._some(present, 0.003):
                other = self.rng.choice(present)
                for place in export.at(_PLACE[export.registry]):
                    row.cells[place] = other.cells[place]
                self._count("a move")
        if export.registry == "xueji":
            for row in self._some(present, 0.004):
                self._change_state(export, row, night, day)

    def _some(self, rows: list[Row], share: float) -> list[Row]:
        """So many of the rows, one now and then where that is less than one."""
        number = int(len(rows) * share) + (self.rng.random() < len(rows) * share % 1)
        return self.rng.sample(rows, min(number, len(rows)))

    def _mistype(self, export: Export, row: Row, night: int) -> None:
        """A typing error in one cell, corrected some weeks later or never."""
        group = self.rng.choice((_NAMES, _NUMBERS, _DAYS, _PEOPLE, _PHONES))
        places = [place for place in export.at(group) if row.cells[place]]
        if not places:
            return
        place = self.rng.choice(places)
        right = str(row.cells[place])
        if group in (_NAMES, _PEOPLE):
            other = str(self.rng.choice(export.rows).cells[place] or "明")
            wrong = right[:-1] + other.strip()[-1:]
        else:
            at = self.rng.randrange(len(right))
            wrong = right[:at] + (self.rng.choice("0123456789") if right[at].isdigit() else right[at]) + right[at + 1 :]
        row.cells[place] = wrong
        if wrong != right:
            self._count("a typing error")
            if self.rng.random() < 0.8:
                self._put_later(export, row, place, wrong, right, night + self.rng.randint(4, 50))

    def _change_state(self, export: Export, row: Row, night: int, day: date) -> None:
        state, changed = export.at(("学生状态", "学籍变动日期"))
        if row.cells[state] == "在读":
            row.cells[state], row.cells[changed] = self.rng.choice(_STATES), f"{day:%Y%m%d}"
            self._count("a new state of a pupil")
            if self.rng.random() < 0.6:
                self._put_later(export, row, state, str(row.cells[state]), "在读", night + self.rng.randint(10, 80))

    def _put_later(self, export: Export, row: Row, place: int, wrong: str, right: str, night: int) -> None:
        def put() -> None:
            if row.cells[place] == wrong:  # not changed otherwise since
                row.cells[place] = right
                self._count("a correction")

        self.later.setdefault(night, []).append(put)

    def _new_school_year(self, day: date) -> None:
        """Pupils go up a grade; those of grade six get a record at a junior school, and those of grade nine have finished."""
        primary, junior = sorted((e for e in self.exports if e.registry == "xueji"), key=lambda e: "初中" in e.stem)
        schools = [[row.cells[place] for place in junior.at(("学校名称", "学校标识码"))] for row in junior.rows]
        entered = {export.stem: export.at(("入学年月",))[0] for export in (primary, junior)}
        for export, years in ((junior, 3), (primary, 6)):
            state, changed, grade = export.at(("学生状态", "学籍变动日期", "年级"))
            for row in list(export.rows):
                if row.cells[state] != "在读":
                    continue
                if row.cells[entered[export.stem]] == f"{day.year - years}09":
                    row.cells[state], row.cells[changed] = "毕业", f"{day.year}0705"
                    if export is primary and self.rng.random() < 0.95:
                        self._enter_junior(primary, junior, row, self.rng.choice(schools), day)
                elif row.cells[grade]:
                    row.cells[grade] = _GRADES.get(str(row.cells[grade])[0], str(row.cells[grade])[0]) + str(row.cells[grade])[1:]
        for export in (primary, junior):
            export.content = b""  # both are exported tonight
        self._count("a new school year")

    def _enter_junior(self, primary: Export, junior: Export, row: Row, school: list[str | None], day: date) -> None:
        new = {"学段": "初中", "年级": "七年级", "入学年月": f"{day.year}09", "学生状态": "在读", "学籍变动日期": None}
        new |= dict(zip(("学校名称", "学校标识码"), school, strict=True))
        known = dict(zip(primary.headings, row.cells, strict=True)) | new
        number = max(self.child_of) + 1
        self.child_of[number] = row.child
        junior.rows.append(Row(number, row.child, [known.get(heading) for heading in junior.headings], row.back_on))

    def _export(self, export: Export, night: int, day: date) -> None:
        """Write the rows anew, in another order, under the day's name."""
        rows = [row for row in export.rows if row.back_on <= night]
        self.rng.shuffle(rows)
        serial = export.at((_SERIAL,))
        lines = [list(row.cells) for row in rows]
        for number, line in enumerate(lines, 1):
            for place in serial:
                line[place] = str(number)
        titles = [[_DAY_IN_TITLE.sub(day.isoformat(), cell) if cell else None for cell in title] for title in export.titles]
        kind = self.rng.choice(("csv", "xlsx"))
        export.name = f"{export.stem}_{day:%Y%m%d}.{kind}"
        export.content = (_as_csv if kind == "csv" else _as_xlsx)(
            export.sheet, [*titles, export.headings, *lines, *export.footers]
        )
        sheet = "" if kind == "csv" else export.sheet or _SHEET
        for number, row in enumerate(rows, len(titles) + 2):
            own = tuple("" if place in serial else cell for place, cell in enumerate(row.cells))
            self.rows_of[export.registry, export.name, sheet, number] = row.number, own

    def _lay_out(self, export: Export, night: int, raw: Path) -> None:
        """Put the newest content into its folder, or nothing, or a damaged file."""
        folder = raw / export.registry
        wanted = "" if export.fault == _AWAY and night < export.away_until else export.name
        damaged = export.fault == _UNREADABLE and night < export.away_until
        if export.written and export.written != wanted:
            (folder / export.written).unlink(missing_ok=True)
        if wanted:
            folder.mkdir(parents=True, exist_ok=True)
            content = _DAMAGED[export.away_until % len(_DAMAGED)] if damaged else export.content
            place = folder / wanted
            if not place.exists() or place.read_bytes() != content:
                place.write_bytes(content)
        export.written = wanted


def _as_csv(_: str, lines: list[list[str | None]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([[cell or "" for cell in line] for line in lines])
    return out.getvalue().encode("gb18030")


def _as_xlsx(sheet: str, lines: list[list[str | None]]) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet or _SHEET)
    for line in lines:
        page.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_year(first: Path, seed: int, start: date, nights: int) -> Year:
    """The exports of a county that one run has published, as rows: the run's table ``files`` says where the headings are."""
    files = pd.read_parquet(first / "curated" / "current" / "files.parquet").query("status == 'read'")
    truth = pd.read_parquet(first / "truth" / "rows.parquet")
    children = {(r.registry, r.file, r.sheet, r.row): r.truth_id for r in truth.itertuples()}
    exports, numbers = [], iter(range(1, 10_000_000))
    for file in files.itertuples():
        grid = next(g for g in sheets((first / "raw" / file.registry / file.file).read_bytes()) if g.sheet == file.sheet)
        lines, top = grid.head(len(grid)), int(file.heading_row) - grid.first_row
        rows: list[Row] = []
        footers: list[list[str | None]] = []
        for place, cells in enumerate(lines[top + 1 :], int(file.heading_row) + 1):
            child = children.get((file.registry, file.file, file.sheet, place))
            if child is None:
                footers.append(cells)
            else:
                rows.append(Row(next(numbers), int(child), cells))
        headings = [str(cell or "") for cell in lines[top]]
        stem = file.file.rpartition(".")[0]
        exports.append(Export(file.registry, stem, file.sheet or "", lines[:top], headings, rows, footers))
    return Year(exports, random.Random(seed), start, nights)
