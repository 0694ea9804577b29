"""Moves between cubes as operations: one for all the cubes that are left, finished or dropped after a crash."""

import logging
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from memos_engine.cube import items, operations
from memos_engine.cube.ids import new_id
from memos_engine.cube.tables import MoveRow, OperationRow
from memos_engine.errors import MemosError
from memos_engine.lifecycle import move
from memos_engine.lifecycle.change import Change, counted, joined
from memos_engine.lifecycle.operations import Operations
from memos_engine.lifecycle.order import PERSON
from memos_engine.lifecycle.undo import fresh, undo
from memos_engine.types import MemoryChanges

if TYPE_CHECKING:
    from memos_engine.cube.store import CubeStore

_log = logging.getLogger(__name__)


class Moving(Operations):
    """Carrying memories over, and back."""

    def move(self, memory_ids: Sequence[str], cube_id: str) -> MemoryChanges:
        """Move to another cube with versions, history and quotes; after a crash all of them are in it, or none."""
        target = self._shelf.get(cube_id)
        leaving = [(store, ids) for store, ids in self._by_store(memory_ids) if store is not target]
        if not leaving:
            return MemoryChanges()
        operation = new_id()
        try:
            for store, ids in leaving:
                with store.write() as session:
                    rows = move.movable(session, items.by_ids(session, ids))
                    move.note(session, operation, target.cube_id, [row.id for row in rows])
            done = self._carry(target, leaving, operation, counted("Move", len(memory_ids)))
        except MemosError:
            self._put_right(operation)
            raise
        traces = self._scrub([store for store, _ in leaving])
        cubes = (*(store.cube_id for store, _ in leaving), target.cube_id)
        return joined([*done, MemoryChanges(cubes=cubes, traces=traces)])

    def recover(self) -> None:
        """After an unlock: finish or drop the moves between cubes that a crash cut, and finish undos that it cut.

        What concerns a cube that is locked waits for the next call.
        """
        cut: dict[str, None] = {}
        for store in self._shelf.all_open():
            with store.read() as session:
                cut.update((note.operation_id, None) for note in move.unfinished(session))
        for operation in cut:
            self._settle(operation)

    # --- over

    def _carry(
        self, target: "CubeStore", leaving: Sequence[tuple["CubeStore", list[str]]], operation: str, label: str
    ) -> list[MemoryChanges]:
        with self._several, ExitStack() as stack:
            sessions = [stack.enter_context(store.write()) for store, _ in leaving]
            cargo = [
                move.packed(session, move.movable(session, items.by_ids(session, ids)))
                for session, (_, ids) in zip(sessions, leaving, strict=True)
            ]
            with self._change(target, label, PERSON, operation) as (change, done):
                move.arrive(change, [each for part in cargo for each in part])
            for session, part in zip(sessions, cargo, strict=True):
                move.let_go(session, operation, [each.id for each in part])
        return done

    def _scrub(self, left: Sequence["CubeStore"]) -> bool:
        """What has moved away stays in no page, no log and no vector index of the cubes that it left; whether the disk
        refused that."""
        refused = False
        for store in left:
            try:
                store.scrub()
                self._retrieval.follow(store.cube_id)
            except MemosError as error:
                _log.warning("cube %s keeps traces of what moved away: %s", store.cube_id, error.message)
                refused = True
        return refused

    def _put_right(self, operation: str) -> None:
        """After a failure: as after a crash, now where it can be."""
        with suppress(MemosError):
            self._settle(operation)

    def _settle(self, operation: str) -> None:
        """Finish a move, or the undo of one, that has arrived somewhere; drop one that has not."""
        open_now = {store.cube_id: store for store in self._shelf.all_open()}
        left: list[tuple[CubeStore, MoveRow]] = []
        arrivals: list[OperationRow] = []
        for store in open_now.values():
            with store.read() as session:
                left += [(store, note) for note in move.notes_of(session, operation) if not note.let_go]
        targets = {note.target for _, note in left}
        if not targets <= open_now.keys():
            return
        for cube_id in targets:
            with open_now[cube_id].read() as session:
                arrivals += [row for row in [operations.find(session, operation)] if row is not None]
        if not arrivals:
            for store, _ in left:
                with store.write() as session:
                    move.drop_notes(session, operation)
        elif arrivals[0].undoes is not None:
            lefts = [(open_now[note.target], note) for _, note in left]
            self._carry_back(left[0][0], lefts, arrivals[0].undoes, operation)
        else:
            self._let_go(operation, left, open_now)

    def _let_go(
        self, operation: str, left: Sequence[tuple["CubeStore", MoveRow]], open_now: dict[str, "CubeStore"]
    ) -> None:
        for store, note in left:
            with open_now[note.target].read() as session:
                arrived = move.brought_by(session, operation)
            with store.write() as session:
                move.let_go(session, operation, list(dict.fromkeys([*note.item_ids, *arrived])))
        self._scrub([store for store, _ in left])

    # --- back

    def _lefts(self, operation: str, target: "CubeStore") -> list[tuple["CubeStore", MoveRow]]:
        """The open cubes that a move's memories came from, with their notes."""
        found: list[tuple[CubeStore, MoveRow]] = []
        for store in self._shelf.all_open():
            with store.read() as session:
                found += [(store, note) for note in move.notes_of(session, operation) if note.target == target.cube_id]
        return found

    def _carry_back(
        self, target: "CubeStore", lefts: Sequence[tuple["CubeStore", MoveRow]], operation: str, undoing: str
    ) -> MemoryChanges:
        """Undo a move. Called again after a crash, it goes on where that one stopped."""
        parts: list[MemoryChanges] = []
        with target.write() as session:
            if not move.notes_of(session, undoing):
                for left, note in lefts:
                    move.note(session, undoing, left.cube_id, note.item_ids)
        with self._several, ExitStack() as stack:
            session = stack.enter_context(target.write())
            undone = fresh(session, operation)
            label = f"Undo: {undone.label}"
            change = Change(session, target.cube_id, label, PERSON, id=undoing, undoable=False, undoes=operation)
            brought = set(move.brought_by(session, operation))
            undo(change, undone, leave_alone=move.only_carried(session, operation), leaving=brought)
            gone: list[str] = []
            for left, note in lefts:
                here = items.by_ids(session, [item_id for item_id in note.item_ids if item_id in brought])
                cargo = move.packed(session, here)
                gone += [each.id for each in cargo]
                with self._change(left, label, PERSON, undoing, undoes=operation) as (back, done):
                    if operations.find(back.session, undoing) is None:
                        move.mark_undone(back.session, undone)
                        move.arrive(back, cargo, move.RETURNED)
                        move.drop_notes(back.session, operation)
                parts += done
            move.let_go(session, undoing, gone)
            move.drop_notes(session, undoing)
            parts.append(change.finish(but=gone))
        traces = self._scrub([target])
        cubes = (target.cube_id, *(left.cube_id for left, _ in lefts))
        return joined([*parts, MemoryChanges(cubes=cubes, traces=traces)])
