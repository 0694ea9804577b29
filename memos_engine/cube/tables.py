"""The tables of a cube's database, as SQLModel classes. Full-text tables are raw SQL, in `migrations`.

Every table has an integer `rowid` key (labels of the vector index, rows of the full-text tables) and, where people or
scripts can name a row, an opaque `id`. `staged` rows belong to an import that is not complete: no read shows them.
"""

import json
from copy import copy
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, ForeignKey, Index, Integer, LargeBinary, String, Text, TypeDecorator
from sqlmodel import Field, SQLModel

from memos_engine.types import Ending, Kind, MessageState, Origin, Precision, Role, State

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept as whole microseconds since 1970 UTC (years 1 to 9999)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Microseconds of an aware time."""
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The aware time of microseconds."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class JsonText(TypeDecorator[Any]):
    """A small JSON value (list of tags, map of scores) as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002
        """Compact JSON."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """The parsed value."""
        return None if value is None else json.loads(value)


_NEVER_AGAIN = {"sqlite_autoincrement": True}
"""A rowid that was given once names no other row later: indexes outside the table hold it."""


def _time(*, nullable: bool = False, index: bool = False) -> Any:
    return Field(default=None, sa_column=Column(UtcTime, nullable=nullable, index=index))


def _json(default: Any) -> Any:
    return Field(default_factory=lambda: copy(default), sa_column=Column(JsonText, nullable=False))


class EnumText(TypeDecorator[StrEnum]):
    """A member of a `StrEnum`, kept as its value."""

    impl = String
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The value."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        """The member."""
        return None if value is None else self.members(value)


def _enum(members: type[StrEnum], default: StrEnum | None, *, index: bool = False) -> Any:
    return Field(default=default, sa_column=Column(EnumText(members), nullable=default is None, index=index))


def _refers(target: str, *, nullable: bool = True, cascade: bool = True) -> Any:
    rule = "CASCADE" if cascade else "SET NULL"
    return Field(
        default=None, sa_column=Column(String, ForeignKey(target, ondelete=rule), nullable=nullable, index=True)
    )


class Header(SQLModel, table=True):
    """The MemCube's header: one row."""

    rowid: int = Field(default=1, primary_key=True)
    cube_id: str
    name: str
    owner: str = ""
    description: str = ""
    origin: str = "own"
    format_version: int
    created: datetime = _time()
    updated: datetime = _time()
    chats_may_read: bool = True
    payload_models: list[str] = _json([])
    """Digests of the models that activation and parameter payloads belong to."""
    unscrubbed: int = 0
    """Writes that erased what may still stand in the file's pages: the next opening takes it out."""
    unguarded: int = 0
    """Items up to this rowid were kept when nobody looked for secrets in them yet."""


class ImportRow(SQLModel, table=True):
    """One import; its rows are staged until `completed`."""

    __tablename__ = "import"
    rowid: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    label: str
    started: datetime = _time()
    completed: datetime | None = _time(nullable=True)


class ConversationRow(SQLModel, table=True):
    """A conversation. `head_id` is the last message of the branch that is shown."""

    __tablename__ = "conversation"
    rowid: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    title: str = ""
    created: datetime = _time()
    updated: datetime = _time(index=True)
    pinned: bool = False
    archived: bool = False
    memory_on: bool = True
    imported: bool = False
    head_id: str | None = None
    draft: str = ""
    import_id: str | None = _refers("import.id")
    staged: bool = False


class WaitingRow(SQLModel, table=True):
    """A message that the person wrote while a reply ran, and that is not sent yet; `rowid` is their order."""

    __tablename__ = "waiting"
    rowid: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    """That of the message that it becomes."""
    conversation_id: str = _refers("conversation.id", nullable=False)
    text: str
    files: list[str] = _json([])
    """Paths of what is attached."""


class MessageRow(SQLModel, table=True):
    """A message of a conversation's tree. `position` counts along the branch from 0."""

    __tablename__ = "message"
    __table_args__ = _NEVER_AGAIN
    rowid: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    conversation_id: str = _refers("conversation.id", nullable=False)
    parent_id: str | None = Field(default=None, index=True)
    role: Role = _enum(Role, Role.PERSON)
    speaker: str = "me"
    text: str = ""
    time: datetime = _time(index=True)
    position: int = 0
    shown: bool = True
    """Whether it stands on the branch that its conversation shows: see `branches`."""
    state: MessageState = _enum(MessageState, MessageState.DONE)
    model: str = ""
    memory_on: bool = True
    attachments: list[str] = _json([])
    unread: bool = Field(default=False, index=True)
    """The reader has not looked at it yet."""
    import_id: str | None = _refers("import.id")
    staged: bool = False
    ending: Ending | None = _enum(Ending, None)
    read_files: list[dict[str, Any]] = _json([])
    """What a reply had of attached files: `FileUse`s, without the names, which go with the files."""
    quotable: bool = Field(default=True, sa_column_kwargs={"server_default": "1"})
    """Of a person: whether answers may be made of its words. Not of a question or a request to the program, nor of a
    secret or what was said while nothing was to be remembered."""


