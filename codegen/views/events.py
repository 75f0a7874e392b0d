"""Values for the template of the events: the header's fields, and the contents that are parsed from messages."""

from __future__ import annotations

from codegen.check_contents import PLACEHOLDER
from codegen.model import HeaderField, Spec
from codegen.model_contents import ContentSpec
from codegen.python_text import docstring, import_of, value_text


def view(spec: Spec, package: str) -> dict[str, object]:
    blocks = [content for content in spec.contents if content.block or content.behind is not None]
    return {
        "imports": [
            import_of(".contents", sorted([*(block.class_name for block in blocks), "make_text"], key=str.lower))
        ],
        "blocks": [_block(block) for block in blocks],
        "contents": "contents_of(BLOCKS, make_text, header, text)" if blocks else "[make_text(text)]",
        "fields": [
            {"name": field.name, "doc": docstring(field.doc, 4), "slot": _slot(field)} for field in spec.message.fields
        ],
    }


def _slot(field: HeaderField) -> str:
    """Return an entry of `__slots__`: a name and its documentation."""
    name = f'"current_{field.name}": '
    return name + docstring(field.doc, 8 + len(name))


def _block(content: ContentSpec) -> str:
    """Return the call that makes the `Block` of a content, which describes how to parse it."""
    pieces = PLACEHOLDER.split(content.sections[0].lines[0].text)
    literals = tuple(pieces[::2]) if content.block else ()
    values = (content.role, content.behind, literals, tuple(pieces[1::2]))
    return f"Block({', '.join([content.class_name, *(value_text(value, 4, 10) for value in values)])})"
