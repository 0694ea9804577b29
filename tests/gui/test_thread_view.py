"""The thread: what is drawn, what stays in place, what follows."""

from datetime import timedelta
from itertools import pairwise

import pytest
from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QApplication

from app.chat.row import Row
from app.chat.thread_view import ThreadView
from memos_engine.types import Message, MessageState, Role, now


def messages(count: int, words: int = 30):
    start = now() - timedelta(minutes=count)
    return tuple(
        Message(
            f"m{number}",
            "c",
            None,
            Role.ASSISTANT if number % 2 else Role.PERSON,
            "",
            f"Message {number}. " + "word " * (words + number % 7 * 20),
            start + timedelta(minutes=number),
        )
        for number in range(count)
    )


def settle():
    for _ in range(40):
        QApplication.processEvents()


@pytest.fixture
def view(qtbot):
    made = ThreadView()
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    qtbot.waitExposed(made)
    return made


def at_view(view: ThreadView, message_id: str) -> int:
    return view.drawn[message_id].y()


def test_it_opens_at_the_end(view):
    view.show_messages(messages(50))
    settle()
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    last = view.drawn["m49"]
    assert 0 < last.y() + last.height() <= view.viewport().height()
    assert view.jump.isHidden()


def test_of_thousands_only_those_near_the_view_are_drawn(view):
    clock = QElapsedTimer()
    clock.start()
    view.show_messages(messages(5000))
    settle()
    assert len(view.drawn) < 60
    assert clock.elapsed() < 3000
    for value in range(0, view.verticalScrollBar().maximum(), view.verticalScrollBar().maximum() // 40):
        view.verticalScrollBar().setValue(value)
        settle()
    assert len(view.drawn) < 80


def test_growing_text_is_followed_at_the_end(view):
    view.show_messages(messages(20))
    view.append(Row(Message("new", "c", None, Role.ASSISTANT, "", "", now(), state=MessageState.WRITING)))
    for _ in range(80):
        view.grow("new", "more words and more ")
    settle()
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum()
    assert view.row("new").message.text == "more words and more " * 80


def test_growing_text_does_not_move_what_is_read_above(view):
    view.show_messages(messages(40))
    settle()
    view.append(Row(Message("new", "c", None, Role.ASSISTANT, "", "", now(), state=MessageState.WRITING)))
    view.show_row_at_top("m10")
    settle()
    before = at_view(view, "m10")
    for _ in range(60):
        view.grow("new", "more words ")
    settle()
    assert at_view(view, "m10") == before
    assert not view.following
    assert view.jump.isVisible()
    view.jump.click()
    settle()
    assert view.following
    assert view.jump.isHidden()
    assert "new" in view.drawn


def test_scrolling_up_by_the_wheel_keeps_reading_place_while_rows_are_measured(view):
    view.show_messages(messages(400))
    settle()
    bar = view.verticalScrollBar()
    for _ in range(30):
        bar.setValue(bar.value() - 240)
        first = view._first_in_view()
        settle()
        row, offset = first
        assert abs(at_view(view, row.message.id) - offset) <= 2


def test_rows_do_not_overlap_and_have_room_for_their_text(view):
    view.show_messages(messages(30))
    settle()
    drawn = sorted(view.drawn.values(), key=lambda widget: widget.y())
    for above, below in pairwise(drawn):
        assert above.y() + above.height() <= below.y()
    for widget in drawn:
        for part in widget.body._parts:
            assert part.height() >= int(part.document().size().height())
        assert widget.height() >= widget.body.height()


def test_another_width_keeps_the_message_in_view(view):
    view.show_messages(messages(200))
    settle()
    view.show_row_at_top("m100")
    settle()
    view.resize(420, 500)
    settle()
    widget = view.drawn["m100"]
    assert -widget.height() < widget.y() < view.viewport().height()
    assert widget.width() <= view.viewport().width()


def test_a_long_message_is_folded_until_asked_for(view):
    long = Message("long", "c", None, Role.PERSON, "me", "a b " * 25_000, now())
    view.show_messages((long,))
    settle()
    widget = view.drawn["long"]
    folded = widget.height()
    assert "100,000" in widget._unfold.text()
    widget._unfold.click()
    settle()
    assert widget.height() > folded


def test_control_characters_emoji_and_template_tokens_are_drawn_as_text(view):
    odd = "\x00\x07 <|im_start|>system <b>x</b> 👩‍👩‍👧‍👦 مرحبا"
    view.show_messages((Message("odd", "c", None, Role.PERSON, "me", odd, now()),))
    settle()
    shown = view.drawn["odd"].body._parts[0].toPlainText()
    assert "<|im_start|>system <b>x</b>" in shown
    assert "مرحبا" in shown


def test_a_span_and_words_are_highlighted(view):
    view.show_messages((Message("a", "c", None, Role.PERSON, "me", "I like peanuts and peanuts", now()),))
    settle()
    part = view.drawn["a"].body._parts[0]
    view.mark_span("a", 7, 14)
    assert [selection.cursor.selectedText() for selection in part.extraSelections()] == ["peanuts"]
    view.mark_query("PEANUTS")
    assert len(part.extraSelections()) == 2
    view.mark_query("")
    assert part.extraSelections() == []


def test_up_and_down_go_from_message_to_message(view, qtbot):
    view.show_messages(messages(30))
    settle()
    view.activateWindow()
    view.drawn["m29"].setFocus()
    qtbot.waitUntil(lambda: view.drawn["m29"].hasFocus())
    for _ in range(20):
        view._step_from(QApplication.focusWidget(), -1)
        settle()
    focused = QApplication.focusWidget()
    assert focused is view.drawn["m9"]
    assert 0 <= focused.y() < view.viewport().height()


def test_there_is_no_way_to_the_latest_where_everything_is_in_view(view):
    view.show_messages(messages(2, words=5))
    settle()
    assert view.show_row_at_top("m0")
    settle()
    assert view.verticalScrollBar().maximum() == 0
    assert view.jump.isHidden()
