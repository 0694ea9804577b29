"""The list for review: candidates that wait, near duplicates, contradictions; decided side by side."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.context import AppContext
from app.operations import Fault, fault_shower
from app.theme import Size, theme
from app.widgets import memory_actions
from app.widgets.buttons import Button
from app.widgets.chip import MemoryChip
from app.widgets.dates import exact, friendly
from app.widgets.discard import discard
from app.widgets.empty_state import EmptyState
from app.widgets.flow import FlowLayout
from app.widgets.picture import Picture
from app.widgets.region import number
from app.widgets.source_line import SourceLine
from app.widgets.text import Text
from memos_engine.types import Agreement, Memory, MemoryChanges, ReviewEntry, ReviewReason

SHOWN = 60
"""Entries that are drawn; the next ones come as these are decided."""

_TITLES = {
    ReviewReason.PENDING: "Remember this?",
    ReviewReason.NEAR_DUPLICATE: "Do these say the same?",
    ReviewReason.CONTRADICTION: "These do not go together",
}
_DECISIONS = {
    ReviewReason.PENDING: (("Remember", Agreement.ACCEPT, "check"), ("Don’t remember", Agreement.REJECT, "close")),
    ReviewReason.NEAR_DUPLICATE: (
        ("Merge", Agreement.MERGE, ""),
        ("Keep both", Agreement.KEEP_BOTH, ""),
        ("Keep the first", Agreement.KEEP_FIRST, ""),
        ("Keep the second", Agreement.KEEP_SECOND, ""),
    ),
    ReviewReason.CONTRADICTION: (
        ("Keep the first", Agreement.KEEP_FIRST, ""),
        ("Keep the second", Agreement.KEEP_SECOND, ""),
        ("Keep both", Agreement.KEEP_BOTH, ""),
    ),
}


class ReviewCard(QFrame):
    """One entry: what it is about, its memories side by side, and the possible decisions."""

    decided = Signal(str, Agreement)

    def __init__(self, context: AppContext, entry: ReviewEntry) -> None:
        super().__init__()
        self.entry = entry
        self._context = context
        self.setProperty("card", True)
        self.setAccessibleName(_TITLES[entry.reason])
        head = QHBoxLayout()
        theme().space(head, gap=8)
        picture = Picture("warning" if entry.reason is ReviewReason.CONTRADICTION else "review")
        when = Text(friendly(entry.since), Size.SMALL, "muted")
        when.setToolTip(exact(entry.since))
        head.addWidget(picture)
        head.addWidget(Text(_TITLES[entry.reason]), 1)
        head.addWidget(when)
        pair = QHBoxLayout()
        theme().space(pair, gap=16)
        pair.addWidget(self._side(entry.first), 1)
        if entry.second is not None:
            line = QFrame()
            line.setProperty("line", "left")
            line.setFixedWidth(1)
            pair.addWidget(line)
            pair.addWidget(self._side(entry.second), 1)
        decisions = FlowLayout()
        theme().space(decisions, gap=8)
        self.buttons: dict[Agreement, Button] = {}
        for words, decision, icon in _DECISIONS[entry.reason]:
            button = Button(words, partial(self.decided.emit, entry.id, decision), icon=icon)
            button.setAccessibleName(f"{words}: {entry.first.text}")
            self.buttons[decision] = button
            decisions.addWidget(button)
        column = QVBoxLayout(self)
        theme().space(column, (16, 12, 16, 12), 8)
        column.addLayout(head)
        column.addLayout(pair)
        column.addLayout(decisions)

    def _side(self, memory: Memory) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        theme().space(column, gap=4)
        chip = MemoryChip(memory, self._context.cubes, lines=6)
        chip.activated.connect(lambda shown: self._context.navigator.memory.emit(shown.id))
        chip.menu_wanted.connect(lambda shown, at: memory_actions.show_menu(self._context, self, [shown], at))
        column.addWidget(chip)
        for source in memory.sources[:2]:
            line = SourceLine(source)
            line.opened.connect(self._context.navigator.open_source)
            column.addWidget(line)
        column.addStretch(1)
        return side


@dataclass(frozen=True)
class _Keys:
    """The button that has the focus: of which entry, where its card stands, and what it decides."""

    place: int
    entry: str
    decision: Agreement


class ReviewView(QWidget):
    """All entries, newest first. `counted` tells how many wait."""

    counted = Signal(int)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context

        self._body = QWidget()
        self._body.setProperty("ground", "surface")
        self.cards: list[ReviewCard] = []
        self._column = QVBoxLayout(self._body)
        theme().space(self._column, 16, 12)
        self._more = Text("", Size.SMALL, "muted")
        self._column.addWidget(self._more)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._body)
        scroll.setAccessibleName("For review")
        done = EmptyState(
            "review",
            "Nothing to review",
            "Near duplicates and contradictions are shown here, and what waits for your word if Remember asks.",
        )
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("For review")
        self._keys: _Keys | None = None
        """Where the keys were when a decision took its card out of use."""
        self._stack = QStackedWidget()
        self._stack.addWidget(scroll)
        self._stack.addWidget(done)
        whole = QVBoxLayout(self)
        theme().space(whole)
        whole.addWidget(self._stack)

    def load(self) -> None:
        """Ask for the entries again."""
        memories = self._context.engine.memories
        self._context.operations.run(
            self, "List what is to review", lambda _progress, _cancel: memories.review(), self._fill, key="review"
        )

    def _fill(self, entries: tuple[ReviewEntry, ...]) -> None:
        self.counted.emit(len(entries))
        keys = self._held_keys()
        self._stack.setCurrentIndex(0 if entries else 1)
        for card in self.cards:
            self._column.removeWidget(card)
            discard(card)
        self.cards = []
        for place, entry in enumerate(entries[:SHOWN]):
            card = ReviewCard(self._context, entry)
            card.decided.connect(self._decide)
            self._column.insertWidget(place, card)
            self.cards.append(card)
        self._more.setVisible(len(entries) > SHOWN)
        self._more.setText(f"and {number(len(entries) - SHOWN)} more")
        if keys is not None:
            self._take_keys(keys)

    def _held_keys(self) -> _Keys | None:
        """Where the keys are, or were until a decision; None where they are elsewhere by now."""
        focused = QApplication.focusWidget()
        if focused is None:
            return self._keys
        for place, card in enumerate(self.cards):
            for decision, button in card.buttons.items():
                if button is focused:
                    return _Keys(place, card.entry.id, decision)
        return None

    def _take_keys(self, keys: _Keys) -> None:
        """A card that goes takes the focus along, and with it every shortcut of the page, undo above all: the same
        button has it again, else the first one of the card that took the place."""
        self._keys = None
        if not self.cards:
            self.setFocus()
            return
        same = next((card for card in self.cards if card.entry.id == keys.entry), None)
        card = same or self.cards[min(keys.place, len(self.cards) - 1)]
        button = card.buttons[keys.decision] if same else next(iter(card.buttons.values()))
        button.setFocus()

    def _decide(self, review_id: str, decision: Agreement) -> None:
        memories = self._context.engine.memories
        card = next(card for card in self.cards if card.entry.id == review_id)
        self._keys = _Keys(self.cards.index(card), review_id, decision)
        card.setEnabled(False)

        def done(changes: MemoryChanges) -> None:
            self._context.navigator.done.emit(changes)
            self.load()

        def failed(fault: Fault) -> None:
            card.setEnabled(True)
            if self._keys is not None and QApplication.focusWidget() is None:
                self._take_keys(self._keys)
            fault_shower(self)(fault)

        self._context.operations.run(
            card,
            "Decide",
            lambda _progress, _cancel: memories.resolve(review_id, decision),
            done,
            failed,
        )
