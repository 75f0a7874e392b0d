"""Rules for styles.yaml: one function per rule, as in `check.py`. The grammar must accept what a style renders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from codegen.check_contents import FUNCTION_TOOLS, wording_faults
from codegen.check_framing import CHANNEL
from codegen.complaints import Complaints
from codegen.framing import compile_framing
from codegen.grammar import AUTHOR, NAMED_ROLE, ROLE, alternatives, composed, grammar, spelling
from codegen.load_wording import INLINE, WORDING
from codegen.model import Spec
from codegen.model_styles import AbsentRule, FieldStyle, OrderRule, StyleSpec
from codegen.naming import LOWER, is_name
from codegen.sources import Path
from codegen.styles import REFERENCE, line_of, ordered_fields

FILE = "styles.yaml"


def _names(spec: Spec, complaints: Complaints) -> None:
    for style in spec.styles.values():
        if not is_name(style.word):
            complaints.say(style.place, f"'{style.word}' is not the name of a style", LOWER)
        elif style.word == REFERENCE:
            complaints.say(style.place, f"'{REFERENCE}' is how messages are rendered without a style", "take another")


def _orders(spec: Spec, complaints: Complaints) -> None:
    fields = [field.name for field in spec.message.fields]
    for style, where in _each(spec, "orders"):
        for index, row in enumerate(style.orders):
            at: Path = (*where, index)
            _who(spec, complaints, at, row.role)
            if row.channel is not None:
                complaints.known((*at, "channel"), "channel", row.channel, spec.channels)
            for number, name in enumerate(row.fields):
                if complaints.known((*at, "fields", number), "field", name, fields) and name in row.fields[:number]:
                    complaints.say((*at, "fields", number), f"'{name}' stands before already")
            if len(row.fields) < 2:
                complaints.say((*at, "fields"), "fewer than two fields have one order", "name those that change places")
        _reached(complaints, where, [(row.role, row.channel) for row in style.orders])


def _fields(spec: Spec, complaints: Complaints) -> None:
    known = {field.name: field for field in spec.message.fields}
    for style, where in _each(spec, "fields"):
        for field in style.fields:
            at = (*where, field.name)
            if not complaints.known(field.place, "field", field.name, known):
                continue
            if field.marker is None and not field.marks and not field.absent:
                complaints.say(field.place, f"nothing is said of '{field.name}'", "leave it out")
            if field.marker is not None and field.marks:
                complaints.say((*at, "marks"), "'marker' decides for all values", "write one of the two")
            if (field.marker is not None or field.marks) and not known[field.name].keeps_marker:
                complaints.say(field.place, f"'{field.name}' has its marker always, or none", "see 'keeps_marker'")
            for index, row in enumerate(field.absent):
                _absent(spec, complaints, field, row, (*at, "absent", index))
            _reached(complaints, (*at, "absent"), [(row.role, row.with_field) for row in field.absent])
            for index, value in enumerate(field.marks):
                _word(spec, complaints, value, (*at, "marks", index))


def _absent(spec: Spec, complaints: Complaints, field: FieldStyle, row: AbsentRule, where: Path) -> None:
    _who(spec, complaints, where, row.role)
    _with(spec, complaints, where, row.with_field)
    if row.with_field == field.name:
        complaints.say((*where, "with"), f"a message without '{field.name}' has none", "name another field")
    if field.name == CHANNEL:
        complaints.known((*where, "value"), "channel", row.value, spec.channels)
    else:
        _word(spec, complaints, row.value, (*where, "value"))


def _word(spec: Spec, complaints: Complaints, value: str, where: Path) -> None:
    """Report a value that is not one word of a header."""
    begins = {token.text[:1] for token in spec.tokens.values()}
    if not value or any(character in begins or character in spec.message.white_space for character in value):
        complaints.say(where, f"'{value}' is not a word of a header", "write it without markers and white space")


def _texts(spec: Spec, complaints: Complaints) -> None:
    for style, where in _each(spec, "texts"):
        for index, row in enumerate(style.texts):
            _who(spec, complaints, (*where, index), row.role)
            _with(spec, complaints, (*where, index), row.with_field)
        _reached(complaints, where, [(row.role, row.with_field) for row in style.texts])


def _sections(spec: Spec, complaints: Complaints) -> None:
    contents = {content.type: content for content in spec.contents}
    for style, where in _each(spec, "sections"):
        for name, sections in style.sections.items():
            if not complaints.known((*where, name), "content", name, contents):
                continue
            content = contents[name]
            if content.role is None or content.block or content.behind is not None:
                complaints.say((*where, name), f"'{name}' is not a content of one role", "others are rendered alike")
                continue
            for section in sections:
                at = (*where, name, section.field)
                fields = [field.name for field in content.fields]
                if not complaints.known(section.place, "field", section.field, fields):
                    continue
                line = line_of(content, section.field)
                if line is None:
                    complaints.say(section.place, f"no section begins with '{section.field}'")
                elif line.text is None and section.when is not None:
                    complaints.say((*at, "when"), "a section of tools is rendered if there are any", "leave it out")
                if section.when is None and not section.closed:
                    complaints.say(section.place, f"nothing is said of '{section.field}'", "leave it out")
                if section.when is not None:
                    complaints.known((*at, "when"), "field", section.when, (*fields, FUNCTION_TOOLS))
                if section.closed and spec.section_break is None:
                    complaints.say((*at, "closed"), "nothing says what a section break is", "see contents.yaml")


def _printers(spec: Spec, complaints: Complaints) -> None:
    printing = {c.type: any(section.tools is not None for section in c.sections) for c in spec.contents}
    for style, where in _each(spec, "printers"):
        for name in style.printers:
            if complaints.known((*where, name), "content", name, printing) and not printing[name]:
                complaints.say((*where, name), f"'{name}' prints no tools", "leave it out")
        if style.printers and not style.inline:
            complaints.say(where, "the strings of the printer are missing", "write them under 'inline'")
        if style.inline and not style.printers:
            complaints.say((FILE, "styles", style.word, "inline"), "no content is printed so", "see 'printers'")


def _strings(spec: Spec, complaints: Complaints) -> None:
    for style, where in _each(spec, "wording"):
        for key, text in style.wording.items():
            if complaints.known((*where, key), "string", key, spec.tools.wording):
                wording_faults(complaints, (*where, key), text, WORDING[key])
    for style, where in _each(spec, "inline"):
        for key, text in style.inline.items():
            wording_faults(complaints, (*where, key), text, INLINE[key])
        longest = style.inline.get("longest_element", "0")
        if not longest.isascii() or not longest.isdigit() or len(longest) > 6:
            complaints.say((*where, "longest_element"), f"'{longest}' is not a number of characters", 'write "50"')


def _each(spec: Spec, key: str) -> Iterator[tuple[StyleSpec, tuple[str, ...]]]:
    """Yield each style, with the path of one of its keys."""
    yield from ((style, (FILE, "styles", style.word, key)) for style in spec.styles.values())


def _who(spec: Spec, complaints: Complaints, where: Path, role: str | None) -> None:
    if role is not None:
        complaints.known((*where, "role"), "role", role, spec.roles)


def _with(spec: Spec, complaints: Complaints, where: Path, field: str | None) -> None:
    if field is not None:
        complaints.known((*where, "with"), "field", field, [field.name for field in spec.message.fields])


def _reached(complaints: Complaints, where: Path, rows: Sequence[tuple[str | None, str | None]]) -> None:
    """Report each row that never applies, since one before it applies to all of its messages."""
    for index, (role, other) in enumerate(rows):
        if any(r in (None, role) and o in (None, other) for r, o in rows[:index]):
            complaints.say((*where, index), "this row is never reached", "put it before the rows that hold for more")


# the grammar ---------------------------------------------------------------------------------------


def _markers(spec: Spec, complaints: Complaints) -> None:
    for style, _ in _each(spec, "fields"):
        for field in style.fields:
            if (field.marker is not None or field.marks) and spelling(spec, field.name)[0] is None:
                complaints.say(field.place, f"the grammar has no marker of '{field.name}'")


def _readable(spec: Spec, complaints: Complaints) -> None:
    """Check that the grammar accepts each order of header fields, with any of the fields left out."""
    for style, where in _each(spec, "orders"):
        for index, row in enumerate(style.orders):
            order = ordered_fields(spec, row)
            size = range(2, len(order) + 1)
            for fields in (chosen for n in size for chosen in combinations(order, n)):
                if not _accepted(spec, row, fields):
                    what = f"the grammar does not read '{' '.join(fields)}' in this order"
                    complaints.say((*where, index, "fields"), what, "each order is one of the rule 'header'")
                    break


def _accepted(spec: Spec, row: OrderRule, fields: Sequence[str]) -> bool:
    """Return whether the machine reads a header with these fields as these fields, however each is spelled."""
    framing = compile_framing(spec)
    start = framing.states[framing.starts["transcript"]].steps[spec.message.opens].target
    ways = [(framing.states[start].steps[author].target, AUTHOR) for author in _authors(spec, row)]
    terminals = _terminals(spec)
    for name in (*fields, None):
        following = terminals[name] if name is not None else [spec.message.closes_header]
        reached = []
        for state, before in ways:
            for terminal in following:
                step = framing.states[state].steps.get(terminal)
                if step is None or step.field != before:
                    return False
                reached.append((step.target, name or ""))
        ways = reached
    return True


def _authors(spec: Spec, row: OrderRule) -> list[str]:
    """Return the terminals that can be the author of a message that a row applies to."""
    by_role = {ROLE, NAMED_ROLE}
    found = alternatives(grammar(spec), AUTHOR)
    if row.role is None:
        return list(found)
    named = spec.roles[row.role].author == "name"
    return [name for name in found if (name not in by_role) == named]


def _terminals(spec: Spec) -> Mapping[str, list[str]]:
    """Return the terminals with which each field is rendered."""
    lark = grammar(spec)
    parts = composed(lark, spec)
    found: dict[str, list[str]] = {}
    for field in spec.message.fields:
        marker, literal = spelling(spec, field.name)
        named = [parts.prefixed[literal]] if literal else []
        named += [parts.marked[marker]] if marker else []
        bare = [] if literal or (marker and not field.keeps_marker) else ["WORD"]
        found[field.name] = [*named, *bare]
    return found


STYLE_RULES = (_names, _orders, _fields, _texts, _sections, _printers, _strings)
STYLE_FRAMING_RULES = (_markers, _readable)
