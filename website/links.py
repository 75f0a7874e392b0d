"""Where the links of a page lead. Pages link as files of the repository do; not every file is part of the site."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

__all__ = ["Links"]

DOCS = "docs"


@dataclass(frozen=True)
class Links:
    """The files of the repository and those of the site.

    Args:
        brought: Files from outside of docs/ that the site has: path in the repository -> path in the site's sources.
        repository: The address of the repository.
        kind_of: Returns "tree" for a folder of the repository, "blob" for a file, None for what is not there.
    """

    brought: Mapping[str, str]
    repository: str
    kind_of: Callable[[str], str | None]

    def path_of(self, page: str) -> str:
        """Return the path in the repository of a file of the site's sources."""
        outside = {source: path for path, source in self.brought.items()}
        return outside.get(page, posixpath.join(DOCS, page))

    def leads_to(self, page: str, link: str) -> str:
        """Return a link of a page as the site has it; as it stands if it leads nowhere, so that MkDocs reports it."""
        scheme, host, path, query, anchor = urlsplit(link)
        if scheme or host or not path or path.startswith("/"):
            return link
        target = posixpath.normpath(posixpath.join(posixpath.dirname(self.path_of(page)), unquote(path)))
        source = self.brought.get(target)
        kind = self.kind_of(target)
        if source is None and kind == "blob" and target.startswith(f"{DOCS}/"):
            source = posixpath.relpath(target, DOCS)
        if source is not None:
            return urlunsplit(("", "", posixpath.relpath(source, posixpath.dirname(page) or "."), query, anchor))
        if kind is not None:
            return urlunsplit(("", "", f"{self.repository}/{kind}/main/{target}", query, anchor))
        return link
