"""Asking again without a memory, in the window."""

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.chat.comparison_dialog import ComparisonDialog
from app.context import AppContext
from app.page import Page
from memos_engine.types import Memory, Reply

LONG = 60_000


@pytest.fixture
def answered(context: AppContext) -> tuple[Reply, Memory]:
    """A reply, and a memory that it used."""
    engine = context.engine
    engine.settings.set("chat.max_tokens", 16)
    engine.chats.send(engine.chats.create().id, "I am allergic to peanuts.")
    reply = engine.chats.send(engine.chats.create().id, "What am I allergic to?")
    return reply, reply.used[0].memory


@pytest.fixture
def dialog(context: AppContext, answered: tuple[Reply, Memory], show: Callable[[Any], Any]) -> ComparisonDialog:
    reply, memory = answered
    dialog = ComparisonDialog(context, show(Page(context)), reply.message.id, memory)
    dialog.open()
    return dialog


def test_both_replies_stand_side_by_side(dialog: ComparisonDialog, qtbot: QtBot):
    assert dialog.stop.isVisible()
    qtbot.waitUntil(lambda: dialog.again.isVisible(), timeout=LONG)
    assert all(side.text.strip() for side in dialog.sides.values())
    heights = [side.body.height() for side in dialog.sides.values()]
    assert min(heights) > 0
    dialog.reject()


def test_it_can_be_stopped_and_asked_once_more(dialog: ComparisonDialog, qtbot: QtBot):
    dialog.stop.click()
    qtbot.waitUntil(lambda: dialog.status.text() == "Stopped.", timeout=LONG)
    dialog.again.click()
    qtbot.waitUntil(lambda: dialog.again.isVisible() and dialog.status.text() != "Stopped.", timeout=LONG)
    assert all(side.text.strip() for side in dialog.sides.values())
    dialog.reject()


def test_a_memory_that_is_gone_by_now_is_told(
    context: AppContext, answered: tuple[Reply, Memory], dialog: ComparisonDialog, qtbot: QtBot
):
    qtbot.waitUntil(lambda: dialog.again.isVisible(), timeout=LONG)
    context.engine.memories.forget([answered[1].id])
    dialog.ask()
    qtbot.waitUntil(dialog.banner.isVisible, timeout=LONG)
    assert dialog.status.text() == ""
    dialog.reject()


def test_closing_it_stops_the_writing(dialog: ComparisonDialog, qtbot: QtBot):
    task = dialog._task
    assert task is not None
    dialog.reject()
    assert task.cancel_token.cancelled
    qtbot.waitUntil(lambda: not task.running, timeout=LONG)
