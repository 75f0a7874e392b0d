"""Facts about this installation: versions, what is imported, the vocabulary, the tokenizer, the environment."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from ._conversations import complaint
from ._generated.encodings import ENCODINGS
from ._runtime.tokens.backends.choosing import BACKENDS, EXACT, VARIABLE, choose, is_installed
from ._version import __version__
from .encoding import HarmonyEncoding, TokenizerInfo
from .errors import HarmonyError
from .strictness import mode_of

__all__ = ["Finding", "findings"]

PACKAGE = __package__
FOLDER = Path(__file__).parent
NEEDED = ("pydantic", "tiktoken")
# What the extras bring; each is named by one of its packages.
EXTRAS = {
    "testing": "hypothesis",
    "fast": "splintr-rs",
    "fastokens": "fastokens",
    "cli": "typer",
    "inspect": "starlette",
    "batch": "pyarrow",
    "ray": "ray",
    "codegen": "lark",
}
VARIABLES = ("HARMONY_", "TIKTOKEN_")  # how the names of environment variables begin that change what is done


class Finding(NamedTuple):
    """A fact.

    Attributes:
        topic: what it is about.
        text: the fact, on one line.
        is_fault: whether something is to be mended.
    """

    topic: str
    text: str
    is_fault: bool = False


def findings() -> Iterator[Finding]:
    """Yield what there is to say of this installation."""
    yield Finding("version", f"{PACKAGE} {__version__}, Python {platform.python_version()}, {platform.platform()}")
    yield from _packages()
    yield from _owners()
    for name in ENCODINGS:
        yield from _vocabulary(name)
    yield _environment()
    yield from _checkout()


def _packages() -> Iterator[Finding]:
    for name in NEEDED:
        version = _version(name)
        yield Finding("needs", f"{name} {version or 'is not installed'}", version is None)
    for extra, name in EXTRAS.items():
        version = _version(name)
        found = f"{name} {version}" if version else f"not installed: pip install 'openai-harmony[{extra}]'"
        yield Finding(f"extra {extra}", found)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _owners() -> Iterator[Finding]:
    """Yield which installed package has the import name, of which there may be several."""
    yield Finding("imported from", str(FOLDER))
    owners = {}
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        files = {file.parts[0] for file in distribution.files or ()}
        if PACKAGE in files or _is_link_to(distribution, FOLDER.parent):
            owners[f"{name} {distribution.version}"] = str(distribution.locate_file(""))
    text = ", ".join(f"{name} in {place}" for name, place in owners.items())
    if len(owners) > 1:
        yield Finding("installed by", f"{text}: several packages have the same import name", True)
    else:
        yield Finding("installed by", text or "no package: it is found through the path of modules")


def _is_link_to(distribution: metadata.Distribution, folder: Path) -> bool:
    """Return whether a package was installed in place from a folder."""
    told = distribution.read_text("direct_url.json") or ""
    return f'"{folder.as_uri()}"' in told.replace("\\/", "/")


def _vocabulary(name: str) -> Iterator[Finding]:
    facts = ENCODINGS[name]
    directory = os.environ.get(facts.environment)
    origin = f"{directory}, by {facts.environment}" if directory else f"{FOLDER / 'data' / facts.packed}"
    topic = f"vocabulary of {name}"
    try:
        choose(None)
    except ValueError as error:
        yield Finding(f"tokenizer of {name}", str(error), True)
        return
    encoding = HarmonyEncoding(name)  # not the one that may have read another vocabulary before
    try:
        encoding.tokenizer.prepare()
        same = encoding.decode(encoding.encode("Hello, world")) == "Hello, world"
    except (HarmonyError, OSError, ValueError) as error:
        yield Finding(topic, complaint(error), True)
        return
    yield Finding(topic, f"{facts.ranks} tokens, sha256 {facts.sha256}, from {origin}", not same)
    yield from _tokenizer(name, encoding.tokenizer_info())
    info = encoding.cache_info()
    yield Finding(f"cache of {name}", f"{info.entries} entries, {info.bytes} of at most {info.limit} bytes")


def _tokenizer(name: str, info: TokenizerInfo) -> Iterator[Finding]:
    """Yield which package encodes, why not another one, and which faster ones are installed in vain."""
    topic = f"tokenizer of {name}"
    asked = "" if info.asked == info.backend else f" for {info.asked!r}"
    guard = f"; left to {EXACT.name}: {info.guard}" if info.guard else ""
    yield Finding(topic, f"{info.backend} {info.version}, by the {info.chosen_by}{asked}{guard}")
    for other, reason in info.passed_over.items():
        yield Finding(topic, f"{other} cannot be used: {reason}", True)
    for known in BACKENDS:
        told = known.name in (EXACT.name, info.backend, *info.passed_over)
        if not told and is_installed(known):
            yield Finding(topic, f"{known.name} is installed but not used: {VARIABLE}={known.name} uses it")


def _environment() -> Finding:
    """Return which variables are set that change what is done."""
    told = [f"{name}={value}" for name, value in sorted(os.environ.items()) if name.startswith(VARIABLES)]
    try:
        mode_of(None)
    except ValueError as error:
        return Finding("environment", str(error), True)
    return Finding("environment", ", ".join(told) or "no variable of this package is set")


def _checkout() -> Iterator[Finding]:
    """Yield whether the generated code is what the spec says, where both are at hand."""
    root = FOLDER.parent
    if not ((root / "spec").is_dir() and (root / "codegen" / "__main__.py").is_file()):
        return
    if _version(EXTRAS["codegen"]) is None:
        yield Finding("generated code", "not checked: pip install 'openai-harmony[codegen]'")
        return
    done = subprocess.run([sys.executable, "-m", "codegen", "check"], cwd=root, capture_output=True, text=True)
    last = (done.stdout or done.stderr).strip().rpartition("\n")[2]
    text = "as the spec says" if done.returncode == 0 else f"not as the spec says: {last}"
    yield Finding("generated code", text, done.returncode != 0)
