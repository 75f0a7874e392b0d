"""YAML into trees with places. What is refused has its rows in tests/spec/bad/syntax.yaml."""

from __future__ import annotations

import pytest

from codegen.place import Place
from codegen.sources import Items, Node, Places, Problem, Scalar, SpecError, Table, parse, places


def _tree(text: str) -> Node:
    problems: list[Problem] = []
    tree = parse("a.yaml", text.encode(), problems)
    assert tree is not None
    assert problems == []
    return tree


def _complaints(data: bytes) -> list[str]:
    problems: list[Problem] = []
    parse("a.yaml", data, problems)
    return [str(problem) for problem in problems]


def _values(tree: Node) -> dict[str, Scalar]:
    assert isinstance(tree, Table)
    return {key.text: value for key, value in tree.entries if isinstance(value, Scalar)}


@pytest.mark.parametrize("word", ["no", "2024-06", "0123", "1e3", "null", "~", "0x1f", "12:30:45"])
def test_a_plain_scalar_stays_the_text_that_was_written(word: str) -> None:
    assert _values(_tree(f"a: {word}"))["a"] == Scalar(word, False, Place("a.yaml", 1, 4))


@pytest.mark.parametrize("written", ['"no"', "'no'", "|-\n  no", ">-\n  no"])
def test_a_quoted_scalar_says_that_it_is(written: str) -> None:
    value = _values(_tree(f"a: {written}"))["a"]
    assert (value.text, value.quoted) == ("no", True)


def test_places_count_lines_and_columns_from_one() -> None:
    tree = _tree("a:\n  - x\n  - {b: y}\n")
    looked_up = Places({"a.yaml": tree})
    assert {**looked_up} == dict(places(tree, ("a.yaml",)))
    absent = [("b.yaml",), ("a.yaml", "a", 2), ("a.yaml", "b"), ("a.yaml", "a", 0, "x")]
    assert not any(path in looked_up for path in absent)
    found = {path: (place.line, place.column) for path, place in places(tree, ("a.yaml",))}
    assert found == {
        ("a.yaml",): (1, 1),
        ("a.yaml", "a"): (2, 3),
        ("a.yaml", "a", 0): (2, 5),
        ("a.yaml", "a", 1): (3, 5),
        ("a.yaml", "a", 1, "b"): (3, 9),
    }


def test_a_column_counts_characters_and_not_bytes() -> None:
    assert _complaints("【a】: 1\n【b】: é: x".encode()) == [
        "a.yaml:2:7: not YAML: mapping values are not allowed here; hint: quote text that holds ': '"
    ]


def test_a_file_that_is_not_utf_8_is_refused_where_it_is_not() -> None:
    assert _complaints(b"a: x\nb: \xff\n") == ["a.yaml:2:4: the file is not UTF-8; hint: save it as UTF-8"]


def test_all_that_is_wrong_in_one_file_is_told() -> None:
    assert _complaints(b"a: &x 1\na: 2\nb: *x\nc: !!int 3\n") == [
        "a.yaml:1:4: anchor '&x' is not allowed; hint: write the value out where it is needed",
        "a.yaml:2:1: duplicate key 'a'; hint: the first one stands at 1:1",
        "a.yaml:3:4: alias '*x' is not allowed; hint: write the value out",
        "a.yaml:4:4: tag '!!int' is not allowed; hint: quote a value that must be text",
    ]


def test_a_duplicate_key_is_found_in_every_map() -> None:
    assert _complaints(b"a: {b: {c: 1, c: 2}}") == ["a.yaml:1:15: duplicate key 'c'; hint: the first one stands at 1:9"]


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"\n\n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert len(_complaints(data)) == 1
    assert _complaints(data)[0].endswith("the file is empty")


def test_depth_is_refused_before_python_gives_up() -> None:
    assert _complaints(b"[" * 5000) == ["a.yaml:1:62: nested deeper than 60 levels"]


def test_an_error_has_a_line_for_each_problem_by_file_and_place() -> None:
    late, early = Problem(Place("b", 2, 1), "late"), Problem(Place("b", 1, 9), "early", "do it")
    error = SpecError([late, Problem(Place("a", 10, 1), "first"), early])
    assert str(error) == "a:10:1: first\nb:1:9: early; hint: do it\nb:2:1: late"


def test_lists_and_maps_keep_their_order() -> None:
    tree = _tree("z: 1\na: [c, b]\n")
    assert isinstance(tree, Table)
    assert [key.text for key, _ in tree.entries] == ["z", "a"]
    inner = tree.entries[1][1]
    assert isinstance(inner, Items)
    assert [node.text for node in inner.nodes if isinstance(node, Scalar)] == ["c", "b"]
