"""Looks as the formats of a workbook, each made once, and rules as its conditional formats."""

from collections.abc import Mapping
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from reports.book.declare import GENERAL, RED_BAR, CellRule, ColourScale, ColumnEqual, DataBar, Lacking, Look, ValueEqual

_FONT, _LINE = "宋体", "A6A6A6"


class Styles:
    """The formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[Look, bool], Format] = {}

    def of(self, look: Look, quoted: bool = False) -> Format:
        """The format of ``look``; ``quoted``: with the mark that keeps a spreadsheet from reading the text as a formula when the cell
        is edited."""
        if (look, quoted) not in self._made:
            made = self._book.add_format(_properties(look))
            if quoted:
                made.set_quote_prefix()
            self._made[look, quoted] = made
        return self._made[look, quoted]

    def coloured(self, colour: str | None, fill: str | None) -> Format:
        """What a rule changes of a cell: bold text of ``colour``, and the ground ``fill``, where given."""
        properties: dict[str, Any] = {}
        if colour:
            properties |= {"bold": True, "font_color": f"#{colour}"}
        if fill:
            properties["bg_color"] = f"#{fill}"
        return self._book.add_format(properties)

    def rule(self, rule: CellRule, letters: Mapping[str, str], own: str) -> dict[str, Any]:
        """The options of a conditional format of the column ``own``. ``letters``: key -> the letters of its column."""
        match rule:
            case DataBar():
                most = {"max_type": "max"} if rule.longest is None else {"max_type": "num", "max_value": rule.longest}
                # The newer form, beside the one that Excel 2007 knows: only there does a bar of nothing have no length.
                newer = {"data_bar_2010": True, "bar_no_border": True}
                return {"type": "data_bar", "bar_color": f"#{rule.colour}", "min_type": "num", "min_value": 0, **most, **newer}
            case ColourScale():
                options: dict[str, Any] = {"type": "3_color_scale"}
                for end, (value, colour) in (("min", rule.low), ("mid", rule.middle), ("max", rule.high)):
                    options |= {f"{end}_type": "num", f"{end}_value": value, f"{end}_color": f"#{colour}"}
                return options
            case ValueEqual():
                equal = {"type": "cell", "criteria": "equal to", "value": f'"{rule.text}"'}
                return {**equal, "format": self.coloured(rule.colour, rule.fill)}
            case ColumnEqual():
                formula = f'=${letters[rule.key]}2="{rule.text}"'
                return {"type": "formula", "criteria": formula, "format": self.coloured(None, rule.fill)}
            case Lacking():
                empty = [f'TRIM(${letters[key]}2)=""' for key in (own, *rule.instead)]
                begun = [f'ISNUMBER(SEARCH("{rule.holds}",${letters[key]}2))' for key in rule.beside]
                if rule.holds is None:
                    begun = [f'TRIM(${letters[key]}2)<>""' for key in rule.beside]
                formula = f"=AND({','.join(empty)},OR({','.join(begun)}))"
                return {"type": "formula", "criteria": formula, "format": self.coloured(None, RED_BAR)}


def _properties(look: Look) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "font_name": _FONT,
        "font_size": look.size,
        "font_color": f"#{look.colour}",
        "bold": look.bold,
        "align": "center" if look.centred else "left",
        "valign": "vcenter",
        "text_wrap": look.wrapped,
    }
    if look.number_format != GENERAL:
        properties["num_format"] = look.number_format
    if look.fill:
        properties |= {"pattern": 1, "bg_color": f"#{look.fill}"}
    if not look.locked:
        properties["locked"] = False
    if look.boxed:
        properties |= {"border": 1, "border_color": f"#{_LINE}"}
    return properties
