"""The memory chip: one look for a memory, in chat, in lists, everywhere."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.context import CubeDirectory
from app.theme import Size, theme
from app.theme.icons import kind_icon
from app.widgets.dates import age, exact, friendly, source_line, valid_time
from app.widgets.direction import right_to_left
from app.widgets.kinds import kind_name
from app.widgets.text import qt_length
from memos_engine.types import Memory, State

MemoryRole = Qt.ItemDataRole.UserRole + 1
"""Where a list model hands a `Memory` to `MemoryDelegate`."""

_STATES = {
    State.GENERATED: "waits for your word",
    State.ARCHIVED: "in the trash",
    State.EXPIRED: "expired",
    State.MERGED: "merged",
}


@dataclass(frozen=True)
class ChipLook:
    """What a chip shows. `detail` is the second line; `end`, its age or what it is listed by, stands at its end."""

    icon: str
    text: str
    cube: int
    pinned: bool
    detail: str
    end: str
    faded: bool = False
    marks: tuple[str, ...] = ()
    """Words that were searched for: where a word of the text begins with one, it is highlighted."""


def chip_look(memory: Memory, cubes: CubeDirectory, detail: str = "", end: str = "") -> ChipLook:
    """The look of a memory; `detail` replaces the second line (in chat: its time), `end` its age."""
    state = "no longer current" if memory.is_past else _STATES.get(memory.state, "")
    cube = cubes.name(memory.cube_id) if len(cubes.all()) > 1 else ""
    parts = (kind_name(memory.kind), valid_time(memory), state, cube)
    return ChipLook(
        icon=kind_icon(memory.kind),
        text=memory.text,
        cube=cubes.index(memory.cube_id),
        pinned=memory.pinned,
        detail=detail or " · ".join(part for part in parts if part),
        end=end or age(memory.created),
        faded=memory.state is not State.ACTIVATED or memory.is_past,
    )


def hover_card(memory: Memory, cubes: CubeDirectory) -> str:
    """The hover card of a memory, as rich text."""
    from html import escape

    lines = [f"<b>{escape(memory.text[:400])}</b>"]
    about = "" if memory.subject == "me" else f" about {memory.subject}"
    lines.append(escape(f"{kind_name(memory.kind).capitalize()}{about}, in {cubes.name(memory.cube_id) or 'a cube'}"))
    if when := valid_time(memory):
        lines.append(escape(f"True {when}"))
    lines += [escape(source_line(source).capitalize()) for source in memory.sources[:3]]
    lines.append(escape(f"Recorded {exact(memory.recorded_from)}"))
    if memory.versions > 1:
        lines.append(escape(f"Last changed {exact(memory.updated)}"))
    used = f"Used {memory.use_count} times" if memory.use_count != 1 else "Used once"
    if memory.use_count and memory.last_used:
        lines.append(escape(f"{used}, last {friendly(memory.last_used)}"))
    return "<br>".join(lines)


def spoken(memory: Memory) -> str:
    """The memory for a screen reader."""
    return f"{kind_name(memory.kind)}: {memory.text}{', pinned' if memory.pinned else ''}, {friendly(memory.created)}"


def _highlights(text: str, marks: tuple[str, ...]) -> list[QTextLayout.FormatRange]:
    found = []
    for mark in marks:
        for match in re.finditer(rf"\b{re.escape(mark)}", text, re.IGNORECASE):
            stretch = QTextLayout.FormatRange()
            stretch.start, stretch.length = qt_length(text[: match.start()]), qt_length(match.group())
            stretch.format.setBackground(theme().colour("highlight"))
            found.append(stretch)
    return found


class ChipPainter:
    """Measures and draws chips, for the widget and for lists alike."""

    def __init__(self, lines: int = 2) -> None:
        self.lines = lines
        """Most lines of the memory's text."""

    def height(self, look: ChipLook, width: int) -> int:
        """Height in pixels at this width."""
        small = QFontMetrics(theme().font(Size.SMALL)).height()
        return self._lay_out(look, width)[1].height() + small + theme().px(2) + 2 * theme().px(6)

    def _lay_out(self, look: ChipLook, width: int) -> tuple[QTextLayout, QRect]:
        """The text broken into at most `lines` lines, and the rectangle that they take."""
        px = theme().px
        room = max(px(40), width - px(34) - px(8) - (px(20) if look.pinned else 0))
        font = theme().font()
        metrics = QFontMetrics(font)
        layout = QTextLayout(" ".join(look.text[:600].split()), font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        rtl = right_to_left(look.text)
        option.setTextDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
        option.setAlignment(Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft)
        layout.setTextOption(option)
        layout.setFormats(_highlights(layout.text(), look.marks))
        ends = self._break(layout, room, metrics.lineSpacing())
        if ends < len(layout.text()) or len(look.text) > 600:
            start = layout.lineAt(layout.lineCount() - 1).textStart()
            last = metrics.elidedText(layout.text()[start:] + "…", Qt.TextElideMode.ElideRight, room)
            layout.setText(layout.text()[:start] + last)
            layout.setFormats(_highlights(layout.text(), look.marks))
            self._break(layout, room, metrics.lineSpacing())
        return layout, QRect(px(34), px(6), room, max(1, layout.lineCount()) * metrics.lineSpacing())

    def _break(self, layout: QTextLayout, room: int, spacing: int) -> int:
        layout.beginLayout()
        ends = 0
        for number in range(self.lines):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(room)
            line.setPosition(QPointF(0, number * spacing))
            ends = line.textStart() + line.textLength()
        layout.endLayout()
        return ends

    def paint(
        self, painter: QPainter, rect: QRect, look: ChipLook, *, selected: bool, hover: bool, focus: bool
    ) -> None:
        """Draw `look` into `rect`."""
        px, roles = theme().px, theme().colour
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or hover:
            painter.setBrush(roles("selection" if selected else "hover"))
        painter.setPen(QPen(roles("accent"), 1) if focus else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), px(6), px(6))
        layout, place = self._lay_out(look, rect.width())
        text = place.translated(rect.topLeft())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().cube_colour(look.cube))
        painter.drawRoundedRect(QRect(rect.left() + px(5), text.top(), px(3), rect.height() - 2 * px(6)), 1.5, 1.5)
        icon = theme().icon(look.icon).pixmap(QSize(px(16), px(16)), painter.device().devicePixelRatioF())
        painter.drawPixmap(QPoint(rect.left() + px(13), text.top() + px(1)), icon)
        painter.setPen(roles("muted" if look.faded else "text"))
        layout.draw(painter, QPointF(text.topLeft()))
        painter.setFont(theme().font(Size.SMALL))
        painter.setPen(roles("muted"))
        small = QFontMetrics(painter.font())
        below = QRect(text.left(), text.bottom() + px(3), rect.right() - px(8) - text.left(), small.height())
        room = below.width() - small.horizontalAdvance(look.end) - px(8)
        detail = small.elidedText(look.detail, Qt.TextElideMode.ElideRight, room)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, detail)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, look.end)
        if look.pinned:
            pin = theme().icon("pin", "accent").pixmap(QSize(px(14), px(14)), painter.device().devicePixelRatioF())
            painter.drawPixmap(QPoint(rect.right() - px(8) - px(14), text.top() + px(1)), pin)
        painter.restore()


