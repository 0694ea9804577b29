"""The one detail panel of a memory: its words, where they come from, what became of them, and what can be done."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QWidget

from app.context import AppContext
from app.operations import Fault, fault_shower
from app.theme import Size, theme
from app.widgets import memory_actions
from app.widgets.buttons import Button, IconButton
from app.widgets.dates import exact, friendly, valid_time
from app.widgets.detail_panel import DetailPanel
from app.widgets.history import version_steps
from app.widgets.kinds import kind_name
from app.widgets.memory_words import MemoryWords
from app.widgets.picture import Picture
from app.widgets.region import number
from app.widgets.source_line import SourceLine
from app.widgets.text import Text
from memos_engine.types import Memory, MemoryChanges, MemoryVersion, State

SHOWN_SOURCES = 20
"""Most sources that are listed; more are counted."""

_STATES = {
    State.GENERATED: "Waits for your word: no answer uses it yet.",
    State.ARCHIVED: "In the trash: no answer uses it.",
    State.EXPIRED: "Expired: no answer uses it.",
    State.MERGED: "Merged into another memory.",
}


class MemoryDetail(DetailPanel):
    """Shows one memory by its id and stays up to date. `shown` tells the memory with its sources, `gone` that it is
    there no more."""

    shown = Signal(Memory)
    gone = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("Memory", parent)
        self._context = context
        self._id: str | None = None
        self.memory: Memory | None = None
        self.add(self._make_head())
        self._words = MemoryWords()
        self._words.kept.connect(self._keep)
        self._words.all_fields.clicked.connect(self._edit_all)
        self.add(self._words)
        self._state = Text("", Size.SMALL, "caution", wrap=True)
        self._state_action = Button("", self._act_on_state)
        state = QWidget()
        row = QHBoxLayout(state)
        theme().space(row, gap=8)
        row.addWidget(self._state, 1)
        row.addWidget(self._state_action)
        self._state_row = self.add(state)
        self._sources = self.add_section("Where it comes from")
        self._facts = self.add_section("About it")
        self._history = self.add_section("History")
        context.operations.changed.connect(self._heard)

    def _make_head(self) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        theme().space(row, gap=4)
        self._kind = Picture()
        self._name = Text("", Size.SMALL, "muted")
        self._edit = IconButton("edit", "Edit the words", self.edit, shortcut="F2")
        self._pin = IconButton("pin", "Pin", self._toggle_pin, checkable=True)
        self._remove = IconButton("delete", "Remove to the trash", self._remove_it, shortcut="Del")
        self._forget = IconButton("forget", "Forget for good…", self._forget_it, shortcut="Shift+Del")
        self._more = IconButton("more", "More to do with it", self._menu)
        row.addWidget(self._kind)
        row.addWidget(self._name, 1)
        for button in (self._edit, self._pin, self._remove, self._forget, self._more):
            row.addWidget(button)
        return head

    @property
    def editing(self) -> bool:
        """Whether its words are being changed."""
        return self._words.editing

    def show_memory(self, memory_id: str | None) -> None:
        """Show another memory; None shows nothing."""
        if memory_id == self._id:
            return
        self._id = memory_id
        self._words.stop()
        if memory_id is None:
            self.memory = None
            self.setEnabled(False)
        else:
            self._load()

    def _load(self) -> None:
        memory_id, memories = self._id, self._context.engine.memories
        if memory_id is not None:
            self._context.operations.run(
                self,
                "Show a memory",
                lambda _progress, _cancel: (memories.get(memory_id), memories.history(memory_id)),
                lambda both: self._fill(*both),
                self._gone,
                key=f"detail-{id(self)}",
            )

    def _gone(self, fault: Fault) -> None:
        self._id = self.memory = None
        self.setEnabled(False)
        self.gone.emit()
        if fault.code != "not_found":
            fault_shower(self)(fault)

    def _heard(self, changes: MemoryChanges) -> None:
        if (
            changes.elsewhere
            or changes.cubes
            or self._id in changes.ids
            or any(c.related_id == self._id for c in changes.memories)
        ):
            moved = next((c for c in changes.memories if c.related_id == self._id and c.memory is not None), None)
            if moved is not None and moved.kind == "moved":
                self._id = moved.memory_id
            self._load()

    def _fill(self, memory: Memory, history: tuple[MemoryVersion, ...]) -> None:
        self.memory = memory
        self.setEnabled(True)
        cubes = self._context.cubes
        self._kind.show_icon(str(memory.kind))
        cube = f" · {cubes.name(memory.cube_id)}" if len(cubes.all()) > 1 else ""
        self._name.setText(f"{kind_name(memory.kind).capitalize()}{cube}")
        self._words.show_text(memory.text)
        self._pin.setChecked(memory.pinned)
        self._pin.set_icon("unpin" if memory.pinned else "pin", "accent" if memory.pinned else "muted")
        self._pin.rename("Unpin" if memory.pinned else "Pin")
        trashed = memory.state is State.ARCHIVED
        self._remove.setVisible(not trashed)
        self._show_state(memory)
        self._show_sources(memory)
        self._show_facts(memory)
        self._history.empty()
        if len(history) > 1:
            for step in version_steps(history):
                self._history.add(step)
        self.shown.emit(memory)

    def _show_state(self, memory: Memory) -> None:
        words = _STATES.get(memory.state, "")
        if memory.superseded_by and memory.state is State.ACTIVATED:
            words = "No longer current: a newer memory replaced it."
        self._state.setText(words)
        action = {State.GENERATED: "Keep it", State.ARCHIVED: "Restore"}.get(memory.state, "")
        if memory.superseded_by:
            action = action or "Show the newer one"
        self._state_action.setText(action)
        self._state_action.setVisible(bool(action))
        self._state_row.setVisible(bool(words))

    def _act_on_state(self) -> None:
        memory = self.memory
        if memory is None:
            return
        if memory.state is State.GENERATED:
            memory_actions.confirm(self._context, self, [memory.id])
        elif memory.state is State.ARCHIVED:
            memory_actions.restore(self._context, self, [memory.id])
        elif memory.superseded_by:
            self._context.navigator.memory.emit(memory.superseded_by)

    def _show_sources(self, memory: Memory) -> None:
        self._sources.empty()
        for source in memory.sources[:SHOWN_SOURCES]:
            line = SourceLine(source, quote=source.quote.strip() != memory.text.strip())
            line.opened.connect(self._context.navigator.open_source)
            self._sources.add(line)
        if len(memory.sources) > SHOWN_SOURCES:
            self._sources.add(Text(f"and {number(len(memory.sources) - SHOWN_SOURCES)} more", Size.SMALL, "muted"))
        if not memory.sources and memory.origin == "hand":
            self._sources.add(Text("You added it by hand.", Size.SMALL, "muted"))
        if memory.parent_id:
            parent = memory.parent_id
            link = Button(
                "Inferred from another memory", lambda: self._context.navigator.memory.emit(parent), kind="link"
            )
            link.setProperty("scale", str(Size.SMALL))
            self._sources.add(link)

    def _show_facts(self, memory: Memory) -> None:
        self._facts.empty()
        table = QWidget()
        form = QFormLayout(table)
        theme().space(form, gap=4)
        form.setHorizontalSpacing(theme().px(12))
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        times = (
            f"{number(memory.use_count)} {'time' if memory.use_count == 1 else 'times'}"
            if memory.use_count
            else "not yet"
        )
        used = f"{times}, last {friendly(memory.last_used)}" if memory.last_used else times
        rows = (
            ("True", valid_time(memory), ""),
            ("About", "" if memory.subject in {"", "me"} else memory.subject, ""),
            ("Tags", ", ".join(memory.tags), ""),
            ("Remembered", friendly(memory.created), exact(memory.created)),
            ("Your word", "confirmed" if memory.confirmed else "", ""),
            ("Certainty", f"{memory.confidence:.0%}" if memory.confidence < 1 and not memory.confirmed else "", ""),
            ("Used", used, exact(memory.last_used) if memory.last_used else ""),
            ("Sensitive", ", ".join(memory.sensitivity), ""),
            ("Kept until", exact(memory.lifespan) if memory.lifespan else "", ""),
        )
        for name, value, hover in rows:
            if value:
                shown = Text(value, Size.SMALL, wrap=True, selectable=True)
                shown.setToolTip(hover)
                form.addRow(Text(name, Size.SMALL, "muted"), shown)
        self._facts.add(table)

    def edit(self) -> None:
        """Change the words in place."""
        if self.memory is not None:
            self._words.start()

    def _keep(self, text: str) -> None:
        if self.memory is not None:
            memory_actions.edit_text(self._context, self, self.memory.id, text)

    def _edit_all(self) -> None:
        self._words.stop()
        if self.memory is not None:
            memory_actions.edit(self._context, self, self.memory)

    def _toggle_pin(self) -> None:
        if self.memory is not None:
            memory_actions.pin(self._context, self, [self.memory.id], not self.memory.pinned)

    def _remove_it(self) -> None:
        if self.memory is not None:
            memory_actions.remove(self._context, self, [self.memory.id])

    def _forget_it(self) -> None:
        if self.memory is not None:
            memory_actions.forget(self._context, self, [self.memory.id])

    def _menu(self) -> None:
        if self.memory is not None:
            place = self._more.mapToGlobal(QPoint(0, self._more.height()))
            memory_actions.show_menu(self._context, self, [self.memory], place)
