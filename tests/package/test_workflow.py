"""The workflow runs what is there, on every Python and system that the package says it is for."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.commands import called_targets, missing, targets

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
SYSTEMS = {"ubuntu", "macos", "windows"}
VERSIONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]


def jobs() -> dict[str, Any]:
    return dict(yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"])


def commands(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


def systems(job: dict[str, Any]) -> set[str]:
    names = job.get("strategy", {}).get("matrix", {}).get("os", [job["runs-on"]])
    return {name.partition("-")[0] for name in names}


def test_every_supported_python_is_tested_on_every_system() -> None:
    testing = [job for job in jobs().values() if "strategy" in job]
    assert set().union(*map(systems, testing)) == SYSTEMS
    assert [job["strategy"]["matrix"]["python"] for job in testing] == [VERSIONS] * len(testing)
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'requires-python = ">={VERSIONS[0]}"' in settings
    assert set(re.findall(r"Python :: (3\.\d+)", settings)) <= set(VERSIONS)


@pytest.mark.parametrize("name", jobs())
def test_each_command_of_a_job_exists(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in commands(jobs()[name]):
        assert list(missing(ROOT, command)) == []
        asked = called_targets(command)
        modules = re.findall(r"^python -m ([\w.]+)", command)
        assert asked or modules, command
        assert asked <= targets(makefile)
        assert [module for module in modules if find_spec(module) is None] == []


def test_where_make_is_missing_the_commands_are_those_of_its_recipes() -> None:
    recipes = re.sub(r"[$(){}]", "", (ROOT / "Makefile").read_text(encoding="utf-8"))
    for command in commands(jobs()["windows"]):
        if " -m pip " not in command:
            assert command.replace("python", "\tPY", 1) + "\n" in recipes, command
    version = re.search(r"^REFERENCE_VERSION := (\S+)$", recipes, re.MULTILINE)
    assert version is not None
    assert any(f"openai-harmony=={version[1]}" in command for command in commands(jobs()["windows"]))


def test_ci_elsewhere_runs_the_same() -> None:
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").endswith("\nmake test\n")
    assert "make test PYTHON=python" in commands(jobs()["test"])
