"""Anthropic's Messages API: requests become prompts, and sampled tokens become messages and events.

docs/anthropic.md has the rules, and what is lost on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from ._dialects.anthropic.message import message_of, stop_reason_of
from ._dialects.anthropic.message_stream import AnthropicStream
from ._dialects.anthropic.prompt import prompt_of_request
from ._dialects.anthropic.requests import conversation_of, request_of
from ._dialects.anthropic.tools import anthropic_tools
from ._dialects.anthropic.types import (
    AnthropicBlock,
    AnthropicEvent,
    AnthropicMessage,
    AnthropicTextBlock,
    AnthropicThinkingBlock,
    AnthropicToolUseBlock,
    AnthropicUsage,
    PingEvent,
)
from ._dialects.anthropic.writer import BlockWriter
from ._dialects.heading import Reading, Undeclared
from ._dialects.history import ReasoningPolicy
from ._dialects.ids import NewId, id_maker, new_id
from ._dialects.opening import EffortMode
from ._dialects.sse import to_sse
from ._dialects.stop_tokens import stop_tokens
from ._dialects.token_feed import told
from .errors import ConversionError

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._dialects.anthropic.options import MessageOptions, PromptOptions
    from ._generated.contents import SystemContent
    from ._generated.messages import Conversation, Message
    from ._generated.tools import ToolNamespaceConfig
    from .encoding import HarmonyEncoding
    from .options import RenderConversationConfig

__all__ = [
    "AnthropicBlock",
    "AnthropicEvent",
    "AnthropicMessage",
    "AnthropicStream",
    "AnthropicTextBlock",
    "AnthropicThinkingBlock",
    "AnthropicToolUseBlock",
    "AnthropicUsage",
    "ConversionError",
    "anthropic_message_from",
    "anthropic_message_from_tokens",
    "conversation_from_messages",
    "conversation_from_request",
    "messages_prompt",
    "ping",
    "stop_tokens",
    "to_sse",
]


def conversation_from_messages(
    messages: Iterable[object],
    *,
    system: str | Iterable[object] | None = None,
    tools: Iterable[object] | None = None,
    tool_choice: Mapping[str, object] | None = None,
    thinking: Mapping[str, object] | None = None,
    output_config: Mapping[str, object] | None = None,
    output_format: Mapping[str, object] | None = None,
    builtin_tools: Iterable[str | ToolNamespaceConfig] = (),
    opening: SystemContent | None = None,
    current_date: str | date | None = None,
    analysis: ReasoningPolicy = "finished_turns",
    effort: EffortMode = "exact",
    keep_tools: bool = False,
    aliases: bool = False,
) -> Conversation:
    """Return the conversation that the messages of a request are.

    Messages, blocks and tools are dictionaries, objects with `model_dump`, or dataclasses; none of them is changed.

    Args:
        messages: the messages of the request.
        system: its instructions, as text or as blocks of text.
        tools: its tools; the first message of instructions declares them.
        tool_choice: its tool choice; one of type `none` leaves the tools out, no other changes the conversation.
        thinking: its configuration of thinking, which does not change the conversation; `output_config` has the effort.
        output_config: its effort, and its format of answers, which is written into the instructions.
        output_format: the format of answers, where older clients have it.
        builtin_tools: names of built-in tools of the format, or further namespaces, for the opening message.
        opening: the content of the opening message; None for the usual one.
        current_date: the date in the opening message; None for none.
        analysis: "finished_turns" leaves out the reasoning before the last answer, as models expect; "keep" keeps it.
        effort: "nearest" takes the nearest effort for words of the API that the format does not have.
        keep_tools: whether a choice of type `none` keeps the tools, so that cached prompts stay valid.
        aliases: whether tools with names that models misread get other names; give the reading side the same argument.

    Raises:
        ConversionError: a value cannot be converted; `path` is its place in the request.

    Example:
        >>> conversation = conversation_from_messages([{"role": "user", "content": "Hello"}], system="Be brief.")
        >>> [message.author.role.value for message in conversation]
        ['system', 'developer', 'user']
    """
    return conversation_of(
        messages,
        system=system,
        tools=tools,
        tool_choice=tool_choice,
        thinking=thinking,
        output_config=output_config,
        output_format=output_format,
        builtin_tools=builtin_tools,
        opening=opening,
        current_date=current_date,
        analysis=analysis,
        effort=effort,
        keep_tools=keep_tools,
        aliases=aliases,
    ).conversation


def conversation_from_request(request: object, **options: Unpack[PromptOptions]) -> Conversation:
    """Return the conversation of a whole request.

    Args:
        request: the body of the request. Keys that do not concern the prompt are ignored.
        **options: as in `messages_prompt`.

    Raises:
        ConversionError: a value cannot be converted; `path` is its place in the request.

    Example:
        >>> conversation = conversation_from_request({"messages": [{"role": "user", "content": "Hello"}]})
        >>> conversation.messages[-1].text
        'Hello'
    """
    given: dict[str, Any] = request_of(request)
    return conversation_from_messages(**given, **options)


def messages_prompt(
    encoding: HarmonyEncoding,
    request: object,
    *,
    config: RenderConversationConfig | None = None,
    **options: Unpack[PromptOptions],
) -> list[int]:
    """Return the tokens of the prompt for a request.

    They end in the start of the assistant's turn. If the request ends in text of the assistant, they end in that text,
    which the model continues; give the prompt to the reading side as `prompt_tokens`.

    Args:
        encoding: the encoding.
        request: the body of the request. Keys that do not concern the prompt are ignored.
        config: how the conversation is rendered; by default nothing more is left out of it.
        **options: the arguments of `conversation_from_messages` that are no keys of a request: `builtin_tools`,
            `opening`, `current_date`, `analysis`, `effort`, `keep_tools`, `aliases`.

    Raises:
        ConversionError: a value cannot be converted; `path` is its place in the request.
        RenderError: a message breaks a rule of the format.

    Example:
        >>> encoding = load_harmony_encoding("HarmonyGptOss")
        >>> tokens = messages_prompt(encoding, {"messages": [{"role": "user", "content": "Hello"}]})
        >>> encoding.decode(tokens)[-54:]
        '<|start|>user<|message|>Hello<|end|><|start|>assistant'
    """
    return prompt_of_request(encoding, request, config, options)


def anthropic_message_from(
    messages: Iterable[Message],
    *,
    tools: Iterable[object] | None = None,
    id: str | None = None,
    model: str = "",
    include_thinking: bool = True,
    undeclared: Undeclared = "call",
    parallel_tool_calls: bool | None = None,
    aliases: bool = False,
    stop_reason: str | None = None,
    stop_sequence: str | None = None,
    usage: Mapping[str, object] | None = None,
    new_id: NewId = new_id,
) -> AnthropicMessage:
    """Return the message of the API that the messages of a completion are.

    Args:
        messages: the messages of the model; those of other authors are left out.
        tools: the tools of the request, by which names are read.
        id: the id of the message; None for a new one.
        model: the name of the model.
        include_thinking: whether the reasoning is part of the message.
        undeclared: what becomes of calls of tools that are neither functions nor declared.
        parallel_tool_calls: False for the first call alone.
        aliases: whether the tools had other names in the prompt, as with `conversation_from_messages`.
        stop_reason: why sampling ended, as the engine or the API says it; None to tell it by the messages.
        stop_sequence: the stop sequence of the request that ended sampling.
        usage: the counts of tokens.
        new_id: returns an id; it may take the kind of the id, "msg" or "toolu".

    Raises:
        ConversionError: a tool has the wrong form, or a call is undeclared and `undeclared` is "error".

    Example:
        >>> answer = Message.from_role_and_content("assistant", "Hello").with_channel("final")
        >>> anthropic_message_from([answer])["content"]
        [{'type': 'text', 'text': 'Hello', 'citations': None}]
    """
    declared = anthropic_tools(tools, aliases=aliases).declared()
    make_id = id_maker(new_id)
    message = message_of({"id": id, "model": model, "usage": usage}, make_id)
    writer = BlockWriter(include_thinking, make_id)
    told(Reading(declared, undeclared), writer, messages, parallel=parallel_tool_calls is not False)
    reason = stop_reason_of(stop_reason, stop_sequence, called=writer.has_calls, stopped=True)
    message |= {"content": writer.content, "stop_reason": reason, "stop_sequence": stop_sequence}
    return cast("AnthropicMessage", message)


def anthropic_message_from_tokens(
    encoding: HarmonyEncoding,
    tokens: Iterable[int],
    *,
    id: str | None = None,
    model: str = "",
    stop_reason: str | None = None,
    stop_sequence: str | None = None,
    usage: Mapping[str, object] | None = None,
    **options: Unpack[MessageOptions],
) -> AnthropicMessage:
    """Return the message of the API that sampled tokens are. Faults of the model are corrected, and never raise.

    Args:
        encoding: the encoding.
        tokens: the sampled tokens.
        id, model, stop_sequence: as for `anthropic_message_from`.
        stop_reason: why sampling ended, as the engine or the API says it; None to tell it by the tokens.
        usage: counts of tokens that take the place of those of the prompt and of the sampled tokens.
        **options: the arguments of `AnthropicStream`: `tools`, `parallel_tool_calls`, `include_thinking`, `undeclared`,
            `aliases`, `new_id`, `prompt_tokens`.

    Raises:
        ConversionError: a tool has the wrong form, or a call is undeclared and `undeclared` is "error".

    Example:
        >>> encoding = load_harmony_encoding("HarmonyGptOss")
        >>> tokens = encoding.encode("<|channel|>final<|message|>Hello<|return|>", allowed_special="all")
        >>> message = anthropic_message_from_tokens(encoding, tokens)
        >>> message["content"], message["stop_reason"]
        ([{'type': 'text', 'text': 'Hello', 'citations': None}], 'end_turn')
    """
    stream = AnthropicStream(encoding, {"id": id, "model": model}, **options)
    stream.feed(tokens)
    stream.finish(stop_reason, usage=usage, stop_sequence=stop_sequence)
    return stream.message


def ping() -> PingEvent:
    """Return the event that keeps a connection open while the model says nothing that is sent.

    Example:
        >>> to_sse(ping())
        'event: ping\\ndata: {"type":"ping"}\\n\\n'
    """
    return {"type": "ping"}