class UsedMemoryRow(SQLModel, table=True):
    """A memory that a reply had in front of it."""

    __tablename__ = "used_memory"
    rowid: int | None = Field(default=None, primary_key=True)
    message_id: str = _refers("message.id", nullable=False)
    item_id: str = Field(index=True)
    rank: int
    score: float
    why: dict[str, float] = _json({})


class SupportRow(SQLModel, table=True):
    """That a sentence of a reply rests on a memory, or (`item_id` None) claims something that nothing supports."""

    __tablename__ = "support"
    rowid: int | None = Field(default=None, primary_key=True)
    message_id: str = _refers("message.id", nullable=False)
    start: int
    end: int
    item_id: str | None = Field(default=None, index=True)
    rank: int
    """The surest memory of a sentence is the first."""


class DocumentRow(SQLModel, table=True):
    """A file: its name (never its folder), its digest, and whose first person it speaks in. Imported, or attached to a
    message: then it belongs to that message alone, and no passages or memories are made of it."""

    __tablename__ = "document"
    rowid: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    name: str
    title: str = ""
    author: str = ""
    """"me" for the person, else a name; empty: unknown, and no memories about anyone are made of "I"."""
    media_type: str = ""
    digest: str = Field(index=True)
    added: datetime = _time()
    message_id: str | None = _refers("message.id")
    """Of an attached file: the message, with which it goes."""
    import_id: str | None = _refers("import.id")
    staged: bool = False


class PageRow(SQLModel, table=True):
    """The text of one page (of a file without pages: page 1)."""

    __tablename__ = "page"
    rowid: int | None = Field(default=None, primary_key=True)
    document_id: str = _refers("document.id", nullable=False)
    number: int
    text: str
    unread: bool = Field(default=False, index=True)
    """The reader has not looked at it yet."""


class ItemRow(SQLModel, table=True):
    """A memory item, with the paper's descriptive, governance and behaviour metadata."""

    __tablename__ = "item"
    __table_args__ = _NEVER_AGAIN
    rowid: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)

    kind: Kind = _enum(Kind, Kind.FACT, index=True)
    origin: Origin = _enum(Origin, Origin.WORDS)
    state: State = _enum(State, State.ACTIVATED, index=True)
    text: str
    digest: str = Field(default="", index=True)
    """Keyed digest of the normalised text: finds the exact duplicate and the tombstone."""
    subject: str = Field(default="me", index=True)
    slot: str = Field(default="", index=True)
    value: str = ""
    language: str = "en"
    tags: list[str] = _json([])
    valid_from: datetime | None = _time(nullable=True)
    valid_to: datetime | None = _time(nullable=True)
    valid_precision: Precision | None = _enum(Precision, None)
    recorded_from: datetime = _time()
    recorded_to: datetime | None = _time(nullable=True)
    superseded_by: str | None = None
    parent_id: str | None = Field(default=None, index=True)
    created: datetime = _time(index=True)
    updated: datetime = _time(index=True)

    visibility: str = "private"
    permissions: dict[str, Any] = _json({})
    lifespan: datetime | None = _time(nullable=True)
    decay_days: float | None = None
    priority: int = 0
    pinned: bool = False
    frozen: bool = False
    sensitivity: list[str] = _json([])
    confidence: float = 1.0
    confirmed: bool = False

    use_count: int = 0
    last_used: datetime | None = _time(nullable=True)

    message_id: str | None = _refers("message.id")
    """Of a verbatim turn (kind `message`): the message that it is."""
    conversation_id: str | None = Field(default=None, index=True)
    position: int = 0
    """Order within the conversation, or within the document for chunks: neighbours are context."""
    spent_from: datetime | None = _time(nullable=True)
    """Of a verbatim turn: from when on its words hold no more. Kept by triggers: see `holding`. Of a passage with a
    secret: the epoch."""
    document_id: str | None = _refers("document.id")
    import_id: str | None = _refers("import.id")
    staged: bool = False


