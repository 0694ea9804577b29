"""Imports are invisible until they are complete, and gone when they are not."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from memos_engine.cube import browsing, conversations, documents, items, messages, search_index, vectors
from memos_engine.cube.columns import item_columns, microseconds
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.staging import StagedImport
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ConversationRow, DocumentRow, ItemRow, MessageRow
from memos_engine.errors import CancelledError, NotFoundError
from memos_engine.types import MemoryFilter, now
from memos_engine.vault.keys import CubeKeys


def stage_some(store: CubeStore, stage: StagedImport) -> None:
    mark = {"staged": True, "import_id": stage.id}
    with store.write() as session:
        conversations.add(session, ConversationRow(id="talk", title="walnut talk", **mark))
        documents.add(session, DocumentRow(id="doc", name="a.md", digest="d", **mark), ["walnut page"])
        messages.add_many(
            session,
            [
                MessageRow(id="m1", conversation_id="talk", text="walnut", **mark),
                MessageRow(id="m2", conversation_id="talk", parent_id="m1", text="walnut again", **mark),
            ],
        )
        row = items.add(session, ItemRow(id="i1", text="walnut fact", **mark))
        vectors.put(session, [(row.rowid, np.ones(4, dtype=np.float32))], "e")


def seen(store: CubeStore) -> list[int]:
    """How much each way of reading shows."""
    with store.read() as session:
        return [
            len(conversations.listed(session)),
            len(conversations.search_titles(session, "walnut", 9)),
            len(messages.search(session, "walnut", 9, ItemScope(spent=True))),
            len(messages.unread(session, 9)),
            len(search_index.match(session, "walnut", 9)),
            browsing.page(session, MemoryFilter(), ItemScope())[1],
            browsing.page(session, MemoryFilter(query="waln"), ItemScope())[1],
            items.count(session, ItemScope()),
            len(items.by_ids(session, ["i1"])),
            len(documents.listed(session)),
            len(item_columns(session).rowid),
            len(vectors.load_all(session, "e")[0]),
            len(vectors.stamps(session, "e")[0]),
            len(vectors.missing(session, "e", 9)),
            store.counts().items,
            store.counts().messages,
            store.counts().conversations,
        ]


def test_a_staged_import_shows_nowhere_until_it_is_complete(store: CubeStore):
    nothing = seen(store)
    assert not any(nothing)
    with StagedImport(store, "files") as stage:
        stage_some(store, stage)
        assert seen(store) == nothing
        with pytest.raises(NotFoundError), store.read() as session:
            conversations.by_id(session, "talk")
        with store.write() as session:
            stage.complete(session)
        shown = seen(store)
        assert [bool(count) for count in shown] == [place != 3 for place in range(len(shown))]
    with store.read() as session:
        assert [row.id for row in messages.thread(session, "talk")] == ["m1", "m2"]
    assert seen(store) == shown
    assert not list(store.folder.glob("*.lock"))


def test_the_vectors_of_each_import_come_behind_those_before_it_and_no_further(store: CubeStore):
    """Also of the hundredth: a revision is an integer of 64 bits."""
    revision, began = 0, microseconds(now())
    for number in range(100):
        with StagedImport(store, "files") as stage:
            mark = {"staged": True, "import_id": stage.id}
            with store.write() as session:
                rows = items.add_many(session, [ItemRow(text=f"{number} {part}", **mark) for part in range(2)])
                vectors.put(session, [(row.rowid, np.ones(4, dtype=np.float32)) for row in rows], "e")
            with store.write() as session:
                stage.complete(session)
        with store.read() as session:
            rowids, _, revisions = vectors.load_after(session, "e", revision)
        assert sorted(rowids) == [row.rowid for row in rows]
        revision = int(revisions.max())
    assert revision < microseconds(now()) + (microseconds(now()) - began) + 1_000_000


def test_an_import_that_is_stopped_is_gone(store: CubeStore):
    with pytest.raises(CancelledError), StagedImport(store, "files") as stage:  # noqa: PT012
        stage_some(store, stage)
        raise CancelledError
    assert not any(seen(store))
    with store.read() as session:
        assert (
            session.connection().exec_driver_sql("SELECT count(*) FROM item_fts WHERE item_fts MATCH 'walnut'").scalar()
            == 0
        )
    with StagedImport(store, "again") as stage:
        stage_some(store, stage)
        with store.write() as session:
            stage.complete(session)
    assert any(seen(store))


def test_an_error_after_completion_takes_nothing_back(store: CubeStore):
    with pytest.raises(ZeroDivisionError), StagedImport(store, "files") as stage:  # noqa: PT012
        stage_some(store, stage)
        with store.write() as session:
            stage.complete(session)
        raise ZeroDivisionError
    assert any(seen(store))


def test_a_completion_that_fails_to_commit_drops_the_import(store: CubeStore):
    with pytest.raises(ZeroDivisionError), StagedImport(store, "files") as stage:  # noqa: PT012
        stage_some(store, stage)
        with store.write() as session:
            stage.complete(session)
            raise ZeroDivisionError
    assert not any(seen(store))


_IMPORTER = """
import sys
from pathlib import Path
from memos_engine.cube import items
from memos_engine.cube.staging import StagedImport
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ItemRow
from memos_engine.vault.keys import CubeKeys
store = CubeStore.open(Path(sys.argv[1]), "c1", CubeKeys(b"\\x11" * 32, b"\\x22" * 32, b"\\x33" * 32))
with StagedImport(store, "elsewhere") as stage:
    with store.write() as session:
        items.add(session, ItemRow(id="other", text="from elsewhere", staged=True, import_id=stage.id))
    print("staged", flush=True)
    sys.stdin.readline()
    with store.write() as session:
        stage.complete(session)
store.close()
"""


def importer(store: CubeStore) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-c", _IMPORTER, str(store.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    assert started.stdout.readline().strip() == "staged"
    return started


def test_the_import_of_a_living_process_is_left_alone_at_opening(store: CubeStore, keys: CubeKeys):
    process = importer(store)
    CubeStore.open(store.folder, "c1", keys).close()
    process.communicate("go\n", timeout=20)
    with store.read() as session:
        assert items.by_id(session, "other").text == "from elsewhere"


def test_the_import_of_a_killed_process_is_dropped_at_opening(store: CubeStore, keys: CubeKeys):
    process = importer(store)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=20)
    CubeStore.open(store.folder, "c1", keys).close()
    with store.read() as session:
        left = session.connection().exec_driver_sql(
            "SELECT (SELECT count(*) FROM item) + (SELECT count(*) FROM import)"
        )
        assert left.scalar() == 0
    assert not list(store.folder.glob("*.lock"))
