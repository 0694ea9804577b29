"""Search, filters and order of the list of memories."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.context import CubeDirectory
from app.memories.filter_buttons import OneOf, TickFilter
from app.theme import theme
from app.widgets import region
from app.widgets.buttons import Button
from app.widgets.dialogs import Dialog
from app.widgets.field import FieldWithin
from app.widgets.flow import FlowLayout
from app.widgets.memory_editor import DateField
from app.widgets.picture import Picture
from memos_engine.types import Kind, MemoryFilter, Origin, SortKey, State

TYPING_PAUSE_MS = 90
"""How long to wait for the next key before a search starts."""

KINDS = {
    Kind.FACT: "Facts",
    Kind.PREFERENCE: "Preferences",
    Kind.EVENT: "Events",
    Kind.SKILL: "Skills",
    Kind.PERSONA: "Persona",
    Kind.CHUNK: "Passages of documents",
    Kind.MESSAGE: "Messages, verbatim",
}
STATES = {
    State.ACTIVATED: "In use",
    State.GENERATED: "Waiting for your word",
    State.MERGED: "Merged into another",
    State.EXPIRED: "Expired",
}
ORIGINS = {
    Origin.WORDS: "Your words",
    Origin.HAND: "Added by hand",
    Origin.DOCUMENT: "Documents",
    Origin.IMPORT: "Imported chats",
    Origin.INFERENCE: "Inferred",
    Origin.TRAINING: "Training",
}
SORTS = {
    SortKey.NEWEST: "Newest first",
    SortKey.OLDEST: "Oldest first",
    SortKey.VALID_TIME: "When it was true",
    SortKey.TEXT: "A to Z",
    SortKey.MOST_USED: "Most used",
    SortKey.RELEVANCE: "Best match",
}


class Span(StrEnum):
    """A stretch of time to choose by a word."""

    ANY = "Any time"
    TODAY = "Today"
    WEEK = "Last 7 days"
    MONTH = "Last 30 days"
    YEAR = "This year"
    BETWEEN = "Between…"


def since_of(span: Span, now: datetime) -> datetime | None:
    """When the span begins, at a local midnight; None for any time."""
    midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    match span:
        case Span.TODAY:
            return midnight
        case Span.WEEK:
            return midnight - timedelta(days=6)
        case Span.MONTH:
            return midnight - timedelta(days=29)
        case Span.YEAR:
            return midnight.replace(month=1, day=1)
        case _:
            return None


class BetweenDialog(Dialog):
    """Asks for two days. `since` and `until` are what was given; `until` is the end of its day."""

    def __init__(self, parent: QWidget, since: datetime | None, until: datetime | None) -> None:
        super().__init__(parent, "Between two days", "A day that is not known sets no limit.", "Show")
        self._since = DateField(since, "From")
        self._until = DateField(until - timedelta(days=1) if until else None, "To")
        row = QHBoxLayout()
        theme().space(row, gap=12)
        row.addWidget(self._since, 1)
        row.addWidget(self._until, 1)
        self.column.addLayout(row)

    @property
    def since(self) -> datetime | None:
        """The first moment of the first day."""
        return self._since.time

    @property
    def until(self) -> datetime | None:
        """The first moment after the last day; None also for the last day of the calendar."""
        time = self._until.time
        return time + timedelta(days=1) if time and time.date() < date.max else None


class FilterBar(QWidget):
    """What is searched for, filtered and ordered. `changed` tells a `MemoryFilter`, a moment after the last key."""

    changed = Signal(object)

    def __init__(self, cubes: CubeDirectory) -> None:
        super().__init__()
        self._cubes = cubes
        self._sort: SortKey | None = None
        self._since: datetime | None = None
        self._until: datetime | None = None
        self._trash = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._tell)
        self._build()
        cubes.changed.connect(self._offer_cubes)
        self._offer_cubes()

    def _build(self) -> None:
        self.search = FieldWithin("Search memories")
        self.search.setClearButtonEnabled(True)
        self.search.hold(Picture("search"), at_end=False)
        self.search.textChanged.connect(self._typed)
        self.sort = OneOf("Order", SORTS.items(), SortKey.NEWEST, quiet=False)
        self.sort.chosen_by_person.connect(self._sorted)
        self.kind, self.cube, self.state, self.origin = (
            TickFilter(name) for name in ("Kind", "Cube", "State", "Origin")
        )
        self.kind.offer(KINDS.items())
        self.state.offer(STATES.items())
        self.origin.offer(ORIGINS.items())
        self.time = OneOf("Time", ((span, str(span)) for span in Span), Span.ANY)
        self.time.chosen_by_person.connect(self._span)
        self.pinned = QPushButton("Pinned")
        self.past = QPushButton("Also past")
        self.past.setToolTip("Show also what a newer memory has replaced, and what has ended")
        for toggle in (self.pinned, self.past):
            toggle.setCheckable(True)
            toggle.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            toggle.toggled.connect(self._tell)
        self.pinned.setAccessibleName("Only pinned")
        self.past.setAccessibleName("Also what is no longer current")
        self.none = Button("Clear filters", self.clear, kind="link")
        self.none.hide()
        for ticks in (self.kind, self.cube, self.state, self.origin):
            ticks.changed.connect(self._tell)

        first = QHBoxLayout()
        theme().space(first, gap=8)
        first.addWidget(self.search, 1)
        first.addWidget(self.sort)
        second = FlowLayout()
        theme().space(second, gap=8)
        for widget in (self.kind, self.cube, self.time, self.state, self.origin, self.pinned, self.past, self.none):
            second.addWidget(widget)
        whole = QVBoxLayout(self)
        theme().space(whole, gap=8)
        whole.addLayout(first)
        whole.addLayout(second)

    def _offer_cubes(self) -> None:
        open_cubes = [cube for cube in self._cubes.all() if cube.usable]
        self.cube.offer((cube.id, cube.name) for cube in open_cubes)
        self.cube.setVisible(len(open_cubes) > 1)

    def _typed(self) -> None:
        self.sort.enable(SortKey.RELEVANCE, bool(self.search.text().strip()))
        self._pause.start()

    def _sorted(self, key: SortKey) -> None:
        self._sort = key
        self._tell()

    def _span(self, span: Span) -> None:
        if span is Span.BETWEEN:
            dialog = BetweenDialog(self, self._since, self._until)
            if dialog.exec() != QDialog.DialogCode.Accepted:
                self.time.set(self.time.value)
                return
            self._since, self._until = dialog.since, dialog.until
        else:
            self._since, self._until = since_of(span, datetime.now().astimezone()), None
        limited = self._since or self._until
        self.time.set(span if limited else Span.ANY, _between(self._since, self._until) if span is Span.BETWEEN else "")
        self._tell()

    def show_trash(self, on: bool) -> None:
        """List the trash, or what is outside it."""
        self._trash = on
        self.state.setVisible(not on)
        self.past.setVisible(not on)
        self._tell()

    def show_kind(self, kind: Kind) -> None:
        """List this kind alone."""
        self.kind.choose((kind,))
        self._tell()

    def clear(self) -> None:
        """No search and no filter; the order stays."""
        self._since = self._until = None
        self.time.set(Span.ANY)
        for ticks in (self.kind, self.cube, self.state, self.origin):
            ticks.choose(())
        self.pinned.setChecked(False)
        self.past.setChecked(False)
        self.search.clear()
        self._tell()

    @property
    def filtered(self) -> bool:
        """Whether a search or filter leaves something out."""
        asked = self.filter
        return asked != MemoryFilter(sort=asked.sort, states=self._usual_states(), current_only=not self._trash)

    def _usual_states(self) -> tuple[State, ...]:
        return (State.ARCHIVED,) if self._trash else (State.ACTIVATED,)

    @property
    def filter(self) -> MemoryFilter:
        """What is asked for."""
        query = self.search.text().strip()
        states = self._usual_states() if self._trash else self.state.chosen or self._usual_states()
        return MemoryFilter(
            query=query,
            kinds=self.kind.chosen,
            cubes=self.cube.chosen,
            states=states,
            origins=self.origin.chosen,
            since=self._since,
            until=self._until,
            current_only=not self._trash and not self.past.isChecked(),
            pinned_only=self.pinned.isChecked(),
            sort=self._order(query),
        )

    def _order(self, query: str) -> SortKey:
        """What the person chose; else the best match of a search, and without one the newest."""
        if self._sort is None or (self._sort is SortKey.RELEVANCE and not query):
            return SortKey.RELEVANCE if query else SortKey.NEWEST
        return self._sort

    def _tell(self) -> None:
        self._pause.stop()
        self.sort.set(self.filter.sort)
        self.none.setVisible(self.filtered)
        self.changed.emit(self.filter)


def _between(since: datetime | None, until: datetime | None) -> str:
    first = f"from {region.written(since)}" if since else ""
    last = f"to {region.written(until - timedelta(days=1))}" if until else ""
    return " ".join(part for part in (first, last) if part).capitalize()
