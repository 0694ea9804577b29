"""Disks and files that fail: full, read-only, flipped, cut."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from memos_engine.cube import items
from memos_engine.cube.connection import Connect, sqlcipher_connect
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ItemRow
from memos_engine.errors import DamagedError, DiskError, StorageError
from memos_engine.vault.keys import CubeKeys


def fill(store: CubeStore, rows: int, letters: int = 1500) -> None:
    for _ in range(rows):
        with store.write() as session:
            items.add(session, ItemRow(text="".join(random.choices("abcdefghij ", k=letters))))


def count(store: CubeStore) -> int:
    with store.read() as session:
        return items.count(session, ItemScope())


def open_and(work: Callable[[CubeStore], None], folder: Path, keys: CubeKeys) -> None:
    """Open the cube, do the work, close it."""
    opened = CubeStore.open(folder, "c1", keys)
    try:
        work(opened)
    finally:
        opened.close()


_UNTIL_FULL = """
import random, resource, signal, sys
from pathlib import Path
from memos_engine.cube import items
from memos_engine.cube.connection import Connect, sqlcipher_connect
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ItemRow
from memos_engine.errors import DiskError
from memos_engine.vault.keys import CubeKeys

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = CubeStore.open(Path(sys.argv[1]), "c1", CubeKeys(b"\\x11" * 32, b"\\x22" * 32, b"\\x33" * 32))
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
kept = 0
for _ in range(1000):
    try:
        with store.write() as session:
            items.add(session, ItemRow(text="".join(random.choices("abcdefghij ", k=9000))))
    except DiskError as error:
        print("full", kept, type(error).__name__)
        break
    kept += 1
with store.read() as session:
    print("readable", len(items.by_rowids(session, list(range(1, kept + 2)))))
"""


def test_files_that_may_grow_no_more_give_an_error_and_keep_the_last_good_state(store: CubeStore, keys: CubeKeys):
    store.close()
    ran = subprocess.run(
        [sys.executable, "-c", _UNTIL_FULL, str(store.folder)], capture_output=True, text=True, timeout=60, check=True
    )
    full, readable = (line.split() for line in ran.stdout.splitlines())
    assert full[0] == "full"
    assert int(full[1]) > 2
    assert readable[1] == full[1]
    again = CubeStore.open(store.folder, "c1", keys)
    again.check()
    assert count(again) == int(full[1])
    fill(again, 3)
    again.close()


def with_pages(most: int) -> Connect:
    """Connections to a database that may have so many pages: the next one finds the disk full."""

    def connect(path: Path, key: bytes) -> Any:
        connection = sqlcipher_connect(path, key)
        connection.execute(f"PRAGMA max_page_count = {most}")
        return connection

    return connect


@pytest.fixture(params=["a disk of 1 MB", "a database of 200 pages"])
def narrow(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, Connect]]:
    """A place that is soon full, and how to connect there; where no disk can be mounted, both are the database."""
    place = tmp_path / "narrow"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place]
    if "disk" in request.param and subprocess.run(mount, capture_output=True).returncode == 0:
        yield place, sqlcipher_connect
        subprocess.run(["umount", "-l", place], check=True)
    else:
        yield place, with_pages(200)


def test_a_full_disk_gives_an_error_and_keeps_the_last_good_state(narrow: tuple[Path, Connect], keys: CubeKeys):
    place, connect = narrow
    store = CubeStore.create(place / "c1", "c1", "Me", keys, connect=connect)
    with pytest.raises(DiskError, match="disk is full"):
        fill(store, 1000, 9000)
    kept = count(store)
    assert 2 < kept < 1000
    with pytest.raises(DiskError):
        store.backup_to(place / "copy.db") if connect is sqlcipher_connect else fill(store, 1, 9000)
    assert not list(place.glob("*copy*"))
    store.close()
    again = CubeStore.open(place / "c1", "c1", keys)
    again.check()
    assert count(again) == kept
    again.close()


def test_a_cube_that_a_full_disk_does_not_let_open_says_so_and_opens_when_there_is_room(tmp_path: Path, keys: CubeKeys):
    """Not even the index of the log has room, without which SQLite reads nothing and says only that the disk failed."""
    place = tmp_path / "full"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        CubeStore.create(place / "c1", "c1", "Me", keys).close()
        with (place / "filler").open("wb", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(bytes(4096))
        with pytest.raises(DiskError, match="disk is full"):
            CubeStore.open(place / "c1", "c1", keys)
        (place / "filler").unlink()
        again = CubeStore.open(place / "c1", "c1", keys)
        again.check()
        again.close()
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.usefixtures("obeying_permissions")
def test_a_read_only_folder_gives_an_error_and_keeps_the_last_good_state(tmp_path: Path, keys: CubeKeys):
    store = CubeStore.create(tmp_path / "c1", "c1", "Me", keys)
    fill(store, 3)
    for closed in (tmp_path, store.folder):
        closed.chmod(0o500)
    with pytest.raises(DiskError):
        CubeStore.create(tmp_path / "c2", "c2", "New", keys)
    with pytest.raises(DiskError):
        store.backup_to(tmp_path / "copy.db")
    for opened in (store.folder, tmp_path):
        opened.chmod(0o700)
    store.close()
    for closed in (store.database, store.folder):
        closed.chmod(0o500)
    with pytest.raises(DiskError):
        open_and(lambda opened: fill(opened, 1), store.folder, keys)
    for opened in (store.folder, store.database):
        opened.chmod(0o700)
    again = CubeStore.open(store.folder, "c1", keys)
    assert count(again) == 3
    again.close()


def test_every_flipped_byte_is_found(store: CubeStore, keys: CubeKeys, tmp_path: Path):
    fill(store, 40)
    store.close()
    sound = store.database.read_bytes()
    draw = random.Random(3)
    for trial in range(25):
        folder = tmp_path / f"flipped{trial}"
        shutil.copytree(store.folder, folder)
        at = draw.randrange(len(sound))
        altered = bytearray(sound)
        altered[at] ^= 1 << draw.randrange(8)
        (folder / "cube.db").write_bytes(altered)
        with pytest.raises(DamagedError):
            open_and(CubeStore.check, folder, keys)


@pytest.mark.parametrize("keep", [0.0, 0.001, 0.3, 0.7, 0.97])
def test_a_cut_file_is_found(store: CubeStore, keys: CubeKeys, keep: float):
    fill(store, 40)
    store.close()
    os.truncate(store.database, int(store.database.stat().st_size * keep))
    with pytest.raises(DamagedError):
        open_and(CubeStore.check, store.folder, keys)


def test_a_damaged_log_loses_no_more_than_its_last_writes(store: CubeStore, keys: CubeKeys, tmp_path: Path):
    fill(store, 20)
    copy = tmp_path / "crashed"
    shutil.copytree(store.folder, copy)
    wal = copy / "cube.db-wal"
    log = bytearray(wal.read_bytes())
    log[len(log) * 3 // 4] ^= 1
    wal.write_bytes(log)
    again = CubeStore.open(copy, "c1", keys)
    again.check()
    assert 0 < count(again) < 20
    again.close()


def test_a_file_of_something_else_is_damaged(store: CubeStore, keys: CubeKeys):
    store.close()
    store.database.write_text("dear diary " * 2000)
    with pytest.raises(StorageError) as caught:
        CubeStore.open(store.folder, "c1", keys)
    assert "diary" not in caught.value.message
