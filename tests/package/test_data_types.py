"""What the data types promise as dataclasses: construction, complaints, and the manners of an object.

Everything here is written by hand from the reference's documentation and recorded behaviour, never from the spec.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import threading
from collections.abc import Callable

import pytest
from pydantic import ValidationError

from openai_harmony import (
    Author,
    ChannelConfig,
    Content,
    Conversation,
    DeveloperContent,
    Message,
    ReasoningEffort,
    RenderConversationConfig,
    RenderOptions,
    Role,
    SystemContent,
    TextContent,
    ToolDescription,
    ToolNamespaceConfig,
)
from openai_harmony._generated.contents import make_text
from openai_harmony._generated.messages import make_author, make_message
from tests.support.roles import USER

CLASSES = [
    Author,
    ChannelConfig,
    Content,
    Conversation,
    DeveloperContent,
    Message,
    RenderConversationConfig,
    RenderOptions,
    SystemContent,
    TextContent,
    ToolDescription,
    ToolNamespaceConfig,
]


def messages() -> list[Message]:
    return [
        Message.from_role_and_content(Role.SYSTEM, SystemContent.new().with_browser_tool()),
        Message.from_role_and_content(Role.DEVELOPER, DeveloperContent("Be brief.")),
        Message.from_role_and_content(Role.USER, "x"),
        Message(Author(Role.ASSISTANT), [TextContent("{}")], "commentary", "functions.f", "json"),
        Message.from_author_and_content(Author.new(Role.TOOL, "functions.f"), "12"),
    ]


# construction -------------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", CLASSES)
def test_every_data_type_is_a_dataclass(cls: type) -> None:
    assert dataclasses.is_dataclass(cls)


@pytest.mark.shipped
def test_arguments_may_be_given_by_position() -> None:
    assert Author(Role.TOOL, "t") == Author(role=Role.TOOL, name="t")
    assert TextContent("x") == TextContent(text="x")
    assert ToolDescription("f", "d", {}) == ToolDescription(name="f", description="d", parameters={})
    assert ToolNamespaceConfig("n", "d", []) == ToolNamespaceConfig(name="n", description="d", tools=[])
    assert ChannelConfig(["a"], True) == ChannelConfig(valid_channels=["a"], channel_required=True)
    assert Message(Author(Role.USER), [], "c", "r", "t").to_dict() == {
        "role": "user",
        "name": None,
        "content": [],
        "channel": "c",
        "recipient": "r",
        "content_type": "t",
    }


@pytest.mark.shipped
def test_the_defaults_are_those_of_the_documentation() -> None:
    assert SystemContent() == SystemContent(
        "You are ChatGPT, a large language model trained by OpenAI.",
        ReasoningEffort.MEDIUM,
        None,
        "2024-06",
        ChannelConfig.require_channels(["analysis", "commentary", "final"]),
        None,
    )
    assert DeveloperContent() == DeveloperContent(instructions=None, tools=None)
    assert RenderConversationConfig().auto_drop_analysis is True
    assert RenderOptions().conversation_has_function_tools is False


@pytest.mark.shipped
def test_defaults_are_not_shared() -> None:
    assert SystemContent.new().channel_config is not SystemContent.new().channel_config
    Message(Author(Role.USER)).adding_content("x")
    assert Message(Author(Role.USER)).content == []
    Conversation().messages.append(messages()[0])
    assert Conversation().messages == []


@pytest.mark.shipped
def test_arguments_are_validated_and_converted() -> None:
    assert Author("user").role is Role.USER
    assert SystemContent(reasoning_effort="High").reasoning_effort is ReasoningEffort.HIGH
    assert type(Message(Author(Role.TOOL, "t"), recipient=Role.ASSISTANT).recipient) is str
    assert RenderOptions("yes").conversation_has_function_tools is True
    with pytest.raises(ValidationError, match="Input should be a valid string"):
        TextContent(5)


@pytest.mark.shipped
@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: Author(), "1 validation error for Author\nrole\n  Field required [type=missing, input_value={}"),
        (lambda: Author("bob"), "role\n  Input should be 'user', 'assistant', 'system', 'developer' or 'tool'"),
        (lambda: Author(USER, 5), "1 validation error for Author\nname\n  Input should be a valid string"),
        (lambda: Author(USER, role=USER), "Got multiple values for argument"),
        (lambda: TextContent("a", "b"), "1\n  Unexpected positional argument"),
        (lambda: ToolNamespaceConfig("n"), "tools\n  Field required [type=missing, input_value={'name': 'n'}"),
        (lambda: ToolDescription("f", None), "description\n  Input should be a valid string"),
        (lambda: Message(Author("user"), 5), "content\n  Input should be a valid list"),
        (lambda: Message(5), "author\n  Input should be a valid dictionary or instance of Author [type=model_type"),
        (
            lambda: Message.from_role_and_content(USER, 5),
            "content.0\n  Input should be a valid dictionary or instance of Content [type=model_type, input_value=5",
        ),
        (
            lambda: Message.from_role_and_contents(USER, ["a"]),
            "content.0\n  Input should be a valid dictionary or instance of Content [type=model_type, input_value='a'",
        ),
        (
            lambda: Conversation.from_messages([TextContent("x")]),
            "messages.0\n  Input should be a valid dictionary or instance of Message [type=model_type",
        ),
    ],
)
def test_a_wrong_argument_is_named(make: Callable[[], object], complaint: str) -> None:
    with pytest.raises(ValidationError) as caught:
        make()
    assert complaint in str(caught.value)


@pytest.mark.shipped
def test_further_keyword_arguments_are_ignored() -> None:
    assert Message(id="1", author=Author("user"), content=[]) == Message(Author("user"))
    assert TextContent("x", extra=1) == TextContent("x")


@pytest.mark.shipped
def test_signatures_are_known_before_the_first_use() -> None:
    assert list(inspect.signature(Message).parameters) == [
        "author",
        "content",
        "channel",
        "recipient",
        "content_type",
    ]
    assert list(inspect.signature(ToolNamespaceConfig).parameters) == ["name", "description", "tools"]
    ToolNamespaceConfig.python()
    signature = inspect.signature(ToolNamespaceConfig)
    assert signature.parameters["name"].default is inspect.Parameter.empty
    assert signature.parameters["description"].default is None


# manners of an object -------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", CLASSES)
def test_no_data_type_is_hashable(cls: type) -> None:
    with pytest.raises(TypeError, match=f"unhashable type: '{cls.__name__}'"):
        hash(object.__new__(cls))


@pytest.mark.shipped
def test_equal_values_are_equal_and_others_are_not() -> None:
    assert messages() == messages()
    assert Author("user") != Author("tool")
    assert Content() != TextContent("x")


@pytest.mark.shipped
def test_representations_are_the_references() -> None:
    message = Message.from_role_and_content(Role.USER, "x")
    assert repr(message) == (
        "Message(author=Author(role=<Role.USER: 'user'>, name=None), content=[TextContent(text='x')], "
        "channel=None, recipient=None, content_type=None)"
    )
    assert str(TextContent("x")) == "text='x'"
    assert str(message.author) == "role=<Role.USER: 'user'> name=None"


@pytest.mark.shipped
def test_an_attribute_may_be_set_and_an_unknown_one_not() -> None:
    message = messages()[2]
    message.channel = "final"
    assert message.channel == "final"
    for setting, name in ((message, "chanel"), (message, "role"), (SystemContent(), "x")):
        with pytest.raises(ValueError, match=f'"{type(setting).__name__}" object has no field "{name}"'):
            setattr(setting, name, "x")


@pytest.mark.shipped
def test_a_message_has_its_authors_role() -> None:
    roles = [message.role for message in messages()]
    assert roles == [Role.SYSTEM, Role.DEVELOPER, Role.USER, Role.ASSISTANT, Role.TOOL]


@pytest.mark.shipped
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_and_pickles_are_equal(duplicate: Callable[[object], object]) -> None:
    conversation = Conversation.from_messages(messages())
    assert duplicate(conversation) == conversation
    assert duplicate(conversation) is not conversation
    made = make_message(make_author(Role.USER, None), [make_text("x")], None, None, None)
    assert duplicate(made) == made


@pytest.mark.shipped
def test_what_is_made_without_validation_equals_what_is_validated() -> None:
    made = make_message(make_author(Role.TOOL, "t"), [make_text("x")], "c", None, "json")
    assert made == Message(Author(Role.TOOL, "t"), [TextContent("x")], "c", None, "json")
    assert repr(made) == repr(Message(Author(Role.TOOL, "t"), [TextContent("x")], "c", None, "json"))
    assert vars(made).keys() == vars(messages()[0]).keys()
    assert made.with_channel("final").channel == "final"


@pytest.mark.shipped
def test_a_conversation_iterates_over_its_messages_and_is_true_when_empty() -> None:
    assert list(Conversation.from_messages(messages())) == messages()
    assert Conversation()
    assert not hasattr(Conversation, "__len__")


@pytest.mark.shipped
def test_the_pairs_of_names_and_values_make_the_shallow_dictionary() -> None:
    author = Author("user")
    assert dict(author) == {"role": Role.USER, "name": None}
    assert dict(Message(author))["author"] is author


@pytest.mark.shipped
def test_threads_may_make_the_first_objects_at_once() -> None:
    barrier, made = threading.Barrier(4), []

    def make() -> None:
        barrier.wait()
        made.append(Conversation.from_messages(messages()).model_dump_json())

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == 1
