"""Forgetting, emptying the trash, deleting conversations: what is erased for good, over all the open cubes."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from memos_engine.cube import conversations, items, messages
from memos_engine.cube.ids import new_id
from memos_engine.governance.gate import Grant
from memos_engine.lifecycle import move, trash
from memos_engine.lifecycle.change import counted, joined
from memos_engine.lifecycle.echoes import echoes, echoes_elsewhere, inferred_from, spans
from memos_engine.lifecycle.erasing import Eraser
from memos_engine.lifecycle.forget import widened
from memos_engine.lifecycle.operations import Operations
from memos_engine.lifecycle.rollback import learned_from
from memos_engine.types import (
    CancelToken,
    Echo,
    ForgetPreview,
    Kind,
    MemoryChanges,
    ProgressCallback,
    no_progress,
    now,
)

if TYPE_CHECKING:
    from memos_engine.cube.store import CubeStore

_HOUSEKEEPING = "lifecycle"


class Forgetting(Operations):
    """What cannot be undone."""

    def forget_preview(self, memory_ids: Sequence[str], grant: Grant) -> ForgetPreview:
        """What forgetting would erase of the memories that the grant admits, and what else in its cubes says the same.

        `NotFoundError` when one is not among them.
        """
        parts: list[ForgetPreview] = []
        moved: list[Echo] = []
        for store, ids in self._by_store(memory_ids, grant):
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
            moved += self._where_they_came_from(store, ids)
        wanted = [memory for part in parts for memory in part.memories]
        for store in self._granted(grant):
            here = [echo for echo in moved if echo.cube_id == store.cube_id]
            if store.cube_id in {memory.cube_id for memory in wanted}:
                parts.append(ForgetPreview((), (), tuple(here)))
                continue
            with store.read() as session:
                parts.append(ForgetPreview((), (), tuple(echoes_elsewhere(session, store.cube_id, wanted, here))))
        return ForgetPreview(
            tuple(wanted),
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
        """Erase for good, in batches of whole memories: text, versions, vectors, index entries, the quoted spans (where
        they were moved from too, while that cube is open), and the ticked echoes.

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

    def delete_conversation(self, conversation_id: str, *, forget_learned: bool) -> MemoryChanges:
        """Delete a conversation and its turns. What was learned there is forgotten (what was told elsewhere too stays,
        without what it quotes from there), or stays with quotes of its own."""
        store = self._shelf.find_conversation(conversation_id)
        label = "Delete a chat"
        eraser = Eraser(store, self._retrieval, label)
        if forget_learned:
            with store.read() as session:
                learned = [row.id for row in learned_from(session, conversation_id)]
            eraser.forget(learned, (), no_progress, None)
        with store.write() as session:
            conversations.delete(session, conversation_id, keep_quotes=not forget_learned)
        eraser.finish()
        deleted = MemoryChanges(label=label, conversations=(conversation_id,), review=True)
        return joined([eraser.changes, deleted])

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
        moved = [echo for store, ids in held for echo in self._where_they_came_from(store, ids)]
        also = list(dict.fromkeys([*also, *moved]))
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
        self._forget_elsewhere(joined(parts).ids)
        return joined(parts)

    def _where_they_came_from(self, store: "CubeStore", memory_ids: Sequence[str]) -> list[Echo]:
        """The spans in other open cubes from which memories were read that have moved from there."""
        with store.read() as session:
            rows = widened(session, items.by_ids(session, memory_ids))
            told = [source for row in rows for source in spans(session, row) if source.kept_from]
        quotes: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for source in told:
            quotes[source.kept_from].append((source.start, source.end, source.quote))
        found: dict[Echo, None] = {}
        for other in self._shelf.all_open() if quotes else ():
            with other.read() as session:
                for message in messages.by_ids(session, list(quotes)).values():
                    for start, end, quote in quotes[message.id]:
                        at = start if message.text[start:end] == quote else message.text.find(quote)
                        if quote.strip() and at >= 0:
                            end = at + len(quote)
                            echo = Echo("message", message.id, other.cube_id, message.text, at, end, exact=True)
                            found[echo] = None
        return list(found)

    def _forget_elsewhere(self, memory_ids: Sequence[str]) -> None:
        """In all cubes: that replies had these memories before them, and that turns are spent as they moved away."""
        for store in self._shelf.all_open() if memory_ids else ():
            with store.read() as session:
                known = move.departed(session, memory_ids) or messages.replies_with(session, memory_ids)
            if known:
                with store.write() as session:
                    move.forget_departed(session, memory_ids)
                    messages.forget_used(session, memory_ids)

    def _ticked_memories(self, also: Sequence[Echo]) -> list[str]:
        """Ids of the ticked memories that are still there; of passages of documents only the span is erased."""
        ids: list[str] = []
        for cube_id in dict.fromkeys(echo.cube_id for echo in also if echo.kind == "memory"):
            ticked = [echo.id for echo in also if echo.kind == "memory" and echo.cube_id == cube_id]
            with self._shelf.get(cube_id).read() as session:
                ids += [row.id for row in items.by_ids(session, ticked) if row.kind is not Kind.CHUNK]
        return ids
