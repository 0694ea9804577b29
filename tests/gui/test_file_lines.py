"""Files that a reply read: named with their passages, and opened at them."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.chat.file_lines import FileLine, PassagesDialog, passages_words
from app.main_window import MainWindow
from app.widgets.buttons import Button
from app.widgets.source_line import SourceLine
from memos_engine.memory_os import MemoryOS
from memos_engine.types import FileUse, Passage, Source, now

GARDEN = "The duck 🦆 pond is deep.\n\nBasil stands beside the tomatoes.\n\nThe gate is green."


def use(*numbers: int, of: int = 12) -> FileUse:
    return FileUse("d", "m", "garden.md", tuple(Passage(number, 0, 9) for number in numbers), of)


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (use(1, of=1), "all of it"),
        (use(1, 2, 3, of=3), "all of it"),
        (use(3), "passage 3 of 12"),
        (use(1, 4, 5), "passages 1, 4 and 5 of 12"),
        (use(1, 2, 3, 4, 5), "5 of 12 passages"),
    ],
)
def test_passages_are_named(read: FileUse, words: str):
    assert passages_words(read) == words


def test_a_reply_names_the_file_that_it_read_and_a_click_opens_it(
    window: MainWindow, shared_engine: MemoryOS, tmp_path: Path, qtbot: QtBot
):
    (tmp_path / "garden.md").write_text(GARDEN)
    made = shared_engine.chats.create()
    shared_engine.chats.send(made.id, "What stands beside the tomatoes?", attachments=[tmp_path / "garden.md"])
    chat = window.pages["chat"]
    chat.open_conversation(made.id)
    qtbot.waitUntil(lambda: len(chat.panel.files.widgets()) == 1, timeout=10_000)
    (line,) = chat.panel.files.widgets()
    assert isinstance(line, FileLine)
    assert line.link.accessibleName() == "Open what this answer read: garden.md, all of it"
    reply = chat.pane.thread_view.rows[-1].message
    assert "1 file read" in [button.text() for button in chat.pane.thread_view.drawn[reply.id].findChildren(Button)]
    line.link.click()
    qtbot.waitUntil(lambda: window.findChild(PassagesDialog) is not None, timeout=10_000)
    dialog = window.findChild(PassagesDialog)
    assert dialog.text.toPlainText() == GARDEN
    dialog.accept()


def test_the_passages_are_marked_where_they_stand(window: MainWindow, qtbot: QtBot):
    start = GARDEN.index("Basil")
    passage = Passage(2, start, start + len("Basil stands beside the tomatoes."))
    dialog = PassagesDialog(window, replace(use(), passages=(passage,), of=3), GARDEN)
    (mark,) = dialog.text.extraSelections()
    assert mark.cursor.selectedText() == "Basil stands beside the tomatoes."
    assert "passage 2 of 3" in " ".join(label.text() for label in dialog.findChildren(QLabel))
    dialog.reject()


def test_a_file_that_went_with_its_message_has_no_name_left(
    window: MainWindow, shared_engine: MemoryOS, tmp_path: Path, qtbot: QtBot
):
    (tmp_path / "hives.md").write_text("Eleven hives.")
    made = shared_engine.chats.create()
    reply = shared_engine.chats.send(made.id, "I own eleven beehives.", attachments=[tmp_path / "hives.md"])
    assert [one.name for one in reply.message.files] == ["hives.md"]
    shared_engine.memories.forget(list(reply.changes.ids))
    (kept,) = shared_engine.chats.thread(made.id)[-1].files
    assert kept.name == ""
    line = FileLine(window.context, kept)
    qtbot.addWidget(line)
    assert [label.text() for label in line.findChildren(QLabel) if label.text()] == ["A file that was forgotten since."]


def test_a_source_in_an_imported_file_is_a_link_where_it_can_be_opened(qtbot: QtBot):
    source = Source("Basil", 0, 5, now(), file="garden.pdf", page=3)
    line = SourceLine(source, opens_files=True)
    qtbot.addWidget(line)
    with qtbot.waitSignal(line.opened) as opened:
        line.link.click()
    assert opened.args == [source]
    assert line.link.accessibleName() == "Open the source: from garden.pdf, page 3"
    plain = SourceLine(source)
    qtbot.addWidget(plain)
    assert not plain.findChildren(Button, options=Qt.FindChildOption.FindChildrenRecursively)
