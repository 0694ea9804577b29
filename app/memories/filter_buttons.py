"""Buttons of the filter bar: tick several, choose one."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy


class _TickMenu(QMenu):
    """A menu that stays open while one ticks several things."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tick without closing."""
        action = self.activeAction()
        if action is not None and action.isCheckable():
            action.trigger()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks without closing; Enter ticks and closes."""
        action = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action is not None and action.isCheckable():
            action.trigger()
        else:
            super().keyPressEvent(event)


class TickFilter(QPushButton):
    """A button with a menu of things to tick; none ticked means all."""

    changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._menu = _TickMenu(self)
        self._menu.setAccessibleName(name)
        self.setMenu(self._menu)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._label()

    def offer(self, choices: Iterable[tuple[Any, str]]) -> None:
        """Replace what can be ticked; what was ticked and is still there stays so."""
        ticked = set(self.chosen)
        self._menu.clear()
        for value, text in choices:
            action = self._menu.addAction(text)
            action.setCheckable(True)
            action.setData(value)
            action.setChecked(value in ticked)
            action.toggled.connect(self._toggled)
        self._label()

    @property
    def chosen(self) -> tuple[Any, ...]:
        """What is ticked."""
        return tuple(action.data() for action in self._menu.actions() if action.isChecked())

    def choose(self, values: Iterable[Any]) -> None:
        """Tick exactly these."""
        wanted = set(values)
        for action in self._menu.actions():
            action.setChecked(action.data() in wanted)

    def _toggled(self) -> None:
        self._label()
        self.changed.emit()

    def _label(self) -> None:
        texts = [action.text() for action in self._menu.actions() if action.isChecked()]
        more = f" +{len(texts) - 1}" if len(texts) > 1 else ""
        self.setText(f"{self._name}: {texts[0]}{more}" if texts else self._name)
        self.setAccessibleName(f"{self._name}: {', '.join(texts) or 'all'}")
        _mark(self, bool(texts))


def _mark(button: QPushButton, active: bool) -> None:
    button.setProperty("active", active)
    button.style().unpolish(button)
    button.style().polish(button)


class OneOf(QPushButton):
    """A button with a menu of things of which one is chosen."""

    chosen_by_person = Signal(object)

    def __init__(self, name: str, choices: Iterable[tuple[Any, str]], usual: Any, *, quiet: bool = True) -> None:
        super().__init__()
        self._name, self._usual, self._quiet = name, usual, quiet
        self.value = usual
        menu = QMenu(self)
        menu.setAccessibleName(name)
        self._group = QActionGroup(self)
        for value, text in choices:
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setData(value)
            self._group.addAction(action)
        menu.triggered.connect(self._picked)
        self.setMenu(menu)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set(usual)

    def set(self, value: Any, text: str = "") -> None:
        """Show this as chosen; `text` where it has other words than its entry."""
        self.value = value
        for action in self._group.actions():
            if action.data() == value:
                action.setChecked(True)
                text = text or action.text()
        usual = value == self._usual
        self.setText(self._name if usual and self._quiet else text)
        self.setAccessibleName(f"{self._name}: {text}")
        _mark(self, not usual and self._quiet)

    def enable(self, value: Any, on: bool) -> None:
        """Whether an entry can be chosen."""
        for action in self._group.actions():
            if action.data() == value:
                action.setVisible(on)

    def _picked(self, action: QAction) -> None:
        self.chosen_by_person.emit(action.data())
