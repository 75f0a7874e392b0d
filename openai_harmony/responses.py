"""OpenAI's Responses API: requests become prompts, and sampled tokens become output items and events.

docs/responses.md has the rules, and what is lost on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from ._dialects.heading import Reading
from ._dialects.history import ReasoningPolicy
from ._dialects.ids import NewId, id_maker, new_id
from ._dialects.opening import EffortMode
from ._dialects.prompt import prompt_of
from ._dialects.responses.requests import conversation_of, request_of
from ._dialects.responses.response_stream import ResponsesStream
from ._dialects.responses.tools import responses_tools
from ._dialects.responses.types import (
    CodeInterpreterCallItem,
    CustomToolCallItem,
    Event,
    FunctionCallItem,
    McpCallItem,
    MessageItem,
    OutputItem,
    ReasoningItem,
    ResponseUsage,
    WebSearchCallItem,
)
from ._dialects.responses.writer import ResponsesWriter
from ._dialects.sse import to_sse
from ._dialects.stop_tokens import stop_tokens
from ._dialects.token_feed import told
from .errors import ConversionError

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._dialects.options import ResponsesOptions
    from ._generated.contents import SystemContent
    from ._generated.messages import Conversation, Message
    from .encoding import HarmonyEncoding
    from .options import RenderConversationConfig

__all__ = [
    "CodeInterpreterCallItem",
    "ConversionError",
    "CustomToolCallItem",
    "Event",
    "FunctionCallItem",
    "McpCallItem",
    "MessageItem",
    "OutputItem",
    "ReasoningItem",
    "ResponseUsage",
    "ResponsesStream",
    "WebSearchCallItem",
    "conversation_from_request",
    "conversation_from_responses",
    "response_output_from",
    "responses_prompt",
    "stop_tokens",
    "to_sse",
]


def conversation_from_responses(
    input: str | Iterable[object],
    *,
    instructions: str | None = None,
    tools: Iterable[object] | None = None,
    tool_choice: str | Mapping[str, object] | None = None,
    text: Mapping[str, object] | None = None,
    reasoning: Mapping[str, object] | None = None,
    previous: Conversation | Iterable[Message | Mapping[str, object]] | None = None,
    resolve: Callable[[str], object] | None = None,
    decrypt: Callable[[str], str] | None = None,
    system: SystemContent | None = None,
    current_date: str | date | None = None,
    analysis: ReasoningPolicy = "finished_turns",
    effort: EffortMode = "exact",
    summaries: bool = False,
    custom_tools: bool = False,
    keep_tools: bool = False,
    aliases: bool = False,
) -> Conversation:
    """Return the conversation that the input of a response is.

    Items and tools are dictionaries, objects with `model_dump`, or dataclasses; none of them is changed.

    Args:
        input: the input of the request: the text of a user, or items.
        instructions: its instructions, for the first message of the developer.
        tools: its tools. Those of a server are listed by an `mcp_list_tools` item of the input, or by a key `tools`.
        tool_choice: its tool choice; `none` leaves the tools out, and no other choice changes the conversation.
        text: its `text`, whose format with a JSON Schema is written into the instructions.
        reasoning: its `reasoning`, which says how much; None for what `system` says.
        previous: what came before the input, as messages or as items; system and developer messages are left out.
        resolve: returns the item with an id, for references to items; without it, a reference is an error.
        decrypt: returns the text of encrypted reasoning; without it, such reasoning is left out.
        system: the content of the opening message; None for the usual one.
        current_date: the date in the opening message; None for none.
        analysis: "finished_turns" leaves out the reasoning before the last answer, as models expect; "keep" keeps it.
        effort: "nearest" takes the nearest effort for words of the API that the format does not have.
        summaries: whether the summary of reasoning takes the place of its text where that is absent.
        custom_tools: whether custom tools become functions with one argument, or are refused.
        keep_tools: whether `tool_choice="none"` keeps the tools, so that cached prompts stay valid.
        aliases: whether tools with names that models misread get other names; give the reading side the same argument.

    Raises:
        ConversionError: a value cannot be converted; `path` is its place in the request.

    Example:
        >>> conversation = conversation_from_responses("Hello", instructions="Be brief.")
        >>> [message.author.role.value for message in conversation]
        ['system', 'developer', 'user']
    """
    return conversation_of(
        input,
        instructions=instructions,
        tools=tools,
        tool_choice=tool_choice,
        text=text,
        reasoning=reasoning,
        previous=previous,
        resolve=resolve,
        decrypt=decrypt,
        system=system,
        current_date=current_date,
        analysis=analysis,
        effort=effort,
        summaries=summaries,
        custom_tools=custom_tools,
        keep_tools=keep_tools,
        aliases=aliases,
    )


def conversation_from_request(request: object, **options: Unpack[ResponsesOptions]) -> Conversation:
    """Return the conversation of a whole request.

    Args:
        request: the body of the request. Keys that do not concern the prompt are ignored.
        **options: as in `responses_prompt`.

    Raises:
        ConversionError: a value cannot be converted; `path` is its place in the request.

    Example:
        >>> conversation = conversation_from_request({"input": "Hello"})
        >>> conversation.messages[-1].text
        'Hello'
    """
    given: dict[str, Any] = request_of(request, options.get("previous"))
    return conversation_from_responses(**given, **options)


def responses_prompt(
    encoding: HarmonyEncoding,
    request: object,
    *,
    config: RenderConversationConfig | None = None,
    **options: Unpack[ResponsesOptions],
) -> list[int]:
    """Return the tokens of the prompt for a request, which end in the start of the assistant's turn.

    Args:
        encoding: the encoding.
        request: the body of the request. Keys that do not concern the prompt are ignored.
        config: how the conversation is rendered; by default nothing more is left out of it.
        **options: the arguments of `conversation_from_responses` that are no keys of a request: `previous`, `resolve`,
            `decrypt`, `system`, `current_date`, `analysis`, `effort`, `summaries`, `custom_tools`, `keep_tools`,
            `aliases`.

    Raises:
        ConversionError: a value cannot be converted; `path` is its place in the request.
        RenderError: a message breaks a rule of the format.

    Example:
        >>> encoding = load_harmony_encoding("HarmonyGptOss")
        >>> tokens = responses_prompt(encoding, {"model": "gpt-oss-20b", "input": "Hello"})
        >>> encoding.decode(tokens)[-54:]
        '<|start|>user<|message|>Hello<|end|><|start|>assistant'
    """
    return prompt_of(encoding, conversation_from_request(request, **options), config)


def response_output_from(
    messages: Iterable[Message],
    *,
    tools: Iterable[object] | None = None,
    incomplete: bool = False,
    aliases: bool = False,
    new_id: NewId = new_id,
) -> list[OutputItem]:
    """Return the output items that the messages of a completion are.

    Args:
        messages: the messages of the model, and the results of tools that the server runs.
        tools: the tools of the request, by which calls are told apart.
        incomplete: whether the model was to write more of the last message.
        aliases: whether the tools had other names in the prompt, as with `conversation_from_responses`.
        new_id: returns the id of an item or of a call; it may take the kind of the id, such as "msg" or "call".

    Raises:
        ConversionError: a tool has the wrong form.

    Example:
        >>> answer = Message.from_role_and_content("assistant", "Hello").with_channel("final")
        >>> response_output_from([answer])[0]["content"]
        [{'type': 'output_text', 'text': 'Hello', 'annotations': []}]
    """
    declared = responses_tools(tools, custom_tools=True, aliases=aliases).declared()
    writer = ResponsesWriter(id_maker(new_id), declared.servers)
    told(Reading(declared), writer, messages, cut=incomplete)
    writer.close()
    return writer.output
