"""What every change of memories stands on: operations over one cube or several."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from memos_engine.cube import items
from memos_engine.cube.ids import new_id
from memos_engine.cube.tables import ItemRow
from memos_engine.errors import NotFoundError
from memos_engine.lifecycle.change import Change, joined
from memos_engine.lifecycle.order import PERSON
from memos_engine.types import MemoryChanges

if TYPE_CHECKING:
    from memos_engine.cube.shelf import CubeShelf
    from memos_engine.cube.store import CubeStore
    from memos_engine.governance.gate import Grant
    from memos_engine.retrieval.retrieval import Retrieval


class Operations:
    """The open cubes, and how an operation writes in them: each carries one id in all the cubes that it changes."""

    def __init__(self, shelf: "CubeShelf", retrieval: "Retrieval") -> None:
        self._shelf = shelf
        self._retrieval = retrieval
        self._several = threading.Lock()
        """Held by who writes in more than one cube: two of them would wait for each other."""

    @contextmanager
    def _change(
        self,
        store: "CubeStore",
        label: str,
        actor: str,
        operation: str | None = None,
        *,
        undoable: bool = True,
        undoes: str | None = None,
    ) -> Iterator[tuple[Change, list[MemoryChanges]]]:
        """One operation's transaction in a cube; the list holds its result once the block has ended."""
        result: list[MemoryChanges] = []
        with store.write() as session:
            change = Change(
                session,
                store.cube_id,
                label,
                actor,
                id=operation or new_id(),
                undoable=undoable and undoes is None,
                undoes=undoes,
            )
            yield change, result
            finished = change.finish()
        result.append(finished)

    @contextmanager
    def _changes(
        self, stores: Sequence["CubeStore"], label: str, *, undoes: str | None = None, operation: str | None = None
    ) -> Iterator[tuple[list[Change], list[MemoryChanges]]]:
        """The same in several cubes, the person's: what fails before the end leaves all of them as they were."""
        operation = operation or new_id()
        results: list[list[MemoryChanges]] = []
        result: list[MemoryChanges] = []
        with self._several, ExitStack() as stack:
            changes: list[Change] = []
            for store in stores:
                change, done = stack.enter_context(self._change(store, label, PERSON, operation, undoes=undoes))
                changes.append(change)
                results.append(done)
            yield changes, result
        result += [part for done in results for part in done]

    def _on_items(
        self, memory_ids: Sequence[str], label: str, work: Callable[[Change, list[ItemRow]], None]
    ) -> MemoryChanges:
        held = self._by_store(memory_ids)
        with self._changes([store for store, _ in held], label) as (changes, done):
            for change, (_, ids) in zip(changes, held, strict=True):
                rows = items.by_ids(change.session, ids)
                if len(rows) < len(ids):
                    raise NotFoundError("A memory was moved or forgotten meanwhile.", "Reload the list and try again.")
                work(change, rows)
        return joined(done)

    def _by_store(self, memory_ids: Sequence[str], grant: "Grant | None" = None) -> list[tuple["CubeStore", list[str]]]:
        """The ids by the cube that holds them (of what a grant admits, if any); `NotFoundError` when one is in none."""
        wanted = list(dict.fromkeys(memory_ids))
        found: list[tuple[CubeStore, list[str]]] = []
        for store in self._shelf.all_open() if grant is None else self._granted(grant):
            with store.read() as session:
                here = [row.id for row in items.by_ids(session, wanted, grant.scope if grant else None)]
            if here:
                found.append((store, here))
                wanted = [item_id for item_id in wanted if item_id not in set(here)]
        if wanted:
            raise NotFoundError(
                "There is no memory with this id.", "It may have been forgotten, or its cube is locked."
            )
        return found

    def _granted(self, grant: "Grant") -> tuple["CubeStore", ...]:
        return tuple(self._shelf.get(cube_id) for cube_id in grant.cube_ids)
