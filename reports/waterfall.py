"""A pair of records as a waterfall: from the prior over each field's evidence to the weight it is decided on."""

import warnings
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font_names

_FONTS = ("Microsoft YaHei", "SimHei", "Noto Sans CJK SC", "Noto Sans CJK JP", "PingFang SC")
_FOR, _AGAINST, _TOTAL = "#2e7d4f", "#b5443a", "#44546a"
_WIDTH, _BAR = 9.0, 0.42  # inches: of the picture, and of height per bar


def draw_waterfall(steps: Sequence[tuple[str, float]], path: Path, title: str, note: str) -> bytes:
    """A picture (SVG or PNG, by ``path``'s ending) of ``steps`` (what was found, bits), which add up from 0 to the
    weight. Raises ValueError for another ending."""
    if path.suffix.lower() not in (".svg", ".png"):
        raise ValueError("图只能存为 .svg 或 .png")
    total = sum(bits for _, bits in steps)
    with rc_context(_style()):
        figure = Figure(figsize=(_WIDTH, 1.6 + _BAR * (len(steps) + 1)), layout="constrained")
        axes = figure.add_subplot()
        reached = 0.0
        for row, (_, bits) in enumerate(steps):
            axes.barh(row, bits, left=reached, color=_FOR if bits >= 0 else _AGAINST, height=0.62)
            axes.plot([reached + bits] * 2, [row - 0.31, row + 1.31], color="#999999", linewidth=0.8)
            axes.annotate(_signed(bits), (max(reached, reached + bits), row), (4, 0), textcoords="offset points", va="center")
            reached += bits
        axes.barh(len(steps), total, color=_TOTAL, height=0.62)
        axes.annotate(_signed(total), (max(total, 0), len(steps)), (4, 0), textcoords="offset points", va="center")
        axes.set_yticks(range(len(steps) + 1), [*(words for words, _ in steps), "合计"])
        axes.invert_yaxis()
        axes.axvline(0, color="#333333", linewidth=0.8)
        axes.margins(x=0.12)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(left=False)
        axes.set_xlabel("比特（向右支持同一人，每一比特可能性翻一倍）")
        axes.set_title(title, loc="left", fontsize=12)
        figure.text(0.01, 0.005, note, fontsize=8, color="#666666")
        figure.get_layout_engine().set(rect=(0, 0.05, 1, 0.95))  # type: ignore[union-attr, call-arg]
        picture, kind = BytesIO(), path.suffix.lower().removeprefix(".")
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing")  # see has_words
            figure.savefig(picture, format=kind, dpi=150, metadata={"Date": None} if kind == "svg" else None)
    return picture.getvalue()


def has_words(path: Path) -> bool:
    """Can the picture's Chinese be read? In an SVG the text stays text, in the reader's own font; a PNG takes the first
    Chinese font that is installed here, and shows boxes where none is."""
    return path.suffix.lower() == ".svg" or bool(_fonts())


def _fonts() -> list[str]:
    installed = set(get_font_names())
    return [font for font in _FONTS if font in installed]


def _style() -> dict[Any, Any]:
    return {"font.family": [*_fonts(), "DejaVu Sans"], "svg.fonttype": "none", "axes.unicode_minus": False}


def _signed(bits: float) -> str:
    return f"{round(bits, 1) + 0.0:+.1f}"  # + 0.0: no '-0.0'
