"""Refuses messages that could not be read back as they are; see `RenderConversationConfig.on_ambiguous`."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from ._generated.contents import make_text
from ._generated.events import BLOCKS
from ._generated.framing import FRAMING
from ._generated.parts import PARTS
from ._generated.renderer import RULES
from ._header_check import PATHS, HeaderCheck, read, shown, with_value
from ._runtime.tokens.cache import TokenCache
from ._runtime.types.json_text import well_formed
from ._runtime.types.plain_text import is_safe_key, plain
from ._runtime.writing.breakouts import find_breakout
from ._runtime.writing.history import ALL, History, kept_places
from ._runtime.writing.rendering import QUICK
from ._runtime.writing.schema_text import is_name
from .errors import RenderError
from .options import SchemaMode

if TYPE_CHECKING:
    from ._generated.messages import Message
    from ._parsing import Encoding
    from ._runtime.writing.rendering import Renderer
    from ._runtime.writing.rules import ContentRule
    from ._runtime.writing.wording import Wording

__all__ = ["AmbiguityCheck"]

_BLOCKS = tuple(block.make for block in BLOCKS if isinstance(block.make, type))
_KEPT_BYTES = 4 * 2**20


class _Fault(NamedTuple):
    """A value that is refused: its path, the value, what cannot be done with it, and why."""

    path: str
    value: object
    what: str
    why: str

    def error(self) -> RenderError:
        return RenderError(f"{self.path}: {shown(self.value)} cannot be {self.what}: {self.why}")


class AmbiguityCheck:
    """Checks conversations before one renderer renders them. Headers and tools that passed are kept.

    Args:
        encoding: the encoding whose parsers read the messages.
        renderer: the renderer of a style and of a way to print schemas.
        schemas: that way.
    """

    def __init__(self, encoding: Encoding, renderer: Renderer, schemas: str) -> None:
        self._encoding = encoding
        self._renderer = renderer
        self._passed = TokenCache(_KEPT_BYTES)  # its keys are those of headers, and of contents, that have no fault
        self._headers = HeaderCheck(encoding, renderer, self._passed)
        self._escapes = schemas != get_args(SchemaMode)[0]  # every other mode escapes the texts of schemas

    def __call__(
        self, messages: Sequence[Message], history: History, argument: str, *, training: bool, open_last: bool
    ) -> None:
        """Check the messages that are rendered.

        Args:
            messages: all messages of a conversation.
            history: which of them are omitted.
            argument: the name of the messages in errors.
            training: whether they are rendered for training.
            open_last: whether more content follows the last one.

        Raises:
            RenderError: a message could not be read back. It names the message and the field.
        """
        try:
            rules = self._renderer.rules
            shown, chosen = (messages, history) if rules.prepare is None else rules.prepare(messages, history, training)
            for place in kept_places(shown, rules.history, chosen):
                followed = open_last and place == len(messages) - 1
                fault = self._fault_of(messages[place], f"{argument}[{place}]", followed)
                if fault is not None:
                    raise fault.error()
        except RenderError:
            raise
        except Exception:
            self._renderer.conversation(messages, history)  # raises an error that names the value of a wrong type
            raise

    def _fault_of(self, message: Message, path: str, followed: bool) -> _Fault | None:
        rules = self._renderer.rules
        header = RULES.header(message)  # in some styles, those of the renderer have more values
        problem = self._headers.problem(header)
        if problem is None and not followed and not self._has_text(message):
            problem = self._headers.problem(header, has_content=False)
            if problem is not None and not self._is_empty(message):
                problem = None
        if problem is not None:
            index, why = problem
            return _Fault(f"{path}.{PATHS[index]}", header[index], "read back", why)
        for index, content in enumerate(message.content):
            rule, known = rules.contents.rule_for(content)
            fault = self._fault_of_tools(rule, known, f"{path}.content[{index}]")
            if fault is not None:
                return fault
        return self._fault_of_blocks(message, path) if _BLOCKS else None

    def _has_text(self, message: Message) -> bool:
        """Return whether a content of plain text has text; this is found without rendering other contents."""
        rules = self._renderer.rules
        return any(type(content) is rules.plain and rules.plain_text(content) for content in message.content)

    def _is_empty(self, message: Message) -> bool:
        rules = (self._renderer.rules.contents.rule_for(content) for content in message.content)
        return not any(rule.text(content, False) for rule, content in rules)

    # blocks ---------------------------------------------------------------------------------------

    def _fault_of_blocks(self, message: Message, path: str) -> _Fault | None:
        """Return the fault of a text that is read as a block, or of a block that is read as another one."""
        expected: list[Any] = []
        places: list[int] = []
        for place, content in enumerate(message.content):
            rule, known = self._renderer.rules.contents.rule_for(content)
            if not isinstance(known, _BLOCKS):
                text = well_formed(rule.text(known, False))
                if expected and not isinstance(expected[-1], _BLOCKS):
                    text = expected.pop().text + text
                    place = places.pop()
                if not text:
                    continue
                known = make_text(text)
            expected.append(known)
            places.append(place)
        found = read(self._encoding, self._renderer.conversation([message], ALL))[0].content
        if not expected or found == expected:
            return None
        same = (at for at, (one, other) in enumerate(zip(expected, found)) if one != other)
        at = next(same, min(len(expected), len(found)) - 1)
        value = expected[at] if isinstance(expected[at], _BLOCKS) else self._renderer.rules.plain_text(expected[at])
        why = f"a parser reads {', '.join(type(content).__name__ for content in found)}"
        return _Fault(f"{path}.content[{places[at]}]", value, "read back", why)

    # tools ----------------------------------------------------------------------------------------

    def _fault_of_tools(self, rule: ContentRule, content: Any, path: str) -> _Fault | None:
        """Return the first fault of the tools that a content declares; None if there is none."""
        if not rule.prints_tools or rule.key is None:
            return None
        try:
            key = rule.key(content, False, QUICK)
        except (AttributeError, TypeError, ValueError):  # values of other types than JSON's cannot be a key
            key = None
        if key is not None and self._passed.find(key) is not None:
            return None
        rule.record(content, path)
        fault = self._found_fault_of_tools(rule, content, path)
        if fault is None and key is not None and is_safe_key(key):
            self._passed.keep(key, ())
        return fault

    def _found_fault_of_tools(self, rule: ContentRule, content: Any, path: str) -> _Fault | None:
        given: list[tuple[Mapping[str, Any], Wording]] = []

        def take(namespaces: Mapping[str, Any], wording: Wording) -> str:
            given.append((namespaces, wording))
            return ""

        rule.text(content, False, tools_text=take)
        for namespaces, wording in given:
            field = next(field.name for field in rule.record.fields if getattr(content, field.name) is namespaces)
            fault = self._fault_of_names(namespaces, f"{path}.{field}")
            if fault is not None or self._escapes:
                return fault
            other = copy.copy(content)

            def printed(namespaces: Mapping[str, Any], field: str = field, other: Any = other) -> str:
                other.__dict__[field] = namespaces
                return rule.text(other, False)

            found = find_breakout(namespaces, wording, printed)
            if found is not None:
                why = 'it would be code of a declaration, unless config.schema is "full"'
                return _Fault(f"{path}.{field}{found.path}", found.text, "rendered as a text", why)
        return None

    def _fault_of_names(self, namespaces: Mapping[str, Any], path: str) -> _Fault | None:
        for key, namespace in namespaces.items():
            at = f"{path}[{key!r}]"
            why = self._why_no_name(namespace.name, *([] if namespace.tools else [namespace.name]))
            if why is not None:
                return _Fault(f"{at}.name", namespace.name, "declared", why)
            for number, tool in enumerate(namespace.tools):
                address = f"{plain(namespace.name)}{FRAMING.tool_word_holds}{plain(tool.name)}"
                why = self._why_no_name(tool.name, address, tool.name)
                if why is not None:
                    return _Fault(f"{at}.tools[{number}].name", tool.name, "declared", why)
        return None

    def _why_no_name(self, name: str, *words: str) -> str | None:
        """Return why a name cannot be declared, or why a call or a result cannot contain one of these words.

        The first word is the one that calls write. Models also write the others.
        """
        if not is_name(plain(name)):
            return "a name is one word without signs of code"
        nothing = (None,) * len(PARTS.fields)
        for word in words:
            if PARTS.recipient is not None:
                call = with_value((FRAMING.sampled, None, *nothing), PARTS.recipient, word)
                problem = self._headers.problem(call)
                if problem is not None:
                    return f"as the recipient of a call, {problem[1]}"
                if word is words[0] and not self._headers.is_written(call, PARTS.recipient):
                    return "as the recipient of a call, it is not rendered"
            if FRAMING.role_by_name is not None:
                problem = self._headers.problem((FRAMING.role_by_name, word, *nothing))
                if problem is not None:
                    return f"as the author of a result, {problem[1]}"
        return None
