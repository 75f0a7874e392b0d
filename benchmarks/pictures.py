"""The results as two pictures, drawn on a light ground of their own: readable on a white page and on a dark one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from .claims import Growth
from .measure import Measured
from .report import figure_of

__all__ = ["draw"]

GROUND, INK, QUIET = "#fbfbf9", "#24292f", "#8b949e"
OURS, THEIRS, MISSED = "#0a7d5a", "#b4502a", "#c9a227"
STYLE: Any = {
    "svg.fonttype": "path",  # as drawn here, whatever fonts a reader has
    "svg.hashsalt": "benchmarks",  # equal results give equal files
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.edgecolor": QUIET,
    "axes.facecolor": GROUND,
    "figure.facecolor": GROUND,
    "savefig.facecolor": GROUND,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw(works: Sequence[Measured], growth: Growth | None, folder: Path) -> None:
    """Write `ratios.svg`, and `growth.svg` if growth was measured."""
    with matplotlib.rc_context(STYLE):
        _save(_ratios([work for work in works if work.ratio() is not None]), folder / "ratios.svg")
        if growth is not None:
            _save(_growth(growth), folder / "growth.svg")


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight", pad_inches=0.2)


def _ratios(works: Sequence[Measured]) -> Figure:
    """A bar for each work, on a scale that multiplies; a mark where the target is."""
    figure = Figure(figsize=(11, 0.36 * len(works) + 1.2))
    axes = figure.subplots()
    ratios = [work.ratio() or 1.0 for work in works]
    colours = [MISSED if work.reached() is False else OURS for work in works]
    rows = range(len(works), 0, -1)
    axes.barh(rows, [ratio - 1 for ratio in ratios], left=1, color=colours, height=0.62)
    for row, work, ratio in zip(rows, works, ratios, strict=True):
        if work.target is not None:
            axes.plot([work.target] * 2, [row - 0.42, row + 0.42], color=INK, linewidth=2)
        axes.text(max(ratio, work.target or 0, 1) * 1.12, row, f"{figure_of(ratio)}×", va="center", fontweight="bold")
    axes.set_xscale("log")
    axes.set_xlim(min(1, *ratios) * 0.9, max(ratios) * 3)
    axes.axvline(1, color=QUIET)
    axes.margins(y=0.02)
    ticks = [tick for tick in (1, 3, 10, 30, 100, 300, 1000, 3000, 10000) if tick < max(ratios) * 2]
    axes.set_xticks(ticks, [f"{tick:,}×" for tick in ticks])
    axes.minorticks_off()
    axes.set_yticks(rows, [work.title.replace("`", "") for work in works])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=QUIET, alpha=0.3)
    axes.set_axisbelow(True)
    axes.set_title("How many times as fast as the reference library (line: what is to be reached)", loc="left")
    return figure


def _growth(growth: Growth) -> Figure:
    """What a token costs in longer completions, and what a turn costs in a longer chat."""
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    costs = growth.units["stream-content"]
    for library, colour in (("reference", THEIRS), ("ours", OURS)):
        sizes = list(costs[library])
        _line(left, sizes, [costs[library][size] * 1e6 for size in sizes], library, colour, marker="o")
        turns = [seconds * 1e3 for seconds, _ in growth.turns[library]]
        _line(right, range(1, len(turns) + 1), turns, library, colour)
    left.set_title("Reading current_content after each token", loc="left")
    left.set_xlabel("tokens of the completion")
    left.set_ylabel("µs for each token")
    left.set_xscale("log")
    left.set_xticks(sizes, [f"{size:,}" for size in sizes])
    left.minorticks_off()
    right.set_title("Rendering a chat after each turn", loc="left")
    right.set_xlabel("turn")
    right.set_ylabel("ms for each turn")
    return figure


def _line(axes: Any, across: Any, up: list[float], library: str, colour: str, marker: str = "") -> None:
    """A line, and its name where both lines are still low."""
    axes.plot(across, up, color=colour, linewidth=2.2, marker=marker)
    label = f"{library}: {figure_of(up[0])} to {figure_of(up[-1])}"
    height = 0.94 if library == "reference" else 0.86
    axes.text(0.04, height, label, transform=axes.transAxes, color=colour, fontweight="bold", va="center")
    axes.set_ylim(bottom=0)
    axes.grid(color=QUIET, alpha=0.25)
