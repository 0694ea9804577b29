"""Taking an import back: one operation among those that undo knows."""

from dataclasses import replace

from memos_engine.cube import operations
from memos_engine.cube.staging import drop_import
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ImportRow
from memos_engine.lifecycle import imported
from memos_engine.lifecycle.change import Change
from memos_engine.lifecycle.order import PERSON
from memos_engine.services.home import OpenHome
from memos_engine.types import MemoryChanges


def last(home: OpenHome, other: MemoryChanges | None) -> MemoryChanges | None:
    """What undo would take back: the newest import where it came after `other`, the last of the other operations."""
    found = _newest(home)
    if found is None:
        return other
    row = found[1]
    if other is not None and other.operation is not None and _came_after(home, other.operation, row):
        return other
    return MemoryChanges(operation=row.id, label=f"Import {row.label}")


def take_back(home: OpenHome, import_id: str) -> MemoryChanges | None:
    """Take an import back as a whole, with what was read from it; None where the id is not that of an import.

    Raises `InputError` when a conversation of it has gone on, or a memory that it changed was changed again: nothing is
    taken back then.
    """
    found = _holding(home, import_id)
    if found is None:
        return None
    store, row = found
    with home.reading:
        with store.write() as session:
            label = f"Undo: Import {row.label}"
            change = Change(session, store.cube_id, label, PERSON, undoable=False, undoes=import_id)
            imported.take_back(change, import_id)
            changes = change.finish()
        drop_import(store, import_id)
    home.retrieval.follow(store.cube_id)
    return replace(changes, cubes=(store.cube_id,))


def _holding(home: OpenHome, import_id: str) -> tuple[CubeStore, ImportRow] | None:
    for store in home.shelf.all_open():
        with store.read() as session:
            row = imported.find(session, import_id)
        if row is not None:
            return store, row
    return None


def _newest(home: OpenHome) -> tuple[CubeStore, ImportRow] | None:
    found: list[tuple[CubeStore, ImportRow]] = []
    for store in home.shelf.all_open():
        with store.read() as session:
            row = imported.latest(session)
        if row is not None:
            found.append((store, row))
    return max(found, key=lambda each: each[1].completed or each[1].started, default=None)


def _came_after(home: OpenHome, operation: str, done: ImportRow) -> bool:
    """Within a cube by their order, whatever the clock said; else by their times."""
    for store in home.shelf.all_open():
        with store.read() as session:
            row, own = operations.find(session, operation), operations.find(session, done.id)
        if row is not None and own is not None:
            return (row.rowid or 0) > (own.rowid or 0)
        if row is not None:
            return done.completed is None or row.time > done.completed
    return False
