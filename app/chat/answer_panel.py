"""The right side of the chat page: what an answer had before it, and what its turn taught."""

from collections.abc import Sequence
from textwrap import shorten

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.chat.comparison_dialog import ComparisonDialog
from app.chat.file_lines import FileLine
from app.chat.row import Row
from app.chat.score_parts import ScoreParts, total
from app.context import AppContext
from app.theme import Size, theme
from app.widgets import memory_actions
from app.widgets.buttons import Button
from app.widgets.chip import MemoryChip
from app.widgets.dates import day
from app.widgets.detail_panel import DetailPanel
from app.widgets.source_line import SourceLine
from app.widgets.text import Text
from memos_engine.errors import NotFoundError
from memos_engine.memory_os import MemoryOS
from memos_engine.types import Memory, MemoryChanges, Message, Source, UsedMemory, local


def fetch(engine: MemoryOS, ids: Sequence[str]) -> dict[str, Memory]:
    """The memories that are still there."""
    found = {}
    for memory_id in ids:
        try:
            found[memory_id] = engine.memories.get(memory_id)
        except NotFoundError:
            continue
    return found


_SPOKEN = 120
"""Characters of a memory that name a button for a screen reader."""


class UsedLine(QWidget):
    """A memory that an answer used: its chip, its source, and why it was chosen."""

    def __init__(
        self, context: AppContext, reply: Message, number: int, used: UsedMemory, memory: Memory, best: float
    ) -> None:
        """`number` is that of its marks in the reply."""
        super().__init__()
        self._reply, self._memory = reply, memory
        source = next((one for one in memory.sources if one.message_id), None)
        when = day(local(source.time if source else memory.recorded_from).date())
        self.chip = MemoryChip(memory, context.cubes, when)
        self.chip.activated.connect(self._open)
        self.chip.menu_wanted.connect(self._menu)
        self._context = context
        self.parts = ScoreParts(used.why, best)
        self.parts.hide()
        below = QVBoxLayout()
        theme().space(below, (34, 0, 0, 0), 0)
        if memory.sources:
            line = SourceLine(memory.sources[0], quote=False, opens_files=True)
            line.opened.connect(self._open_source)
            below.addWidget(line)
        spoken = shorten(memory.text, _SPOKEN, placeholder="…")
        self.why = Button("Why?", self.explain, kind="link", small=True)
        self.why.setAccessibleName(f"Why was this used: {spoken}")
        self.without = Button("Ask again without it", self.ask_without, kind="link", small=True)
        self.without.setAccessibleName(f"Ask again without this memory: {spoken}")
        links = QHBoxLayout()
        theme().space(links, gap=12)
        links.addWidget(self.why)
        links.addWidget(self.without)
        if not self._by_model:
            self.without.hide()
        links.addStretch(1)
        below.addLayout(links)
        below.addWidget(self.parts)
        self.number = Text(str(number), Size.SMALL, "muted")
        self.number.setAccessibleName(f"Mark {number}")
        self.number.setContentsMargins(0, theme().px(6), 0, 0)
        first = QHBoxLayout()
        theme().space(first, gap=4)
        first.addWidget(self.number, 0, Qt.AlignmentFlag.AlignTop)
        first.addWidget(self.chip, 1)
        column = QVBoxLayout(self)
        theme().space(column)
        column.addLayout(first)
        column.addLayout(below)

    @property
    def _by_model(self) -> bool:
        """Whether a model wrote the reply: what the program itself says is not asked again."""
        return bool(self._reply.model)

    def explain(self) -> None:
        """Show or hide the parts of its score."""
        self.parts.setVisible(self.parts.isHidden())

    def ask_without(self) -> None:
        """The reply beside itself without this memory."""
        ComparisonDialog(self._context, self, self._reply.id, self._memory).open()

    def _open(self, memory: Memory) -> None:
        source = next((one for one in memory.sources if one.message_id), None)
        if source is not None:
            self._context.navigator.open_source(source)
        else:
            self._context.navigator.memory.emit(memory.id)

    def _open_source(self, source: Source) -> None:
        """The message, or, of a file, the passage itself, which Memories shows."""
        if source.message_id:
            self._context.navigator.open_source(source)
        else:
            self._context.navigator.memory.emit(self._memory.id)

    def _menu(self, memory: Memory, place: QPoint) -> None:
        without = self.ask_without if self._by_model else None
        memory_actions.show_menu(self._context, self, [memory], place, why=self.explain, without=without)


