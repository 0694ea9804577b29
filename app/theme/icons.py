"""Icons by meaning, from the Phosphor font (MIT) that qtawesome brings along."""

from functools import cache
from pathlib import Path
from typing import Any

from PySide6.QtGui import QColor, QIcon

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


def glyph_icon(name: str, colour: QColor, disabled: QColor) -> QIcon:
    """The icon that stands for `name`; `KeyError` for an unknown name."""
    icon = _font().icon(f"ph.{GLYPHS[name]}", color=colour, color_disabled=disabled)
    if not isinstance(icon, QIcon):
        raise TypeError(name)
    return icon


def kind_icon(kind: Kind) -> str:
    """Name of the icon of a kind of memory."""
    return str(kind)
