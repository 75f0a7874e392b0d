"""The site as it was built: it is whole, needs nothing from elsewhere, and has every public name."""

from __future__ import annotations

import importlib
import pkgutil
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from markdown_it import MarkdownIt

import openai_harmony
from tests.docs.conftest import ROOT, Site, build

pytestmark = pytest.mark.shipped  # pages are written in the words of the shipped format, and name its classes

# What a browser fetches without being asked.
FETCHED = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}
# Parts of a page that both ways of reading Markdown must find as often.
PARTS = ("h2", "h3", "pre", "table", "tr", "td", "li", "img", "blockquote", "strong", "em")


class Page(HTMLParser):
    """The links, anchors and parts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.anchors: set[str] = set()
        self.parts: Counter[str] = Counter()
        self.code: list[str] = []
        self.fetching: list[str] = []  # what scripts of the theme fetch
        self._inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        self.parts[tag] += 1
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif FETCHED.get(tag, "") in given:
            self.fetched.append(given[FETCHED[tag]])
        if given.get("data-md-component") == "source":
            self.fetching.append("the numbers of the repository")
        if tag == "code":
            self._inside.append("")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._inside[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "code" and self._inside:
            self.code.append(" ".join(self._inside.pop().split()))


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, Page]:
    """The pages of the site by their path; `404.html` has links from the root of a server."""
    paths = [path for path in site.folder.rglob("*.html") if path.name != "404.html"]
    return {path.relative_to(site.folder).as_posix(): Page(path.read_text(encoding="utf-8")) for path in paths}


def is_outside(address: str) -> bool:
    scheme, host, *_ = urlsplit(address)
    return scheme not in ("", "data") or bool(host)


def styles(folder: Path) -> Iterator[tuple[str, str]]:
    """What style sheets and pictures fetch, with their names."""
    for path in [*folder.rglob("*.css"), *folder.rglob("*.svg")]:
        text = path.read_text(encoding="utf-8")
        found = re.findall(r"url\(\s*[\"']?([^\"')]+)", text) + re.findall(r"@import\s+[\"']([^\"']+)", text)
        found += re.findall(r"<image\b[^>]*href=\"([^\"]+)", text)
        yield from ((path.name, address) for address in found)


# what is built --------------------------------------------------------------------------------------


def test_the_site_is_built_without_a_warning(site: Site) -> None:
    assert not re.search(r"WARNING|ERROR", site.said)


def test_no_page_needs_the_network(site: Site, pages: dict[str, Page]) -> None:
    fetched = [(name, address) for name, page in pages.items() for address in page.fetched]
    assert len(fetched) > len(pages)
    assert [found for found in [*fetched, *styles(site.folder)] if is_outside(found[1])] == []
    assert [name for name, page in pages.items() if page.fetching] == []
    gone = [(n, a) for n, a in fetched if not (site.folder / n).parent.joinpath(unquote(urlsplit(a).path)).exists()]
    assert gone == []


def test_what_a_browser_would_fetch_is_noticed(tmp_path: Path) -> None:
    page = Page('<img src="https://a.example/b.svg"><div data-md-component="source"></div>')
    assert is_outside(page.fetched[0])
    assert page.fetching
    (tmp_path / "a.css").write_text("@import 'https://a.example';\na { src: url( //b.example/c.woff) }")
    assert [is_outside(address) for _, address in styles(tmp_path)] == [True, True]
    assert not any(map(is_outside, ("../a.css", "data:image/png;base64,AA", "#a")))


def test_each_link_leads_to_a_page_and_a_heading(site: Site, pages: dict[str, Page]) -> None:
    wrong = []
    for name, page in pages.items():
        for link in page.links:
            path = unquote(urlsplit(link).path)
            if is_outside(link):
                continue
            target = (site.folder / name).parent.joinpath(path).resolve() if path else site.folder / name
            known = pages.get(target.relative_to(site.folder.resolve()).as_posix()) if path else page
            anchor = unquote(urlsplit(link).fragment)
            if not target.exists() or (anchor and known and anchor not in known.anchors):
                wrong.append((name, link))
    assert wrong == []


def test_what_is_no_page_of_the_site_is_a_file_of_the_repository(pages: dict[str, Page]) -> None:
    (source,) = re.findall(r'^Source = "(.*)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    address = re.compile(re.escape(source) + r"/(blob|tree)/main/([^#]+)")
    found = {match.groups() for page in pages.values() for link in page.links if (match := address.match(link))}
    assert ("tree", "examples/server") in found
    assert ("blob", "spec/chat.yaml") in found
    kinds = {"tree": Path.is_dir, "blob": Path.is_file}
    assert [path for kind, path in found if not kinds[kind](ROOT / path)] == []


# pages in the repository and on the site ------------------------------------------------------------


class _Loader(yaml.SafeLoader):
    """Reads tags as nothing."""


_Loader.add_multi_constructor("!", lambda loader, suffix, node: None)


@cache
def brought() -> dict[str, str]:
    """The site's pages from outside of docs/."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").replace("!!python", "!python")
    found: dict[str, str] = yaml.load(text, Loader=_Loader)["extra"]["brought"]
    return {path: source for path, source in found.items() if path.endswith(".md")}


