"""The Python of a Markdown page as a module, in which each line stands where it stands in the page."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["ROOT", "module_name", "pages", "python_of"]

ROOT = Path(__file__).parents[2]
# Of what `strict` forbids, an expression that stands alone is how a page shows what there is to read.
FIRST_LINE = "# pyright: strict, reportUnusedExpression=false"
_FENCE = re.compile(r"(?P<indent> *)(?P<fence>`{3,}|~{3,}) *(?P<language>[\w-]*)")


def pages() -> list[Path]:
    """The pages whose Python is checked; those of docs/grammars use engines, of which some have no types."""
    docs = ROOT / "docs"
    return [ROOT / "README.md", *sorted(page for page in docs.rglob("*.md") if page.parent != docs / "grammars")]


def module_name(page: Path) -> str:
    """`docs/recovery.md` is `docs_recovery`."""
    return re.sub(r"\W", "_", page.relative_to(ROOT).with_suffix("").as_posix())


def python_of(text: str) -> str | None:
    """The blocks of a page one behind the other, since later ones build on those before; None if it has none.

    What is no Python is an empty line, and the page's first line, which is never Python, has a word to pyright.
    """
    lines: list[str] = []
    opened: re.Match[str] | None = None
    for line in text.splitlines():
        fence = _FENCE.match(line)
        if opened is None:
            opened = fence
            code = ""
        elif fence and _closes(fence, opened, line):
            opened = None
            code = ""
        else:
            code = line.removeprefix(opened["indent"]) if opened["language"] == "python" else ""
        lines.append(code)
    return "\n".join([FIRST_LINE, *lines[1:], ""]) if any(lines) else None


def _closes(fence: re.Match[str], opened: re.Match[str], line: str) -> bool:
    return fence["fence"].startswith(opened["fence"]) and line.strip() == fence["fence"]
