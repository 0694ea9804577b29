"""A message of which words were forgotten says so, and when."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.chat.message_widget import MessageWidget
from app.chat.row import Row
from app.widgets.buttons import IconButton
from app.widgets.dates import day
from memos_engine.memory_os import MemoryOS
from memos_engine.types import Message, Role, now


def thread_after_forgetting(engine: MemoryOS, told: str, learned: str) -> tuple[Message, ...]:
    """What a conversation shows once what was learned in it is forgotten."""
    chat = engine.chats.create()
    reply = engine.chats.send(chat.id, told)
    (forgotten,) = [memory_id for memory_id in reply.changes.ids if learned in engine.memories.get(memory_id).text]
    engine.memories.forget([forgotten])
    return engine.chats.thread(chat.id)


def drawn(qtbot: QtBot, message: Message) -> MessageWidget:
    made = MessageWidget(Row(message))
    qtbot.addWidget(made)
    return made


def test_a_message_that_was_forgotten_says_so_and_when(qtbot: QtBot, shared_engine: MemoryOS):
    message, *_ = thread_after_forgetting(shared_engine, "I'm allergic to persimmons.", "persimmons")
    assert message.is_forgotten
    made = drawn(qtbot, message)
    said = f"Forgotten at your wish on {day(now().astimezone().date())}."
    assert made.body._parts[0].toPlainText().strip() == said
    assert made.accessibleName().endswith(said)
    assert [button.accessibleName() for button in made.findChildren(IconButton)] == []


def test_a_message_of_which_a_part_is_left_shows_it_and_says_so(qtbot: QtBot, shared_engine: MemoryOS):
    message, *_ = thread_after_forgetting(shared_engine, "What is a sonnet? I'm allergic to quinces.", "quinces")
    made = drawn(qtbot, message)
    assert "What is a sonnet?" in made.body._parts[0].toPlainText()
    assert "partly forgotten" in [label.text() for label in made.findChildren(QLabel)]


@pytest.mark.parametrize("text", ["…", "...", "🦆"])
def test_what_the_person_wrote_without_a_word_is_not_taken_for_forgotten(qtbot: QtBot, text: str):
    made = drawn(qtbot, Message("m", "c", None, Role.PERSON, "me", text, now()))
    assert made.body._parts[0].toPlainText() == text
