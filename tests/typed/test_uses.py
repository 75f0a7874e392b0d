"""What a program may write, checkers accept, with the types that it says; what it may not, they report.

Each use is a module of its own. A wrong one is reported in its last line by both checkers, a right one by none.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.typed.checkers import CHECKERS, Modules

BEGIN = """# pyright: strict, reportUnusedExpression=false, reportUnusedImport=false
import openai_harmony
from array import array
from typing import Any
from collections.abc import AsyncIterator, Sequence
from typing_extensions import assert_type
from openai_harmony import (
    Author, Content, ContentDelta, Conversation, DeveloperContent, Event, Message, MessageEnd, MessageSpan,
    MessageStart, ParseResult, Recovered, Recovery, RecoveryKind, Rendered, Role, RoleWord, Span, StreamableParser,
    SystemContent, TextContent, ToolDescription, ToolNamespaceConfig, load_harmony_encoding,
)
enc = load_harmony_encoding("HarmonyGptOss")
tokens = enc.encode("x")
result = enc.parse(tokens)
parser = StreamableParser(enc, "assistant", strict=False)
message = Message.from_role_and_content("user", "hi")
"""
EVENTS = "for event in parser.feed(tokens):\n    "
SCHEMA = 'schema = {"type": "object", "properties": {"a": {"type": "string"}}}\n'

RIGHT = {
    "messages of a result": "assert_type(result.messages, list[Message])",
    "recoveries of a result": "assert_type(result.recoveries[0].kind, RecoveryKind)",
    "open turn": "assert_type(result.open_turn, Role | None)\nassert_type(result.open_author, Author | None)",
    "spans": "assert_type(result.spans, list[MessageSpan])\nassert_type(result.spans[0].stop, int | None)",
    "parser": "assert_type(parser.messages, list[Message])\nassert_type(parser.recoveries, list[Recovery])\n"
    "assert_type(parser.current_channel, str | None)\nassert_type(parser.open_turn, Role | None)",
    "columns of a rendering": "told = enc.render_with_spans(Conversation([message]), next_turn_role='assistant')\n"
    "assert_type(told, Rendered)\nassert_type(told.tokens, list[int])\n"
    "assert_type(told.message_indices, 'array[int]')\n"
    "assert_type(told.sampled, bytes)\nassert_type(Rendered.PART_NAMES, tuple[str, ...])",
    "spans of a rendering": "told = enc.render_with_spans(Conversation([message]), training=True)\n"
    "assert_type(told.spans(), list[Span])\nassert_type(told.spans()[0].part, str | None)\n"
    "assert_type(told.token_counts().channels, dict[str | None, int])",
    "packing": "from openai_harmony.packing import Packing, PackedSequence, pack, pack_lengths\n"
    "told = enc.render_with_spans(Conversation([message]), training=True)\n"
    "packing = pack([told, tokens, range(3)], 8, weights=[told.loss_mask(), [1.0], (1, 0, 1)], too_long='drop')\n"
    "assert_type(packing, Packing)\nassert_type(packing.sequences, list[PackedSequence])\n"
    "assert_type(packing.sequences[0].weights, 'array[float]')\nassert_type(pack_lengths([1], 8), list[list[int]])",
    "events": "assert_type(parser.feed(tokens), list[Event])\nassert_type(parser.feed_eos(), list[Event])",
    "events narrow": EVENTS + "if isinstance(event, ContentDelta):\n        assert_type(event.text, str)\n"
    "    elif isinstance(event, MessageEnd):\n        assert_type(event.message, Message)\n"
    "        assert_type(event.message.recipient, str | None)\n"
    "    elif isinstance(event, Recovered):\n        assert_type(event.recovery.kind, RecoveryKind)\n"
    "    else:\n        assert_type(event, MessageStart)\n        assert_type(event.author.role, Role)",
    "events of a stream": "async def read(stream: AsyncIterator[int]) -> list[Event]:\n"
    "    return [event async for event in parser.events(stream)]",
    "an event is tested": "def is_event(value: object) -> bool:\n    return isinstance(value, Event)",
    "message": "assert_type(message.text, str)\nassert_type(message.role, Role)\n"
    "assert_type(message.content, list[Content])",
    "contents of one class": "texts: list[TextContent] = [TextContent('a')]\nMessage(Author('user'), texts)\n"
    "Message(author=Author(role='tool', name='f'), content=(TextContent('a'), DeveloperContent()))",
    "messages of a subclass": "class Mine(Message): ...\nmine: list[Mine] = []\nConversation(mine)\n"
    "Conversation(messages=())",
    "role as a word": "word: RoleWord = 'user'\nAuthor(word)\nAuthor.new('tool', 'f')\nAuthor(role='user')\n"
    "Message.from_role_and_contents('system', [SystemContent.new()])\nenc.parse(tokens, 'assistant')\n"
    "enc.render_conversation_for_completion(Conversation.from_messages([message]), 'assistant')",
    "role": "Author(Role.USER)\nMessage.from_role_and_content(Role.USER, 'hi')\nStreamableParser(enc, Role.ASSISTANT)",
    "schema": SCHEMA + "ToolDescription('f', 'd', schema)\nToolDescription.new('f', 'd', parameters=schema)\n"
    "ToolDescription('f', 'd', {'type': 'object', 'properties': {}, 'required': ['a', 1, None, 1.5, True]})",
    "namespace": "tools = [ToolDescription('f', 'd')]\nToolNamespaceConfig('n', None, tools)\n"
    "ToolNamespaceConfig(name='n', tools=tools)\nToolNamespaceConfig(name='n', description='d', tools=tuple(tools))",
    "names of tools": "from openai_harmony import ToolNames\nnames = ToolNames([ToolDescription('f', 'd'), 'g'])\n"
    "assert_type(names.tools([ToolDescription('f', 'd')]), list[ToolDescription])\n"
    "assert_type(names.conversation(Conversation([message])), Conversation)\n"
    "assert_type(names.restore(result.messages), list[Message])\nassert_type(names.aliases['f'], str)",
    "response formats": "from pydantic import BaseModel\nclass Model(BaseModel): ...\n" + SCHEMA
    + "content = DeveloperContent().with_response_format('a', schema).with_response_format('b', Model, 'd')\n"
    "assert_type(content.with_response_format('c', True), DeveloperContent)\n"
    "from openai_harmony import ResponseFormat\nResponseFormat('a', Model)\nResponseFormat('a', schema, None)",
    "dictionaries": "form: dict[str, object] = {'role': 'user', 'content': 'x'}\nMessage.from_dict(form)\n"
    "Message.from_dict(message.to_dict())\nMessage.model_validate(form)\n"
    "Content.from_dict({'type': 'text', 'text': 'x'})\nout: dict[str, Any] = message.to_dict()",
    "dumps": "message.model_dump(mode='json', exclude_none=True)\n"
    "message.model_dump_json(indent=2, exclude={'author'})\n"
    "message.model_copy(update={'channel': 'final'}, deep=True)\nMessage.model_json_schema(mode='serialization')",
    "pairs": "assert_type(dict(message.author), dict[str, object])\nassert_type(list(Conversation()), list[Message])",
    "builders of a subclass": "class Mine(Message): ...\n"
    "assert_type(Mine.from_role_and_content('user', 'x').with_channel('final'), Mine)",
}  # fmt: skip

WRONG = {
    "misspelled name of the package": "openai_harmony.Mesage",
    "misspelled import": "from openai_harmony import Mesage",
    "misspelled field of a message of a result": "result.messages[0].chanel",
    "misspelled field of a recovery": "result.recoveries[0].knd",
    "misspelled kind of recovery": "result.recoveries[0].kind == RecoveryKind.STRAY_STOPP",
    "open turn that may be None": "result.open_turn.value",
    "misspelled role": "Role.USR",
    "stop of a span that may be None": "result.spans[0].stop + 1",
    "misspelled field of a message of a parser": "parser.messages[0].chanel",
    "misspelled field of an open message": "parser.current_chanel",
    "field of an event whose kind is not known": EVENTS + "event.text",
    "field of another event": EVENTS + "if isinstance(event, MessageStart):\n        event.text",
    "misspelled field behind an event": EVENTS + "if isinstance(event, MessageEnd):\n        event.message.chanel",
    "misspelled kind behind an event": EVENTS + "if isinstance(event, Recovered):\n        event.recovery.kind.valu",
    "text of a content": "message.content[0].text",
    "text that is set": "message.text = 'x'",
    "text that is called": "message.text()",
    "role that is no word": "Author('usr')",
    "role of a message that is no word": "Message.from_role_and_content('usr', 'hi')",
    "role that is any text": "def f(word: str) -> Author:\n    return Author(word)",
    "role of an author that is set to text": "message.author.role = 'user'",
    "content that is text": "Message(Author('user'), 'hi')",
    "content that is none": "Message(Author('user'), [ToolDescription('f', 'd')])",
    "messages that are none": "Conversation([TextContent('x')])",
    "namespace without tools": "ToolNamespaceConfig('n')",
    "namespace without tools, by name": "ToolNamespaceConfig(name='n', description='d')",
    "name that is a tool without one": "from openai_harmony import ToolNames\nToolNames([5])",
    "response format that is text": "DeveloperContent().with_response_format('a', '{}')",
    "schema that is text": "ToolDescription('f', 'd', '{}')",
    "field of a parameter": "ToolDescription('f', 'd').parameters['type']",
    "misspelled column of a rendering": "enc.render_with_spans(Conversation()).sampeld",
    "roles of a rendering the old way": "enc.render_with_spans(Conversation(), 'assistant')",
    "lengths that are packed as sequences": "from openai_harmony.packing import pack\npack([1, 2], 8)",
    "fate of a sequence that is none": "from openai_harmony.packing import pack\npack([[1]], 8, too_long='cut')",
    "misspelled argument": "Message(Author('user'), [], chanel='final')",
    "misspelled option of a dump": "message.model_dump(exclude_nones=True)",
    "misspelled option of validation": "Message.model_validate({}, strickt=True)",
    "value of a dump of unknown kind": "message.to_dict()['content'].append('x')",
    "strictness that is none": "StreamableParser(enc, 'assistant', strict='pedantik')",
    "arguments the wrong way round": "StreamableParser('assistant', enc)",
    "one token where many belong": "parser.feed(5)",
    "text where tokens belong": "enc.parse('text')",
    "kind of a recovery that is text": "Recovery('stray_stop', 0, 1, '', 0)",
}  # fmt: skip


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_wrong_use_is_reported_and_a_right_one_is_not(checker: str, tmp_path: Path) -> None:
    modules, lines = Modules(tmp_path), {}
    for number, (claim, code) in enumerate([*RIGHT.items(), *WRONG.items()]):
        source = BEGIN + code + "\n"
        modules.add(f"use_{number}", source)
        lines[tmp_path.resolve() / f"use_{number}.py"] = claim, len(source.splitlines())
    complaints = modules.placed(CHECKERS[checker](modules.paths()))
    said = {(lines[complaint.path][0], complaint.line - lines[complaint.path][1]) for complaint in complaints}
    assert said == {(claim, 0) for claim in WRONG}, "\n".join(map(str, complaints))
