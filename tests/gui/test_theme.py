"""Tokens, contrast, zoom, and that only the theme holds colours."""

import re
from dataclasses import fields
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

import app
from app.theme import Size, theme
from app.theme.icons import GLYPHS, kind_icon
from app.theme.theme import ZOOMS
from app.theme.tokens import DARK, LIGHT, MOTION_MS, SCALE, SPACES, Roles, contrast
from app.widgets.buttons import Button
from memos_engine.settings import Settings
from memos_engine.types import Kind

TEXTS = ("text", "muted", "accent", "danger", "caution")
GROUNDS = ("surface", "raised", "sunken")


@pytest.fixture(autouse=True)
def as_before(qapp: QApplication):
    """Each test leaves the theme as it was."""
    yield
    theme().zoom, theme().dark, theme().reduce_motion = 1.0, False, False
    theme()._settings = None
    theme().refresh()


@pytest.mark.parametrize("roles", [LIGHT, DARK], ids=["light", "dark"])
class TestContrast:
    @pytest.mark.parametrize(("text", "ground"), list(product(TEXTS, GROUNDS)))
    def test_text_on_each_ground(self, roles: Roles, text: str, ground: str):
        assert contrast(roles[text], roles[ground]) >= 4.5

    @pytest.mark.parametrize("ground", ["selection", "hover", "highlight", "own"])
    def test_text_on_marked_grounds(self, roles: Roles, ground: str):
        assert contrast(roles.text, roles[ground]) >= 4.5

    @pytest.mark.parametrize(("text", "ground"), [("on_accent", "accent"), ("on_danger", "danger"), ("muted", "own")])
    def test_text_on_buttons_and_own_messages(self, roles: Roles, text: str, ground: str):
        assert contrast(roles[text], roles[ground]) >= 4.5

    @pytest.mark.parametrize("role", [field.name for field in fields(Roles) if field.name.startswith("code_")])
    def test_code_on_its_ground(self, roles: Roles, role: str):
        assert contrast(roles[role], roles.sunken) >= 4.5

    def test_cubes_stand_out_from_the_surface(self, roles: Roles):
        assert min(contrast(cube, roles.surface) for cube in roles.cubes) >= 3.0

    def test_cubes_differ(self, roles: Roles):
        assert len(set(roles.cubes)) == len(roles.cubes) >= 6


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#777777") == pytest.approx(1.0)


def test_only_the_tokens_hold_literal_colours():
    literal = re.compile(
        r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b(?![0-9a-zA-Z])|\brgba?\(|Qt\.GlobalColor|QColor\(\s*[\"0-9]"
    )
    folder = Path(app.__file__).parent
    tokens = folder / "theme" / "tokens.py"
    guilty = [file.name for file in folder.rglob("*.py") if file != tokens and literal.search(file.read_text("utf-8"))]
    assert guilty == []


def test_the_scale_has_four_sizes_and_five_spaces():
    assert len(SCALE) == len(Size) == 4
    assert SPACES == (4, 8, 12, 16, 24)


@pytest.mark.parametrize("name", sorted(GLYPHS))
def test_every_icon_is_in_the_font(qapp: QApplication, name: str):
    assert not theme().icon(name).pixmap(16, 16).isNull()


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_memory_has_an_icon(kind: Kind):
    assert kind_icon(kind) in GLYPHS


def test_an_unknown_icon_or_role_is_an_error(qapp: QApplication):
    with pytest.raises(KeyError):
        theme().icon("no such icon")
    with pytest.raises(KeyError):
        theme().colour("mauve")


def test_settings_choose_scheme_zoom_and_motion(qapp: QApplication, qtbot, tmp_path: Path):
    settings = Settings(tmp_path / "settings.toml")
    theme().follow(settings)
    with qtbot.waitSignal(theme().changed):
        settings.set("appearance.theme", "dark")
    assert theme().dark
    assert qapp.palette().color(QPalette.ColorRole.Window) == theme().colour("surface")
    with qtbot.waitSignal(theme().changed):
        settings.set("appearance.reduce_motion", True)
    assert theme().motion_ms() == 0
    settings.set("appearance.reduce_motion", False)
    assert theme().motion_ms(900) == MOTION_MS


def test_zoom_reaches_fonts_and_distances(qapp: QApplication):
    host = QWidget()
    column = QVBoxLayout(host)
    theme().space(column, (8, 16, 8, 4), 12)
    before = theme().font().pointSizeF()
    while theme().zoom < 2.0:
        theme().step_zoom(1)
    assert theme().font().pointSizeF() == pytest.approx(2 * before)
    assert theme().font(Size.DISPLAY).pointSizeF() > theme().font(Size.TITLE).pointSizeF()
    margins = column.contentsMargins()
    assert (margins.left(), margins.top(), margins.bottom(), column.spacing()) == (16, 32, 8, 24)
    theme().step_zoom(0)
    assert theme().zoom == 1.0
    assert column.spacing() == 12


@pytest.mark.parametrize("zoom", [1.0, 1.5])
def test_buttons_with_and_without_an_icon_are_as_high_as_one_another(qapp: QApplication, qtbot, zoom: float):
    theme().zoom = zoom
    theme().refresh()
    row = QWidget()
    qtbot.addWidget(row)
    theme().dress(row)
    column = QVBoxLayout(row)
    parts = [Button("Close"), Button("Stop", icon="stop"), Button("Use", kind="primary")]
    for part in parts:
        column.addWidget(part)
    row.show()
    assert len({part.sizeHint().height() for part in parts}) == 1


def test_zoom_stays_within_its_steps(qapp: QApplication):
    for _ in range(40):
        theme().step_zoom(1)
    assert theme().zoom == ZOOMS[-1]
    for _ in range(40):
        theme().step_zoom(-1)
    assert theme().zoom == ZOOMS[0]
