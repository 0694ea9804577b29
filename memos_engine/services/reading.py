"""The background job that reads what was stored and has not been read yet."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile

from sqlalchemy import func
from sqlmodel import col, select

from memos_engine.cube import documents, messages, operations
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import DocumentRow, MessageRow, PageRow
from memos_engine.errors import CancelledError, CubeLockedError, DamagedError, MemosError
from memos_engine.lifecycle.absorb import CHAT
from memos_engine.lifecycle.provenance import Provenance, Reading
from memos_engine.reader.protocol import ReadRequest
from memos_engine.services.home import OpenHome
from memos_engine.types import CancelToken, Candidate, JobInfo, Progress, ProgressCallback

_log = logging.getLogger(__name__)
_MESSAGES_A_STEP = 64
_PAGES_A_STEP = 4


def waiting(home: OpenHome) -> int:
    """How many messages and pages wait for the reader."""
    total = 0
    for store in home.shelf.all_open():
        with suppress(CubeLockedError), store.read() as session:
            unread = (
                select(func.count())
                .select_from(MessageRow)
                .where(col(MessageRow.unread), ~col(MessageRow.staged), col(MessageRow.shown))
            )
            pages = (
                select(func.count())
                .select_from(PageRow)
                .join(DocumentRow, col(DocumentRow.id) == col(PageRow.document_id))
                .where(col(PageRow.unread), ~col(DocumentRow.staged))
            )
            total += int(session.exec(unread).one()) + int(session.exec(pages).one())
    return total


def paused(home: OpenHome) -> bool:
    """Whether the person wants nothing to be remembered."""
    return home.settings.text("memory.remembering") == "paused"


def asks_first(home: OpenHome) -> bool:
    """Whether what is read waits for the person's word."""
    return home.settings.text("memory.remembering") == "ask"


def submit(home: OpenHome) -> JobInfo:
    """Put the job into the queue, unless it waits there already."""
    return home.queue.submit("Reading", lambda progress, cancel: read_waiting(home, progress, cancel), once=True)


def go_on(home: OpenHome) -> None:
    """Read what waits, if anything does and remembering is not paused."""
    if not paused(home) and waiting(home):
        submit(home)


def read_waiting(home: OpenHome, progress: ProgressCallback, cancel: CancelToken) -> None:
    """Read everything that waits, oldest first; each step is durable, and what was cut is read the next time.

    What waits in a cube that is locked or found damaged meanwhile goes on waiting: `Housekeeping` takes it up again
    when the cube is unlocked, and likewise when remembering, which was paused meanwhile, goes on. Raises
    `CancelledError` where it is cancelled or remembering is paused.
    """
    total, done = waiting(home), 0
    _check_wanted(home)
    for store in home.shelf.all_open():
        with suppress(CubeLockedError, DamagedError):
            while read := _read_some(home, store):
                done += read
                progress(Progress(done, max(total, done), "texts"))
                cancel.check()
                _check_wanted(home)


def _check_wanted(home: OpenHome) -> None:
    if paused(home):
        raise CancelledError("Remembering is paused.", "Go on with it in Settings, and this goes on too.")


def _read_some(home: OpenHome, store: CubeStore) -> int:
    """How many texts one step read. Nobody takes back the import that they came by meanwhile."""
    with home.reading:
        step = _next_messages(store) or _next_pages(store)
        if step:
            _read(home, store, step)
    return len(step)


class _Step:
    """Some texts of one sort, whence each comes, and which pages they are."""

    def __init__(self, actor: str = "import", import_id: str | None = None) -> None:
        self.actor = actor
        self.requests: list[ReadRequest] = []
        self.origins: list[Provenance] = []
        self.pages: list[int] = []
        self.import_id = import_id
        """The import that all of them came by."""

    def __len__(self) -> int:
        return len(self.requests)


def _next_messages(store: CubeStore) -> _Step:
    with store.read() as session:
        rows = messages.unread(session, _MESSAGES_A_STEP)
        import_id = rows[0].import_id if rows else None
        step = _Step("import" if import_id else CHAT, import_id)
        for row in takewhile(lambda row: row.import_id == import_id, rows):
            step.requests.append(ReadRequest(row.text, row.time, row.speaker))
            step.origins.append(Provenance(row.time, message_id=row.id, speaker=row.speaker))
    return step


def _next_pages(store: CubeStore) -> _Step:
    step = _Step()
    with store.read() as session:
        rows = documents.unread(session, _PAGES_A_STEP)
        step.import_id = rows[0][0].import_id if rows else None
        for document, page in takewhile(lambda row: row[0].import_id == step.import_id, rows):
            step.requests.append(ReadRequest(page.text, document.added, document.author))
            step.origins.append(
                Provenance(document.added, document_id=document.id, page=page.number, speaker=document.author)
            )
            step.pages.append(page.rowid or 0)
    return step


def _read(home: OpenHome, store: CubeStore, step: _Step) -> None:
    found = list(_candidates(home, step.requests))
    readings = [Reading(origin, candidates) for origin, candidates in zip(step.origins, found, strict=True)]
    asks = asks_first(home)
    changes = home.lifecycle.absorb_many(store, readings, actor=step.actor, ask=asks)
    with store.write() as session:
        if step.import_id is not None and changes.operation is not None:
            operations.make_part(session, changes.operation)
            changes = replace(changes, operation=None)
        documents.mark_read(session, step.pages)
    home.publish(changes)


def _candidates(home: OpenHome, requests: Sequence[ReadRequest]) -> Iterator[list[Candidate]]:
    """What the reader finds; a text at which it fails is taken as holding nothing, so that the rest is read."""
    try:
        yield from list(home.reader.read_many(requests))
    except MemosError:
        raise
    except Exception:  # noqa: BLE001 - a fault of the reader
        if len(requests) == 1:
            _log.exception("the reader failed at a text")
            yield []
            return
        for request in requests:
            yield from _candidates(home, [request])
