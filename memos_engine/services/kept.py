"""A conversation that lives in a cube: its turns are durable as they happen."""

import logging
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlmodel import Session, col, select

from memos_engine.cube import conversations, documents, items, messages, supports, waiting
from memos_engine.cube.ids import new_id
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ConversationRow, DocumentRow, MessageRow, WaitingRow
from memos_engine.errors import InUseError, MemosError
from memos_engine.language.identify import identify
from memos_engine.lifecycle.provenance import Provenance
from memos_engine.reader.plain_text import storable
from memos_engine.services import reading
from memos_engine.services.attachments import AttachedFile
from memos_engine.services.home import OpenHome
from memos_engine.services.reads import found, on_show
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
    UsedMemory,
    now,
)

_log = logging.getLogger(__name__)

SAVE_SECONDS = 0.5
"""How often a reply that grows is written down."""


class KeptConversation:
    """The `Place` of a conversation in a cube. Raises `NotFoundError` when it is not there."""

    def __init__(self, home: OpenHome, conversation_id: str) -> None:
        self._home = home
        self._store = home.shelf.find_conversation(conversation_id)
        self._id = conversation_id

    @property
    def store(self) -> CubeStore:
        """The cube that it lives in."""
        return self._store

    @property
    def conversation(self) -> Conversation:
        """As it is now."""
        with self._store.read() as session:
            row = conversations.by_id(session, self._id)
            return conversations.to_conversation(session, row, self._store.cube_id)

    @property
    def remembers(self) -> bool:
        """Whether memory is on in it."""
        with self._store.read() as session:
            return conversations.by_id(session, self._id).memory_on

    def thread(self, until: str | None) -> tuple[Message, ...]:
        """The branch that ends with message `until`, oldest first."""
        if until is None:
            return ()
        with self._store.read() as session:
            return tuple(messages.to_messages(session, messages.path_to(session, until), self._scope))

    def head(self) -> str | None:
        """The last message of the branch that is shown."""
        with self._store.read() as session:
            return conversations.by_id(session, self._id).head_id

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
        """Keep what the person says and attached; the first message of a conversation without a title gives it one."""
        language = identify(text)
        with self._following(parent_id) as session:
            conversation = conversations.by_id(session, self._id)
            row = MessageRow(
                id=message_id,
                conversation_id=self._id,
                parent_id=parent_id,
                role=Role.PERSON,
                text=text,
                time=messages.time_of_next(session),
                memory_on=conversation.memory_on,
                attachments=[file.name for file in files],
                unread=unread,
                quotable=quotable,
            )
            messages.add(session, row, language=language)
            waiting.sent(session, message_id)
            for file in files:
                kept = DocumentRow(
                    id=new_id(),
                    name=file.name,
                    media_type=file.media_type,
                    digest=file.digest,
                    message_id=row.id,
                )
                documents.add(session, kept, [file.text])
            self._give_title(session, text)
            return messages.to_message(session, row, self._scope)

    def show(self, message_id: str, *, newest: bool) -> None:
        """Show the branch that leads through a message, to its newest end; unless `newest`, a branch that does so
        already stays."""
        with self._store.read() as session:
            shown = messages.by_id(session, message_id).shown
            head = messages.leaf_below(session, message_id)
        if newest or not shown:
            with self._following(head):
                pass

    def waiting(self) -> tuple[Unsent, ...]:
        """What waits to be sent, oldest first."""
        with self._store.read() as session:
            rows = waiting.of_conversation(session, self._id)
            return tuple(Unsent(row.text, tuple(map(Path, row.files)), row.id) for row in rows)

    def save_waiting(self, unsent: Sequence[Unsent]) -> None:
        """Let these wait, and no others; those that are messages by now do not."""
        with self._store.write() as session:
            conversations.by_id(session, self._id)
            waiting.replace(session, self._id, [_waiting_row(self._id, one) for one in unsent])

    def files(self, message_id: str) -> tuple[AttachedFile, ...]:
        """What is attached to a message."""
        with self._store.read() as session:
            return tuple(
                AttachedFile(document.name, page.text, document.media_type, document.digest, document.id, message_id)
                for document, page in documents.attached(session, [message_id])
            )

    @contextmanager
    def reply(self, question: Message, model: str) -> Iterator["KeptReply"]:
        """Keep a reply that is being written. A lock beside the database tells other processes that somebody does."""
        row = MessageRow(
            id=new_id(),
            conversation_id=self._id,
            parent_id=question.id,
            role=Role.ASSISTANT,
            speaker="assistant",
            time=max(now(), question.time),
            state=MessageState.WRITING,
            model=model,
            memory_on=question.memory_on,
        )
        with _held(_lock_file(self._store.folder, row.id)):
            with self._following(question.id) as session:
                messages.add(session, row)
                message = messages.to_message(session, row, self._scope)
            draft = KeptReply(self._home, self._store, message)
            try:
                yield draft
            finally:
                draft.cut_unless_ended()

    def keep_support(self, reply: Message, found: Sequence[Support]) -> Message:
        """Keep what the sentences of a finished reply rest on."""
        with self._store.write() as session:
            if messages.find(session, reply.id) is None:
                return reply
            supports.keep(session, reply.id, found)
            kept = supports.of_messages(session, [reply.id]).get(reply.id, ())
        return replace(reply, support=kept)

    def absorb(self, question: Message, candidates: Sequence[Candidate], *, ask: bool) -> MemoryChanges:
        """Remember what was read in the person's words; the message counts as read."""
        provenance = Provenance(question.time, message_id=question.id)
        return self._home.lifecycle.absorb(self._store, candidates, provenance, actor="chat", ask=ask)

    def set_quotable(self, question: Message, quotable: bool) -> None:
        """Whether answers may be made of its words."""
        with self._store.write() as session:
            messages.set_quotable(session, question.id, quotable)

    @property
    def _scope(self) -> ItemScope:
        return on_show(self._home, self._store.cube_id).scope

    @contextmanager
    def _following(self, message_id: str | None) -> Iterator[Session]:
        """A write in which what is added follows a message: where another branch is shown, the memories follow too, and
        what of it could not be read while it was hidden is read now."""
        switches = self.head() != message_id
        with self._home.lifecycle.on_branch(self._store, self._id, message_id) as (change, done):
            # Before the block adds a message, which its turn reads.
            waits = switches and bool(messages.unread(change.session, 1))
            yield change.session
        for changes in done:
            if changes.memories:
                self._home.publish(replace(changes, conversations=(self._id,)))
        if waits:
            reading.go_on(self._home)

    def _give_title(self, session: Session, text: str) -> None:
        row = conversations.by_id(session, self._id)
        if not row.title:
            row.title = title_of(text)
            conversations.save(session, row)


