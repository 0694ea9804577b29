"""How a reply ended, told in words of its own for each way."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.chat.message_widget import MessageWidget
from app.chat.row import Row
from app.operations import Operations
from memos_engine.types import Ending, Message, MessageState, Role, now


@pytest.mark.parametrize(
    ("state", "ending", "said"),
    [
        (MessageState.DONE, None, None),
        (MessageState.CUT, None, "cut short"),
        (MessageState.CUT, Ending.STOPPED, "stopped by you"),
        (MessageState.DONE, Ending.LENGTH, "longest length reached"),
    ],
)
def test_each_way_has_its_words(qtbot: QtBot, state: MessageState, ending: Ending | None, said: str | None):
    made = MessageWidget(Row(Message("m", "c", None, Role.ASSISTANT, "", "Once.", now(), state, "tiny", ending=ending)))
    qtbot.addWidget(made)
    notes = {label.text(): label.toolTip() for label in made._foot.findChildren(QLabel)}
    ways = {"cut short", "stopped by you", "longest length reached"} & set(notes)
    assert ways == ({said} if said else set())
    assert all(notes[way] for way in ways)


def test_a_lock_is_no_stop_by_the_person(qtbot: QtBot, shared_engine):
    operations = Operations(shared_engine)
    stopped = operations.run(operations, "Answer", lambda _progress, cancel: cancel.check())
    stopped.cancel()
    assert stopped.cancel_token.by_person
    locked = operations.run(operations, "Answer", lambda _progress, cancel: cancel.check())
    operations.cancel_all()
    assert not locked.cancel_token.by_person
    operations.close()
