"""What the thread knows about one message, whether it is drawn or not."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from memos_engine.types import Candidate, ChangeKind, Memory, MemoryChanges, Message, MessageState, Role, State

TAKEN_BACK = {ChangeKind.ARCHIVED, ChangeKind.FORGOTTEN}
NEW = {ChangeKind.ADDED, ChangeKind.UPDATED, ChangeKind.MERGED}


@dataclass
class Learned:
    """One memory that a turn made or replaced. `gone`: taken back since."""

    memory_id: str
    memory: Memory
    replaced: bool
    gone: bool = False


@dataclass
class Row:
    """A message and what belongs under it. `pending`: not acknowledged by the engine yet."""

    message: Message
    pending: bool = False
    learned: list[Learned] = field(default_factory=list)
    operation: str | None = None
    """Undoes what the turn remembered."""
    withheld: tuple[Candidate, ...] = ()
    withheld_message: str = ""
    """The person's message that the secrets are in."""
    asks: bool = False
    """The memories wait on the review list."""
    looked_up: tuple[str, ...] = ()
    """Ids of the memories that were looked up for `learned`."""
    height: int | None = None
    """As measured at the present width."""
    guess: int | None = None
    """As estimated at the present width."""

    def unmeasured(self) -> None:
        """Its heights are no longer true."""
        self.height = self.guess = None

    @property
    def is_reply(self) -> bool:
        """Whether the assistant said it."""
        return self.message.role is Role.ASSISTANT

    @property
    def writing(self) -> bool:
        """Whether it is being written."""
        return self.message.state is MessageState.WRITING

    def learn(self, changes: MemoryChanges) -> None:
        """Take in what the turn remembered."""
        self.operation = changes.operation
        self.learned = [
            Learned(change.memory_id, change.memory, change.kind is ChangeKind.SUPERSEDED)
            for change in changes.memories
            if change.memory is not None and change.kind in NEW | {ChangeKind.SUPERSEDED}
        ]

    def recall(self, found: Mapping[str, Memory]) -> None:
        """Rebuild what the turn remembered, in an earlier sitting, from the memories that are still there."""
        memories = [found[memory_id] for memory_id in self.looked_up if memory_id in found]
        self.asks = any(memory.state is State.GENERATED for memory in memories)
        self.learned = [
            Learned(
                memory.id,
                memory,
                replaced=memory.recorded_to is not None,
                gone=memory.state not in (State.ACTIVATED, State.GENERATED),
            )
            for memory in memories
        ]

    def hear(self, changes: MemoryChanges) -> bool:
        """Bring what was learned up to date after a later change; whether anything is different."""
        different = False
        by_id = {change.memory_id: change for change in changes.memories}
        for entry in self.learned:
            change = by_id.get(entry.memory_id)
            if change is None:
                continue
            different = True
            entry.gone = change.kind in TAKEN_BACK
            if change.memory is not None:
                entry.memory = change.memory
        return different
