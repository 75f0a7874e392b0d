"""Rules for contents that are parsed from a message: blocks in its text, and contents after a special token."""

from __future__ import annotations

from codegen.check_contents import PLACEHOLDER
from codegen.complaints import Complaints
from codegen.grammar import alternatives, grammar, used_terminals
from codegen.model import Spec
from codegen.model_contents import ContentSpec, TextPiece, TypeSpec
from codegen.sources import Path

TEXT = TypeSpec(None, "text")


def is_plain(content: ContentSpec) -> bool:
    """Return whether a content is a text and nothing else, so that a string can be used for it."""
    framed = content.block or content.behind is not None
    return content.role is None and [field.type for field in content.fields] == [TEXT] and not framed


def _lines(content: ContentSpec) -> list[TextPiece]:
    return [line for section in content.sections for line in section.lines]


def _blocks(spec: Spec, complaints: Complaints) -> None:
    """Check the text of blocks and of contents after a token: it has each field once; a block has text around each."""
    for content in spec.contents:
        where = ("contents.yaml", "contents", content.type)
        if content.block and content.behind is not None:
            complaints.say((*where, "behind"), "a content is a block, or stands behind a token", "leave out one")
        elif content.block or content.behind is not None:
            _text_of_fields(content, where, complaints)


def _text_of_fields(content: ContentSpec, where: Path, complaints: Complaints) -> None:
    kind = "a block" if content.block else "what stands behind a token"
    lines = _lines(content)
    if len(lines) != 1 or lines[0].more or _is_framed(lines[0]):
        complaints.say((*where, "sections"), f"{kind} is one line of text", "it is read back by the text around fields")
        return
    line: Path = (*where, "sections", 0, "lines", 0, "text")
    pieces = PLACEHOLDER.split(lines[0].text)
    if sorted(pieces[1::2]) != sorted(field.name for field in content.fields):
        complaints.say(line, f"{kind} is all of its fields, each once", f"'{content.type}' is made of them again")
    for field in content.fields:
        if field.type != TEXT or field.optional or field.has_default:
            complaints.say(field.place, f"a field of {kind} is text, and must be given", None)
    literals = pieces[::2]
    if content.block and not all(literals):
        complaints.say(line, "text must stand in front of, between and behind the fields of a block", None)
    if not content.block and (any(literals) or len(pieces) != 3):
        complaints.say(line, "what stands behind a token is one field and no other text", None)


def _is_framed(line: TextPiece) -> bool:
    """Return whether something other than its text determines how a line is written."""
    return not (line.when is None and line.join is None and line.margin is None)


def _distinct(spec: Spec, complaints: Complaints) -> None:
    """Check that no two blocks have the same texts around their fields, and may be written by the same role."""
    seen: dict[tuple[str, ...], ContentSpec] = {}
    for content in spec.contents:
        lines = [line.text for line in _lines(content)]
        if not content.block or len(lines) != 1:
            continue
        other = seen.setdefault(tuple(PLACEHOLDER.split(lines[0])[::2]), content)
        if other is not content and (None in (other.role, content.role) or other.role == content.role):
            what = f"'{content.type}' is parsed as '{other.type}', which has the same text around its fields"
            complaints.say(("contents.yaml", "contents", content.type, "sections"), what, "write another text")


def _plain_content(spec: Spec, complaints: Complaints) -> None:
    plain = [content for content in spec.contents if is_plain(content)]
    if len(plain) != 1:
        found = ", ".join(content.type for content in plain) or "none"
        what = f"exactly one content is a text and nothing else, found {found}"
        complaints.say(("contents.yaml", "contents"), what, "without 'role', and with one field of type 'text'")
    for content in plain if len(plain) == 1 else ():
        lines = _lines(content)
        if [line.text for line in lines] != [f"{{{content.fields[0].name}}}"] or lines[0].margin is not None:
            where = ("contents.yaml", "contents", content.type, "sections")
            complaints.say(where, f"'{content.type}' is its field and no other text", "a string can stand for it")


def _tokens(spec: Spec, complaints: Complaints) -> None:
    """Check that the token before a content is a special token, frames no message, and belongs to no other content."""
    owner: dict[str, str] = {}
    for content in spec.contents:
        where = ("contents.yaml", "contents", content.type, "behind")
        if content.behind is None or not complaints.known(where, "token", content.behind, spec.tokens):
            continue
        framing = {spec.message.opens, spec.message.closes_header, spec.message.begins}
        if content.behind in framing:
            complaints.say(where, f"'{content.behind}' frames messages", "name a token that the grammar has in content")
        if owner.setdefault(content.behind, content.type) != content.type:
            hint = "what stands behind a token is one kind of content"
            complaints.say(where, f"'{owner[content.behind]}' stands behind '{content.behind}' already", hint)


def _tokens_in_grammar(spec: Spec, complaints: Complaints) -> None:
    lark = grammar(spec)
    used, stops = used_terminals(lark), alternatives(lark, "stop")
    for content in spec.contents:
        where = ("contents.yaml", "contents", content.type, "behind")
        if content.behind is not None and (content.behind not in used or content.behind in stops):
            hint = f"name it in front of the text, in {spec.framing_file}"
            complaints.say(where, f"the grammar has no '{content.behind}' in front of content", hint)


BLOCK_RULES = (_plain_content, _distinct, _blocks, _tokens)
BLOCK_FRAMING_RULES = (_tokens_in_grammar,)
