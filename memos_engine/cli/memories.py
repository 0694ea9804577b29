"""Commands for single memories: remember, recall, show, history, edit, forget, undo."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from memos_engine.cli import shapes
from memos_engine.cli.invocation import CubeOption, Invocation, command, console, given_text, write_json
from memos_engine.cli.root import app
from memos_engine.errors import DiskError, FileRejectedError, InputError, NotFoundError
from memos_engine.types import (
    CLEAR,
    Caller,
    ForgetPreview,
    Memory,
    MemoryCall,
    MemoryChanges,
    NewTime,
    Purpose,
    Recalled,
)

if TYPE_CHECKING:
    from rich.console import Console

    from memos_engine.memory_os import MemoryOS

TextArgument = Annotated[str, typer.Argument(help="The text; - reads standard input.")]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of a memory.")]

_BEGINS = "From when on it is true: 2024-03-31, 2024-03-31T18:30; none: not known."
_ENDS = "Until when it was true, written likewise; none: it is true now."

_MOST_RESULTS = 1000
_MOST_NAMED = 50
"""Changed memories that are printed; more are counted."""
_BATCH = 64
"""Queries that are encoded together."""


def cube_id(memory: "MemoryOS", cube: str | None) -> str | None:
    """The id of the cube called `cube`; None stays None."""
    return None if cube is None else memory.cubes.get(cube).id


def cube_names(memory: "MemoryOS") -> shapes.CubeName:
    """From a cube's id to its name."""
    names = {info.id: info.name for info in memory.cubes.list()}
    return lambda wanted: names.get(wanted, wanted)


def _said(changes: MemoryChanges) -> dict[str, Any]:
    return shapes.changed(changes)


def _print_changes(out: "Console", changes: MemoryChanges) -> None:
    for change in changes.memories[:_MOST_NAMED]:
        text = change.memory.text if change.memory else ""
        out.print(f"{change.kind.value} {change.memory_id}  {text}", markup=False)
    if len(changes.memories) > _MOST_NAMED:
        out.print(f"and {len(changes.memories) - _MOST_NAMED} more")
    if not changes.memories:
        out.print(changes.label or "Nothing changed.", markup=False)
    if changes.traces:
        out.print("The disk refused to overwrite what was erased: that is done when the home is opened the next time.")


@command(app, "remember")
def remember(invocation: Invocation, text: TextArgument, cube: CubeOption = None) -> None:
    """Remember a text, as it is written."""
    words = given_text(text)
    with invocation.memory() as memory:
        changes = memory.memories.remember(words, cube_id=cube_id(memory, cube))
        invocation.answer(_said(changes), lambda out: _print_changes(out, changes))


@command(app, "recall")
def recall(
    invocation: Invocation,
    query: Annotated[str | None, typer.Argument(help="The question; - reads standard input.")] = None,
    count: Annotated[int, typer.Option("-k", min=1, max=_MOST_RESULTS, help="How many memories.")] = 10,
    cube: CubeOption = None,
    batch: Annotated[
        Path | None, typer.Option("--batch", help='JSON lines {"id", "query"}; - reads standard input.')
    ] = None,
) -> None:
    """Find what is remembered about a question."""
    if (query is None) == (batch is None):
        raise typer.BadParameter("Give a QUERY or --batch FILE.")
    with invocation.memory() as memory:
        names = cube_names(memory)
        wanted = cube_id(memory, cube)
        cubes = (wanted,) if wanted else ()
        if batch is not None:
            for query_id, found in _answers(memory, list(_queries(batch, count, cubes))):
                write_json(shapes.recalled(query_id, found, names))
            return
        call = MemoryCall(Caller.COMMAND, Purpose.SEARCH, given_text(query or ""), cubes, limit=count)
        items = memory.recall.recall(call)
        invocation.answer(shapes.recalled(None, items, names), lambda out: _print_recalled(out, items))


def _answers(memory: "MemoryOS", queries: list[tuple[str, MemoryCall]]) -> Iterator[tuple[str, tuple[Recalled, ...]]]:
    found = memory.recall.recall_batch(call for _, call in queries)
    return zip((query_id for query_id, _ in queries), found, strict=True)


def _queries(file: Path, count: int, cubes: tuple[str, ...]) -> Iterator[tuple[str, MemoryCall]]:
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except FileNotFoundError:
        raise NotFoundError(f"There is no file {file}.", "Check the path.") from None
    except OSError as error:
        raise DiskError(f"{file} could not be read: {error.strerror}.") from error
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            query_id, words, as_of = entry["id"], entry["query"], entry.get("as_of")
            when = None if as_of is None else _utc(datetime.fromisoformat(as_of))
            if not isinstance(words, str):
                raise TypeError
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            place = "standard input" if str(file) == "-" else file.name
            raise FileRejectedError(
                f"Line {number} of {place} is no query.", 'A line is {"id": …, "query": "…"}.', line=number
            ) from None
        yield query_id, MemoryCall(Caller.COMMAND, Purpose.SEARCH, words, cubes, as_of=when, limit=count)


