"""What the measurements say, as Markdown and as JSON; nothing is measured here."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .cases import BACKENDS
from .claims import Claim, Growth
from .grammars import GrammarRow
from .measure import Measured

__all__ = ["as_json", "as_markdown", "figure_of"]

OTHERS = ("oss-harmony", "template")  # and BACKENDS
FAST = BACKENDS[0]  # what the extra `fast` installs
VERDICTS = {True: "yes", False: "**no**", None: ""}


def as_markdown(works: Sequence[Measured], claims: Sequence[Claim], grammars: Sequence[GrammarRow] = ()) -> str:
    """The tables: ratios, what is bounded, and grammars."""
    parts = [_ratios(works)]
    if claims:
        parts.append(_claims(claims))
    if grammars:
        parts.append(_grammars(grammars))
    return "\n\n".join(parts) + "\n"


def _ratios(works: Sequence[Measured]) -> str:
    there, backends = (
        [name for name in names if any(name in work.rounds for work in works)] for names in (OTHERS, BACKENDS)
    )
    head = [
        "work",
        "ours",
        "reference",
        "ratio",
        "spread",
        "target",
        "reached",
        *(f"ratio to {name}" for name in there),
        *(f"ratio with {name}" for name in backends),
    ]
    rows = []
    for work in works:
        ratio, spread = work.ratio(), work.spread()
        row = [work.title, _with_rounds(work, "ours"), _with_rounds(work, "reference")]
        row.append("" if ratio is None else f"**{figure_of(ratio)}**")
        row.append("" if spread is None else f"{figure_of(spread[0])} to {figure_of(spread[1])}")
        row += ["" if work.target is None else f">= {work.target:.3g}", VERDICTS[work.reached()]]
        for name in there:
            other = work.ratio(name)
            row.append("" if other is None else figure_of(other) + (" ≠" if name in work.different else ""))
        row += [_with_backend(work, name) for name in backends]
        rows.append(row)
    notes = [
        "Times are medians of the rounds, for one unit (the rounds in brackets where a library did fewer than ours).",
        "The ratio is theirs / ours, the median of pairs of neighbouring rounds; the spread, their least and greatest.",
    ]
    if there:
        notes.append("≠: the results are not the reference's.")
    if backends:
        notes.append("Ratio with a tokenizer: theirs / ours, if ours encodes with it and not with tiktoken.")
    return _table(head, rows) + "\n\n" + " ".join(notes)


def _with_backend(work: Measured, name: str) -> str:
    """The ratio of the reference to ours with another tokenizer, and whether it reaches what it has to."""
    ratio = work.ratio(own=name)
    if ratio is None:
        return ""
    least = work.fast_target if name == FAST else None
    return figure_of(ratio) + ("" if least is None else f" (>= {least:.3g}: {VERDICTS[ratio >= least]})")


def _claims(claims: Sequence[Claim]) -> str:
    head = ["what is bounded", "figure", "at most", "reached", "that is"]
    rows = [
        [claim.title, f"**{figure_of(claim.value)}**", f"{claim.most:g}", VERDICTS[claim.reached()], claim.means]
        for claim in claims
    ]
    return _table(head, rows)


def _grammars(rows: Sequence[GrammarRow]) -> str:
    exports = ["export: new tools", "export: the same tools again"]
    head = ["engine", "format", "tools", *exports, "compile", "mask, mean", "mask, worst"]
    cells = [
        [
            *(row.engine, row.format, f"{row.tools}{'' if row.alike else ', which share nothing'}"),
            *(_time(row.export), _time(row.again)),
            *("" if each is None else _time(each) for each in (row.compiling, row.mask, row.worst)),
        ]
        for row in rows
    ]
    return _table(head, cells)


def _with_rounds(work: Measured, library: str) -> str:
    value = work.median(library)
    if value is None:
        return ""
    fewer = len(work.rounds[library]) < len(work.rounds["ours"])
    return f"{_time(value)} / {work.unit}" + (f" ({len(work.rounds[library])})" if fewer else "")


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))


def _time(seconds: float) -> str:
    """A time in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{figure_of(seconds / size)} {unit}"
    return f"{figure_of(seconds / 1e-9)} ns"


def figure_of(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def as_json(
    works: Sequence[Measured],
    memory: Measured | None,
    growth: Growth | None,
    claims: Sequence[Claim],
    grammars: Sequence[GrammarRow] = (),
) -> str:
    """Everything that was measured, and on what."""
    data: dict[str, Any] = {"machine": _machine()}
    data["works"] = [
        {**asdict(work), "ratio": work.ratio(), "spread": work.spread(), "reached": work.reached()} for work in works
    ]
    data["memory"] = asdict(memory) if memory is not None else None
    data["growth"] = asdict(growth) if growth is not None else None
    data["claims"] = [{**asdict(claim), "reached": claim.reached()} for claim in claims]
    data["grammars"] = [asdict(row) for row in grammars]
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _machine() -> dict[str, Any]:
    return {
        "processors": os.cpu_count(),
        "processor": _processor(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("tiktoken", "pydantic")},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()
