"""Rules for dialects.yaml and for what it takes from chat.yaml: its names are those of the other files.

`check_responses.py` has the rules for `responses` of built-in tools.
"""

from __future__ import annotations

from codegen.check_chat import ANSWER, BUILTIN_CALL, NAME, PREAMBLE, REASONING, field_of
from codegen.check_contents import NAMESPACE_TYPE, TEXTS
from codegen.check_framing import CHANNEL, RECIPIENT
from codegen.complaints import Complaints
from codegen.load_chat import RESULTS
from codegen.model import Spec
from codegen.model_chat import ChatPart
from codegen.model_contents import ContentSpec, EnumSpec, FieldSpec, StructSpec, TypeSpec

FILE, CHAT = "dialects.yaml", "chat.yaml"
TOOL = f"{{{NAME}}}"
TYPE = "type"  # the key of a part and of an action that says what it is
SCHEMA = TypeSpec(None, "schema")
FORMAT = ("name", "schema", "description")  # what a request says of a response format


def efforts(spec: Spec) -> EnumSpec | None:
    """Return the words for how much reasoning; None if the format has none."""
    content = None if spec.chat is None else spec.chat.opening
    name = None if spec.dialects is None else spec.dialects.effort_field
    found = [f.type for c in spec.contents if c.type == content for f in c.fields if f.name == name]
    return next((e for e in spec.enumerations if found == [TypeSpec(None, e.name)]), None)


def holder(spec: Spec) -> tuple[str, ContentSpec] | None:
    """Return the first role of a chat whose content can hold tools, and that content; None if there is none."""
    for role, part in ({} if spec.chat is None else spec.chat.messages).items():
        found = None if part.text is None else field_of(spec, part.text)
        if found is not None and any(field.type == TypeSpec("map", NAMESPACE_TYPE) for field in found[0].fields):
            return role, found[0]
    return None


def response_formats(spec: Spec, content: ContentSpec) -> tuple[FieldSpec, StructSpec] | None:
    """Return the field of a content that holds response formats, and their structure; None if there is none."""
    structures = {s.name: s for s in spec.structures if any(field.type == SCHEMA for field in s.fields)}
    named = [f for f in content.fields if f.one is not None and f.type.name in structures]
    return (named[0], structures[named[0].type.name]) if named else None


def _chat(spec: Spec, complaints: Complaints) -> None:
    if spec.dialects is not None and spec.chat is None:
        complaints.say((FILE,), "there is no chat.yaml, by which requests become messages")


def _effort(spec: Spec, complaints: Complaints) -> None:
    dialects = spec.dialects
    if dialects is None or dialects.effort_field is None or spec.chat is None:
        return
    where = (FILE, "effort", "field")
    fields = [f for c in spec.contents if c.type == spec.chat.opening for f in c.fields]
    if not complaints.known(where, "field", dialects.effort_field, [field.name for field in fields]):
        return
    words = efforts(spec)
    if words is None:
        complaints.say(where, f"'{dialects.effort_field}' is not of an enumeration, as an effort is")
        return
    members = ("contents.yaml", "enumerations", words.name, "members")
    complaints.unique([((*members, m.name, "written"), m.name, m.written) for m in words.members], "effort")
    written = [member.written for member in words.members]
    for word, nearest in dialects.nearest.items():
        complaints.known((FILE, "effort", "nearest", word), "effort", nearest, written)
        if not word:
            complaints.say((FILE, "effort", "nearest", word), "the word is empty")
        if word in written:
            complaints.say((FILE, "effort", "nearest", word), f"'{word}' is an effort of the format itself")


def _parts(spec: Spec, complaints: Complaints) -> None:
    if spec.dialects is None:
        return
    for word, key in spec.dialects.parts.items():
        if not word or not key:
            complaints.say((FILE, "parts", word), "the word is empty")
        if key == TYPE:
            complaints.say((FILE, "parts", word), f"the key '{TYPE}' holds the type of the part")
    if spec.dialects.custom_input == "":
        complaints.say((FILE, "custom_input"), "the name of the argument is empty")


