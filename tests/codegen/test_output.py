"""Writing, comparing, and the command line that does both."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.output import compare, foreign, stale, write

ROOT = Path(__file__).parents[2]
FILES = {"pack/_generated/__init__.py": "A = 1\n", "pack/_generated/tables.py": "B = 2\n", "docs/page.md": "# Page\n"}


def test_what_is_written_compares_as_equal(tmp_path: Path) -> None:
    assert write(FILES, tmp_path) == sorted(FILES)
    assert compare(FILES, tmp_path) == ""
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")} == set(FILES)


def test_a_file_that_is_right_is_not_touched(tmp_path: Path) -> None:
    write(FILES, tmp_path)
    for name in FILES:
        os.utime(tmp_path / name, (1, 1))
    assert write({**FILES, "docs/page.md": "# Other\n"}, tmp_path) == ["docs/page.md"]
    assert (tmp_path / "pack/_generated/tables.py").stat().st_mtime == 1


def test_line_ends_are_kept_as_they_are(tmp_path: Path) -> None:
    write({"a.md": "a\r\nb\n"}, tmp_path)
    assert (tmp_path / "a.md").read_bytes() == b"a\r\nb\n"
    (tmp_path / "a.md").write_bytes(b"a\nb\n")
    assert compare({"a.md": "a\r\nb\n"}, tmp_path) != ""


def test_a_generated_file_that_is_no_longer_made_is_removed(tmp_path: Path) -> None:
    write(FILES, tmp_path)
    less = {name: text for name, text in FILES.items() if "tables" not in name}
    assert stale(less, tmp_path) == ["pack/_generated/tables.py"]
    assert write(less, tmp_path) == ["pack/_generated/tables.py"]
    assert not (tmp_path / "pack/_generated/tables.py").exists()


def test_what_stands_beside_a_generated_folder_is_left_alone(tmp_path: Path) -> None:
    write(FILES, tmp_path)
    for name in ("pack/hand.py", "docs/hand.md", "pack/_generated/notes.txt"):
        (tmp_path / name).write_text("by hand\n")
    assert write(FILES, tmp_path) == []
    assert compare(FILES, tmp_path) == ""


def test_a_difference_is_shown_as_a_diff(tmp_path: Path) -> None:
    write(FILES, tmp_path)
    (tmp_path / "pack/_generated/tables.py").write_text("B = 3\n")
    assert compare(FILES, tmp_path) == (
        "--- on disk: pack/_generated/tables.py\n+++ from the spec: pack/_generated/tables.py\n"
        "@@ -1 +1 @@\n-B = 3\n+B = 2\n"
    )


def test_a_missing_and_a_stale_file_are_shown_as_diffs(tmp_path: Path) -> None:
    write(FILES, tmp_path)
    (tmp_path / "docs/page.md").unlink()
    (tmp_path / "pack/_generated/old.py").write_text("C = 3")
    assert compare(FILES, tmp_path) == (
        "--- /dev/null\n+++ from the spec: docs/page.md\n@@ -0,0 +1 @@\n+# Page\n"
        "--- on disk: pack/_generated/old.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-C = 3\n\\ No newline at end of file\n"
    )


def test_a_line_of_a_diff_ends_at_a_line_feed_alone(tmp_path: Path) -> None:
    write({"a.md": "a\x0cb\u2028c\n"}, tmp_path)
    assert compare({"a.md": "a\x0cb\u2028d\n"}, tmp_path).endswith("\n-a\x0cb\u2028c\n+a\x0cb\u2028d\n")


def test_an_empty_stale_file_is_shown_too(tmp_path: Path) -> None:
    write(FILES, tmp_path)
    (tmp_path / "pack/_generated/old.py").write_text("")
    assert compare(FILES, tmp_path) == "--- on disk: pack/_generated/old.py\n+++ /dev/null\n"


def test_a_file_that_was_not_generated_is_foreign_outside_of_generated_folders(tmp_path: Path) -> None:
    assert foreign(FILES, tmp_path, lambda text: text in FILES.values()) == []
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("by hand\n")
    assert foreign(FILES, tmp_path, lambda text: text in FILES.values()) == ["docs/page.md"]
    (tmp_path / "docs/page.md").write_text("")
    assert foreign(FILES, tmp_path, bool) == ["docs/page.md"]
    assert foreign(FILES, tmp_path, lambda text: True) == []


# the command line ---------------------------------------------------------------------------------


def _arguments(command: str, tiny: Path, out: Path) -> list[str]:
    return [command, "--spec", str(tiny), "--out", str(out), "--package", "tiny_pack"]


def test_generate_writes_a_whole_package_and_check_agrees(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(_arguments("generate", tiny, out)) == 0
    assert "tiny_pack/_generated/framing.py\n" in capsys.readouterr().out
    assert (out / "tiny_pack/_runtime").is_dir()
    assert (out / "docs/format-reference.md").is_file()
    assert main(_arguments("check", tiny, out)) == 0
    assert main(_arguments("generate", tiny, out)) == 0
    assert capsys.readouterr().out == ""


def test_generate_brings_the_hand_written_part_up_to_date_and_check_asks_for_it(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("codegen.__main__.ROOT", tmp_path / "root")
    source, laid = tmp_path / "root/openai_harmony", tmp_path / "out/tiny_pack"
    write({"a.py": "A", "b.py": "B", "__init__.py": "by hand", "_generated/x.py": "X"}, source)
    assert main(_arguments("generate", tiny, tmp_path / "out")) == 0
    assert "tiny_pack/a.py\ntiny_pack/b.py\n" in capsys.readouterr().out
    assert (laid / "__init__.py").read_text().startswith("# Generated from spec/")
    assert not (laid / "_generated/x.py").exists()
    write({"a.py": "A2", "c.py": "C"}, source)
    (source / "b.py").unlink()
    assert main(_arguments("check", tiny, tmp_path / "out")) == 1
    assert capsys.readouterr().out == (
        "\n"
        + "".join(f"tiny_pack/{name}.py is not that of openai_harmony\n" for name in "abc")
        + "The files are not those "
        f"of {tiny}; run: python -m codegen generate --spec {tiny} --out {tmp_path / 'out'} --package tiny_pack\n"
    )
    assert main(_arguments("generate", tiny, tmp_path / "out")) == 0
    assert capsys.readouterr().out == "tiny_pack/a.py\ntiny_pack/b.py\ntiny_pack/c.py\n"
    assert {path.name for path in laid.glob("*.py")} == {"__init__.py", "a.py", "c.py"}
    assert main(_arguments("check", tiny, tmp_path / "out")) == 0


def test_generate_says_which_files_it_leaves_as_somebody_changed_them(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("codegen.__main__.ROOT", tmp_path / "root")
    source, laid = tmp_path / "root/openai_harmony", tmp_path / "out/tiny_pack"
    write({"a.py": "A", "b.py": "B"}, source)
    main(_arguments("generate", tiny, tmp_path / "out"))
    write({"a.py": "mine", "b.py": "mine"}, laid)
    (source / "b.py").unlink()
    capsys.readouterr()
    assert main(_arguments("generate", tiny, tmp_path / "out")) == 0
    told = capsys.readouterr().err.splitlines()
    assert f"{laid / 'a.py'} is left as it is: somebody changed it; remove it to get it anew" in told
    assert f"{laid / 'b.py'} is no longer needed; it is left, since somebody changed it" in told


def test_generate_replaces_no_file_that_was_not_generated_and_writes_nothing(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "tiny_pack/__init__.py"
    write({"__init__.py": '"""My own."""\n'}, mine.parent)
    assert main(_arguments("generate", tiny, tmp_path)) == 2
    assert capsys.readouterr().err == f"{mine} was not generated; move it, or generate elsewhere\n"
    assert [path.name for path in mine.parent.iterdir()] == ["__init__.py"]


def test_the_package_itself_is_not_laid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codegen.__main__.ROOT", tmp_path)
    shutil.copytree(ROOT / "spec", tmp_path / "spec")
    assert main(["generate"]) == 0
    assert sorted(path.name for path in (tmp_path / "openai_harmony").iterdir()) == ["__init__.py", "_generated"]


# vocabularies -------------------------------------------------------------------------------------

SOURCE = b"YQ== 0\nYg== 1\n"


def _small_vocabulary(edit: Callable[..., Path]) -> Path:
    """A spec whose vocabulary is `SOURCE`."""
    edit("encodings.yaml", "00112233445566778899aabbccddeeff" * 2, hashlib.sha256(SOURCE).hexdigest())
    return edit("encodings.yaml", "bytes: 900\n      ranks: 100", f"bytes: {len(SOURCE)}\n      ranks: 2")


def test_a_vocabulary_that_is_missing_is_told_with_the_command_that_makes_it(
    edit: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny, out = _small_vocabulary(edit), tmp_path / "an out"
    packed = out / "tiny_pack/data/tiny.bin"
    assert main(_arguments("generate", tiny, out)) == 0
    said, _, command = capsys.readouterr().err.rstrip("\n").partition("; make it by: python -m codegen ")
    assert said == f"{packed} is missing"
    (tmp_path / "tiny.tiktoken").write_bytes(SOURCE)
    assert main(shlex.split(command.replace("FOLDER", shlex.quote(str(tmp_path))))) == 0
    assert packed.is_file()
    assert main(_arguments("generate", tiny, out)) == 0
    assert capsys.readouterr().err == ""
    packed.write_bytes(b"\1\1ac")
    assert main(_arguments("generate", tiny, out)) == 0
    assert capsys.readouterr().err.startswith(f"{packed} is not the vocabulary that the spec names; make it by: ")


def test_the_command_for_the_vocabulary_of_the_package_itself_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("codegen.__main__.ROOT", tmp_path)
    shutil.copytree(ROOT / "spec", tmp_path / "spec")
    assert main(["generate"]) == 0
    told = capsys.readouterr().err
    assert told.startswith(f"{tmp_path / 'openai_harmony/data/o200k_base.bin'} is missing; ")
    assert told.endswith("make it by: python -m codegen vocabulary FOLDER/o200k_base.tiktoken\n")


def test_a_vocabulary_is_laid_if_the_spec_names_it(tiny: Path, tmp_path: Path) -> None:
    assert main(["generate", "--out", str(tmp_path), "--package", "same"]) == 0
    assert [path.name for path in (tmp_path / "same/data").iterdir()] == ["o200k_base.bin"]
    assert main(_arguments("generate", tiny, tmp_path)) == 0
    assert not (tmp_path / "tiny_pack/data").exists()
    assert main(["generate", "--spec", str(tiny), "--out", str(tmp_path), "--package", "same"]) == 0
    assert not (tmp_path / "same/data").exists()


def test_check_shows_an_edited_file_and_the_command(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    main(_arguments("generate", tiny, out))
    capsys.readouterr()
    with (out / "tiny_pack/_generated/tools.py").open("a") as file:
        file.write("# edited\n")
    assert main(_arguments("check", tiny, out)) == 1
    shown = capsys.readouterr().out
    assert "\n-# edited\n" in shown
    assert shown.endswith(f"run: python -m codegen generate --spec {tiny} --out {out} --package tiny_pack\n")


def test_check_shows_what_a_changed_spec_changes(
    edit: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, tiny = tmp_path / "out", edit("tokens.yaml", "id: 101", "id: 101")
    main(_arguments("generate", tiny, out))
    edit("tokens.yaml", "id: 101", "id: 107")
    capsys.readouterr()
    assert main(_arguments("check", tiny, out)) == 1
    assert "+| `<\\|channel\\|>` | 107 |" in capsys.readouterr().out


def test_the_command_for_the_package_itself_is_make_generate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("codegen.__main__.ROOT", tmp_path)
    shutil.copytree(ROOT / "spec", tmp_path / "spec")
    assert main(["check"]) == 1
    assert capsys.readouterr().out.endswith("run: make generate\n")


def test_problems_are_lines_on_standard_error(edit: Callable[..., Path], tmp_path: Path) -> None:
    edit("tokens.yaml", "id: 101", "id: no")
    tiny = edit("roles.yaml", "    rank: 2", "\trank: 2")
    command = [sys.executable, "-m", "codegen", *_arguments("generate", tiny, tmp_path / "out")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        r"roles.yaml:5:1: not YAML: found character '\t' that cannot start any token; hint: indent with spaces",
        "tokens.yaml:8:9: expected an integer, found 'no'; hint: write decimal digits, without quotes",
    ]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("option", "value"), [("--spec", "nowhere"), ("--package", "not-a-name")])
def test_a_wrong_argument_is_told(option: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["check", option, value])
    assert caught.value.code == 2
    assert value in capsys.readouterr().err


def test_a_vocabulary_that_the_spec_does_not_name_is_refused(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "other.tiktoken"
    source.write_text("")
    assert main([*_arguments("vocabulary", tiny, tmp_path), str(source)]) == 2
    assert capsys.readouterr().err == f"{source}: the spec names no such vocabulary, only tiny.tiktoken\n"


def test_a_vocabulary_that_is_not_the_one_of_the_spec_is_refused(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "tiny.tiktoken"
    source.write_text("YQ== 0\n")
    assert main([*_arguments("vocabulary", tiny, tmp_path), str(source)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
