"""What is known when a reply is written: the memories that stood in its prompt, and what the person said before it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from memos_engine.language.identify import identify
from memos_engine.reader.protocol import ME, ReadRequest
from memos_engine.support.agreement import Aliases, aliases
from memos_engine.support.clausal import Speech
from memos_engine.support.statements import Note, Statement, note_of, numbers, stems
from memos_engine.types import Candidate, Kind, Memory

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Doc

_LONGEST = 2_000
"""Characters of a message, or of a verbatim memory, that are read."""
_LONGEST_TEXT = 50_000
"""Characters of one that are searched for the words of a claim."""
_FIRST_PERSON = ("i", "my", "we", "our")
_VERBATIM = (Kind.MESSAGE, Kind.CHUNK)


@dataclass(frozen=True)
class Spoken:
    """What the person said in the conversation."""

    text: str
    time: datetime


def requests(memories: Sequence[Memory], said: Sequence[Spoken], language: str) -> Iterator[ReadRequest]:
    """What has to be read to know it: verbatim memories, and what was said."""
    for memory in memories:
        if memory.kind in _VERBATIM:
            time = memory.sources[0].time if memory.sources else memory.created
            yield ReadRequest(memory.text[:_LONGEST], time, speaker_of(memory), language)
    for turn in said:
        yield ReadRequest(turn.text[:_LONGEST], turn.time)


@dataclass(frozen=True)
class Text:
    """The words of a memory as they stand there, whatever was read in them."""

    owner: str | None
    stems: frozenset[str]
    figures: frozenset[str]
    english: bool
    is_verbatim: bool

    @classmethod
    def of(cls, owner: str | None, text: str, *, is_verbatim: bool) -> "Text":
        """The words of `text`."""
        return cls(owner, stems(text), numbers(text), identify(text) == "en", is_verbatim)


def speaker_of(memory: Memory) -> str:
    """Who speaks in a verbatim memory: "me" for the person, else a name."""
    return (memory.sources[0].speaker if memory.sources else "") or ME


class Known:
    """The notes of what is known, each with the memory that it is of (None: said in the conversation), and the texts
    that they were read in."""

    def __init__(self, memories: Sequence[Memory], said: Sequence[Spoken], read: Sequence[Sequence[Candidate]]) -> None:
        self.notes: list[Note] = []
        self.owners: list[str | None] = []
        self.turns = [turn.text[:_LONGEST_TEXT] for turn in said]
        self.texts = [
            Text.of(memory.id, f"{speaker_of(memory)}: {memory.text}", is_verbatim=memory.kind in _VERBATIM)
            for memory in memories
        ]
        self.statements: list[Statement] = []
        self.clauses: list[Statement] = []
        self.clause_owners: list[str] = []
        self.names: Aliases = {}
        self.verbatim = [
            (memory.id, memory.text[:_LONGEST], speaker_of(memory)) for memory in memories if memory.kind in _VERBATIM
        ]
        texts = iter(read)
        for memory in memories:
            if memory.kind in _VERBATIM:
                self._add(next(texts), memory.id)
            else:
                self.notes.append(note_of(memory))
                self.owners.append(memory.id)
        for found in texts:
            self._add(found, None)

    def take(self, taken: Sequence[Statement]) -> None:
        """The notes, taken apart."""
        self.statements = list(taken)
        self.names = aliases(taken)

    def take_clauses(self, docs: "Iterable[Doc]") -> None:
        """What the clauses of the verbatim memories state, beside what was read in them."""
        for (owner, _, speaker), doc in zip(self.verbatim, docs, strict=True):
            for statement in Speech(_FIRST_PERSON, speaker=speaker).statements(doc):
                self.clauses.append(statement)
                self.clause_owners.append(owner)

    def called(self) -> frozenset[str]:
        """The names of those whom something known is about, in lower case."""
        return frozenset(name for statement in (*self.statements, *self.clauses) for name in statement.called)

    def names_somebody(self, subject: str) -> bool:
        """Whether something known is about `subject`, or about somebody called so."""
        wanted = subject.casefold()
        return any(note.subject.casefold() == wanted or wanted in note.text.casefold() for note in self.notes)

    def _add(self, found: Sequence[Candidate], owner: str | None) -> None:
        for candidate in found:
            for each in (candidate, *candidate.inferred):
                self.notes.append(note_of(each))
                self.owners.append(owner)
