"""What holds of every format: promises that take all they need from a generated package, and no word from here."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

__all__ = [
    "Format",
    "a_bridge_is_a_rendering_anew",
    "an_open_message_is_continued",
    "every_spelling_is_read_in_pieces_of_any_size",
    "nothing_breaks_the_recovering_mode",
    "what_is_read_is_written_again",
    "what_is_written_reads_back",
]


@dataclass(frozen=True)
class Format:
    """A generated package, the shipped one or another."""

    package: ModuleType  # any: what a changed format is called is not known to type checkers

    def __getattr__(self, name: str) -> Any:
        return getattr(self.package, name)

    def part(self, name: str) -> Any:
        """A module of the package."""
        return importlib.import_module(f"{self.package.__name__}.{name}")

    @property
    def encoding(self) -> Any:
        return self.package.load_harmony_encoding(next(iter(self.package.HarmonyEncodingName)))

    @property
    def blocks(self) -> tuple[Any, ...]:
        """The contents that are read back out of a message's text."""
        return tuple(block.make for block in self._blocks)

    @property
    def _blocks(self) -> Any:
        return self.part("_generated.events").BLOCKS

    def is_tagless(self, message: Any) -> bool:
        """Whether no text of a message could be taken for the tag of a block."""
        tags = [literal for block in self._blocks for literal in block.literals]
        texts = [value for content in message.content for value in vars(content).values() if isinstance(value, str)]
        return not any(tag in text for tag in tags for text in texts)

    @property
    def testing(self) -> Any:
        return self.part("testing")


def what_is_written_reads_back(format: Format, data: st.DataObject) -> None:
    message = data.draw(format.testing.messages())
    tokens = format.encoding.render(message)
    (back,) = format.encoding.parse_messages_from_completion_tokens(tokens)
    assert shapes([back]) == shapes([message])
    assert all(type(content) in (format.TextContent, *format.blocks) for content in back.content)
    if format.is_tagless(message):
        if all(isinstance(content, format.TextContent) for content in message.content):
            message.content = [format.TextContent("".join(content.text for content in message.content))]
        if all(type(content) in (format.TextContent, *format.blocks) for content in message.content):
            assert back == message


def what_is_read_is_written_again(format: Format, data: st.DataObject) -> None:
    example = data.draw(format.testing.completions())
    encoding, role = format.encoding, example.role
    messages = encoding.parse_messages_from_completion_tokens(example.tokens, role)
    assert shapes(messages) == example.messages
    empty = format.Conversation.from_messages([])
    begin = len(encoding.render_conversation(empty))
    tokens = encoding.render_conversation_for_completion(empty, role)[begin:] if role is not None else []
    tokens += example.tokens
    keep_all = format.RenderConversationConfig(auto_drop_analysis=False)
    written = encoding.render_conversation(format.Conversation.from_messages(messages), keep_all)[begin:]
    end = max(at for at, token in enumerate(written) if token in encoding.stop_tokens())
    if any(len(message.content) > 1 for message in messages):  # each content is encoded on its own
        assert encoding.decode(tokens).startswith(encoding.decode(written[:end]))
        return
    assert tokens[:end] == written[:end]
    stops = [*encoding.stop_tokens(), written[end]]  # a model may end with another, or be cut off before or behind it
    assert tokens[end:] in ([], *([stop] for stop in stops), *([stop, *written[end + 1 :]] for stop in stops))


def shapes(messages: list[Any]) -> tuple[object, ...]:
    shape_of = importlib.import_module(f"{type(messages[0]).__module__.split('.')[0]}.fuzzing.example").shape_of
    return tuple(map(shape_of, messages))


def every_spelling_is_read_in_pieces_of_any_size(format: Format, data: st.DataObject) -> None:
    example = data.draw(format.testing.tolerated_completions())
    messages = format.encoding.parse_messages_from_completion_tokens(example.tokens, example.role)
    assert tuple(shapes(messages) if messages else ()) == example.messages
    assert streamed(format, example, strict="pedantic").messages == messages


