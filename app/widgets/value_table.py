"""Names and values below one another, as the details of a thing show them."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QWidget

from app.theme import Size, theme
from app.widgets.text import Passage, Text, breakable


def value_table(rows: Iterable[tuple[str, str]]) -> QWidget:
    """A table of (name, value); those without a value are left out."""
    table = QWidget()
    form = QFormLayout(table)
    theme().space(form, gap=4)
    form.setHorizontalSpacing(theme().px(16))
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    for name, value in rows:
        if value:
            form.addRow(Text(name, Size.SMALL, "muted"), _value(value))
    return table


def _value(value: str) -> QWidget:
    if breakable(value) == value:
        return Text(value, Size.SMALL, wrap=True, selectable=True)
    passage = Passage()
    passage.show_text(value, Size.SMALL)
    return passage
