"""Conversations and the chat turn."""

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from memos_engine.cube import conversations, messages
from memos_engine.cube.tables import ConversationRow
from memos_engine.errors import CancelledError, InputError, NotFoundError
from memos_engine.inference.sampling import Sampling
from memos_engine.lifecycle.provenance import Provenance
from memos_engine.reader.plain_text import is_visible, storable
from memos_engine.services.attachments import read_files
from memos_engine.services.chat_turn import ChatTurn
from memos_engine.services.home import OpenHome
from memos_engine.services.kept import (
    KeptConversation,
    cut_abandoned,
    message_place,
    new_conversation,
    texts_from_elsewhere,
)
from memos_engine.services.masked import MaskedQuestion
from memos_engine.services.place import Place
from memos_engine.services.prompting import Prompting
from memos_engine.services.temporary import TemporaryConversation, TemporaryConversations
from memos_engine.types import (
    Caller,
    CancelToken,
    ChatEvent,
    ChatListener,
    Comparison,
    ComparisonListener,
    ContextUse,
    Conversation,
    FileUse,
    MemoryCall,
    MemoryChanges,
    Message,
    Purpose,
    Reply,
    Role,
    Unsent,
)

Taken = TypeVar("Taken")
_LONGEST_TITLE = 200
_CHARACTERS_A_TOKEN = 4
"""Of English text, roughly: for the estimate while no model is loaded."""


def no_events(_: ChatEvent) -> None:
    """A listener for callers that only want the finished reply."""


