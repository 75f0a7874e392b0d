"""Harmony, the message format of the gpt-oss models: rendered to tokens, and read back from them.

This file names what is public, and nothing else; where each name comes from is where to read on.
"""

from ._generated.contents import ChannelConfig, Content, DeveloperContent, SystemContent, TextContent
from ._generated.enumerations import HarmonyEncodingName, ReasoningEffort, RecoveryKind, Role, StreamState
from ._generated.events import MessageStart
from ._generated.messages import Author, Conversation, Message
from ._generated.tools import ToolDescription, ToolNamespaceConfig
from ._runtime.events import ContentDelta, MessageEnd, ParseResult, Recovered, Recovery, Usage
from .encoding import HarmonyEncoding, load_harmony_encoding
from .errors import HarmonyError, ParseError, RenderError, TokenError, VocabularyError
from .options import RenderConversationConfig, RenderOptions
from .streaming import StreamableParser
from .stripped import guess_messages_from_stripped_text

__all__ = [
    "Author",
    "ChannelConfig",
    "Content",
    "ContentDelta",
    "Conversation",
    "DeveloperContent",
    "HarmonyEncoding",
    "HarmonyEncodingName",
    "HarmonyError",
    "Message",
    "MessageEnd",
    "MessageStart",
    "ParseError",
    "ParseResult",
    "ReasoningEffort",
    "Recovered",
    "Recovery",
    "RecoveryKind",
    "RenderConversationConfig",
    "RenderError",
    "RenderOptions",
    "Role",
    "StreamState",
    "StreamableParser",
    "SystemContent",
    "TextContent",
    "TokenError",
    "ToolDescription",
    "ToolNamespaceConfig",
    "Usage",
    "VocabularyError",
    "guess_messages_from_stripped_text",
    "load_harmony_encoding",
]
