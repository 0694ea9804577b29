"""The settings page, on a real home."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDialog, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.first_run.strength import Strength
from app.settings.about import read_logs
from app.settings.cubes import CubeRow
from app.settings.declared import CHOSEN_IN_MODELS, SettingRow
from app.settings.dialogs import CodeDialog, PassphraseDialog
from app.settings.page import SettingsPage
from app.widgets.dialogs import Dialog, NameDialog, TypedConfirmation
from memos_engine.errors import DamagedError, WrongSecretError
from memos_engine.memory_os import MemoryOS
from memos_engine.settings import SECTION_TITLES, SETTINGS
from memos_engine.types import MemoryChanges, Protector


@pytest.fixture
def page(context: AppContext, show: Callable[[Any], Any]) -> SettingsPage:
    return show(SettingsPage(context))


def row(page: SettingsPage, name: str) -> SettingRow:
    rows = (row for section in page.sections for row in section.rows if isinstance(row, SettingRow))
    return next(row for row in rows if row._setting.name == name)


def titled(page: SettingsPage, title: str) -> Any:
    return next(row for section in page.sections for row in section.rows if row.title.text() == title)


def dialog(qtbot: QtBot, kind: type[QDialog]) -> Any:
    found: list[QDialog] = []

    def shown() -> bool:
        found[:] = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
        return bool(found)

    qtbot.waitUntil(shown)
    return found[0]


def test_every_declared_setting_has_a_row_and_hidden_ones_none(page: SettingsPage):
    shown = [row._setting for section in page.sections for row in section.rows if isinstance(row, SettingRow)]
    assert shown == [s for name in SECTION_TITLES for s in SETTINGS if s.section == name and not s.hidden]


def test_the_zoom_is_shown_in_per_cent(page: SettingsPage, engine: MemoryOS, qtbot: QtBot):
    zoom = row(page, "appearance.zoom")
    assert zoom._editor.widget.text() == "100 %"
    assert "100 %" in zoom._back.accessibleName()
    zoom._editor.widget.setValue(150)
    qtbot.waitUntil(lambda: engine.settings.number("appearance.zoom") == 1.5)
    engine.settings.set("appearance.zoom", 1.25)
    page.refresh(MemoryChanges(settings=("appearance.zoom",)))
    assert zoom._editor.widget.text() == "125 %"


def test_a_change_is_kept_and_can_be_taken_back_to_the_default(page: SettingsPage, engine: MemoryOS, qtbot: QtBot):
    temperature = row(page, "chat.temperature")
    temperature._editor.widget.setValue(0.8)
    qtbot.waitUntil(lambda: engine.settings.number("chat.temperature") == pytest.approx(0.8))
    qtbot.waitUntil(lambda: not temperature._back.isHidden())
    temperature._back.click()
    qtbot.waitUntil(lambda: engine.settings.number("chat.temperature") == pytest.approx(0.3))
    qtbot.waitUntil(temperature._back.isHidden)


def test_choices_and_long_texts_are_kept(page: SettingsPage, engine: MemoryOS, qtbot: QtBot):
    combo = row(page, "memory.remembering")._editor.widget
    assert isinstance(combo, QComboBox)
    combo.setCurrentIndex(combo.findData("paused"))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(lambda: engine.settings.text("memory.remembering") == "paused")
    page.open_section("chat")
    lines = row(page, "chat.instructions")._editor.widget
    assert isinstance(lines, QPlainTextEdit)
    lines.setFocus()
    qtbot.keyClicks(lines, "Be brief.")
    page.search.setFocus()
    qtbot.waitUntil(lambda: engine.settings.text("chat.instructions") == "Be brief.")


def test_what_cannot_be_written_is_said_in_its_row(page: SettingsPage, engine: MemoryOS, home: Path, qtbot: QtBot):
    (home / "settings.toml").unlink(missing_ok=True)
    (home / "settings.toml").mkdir()
    notes = row(page, "memory.notes")
    notes._editor.widget.setValue(9)
    qtbot.waitUntil(lambda: "could not be written" in notes._problem.text())
    qtbot.waitUntil(lambda: notes._editor.widget.value() == 6)


def test_models_are_chosen_on_their_own_page(page: SettingsPage, qtbot: QtBot):
    for name in CHOSEN_IN_MODELS:
        choose = row(page, name).findChild(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        assert choose is not None
    with qtbot.waitSignal(page.context.navigator.page) as opened:
        buttons = [w for w in row(page, "model.path").findChildren(QWidget) if w.accessibleName().endswith("in Models")]
        buttons[0].click()
    assert opened.args == ["models"]


def test_search_finds_rows_of_all_sections_and_says_when_there_is_none(page: SettingsPage):
    page.search.setText("passphrase")
    visible = [row.title.text() for section in page.sections for row in section.rows if row.isVisible()]
    assert "Passphrase" in visible
    assert "Temperature" not in visible
    page.search.setText("zzzz")
    assert page._nothing.isVisible()


def test_the_passphrase_is_changed_and_the_old_one_opens_no_more(page: SettingsPage, engine: MemoryOS, qtbot: QtBot):
    page.open_section("security")
    keys = next(s for s in page.sections if s.name == "security").property("keys")
    qtbot.waitUntil(lambda: keys._set.text() == "Change…")
    keys._set.click()
    asked = dialog(qtbot, PassphraseDialog)
    qtbot.keyClicks(asked._first, "four unrelated words here")
    assert not asked.go.isEnabled()
    qtbot.keyClicks(asked._second, "four unrelated words here")
    asked.go.click()
    qtbot.wait(1)
    qtbot.waitUntil(lambda: not page.context.operations._tasks, timeout=20_000)
    engine.access.lock()
    engine.access.unlock(passphrase="four unrelated words here")
    engine.access.lock()
    with pytest.raises(WrongSecretError):
        engine.access.unlock(passphrase="correct horse battery staple")


def test_a_new_passphrase_is_held_to_the_rule_of_the_first_one(page: SettingsPage, qtbot: QtBot):
    asked = PassphraseDialog(page, change=True)
    qtbot.keyClicks(asked._first, "short")
    qtbot.keyClicks(asked._second, "short")
    assert not asked.go.isEnabled()
    assert asked._note.text() == Strength.TOO_SHORT
    asked.reject()


def test_the_last_protector_is_not_offered_for_removal(page: SettingsPage, engine: MemoryOS, qtbot: QtBot):
    keys = next(s for s in page.sections if s.name == "security").property("keys")
    qtbot.waitUntil(lambda: keys._set.text() == "Change…")
    assert engine.access.info().protectors[0] is Protector.PASSPHRASE
    assert not keys._remove.isEnabled()
    assert not keys._box.isEnabled(), "no keyring works here"


def test_a_new_recovery_code_is_shown_once(page: SettingsPage, engine: MemoryOS, qtbot: QtBot):
    keys = next(s for s in page.sections if s.name == "security").property("keys")
    keys._new_code()
    shown = dialog(qtbot, CodeDialog)
    code = shown.findChildren(QWidget)
    codes = [w.accessibleName().removeprefix("Recovery code ") for w in code if "Recovery code " in w.accessibleName()]
    assert shown.focusWidget() is not shown.go, "a second Enter would close it before it was read"
    shown.accept()
    engine.access.lock()
    engine.access.unlock(recovery_code=codes[0])


def cube_rows(page: SettingsPage) -> dict[str, CubeRow]:
    section = next(s for s in page.sections if s.name == "cubes")
    return {row.cube.name: row for row in section.rows if isinstance(row, CubeRow)}


def test_cubes_are_made_renamed_locked_and_destroyed(page: SettingsPage, engine: MemoryOS, qtbot: QtBot):
    section: Any = next(s for s in page.sections if s.name == "cubes")
    section._create()
    asked = dialog(qtbot, NameDialog)
    asked._line.setText("Work")
    asked.go.click()
    qtbot.waitUntil(lambda: set(cube_rows(page)) == {"Me", "Work"})

    section.rename(cube_rows(page)["Work"])
    asked = dialog(qtbot, NameDialog)
    asked._line.setText("Office")
    asked.go.click()
    qtbot.waitUntil(lambda: set(cube_rows(page)) == {"Me", "Office"})

    section.change(cube_rows(page)["Office"], "Lock a cube", "lock")
    qtbot.waitUntil(lambda: cube_rows(page)["Office"].cube.locked)
    assert cube_rows(page)["Office"].text.text().startswith("Locked.")

    section.ask_destroy(cube_rows(page)["Office"])
    sure = dialog(qtbot, TypedConfirmation)
    sure._line.setText("office")
    assert not sure.go.isEnabled()
    sure._line.setText("Office")
    sure.go.click()
    qtbot.waitUntil(lambda: set(cube_rows(page)) == {"Me"})
    assert [cube.name for cube in engine.cubes.list()] == ["Me"]


def test_a_damaged_cube_is_shown_as_such_offers_its_destruction_and_takes_nothing(
    page: SettingsPage, engine: MemoryOS, context: AppContext, home: Path, qtbot: QtBot
):
    made = engine.cubes.create("Work")
    qtbot.waitUntil(lambda: "Work" in cube_rows(page))
    engine.cubes.lock("Work")
    database = home / "cubes" / made.id / "cube.db"
    database.write_bytes(bytes(database.stat().st_size))
    with pytest.raises(DamagedError):
        engine.cubes.unlock("Work", "correct horse battery staple")
    context.cubes.load()
    qtbot.waitUntil(lambda: bool(cube_rows(page)["Work"].cube.damaged))
    row = cube_rows(page)["Work"]
    assert row.text.text().startswith("Set aside.")
    assert "Restore a backup, or destroy this cube" in row._problem.text()
    box = row.findChild(QCheckBox)
    assert box is not None
    assert not box.isEnabled()
    menu = row.menu(last=False)
    assert {action.text(): action.isEnabled() for action in menu.actions() if action.text()} == {
        "Rename…": False,
        "Make it the default": False,
        "Lock": False,
        "Destroy…": True,
    }
    engine.cubes.destroy("Work")
    qtbot.waitUntil(lambda: set(cube_rows(page)) == {"Me"})


def test_chats_are_kept_from_a_cube_by_its_box(page: SettingsPage, engine: MemoryOS, qtbot: QtBot):
    qtbot.waitUntil(lambda: "Me" in cube_rows(page))
    box = cube_rows(page)["Me"].findChild(QCheckBox)
    assert box is not None
    box.click()
    qtbot.waitUntil(lambda: not engine.cubes.get("Me").chats_may_read)


def test_a_backup_is_written_and_verified_in_its_row(
    page: SettingsPage, engine: MemoryOS, tmp_path: Path, qtbot: QtBot
):
    engine.memories.remember("Allergic to peanuts")
    copies: Any = next(s for s in page.sections if s.name == "copies")
    copies.backup.work(
        "Back up",
        lambda progress, cancel: engine.archives.backup(tmp_path, progress=progress, cancel=cancel),
        lambda copy: f"in {copy}",
    )
    assert not copies.backup.button.isEnabled()
    qtbot.waitUntil(lambda: copies.backup._result.text().startswith("in "), timeout=20_000)
    folder = Path(copies.backup._result.text().removeprefix("in "))
    copies.verify.work("Check", lambda _p, _c: engine.archives.verify(folder), lambda _: "sound")
    qtbot.waitUntil(lambda: copies.verify._result.text() == "sound", timeout=20_000)
    copies.verify.work("Check", lambda _p, _c: engine.archives.verify(tmp_path / "none"), lambda _: "sound")
    qtbot.waitUntil(lambda: bool(copies.verify._problem.text()), timeout=20_000)


def test_everything_is_deleted_only_after_it_was_typed(page: SettingsPage, engine: MemoryOS, home: Path, qtbot: QtBot):
    copies: Any = next(s for s in page.sections if s.name == "copies")
    copies._delete()
    sure = dialog(qtbot, TypedConfirmation)
    assert not sure.go.isEnabled()
    sure._line.setText("delete everything")
    with qtbot.waitSignals(
        [page.context.navigator.save, page.context.navigator.replaced], order="strict", timeout=20_000
    ):
        sure.go.click()
    assert not (home / "cubes").exists() or not any((home / "cubes").iterdir())


def test_logs_are_read_from_their_end_newest_first(tmp_path: Path):
    (tmp_path / "logs").mkdir()
    assert read_logs(tmp_path) == {}
    (tmp_path / "logs" / "memos.log").write_text("x" * 300_000 + "\nlast line\n")
    assert read_logs(tmp_path)["memos.log"].endswith("last line\n")
    assert len(read_logs(tmp_path)["memos.log"]) == 200_000


def test_every_control_has_a_name_for_screen_readers(page: SettingsPage):
    nameless = [
        type(widget).__name__
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.window() is page.window()
        and not widget.objectName().startswith("qt_")
        and not widget.accessibleName()
        and not getattr(widget, "text", str)()
    ]
    assert nameless == []


def test_a_row_says_why_there_is_no_keyring(page: SettingsPage, qtbot: QtBot):
    page.open_section("security")
    keyring = titled(page, "System keyring")
    qtbot.waitUntil(lambda: keyring.text.isVisibleTo(keyring), timeout=10_000)
    assert keyring.text.text() == "No keyring works here, so a passphrase is needed."


def test_controls_go_below_the_words_where_it_is_narrow(page: SettingsPage):
    entry = row(page, "memory.remembering")
    control, words = entry.findChild(QComboBox), entry.title
    places = {}
    for width in (700, 320):
        entry.resize(width, 200)
        entry.layout().activate()
        places[width] = control.mapTo(entry, control.rect().topLeft()) - words.mapTo(entry, words.rect().topLeft())
    assert places[700].x() > 300
    assert places[320].x() == 0
    assert places[320].y() > words.height()


def test_the_dialog_before_something_is_lost_waits_on_cancel(page: SettingsPage, qtbot: QtBot):
    dialog = Dialog(page, "Restore?", "", "Restore", kind="danger")
    dialog.ask()
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.focusWidget() is dialog.cancel
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Rejected
