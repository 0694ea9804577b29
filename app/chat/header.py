"""The line over the thread: title, whether memory is on, how full the context is, and the ways to more."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from app.theme import Size, theme
from app.widgets.buttons import Button, IconButton
from app.widgets.region import number
from app.widgets.text import ElidedText, Text
from memos_engine.types import ContextUse, Conversation


class ChatHeader(QFrame):
    """Shows a conversation's name and switches; asks by signals."""

    memory_toggled = Signal(bool)
    temporary_toggled = Signal(bool)
    menu_wanted = Signal()
    find_wanted = Signal()
    instructions_wanted = Signal()
    panel_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("line", "below")
        self._words = "Memory on"
        self._use: ContextUse | None = None
        self.title = ElidedText("New chat", Size.TITLE)
        self.cube = Text("", Size.SMALL, "muted")
        self.temporary = Button("Temporary", icon="temporary", kind="flat")
        self.temporary.setCheckable(True)
        self.temporary.setAccessibleName("Temporary chat")
        self.temporary.setToolTip("A temporary chat: nothing is read from memory, remembered, or kept.")
        self.temporary.toggled.connect(self.temporary_toggled)
        self.memory = Button("Memory on", icon="memory_on", kind="flat")
        self.memory.setCheckable(True)
        self.memory.toggled.connect(self._memory)
        self.meter = QProgressBar()
        self.meter.setTextVisible(False)
        self.meter.setAccessibleName("How full the context is")
        self.meter.hide()
        self.panel = IconButton("panel", "Show what answers use", checkable=True, shortcut="Ctrl+I")
        self.panel.toggled.connect(self.panel_toggled)
        row = QHBoxLayout(self)
        theme().space(row, (16, 8, 8, 8), 4)
        row.addWidget(self.title, 1)
        row.addWidget(self.cube)
        row.addWidget(self.meter)
        row.addWidget(self.temporary)
        row.addWidget(self.memory)
        row.addWidget(IconButton("search", "Find in this chat", self.find_wanted.emit, shortcut="Ctrl+F"))
        row.addWidget(IconButton("instructions", "Standing instructions", self.instructions_wanted.emit))
        self.more = IconButton("more", "More for this chat", self.menu_wanted.emit)
        row.addWidget(self.more)
        row.addWidget(self.panel)
        theme().changed.connect(self._resize)
        self._resize()

    def _resize(self) -> None:
        self.meter.setFixedWidth(theme().px(64))

    def show_conversation(
        self, conversation: Conversation | None, cube: str, *, temporary: bool, memory_on: bool
    ) -> None:
        """A conversation, or (None) one that is not begun yet."""
        title = conversation.title if conversation is not None else ""
        self.title.setText(title or ("Temporary chat" if temporary else "New chat"))
        self.cube.setText(cube)
        self.cube.setVisible(bool(cube) and not temporary)
        for button, on in ((self.temporary, temporary), (self.memory, memory_on)):
            button.blockSignals(True)
            button.setChecked(on)
            button.blockSignals(False)
        self.temporary.setVisible(temporary or conversation is None or conversation.messages == 0)
        self.temporary.setEnabled(conversation is None or conversation.messages == 0)
        self.memory.setVisible(not temporary)
        self.more.setEnabled(conversation is not None)
        self._name_memory(memory_on)

    def _memory(self, on: bool) -> None:
        self._name_memory(on)
        self.memory_toggled.emit(on)

    def _name_memory(self, on: bool) -> None:
        self._words = "Memory on" if on else "Memory off"
        self.memory.setAccessibleName(self._words)
        self._fit()
        self.memory.setToolTip(
            "This chat reads memories and makes new ones." if on else "This chat is kept, and leaves memory untouched."
        )

    def _fit(self) -> None:
        """In a narrow window words give way to icons."""
        wide = self.width() >= theme().px(500)
        self.memory.setText(self._words if wide else "")
        self.temporary.setText("Temporary" if wide else "")
        self.meter.setVisible(wide and self._use is not None and self._use.used > 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give way or spread."""
        super().resizeEvent(event)
        self._fit()

    def show_context(self, use: ContextUse | None) -> None:
        """How full the context is."""
        self._use = use
        self._fit()
        if use is not None:
            self.meter.setMaximum(max(1, use.size))
            self.meter.setValue(min(use.used, use.size))
            words = f"Context: {number(use.used)} of {number(use.size)} tokens"
            self.meter.setToolTip(
                f"{words}. When it is full, the oldest messages are left out of what the model reads."
            )
            self.meter.setAccessibleDescription(words)
