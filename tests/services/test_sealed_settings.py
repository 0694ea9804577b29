"""The person's name and standing instructions: there after a restart, never in the clear, gone when locked."""

import pytest

from memos_engine.errors import LockedError
from memos_engine.memory_os import MemoryOS

PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def memory(home):
    memory = MemoryOS.open(home, housekeeping=False)
    memory.access.initialise(use_keyring=False, passphrase=PASSPHRASE)
    memory.settings.set("chat.name", "Zorblattina")
    yield memory
    memory.close()


def test_they_survive_a_restart_and_no_file_holds_them(memory, home):
    memory.close()
    assert not [file for file in home.rglob("*") if file.is_file() and b"Zorblattina" in file.read_bytes()]
    again = MemoryOS.open(home, housekeeping=False)
    assert again.settings.text("chat.name") == ""
    again.access.unlock(passphrase=PASSPHRASE)
    assert again.settings.text("chat.name") == "Zorblattina"
    again.close()


def test_a_lock_drops_them_and_they_cannot_be_changed_then(memory):
    memory.access.lock()
    assert memory.settings.text("chat.name") == ""
    with pytest.raises(LockedError):
        memory.settings.set("chat.name", "Other")


def test_a_damaged_file_is_told_and_does_not_keep_the_home_closed(memory, home):
    memory.access.lock()
    (home / "settings.sealed").write_bytes(b"not sealed by this vault at all")
    memory.access.unlock(passphrase=PASSPHRASE)
    assert "damaged" in memory.settings.problem
    memory.settings.set("chat.name", "Ana")
    assert memory.settings.text("chat.name") == "Ana"


def test_a_backup_carries_them(memory, tmp_path):
    backup = memory.archives.backup(tmp_path / "backups")
    memory.settings.set("chat.name", "Other")
    memory.archives.restore(backup)
    memory.access.unlock(passphrase=PASSPHRASE)
    assert memory.settings.text("chat.name") == "Zorblattina"
