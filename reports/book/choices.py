"""The drop-down lists of a workbook; a list too long for a cell's own check is a column of a hidden sheet."""

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from reports.book.declare import Look
from reports.book.styles import Styles

CHOICES_SHEET = "选项"

_MOST = 255  # characters of a list inside its check, the two quotation marks included


class Choices:
    """Collects the lists of the sheets written so far."""

    def __init__(self) -> None:
        self._long: list[tuple[str, ...]] = []

    def source(self, choices: tuple[str, ...]) -> list[str] | str:
        """What the check of a cell refers to: the list itself, or where it stands."""
        if len(",".join(choices)) + 2 <= _MOST and not any(mark in choice for choice in choices for mark in ',"'):
            return list(choices)
        if choices not in self._long:
            self._long.append(choices)
        letter = xl_col_to_name(self._long.index(choices))
        return f"='{CHOICES_SHEET}'!${letter}$1:${letter}${len(choices)}"

    def write(self, book: Workbook, styles: Styles) -> None:
        """Add the hidden sheet, if any list needs it; call when all other sheets are there."""
        if not self._long:
            return
        sheet = book.add_worksheet(CHOICES_SHEET)
        sheet.hide()
        plain = styles.of(Look(boxed=False))
        for row in range(max(map(len, self._long))):
            for column, choices in enumerate(self._long):
                if row < len(choices):
                    sheet.write_string(row, column, choices[row], plain)
