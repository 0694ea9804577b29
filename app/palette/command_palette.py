"""Ctrl+Shift+P: every command by its name."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidgetItem, QWidget

from app.commands import Command
from app.palette.palette import AsideRole, Palette
from app.theme import theme


class CommandPalette(Palette):
    """Commands whose title holds all the typed words, or begins with their first letters."""

    def __init__(self, commands: list[Command], parent: QWidget) -> None:
        super().__init__("Command palette", "Type what you want to do", parent)
        self._commands = [command for command in commands if command.do is not None]
        self.look("")

    def look(self, text: str) -> None:
        """Fill the list."""
        self.list.clear()
        found = [command for command in self._commands if matches(text, command.title)]
        for command in found:
            item = QListWidgetItem(theme().icon(command.icon or "next"), command.title)
            item.setData(Qt.ItemDataRole.UserRole, command)
            item.setData(AsideRole, command.keys_text)
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
