"""Rules for chat.yaml: its names are those of the other files, and what it puts into a message can stand there."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.check_contents import FUNCTION_NAMESPACE, PLACEHOLDER
from codegen.check_framing import CHANNEL
from codegen.complaints import Complaints
from codegen.load_chat import PARTS, RESULTS
from codegen.model import Spec
from codegen.model_chat import ChatPart
from codegen.model_contents import ContentSpec, FieldSpec, TypeSpec
from codegen.sources import Path
from codegen.styles import style_words

FILE = "chat.yaml"
REASONING, PREAMBLE, CALL, BUILTIN_CALL, ANSWER = PARTS  # what a message of the assistant can hold
ASSISTANT, TOOL = "assistant", "tool"  # roles of a chat, which have their own keys
VARIABLES = frozenset(
    {"messages", "tools", "builtin_tools", "documents", "add_generation_prompt", "special_text", "analysis"}
    | {"keep_last_turn", "keep_calls", "strftime_now", "raise_exception", "namespace", "loop"}
)
NAME = "name"  # the placeholder for the name of a tool
TEXT = TypeSpec(None, "text")


def parts(spec: Spec) -> Iterator[tuple[Path, str, ChatPart, bool]]:
    """Yield the place, the key and the value of each part, and whether it is about a call of a tool."""
    if spec.chat is not None:
        for key, part in spec.chat.messages.items():
            yield (FILE, "messages", key), key, part, False
        for key, part in spec.chat.assistant.items():
            yield (FILE, "assistant", key), key, part, key in RESULTS
        for key, part in spec.chat.results.items():
            yield (FILE, "results", key), key, part, True


def field_of(spec: Spec, path: str) -> tuple[ContentSpec, FieldSpec] | None:
    """Return the content and the field that `CONTENT.FIELD` names; None if there are none."""
    name, _, field = path.partition(".")
    contents = [content for content in spec.contents if content.type == name]
    fields = [each for content in contents for each in content.fields if each.name == field]
    return (contents[0], fields[0]) if fields else None


def _keys(spec: Spec, complaints: Complaints) -> None:
    chat = spec.chat
    if chat is None:
        return
    if chat.style is not None:
        complaints.known((FILE, "style"), "style", chat.style, style_words(spec))
    for role in chat.messages:
        if not role or role in (ASSISTANT, TOOL):
            where = (FILE, "messages", role)
            complaints.say(where, f"messages of '{role}' are described elsewhere", "see 'assistant' and 'results'")
    for key in chat.assistant:
        complaints.known((FILE, "assistant", key), "part", key, PARTS)
    for key in chat.results:
        if complaints.known((FILE, "results", key), "call", key, RESULTS) and key not in chat.assistant:
            complaints.say((FILE, "results", key), f"there is no '{key}' that could have a result")
    for key in RESULTS:
        if key in chat.assistant and key not in chat.results:
            complaints.say((FILE, "assistant", key), f"the result of a '{key}' has no place", "add it to 'results'")
    if ANSWER not in chat.assistant:
        complaints.say((FILE, "assistant"), f"a message of the assistant can be an '{ANSWER}' at least")


def _opening(spec: Spec, complaints: Complaints) -> None:
    if spec.chat is None or spec.chat.opening is None:
        return
    where, name = (FILE, "opening", "content"), spec.chat.opening
    contents = {content.type: content for content in spec.contents}
    if not complaints.known(where, "content", name, contents):
        return
    content = contents[name]
    if content.role is None or content.block or content.behind is not None:
        complaints.say(where, f"'{name}' has no role whose message could hold it alone")
    for field in content.fields:
        if field.name in VARIABLES and field.type.container != "map":
            complaints.say(where, f"'{field.name}' of '{name}' is a variable of the template with another meaning")
        if not (field.optional or field.has_default):
            complaints.say(where, f"field '{field.name}' of '{name}' must be given", "the chat does not have it")
    today = spec.chat.today
    fields = {field.name: field for field in content.fields}
    known = today is not None and complaints.known((FILE, "opening", "today"), "field", today, fields)
    if known and fields[str(today)].type != TEXT:
        complaints.say((FILE, "opening", "today"), f"'{today}' is not a text, as a date is")


def _authors(spec: Spec, complaints: Complaints) -> None:
    for where, _, part, _ in parts(spec):
        if where[1] == "assistant":
            if part.role is not None:
                complaints.say((*where, "role"), "these messages have the role that is sampled", "leave it out")
            continue
        if part.role is None:
            complaints.say(where, "missing key 'role'")
        elif complaints.known((*where, "role"), "role", part.role, spec.roles):
            by_name = spec.roles[part.role].author == "name"
            if by_name and not part.name:
                complaints.say(where, "the author is written as a name, and there is no 'name'")
            if part.name is not None and not by_name:
                complaints.say((*where, "name"), f"the author of '{part.role}' is written as its role", "leave it out")


def _header(spec: Spec, complaints: Complaints) -> None:
    fields = [field.name for field in spec.message.fields]
    for where, _, part, of_call in parts(spec):
        for name, value in part.fields.items():
            if complaints.known((*where, name), "field", name, fields) and name == CHANNEL:
                complaints.known((*where, name), "channel", value, spec.channels)
        for key, value in ({"name": part.name or ""} | dict(part.fields)).items():
            for placeholder in PLACEHOLDER.findall(value):
                known = [*([NAME] if of_call else []), *([FUNCTION_NAMESPACE] if spec.tools.function_namespace else [])]
                complaints.known((*where, key), "placeholder", placeholder, known)
            if any(token.text in value for token in spec.tokens.values()):
                complaints.say((*where, key), f"'{value}' holds the text of a special token", None)


def _contents(spec: Spec, complaints: Complaints) -> None:
    sampled = next((role.word for role in spec.roles.values() if role.sampled), None)
    for where, _, part, of_call in parts(spec):
        role = sampled if where[1] == "assistant" else part.role
        given = set()
        for key, path in (("text", part.text), ("function", part.function)):
            if path is None:
                continue
            if key == "function" and not of_call:
                complaints.say((*where, key), "only a call has the name of a tool")
            found = field_of(spec, path)
            if complaints.known((*where, key), "content field", path, _paths(spec)) and found is not None:
                given.add(found[1].name)
                _holds(where, key, role, found, complaints)
        _completed(spec, where, part, given, complaints)


def _paths(spec: Spec) -> list[str]:
    return [f"{content.type}.{field.name}" for content in spec.contents for field in content.fields]


def _holds(
    where: Path, key: str, role: str | None, found: tuple[ContentSpec, FieldSpec], complaints: Complaints
) -> None:
    content, field = found
    if field.type != TEXT:
        complaints.say((*where, key), f"'{content.type}.{field.name}' is not a text")
    if content.role is not None and role is not None and content.role != role:
        complaints.say((*where, key), f"only messages of '{content.role}' have a '{content.type}'", None)


def _completed(spec: Spec, where: Path, part: ChatPart, given: set[str], complaints: Complaints) -> None:
    """Check that text and function are fields of one content, and that no other of its fields must be given."""
    if part.text is None:
        if part.function is not None:
            complaints.say((*where, "function"), "the arguments of the call have no place", "say it with 'text'")
        return
    found = field_of(spec, part.text)
    if found is None:
        return
    if part.function is not None and part.function.partition(".")[0] != found[0].type:
        complaints.say((*where, "function"), "the name and the arguments of a call are in one content", None)
    missing = [f.name for f in found[0].fields if not (f.optional or f.has_default or f.name in given)]
    if missing:
        complaints.say((*where, "text"), f"field '{missing[0]}' of '{found[0].type}' must be given")


CHAT_RULES = (_keys, _opening, _authors, _header, _contents)
