"""A line of the list of models: name, what it is, and a badge that says whether it can run here."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.theme import Size, theme
from app.widgets.region import number
from memos_engine.types import EncoderInfo, Fit, ModelInfo

EntryRole = Qt.ItemDataRole.UserRole + 2
"""Where the list hands an `Entry` to its delegate; headings have none."""

BADGES = {
    Fit.FITS: ("Fits", "accent"),
    Fit.SLOW: ("Slow", "caution"),
    Fit.TOO_LARGE: ("Does not fit", "danger"),
    Fit.REJECTED: ("Cannot be used", "danger"),
}
"""Verdict → its words and the colour role of the badge."""


@dataclass(frozen=True)
class Entry:
    """What a line shows. `badge` and its colour `role` stand at its end."""

    name: str
    detail: str
    badge: str
    role: str
    icon: str

    @property
    def spoken(self) -> str:
        """The line for a screen reader."""
        return ", ".join(part for part in (self.name, self.badge, self.detail) if part)

    @classmethod
    def of_model(cls, model: ModelInfo, *, chosen: bool = False) -> "Entry":
        """The line of a chat model; `chosen`: it is loaded with the next question."""
        badge, role = BADGES[model.fit]
        if model.in_use:
            badge, role = "In use", "accent"
        elif chosen and role == "accent":
            badge = "Chosen"
        if model.fit is Fit.REJECTED:
            return cls(model.name, reason_of(model), badge, role, "error")
        needs = f"needs {gigabytes(model.memory_needed)}"
        parts = (model.parameters, model.quantization, needs, Path(model.path).name)
        return cls(model.name, " · ".join(part for part in parts if part), badge, role, "chat")

    @classmethod
    def of_encoder(cls, encoder: EncoderInfo) -> "Entry":
        """The line of a sentence encoder."""
        badge, role = ("In use", "accent") if encoder.in_use else ("", "muted")
        return cls(encoder.name, f"Sentence encoder · {number(encoder.dimensions)} dimensions", badge, role, "search")

    @classmethod
    def of_pipeline(cls, folder: str) -> "Entry":
        """The line of the language pipeline in `folder` (empty: the one that came along)."""
        name = Path(folder).name if folder else "English"
        return cls(name, "Language pipeline", "In use", "accent", "chunk")


def reason_of(model: ModelInfo) -> str:
    """Why a model fits, is slow or cannot serve, as a sentence of its own; a file's name keeps its first letter."""
    reason = model.reason.strip()
    return reason if reason.startswith(Path(model.path).name) else reason[:1].upper() + reason[1:]


def gigabytes(size: int) -> str:
    """ "4.7 GB"; below a tenth of it in megabytes, "less than 1 MB" for the smallest."""
    if size < 1e6:
        return "less than 1 MB"
    return f"{size / 1e9:,.1f} GB" if size >= 1e8 else f"{size / 1e6:,.0f} MB"


class EntryDelegate(QStyledItemDelegate):
    """Draws headings and lines."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one."""
        entry = index.data(EntryRole)
        px, colour = theme().px, theme().colour
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = option.rect
        if not isinstance(entry, Entry):
            painter.setFont(theme().font(Size.SMALL))
            painter.setPen(colour("muted"))
            painter.drawText(rect.adjusted(px(8), 0, 0, -px(4)), int(Qt.AlignmentFlag.AlignBottom), str(index.data()))
            painter.restore()
            return
        self._ground(painter, option)
        icon = theme().icon(entry.icon)
        icon.paint(painter, QRect(rect.left() + px(8), rect.center().y() - px(8), px(16), px(16)))
        small = QFontMetrics(theme().font(Size.SMALL))
        badge = small.horizontalAdvance(entry.badge) + px(16) if entry.badge else 0
        text = rect.adjusted(px(34), px(6), -px(12) - badge - px(8), -px(6))
        body = QFontMetrics(theme().font())
        painter.setFont(theme().font())
        painter.setPen(colour("text"))
        upper = QRect(text.left(), text.top(), text.width(), body.height())
        painter.drawText(upper, 0, body.elidedText(entry.name, Qt.TextElideMode.ElideRight, text.width()))
        painter.setFont(theme().font(Size.SMALL))
        painter.setPen(colour("muted"))
        lower = QRect(text.left(), upper.bottom() + px(3), text.width(), small.height())
        painter.drawText(lower, 0, small.elidedText(entry.detail, Qt.TextElideMode.ElideRight, text.width()))
        if entry.badge:
            height = small.height() + px(4)
            place = QRect(rect.right() - px(12) - badge, rect.center().y() - height // 2, badge, height)
            painter.setPen(QPen(colour(entry.role), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place, height / 2, height / 2)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), entry.badge)
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QPen(theme().colour("accent"), 1) if focus else Qt.PenStyle.NoPen)
        painter.setBrush(
            theme().colour("selection" if chosen else "hover") if chosen or hover else Qt.BrushStyle.NoBrush
        )
        painter.drawRoundedRect(option.rect.adjusted(1, 1, -1, -1), theme().px(6), theme().px(6))

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Two lines for an entry, a line with air above it for a heading."""
        del option
        body = QFontMetrics(theme().font()).height()
        small = QFontMetrics(theme().font(Size.SMALL)).height()
        entry = isinstance(index.data(EntryRole), Entry)
        return QSize(theme().px(200), body + small + theme().px(15) if entry else small + theme().px(20))
