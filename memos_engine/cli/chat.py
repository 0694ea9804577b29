"""`memos chat`: one turn with -m, else a conversation at the terminal."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memos_engine.cli.files import shown_progress
from memos_engine.cli.invocation import CubeOption, Invocation, command, given_text
from memos_engine.cli.memories import cube_id
from memos_engine.cli.root import app
from memos_engine.cli.turns import Turns
from memos_engine.types import Conversation

if TYPE_CHECKING:
    from memos_engine.memory_os import MemoryOS


@command(app, "chat")
def chat(
    invocation: Invocation,
    message: Annotated[str | None, typer.Option("-m", "--message", help="Say this; - reads standard input.")] = None,
    cube: CubeOption = None,
    conversation: Annotated[
        str | None, typer.Option("--conversation", metavar="ID", help="Go on with this one.")
    ] = None,
    temporary: Annotated[bool, typer.Option("--temporary", help="Nothing is read, written or kept.")] = False,
    no_memory: Annotated[bool, typer.Option("--no-memory", help="Kept, but memory is neither read nor made.")] = False,
    model: Annotated[Path | None, typer.Option("--model", metavar="FILE", help="Answer with this model, once.")] = None,
) -> None:
    """Chat with the model that remembers you."""
    if conversation is not None and (temporary or cube):
        raise typer.BadParameter("--conversation goes with neither --temporary nor --cube.")
    with invocation.memory() as memory:
        if model is not None:
            with shown_progress("Loading") as progress:
                memory.models.load(model, progress=progress)
        held = _conversation(memory, conversation, cube, temporary=temporary, memory_on=not no_memory)
        turns = Turns(memory, held, as_json=invocation.as_json)
        if message is not None:
            turns.say(given_text(message))
        elif sys.stdin.isatty() and sys.stdout.isatty() and not invocation.as_json:
            from memos_engine.cli.terminal_chat import TerminalChat

            TerminalChat(memory, turns).run()
        else:
            for line in sys.stdin:
                if line.strip():
                    turns.say(line.rstrip("\n"))


def _conversation(
    memory: "MemoryOS", conversation: str | None, cube: str | None, *, temporary: bool, memory_on: bool
) -> Conversation:
    if conversation is None:
        return memory.chats.create(cube_id=cube_id(memory, cube), temporary=temporary, memory_on=memory_on)
    held = memory.chats.get(conversation)
    if not memory_on and held.memory_on:
        memory.chats.set_memory(held.id, on=False)
        held = memory.chats.get(conversation)
    return held