class SourceRow(SQLModel, table=True):
    """Provenance: a span of a message, or of a page of a document.

    The quote is read from there, never stored twice. Only where that text leaves (its conversation is deleted, the item
    moves to another cube) the source stands on its own: `quote`, `speaker`, `title`, `file` then hold what it showed.
    """

    __tablename__ = "source"
    rowid: int | None = Field(default=None, primary_key=True)
    item_id: str = _refers("item.id", nullable=False)
    message_id: str | None = _refers("message.id")
    document_id: str | None = _refers("document.id")
    page: int | None = None
    start: int
    end: int
    time: datetime = _time()
    quote: str = ""
    speaker: str = ""
    title: str = ""
    file: str = ""
    kept_from: str = ""
    """Id of the message that the quote was taken from, so that a move that is undone can point at it again."""
    added_by: str | None = Field(default=None, index=True)
    """The operation that added this source."""
    removed_by: str | None = Field(default=None, index=True)
    """The operation that took it away (undo gives it back); such a source is shown nowhere."""


class VersionRow(SQLModel, table=True):
    """One step of an item's history: the whole item as JSON after the step, with who, when and why."""

    __tablename__ = "version"
    rowid: int | None = Field(default=None, primary_key=True)
    item_id: str = _refers("item.id", nullable=False)
    version: int
    operation_id: str | None = Field(default=None, index=True)
    time: datetime = _time()
    actor: str
    reason: str
    snapshot: dict[str, Any] = _json({})


class OperationRow(SQLModel, table=True):
    """One change as the person sees it: what undo takes back as a whole."""

    __tablename__ = "operation"
    rowid: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    label: str
    time: datetime = _time(index=True)
    actor: str
    undoable: bool = True
    undone: bool = False
    undoes: str | None = None
    """Of an undo: the operation that it took back."""


class VectorRow(SQLModel, table=True):
    """An item's sentence vector of one encoder, float32 little-endian; the vector index is rebuilt from here.

    While another encoder takes over, an item has a vector of each.
    """

    __tablename__ = "vector"
    encoder: str = Field(primary_key=True)
    rowid: int = Field(sa_column=Column(Integer, ForeignKey("item.rowid", ondelete="CASCADE"), primary_key=True))
    """The item's."""
    revision: int
    """Grows with each vector that is put: which ones another process added or replaced is seen by it."""
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class TombstoneRow(SQLModel, table=True):
    """What was forgotten, as keyed digests only: nothing that says the same comes back by an import or a re-read."""

    __tablename__ = "tombstone"
    rowid: int | None = Field(default=None, primary_key=True)
    item_id: str
    time: datetime = _time()
    text_digest: str = Field(index=True)
    source_digest: str = Field(default="", index=True)
    start: int = 0
    end: int = 0
    """Of a message or page that was redacted: `text_digest` is of its whole text, and this span of it was erased."""


class ReviewRow(SQLModel, table=True):
    """An entry of the review list: a waiting candidate, or a pair."""

    __tablename__ = "review"
    rowid: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    reason: str
    first_id: str = _refers("item.id", nullable=False)
    second_id: str | None = _refers("item.id")
    since: datetime = _time()
    decision: str = ""
    decided_by: str | None = Field(default=None, index=True)
    """The operation that carried the decision out."""


class DepartedRow(SQLModel, table=True):
    """A memory that was made from a message of this cube and has moved to another one: its turn is spent here."""

    __tablename__ = "departed"
    rowid: int | None = Field(default=None, primary_key=True)
    item_id: str = Field(index=True)
    """The memory's, which is not here."""
    message_id: str = _refers("message.id", nullable=False)


class MoveRow(SQLModel, table=True):
    """A move to another cube, kept in the cube that is left: what a crash cuts is finished by it, and undo finds by it
    where the memories came from."""

    __tablename__ = "move"
    rowid: int | None = Field(default=None, primary_key=True)
    operation_id: str = Field(index=True)
    target: str
    """Id of the cube that is moved to."""
    item_ids: list[str] = _json([])
    let_go: bool = False
    """Whether they are gone from here: a memory that comes back by another move is not let go again."""


Index("ix_item_subject_slot", ItemRow.subject, ItemRow.slot)
Index("ix_item_place", ItemRow.conversation_id, ItemRow.position)  # type: ignore[arg-type]
Index("ix_item_browse", *(getattr(ItemRow, name) for name in ("staged", "state", "kind", "recorded_to", "created")))
Index("ix_message_place", *(getattr(MessageRow, name) for name in ("conversation_id", "parent_id")))
Index("ix_page_number", *(getattr(PageRow, name) for name in ("document_id", "number")))
Index("ix_version_number", *(getattr(VersionRow, name) for name in ("item_id", "version")))
for _table in (ItemRow, MessageRow, ConversationRow, DocumentRow):
    _staged = getattr(_table, "staged")  # noqa: B009
    Index(f"ix_{_table.__tablename__}_staged", _staged, sqlite_where=_staged.is_(True))
Index("ix_vector_item", VectorRow.rowid)  # type: ignore[arg-type]
Index("ix_vector_stamp", *(getattr(VectorRow, name) for name in ("encoder", "revision", "rowid")))
