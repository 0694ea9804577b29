"""What every reader promises."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from memos_engine.types import Candidate

ME = "me"
"""The subject and speaker that stands for the person whose memory this is."""


@dataclass(frozen=True)
class ReadRequest:
    """One text to read. `speaker` is "me", or the name of whoever speaks in the first person."""

    text: str
    time: datetime
    """When it was said: relative dates count from here."""
    speaker: str = ME
    language: str | None = None
    """ISO 639-1; None: to be identified."""


class Reader(Protocol):
    """Turns a message or a document into candidate memories.

    Every candidate quotes its span verbatim (`text[start:end] == quote`) and says nothing that is not there. Text in a
    language that the reader does not know gives no candidates: it stays searchable as the verbatim message that it is.
    """

    name: str

    def read(self, text: str, *, time: datetime, speaker: str = ME, language: str | None = None) -> list[Candidate]:
        """Candidates of one text, in the order of their spans."""
        ...

    def read_many(self, requests: Iterable[ReadRequest]) -> Iterator[list[Candidate]]:
        """The same for many texts, in order, faster than one by one."""
        ...
