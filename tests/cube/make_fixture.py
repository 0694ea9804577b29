"""Writes the fixture of the present format: `python tests/cube/make_fixture.py` before a release, not over an old one.

The key is that of tests/cube/conftest.py: 0x11, 0x22 and 0x33, 32 times each.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from memos_engine.cube import conversations, documents, items, messages, sources, tombstones, vectors, versions, waiting
from memos_engine.cube.migrations import FORMAT_VERSION
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ConversationRow, DocumentRow, ItemRow, MessageRow, WaitingRow
from memos_engine.types import Role
from memos_engine.vault.keys import CubeKeys

FOLDER = Path(__file__).parent / "fixtures" / f"v{FORMAT_VERSION}"


def main() -> None:
    """Make the cube and close it."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    keys = CubeKeys(b"\x11" * 32, b"\x22" * 32, b"\x33" * 32)
    store = CubeStore.create(FOLDER, "c1", "Me", keys)
    text = "I moved from Porto to Utrecht in March and I'm allergic to peanuts."
    with store.write() as session:
        talk = conversations.add(session, ConversationRow(id="talk", title="Moving"))
        said = MessageRow(id="m1", conversation_id="talk", text=text, time=datetime(2026, 3, 3, 14, 5, tzinfo=UTC))
        messages.add(session, said)
        reply = MessageRow(id="m2", conversation_id=talk.id, parent_id="m1", role=Role.ASSISTANT, text="Noted. 東京都")
        messages.add(session, reply)
        row = items.add(session, ItemRow(id="i1", text="Allergic to peanuts", tags=["health"]))
        sources.add(session, "i1", start=43, end=66, time=said.time, message_id="m1")
        versions.add(session, row, actor="chat", reason="remembered")
        vectors.put(session, [(row.rowid or 0, np.full(4, 0.5, dtype=np.float32))], "tiny")
        tombstones.add(session, "gone", "Likes walnuts")
        waiting.replace(
            session, "talk", [WaitingRow(id="w1", conversation_id="talk", text="Thanks!", files=["/notes/list.txt"])]
        )
        documents.add(session, DocumentRow(id="f1", name="list.txt", digest="d", message_id="m1"), ["Boxes: 12"])
    store.close()
    (FOLDER / "blobs").rmdir()


if __name__ == "__main__":
    main()
