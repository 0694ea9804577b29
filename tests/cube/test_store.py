"""Opening, writing, reading and checking one cube."""

import shutil
import subprocess
import sys
import threading
import traceback
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from memos_engine.cube import connection, conversations, items, messages, migrations
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ConversationRow, ItemRow, MessageRow
from memos_engine.errors import CancelledError, DamagedError, InputError, InUseError, NewerFormatError, NotFoundError
from memos_engine.types import CancelToken, Progress
from memos_engine.vault.keys import CubeKeys


def remember(store: CubeStore, text: str) -> str:
    with store.write() as session:
        return items.add(session, ItemRow(text=text)).id


def texts(store: CubeStore) -> list[str]:
    with store.read() as session:
        return sorted(row.text for row in session.exec(select(ItemRow)))


def test_what_was_written_is_there_after_reopening(store: CubeStore, keys: CubeKeys):
    item_id = remember(store, "Allergic to peanuts")
    store.close()
    again = CubeStore.open(store.folder, "c1", keys)
    with again.read() as session:
        assert items.by_id(session, item_id).text == "Allergic to peanuts"
    assert again.header().name == "Me"
    again.check()
    again.close()


def test_an_error_in_a_write_rolls_everything_back(store: CubeStore):
    with pytest.raises(ZeroDivisionError), store.write() as session:  # noqa: PT012
        items.add(session, ItemRow(text="half done"))
        raise ZeroDivisionError
    assert texts(store) == []
    remember(store, "whole")
    assert texts(store) == ["whole"]


def test_a_reader_keeps_its_snapshot_while_a_writer_commits(store: CubeStore):
    remember(store, "one")
    with store.read() as session:
        assert items.count(session, ItemScope()) == 1
        remember(store, "two")
        assert items.count(session, ItemScope()) == 1
    with store.read() as session:
        assert items.count(session, ItemScope()) == 2


def test_a_write_within_a_write_is_a_fault_not_a_deadlock(store: CubeStore):
    with store.write(), pytest.raises(RuntimeError), store.write():
        pass


def test_writers_of_many_threads_come_one_after_the_other(store: CubeStore):
    threads = [threading.Thread(target=lambda n=n: [remember(store, f"{n}-{i}") for i in range(10)]) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts(store)) == 60


def test_another_key_does_not_open_it(store: CubeStore, keys: CubeKeys):
    store.close()
    with pytest.raises(DamagedError):
        CubeStore.open(store.folder, "c1", CubeKeys(b"\x99" * 32, keys.blobs, keys.digest))
    CubeStore.open(store.folder, "c1", keys).close()


def test_another_cubes_database_is_not_taken_for_this_one(store: CubeStore, keys: CubeKeys):
    store.close()
    with pytest.raises(DamagedError, match="another cube"):
        CubeStore.open(store.folder, "c2", keys)


def test_a_missing_or_empty_database_is_damaged_not_made_anew(store: CubeStore, keys: CubeKeys):
    store.close()
    store.database.write_bytes(b"")
    with pytest.raises(DamagedError, match="empty"):
        CubeStore.open(store.folder, "c1", keys)
    store.database.unlink()
    with pytest.raises(DamagedError, match="missing"):
        CubeStore.open(store.folder, "c1", keys)
    assert not store.database.exists()


def test_a_newer_format_is_refused_and_left_alone(store: CubeStore, keys: CubeKeys):
    with store.write() as session:
        session.connection().exec_driver_sql(f"PRAGMA user_version = {migrations.FORMAT_VERSION + 1}")
    store.close()
    before = store.database.read_bytes()
    with pytest.raises(NewerFormatError):
        CubeStore.open(store.folder, "c1", keys)
    assert store.database.read_bytes() == before


def test_a_second_cube_in_the_same_folder_is_refused(store: CubeStore, keys: CubeKeys):
    with pytest.raises(InUseError):
        CubeStore.create(store.folder, "c1", "Other", keys)
    assert store.header().name == "Me"


@pytest.mark.parametrize("broken", ["\ud800 half", "fine \udfff"])
def test_half_characters_are_refused_as_input(store: CubeStore, broken: str):
    with pytest.raises(InputError):
        remember(store, broken)
    remember(store, "next")
    assert texts(store) == ["next"]


@pytest.mark.parametrize("odd", ["a\0b", "\0", "🥜" * 50, "", " ", "x" * 100_000, "\u202eabc", "e\u0301"])
def test_odd_texts_come_back_as_they_went_in(store: CubeStore, odd: str):
    remember(store, odd)
    assert texts(store) == [odd]
    store.check()


