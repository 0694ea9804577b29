"""Where a question for files or folders begins."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.chat.composer import Composer
from app.context import AppContext
from app.settings.copies import CopiesSection
from app.widgets import file_dialogs
from app.widgets.file_dialogs import beginning, choose_files, choose_folder

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def nothing_asked_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_dialogs, "_last", {})


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def usual() -> Path:
    documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return documents if documents.is_dir() else Path.home()


def test_the_first_one_begins_among_the_documents_and_not_where_the_program_was_started(
    parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    dialog = choose_folder(parent, "exports", "Export to", print)
    assert Path(dialog.directory().absolutePath()) == usual()
    dialog.reject()


def test_a_setting_comes_first_while_its_folder_is_there(tmp_path: Path):
    assert beginning("backups", str(tmp_path)) == str(tmp_path)
    assert beginning("backups", str(tmp_path / "gone")) == str(usual())


def test_the_next_one_of_a_kind_begins_where_the_last_one_ended(parent: QWidget, tmp_path: Path, qtbot: QtBot):
    (tmp_path / "notes.md").write_text("Figs.")
    chosen: list[list[Path]] = []
    dialog = choose_files(parent, "imports", "Files to import", chosen.append, filters="Notes (*.md)")
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile(str(tmp_path / "notes.md"))
    dialog.accept()
    assert chosen == [[tmp_path / "notes.md"]]
    assert beginning("imports") == str(tmp_path)
    assert beginning("attachments") == str(usual())


def test_qt_writes_no_folder_down(tmp_path: Path):
    """In a process of its own: Qt reads where its settings lie once."""
    program = (
        "import sys; from pathlib import Path; from PySide6.QtWidgets import QApplication, QWidget\n"
        "from app.widgets.file_dialogs import choose_files\n"
        "app, parent, folder, chosen = QApplication([]), QWidget(), Path(sys.argv[1]), []\n"
        "dialog = choose_files(parent, 'imports', 'Files to import', chosen.append)\n"
        "dialog.setDirectory(str(folder)); dialog.selectFile(str(folder / 'notes.md'))\n"
        "dialog.destroyed.connect(app.quit); dialog.accept(); app.exec()\n"
        "assert chosen == [[folder / 'notes.md']]\n"
    )
    user, folder = tmp_path / "user", tmp_path / "my divorce"
    for place in (user, folder):
        place.mkdir()
    (folder / "notes.md").write_text("Figs.")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    env = kept | {"HOME": str(user), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert [file for file in user.rglob("*") if file.is_file()] == []


def test_what_was_called_off_is_not_remembered(parent: QWidget, tmp_path: Path):
    dialog = choose_folder(parent, "exports", "Export to", print)
    dialog.setDirectory(str(tmp_path))
    dialog.reject()
    assert beginning("exports") == str(usual())


def test_backups_and_attachments_are_asked_for_in_their_places(context: AppContext, qtbot: QtBot, tmp_path: Path):
    context.engine.settings.set("files.backups", str(tmp_path))
    copies, composer = CopiesSection(context), Composer()
    for widget, ask, place in (
        (copies, copies._backup, tmp_path),
        (copies, copies._verify, tmp_path),
        (composer, composer._ask_files, usual()),
    ):
        qtbot.addWidget(widget)
        ask()
        dialog = next(one for one in widget.window().findChildren(QFileDialog) if one.isVisible())
        assert Path(dialog.directory().absolutePath()) == place
        dialog.reject()
