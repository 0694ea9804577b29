"""The shell: pages, palettes, keys, lock, place, names for screen readers."""

import json
import time
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from app.commands import ShortcutsDialog
from app.idle import IdleWatch
from app.main_window import PAGES, TITLE, MainWindow, page_kind
from app.palette.command_palette import CommandPalette, matches
from app.palette.search_palette import SearchPalette
from app.rail import ENTRIES
from app.theme import theme
from app.window_state import WindowState
from memos_engine.types import Kind

INTERACTIVE = (
    QAbstractButton,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QComboBox,
    QAbstractSpinBox,
    QAbstractItemView,
)


def nameless(root: QWidget) -> list[str]:
    """Interactive widgets below `root` that a screen reader could only call by their type."""
    return [
        f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"
        for widget in root.findChildren(QWidget)
        if isinstance(widget, INTERACTIVE)
        and widget.isVisible()
        and not widget.objectName().startswith("qt_")
        and not isinstance(widget.parentWidget(), QComboBox | QAbstractSpinBox | QLineEdit)
        and not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
        and type(widget).__name__ not in {"QComboBoxListView", "QHeaderView"}
    ]


@pytest.mark.parametrize("name", list(PAGES))
def test_every_page_opens_and_every_control_on_it_has_a_name(window: MainWindow, qtbot, name: str):
    window.show_page(name)
    QApplication.processEvents()
    assert window.page_stack.currentWidget() is window.pages[name]
    assert nameless(window) == []
    assert window.banner.message == ""
    assert window.isActiveWindow(), "a part of the page was shown as a window of its own"


def test_controls_of_a_chat_with_messages_have_names(window: MainWindow, qtbot):
    pane = window.pages["chat"].pane
    pane.composer.set_text("I am fond of ferrets.")
    QTest.keyClick(pane.composer.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pane._turns.is_busy, timeout=30_000)
    pane.composer.set_text("and more")
    QTest.keyClick(pane.composer.field, Qt.Key.Key_Return)
    assert nameless(window) == []
    qtbot.waitUntil(lambda: not pane._turns.is_busy and not pane._turns.queue, timeout=60_000)
    assert nameless(window) == []
    message = pane.thread_view.rows[0].message
    assert message.text in pane.thread_view.drawn[message.id].accessibleName()


def test_pages_by_key(window: MainWindow, qtbot):
    window.activateWindow()
    for entry in ENTRIES:
        QTest.keySequence(window, entry.shortcut)
        assert window.page_stack.currentWidget() is window.pages[entry.name]
        assert window.rail.buttons[entry.name].isChecked()


