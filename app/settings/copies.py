"""Backups, the readable export, and deleting everything."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from app.context import AppContext
from app.operations import Fault
from app.settings.rows import Row, Section
from app.widgets.buttons import Button
from app.widgets.dialogs import Dialog, TypedConfirmation
from app.widgets.task_progress import TaskProgress
from memos_engine.types import CancelToken, ProgressCallback


class WorkRow(Row):
    """An action that takes a while: its progress, its result and its failure are shown in the row."""

    def __init__(self, context: AppContext, title: str, text: str, button: str, start: Callable[[], Any]) -> None:
        self.button = Button(button, start)
        self.button.setAccessibleName(f"{title}: {button}")
        self._context = context
        self.progress = TaskProgress(title)
        super().__init__(title, text, [self.button], below=self.progress)

    def work(
        self, label: str, call: Callable[[ProgressCallback, CancelToken], Any], done: Callable[[Any], str]
    ) -> None:
        """Run `call` in the list of long work; `done` says its result in a sentence."""
        self.show_problem("")
        self.show_result("")
        task = self._context.operations.run(
            self, label, call, lambda result: self.show_result(done(result)), self._refused, listed=True
        )
        self.button.setEnabled(False)
        task.ended.connect(lambda: self.button.setEnabled(True))
        self.progress.follow(task)

    def _refused(self, fault: Fault) -> None:
        self.show_problem(f"{fault.message} {fault.hint}".strip())


class CopiesSection(Section):
    """Sealed copies of the home, and the ways out of it."""

    def __init__(self, context: AppContext) -> None:
        super().__init__("copies", "Backup and export")
        self._context = context
        self.backup = WorkRow(
            context,
            "Back up",
            "A sealed copy of everything, checked by opening it. It needs the same keys as the original.",
            "Back up…",
            self._backup,
        )
        self.verify = WorkRow(
            context, "Check a backup", "Opens every cube of a backup and checks it.", "Check…", self._verify
        )
        self.restore = WorkRow(
            context,
            "Restore a backup",
            "Puts a backup in the place of what is here. What is here is kept beside it until the backup has opened.",
            "Restore…",
            self._restore,
        )
        self.export = WorkRow(
            context,
            "Export",
            "Everything as Markdown and JSON, for other programs. Anyone who gets the files can read them.",
            "Export…",
            self._export,
        )
        self.delete = WorkRow(
            context,
            "Delete everything",
            "Destroys the keys, then every file that this program made here, and nothing else.",
            "Delete…",
            self._delete,
        )
        for row in (self.backup, self.verify, self.restore, self.export, self.delete):
            self.add(row)

    def _folder(self, parent: QWidget, title: str) -> Path | None:
        proposed = self._context.engine.settings.text("files.backups")
        chosen = QFileDialog.getExistingDirectory(parent, title, proposed)
        return Path(chosen) if chosen else None

    def _backup(self) -> None:
        if folder := self._folder(self.backup, "Back up to"):
            self.backup.work(
                "Back up",
                lambda progress, cancel: self._context.engine.archives.backup(folder, progress=progress, cancel=cancel),
                lambda copy: f"The backup is in {copy}. It was opened and is sound.",
            )

    def _verify(self) -> None:
        if folder := self._folder(self.verify, "Backup to check"):
            self.verify.work(
                "Check a backup",
                lambda _progress, _cancel: self._context.engine.archives.verify(folder),
                lambda _: f"{folder.name} is sound.",
            )

    def _restore(self) -> None:
        folder = self._folder(self.restore, "Backup to restore")
        if folder is None:
            return
        dialog = Dialog(
            self,
            f"Restore {folder.name}?",
            "What is here now goes out of use: chats and memories since the backup are not in it.",
            "Restore",
            kind="danger",
        )
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.restore.work(
                "Restore a backup",
                lambda progress, cancel: self._context.engine.archives.restore(
                    folder, progress=progress, cancel=cancel
                ),
                lambda _: f"{folder.name} was restored.",
            )

    def _export(self) -> None:
        dialog = Dialog(
            self,
            "Export in the clear?",
            "The files will not be encrypted: anyone who gets them can read all that you wrote and all that is"
            " remembered. Delete them when you no longer need them.",
            "Choose a folder…",
            kind="danger",
        )
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return
        if folder := self._folder(self.export, "Export to"):
            self.export.work(
                "Export",
                lambda progress, cancel: self._context.engine.archives.export(folder, progress=progress, cancel=cancel),
                lambda made: f"Everything is in {made}, readable by anyone.",
            )

    def _delete(self) -> None:
        dialog = TypedConfirmation(
            self,
            "Delete everything?",
            "All chats, memories, documents and settings of this home. The keys are destroyed first. Backups and"
            " exports elsewhere stay. This cannot be undone.",
            "Delete everything",
            "delete everything",
        )
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.delete.work(
                "Delete everything",
                lambda _progress, _cancel: self._context.engine.archives.delete_everything(),
                lambda _: "Everything was deleted.",
            )
