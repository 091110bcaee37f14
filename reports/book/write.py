"""Workbooks as files, written with XlsxWriter, several at a time if there are enough cores and rows.

CPU time per cell on a county's lists, widths and heights included (only the ratios matter): openpyxl's write-only mode with its
private members 8.7 µs; XlsxWriter with each text in its cell 7.8 µs; with a shared table of texts 7.1 µs; the same without Python's
garbage collection 6.2 µs. The shared table needs about 0.3 GB of memory per million cells and makes smaller files.
"""

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime, time
from functools import partial
from multiprocessing import parent_process
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from reports.book.choices import Choices
from reports.book.declare import Book, FilledSheet
from reports.book.printed import write_page
from reports.book.processes import worker_processes
from reports.book.rows_sheet import write_rows_sheet
from reports.book.styles import Styles

_WORTH_A_PROCESS = 20_000  # rows; a process needs about a second before it writes its first


def write_books(books: Iterable[Book]) -> list[Path]:
    """Write the workbooks and return their paths, in their order. Each file appears whole or not at all; after an error some files may
    be missing. ``books`` may make them one by one: those given first are written meanwhile, so give the largest first."""
    given: list[Book] = []
    coming = iter(books)
    try:
        for book in coming:
            given.append(book)
            if _processes(given) > 1:
                with worker_processes(_cores()) as submit:
                    written = [submit(_write_alone, book) for book in given]
                    for book in coming:
                        given.append(book)
                        written.append(submit(_write_alone, book))
                    for done in written:
                        done.result()
                return [book.path for book in given]
    except BrokenProcessPool:
        given += coming  # no process could be started, or one was killed for want of memory: write one after the other here
    for book in given:
        write_book(book)
    return [book.path for book in given]


def _write_alone(book: Book) -> None:
    """Write one workbook in a process that does nothing else, without garbage collection: there are millions of cells and no garbage."""
    gc.disable()
    write_book(book)
    gc.enable()
    gc.collect()


def write_book(book: Book) -> None:
    """Write one workbook.

    Its folder is made if need be, private. The file appears whole or not at all, is readable by its owner alone and has the same
    bytes for the same content. XlsxWriter's temporary files hold names too: they are kept in a private folder beside the file,
    which is removed at the end.
    """
    book.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = book.path.with_suffix(".partial")
    temporary = Path(tempfile.mkdtemp(prefix=".", dir=book.path.parent))  # readable by its owner alone
    try:
        with open(unfinished, "wb", opener=partial(os.open, mode=0o600)) as file:
            _write_sheets(book, Workbook(file, {"tmpdir": str(temporary)}))
        os.chmod(unfinished, 0o600)
        os.replace(unfinished, book.path)
    except FileCreateError as error:  # XlsxWriter's own error about an OSError
        raise OSError(*error.args) from error
    finally:
        unfinished.unlink(missing_ok=True)
        shutil.rmtree(temporary, ignore_errors=True)


def _write_sheets(book: Book, file: Workbook) -> None:
    file.set_properties({"title": book.path.stem, "author": "bidui", "created": datetime.combine(book.as_of, time())})
    styles, choices = Styles(file), Choices()
    for sheet in book.sheets:
        if isinstance(sheet, FilledSheet):
            write_rows_sheet(file.add_worksheet(sheet.sheet.title), sheet, styles, choices, book.as_of)
        else:
            write_page(file.add_worksheet(sheet.title), sheet, styles)
    choices.write(file, styles)
    file.close()


def _rows(book: Book) -> int:
    return sum(sheet.rows for sheet in book.sheets if isinstance(sheet, FilledSheet))


def _processes(books: Sequence[Book]) -> int:
    """How many processes to write with: 1 where more are not worth it, or cannot be started."""
    if len(books) < 2 or sum(map(_rows, books)) < _WORTH_A_PROCESS or parent_process() is not None or not _may_spawn():
        return 1
    return min(len(books), _cores())


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # Windows, macOS
        return os.cpu_count() or 1


def _may_spawn() -> bool:
    """Can new processes be started without repeating the caller's work? Each of them imports the program's main module again. That is
    harmless for a module run with ``-m`` and for a notebook; for a script only if it tests ``__name__``."""
    main = sys.modules["__main__"]
    script = getattr(main, "__file__", None)
    if script is None or getattr(main, "__spec__", None) is not None:
        return True
    try:
        return "__name__" in Path(script).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
