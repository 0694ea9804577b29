"""What the thread knows about one message, whether it is drawn or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from memos_engine.types import (
    Candidate,
    ChangeKind,
    Memory,
    MemoryChanges,
    Message,
    MessageState,
    Recalled,
    Role,
    State,
)

TAKEN_BACK = {ChangeKind.ARCHIVED, ChangeKind.FORGOTTEN}
NEW = {ChangeKind.ADDED, ChangeKind.UPDATED, ChangeKind.MERGED}


@dataclass
class Learned:
    """One memory that a turn made, replaced or took out."""

    memory_id: str
    memory: Memory
    replaced: bool = False
    """A newer one holds instead."""
    gone: bool = False
    """It is in the trash."""
    forgotten: bool = False
    """It is erased: its text is not shown any more."""
    proposed: bool = False
    """It was asked about before it was remembered."""
    taught: bool = True
    """The turn made or replaced it; else it only took it out, or found it in the trash."""

    @property
    def waits(self) -> bool:
        """Whether it is remembered only once the person says so."""
        return self.memory.state is State.GENERATED and not self.gone


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
            Learned(
                change.memory_id,
                change.memory,
                replaced=change.kind is ChangeKind.SUPERSEDED,
                proposed=change.memory.state is State.GENERATED,
            )
            for change in changes.memories
            if change.memory is not None and change.kind in NEW | {ChangeKind.SUPERSEDED}
        ]

    def unlearn(self, changes: MemoryChanges, used: Sequence[Recalled]) -> None:
        """Take in what the program put into the trash on the person's word, or found there; what fell with it is not
        told of."""
        removed = [change.memory for change in changes.memories if change.kind is ChangeKind.ARCHIVED and change.memory]
        fell = {memory.id for memory in removed if memory.parent_id in changes.ids}
        found = [item.memory for item in used if item.memory.state is State.ARCHIVED]
        self.learned += [
            Learned(memory.id, memory, gone=True, taught=False)
            for memory in (*removed, *found)
            if memory.id not in fell
        ]

    def recall(self, found: Mapping[str, Memory]) -> None:
        """Rebuild what the turn remembered, in an earlier sitting, from the memories that are still there."""
        memories = [found[memory_id] for memory_id in self.looked_up if memory_id in found]
        self.learned = [
            Learned(
                memory.id,
                memory,
                replaced=memory.recorded_to is not None,
                gone=memory.state not in (State.ACTIVATED, State.GENERATED),
                proposed=memory.state is State.GENERATED,
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
            entry.forgotten = change.kind is ChangeKind.FORGOTTEN
            if change.memory is not None:
                entry.memory = change.memory
        return different
