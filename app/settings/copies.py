"""Backups, the readable export, and deleting everything."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.context import AppContext
from app.operations import Fault
from app.settings.rows import Row, Section
from app.widgets.buttons import Button
from app.widgets.dialogs import Dialog, TypedConfirmation
from app.widgets.file_dialogs import choose_folder
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
            "Puts a backup in the place of what is here, which is kept, sealed, as long as what is in the trash.",
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

    def _folder(self, title: str, then: Callable[[Path], Any]) -> None:
        choose_folder(self, "backups", title, then, self._context.engine.settings.text("files.backups"))

    def _backup(self) -> None:
        archives = self._context.engine.archives
        self._folder(
            "Back up to",
            lambda folder: self.backup.work(
                "Back up",
                lambda progress, cancel: archives.backup(folder, progress=progress, cancel=cancel),
                lambda copy: f"The backup is in {copy}. {self._sound()}",
            ),
        )

    def _sound(self) -> str:
        damaged = [cube.name for cube in self._context.cubes.all() if cube.damaged]
        if not damaged:
            return "It was opened and is sound."
        names = " and ".join(f"“{name}”" for name in damaged)
        return f"It was opened and is sound but for {names}: what is damaged was copied as it lies."

    def _verify(self) -> None:
        archives = self._context.engine.archives
        self._folder(
            "Backup to check",
            lambda folder: self.verify.work(
                "Check a backup",
                lambda _progress, _cancel: archives.verify(folder),
                lambda _: f"{folder.name} is sound.",
            ),
        )

    def _restore(self) -> None:
        archives, wait_kept = self._context.engine.archives, self._context.operations.wait_kept

        def restore(folder: Path) -> None:
            def work(progress: ProgressCallback, cancel: CancelToken) -> None:
                wait_kept()
                archives.restore(folder, progress=progress, cancel=cancel)

            self._context.navigator.save.emit()
            self.restore.work(
                "Restore a backup",
                work,
                lambda _: self._leave(f"{folder.name} was restored."),
            )

        def agree(folder: Path) -> None:
            Dialog(
                self,
                f"Restore {folder.name}?",
                "What is here now goes out of use: chats and memories since the backup are not in it.",
                "Restore",
                kind="danger",
            ).ask(lambda: restore(folder))

        self._folder("Backup to restore", agree)

    def _export(self) -> None:
        archives = self._context.engine.archives

        def export(folder: Path) -> None:
            self.export.work(
                "Export",
                lambda progress, cancel: archives.export(folder, progress=progress, cancel=cancel),
                lambda made: f"Everything is in {made}, readable by anyone.",
            )

        Dialog(
            self,
            "Export in the clear?",
            "The files will not be encrypted: anyone who gets them can read all that you wrote and all that is"
            " remembered. Delete them when you no longer need them.",
            "Choose a folder…",
            kind="danger",
        ).ask(lambda: choose_folder(self, "exports", "Export to", export))

    def _delete(self) -> None:
        archives, wait_kept = self._context.engine.archives, self._context.operations.wait_kept

        def work(_progress: ProgressCallback, _cancel: CancelToken) -> None:
            wait_kept()
            archives.delete_everything()

        def delete() -> None:
            self._context.navigator.save.emit()
            self.delete.work(
                "Delete everything",
                work,
                lambda _: self._leave("Everything was deleted."),
            )

        TypedConfirmation(
            self,
            "Delete everything?",
            "All chats, memories, documents and settings of this home. The keys are destroyed first. Backups and"
            " exports elsewhere stay. This cannot be undone.",
            "Delete everything",
            "delete everything",
        ).ask(delete)

    def _leave(self, result: str) -> str:
        """The home is another one now: the window goes back to its gate."""
        self._context.navigator.replaced.emit()
        return result
