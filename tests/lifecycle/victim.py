"""A process that changes memories, says so after each, and is killed while it does."""

from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from memos_engine.cube.store import CubeStore
from memos_engine.lifecycle.lifecycle import Lifecycle
from memos_engine.vault.keys import CubeKeys


class OneCube:
    """A shelf of one cube, opened by its keys: the killed process needs no passphrase."""

    def __init__(self, store: CubeStore) -> None:
        self._store = store

    def all_open(self) -> tuple[CubeStore, ...]:
        return (self._store,)


def work(channel: Connection, folder: Path, cube_id: str, keys: CubeKeys, calls: list[tuple[str, list[Any]]]) -> None:
    """Make the calls one after the other; the number of each goes out when it has returned."""
    lifecycle = Lifecycle(OneCube(CubeStore.open(folder, cube_id, keys)), None)  # type: ignore[arg-type]
    channel.send("ready")
    for number, (name, arguments) in enumerate(calls):
        changes = getattr(lifecycle, name)(*arguments)
        channel.send((number, changes.operation))
    channel.send("done")
