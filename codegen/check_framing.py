"""Rules that compare the grammar and the YAML files. `grammar.py` reads the grammar."""

from __future__ import annotations

import re

from codegen.check_recoveries import places
from codegen.complaints import Complaints
from codegen.framing import compile_framing
from codegen.grammar import (
    LISTED,
    NAMED_ROLE,
    ROLE,
    STARTS,
    alternatives,
    composed,
    fixed,
    grammar,
    used_terminals,
    write_order,
)
from codegen.model import Spec
from codegen.place import Place
from codegen.reader import suggestion
from codegen.sources import Path, SpecError

DEFINED = re.compile(r"^[?!]?(\w+)(?:\.\d+)?[ \t]*:", re.MULTILINE)
CHANNEL = "channel"  # the header field whose values channels.yaml lists
RECIPIENT = "recipient"  # the header field that names the tool of a call
HEADER, STOP, AUTHOR = "header", "stop", "author"


def _header_fields(spec: Spec, complaints: Complaints) -> None:
    needed = (*STARTS, AUTHOR, STOP, *((HEADER,) if spec.message.fields else ()))
    if missing := [rule for rule in needed if not _line(spec, rule)]:
        for rule in missing:
            complaints.say(Place(spec.framing_file, 1, 1), f"the grammar has no rule '{rule}'", "the reader needs it")
        return
    try:
        used = {rule.origin.name for rule in grammar(spec).rules}
        written = write_order(spec) if HEADER in used else ()
    except SpecError as error:
        complaints.problems.extend(error.problems)
        return
    place = Place(spec.framing_file, _line(spec, HEADER), 1)
    fields = [field.name for field in spec.message.fields]
    for name in written:
        if name not in fields:
            complaints.say(place, f"'{name}' in the header is not a field", suggestion(name, fields, "fields"))
    for field in spec.message.fields:
        if field.name not in written:
            hint = "name it in the first alternative of the rule 'header'"
            complaints.say(field.place, f"the grammar does not write field '{field.name}'", hint)


def _line(spec: Spec, rule: str) -> int:
    """Return the number of the line in which a rule begins, from 1; 0 if there is no such rule."""
    match = re.search(rf"^[?!]?{rule}\b[^:\n]*:", spec.framing, re.MULTILINE)
    return spec.framing.count("\n", 0, match.start()) + 1 if match else 0


def _place(spec: Spec, name: str) -> Place:
    """Return the first place of a name in the grammar, outside of comments."""
    for number, line in enumerate(spec.framing.splitlines(), 1):
        if match := re.search(rf"(?<!\w){name}(?!\w)", line.partition("//")[0]):
            return Place(spec.framing_file, number, match.start() + 1)
    return Place(spec.framing_file, 1, 1)


def _framing_tokens(spec: Spec, complaints: Complaints) -> None:
    """Check that the grammar uses the terminals that frame a message."""
    used = used_terminals(grammar(spec))
    message = spec.message
    named = {"opens": message.opens, "closes_header": message.closes_header, "begins": message.begins}
    for key, terminal in named.items():
        if terminal is not None and terminal not in used:
            complaints.say(
                ("messages.yaml", key), f"the grammar does not use '{terminal}'", f"it is what '{key}' names"
            )


def _authors(spec: Spec, complaints: Complaints) -> None:
    """Check that the grammar reads names as authors if, and only if, a role is written by name."""
    names = [name for name in alternatives(grammar(spec), AUTHOR) if name not in (ROLE, NAMED_ROLE, LISTED)]
    named = [role for role in spec.roles.values() if role.author == "name"]
    if names and not named:
        what = f"'{names[0]}' is an author, and no role is written by name"
        hint = "leave it out, or say 'author: name' of a role"
        complaints.say(Place(spec.framing_file, _line(spec, AUTHOR), 1), what, hint)
    if named and not names:
        hint = f"name WORD in the rule '{AUTHOR}' of {spec.framing_file}"
        complaints.say(named[0].place, f"'{named[0].word}' is written by name, and the grammar reads none", hint)


