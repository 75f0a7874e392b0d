"""Rules that compare the files of a spec: one function per rule, which can report any number of problems.

`load.py` checks the shape of each file, `check_tokens.py` special tokens, `check_contents.py` fields and texts.
"""

from __future__ import annotations

import re
from pathlib import Path as Folder

from codegen import check_pattern
from codegen.check_blocks import BLOCK_FRAMING_RULES, BLOCK_RULES
from codegen.check_chat import CHAT_RULES
from codegen.check_contents import CONTENT_RULES
from codegen.check_dialects import DIALECT_RULES
from codegen.check_framing import FRAMING_RULES
from codegen.check_recoveries import RECOVERY_RULES
from codegen.check_responses import RESPONSES_RULES
from codegen.check_styles import STYLE_FRAMING_RULES, STYLE_RULES
from codegen.check_tokens import TOKEN_RULES
from codegen.complaints import Complaints
from codegen.load import load
from codegen.model import EncodingSpec, Spec
from codegen.naming import LOWER, MESSAGE_NAMES, PART_NAMES, UPPER, is_constant, is_name
from codegen.place import Place
from codegen.sources import Path, Problem, SpecError


def checked(folder: Folder) -> Spec:
    """Load and check the spec of a folder, and return it.

    Raises:
        SpecError: the spec has problems; the error holds all problems of the first step that finds any.
    """
    spec = load(folder)
    if problems := check(spec):
        raise SpecError(problems)
    return spec


def check(spec: Spec) -> list[Problem]:
    complaints = Complaints(spec)
    for rule in ALL_RULES:
        rule(spec, complaints)
    if not complaints.problems:  # terminals are made from words that must be valid first
        for rule in (*FRAMING_RULES, *BLOCK_FRAMING_RULES, *STYLE_FRAMING_RULES):
            if not complaints.problems:
                rule(spec, complaints)
    return complaints.problems


# words --------------------------------------------------------------------------------------------


def _words(spec: Spec, complaints: Complaints) -> None:
    words: list[tuple[Place | Path, str, str]] = [(role.place, "role", role.word) for role in spec.roles.values()]
    words += [(channel.place, "channel", channel.word) for channel in spec.channels.values()]
    words += [((n.place.file, "name"), "tool namespace", n.name) for n in spec.tools.namespaces]
    if spec.tools.function_namespace is not None:
        words.append((("tools/schema.yaml", "function_namespace"), "function namespace", spec.tools.function_namespace))
    for index, name in enumerate(spec.tools.reserved_names):
        words.append((("tools/schema.yaml", "reserved_names", index), "reserved name", name))
    begins = {token.text[:1] for token in spec.tokens.values()} - {""}
    parts = {
        spec.name_separator or "": "parts a role from a name",
        spec.message.tool_word_holds or "": "marks a tool's name",
    }
    owner: dict[str, str] = {}
    for where, kind, word in words:
        if not word:
            complaints.say(where, f"the {kind} is empty")
        if any(character.isspace() for character in word):
            complaints.say(where, f"{kind} '{word}' holds white space, which parts the words of a header")
        for character in sorted(begins & set(word)):
            complaints.say(where, f"{kind} '{word}' holds '{character}', with which special tokens begin")
        for part, does in parts.items():
            if part and part in word:
                complaints.say(where, f"{kind} '{word}' holds '{part}', which {does}")
        if word in owner:
            complaints.say(where, f"{kind} '{word}' is a {owner[word]} too", "a word of a header has one meaning")
        owner.setdefault(word, kind)


def _parting_texts(spec: Spec, complaints: Complaints) -> None:
    where: Path
    for where, text in (
        (("roles.yaml", "name_separator"), spec.name_separator),
        (("messages.yaml", "tool_word_holds"), spec.message.tool_word_holds),
    ):
        if text is not None and (not text or any(character.isspace() for character in text)):
            complaints.say(where, f"'{text}' must be text without white space")
    for name, text in spec.message.literals.items():
        if not text:
            complaints.say(("messages.yaml", "literals", name), f"the text of '{name}' is empty")
    white_space = spec.message.white_space
    if not white_space or not white_space.isspace():
        complaints.say(("messages.yaml", "white_space"), "expected characters of white space and no others")


def _roles(spec: Spec, complaints: Complaints) -> None:
    for role in spec.roles.values():
        if not is_name(role.word):
            complaints.say(role.place, f"role '{role.word}' cannot be the name of a member", LOWER)
        if role.author == "name" and role.unnamed is None:
            complaints.say(role.place, f"role '{role.word}' needs 'unnamed'", "the complaint about a missing name")
        if role.author != "name" and role.unnamed is not None:
            where = ("roles.yaml", "roles", role.word, "unnamed")
            complaints.say(where, "'unnamed' has no use here", "only where 'author: name' can a name be missing")
    sampled = [role.word for role in spec.roles.values() if role.sampled]
    if len(sampled) != 1:
        what = f"exactly one role is sampled, found {', '.join(sampled) or 'none'}"
        complaints.say(("roles.yaml", "roles"), what, "set 'sampled: true' on one")


def _channels(spec: Spec, complaints: Complaints) -> None:
    where = ("channels.yaml", "channels")
    calls = [channel.word for channel in spec.channels.values() if channel.functions]
    if len(calls) > 1:
        what = f"at most one channel takes function calls, found {', '.join(calls)}"
        complaints.say((*where, calls[1], "functions"), what)


# messages -----------------------------------------------------------------------------------------


