"""The main road in the real window, as a process of its own: `window_road.py FOLDER`; the rest as in `road.py`.

Everything is done by the keys and buttons that a person has, from first run to the last word, with canaries planted in
all that one can write. The window lives on while it stands at a station.
"""

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from connections import forbid
from PySide6.QtCore import QEventLoop, QSocketNotifier, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QWidget

from app.__main__ import run_window
from app.chat.instructions_dialog import InstructionsDialog
from app.chat.rename_dialog import RenameDialog
from app.main_window import PAGES, MainWindow
from app.palette.search_palette import SearchPalette
from app.widgets.memory_editor import MemoryEditor
from memos_engine.logs import keep_content_out_of_crashes

PASSPHRASE = "blorptang over nine quiet herons"
FAILED = 4
LIMIT_S = 120
Found = TypeVar("Found", bound=QWidget)


def wait(until: Callable[[], Any], what: str) -> None:
    """Let the window live until something is true."""
    for _ in range(LIMIT_S * 50):
        if until():
            return
        QTest.qWait(20)
    raise TimeoutError(f"it waits for {what}")


def station(name: str) -> None:
    """Say where we are, and let the window live until a line comes on standard input."""
    sys.stdout.write(f"{name}\n")
    sys.stdout.flush()
    loop = QEventLoop()
    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(loop.quit)
    loop.exec()
    notifier.setEnabled(False)
    sys.stdin.readline()


def enter(field: QWidget, text: str) -> None:
    """Type and press Enter."""
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def press(parent: QWidget, text: str) -> None:
    """Press the button that says so."""
    next(button for button in parent.findChildren(QAbstractButton) if button.text() == text).click()


