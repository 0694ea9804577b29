"""The adapter that belongs to a chat model: what it is for, what it measured, and a switch."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox

from app.context import AppContext
from app.theme import Size
from app.widgets.detail_panel import Section
from app.widgets.text import Text
from app.widgets.value_table import value_table
from memos_engine.types import AdapterInfo

_SHARES = (
    ("gold", "Right answers from memory"),
    ("gold_given", "Right answers, the right notes given"),
    ("abstain", "Says so when it does not know"),
    ("instructions", "Simple tasks done"),
    ("uncalled", "Mentions a memory without cause"),
)


def figures_in_words(figures: tuple[tuple[str, float], ...]) -> list[tuple[str, str]]:
    """A card's figures as lines to read: what was measured, and how much, beside the bare model where that is known."""
    known = dict(figures)
    lines = []
    for name, words in _SHARES:
        if (value := known.get(name)) is not None:
            bare = known.get(f"{name}_bare")
            lines.append((words, f"{value:.0%}" if bare is None else f"{value:.0%}, without it {bare:.0%}"))
    if (change := known.get("perplexity_change")) is not None:
        lines.append(("Perplexity of ordinary talk", f"{change:+.1%}"))
    return lines


class AdapterSection(Section):
    """Shown where the model has an adapter. `switched` fires when the person turned it on or off."""

    switched = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__("Adapter")
        self._context = context

    def show_adapter(self, adapter: AdapterInfo | None) -> None:
        """Show this one, or nothing."""
        self.empty()
        if adapter is None:
            return
        self.add(Text(adapter.purpose, Size.SMALL, wrap=True))
        if adapter.problem:
            self.add(Text(f"It cannot serve. {adapter.problem}", Size.SMALL, "danger", wrap=True))
        switch = QCheckBox("Answer with it")
        switch.setAccessibleDescription(adapter.purpose)
        switch.setChecked(adapter.on)
        switch.setEnabled(not adapter.problem)
        switch.clicked.connect(self._switch)
        self.add(switch)
        size = f"{adapter.file_size / 1e6:.1f} MB, rank {adapter.rank}" if adapter.rank else ""
        rows = (*figures_in_words(adapter.figures), ("Size", size), ("Licence", adapter.licence))
        self.add(value_table(rows))

    def _switch(self, on: bool) -> None:
        settings = self._context.engine.settings
        self._context.operations.run(
            self,
            "Switch the adapter",
            lambda _progress, _cancel: settings.set("model.adapter", on),
            lambda _: self.switched.emit(),
        )
