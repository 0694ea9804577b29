"""Cubes, files, models, jobs and the vault, as the window and the command line show them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from memos_engine.types.memories import MemoryChanges
from memos_engine.types.work import Progress


@dataclass(frozen=True)
class CubeInfo:
    """A MemCube's header as the window shows it. A locked or damaged cube tells only id, name and that it is."""

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
    damaged: str = ""
    """What is wrong with it, in a sentence; empty for a cube that opens. It can be destroyed, or left as it is."""

    @property
    def usable(self) -> bool:
        """Whether it can be read and written."""
        return not self.locked and not self.damaged


@dataclass(frozen=True)
class IngestFailure:
    """Why a file, or a line of it, was not taken."""

    file: str
    line: int | None
    message: str
    hint: str = ""

    @property
    def told(self) -> str:
        """In one line: the file (once) and the line, what is wrong, and what to do."""
        if self.line:
            place = f"{self.file}, line {self.line}: "
        else:
            place = "" if self.file in self.message else f"{self.file}: "
        return f"{place}{self.message} {self.hint}".rstrip()


@dataclass(frozen=True)
class LeftOut:
    """Files (or folders) that an import passes over for one reason."""

    reason: str
    """Why, as a short phrase: ".mp3 cannot be read", "hidden"."""
    count: int


@dataclass(frozen=True)
class ImportPlan:
    """What an import would read, in order, and what it would leave out."""

    files: tuple[Path, ...]
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class IngestReport:
    """What an import did. A file with a failure added nothing. `changes.operation` takes the whole of it back."""

    added: int
    updated: int
    skipped: int
    failed: tuple[IngestFailure, ...]
    changes: MemoryChanges = field(default_factory=MemoryChanges)
    left_out: tuple[LeftOut, ...] = ()


class Fit(StrEnum):
    """Verdict on a model before anything loads."""

    FITS = "fits"
    SLOW = "slow"
    TOO_LARGE = "too_large"
    REJECTED = "rejected"


@dataclass(frozen=True)
class AdapterInfo:
    """A LoRA adapter that belongs to a chat model. Size in bytes."""

    path: Path
    name: str
    purpose: str
    rank: int
    file_size: int
    licence: str
    figures: tuple[tuple[str, float], ...]
    """What it measured with its model, by the benchmarks' names."""
    on: bool
    """Whether replies are made with it."""
    problem: str = ""
    """Why it cannot serve, in a sentence."""


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
    adapter: AdapterInfo | None = None


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
    """Why it failed, or stopped by itself."""
    cancellable: bool = True
    resumable: bool = False
    """Whether it was cancelled or failed, and can go on with what is left."""


class VaultState(StrEnum):
    """Whether there is a vault and whether it is open."""

    NEW = "new"
    LOCKED = "locked"
    OPEN = "open"


SHORTEST_PASSPHRASE = 8
"""Characters: a passphrase of fewer is not taken, wherever it is chosen."""


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
