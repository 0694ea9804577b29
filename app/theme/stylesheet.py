"""The style sheet and the palette, generated from the tokens."""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette

from app.theme.tokens import DARK, RADIUS, SCALE, Roles, Size
from memos_engine.resources import resources_dir


def palette(roles: Roles) -> QPalette:
    """A QPalette of these roles, for what Qt paints without a style sheet."""
    pairs = {
        QPalette.ColorRole.Window: roles.surface,
        QPalette.ColorRole.WindowText: roles.text,
        QPalette.ColorRole.Base: roles.raised,
        QPalette.ColorRole.AlternateBase: roles.surface,
        QPalette.ColorRole.Text: roles.text,
        QPalette.ColorRole.Button: roles.raised,
        QPalette.ColorRole.ButtonText: roles.text,
        QPalette.ColorRole.BrightText: roles.on_accent,
        QPalette.ColorRole.Highlight: roles.selection,
        QPalette.ColorRole.HighlightedText: roles.text,
        QPalette.ColorRole.ToolTipBase: roles.raised,
        QPalette.ColorRole.ToolTipText: roles.text,
        QPalette.ColorRole.PlaceholderText: roles.muted,
        QPalette.ColorRole.Link: roles.accent,
        QPalette.ColorRole.LinkVisited: roles.accent,
        QPalette.ColorRole.Accent: roles.accent,
        QPalette.ColorRole.Light: roles.raised,
        QPalette.ColorRole.Midlight: roles.hover,
        QPalette.ColorRole.Mid: roles.border,
        QPalette.ColorRole.Dark: roles.muted,
        QPalette.ColorRole.Shadow: roles.border,
    }
    made = QPalette()
    for role, colour in pairs.items():
        made.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(roles.muted))
    return made


@dataclass(frozen=True)
class _Measures:
    """What the parts of the sheet are drawn from: colours, and lengths and sizes as zoomed."""

    roles: Roles
    base_pt: float
    zoom: float

    def px(self, length: float) -> str:
        return f"{max(1, round(length * self.zoom))}px"

    def pt(self, size: Size) -> str:
        return f"{self.base_pt * self.zoom * SCALE[size]:.1f}pt"

    @property
    def radius(self) -> str:
        return self.px(RADIUS)


def stylesheet(roles: Roles, base_pt: float, zoom: float) -> str:
    """The application's style sheet; `base_pt` is the system font's size in points.

    Widgets choose by dynamic properties: `role` (a colour role, for labels), `scale` (of `Size`), `kind` (of a
    button: `primary`, `danger`, `flat`, `link`; of a text field: `input`) and
    `ground` (`surface`, `raised`, `sunken`, `own`).
    """
    measures = _Measures(roles, base_pt, zoom)
    return "\n".join(part(measures) for part in _PARTS)


def _grounds(measures: _Measures) -> str:
    roles, px, radius = measures.roles, measures.px, measures.radius
    sizes = "\n".join(f'*[scale="{size}"] {{ font-size: {measures.pt(size)}; }}' for size in Size)
    labels = "\n".join(
        f'QLabel[role="{role}"] {{ color: {roles[role]}; }}'
        for role in ("text", "muted", "accent", "danger", "caution")
    )
    grounds = "\n".join(
        f'*[ground="{role}"] {{ background-color: {roles[role]}; }}' for role in ("surface", "raised", "sunken", "own")
    )
    return f"""
{sizes}
{labels}
{grounds}
*[scale="title"], *[scale="display"] {{ font-weight: 600; }}
*[ground="own"] {{ border-radius: {radius}; }}
QMainWindow, QDialog {{ background-color: {roles.surface}; }}
QLabel {{ background: transparent; }}
QToolTip {{ background-color: {roles.raised}; color: {roles.text}; border: 1px solid {roles.border};
  padding: {px(6)}; }}
QScrollArea, QScrollArea > QWidget > QWidget[ground=""] {{ background: transparent; border: none; }}
QSplitter::handle {{ background-color: {roles.border}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QSplitter::handle:hover {{ background-color: {roles.accent}; }}
"""