class AnswerPanel(DetailPanel):
    """Shows one reply: "For this answer" and "Learned just now"."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("For this answer", parent)
        self._context = context
        self._row: Row | None = None
        self._written: tuple[str, ...] = ()
        self._pointed = ""
        self.note = Text("", role="muted", wrap=True)
        self.add(self.note)
        self.used = self.add_section("For this answer")
        self.files = self.add_section("Read for this answer")
        self.learned = self.add_section("Learned just now")
        self.show_nothing()
        context.operations.changed.connect(self._hear)

    def show_nothing(self) -> None:
        """No reply yet."""
        self._row = None
        self.used.empty()
        self.files.empty()
        self.learned.empty()
        self.note.setText("What an answer used, and what was learned from you, stands here.")
        self.note.show()

    def show_reply(self, row: Row, written: tuple[str, ...], *, just_now: bool) -> None:
        """A reply, and the ids of what its question taught. `just_now`: in this sitting."""
        self._row = row
        self._written = tuple(dict.fromkeys((*(entry.memory_id for entry in row.learned if entry.taught), *written)))
        self.learned.title.setText("Learned just now" if just_now else "Learned from this message")
        self._load()

    def point_at(self, memory_id: str) -> None:
        """Put the focus on this memory of the reply that is being shown, once it is there."""
        self._pointed = memory_id

    def _find_pointed(self) -> None:
        for line in self.used.widgets():
            if isinstance(line, UsedLine) and line.chip.memory.id == self._pointed:
                self._pointed = ""
                self.ensureWidgetVisible(line)
                line.chip.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def _hear(self, changes: MemoryChanges) -> None:
        if self._row is None:
            return
        shown = {used.memory_id for used in self._row.message.used} | set(self._written)
        if changes.elsewhere or shown & set(changes.ids):
            self._load()

    def _load(self) -> None:
        row = self._row
        if row is None:
            return
        engine = self._context.engine
        ids = [used.memory_id for used in row.message.used] + list(self._written)
        self._context.operations.run(
            self, "Look up memories", lambda _progress, _cancel: fetch(engine, ids), self._show, key="answer-panel"
        )

    def _show(self, memories: dict[str, Memory]) -> None:
        row = self._row
        if row is None:
            return
        self.used.empty()
        self.files.empty()
        self.learned.empty()
        for use in row.message.files:
            self.files.add(FileLine(self._context, use))
        best = max((total(used.why) for used in row.message.used), default=0.0)
        for number, used in enumerate(row.message.used, 1):
            if used.memory_id in memories:
                memory = memories[used.memory_id]
                self.used.add(UsedLine(self._context, row.message, number, used, memory, best))
            else:
                self.used.add(Text("A memory that was forgotten since.", role="muted", wrap=True))
        for memory_id in self._written:
            if memory_id in memories:
                self.learned.add(self._learned(memories[memory_id]))
        if not row.message.used:
            self.note.setText("This answer was made with no memory.")
        self.note.setVisible(not row.message.used)
        self._find_pointed()

    def _learned(self, memory: Memory) -> MemoryChip:
        chip = MemoryChip(memory, self._context.cubes)
        chip.activated.connect(lambda shown: self._context.navigator.memory.emit(shown.id))
        chip.menu_wanted.connect(lambda shown, place: memory_actions.show_menu(self._context, self, [shown], place))
        return chip
