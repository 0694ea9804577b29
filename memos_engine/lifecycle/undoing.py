"""Taking operations back, over all the cubes that they changed."""

import logging
from typing import TYPE_CHECKING

from sqlmodel import col, select

from memos_engine.cube import operations
from memos_engine.cube.ids import new_id
from memos_engine.cube.tables import OperationRow
from memos_engine.errors import CubeLockedError, InputError, MemosError, NotFoundError
from memos_engine.lifecycle import move
from memos_engine.lifecycle.change import joined
from memos_engine.lifecycle.moving import Moving
from memos_engine.lifecycle.order import PERSON
from memos_engine.lifecycle.undo import check, fresh, latest, undo
from memos_engine.types import MemoryChanges

if TYPE_CHECKING:
    from memos_engine.cube.store import CubeStore

_log = logging.getLogger(__name__)


class Undoing(Moving):
    """Undo, in all cubes or in none; what a crash cuts between two of them is finished at the next unlock."""

    def last_operation(self) -> MemoryChanges | None:
        """What `undo()` would take back (its id and label), or None."""
        found = self._last()
        return None if found is None else MemoryChanges(operation=found.id, label=found.label)

    def undo(self, operation: str | None = None) -> MemoryChanges:
        """Take back an operation (default: the last) as a whole.

        Raises `NotFoundError` when there is none, and `InputError` when a memory of it was changed since: nothing is
        undone then.
        """
        if operation is None:
            last = self._last()
            if last is None:
                raise NotFoundError("There is nothing to undo.")
            operation = last.id
        held = self._holding(operation)
        undoing = new_id()
        for store, row in held:
            with store.read() as session:
                check(session, row)
                if move.is_move(session, operation):
                    return self._undo_move(store, operation, undoing)
        stores = [store for store, _ in held]
        with self._changes(stores, f"Undo: {held[0][1].label}", undoes=operation, operation=undoing) as (changes, done):
            for change in changes:
                undo(change, fresh(change.session, operation))
        return joined(done)

    def recover(self) -> None:
        """After an unlock: finish or drop the moves between cubes that a crash cut, and finish undos that it cut.

        What concerns a locked cube waits for the next call; an undo that other changes stand against by now does
        not keep the home from opening.
        """
        super().recover()
        stores = self._shelf.all_open()
        undone: dict[str, str] = {}
        for store in stores if len(stores) > 1 else ():
            with store.read() as session:
                rows = session.exec(select(OperationRow).where(col(OperationRow.undoes).is_not(None)))
                undone.update((row.undoes, row.id) for row in rows if row.undoes is not None)
        for store in stores if undone else ():
            with store.read() as session:
                left = select(OperationRow).where(col(OperationRow.undoable), col(OperationRow.undone).is_(False))
                cut = [row for row in session.exec(left) if row.id in undone and not move.is_move(session, row.id)]
            for row in cut:
                label, undoing = f"Undo: {row.label}", undone[row.id]
                try:
                    with self._change(store, label, PERSON, undoing, undoes=row.id) as (change, _):
                        undo(change, fresh(change.session, row.id))
                except MemosError as error:
                    _log.warning("an undo that was cut cannot be finished: %s", error.message)

    def _undo_move(self, store: "CubeStore", operation: str, undoing: str) -> MemoryChanges:
        lefts = self._lefts(operation, store)
        known = {item_id for _, note in lefts for item_id in note.item_ids}
        with store.read() as session:
            if not known.issuperset(move.brought_by(session, operation)):
                raise CubeLockedError(
                    "The cube that these memories came from is locked or gone.",
                    "Unlock it first, or move them to a cube of your choice.",
                )
        try:
            return self._carry_back(store, lefts, operation, undoing)
        except MemosError:
            self._put_right(undoing)
            raise

    def _last(self) -> OperationRow | None:
        found: list[OperationRow] = []
        for store in self._shelf.all_open():
            with store.read() as session:
                row = latest(session)
                if row is not None:
                    found.append(row)
        return max(found, key=lambda row: row.time, default=None)

    def _holding(self, operation: str) -> list[tuple["CubeStore", OperationRow]]:
        held: list[tuple[CubeStore, OperationRow]] = []
        for store in self._shelf.all_open():
            with store.read() as session:
                row = operations.find(session, operation)
            if row is not None and not row.undone:
                held.append((store, row))
        if not held:
            raise NotFoundError("There is no such operation to undo.", "It may have been undone already.")
        if not all(row.undoable for _, row in held):
            raise InputError("This cannot be undone.", "What was forgotten is gone for good.")
        return held
