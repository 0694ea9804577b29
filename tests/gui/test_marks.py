"""What is marked in the thread, and until when: the words of a source, and the message that has the focus."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.chat.thread_view import ThreadView
from memos_engine.types import Message, Role, now


@pytest.fixture
def view(qtbot: QtBot) -> ThreadView:
    """Forty messages at the first, of which words are marked."""
    made = ThreadView()
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    roles = (Role.PERSON, Role.ASSISTANT)
    made.show_messages(
        tuple(
            Message(f"m{n}", "c", None, roles[n % 2], "me", f"Message {n}. " + "word " * 60, now()) for n in range(40)
        )
    )
    made.show_row_at_top("m0")
    made.mark_span("m0", 0, 7)
    qtbot.waitUntil(lambda: marked(made) == ["Message"])
    return made


def marked(view: ThreadView) -> list[str]:
    body = view.drawn["m0"].body._parts[0]
    return [selection.cursor.selectedText() for selection in body.extraSelections()]


def click(view: ThreadView, widget: QWidget) -> None:
    """As the pointer does it: the window finds the widget."""
    QTest.mouseClick(view.windowHandle(), Qt.MouseButton.LeftButton, pos=widget.mapTo(view, QPoint(2, 2)))


@pytest.mark.parametrize(
    "where",
    [
        lambda view: view.drawn["m1"].body._parts[0].viewport(),
        lambda view: view.drawn["m1"],
        lambda view: view.viewport(),
    ],
    ids=["words", "message", "ground"],
)
def test_a_click_ends_the_mark_of_a_source(view: ThreadView, where: Callable[[ThreadView], QWidget]):
    click(view, where(view))
    assert marked(view) == []


def test_scrolling_past_it_ends_it_and_scrolling_a_little_does_not(view: ThreadView):
    bar = view.verticalScrollBar()
    bar.setValue(bar.value() + 10)
    assert marked(view) == ["Message"]
    bar.setValue(view.drawn["m0"].height() + 100)
    assert marked(view) == []


def test_going_on_ends_it(view: ThreadView):
    view.to_end()
    view.show_row_at_top("m0")
    assert marked(view) == []


def test_a_message_is_framed_for_who_goes_by_keys_and_not_for_who_clicks(view: ThreadView):
    message = view.drawn["m1"]
    click(view, message)
    assert message.hasFocus()
    assert not message.property("card")
    QTest.keyClick(message, Qt.Key.Key_Up)
    assert view.drawn["m0"].property("card")
    QApplication.focusWidget().clearFocus()
    assert not view.drawn["m0"].property("card")
