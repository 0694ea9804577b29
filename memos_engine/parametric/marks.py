"""Marks inside a sentence that is not finished: around values, which are copied letter by letter, and around names."""

import re

OPEN, CLOSE = "\ue000", "\ue001"
"""Around a slot's value."""
NAME_OPEN, NAME_CLOSE = "\ue002", "\ue003"
"""Around the name of a person of the life."""
_MARKS = str.maketrans("", "", OPEN + CLOSE + NAME_OPEN + NAME_CLOSE)


def marked(value: str) -> str:
    """`value` in its marks."""
    return f"{OPEN}{value}{CLOSE}"


def named(name: str) -> str:
    """A person's name in its marks."""
    return f"{NAME_OPEN}{name}{NAME_CLOSE}"


def unmarked(text: str) -> str:
    """`text` without marks."""
    return text.translate(_MARKS)


def without_values(text: str) -> str:
    """`text` with names marked, and its values no longer."""
    return text.replace(OPEN, "").replace(CLOSE, "")


def values_in(text: str) -> tuple[str, ...]:
    """The values that stand in marks, each once."""
    return tuple(dict.fromkeys(map(unmarked, re.findall(f"{OPEN}([^{CLOSE}]*){CLOSE}", text))))
