"""The one class that changes memories."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from memos_engine.lifecycle.provenance import Provenance, Reading
from memos_engine.types import (
    Candidate,
    Kind,
    MemoryChanges,
)

if TYPE_CHECKING:
    from memos_engine.cube.shelf import CubeShelf
    from memos_engine.cube.store import CubeStore
    from memos_engine.retrieval.retrieval import Retrieval


class Lifecycle:
    """Every change of memories: each call is one operation, durable on return, undone as a whole."""

    def __init__(self, shelf: "CubeShelf", retrieval: "Retrieval") -> None:
        self._shelf = shelf
        self._retrieval = retrieval

    def absorb(
        self,
        store: "CubeStore",
        candidates: Sequence[Candidate],
        provenance: Provenance,
        *,
        actor: str = "chat",
        ask: bool = False,
    ) -> MemoryChanges:
        """Remember what a reader found in one text; marks its message as read in the same transaction.

        `actor` is `chat` for what was said to the program just now, `import` for all else. With `ask` nothing is
        activated: candidates wait on the review list. Withheld candidates are left out; a caller whose person said so
        passes them with `withheld` cleared.
        """
        raise NotImplementedError

    def absorb_many(
        self, store: "CubeStore", readings: Sequence[Reading], *, actor: str = "import", ask: bool = False
    ) -> MemoryChanges:
        """The same for many texts (in the order in which they were said) as one operation and one transaction."""
        raise NotImplementedError

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
        """Add by the person's own hand: kept as written, confirmed."""
        raise NotImplementedError

    def rollback_messages(self, message_ids: Sequence[str]) -> MemoryChanges:
        """Take out what was remembered from these messages, except what the person confirmed; what it had superseded
        returns. One undoable operation."""
        raise NotImplementedError

    def delete_conversation(self, conversation_id: str, *, forget_learned: bool) -> MemoryChanges:
        """Delete a conversation and its turns. What was learned there is forgotten, or stays with quotes of its own."""
        raise NotImplementedError

    def expire(self, *, trash_days: int, at: datetime | None = None) -> MemoryChanges:
        """Housekeeping over all open cubes: memories past their lifespan expire, trash older than `trash_days` goes."""
        raise NotImplementedError

    def recover(self) -> None:
        """After an unlock: finish or drop the moves between cubes that a crash cut."""
        raise NotImplementedError

    def without_forgotten(self, store: "CubeStore", text: str) -> str:
        """`text` as it may be stored by an import: spans of it that were forgotten in this cube are redacted."""
        raise NotImplementedError

    # and, with the promises of services/memories.py: edit, confirm, pin, move, remove, restore, forget_preview, forget,
    # empty_trash, last_operation, undo, review, resolve