_WRITER = """
import sys
from pathlib import Path
from memos_engine.cube import items
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ItemRow
from memos_engine.vault.keys import CubeKeys
store = CubeStore.open(Path(sys.argv[1]), "c1", CubeKeys(b"\\x11" * 32, b"\\x22" * 32, b"\\x33" * 32))
with store.write() as session:
    items.add(session, ItemRow(text="from elsewhere"))
    print("holding", flush=True)
    sys.stdin.readline()
store.close()
"""


def other_process(store: CubeStore) -> subprocess.Popen[str]:
    """A process that holds the write lock, with an item added, until a line comes."""
    started = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(store.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    assert started.stdout.readline().strip() == "holding"
    return started


def test_a_writer_waits_for_another_process_and_notices_what_it_did(store: CubeStore):
    assert not store.changed_elsewhere()
    process = other_process(store)
    begins, wrote = threading.Event(), threading.Event()
    event.listen(store._writing, "before_cursor_execute", lambda *_: begins.set())
    thread = threading.Thread(target=lambda: (remember(store, "from here"), wrote.set()))
    thread.start()
    assert begins.wait(10)
    assert not wrote.is_set()
    process.communicate("go\n", timeout=20)
    assert wrote.wait(10)
    thread.join()
    assert texts(store) == ["from elsewhere", "from here"]
    assert store.changed_elsewhere()
    assert not store.changed_elsewhere()


def test_a_writer_that_waits_too_long_says_in_use(store: CubeStore, monkeypatch: pytest.MonkeyPatch):
    process = other_process(store)
    try:
        store._writing.dispose()
        monkeypatch.setattr(connection, "BUSY_TIMEOUT_MS", 100)
        with pytest.raises(InUseError):
            remember(store, "late")
        assert texts(store) == []
    finally:
        process.communicate("go\n", timeout=20)
    remember(store, "later")
    assert texts(store) == ["from elsewhere", "later"]


def test_a_backup_is_whole_and_sealed_while_the_cube_is_in_use(store: CubeStore, keys: CubeKeys, tmp_path: Path):
    for n in range(50):
        remember(store, f"canarywalnut {n} " + "x" * 2000)
    seen: list[Progress] = []
    with store.read() as session:
        items.count(session, ItemScope())
        (tmp_path / "copy").mkdir()
        store.backup_to(tmp_path / "copy" / "cube.db", seen.append)
        remember(store, "after the copy")
    assert seen[-1].done == seen[-1].total
    assert b"canarywalnut" not in (tmp_path / "copy" / "cube.db").read_bytes()
    assert [file.name for file in (tmp_path / "copy").iterdir()] == ["cube.db"]
    copy = CubeStore.open(tmp_path / "copy", "c1", keys)
    copy.check()
    assert len(texts(copy)) == 50
    copy.close()


def test_a_backup_that_is_stopped_leaves_nothing(store: CubeStore, tmp_path: Path):
    remember(store, "x" * 3_000_000)
    cancel = CancelToken()
    with pytest.raises(CancelledError):
        store.backup_to(tmp_path / "b" / "cube.db", lambda _: cancel.cancel(), cancel)
    assert list((tmp_path / "b").iterdir()) == []


def test_a_copy_of_the_folder_opens(store: CubeStore, keys: CubeKeys, tmp_path: Path):
    remember(store, "kept")
    store.close()
    shutil.copytree(store.folder, tmp_path / "elsewhere")
    copy = CubeStore.open(tmp_path / "elsewhere", "c1", keys)
    assert texts(copy) == ["kept"]
    copy.close()


def test_ids_from_outside_are_unique_in_a_cube(store: CubeStore):
    with store.write() as session:
        talk = conversations.add(session, ConversationRow(title="Talk"))
        messages.add(session, MessageRow(id="D1:3", conversation_id=talk.id, text="hello"))
    with pytest.raises(InputError), store.write() as session:
        messages.add(session, MessageRow(id="D1:3", conversation_id=talk.id, text="again"))
    with store.read() as session, pytest.raises(NotFoundError):
        messages.by_id(session, "D1:4")


def test_no_error_carries_the_words_of_a_memory(store: CubeStore):
    with pytest.raises(InputError) as caught, store.write() as session:  # noqa: PT012
        for _ in range(2):
            items.add(session, ItemRow(id="same", text="canary" + "walnut"))
    told = "".join(traceback.format_exception(caught.value))
    assert "canarywalnut" not in told
    word = "canary" + "walnut"
    with pytest.raises(OperationalError) as ours, store.write() as session:
        session.connection().execute(text("SELECT * FROM item WHERE wrong = :word"), {"word": word})
    assert "canarywalnut" not in "".join(traceback.format_exception(ours.value))