def _phases(spec: Spec, complaints: Complaints) -> None:
    if spec.dialects is None:
        return
    parts = {} if spec.chat is None else spec.chat.assistant
    phases = [((FILE, "phases", word), word, part) for word, part in spec.dialects.phases.items()]
    complaints.unique(phases, "part")
    for where, word, part in phases:
        if not word:
            complaints.say(where, "the word is empty")
        complaints.known(where, "part", part, [key for key in (PREAMBLE, ANSWER) if key in parts])
        if part == PREAMBLE and PREAMBLE in parts and _looks(parts[PREAMBLE]) == _looks(parts.get(ANSWER)):
            complaints.say(where, f"a '{PREAMBLE}' is written like an '{ANSWER}'", "leave the phase out")


def _looks(part: ChatPart | None) -> object:
    """Return what tells a part of an assistant's message from others."""
    return None if part is None else (dict(part.fields), part.text)


def _told_apart(spec: Spec, complaints: Complaints) -> None:
    """Check that reasoning, answers and calls can be told from each other when messages become those of an API."""
    parts = {} if spec.chat is None else spec.chat.assistant
    hidden = {channel.word for channel in spec.channels.values() if not channel.shown}
    for key in (PREAMBLE, ANSWER):
        if key in parts and parts[key].fields.get(CHANNEL) in hidden:
            complaints.say((CHAT, "assistant", key, CHANNEL), f"the channel of the '{key}' is not shown to the user")
    reasoning, answer = parts.get(REASONING), parts.get(ANSWER)
    alike = reasoning is not None and answer is not None and reasoning.text == answer.text
    if reasoning is not None and alike and reasoning.fields.get(CHANNEL) not in hidden:
        hint = "put it on a channel that is not shown, or into a content of its own"
        complaints.say((CHAT, "assistant", REASONING, CHANNEL), "reasoning is written like an answer", hint)


def _tool_names(spec: Spec, complaints: Complaints) -> None:
    """Check that the name of a called tool can be taken out of the message again."""
    parts = {} if spec.chat is None else spec.chat.assistant
    for key in RESULTS:
        if key not in parts or parts[key].function is not None:
            continue
        where = (CHAT, "assistant", key, RECIPIENT)
        before, name, behind = parts[key].fields.get(RECIPIENT, "").partition(TOOL)
        if not name:
            complaints.say(where, "the name of the tool is not written", f"say it with {TOOL} in '{RECIPIENT}'")
        elif behind or (before and key == BUILTIN_CALL):
            hint = f"write {TOOL}" if key == BUILTIN_CALL else f"write nothing behind {TOOL}"
            complaints.say(where, "the name of the tool could not be told from what stands beside it", hint)


def _holder(spec: Spec, complaints: Complaints) -> None:
    held = holder(spec)
    if held is None or spec.chat is None:
        return
    role, content = held
    where, text = (CHAT, "messages", role, "text"), str(spec.chat.messages[role].text)
    if not any(field.optional for field in content.fields if text == f"{content.type}.{field.name}"):
        complaints.say(where, f"'{text}' must be given, but tools can be without a text", "make it 'optional: true'")
    _formats(spec, content, complaints)


def _formats(spec: Spec, content: ContentSpec, complaints: Complaints) -> None:
    found = response_formats(spec, content)
    if found is None:
        return
    structure, fields = found[1], {field.name: field for field in found[1].fields}
    hint = f"a request says {', '.join(FORMAT)} of a response format"
    for name, types in zip(FORMAT, (TEXTS, (SCHEMA.name,), TEXTS)):
        if name not in fields or fields[name].type not in [TypeSpec(None, each) for each in types]:
            complaints.say(structure.place, f"'{structure.name}' needs a field '{name}' of type '{types[0]}'", hint)
    for name, field in fields.items():
        if (name not in FORMAT or name == FORMAT[-1]) and not (field.optional or field.has_default):
            complaints.say(field.place, f"field '{name}' of '{structure.name}' must be given", hint)


DIALECT_RULES = (_chat, _effort, _parts, _phases, _told_apart, _tool_names, _holder)
