"""Whether a memory's text says only what its message says: every content word must come from there."""

import re

from memos_engine.language.stemming import stem
from memos_engine.reader.phrasing import FRAME_WORDS
from memos_engine.reader.spelling import SHORTHAND, mended

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_DATE_WORDS = frozenset(
    "january february march april may june july august september october november december to".split()  # noqa: SIM905
)
_IRREGULAR = {
    "has": ("have", "ve"),
    "is": ("be", "am", "m", "s", "are"),
    "does": ("do",),
    "goes": ("go",),
    "cannot": ("can", "ca"),
}


def ungrounded(text: str, source: str) -> list[str]:
    """The content words of `text` that `source` does not hold in any form, in their order.

    Frame words of notes, dates in absolute words, and spelled-out chat shorthand count as said.
    """
    said = {word for raw in _WORD.findall(source.casefold().replace("’", "'")) for word in _forms(raw)}
    stems = {stem(word) for word in said}
    lost = []
    for word in _WORD.findall(text.casefold().replace("’", "'")):
        plain = word.removesuffix("'s")
        if (
            plain in FRAME_WORDS
            or plain in _DATE_WORDS
            or plain.isdigit()
            or re.fullmatch(r"\d+(?:st|nd|rd|th)", plain)
        ):
            continue
        known = any(form in said or stem(form) in stems for form in (plain, *_IRREGULAR.get(plain, ())))
        if not known and not all(stem(part) in stems for part in re.split(r"['-]", plain)):
            lost.append(word)
    return lost


def _forms(word: str) -> tuple[str, ...]:
    parts = tuple(part for part in re.split(r"['-]", word) if part)
    spelled = [full for part in (word, word.removesuffix("s"), *parts) for full in SHORTHAND.get(part, ())]
    spelled += [mend for part in (word, *parts) if (mend := mended(part))]
    return (word, word.removesuffix("'s"), word.removesuffix("s"), word.replace("children", "child"), *parts, *spelled)
