"""Conversation files into staged messages."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from sqlmodel import Session, col, select

from memos_engine.cube import conversations, items, messages
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ConversationRow, ItemRow, MessageRow
from memos_engine.errors import NotFoundError
from memos_engine.language.identify import identify
from memos_engine.reader.secrets import find_secrets
from memos_engine.reader.transcripts import Fault, TranscriptLine
from memos_engine.types import Role

ROWS_A_WRITE = 256
"""Messages of one write: a chat waits for no more than these."""
ME, ASSISTANT = "me", "assistant"


@dataclass(frozen=True)
class Rewording:
    """A message that is there already, and its new text."""

    message_id: str
    text: str


@dataclass
class TranscriptPlan:
    """What a file brings: new messages in the order in which they were said, by conversation; new versions; and how
    many lines say what is there already."""

    fresh: dict[str, list[TranscriptLine]] = field(default_factory=dict)
    reworded: list[Rewording] = field(default_factory=list)
    conversations: set[str] = field(default_factory=set)
    """Ids of the conversations that they change."""
    skipped: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def added(self) -> int:
        """How many messages are new."""
        return sum(map(len, self.fresh.values()))


def conversation_id(cube_id: str, name: str) -> str:
    """The id in this home of the conversation that a file calls `name`: the same at every import into the cube."""
    return "i" + hashlib.blake2b(f"{cube_id}\0{name}".encode(), digest_size=10).hexdigest()


def planned(session: Session, cube_id: str, lines: Sequence[TranscriptLine], import_id: str) -> TranscriptPlan:
    """Compare a file with what the cube holds. Of two lines with one id the later is a new version of the earlier."""
    plan = TranscriptPlan()
    held = messages.by_ids(session, [line.id for line in lines])
    fresh: dict[str, TranscriptLine] = {}
    reworded: dict[str, str] = {}
    for line in lines:
        place = conversation_id(cube_id, line.conversation)
        row, earlier = held.get(line.id), fresh.get(line.id)
        if row is not None:
            if row.import_id is None or row.conversation_id != place or (row.staged and row.import_id != import_id):
                plan.faults.append(Fault(line.line, "Another message has this “id” already."))
            elif reworded.get(line.id, row.text) == line.text:
                plan.skipped += 1
            else:
                reworded[line.id] = line.text
                plan.conversations.add(place)
        elif earlier is None:
            fresh[line.id] = line
            plan.conversations.add(place)
        elif earlier.conversation != line.conversation:
            plan.faults.append(Fault(line.line, "Another message has this “id” already."))
        else:
            plan.skipped += 1
            fresh[line.id] = replace(earlier, text=line.text)
    plan.reworded = [Rewording(message_id, text) for message_id, text in reworded.items()]
    for line in sorted(fresh.values(), key=lambda line: line.time):
        plan.fresh.setdefault(line.conversation, []).append(line)
    return plan


class ConversationGoneError(NotFoundError):
    """A conversation that an import continues was deleted while it ran: the import ends with it."""


def require_conversation(session: Session, place: str) -> None:
    """Raise `ConversationGoneError` unless the conversation that an import continues, or began, is there."""
    if session.exec(select(ConversationRow.id).where(col(ConversationRow.id) == place)).first() is None:
        raise ConversationGoneError(
            "A conversation of these files was deleted while they were being imported.",
            "Nothing of them was kept: import them again.",
        )


def stage(
    store: CubeStore, lines_by_conversation: dict[str, list[TranscriptLine]], import_id: str, *, unread: bool
) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    """Write new messages, staged, a few hundred at a time; yields how many, and their items (rowid, text to encode)."""
    for name, lines in lines_by_conversation.items():
        place = conversation_id(store.cube_id, name)
        with store.write() as session:
            parent = _begin(session, place, name, lines, import_id)
        rest = iter(lines)
        while some := list(islice(rest, ROWS_A_WRITE)):
            languages = [identify(line.text) for line in some]
            rows = []
            for line in some:
                rows.append(_row(line, place, parent, import_id, unread=unread))
                parent = line.id
            with store.write() as session:
                require_conversation(session, place)
                messages.add_many(session, rows, language=languages)
                added = session.exec(select(ItemRow).where(col(ItemRow.message_id).in_([row.id for row in rows])))
                written = [(row.rowid, items.indexed_text(row)) for row in added if row.rowid is not None]
            yield len(rows), written


def _begin(session: Session, place: str, name: str, lines: Sequence[TranscriptLine], import_id: str) -> str | None:
    """Make the conversation unless it is there; returns the message that the new ones follow."""
    own = select(MessageRow.id).where(col(MessageRow.conversation_id) == place, col(MessageRow.import_id) == import_id)
    last = session.exec(own.order_by(col(MessageRow.position).desc(), col(MessageRow.rowid).desc())).first()
    row = conversations.find(session, place)
    if last is not None or row is not None:
        return last or (row.head_id if row else None)
    conversations.add(
        session,
        ConversationRow(
            id=place,
            title=name,
            created=lines[0].time,
            updated=lines[-1].time,
            imported=True,
            import_id=import_id,
            staged=True,
        ),
    )
    return None


def _row(line: TranscriptLine, place: str, parent: str | None, import_id: str, *, unread: bool) -> MessageRow:
    role = {ME: Role.PERSON, ASSISTANT: Role.ASSISTANT}.get(line.speaker, Role.SPEAKER)
    return MessageRow(
        id=line.id,
        conversation_id=place,
        parent_id=parent,
        role=role,
        speaker=line.speaker,
        text=line.text,
        time=line.time,
        unread=unread and role is not Role.ASSISTANT,
        quotable=not find_secrets(line.text),
        import_id=import_id,
        staged=True,
    )
