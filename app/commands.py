"""What can be done by keyboard: one list for the shortcuts, the command palette and the help page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QDialog, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from app.theme import Size, theme
from app.widgets.text import Text

P = TypeVar("P", contravariant=True)


@dataclass(frozen=True)
class Command:
    """A thing to do. `keys`: shortcuts in Qt's portable form, the first one is shown; `group`: its heading in the help.

    A command of the window has its shortcut installed by the window; `local` ones are handled by the widget that has
    the focus and are only told in the help.
    """

    title: str
    do: Callable[[], Any] | None = None
    keys: tuple[str, ...] = ()
    icon: str = ""
    group: str = "Window"
    local: bool = False

    @property
    def keys_text(self) -> str:
        """The first shortcut as this system writes it."""
        return QKeySequence(self.keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if self.keys else ""


@dataclass(frozen=True)
class PageCommand(Generic[P]):
    """A `Command` of a kind of page, told whether or not there is such a page yet."""

    title: str
    do: Callable[[P], Any] | None = None
    keys: tuple[str, ...] = ()
    icon: str = ""
    group: str = "Window"
    local: bool = False

    def of(self, page: P) -> Command:
        """The command on this page."""
        do = self.do
        act = None if do is None else lambda: do(page)
        return Command(self.title, act, self.keys, self.icon, self.group, self.local)

    @property
    def told(self) -> Command:
        """The command as the help tells it: it does nothing."""
        return Command(self.title, None, self.keys, self.icon, self.group, self.local)


def open_menu_of_focus() -> None:
    """Open the menu of what has the focus, as the menu key does, which many keyboards lack."""
    focus = QApplication.focusWidget()
    if focus is None:
        return
    at = QRectF(focus.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)).toRect().center()
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, at, focus.mapToGlobal(at))
    QCoreApplication.sendEvent(focus, asked)


class ShortcutsDialog(QDialog):
    """The list of shortcuts."""

    def __init__(self, commands: Sequence[Command], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(theme().px(460), theme().px(560))
        body = QWidget()
        grid = QGridLayout(body)
        theme().space(grid, 8, 8)
        row = 0
        for group in dict.fromkeys(command.group for command in commands if command.keys):
            if row:
                grid.setRowMinimumHeight(row, theme().px(12))
                row += 1
            grid.addWidget(Text(group, Size.TITLE), row, 0, 1, 2)
            row += 1
            for command in (command for command in commands if command.group == group and command.keys):
                grid.addWidget(Text(command.title, wrap=True), row, 0)
                grid.addWidget(Text(command.keys_text, role="muted"), row, 1)
                row += 1
        grid.setRowStretch(row, 1)
        grid.setColumnStretch(0, 1)
        scroll = QScrollArea()
        scroll.setAccessibleName("Keyboard shortcuts")
        scroll.setWidgetResizable(True)
        scroll.setWidget(body)
        column = QVBoxLayout(self)
        theme().space(column, 8, 0)
        column.addWidget(scroll)
