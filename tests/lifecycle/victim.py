"""A process that changes memories, says so after each, and stands still where it is to be killed."""

from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from memos_engine.cube.store import CubeStore
from memos_engine.lifecycle.lifecycle import Lifecycle
from memos_engine.vault.keys import CubeKeys


class OneCube:
    """A shelf of one cube, opened by its keys: the killed process needs no passphrase."""

    def __init__(self, store: CubeStore) -> None:
        self._store = store

    def all_open(self) -> tuple[CubeStore, ...]:
        return (self._store,)


class Brink:
    """Counts statements, commits and finished calls of this process; before the last it says so and waits to die."""

    def __init__(self, channel: Connection, steps: int) -> None:
        self._channel = channel
        self._left = steps
        event.listen(Engine, "before_cursor_execute", self.step)
        event.listen(Engine, "commit", self.step)

    def step(self, *_: object) -> None:
        """One step further; the last is not made."""
        self._left -= 1
        if self._left == 0:
            self._channel.send("brink")
            self._channel.recv()


def work(
    channel: Connection, folder: Path, cube_id: str, keys: CubeKeys, calls: list[tuple[str, list[Any]]], steps: int
) -> None:
    """Make the calls one after the other, up to that many steps of the database; the number of each goes out when it
    has returned."""
    lifecycle = Lifecycle(OneCube(CubeStore.open(folder, cube_id, keys)), None)  # type: ignore[arg-type]
    brink = Brink(channel, steps)
    for number, (name, arguments) in enumerate(calls):
        changes = getattr(lifecycle, name)(*arguments)
        brink.step()
        channel.send((number, changes.operation))
    channel.send("done")
    channel.recv()
