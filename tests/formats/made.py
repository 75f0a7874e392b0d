"""The example formats as packages: each made once from its folder, under a name of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codegen.__main__ import main
from tests.support.generated import ROOT, generate, imported
from tests.support.promises import Format

__all__ = ["FOLDER", "NAMES", "VOCABULARY", "Made", "make", "package_of"]

FOLDER = ROOT / "formats"
VOCABULARY = FOLDER / "example.tiktoken"
NAMES = ("chatml", "llama3")


def package_of(spec: Path, out: Path, package: str) -> None:
    """What the two commands do that make a package and its vocabulary."""
    options = ["--spec", str(spec), "--out", str(out), "--package", package]
    assert main(["vocabulary", str(VOCABULARY), *options]) == 0
    generate(spec, out, package)


def make(spec: Path, out: Path, package: str) -> Made:
    """A package that is made and imported."""
    package_of(spec, out, package)
    return Made(imported(out, package), out)


@dataclass(frozen=True)
class Made(Format):
    """A package of a format, with short words for what tests do with one."""

    out: Path  # the folder that the package stands in

    # writing --------------------------------------------------------------------------------------

    def say(self, role: str, *contents: Any) -> Any:
        """A message; a string among its contents is a text."""
        made = [self.TextContent(content) if isinstance(content, str) else content for content in contents]
        return self.Message.from_role_and_contents(role, made)

    def prompt(self, *messages: Any, role: str = "assistant") -> str:
        """What a model is given that is to go on with a turn."""
        conversation = self.Conversation.from_messages(list(messages))
        return self.spelled(self.encoding.render_conversation_for_completion(conversation, role))

    def text(self, *messages: Any) -> str:
        """A conversation as it is written."""
        return self.spelled(self.encoding.render_conversation(self.Conversation.from_messages(list(messages))))

    def spelled(self, tokens: Sequence[int]) -> str:
        return str(self.encoding.decode_utf8(tokens))

    # reading --------------------------------------------------------------------------------------

    def tokens(self, text: str) -> list[int]:
        """A text in which special tokens are spelled out, encoded as one."""
        return list(self.encoding.encode(text, allowed_special="all"))

    def read(self, text: str, role: str | None = None, *, strict: Any = "pedantic") -> list[Any]:
        return list(self.encoding.parse_messages_from_completion_tokens(self.tokens(text), role, strict=strict))

    def recovered(self, text: str, role: str | None = None) -> tuple[list[Any], list[tuple[str, str]]]:
        """The messages of a text, and what was wrong with it: kinds, each with the text that was left out."""
        result = self.encoding.parse(self.tokens(text), role)
        return result.messages, [(fault.kind.value, fault.text) for fault in result.recoveries]


def texts(messages: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Role and text of messages that hold nothing but one text."""
    for message in messages:
        (content,) = message.content
        yield str(message.author.role.value), content.text
