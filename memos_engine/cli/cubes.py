"""Commands for cubes, and for the state of the home."""

from typing import TYPE_CHECKING, Annotated

import typer

from memos_engine.cli import shapes
from memos_engine.cli.invocation import Invocation, command
from memos_engine.cli.root import app, cube_app
from memos_engine.errors import InputError
from memos_engine.types import CubeInfo, MemoryChanges, Status

if TYPE_CHECKING:
    from rich.console import Console

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name or id of a cube.")]


def _print_cubes(out: "Console", cubes: tuple[CubeInfo, ...]) -> None:
    for info in cubes:
        held = "locked" if info.locked else f"{info.items} memories, {info.conversations} conversations"
        if info.damaged:
            held = f"damaged: {info.damaged} Restore a backup, or destroy it; the other cubes work"
        out.print(f"{info.name}  {held}{'  (default)' if info.default else ''}  {info.id}", markup=False)


@command(app, "status")
def status(invocation: Invocation) -> None:
    """Show the home, its cubes, and what serves."""
    with invocation.memory() as memory:
        state = memory.status()
        invocation.answer(shapes.status(state), lambda out: _print_status(out, state))


def _print_status(out: "Console", state: Status) -> None:
    out.print(f"home     {state.home}{'  (locked)' if state.locked else ''}", markup=False)
    out.print(f"model    {state.model or '(none)'}", markup=False)
    out.print(f"encoder  {state.encoder or '(none)'}", markup=False)
    if state.waiting_to_read:
        out.print(f"unread   {state.waiting_to_read} messages and pages wait for the reader (memos ingest --resume)")
    _print_cubes(out, state.cubes)


@command(cube_app, "list")
def list_cubes(invocation: Invocation) -> None:
    """List the cubes."""
    with invocation.memory() as memory:
        cubes = memory.cubes.list()
        invocation.answer({"cubes": [shapes.cube(info) for info in cubes]}, lambda out: _print_cubes(out, cubes))


@command(cube_app, "create")
def create(invocation: Invocation, name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Make a new cube with a key of its own."""
    with invocation.memory() as memory:
        info = memory.cubes.create(name)
        invocation.answer(shapes.cube(info), lambda out: _print_cubes(out, (info,)))


@command(cube_app, "lock")
def lock(invocation: Invocation, name: NameArgument) -> None:
    """Keep a cube locked, across restarts."""
    with invocation.memory() as memory:
        cube = memory.cubes.get(name)
        changes = memory.cubes.lock(cube.id)
        default = next(info.name for info in memory.cubes.list() if info.default)
        _told(invocation, changes, cube, f"is locked. New chats and memories go to “{default}”")


@command(cube_app, "unlock")
def unlock(invocation: Invocation, name: NameArgument) -> None:
    """Open a locked cube again."""
    from memos_engine.cli.entry import ask_passphrase, passphrase_of
    from memos_engine.types import Protector

    with invocation.memory() as memory:
        cube = memory.cubes.get(name)
        passphrase: str | None = None
        if Protector.PASSPHRASE in memory.access.info().protectors:
            file = invocation.passphrase_file
            passphrase = passphrase_of(file) if file else ask_passphrase("Passphrase: ")
        _told(invocation, memory.cubes.unlock(cube.id, passphrase), cube, "is open")


@command(cube_app, "destroy")
def destroy(
    invocation: Invocation,
    name: NameArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Destroy a cube's key and everything in it."""
    import sys

    with invocation.memory() as memory:
        cube = memory.cubes.get(name)
        asks = not yes and not invocation.as_json and sys.stdin.isatty()
        if asks and not typer.confirm(f"Destroy “{cube.name}” and everything in it for good?", err=True):
            raise InputError("Nothing was destroyed.", "Answer y to destroy it.")
        _told(invocation, memory.cubes.destroy(cube.id), cube, "is destroyed")


def _told(invocation: Invocation, changes: MemoryChanges, cube: CubeInfo, what: str) -> None:
    document = {**shapes.changed(changes), "cube": cube.id, "name": cube.name}
    invocation.answer(document, lambda out: out.print(f"“{cube.name}” {what}.", markup=False))
