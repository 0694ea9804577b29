"""Text that is shown to be read and copied."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.theme import Size
from app.widgets.text import Passage, Text, breakable


def test_a_word_longer_than_its_line_is_broken_and_widens_nothing(qtbot):
    holder, passage = QWidget(), Passage()
    qtbot.addWidget(holder)
    QVBoxLayout(holder).addWidget(passage)
    holder.resize(240, 400)
    passage.show_text("short", Size.BODY)
    holder.show()
    qtbot.waitExposed(holder)
    one_line = passage.height()
    word = "Donaudampfschifffahrtselektrizität" * 6
    passage.show_text(word, Size.BODY)
    qtbot.waitUntil(lambda: passage.height() > 3 * one_line)
    assert holder.width() == 240
    assert passage.document().size().width() <= passage.viewport().width()
    passage.selectAll()
    assert passage.textCursor().selectedText() == word


@pytest.mark.parametrize("word", ["x" * 300, "é" * 300, "👩‍👩‍👧‍👦" * 60])
def test_a_label_breaks_a_word_longer_than_its_line_where_no_character_is_cut(qtbot, word: str):
    label = Text(f"Where is {word}?", wrap=True)
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() < 400
    assert label.text() == f"Where is {word}?"
    assert all(piece.strip("?")[:1] in ("", word[0]) for piece in breakable(word).split("\u200b"))
    assert breakable("an ordinary sentence, https://example.org") == "an ordinary sentence, https://example.org"


def test_what_can_be_copied_holds_no_places_to_break(qtbot):
    label = Text("x" * 300, wrap=True, selectable=True)
    qtbot.addWidget(label)
    label.setSelection(0, 300)
    assert label.selectedText() == "x" * 300


def test_a_text_stands_on_the_side_on_which_it_begins(qtbot):
    passage = Passage()
    qtbot.addWidget(passage)
    passage.show_text("أعيش في بيروت", Size.BODY)
    assert passage.document().defaultTextOption().alignment() == Qt.AlignmentFlag.AlignRight
    passage.show_text("I live in Beirut", Size.BODY)
    assert passage.document().defaultTextOption().alignment() == Qt.AlignmentFlag.AlignLeft
