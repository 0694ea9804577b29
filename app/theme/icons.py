"""Icons by meaning, from the Phosphor font (MIT) that qtawesome brings along."""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from memos_engine.types import Kind

GLYPHS = {
    "chat": "chat-circle",
    "memories": "brain",
    "models": "cpu",
    "settings": "gear",
    "activity": "activity",
    "lock": "lock",
    "unlock": "lock-open",
    "search": "magnifying-glass",
    "add": "plus",
    "new_chat": "note-pencil",
    "close": "x",
    "send": "arrow-up",
    "stop": "stop",
    "copy": "copy",
    "edit": "pencil",
    "again": "arrows-clockwise",
    "previous": "caret-left",
    "next": "caret-right",
    "up": "caret-up",
    "down": "caret-down",
    "latest": "arrow-down",
    "attach": "paperclip",
    "pin": "push-pin",
    "unpin": "push-pin-slash",
    "archive": "archive",
    "restore": "arrow-counter-clockwise",
    "undo": "arrow-u-up-left",
    "delete": "trash",
    "forget": "eraser",
    "move": "arrow-right",
    "more": "dots-three",
    "check": "check",
    "info": "info",
    "why": "question",
    "source": "quotes",
    "warning": "warning",
    "error": "warning-circle",
    "memory_on": "brain",
    "memory_off": "prohibit",
    "temporary": "ghost",
    "panel": "columns",
    "link": "arrow-square-out",
    "key": "key",
    "shield": "shield-check",
    "folder": "folder-open",
    "file": "file-text",
    "import": "download-simple",
    "export": "upload-simple",
    "filter": "funnel",
    "sort": "sort-ascending",
    "cube": "cube",
    "history": "clock-counter-clockwise",
    "instructions": "user-gear",
    "show": "eye",
    "hide": "eye-slash",
    "offline": "wifi-slash",
    "review": "check-square",
    "fact": "user",
    "preference": "heart",
    "event": "calendar-blank",
    "skill": "wrench",
    "chunk": "file-text",
    "persona": "identification-card",
    "message": "chat-text",
}
"""What an icon stands for → its name in the font."""


@cache
def _font() -> Any:
    """The Phosphor font alone: loading all sixteen of qtawesome's fonts would cost half a second at start."""
    import qtawesome
    from qtawesome.iconic_font import IconicFont

    folder = Path(qtawesome.__file__).parent / "fonts"
    font, charmap = next(folder.glob("phosphor-*.ttf")), next(folder.glob("phosphor-charmap-*.json"))
    return IconicFont(("ph", font.name, charmap.name))


SIZES = (10, 12, 14, 16, 18, 20, 22, 24, 40)
"""Sizes at which icons are drawn, in device-independent pixels at zoom 1; others are scaled from the next larger."""

_GLYPH_OF_SIZE = 0.875
"""Height of the glyph in that of the icon: the rest is the font's bearing."""


@lru_cache(maxsize=512)
def glyph_icon(name: str, colour: str, disabled: str, scale: float) -> QIcon:
    """The icon that stands for `name`, in colours by their names, at `SIZES` times `scale` pixels; `KeyError` for an
    unknown name.

    It is drawn here and now. qtawesome's own icons are drawn by Python at every repaint, which has to wait for the
    interpreter some fifty times an icon while the engine works.
    """
    glyph = _font().charmap["ph"][GLYPHS[name]]
    icon = QIcon()
    for pixels in sorted({round(size * factor) for size in SIZES for factor in (1.0, scale)}):
        for mode, shade in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
            pixmap = _drawn(glyph, pixels, QColor.fromString(shade))
            icon.addPixmap(pixmap, mode)
            if mode is QIcon.Mode.Normal:
                icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


def _drawn(glyph: str, pixels: int, colour: QColor) -> QPixmap:
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(QColor.fromString("transparent"))
    painter = QPainter(pixmap)
    painter.setPen(colour)
    painter.setFont(_font().font("ph", round(_GLYPH_OF_SIZE * pixels)))
    painter.drawText(QRect(0, 0, pixels, pixels), Qt.AlignmentFlag.AlignCenter, glyph)
    painter.end()
    return pixmap


def kind_icon(kind: Kind) -> str:
    """Name of the icon of a kind of memory."""
    return str(kind)
