"""Memories as people see them, what changes them, and what waits for a word."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from memos_engine.types.moment import now


class Kind(StrEnum):
    """What a memory is. `MESSAGE` is a verbatim turn: searchable and a source, listed only when asked for."""

    MESSAGE = "message"
    FACT = "fact"
    PREFERENCE = "preference"
    EVENT = "event"
    SKILL = "skill"
    CHUNK = "chunk"
    PERSONA = "persona"


class Origin(StrEnum):
    """Where a memory comes from."""

    WORDS = "words"
    HAND = "hand"
    DOCUMENT = "document"
    IMPORT = "import"
    INFERENCE = "inference"
    TRAINING = "training"


class State(StrEnum):
    """Life of a memory. `GENERATED` waits for the person's word; only `ACTIVATED` memories reach an answer.

    Every state but `FORGOTTEN` can be rolled back.
    """

    GENERATED = "generated"
    ACTIVATED = "activated"
    MERGED = "merged"
    ARCHIVED = "archived"
    EXPIRED = "expired"
    FORGOTTEN = "forgotten"


class Precision(StrEnum):
    """How exactly a valid time is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    MINUTE = "minute"


@dataclass(frozen=True)
class Source:
    """One piece of provenance: the span of a message, or of a page of a file, that a memory came from."""

    quote: str
    """The words of the span, verbatim."""
    start: int
    end: int
    time: datetime
    """When it was said or written."""
    message_id: str | None = None
    conversation_id: str | None = None
    conversation_title: str = ""
    speaker: str = ""
    """"me" for the person, else the speaker's name."""
    file: str | None = None
    """Name of the imported file (never its folder)."""
    page: int | None = None


@dataclass(frozen=True)
class Memory:
    """A memory item as people see it (the paper's three groups of metadata, flattened)."""

    id: str
    cube_id: str
    kind: Kind
    origin: Origin
    state: State
    text: str
    subject: str
    """Whom or what it is about: "me" for the person, else a name or relation ("Ana", "my sister")."""
    valid_from: datetime | None
    valid_to: datetime | None
    valid_precision: Precision | None
    recorded_from: datetime
    recorded_to: datetime | None
    """Closed when a newer memory replaced this one (`superseded_by`)."""
    created: datetime
    updated: datetime
    language: str
    tags: tuple[str, ...]
    pinned: bool
    frozen: bool
    priority: int
    sensitivity: tuple[str, ...]
    confidence: float
    confirmed: bool
    """The person wrote, edited, or confirmed it: an edited message no longer takes it along."""
    slot: str
    """What the memory answers ("residence", "employer"); empty when it is no changing attribute. Same subject and same
    slot, other value: the newer one supersedes."""
    value: str
    """The slot's value ("Utrecht")."""
    parent_id: str | None
    """The memory from which this one was inferred."""
    superseded_by: str | None
    lifespan: datetime | None
    use_count: int
    last_used: datetime | None
    versions: int
    sources: tuple[Source, ...] = ()

    @property
    def is_past(self) -> bool:
        """A newer memory has replaced it, or what it says has ended since it was told."""
        return self.recorded_to is not None or ended_by(self.kind, self.recorded_from, self.valid_to, now())


def ended_by(kind: Kind, recorded_from: datetime, valid_to: datetime | None, at: datetime) -> bool:
    """Whether what a memory says has ended by `at` since it was told. What happened stays happened."""
    return kind is not Kind.EVENT and valid_to is not None and recorded_from < valid_to <= at


@dataclass(frozen=True)
class MemoryVersion:
    """One step of a memory's history."""

    version: int
    text: str
    state: State
    valid_from: datetime | None
    valid_to: datetime | None
    time: datetime
    actor: str
    """`person`, `chat`, `import`, `lifecycle`."""
    reason: str
    """Why, as a short phrase: "remembered", "edited", "superseded by …", "moved to the trash"."""
    valid_precision: Precision | None = None


class ChangeKind(StrEnum):
    """What happened to a memory in an operation."""

    ADDED = "added"
    UPDATED = "updated"
    SUPERSEDED = "superseded"
    MERGED = "merged"
    ARCHIVED = "archived"
    RESTORED = "restored"
    FORGOTTEN = "forgotten"
    MOVED = "moved"


