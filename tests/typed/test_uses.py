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
ANTHROPIC = (
    "from openai_harmony.anthropic import AnthropicEvent, AnthropicMessage, AnthropicStream, anthropic_message_from\n"
    "from openai_harmony.anthropic import conversation_from_messages, messages_prompt, to_sse\n"
)
GRAMMAR = "from openai_harmony.grammar import GrammarError, Verdict, check, explain, export, vocabulary\n"
EVENTS = "for event in parser.feed(tokens):\n    "
SCHEMA = 'schema = {"type": "object", "properties": {"a": {"type": "string"}}}\n'
CHAT = (
    "from openai_harmony.chat import ChatDelta, ChatMessage, ChatStream, chat_choice_from_tokens, chat_message_from\n"
    "from openai_harmony.chat import chat_prompt, chunk, conversation_from_chat, to_sse\n"
)
RESPONSES = (
    "from openai_harmony.responses import Event as Told, OutputItem, ResponsesStream, conversation_from_responses\n"
    "from openai_harmony.responses import response_output_from, responses_prompt, stop_tokens, to_sse\n"
)

RIGHT = {
    "grammar": GRAMMAR + "assert_type(export('gbnf', tools=[{'name': 'f'}], tool_choice='required'), str)\n"
    "assert_type(export('structural-tag', engine_stops='vllm'), dict[str, object])\n"
    "assert_type(check('regex', tokens, reasoning='forbid'), Verdict)\nassert_type(explain(channels=['final']), str)\n"
    "assert_type(vocabulary('xgrammar'), list[bytes])\nassert_type(vocabulary('llguidance'), dict[str, object])",
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
    "inspection": "from openai_harmony.inspection import Inspection, InspectedToken, inspect_text\n"
    "from openai_harmony.inspection import inspect_conversation\n"
    "told = inspect_text(enc, 'x', 'assistant', channels=['a'])\nassert_type(told, Inspection)\n"
    "assert_type(told.tokens, tuple[InspectedToken, ...])\nassert_type(told.tokens[0].loss, float | None)\n"
    "assert_type(told.messages[0].header[0].text, str)\nassert_type(told.readings[0].errors[0].position, int)\n"
    "assert_type(told.text(strictness='default'), str)\nassert_type(told.html(title=None), str)\n"
    "assert_type(inspect_conversation(enc, Conversation([message]), training=True).to_json(indent=1), str)",
    "packing": "from openai_harmony.packing import Packing, PackedSequence, pack, pack_lengths\n"
    "told = enc.render_with_spans(Conversation([message]), training=True)\n"
    "packing = pack([told, tokens, range(3)], 8, weights=[told.loss_mask(), [1.0], (1, 0, 1)], too_long='drop')\n"
    "assert_type(packing, Packing)\nassert_type(packing.sequences, list[PackedSequence])\n"
    "assert_type(packing.sequences[0].weights, 'array[float]')\nassert_type(pack_lengths([1], 8), list[list[int]])",
    "datasets": "import pyarrow\nfrom openai_harmony.datasets import BadRow, BatchResult, ParseTask, RenderTask\n"
    "from openai_harmony.datasets import parse_table, render_table, run_batch, split_bad_rows\n"
    "made = render_table(pyarrow.table({'messages': ['[]']}), RenderTask('training', policy='all_messages'))\n"
    "assert_type(made, pyarrow.Table)\nassert_type(split_bad_rows(made), tuple[pyarrow.Table, list[BadRow]])\n"
    "assert_type(parse_table(made, ParseTask(role=None, strictness='pedantic'), errors='column'), pyarrow.Table)\n"
    "assert_type(run_batch(['a.jsonl'], 'b.parquet', RenderTask(columns=('tokens',)), engine='ray'), BatchResult)",
    "chat": CHAT + "assert_type(conversation_from_chat([{'role': 'user'}, message]), Conversation)\n"
    "prompt = chat_prompt(enc, {'messages': [], 'tools': None}, custom_tools=True, current_date='2026-01-31')\n"
    "assert_type(prompt, list[int])\nassert_type(chat_message_from([message], reasoning_key='both'), ChatMessage)\n"
    "choice = chat_choice_from_tokens(enc, tokens, finish_reason='stop', cut_calls='drop', new_id=lambda: 'x')\n"
    "assert_type(choice['message']['content'], str | None)\nassert_type(choice['finish_reason'], str)",
    "stream of a chat": CHAT + "stream = ChatStream(enc, tools=[{'type': 'function'}], prompt_tokens=tokens)\n"
    "assert_type(stream.feed(tokens), list[ChatDelta])\nassert_type(stream.finish('length'), list[ChatDelta])\n"
    "assert_type(stream.copy(), ChatStream)\nassert_type(ChatStream.restore(enc, stream.snapshot()), ChatStream)\n"
    "assert_type(stream.usage['completion_tokens'], int)\nassert_type(stream.recoveries, list[Recovery])\n"
    "for delta in stream.feed(tokens):\n    assert_type(delta['tokens'], tuple[int, int])\n"
    "    print(to_sse(chunk(delta, id='x', model='m', created=0)), delta['delta'].get('content'))\n"
    "for call in stream.message.get('tool_calls', []):\n    if call['type'] == 'function':\n"
    "        assert_type(call['function']['arguments'], str)",
    "responses": RESPONSES + "made = conversation_from_responses('Hi', previous=[message, {'role': 'user'}], text={})\n"
    "assert_type(made, Conversation)\n"
    "prompt = responses_prompt(enc, {'input': []}, previous=made, resolve={'a': {'b': 1}}.get, decrypt=str.upper)\n"
    "assert_type(prompt, list[int])\nassert_type(stop_tokens(enc, parallel_tool_calls=True), list[int])\n"
    "for item in response_output_from([message], tools=[{'type': 'web_search'}], incomplete=True):\n"
    "    assert_type(item, OutputItem)\n    if item['type'] == 'message':\n"
    "        assert_type(item['content'][0]['text'], str)\n    elif item['type'] == 'mcp_call':\n"
    "        assert_type(item['output'], str | None)",
    "stream of a response": RESPONSES + "stream = ResponsesStream(enc, {'id': 'resp_1'}, prompt_tokens=tokens)\n"
    "assert_type(stream.start(), list[Told])\nassert_type(stream.tool_result([message]), list[Told])\n"
    "assert_type(stream.finish('length', usage={'input_tokens': 3}), list[Told])\n"
    "assert_type(stream.fail('server_error', 'no'), list[Told])\nassert_type(stream.output, list[OutputItem])\n"
    "for event in stream.feed(tokens):\n    assert_type(stream.tokens_of(event), tuple[int, int] | None)\n"
    "    print(to_sse(event), event.get('delta'), event['sequence_number'])\n"
    "assert_type(ResponsesStream.restore(enc, stream.snapshot()), ResponsesStream)\n"
    "assert_type(stream.usage['output_tokens_details']['reasoning_tokens'], int)",
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
    "messages of Anthropic's API": ANTHROPIC
    + "assert_type(conversation_from_messages([{'role': 'user'}, message], system='x'), Conversation)\n"
    "prompt = messages_prompt(enc, {'messages': []}, builtin_tools=['python'], current_date='2026-01-31')\n"
    "assert_type(prompt, list[int])\ntold = anthropic_message_from([message], model='m', new_id=lambda: 'x')\n"
    "assert_type(told, AnthropicMessage)\nassert_type(told['stop_reason'], str | None)\n"
    "for block in told['content']:\n    if block['type'] == 'tool_use':\n"
    "        assert_type(block['input'], dict[str, object])\n"
    "    elif block['type'] == 'thinking':\n        assert_type(block['signature'], str)",
    "stream of Anthropic's API": ANTHROPIC
    + "stream = AnthropicStream(enc, {'id': 'x'}, tools=[{'name': 'f'}], prompt_tokens=tokens)\n"
    "assert_type(stream.start() + stream.feed(tokens) + stream.finish('length'), list[AnthropicEvent])\n"
    "assert_type(stream.copy(), AnthropicStream)\nassert_type(stream.usage['output_tokens'], int)\n"
    "assert_type(AnthropicStream.restore(enc, stream.snapshot()), AnthropicStream)\n"
    "for event in stream.feed(tokens):\n    print(to_sse(event))\n"
    "    if event['type'] == 'content_block_delta' and event['delta']['type'] == 'text_delta':\n"
    "        assert_type(event['delta']['text'], str)",
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
    "misspelled option of a grammar": GRAMMAR + "export('gbnf', tool_chioce='none')",
    "policy of reasoning that is none": GRAMMAR + "export('gbnf', reasoning='maybe')",
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
    "misspelled key of a message": ANTHROPIC + "anthropic_message_from([])['contents']",
    "misspelled option of a request": ANTHROPIC + "messages_prompt(enc, {}, keep_tool=True)",
    "reasoning of a block of text": ANTHROPIC + "for block in anthropic_message_from([])['content']:\n"
    "    if block['type'] == 'text':\n        block['thinking']",
    "name that is a tool without one": "from openai_harmony import ToolNames\nToolNames([5])",
    "response format that is text": "DeveloperContent().with_response_format('a', '{}')",
    "schema that is text": "ToolDescription('f', 'd', '{}')",
    "field of a parameter": "ToolDescription('f', 'd').parameters['type']",
    "misspelled column of a rendering": "enc.render_with_spans(Conversation()).sampeld",
    "roles of a rendering the old way": "enc.render_with_spans(Conversation(), 'assistant')",
    "lengths that are packed as sequences": "from openai_harmony.packing import pack\npack([1, 2], 8)",
    "fate of a sequence that is none": "from openai_harmony.packing import pack\npack([[1]], 8, too_long='cut')",
    "misspelled key of a choice": CHAT + "chat_choice_from_tokens(enc, tokens)['mesage']",
    "misspelled option of a prompt": CHAT + "chat_prompt(enc, {}, custom_tool=True)",
    "reasoning key that is none": CHAT + "ChatStream(enc, reasoning_key='thoughts')",
    "misspelled option of a response": RESPONSES + "responses_prompt(enc, {}, custom_tool=True)",
    "misspelled key of usage": RESPONSES + "ResponsesStream(enc, {}).usage['total']",
    "text for messages before": RESPONSES + "conversation_from_responses('Hi', previous=5)",
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
