"""What MkDocs calls while it builds the site.

mkdocs.yml names this file, and the files from outside of docs/ that are part of the site.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from website.links import Links
from website.markdown import RepositoryMarkdown

ROOT = Path(__file__).parents[1]
REPOSITORY_ICON = "fontawesome/brands/git-alt"
_SOURCE = re.compile(r'^Source = "(.*)"$', re.MULTILINE)


class _Site:
    """The links of the site, and the page that is being converted."""

    links: Links
    page = ""


def _kind_of(path: str) -> str | None:
    if path.startswith(".."):
        return None
    file = ROOT / path
    return "tree" if file.is_dir() else "blob" if file.is_file() else None


def on_config(config: MkDocsConfig) -> None:
    """Take the address of the repository from the place that defines it, and add the extension of Markdown."""
    found = _SOURCE.search((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if found is None:
        raise ValueError("[project.urls] of pyproject.toml has no Source")
    # As `repo_url` it would stand on each page beside numbers that the reader's browser fetches from elsewhere.
    config.extra["social"] = [{"icon": REPOSITORY_ICON, "link": found[1], "name": "The repository"}]
    _Site.links = Links(config.extra["brought"], found[1], _kind_of)
    extension = RepositoryMarkdown(lambda link: _Site.links.leads_to(_Site.page, link))
    # Python-Markdown takes objects, too.
    cast("list[object]", config.markdown_extensions).append(extension)


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add the files from outside of docs/."""
    for path, source in _Site.links.brought.items():
        files.append(File.generated(config, source, abs_src_path=str(ROOT / path)))


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> None:
    """Note which page is converted next."""
    _Site.page = page.file.src_uri