@dataclass(frozen=True)
class MemoryChange:
    """One memory that an operation changed. `previous_text` is set where the text changed or was superseded."""

    memory_id: str
    cube_id: str
    kind: ChangeKind
    memory: Memory | None = None
    """The memory as it is now; None when it was forgotten."""
    related_id: str | None = None
    """For SUPERSEDED the newer memory, for MERGED the surviving one, for MOVED the id before the move."""


@dataclass(frozen=True)
class MemoryChanges:
    """What one operation changed: returned by every changing call, and sent to whoever listens.

    `operation` is the key for undo (None: cannot be undone). The other fields tell pages what to refresh.
    """

    operation: str | None = None
    label: str = ""
    """What was done, for the undo button: "Forget 3 memories"."""
    undoes: str | None = None
    """The operation that this one took back."""
    memories: tuple[MemoryChange, ...] = ()
    conversations: tuple[str, ...] = ()
    cubes: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    review: bool = False
    """Whether the review list changed."""
    elsewhere: bool = False
    """Another process wrote: refresh everything that is shown."""
    traces: bool = False
    """What was forgotten is gone for every reader, but the disk refused to take its traces out of the file's pages:
    that is done after the next change, or when the cube is opened the next time."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the changed memories."""
        return tuple(change.memory_id for change in self.memories)


class SortKey(StrEnum):
    """Order of the list in Memories."""

    NEWEST = "newest"
    OLDEST = "oldest"
    VALID_TIME = "valid_time"
    TEXT = "text"
    MOST_USED = "most_used"
    RELEVANCE = "relevance"


@dataclass(frozen=True)
class MemoryFilter:
    """What Memories lists. Empty tuples mean "all".

    Of `kinds`: all but verbatim messages, and but passages of documents unless a query, an origin or the trash asks for
    them too.
    """

    query: str = ""
    kinds: tuple[Kind, ...] = ()
    cubes: tuple[str, ...] = ()
    states: tuple[State, ...] = (State.ACTIVATED,)
    origins: tuple[Origin, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    current_only: bool = True
    """Leave out what a newer memory has superseded."""
    pinned_only: bool = False
    conversation_id: str | None = None
    sort: SortKey = SortKey.NEWEST
    offset: int = 0
    limit: int = 200


@dataclass(frozen=True)
class MemoryPage:
    """A stretch of the filtered list and how many there are in all."""

    memories: tuple[Memory, ...]
    total: int
    by_meaning: bool = False
    """No memory holds the words that were searched for: these are near in meaning."""
    passages: int = 0
    """Passages of documents that the filter would list if it named their kind; told with the first stretch."""


class Agreement(StrEnum):
    """What a person decides on an entry of the review list."""

    KEEP_BOTH = "keep_both"
    KEEP_FIRST = "keep_first"
    KEEP_SECOND = "keep_second"
    MERGE = "merge"
    ACCEPT = "accept"
    REJECT = "reject"


class ReviewReason(StrEnum):
    """Why an entry is on the review list."""

    NEAR_DUPLICATE = "near_duplicate"
    CONTRADICTION = "contradiction"
    PENDING = "pending"


@dataclass(frozen=True)
class ReviewEntry:
    """A candidate that waits for a word (`PENDING`, `second` is None), or a pair that may be one or may contradict."""

    id: str
    reason: ReviewReason
    first: Memory
    second: Memory | None
    since: datetime


@dataclass(frozen=True)
class Echo:
    """Something else that says what is about to be forgotten: a message, a reply, a title, another memory."""

    kind: str
    """`message`, `reply`, `title`, `memory`."""
    id: str
    cube_id: str
    text: str
    """The whole text, for the person to judge."""
    start: int
    end: int
    exact: bool
    """The span that was the source itself: always erased. Others are offered to tick."""


@dataclass(frozen=True)
class ForgetPreview:
    """What forgetting would erase, and what else says the same."""

    memories: tuple[Memory, ...]
    inferred: tuple[Memory, ...]
    """What was inferred from them and falls with them."""
    echoes: tuple[Echo, ...]