class KeptReply:
    """The `ReplyDraft` of a reply in a cube."""

    def __init__(self, home: OpenHome, store: CubeStore, message: Message) -> None:
        self._home = home
        self._store = store
        self.message = message
        self._text = ""
        self._saved_at = time.monotonic()
        self._ended = False

    def grow(self, text: str) -> None:
        """The text so far, written down every `SAVE_SECONDS`."""
        self._text = text
        if time.monotonic() - self._saved_at >= SAVE_SECONDS:
            try:
                self._save(MessageState.WRITING)
            except InUseError:
                _log.info("what is written so far is kept with the next words: the cube is being written")
            self._saved_at = time.monotonic()

    def end(
        self,
        text: str,
        state: MessageState,
        used: Sequence[Recalled],
        ending: Ending | None = None,
        files: Sequence[FileUse] = (),
    ) -> Message:
        """The whole text, as it stays, and what it had before it, whose uses are counted in their own cubes."""
        self._text = text
        with self._store.write() as session:
            row = messages.by_id(session, self.message.id)
            row.ending = ending
            row.read_files = [_kept(use) for use in files]
            messages.save_text(session, row, text, state)
            messages.record_used(session, row.id, used)
            message = messages.to_message(session, row, on_show(self._home, self._store.cube_id).scope)
        self._ended = True
        elsewhere: dict[str, list[str]] = defaultdict(list)
        for recalled in used:
            if recalled.memory.cube_id != self._store.cube_id:
                elsewhere[recalled.memory.cube_id].append(recalled.memory.id)
        for cube_id, ids in elsewhere.items():
            try:
                with self._home.shelf.get(cube_id).write() as session:
                    items.mark_used(session, ids)
            except MemosError as error:  # locked or in use by now: the reply is there all the same
                _log.info("uses in cube %s were not counted: %s", cube_id, error.message)
        return replace(
            message,
            used=tuple(UsedMemory(item.memory.id, item.memory.text, item.score, dict(item.why)) for item in used),
        )

    def cut_unless_ended(self) -> None:
        """What was written stays, as cut, when the turn failed before its end."""
        if not self._ended:
            self._save(MessageState.CUT)

    def _save(self, state: MessageState) -> None:
        with self._store.write() as session:
            messages.save_text(session, messages.by_id(session, self.message.id), self._text, state)


