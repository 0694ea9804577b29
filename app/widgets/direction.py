"""Writing direction of a text."""

import unicodedata


def right_to_left(text: str) -> bool:
    """Whether its first strong letter (within 500 characters) is of a script that runs from right to left."""
    for letter in text[:500]:
        kind = unicodedata.bidirectional(letter)
        if kind in {"R", "AL"}:
            return True
        if kind == "L":
            return False
    return False
