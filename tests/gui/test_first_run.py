"""First run and unlocking, in the whole window on a fresh home."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.first_run.first_run_page import FirstRunPage
from app.first_run.strength import Strength, strength
from app.first_run.unlock_page import UnlockPage
from app.main_window import MainWindow
from memos_engine.memory_os import MemoryOS
from memos_engine.types import VaultState

SECRET = "seven quiet herons on a wire"


@pytest.fixture
def fresh(home: Path, qtbot):
    """A window on a home that does not exist yet."""
    engine = MemoryOS.open(home, housekeeping=False)
    window = MainWindow(engine)
    window.show()
    window.begin()
    qtbot.waitUntil(lambda: window.gate is not None, timeout=20_000)
    yield window
    window.close()
    engine.close()
    window.deleteLater()


def make(qtbot, window: MainWindow) -> str:
    """First run up to the recovery code, which is returned."""
    gate = window.gate
    QTest.keyClicks(gate.passphrase, SECRET)
    QTest.keyClicks(gate.again, SECRET)
    gate.start.setFocus()
    QTest.keyClick(gate.start, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: hasattr(gate, "code"), timeout=30_000)
    return gate.code.text()


def locked(qtbot, window: MainWindow) -> UnlockPage:
    """Past first run, then locked."""
    gate = window.gate
    gate.written.click()
    qtbot.waitUntil(lambda: window.is_open, timeout=20_000)
    window.lock()
    qtbot.waitUntil(lambda: isinstance(window.gate, UnlockPage), timeout=30_000)
    assert window.focusWidget() is window.gate.secret
    return window.gate


def test_it_says_where_things_are_and_needs_a_good_passphrase_twice(fresh: MainWindow, qtbot):
    gate = fresh.gate
    assert isinstance(gate, FirstRunPage)
    assert fresh.focusWidget() is gate.passphrase
    assert str(fresh.engine.home) in gate._home.text()
    assert not gate.keyring.isEnabled()
    assert gate.with_passphrase.isChecked()
    assert not gate.start.isEnabled()
    gate.passphrase.setText("short")
    gate.again.setText("short")
    assert not gate.start.isEnabled()
    assert gate.verdict.text() == Strength.TOO_SHORT
    gate.passphrase.setText(SECRET)
    assert not gate.start.isEnabled()
    gate.again.setText(SECRET + "x")
    assert gate.verdict.text() == "The two are not the same."
    gate.again.setText(SECRET)
    assert gate.verdict.text() == Strength.STRONG
    assert gate.start.isEnabled()


def test_tab_goes_from_one_field_to_the_other_and_nothing_falls_into_the_wrong_one(fresh: MainWindow, qtbot):
    gate = fresh.gate
    fresh.activateWindow()
    qtbot.waitUntil(fresh.isActiveWindow)
    QTest.keyClicks(gate.passphrase, SECRET)
    QTest.keyClick(gate.passphrase, Qt.Key.Key_Tab)
    assert fresh.focusWidget() is gate.again
    QTest.keyClicks(fresh.focusWidget(), SECRET)
    assert gate.start.isEnabled()
    eye = gate.passphrase._eye
    eye.setFocus()
    QTest.keyClicks(eye, "more")
    assert gate.passphrase.text() == SECRET
    assert gate.passphrase.echoMode() is QLineEdit.EchoMode.Password


def test_the_recovery_code_is_shown_once_then_the_chat_opens(fresh: MainWindow, qtbot):
    code = make(qtbot, fresh)
    assert len(code) >= 16
    assert fresh.focusWidget() is not fresh.gate.written
    copy = next(button for button in fresh.gate.findChildren(type(fresh.gate.written)) if button.text() == "Copy")
    copy.click()
    assert QApplication.clipboard().text() == code
    assert QApplication.clipboard().mimeData().hasFormat("x-kde-passwordManagerHint")
    assert fresh.gate.passphrase.text() == ""
    fresh.gate.written.click()
    qtbot.waitUntil(lambda: fresh.is_open, timeout=20_000)
    assert fresh.gate is None
    assert fresh.engine.access.info().state is VaultState.OPEN


def test_a_wrong_passphrase_says_so_then_waits_and_the_right_one_opens(fresh: MainWindow, qtbot):
    make(qtbot, fresh)
    gate = locked(qtbot, fresh)
    waited = False
    for _ in range(8):
        if not gate.secret.isEnabled() or fresh.engine.access.info().wait_s > 0:
            waited = True
            break
        QTest.keyClicks(gate.secret, "wrong wrong wrong")
        gate._check()
        gate.unlock.click()
        qtbot.waitUntil(lambda: gate.banner.message != "" and gate.secret.isEnabled(), timeout=30_000)
    assert waited
    qtbot.waitUntil(lambda: gate.unlock.text().startswith("Wait"), timeout=10_000)
    gate.secret.setText(SECRET)
    assert not gate.unlock.isEnabled()
    qtbot.waitUntil(gate.unlock.isEnabled, timeout=60_000)
    QTest.keyClick(gate.secret, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: fresh.is_open, timeout=30_000)


def test_the_recovery_code_opens(fresh: MainWindow, qtbot):
    code = make(qtbot, fresh)
    gate = locked(qtbot, fresh)
    gate.switch.click()
    assert gate.secret.accessibleName() == "Recovery code"
    QTest.keyClicks(gate.secret, code)
    gate.unlock.click()
    qtbot.waitUntil(lambda: fresh.is_open, timeout=30_000)


def test_a_backup_takes_the_place_of_the_home_from_the_start_page(fresh: MainWindow, qtbot, tmp_path: Path):
    make(qtbot, fresh)
    fresh.gate.written.click()
    qtbot.waitUntil(lambda: fresh.is_open, timeout=20_000)
    fresh.engine.memories.remember("Was there before the backup")
    backup = fresh.engine.archives.backup(tmp_path / "copies")
    fresh.engine.memories.remember("Came after the backup")
    fresh.lock()
    qtbot.waitUntil(lambda: isinstance(fresh.gate, UnlockPage), timeout=30_000)
    old = fresh.gate
    old.restore.restore(backup)
    qtbot.waitUntil(lambda: isinstance(fresh.gate, UnlockPage) and fresh.gate is not old, timeout=60_000)
    fresh.gate.secret.setText(SECRET)
    fresh.gate.unlock.click()
    qtbot.waitUntil(lambda: fresh.is_open, timeout=30_000)
    assert fresh.engine.recall.search("before the backup") != ()
    assert fresh.engine.recall.search("Came after") == ()


def test_strength_is_no_flattery():
    assert strength("abc") is Strength.TOO_SHORT
    assert strength("aaaaaaaaaaaaaaaa") is Strength.WEAK
    assert strength("1234567890") is Strength.WEAK
    assert strength("password") is Strength.WEAK
    assert strength(SECRET) is Strength.STRONG
