"""A program that ends without closing its memory ends well: no abort in native code, and what was kept is kept."""

import subprocess
import sys
from pathlib import Path

import pytest

from memos_engine.memory_os import MemoryOS
from memos_engine.types import MemoryFilter

ROOT = Path(__file__).parents[2]
PASSPHRASE = "correct horse battery staple"

BEGIN = """
import json, sys, threading
from pathlib import Path
from memos_engine.memory_os import MemoryOS
memory = MemoryOS.open(Path(sys.argv[1]))
memory.access.initialise(use_keyring=False, passphrase=sys.argv[2])
memory.memories.remember("Allergic to peanuts")
"""

NOTHING_ELSE = ""

BEHIND_A_REPLY = """
streaming = threading.Event()
talk = memory.chats.create()
def answer():
    memory.chats.send(talk.id, "Tell me a long story about the sea.", on_event=lambda event: streaming.set())
threading.Thread(target=answer, daemon=True).start()
assert streaming.wait(120)
"""

BEHIND_READING = """
file = Path(sys.argv[3])
with file.open("w") as stream:
    for number in range(400):
        line = {"id": f"D{number}", "conversation": "c", "speaker": "me", "time": "2023-05-08T13:56:00",
                "text": f"I moved to town number {number} and I like cake number {number}."}
        stream.write(json.dumps(line) + "\\n")
memory.imports.ingest([file])
reading = threading.Event()
memory.subscribe(lambda changes: reading.set() if changes.memories else None)
assert reading.wait(120)
"""

BY_AN_ERROR = """
raise SystemExit(0)
"""


@pytest.mark.parametrize(
    "doing",
    [NOTHING_ELSE, BEHIND_A_REPLY, BEHIND_READING, BEHIND_READING + BEHIND_A_REPLY, BEHIND_A_REPLY + BY_AN_ERROR],
    ids=["idle", "a reply streams", "reading goes on", "both", "sys.exit"],
)
def test_a_program_that_ends_without_closing_ends_well(home: Path, tmp_path: Path, doing: str) -> None:
    command = [sys.executable, "-c", BEGIN + doing, str(home), PASSPHRASE, str(tmp_path / "talk.jsonl")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    assert not list(home.glob(".open-*.lock")), "the home was given back"
    memory = MemoryOS.open(home, housekeeping=False)
    memory.access.unlock(passphrase=PASSPHRASE)
    assert memory.memories.browse(MemoryFilter(query="peanuts")).total == 1
    memory.close()
