"""A reply that says that it does not know offers what is known nearby."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.chat.message_widget import MessageWidget
from app.chat.nearby_lines import MOST
from app.chat.row import Row
from app.widgets.source_line import LinkLine
from memos_engine.types import Message, Role, UsedMemory

NOW = datetime(2026, 11, 27, tzinfo=UTC)
USED = tuple(UsedMemory(f"m{number}", f"Brother is a glazier {number}", 1.0, {}) for number in range(5))
SILENT = "I don't know that about your sister yet."


def reply(text: str = SILENT, used: tuple[UsedMemory, ...] = USED) -> Message:
    return Message("r", "c", "q", Role.ASSISTANT, "", text, NOW, model="m", used=used)


def test_it_offers_the_nearest_memories_and_opens_them(qtbot):
    widget = MessageWidget(Row(reply()))
    qtbot.addWidget(widget)
    assert widget.nearby is not None
    links = widget.nearby.findChildren(LinkLine)
    assert [link.accessibleName() for link in links] == [f"Known nearby: {one.text}" for one in USED[:MOST]]
    with qtbot.waitSignal(widget.memory_wanted) as wanted:
        links[1].click()
    assert wanted.args == [widget.row.message, "m1"]


@pytest.mark.parametrize("message", [reply("Your brother is a glazier."), reply(used=())])
def test_an_answer_and_a_reply_without_memories_offer_nothing(qtbot, message: Message):
    widget = MessageWidget(Row(message))
    qtbot.addWidget(widget)
    assert widget.nearby is None


def test_it_follows_the_reply(qtbot):
    widget = MessageWidget(Row(reply()))
    qtbot.addWidget(widget)
    widget.row.message = replace(widget.row.message, text="Your brother is a glazier.")
    widget.show_row()
    assert widget.nearby is None
