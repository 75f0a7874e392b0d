"""The exceptions of this package.

In addition, an argument of the wrong type raises TypeError, and an invalid value, such as an unknown role or encoding,
raises ValueError.
"""

from __future__ import annotations

from typing import NoReturn

__all__ = [
    "ConversionError",
    "GrammarError",
    "HarmonyError",
    "ParseError",
    "RenderError",
    "TokenError",
    "VocabularyError",
    "raise_disallowed_special_token",
]


class HarmonyError(RuntimeError):
    """Base class of the exceptions of this package; a RuntimeError, as in the reference library.

    Example:
        try:
            messages = encoding.parse_messages_from_completion_tokens(tokens, role)
        except HarmonyError:
            ...  # show the raw text instead
    """


class RenderError(HarmonyError):
    """A message cannot be rendered, such as a message of a tool without a name.

    Example:
        try:
            tokens = encoding.render(message)
        except RenderError as error:
            print(error)
    """


class TokenError(HarmonyError):
    """An id is not in the vocabulary, bytes are not UTF-8, or a text contains a disallowed special token.

    Example:
        try:
            tokens = encoding.encode(text)
        except TokenError:
            tokens = encoding.encode(text, disallowed_special=())
    """


class VocabularyError(HarmonyError):
    """The vocabulary is missing, or its digest is not the one in the spec.

    Example:
        try:
            encoding.tokenizer.prepare()
        except VocabularyError as error:
            print(error)
    """


class ConversionError(HarmonyError, ValueError):
    """A request or a message of an API cannot be converted.

    Attributes:
        path: The place of the value in the request, such as `messages[3].content[1]`.

    Example:
        try:
            tokens = chat_prompt(encoding, request)
        except ConversionError as error:
            print(error.path)  # what APIs return as `param`
    """

    def __init__(self, message: str, *, path: str) -> None:
        super().__init__(f"{path}: {message}")
        self.message = message
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (_restore_conversion, (self.message, self.path))


class GrammarError(HarmonyError, ValueError):
    """No grammar can be made: options contradict each other, or a schema is none, or has a keyword that is not kept.

    Attributes:
        option: The option, such as `response_schema`, or the tool, such as `tools[2] (get_weather)`.
        pointer: For schemas, the place of the keyword: a JSON pointer as a fragment, like `#/properties/city/not`.

    Example:
        try:
            grammar = export("llguidance", response_schema=schema)
        except GrammarError as error:
            print(error.option, error.pointer)
    """

    def __init__(self, message: str, *, option: str, pointer: str | None = None) -> None:
        place = option if pointer is None else f"{option}: {pointer}"
        super().__init__(f"{place}: {message}")
        self.message = message
        self.option = option
        self.pointer = pointer

    def __reduce__(self) -> tuple[object, ...]:
        return (_restore_grammar, (self.message, self.option, self.pointer))


class ParseError(HarmonyError):
    """The tokens break the format.

    Attributes:
        index: Position of the offending token among all tokens so far, from 0; at the end of input, their number.
        state: The state of the parser, as the value of a `StreamState`.
        found: The text of a special token, a word of the header, or `end of input`.
        expected: The terminals that the grammar allows at this position, sorted by name.

    Example:
        try:
            parser.feed(tokens)
        except ParseError as error:
            print(error.index, error.expected)
    """

    def __init__(self, message: str, *, index: int, state: str, found: str, expected: tuple[str, ...]) -> None:
        super().__init__(message)
        self.index = index
        self.state = state
        self.found = found
        self.expected = expected

    def __reduce__(self) -> tuple[object, ...]:
        fields = {"index": self.index, "state": self.state, "found": self.found, "expected": self.expected}
        return (_restore, (self.args[0], fields))


def raise_disallowed_special_token(token: str) -> NoReturn:
    """Raise the TokenError for a text that contains a disallowed special token."""
    raise TokenError(
        f"Encountered text corresponding to disallowed special token {token!r}.\n"
        "If you want this text to be encoded as a special token, pass it to `allowed_special`, "
        f"e.g. `allowed_special={{'{token}', ...}}`.\n"
        "If you want this text to be encoded as normal text, disable the check for this token by passing "
        f"`disallowed_special=(enc.special_tokens_set - {{'{token}'}})`.\n"
        "To disable this check for all special tokens, pass `disallowed_special=()`.\n"
    )


def _restore(message: str, fields: dict[str, object]) -> ParseError:
    return ParseError(message, **fields)  # type: ignore[arg-type]


def _restore_conversion(message: str, path: str) -> ConversionError:
    return ConversionError(message, path=path)


def _restore_grammar(message: str, option: str, pointer: str | None) -> GrammarError:
    return GrammarError(message, option=option, pointer=pointer)


for _error in (HarmonyError, ConversionError, GrammarError, RenderError, TokenError, VocabularyError, ParseError):
    _error.__module__ = __name__.rpartition(".")[0]  # tracebacks and pickles show the public name