def _utc(when: datetime) -> datetime:
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def _print_recalled(out: "Console", items: tuple[Recalled, ...]) -> None:
    for item in items:
        kind = item.memory.kind.value
        out.print(f"{item.score:5.2f}  {item.memory.text}  [{kind} {item.memory.id}]", markup=False)
    if not items:
        out.print("Nothing is remembered about that.")


@command(app, "show")
def show(invocation: Invocation, memory_id: IdArgument) -> None:
    """Show one memory and where it came from."""
    with invocation.memory() as memory:
        item = memory.memories.get(memory_id)
        invocation.answer(shapes.memory(item, cube_names(memory)), lambda out: _print_memory(out, item))


def _print_memory(out: "Console", item: Memory) -> None:
    out.print(item.text, markup=False, style="bold")
    out.print(f"{item.kind.value}, {item.state.value}, version {item.versions}, {item.id}", markup=False)
    if item.valid_from or item.valid_to:
        start, end = (f"{when:%-d %B %Y}" if when else "" for when in (item.valid_from, item.valid_to))
        out.print(f"holds from {start or 'ever'} to {end or 'now'}", markup=False)
    for origin in item.sources:
        place = origin.conversation_title or origin.file or ""
        out.print(f"  “{origin.quote}” ({place}, {origin.time:%-d %B %Y, %H:%M})", markup=False)


@command(app, "history")
def history(invocation: Invocation, memory_id: IdArgument) -> None:
    """Show the versions of a memory, and of what it replaced."""
    with invocation.memory() as memory:
        steps = memory.memories.history(memory_id)
        document = {"id": memory_id, "versions": [shapes.version(step) for step in steps]}

        def people(out: "Console") -> None:
            for step in steps:
                line = f"{step.time:%Y-%m-%d %H:%M}  {step.text}  ({step.state.value}, {step.actor}: {step.reason})"
                out.print(line, markup=False)

        invocation.answer(document, people)


@command(app, "edit")
def edit(
    invocation: Invocation,
    memory_id: IdArgument,
    text: Annotated[str | None, typer.Argument(help="The new text; - reads standard input.")] = None,
    valid_from: Annotated[str | None, typer.Option("--valid-from", metavar="DATE", help=_BEGINS)] = None,
    valid_to: Annotated[str | None, typer.Option("--valid-to", metavar="DATE", help=_ENDS)] = None,
) -> None:
    """Change the text of a memory, or when it is true; its history keeps the old one."""
    if text is None and valid_from is None and valid_to is None:
        raise typer.BadParameter("Give a TEXT, --valid-from or --valid-to.")
    words = None if text is None else given_text(text)
    begins, ends = (_new_time(given) for given in (valid_from, valid_to))
    with invocation.memory() as memory:
        changes = memory.memories.edit(memory_id, words, valid_from=begins, valid_to=ends)
        invocation.answer(_said(changes), lambda out: _print_changes(out, changes))


def _new_time(given: str | None) -> NewTime:
    """A day is its first moment on this machine's clock, as in the window; `none` takes a time away."""
    if given is None:
        return None
    if given.strip().casefold() == "none":
        return CLEAR
    try:
        return datetime.fromisoformat(given.strip()).astimezone()
    except (ValueError, OverflowError):
        raise InputError(f"“{given}” is no date.", "Write 2024-03-31, 2024-03-31T18:30, or none.") from None


@command(app, "forget")
def forget(
    invocation: Invocation,
    memory_id: IdArgument,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Also erase it in other messages, replies and titles that say it.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a memory and the words that it came from, for good."""
    with invocation.memory() as memory:
        preview = memory.memories.forget_preview([memory_id])
        if not (yes or invocation.as_json or not sys.stdin.isatty() or _agreed(preview, everywhere=everywhere)):
            raise InputError("Nothing was forgotten.", "Answer y to forget.")
        changes = memory.memories.forget([memory_id], preview.echoes if everywhere else ())
        others = sum(not echo.exact for echo in preview.echoes)
        document = {**_said(changes), "others": 0 if everywhere else others, "traces": changes.traces}

        def people(out: "Console") -> None:
            _print_changes(out, changes)
            if others and not everywhere:
                out.print(f"{others} other places say the same; --everywhere erases them too.")

        invocation.answer(document, people)


def _agreed(preview: ForgetPreview, *, everywhere: bool) -> bool:
    ask = console(stderr=True)
    for item in (*preview.memories, *preview.inferred):
        ask.print(f"  {item.text}", markup=False)
    for echo in preview.echoes:
        if echo.exact or everywhere:
            ask.print(f"  {echo.kind}: {echo.text[echo.start : echo.end]}", markup=False)
    return typer.confirm("Erase this for good?", err=True)


@command(app, "undo")
def undo(invocation: Invocation) -> None:
    """Take back the last change of memories."""
    with invocation.memory() as memory:
        changes = memory.memories.undo()
        invocation.answer(_said(changes), lambda out: _print_changes(out, changes))
