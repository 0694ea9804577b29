"""Killing a process that writes, a hundred times: nothing acknowledged is lost, nothing is half-done."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from sqlmodel import select

from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ImportRow, ItemRow, MessageRow
from memos_engine.vault.keys import CubeKeys

KILLS = 110

_WRITER = """
import os, random, sys
from pathlib import Path
import numpy as np
from memos_engine.cube import conversations, erasure, items, messages, vectors
from memos_engine.cube.staging import StagedImport
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ConversationRow, ItemRow, MessageRow
from memos_engine.vault.keys import CubeKeys

keys = CubeKeys(b"\\x11" * 32, b"\\x22" * 32, b"\\x33" * 32)
rounds, seed = Path(sys.argv[1]), int(sys.argv[2])
draw = random.Random(seed)


def tell(*words):
    # One write: with PYTHONUNBUFFERED, print makes several, and a kill comes between them.
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())


def child(number):
    store = CubeStore.open(rounds, "c1", keys)
    tell("open", number)
    with store.write() as session:
        talk = conversations.add(session, ConversationRow(title="Talk"))
    kept = []
    while True:
        step = draw.random()
        name = f"k{number}x{draw.getrandbits(40):x}"
        if step < 0.35:
            with store.write() as session:
                text = "walnut " * draw.randrange(1, 900)
                messages.add(session, MessageRow(id=name, conversation_id=talk.id, text=text))
            tell("message", name)
        elif step < 0.7 or not kept:
            with store.write() as session:
                row = items.add(session, ItemRow(id=name, text=f"likes {name}"))
                vectors.put(session, [(row.rowid, np.ones(384, dtype=np.float32))], "e")
            kept.append(name)
            tell("item", name)
        elif step < 0.8:
            with StagedImport(store, "files") as stage:
                with store.write() as session:
                    items.add_many(
                        session,
                        [ItemRow(id=f"{name}-{i}", text="staged", staged=True, import_id=stage.id) for i in range(8)],
                    )
                with store.write() as session:
                    stage.complete(session)
            tell("import", name)
        elif step < 0.9:
            gone = kept.pop(draw.randrange(len(kept)))
            tell("erasing", gone)
            with store.write() as session:
                erasure.erase_item(session, items.by_id(session, gone))
            tell("erased", gone)
            if draw.random() < 0.3:
                store.scrub()
        else:
            which = draw.choice(kept)
            tell("editing", which)
            with store.write() as session:
                row = items.by_id(session, which)
                row.text = f"likes {which} most"
                items.save(session, row)
            tell("edited", which)


number = 0
while True:
    go = sys.stdin.readline()
    if not go:
        break
    number += 1
    pid = os.fork()
    if pid == 0:
        draw.seed(seed * 1000 + number)
        child(number)
    tell("pid", pid)
    os.waitpid(pid, 0)
    tell("dead", pid)
"""


def test_a_hundred_kills_lose_nothing_that_was_acknowledged(folder: Path, keys: CubeKeys):
    CubeStore.create(folder, "c1", "Me", keys).close()
    draw = random.Random(7)
    there: dict[str, str] = {}
    unsure: dict[str, set[str | None]] = {}
    messages: set[str] = set()
    imports: set[str] = set()
    nursery = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(folder), "7"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    for _ in range(KILLS):
        nursery.stdin.write("go\n")
        pid, opened, wanted = 0, False, draw.randrange(1, 15)
        for seen, line in enumerate(nursery.stdout, 1):
            told, name = line.split()
            match told:
                case "pid":
                    pid = int(name)
                case "open":
                    opened = True
                case "dead":
                    break
                case "message":
                    messages.add(name)
                case "import":
                    imports.add(name)
                case "item":
                    there[name] = f"likes {name}"
                case "erasing":
                    unsure[name] = {there.pop(name), None}
                case "erased":
                    unsure[name] = {None}
                case "editing":
                    unsure[name] = {there.pop(name), f"likes {name} most"}
                case "edited":
                    del unsure[name]
                    there[name] = f"likes {name} most"
            if opened and pid and seen >= wanted:
                os.kill(pid, signal.SIGKILL)
                wanted = 10**9
    nursery.stdin.close()
    nursery.stdout.close()
    nursery.wait(20)

    store = CubeStore.open(folder, "c1", keys)
    store.check()
    with store.read() as session:
        found = dict(session.exec(select(ItemRow.id, ItemRow.text).where(ItemRow.kind == "fact")).all())
        said = set(session.exec(select(MessageRow.id)).all())
        staged = session.exec(select(ItemRow.id).where(ItemRow.staged)).all()
        unfinished = session.exec(select(ImportRow.id).where(ImportRow.completed.is_(None))).all()
    store.close()
    assert len(messages) > KILLS / 2
    assert len(there) > KILLS / 2
    assert messages <= said
    assert {name: found.get(name) for name in there} == there
    assert all(found.get(name) in possible for name, possible in unsure.items())
    assert all(sum(f"{name}-{i}" in found for i in range(8)) == 8 for name in imports)
    halves = {name.rpartition("-")[0] for name in found if "-" in name}
    assert all(sum(f"{name}-{i}" in found for i in range(8)) == 8 for name in halves)
    assert not staged
    assert not unfinished
    assert not list(folder.glob("*.lock"))
