"""Calibration: of the pairs with a match probability of 0.9, are nine in ten one person? As a table and as a picture."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.figure import Figure

_EDGES = np.array([0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0000001])


def draw_calibration(probability: npt.NDArray[np.float64], same: npt.NDArray[np.bool_], path: Path) -> str:
    """Draw the match probability against the share of pairs that are one person (``same``), with 95 % intervals (Wilson), to ``path``
    (.svg). Returns the figures as text."""
    lines, points = ["probability  correct   pairs"], []
    for low, high in pairwise(_EDGES):
        rows = (probability >= low) & (probability < high)
        if rows.any():
            n, correct = int(rows.sum()), float(same[rows].mean())
            points.append((float(probability[rows].mean()), correct, n, *_wilson(correct, n)))
            lines.append(f"{probability[rows].mean():.4f}       {correct:.4f}    {n:,}")
    with rc_context({"svg.hashsalt": "bidui"}):
        figure = Figure(figsize=(5, 5), layout="constrained")
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, 1], color="#999999", linewidth=0.8)
        x, y, n, low, high = map(np.array, zip(*points, strict=True))
        axes.errorbar(x, y, yerr=[np.maximum(y - low, 0), np.maximum(high - y, 0)], fmt="o", color="#2e7d4f", capsize=3)
        for a, b, count in zip(x, y, n, strict=True):
            placement = {"xytext": (-6, -4), "ha": "right"} if a > 0.99 else {"xytext": (6, -10)}  # no room on the right
            label = f"{int(count):,}" if a < 0.999 else ""
            axes.annotate(label, (a, b), textcoords="offset points", fontsize=8, **placement)
        axes.set_xlabel("match probability")
        axes.set_ylabel("share that is one person (95 % interval)")
        axes.set_title("number of pairs beside each point; above 0.999 not shown", fontsize=8, loc="left")
        axes.set_xlim(0.15, 1.02)
        axes.set_ylim(0, 1.05)
        figure.savefig(path, metadata={"Date": None})
    return "\n".join(lines)


def _wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of ``n``."""
    z = 1.96
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(centre - half, 0.0), min(centre + half, 1.0)
