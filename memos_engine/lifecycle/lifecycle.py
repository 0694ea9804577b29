"""The one class that changes memories."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session

from memos_engine.cube import conversations, items, operations, reviews
from memos_engine.cube.ids import new_id
from memos_engine.cube.tables import ItemRow, OperationRow
from memos_engine.errors import CubeLockedError, InputError, MemosError, NotFoundError
from memos_engine.lifecycle import absorb as absorbing
from memos_engine.lifecycle import hand, move, tombs, trash
from memos_engine.lifecycle.change import Change, counted, joined
from memos_engine.lifecycle.echoes import echoes, echoes_elsewhere, inferred_from
from memos_engine.lifecycle.erasing import Eraser
from memos_engine.lifecycle.near import list_near_duplicates
from memos_engine.lifecycle.order import PERSON
from memos_engine.lifecycle.provenance import Provenance, Reading
from memos_engine.lifecycle.resolve import resolve
from memos_engine.lifecycle.review import open_entries
from memos_engine.lifecycle.rollback import learned_from, rollback
from memos_engine.lifecycle.undo import check, latest, undo
from memos_engine.types import (
    Agreement,
    CancelToken,
    Candidate,
    Echo,
    ForgetPreview,
    Kind,
    MemoryChanges,
    NewTime,
    ProgressCallback,
    ReviewEntry,
    no_progress,
    now,
)

if TYPE_CHECKING:
    from memos_engine.cube.shelf import CubeShelf
    from memos_engine.cube.store import CubeStore
    from memos_engine.retrieval.retrieval import Retrieval

_log = logging.getLogger(__name__)
_HOUSEKEEPING = "lifecycle"


class Lifecycle:
    """Every change of memories: each call is one operation, durable on return, undone as a whole.

    An operation over memories of several cubes carries one id in all of them. Ids that do not exist, or lie in a locked
    cube, are `NotFoundError`.
    """

    def __init__(self, shelf: "CubeShelf", retrieval: "Retrieval") -> None:
        self._shelf = shelf
        self._retrieval = retrieval

    # --- remembering

    def absorb(
        self,
        store: "CubeStore",
        candidates: Sequence[Candidate],
        provenance: Provenance,
        *,
        actor: str = absorbing.CHAT,
        ask: bool = False,
    ) -> MemoryChanges:
        """Remember what a reader found in one text; marks its message as read in the same transaction.

        `actor` is `chat` for what was said to the program just now, `import` for all else. With `ask` nothing is
        activated: candidates wait on the review list. Withheld candidates are left out; a caller whose person said so
        passes them with `withheld` cleared.
        """
        return self.absorb_many(store, [Reading(provenance, candidates)], actor=actor, ask=ask)

    def absorb_many(
        self, store: "CubeStore", readings: Sequence[Reading], *, actor: str = "import", ask: bool = False
    ) -> MemoryChanges:
        """The same for many texts (in the order in which they were said) as one operation and one transaction."""
        with self._change(store, "Remember", actor) as (change, result):
            added = absorbing.absorb(change, readings, ask=ask)
            change.label = counted("Remember", max(len(added), 1))
        listed = self._near_duplicates(store, added)
        return joined([*result, MemoryChanges(review=listed)])

    def remember(
        self,
        text: str,
        *,
        cube_id: str,
        kind: Kind = Kind.FACT,
        valid_from: datetime | None = None,
        tags: Sequence[str] = (),
        candidate: Candidate | None = None,
    ) -> MemoryChanges:
        """Add by the person's own hand: kept as written, confirmed.

        `candidate`, what a reader made of the same text, lends subject, slot and value, so that it replaces an older
        value. Raises `InputError` for an empty or overlong text, or a kind that is not written by hand.
        """
        store = self._shelf.get(cube_id)
        with self._change(store, "Remember 1 memory", PERSON) as (change, result):
            row = hand.write(change, text, kind=kind, valid_from=valid_from, tags=tags, candidate=candidate)
        listed = self._near_duplicates(store, [row])
        return joined([*result, MemoryChanges(review=listed)])

    def rollback_messages(self, message_ids: Sequence[str]) -> MemoryChanges:
        """Take out what was remembered from these messages, except what the person confirmed; what it had superseded
        returns. One undoable operation."""
        operation = new_id()
        parts: list[MemoryChanges] = []
        for store in self._shelf.all_open():
            with self._change(store, "Take back what an edited message said", absorbing.CHAT, operation) as (
                change,
                done,
            ):
                rollback(change, message_ids)
            parts += done
        return joined(parts)

    def delete_conversation(self, conversation_id: str, *, forget_learned: bool) -> MemoryChanges:
        """Delete a conversation and its turns. What was learned there is forgotten (what was told elsewhere too stays,
        without what it quotes from there), or stays with quotes of its own."""
        store = self._shelf.find_conversation(conversation_id)
        eraser = Eraser(store, self._retrieval, "Delete a conversation")
        if forget_learned:
            with store.read() as session:
                learned = [row.id for row in learned_from(session, conversation_id)]
            eraser.forget(learned, (), no_progress, None)
        with store.write() as session:
            conversations.delete(session, conversation_id, keep_quotes=not forget_learned)
        eraser.finish()
        deleted = MemoryChanges(conversations=(conversation_id,), review=True)
        return joined([eraser.changes, deleted])

    # --- by hand

    def edit(
        self,
        memory_id: str,
        text: str | None = None,
        *,
        kind: Kind | None = None,
        valid_from: NewTime = None,
        valid_to: NewTime = None,
        tags: Sequence[str] | None = None,
    ) -> MemoryChanges:
        """Change what is given (`CLEAR` takes a time away); a new version, confirmed.

        `InputError` for a frozen memory or a verbatim turn.
        """

        def work(change: Change, rows: list[ItemRow]) -> None:
            hand.edit(change, rows[0], text, kind=kind, valid_from=valid_from, valid_to=valid_to, tags=tags)

        return self._on_items([memory_id], "Edit a memory", work)

    def confirm(self, memory_ids: Sequence[str]) -> MemoryChanges:
        """Accept candidates that wait, and mark memories as the person's own word."""
        return self._on_items(memory_ids, counted("Confirm", len(memory_ids)), hand.confirm)

    def pin(self, memory_ids: Sequence[str], pinned: bool) -> MemoryChanges:
        """Pin or unpin."""
        label = counted("Pin" if pinned else "Unpin", len(memory_ids))
        return self._on_items(memory_ids, label, lambda change, rows: hand.pin(change, rows, pinned))

    def remove(self, memory_ids: Sequence[str]) -> MemoryChanges:
        """To the trash, with what was inferred from them."""
        return self._on_items(memory_ids, counted("Remove", len(memory_ids)), trash.remove)

    def restore(self, memory_ids: Sequence[str]) -> MemoryChanges:
        """Back from the trash, with what had fallen with them."""
        return self._on_items(memory_ids, counted("Restore", len(memory_ids)), trash.restore)

    def move(self, memory_ids: Sequence[str], cube_id: str) -> MemoryChanges:
        """Move to another cube; after a crash each operation's memories are in one cube or the other."""
        target = self._shelf.get(cube_id)
        operation, label = new_id(), counted("Move", len(memory_ids))
        parts: list[MemoryChanges] = []
        for store, ids in self._by_store(memory_ids):
            if store is not target:
                parts.append(self._carry(store, target, ids, operation if not parts else new_id(), label))
        return joined(parts)

    # --- forgetting

    def forget_preview(self, memory_ids: Sequence[str]) -> ForgetPreview:
        """What forgetting would erase, and what else says the same."""
        parts: list[ForgetPreview] = []
        for store, ids in self._by_store(memory_ids):
            with store.read() as session:
                rows = items.by_ids(session, ids)
                inferred = inferred_from(session, rows)
                parts.append(
                    ForgetPreview(
                        tuple(items.to_memories(session, rows, store.cube_id)),
                        tuple(items.to_memories(session, inferred, store.cube_id)),
                        tuple(echoes(session, store.cube_id, [*rows, *inferred])),
                    )
                )
        for store in self._shelf.all_open():
            if store.cube_id not in {memory.cube_id for part in parts for memory in part.memories}:
                with store.read() as session:
                    wanted = [memory for part in parts for memory in part.memories]
                    parts.append(ForgetPreview((), (), tuple(echoes_elsewhere(session, store.cube_id, wanted))))
        return ForgetPreview(
            tuple(memory for part in parts for memory in part.memories),
            tuple(memory for part in parts for memory in part.inferred),
            tuple(echo for part in parts for echo in part.echoes),
        )

    def forget(
        self,
        memory_ids: Sequence[str],
        also: Sequence[Echo] = (),
        *,
        progress: ProgressCallback = no_progress,
        cancel: CancelToken | None = None,
    ) -> MemoryChanges:
        """Erase for good, in batches of whole memories.

        A stop ends it between two batches: what was erased until then is told by the result. Raises `CancelledError`
        when that is nothing. Cannot be undone.
        """
        memory_ids = list(dict.fromkeys([*memory_ids, *self._ticked_memories(also)]))
        label = counted("Forget", len(memory_ids))
        return self._erase(memory_ids, also, label, progress, cancel)

    def empty_trash(
        self, *, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None
    ) -> MemoryChanges:
        """Forget everything in the trash, the quoted spans included."""
        ids: list[str] = []
        for store in self._shelf.all_open():
            with store.read() as session:
                ids += [row.id for row in trash.in_trash(session)]
        return self._erase(ids, (), "Empty the trash", progress, cancel) if ids else MemoryChanges()

    # --- undo

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
        for store, row in held:
            with store.read() as session:
                check(session, row)
                if move.is_move(session, operation) and self._came_from(operation, store) is None:
                    raise CubeLockedError(
                        "The cube that these memories came from is locked or gone.",
                        "Unlock it first, or move them to a cube of your choice.",
                    )
        undoing = new_id()
        parts: list[MemoryChanges] = []
        for store, row in held:
            came_from = self._came_from(operation, store)
            if came_from is not None:
                parts.append(self._carry_back(store, came_from, row, undoing))
                continue
            with self._change(store, f"Undo: {row.label}", PERSON, undoing, undoes=operation) as (change, done):
                undo(change, _fresh(change.session, operation))
            parts += done
        return joined(parts)

    # --- review

    def review(self, cube_ids: Sequence[str]) -> tuple[ReviewEntry, ...]:
        """What waits for a word in these cubes, newest first."""
        entries: list[ReviewEntry] = []
        for store in self._shelf.stores(cube_ids) if cube_ids else ():
            with store.read() as session:
                entries += reviews.to_entries(session, open_entries(session), store.cube_id)
        return tuple(sorted(entries, key=lambda entry: entry.since, reverse=True))

    def resolve(self, review_id: str, decision: Agreement) -> MemoryChanges:
        """Carry out the person's word on an entry. Raises `NotFoundError`, `InputError`."""
        for store in self._shelf.all_open():
            with store.read() as session:
                if not any(entry.id == review_id for entry in open_entries(session)):
                    continue
            with self._change(store, "Decide on the review list", PERSON) as (change, done):
                resolve(change, reviews.by_id(change.session, review_id), decision)
            return joined(done)
        raise NotFoundError("There is no such entry on the review list.", "It may have been decided already.")

    # --- housekeeping

    def expire(self, *, trash_days: int, at: datetime | None = None) -> MemoryChanges:
        """Memories past their lifespan expire; what lay in the trash for `trash_days` is erased for good.

        The words of messages stay as they are: nobody looked at a preview. Not undoable.
        """
        at = at or now()
        operation = new_id()
        parts: list[MemoryChanges] = []
        for store in self._shelf.all_open():
            with self._change(store, "Expire", _HOUSEKEEPING, operation, undoable=False) as (change, done):
                trash.expire(change, at)
                old = [row.id for row in trash.in_trash(change.session, before=at - timedelta(days=trash_days))]
            parts += done
            if old:
                eraser = Eraser(store, self._retrieval, "Empty the trash", actor=_HOUSEKEEPING, quotes=False)
                eraser.forget(old, (), no_progress, None)
                eraser.finish()
                parts.append(eraser.changes)
        return joined(parts)

    def recover(self) -> None:
        """After an unlock: finish or drop the moves between cubes that a crash cut.

        A move to or from a cube that is locked waits for the next call.
        """
        open_now = {store.cube_id: store for store in self._shelf.all_open()}
        for store in open_now.values():
            with store.read() as session:
                cut = move.unfinished(session)
            for note in cut:
                if note.target in open_now:
                    move.finish(store, note, open_now[note.target])

    def without_forgotten(self, store: "CubeStore", texts: Sequence[str]) -> list[str]:
        """Texts as they may be stored by an import: spans of them that were forgotten in this cube are redacted."""
        with store.read() as session:
            return tombs.redacted_before(session, texts)

    # --- inside

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

    def _near_duplicates(self, store: "CubeStore", added: Sequence[ItemRow]) -> bool:
        """List near duplicates of what is kept by now: a fault at that is no fault of the remembering."""
        try:
            return list_near_duplicates(store, self._retrieval, added)
        except MemosError as error:
            _log.warning("near duplicates were not looked for: %s", error.message)
            return False

    def _on_items(
        self, memory_ids: Sequence[str], label: str, work: Callable[[Change, list[ItemRow]], None]
    ) -> MemoryChanges:
        operation = new_id()
        parts: list[MemoryChanges] = []
        for store, ids in self._by_store(memory_ids):
            with self._change(store, label, PERSON, operation) as (change, done):
                work(change, items.by_ids(change.session, ids))
            parts += done
        return joined(parts)

    def _by_store(self, memory_ids: Sequence[str]) -> list[tuple["CubeStore", list[str]]]:
        """The ids by the cube that holds them; `NotFoundError` when one is in none."""
        wanted = list(dict.fromkeys(memory_ids))
        found: list[tuple[CubeStore, list[str]]] = []
        for store in self._shelf.all_open():
            with store.read() as session:
                here = [row.id for row in items.by_ids(session, wanted)]
            if here:
                found.append((store, here))
                wanted = [item_id for item_id in wanted if item_id not in set(here)]
        if wanted:
            raise NotFoundError(
                "There is no memory with this id.", "It may have been forgotten, or its cube is locked."
            )
        return found

    def _erase(
        self,
        memory_ids: Sequence[str],
        also: Sequence[Echo],
        label: str,
        progress: ProgressCallback,
        cancel: CancelToken | None,
    ) -> MemoryChanges:
        parts: list[MemoryChanges] = []
        held = self._by_store(memory_ids)
        stores = {store.cube_id: (store, ids) for store, ids in held}
        for cube_id in dict.fromkeys(echo.cube_id for echo in also):
            stores.setdefault(cube_id, (self._shelf.get(cube_id), []))
        done, operation = 0, new_id()
        for store, ids in stores.values():
            eraser = Eraser(store, self._retrieval, label, operation=operation)
            try:
                mine = [echo for echo in also if echo.cube_id == store.cube_id]
                done = eraser.forget(
                    ids, mine, progress, cancel, done=done, total=len(memory_ids), stop_quietly=done > 0
                )
            finally:
                eraser.finish()
            parts.append(eraser.changes)
        return joined(parts)

    def _ticked_memories(self, also: Sequence[Echo]) -> list[str]:
        """Ids of the ticked memories that are still there; of passages of documents only the span is erased."""
        ids: list[str] = []
        for cube_id in dict.fromkeys(echo.cube_id for echo in also if echo.kind == "memory"):
            ticked = [echo.id for echo in also if echo.kind == "memory" and echo.cube_id == cube_id]
            with self._shelf.get(cube_id).read() as session:
                ids += [row.id for row in items.by_ids(session, ticked) if row.kind is not Kind.CHUNK]
        return ids

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

    # --- between cubes

    def _carry(
        self, left: "CubeStore", target: "CubeStore", ids: Sequence[str], operation: str, label: str
    ) -> MemoryChanges:
        with left.write() as session:
            cargo = move.note(session, operation, target.cube_id, move.movable(session, items.by_ids(session, ids)))
        with self._change(target, label, PERSON, operation) as (change, done):
            move.arrive(change, cargo, move.ARRIVED)
        with left.write() as session:
            move.let_go(session, operation, [each.item["id"] for each in cargo])
        self._scrub(left)
        return joined([*done, MemoryChanges(cubes=(left.cube_id, target.cube_id))])

    def _scrub(self, left: "CubeStore") -> None:
        """What has moved away stays in no page, no log and no vector index of the cube that it left."""
        left.scrub()
        self._retrieval.follow(left.cube_id)

    def _came_from(self, operation: str, target: "CubeStore") -> "CubeStore | None":
        for store in self._shelf.all_open():
            with store.read() as session:
                note = move.note_of(session, operation)
            if note is not None and note.target == target.cube_id:
                return store
        return None

    def _carry_back(
        self, target: "CubeStore", left: "CubeStore", operation: OperationRow, undoing: str
    ) -> MemoryChanges:
        with target.write() as session:
            rows = move.brought_by(session, operation.id)
            cargo = move.note(session, undoing, left.cube_id, rows)
        label = f"Undo: {operation.label}"
        with self._change(left, label, PERSON, undoing, undoes=operation.id) as (change, done):
            move.mark_undone(change.session, operation)
            move.arrive(change, cargo, "its move was undone")
            move.drop_note(change.session, operation.id)
        with target.write() as session:
            move.let_go(session, undoing, [each.item["id"] for each in cargo])
            move.drop_note(session, undoing)
            operations.mark_undone(session, _fresh(session, operation.id))
        self._scrub(target)
        return joined([*done, MemoryChanges(cubes=(left.cube_id, target.cube_id))])


def _fresh(session: Session, operation: str) -> OperationRow:
    row = operations.find(session, operation)
    if row is None:
        raise NotFoundError("There is no such operation to undo.")
    return row