class MemoryChip(QWidget):
    """A memory as a focusable widget: Enter or a click activates it, menu key or right click ask for its menu."""

    activated = Signal(Memory)
    menu_wanted = Signal(Memory, QPoint)
    """The memory and the global place for the menu."""

    def __init__(
        self, memory: Memory, cubes: CubeDirectory, detail: str = "", lines: int = 3, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.cubes, self._detail = cubes, detail
        self._painter = ChipPainter(lines)
        self._hover = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        cubes.changed.connect(self._redraw)
        theme().changed.connect(self._redraw)
        self.set_memory(memory, detail)

    def set_memory(self, memory: Memory, detail: str | None = None) -> None:
        """Show another memory, or the same after a change."""
        self.memory = memory
        self._detail = self._detail if detail is None else detail
        self.setAccessibleName(spoken(memory))
        self._redraw()

    def _redraw(self) -> None:
        self._look = chip_look(self.memory, self.cubes, self._detail)
        self._heights: dict[int, int] = {}
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        """Height at this width, broken into lines once: a layout asks again and again."""
        if width not in self._heights:
            self._heights[width] = self._painter.height(self._look, width)
        return self._heights[width]

    def hasHeightForWidth(self) -> bool:
        """The text wraps."""
        return True

    def sizeHint(self) -> QSize:
        """A chip in a side panel."""
        return QSize(theme().px(240), self.heightForWidth(theme().px(240)))

    def minimumSizeHint(self) -> QSize:
        """Room for an icon and a word."""
        return QSize(theme().px(120), theme().px(40))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the chip."""
        painter = QPainter(self)
        self._painter.paint(painter, self.rect(), self._look, selected=False, hover=self._hover, focus=self.hasFocus())
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be clicked."""
        self._hover = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """No longer."""
        self._hover = False
        self.update()
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click activates."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.activated.emit(self.memory)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and space activate."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.activated.emit(self.memory)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Right click or menu key."""
        self.menu_wanted.emit(self.memory, event.globalPos())

    def event(self, event: QEvent) -> bool:
        """The hover card is made when it is asked for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self.setToolTip(hover_card(self.memory, self.cubes))
        return super().event(event)


class MemoryDelegate(QStyledItemDelegate):
    """Draws the `Memory` that a model hands out under `MemoryRole`; nothing where it hands out None (not loaded)."""

    def __init__(self, cubes: CubeDirectory, lines: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cubes = cubes
        self._painter = ChipPainter(lines)
        self.marks: tuple[str, ...] = ()
        """Words to highlight."""
        self.end: Callable[[Memory], str] = lambda memory: age(memory.created)
        """What stands at the end of a row."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        memory = index.data(MemoryRole)
        if isinstance(memory, Memory):
            state = option.state
            self._painter.paint(
                painter,
                option.rect,
                replace(chip_look(memory, self._cubes, end=self.end(memory)), marks=self.marks),
                selected=bool(state & QStyle.StateFlag.State_Selected),
                hover=bool(state & QStyle.StateFlag.State_MouseOver),
                focus=bool(state & QStyle.StateFlag.State_HasFocus),
            )

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Every row is as high as its lines, so that ten thousand rows need no measuring."""
        text = QFontMetrics(theme().font()).lineSpacing() * self._painter.lines
        small = QFontMetrics(theme().font(Size.SMALL)).height()
        return QSize(theme().px(240), text + small + theme().px(2) + 2 * theme().px(6))
