"""The templates for other programs follow the spec: what a changed format writes, its chat template writes too."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from codegen.check import checked
from codegen.load import load
from codegen.render import OUTPUTS, fill, values
from codegen.sources import SpecError
from codegen.views.jinja_text import concatenated, filled, literal, value
from tests.codegen.variants import CHANGES, VARIANTS
from tests.support.generated import SPEC, SpecEdits, edited_spec, generate, imported
from tests.support.transformers import parse_response, render

pytestmark = pytest.mark.shipped  # the variants are edits of the shipped spec

OTHER_CALLS: dict[str, SpecEdits] = {
    "other_call": {
        "chat.yaml": [("channel: commentary, content_type: json}", "channel: analysis, content_type: code}")]
    },
    "other_order_of_parts": {
        "chat.yaml": [
            ("  preamble: {channel: commentary}\n", ""),
            ("  reasoning: {channel: analysis}\n", "  preamble: {channel: final}\n  reasoning: {channel: analysis}\n"),
        ],
        "dialects.yaml": [("  commentary: preamble\n", "")],
    },
    "no_preamble": {
        "chat.yaml": [("  preamble: {channel: commentary}\n", "")],
        "dialects.yaml": [("  commentary: preamble\n", "")],
    },
    "no_reasoning": {"chat.yaml": [("  reasoning: {channel: analysis}\n", "")]},
    "no_opening": {
        "chat.yaml": [("opening:\n  content: system_content\n  today: conversation_start_date\n", "")],
        "dialects.yaml": [
            ("effort:\n  field: reasoning_effort\n  nearest: {minimal: low, xhigh: high, max: high}\n", "")
        ],
    },
}
NAMED = ("renamed_token", "new_header_field", "other_order", "new_section", "renamed_channels", "renamed_role")
EDITS = {name: (VARIANTS | CHANGES)[name] for name in NAMED} | OTHER_CALLS
SCHEMA = {"type": "object", "properties": {"a": {"type": "string", "default": "x"}}, "required": ["b"]}
TOOLS = [{"name": "f", "description": "Does f.", "parameters": SCHEMA}]
CHAT: list[dict[str, Any]] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Go."},
    {
        "role": "assistant",
        "thinking": "First.",
        "content": "Wait.",
        "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}],
    },
    {"role": "tool", "content": "1"},
    {"role": "assistant", "content": "Done."},
]


@pytest.fixture(scope="module", params=EDITS)
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    name, folder = f"templates_{request.param}", tmp_path_factory.mktemp(request.param)
    generate(edited_spec(folder, EDITS[request.param]), folder, name)
    yield imported(folder, name)
    for module in [module for module in sys.modules if module.partition(".")[0] == name]:
        del sys.modules[module]


def encoding_of(package: ModuleType) -> Any:
    return package.load_harmony_encoding(next(iter(package.HarmonyEncodingName)))


@pytest.mark.parametrize("style", ["reference", "model", "oss"])
def test_what_the_template_writes_is_read_and_written_again(package: ModuleType, style: str) -> None:
    encoding = encoding_of(package)
    text, _ = render(package.chat_template(style), CHAT, TOOLS, builtin_tools=list(builtin(package)), analysis="keep")
    read = encoding.parse(encoding.encode(text, allowed_special="all"))
    assert read.recoveries == []
    config = package.RenderConversationConfig(auto_drop_analysis=False, style=style)
    again = encoding.render_conversation_for_training(package.Conversation(read.messages), config=config)
    assert encoding.decode_utf8(again) == text
    assert [message.text for message in read.messages][-1:] == ["Done."]


def builtin(package: ModuleType) -> list[str]:
    from importlib import import_module

    namespace = import_module(f"{package.__name__}._generated.tools").ToolNamespaceConfig
    return [name for name in ("python", "browser") if hasattr(namespace, name)]


def test_the_contents_that_open_a_chat_are_those_of_the_package(package: ModuleType) -> None:
    encoding = encoding_of(package)
    text, _ = render(package.chat_template("reference"), [], TOOLS, conversation_start_date=None)
    if "no_opening" in package.__name__:
        assert not text.startswith(encoding.decode_utf8(encoding.render(message_of(package, package.SystemContent()))))
        return
    functions = package.DeveloperContent().with_function_tools([package.ToolDescription("f", "Does f.", SCHEMA)])
    messages = [message_of(package, package.SystemContent()), message_of(package, functions)]
    tokens = encoding.render_conversation(package.Conversation(messages))
    assert text == encoding.decode_utf8(tokens)


def message_of(package: ModuleType, content: Any) -> Any:
    from importlib import import_module

    rules = import_module(f"{package.__name__}._generated.renderer").RULES
    return package.Message(package.Author(package.Role(rules.contents.by_class[type(content)].role)), [content])


def test_a_completion_is_read_by_what_the_package_writes(package: ModuleType) -> None:
    template = package.chat_template()
    prompt, _ = render(template, CHAT[:2], analysis="keep", add_generation_prompt=True, conversation_start_date=None)
    whole, _ = render(template, CHAT[:3], analysis="keep", conversation_start_date=None)
    fields = parse_response(whole[len(prompt) :], package.response_template(), prefix=prompt)
    wanted = {"content": "Wait.", "reasoning_content": "First."}
    if "no_reasoning" in package.__name__:
        del wanted["reasoning_content"]
    call = {"type": "function", "function": {"name": "f", "arguments": {}}}
    assert fields == {"role": "assistant", "tool_calls": [call], **wanted}


# what cannot be said ---------------------------------------------------------------------------------


def test_a_form_of_texts_that_a_template_cannot_tell_is_refused_with_its_place(tmp_path: Path) -> None:
    edits: SpecEdits = {
        "styles.yaml": [("role: assistant, with: recipient, form: json_object", "role: assistant, form: json_object")]
    }
    spec = checked(edited_spec(tmp_path, edits))
    [output] = [output for output in OUTPUTS if output.style is not None]
    with pytest.raises(
        SpecError, match=r"styles\.yaml:\d+:\d+: a template cannot tell whether a text is a JSON object"
    ):
        fill(output, values(output.of_style("hf"), spec, "p"))


def test_a_format_without_chats_has_no_templates(tmp_path: Path) -> None:
    folder = edited_spec(tmp_path, {})
    (folder / "chat.yaml").unlink()
    (folder / "dialects.yaml").unlink()
    generate(folder, tmp_path, "templates_none")
    package = imported(tmp_path, "templates_none")
    assert not list((tmp_path / "templates_none" / "_generated").glob("*.jinja"))
    for made in (package.chat_template, package.response_template):
        with pytest.raises(ValueError, match=r"^no (chat|response) template \(this format has no templates\)$"):
            made()


def test_a_stale_template_is_removed(tmp_path: Path) -> None:
    generate(SPEC, tmp_path, "templates_stale")
    stale = tmp_path / "templates_stale" / "_generated" / "chat_old.jinja"
    stale.write_text("")
    generate(SPEC, tmp_path, "templates_stale")
    assert not stale.exists()


# expressions -----------------------------------------------------------------------------------------


def test_a_value_is_written_as_jinja_reads_it() -> None:
    from jinja2 import Environment

    data = {"a": [1, -0.5, None, True, 'q"\\\n\u2028'], "long": {"b": "x" * 90, "c": []}}
    template = Environment().from_string("{% set found = " + value(data) + " %}{{ found == wanted }}")
    assert template.render(wanted=data) == "True"


def test_a_text_with_placeholders_is_a_concatenation() -> None:
    assert filled("a {name} {b}", {"name": "name"}) == '"a " ~ name ~ " {b}"'
    assert concatenated([]) == literal("")
    assert concatenated([("a", True), ("b", False)]) == 'a ~ "b"'


def test_the_shipped_spec_has_chats() -> None:
    assert load(SPEC).chat is not None
