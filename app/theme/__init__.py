"""How the window looks: tokens, icons, and the theme in force."""

from app.theme.theme import Theme, theme
from app.theme.tokens import Size

__all__ = ["Size", "Theme", "theme"]
