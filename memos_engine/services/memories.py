"""Browsing, editing, removing, forgetting and undoing memories."""

from collections.abc import Sequence
from datetime import datetime

from memos_engine.types import (
    Agreement,
    CancelToken,
    Echo,
    ForgetPreview,
    Kind,
    Memory,
    MemoryChanges,
    MemoryFilter,
    MemoryPage,
    MemoryVersion,
    ProgressCallback,
    ReviewEntry,
    no_progress,
)


class MemoryService:
    """What a person can see and do with what is remembered."""

    def browse(self, which: MemoryFilter) -> MemoryPage:
        """The filtered, sorted list (without sources)."""
        raise NotImplementedError

    def get(self, memory_id: str) -> Memory:
        """One memory with its sources; `NotFoundError`."""
        raise NotImplementedError

    def history(self, memory_id: str) -> tuple[MemoryVersion, ...]:
        """Its versions, and those of what it superseded, oldest first."""
        raise NotImplementedError

    def remember(
        self,
        text: str,
        *,
        cube_id: str | None = None,
        kind: Kind = Kind.FACT,
        valid_from: datetime | None = None,
        tags: Sequence[str] = (),
    ) -> MemoryChanges:
        """Add a memory by the person's own hand: kept as written, confirmed."""
        raise NotImplementedError

    def edit(
        self,
        memory_id: str,
        text: str | None = None,
        *,
        kind: Kind | None = None,
        valid_from: datetime | None = None,
        valid_to: datetime | None = None,
        tags: Sequence[str] | None = None,
    ) -> MemoryChanges:
        """Change what is given (None: leave as it is); a new version, confirmed."""
        raise NotImplementedError

    def confirm(self, memory_ids: Sequence[str]) -> MemoryChanges:
        """Accept candidates that wait, and mark memories as the person's own word."""
        raise NotImplementedError

    def pin(self, memory_ids: Sequence[str], pinned: bool) -> MemoryChanges:
        """Pinned memories come first and never expire."""
        raise NotImplementedError

    def move(self, memory_ids: Sequence[str], cube_id: str) -> MemoryChanges:
        """Move to another cube with versions and sources' quotes."""
        raise NotImplementedError

    def remove(self, memory_ids: Sequence[str]) -> MemoryChanges:
        """To the trash: out of every answer at once, undo for 30 days."""
        raise NotImplementedError

    def restore(self, memory_ids: Sequence[str]) -> MemoryChanges:
        """Back from the trash."""
        raise NotImplementedError

    def forget_preview(self, memory_ids: Sequence[str]) -> ForgetPreview:
        """What forgetting would erase, and what else says the same, for the person to tick."""
        raise NotImplementedError

    def forget(
        self,
        memory_ids: Sequence[str],
        also: Sequence[Echo] = (),
        *,
        progress: ProgressCallback = no_progress,
        cancel: CancelToken | None = None,
    ) -> MemoryChanges:
        """Erase for good: text, versions, vectors, index entries, the quoted spans, and the ticked echoes."""
        raise NotImplementedError

    def empty_trash(self) -> MemoryChanges:
        """Forget everything in the trash."""
        raise NotImplementedError

    def last_operation(self) -> MemoryChanges | None:
        """What `undo()` would take back, or None."""
        raise NotImplementedError

    def undo(self, operation: str | None = None) -> MemoryChanges:
        """Take back the given (default: the last) operation as a whole; `NotFoundError` when there is none."""
        raise NotImplementedError

    def review(self) -> tuple[ReviewEntry, ...]:
        """Waiting candidates, near duplicates and contradictions, newest first."""
        raise NotImplementedError

    def resolve(self, review_id: str, decision: Agreement) -> MemoryChanges:
        """Carry out the person's word on an entry."""
        raise NotImplementedError
