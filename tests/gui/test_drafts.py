"""What is not sent is kept behind the back of whoever types."""

import threading

from app.chat.drafts import Drafts
from app.context import AppContext
from memos_engine.memory_os import MemoryOS


def test_a_slow_write_holds_up_nobody_who_types_and_the_newest_text_is_kept_last(
    context: AppContext, engine: MemoryOS, monkeypatch, qtbot
):
    writing, go_on = threading.Event(), threading.Event()
    kept: list[str] = []
    waited: list[bool] = []

    def save(_conversation_id: str, text: str) -> None:
        writing.set()
        waited.append(go_on.wait(20))
        kept.append(text)

    monkeypatch.setattr(engine.chats, "save_draft", save)
    drafts = Drafts(context.operations)
    drafts.save("c", "I ")
    assert writing.wait(20)
    drafts.save("c", "I live ")
    drafts.save("c", "I live in Ghent")
    go_on.set()
    qtbot.waitUntil(lambda: len(kept) > 1)
    qtbot.waitUntil(lambda: kept[-1] == "I live in Ghent")
    assert all(waited), "the next save waited for the write of the first"
