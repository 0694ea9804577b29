"""The window's tokens: colour roles with a light and a dark value each, type scale, spaces, radius, motion.

The only module with a literal colour. A page names roles, never colours.
"""

from dataclasses import dataclass, fields
from enum import StrEnum

SPACES = (4, 8, 12, 16, 24)
"""The five distances, in device-independent pixels at zoom 1."""

RADIUS = 6
"""The one corner radius, in device-independent pixels at zoom 1."""

MOTION_MS = 150
"""The longest transition, in milliseconds."""


class Size(StrEnum):
    """The type scale: four sizes on the system's font."""

    SMALL = "small"
    BODY = "body"
    TITLE = "title"
    DISPLAY = "display"


SCALE = {Size.SMALL: 0.88, Size.BODY: 1.0, Size.TITLE: 1.18, Size.DISPLAY: 1.6}
"""Each size as a factor of the system's font size."""


@dataclass(frozen=True)
class Roles:
    """What a colour is for → its value ("#rrggbb") in one scheme."""

    surface: str
    """Ground of the window."""
    raised: str
    """Ground of what lies on it: inputs, menus, cards."""
    sunken: str
    """Ground of what lies below it: rail, code."""
    text: str
    muted: str
    """Secondary text and icons."""
    accent: str
    """The primary action, links, focus."""
    on_accent: str
    danger: str
    on_danger: str
    caution: str
    """What is worth a second look: cut replies, memory off."""
    border: str
    selection: str
    """Ground of what is selected or pressed; `text` stands on it."""
    hover: str
    """Ground of what the pointer is over; `text` stands on it."""
    highlight: str
    """Ground of what was searched for; `text` stands on it."""
    own: str
    """Ground of the person's own messages; `text` stands on it."""
    code_keyword: str
    code_string: str
    code_comment: str
    code_number: str
    code_name: str
    cubes: tuple[str, ...]
    """Colours that tell cubes apart, also for the colour-blind (after Okabe and Ito)."""

    def __getitem__(self, role: str) -> str:
        """The colour of `role`; `KeyError` for an unknown one."""
        if role not in ROLE_NAMES:
            raise KeyError(role)
        return str(getattr(self, role))


ROLE_NAMES = frozenset(field.name for field in fields(Roles)) - {"cubes"}

LIGHT = Roles(
    surface="#f7f8fa",
    raised="#ffffff",
    sunken="#edf0f4",
    text="#1a1e26",
    muted="#566072",
    accent="#1f5fbf",
    on_accent="#ffffff",
    danger="#b3261e",
    on_danger="#ffffff",
    caution="#845400",
    border="#d8dde5",
    selection="#d3e3fb",
    hover="#e6eaf0",
    highlight="#ffe58f",
    own="#e4edfb",
    code_keyword="#7a2fa0",
    code_string="#1c6b32",
    code_comment="#566072",
    code_number="#8a4400",
    code_name="#174ea6",
    cubes=("#0072b2", "#c24e00", "#00795a", "#a8457f", "#8a6a00", "#4a55c4", "#5f6368", "#1f8299"),
)

DARK = Roles(
    surface="#17191e",
    raised="#202329",
    sunken="#111317",
    text="#e6e9ef",
    muted="#9ea8b8",
    accent="#82b1ff",
    on_accent="#0a1b36",
    danger="#ff8f85",
    on_danger="#3b0a06",
    caution="#e6b455",
    border="#353a45",
    selection="#29436a",
    hover="#2a2e37",
    highlight="#6a5000",
    own="#22304a",
    code_keyword="#d7a6f2",
    code_string="#8fd19e",
    code_comment="#9ea8b8",
    code_number="#f0b37e",
    code_name="#9cc2ff",
    cubes=("#56b4e9", "#f28e4b", "#3cc79c", "#e39bc4", "#e6c34a", "#a5adff", "#b4bac4", "#5fc9dd"),
)


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two "#rrggbb" colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
