"""The theme in force: which scheme, which zoom, and everything drawn from the two."""

from functools import cache
from typing import cast

import shiboken6
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QLayout, QWidget

from app.theme.icons import glyph_icon
from app.theme.stylesheet import palette, stylesheet
from app.theme.tokens import DARK, LIGHT, MOTION_MS, SCALE, Roles, Size
from memos_engine.settings import Settings

ZOOMS = (0.5, 0.67, 0.75, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)


class Theme(QObject):
    """Colours, fonts, distances and icons as they are now. `changed` fires after scheme, zoom or motion changed.

    It obeys the settings `appearance.theme`, `appearance.zoom` and `appearance.reduce_motion` once told to `follow`.
    """

    changed = Signal()
    zoom_chosen = Signal(float)
    """The person zoomed: whoever holds the settings keeps it."""
    _setting_changed = Signal(str)

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._settings: Settings | None = None
        self._base_pt = _base_points()
        self.zoom = 1.0
        self.dark = False
        self.reduce_motion = False
        self._dressed: list[QWidget] = []
        self._drawn: tuple[bool, float, bool] | None = None
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self.refresh)
        self._setting_changed.connect(self._heard)
        self.refresh()

    def follow(self, settings: Settings) -> None:
        """Obey these settings from now on, also when they change (from whatever thread)."""
        self._settings = settings
        settings.listen(self._setting_changed.emit)
        self.refresh()

    def _heard(self, name: str) -> None:
        if name in {"appearance.theme", "appearance.zoom", "appearance.reduce_motion"}:
            self.refresh()

    def refresh(self) -> None:
        """Draw everything anew from the settings and the system's scheme."""
        chosen = "system"
        if self._settings is not None:
            chosen = self._settings.text("appearance.theme")
            self.zoom = self._settings.number("appearance.zoom")
            self.reduce_motion = self._settings.flag("appearance.reduce_motion")
        system_dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        self.dark = chosen == "dark" or (chosen == "system" and system_dark)
        self._draw()

    def _draw(self) -> None:
        wanted = (self.dark, self.zoom, self.reduce_motion)
        if wanted == self._drawn:
            return
        self._drawn = wanted
        self._app.setFont(self.font())
        self._app.setPalette(palette(self.roles))
        self._dressed = [window for window in self._dressed if shiboken6.isValid(window)]
        for window in self._dressed:
            window.setStyleSheet(stylesheet(self.roles, self._base_pt, self.zoom))
        for window in self._app.topLevelWidgets():
            for layout in window.findChildren(QLayout):
                self._scale(layout)
        self.changed.emit()

    def dress(self, window: QWidget) -> None:
        """Give a window, and all that is or will be in it, the style sheet of the theme, now and after each change.

        The sheet is the window's and not the application's: a page that is being built is styled once, when it is put
        into the window, and not anew with each part that is put into another.
        """
        self._dressed.append(window)
        window.setStyleSheet(stylesheet(self.roles, self._base_pt, self.zoom))

    @property
    def roles(self) -> Roles:
        """The colour roles of the scheme in force."""
        return DARK if self.dark else LIGHT

    def colour(self, role: str) -> QColor:
        """The colour of a role; `KeyError` for an unknown one."""
        return QColor(self.roles[role])

    def cube_colour(self, index: int) -> QColor:
        """The colour that tells the cube at `index` from others."""
        return QColor(self.roles.cubes[index % len(self.roles.cubes)])

    def font(self, size: Size = Size.BODY, *, bold: bool = False) -> QFont:
        """The system's font at a size of the type scale, zoomed."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        font.setPointSizeF(self._base_pt * self.zoom * SCALE[size])
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font

    def fixed_font(self) -> QFont:
        """The system's fixed-width font at body size, zoomed."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(self._base_pt * self.zoom * 0.95)
        return font

    def px(self, length: float) -> int:
        """A length in device-independent pixels, zoomed."""
        return round(length * self.zoom)

    def icon(self, name: str, role: str = "muted") -> QIcon:
        """The icon that stands for `name` (see `icons.GLYPHS`) in the colour of `role`."""
        return glyph_icon(name, self.colour(role).name(), self._faint().name(), self.zoom * _pixel_ratio())

    def _faint(self) -> QColor:
        """What cannot be pressed: between the secondary colour and that of a border, so that it can still be seen."""
        first, second = self.colour("muted"), self.colour("border")
        return QColor(
            (first.red() + second.red()) // 2,
            (first.green() + second.green()) // 2,
            (first.blue() + second.blue()) // 2,
        )

    def icon_size(self, length: int = 18) -> QSize:
        """The size of an icon, zoomed."""
        return QSize(self.px(length), self.px(length))

    def motion_ms(self, wanted: int = MOTION_MS) -> int:
        """Length of a transition in milliseconds: 0 where motion is reduced, never above the token."""
        return 0 if self.reduce_motion else min(wanted, MOTION_MS)

    def space(self, layout: QLayout, margins: int | tuple[int, int, int, int] = 0, gap: int = 0) -> None:
        """Give a layout margins (one, or left, top, right, bottom) and a gap that follow the zoom."""
        four = (margins,) * 4 if isinstance(margins, int) else margins
        layout.setProperty("memosMargins", list(four))
        layout.setProperty("memosGap", gap)
        self._scale(layout)

    def _scale(self, layout: QLayout) -> None:
        margins = cast("list[int] | None", layout.property("memosMargins"))
        if margins is None:
            return
        layout.setContentsMargins(*(self.px(margin) for margin in margins))
        layout.setSpacing(self.px(cast(int, layout.property("memosGap"))))

    def step_zoom(self, steps: int) -> None:
        """Zoom in (positive) or out, or back to 1 (0 steps), at once."""
        nearest = min(range(len(ZOOMS)), key=lambda index: abs(ZOOMS[index] - self.zoom))
        self.zoom = 1.0 if steps == 0 else ZOOMS[max(0, min(len(ZOOMS) - 1, nearest + steps))]
        self._draw()
        self.zoom_chosen.emit(self.zoom)


def _pixel_ratio() -> float:
    """Device pixels in a device-independent one, of the finest screen."""
    return max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)


def _base_points() -> float:
    size = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).pointSizeF()
    return max(9.0, min(size, 14.0)) if size > 0 else 10.0


@cache
def theme() -> Theme:
    """The one theme of the running QApplication."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("There is no QApplication yet.")
    return Theme(app)