DOCS = ROOT / "docs"
SOURCES = {path.relative_to(ROOT).as_posix(): path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
SOURCES |= brought()


@pytest.mark.parametrize("source", [source for source in SOURCES if not source.startswith("docs/api/")])
def test_a_page_has_the_same_parts_in_the_repository_and_on_the_site(source: str, site: Site) -> None:
    markdown = (ROOT / source).read_text(encoding="utf-8")
    there = Page(MarkdownIt("commonmark").enable("table").render(markdown))
    html = (site.folder / PurePosixPath(SOURCES[source]).with_suffix(".html")).read_text(encoding="utf-8")
    here = Page(html.partition("<article")[2].partition("</article>")[0])
    assert {part: here.parts[part] for part in PARTS} == {part: there.parts[part] for part in PARTS}
    assert sorted(here.code) == sorted(there.code)


# the reference of the package -----------------------------------------------------------------------


def public() -> dict[str, list[str]]:
    """The names of each public module."""
    names = [found.name for found in pkgutil.iter_modules(openai_harmony.__path__) if not found.name.startswith("_")]
    modules = {name: importlib.import_module(f"openai_harmony.{name}") for name in names}
    listed = {name: list(module.__all__) for name, module in modules.items() if hasattr(module, "__all__")}
    return {"openai_harmony": list(openai_harmony.__all__), **listed}


def inventory(folder: Path) -> dict[str, str]:
    """The documented names, and where they stand."""
    lines = (folder / "objects.inv").read_bytes().split(b"\n", 4)
    found = {}
    for line in zlib.decompress(lines[4]).decode().splitlines():
        name, _, _, place, _ = line.split(" ", 4)
        found[name] = place.replace("$", name)
    return found


@pytest.mark.parametrize("module", public())
def test_every_public_name_has_its_place(module: str, site: Site, pages: dict[str, Page]) -> None:
    documented = inventory(site.folder)
    prefix = module if module == "openai_harmony" else f"openai_harmony.{module}"
    missing = [name for name in public()[module] if f"{prefix}.{name}" not in documented]
    assert missing == [], f"docs/api/{module}.md does not have them"
    for name in public()[module]:
        page, _, anchor = documented[f"{prefix}.{name}"].partition("#")
        assert anchor in pages[page].anchors, name


def test_methods_of_private_bases_are_documented(site: Site) -> None:
    documented = {".".join(name.split(".")[-2:]) for name in inventory(site.folder)}
    for cls in ("HarmonyEncoding", "StreamableParser", "Message", "Conversation"):
        methods = [name for name in dir(getattr(openai_harmony, cls)) if not name.startswith(("_", "model_"))]
        assert [name for name in methods if f"{cls}.{name}" not in documented] == [], cls


# what fails the build -------------------------------------------------------------------------------

FAULTS = {
    "[a](nowhere.md)": "'nowhere.md'",
    "[a](other.md#nothing)": "'other.md#nothing'",
    "[a](#nothing)": "'#nothing'",
    "[a](../nowhere.py)": "'../nowhere.py'",
    "![a](nowhere.svg)": "'nowhere.svg'",
    "[a](/docs/other.md)": "'/docs/other.md'",
}


def test_a_broken_link_or_a_page_outside_of_the_navigation_fails_the_build(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.md").write_text("# A\n\n" + "\n\n".join(FAULTS) + "\n\n[a](other.md#known)\n")
    (docs / "other.md").write_text("# B\n\n## Known\n")
    (docs / "left-out.md").write_text("# C\n")
    config = tmp_path / "mkdocs.yml"
    config.write_text(
        f"INHERIT: {ROOT / 'mkdocs.yml'}\nsite_name: a\ndocs_dir: docs\nplugins: []\nextra_css: []\nwatch: []\n"
        f"nav: [index.md, other.md]\nhooks: ['{ROOT / 'website' / 'hooks.py'}']\n"
    )
    status, said = build(tmp_path / "site", config)
    assert status == 1
    warned = "".join(re.findall(r"^WARNING.*\n(?:  .*\n)*", said, re.MULTILINE))
    assert [fault for fault, shown in FAULTS.items() if shown not in warned] == []
    assert "left-out.md" in warned
    assert "#known" not in warned
