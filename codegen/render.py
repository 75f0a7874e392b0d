"""The list of generated files with their templates and their sources in the spec, and the rendering of all of them.

A template, its view and its output share one stem; the stem of an `__init__.py` is the name of its folder. Nothing here
writes to disk: `output.py` does that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path, PurePosixPath

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from codegen.model import Spec
from codegen.styles import REFERENCE

TEMPLATES = Path(__file__).parent / "templates"
JINJA = ".jinja"  # the end of the path of an output that is a template itself


@dataclass(frozen=True)
class Output:
    path: str  # relative to the output folder; {package} is the package's name
    template: str
    view: str | None  # the module of `codegen.views` whose `view` returns the template's strings
    sources: tuple[str, ...]  # files of spec/ without suffix; a test compares them with the actual ones
    of_tools: bool = False  # written only for a format with tools
    of_chat: bool = False  # written only for a format with chat.yaml
    of_fields: bool = False  # written only for a format with fields of headers
    style: str | None = None  # of an output that is written for each style; that of `OUTPUTS` is for the first one

    @property
    def stem(self) -> str:
        """The name that the output shares with its template and its view."""
        path = PurePosixPath(self.path.replace("{package}", "package").replace("_{style}", ""))
        return (path.parent.name if path.stem == "__init__" else path.stem).replace("-", "_")

    def file(self, package: str) -> str:
        """Return the path of the file for a package."""
        return self.path.format(package=package, style=self.style)

    def of_style(self, style: str) -> Output:
        """Return the same output for another style."""
        return replace(self, style=style, sources=tuple(sorted({*self.sources, "styles"})))


def _module(stem: str, *sources: str, of_tools: bool = False) -> Output:
    return Output(f"{{package}}/_generated/{stem}.py", f"{stem}.py.jinja", stem, sources, of_tools)


OUTPUTS = (
    Output("{package}/__init__.py", "package.py.jinja", "package", ("contents", "tools")),
    Output("{package}/_generated/__init__.py", "_generated.py.jinja", None, ()),
    _module("enumerations", "contents", "encodings", "recoveries", "roles", "styles"),
    _module("tools", "tools", of_tools=True),
    _module("wording", "tools", of_tools=True),
    _module("contents", "channels", "contents", "tools"),
    _module("messages", "contents", "messages", "roles"),
    _module("renderer", "channels", "contents", "framing", "messages", "roles", "styles", "tokens", "tools"),
    _module("parts", "framing", "messages", "roles", "tokens"),
    _module("styles", "contents", "framing", "messages", "styles", "tokens"),
    _module("framing", "channels", "framing", "messages", "recoveries", "roles", "tokens", "tools"),
    _module("events", "messages"),
    _module("recoveries", "recoveries"),
    _module("encodings", "encodings", "tokens"),
    _module("templates", "chat", "styles"),
    _module("dialects", "channels", "chat", "contents", "dialects", "messages", "roles", "tokens", "tools"),
    _module(
        "completions",
        "channels",
        "chat",
        "contents",
        "encodings",
        "framing",
        "messages",
        "roles",
        "styles",
        "tokens",
        "tools",
    ),
    Output(
        "{package}/_generated/chat_{style}.jinja",
        "chat.jinja.jinja",
        "chat",
        ("channels", "chat", "contents", "framing", "messages", "roles", "tokens", "tools"),
        of_chat=True,
        style=REFERENCE,
    ),
    Output(
        "{package}/_generated/response.json",
        "response.json.jinja",
        "response",
        ("chat", "framing", "messages", "roles", "tokens", "tools"),
        of_chat=True,
    ),
    Output("docs/format-reference.md", "format_reference.md.jinja", "format_reference", ("*",)),
    Output(
        "docs/pictures/format-messages.svg",
        "format_messages.svg.jinja",
        "format_messages",
        ("framing", "tokens"),
    ),
    Output(
        "docs/pictures/format-header.svg",
        "format_header.svg.jinja",
        "format_header",
        ("framing", "messages", "tokens"),
        of_fields=True,
    ),
)


def render(
    spec: Spec, package: str, outputs: Sequence[Output] = OUTPUTS, templates: Path = TEMPLATES
) -> dict[str, str]:
    """Return the text of every generated file, by its path relative to the output folder."""
    return {
        output.file(package): fill(output, values(output, spec, package), templates)
        for output in outputs_of(spec, outputs)
    }


def outputs_of(spec: Spec, outputs: Sequence[Output] = OUTPUTS) -> list[Output]:
    """Return the outputs of a format, with one for each style in the place of those that are written for each."""
    found = []
    for output in outputs:
        if is_written(output, spec):
            found.append(output)
            found += [output.of_style(style) for style in spec.styles if output.style is not None]
    return found


def is_written(output: Output, spec: Spec) -> bool:
    """Return whether a format has what an output is about."""
    needed = (
        (output.of_tools, spec.tools.structures),
        (output.of_chat, spec.chat),
        (output.of_fields, spec.message.fields),
    )
    return all(given for asked, given in needed if asked)


def values(output: Output, spec: Spec, package: str) -> Mapping[str, object]:
    """Return the values for the template of an output."""
    if output.view is None:
        return {}
    view = import_module(f"codegen.views.{output.view}").view
    found: Mapping[str, object] = view(spec, package) if output.style is None else view(spec, package, output.style)
    return found


def fill(output: Output, strings: Mapping[str, object], templates: Path = TEMPLATES) -> str:
    template = _environment(templates, output.path.endswith(JINJA)).get_template(output.template)
    return template.render(**strings, header=header(output))


def header(output: Output) -> str:
    """Return the two lines with which an output begins; no text for JSON, which has no comments."""
    if output.path.endswith(".json"):
        return ""
    template = f"codegen/templates/{output.template}"
    if output.sources:
        spec = output.sources[0] if len(output.sources) == 1 else "{" + ",".join(output.sources) + "}"
        lines = (f"Generated from spec/{spec}", f"by {template}; edit those and run `make generate`.")
    else:
        lines = ("Generated by `make generate`; do not edit.", f"Its text stands in {template}.")
    if output.path.endswith(JINJA):
        return "{#- " + "\n    ".join(lines) + " -#}"
    if output.path.endswith((".md", ".svg")):
        return "<!-- " + "\n     ".join(lines) + " -->"
    return "\n".join(f"# {line}" for line in lines)


def is_generated(text: str) -> bool:
    """Return whether a text begins like a generated file, whatever its template."""
    first, _, rest = text.partition("\n")
    return (
        first.startswith(("# Generated ", "<!-- Generated ", "{#- Generated "))
        and "codegen/templates/" in rest.partition("\n")[0]
    )


@lru_cache(maxsize=4)
def _environment(templates: Path, of_template: bool) -> Environment:
    """Return the environment of templates; those of templates have square brackets in the place of braces."""
    delimiters = ("[%", "%]", "[[", "]]", "[#", "#]") if of_template else ("{%", "%}", "{{", "}}", "{#", "#}")
    return Environment(
        *delimiters,
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # the output is Python, Markdown, and SVG that a library wrote
    )
