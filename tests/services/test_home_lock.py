"""Two real programs on one home: what one has open the other neither replaces nor deletes; the dead lock nobody out."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from memos_engine.errors import CancelledError, InUseError, MemosError
from memos_engine.memory_os import MemoryOS
from memos_engine.types import CancelToken, MemoryFilter, VaultState
from memos_engine.vault.home_lock import HomeLock

PASSPHRASE = "correct horse battery staple"
ROOT = Path(__file__).parents[2]

OPEN = """
import sys
from pathlib import Path
from memos_engine.memory_os import MemoryOS
memory = MemoryOS.open(Path(sys.argv[1]), housekeeping=False)
memory.access.unlock(passphrase=sys.argv[2])
print("open", flush=True)
if sys.stdin.readline().strip() == "lock":
    memory.access.lock()
    print("locked", flush=True)
    sys.stdin.readline()
print(len(memory.access.info().protectors), flush=True)
memory.close()
"""

RESTORE_SLOWLY = """
import sys
from pathlib import Path
from memos_engine.memory_os import MemoryOS
memory = MemoryOS.open(Path(sys.argv[1]), housekeeping=False)
told = []
def progress(now):
    if not told:
        told.append(now)
        print("restoring", flush=True)
        sys.stdin.readline()
memory.archives.restore(Path(sys.argv[2]), progress=progress)
memory.close()
"""


class Program:
    """A subprocess that says where it stands, and goes on when it is told."""

    def __init__(self, code: str, *arguments: str | Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def says(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def tell(self, word: str = "") -> None:
        assert self.process.stdin
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def ended(self) -> int:
        return self.process.wait(60)

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(60)


@contextmanager
def program(code: str, *arguments: str | Path) -> Iterator[Program]:
    started = Program(code, *arguments)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.kill()
        for pipe in (started.process.stdin, started.process.stdout):
            if pipe:
                pipe.close()


def texts(memory: MemoryOS) -> set[str]:
    return {found.text for found in memory.memories.browse(MemoryFilter()).memories}


@pytest.fixture
def memory(home: Path) -> Iterator[MemoryOS]:
    made = MemoryOS.open(home, housekeeping=False)
    made.access.initialise(use_keyring=False, passphrase=PASSPHRASE)
    made.memories.remember("Allergic to peanuts")
    yield made
    made.close()


@pytest.fixture
def backup(memory: MemoryOS, tmp_path: Path) -> Path:
    made = memory.archives.backup(tmp_path / "backups")
    memory.memories.remember("Lives in Ghent")
    return made


def lock_files(home: Path) -> list[str]:
    return [file.name for file in home.glob(".open-*.lock")]


def test_nothing_is_restored_or_deleted_under_another_program(memory: MemoryOS, home: Path, backup: Path) -> None:
    with program(OPEN, home, PASSPHRASE) as other:
        assert other.says() == "open"
        for call in (lambda: memory.archives.restore(backup), memory.archives.delete_everything):
            with pytest.raises(InUseError, match="open in another program") as refused:
                call()
            assert "Close" in refused.value.hint
        assert memory.access.info().state is VaultState.OPEN, "who asked is not thrown out"
        assert texts(memory) == {"Allergic to peanuts", "Lives in Ghent"}
        other.tell("lock")
        assert other.says() == "locked"
        memory.archives.restore(backup)
        memory.access.unlock(passphrase=PASSPHRASE)
        assert texts(memory) == {"Allergic to peanuts"}
        other.tell()
        assert other.ended() == 0


def test_a_locked_window_does_not_keep_others_from_restoring(memory: MemoryOS, home: Path, backup: Path) -> None:
    memory.access.lock()
    command = [sys.executable, "-m", "memos_engine", "--home", str(home), "restore", str(backup)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    memory.access.unlock(passphrase=PASSPHRASE)
    assert texts(memory) == {"Allergic to peanuts"}


def test_the_command_says_that_the_home_is_in_use(memory: MemoryOS, home: Path, backup: Path) -> None:
    command = [sys.executable, "-m", "memos_engine", "--json", "--home", str(home), "restore", str(backup)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert '"code": "in_use"' in done.stderr
    assert texts(memory) == {"Allergic to peanuts", "Lives in Ghent"}


def test_a_killed_program_holds_nothing_and_its_lock_file_goes(memory: MemoryOS, home: Path, backup: Path) -> None:
    with program(OPEN, home, PASSPHRASE) as other:
        assert other.says() == "open"
        other.kill()
    assert len(lock_files(home)) == 2
    memory.archives.restore(backup)
    assert lock_files(home) == []
    memory.access.unlock(passphrase=PASSPHRASE)
    assert texts(memory) == {"Allergic to peanuts"}


def test_nobody_opens_the_home_while_it_is_restored(memory: MemoryOS, home: Path, backup: Path) -> None:
    memory.access.lock()
    with program(RESTORE_SLOWLY, home, backup) as other:
        assert other.says() == "restoring"
        with pytest.raises(InUseError, match="restoring or deleting"):
            memory.access.unlock(passphrase=PASSPHRASE)
        assert memory.access.info().state is VaultState.LOCKED
        with pytest.raises(InUseError):
            memory.archives.delete_everything()
        other.tell()
        assert other.ended() == 0
    memory.access.unlock(passphrase=PASSPHRASE)
    assert texts(memory) == {"Allergic to peanuts"}


def test_a_restore_that_was_killed_lets_the_next_program_in_with_the_old_home(
    memory: MemoryOS, home: Path, backup: Path
) -> None:
    memory.access.lock()
    with program(RESTORE_SLOWLY, home, backup) as other:
        assert other.says() == "restoring"
        other.kill()
    memory.access.unlock(passphrase=PASSPHRASE)
    assert texts(memory) == {"Allergic to peanuts", "Lives in Ghent"}
    assert not (home / ".restoring").exists(), "half a copy is no use"


def test_a_restore_that_is_stopped_leaves_the_home_open_and_held(memory: MemoryOS, home: Path, backup: Path) -> None:
    stopped = CancelToken()
    stopped.cancel()
    with pytest.raises(CancelledError):
        memory.archives.restore(backup, cancel=stopped)
    before = texts(memory)
    memory.memories.remember("Plays the cello")
    assert texts(memory) == before | {"Plays the cello"}
    with pytest.raises(InUseError), HomeLock(home).alone():
        pytest.fail("alone beside an open program")


def test_a_wrong_passphrase_holds_nothing(memory: MemoryOS, home: Path) -> None:
    memory.access.lock()
    with pytest.raises(MemosError):
        memory.access.unlock(passphrase="wrong")
    with HomeLock(home).alone():
        assert lock_files(home) == []


def test_deleting_everything_leaves_no_lock_file(memory: MemoryOS, home: Path) -> None:
    (home / "my own.lock").write_text("not ours")
    memory.archives.delete_everything()
    assert [file.name for file in home.rglob("*") if file.is_file()] == ["my own.lock"]


def test_many_programs_share_a_home_and_any_thread_gives_the_share_back(home: Path) -> None:
    first, second = HomeLock(home), HomeLock(home)
    first.share()
    second.share()
    with pytest.raises(InUseError, match="another program"), first.alone():
        pytest.fail("not alone")
    third = HomeLock(home)
    with pytest.raises(InUseError, match="2 other programs"), third.alone():
        pytest.fail("not alone")
    second.release()
    with first.alone():
        assert lock_files(home) == [Path(first._own.lock_file).name if first._own else ""]
    first.release()
    first.release()
    assert lock_files(home) == []
