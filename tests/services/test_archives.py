"""Backups open, restores put the old state back whatever happens, exports are whole, and deleting takes only ours."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from memos_engine.errors import (
    CancelledError,
    DamagedError,
    DiskError,
    InputError,
    LockedError,
    NewerFormatError,
    NotFoundError,
)
from memos_engine.memory_os import MemoryOS
from memos_engine.services import backups
from memos_engine.services.sealed_settings import SEALED_SETTINGS
from memos_engine.types import CancelToken, MemoryFilter, VaultState

PASSPHRASE = "correct horse battery staple"
ROOT = Path(__file__).parents[2]


def opened(path: Path) -> MemoryOS:
    memory = MemoryOS.open(path, housekeeping=False)
    memory.access.unlock(passphrase=PASSPHRASE)
    return memory


def texts(memory: MemoryOS) -> set[str]:
    return {found.text for found in memory.memories.browse(MemoryFilter()).memories}


@pytest.fixture
def memory(home):
    memory = MemoryOS.open(home, housekeeping=False)
    memory.access.initialise(use_keyring=False, passphrase=PASSPHRASE)
    memory.memories.remember("Allergic to peanuts")
    yield memory
    memory.close()


@pytest.fixture
def backup(memory, tmp_path):
    return memory.archives.backup(tmp_path / "backups")


def test_a_backup_is_sealed_verified_and_leaves_nothing_beside(memory, backup, tmp_path):
    assert [entry.name for entry in (tmp_path / "backups").iterdir()] == [backup.name]
    for file in backup.rglob("*"):
        assert file.is_dir() or b"peanuts" not in file.read_bytes()
    memory.archives.verify(backup)


def test_a_restore_brings_the_old_state_back_and_keeps_the_new_one_beside(memory, backup, home):
    memory.memories.remember("Lives in Ghent")
    kept = memory.archives.restore(backup)
    assert memory.access.info().state is VaultState.LOCKED
    memory.access.unlock(passphrase=PASSPHRASE)
    assert texts(memory) == {"Allergic to peanuts"}
    assert kept.parent == home
    assert (kept / "vault.toml").exists()
    memory.memories.remember("And it can be written to")


def aged(former: Path, days: int) -> Path:
    """As if the restore had been so many days ago."""
    when = datetime.now(UTC) - timedelta(days=days)
    return former.rename(former.with_name(f"before-restore-{when:%Y-%m-%d-%H%M%S}"))


def test_what_was_there_before_a_restore_is_destroyed_when_what_was_in_the_trash_is(memory, backup, home):
    former = aged(memory.archives.restore(backup), 29)
    memory.access.unlock(passphrase=PASSPHRASE)
    assert (former / "vault.toml").exists()
    memory.access.lock()
    former = aged(former, 31)
    memory.access.unlock(passphrase=PASSPHRASE)
    assert not former.exists()
    assert texts(memory) == {"Allergic to peanuts"}


def test_what_was_there_before_stays_while_a_cube_of_the_restored_home_is_damaged(memory, backup, home):
    other = memory.cubes.create("Other").id
    former = aged(memory.archives.restore(memory.archives.backup(home.parent / "more")), 31)
    database = home / "cubes" / other / "cube.db"
    database.write_bytes(os.urandom(database.stat().st_size))
    memory.access.unlock(passphrase=PASSPHRASE)
    assert (former / "vault.toml").exists()


def test_files_of_others_in_a_former_home_stay(memory, backup, home):
    former = aged(memory.archives.restore(backup), 31)
    (former / "mine.txt").write_text("not yours")
    memory.access.unlock(passphrase=PASSPHRASE)
    assert [file.name for file in former.iterdir()] == ["mine.txt"]


def test_a_backup_opens_on_another_machine(backup, tmp_path):
    elsewhere = MemoryOS.open(tmp_path / "other", housekeeping=False)
    elsewhere.archives.restore(backup)
    elsewhere.access.unlock(passphrase=PASSPHRASE)
    assert texts(elsewhere) == {"Allergic to peanuts"}
    elsewhere.close()


@pytest.mark.parametrize("name", ["vault.toml", "cubes/*/cube.db"])
def test_a_flipped_byte_or_a_missing_file_is_named_and_nothing_is_restored(memory, backup, name):
    file = next(backup.glob(name))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    for call in (memory.archives.verify, memory.archives.restore):
        with pytest.raises(DamagedError, match=file.name):
            call(backup)
    file.unlink()
    with pytest.raises(DamagedError, match=file.name):
        memory.archives.restore(backup)
    assert texts(memory) == {"Allergic to peanuts"}


@pytest.mark.parametrize(
    ("manifest", "error"),
    [
        ("not toml [", DamagedError),
        ('format = 2\nmade = 2026-01-01T00:00:00Z\n[files]\n"vault.toml" = ""', NewerFormatError),
        ('format = 1\nmade = 2026-01-01T00:00:00Z\n[files]\n"../../etc/passwd" = ""', DamagedError),
        ('format = 1\nmade = 2026-01-01T00:00:00Z\n[files]\n"/etc/passwd" = ""', DamagedError),
    ],
)
def test_a_hostile_manifest_is_refused(memory, backup, manifest, error):
    (backup / backups.MANIFEST).write_text(manifest)
    with pytest.raises(error):
        memory.archives.restore(backup)
    assert texts(memory) == {"Allergic to peanuts"}


def test_a_folder_that_is_no_backup_is_told(memory, tmp_path):
    with pytest.raises(NotFoundError, match=re.escape(tmp_path.name)):
        memory.archives.verify(tmp_path)


@pytest.mark.parametrize("inside", [".", "cubes", "cubes/../backups"])
def test_a_copy_is_not_put_into_the_home_that_it_is_to_outlive(memory, home, inside):
    before = sorted(home.rglob("*"))
    for copy in (memory.archives.backup, memory.archives.export):
        with pytest.raises(InputError, match="in the home itself"):
            copy(home / inside)
    assert sorted(home.rglob("*")) == before


def test_a_cancelled_backup_or_export_leaves_nothing(memory, tmp_path):
    stopped = CancelToken()
    stopped.cancel()
    for call in (memory.archives.backup, memory.archives.export):
        with pytest.raises(CancelledError):
            call(tmp_path / "out", cancel=stopped)
    assert list((tmp_path / "out").iterdir()) == []


RESTORE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from memos_engine.services import backups
from memos_engine.types import CancelToken, no_progress
home, backup, deadly = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
steps = 0
def die_at(event, arguments):
    global steps
    if event in ("os.rename", "os.remove", "os.mkdir", "shutil.rmtree", "open"):
        steps += 1
        if steps == deadly:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(die_at)
backups.stage_restore(backup, home, no_progress, CancelToken())
backups.finish_restore(home)
print(steps)
"""


