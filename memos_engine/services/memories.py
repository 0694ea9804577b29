"""Browsing, editing, removing, forgetting and undoing memories."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from sqlmodel import Session, col, select

from memos_engine.cube import browsing, items, versions
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ItemRow
from memos_engine.errors import NotFoundError
from memos_engine.governance.gate import Grant
from memos_engine.lifecycle.lifecycle import Lifecycle
from memos_engine.reader.plain_text import is_visible, storable
from memos_engine.services import import_undo
from memos_engine.services.reads import found
from memos_engine.types import (
    Caller,
    Candidate,
    ForgetPreview,
    Kind,
    Memory,
    MemoryCall,
    MemoryChanges,
    MemoryFilter,
    MemoryPage,
    MemoryVersion,
    NewTime,
    Purpose,
    ReviewEntry,
    SortKey,
    now,
)

if TYPE_CHECKING:
    from memos_engine.services.home import OpenHome

P = ParamSpec("P")

_BY_MEANING = 20
"""Memories that are shown by meaning where no memory holds the words."""


def told(
    change: "Callable[Concatenate[Lifecycle, P], MemoryChanges]",
) -> "Callable[Concatenate[MemoryService, P], MemoryChanges]":
    """A change of the lifecycle as one of the service: whoever listens is told of it."""

    @wraps(change)
    def changed(self: "MemoryService", /, *args: P.args, **kwargs: P.kwargs) -> MemoryChanges:
        return self._told(change(self._home.lifecycle, *args, **kwargs))

    return changed


class MemoryService:
    """What a person can see and do with what is remembered. Every read passes the gate; every change is published."""

    def __init__(self, home: "OpenHome") -> None:
        self._home = home

    # --- seeing

    def browse(self, which: MemoryFilter) -> MemoryPage:
        """The filtered, sorted list (without sources). Where no memory holds the query's words, what is near in
        meaning."""
        grant = self._admit(which.cubes, which.kinds, which.query)
        found = self._listed(which, grant, {})
        if found.total == 0 and which.query.strip() and which.offset == 0:
            return replace(self._listed(which, grant, self._by_meaning(which, grant)), by_meaning=True)
        return found

    def get(self, memory_id: str) -> Memory:
        """One memory with its sources; `NotFoundError`."""
        store, row = self._find(memory_id)
        with store.read() as session:
            return items.to_memory(session, row, store.cube_id)

    def get_many(self, memory_ids: Sequence[str]) -> dict[str, Memory]:
        """Those of these memories that are there, by id; what lies in a locked cube is not."""
        return found(self._home, self._admit(), memory_ids)

    def history(self, memory_id: str) -> tuple[MemoryVersion, ...]:
        """Its versions, behind those of what it superseded; each memory's own oldest first."""
        store, row = self._find(memory_id)
        with store.read() as session:
            line = [row.id, *_superseded_by(session, row.id)]
            steps = [version for item_id in reversed(line) for version in versions.of_item(session, item_id)]
            return tuple(versions.to_version(version) for version in steps)

    # --- changing

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
        target = cube_id or self._home.shelf.default().cube_id
        changes = self._home.lifecycle.remember(
            text,
            cube_id=target,
            kind=kind,
            valid_from=valid_from,
            tags=tags,
            candidate=self._read(storable(text)) if is_visible(text) else None,
        )
        return self._told(changes)

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
        """Change what is given (None: leave as it is, `CLEAR`: no such time); a new version, confirmed."""
        edited = self._home.lifecycle.edit(
            memory_id, text, kind=kind, valid_from=valid_from, valid_to=valid_to, tags=tags,
            candidate=self._read(storable(text)) if text is not None and is_visible(text) else None,
        )  # fmt: skip
        return self._told(edited)

    confirm = told(Lifecycle.confirm)
    pin = told(Lifecycle.pin)
    move = told(Lifecycle.move)
    remove = told(Lifecycle.remove)
    restore = told(Lifecycle.restore)
    forget = told(Lifecycle.forget)
    empty_trash = told(Lifecycle.empty_trash)
    resolve = told(Lifecycle.resolve)

    def forget_preview(self, memory_ids: Sequence[str]) -> ForgetPreview:
        """What forgetting would erase, and what else says the same, for the person to tick."""
        return self._home.lifecycle.forget_preview(memory_ids, self._admit())

    def last_operation(self) -> MemoryChanges | None:
        """What `undo()` would take back, or None."""
        self._admit()
        return import_undo.last(self._home, self._home.lifecycle.last_operation())

    def undo(self, operation: str | None = None) -> MemoryChanges:
        """Take back the given (default: the last) operation as a whole; `NotFoundError` when there is none."""
        if operation is None:
            last = self.last_operation()
            operation = last.operation if last else None
        taken_back = import_undo.take_back(self._home, operation) if operation else None
        changes = taken_back or self._home.lifecycle.undo(operation)
        return self._told(replace(changes, undoes=operation))

    def review(self) -> tuple[ReviewEntry, ...]:
        """What waits for a word on the review list: candidates, near duplicates, contradictions; newest first."""
        return self._home.lifecycle.review(self._admit().cube_ids)

    # --- inside

    def _admit(self, cubes: Sequence[str] = (), kinds: Sequence[Kind] = (), query: str = "") -> Grant:
        call = MemoryCall(Caller.WINDOW, Purpose.BROWSE, query, tuple(cubes), kinds=tuple(kinds), limit=_BY_MEANING)
        return self._home.gate.admit(call)

    def _told(self, changes: MemoryChanges) -> MemoryChanges:
        self._home.publish(changes)
        return changes

    def _find(self, memory_id: str) -> tuple[CubeStore, ItemRow]:
        grant = self._admit()
        for cube_id in grant.cube_ids:
            store = self._home.shelf.get(cube_id)
            with store.read() as session:
                admitted = [col(ItemRow.id) == memory_id, *grant.scope.where()]
                row = session.exec(select(ItemRow).where(*admitted)).first()
            if row is not None:
                return store, row
        raise NotFoundError("There is no memory with this id.", "It may have been forgotten, or its cube is locked.")

    def _listed(self, which: MemoryFilter, grant: Grant, near: dict[str, list[int]]) -> MemoryPage:
        """The stretch of the list over all cubes: each cube gives its beginning, then they are ordered together."""
        if len(grant.cube_ids) == 1:
            return self._of_cube(which, grant, grant.cube_ids[0], near)
        beginning = replace(which, offset=0, limit=which.offset + which.limit)
        parts = [self._of_cube(beginning, grant, cube_id, near) for cube_id in grant.cube_ids]
        together = [memory for part in parts for memory in part.memories]
        if which.sort is SortKey.RELEVANCE and which.query.strip():
            ranked = [enumerate(part.memories) for part in parts]
            together = [memory for _, memory in sorted((pair for part in ranked for pair in part), key=lambda p: p[0])]
        else:
            together.sort(key=lambda memory: _sort_key(memory, which.sort), reverse=which.sort in _NEWEST_FIRST)
        shown = together[which.offset : which.offset + which.limit]
        return MemoryPage(
            tuple(shown), sum(part.total for part in parts), passages=sum(part.passages for part in parts)
        )

    def _of_cube(self, which: MemoryFilter, grant: Grant, cube_id: str, near: dict[str, list[int]]) -> MemoryPage:
        store = self._home.shelf.get(cube_id)
        with store.read() as session:
            rows, total = browsing.page(session, which, grant.scope, near.get(cube_id))
            aside = browsing.passages(session, which, grant.scope) if which.offset == 0 else 0
            shown = tuple(items.to_memories(session, rows, cube_id, with_sources=False))
            return MemoryPage(shown, total, passages=aside)

    def _by_meaning(self, which: MemoryFilter, grant: Grant) -> dict[str, list[int]]:
        """Rowids of the memories nearest to the query among those that the filter admits, best first, by cube."""
        among: dict[str, list[int]] = {}
        for cube_id in grant.cube_ids:
            with self._home.shelf.get(cube_id).read() as session:
                among[cube_id] = browsing.admitted(session, which, grant.scope)
        kinds = which.kinds or tuple(kind for kind in Kind if kind is not Kind.MESSAGE)
        found = self._home.retrieval.recall(self._admit(grant.cube_ids, kinds, which.query), among)
        near: dict[str, list[int]] = {}
        for cube_id in grant.cube_ids:
            ids = [each.memory.id for each in found if each.memory.cube_id == cube_id]
            with self._home.shelf.get(cube_id).read() as session:
                near[cube_id] = [row.rowid for row in items.by_ids(session, ids, grant.scope) if row.rowid]
        return near

    def _read(self, text: str) -> Candidate | None:
        """What the reader makes of a text that is one statement: its subject, slot and value."""
        read = self._home.reader.read(text, time=now())
        return read[0] if len(read) == 1 else None


_NEWEST_FIRST = (SortKey.NEWEST, SortKey.VALID_TIME, SortKey.MOST_USED, SortKey.RELEVANCE)


def _sort_key(memory: Memory, sort: SortKey) -> Any:
    match sort:
        case SortKey.TEXT:
            return memory.text.lower()
        case SortKey.MOST_USED:
            return (memory.use_count, memory.created)
        case SortKey.VALID_TIME:
            return memory.valid_from or memory.created
        case _:
            return memory.created


def _superseded_by(session: Session, item_id: str) -> list[str]:
    """Ids of what a memory replaced, and what that replaced in turn, newest first."""
    found: list[str] = []
    generation = [item_id]
    while generation:
        older = session.exec(select(ItemRow.id).where(col(ItemRow.superseded_by).in_(generation))).all()
        generation = [each for each in older if each not in found and each != item_id]
        found += generation
    return found
