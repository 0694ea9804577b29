"""Killing a process in the middle of chats, imports and edits: what was acknowledged is there, nothing is half-done."""

import json
import os
import random
import signal
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from sqlmodel import col, select

from memos_engine.cube.tables import ImportRow, ItemRow, MessageRow
from memos_engine.memory_os import MemoryOS
from memos_engine.types import MessageState, Role

KILLS = 20
PASSPHRASE = "a passphrase"

LINES = 12
"""Messages of an imported file."""

WRITING = 3
"""Every third victim begins with a chat, and this is the line at which its reply is being written."""


class Told:
    """What the victims told: acknowledged, or under way when they died."""

    def __init__(self) -> None:
        self.memories: dict[str, set[str | None]] = {}
        self.messages: dict[str, str] = {}
        self.drafts: dict[str, set[str]] = defaultdict(lambda: {""})
        self.imports: set[str] = set()
        self.writing: set[str] = set()
        self.kinds: dict[str, int] = defaultdict(int)

    def hear(self, kind: str, *words: str) -> None:
        """One line."""
        self.kinds[kind] += 1
        match kind, words:
            case ("remembered" | "edited", (item, text)):
                self.memories[item] = {text}
            case ("editing", (item, text)):
                self.memories[item].add(text)
            case ("forgetting", (item,)):
                self.memories[item].add(None)
            case ("forgotten", (item,)):
                self.memories[item] = {None}
            case ("asked", (message, text)):
                self.messages[message] = text
            case ("writing", (message,)):
                self.writing.add(message)
            case ("answered", (message, text)):
                self.writing.discard(message)
                self.messages[message] = text
            case ("imported", (name,)):
                self.imports.add(name)
            case ("drafting", (chat, text)):
                self.drafts[chat].add(text)
            case ("drafted", (chat, text)):
                self.drafts[chat] = {text}


def killed_in_the_middle(home: Path, code: str, folder: Path) -> Told:
    """Let victims work, and kill each at a line of its own."""
    told, draw = Told(), random.Random(11)
    nursery = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("mixed_calls.py"), home, code, folder, str(LINES)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert nursery.stdin
    assert nursery.stdout
    with nursery:
        for number in range(1, KILLS + 1):
            nursery.stdin.write("go\n")
            pid, wanted, seen = 0, WRITING if number % 6 == 0 else draw.randrange(2, 14), 0
            for line in nursery.stdout:
                kind, *words = json.loads(line)
                if kind == "dead":
                    break
                if kind == "pid":
                    pid = int(words[0])
                    continue
                told.hear(kind, *words)
                seen += 1
                if pid and seen >= wanted:
                    os.kill(pid, signal.SIGKILL)
                    wanted = 10**9
        nursery.stdin.close()
    return told


def test_what_was_acknowledged_survives_kills_and_nothing_is_half_done(home: Path, tmp_path: Path) -> None:
    made = MemoryOS.open(home, housekeeping=False)
    code = made.access.initialise(use_keyring=False, passphrase=PASSPHRASE)
    # Short prompts and replies, and no threads that wait for each other: much can happen within a minute.
    for name, value in (("model.context", 512), ("model.threads", 1), ("chat.max_tokens", 16)):
        made.settings.set(name, value)
    made.close()
    told = killed_in_the_middle(home, code, tmp_path)

    memory = MemoryOS.open(home, housekeeping=False)
    memory.access.unlock(passphrase=PASSPHRASE)
    store = memory._home.shelf.default()
    store.check()
    with store.read() as session:
        texts = dict(session.exec(select(ItemRow.id, ItemRow.text)).all())
        messages = {row.id: row for row in session.exec(select(MessageRow)).all()}
        staged = session.exec(select(ItemRow.id).where(col(ItemRow.staged).is_(True))).all()
        unfinished = session.exec(select(ImportRow.id).where(col(ImportRow.completed).is_(None))).all()
    assert all(texts.get(item) in possible for item, possible in told.memories.items())
    assert {message: messages[message].text for message in told.messages} == told.messages
    assert all(memory.chats.draft(chat) in possible for chat, possible in told.drafts.items())
    replies = {name: row.state for name, row in messages.items() if row.role is Role.ASSISTANT}
    assert all(replies[name] is MessageState.CUT for name in told.writing)
    assert MessageState.WRITING not in replies.values()
    imported: dict[str, int] = defaultdict(int)
    for name in messages:
        imported[name.rpartition("-")[0]] += "-" in name
    assert all(imported[name] == LINES for name in told.imports)
    assert {count for name, count in imported.items() if name} <= {LINES}
    assert (staged, unfinished) == ([], [])
    assert not list(store.folder.glob("*.lock"))
    memory.close()
    # Enough of everything was under way for this to mean something.
    assert told.writing
    assert [kind for kind in ("answered", "edited", "imported", "drafted", "forgotten") if not told.kinds[kind]] == []