def _meanings(spec: Spec, complaints: Complaints) -> None:
    """Check that the reader knows the purpose of each special token in the grammar."""
    lark, message = grammar(spec), spec.message
    known = {message.opens, message.closes_header, message.begins, *alternatives(lark, STOP)}
    known |= {*composed(lark, spec).marked, *(content.behind for content in spec.contents)}
    for name in sorted(used_terminals(lark) & {*spec.tokens} - known):
        hint = "'begins' of messages.yaml, 'behind' of a content, or the rule 'stop' can name it"
        complaints.say(_place(spec, name), f"nothing says what '{name}' is for", hint)


def _stops(spec: Spec, complaints: Complaints) -> None:
    """Check that the grammar has all stop tokens of messages.yaml, and that each of its own is a special token."""
    stops = alternatives(grammar(spec), STOP)
    written: list[tuple[Path, str]] = [
        (("messages.yaml", "stops", index, "token"), rule.token) for index, rule in enumerate(spec.message.stops)
    ]
    training = spec.message.training
    if training is not None:
        written.append((("messages.yaml", "training", "token"), training.token))
    for where, token in written:
        if token not in stops:
            hint = f"name it in the rule '{STOP}' of {spec.framing_file}"
            complaints.say(where, f"the grammar ends no message with '{token}'", hint)
    for stop in stops:
        if stop not in spec.tokens:
            place = Place(spec.framing_file, _line(spec, STOP), 1)
            complaints.say(place, f"'{stop}' ends a message and is no special token", None)


def _channel_field(spec: Spec, complaints: Complaints) -> None:
    if spec.channels and not any(field.name == CHANNEL for field in spec.message.fields):
        hint = "name one under 'fields' of messages.yaml"
        complaints.say(("channels.yaml", "channels"), f"no header has a field '{CHANNEL}'", hint)


def _literals(spec: Spec, complaints: Complaints) -> None:
    """Check that literals before words hold no white space, and others no character that begins special tokens."""
    alone = fixed(spec)
    for name, text in spec.message.literals.items():
        if name not in alone and any(character.isspace() for character in text):
            complaints.say(("messages.yaml", "literals", name), f"'{text}' must be text without white space")
    for literal, text in alone.items():
        begins = [token.text for token in spec.tokens.values() if token.text[:1] in text]
        if begins:
            where = ("messages.yaml", "literals", literal)
            complaints.say(where, f"'{literal}' holds '{begins[0][0]}', with which special tokens begin")


def _sections(spec: Spec, complaints: Complaints) -> None:
    """Check that a separator is given if a content has several sections, or a section several lines."""
    for content in spec.contents:
        where = ("contents.yaml", "contents", content.type, "sections")
        if spec.section_break is None and len(content.sections) > 1:
            complaints.say(where, "nothing says what joins sections", "write 'section_break' at the top of the file")
        if spec.line_break is None and any(len(section.lines) > 1 for section in content.sections):
            complaints.say(where, "nothing says what joins lines", "write 'line_break' at the top of the file")


def _unused(spec: Spec, complaints: Complaints) -> None:
    """Check that every rule and terminal that the grammar defines is used."""
    rules = {rule.origin.name for rule in grammar(spec).rules}
    framing = _without_comments(spec.framing)
    for match in DEFINED.finditer(spec.framing):
        name = match[1]
        elsewhere = re.findall(rf"(?<!\w){name}(?!\w)", framing)
        if (name not in rules and not name.isupper()) or (name.isupper() and len(elsewhere) < 2):
            place = Place(spec.framing_file, spec.framing.count("\n", 0, match.start()) + 1, 1)
            complaints.say(place, f"nothing uses '{name}'", "what the grammar defines is used in a rule")


def _machine(spec: Spec, complaints: Complaints) -> None:
    """Check that the grammar has a finite machine, and literals only where the reader looks for them."""
    try:
        compile_framing(spec)
    except SpecError as error:
        complaints.problems.extend(error.problems)


def _without_comments(framing: str) -> str:
    return "\n".join(line.partition("//")[0] for line in framing.splitlines())


FRAMING_RULES = (
    _header_fields,
    _channel_field,
    _framing_tokens,
    _authors,
    _meanings,
    _stops,
    _literals,
    _sections,
    _unused,
    places,
    _machine,
)
