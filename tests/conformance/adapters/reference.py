"""openai-harmony 0.0.8 and oss-harmony, each in a process of its own: both have the import name of this package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from openai_harmony.conformance import Refused
from openai_harmony.conformance.library import Library
from tests.support.reference import Reference, fork, reference

__all__ = ["Adapter", "OssHarmony"]

Data = Mapping[str, Any]
OFFERED = {name for name in vars(Library) if not name.startswith("_")} - {"styled"}
REFUSALS = ("RuntimeError", "ValueError")


class _InProcess:
    """Asks a library in its process; it has a method for each kind that the library offers."""

    def __init__(self, worker: Reference, package: str, style: str = "") -> None:
        code = f"__import__('importlib.metadata').metadata.version({package!r})"
        (answer,) = worker.ask([("py", {"code": code})])
        self.name = f"{package} {answer['output']['repr'].strip(chr(39))}"
        self._worker, self._style = worker, style

    def __getattr__(self, kind: str) -> Callable[[Data], Data]:
        if kind in OFFERED:
            return partial(self._ask, kind)
        if kind == self._style:
            return partial(self._ask, "styled")
        raise AttributeError(kind)

    def _ask(self, kind: str, input: Data) -> Data:
        (answer,) = self._worker.ask([("kit", {"kind": kind, "input": input})])
        if "output" in answer:
            output: Data = answer["output"]
            return output
        error = answer["error"]
        said = f"{error['type']}: {error['message']}"
        if any(base in REFUSALS for base in error["bases"]):
            raise Refused(said)
        raise AssertionError(said)


class Adapter(_InProcess):
    """The reference library, of the folder `.reference` or HARMONY_REFERENCE."""

    def __init__(self) -> None:
        super().__init__(reference(), "openai-harmony")


class OssHarmony(_InProcess):
    """The fork, of the folder `.reference-oss` or HARMONY_OSS. How it renders is also one of the kit's styles."""

    def __init__(self) -> None:
        super().__init__(fork(), "oss-harmony", "render_oss")
