"""Rules for the special tokens: those of tokens.yaml, and those of each encoding.

A problem with a value that an encoding takes from tokens.yaml is reported at its place in tokens.yaml.
"""

from __future__ import annotations

import re

from codegen.complaints import Complaints
from codegen.encoding_tokens import EncodingTokens, default_tokens, tokens_of
from codegen.model import EncodingSpec, Reserved, Spec
from codegen.naming import ENCODING_NAMES, GROUPS, LOWER, TERMINALS, UPPER, is_constant, is_name
from codegen.place import Place
from codegen.sources import Path

LARGEST_ID = 2**21 - 1  # limit of the markers with which the runtime replaces special tokens
NO_STOPS = "none"  # the name that users give for an engine without stops of its own
TOKENS, RESERVED, STOP_SETS = (("tokens.yaml", key) for key in ("tokens", "reserved", "stop_sets"))


def _of(encoding: EncodingSpec, *path: str | int) -> Path:
    return ("encodings.yaml", "encodings", encoding.member, *path)


def _terminals(spec: Spec, complaints: Complaints) -> None:
    named: list[tuple[Place | Path, str]] = [(token.place, name) for name, token in spec.tokens.items()]
    named += [(("messages.yaml", "literals", name), name) for name in spec.message.literals]
    for where, name in named:
        if not is_constant(name):
            complaints.say(where, f"'{name}' is not the name of a terminal", UPPER)
        elif name in TERMINALS or name in GROUPS:
            complaints.say(where, f"terminal '{name}' has a meaning of its own", "take another name")
    for name in spec.message.literals:
        if name in spec.tokens:
            complaints.say(("messages.yaml", "literals", name), f"terminal '{name}' is a special token too")
    for encoding in spec.encodings:
        for name in encoding.own.ids:
            complaints.known(_of(encoding, "ids", name), "token", name, spec.tokens)


def _texts(spec: Spec, complaints: Complaints) -> None:
    for name, token in spec.tokens.items():
        where = (*TOKENS, name, "text")
        if not token.text:
            complaints.say(where, f"the text of '{name}' is empty")
        elif token.text.splitlines() != [token.text]:
            complaints.say(where, f"the text of '{name}' holds a line end", "no word of a header could follow it")
    complaints.unique([((*TOKENS, name, "text"), name, token.text) for name, token in spec.tokens.items()], "text")


def _reserved_texts(spec: Spec, complaints: Complaints) -> None:
    """Check that no special token has the text of a reserved id, unless it also has that id."""
    default = default_tokens(spec)
    for name, token in spec.tokens.items():
        reserved = _reserved_id(token.text, default, name)
        if reserved is not None:
            complaints.say((*TOKENS, name, "text"), f"text '{token.text}' is that of the reserved id {reserved}")
        for encoding in spec.encodings:
            own, tokens = encoding.own, tokens_of(spec, encoding)
            reserved = _reserved_id(token.text, tokens, name)
            if reserved is not None and (name in own.ids or own.reserved is not None):
                where = _of(encoding, "ids", name) if name in own.ids else _of(encoding, "reserved", "text")
                hint = f"'{name}' has the id {tokens.ids[name]} here"
                complaints.say(where, f"text '{token.text}' is that of the reserved id {reserved}", hint)


def _reserved_id(text: str, tokens: EncodingTokens, name: str) -> int | None:
    """Return the reserved id that has the text of a token but is not its id; None if there is none."""
    reserved = tokens.reserved
    if reserved is None:
        return None
    before, _, after = reserved.text.partition("{id}")
    match = re.fullmatch(re.escape(before) + "([0-9]+)" + re.escape(after), text)
    if match and reserved.first <= int(match[1]) <= reserved.last and int(match[1]) != tokens.ids[name]:
        return int(match[1])
    return None


