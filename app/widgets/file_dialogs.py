"""Asking for files and folders. Each kind of question begins where the last one of its kind ended."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from app.widgets.discard import discard_when_finished

_last: dict[str, str] = {}
"""Where each kind of question ended in this sitting. It is not written down: names of folders tell about people."""


def choose_folder(
    parent: QWidget, kind: str, title: str, on_chosen: Callable[[Path], Any], start: str = ""
) -> QFileDialog:
    """Ask for a folder; `on_chosen` is called with it. `kind` is what it is for ("backups"); the first question of a
    kind begins in `start`."""
    dialog = _file_dialog(parent, kind, title, start)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda chosen: on_chosen(Path(chosen)))
    dialog.open()
    return dialog


def choose_files(
    parent: QWidget,
    kind: str,
    title: str,
    on_chosen: Callable[[list[Path]], Any],
    *,
    filters: str = "",
    start: str = "",
    many: bool = True,
) -> QFileDialog:
    """Ask for files; `filters` as Qt writes them ("Models (*.gguf)"); the rest as in `choose_folder`."""
    dialog = _file_dialog(parent, kind, title, start)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles if many else QFileDialog.FileMode.ExistingFile)
    if filters:
        dialog.setNameFilter(filters)
    dialog.filesSelected.connect(lambda chosen: on_chosen([Path(file) for file in chosen]))
    dialog.open()
    return dialog


def beginning(kind: str, start: str = "") -> str:
    """Where a question of this kind begins: where the last one ended, else in `start`, else among the documents, else
    at home."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    usual = [folder for folder in (_last.get(kind, ""), start, documents) if folder and Path(folder).is_dir()]
    return usual[0] if usual else str(Path.home())


def _file_dialog(parent: QWidget, kind: str, title: str, start: str) -> QFileDialog:
    # Qt's own dialog would write the folders of all questions into a file of the person's that any program can read.
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, os.devnull)
    dialog = QFileDialog(parent.window(), title, beginning(kind, start))
    discard_when_finished(dialog)
    dialog.accepted.connect(lambda: _last.update({kind: dialog.directory().absolutePath()}))
    return dialog
