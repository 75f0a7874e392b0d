"""OpenAI's Chat Completions API: requests become prompts, and sampled tokens become messages and chunks.

docs/chat.md has the rules, and what is lost on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from ._dialects.chat.choice_stream import ChatStream
from ._dialects.chat.requests import conversation_of, in_words_of, request_of
from ._dialects.chat.tools import chat_tools
from ._dialects.chat.types import (
    ChatChoice,
    ChatDelta,
    ChatMessage,
    ChatToolCall,
    ChoiceDelta,
    CompletionUsageDetails,
)
from ._dialects.chat.writer import ChatWriter, ReasoningKey, options_of
from ._dialects.heading import Reading, Undeclared
from ._dialects.history import ReasoningPolicy
from ._dialects.ids import NewId, id_maker, new_id
from ._dialects.opening import EffortMode
from ._dialects.prompt import prompt_of
from ._dialects.sse import SSE_DONE, to_sse
from ._dialects.stop_tokens import stop_tokens
from ._dialects.token_feed import told
from .errors import ConversionError

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._dialects.options import ChoiceOptions, PromptOptions
    from ._generated.contents import SystemContent
    from ._generated.enumerations import ReasoningEffort
    from ._generated.messages import Conversation, Message
    from ._generated.tools import ToolNamespaceConfig
    from .encoding import HarmonyEncoding
    from .options import RenderConversationConfig

__all__ = [
    "SSE_DONE",
    "ChatChoice",
    "ChatDelta",
    "ChatMessage",
    "ChatStream",
    "ChatToolCall",
    "ChoiceDelta",
    "CompletionUsageDetails",
    "ConversionError",
    "chat_choice_from_tokens",
    "chat_message_from",
    "chat_prompt",
    "chunk",
    "conversation_from_chat",
    "conversation_from_request",
    "stop_tokens",
    "to_sse",
]


def conversation_from_chat(
    messages: Iterable[object],
    *,
    tools: Iterable[object] | None = None,
    tool_choice: str | Mapping[str, object] | None = None,
    parallel_tool_calls: bool | None = None,
    response_format: Mapping[str, object] | None = None,
    reasoning_effort: str | ReasoningEffort | None = None,
    builtin_tools: Iterable[str | ToolNamespaceConfig] = (),
    system: SystemContent | None = None,
    current_date: str | date | None = None,
    analysis: ReasoningPolicy = "finished_turns",
    effort: EffortMode = "exact",
    names: bool = False,
    custom_tools: bool = False,
    keep_tools: bool = False,
    aliases: bool = False,
) -> Conversation:
    """Return the conversation that the messages of a chat are.

    Messages and tools are dictionaries, objects with `model_dump`, or dataclasses; none of them is changed.

    Args:
        messages: the messages of the request.
        tools: its tools; the first message of instructions declares them.
        tool_choice: its tool choice; `none` leaves the tools out, and no other choice changes the conversation.
        parallel_tool_calls: without effect on the conversation; see `stop_tokens`.
        response_format: its format of answers; one with a JSON Schema is written into the instructions.
        reasoning_effort: how much reasoning; None for what `system` says.
        builtin_tools: names of built-in tools of the format, or further namespaces, for the opening message.
        system: the content of the opening message; None for the usual one.
        current_date: the date in the opening message; None for none.
        analysis: "finished_turns" leaves out the reasoning before the last answer, as models expect; "keep" keeps it.
        effort: "nearest" takes the nearest effort for words of the API that the format does not have.
        names: whether `name` becomes the name of an author; models were not trained with it.
        custom_tools: whether custom tools become functions with one argument, or are refused.
        keep_tools: whether `tool_choice="none"` keeps the tools, so that cached prompts stay valid.
        aliases: whether tools with names that models misread get other names; give the reading side the same argument.

    Raises:
        ConversionError: a value cannot be converted; `path` is its place in the request.

    Example:
        >>> conversation = conversation_from_chat([{"role": "user", "content": "Hello"}])
        >>> [message.author.role.value for message in conversation]
        ['system', 'user']
    """
    return conversation_of(
        messages,
        tools=tools,
        tool_choice=tool_choice,
        response_format=response_format,
        reasoning_effort=reasoning_effort,
        builtin_tools=builtin_tools,
        system=system,
        current_date=current_date,
        analysis=analysis,
        effort=effort,
        names=names,
        custom_tools=custom_tools,
        keep_tools=keep_tools,
        aliases=aliases,
    )


def conversation_from_request(request: object, **options: Unpack[PromptOptions]) -> Conversation:
    """Return the conversation of a whole request.

    Args:
        request: the body of the request. Keys that do not concern the prompt are ignored.
        **options: as in `chat_prompt`.

    Raises:
        ConversionError: a value cannot be converted; `path` is its place in the request.

    Example:
        >>> conversation = conversation_from_request({"messages": [{"role": "user", "content": "Hello"}]})
        >>> conversation.messages[-1].text
        'Hello'
    """
    arguments, older = request_of(request)
    given: dict[str, Any] = arguments
    try:
        return conversation_from_chat(**given, **options)
    except ConversionError as problem:
        raise in_words_of(older, problem) from None


def chat_prompt(
    encoding: HarmonyEncoding,
    request: object,
    *,
    config: RenderConversationConfig | None = None,
    **options: Unpack[PromptOptions],
) -> list[int]:
    """Return the tokens of the prompt for a request, which end in the start of the assistant's turn.

    Args:
        encoding: the encoding.
        request: the body of the request. Keys that do not concern the prompt are ignored.
        config: how the conversation is rendered; by default nothing more is left out of it.
        **options: the arguments of `conversation_from_chat` that are no keys of a request: `builtin_tools`, `system`,
            `current_date`, `analysis`, `effort`, `names`, `custom_tools`, `keep_tools`, `aliases`.

    Raises:
        ConversionError: a value cannot be converted; `path` is its place in the request.
        RenderError: a message breaks a rule of the format.

    Example:
        >>> encoding = load_harmony_encoding("HarmonyGptOss")
        >>> tokens = chat_prompt(encoding, {"messages": [{"role": "user", "content": "Hello"}]})
        >>> encoding.decode(tokens)[-54:]
        '<|start|>user<|message|>Hello<|end|><|start|>assistant'
    """
    return prompt_of(encoding, conversation_from_request(request, **options), config)


def chat_message_from(
    messages: Iterable[Message],
    *,
    tools: Iterable[object] | None = None,
    parallel_tool_calls: bool | None = None,
    reasoning_key: ReasoningKey = "reasoning",
    include_reasoning: bool = True,
    separator: str = "\n",
    undeclared: Undeclared = "call",
    aliases: bool = False,
    new_id: NewId = new_id,
) -> ChatMessage:
    """Return the message of a chat that the messages of a completion are.

    Args:
        messages: the messages of the model; those of other authors are left out.
        tools: the tools of the request, by which names are read and custom tools are known.
        parallel_tool_calls: False for the first call alone.
        reasoning_key: the key of the reasoning; "both" for both keys that clients know.
        include_reasoning: whether the reasoning is part of the message.
        separator: what stands between two texts that the message has in one place.
        undeclared: what becomes of calls of tools that are neither functions nor declared.
        aliases: whether the tools had other names in the prompt, as with `conversation_from_chat`.
        new_id: returns the id of a call; it may take the kind of the id, "call".

    Raises:
        ConversionError: a tool has the wrong form, or a call is undeclared and `undeclared` is "error".

    Example:
        >>> answer = Message.from_role_and_content("assistant", "Hello").with_channel("final")
        >>> chat_message_from([answer])
        {'role': 'assistant', 'content': 'Hello'}
    """
    declared = chat_tools(tools, custom_tools=True, aliases=aliases).declared()
    writer = ChatWriter(options_of(reasoning_key, include_reasoning, separator), id_maker(new_id))
    told(Reading(declared, undeclared), writer, messages, parallel=parallel_tool_calls is not False)
    return writer.message


def chat_choice_from_tokens(
    encoding: HarmonyEncoding,
    tokens: Iterable[int],
    *,
    finish_reason: str | None = None,
    **options: Unpack[ChoiceOptions],
) -> ChatChoice:
    """Return the choice that sampled tokens are. Faults of the model are corrected, and never raise.

    Args:
        encoding: the encoding.
        tokens: the sampled tokens.
        finish_reason: why the engine says that sampling ended; None to tell it by the tokens.
        **options: the arguments of `ChatStream`: `tools`, `parallel_tool_calls`, `reasoning_key`, `include_reasoning`,
            `separator`, `undeclared`, `aliases`, `new_id`, `prompt_tokens`, `cut_calls`.

    Raises:
        ConversionError: a tool has the wrong form, or a call is undeclared and `undeclared` is "error".

    Example:
        >>> encoding = load_harmony_encoding("HarmonyGptOss")
        >>> tokens = encoding.encode("<|channel|>final<|message|>Hello<|return|>", allowed_special="all")
        >>> chat_choice_from_tokens(encoding, tokens)
        {'message': {'role': 'assistant', 'content': 'Hello'}, 'finish_reason': 'stop'}
    """
    stream = ChatStream(encoding, **options)
    stream.feed(tokens)
    stream.finish(finish_reason)
    return {"message": stream.message, "finish_reason": str(stream.finish_reason)}


def chunk(
    delta: ChatDelta | None,
    *,
    id: str,
    model: str,
    created: int,
    index: int = 0,
    usage: Mapping[str, object] | None = None,
    logprobs: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Return a delta as a `chat.completion.chunk`.

    Args:
        delta: the delta; None for the chunk with the usage, which has no choice.
        id, model, created: the same for all chunks of a completion.
        index: the index of the choice.
        usage: the usage, if the chunk is to have it.
        logprobs: the log probabilities of the tokens `delta["tokens"]`.

    Example:
        >>> delta: ChatDelta = {"delta": {"content": "Hi"}, "finish_reason": None, "tokens": (3, 4)}
        >>> chunk(delta, id="chatcmpl-1", model="gpt-oss-20b", created=0)["choices"]
        [{'index': 0, 'delta': {'content': 'Hi'}, 'finish_reason': None, 'logprobs': None}]
    """
    choices: list[dict[str, object]] = []
    if delta is not None:
        choice = {
            "index": index,
            "delta": delta["delta"],
            "finish_reason": delta["finish_reason"],
            "logprobs": logprobs,
        }
        choices.append(choice)
    head = {"id": id, "object": "chat.completion.chunk", "created": created, "model": model}
    return {**head, "choices": choices, **({} if usage is None else {"usage": usage})}
