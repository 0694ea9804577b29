"""Conversations and the chat turn."""

from collections.abc import Sequence
from pathlib import Path

from memos_engine.types import (
    CancelToken,
    ChatEvent,
    ChatListener,
    ContextUse,
    Conversation,
    MemoryChanges,
    Message,
    Reply,
)


def no_events(_: ChatEvent) -> None:
    """A listener for callers that only want the finished reply."""


class ChatService:
    """Conversations, their messages as a tree of branches, and one turn of chat.

    A temporary conversation lives in memory only: nothing is read, written or kept, and `close` or `lock` ends it.
    """

    def conversations(self, query: str = "", *, archived: bool = False) -> tuple[Conversation, ...]:
        """Pinned first, then newest; `query` matches titles and bodies. Temporary ones are not listed."""
        raise NotImplementedError

    def create(self, *, cube_id: str | None = None, temporary: bool = False, memory_on: bool = True) -> Conversation:
        """A new, empty conversation in the given (default: the default) cube."""
        raise NotImplementedError

    def get(self, conversation_id: str) -> Conversation:
        """One conversation; `NotFoundError`."""
        raise NotImplementedError

    def thread(self, conversation_id: str) -> tuple[Message, ...]:
        """The messages of the branch that is shown, oldest first."""
        raise NotImplementedError

    def locate(self, message_id: str) -> Conversation:
        """The conversation of a message, its branch switched so that `thread` shows it; `NotFoundError`."""
        raise NotImplementedError

    def rename(self, conversation_id: str, title: str) -> MemoryChanges:
        """Give it a title."""
        raise NotImplementedError

    def set_pinned(self, conversation_id: str, pinned: bool) -> MemoryChanges:
        """Pin it to the top of the list, or not."""
        raise NotImplementedError

    def set_archived(self, conversation_id: str, archived: bool) -> MemoryChanges:
        """Take it out of the list, or back."""
        raise NotImplementedError

    def set_memory(self, conversation_id: str, on: bool) -> MemoryChanges:
        """Whether its turns read and make memories."""
        raise NotImplementedError

    def delete(self, conversation_id: str, *, forget_learned: bool) -> MemoryChanges:
        """Delete it; keep what was learned there (its quotes then stand on their own) or forget that too."""
        raise NotImplementedError

    def draft(self, conversation_id: str) -> str:
        """The unsent text."""
        raise NotImplementedError

    def save_draft(self, conversation_id: str, text: str) -> None:
        """Keep the unsent text, durable on return."""
        raise NotImplementedError

    def send(
        self,
        conversation_id: str,
        text: str,
        *,
        attachments: Sequence[Path] = (),
        on_event: ChatListener = no_events,
        cancel: CancelToken | None = None,
    ) -> Reply:
        """One turn: keep the message, recall, answer, read the person's words, remember.

        Waits its turn for the model. A stop ends the decode within a token and keeps what was written, as cut.
        """
        raise NotImplementedError

    def regenerate(
        self, message_id: str, *, on_event: ChatListener = no_events, cancel: CancelToken | None = None
    ) -> Reply:
        """Answer again beside the given reply: a new sibling, and the branch shows it."""
        raise NotImplementedError

    def edit(
        self, message_id: str, text: str, *, on_event: ChatListener = no_events, cancel: CancelToken | None = None
    ) -> Reply:
        """Branch at one of the person's messages: what was remembered from it and from the turns behind it is rolled
        back, except what the person confirmed or edited; then one turn with the new text."""
        raise NotImplementedError

    def show_branch(self, message_id: str) -> tuple[Message, ...]:
        """Show the branch that leads through this message; returns the thread."""
        raise NotImplementedError

    def context_use(self, conversation_id: str) -> ContextUse:
        """How full the model's context is with this conversation."""
        raise NotImplementedError

    def keep_withheld(self, message_id: str) -> MemoryChanges:
        """Remember the recognised secrets of this message after all: the person said so."""
        raise NotImplementedError
