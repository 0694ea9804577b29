"""Ctrl+Shift+P: every command by its name."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListWidgetItem, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.commands import Command
from app.palette.palette import Palette
from app.theme import Size, theme


class CommandDelegate(QStyledItemDelegate):
    """Draws a command, its keys at the right edge."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one line."""
        super().paint(painter, option, index)
        command = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(command, Command) and command.keys_text:
            painter.save()
            painter.setFont(theme().font(Size.SMALL))
            painter.setPen(theme().colour("muted"))
            place = option.rect.adjusted(0, 0, -theme().px(12), 0)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, command.keys_text)
            painter.restore()


class CommandPalette(Palette):
    """Commands whose title holds all the typed words, or begins with their first letters."""

    def __init__(self, commands: list[Command], parent: QWidget) -> None:
        super().__init__("Command palette", "Type what you want to do", parent)
        self._commands = [command for command in commands if command.do is not None]
        self.list.setItemDelegate(CommandDelegate(self.list))
        self.look("")

    def look(self, text: str) -> None:
        """Fill the list."""
        self.list.clear()
        found = [command for command in self._commands if matches(text, command.title)]
        for command in found:
            item = QListWidgetItem(theme().icon(command.icon or "next"), command.title)
            item.setData(Qt.ItemDataRole.UserRole, command)
            item.setData(
                Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, (command.title, command.keys_text)))
            )
            self.list.addItem(item)
        self.say("" if found else "No command is called that.")
        self.select_first()

    def choose(self, item: QListWidgetItem) -> None:
        """Do it."""
        command = item.data(Qt.ItemDataRole.UserRole)
        if isinstance(command, Command) and command.do is not None:
            command.do()


def matches(typed: str, title: str) -> bool:
    """Whether every typed word is in the title, or the typed letters are the initials of its words."""
    words, low = typed.lower().split(), title.lower()
    initials = "".join(word[0] for word in low.split())
    return all(word in low for word in words) or initials.startswith(typed.lower().replace(" ", ""))
