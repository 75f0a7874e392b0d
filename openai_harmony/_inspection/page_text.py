"""An inspection as a page: one HTML file, put together from the files in `page/` and the data as JSON.

The page may load nothing, and run only its own script: its policy names the digests of what is in it. The data is in
an element whose type no browser executes, and escaped so that it cannot end that element.
"""

from __future__ import annotations

import json
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from .layout import counted, named, reading_of
from .model import Inspected, InspectedToken, as_json

if TYPE_CHECKING:
    from .._runtime.types.typed import JsonDict, JsonValue

__all__ = ["escaped_json", "form_page", "frame_of", "page_data", "page_of"]

SCRIPTS = ("dom", "lazy", "tokens", "steps", "search", "page")
LOCAL = "local"  # the script of the page that a local server gives
_COLUMNS = InspectedToken._fields

# The data is ASCII; what could end an element, begin a comment or an entity is escaped too.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}


def page_of(inspected: Inspected, title: str | None, strictness: str) -> str:
    """Return the page of an inspection. Raises ValueError if the mode is unknown."""
    data = escaped_json(page_data(inspected, strictness))
    return _page(title or _capital(named(inspected)), data, "", SCRIPTS, "'none'")


def frame_of(inspected: Inspected, strictness: str) -> str:
    """Return an element with the page in it, for notebooks; its script can reach nothing outside the element."""
    page = escape(page_of(inspected, None, strictness))
    return f'<iframe sandbox="allow-scripts" srcdoc="{page}" style="width:100%;height:640px;border:0"></iframe>'


def form_page(title: str, options: JsonDict) -> tuple[str, str]:
    """Return the page in which one pastes what is to be inspected, and its policy.

    Args:
        title: the title of the page.
        options: what can be chosen, by the id of the element: pairs of a value and a text; a hint; an example.
    """
    scripts = (*SCRIPTS, LOCAL)
    return _page(title, escaped_json(options), _file("form.html"), scripts, "'self'"), _policy_of(scripts, "'self'")


def _policy_of(scripts: tuple[str, ...], connections: str) -> str:
    return _policy(_file("page.css"), _script(scripts), connections)


def _policy(style: str, script: str, connections: str) -> str:
    """Return the content security policy of a page with this style and this script.

    Args:
        style: the text of the only style.
        script: the text of the only script.
        connections: what the script may connect to: `'none'` or `'self'`.
    """
    rules = {
        "default-src": "'none'",
        "script-src": _digest(script),
        "style-src": _digest(style),
        "connect-src": connections,
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def page_data(inspected: Inspected, strictness: str) -> JsonDict:
    """Return what the page needs: the columns of the tokens instead of their rows, and the rest as in `to_dict`."""
    data: JsonDict = {name: as_json(value) for name, value in vars(inspected).items() if name != "tokens"}
    columns = zip(*inspected.tokens) if inspected.tokens else [()] * len(_COLUMNS)
    data["tokens"] = {name: list(column) for name, column in zip(_COLUMNS, columns)}
    data["summary"] = counted(inspected)
    data["strictness"] = reading_of(inspected, strictness).strictness
    return data


def escaped_json(value: JsonValue) -> str:
    """Return JSON that may stand in a `script` element."""
    return json.dumps(value, separators=(",", ":")).translate(_ESCAPES)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _page(title: str, data: str, form: str, scripts: tuple[str, ...], connections: str) -> str:
    return Template(_file("page.html")).substitute(
        title=escape(title),
        policy=escape(_policy_of(scripts, connections)),
        style=_file("page.css"),
        form=form,
        data=data,
        script=_script(scripts),
    )


def _script(names: tuple[str, ...]) -> str:
    """Return the scripts as one, whose names nothing else can see."""
    body = "\n".join(_file(f"{name}.js") for name in names)
    return f'(() => {{\n"use strict";\n{body}}})();'


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@lru_cache(32)
def _file(name: str) -> str:
    return files(__name__.rpartition(".")[0]).joinpath("page").joinpath(name).read_text(encoding="utf-8")
