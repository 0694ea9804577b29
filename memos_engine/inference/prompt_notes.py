"""How a memory and a wish read in a prompt: one form for the chat, for training and for the benchmarks."""

from collections.abc import Sequence
from datetime import date, datetime

from memos_engine.inference.prompt import Note
from memos_engine.types import local

LONGEST_NOTE = 400
"""Characters; a longer memory is cut at a word."""
_LONGEST_WISH = 160
_ME = "me"


def tidy(text: str, told: date | None) -> Note:
    """A memory in its own words, with the day on which it was told."""
    return Note(_fitted(text), day(told) if told else "")


def former(text: str, told: date | None, until: date) -> Note:
    """A memory that held until a day, for a question that looks back."""
    return Note(f"{_fitted(text)} (until {day(until)})", day(told) if told else "")


def quoted(text: str, told: date | None, speaker: str = _ME) -> Note:
    """A message word for word; `speaker` is "me" for the person, else a name, which then stands before it."""
    said = _fitted(text)
    return Note(said if speaker == _ME else f"{speaker}: {said}", day(told) if told else "", quote=True)


def passage(text: str, file: str) -> Note:
    """A passage of the file called `file` ("" where that is not known). It has no day."""
    return Note(f"From {file or 'a document'}: {_fitted(text)}", quote=True)


def wishes(own: str, said: Sequence[str]) -> str:
    """The standing instructions of a prompt: the person's own, then what they said in chats."""
    lines = "\n".join(f"- {shortened(' '.join(text.split()), _LONGEST_WISH)}" for text in said)
    return "\n".join(part for part in (own.strip(), f"The user wishes:\n{lines}" if lines else "") if part)


def day(when: date) -> str:
    """A date as people say it, of a time where they are: "3 March 2026"."""
    if isinstance(when, datetime) and when.tzinfo is not None:
        when = local(when)
    return f"{when.day} {when:%B %Y}"


def shortened(text: str, most: int) -> str:
    """`text`, cut at a word where it is longer than `most` characters."""
    if len(text) <= most:
        return text
    head, _, _ = text[:most].rpartition(" ")
    return (head or text[:most]) + " …"


def _fitted(text: str) -> str:
    return shortened(" ".join(text.split()), LONGEST_NOTE)
