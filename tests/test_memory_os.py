"""The door: its public names, the main road through it, and what may not leave it."""

import inspect
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from memos_engine.errors import LockedError
from memos_engine.memory_os import MemoryOS
from memos_engine.types import ChangeKind, MemoryChanges, MemoryFilter, TextDelta

PASSPHRASE = "correct horse battery staple"

DOOR = {
    "access": "info initialise lock new_recovery_code set_keyring set_passphrase unlock",
    "archives": "backup delete_everything export restore verify",
    "chats": "ask_without attached context_use conversations create delete draft edit get keep_withheld locate "
    "regenerate rename save_draft save_waiting send set_archived set_memory set_pinned show_branch thread waiting",
    "cubes": "create destroy get list lock rename set_chats_may_read set_default unlock",
    "imports": "ingest plan",
    "jobs": "cancel list resume wait_idle",
    "memories": "browse confirm edit empty_trash forget forget_preview get get_many history last_operation move pin "
    "remember remove resolve restore review undo",
    "models": "current encoders inspect licences list load unload use use_encoder",
    "recall": "recall recall_batch search",
}
OF_ITSELF = {"close", "open", "status", "subscribe"}


def public(thing: object) -> set[str]:
    return {name for name, _ in inspect.getmembers(thing, callable) if not name.startswith("_")}


def opened(home: Path) -> MemoryOS:
    memory = MemoryOS.open(home, housekeeping=False)
    if memory.access.info().state == "new":
        memory.access.initialise(use_keyring=False, passphrase=PASSPHRASE)
        memory.settings.set("chat.max_tokens", 16)
    else:
        memory.access.unlock(passphrase=PASSPHRASE)
    return memory


def test_the_door_has_these_names_and_no_others(home: Path) -> None:
    memory = MemoryOS.open(home)
    assert public(memory) == OF_ITSELF
    services = {name for name in vars(memory) if not name.startswith("_")} - {"home", "settings"}
    assert services == set(DOOR)
    for name, methods in DOOR.items():
        assert public(getattr(memory, name)) == set(methods.split()), name
    memory.close()


def test_opening_reads_and_writes_nothing(home: Path) -> None:
    memory = MemoryOS.open(home)
    assert memory.access.info().state == "new"
    assert memory.status().locked
    memory.close()
    assert not home.exists()


def test_behind_a_locked_vault_everything_but_access_is_shut(home: Path) -> None:
    memory = opened(home)
    conversation = memory.chats.create()
    memory.access.lock()
    for call in (
        memory.chats.conversations,
        lambda: memory.chats.get(conversation.id),
        lambda: memory.chats.create(temporary=True),
        lambda: memory.memories.browse(MemoryFilter()),
        lambda: memory.memories.remember("Likes tea"),
        memory.cubes.list,
    ):
        with pytest.raises(LockedError):
            call()
    memory.access.unlock(passphrase=PASSPHRASE)
    assert memory.chats.get(conversation.id).id == conversation.id
    memory.close()


def test_the_main_road(home: Path) -> None:
    memory = opened(home)
    told = memory.chats.send(
        memory.chats.create().id, "I moved from Porto to Utrecht in March and I'm allergic to peanuts."
    )
    texts = {change.memory.text for change in told.changes.memories if change.memory}
    assert {"Lives in Utrecht", "Allergic to peanuts"} <= texts
    memory.close()

    memory = opened(home)
    asked = memory.chats.send(memory.chats.create().id, "What should a cook know about me? I mean allergies.")
    allergy = next(item.memory for item in asked.used if item.memory.text == "Allergic to peanuts")
    assert allergy.sources[0].message_id == told.question.id
    moved = memory.chats.send(memory.chats.create().id, "I moved again, to Ghent.")
    superseded = [change for change in moved.changes.memories if change.kind is ChangeKind.SUPERSEDED]
    assert [change.memory.text for change in superseded if change.memory] == ["Lives in Utrecht"]
    memory.close()

    memory = opened(home)
    current = {item.text for item in memory.memories.browse(MemoryFilter()).memories}
    assert "Lives in Ghent" in current
    assert "Lives in Utrecht" not in current
    ghent = next(item for item in memory.memories.browse(MemoryFilter()).memories if item.text == "Lives in Ghent")
    assert "Lives in Utrecht" in [version.text for version in memory.memories.history(ghent.id)]
    memory.memories.undo(moved.changes.operation)
    assert "Lives in Utrecht" in {item.text for item in memory.memories.browse(MemoryFilter()).memories}
    memory.close()


