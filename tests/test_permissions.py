"""Folders that may not be written or read: a clear error, and the last good state.

The tests give up root's right to pass over permissions (`obeying_permissions`), so they test the same as anyone.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from memos_engine.errors import DiskError, MemosError
from memos_engine.memory_os import MemoryOS
from memos_engine.types import MemoryFilter, VaultState

PASSPHRASE = "a passphrase"

pytestmark = pytest.mark.usefixtures("obeying_permissions")


@pytest.fixture
def memory(home: Path) -> Iterator[MemoryOS]:
    made = MemoryOS.open(home, housekeeping=False)
    made.access.initialise(use_keyring=False, passphrase=PASSPHRASE)
    yield made
    opened(home)
    made.close()


def set_modes(folder: Path, mode: int) -> None:
    """Of the folder and of all below it; files get no right to be run."""
    folder.chmod(0o700)
    for place in folder.iterdir():
        if place.is_dir():
            set_modes(place, mode)
        else:
            place.chmod(mode & 0o666)
    folder.chmod(mode)


def closed(folder: Path) -> None:
    set_modes(folder, 0o500)


def opened(folder: Path) -> None:
    set_modes(folder, 0o700)


def test_a_home_cannot_be_made_where_nothing_may_be_made(tmp_path: Path) -> None:
    place = tmp_path / "closed"
    place.mkdir(mode=0o500)
    memory = MemoryOS.open(place / "home", housekeeping=False)
    with pytest.raises(DiskError, match=r"closed/home could not be written: there is no permission") as caught:
        memory.access.initialise(use_keyring=False, passphrase=PASSPHRASE)
    assert "permissions" in caught.value.hint
    memory.close()
    assert list(place.iterdir()) == []


def test_a_home_that_may_only_be_read_is_not_opened_and_keeps_what_it_has(memory: MemoryOS, home: Path) -> None:
    memory.memories.remember("I play the cello")
    memory.access.lock()
    for place, named in ((home, "The home could not be written"), (home / "cubes", "cube.db")):
        closed(place)
        with pytest.raises(DiskError, match=named) as caught:
            memory.access.unlock(passphrase=PASSPHRASE)
        assert caught.value.hint
        assert memory.access.info().state is VaultState.LOCKED
        opened(place)
    memory.access.unlock(passphrase=PASSPHRASE)
    assert [each.text for each in memory.memories.browse(MemoryFilter()).memories] == ["I play the cello"]


def test_settings_that_cannot_be_written_keep_their_old_value(memory: MemoryOS, home: Path) -> None:
    home.chmod(0o500)
    with pytest.raises(DiskError, match=r"settings\.toml could not be written: there is no permission"):
        memory.settings.set("files.models", "there")
    assert memory.settings.text("files.models") == ""


@pytest.mark.parametrize("out", ["backup", "export"])
def test_where_nothing_may_be_written_no_copy_is_made(memory: MemoryOS, tmp_path: Path, out: str) -> None:
    place = tmp_path / "closed"
    place.mkdir(mode=0o500)
    for folder in (place, place / "new"):
        with pytest.raises(DiskError, match=f"The {out} could not be written: there is no permission"):
            getattr(memory.archives, out)(folder)
    assert list(place.iterdir()) == []


def test_a_restore_into_a_home_that_may_not_be_written_changes_nothing(
    memory: MemoryOS, home: Path, tmp_path: Path
) -> None:
    memory.memories.remember("I play the cello")
    backup = memory.archives.backup(tmp_path / "backups")
    memory.memories.remember("I play the flute")
    home.chmod(0o500)
    with pytest.raises(DiskError, match="no permission"):
        memory.archives.restore(backup)
    home.chmod(0o700)
    assert memory.memories.browse(MemoryFilter()).total == 2


def test_an_import_into_a_home_that_may_not_be_written_brings_nothing(
    memory: MemoryOS, home: Path, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("# Music\n\nThe cello is in the attic.")
    closed(home)
    with pytest.raises(DiskError, match="The import could not be written: there is no permission"):
        memory.imports.ingest([notes], read=False)
    opened(home)
    assert memory.memories.browse(MemoryFilter(query="cello")).total == 0
    assert memory.imports.ingest([notes], read=False).added == 1


def test_everything_is_deleted_only_where_it_may_be(memory: MemoryOS, home: Path) -> None:
    memory.memories.remember("I play the cello")
    home.chmod(0o500)
    with pytest.raises(DiskError, match="no permission"):
        memory.archives.delete_everything()
    home.chmod(0o700)
    memory.access.unlock(passphrase=PASSPHRASE)
    assert memory.memories.browse(MemoryFilter()).total == 1, "all or nothing"


@pytest.mark.parametrize("name", ["notes.md", "talk.jsonl"])
def test_a_file_that_may_not_be_read_is_named_and_the_others_are_taken(
    memory: MemoryOS, tmp_path: Path, name: str
) -> None:
    good, bad = tmp_path / "good.md", tmp_path / name
    good.write_text("# Music\n\nThe cello is in the attic.")
    bad.write_text("x")
    bad.chmod(0)
    report = memory.imports.ingest([bad, good], read=False)
    assert (report.added, [(each.file, each.message) for each in report.failed]) == (
        1,
        [(name, f"{name} could not be read: Permission denied.")],
    )
    assert "permissions" in report.failed[0].hint


def test_a_model_that_may_not_be_read_is_refused(memory: MemoryOS, tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF")
    file.chmod(0)
    with pytest.raises(MemosError, match=r"model\.gguf") as caught:
        memory.models.use(file)
    assert caught.value.hint
