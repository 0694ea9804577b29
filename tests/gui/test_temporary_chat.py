"""Temporary chats in the list: told apart from each other, and never taken for what is kept."""

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt

from app.chat.conversation_model import ConversationModel
from memos_engine.types import Conversation


def test_the_list_calls_a_temporary_chat_as_its_header_does(window, qtbot, shared_engine):
    chat = window.pages["chat"]
    chat.new_temporary_chat()
    chat.pane.composer.set_text("My doctor is called Ines.")
    chat.pane.composer._send()
    qtbot.waitUntil(lambda: bool(chat.list.temporary), timeout=30_000)
    (listed,) = chat.list.temporary
    row = chat.list.model.find
    qtbot.waitUntil(lambda: not chat.pane._turns.is_busy, timeout=30_000)
    qtbot.waitUntil(
        lambda: (
            row(listed) is not None
            and chat.list.model.data(chat.list.model.index(row(listed))) == "My doctor is called Ines"
        ),
        timeout=10_000,
    )
    assert chat.pane.header.title.text() == "My doctor is called Ines"
    shared_engine.chats.rename(listed, "Doctors")
    qtbot.waitUntil(lambda: chat.list.model.data(chat.list.model.index(row(listed))) == "Doctors")
    chat.list.search.setText("nothing like it")
    qtbot.waitUntil(lambda: row(listed) is None, timeout=10_000)
    chat.list.search.setText("doct")
    qtbot.waitUntil(lambda: row(listed) is not None, timeout=10_000)
    chat.list.search.clear()
    shared_engine.chats.delete(listed, forget_learned=False)
    qtbot.waitUntil(lambda: not chat.list.temporary, timeout=10_000)


@pytest.mark.parametrize(("title", "shown"), [("", "Temporary chat"), ("Doctors", "Doctors")])
def test_it_is_spoken_of_as_temporary(qtbot, title: str, shown: str):
    at = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)
    model = ConversationModel()
    model.show([Conversation("t", "", title, at, at, temporary=True, messages=2)])
    index = model.index(1)
    assert model.data(model.index(0)) == "Temporary"
    assert model.data(index) == shown
    assert model.data(index, Qt.ItemDataRole.AccessibleTextRole) == f"{shown}, temporary: nothing of it is kept"
    assert "nothing of it is kept" in model.data(index, Qt.ItemDataRole.ToolTipRole)