def _ids(spec: Spec, complaints: Complaints) -> None:
    complaints.unique([((*TOKENS, name, "id"), name, str(token.id)) for name, token in spec.tokens.items()], "id")
    for name, token in spec.tokens.items():
        _has_room(complaints, (*TOKENS, name, "id"), token.id)
    for encoding in spec.encodings:
        ids, own = tokens_of(spec, encoding).ids, encoding.own.ids
        taken: dict[int, str] = {}
        for name in sorted(ids, key=lambda name: name in own):
            where = _of(encoding, "ids", name) if name in own else (*TOKENS, name, "id")
            _is_no_rank(complaints, where, ids[name], encoding)
            owner = taken.setdefault(ids[name], name)
            if name in own:
                _has_room(complaints, where, ids[name])
                if owner != name:
                    complaints.say(where, f"id '{ids[name]}' is that of '{owner}' too", f"give '{name}' another")


def _has_room(complaints: Complaints, where: Path, id: int) -> None:
    if id > LARGEST_ID:
        complaints.say(where, f"id {id} is too large", f"the largest that the reader has room for is {LARGEST_ID}")


def _is_no_rank(complaints: Complaints, where: Path, id: int, encoding: EncodingSpec) -> None:
    ranks = encoding.vocabulary.ranks
    if id < ranks:
        what = f"id {id} belongs to the vocabulary of '{encoding.member}'"
        complaints.say(where, what, f"its ids end at {ranks - 1}")


def _reserved(spec: Spec, complaints: Complaints) -> None:
    if spec.reserved is not None:
        _reserved_range(complaints, RESERVED, spec.reserved)
    for encoding in spec.encodings:
        own = encoding.own.reserved
        where = RESERVED if own is None else _of(encoding, "reserved")
        if own is not None:
            _reserved_range(complaints, where, own)
        reserved = own or spec.reserved
        if reserved is not None:
            _is_no_rank(complaints, (*where, "first"), reserved.first, encoding)


def _reserved_range(complaints: Complaints, where: Path, reserved: Reserved) -> None:
    if reserved.text.count("{id}") != 1:
        hint = "every reserved token has a text of its own"
        complaints.say((*where, "text"), "the text of reserved ids must hold {id} once", hint)
    if reserved.first > reserved.last:
        what = f"the range of reserved ids is empty: {reserved.first} to {reserved.last}"
        complaints.say((*where, "last"), what, "'last' is the last reserved id itself")
    _has_room(complaints, (*where, "last"), reserved.last)


def _stop_sets(spec: Spec, complaints: Complaints) -> None:
    for stop_set in spec.stop_sets:
        if not is_name(stop_set.method):
            complaints.say(stop_set.place, f"'{stop_set.method}' is not the name of a method", LOWER)
        elif stop_set.method in ENCODING_NAMES:
            complaints.say(stop_set.place, f"the encoding has '{stop_set.method}' already", "take another name")
        _stop_set(spec, complaints, (*STOP_SETS, stop_set.method, "tokens"), stop_set.tokens)
    methods = [stop_set.method for stop_set in spec.stop_sets]
    for encoding in spec.encodings:
        for method, tokens in encoding.own.stop_sets.items():
            where = _of(encoding, "stop_sets", method)
            if complaints.known(where, "stop set", method, methods):
                _stop_set(spec, complaints, where, tokens)


def _engine_stops(spec: Spec, complaints: Complaints) -> None:
    for engine, tokens in spec.engine_stops.items():
        if not engine or engine == NO_STOPS:
            what = f"'{engine}' is no name of an engine"
            complaints.say(("tokens.yaml", "engine_stops", engine), what, f"'{NO_STOPS}' means that it stops nowhere")
        _stop_set(spec, complaints, ("tokens.yaml", "engine_stops", engine), tokens)


def _stop_set(spec: Spec, complaints: Complaints, where: Path, tokens: tuple[str, ...]) -> None:
    for index, terminal in enumerate(tokens):
        complaints.known((*where, index), "token", terminal, spec.tokens)
        if terminal in tokens[:index]:
            complaints.say((*where, index), f"token '{terminal}' stands in the set already")


TOKEN_RULES = (_terminals, _texts, _reserved_texts, _ids, _reserved, _stop_sets, _engine_stops)