class ChatService:
    """Conversations, their messages as a tree of branches, and one turn of chat.

    A temporary conversation lives in memory only: nothing is read, written or kept, and `close` or `lock` ends it.
    """

    def __init__(self, home: OpenHome) -> None:
        self._home = home
        self._temporary = TemporaryConversations()
        self._turns: dict[str, threading.RLock] = {}
        self._running: dict[CancelToken, Conversation] = {}
        home.when_opened(self._recover)
        home.when_closing(self._let_go)

    # --- conversations

    def conversations(self, query: str = "", *, archived: bool = False) -> tuple[Conversation, ...]:
        """Pinned first, then newest; `query` matches titles and bodies. Temporary ones are not listed."""
        grant = self._home.gate.admit(MemoryCall(Caller.WINDOW, Purpose.SEARCH, query))
        found: list[Conversation] = []
        for cube_id in grant.cube_ids:
            with self._home.shelf.get(cube_id).read() as session:
                rows = conversations.listed(session, query, archived=archived, scope=grant.scope)
                found += conversations.to_conversations(session, rows, cube_id)
        return tuple(sorted(found, key=lambda held: (held.pinned, held.updated), reverse=True))

    def create(self, *, cube_id: str | None = None, temporary: bool = False, memory_on: bool = True) -> Conversation:
        """A new, empty conversation in the given (default: the default) cube."""
        if temporary:
            self._home.require_open()
            return self._temporary.begin().conversation
        shelf = self._home.shelf
        made = new_conversation(shelf.get(cube_id) if cube_id else shelf.default(), memory_on=memory_on)
        self._home.publish(MemoryChanges(conversations=(made.id,)))
        return made

    def get(self, conversation_id: str) -> Conversation:
        """One conversation; `NotFoundError`."""
        return self._place(conversation_id).conversation

    def thread(self, conversation_id: str) -> tuple[Message, ...]:
        """The messages of the branch that is shown, oldest first."""
        return self._shown(self._place(conversation_id))

    def attached(self, use: FileUse) -> str:
        """The text of an attached file that a reply had passages of. Raises `NotFoundError` once it was forgotten."""
        place, _ = self._message(use.message_id)
        for file in place.files(use.message_id):
            if file.id == use.document_id:
                return file.text
        raise NotFoundError("This file is not kept any more.", "It went with the message that it came with.")

    def locate(self, message_id: str) -> Conversation:
        """The conversation of a message, its branch switched so that `thread` shows it; `NotFoundError`."""
        held = self._temporary.find_message(message_id)
        if held is not None:
            held[0].show(message_id)
            return held[0].conversation
        place, _ = message_place(self._home, message_id)
        place.show(message_id, newest=False)
        return place.conversation

    def rename(self, conversation_id: str, title: str) -> MemoryChanges:
        """Give it a title."""
        kept = " ".join(storable(title).split())[:_LONGEST_TITLE]
        if not is_visible(kept):
            raise InputError("A title cannot be empty.", "Write a few words.")
        held = self._temporary.find(conversation_id)
        if held is not None:
            held.rename(kept)
            return self._changed(conversation_id)
        return self._set(conversation_id, lambda row: setattr(row, "title", kept))

    def set_pinned(self, conversation_id: str, pinned: bool) -> MemoryChanges:
        """Pin it to the top of the list, or not."""
        return self._set(conversation_id, lambda row: setattr(row, "pinned", pinned))

    def set_archived(self, conversation_id: str, archived: bool) -> MemoryChanges:
        """Take it out of the list, or back."""
        return self._set(conversation_id, lambda row: setattr(row, "archived", archived))

    def set_memory(self, conversation_id: str, on: bool) -> MemoryChanges:
        """Whether its turns read and make memories."""
        if self._temporary.find(conversation_id) is not None:
            raise InputError("A temporary conversation has no memory.", "Begin an ordinary one.")
        return self._set(conversation_id, lambda row: setattr(row, "memory_on", on))

    def delete(self, conversation_id: str, *, forget_learned: bool) -> MemoryChanges:
        """Delete it; keep what was learned there (its quotes then stand on their own) or forget that too.

        A reply that is being written in it is stopped first.
        """
        self._stop(lambda held: held.id == conversation_id)
        if self._temporary.end(conversation_id):
            return self._changed(conversation_id)
        changes = self._home.lifecycle.delete_conversation(conversation_id, forget_learned=forget_learned)
        changes = replace(changes, conversations=tuple(dict.fromkeys((*changes.conversations, conversation_id))))
        self._home.publish(changes)
        return changes

    def draft(self, conversation_id: str) -> str:
        """The unsent text."""
        held = self._temporary.find(conversation_id)
        if held is not None:
            return held.draft
        with self._home.shelf.find_conversation(conversation_id).read() as session:
            return conversations.by_id(session, conversation_id).draft

    def save_draft(self, conversation_id: str, text: str) -> None:
        """Keep the unsent text, durable on return."""
        held = self._temporary.find(conversation_id)
        if held is not None:
            held.draft = text
            return
        with self._home.shelf.find_conversation(conversation_id).write() as session:
            row = conversations.by_id(session, conversation_id)
            row.draft = storable(text)
            conversations.save(session, row)

    def waiting(self, conversation_id: str) -> tuple[Unsent, ...]:
        """The messages that wait to be sent, oldest first."""
        return self._place(conversation_id).waiting()

    def save_waiting(self, conversation_id: str, unsent: Sequence[Unsent]) -> None:
        """Let these messages wait and no others, durable on return; those that were sent meanwhile do not."""
        self._place(conversation_id).save_waiting(unsent)

    # --- turns

    def send(
        self,
        conversation_id: str,
        text: str,
        *,
        attachments: Sequence[Path] = (),
        message_id: str = "",
        on_event: ChatListener = no_events,
        cancel: CancelToken | None = None,
    ) -> Reply:
        """One turn: keep the message, recall, answer, read the person's words, remember.

        `message_id` is that of an `Unsent` message: from the instant in which it is kept it waits no longer.
        Waits its turn for the model. A stop ends the decode within a token and keeps what was written, as cut. Raises
        `InputError` for a message without a visible character, and what the files and the model raise; when the model
        fails the message is kept, and `regenerate` with its id answers it.
        """
        place = self._place(conversation_id)

        def take(turn: ChatTurn) -> Reply:
            return turn.take(text, place.head(), read_files(attachments), message_id=message_id)

        return self._turn(place, on_event, cancel, take)

    def regenerate(
        self, message_id: str, *, on_event: ChatListener = no_events, cancel: CancelToken | None = None
    ) -> Reply:
        """Answer again beside the given reply: a new sibling, and the branch shows it.

        A message of the person's that has no reply yet is answered.
        """
        place, message = self._message(message_id)
        question = message
        if message.role is Role.ASSISTANT:
            if message.parent_id is None:
                raise InputError("This reply answers no message.", "Write a message instead.")
            question = place.thread(message.parent_id)[-1]
        return self._turn(place, on_event, cancel, lambda turn: turn.answer_again(question))

    def ask_without(
        self,
        message_id: str,
        memory_ids: Collection[str],
        *,
        on_text: ComparisonListener = lambda _text: None,
        cancel: CancelToken | None = None,
    ) -> Comparison:
        """Answer the question of a reply twice with the same seed: with what the reply used, and with these memories
        masked. Nothing of it is kept.

        Raises `InputError` for a message that is no reply, or did not use them; `CancelledError`; what the model
        raises.
        """
        place, reply = self._message(message_id)
        if reply.role is not Role.ASSISTANT or reply.parent_id is None:
            raise InputError("Only a reply can be asked for again.", "Choose a reply.")
        question = place.thread(reply.parent_id)[-1]
        token = cancel or CancelToken()

        def ask(_: ChatTurn) -> Comparison:
            return MaskedQuestion(self._home, place, question, reply).ask(memory_ids, on_text, token)

        return self._turn(place, no_events, token, ask)

    def edit(
        self, message_id: str, text: str, *, on_event: ChatListener = no_events, cancel: CancelToken | None = None
    ) -> Reply:
        """Branch at one of the person's messages: what was remembered from it and from the turns behind it is rolled
        back, except what the person confirmed or edited; then one turn with the new text and the same files."""
        place, message = self._message(message_id)
        if message.role is not Role.PERSON:
            raise InputError("Only your own messages can be edited.", "Regenerate a reply instead.")

        def take(turn: ChatTurn) -> Reply:
            return turn.take(text, message.parent_id, place.files(message_id))

        return self._turn(place, on_event, cancel, take)

    def show_branch(self, message_id: str) -> tuple[Message, ...]:
        """Show the branch that leads through this message; returns the thread."""
        place, _ = self._message(message_id)
        if isinstance(place, TemporaryConversation):
            place.show(message_id)
        else:
            place.show(message_id, newest=True)
        return self._shown(place)

    def context_use(self, conversation_id: str) -> ContextUse:
        """How full the model's context is with this conversation; an estimate while no model is loaded."""
        place = self._place(conversation_id)
        parts = Prompting(self._home, place).parts(place.head(), "")
        host = self._home.host
        if host.current is None:
            characters = sum(len(turn.text) for turn in parts.history) + len(parts.instructions)
            return ContextUse(characters // _CHARACTERS_A_TOKEN, self._home.settings.whole("model.context"))
        return ContextUse(host.build(parts, Sampling.from_settings(self._home.settings)).tokens, host.context)

    def keep_withheld(self, message_id: str) -> MemoryChanges:
        """Remember the recognised secrets of this message after all: the person said so."""
        store = self._home.shelf.find_message(message_id)
        with store.read() as session:
            row = messages.by_id(session, message_id)
        if not row.shown:
            raise InputError("This message stands on a branch that is not shown.", "Show its branch, and try again.")
        found = self._home.reader.read(row.text, time=row.time)
        secrets = [replace(candidate, withheld=False) for candidate in found if candidate.withheld]
        changes = self._home.lifecycle.absorb(store, secrets, Provenance(row.time, message_id=message_id))
        with store.write() as session:
            messages.set_quotable(session, message_id, True)
        changes = replace(changes, conversations=(row.conversation_id,))
        self._home.publish(changes)
        return changes

    # --- within

    def _place(self, conversation_id: str) -> "KeptConversation | TemporaryConversation":
        return self._temporary.find(conversation_id) or KeptConversation(self._home, conversation_id)

    def _message(self, message_id: str) -> "tuple[KeptConversation | TemporaryConversation, Message]":
        return self._temporary.find_message(message_id) or message_place(self._home, message_id)

    def _shown(self, place: "KeptConversation | TemporaryConversation") -> tuple[Message, ...]:
        thread = place.thread(place.head())
        if isinstance(place, KeptConversation):
            return texts_from_elsewhere(self._home, thread)
        return thread

    def _turn(
        self, place: Place, listener: ChatListener, cancel: CancelToken | None, take: Callable[[ChatTurn], Taken]
    ) -> Taken:
        """Turns of one conversation come one after the other, so that each sees the one before. One that still waits
        when the home is locked, or its conversation deleted, is not taken: `CancelledError`."""
        token = cancel or CancelToken()
        conversation = place.conversation
        lock = self._turns.setdefault(conversation.id, threading.RLock())
        self._running[token] = conversation
        try:
            with lock:
                if token.cancelled and not token.by_person:
                    raise CancelledError
                return take(ChatTurn(self._home, place, listener, token))
        finally:
            del self._running[token]

    def _set(self, conversation_id: str, change: Callable[[ConversationRow], None]) -> MemoryChanges:
        with self._home.shelf.find_conversation(conversation_id).write() as session:
            row = conversations.by_id(session, conversation_id)
            change(row)
            conversations.save(session, row)
        return self._changed(conversation_id)

    def _changed(self, conversation_id: str) -> MemoryChanges:
        changes = MemoryChanges(conversations=(conversation_id,))
        self._home.publish(changes)
        return changes

    def _recover(self) -> None:
        for store in self._home.shelf.all_open():
            cut_abandoned(store)

    def _let_go(self, cube_id: str | None) -> None:
        """Stop what is being written and wait for its end; at a lock, drop what was in memory only."""
        self._stop(lambda held: cube_id in (None, held.cube_id))
        if cube_id is None:
            self._turns.clear()
            self._temporary.clear()

    def _stop(self, which: Callable[[Conversation], bool]) -> None:
        running = [(token, self._turns[held.id]) for token, held in tuple(self._running.items()) if which(held)]
        for token, _ in running:
            token.cancel(by_person=False)
        for _, turn in running:
            with turn:
                pass
