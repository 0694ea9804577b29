"""Cuts a long text into windows that the parser can take, at paragraph or sentence ends."""

import re
from collections.abc import Iterator

WINDOW = 4000
"""Characters of a window."""
_BREAKS = (re.compile(r"\n[ \t]*\n"), re.compile(r"\n"), re.compile(r"[.!?]['\")\]]?\s"), re.compile(r"\s"))


def windows(text: str, size: int = WINDOW) -> Iterator[tuple[int, int]]:
    """`[start, end)` of each window, in order, covering the text; each ends at the best break in its last half."""
    start = 0
    while len(text) - start > size:
        end = start + size
        for pattern in _BREAKS:
            ends = [found.end() for found in pattern.finditer(text, start + size // 2, start + size)]
            if ends:
                end = ends[-1]
                break
        yield start, end
        start = end
    if start < len(text) or not text:
        yield start, len(text)
