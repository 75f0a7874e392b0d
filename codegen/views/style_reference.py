"""What docs/format-reference.md says of each style."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.markdown import code, codes, table
from codegen.model_styles import StyleSpec

__all__ = ["about_style"]

HISTORIES = {
    "unfinished": "messages on dropped channels are omitted before the last message on a channel that ends a turn. For "
    "training, those right before it are kept if it is the last one of all",
}


def about_style(style: StyleSpec) -> dict[str, str]:
    """Return the heading, the purpose and the differences of a style."""
    differences = table(("what", "for which messages", "how"), [*_header(style), *_texts(style), *_tools(style)])
    return {"heading": code(style.word), "about": style.doc, "differences": differences}


def _header(style: StyleSpec) -> Iterator[tuple[str, str, str]]:
    for row in style.orders:
        channel = f"on {code(row.channel)}" if row.channel is not None else ""
        yield "the order of header fields", _who(row.role, channel), codes(row.fields)
    for field in style.fields:
        if field.marker is not None:
            yield f"the marker of {code(field.name)}", "all", field.marker
        if field.marks:
            yield f"the marker of {code(field.name)}", f"those with {codes(field.marks)}", "always"
        for absent in field.absent:
            who = _who(absent.role, _with(absent.with_field))
            yield f"{code(field.name)}, if there is none", who, code(absent.value)


def _texts(style: StyleSpec) -> Iterator[tuple[str, str, str]]:
    for row in style.texts:
        yield "the text", _who(row.role, _with(row.with_field)), f"as {code(row.form)}"
    for content, sections in style.sections.items():
        for section in sections:
            how = [f"only when {code(section.when)}"] if section.when is not None else []
            how += ["followed by a section break even if it is the last one"] if section.closed else []
            yield f"the section {code(section.field)}", f"contents {code(content)}", "; ".join(how)
    if style.history is not None:
        yield "omitted messages", "all", f"{code(style.history)}: {HISTORIES[style.history]}"


def _tools(style: StyleSpec) -> Iterator[tuple[str, str, str]]:
    for content, printer in style.printers.items():
        yield "the printer of tools", f"contents {code(content)}", code(printer)
    for key, text in (*style.wording.items(), *style.inline.items()):
        yield f"the string {code(key)} of tools", "all", code(text)


def _who(role: str | None, more: str) -> str:
    return " ".join(filter(None, [f"those of {code(role)}" if role is not None else "all", more]))


def _with(field: str | None) -> str:
    return f"with {code(field)}" if field is not None else ""
