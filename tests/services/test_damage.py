"""One damaged cube: the others open and serve, it is shown as what it is, and nothing is written to it."""

import json
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from memos_engine.cube.migrations import FORMAT_VERSION
from memos_engine.errors import DamagedError, LockedError, StorageError
from memos_engine.memory_os import MemoryOS
from memos_engine.services.recall import command_call
from memos_engine.types import CubeInfo, MemoryChanges, MemoryFilter, VaultState

ROOT = Path(__file__).parents[2]
PAGE = 4096


def texts(memory: MemoryOS) -> set[str]:
    return {found.text for found in memory.memories.browse(MemoryFilter()).memories}


def cube(memory: MemoryOS, name: str) -> CubeInfo:
    return next(info for info in memory.cubes.list() if info.name == name)


def flip(database: Path, first_page: int) -> None:
    """Change a byte in each page from this one on."""
    content = bytearray(database.read_bytes())
    for at in range(first_page * PAGE + 2000, len(content), PAGE):
        content[at] ^= 1
    database.write_bytes(content)


@pytest.fixture
def work(homes: Any, home: Path) -> Path:
    """A home with the cubes Me and Work, closed; the database of Work."""
    memory = homes.open()
    memory.memories.remember("Allergic to peanuts")
    made = memory.cubes.create("Work")
    for number in range(30):
        memory.memories.remember(f"The project number {number} is due", cube_id=made.id)
    homes.close()
    return home / "cubes" / made.id / "cube.db"


def test_the_others_open_and_the_damaged_one_says_what_to_do(homes: Any, work: Path, tmp_path: Path) -> None:
    flip(work, 0)
    memory = homes.open()
    assert texts(memory) == {"Allergic to peanuts"}
    assert [each.memory.text for each in memory.recall.recall(command_call("peanuts"))] == ["Allergic to peanuts"]
    damaged = cube(memory, "Work")
    assert "damaged" in damaged.damaged
    assert not damaged.usable
    assert cube(memory, "Me").usable
    assert {info.name for info in memory.status().cubes} == {"Me", "Work"}
    notes = tmp_path / "notes.md"
    notes.write_text("# Notes\n\nSome words.")
    writes = (
        lambda: memory.memories.remember("Something", cube_id=damaged.id),
        lambda: memory.chats.create(cube_id=damaged.id),
        lambda: memory.cubes.rename("Work", "Job"),
        lambda: memory.cubes.set_default("Work"),
        lambda: memory.cubes.set_chats_may_read("Work", False),
        lambda: memory.imports.ingest([notes], cube_id=damaged.id),
        lambda: memory.memories.browse(MemoryFilter(cubes=(damaged.id,))),
    )
    for write in writes:
        with pytest.raises(DamagedError) as refused:
            write()
        assert "Restore a backup, or destroy this cube" in refused.value.hint
    assert work.exists()
    memory.memories.remember("Plays the cello")
    memory.cubes.destroy("Work")
    assert not work.exists()
    assert [info.name for info in memory.cubes.list()] == ["Me"]


def test_damage_that_shows_only_in_use_sets_the_cube_aside_and_is_told(homes: Any, work: Path) -> None:
    memory = homes.open(housekeeping=True)
    assert memory.jobs.wait_idle(60)
    told = threading.Event()

    def hear(changes: MemoryChanges) -> None:
        if work.parent.name in changes.cubes:
            told.set()

    memory.subscribe(hear)
    store = memory._home.shelf.get(work.parent.name)
    assert store.scrub(), "everything stands in the file itself, nothing in the log"
    flip(work, 0)
    with pytest.raises(DamagedError, match=work.parent.name):
        store.check()
    assert told.wait(30), "the watch tells it"
    assert texts(memory) == {"Allergic to peanuts"}
    assert cube(memory, "Work").damaged
    memory.access.lock()


@pytest.mark.parametrize("first_page", [0, 1, 2, 5, 20, 60])
def test_the_home_opens_whatever_page_is_damaged(homes: Any, work: Path, first_page: int) -> None:
    flip(work, first_page)
    memory = homes.open()
    with suppress(DamagedError):
        texts(memory)
    assert "Allergic to peanuts" in texts(memory)
    assert memory.status().waiting_to_read == 0
    assert cube(memory, "Work").damaged or first_page >= 20


