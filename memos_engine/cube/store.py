"""One open cube: its database, with any number of readers beside one writer."""

import logging
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from memos_engine.cube import items, leftovers, migrations, search_index, staging
from memos_engine.cube.backup import copy_database
from memos_engine.cube.connection import READERS, Connect, make_engine, open_connection, sqlcipher_connect, translated
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.tables import ConversationRow, Header, MessageRow
from memos_engine.errors import CubeLockedError, DamagedError, DiskError, InUseError, NotFoundError
from memos_engine.types import CancelToken, ProgressCallback, no_progress, now
from memos_engine.vault.keys import CubeKeys

_log = logging.getLogger(__name__)

DATABASE = "cube.db"
BLOBS = "blobs"

_SUSPECT = "suspect"
"""An empty file: the database was found to be damaged."""

_READERS_MAY_TAKE_MS = 250
"""How long cutting the log waits for readers; a write that makes up for it must not wait long."""


@dataclass(frozen=True)
class CubeCounts:
    """How many memories (activated and current, verbatim turns aside), messages and conversations a cube has."""

    items: int
    messages: int
    conversations: int


class CubeStore:
    """An open cube. Made by `create` or `open`; every session's `info` holds `cube_id` and `keys`.

    Readers see the state of their first statement and never wait. Writes come one after the other, from all threads and
    processes, and are on the disk when `write` returns.
    """

    def __init__(self, folder: Path, cube_id: str, keys: CubeKeys, connect: Connect) -> None:
        self.folder = folder
        self.cube_id = cube_id
        self.keys = keys
        self._connect = connect
        self.database = folder / DATABASE
        self.damage: DamagedError | None = None
        """What the database said when it was found to be damaged; the shelf then sets the cube aside."""
        note = self._note_damage
        self._reading = make_engine(self.database, keys.database, connect, begin="BEGIN", size=READERS, damaged=note)
        self._writing = make_engine(
            self.database, keys.database, connect, begin="BEGIN IMMEDIATE", size=1, damaged=note
        )
        self._write_lock = threading.RLock()
        self._in_write = False
        self._scrub_due = False
        self._erased: list[str] = []
        self._erasing_writes = 0
        self._left_by_others = 0
        """Erasing writes of processes that died before they could scrub."""
        self._data_version = 0
        self._last_version = 0
        self._commits = 0
        self._closed = False

    @property
    def blobs(self) -> Path:
        """The folder of the cube's sealed files."""
        return self.folder / BLOBS

    @classmethod
    def create(
        cls, folder: Path, cube_id: str, name: str, keys: CubeKeys, *, connect: Connect = sqlcipher_connect
    ) -> "CubeStore":
        """Make a cube in `folder` and open it. Raises `DiskError`."""
        try:
            (folder / BLOBS).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DiskError(f"{folder} could not be made: {error.strerror}.", "Check the folder above it.") from error
        store = cls(folder, cube_id, keys, connect)
        try:
            with store.write() as session:
                if migrations.version(session.connection()):
                    raise InUseError(f"There is a cube in {folder} already.", "Open it instead.")
                migrations.migrate(session.connection())
                time = now()
                session.add(
                    Header(
                        cube_id=cube_id,
                        name=name,
                        format_version=migrations.FORMAT_VERSION,
                        created=time,
                        updated=time,
                    )
                )
            store.changed_elsewhere()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def open(cls, folder: Path, cube_id: str, keys: CubeKeys, *, connect: Connect = sqlcipher_connect) -> "CubeStore":
        """Open the cube in `folder`, migrate it, and drop imports whose process died.

        Raises `DamagedError` (not there, cut, altered, another cube's, another key), `NewerFormatError`, `InUseError`,
        `DiskError`.
        """
        database = folder / DATABASE
        if not database.exists():
            raise DamagedError(f"{database.name} of cube {cube_id} is missing.", "Restore it from a backup.")
        store = cls(folder, cube_id, keys, connect)
        try:
            with store.read() as session:
                outdated = migrations.check_version(session.connection(), f"{folder.name}/{DATABASE}")
                if session.exec(select(Header.cube_id)).first() != cube_id:
                    raise DamagedError(f"{folder.name}/{DATABASE} belongs to another cube.", "Restore the right one.")
            if outdated:
                with store.write() as session:
                    migrations.migrate(session.connection())
            store._check_a_suspect()
            staging.drop_abandoned(store)
            store._scrub_what_was_left()
            store.changed_elsewhere()
        except BaseException:
            store.close()
            raise
        return store

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on a snapshot; its rows may be used after it ended. Raises `CubeLockedError` once it is closed."""
        self._require_open()
        with self._translated(), Session(self._reading, info=self._info(), expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The session of the one writer: committed and durable on exit, rolled back on any error.

        Raises `InUseError` when another process holds the database for 5 s, `DiskError`, `CubeLockedError` once it is
        closed. Not to be nested.
        """
        with self._write_lock:
            self._require_open()
            if self._in_write:
                raise RuntimeError("a write within a write: pass the session on")
            self._in_write = True
            try:
                with (
                    self._translated(),
                    Session(self._writing, info=self._info(), expire_on_commit=False) as session,
                ):
                    session.connection()
                    yield session
                    erased = session.info.get("erased", ())
                    if erased:
                        session.connection().execute(update(Header).values(unscrubbed=col(Header.unscrubbed) + 1))
                    session.commit()
                    self._commits += 1
                    self._erased += erased
                    self._erasing_writes += bool(erased)
            finally:
                self._in_write = False
            if self._scrub_due:
                self._scrub_quietly()

    def stamp(self) -> tuple[int, int]:
        """Differs from an earlier one when this or another process committed in between. Never waits for a write."""
        return self._commits, self._seen_version()

    def changed_elsewhere(self) -> bool:
        """Whether another process committed since this was last asked. Never waits for a running write."""
        version = self._seen_version()
        changed = version != self._data_version
        self._data_version = version
        return changed

    def header(self) -> Header:
        """The cube's header row."""
        with self.read() as session:
            header = session.exec(select(Header).where(col(Header.rowid) == 1)).first()
        if header is None:
            raise NotFoundError(f"Cube {self.cube_id} has no header.", "Restore it from a backup.")
        return header

    def counts(self) -> CubeCounts:
        """How much is in it."""
        with self.read() as session:
            return CubeCounts(
                items=items.count(session, ItemScope(include_verbatim=False)),
                messages=_visible(session, MessageRow),
                conversations=_visible(session, ConversationRow),
            )

    def describe(
        self,
        *,
        name: str | None = None,
        owner: str | None = None,
        description: str | None = None,
        origin: str | None = None,
        chats_may_read: bool | None = None,
    ) -> None:
        """Change what is given in the header (None: leave as it is)."""
        given = {
            "name": name,
            "owner": owner,
            "description": description,
            "origin": origin,
            "chats_may_read": chats_may_read,
        }
        with self.write() as session:
            header = session.exec(select(Header)).one()
            for field, value in given.items():
                if value is not None:
                    setattr(header, field, value)
            header.updated = now()
            session.add(header)

    def check(self) -> None:
        """Read every page and index; `DamagedError` says that something is wrong."""
        with self._own_connection() as connection:
            problems = [row[0] for row in connection.execute("PRAGMA integrity_check(1)") if row[0] != "ok"]
            problems += connection.execute("PRAGMA foreign_key_check").fetchmany(1) if not problems else ()
            for table in ("item_fts", "reply_fts") if not problems else ():
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 0)")
                connection.execute("ROLLBACK")
        if problems:
            error = DamagedError(f"{self.folder.name}/{DATABASE} fails its check.", "Restore it from a backup.")
            self._note_damage(error)
            raise error

    def scrub(self) -> bool:
        """Take the words that earlier writes erased out of every page: of the index, of the file, and of the log.

        Words that still stand in another row stay. False when a reader or another process still needs the log or the
        database; then it is done again after the next write, at closing, and at the next opening. Not within a write.
        Raises `DiskError`: what was erased is erased all the same, and its traces wait for the same times.
        """
        with self._write_lock:
            self._scrub_due = True
            erased, self._erased = self._erased, []
            writes, self._erasing_writes = self._erasing_writes, 0
            left, self._left_by_others = self._left_by_others, 0
        scrubbed = False
        try:
            scrubbed = self._scrubbed(erased, writes + left, whole=left > 0)
        except InUseError:
            return False
        finally:
            with self._write_lock:
                self._scrub_due = not scrubbed
                if not scrubbed:
                    self._erased += erased
                    self._erasing_writes += writes
                    self._left_by_others += left
        return scrubbed

    def _scrubbed(self, erased: list[str], writes: int, *, whole: bool) -> bool:
        with self._write_lock, self._own_connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            search_index.drop_stale_separators(connection)
            gone = search_index.without_row(connection, leftovers.words_of(erased))
            connection.execute("COMMIT")
            written_back = _truncate_log(connection)
        sealed = self._connect is sqlcipher_connect
        if whole or (sealed and leftovers.any_left(self.database, self.keys.database, gone)):
            with self._write_lock, self._own_connection() as connection:
                connection.execute("VACUUM")
                written_back = _truncate_log(connection)
        if written_back and writes:
            with self._write_lock, self._own_connection() as connection:
                connection.execute("UPDATE header SET unscrubbed = max(unscrubbed - ?, 0)", (writes,))
                _truncate_log(connection)
        return written_back

    def _scrub_what_was_left(self) -> None:
        """After an opening: finish the scrub of a process that died between its erasing and its scrub."""
        self._left_by_others = self.header().unscrubbed
        if self._left_by_others:
            self._scrub_quietly()

    def _scrub_quietly(self) -> None:
        """Scrub for a caller whose own work is done: what the disk refuses is tried again, and no fault of theirs."""
        try:
            self.scrub()
        except DiskError as error:
            _log.warning("cube %s could not be scrubbed: %s", self.cube_id, error.message)

    def backup_to(
        self, file: Path, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None
    ) -> None:
        """A consistent copy of the database as `file`, under the same key, while it is in use.

        Raises `DiskError`, `CancelledError`; then there is no `file`.
        """
        with self._translated():
            copy_database(self._open, lambda path: self._connect(path, self.keys.database), file, progress, cancel)

    def close(self) -> None:
        """Close every connection, after the write that runs, for good: whoever still holds it reads and writes no more.

        The last process out writes the log back and removes it.
        """
        with self._write_lock:
            try:
                if self._scrub_due and self.damage is None:
                    self._scrub_quietly()
            finally:
                self._closed = True
                self._reading.dispose()
                self._writing.dispose()

    def _seen_version(self) -> int:
        """SQLite's `data_version` as the writing connection sees it; the last one seen while a write runs."""
        self._require_open()
        if not self._write_lock.acquire(blocking=False):
            return self._last_version
        try:
            if not self._in_write:
                with self._translated():
                    pooled = self._writing.raw_connection()
                    try:
                        cursor = pooled.cursor()
                        cursor.execute("PRAGMA data_version")
                        row: Any = cursor.fetchone()
                        self._last_version = int(row[0])
                    finally:
                        pooled.close()
            return self._last_version
        finally:
            self._write_lock.release()

    @contextmanager
    def _own_connection(self) -> Iterator[Any]:
        with self._translated():
            connection = self._open()
            try:
                yield connection
            finally:
                connection.close()

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self.database, self._note_damage)

    def _note_damage(self, error: DamagedError) -> None:
        """The file beside the database lasts: short commands, one after the other, would come upon the damage anew."""
        self.damage = self.damage or error
        with suppress(OSError):
            (self.folder / _SUSPECT).touch()

    def _check_a_suspect(self) -> None:
        """A database that was found damaged before is read as a whole before it is used again."""
        suspect = self.folder / _SUSPECT
        if suspect.exists():
            self.check()
            suspect.unlink(missing_ok=True)

    def _require_open(self) -> None:
        if self._closed:
            raise CubeLockedError("This cube was closed.", "Open it again, and unlock it before where it is locked.")

    def _info(self) -> dict[str, object]:
        return {"cube_id": self.cube_id, "keys": self.keys}

    def _open(self) -> Any:
        self._require_open()
        return open_connection(self.database, self.keys.database, self._connect, self._note_damage)


def _visible(session: Session, table: type[MessageRow] | type[ConversationRow]) -> int:
    """Rows that are not staged; both counts come from small indexes."""
    everything = select(func.count()).select_from(table)
    return session.exec(everything).one() - session.exec(everything.where(col(table.staged).is_(True))).one()


def _truncate_log(connection: Any) -> bool:
    """Write the log back and cut it to nothing; False when it is still needed."""
    connection.execute(f"PRAGMA busy_timeout = {_READERS_MAY_TAKE_MS}")
    return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
