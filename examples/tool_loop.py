"""A loop of tools: a model calls functions, is told what they return, and goes on until it answers.

A script stands for the model. The loop treats its tokens as an engine's: it keeps what was sampled, survives faults,
and tells the model what was wrong with a call.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from openai_harmony import (
    Author,
    Bridge,
    Conversation,
    DeveloperContent,
    Message,
    RenderConversationConfig,
    Role,
    SystemContent,
    ToolDescription,
    load_harmony_encoding,
)

ENCODING = load_harmony_encoding("HarmonyGptOss")
# A running turn keeps its reasoning, and calls stay as models write them.
CONFIG = RenderConversationConfig(style="model", analysis="finished_turns")
MAX_ROUNDS = 8
NAMESPACE = "functions."

Model = Callable[[Sequence[int]], list[int]]
"""Returns the tokens that continue a prompt."""


# The tools ----------------------------------------------------------------------------------------


def weather(city: str) -> dict[str, object]:
    """Looks up the weather of a city.

    Args:
        city: its name.
    """
    known = {"Rome": {"sky": "clear", "celsius": 27}, "Oslo": {"sky": "rain", "celsius": 9}}
    if city not in known:
        raise LookupError(f"there is no city {city!r}")
    return known[city]


def difference(a: float, b: float) -> float:
    """Subtracts b from a."""
    return a - b


TOOLS: dict[str, Callable[..., object]] = {tool.__name__: tool for tool in (weather, difference)}


def result_of(call: Message) -> Message:
    """Return what a call gives; a fault of the model is a result, too, so that it can correct itself."""
    name = (call.recipient or "").removeprefix(NAMESPACE)
    try:
        if name not in TOOLS:
            raise LookupError(f"there is no function {name!r}, only {', '.join(TOOLS)}")
        arguments = json.loads(call.text)
        if not isinstance(arguments, dict):
            raise TypeError("the arguments are no JSON object")
        said = TOOLS[name](**arguments)
    except Exception as error:
        said = {"error": f"{type(error).__name__}: {error}"}
    result = Message.from_author_and_content(Author.new(Role.TOOL, str(call.recipient)), json.dumps(said))
    return result.with_recipient("assistant").with_channel("commentary")


# The loop -----------------------------------------------------------------------------------------


def answered(model: Model, question: str) -> Iterator[Message]:
    """Yield the messages of a turn: what the model writes, and the results of its calls.

    Raises:
        RuntimeError: the model still calls functions after `MAX_ROUNDS` rounds.
    """
    developer = DeveloperContent.new().with_function_tools(
        [ToolDescription.from_function(tool) for tool in TOOLS.values()]
    )
    conversation = Conversation.from_messages(
        [
            Message.from_role_and_content(Role.SYSTEM, SystemContent.new()),
            Message.from_role_and_content(Role.DEVELOPER, developer),
            Message.from_role_and_content(Role.USER, question),
        ]
    )
    prompt = ENCODING.render_conversation_for_completion(conversation, Role.ASSISTANT, CONFIG)
    for _ in range(MAX_ROUNDS):
        sampled = model(prompt)
        parsed = ENCODING.parse(sampled, Role.ASSISTANT)  # never raises, whatever the model wrote
        yield from parsed.messages
        calls = [message for message in parsed.messages if message.recipient is not None]
        if not calls:
            return
        results = [result_of(call) for call in calls]
        yield from results
        prompt = continued([*prompt, *sampled], results)
    raise RuntimeError(f"no answer after {MAX_ROUNDS} rounds")


def continued(tokens: list[int], results: Sequence[Message]) -> list[int]:
    """Return the next prompt, which begins with the tokens so far, so that an engine's cache of them stays valid."""
    bridge = ENCODING.bridge(tokens, results, config=CONFIG)
    if not isinstance(bridge, Bridge):
        raise RuntimeError(bridge.reason)
    return bridge.tokens


# The model ----------------------------------------------------------------------------------------

CALL = "<|start|>assistant<|channel|>commentary to=functions.{} <|constrain|>json<|message|>{}<|call|>"
SCRIPT = [
    # It spells a city wrong, and leaves out the end of its thought.
    "<|channel|>analysis<|message|>I need both." + CALL.format("weather", '{"city": "Romee"}'),
    "<|channel|>analysis<|message|>A typo.<|end|>"
    + CALL.format("weather", '{"city": "Rome"}')
    + CALL.format("weather", '{"city": "Oslo"}'),
    # Its arguments are no JSON, and then they are.
    "<|channel|>analysis<|message|>27 - 9.<|end|>" + CALL.format("difference", '{"a": 27, "b": '),
    "<|channel|>analysis<|message|>Again.<|end|>" + CALL.format("difference", '{"a": 27, "b": 9}'),
    "<|channel|>final<|message|>It is 18 degrees warmer in Rome than in Oslo.<|return|>",
]


def scripted(script: Sequence[str]) -> Model:
    """Return a model that writes one text of a script after the other, whatever it is asked."""
    texts = iter(script)
    return lambda prompt: ENCODING.encode(next(texts), allowed_special="all")


def main() -> None:
    for message in answered(scripted(SCRIPT), "How much warmer is it in Rome than in Oslo?"):
        name = message.author.name or message.author.role.value
        where = f" on {message.channel}" + (f" to {message.recipient}" if message.recipient else "")
        print(f"{name}{where}: {message.text}")


if __name__ == "__main__":
    main()
