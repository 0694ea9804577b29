"""The field one writes in."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from app.chat.composer import Composer
from memos_engine.types import Unsent


@pytest.fixture
def composer(qtbot):
    made = Composer()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.sendings = []
    made.sent.connect(made.sendings.append)
    return made


def named(line: QWidget, name: str) -> QAbstractButton:
    """The button of a line that screen readers call so."""
    return next(button for button in line.findChildren(QAbstractButton) if button.accessibleName() == name)


def test_enter_sends_and_empties_the_field(composer):
    QTest.keyClicks(composer.field, "hello")
    QTest.keyClick(composer.field, Qt.Key.Key_Return)
    assert composer.sendings == [Unsent("hello")]
    assert composer.text == ""


def test_shift_enter_breaks_the_line(composer):
    QTest.keyClicks(composer.field, "a")
    QTest.keyClick(composer.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(composer.field, "b")
    assert composer.text == "a\nb"
    assert composer.sendings == []


def test_enter_while_an_input_method_composes_sends_nothing(composer):
    QApplication.sendEvent(composer.field, QInputMethodEvent("にほ", []))
    QTest.keyClick(composer.field, Qt.Key.Key_Return)
    assert composer.sendings == []
    committed = QInputMethodEvent("", [])
    committed.setCommitString("日本")
    QApplication.sendEvent(composer.field, committed)
    assert composer.text == "日本"
    QTest.keyClick(composer.field, Qt.Key.Key_Return)
    assert composer.sendings == [Unsent("日本")]


def test_blank_text_is_not_sent(composer):
    for blank in ("", "   ", "\n\n"):
        composer.set_text(blank)
        QTest.keyClick(composer.field, Qt.Key.Key_Return)
    assert composer.sendings == []
    assert not composer.send.isEnabled()


def test_the_field_grows_with_its_lines_up_to_a_limit(composer):
    heights = []
    for lines in (1, 3, 10, 60):
        composer.set_text("\n".join("x" for _ in range(lines)))
        heights.append(composer.field.height())
    assert heights[0] < heights[1] < heights[2] == heights[3]


def test_right_to_left_text_runs_from_the_right(composer):
    composer.set_text("שלום\n<|im_start|>user")
    document = composer.field.document()
    assert document.defaultTextOption().alignment() == Qt.AlignmentFlag.AlignRight
    assert document.firstBlock().textDirection() == Qt.LayoutDirection.RightToLeft
    assert document.lastBlock().textDirection() == Qt.LayoutDirection.LeftToRight
    composer.set_text("hello")
    assert document.defaultTextOption().alignment() == Qt.AlignmentFlag.AlignLeft


def test_a_dropped_file_is_attached_and_can_be_taken_out(composer, tmp_path: Path):
    file = tmp_path / "notes.md"
    file.write_text("x")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    drop = QDropEvent(
        QPoint(1, 1), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    composer.dropEvent(drop)
    assert composer.attachments == [file]
    button = composer._files.itemAt(0).widget()
    assert "notes.md" in button.accessibleName()
    button.click()
    assert composer.attachments == []


def test_a_pasted_file_is_attached_and_pasted_text_is_text(composer, tmp_path: Path):
    file = tmp_path / "a.txt"
    file.write_text("x")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    composer.field.insertFromMimeData(data)
    rich = QMimeData()
    rich.setHtml("<b>bold</b>")
    rich.setText("bold")
    composer.field.insertFromMimeData(rich)
    assert composer.attachments == [file]
    assert composer.text == "bold"


def test_waiting_messages_are_shown_to_edit_or_take_out(composer, qtbot):
    second = Unsent("second")
    composer.show_queue([Unsent("first"), second])
    assert composer._queue.count() == 2
    with qtbot.waitSignal(composer.queue_removed) as removed:
        named(composer._queue.itemAt(1).widget(), "Take out the waiting message").click()
    assert removed.args == [second.id]


def test_what_is_held_back_says_so_and_can_be_sent(composer, qtbot):
    held = Unsent("was it\nstopped?")
    composer.show_queue([Unsent("waits")], [held])
    assert composer._queue.count() == 2
    with qtbot.waitSignal(composer.held_sent) as sent:
        named(composer._queue.itemAt(0).widget(), "Send now: was it stopped?").click()
    assert sent.args == [held.id]


def test_escape_stops_a_reply_and_leaves_an_edit(composer, qtbot):
    composer.set_busy(True)
    with qtbot.waitSignal(composer.stopped):
        QTest.keyClick(composer.field, Qt.Key.Key_Escape)
    composer.begin_edit("old words")
    with qtbot.waitSignal(composer.edit_ended):
        QTest.keyClick(composer.field, Qt.Key.Key_Escape)
    assert composer.text == ""
