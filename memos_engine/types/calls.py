"""Reading and recalling: candidates, the `MemoryCall` that every read is, and what it finds."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from memos_engine.types.memories import Kind, Memory, Origin, Precision


@dataclass(frozen=True)
class Candidate:
    """What a reader proposes to remember from one text. It quotes its span and adds nothing that is not there."""

    text: str
    kind: Kind
    subject: str
    quote: str
    start: int
    end: int
    origin: Origin = Origin.WORDS
    slot: str = ""
    value: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    valid_precision: Precision | None = None
    language: str = "en"
    confidence: float = 1.0
    sensitivity: tuple[str, ...] = ()
    """Tags such as "health", "finance"; of withheld secrets "secret"."""
    tags: tuple[str, ...] = ()
    withheld: bool = False
    """A secret was recognised: not to be remembered unless the person says so."""
    ends: bool = False
    """It says that a state of the slot ended ("I no longer work at Philips"): closes the old one."""
    inferred: tuple["Candidate", ...] = ()
    """What follows from it by the table of consequences."""


class Caller(StrEnum):
    """Who reads memory."""

    CHAT = "chat"
    WINDOW = "window"
    COMMAND = "command"
    READER = "reader"
    SCHEDULER = "scheduler"


class Purpose(StrEnum):
    """What memory is read for."""

    ANSWER = "answer"
    BROWSE = "browse"
    SEARCH = "search"
    EXPORT = "export"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True)
class MemoryCall:
    """Every read of memory: the single argument of the gate and of retrieval (MemReader's `MemoryCall`, paper §5.2).

    `as_of` asks what was true then; None asks what is true now. `cubes` empty: all that the caller may read.
    """

    caller: Caller
    purpose: Purpose
    query: str = ""
    cubes: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    as_of: datetime | None = None
    former: bool = False
    """Memories too that held before: for a question that looks back."""
    limit: int = 10
    temporary: bool = False
    """From a temporary chat: nothing is read."""
    memory_on: bool = True
    exclude_messages: tuple[str, ...] = ()
    """Message ids already in the prompt."""


@dataclass(frozen=True)
class Recalled:
    """A ranked memory with the parts of its score, so that "why this?" can be shown."""

    memory: Memory
    score: float
    """In [0, 1]: comparable within one answer."""
    why: dict[str, float] = field(default_factory=dict)
    """Signal → contribution: `lexical`, `dense`, `context`, `recency`, `pinned`, `person` …"""


class HitKind(StrEnum):
    """Where Ctrl+K found something."""

    CONVERSATION = "conversation"
    MESSAGE = "message"
    MEMORY = "memory"


@dataclass(frozen=True)
class SearchHit:
    """One line of Ctrl+K: `id` opens it; `conversation_id` for titles and messages."""

    kind: HitKind
    id: str
    cube_id: str
    text: str
    time: datetime
    conversation_id: str | None = None
