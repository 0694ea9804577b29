"""The chat page: conversations, the one in view, and what its answers used."""

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter

from app.chat.answer_panel import AnswerPanel
from app.chat.conversation_list import ConversationList
from app.chat.instructions_dialog import InstructionsDialog
from app.chat.pane import ConversationPane, Target
from app.commands import PageCommand
from app.context import AppContext
from app.operations import Fault
from app.page import Page
from app.theme import theme
from app.widgets.buttons import Button
from memos_engine.types import Conversation, ModelInfo, Progress

NARROW = 840
"""Width below which the panel on the right makes room, in device-independent pixels at zoom 1."""


class ChatPage(Page):
    """Made when the vault opens; loads the model then, while one can already write."""

    NAME = "Chat"
    pane: ConversationPane

    COMMANDS: ClassVar[tuple["PageCommand[ChatPage]", ...]] = (
        PageCommand("Find in this chat", lambda page: page.pane.open_find(), ("Ctrl+F",), "search", "Chat"),
        PageCommand(
            "Show or hide what answers use", lambda page: page.pane.header.panel.toggle(), ("Ctrl+I",), "panel", "Chat"
        ),
        PageCommand(
            "Switch memory on or off", lambda page: page.pane.header.memory.toggle(), ("Ctrl+M",), "memory_on", "Chat"
        ),
        PageCommand("Standing instructions", lambda page: page.edit_instructions(), (), "instructions", "Chat"),
        PageCommand(
            "Stop the reply", lambda page: page.pane.composer.stopped.emit(), ("Escape",), "stop", "Chat", local=True
        ),
        PageCommand("Send", None, ("Return",), "send", "Chat", local=True),
        PageCommand("New line", None, ("Shift+Return",), "", "Chat", local=True),
        PageCommand("Copy the message that has the focus", None, ("C",), "", "Chat", local=True),
        PageCommand("Edit it, if it is yours", None, ("E",), "", "Chat", local=True),
        PageCommand("Answer again, if it is a reply", None, ("R",), "", "Chat", local=True),
    )

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.list = ConversationList(context)
        self.pane = ConversationPane(context, self.banner)
        self.panel = AnswerPanel(context)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setObjectName("chat")
        self.splitter.setChildrenCollapsible(False)
        for part, width in ((self.list, 240), (self.pane, 640), (self.panel, 280)):
            self.splitter.addWidget(part)
            part.setMinimumWidth(theme().px(width // 2))
        self.splitter.setSizes([theme().px(240), theme().px(600), theme().px(320)])
        self.splitter.setStretchFactor(1, 1)
        self.column.addWidget(self.splitter, 1)
        self._asked_for_model = False
        self._narrow = False
        self._connect()
        self.list.load()
        self.pane.header.panel.setChecked(True)

    def _connect(self) -> None:
        self.list.chosen.connect(lambda conversation: self.pane.open(conversation.id))
        self.list.new_wanted.connect(self.new_chat)
        self.list.gone.connect(self._gone)
        self.pane.opened.connect(self.list.mark)
        self.pane.created.connect(self._created)
        self.pane.busy.connect(self.list.model.set_busy)
        self.pane.reply_shown.connect(lambda row, written, just: self.panel.show_reply(row, written, just_now=just))
        self.pane.pointed_at.connect(self._point_at)
        self.pane.nothing_shown.connect(self.panel.show_nothing)
        self.pane.header.panel_toggled.connect(self.panel.setVisible)
        self.pane.header.instructions_wanted.connect(self.edit_instructions)
        self.pane.header.menu_wanted.connect(self._menu)

    def _point_at(self, memory_id: str) -> None:
        self.pane.header.panel.setChecked(True)
        self.panel.point_at(memory_id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the panel gives way; its button brings it back."""
        super().resizeEvent(event)
        narrow = event.size().width() < theme().px(NARROW)
        if narrow != self._narrow:
            self._narrow = narrow
            self.pane.header.panel.setChecked(not narrow)

    def entered(self) -> None:
        """Begin to load the model, once; put the focus where one writes."""
        self.pane.composer.field.setFocus()
        if not self._asked_for_model:
            self._asked_for_model = True
            self._load_model()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab: what was drawn since the last one takes its place first."""
        self.pane.thread_view.order_tabs()
        return super().focusNextPrevChild(forward)

    def _load_model(self) -> None:
        models = self.context.engine.models
        self.context.operations.run(
            self,
            "Load the model",
            lambda progress, cancel: models.load(progress=progress, cancel=cancel),
            self._model_loaded,
            self._model_failed,
            self._model_progressed,
            listed=True,
        )

    def _model_progressed(self, progress: Progress) -> None:
        share = f" {100 * progress.done // progress.total} %" if progress.total else ""
        self.pane.composer.say(f"Loading the model…{share} You can write already.")

    def _model_loaded(self, _model: ModelInfo) -> None:
        self.pane.composer.say("")
        self.pane.measure_context()

    def _model_failed(self, fault: Fault) -> None:
        self.pane.composer.say("")
        self.banner.show_fault(fault, Button("Open Models", lambda: self.context.navigator.page.emit("models")))

    def new_chat(self) -> None:
        """An empty chat."""
        self.pane.begin()

    def new_temporary_chat(self) -> None:
        """An empty chat of which nothing is kept."""
        self.pane.begin(temporary=True)

    def open_conversation(self, conversation_id: str, message_id: str = "", start: int = 0, end: int = 0) -> None:
        """Show a conversation, at a message with a span highlighted where one is given."""
        self.pane.open(conversation_id, Target(message_id, start, end) if message_id else None)

    def _created(self, conversation: Conversation) -> None:
        if conversation.temporary:
            self.list.add_temporary(conversation)

    def _gone(self, conversation_id: str) -> None:
        if self.pane.conversation is not None and self.pane.conversation.id == conversation_id:
            self.pane.begin()

    def _menu(self) -> None:
        if self.pane.conversation is not None:
            self.list.menu_of(self.pane.conversation).popup(self.pane.menu_place())

    def edit_instructions(self) -> None:
        """Name and tone that hold for every reply."""
        settings = self.context.engine.settings

        def keep(name: str, instructions: str) -> None:
            def work(_progress: object, _cancel: object) -> None:
                settings.set("chat.name", name)
                settings.set("chat.instructions", instructions)

            self.context.operations.run(self, "Keep the instructions", work)

        dialog = InstructionsDialog(settings.text("chat.name"), settings.text("chat.instructions"), self.window())
        dialog.kept.connect(keep)
        dialog.open()

    def save(self) -> None:
        """Keep what is not sent."""
        self.pane.save()
