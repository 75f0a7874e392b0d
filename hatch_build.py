"""What hatch runs while it builds: the README with links that lead somewhere on the page of a package index, too.

There a path means nothing. So each becomes an address in the repository that `[project.urls]` names, at the tag of the
version that is built.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

PICTURES = (".svg", ".png", ".jpg", ".gif")
# A block of code, in which brackets mean something else, or the target of a link that is no address and no heading.
_PART = re.compile(r"^```.*?^```|(?<=\]\()(?![a-z][a-z+.-]*:|[#/])(?P<path>[^)\s]+)", re.MULTILINE | re.DOTALL)


def with_addresses(text: str, repository: str, tag: str) -> str:
    """A page of Markdown in which each path is an address; a picture is the file itself and not a page about it."""

    def address(part: re.Match[str]) -> str:
        path = part["path"]
        if path is None:
            return part[0]
        kind = "raw" if path.endswith(PICTURES) else "blob"
        return f"{repository.rstrip('/')}/{kind}/{tag}/{path}"

    return _PART.sub(address, text)


class ReadmeHook(MetadataHookInterface):
    """Sets the field `readme`, which pyproject.toml therefore lists as dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        made = with_addresses(text, metadata["urls"]["Source"], f"v{metadata['version']}")
        metadata["readme"] = {"content-type": "text/markdown", "text": made}
