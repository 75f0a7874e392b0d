# Generated from spec/{contents,tools}
# by codegen/templates/package.py.jinja; edit those and run `make generate`.
"""Renders and parses Harmony, the message format of the gpt-oss models.

This module only exports the public names; the imports show the module that defines each name.
The names that only parsing needs are imported when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from ._generated.contents import (
    ChannelConfig,
    Content,
    DeveloperContent,
    ResponseFormat,
    SystemContent,
    TextContent,
)
from ._generated.enumerations import (
    HarmonyEncodingName,
    ReasoningEffort,
    RecoveryKind,
    Role,
    RoleWord,
    StreamState,
    StyleWord,
)
from ._generated.messages import Author, Conversation, Message
from ._generated.tools import ToolDescription, ToolNamespaceConfig
from ._runtime.locks import loading_own as _loading
from ._version import __version__ as __version__
from .encoding import HarmonyEncoding, TokenizerInfo, load_harmony_encoding
from .errors import (
    ConversionError,
    GrammarError,
    HarmonyError,
    ParseError,
    RenderError,
    TokenError,
    VocabularyError,
    raise_disallowed_special_token,
)
from .options import RenderConversationConfig, RenderOptions

if TYPE_CHECKING:
    from ._generated.events import (
        ContentDelta,
        Event,
        MessageEnd,
        MessageSpan,
        MessageStart,
        ParseResult,
        Recovered,
        Recovery,
        Usage,
    )
    from .bridging import (
        Aligned,
        Bridge,
        BridgeRule,
        Difference,
        Refusal,
        align,
        explain_difference,
        is_prefix,
    )
    from .budgets import Fitted
    from .rendered import LossPolicy, Rendered, RenderedArrays, Span, TokenCounts
    from .streaming import StreamableParser
    from .strictness import set_default_strictness
    from .stripped import guess_messages_from_stripped_text
    from .templates import chat_template, response_template
    from .text_parsing import TextParser
    from .tool_names import ToolNames
    from .tool_schemas import SchemaLoss, schema_losses

_READING = {
    "._generated.events": (
        "ContentDelta",
        "Event",
        "MessageEnd",
        "MessageSpan",
        "MessageStart",
        "ParseResult",
        "Recovered",
        "Recovery",
        "Usage",
    ),
    ".bridging": (
        "Aligned",
        "Bridge",
        "BridgeRule",
        "Difference",
        "Refusal",
        "align",
        "explain_difference",
        "is_prefix",
    ),
    ".budgets": ("Fitted",),
    ".rendered": ("LossPolicy", "Rendered", "RenderedArrays", "Span", "TokenCounts"),
    ".streaming": ("StreamableParser",),
    ".strictness": ("set_default_strictness",),
    ".stripped": ("guess_messages_from_stripped_text",),
    ".templates": ("chat_template", "response_template"),
    ".text_parsing": ("TextParser",),
    ".tool_names": ("ToolNames",),
    ".tool_schemas": ("SchemaLoss", "schema_losses"),
}

__all__ = [
    "Aligned",
    "Author",
    "Bridge",
    "BridgeRule",
    "ChannelConfig",
    "Content",
    "ContentDelta",
    "Conversation",
    "ConversionError",
    "DeveloperContent",
    "Difference",
    "Event",
    "Fitted",
    "GrammarError",
    "HarmonyEncoding",
    "HarmonyEncodingName",
    "HarmonyError",
    "LossPolicy",
    "Message",
    "MessageEnd",
    "MessageSpan",
    "MessageStart",
    "ParseError",
    "ParseResult",
    "ReasoningEffort",
    "Recovered",
    "Recovery",
    "RecoveryKind",
    "Refusal",
    "RenderConversationConfig",
    "RenderError",
    "RenderOptions",
    "Rendered",
    "RenderedArrays",
    "ResponseFormat",
    "Role",
    "RoleWord",
    "SchemaLoss",
    "Span",
    "StreamState",
    "StreamableParser",
    "StyleWord",
    "SystemContent",
    "TextContent",
    "TextParser",
    "TokenCounts",
    "TokenError",
    "TokenizerInfo",
    "ToolDescription",
    "ToolNames",
    "ToolNamespaceConfig",
    "Usage",
    "VocabularyError",
    "align",
    "chat_template",
    "explain_difference",
    "guess_messages_from_stripped_text",
    "is_prefix",
    "load_harmony_encoding",
    "raise_disallowed_special_token",
    "response_template",
    "schema_losses",
    "set_default_strictness",
]


if not TYPE_CHECKING:  # with it, a type checker would accept every misspelled name

    def __getattr__(name: str) -> object:
        for module, names in _READING.items():
            if name in names:
                with _loading():
                    value = globals()[name] = getattr(import_module(module, __name__), name)
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