class Walker:
    """A person at the window."""

    def __init__(self, window: MainWindow, file: Path) -> None:
        self.window, self.file, self.engine = window, file, window.engine

    @property
    def chat(self) -> Any:
        """The page."""
        return self.window.pages["chat"]

    @property
    def memories(self) -> Any:
        """The page."""
        return self.window.pages["memories"]

    def dialog(self, kind: type[Found]) -> Found:
        """The open dialog of a kind."""
        wait(lambda: any(one.isVisible() for one in self.window.findChildren(kind)), kind.__name__)
        return next(one for one in self.window.findChildren(kind) if one.isVisible())

    def begin(self) -> None:
        """First run."""
        wait(lambda: self.window.gate is not None, "the first page")
        gate: Any = self.window.gate
        QTest.keyClicks(gate.passphrase, PASSPHRASE)
        enter(gate.again, PASSPHRASE)
        wait(lambda: hasattr(gate, "code"), "the recovery code")
        gate.written.click()
        self.opened()

    def opened(self) -> None:
        """The chat is there, and its model is loaded."""
        wait(lambda: self.window.is_open, "the chat")
        wait(lambda: self.engine.models.current() is not None and not self.window.operations.tasks, "the model")

    def say(self, text: str) -> None:
        """A turn, up to the end of the reply."""
        enter(self.chat.pane.composer.field, text)
        replies = [row for row in self.chat.pane.thread_view.rows if row.is_reply]
        wait(lambda: self.chat.pane._turns.is_busy, "the turn")
        wait(lambda: not self.chat.pane._turns.is_busy, "the reply")
        now = [row for row in self.chat.pane.thread_view.rows if row.is_reply]
        assert len(now) == len(replies) + 1, self.window.banner.message

    def attach(self) -> None:
        """Choose a file in the dialog."""
        self.chat.pane.composer.attach_button.click()
        dialog = self.dialog(QFileDialog)
        dialog.setDirectory(str(self.file.parent))
        dialog.selectFile(str(self.file))
        dialog.accept()
        wait(lambda: self.chat.pane.composer.attachments == [self.file], "the attached file")

    def rename(self, title: str) -> None:
        """Another title for the chat."""
        self.chat.list.rename(self.chat.pane.conversation)
        dialog = self.dialog(RenameDialog)
        dialog.field.selectAll()
        enter(dialog.field, title)
        wait(lambda: self.chat.pane.header.title.text() == title, "the title")

    def instruct(self, name: str, instructions: str) -> None:
        """Standing instructions."""
        self.chat.edit_instructions()
        dialog = self.dialog(InstructionsDialog)
        QTest.keyClicks(dialog.name, name)
        QTest.keyClicks(dialog.instructions, instructions)
        press(dialog, "Keep")
        wait(lambda: self.engine.settings.text("chat.instructions") == instructions, "the instructions")

    def add_by_hand(self, text: str, better: str) -> None:
        """A memory by hand, which is then edited in its panel."""
        self.window.show_page("memories")
        self.memories.add()
        dialog = self.dialog(MemoryEditor)
        QTest.keyClicks(dialog.text, text)
        dialog.keep.click()
        wait(lambda: self.engine.recall.search(text), "the new memory")
        made = self.engine.recall.search(text)[0]
        self.memories.open_memory(made.id)
        wait(lambda: self.memories.detail.memory is not None, "its panel")
        words = self.memories.detail._words
        self.memories.detail.edit()
        QTest.keyClicks(words.edit, better)
        words.keep.click()
        wait(lambda: self.engine.memories.get(made.id).text == better, "its new words")

    def search(self, text: str) -> None:
        """The same words into every field that searches, and what is found read."""
        self.window.show_page("memories")
        QTest.keyClicks(self.memories.filters.search, text)
        wait(lambda: self.memories.list.rows.rowCount() == 1, "what is found in Memories")
        self.window.show_page("chat")
        QTest.keyClicks(self.chat.list.search, text)
        wait(lambda: not self.chat.list.model.rows, "that no chat has this title")
        self.chat.list.search.clear()
        self.chat.pane.open_find()
        QTest.keyClicks(self.chat.pane.find_bar.field, text)
        self.window.search()
        palette = self.dialog(SearchPalette)
        QTest.keyClicks(palette.field, text)
        wait(palette.list.count, "what is found by Ctrl+K")
        palette.close()

    def draft(self, text: str) -> None:
        """Words that are not sent, and are kept all the same."""
        QTest.keyClicks(self.chat.pane.composer.field, text)
        wait(lambda: self.chat.pane.conversation is not None, "a chat to keep it in")
        wait(lambda: self.engine.chats.draft(self.chat.pane.conversation.id).endswith(text), "the draft")

    def lock(self) -> None:
        """Ctrl+L."""
        self.window.activateWindow()
        wait(self.window.isActiveWindow, "the window in front")
        QTest.keySequence(self.window, "Ctrl+L")
        wait(lambda: self.window.gate is not None, "the lock")

    def unlock(self) -> None:
        """Back in."""
        gate: Any = self.window.gate
        enter(gate.secret, PASSPHRASE)
        self.opened()

    def walk(self) -> None:
        """The road."""
        self.engine.settings.set("chat.max_tokens", 16)
        self.begin()
        self.attach()
        self.say("My sister Zorblattina moved to Quuxhaven and I'm allergic to frobnitzes.")
        self.rename("All about zugglemice")
        self.instruct("Fnordwina", "Keep answers short, like a drizzlewhit.")
        self.add_by_hand("The safe word is plughxyzzy", "The safe word is now kerfumbolt")
        self.search("kerfumbolt")
        for page in PAGES:
            self.window.show_page(page)
        self.chat.new_temporary_chat()
        self.draft("Nobody must know that I collect gronkulators.")
        self.chat.new_chat()
        self.draft("I have not yet told you about wibblefish")
        self.window.resize(self.window.width() - 40, self.window.height())
        wait(lambda: self.engine.settings.text("appearance.window"), "the place of the window")
        station("open")
        self.lock()
        station("locked")
        self.unlock()
        self.draft("and the wibblefish sings")
        station("again")
        self.window.close()


def set_out(file: Path) -> None:
    """Walk in the window that the program has opened; a failure ends the process."""
    try:
        wait(lambda: any(isinstance(one, MainWindow) for one in QApplication.topLevelWidgets()), "the window")
        window = next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
        Walker(window, file).walk()
    except BaseException:  # noqa: BLE001 - nothing above would hear of it: a slot of Qt's calls us
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(FAILED)


def main() -> int:
    """Start the program, and walk as soon as it runs."""
    forbid()
    keep_content_out_of_crashes()
    QApplication(sys.argv[:1])
    folder = Path(sys.argv[1])
    (notes,) = folder.glob("*/notes.md")
    QTimer.singleShot(0, lambda: set_out(notes))
    return run_window(folder / "home", report_ready=False)


if __name__ == "__main__":
    sys.exit(main())