def _kept(use: FileUse) -> dict[str, Any]:
    """As its reply keeps it: the file's name goes with the file."""
    return {key: value for key, value in asdict(use).items() if key != "name"}


def cut_abandoned(store: CubeStore) -> None:
    """Mark as cut the replies that were being written by processes that are gone, and remove the locks of these."""
    with store.read() as session:
        writing = session.exec(select(MessageRow.id).where(col(MessageRow.state) == MessageState.WRITING)).all()
    # A process can be gone with its lock before the reply is there, and after it has ended.
    locked = [file.stem.removeprefix("reply-") for file in store.folder.glob(_lock_file(store.folder, "*").name)]
    for message_id in {*writing, *locked}:
        file = _lock_file(store.folder, message_id)
        try:
            with FileLock(file, timeout=0), store.write() as session:
                row = messages.find(session, message_id)
                if row is not None and row.state is MessageState.WRITING:
                    messages.save_text(session, row, row.text, MessageState.CUT)
        except Timeout:
            continue
        file.unlink(missing_ok=True)


def texts_from_elsewhere(home: OpenHome, thread: Sequence[Message]) -> tuple[Message, ...]:
    """The thread with the texts of used memories that live in other cubes; those of locked cubes stay empty."""
    wanted = {used.memory_id for message in thread for used in message.used if not used.text}
    memories = found(home, on_show(home), wanted, with_sources=False)

    def filled(used: UsedMemory) -> UsedMemory:
        memory = memories.get(used.memory_id)
        return used if memory is None else replace(used, text=memory.text)

    return tuple(replace(message, used=tuple(map(filled, message.used))) for message in thread)


def _waiting_row(conversation_id: str, unsent: Unsent) -> WaitingRow:
    files = [str(file) for file in unsent.attachments]
    return WaitingRow(id=unsent.id, conversation_id=conversation_id, text=storable(unsent.text), files=files)


def new_conversation(store: CubeStore, *, memory_on: bool) -> Conversation:
    """Make an empty conversation in a cube."""
    with store.write() as session:
        row = conversations.add(session, ConversationRow(id=new_id(), memory_on=memory_on))
        return conversations.to_conversation(session, row, store.cube_id)


def message_place(home: OpenHome, message_id: str) -> tuple[KeptConversation, Message]:
    """The conversation of a message, and the message; `NotFoundError`."""
    store = home.shelf.find_message(message_id)
    with store.read() as session:
        message = messages.to_message(session, messages.by_id(session, message_id), on_show(home, store.cube_id).scope)
    return KeptConversation(home, message.conversation_id), message


@contextmanager
def _held(file: Path) -> Iterator[None]:
    try:
        with FileLock(file):
            yield
    finally:
        file.unlink(missing_ok=True)


def _lock_file(folder: Path, message_id: str) -> Path:
    return folder / f"reply-{message_id}.lock"
