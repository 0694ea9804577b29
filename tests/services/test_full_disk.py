"""A disk on which no file may grow any more: each long work says so, leaves the last good state, and goes when there is
room again."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PASSPHRASE = "correct horse battery staple"

PROGRAM = """
import json, resource, signal, sys
from pathlib import Path
from memos_engine.errors import MemosError
from memos_engine.memory_os import MemoryOS
from memos_engine.types import MemoryFilter

home, folder, what = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

def room(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))

def state():
    which = MemoryFilter(limit=1000)
    return [sorted(each.text for each in memory.memories.browse(which).memories),
            [held.title for held in memory.chats.conversations()], memory.recall is not None]

memory = MemoryOS.open(home, housekeeping=False)
memory.access.initialise(use_keyring=False, passphrase=sys.argv[4])
memory.memories.remember("Allergic to peanuts")
talk = folder / "talk.jsonl"
with talk.open("w") as stream:
    for number in range(60):
        line = {"id": f"D{number}", "conversation": "c1", "speaker": "me", "time": "2023-05-08T13:56:00",
                "text": f"Number {number} of the zeppelins " + "flies over the lake " * 500}
        stream.write(json.dumps(line) + "\\n")
if what != "ingest":
    memory.imports.ingest([talk], read=False)
backup = memory.archives.backup(folder / "first") if what == "restore" else None
memory.memories.remember("Lives in Ghent")
work = {
    "backup": lambda: memory.archives.backup(folder / "out"),
    "export": lambda: memory.archives.export(folder / "out"),
    "restore": lambda: memory.archives.restore(backup),
    "ingest": lambda: memory.imports.ingest([talk], read=False),
}[what]
before = state()
room(500_000)
try:
    work()
    told = None
except MemosError as error:
    told = [error.code, error.message, error.hint]
room(hard)
left = sorted(file.name for file in (folder / "out").glob("*")) if (folder / "out").exists() else []
same = state() == before
rest = sorted(file.name for file in home.iterdir() if file.name.startswith((".rest", "before-restore")))
work()
print(json.dumps({"told": told, "left": left, "same": same, "rest": rest}))
"""


@pytest.mark.parametrize("what", ["backup", "export", "restore", "ingest"])
def test_what_the_disk_does_not_take_is_told_and_undone_and_goes_when_there_is_room(
    home: Path, tmp_path: Path, what: str
) -> None:
    command = [sys.executable, "-c", PROGRAM, str(home), str(tmp_path), what, PASSPHRASE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    outcome: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    code, message, hint = outcome["told"]
    assert code == "disk", message
    assert hint
    assert outcome["left"] == []
    assert outcome["rest"] == []
    assert outcome["same"]
