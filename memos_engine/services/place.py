"""Where the messages of one conversation live: in a cube, or, of a temporary conversation, in memory only."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from memos_engine.services.attachments import AttachedFile
from memos_engine.types import (
    Candidate,
    Conversation,
    Ending,
    FileUse,
    MemoryChanges,
    Message,
    MessageState,
    Recalled,
    Support,
    Unsent,
)


class ReplyDraft(Protocol):
    """A reply while it is being written."""

    @property
    def message(self) -> Message:
        """The message that grows."""
        ...

    def grow(self, text: str) -> None:
        """The text so far; kept every half second."""
        ...

    def end(
        self,
        text: str,
        state: MessageState,
        used: Sequence[Recalled],
        ending: Ending | None = None,
        files: Sequence[FileUse] = (),
    ) -> Message:
        """The whole text, as it stays, and the memories and files that it had before it; durable on return."""
        ...


class Place(Protocol):
    """One conversation and what a turn does to it. Every change is durable when it returns (but see temporary ones)."""

    @property
    def conversation(self) -> Conversation:
        """As it is now."""
        ...

    @property
    def remembers(self) -> bool:
        """Whether its turns may read and make memories."""
        ...

    def thread(self, until: str | None) -> tuple[Message, ...]:
        """The messages of the branch that ends with message `until`, oldest first; none for None."""
        ...

    def head(self) -> str | None:
        """The last message of the branch that is shown."""
        ...

    def ask(
        self,
        text: str,
        parent_id: str | None,
        files: Sequence[AttachedFile],
        *,
        unread: bool,
        quotable: bool,
        message_id: str,
    ) -> Message:
        """Keep what the person says and attached, below `parent_id`; what waited under this id waits no longer.

        `unread`: the reader has to look at it yet. `quotable`: answers may be made of its words.
        """
        ...

    def waiting(self) -> tuple[Unsent, ...]:
        """What waits to be sent, oldest first."""
        ...

    def save_waiting(self, unsent: Sequence[Unsent]) -> None:
        """Let these wait, and no others; those that are messages by now do not."""
        ...

    def files(self, message_id: str) -> tuple[AttachedFile, ...]:
        """What is attached to a message."""
        ...

    def reply(self, question: Message, model: str) -> AbstractContextManager[ReplyDraft]:
        """Keep a reply that is being written; one that is left unfinished is marked as cut."""
        ...

    def keep_support(self, reply: Message, found: Sequence[Support]) -> Message:
        """Keep what the sentences of a finished reply rest on; the reply with it."""
        ...

    def set_quotable(self, question: Message, quotable: bool) -> None:
        """Whether answers may be made of the words of a message. They are not where it only asks, or requests something
        of the program; they are where the person asked for it to be remembered."""
        ...

    def absorb(self, question: Message, candidates: Sequence[Candidate], *, ask: bool) -> MemoryChanges:
        """Remember what was read in the person's words."""
        ...
