"""The rail on the left: pages, the list of long work, lock."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.theme import Size, theme


@dataclass(frozen=True)
class RailEntry:
    """One button of the rail. `below`: it stands at the lower end."""

    name: str
    title: str
    icon: str
    shortcut: str
    below: bool = False


ENTRIES = (
    RailEntry("chat", "Chat", "chat", "Ctrl+1"),
    RailEntry("memories", "Memories", "memories", "Ctrl+2"),
    RailEntry("models", "Models", "models", "Ctrl+3"),
    RailEntry("settings", "Settings", "settings", "Ctrl+4"),
    RailEntry("activity", "Activity", "activity", "Ctrl+5", below=True),
)


class RailButton(QToolButton):
    """An icon over a word."""

    def __init__(self, title: str, icon: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setText(title)
        self.setAccessibleName(title)
        self.setToolTip(hint)
        self.setProperty("kind", "flat")
        self.setProperty("scale", str(Size.SMALL))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme().changed.connect(self._redraw)
        self._redraw()

    def say(self, title: str, hint: str) -> None:
        """Other words below the icon."""
        self.setText(title)
        self.setAccessibleName(hint)
        self.setToolTip(hint)

    def _redraw(self) -> None:
        self.setIcon(theme().icon(self._icon))
        self.setIconSize(theme().icon_size(22))


class Rail(QFrame):
    """`chosen` names the page that was asked for; `lock_wanted` is the button at the foot."""

    chosen = Signal(str)
    lock_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "sunken")
        self.setAccessibleName("Pages")
        self._group = QButtonGroup(self)
        self.buttons: dict[str, RailButton] = {}
        column = QVBoxLayout(self)
        theme().space(column, (4, 8, 4, 8), 4)
        for below in (False, True):
            for entry in (entry for entry in ENTRIES if entry.below is below):
                column.addWidget(self._button(entry))
            if not below:
                column.addStretch(1)
        self.lock = RailButton("Lock", "lock", "Lock (Ctrl+L)")
        self.lock.clicked.connect(self.lock_wanted.emit)
        column.addWidget(self.lock)
        offline = QLabel("Offline")
        offline.setProperty("scale", str(Size.SMALL))
        offline.setProperty("role", "muted")
        offline.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        offline.setToolTip("This program makes no network connection. A link opens in your browser, after you say so.")
        column.addWidget(offline)
        theme().changed.connect(self._resize)
        self._resize()

    def _button(self, entry: RailEntry) -> RailButton:
        button = RailButton(entry.title, entry.icon, f"{entry.title} ({entry.shortcut})")
        button.setCheckable(True)
        button.clicked.connect(lambda _checked=False, name=entry.name: self.chosen.emit(name))
        self._group.addButton(button)
        self.buttons[entry.name] = button
        return button

    def _resize(self) -> None:
        self.setFixedWidth(theme().px(84))

    def mark(self, name: str) -> None:
        """Show which page is in view."""
        self.buttons[name].setChecked(True)

    def show_work(self, count: int) -> None:
        """How much long work runs."""
        words = "Activity" if count == 0 else f"Activity · {count}"
        hint = "Nothing runs in the background" if count == 0 else f"{count} running in the background"
        self.buttons["activity"].say(words, f"Activity: {hint} (Ctrl+5)")

    def explain_lock(self, text: str) -> None:
        """How far a lock protects."""
        self.lock.setToolTip(text)
