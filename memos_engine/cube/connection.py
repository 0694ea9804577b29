"""Connections to a cube's database, and the engines that pool them.

A connection is SQLCipher with a raw 256-bit key (no key stretching: the key is random). Write-ahead log, a full sync at
each commit, nothing spilled to temporary files, deleted content overwritten with zeros.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from memos_engine.cube.word_parts import folded, word_parts
from memos_engine.errors import DamagedError, DiskError, InputError, InUseError

BUSY_TIMEOUT_MS = 5_000
"""How long a writer waits for another process before `InUseError`."""

READERS = 8
"""Pooled read connections of one cube; more readers than that wait for one."""

_CACHE_KIB = 16_384
_LOG_INDEX_BYTES = 32 * 1024

_BACKUP_ERRORS = {
    "database or disk is full": sqlite3.SQLITE_FULL,
    "database is locked": sqlite3.SQLITE_BUSY,
    "disk I/O error": sqlite3.SQLITE_IOERR,
    "attempt to write a readonly database": sqlite3.SQLITE_READONLY,
    "unable to open database file": sqlite3.SQLITE_CANTOPEN,
}
"""What a failed backup says; its errors carry no code."""

Connect = Callable[[Path, bytes], Any]
"""Opens a DB-API connection to the file with the 32-byte key; see `sqlcipher_connect`."""


def _nobody(_error: DamagedError) -> None:
    """Nobody has to be told."""


def sqlcipher_connect(path: Path, key: bytes) -> Any:
    """A DB-API connection to an encrypted database that must be there or can be made.

    The first read tells whether the key fits; nothing is read here.
    """
    connection = plain_connect(path, key)
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    return connection


def plain_connect(path: Path, key: bytes) -> Any:  # noqa: ARG001
    """The same library without a key, which is plain SQLite: the yardstick of the encryption benchmark alone."""
    return _dbapi().connect(str(path), isolation_level=None, check_same_thread=False)


def _dbapi() -> ModuleType:
    from sqlcipher3 import dbapi2

    module: ModuleType = dbapi2
    return module


def open_connection(path: Path, key: bytes, connect: Connect, damaged: Callable[[DamagedError], None] = _nobody) -> Any:
    """A connection with the pragmas and SQL functions that every use of a cube needs.

    Raises `DamagedError` (not a cube, or another key; `damaged` is told), `DiskError`, `InUseError`.
    """
    with translated(path, damaged):
        connection = connect(path, key)
        try:
            connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.create_function("folded", 1, folded, deterministic=True)
            connection.create_function("word_parts", 1, word_parts, deterministic=True)
        except BaseException:
            connection.close()
            raise
        return connection


def make_engine(
    path: Path, key: bytes, connect: Connect, *, begin: str, size: int, damaged: Callable[[DamagedError], None]
) -> Engine:
    """An SQLAlchemy engine of at most `size` connections whose transactions start with the statement `begin`."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: open_connection(path, key, connect, damaged),
        module=_dbapi(),
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def translated(path: Path, damaged: Callable[[DamagedError], None] = _nobody) -> Iterator[None]:
    """Turn the database's errors into ours. No message of SQL goes along: it can hold words of a memory.

    `damaged` is told when the database itself says that the file is damaged.
    """
    try:
        yield
    except UnicodeEncodeError:
        raise InputError(
            "The text holds half a character (a lone surrogate).", "Save it as valid Unicode and try again."
        ) from None
    except DBAPIError as error:
        if error.orig is None:
            raise
        ours = _ours(path, error.orig)
        if ours is None:
            raise
        _tell_damage(ours, damaged)
        raise ours from None
    except Exception as error:
        ours = _ours(path, error)
        if ours is None:
            raise
        _tell_damage(ours, damaged)
        raise ours from None


def _tell_damage(error: Exception, damaged: Callable[[DamagedError], None]) -> None:
    if isinstance(error, DamagedError):
        damaged(error)


def _ours(path: Path, error: BaseException) -> Exception | None:
    name = f"{path.parent.name}/{path.name}"
    code = getattr(error, "sqlite_errorcode", None)
    if code is None and type(error).__name__ == "OperationalError":
        code = _BACKUP_ERRORS.get(str(error))
    if code is None:
        return None
    if code & 0xFF == sqlite3.SQLITE_CONSTRAINT and str(error).startswith("UNIQUE"):
        return InputError("An id is taken already.", "Ids are unique in a cube: give another one.")
    match code & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return InUseError(
                f"{name} is in use by another program.", "Wait until it is done, or close the other one, and try again."
            )
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return DamagedError(f"{name} is damaged, or its key does not fit.", "Restore it from a backup.")
        case sqlite3.SQLITE_FULL:
            return DiskError(f"The disk is full: {name} could not be written.", "Free space and try again.")
        case sqlite3.SQLITE_IOERR if _is_full(path):
            return DiskError(
                f"The disk is full: {name} could not be opened.",
                "Free a little space and try again; what is stored is unchanged.",
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return DiskError(f"{name} cannot be written.", "Check that the folder is there and may be written.")
        case sqlite3.SQLITE_IOERR:
            return DiskError(f"{name} could not be read or written.", "Check the disk and its free space.")
        case sqlite3.SQLITE_TOOBIG:
            return InputError("The text is too long to be stored.", "Split it.")
    return None


def _is_full(path: Path) -> bool:
    """Whether there is no room beside a database for the index of its log, without which it is not even read. SQLite
    says no more than that the disk failed."""
    try:
        return shutil.disk_usage(path.parent).free < _LOG_INDEX_BYTES
    except OSError:
        return False
