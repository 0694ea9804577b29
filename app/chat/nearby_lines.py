"""Below a reply that says that it does not know: what is known nearby."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.theme import Size, theme
from app.widgets.source_line import LinkLine
from app.widgets.text import Text
from memos_engine.types import Message

MOST = 3


class NearbyLines(QFrame):
    """The memories that the reply had before it and did not find its answer in, best first, as links."""

    wanted = Signal(str)
    """The id of a memory to open."""

    def __init__(self, reply: Message) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        theme().space(column, (0, 4, 0, 0), 0)
        column.addWidget(Text("What you told nearby:", Size.SMALL, "muted"))
        for used in reply.used[:MOST]:
            link = LinkLine(used.text, partial(self.wanted.emit, used.memory_id))
            link.setAccessibleName(f"Known nearby: {used.text}")
            row = QHBoxLayout()
            theme().space(row, (12, 0, 0, 0))
            row.addWidget(link)
            column.addLayout(row)
