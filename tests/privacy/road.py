"""The main road as a process of its own: `road.py FOLDER`; each printed line is a station, after which it waits.

It chats, remembers, imports, searches and backs up with planted canaries, and then stands still with everything open
until it is told to go on, or killed.
"""

import sys
from pathlib import Path

from connections import forbid

from memos_engine.memory_os import MemoryOS
from memos_engine.services.recall import command_call

PASSPHRASE = "a passphrase that is no canary"


def station(name: str) -> None:
    """Say where we are, and wait for a line on standard input."""
    sys.stdout.write(f"{name}\n")
    sys.stdout.flush()
    sys.stdin.readline()


def main() -> None:
    """Walk the road."""
    forbid()
    folder = Path(sys.argv[1])
    (notes,) = folder.glob("*/notes.md")
    memory = MemoryOS.open(folder / "home")
    memory.settings.set("chat.max_tokens", 16)
    memory.access.initialise(use_keyring=False, passphrase=PASSPHRASE)
    conversation = memory.chats.create()
    memory.chats.send(conversation.id, "My sister Zorblattina moved to Quuxhaven and I'm allergic to frobnitzes.")
    memory.chats.save_draft(conversation.id, "I have not yet told you about wibblefish")
    hidden = memory.chats.create(temporary=True)
    memory.chats.send(hidden.id, "Nobody must know that I collect gronkulators.")
    memory.memories.remember("The safe word is plughxyzzy")
    memory.imports.ingest([notes], author="me")
    memory.jobs.wait_idle(60)
    memory.recall.recall(command_call("who moved to Quuxhaven?"))
    memory.recall.search("frobnit")
    station("open")
    memory.archives.backup(folder / "backups")
    memory.access.lock()
    station("locked")
    memory.close()


if __name__ == "__main__":
    main()
