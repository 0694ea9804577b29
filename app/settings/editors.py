"""The control of a declared setting, made from its declaration."""

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QSignalBlocker, Qt, Signal, SignalInstance
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from app.theme import theme
from app.widgets import region
from app.widgets.buttons import Button
from app.widgets.combo import Combo
from app.widgets.file_dialogs import choose_folder
from memos_engine.settings import Setting, Value

Changed = Callable[[Value], None]

_WIDTH = 200


class _Whole(QSpinBox):
    """A number field that scrolls the page, not itself, while it has no focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn the number only where it has the focus."""
        super().wheelEvent(event) if self.hasFocus() else event.ignore()


class _Number(QDoubleSpinBox):
    """A number field that scrolls the page, not itself, while it has no focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn the number only where it has the focus."""
        super().wheelEvent(event) if self.hasFocus() else event.ignore()


class _Share(_Whole):
    """A number field for a share, in per cent."""

    shared = Signal(float)
    """The share that was set, 1.0 for 100 %."""

    def __init__(self) -> None:
        super().__init__()
        self.setSingleStep(10)
        self.valueChanged.connect(lambda percent: self.shared.emit(percent / 100))


class _Lines(QPlainTextEdit):
    """A text field of several lines that tells its text when it is left."""

    def __init__(self, lines: int, changed: Changed) -> None:
        super().__init__()
        self._changed = changed
        self._before = ""
        self.setProperty("kind", "input")
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + theme().px(24))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Remember the text as it was."""
        self._before = self.toPlainText()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the new text."""
        super().focusOutEvent(event)
        if self.toPlainText() != self._before:
            self._changed(self.toPlainText())


class Editor:
    """A setting's control: `widget` to show, `set` to show another value without telling."""

    def __init__(self, setting: Setting, changed: Changed) -> None:
        self.setting = setting
        self.below = setting.lines > 1
        self.widget = self._make(setting, changed)
        self.fit()
        self.widget.setAccessibleName(setting.title)
        self.widget.setAccessibleDescription(setting.text)

    def _make(self, setting: Setting, changed: Changed) -> QWidget:
        if isinstance(setting.default, bool):
            box = QCheckBox()
            box.setProperty("bare", True)
            box.toggled.connect(changed)
            return box
        if setting.choices:
            combo = Combo()
            for choice in setting.choices:
                combo.addItem(_choice_text(setting, choice), choice)
            combo.activated.connect(lambda: changed(combo.currentData()))
            return combo
        if isinstance(setting.default, int):
            whole = _Whole()
            whole.setRange(int(setting.minimum or 0), int(setting.maximum or 2**31 - 1))
            return self._number(whole, whole.valueChanged, changed)
        if isinstance(setting.default, float) and setting.unit == "%":
            share = _Share()
            share.setRange(round(100 * (setting.minimum or 0.0)), round(100 * (setting.maximum or 1.0)))
            return self._number(share, share.shared, changed)
        if isinstance(setting.default, float):
            number = _Number()
            low, high = setting.minimum or 0.0, setting.maximum or 1.0
            number.setRange(low, high)
            number.setSingleStep(0.1 if high - low >= 2 else 0.05)
            return self._number(number, number.valueChanged, changed)
        if setting.path:
            return self._folder(setting, changed)
        if setting.lines > 1:
            return _Lines(setting.lines, changed)
        line = QLineEdit()
        line.editingFinished.connect(lambda: changed(line.text().strip()))
        return line

    def _number(self, spin: QSpinBox | QDoubleSpinBox, told: SignalInstance, changed: Changed) -> QWidget:
        spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        spin.setKeyboardTracking(False)
        spin.setGroupSeparatorShown(True)
        if self.setting.unit:
            spin.setSuffix(f" {self.setting.unit}")
        told.connect(changed)
        return spin

    def _folder(self, setting: Setting, changed: Changed) -> QWidget:
        button = Button("Choose folder…")

        def choose() -> None:
            start = cast(str, button.property("folder") or "")
            choose_folder(button, setting.name, setting.title, lambda folder: changed(str(folder)), start)

        button.clicked.connect(choose)
        return button

    def fit(self) -> None:
        """Take the size that the zoom in force asks for."""
        if isinstance(self.widget, QSpinBox | QDoubleSpinBox):
            self.widget.lineEdit().setTextMargins(theme().px(6), 0, theme().px(6), 0)
        if isinstance(self.widget, QSpinBox | QDoubleSpinBox | QComboBox | QLineEdit):
            self.widget.setFixedWidth(theme().px(_WIDTH))

    def set(self, value: Value) -> None:
        """Show this value; nothing is told."""
        widget = self.widget
        with QSignalBlocker(widget):
            if isinstance(widget, QCheckBox):
                widget.setChecked(bool(value))
            elif isinstance(widget, QComboBox):
                widget.setCurrentIndex(widget.findData(value))
            elif isinstance(widget, _Share):
                widget.setValue(round(float(value) * 100))
            elif isinstance(widget, QSpinBox):
                widget.setValue(int(value))
            elif isinstance(widget, QDoubleSpinBox):
                widget.setValue(float(value))
            elif isinstance(widget, QPlainTextEdit):
                if widget.toPlainText() != value:
                    widget.setPlainText(str(value))
            elif isinstance(widget, QLineEdit):
                widget.setText(str(value))
            else:
                widget.setProperty("folder", str(value))


def _choice_text(setting: Setting, choice: str) -> str:
    if setting.name == "appearance.language" and choice != "system":
        name = region.spoken(choice).nativeLanguageName()
        return name[:1].upper() + name[1:]
    return choice.capitalize()
