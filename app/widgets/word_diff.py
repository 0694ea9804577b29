"""What changed between two versions of a text, word by word."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LONGEST = 4_000
"""Words above which texts are shown as replaced whole: comparing them would take seconds."""


class Change(StrEnum):
    """What happened to a stretch of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Stretch:
    """A stretch of text that is in both versions, or only in the old or the new one."""

    change: Change
    text: str


def word_diff(old: str, new: str) -> tuple[Stretch, ...]:
    """The new text with what went out of the old one, as stretches in reading order.

    Without the GONE stretches it reads as `new`, without the NEW ones as `old`.
    """
    old_words, new_words = _WORDS.findall(old), _WORDS.findall(new)
    if max(len(old_words), len(new_words)) > _LONGEST and old != new:
        old_words, new_words = [old], [new]
    return tuple(stretch for stretch in _stretches(old_words, new_words) if stretch.text)


def _stretches(old: list[str], new: list[str]) -> Iterator[Stretch]:
    for step, old_start, old_end, new_start, new_end in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if step == "equal":
            yield Stretch(Change.SAME, "".join(new[new_start:new_end]))
        else:
            yield Stretch(Change.GONE, "".join(old[old_start:old_end]))
            yield Stretch(Change.NEW, "".join(new[new_start:new_end]))
