"""Staged imports: their rows are in the tables, and no read shows them, until the import is complete.

A lock file beside the database tells other processes that an import's own process lives; the lock goes with it.
"""

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from memos_engine.atomic_file import disk_error
from memos_engine.cube import branches, items
from memos_engine.cube.ids import new_id
from memos_engine.cube.tables import ConversationRow, DocumentRow, ImportRow, ItemRow, MessageRow, VectorRow
from memos_engine.errors import NotFoundError
from memos_engine.types import now

if TYPE_CHECKING:
    from memos_engine.cube.store import CubeStore

_ROWS_A_STEP = 2_000


class StagedImport:
    """A running import. Leaving its block without `complete` drops every row that carries its `id`.

    Rows are added with `staged=True, import_id=stage.id`, in as many writes as one likes.
    """

    def __init__(self, store: "CubeStore", label: str) -> None:
        self.id = new_id()
        self._store = store
        self._label = label
        self._lock = FileLock(_lock_file(store.folder, self.id))
        self._done = False

    def __enter__(self) -> "StagedImport":
        try:
            self._lock.acquire()
        except OSError as error:
            raise disk_error("The import", error) from error
        try:
            with self._store.write() as session:
                session.add(ImportRow(id=self.id, label=self._label, started=now()))
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is not None or not self._done:
                drop_import(self._store, self.id)
        finally:
            self._release()

    def complete(self, session: Session, label: str = "") -> None:
        """Show its rows, when the caller's write commits: leave that write before leaving the import's block.

        `label` names the import by what it brought, in the place of what it set out with.
        """
        complete_import(session, self.id, label)
        self._done = True

    def _release(self) -> None:
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)


def complete_import(session: Session, import_id: str, label: str = "") -> None:
    """Make an import's rows visible, and let conversations that it continued show its last message."""
    row = session.exec(select(ImportRow).where(col(ImportRow.id) == import_id)).first()
    if row is None:
        raise NotFoundError(f"There is no import {import_id}.")
    session.flush()
    last = (
        select(MessageRow.conversation_id, MessageRow.id, func.max(MessageRow.position))
        .where(col(MessageRow.import_id) == import_id)
        .group_by(col(MessageRow.conversation_id))
    )
    for conversation_id, message_id, _ in session.exec(last).all():
        branches.show(session, conversation_id, message_id)
    for table in (ConversationRow, MessageRow, DocumentRow, ItemRow):
        session.connection().execute(update(table).where(col(table.import_id) == import_id).values(staged=False))
    # Arrays in memory are kept by `updated`: rows that become visible are news.
    own_items = update(ItemRow).where(col(ItemRow.import_id) == import_id)
    session.connection().execute(own_items.values(updated=items.change_time(session)))
    # So are their vectors, to whoever keeps up by revision: they come behind the latest one, in their order.
    revision, own = col(VectorRow.revision), select(ItemRow.rowid).where(col(ItemRow.import_id) == import_id)
    latest = session.exec(select(func.max(revision))).one()
    first = session.exec(select(func.min(revision)).where(col(VectorRow.rowid).in_(own))).one()
    if latest is not None and first is not None:
        moved = update(VectorRow).where(col(VectorRow.rowid).in_(own)).values(revision=revision + (latest + 1 - first))
        session.connection().execute(moved)
    row.completed = now()
    row.label = label or row.label
    session.add(row)


def drop_import(store: "CubeStore", import_id: str) -> None:
    """Erase an import that is not complete, in short writes; one that is complete stays."""
    for table in (ItemRow, MessageRow, DocumentRow, ConversationRow):
        while True:
            with store.write() as session:
                some = (
                    select(table.rowid)
                    .where(col(table.import_id) == import_id, col(table.staged).is_(True))
                    .limit(_ROWS_A_STEP)
                )
                result = session.connection().execute(delete(table).where(col(table.rowid).in_(some)))
                if result.rowcount < _ROWS_A_STEP:
                    break
    with store.write() as session:
        unfinished = (col(ImportRow.id) == import_id, col(ImportRow.completed).is_(None))
        session.connection().execute(delete(ImportRow).where(*unfinished))


def drop_abandoned(store: "CubeStore") -> None:
    """Drop the imports that are not complete and whose process is gone, and the locks of such processes."""
    with store.read() as session:
        unfinished = session.exec(select(ImportRow.id).where(col(ImportRow.completed).is_(None))).all()
    # A process can be gone with its lock before the import is there, and after it is complete.
    locked = [file.stem.removeprefix("import-") for file in store.folder.glob(_lock_file(store.folder, "*").name)]
    for import_id in {*unfinished, *locked}:
        file = _lock_file(store.folder, import_id)
        try:
            with FileLock(file, timeout=0):
                drop_import(store, import_id)
        except Timeout:
            continue
        file.unlink(missing_ok=True)


def _lock_file(folder: Path, import_id: str) -> Path:
    return folder / f"import-{import_id}.lock"
