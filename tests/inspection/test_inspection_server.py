"""The local page answers nobody but itself, keeps nothing, and says in one line what cannot be inspected."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from openai_harmony import Conversation, Message
from openai_harmony._cli.inspect import _inspected
from openai_harmony._cli.inspect_serve import choices, inspection_of
from openai_harmony._cli.rendering import Rendering
from openai_harmony._inspection import serving
from openai_harmony._inspection.page_text import form_page
from tests.inspection.samples_shown import BROKEN, ENCODING, HOSTILE, TURNS

pytestmark = pytest.mark.shipped
PORT = 8765
HOST = f"127.0.0.1:{PORT}"
OWN = {"host": HOST, "origin": f"http://{HOST}", "content-type": "application/json"}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    rendering = Rendering(ENCODING)
    page, policy = form_page("harmony inspect", choices())

    def inspect(pasted: serving.Pasted) -> Any:
        return inspection_of(pasted, lambda item, role, end: _inspected(item, role, rendering.for_purpose(end)))

    with TestClient(serving.application(page, policy, PORT, inspect), base_url=f"http://{HOST}") as opened:
        yield opened


def post(client: TestClient, text: str, **chosen: str) -> tuple[int, Any]:
    answer = client.post("/inspect", content=json.dumps({"text": text, **chosen}), headers=OWN)
    return answer.status_code, answer.json()


def test_the_page_is_given_with_a_policy_and_is_not_kept(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "script-src 'sha256-" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "[::1]:8765"])
def test_a_host_of_this_machine_is_answered(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200
    headers = {**OWN, "host": host, "origin": f"http://{host}"}
    assert client.post("/inspect", json={"text": "1"}, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["example.org:8765", "example.org", "127.0.0.1", "127.0.0.1:80", "localhost.example.org:8765", "0.0.0.0:8765", ""],
)
def test_another_host_is_refused_as_a_rebound_name_sends_it(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 403
    headers = {**OWN, "host": host, "origin": f"http://{host}"}
    assert client.post("/inspect", json={"text": "1"}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "origin", ["http://example.org", "null", "https://127.0.0.1:8765", "http://localhost:8765", None]
)
def test_what_another_page_posts_is_refused(client: TestClient, origin: str | None) -> None:
    headers = {name: value for name, value in {**OWN, "origin": origin}.items() if value is not None}
    answer = client.post("/inspect", json={"text": "1"}, headers=headers)
    assert (answer.status_code, answer.text) == (403, "unknown origin")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_what_a_form_could_post_without_asking_is_refused(client: TestClient, kind: str) -> None:
    assert client.post("/inspect", content=b"{}", headers={**OWN, "content-type": kind}).status_code == 415


def test_other_methods_and_places_are_refused(client: TestClient) -> None:
    assert client.get("/inspect", headers=OWN).status_code == 405
    assert client.get("/data").status_code == 404
    assert client.put("/inspect", headers=OWN, json={}).status_code == 405


def test_a_body_that_is_too_large_is_refused(client: TestClient) -> None:
    status, told = post(client, "a" * serving.MOST_BYTES)
    assert (status, told) == (413, {"error": f"more than {serving.MOST_BYTES} bytes"})
    in_pieces = client.post("/inspect", content=(b"a" * 2**16 for _ in range(64)), headers=OWN)
    assert in_pieces.status_code == 413


@pytest.mark.parametrize(
    ("text", "kind", "count"),
    [
        (BROKEN, "completion", 4),
        (TURNS.to_json(), "rendering", 6),
        ('{"messages": [{"role": "user", "content": "Hi"}], "model": "m"}', "rendering", 2),
        ('{"input": "Hi"}', "rendering", 2),
        ("200005 17196 200008 36235 200002", "completion", 1),
        ("[200005, 17196, 200008, 36235, 200002]", "completion", 1),
        ("<|start|>user<|message|>Hi<|end|><|start|>assistant", "transcript", 1),
    ],
)
def test_what_is_pasted_is_detected(client: TestClient, text: str, kind: str, count: int) -> None:
    status, told = post(client, text)
    assert status == 200, told
    assert (told["kind"], len(told["messages"])) == (kind, count)


def test_what_is_chosen_counts(client: TestClient) -> None:
    assert post(client, "1 2", kind="text")[1]["messages"][0]["text"] == "1 2"
    assert post(client, "x", role="user")[1]["role"] == "user"
    assert post(client, TURNS.to_json(), end="training")[1]["totals"]["outside"] == 0
    assert post(client, TURNS.to_json(), end="completion")[1]["totals"]["outside"] == 2


@pytest.mark.parametrize(
    ("text", "chosen", "complaint"),
    [
        ('{"a": 1', {}, "input:1:8: no JSON: Expecting ',' delimiter"),
        ('{"a": 1}', {}, "input: JSON of no known kind; --from says which of "),
        ('{"messages": [{"role": "boss", "content": ""}]}', {"kind": "chat"}, "input: messages[0].role: unknown role"),
        ("1\n2", {"kind": "chat"}, "input"),
        ("1", {"kind": "pictures"}, "unknown kind: 'pictures'"),
        ("1", {"role": "boss"}, "input: Unknown role: 'boss'"),
        ('{"tokens": [1]}\n{"tokens": [2]}', {}, "input: 2 lines of JSON; this command reads one input"),
        ("[" * 100_000, {}, "input: no JSON: "),
        ("9" * 5000, {}, "input: '9999999999999999999999999999999999999999' is no id of a token"),
        ('{"tokens": [1]}\n[' + "9" * 5000 + "]", {}, "input:2: no JSON: Exceeds the limit"),
        ('{"messages": [' + "9" * 5000 + "]}", {}, "input: no JSON: "),
    ],
)
def test_what_cannot_be_inspected_is_told_in_one_line(
    client: TestClient, text: str, chosen: dict[str, str], complaint: str
) -> None:
    status, told = post(client, text, **chosen)
    assert status == 422
    assert told["error"].startswith(complaint)
    assert "\n" not in told["error"]


@pytest.mark.parametrize("body", [b"", b"[1]", b'{"text": 1}', b'{"text": "1", "kind": 1}', b"\xff", b"[" * 100_000])
def test_a_body_that_the_page_does_not_send_is_refused(client: TestClient, body: bytes) -> None:
    answer = client.post("/inspect", content=body, headers=OWN)
    assert answer.status_code == 422
    assert "\n" not in answer.json()["error"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_pasted_is_answered_as_json_and_never_as_a_page(client: TestClient, hostile: str) -> None:
    answer = client.post("/inspect", json={"text": hostile, "kind": "text"}, headers=OWN)
    assert answer.headers["content-type"] == "application/json"
    assert "".join(message["text"] for message in answer.json()["messages"]) == hostile
    assert hostile not in client.get("/").text


def test_half_a_character_is_answered(client: TestClient) -> None:
    told = [message["text"] for message in post(client, "\ud800", kind="text")[1]["messages"]]
    assert told == ["\ufffd"]
    omitted = Conversation.from_messages([*TURNS.messages[:2], analysis("\ud800"), TURNS.messages[3]])
    assert post(client, omitted.to_json())[1]["messages"][2]["text"] == "\ud800"


def analysis(text: str) -> Message:
    return Message.from_role_and_content("assistant", text).with_channel("analysis")


def test_a_port_that_is_taken_is_an_error_of_the_system() -> None:
    with serving.listen(0) as taken, pytest.raises(OSError, match="in use"):
        serving.listen(taken.getsockname()[1])
