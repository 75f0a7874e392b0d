"""Grammars for constrained decoding: what a model may write, for the engines that sample.

docs/grammars.md says which lines each server takes, and what no engine can tell apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from inspect import signature
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, overload

from ._grammar.explaining import explained
from ._grammar.exporting import exported, tree_for
from ._grammar.judging import Verdict, verdict_of
from ._grammar.settings import Reasoning
from ._grammar.vocabularies import vocabulary_of
from .errors import GrammarError

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._generated.tools import ToolNamespaceConfig

__all__ = ["GrammarError", "GrammarFormat", "Verdict", "check", "explain", "export", "vocabulary"]

GrammarFormat: TypeAlias = Literal["llguidance", "structural-tag", "xgrammar-ebnf", "gbnf", "regex"]
"""The formats of grammars."""

TextFormat: TypeAlias = Literal["llguidance", "xgrammar-ebnf", "gbnf", "regex"]


class GrammarOptions(TypedDict, total=False):
    """The arguments of `export` beside the format."""

    tools: Iterable[object] | None
    response_schema: Mapping[str, object] | bool | type | None
    tool_choice: str | Mapping[str, object] | None
    channels: Iterable[str] | None
    reasoning: Reasoning
    preambles: bool
    builtin_tools: Iterable[str | ToolNamespaceConfig]
    parallel: bool
    engine_stops: str | Iterable[int] | None
    after_prompt: bool


@overload
def export(format: TextFormat, **options: Unpack[GrammarOptions]) -> str: ...
@overload
def export(format: Literal["structural-tag"], **options: Unpack[GrammarOptions]) -> dict[str, object]: ...
@overload
def export(format: str, **options: Unpack[GrammarOptions]) -> str | dict[str, object]: ...


def export(
    format: str,
    *,
    tools: Iterable[object] | None = None,
    response_schema: Mapping[str, object] | bool | type | None = None,
    tool_choice: str | Mapping[str, object] | None = "auto",
    channels: Iterable[str] | None = None,
    reasoning: Reasoning = "allow",
    preambles: bool = True,
    builtin_tools: Iterable[str | ToolNamespaceConfig] = (),
    parallel: bool = False,
    engine_stops: str | Iterable[int] | None = None,
    after_prompt: bool = True,
) -> str | dict[str, object]:
    """Return the grammar of the completions that a request allows.

    Args:
        format: "llguidance" (Lark), "structural-tag" (for vLLM and SGLang), "xgrammar-ebnf", "gbnf" (llama.cpp) or
            "regex", in which special tokens are characters of a private-use area.
        tools: the tools that can be called: ToolDescriptions, or tools of the Chat Completions or Responses API. A
            custom tool may have a grammar of its own.
        response_schema: the JSON Schema of the answer, or a pydantic model; None for text. Nothing else is bound by it.
        tool_choice: "auto", "none", "required" for a call of any tool, or a tool, as in `{"name": "lookup"}`.
        channels: the channels that messages may be on; None for all.
        reasoning: whether the first message must be reasoning, or none may be.
        preambles: whether there may be messages to the user before a call or an answer.
        builtin_tools: built-in tools that can be called, by name, or further namespaces.
        parallel: whether a turn may end in several calls.
        engine_stops: the ids of special tokens at which the engine stops on its own, or the name of an engine: "none",
            "vllm", "vllm-guidance", "sglang", "llama.cpp". The grammar does not have them. None for the usual engine of
            the format.
        after_prompt: whether the prompt ends in the start of the assistant's turn; if not, the completion has it.

    Raises:
        GrammarError: an option has an invalid value or contradicts another, or a schema has a keyword that the format
            cannot keep; `option` and `pointer` name the place.

    Example:
        >>> print(export("llguidance", reasoning="forbid", preambles=False), end="")
        start: last
        text: <[^199998-201087]>*
        answer: <[200005]> "final" <[200008]> text <[200002]>
        last: answer
    """
    return exported(
        format,
        tools=tools,
        response_schema=response_schema,
        tool_choice=tool_choice,
        channels=channels,
        reasoning=reasoning,
        preambles=preambles,
        builtin_tools=builtin_tools,
        parallel=parallel,
        engine_stops=engine_stops,
        after_prompt=after_prompt,
    )


def check(format_or_text: object, completion: str | Sequence[int], **options: Unpack[GrammarOptions]) -> Verdict:
    """Return whether a grammar accepts a completion, by a judge of this package: no engine is needed.

    The input of a custom tool with a grammar in Lark can be any text here.

    Args:
        format_or_text: what `export` returned; or a format, with the options of an export.
        completion: its tokens, or its text with the texts of special tokens.
        **options: the arguments of `export`.

    Raises:
        GrammarError: as `export`.

    Example:
        >>> check("llguidance", "<|channel|>analysis<|message|>Hm", reasoning="forbid")
        Verdict(accepted=False, position=1, complete=False)
    """
    exported_here = hasattr(format_or_text, "grammar")
    return verdict_of(format_or_text, completion, dict(options) if exported_here else _all(options))


def explain(format: str = "llguidance", **options: Unpack[GrammarOptions]) -> str:
    """Return the rules of a grammar for people to read, without those of JSON values.

    Args:
        format: the format, whose usual engine has its own stop tokens.
        **options: the arguments of `export`.

    Raises:
        GrammarError: as `export`.

    Example:
        >>> print(explain(reasoning="forbid", preambles=False), end="")
        root = last
        last = answer
        answer = <|channel|> "final" <|message|> text <|return|>
        text = any text
    """
    return explained(tree_for(format, **_all(options))[0])


@overload
def vocabulary(engine: Literal["llguidance"]) -> dict[str, object]: ...
@overload
def vocabulary(engine: Literal["xgrammar", "outlines-core"]) -> list[bytes]: ...
@overload
def vocabulary(engine: str) -> list[bytes] | dict[str, object]: ...


def vocabulary(engine: str) -> list[bytes] | dict[str, object]:
    """Return the vocabulary in the form that an engine takes, with all ids that have logits.

    Args:
        engine: "xgrammar": the bytes of each id, in which special tokens are hidden from rules about text; give them to
            `TokenizerInfo`. "llguidance": the arguments of a `tiktoken.Encoding`. "outlines-core": the bytes of each
            id, in which special tokens are the characters of the format "regex".

    Raises:
        GrammarError: the engine is unknown.

    Example:
        >>> vocabulary("xgrammar")[200006]
        b'\\xff<|start|>'
    """
    return vocabulary_of(engine)


def _all(options: GrammarOptions) -> dict[str, Any]:
    """Return the options with the defaults of those that are absent."""
    defaults = signature(export).parameters
    for name in options.keys() - defaults.keys():
        raise TypeError(f"{name!r} is no option of a grammar")
    return {name: options.get(name, each.default) for name, each in defaults.items() if name != "format"} | options
