"""Temporary conversations: in memory only; nothing is read, written or kept."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from memos_engine.cube.ids import new_id
from memos_engine.errors import NotFoundError
from memos_engine.services.attachments import AttachedFile
from memos_engine.services.wording import title_of
from memos_engine.types import (
    Candidate,
    Conversation,
    Ending,
    FileUse,
    MemoryChanges,
    Message,
    MessageState,
    Recalled,
    Role,
    Support,
    Unsent,
    now,
)


class TemporaryConversation:
    """The `Place` of a temporary conversation."""

    remembers = False

    def __init__(self) -> None:
        time = now()
        self.conversation = Conversation(new_id(), "", "", time, time, temporary=True, memory_on=False)
        self.draft = ""
        self._messages: dict[str, Message] = {}
        self._files: dict[str, tuple[AttachedFile, ...]] = {}
        self._waiting: tuple[Unsent, ...] = ()
        self._head: str | None = None
        self._lock = threading.RLock()

    def thread(self, until: str | None) -> tuple[Message, ...]:
        """The branch that ends with message `until`, oldest first, each with its siblings."""
        path: list[Message] = []
        with self._lock:
            while until is not None:
                message = self._messages[until]
                path.append(replace(message, siblings=self._siblings(message)))
                until = message.parent_id
        return tuple(reversed(path))

    def head(self) -> str | None:
        """The last message of the branch that is shown."""
        return self._head

    def message(self, message_id: str) -> Message:
        """One message; `NotFoundError`."""
        found = self._messages.get(message_id)
        if found is None:
            raise NotFoundError("There is no message with this id.", "Its conversation may have ended.")
        return found

    def show(self, message_id: str) -> None:
        """Show the newest branch through a message."""
        with self._lock:
            head = message_id
            while below := [message.id for message in self._messages.values() if message.parent_id == head]:
                head = below[-1]
            self._head = head

    def ask(
        self,
        text: str,
        parent_id: str | None,
        files: Sequence[AttachedFile],
        *,
        unread: bool,  # noqa: ARG002
        quotable: bool,  # noqa: ARG002
        message_id: str,
    ) -> Message:
        """Take up what the person says and attached."""
        message = Message(
            message_id, self.conversation.id, parent_id, Role.PERSON, "me", text, now(),
            attachments=tuple(file.name for file in files), memory_on=False,
        )  # fmt: skip
        self._files[message.id] = tuple(replace(file, id=new_id(), message_id=message.id) for file in files)
        title = self.conversation.title or title_of(text)
        self._put(message, title)
        self.save_waiting(self._waiting)
        return self.thread(message.id)[-1]

    def waiting(self) -> tuple[Unsent, ...]:
        """What waits to be sent, oldest first."""
        return self._waiting

    def save_waiting(self, unsent: Sequence[Unsent]) -> None:
        """Let these wait, and no others; those that are messages by now do not."""
        with self._lock:
            self._waiting = tuple(one for one in unsent if one.id not in self._messages)

    def files(self, message_id: str) -> tuple[AttachedFile, ...]:
        """What is attached to a message."""
        return self._files.get(message_id, ())

    @contextmanager
    def reply(self, question: Message, model: str) -> Iterator["TemporaryReply"]:
        """A reply that is being written."""
        message = Message(
            new_id(), self.conversation.id, question.id, Role.ASSISTANT, "assistant", "", now(), MessageState.WRITING,
            model, memory_on=False,
        )  # fmt: skip
        self._put(message, self.conversation.title)
        draft = TemporaryReply(self, message)
        try:
            yield draft
        finally:
            if self._messages[message.id].state is MessageState.WRITING:
                draft.end(draft.text, MessageState.CUT, ())

    def keep_support(self, reply: Message, found: Sequence[Support]) -> Message:
        """What the sentences of a finished reply rest on, while the conversation lasts."""
        return self.change(replace(reply, support=tuple(found)))

    def absorb(self, question: Message, candidates: Sequence[Candidate], *, ask: bool) -> MemoryChanges:  # noqa: ARG002
        """Nothing is remembered here."""
        return MemoryChanges()

    def set_quotable(self, question: Message, quotable: bool) -> None:
        """Nothing of it is kept anyway."""

    def change(self, message: Message) -> Message:
        """Put a changed message in the place of the one with its id."""
        with self._lock:
            self._messages[message.id] = message
        return self.thread(message.id)[-1]

    def rename(self, title: str) -> None:
        """Give it a title, while it lasts."""
        self.conversation = replace(self.conversation, title=title)

    def _put(self, message: Message, title: str) -> None:
        with self._lock:
            self._messages[message.id] = message
            self._head = message.id
            self.conversation = replace(
                self.conversation, title=title, updated=message.time, messages=len(self._messages)
            )

    def _siblings(self, message: Message) -> tuple[str, ...]:
        return tuple(other.id for other in self._messages.values() if other.parent_id == message.parent_id)


class TemporaryReply:
    """The `ReplyDraft` of a reply that is not kept."""

    def __init__(self, place: TemporaryConversation, message: Message) -> None:
        self._place = place
        self.message = message
        self.text = ""

    def grow(self, text: str) -> None:
        """The text so far."""
        self.text = text

    def end(
        self,
        text: str,
        state: MessageState,
        used: Sequence[Recalled],  # noqa: ARG002
        ending: Ending | None = None,
        files: Sequence[FileUse] = (),
    ) -> Message:
        """The whole text."""
        ended = replace(self.message, text=text, state=state, ending=ending, files=tuple(files))
        return self._place.change(ended)


class TemporaryConversations:
    """The temporary conversations of this run, by id; `clear` ends them all."""

    def __init__(self) -> None:
        self._places: dict[str, TemporaryConversation] = {}

    def begin(self) -> TemporaryConversation:
        """A new one."""
        place = TemporaryConversation()
        self._places[place.conversation.id] = place
        return place

    def find(self, conversation_id: str) -> TemporaryConversation | None:
        """The one with this id, or None."""
        return self._places.get(conversation_id)

    def find_message(self, message_id: str) -> tuple[TemporaryConversation, Message] | None:
        """The one that holds a message, and the message, or None."""
        for place in tuple(self._places.values()):
            try:
                return place, place.message(message_id)
            except NotFoundError:
                continue
        return None

    def end(self, conversation_id: str) -> bool:
        """Drop one; whether there was one."""
        return self._places.pop(conversation_id, None) is not None

    def clear(self) -> None:
        """Drop all."""
        self._places.clear()