def test_what_another_process_writes_is_heard_and_found(home: Path) -> None:
    first = MemoryOS.open(home)
    first.access.initialise(use_keyring=False, passphrase=PASSPHRASE)
    heard = threading.Event()
    first.subscribe(lambda changes: heard.set() if changes.elsewhere else None)
    script = (
        "import sys; from pathlib import Path; from memos_engine.memory_os import MemoryOS;"
        "memory = MemoryOS.open(Path(sys.argv[1]), housekeeping=False);"
        "memory.access.unlock(passphrase=sys.argv[2]); memory.memories.remember('Likes zeppelins'); memory.close()"
    )
    subprocess.run([sys.executable, "-c", script, str(home), PASSPHRASE], check=True)
    assert heard.wait(30)
    assert [item.text for item in first.memories.browse(MemoryFilter()).memories] == ["Likes zeppelins"]
    first.close()


def test_a_cube_that_another_process_makes_is_heard_of(home: Path) -> None:
    first = MemoryOS.open(home)
    first.access.initialise(use_keyring=False, passphrase=PASSPHRASE)
    told: list[str] = []
    heard = threading.Event()

    def hear(changes: MemoryChanges) -> None:
        if changes.elsewhere and changes.cubes:
            told.extend(changes.cubes)
            heard.set()

    first.subscribe(hear)
    script = (
        "import sys; from pathlib import Path; from memos_engine.memory_os import MemoryOS;"
        "memory = MemoryOS.open(Path(sys.argv[1]), housekeeping=False);"
        "memory.access.unlock(passphrase=sys.argv[2]); memory.cubes.create('Work'); memory.close()"
    )
    subprocess.run([sys.executable, "-c", script, str(home), PASSPHRASE], check=True)
    assert heard.wait(30)
    assert told == [first.cubes.get("Work").id]
    first.close()


def test_a_listener_that_fails_does_not_keep_others_from_hearing(home: Path) -> None:
    memory = opened(home)
    heard: list[MemoryChanges] = []

    def fail(_: MemoryChanges) -> None:
        raise ZeroDivisionError

    memory.subscribe(fail)
    end = memory.subscribe(heard.append)
    memory.memories.remember("Likes tea")
    assert heard
    end()
    before = len(heard)
    memory.memories.remember("Likes coffee")
    assert len(heard) == before
    memory.close()


CANARY = re.compile(rb"zanzibarcanary|Zanzibarcanary|ZANZIBARCANARY")


def leaks(*folders: Path) -> list[Path]:
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    assert files
    return [file for file in files if CANARY.search(file.name.encode()) or CANARY.search(file.read_bytes())]


@pytest.mark.parametrize("kill", [False, True])
def test_no_file_holds_a_word_of_it_while_running_or_after_a_kill(home: Path, tmp_path: Path, kill: bool) -> None:
    temporary, work = tmp_path / "temporary", tmp_path / "work"
    for folder in (temporary, work):
        folder.mkdir()
        (folder / "marker").touch()
    script = """
import os, sys
from pathlib import Path
from memos_engine.memory_os import MemoryOS
from memos_engine.types import TextDelta, Unsent
memory = MemoryOS.open(Path(sys.argv[1]))
memory.access.initialise(use_keyring=False, passphrase=sys.argv[2])
memory.settings.set("chat.max_tokens", 16)
notes = Path(sys.argv[3])
conversation = memory.chats.create()
memory.chats.save_draft(conversation.id, "a zanzibarcanary draft")
memory.chats.save_waiting(conversation.id, [Unsent("zanzibarcanary waits", (Path("/notes/zanzibarcanary.md"),))])
memory.chats.send(conversation.id, "I live in Zanzibarcanary and I have a parrot called Zanzibarcanary.")
memory.memories.remember("My zanzibarcanary sings")
list(memory.recall.search("zanzibarcanary"))
print("ready", flush=True)
sys.stdin.readline()
memory.close()
"""
    environment = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(home), PASSPHRASE, str(work)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=work,
        env=environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        assert leaks(home, temporary, work) == []
        arguments = Path(f"/proc/{process.pid}/cmdline")
        if arguments.exists():
            assert not CANARY.search(arguments.read_bytes().replace(script.encode(), b""))
        if kill:
            process.send_signal(signal.SIGKILL)
        else:
            process.stdin.write(b"\n")
            process.stdin.flush()
        process.wait(60)
        assert leaks(home, temporary, work) == []
    finally:
        process.kill()
        process.stdin.close()
        process.stdout.close()
        process.wait()


def test_streaming_events_arrive_while_the_reply_grows(home: Path) -> None:
    memory = opened(home)
    states: list[str] = []
    conversation = memory.chats.create()

    def look(event: object) -> None:
        if isinstance(event, TextDelta) and not states:
            states.append(memory.chats.thread(conversation.id)[-1].state)

    memory.chats.send(conversation.id, "Hello!", on_event=look)
    assert states == ["writing"]
    memory.close()
