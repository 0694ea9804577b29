"""What can be done with several memories at once."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from app.context import AppContext
from app.theme import Size, theme
from app.widgets import memory_actions
from app.widgets.buttons import Button
from app.widgets.region import number
from app.widgets.text import Text
from memos_engine.types import Memory

WithSelected = Callable[[Callable[[list[Memory]], Any]], None]


class SelectionPanel(QWidget):
    """Stands in the place of the detail panel while more than one memory is selected."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._with: WithSelected | None = None
        self.title = Text("", Size.TITLE)
        self.pin = Button("Pin", lambda: self._do(memory_actions.pin, True), icon="pin")
        self.unpin = Button("Unpin", lambda: self._do(memory_actions.pin, False), icon="unpin")
        self.confirm = Button("Confirm", lambda: self._do(memory_actions.confirm), icon="check")
        self.move_to = Button("Move to…", self._choose_cube, icon="move")
        self.remove = Button("Remove to the trash", lambda: self._do(memory_actions.remove), icon="delete")
        self.restore = Button("Restore", lambda: self._do(memory_actions.restore), icon="restore")
        self.forget = Button("Forget for good…", lambda: self._do(memory_actions.forget), icon="forget")
        column = QVBoxLayout(self)
        theme().space(column, 16, 8)
        column.addWidget(self.title)
        column.addWidget(Text("What you do now is done to all of them.", Size.SMALL, "muted", wrap=True))
        for button in (self.pin, self.unpin, self.confirm, self.move_to, self.remove, self.restore, self.forget):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def show_count(self, count: int, with_selected: WithSelected, *, trash: bool) -> None:
        """Say how many are selected; `with_selected` hands them over."""
        self._with = with_selected
        self.title.setText(f"{number(count)} memories selected")
        for button in (self.pin, self.unpin, self.confirm, self.move_to, self.remove):
            button.setVisible(not trash)
        self.restore.setVisible(trash)

    def _do(self, action: Callable[..., Any], *arguments: Any) -> None:
        if self._with is not None:
            self._with(lambda memories: action(self._context, self, [memory.id for memory in memories], *arguments))

    def _choose_cube(self) -> None:
        if self._with is not None:
            self._with(self._offer_cubes)

    def _offer_cubes(self, memories: list[Memory]) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        memory_actions.offer_cubes(self._context, self, memories, menu)
        menu.popup(self.move_to.mapToGlobal(QPoint(0, self.move_to.height())))
