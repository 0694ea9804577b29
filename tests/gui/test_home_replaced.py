"""What the window does when the home becomes another one under it: a backup in its place, or nothing."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.settings.copies import CopiesSection
from app.theme import theme
from app.widgets.dialogs import Dialog
from memos_engine.errors import DamagedError
from memos_engine.memory_os import MemoryOS

DRAFT = "an unsent thought"
LONG = 30_000


@pytest.fixture
def window(engine: MemoryOS, qapp: QApplication, qtbot: QtBot) -> Iterator[MainWindow]:
    """The whole window on a home of its own, with a draft that no timer has kept yet."""
    theme().refresh()
    made = MainWindow(engine)
    made.show()
    made.begin()
    qtbot.waitUntil(lambda: made.is_open and not made.operations.tasks, timeout=LONG)
    pane = made.pages["chat"].pane
    pane.open(engine.chats.create().id)
    qtbot.waitUntil(lambda: pane.conversation is not None, timeout=LONG)
    made.show_page("settings")
    pane.composer.set_text(DRAFT)
    pane._draft_timer.stop()
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def copies(window: MainWindow) -> CopiesSection:
    return next(part for part in window.pages["settings"].sections if part.name == "copies")


def restore(copies: CopiesSection, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the person does it: the folder is chosen, the question answered."""
    monkeypatch.setattr(copies, "_folder", lambda _title, then: then(backup))
    copies._restore()
    copies.window().findChild(Dialog).go.click()


def test_drafts_are_kept_before_a_restore_and_none_after_it(
    window: MainWindow,
    copies: CopiesSection,
    engine: MemoryOS,
    tmp_path: Path,
    qtbot: QtBot,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):
    backup = engine.archives.backup(tmp_path / "backups")
    order: list[str] = []
    put_back = engine.archives.restore

    def restoring(folder: Path, **work: Any) -> None:
        order.append("restore begins")
        put_back(folder, **work)

    monkeypatch.setattr(engine.archives, "restore", restoring)
    monkeypatch.setattr(engine.chats, "save_draft", lambda _id, text: order.append(text))
    with caplog.at_level(logging.WARNING):
        restore(copies, backup, monkeypatch)
        qtbot.waitUntil(lambda: window.gate is not None, timeout=LONG)
    assert order == [DRAFT, "restore begins"]
    assert caplog.messages == []


def test_a_restore_that_is_refused_leaves_the_draft_kept(
    window: MainWindow,
    copies: CopiesSection,
    engine: MemoryOS,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
):
    backup = engine.archives.backup(tmp_path / "backups")
    next(backup.rglob("*.db")).write_bytes(b"no cube")
    with pytest.raises(DamagedError):
        engine.archives.verify(backup)
    restore(copies, backup, monkeypatch)
    qtbot.waitUntil(lambda: bool(copies.restore._problem.text()), timeout=LONG)
    pane = window.pages["chat"].pane
    assert pane.composer.text == DRAFT
    assert engine.chats.draft(pane.conversation.id) == DRAFT


def test_deleting_everything_writes_nothing_afterwards(
    window: MainWindow, copies: CopiesSection, home: Path, qtbot: QtBot, caplog: pytest.LogCaptureFixture
):
    copies._delete()
    sure = window.findChild(Dialog)
    sure._line.setText("delete everything")
    with caplog.at_level(logging.WARNING):
        sure.go.click()
        qtbot.waitUntil(lambda: window.gate is not None, timeout=LONG)
    assert caplog.messages == []
    assert not (home / "cubes").exists()