def _buttons(measures: _Measures) -> str:
    roles, px, radius = measures.roles, measures.px, measures.radius
    return f"""\
QPushButton, QToolButton {{ background-color: {roles.raised}; color: {roles.text}; border: 1px solid {roles.border};
  border-radius: {radius}; padding: {px(5)} {px(12)}; }}
QToolButton {{ padding: {px(4)}; }}
QPushButton {{ min-height: {px(16)}; }}
QPushButton:hover, QToolButton:hover {{ background-color: {roles.hover}; }}
QPushButton:pressed, QToolButton:pressed, QPushButton:checked, QToolButton:checked {{
  background-color: {roles.selection}; }}
QPushButton:focus, QToolButton:focus {{ border: 1px solid {roles.accent}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {roles.muted}; background-color: {roles.surface}; }}
QPushButton[kind="primary"], QToolButton[kind="primary"] {{ background-color: {roles.accent};
  color: {roles.on_accent}; border-color: {roles.accent}; font-weight: 600; }}
QPushButton[kind="primary"]:hover, QToolButton[kind="primary"]:hover {{ border-color: {roles.text}; }}
QPushButton[kind="primary"]:focus, QToolButton[kind="primary"]:focus {{ border: 2px solid {roles.text}; }}
QPushButton[kind="primary"]:disabled, QToolButton[kind="primary"]:disabled {{ background-color: {roles.hover};
  color: {roles.muted}; border-color: {roles.border}; }}
QPushButton[kind="danger"] {{ background-color: {roles.danger}; color: {roles.on_danger};
  border-color: {roles.danger}; font-weight: 600; }}
QPushButton[kind="danger"]:focus {{ border: 2px solid {roles.text}; }}
QPushButton[kind="danger"]:disabled {{ background-color: {roles.hover}; color: {roles.muted};
  border-color: {roles.border}; }}
QPushButton[kind="flat"], QToolButton[kind="flat"] {{ background-color: transparent; border-color: transparent; }}
QPushButton[kind="flat"]:hover, QToolButton[kind="flat"]:hover {{ background-color: {roles.hover}; }}
QPushButton[kind="flat"]:checked, QToolButton[kind="flat"]:checked {{ background-color: {roles.selection}; }}
QPushButton[kind="flat"]:focus, QToolButton[kind="flat"]:focus {{ border-color: {roles.accent}; }}
QPushButton[kind="link"] {{ background: transparent; border: 1px solid transparent; color: {roles.accent};
  padding: {px(1)} 0; text-align: left; }}
QPushButton[kind="link"], QPushButton[scale="{Size.SMALL}"] {{ min-height: 0; }}
QPushButton[kind="link"]:hover {{ text-decoration: underline; }}
QPushButton[kind="link"]:focus {{ border-color: {roles.accent}; }}
QPushButton[active="true"] {{ background-color: {roles.selection}; border-color: {roles.accent}; }}
QPushButton::menu-indicator {{ subcontrol-position: right center; right: {px(4)}; width: {px(12)}; height: {px(12)}; }}
QToolButton::menu-indicator {{ image: none; }}
"""


def _fields(measures: _Measures) -> str:
    roles, px, radius = measures.roles, measures.px, measures.radius
    return f"""\
QLineEdit, QPlainTextEdit[kind="input"], QTextEdit[kind="input"], QSpinBox, QDoubleSpinBox, QComboBox,
QDateEdit, QDateTimeEdit {{
  background-color: {roles.raised}; color: {roles.text}; border: 1px solid {roles.border}; border-radius: {radius};
  padding: {px(5)} {px(8)}; selection-background-color: {roles.selection}; selection-color: {roles.text}; }}
QLineEdit:focus, QPlainTextEdit[kind="input"]:focus, QTextEdit[kind="input"]:focus, QSpinBox:focus,
QDoubleSpinBox:focus, QComboBox:focus, QDateEdit:focus, QDateTimeEdit:focus {{ border-color: {roles.accent}; }}
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {{ color: {roles.muted};
  background-color: {roles.surface}; }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{
  width: 0; border: none; }}
QComboBox {{ combobox-popup: 0; }}
QComboBox::drop-down, QDateEdit::drop-down {{ border: none; width: {px(20)}; }}
QComboBox QAbstractItemView {{ background-color: {roles.raised}; border: 1px solid {roles.border};
  selection-background-color: {roles.selection}; selection-color: {roles.text}; }}
QTextBrowser, QPlainTextEdit, QTextEdit {{ background: transparent; color: {roles.text}; border: none;
  selection-background-color: {roles.selection}; selection-color: {roles.text}; }}
"""


def _lists(measures: _Measures) -> str:
    roles, px, radius = measures.roles, measures.px, measures.radius
    return f"""\
QAbstractItemView {{ background-color: {roles.surface}; color: {roles.text}; border: none; outline: none;
  selection-background-color: {roles.selection}; selection-color: {roles.text}; }}
QAbstractItemView::item {{ padding: {px(4)} {px(8)}; border-radius: {radius}; }}
QAbstractItemView::item:hover {{ background-color: {roles.hover}; }}
QAbstractItemView::item:selected {{ background-color: {roles.selection}; color: {roles.text}; }}
QHeaderView::section {{ background-color: {roles.surface}; color: {roles.muted}; border: none;
  border-bottom: 1px solid {roles.border}; padding: {px(4)} {px(8)}; }}
"""


