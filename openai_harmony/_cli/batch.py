"""The command `batch`: whole datasets, on this machine or on a cluster."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from .._conversations import FORMS, Form
from .._generated.enumerations import SAMPLED_ROLE
from .._loss_masks import PolicyName
from .arguments import DEFAULT_ENCODING, NO_ROLE, Encoding, From, Role, encoding_of
from .failing import DONE, FOUND, Failure
from .output import json_line, show, write_lines
from .rendering import Analysis, Date, OnAmbiguous, Purpose, Schema, Style, config_of, prompt_options

if TYPE_CHECKING:
    from ..datasets import BatchProgress, BatchResult, ParseTask, RenderTask

EXAMPLES = (
    "harmony batch chats.jsonl prompts.parquet",
    "harmony batch data/ training/ --for training --workers 8 --resume",
    "harmony batch completions.parquet messages.jsonl --parse",
    "RAY_ADDRESS=auto harmony batch /shared/chats /shared/prompts --engine ray",
)

Show = Callable[["BatchProgress"], None]


def run(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="IN... OUT", help="Files of JSON Lines or Parquet, or folders of them; and the output."),
    ],
    purpose: Purpose = "completion",
    parse: Annotated[bool, typer.Option("--parse", help="Parse completions instead of rendering.")] = False,
    kind: From = None,
    column: Annotated[str | None, typer.Option(metavar="NAME", help="The column to read.")] = None,
    columns: Annotated[
        str | None, typer.Option(metavar="NAMES", help="The new columns, with commas between them.")
    ] = None,
    prefix: Annotated[str, typer.Option(metavar="TEXT", help="What the names of new columns begin with.")] = "",
    to: Annotated[
        Literal["parquet", "jsonl"] | None, typer.Option(help="The format of the files in an output folder.")
    ] = None,
    engine: Annotated[Literal["local", "ray"], typer.Option(help="Processes of this machine, or Ray.")] = "local",
    workers: Annotated[
        int | None, typer.Option("--workers", "-j", min=1, help="How many processes; by default one per processor.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a job that was interrupted.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the output of an earlier job.")] = False,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first bad row.")] = False,
    part_rows: Annotated[int | None, typer.Option(min=1, help="The greatest number of rows of a part.")] = None,
    part_bytes: Annotated[int | None, typer.Option(min=1, help="The greatest size of a part, as text.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write what was done as JSON, for programs.")] = False,
    style: Style = None,
    analysis: Analysis = None,
    schema: Schema = None,
    on_ambiguous: OnAmbiguous = None,
    loss: Annotated[PolicyName | None, typer.Option(help="The messages to train on.")] = None,
    date: Date = None,
    role: Role = None,
    strictness: Annotated[
        Literal["default", "recover", "pedantic"] | None,
        typer.Option(help="The mode of the parser. By default, recover."),
    ] = None,
    encoding: Encoding = DEFAULT_ENCODING,
) -> int:
    """Render or parse the rows of whole datasets.

    Chats, other requests of APIs, and conversations become prompts; with --for training, training texts with loss
    masks; with --parse, completions become messages. The output is a file (.parquet, .jsonl) or a folder of parts, and
    the same for every engine and number of workers. Bad rows go to a file beside it. docs/datasets.md describes the
    columns.
    """
    if len(paths) < 2:
        raise Failure("expected at least two paths: the input and the output")
    encoding_of(encoding)
    for module, extra in (("pyarrow", "batch"), *((("ray", "ray"),) if engine == "ray" else ())):
        if find_spec(module) is None:
            raise Failure(f"needs the extra `{extra}`: pip install 'openai-harmony[{extra}]'")
    from ..datasets import PART_BYTES, PART_ROWS, BadRowError, ParseTask, RenderTask, run_batch

    names: Any = None if columns is None else tuple(name.strip() for name in columns.split(","))
    common: dict[str, Any] = {"column": column, "columns": names, "prefix": prefix, "encoding": encoding}
    config = config_of(style, analysis, schema, on_ambiguous)
    try:
        if parse:
            _refuse(kind in FORMS, f"--from {kind}: a conversation cannot be parsed")
            turn = SAMPLED_ROLE if role is None else None if role == NO_ROLE else role
            task: ParseTask | RenderTask = ParseTask(kind, role=turn, strictness=strictness, **common)  # type: ignore[arg-type]  # checked above
        else:
            _refuse(kind is not None and kind not in FORMS, f"--from {kind}: cannot be rendered; see --parse")
            form = cast("Form | None", kind)
            task = RenderTask(
                purpose,
                form,
                config=config,
                options=prompt_options(analysis, date),
                policy=loss or "last_assistant_turn",
                **common,
            )
        *inputs, output = paths
        with _shown() as progress:
            result = run_batch(
                inputs,
                output,
                task,
                to=to,
                engine=engine,
                workers=workers or _processors(),
                resume=resume,
                overwrite=overwrite,
                fail_fast=fail_fast,
                part_rows=part_rows or PART_ROWS,
                part_bytes=part_bytes or PART_BYTES,
                progress=progress,
            )
    except BadRowError as error:
        raise Failure(str(error), FOUND) from None
    except (ValueError, RuntimeError, TypeError) as error:
        raise Failure(" ".join(str(error).split())) from error
    _summary(result, as_json)
    return FOUND if result.bad_rows else DONE


def _refuse(wrong: bool, message: str) -> None:
    if wrong:
        raise Failure(message)


def _processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _summary(result: BatchResult, as_json: bool) -> None:
    file = result.bad_rows_file
    if as_json:
        paths = {"output": str(result.output), "bad_rows_file": None if file is None else str(file)}
        counts = {name: getattr(result, name) for name in ("rows", "bad_rows", "parts", "resumed")}
        write_lines([json_line({**paths, **counts})])
        return
    show([(f"{result.output}: {_count(result.rows, 'row')} in {_count(result.parts, 'part')}", "green")])
    if result.resumed:
        show([(f"{_count(result.resumed, 'part')} done by an earlier run", "")])
    if file is not None:
        show([(f"{file}: {_count(result.bad_rows, 'bad row')}", "red")])


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


@contextmanager
def _shown() -> Iterator[Show | None]:
    """Show progress on a terminal: how many rows are done, how fast, and the time that is left."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Any) -> Text:
            return Text(f"{task.speed:,.0f} rows/s" if task.speed else "", "cyan")

    looks = (BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn(), TextColumn("{task.fields[bad]}"))
    with Progress(*looks, console=Console(stderr=True), speed_estimate_period=300, transient=True) as bar:
        task = bar.add_task("", total=None, bad="")
        begun = False

        def step(progress: BatchProgress) -> None:
            nonlocal begun
            if not begun:  # what an earlier run has done is no part of the rate
                bar.reset(task, total=progress.all_rows, completed=progress.rows)
                begun = True
            bad = f"[red]{_count(progress.bad_rows, 'bad row')}[/red]" if progress.bad_rows else ""
            bar.update(task, completed=progress.rows, bad=bad)

        yield step