def _header_fields(spec: Spec, complaints: Complaints) -> None:
    taken = MESSAGE_NAMES | {f"with_{field.name}" for field in spec.message.fields}
    for field in spec.message.fields:
        if not is_name(field.name):
            complaints.say(field.place, f"field '{field.name}' cannot be the name of an attribute", LOWER)
        elif field.name in taken:
            complaints.say(field.place, f"a message has '{field.name}' already", "take another name")
        elif field.name in PART_NAMES:
            complaints.say(field.place, f"'{field.name}' is another part of a message", "take another name")


def _framing_tokens(spec: Spec, complaints: Complaints) -> None:
    message = spec.message
    if message.begins is not None:
        complaints.known(("messages.yaml", "begins"), "token", message.begins, spec.tokens)
    complaints.known(("messages.yaml", "opens"), "token", message.opens, spec.tokens)
    closing = (*spec.tokens, *message.literals)
    complaints.known(("messages.yaml", "closes_header"), "token", message.closes_header, closing)
    if spec.message.opens == spec.message.closes_header:
        complaints.say(("messages.yaml", "closes_header"), f"'{spec.message.opens}' opens a message", "name another")


def _stops(spec: Spec, complaints: Complaints) -> None:
    rules = spec.message.stops
    for index, rule in enumerate(rules):
        where = ("messages.yaml", "stops", index)
        complaints.known((*where, "token"), "token", rule.token, spec.tokens)
        if rule.role is not None:
            complaints.known((*where, "role"), "role", rule.role, spec.roles)
        if rule.with_field is not None:
            complaints.known((*where, "with"), "field", rule.with_field, [field.name for field in spec.message.fields])
        if rule.holds is not None:
            complaints.known((*where, "holds"), "content", rule.holds, [content.type for content in spec.contents])
            if rule.role is not None or rule.with_field is not None:
                complaints.say(
                    where, "'holds' stands beside 'role' or 'with'", "a content decides alone, or not at all"
                )
        always = rule.role is None and rule.with_field is None and rule.holds is None
        last = index == len(rules) - 1
        if last and not always:
            complaints.say(where, "the last row must fit every message", "leave out 'role', 'with' and 'holds'")
        if always and not last:
            complaints.say(where, "this row fits every message, so that no later one is reached", "put it last")
    if not rules:
        complaints.say(("messages.yaml", "stops"), "no message would have a stop token")


def _training(spec: Spec, complaints: Complaints) -> None:
    rule, where = spec.message.training, ("messages.yaml", "training")
    if rule is None:
        return
    complaints.known((*where, "token"), "token", rule.token, spec.tokens)
    complaints.known((*where, "role"), "role", rule.role, spec.roles)
    complaints.known((*where, "channel"), "channel", rule.channel, spec.channels)


# encodings, recoveries ----------------------------------------------------------------------------


def _encodings(spec: Spec, complaints: Complaints) -> None:
    if not spec.encodings:
        complaints.say(("encodings.yaml", "encodings"), "a spec has an encoding at least")
    for encoding in spec.encodings:
        where = ("encodings.yaml", "encodings", encoding.member)
        if not is_constant(encoding.member):
            complaints.say(encoding.place, f"'{encoding.member}' is not the name of a member", UPPER)
        vocabulary = encoding.vocabulary
        if not re.fullmatch("[0-9a-f]{64}", vocabulary.sha256):
            hint = "64 hexadecimal digits, small letters"
            complaints.say((*where, "vocabulary", "sha256"), f"'{vocabulary.sha256}' is not a SHA-256 digest", hint)
        for key, number in (
            (("context_tokens",), encoding.context_tokens),
            (("action_tokens",), encoding.action_tokens),
            (("vocabulary", "bytes"), vocabulary.bytes),
            (("vocabulary", "ranks"), vocabulary.ranks),
        ):
            if number <= 0:
                complaints.say((*where, *key), f"{number} is not a number of anything", "write a positive number")
        for name in ("file", "packed"):
            text = getattr(vocabulary, name)
            if not text or "/" in text or "\\" in text:
                complaints.say((*where, "vocabulary", name), f"'{text}' is not the name of a file", "without a folder")
        if not encoding.split_pattern:
            complaints.say((*where, "split_pattern"), "text cannot be split without a pattern")
        elif found := check_pattern.fault(encoding.split_pattern):
            index, what = found
            at = (*where, "split_pattern") if index is None else (*where, "split_pattern", index)
            complaints.say(at, what, "each character of a text is in one of its pieces")
    names = [(("encodings.yaml", "encodings", e.member, "name"), e.member, e.name) for e in spec.encodings]
    complaints.unique([(where, owner, name) for where, owner, name in names], "name")


def _vocabularies(spec: Spec, complaints: Complaints) -> None:
    """Check that two different vocabularies do not share a file name."""
    owners: dict[tuple[str, str], EncodingSpec] = {}
    for encoding in spec.encodings:
        for name in ("file", "packed"):
            text = getattr(encoding.vocabulary, name)
            owner = owners.setdefault((name, text), encoding)
            if owner.vocabulary.sha256 != encoding.vocabulary.sha256:
                where = ("encodings.yaml", "encodings", encoding.member, "vocabulary", name)
                what = f"'{text}' holds another vocabulary, which is that of '{owner.member}'"
                complaints.say(where, what, "each digest needs a name of its own")


RULES = (
    _words,
    _parting_texts,
    _roles,
    _channels,
    _header_fields,
    _framing_tokens,
    _stops,
    _training,
    _encodings,
    _vocabularies,
)

ALL_RULES = (
    *(*TOKEN_RULES, *RULES, *CONTENT_RULES, *BLOCK_RULES),
    *(*CHAT_RULES, *DIALECT_RULES, *RESPONSES_RULES, *RECOVERY_RULES, *STYLE_RULES),
)
