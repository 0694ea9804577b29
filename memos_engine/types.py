"""Data that crosses borders: the frozen dataclasses and enumerations that every layer, window and command line share.

Times are timezone-aware UTC `datetime`s. Ids are opaque strings, unique in a home. Spans are half-open character ranges
`[start, end)` into the text of the message or page that they name.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from memos_engine.errors import CancelledError


def now() -> datetime:
    """The present, aware, in UTC, to the microsecond."""
    return datetime.now(UTC)


# --- long calls ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """How far a long call is. `total` is 0 while it is unknown; `unit` names what is counted ("items", "MB")."""

    done: int
    total: int = 0
    unit: str = "items"
    note: str = ""


ProgressCallback = Callable[[Progress], None]


def no_progress(_: Progress) -> None:
    """A progress callback for callers that show none."""


class CancelToken:
    """Set from any thread to stop a long call; the call looks at it often and leaves nothing half-done."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []

    def cancel(self) -> None:
        """Ask the call to stop."""
        self._event.set()
        with self._lock:
            listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener()

    def on_cancel(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` once, from the cancelling thread, when a stop is asked for (now, if it was); returns the way
        to end it. For calls that wait: nobody needs to look at the clock."""
        with self._lock:
            if not self._event.is_set():
                self._listeners.append(listener)
                return lambda: self._remove(listener)
        listener()
        return lambda: None

    def _remove(self, listener: Callable[[], None]) -> None:
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)

    @property
    def cancelled(self) -> bool:
        """Whether a stop was asked for."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise `CancelledError` when a stop was asked for."""
        if self._event.is_set():
            raise CancelledError


# --- memories ------------------------------------------------------------------------------------------------------


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
    memories: tuple[MemoryChange, ...] = ()
    conversations: tuple[str, ...] = ()
    cubes: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    review: bool = False
    """Whether the review list changed."""
    elsewhere: bool = False
    """Another process wrote: refresh everything that is shown."""

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
    """What Memories lists. Empty tuples mean "all" (of `kinds`: all but verbatim messages)."""

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


# --- reading and recalling -----------------------------------------------------------------------------------------


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


# --- chats ---------------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True)
class UsedMemory:
    """A memory that a reply had in front of it, with its score at that time."""

    memory_id: str
    text: str
    score: float
    why: dict[str, float]


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
    abstained: bool = False
    tokens: TokenCounts = TokenCounts(0, 0, 0)
    ttft_ms: float = 0.0
    """Time to first token."""


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


# --- cubes, files, models, jobs ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CubeInfo:
    """A MemCube's header as the window shows it. A locked cube tells only id, name and that it is locked."""

    id: str
    name: str
    locked: bool
    items: int = 0
    messages: int = 0
    conversations: int = 0
    created: datetime | None = None
    updated: datetime | None = None
    description: str = ""
    owner: str = ""
    origin: str = "own"
    format_version: int = 0
    chats_may_read: bool = True
    default: bool = False


@dataclass(frozen=True)
class IngestFailure:
    """Why a file, or a line of it, was not taken."""

    file: str
    line: int | None
    message: str
    hint: str = ""


@dataclass(frozen=True)
class IngestReport:
    """What an import did. A file with a failure added nothing."""

    added: int
    updated: int
    skipped: int
    failed: tuple[IngestFailure, ...]
    changes: MemoryChanges = MemoryChanges()


class Fit(StrEnum):
    """Verdict on a model before anything loads."""

    FITS = "fits"
    SLOW = "slow"
    TOO_LARGE = "too_large"
    REJECTED = "rejected"


@dataclass(frozen=True)
class ModelInfo:
    """A GGUF model: what its header says and whether this machine can run it. Sizes in bytes."""

    path: Path
    name: str
    architecture: str
    parameters: str
    """"135M"; empty when the header does not say."""
    quantization: str
    context_length: int
    licence: str
    file_size: int
    memory_needed: int
    memory_free: int
    fit: Fit
    reason: str
    """Why, in a sentence."""
    chat_template: bool
    digest: str = ""
    in_use: bool = False
    default: bool = False


@dataclass(frozen=True)
class EncoderInfo:
    """A sentence encoder folder: dimensions, longest input in tokens, and where a re-embedding stands."""

    path: Path
    name: str
    dimensions: int
    max_tokens: int
    in_use: bool


@dataclass(frozen=True)
class Licence:
    """Name and licence text of something that is shipped or fetched."""

    name: str
    version: str
    licence: str
    text: str = ""


class JobState(StrEnum):
    """Where a job of the queue stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class JobInfo:
    """A line of the list of long work. `rate` is units a second, `left_s` the seconds that remain (None: unknown)."""

    id: str
    label: str
    state: JobState
    progress: Progress
    rate: float = 0.0
    left_s: float | None = None
    error: str = ""
    cancellable: bool = True


class VaultState(StrEnum):
    """Whether there is a vault and whether it is open."""

    NEW = "new"
    LOCKED = "locked"
    OPEN = "open"


class Protector(StrEnum):
    """What can open the vault."""

    KEYRING = "keyring"
    PASSPHRASE = "passphrase"
    RECOVERY = "recovery"


@dataclass(frozen=True)
class VaultInfo:
    """State of the vault: its protectors, whether an OS keyring works here, and how long to wait after failed tries."""

    state: VaultState
    protectors: tuple[Protector, ...]
    keyring_available: bool
    keyring_name: str
    wait_s: float = 0.0


@dataclass(frozen=True)
class Status:
    """The answer of `memos status`."""

    home: Path
    locked: bool
    cubes: tuple[CubeInfo, ...]
    model: str
    encoder: str
    queue: tuple[JobInfo, ...]
    waiting_to_read: int = 0
    """Messages that are searchable and that the reader has not read yet."""