def _menus(measures: _Measures) -> str:
    roles, px = measures.roles, measures.px
    return f"""\
QMenu {{ background-color: {roles.raised}; color: {roles.text}; border: 1px solid {roles.border};
  padding: {px(4)}; }}
QMenu::item {{ padding: {px(5)} {px(24)} {px(5)} {px(12)}; border-radius: {px(4)}; }}
QMenu::icon {{ padding-left: {px(6)}; }}
QMenu::item:selected {{ background-color: {roles.selection}; }}
QMenu::item:disabled {{ color: {roles.muted}; }}
QMenu::separator {{ height: 1px; background-color: {roles.border}; margin: {px(4)}; }}
"""


def _check_boxes(measures: _Measures) -> str:
    roles, px = measures.roles, measures.px
    check = (resources_dir() / "icons" / f"check-{'dark' if roles is DARK else 'light'}.svg").as_posix()
    return f"""\
QCheckBox::indicator, QRadioButton::indicator {{ width: {px(14)}; height: {px(14)}; border: 1px solid {roles.muted};
  background-color: {roles.raised}; }}
QCheckBox[bare="true"] {{ spacing: 0; }}
QCheckBox::indicator {{ border-radius: {px(3)}; }}
QRadioButton::indicator {{ border-radius: {px(8)}; }}
QCheckBox::indicator:hover, QRadioButton::indicator:hover, QCheckBox::indicator:focus, QRadioButton::indicator:focus {{
  border-color: {roles.accent}; }}
QCheckBox::indicator:checked {{ background-color: {roles.accent}; border-color: {roles.accent};
  image: url("{check}"); }}
QRadioButton::indicator:checked {{ border: {px(4)} solid {roles.accent}; width: {px(8)}; height: {px(8)};
  background-color: {roles.on_accent}; }}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {roles.border}; }}
QCheckBox::indicator:checked:disabled {{ background-color: {roles.muted}; }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {roles.muted}; }}
"""


def _progress_bars(measures: _Measures) -> str:
    roles, px = measures.roles, measures.px
    return f"""\
QProgressBar {{ background-color: {roles.hover}; border: none; border-radius: {px(3)}; color: {roles.text};
  min-height: {px(6)}; max-height: {px(6)}; }}
QProgressBar::chunk {{ background-color: {roles.accent}; border-radius: {px(3)}; }}
"""


def _scroll_bars(measures: _Measures) -> str:
    roles, px = measures.roles, measures.px
    return f"""\
QScrollBar:vertical {{ background: transparent; width: {px(10)}; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {px(10)}; margin: 0; }}
QScrollBar::handle {{ background-color: {roles.border}; border-radius: {px(4)}; margin: {px(2)}; }}
QScrollBar::handle:vertical {{ min-height: {px(28)}; }}
QScrollBar::handle:horizontal {{ min-width: {px(28)}; }}
QScrollBar::handle:hover {{ background-color: {roles.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


def _tabs(measures: _Measures) -> str:
    roles, px = measures.roles, measures.px
    return f"""\
QTabBar::tab {{ background: transparent; color: {roles.muted}; border: none; padding: {px(6)} {px(12)};
  border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {roles.text}; border-bottom-color: {roles.accent}; }}
QTabBar::tab:focus {{ color: {roles.accent}; }}
QTabWidget::pane {{ border: none; }}
"""


def _frames(measures: _Measures) -> str:
    roles, radius = measures.roles, measures.radius
    return f"""\
QFrame[line="above"] {{ border: none; border-top: 1px solid {roles.border}; }}
QFrame[line="below"] {{ border: none; border-bottom: 1px solid {roles.border}; }}
QFrame[card="true"] {{ background-color: {roles.raised}; border: 1px solid {roles.border}; border-radius: {radius}; }}
QFrame[banner="error"] {{ background-color: {roles.raised}; border: 1px solid {roles.danger};
  border-radius: {radius}; }}
QFrame[banner="note"] {{ background-color: {roles.raised}; border: 1px solid {roles.border};
  border-radius: {radius}; }}
"""


_PARTS = (
    _grounds,
    _buttons,
    _fields,
    _lists,
    _menus,
    _check_boxes,
    _progress_bars,
    _scroll_bars,
    _tabs,
    _frames,
)


def document_css(roles: Roles) -> str:
    """The style sheet of rich text in messages."""
    return f"""
a {{ color: {roles.accent}; }}
a.mark, a.doubt {{ text-decoration: none; font-size: small; }}
a.doubt {{ color: {roles.danger}; font-weight: bold; }}
code {{ background-color: {roles.sunken}; }}
pre {{ background-color: {roles.sunken}; }}
blockquote {{ color: {roles.muted}; }}
th {{ background-color: {roles.sunken}; font-weight: 600; }}
th, td {{ padding: 4px; border: 1px solid {roles.border}; }}
"""
