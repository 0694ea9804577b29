"""Forgetting many memories of one cube: in batches, with progress, then out of the log and the vector index."""

import logging
from collections.abc import Sequence

from memos_engine.cube import items
from memos_engine.cube.ids import new_id
from memos_engine.cube.store import CubeStore
from memos_engine.errors import MemosError
from memos_engine.lifecycle.change import Change, joined
from memos_engine.lifecycle.forget import forget, widened
from memos_engine.lifecycle.order import PERSON
from memos_engine.retrieval.retrieval import Retrieval
from memos_engine.types import CancelToken, Echo, MemoryChanges, Progress, ProgressCallback

_log = logging.getLogger(__name__)

_BATCH = 100
"""Memories of one transaction: other writers wait no longer than one takes."""


class Eraser:
    """One operation that erases in one cube. Call `finish` also when it was stopped."""

    def __init__(
        self,
        store: CubeStore,
        retrieval: Retrieval,
        label: str,
        *,
        actor: str = PERSON,
        operation: str | None = None,
        quotes: bool = True,
    ) -> None:
        self._store = store
        self._retrieval = retrieval
        self._label = label
        self._actor = actor
        self._operation = operation or new_id()
        self._quotes = quotes
        self._parts: list[MemoryChanges] = []

    @property
    def changes(self) -> MemoryChanges:
        """What was erased so far."""
        return joined(self._parts)

    def forget(
        self,
        memory_ids: Sequence[str],
        also: Sequence[Echo],
        progress: ProgressCallback,
        cancel: CancelToken | None,
        *,
        done: int = 0,
        total: int | None = None,
        stop_quietly: bool = False,
    ) -> int:
        """Erase memories and ticked echoes; returns how many memories are done, `done` from before included.

        When it is stopped it ends after a whole batch; `CancelledError` is raised only when nothing was erased (nor
        before, by `stop_quietly`).
        """
        total = len(memory_ids) if total is None else total
        for start in range(0, max(len(memory_ids), 1), _BATCH):
            if cancel is not None and cancel.cancelled:
                if not self._parts and not stop_quietly:
                    cancel.check()
                break
            batch = memory_ids[start : start + _BATCH]
            self._erase_batch(batch, also if start == 0 else ())
            done += len(batch)
            progress(Progress(done, total, "memories"))
        return done

    def finish(self) -> None:
        """Take what was erased out of the write-ahead log, the vector index and its sealed snapshot.

        What was erased is erased also where the disk refuses this: `changes` then tells of traces.
        """
        try:
            self._store.scrub()
            self._retrieval.follow(self._store.cube_id)
        except MemosError as error:
            _log.warning("cube %s keeps traces of what was forgotten: %s", self._store.cube_id, error.message)
            self._parts.append(MemoryChanges(traces=True))

    def _erase_batch(self, memory_ids: Sequence[str], also: Sequence[Echo]) -> None:
        with self._store.write() as session:
            change = Change(session, self._store.cube_id, self._label, self._actor, id=self._operation, undoable=False)
            if self._parts:
                change.continues()
            forget(change, widened(session, items.by_ids(session, memory_ids)), also, quotes=self._quotes)
            part = change.finish()
        self._parts.append(part)