def test_a_kill_at_any_step_of_a_restore_leaves_the_old_home_or_the_new(memory, backup, home, tmp_path):
    memory.memories.remember("Lives in Ghent")
    memory.close()
    old, new = {"Allergic to peanuts", "Lives in Ghent"}, {"Allergic to peanuts"}
    ends, deadly = [], 0
    while True:
        deadly += 4
        victim = tmp_path / f"victim {deadly}"
        shutil.copytree(home, victim)
        command = [sys.executable, "-c", RESTORE_AND_DIE, str(victim), str(backup), str(deadly)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        after = opened(victim)
        ends.append(texts(after))
        assert ends[-1] in (old, new)
        after.close()
        shutil.rmtree(victim)
        if done.returncode != -signal.SIGKILL:
            break
    assert ends[0] == old
    assert ends[-1] == new
    assert ends == sorted(ends, key=lambda end: end == new), "once new, new for good"


def test_an_export_holds_every_memory_with_its_history_and_its_readable_page(memory, tmp_path):
    made = memory.memories.remember("Likes tea")
    memory.memories.edit(made.ids[0], "Likes green tea")
    folder = memory.archives.export(tmp_path / "out")
    assert "readable by anyone" in (folder / "README.md").read_text()
    page = (folder / "Me" / "memories.md").read_text()
    assert "- Likes green tea" in page
    table = json.loads((folder / "Me" / "memories.json").read_text())
    told = {entry["text"]: entry for entry in table["memories"]}
    assert set(told) == {"Allergic to peanuts", "Likes green tea"}
    assert [step["text"] for step in told["Likes green tea"]["history"]] == ["Likes tea", "Likes green tea"]


def test_nothing_is_backed_up_or_exported_while_locked(memory, tmp_path):
    memory.access.lock()
    for call in (memory.archives.backup, memory.archives.export):
        with pytest.raises(LockedError):
            call(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_deleting_everything_takes_what_we_made_and_nothing_else(memory, home, backup):
    (home / "my own notes.txt").write_text("not ours")
    (home / "cubes" / "my own folder").mkdir()
    memory.archives.restore(backup)
    memory.access.unlock(passphrase=PASSPHRASE)
    memory.archives.delete_everything()
    left = [file.relative_to(home) for file in home.rglob("*")]
    assert {path.name for path in left if path.suffix} == {"my own notes.txt"}
    assert "my own folder" in {path.name for path in left}
    assert not [path for path in left if path.name in ("vault.toml", "settings.toml", "cube.db", "blobs")]
    assert memory.access.info().state is VaultState.NEW


DELETE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from memos_engine.services import removal
home, deadly = Path(sys.argv[1]), int(sys.argv[2])
steps = 0
def die_at(event, arguments):
    global steps
    if event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree", "open"):
        steps += 1
        if steps == deadly:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(die_at)
removal.delete_home(home)
"""


def test_a_kill_at_any_step_of_a_deletion_leaves_the_whole_home_or_is_finished(memory, home, tmp_path):
    (home / "my own notes.txt").write_text("not ours")
    memory.close()
    ends, deadly = [], 0
    while True:
        deadly += 3
        victim = tmp_path / f"victim {deadly}"
        shutil.copytree(home, victim)
        command = [sys.executable, "-c", DELETE_AND_DIE, str(victim), str(deadly)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        after = MemoryOS.open(victim, housekeeping=False)
        ends.append(after.access.info().state is VaultState.NEW)
        after.close()
        left = {file.name for file in victim.rglob("*") if file.is_file() and file.parent.name != "logs"}
        if ends[-1]:
            assert left == {"my own notes.txt"}
        else:
            assert {"vault.toml", "cube.db"} <= left
        shutil.rmtree(victim)
        if done.returncode != -signal.SIGKILL:
            break
    assert len(ends) > 3
    assert ends[-1]
    assert ends == sorted(ends), "once begun, gone for good"


def test_a_home_of_ours_alone_is_gone_after_deleting_everything(memory, home):
    memory.archives.delete_everything()
    assert not [file for file in home.rglob("*") if file.is_file()]
    assert os.environ.get("MEMOS_HOME") is None


def test_an_export_holds_every_version_of_a_conversation_and_says_which_is_shown(memory, tmp_path):
    memory.settings.set("memory.remembering", "paused")
    conversation = memory.chats.create()
    first = memory.chats.send(conversation.id, "The plumber comes on Friday.")
    memory.chats.edit(first.question.id, "The plumber comes on Monday.")
    memory.archives.export(tmp_path / "out")
    (table,) = [json.loads(file.read_text()) for file in (tmp_path / "out").rglob("memories.json")]
    said = {m["text"]: m["shown"] for held in table["conversations"] for m in held["messages"] if m["role"] == "person"}
    assert said == {"The plumber comes on Friday.": False, "The plumber comes on Monday.": True}
    (page,) = [text for file in (tmp_path / "out").rglob("*.md") if "plumber" in (text := file.read_text())]
    shown, other = page.split("## Other versions, no longer shown")
    assert "Monday" in shown
    assert "comes on Friday." not in shown
    assert "comes on Friday." in other


def test_what_the_backup_lacks_goes_with_the_old_home(memory, backup, home):
    assert not (backup / SEALED_SETTINGS).exists()
    memory.settings.set("chat.name", "Somebody else")
    former = memory.archives.restore(backup)
    assert not (home / SEALED_SETTINGS).exists()
    assert (former / SEALED_SETTINGS).exists()


@pytest.mark.usefixtures("obeying_permissions")
def test_a_backup_that_may_not_be_read_is_named_as_such(memory, backup):
    (backup / "backup.toml").chmod(0)
    with pytest.raises(DiskError):
        memory.archives.verify(backup)
