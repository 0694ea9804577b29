"""Unlocking and locking as a whole: what is half-way open or half-way made is not."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from memos_engine.errors import DamagedError, InputError
from memos_engine.memory_os import MemoryOS
from memos_engine.types import MemoryFilter

from .conftest import PASSPHRASE, Homes

DIES_WHILE_A_CUBE_IS_MADE = """
import os, sys
from pathlib import Path
from memos_engine.cube.store import CubeStore
from memos_engine.memory_os import MemoryOS
from memos_engine.types import MemoryFilter

make = CubeStore.create
memory = MemoryOS.open(Path(sys.argv[1]), housekeeping=False)
if sys.argv[2] == "second":
    memory.access.initialise(use_keyring=False, passphrase=sys.argv[3])
CubeStore.create = lambda *given: (make(*given), os._exit(9))
if sys.argv[2] == "second":
    memory.cubes.create("Work")
memory.access.initialise(use_keyring=False, passphrase=sys.argv[3])
"""


@pytest.mark.parametrize("which", ["first", "second"])
def test_a_death_while_a_cube_is_made_leaves_a_home_that_opens(home: Path, which: str) -> None:
    dies = [sys.executable, "-c", DIES_WHILE_A_CUBE_IS_MADE, str(home), which, PASSPHRASE]
    assert subprocess.run(dies, check=False, cwd=Path(__file__).parents[2]).returncode == 9
    memory = MemoryOS.open(home, housekeeping=False)
    memory.access.unlock(passphrase=PASSPHRASE)
    assert [cube.name for cube in memory.cubes.list()] == ["Me"]
    assert memory.memories.remember("The door is blue").ids
    memory.close()


def test_an_unlock_that_fails_leaves_nothing_open(memory: MemoryOS) -> None:
    memory.cubes.create("Work")
    memory.access.lock()
    for database in memory.home.glob("cubes/*/cube.db"):
        database.write_bytes(b"\0" * 8192)
    with pytest.raises(DamagedError):
        memory.access.unlock(passphrase=PASSPHRASE)
    assert memory.status().locked
    assert not memory._home.shelf._open


def test_a_second_unlock_begins_nothing_twice(homes: Homes) -> None:
    memory = homes.open(housekeeping=True)
    memory.access.unlock(passphrase=PASSPHRASE)
    assert sum(thread.name == "watch" for thread in threading.enumerate()) == 1
    memory.access.lock()
    assert not any(thread.name == "watch" for thread in threading.enumerate())


def test_a_second_first_run_on_an_open_home_leaves_it_open(homes: Homes) -> None:
    memory = homes.open()
    memory.memories.remember("The door is blue")
    with pytest.raises(InputError):
        memory.access.initialise(use_keyring=False, passphrase=PASSPHRASE)
    assert memory.access.info().state == "open"
    assert memory.memories.browse(MemoryFilter()).total == 1