def test_a_page_s_keys_work_while_it_is_in_view_and_only_then(window: MainWindow, qtbot):
    window.show_page("chat")
    chat = window.pages["chat"]
    memory = chat.pane.header.memory
    before = memory.isChecked()
    QTest.keyClick(chat.pane.composer.field, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert not chat.pane.find_bar.isHidden()
    chat.pane.find_bar.end()
    QTest.keyClick(chat.pane.composer.field, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert memory.isChecked() is not before
    QTest.keyClick(chat.pane.composer.field, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    window.show_page("models")
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert chat.pane.find_bar.isHidden()
    assert memory.isChecked() is before


def test_the_title_holds_no_content(window: MainWindow, qtbot, shared_engine):
    made = shared_engine.chats.create()
    shared_engine.chats.rename(made.id, "Canary title")
    window.pages["chat"].open_conversation(made.id)
    qtbot.waitUntil(lambda: window.pages["chat"].pane.header.title.text() == "Canary title")
    assert window.windowTitle() == TITLE


def test_ctrl_k_finds_chats_messages_and_memories_and_opens_them(window: MainWindow, qtbot, shared_engine):
    shared_engine.memories.remember("Keeps a quokka called Bertha", kind=Kind.FACT)
    QTest.keySequence(window, "Ctrl+K")
    palette = window.findChild(SearchPalette)
    QTest.keyClicks(palette.field, "quok")
    qtbot.waitUntil(lambda: palette.list.count() >= 2, timeout=10_000)
    texts = [palette.list.item(row).text() for row in range(palette.list.count())]
    assert texts[0] == "Memories"
    assert "quokka" in texts[1]
    with qtbot.waitSignal(window.navigator.memory) as opened:
        QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert shared_engine.memories.get(opened.args[0]).text == "Keeps a quokka called Bertha"
    page = window.pages["memories"]
    assert window.page_stack.currentWidget() is page
    qtbot.waitUntil(lambda: page.list.selected_count == 1, timeout=10_000)
    qtbot.waitUntil(lambda: page._side.currentWidget() is page.detail, timeout=10_000)


def test_ctrl_k_takes_any_query(window: MainWindow, qtbot, monkeypatch):
    window.search()
    palette = window.findChild(SearchPalette)
    found: list[tuple[object, ...]] = []
    show, failed = palette._show, palette._failed
    monkeypatch.setattr(palette, "_show", lambda hits: (found.append(hits), show(hits)))
    monkeypatch.setattr(palette, "_failed", lambda fault: (found.append((fault,)), failed(fault)))
    for query in ('"', "AND OR NOT (", "x" * 10_000, "   ", "*", "🦆"):
        found.clear()
        palette.field.setText(query)
        palette._search()
        qtbot.waitUntil(lambda: bool(found), timeout=10_000)
        assert found == [()], query
        assert palette.note.text() == ("Nothing holds these words." if query.strip() else "Type a word that was in it.")
    palette.field.setText("no such thing anywhere zzz")
    qtbot.waitUntil(lambda: palette.note.text() == "Nothing holds these words.", timeout=10_000)
    palette.close()


def test_the_command_palette_does_what_is_chosen(window: MainWindow, qtbot):
    QTest.keySequence(window, "Ctrl+Shift+P")
    palette = window.findChild(CommandPalette)
    QTest.keyClicks(palette.field, "settings")
    assert palette.list.count() == 1
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.page_stack.currentWidget() is window.pages["settings"]


def test_commands_match_by_words_and_initials():
    assert matches("new temp", "New temporary chat")
    assert matches("ntc", "New temporary chat")
    assert not matches("xyz", "New temporary chat")


def test_the_list_of_shortcuts_tells_every_key(window: MainWindow, qtbot):
    window.show_page("chat")
    QTest.keySequence(window, "F1")
    dialog = window.findChild(ShortcutsDialog)
    shown = " ".join(label.text() for label in dialog.findChildren(QWidget) if hasattr(label, "text"))
    told = [command.told for name in PAGES for command in page_kind(name).COMMANDS]
    assert {command.group for command in told if command.keys} == {"Chat", "Memories"}
    for command in (*window.all_commands(), *told):
        assert not command.keys or (command.keys_text in shown and command.title in shown)
    dialog.close()


def test_the_menu_of_what_has_the_focus_opens_by_key(window: MainWindow, qtbot, shared_engine):
    (made,) = shared_engine.memories.remember("Keeps bees on the roof").ids
    window.navigator.memory.emit(made)
    rows = window.pages["memories"].list
    qtbot.waitUntil(lambda: rows.selected_count == 1)
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert "Forget for good…" in [action.text() for action in menu.actions()]
    menu.close()


def test_no_two_commands_share_a_key(window: MainWindow):
    keys = [key for command in window.all_commands() if not command.local for key in command.keys]
    assert len(keys) == len(set(keys))


def test_zoom_is_kept(window: MainWindow, qtbot, shared_engine):
    theme().follow(shared_engine.settings)
    window.activateWindow()
    QTest.keySequence(window, "Ctrl++")
    assert theme().zoom == 1.1
    qtbot.waitUntil(lambda: shared_engine.settings.number("appearance.zoom") == 1.1)
    QTest.keySequence(window, "Ctrl+0")
    qtbot.waitUntil(lambda: shared_engine.settings.number("appearance.zoom") == 1.0)
    theme()._settings = None


def test_lock_drops_the_pages_and_unlock_brings_them_back(window: MainWindow, qtbot, shared_engine):
    window.pages["chat"].pane.composer.set_text("an unsent thought")
    qtbot.waitUntil(lambda: window.pages["chat"].pane.conversation is not None, timeout=10_000)
    held = window.pages["chat"].pane.conversation.id
    window.pages["chat"].pane.composer.set_text("an unsent thought, longer")
    QTest.keySequence(window, "Ctrl+L")
    qtbot.waitUntil(lambda: window.gate is not None, timeout=30_000)
    assert window.pages == {}
    assert not window.rail.isVisible()
    assert nameless(window) == []
    assert not any("unsent" in widget.toPlainText() for widget in window.findChildren(QPlainTextEdit))
    gate = window.gate
    gate.secret.setText("correct horse battery staple")
    gate.unlock.click()
    qtbot.waitUntil(lambda: window.is_open, timeout=30_000)
    assert shared_engine.chats.draft(held) == "an unsent thought, longer"
    qtbot.waitUntil(lambda: not window.operations.tasks, timeout=30_000)


def test_lock_takes_every_page_with_all_that_was_built_on_it(window: MainWindow, qtbot, shared_engine):
    for name in PAGES:
        window.show_page(name)
    # Nothing may hold a page here: what Python's garbage frees too early in Qt's eyes ends the program.
    assert len(window.pages["settings"].sections) > 8
    gone = []
    for name, page in window.pages.items():
        page.destroyed.connect(partial(gone.append, name))
    del page
    window.lock()
    qtbot.waitUntil(lambda: len(gone) == len(PAGES))
    qtbot.waitUntil(lambda: window.gate is not None, timeout=20_000)
    shared_engine.access.unlock(passphrase="correct horse battery staple")
    shared_engine.models.load()


def test_idle_time_locks_and_input_postpones_it(qtbot, shared_engine, window: MainWindow):
    shared_engine.settings.set("security.idle_minutes", 1)
    watch = IdleWatch(shared_engine.settings)
    idle = []
    watch.idle.connect(lambda: idle.append(True))
    watch.check()
    assert idle == []
    watch._wall = time.time() - 61
    watch.check()
    assert idle == [True]
    watch._watch(window.windowHandle())
    watch._wall = watch._steady = 0.0
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)
    assert watch._wall > 0
    shared_engine.settings.set("security.idle_minutes", 0)
    watch._wall = watch._steady = 0.0
    watch.check()
    assert idle == [True]
    shared_engine.settings.set("security.idle_minutes", 15)


def test_panes_remember_their_place_and_hold_no_content(window: MainWindow, qtbot, shared_engine):
    splitter = window.pages["chat"].splitter
    window.resize(1200, 700)
    QApplication.processEvents()
    splitter.setSizes([300, 500, 400])
    sizes = splitter.sizes()
    kept = window._state.take(window)
    assert set(json.loads(kept)) >= {"window", "chat"}
    splitter.setSizes([200, 700, 300])
    assert splitter.sizes() != sizes
    WindowState(kept).restore_panes(window)
    assert splitter.sizes() == sizes


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"window": "no base64"}', '{"window": 3}'])
def test_a_damaged_place_is_no_place(kept: str, window: MainWindow):
    assert not WindowState(kept).restore_window(window)


def test_an_undo_note_takes_the_change_back(window: MainWindow, qtbot, shared_engine):
    changes = shared_engine.memories.remember("Owns a canoe")
    (memory_id,) = changes.ids
    window.navigator.done.emit(shared_engine.memories.remove([memory_id]))
    assert window.toast.isVisible()
    assert window.toast.accessibleName() == "Moved 1 memory to the trash"
    window.toast._action.click()
    qtbot.waitUntil(lambda: str(shared_engine.memories.get(memory_id).state) == "activated", timeout=10_000)


def test_an_undo_note_goes_when_its_change_is_undone_by_another_way(window: MainWindow, qtbot, shared_engine):
    (memory_id,) = shared_engine.memories.remember("Owns a kayak").ids
    removed = shared_engine.memories.remove([memory_id])
    window.navigator.done.emit(removed)
    (other,) = shared_engine.memories.remember("Owns a paddle").ids
    shared_engine.memories.undo(shared_engine.memories.pin([other], True).operation)
    QApplication.processEvents()
    assert window.toast._action.isVisible(), "another change was undone"
    shared_engine.memories.undo(removed.operation)
    qtbot.waitUntil(window.toast.isHidden)


def test_undo_by_key_says_what_it_took_back(window: MainWindow, qtbot, shared_engine):
    (memory_id,) = shared_engine.memories.remember("Owns a sledge").ids
    window.navigator.done.emit(shared_engine.memories.remove([memory_id]))
    QTest.keySequence(window, "Ctrl+Shift+Z")
    qtbot.waitUntil(lambda: window.toast.accessibleName() == "Undone: Remove 1 memory")
    assert window.toast.isVisible()
    assert not window.toast._action.isVisible()
    assert str(shared_engine.memories.get(memory_id).state) == "activated"


def test_running_work_is_counted_in_the_rail(window: MainWindow, qtbot):
    import threading

    release = threading.Event()
    window.operations.run(window, "Work", lambda _p, _c: release.wait(10), listed=True)
    assert "1" in window.rail.buttons["activity"].text()
    release.set()
    qtbot.waitUntil(lambda: window.rail.buttons["activity"].text() == "Activity")
