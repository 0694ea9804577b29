"""One turn of chat at the command line: streamed for people, or one line of JSON."""

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

from memos_engine.cli import shapes
from memos_engine.cli.invocation import console, write_json
from memos_engine.types import (
    CancelToken,
    ChangeKind,
    ChatEvent,
    Conversation,
    MemoryChange,
    MessageState,
    Reply,
    TextDelta,
)

if TYPE_CHECKING:
    from memos_engine.memory_os import MemoryOS

_SAID = {
    ChangeKind.ADDED: "remembered",
    ChangeKind.UPDATED: "updated",
    ChangeKind.MERGED: "known already",
    ChangeKind.SUPERSEDED: "no longer current",
    ChangeKind.ARCHIVED: "removed",
    ChangeKind.RESTORED: "restored",
}


class Turns:
    """Turns of one conversation; `last` is the reply to the latest one."""

    def __init__(self, memory: "MemoryOS", conversation: Conversation, *, as_json: bool = False) -> None:
        self._memory = memory
        self.conversation = conversation
        self._as_json = as_json
        self._out = console()
        self.last: Reply | None = None

    def say(self, text: str) -> Reply:
        """One turn. Ctrl+C stops the reply; what was written of it is kept."""
        cancel = CancelToken()
        before = signal.signal(signal.SIGINT, _stopper(cancel))
        try:
            reply = self._memory.chats.send(self.conversation.id, text, on_event=self._hear, cancel=cancel)
        finally:
            signal.signal(signal.SIGINT, before)
        self.last = reply
        if self._as_json:
            write_json(shapes.reply(reply))
        else:
            self._print_end(reply)
        return reply

    def remembered(self) -> tuple[MemoryChange, ...]:
        """What the last turn changed."""
        return self.last.changes.memories if self.last else ()

    def numbered(self) -> tuple[str, ...]:
        """Ids of the memories that stand below the last reply, as they are numbered there: what it changed, then what
        it used."""
        used = (item.memory.id for item in self.last.used) if self.last else ()
        return tuple(dict.fromkeys([*(change.memory_id for change in self.remembered()), *used]))

    def _hear(self, event: ChatEvent) -> None:
        if isinstance(event, TextDelta) and not self._as_json:
            sys.stdout.write(event.text)
            sys.stdout.flush()

    def _print_end(self, reply: Reply) -> None:
        self._out.print("" if reply.message.state == MessageState.DONE else " … (stopped)")
        number = {memory_id: place for place, memory_id in enumerate(self.numbered(), 1)}
        if reply.used:
            used = (f"[{number[item.memory.id]}] {item.memory.text}" for item in reply.used)
            self._out.print("used: " + " · ".join(used), style="dim", markup=False)
        for change in self.remembered():
            text = change.memory.text if change.memory else ""
            said = _SAID.get(change.kind, change.kind.value)
            self._out.print(f"[{number[change.memory_id]}] {said}: {text}", style="dim", markup=False)
        if reply.withheld:
            self._out.print(f"{len(reply.withheld)} secrets were recognised and not remembered.", style="dim")


def _stopper(cancel: CancelToken) -> Callable[[int, FrameType | None], None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        cancel.cancel()

    return stop
