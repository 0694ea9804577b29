"""Conversations, their messages, and what a turn of chat gives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from unicodedata import category
from uuid import uuid4

from memos_engine.types.abstention import abstains
from memos_engine.types.calls import Candidate, Recalled
from memos_engine.types.memories import Memory, MemoryChanges
from memos_engine.types.support import Support


def says_something(text: str) -> bool:
    """Whether there is a letter, a digit or a sign in it, and not only the points around what was erased."""
    return any(category(char)[0] in "LNS" for char in text)


class Role(StrEnum):
    """Who speaks in a conversation. `SPEAKER` is a named person of an imported conversation."""

    PERSON = "person"
    ASSISTANT = "assistant"
    SPEAKER = "speaker"


class MessageState(StrEnum):
    """`WRITING` while the reply streams; `CUT` when the program died or the person stopped it."""

    DONE = "done"
    WRITING = "writing"
    CUT = "cut"


class Ending(StrEnum):
    """Why a reply ended before its own end, where it is known: the person stopped it, or it reached its longest."""

    STOPPED = "stopped"
    LENGTH = "length"


@dataclass(frozen=True)
class UsedMemory:
    """A memory that a reply had in front of it, with its score at that time."""

    memory_id: str
    text: str
    score: float
    why: dict[str, float]


@dataclass(frozen=True)
class Passage:
    """A stretch of a file's text: its number among the file's passages, from 1, and the span."""

    number: int
    start: int
    end: int


@dataclass(frozen=True)
class FileUse:
    """What a reply had in front of it of an attached file."""

    document_id: str
    message_id: str
    """The message that the file came with."""
    name: str
    """Empty once the file was forgotten."""
    passages: tuple[Passage, ...]
    of: int
    """How many passages the file has."""


@dataclass(frozen=True)
class Message:
    """One message of a conversation's branch."""

    id: str
    conversation_id: str
    parent_id: str | None
    role: Role
    speaker: str
    text: str
    time: datetime
    state: MessageState = MessageState.DONE
    model: str = ""
    used: tuple[UsedMemory, ...] = ()
    written: tuple[str, ...] = ()
    """Ids of the memories made from it."""
    siblings: tuple[str, ...] = ()
    """Ids of the alternatives at this place, itself among them, oldest first."""
    attachments: tuple[str, ...] = ()
    """Names of attached files."""
    memory_on: bool = True
    ending: Ending | None = None
    """Of a reply. None: it came to its own end, or, where it is `CUT`, the program ended or locked before that."""
    support: tuple[Support, ...] = ()
    """Of a reply: its sentences that rest on memories, and those that claim what nothing supports, in their order."""
    files: tuple[FileUse, ...] = ()
    """Of a reply: what it had in front of it of attached files."""
    forgotten: datetime | None = None
    """When words of it were forgotten last, if ever: "…" stands in their place."""

    @property
    def abstains(self) -> bool:
        """Of a reply: whether it says that it does not know."""
        return self.role is Role.ASSISTANT and abstains(self.text)

    @property
    def is_forgotten(self) -> bool:
        """Whether no word is left of it."""
        return self.forgotten is not None and not says_something(self.text)


@dataclass(frozen=True)
class Unsent:
    """A message that is not sent yet. Its files are read when it is; it keeps its id as a message."""

    text: str
    attachments: tuple[Path, ...] = ()
    id: str = field(default_factory=lambda: uuid4().hex, compare=False)


@dataclass(frozen=True)
class Conversation:
    """A conversation as the list shows it."""

    id: str
    cube_id: str
    title: str
    created: datetime
    updated: datetime
    pinned: bool = False
    archived: bool = False
    temporary: bool = False
    memory_on: bool = True
    messages: int = 0
    imported: bool = False


@dataclass(frozen=True)
class ContextUse:
    """How full the model's context is, in tokens."""

    used: int
    size: int


@dataclass(frozen=True)
class TokenCounts:
    """Tokens of one reply: of the prompt, of it restored instead of prefilled, and generated."""

    prompt: int
    reused: int
    generated: int


@dataclass(frozen=True)
class Reply:
    """A finished turn."""

    conversation_id: str
    question: Message
    message: Message
    used: tuple[Recalled, ...]
    changes: MemoryChanges
    """What was remembered (and superseded, merged …) from the person's words."""
    withheld: tuple[Candidate, ...] = ()
    """Recognised secrets that were not remembered."""
    tokens: TokenCounts = TokenCounts(0, 0, 0)
    ttft_ms: float = 0.0
    """Time to first token."""


@dataclass(frozen=True)
class Comparison:
    """A question answered twice with the same seed: with the memories that a reply had, and with some masked."""

    question: Message
    masked: tuple[Memory, ...]
    whole: str
    without: str


@dataclass(frozen=True)
class ComparisonText:
    """Event: one of the two replies grew by `text`; `masked` tells which."""

    masked: bool
    text: str


ComparisonListener = Callable[[ComparisonText], None]


@dataclass(frozen=True)
class MemoriesUsed:
    """Event: recall is done and these memories go into the prompt."""

    question: Message
    used: tuple[Recalled, ...]


@dataclass(frozen=True)
class Prefilled:
    """Event: progress of the prompt through the model, in tokens."""

    done: int
    total: int


@dataclass(frozen=True)
class TextDelta:
    """Event: the reply grew by `text`; `message_id` is the durable message that it grows in."""

    message_id: str
    text: str


ChatEvent = MemoriesUsed | Prefilled | TextDelta
ChatListener = Callable[[ChatEvent], None]
