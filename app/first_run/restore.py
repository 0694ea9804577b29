"""Putting a backup in the place of the home, before it is open."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from app.operations import Fault, Operations, ShowsFaults
from app.theme import theme
from app.widgets.buttons import Button
from app.widgets.file_dialogs import choose_folder
from memos_engine.types import Progress


class RestoreLink(QWidget):
    """A link that asks for a backup folder and restores it; `restored` fires when that is done."""

    restored = Signal()

    def __init__(self, operations: Operations, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._operations = operations
        self.button = Button("Restore from a backup…", self._ask, kind="link")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Restoring")
        self.bar.hide()
        column = QVBoxLayout(self)
        theme().space(column, 0, 4)
        column.addWidget(self.button)
        column.addWidget(self.bar)

    def _ask(self) -> None:
        start = self._operations.engine.settings.text("files.backups")
        choose_folder(self, "backups", "Choose a backup folder", self.restore, start)

    def restore(self, folder: Path) -> None:
        """Verify the backup and put it in the place of the home."""
        archives = self._operations.engine.archives
        self.button.setEnabled(False)
        self.bar.show()
        self._operations.run(
            self,
            "Restore",
            lambda progress, cancel: archives.restore(folder, progress=progress, cancel=cancel),
            lambda _nothing: self._done(),
            self._failed,
            self._progressed,
            listed=True,
        )

    def _progressed(self, progress: Progress) -> None:
        self.bar.setMaximum(progress.total)
        self.bar.setValue(progress.done)

    def _done(self) -> None:
        self.bar.hide()
        self.button.setEnabled(True)
        self.restored.emit()

    def _failed(self, fault: Fault) -> None:
        self.bar.hide()
        self.button.setEnabled(True)
        above = self.parentWidget()
        while above is not None and not isinstance(above, ShowsFaults):
            above = above.parentWidget()
        if isinstance(above, ShowsFaults):
            above.show_fault(fault)