def test_damage_that_was_come_upon_once_is_known_to_the_next_program(homes: Any, work: Path) -> None:
    sound = work.read_bytes()
    memory = homes.open()
    with memory._home.shelf.get(work.parent.name).read() as session:
        where = "SELECT rootpage FROM sqlite_master WHERE name = 'item'"
        page = session.connection().exec_driver_sql(where).scalar_one()
    homes.close()
    content = bytearray(work.read_bytes())
    content[(page - 1) * PAGE + 2000] ^= 1
    work.write_bytes(content)
    memory = homes.open()
    with suppress(DamagedError):
        texts(memory)
    homes.close()
    memory = homes.open()
    assert texts(memory) == {"Allergic to peanuts"}
    assert cube(memory, "Work").damaged
    homes.close()
    work.write_bytes(sound)
    memory = homes.open()
    assert cube(memory, "Work").usable
    assert len(texts(memory)) == 31
    assert not (work.parent / "suspect").exists()


def test_a_default_that_is_damaged_passes_it_on(homes: Any, work: Path, home: Path) -> None:
    memory = homes.open()
    me = cube(memory, "Me")
    assert me.default
    homes.close()
    flip(home / "cubes" / me.id / "cube.db", 0)
    memory = homes.open()
    assert cube(memory, "Work").default
    memory.memories.remember("Kept where it can be kept")
    assert "Kept where it can be kept" in texts(memory)


def test_where_the_only_cube_is_damaged_the_home_stays_locked(homes: Any, home: Path) -> None:
    memory = homes.open()
    (database,) = home.glob("cubes/*/cube.db")
    homes.close()
    flip(database, 0)
    memory = MemoryOS.open(home, housekeeping=False)
    with pytest.raises(DamagedError, match="damaged") as refused:
        memory.access.unlock(passphrase=homes.passphrase)
    assert "backup" in refused.value.hint
    assert memory.access.info().state is VaultState.LOCKED
    with pytest.raises(LockedError):
        memory.memories.browse(MemoryFilter())
    memory.close()


def test_a_file_that_was_put_back_is_opened_again(homes: Any, work: Path) -> None:
    sound = work.read_bytes()
    flip(work, 0)
    memory = homes.open()
    assert cube(memory, "Work").damaged
    work.write_bytes(sound)
    assert cube(memory, "Work").usable
    assert len(texts(memory)) == 31


def test_a_cube_of_a_newer_version_is_left_alone_and_the_others_serve(homes: Any, work: Path) -> None:
    memory = homes.open()
    with memory._home.shelf.get(work.parent.name).write() as session:
        session.connection().exec_driver_sql(f"PRAGMA user_version = {FORMAT_VERSION + 1}")
    homes.close()
    memory = homes.open()
    assert "newer version" in cube(memory, "Work").damaged
    with pytest.raises(StorageError) as refused:
        memory.memories.remember("Something", cube_id=work.parent.name)
    assert "Update" in refused.value.hint
    assert texts(memory) == {"Allergic to peanuts"}


def test_what_is_sound_can_be_backed_up_and_taken_out(homes: Any, work: Path, tmp_path: Path) -> None:
    flip(work, 0)
    memory = homes.open()
    backup = memory.archives.backup(tmp_path / "backups")
    assert (backup / "cubes" / work.parent.name / "cube.db").read_bytes() == work.read_bytes()
    with pytest.raises(DamagedError, match=work.parent.name):
        memory.archives.verify(backup)
    exported = memory.archives.export(tmp_path / "export")
    assert [place.name for place in exported.iterdir() if place.is_dir()] == ["Me"]
    memory.archives.restore(backup)
    memory.access.unlock(passphrase=homes.passphrase)
    assert texts(memory) == {"Allergic to peanuts"}


def test_the_command_line_shows_it(homes: Any, work: Path, home: Path, tmp_path: Path) -> None:
    flip(work, 0)
    secret = tmp_path / "passphrase"
    secret.write_text(homes.passphrase)
    command = [sys.executable, "-m", "memos_engine", "--home", str(home), "--passphrase-file", str(secret)]
    listed = subprocess.run([*command, "cube", "list"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Work  damaged: " in listed.stdout
    status = subprocess.run([*command, "--json", "status"], cwd=ROOT, capture_output=True, text=True, check=True)
    told = {info["name"]: info["damaged"] for info in json.loads(status.stdout)["cubes"]}
    assert told["Me"] is None
    assert "damaged" in told["Work"]