def nothing_breaks_the_recovering_mode(format: Format, data: st.DataObject) -> None:
    example = data.draw(format.testing.malformed_completions() | format.testing.token_soup())
    result = format.encoding.parse(example.tokens, example.role)
    parser = streamed(format, example, strict=False)
    assert (parser.messages, parser.recoveries) == (result.messages, result.recoveries)
    try:
        messages = format.encoding.parse_messages_from_completion_tokens(
            example.tokens, example.role, strict="pedantic"
        )
    except (format.HarmonyError, OverflowError):
        assert result.recoveries or not example.tokens
    else:
        assert (messages, []) == (result.messages, result.recoveries)


def streamed(format: Format, example: Any, *, strict: Any) -> Any:
    """A parser that was given the tokens one by one."""
    parser = format.StreamableParser(format.encoding, example.role, strict=strict)
    for token in example.tokens:
        parser.process(token)
    return parser.process_eos()


def an_open_message_is_continued(format: Format, data: st.DataObject) -> None:
    conversation, encoding = data.draw(format.testing.conversations()), format.encoding
    last, config = data.draw(format.testing.messages()), data.draw(configs(format))
    conversation.messages.append(last)
    closed = encoding.render_conversation(conversation, config)
    text = last.content[-1].text if last.content and type(last.content[-1]) is format.TextContent else ""
    cut = data.draw(st.integers(0, len(text)))
    if text:
        last.content[-1] = format.TextContent(text[:cut])
    until_here = encoding.render_conversation(conversation, config)
    config.open_last = True
    prompt = encoding.render_conversation(conversation, config)
    assert prompt == until_here[: len(prompt)]
    assert len(prompt) < len(until_here)
    spans = encoding.render_with_spans(conversation, config=config)
    assert spans.tokens == prompt
    assert len(spans.parts) == len(spans.message_indices) == len(prompt)
    parser = format.StreamableParser.resume(encoding, prompt, strict=False)
    for token in [*encoding.encode(text[cut:], disallowed_special=()), *until_here[len(prompt) :]]:
        parser.process(token)
    parser.process_eos()
    whole = encoding.parse(closed)
    assert (parser.messages, parser.recoveries) == (whole.messages[-1:], whole.messages and whole.recoveries)


def a_bridge_is_a_rendering_anew(format: Format, data: st.DataObject) -> None:
    history = importlib.import_module(f"{format.package.__name__}._generated.renderer").RULES.history
    drawn = data.draw(st.lists(format.testing.messages(), max_size=8))
    last = next((at for at, message in enumerate(drawn) if message.author.role in history.sampled), None)
    if last is None:
        return
    new = [message for message in drawn[last + 1 :] if message.author.role not in history.sampled]
    encoding, keep = format.encoding, format.RenderConversationConfig(analysis="keep")
    previous = encoding.render_conversation(format.Conversation(drawn[: last + 1]), keep)
    role = next(iter(history.sampled))
    anew = encoding.render_conversation_for_completion(format.Conversation([*drawn[: last + 1], *new]), role, keep)
    open_end = len(encoding.render_conversation(format.Conversation(drawn[: last + 1]), opened(format)))
    for cut in range(open_end, len(previous) + 1):  # behind each token of the message's end
        bridge = encoding.bridge(previous[:cut], new, next_turn_role=role, config=keep)
        if not bridge:  # where a prompt ends in all of a header, an empty content is a turn that was only opened
            assert (bridge.rule, bridge.index, cut) == ("open_header", cut, open_end)
            assert not any(content.text for content in drawn[last].content)
            continue
        assert (bridge.tokens, bridge.previous_length, bridge.end_length) == (anew, cut, len(previous) - cut)


def opened(format: Format) -> Any:
    return format.RenderConversationConfig(analysis="keep", open_last=True)


def configs(format: Format) -> st.SearchStrategy[Any]:
    """Configurations of what is omitted and how the schemas of tools are written."""
    return st.builds(
        format.RenderConversationConfig,
        auto_drop_analysis=st.booleans(),
        analysis=st.sampled_from(["reference", "finished_turns", "keep"]),
        keep_last_turn=st.booleans(),
        keep_calls=st.booleans(),
        schema=st.sampled_from(["reference", "full"]),
    )
