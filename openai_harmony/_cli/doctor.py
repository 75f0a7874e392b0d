"""The command `doctor`: facts about this installation."""

from __future__ import annotations

from .._doctor import findings
from .arguments import Json
from .failing import DONE, FOUND
from .output import json_line, show, write_lines

EXAMPLES = ("harmony doctor", "harmony doctor --json")


def run(as_json: Json = False) -> int:
    """Show versions, which package is imported, the vocabulary, the tokenizer, and what the environment changes.

    In a checkout, also whether the generated code is what the spec says. The exit status is 1 if something is to be
    mended.
    """
    found = list(findings())
    if as_json:
        write_lines(json_line(finding._asdict()) for finding in found)
    else:
        width = max(len(finding.topic) for finding in found)
        show(
            (f"{finding.topic:{width}}  {'FAULT: ' * finding.is_fault}{finding.text}", "red" * finding.is_fault)
            for finding in found
        )
    return FOUND if any(finding.is_fault for finding in found) else DONE
