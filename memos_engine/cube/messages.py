"""Messages: the tree of a conversation, and the verbatim item of each message of a person or speaker."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, update
from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from memos_engine.cube import branches, holding, items, search_index, supports
from memos_engine.cube.ids import new_id
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.tables import (
    ConversationRow,
    DocumentRow,
    ItemRow,
    MessageRow,
    SourceRow,
    TombstoneRow,
    UsedMemoryRow,
)
from memos_engine.errors import NotFoundError
from memos_engine.types import (
    FileUse,
    Kind,
    Message,
    MessageState,
    Origin,
    Passage,
    Precision,
    Recalled,
    Role,
    UsedMemory,
    now,
)

_CLOCK_SET_BACK = timedelta(days=1)


def add(session: Session, row: MessageRow, *, language: str = "en") -> MessageRow:
    """Add a message at the end of its parent, and its verbatim item; the conversation then shows its branch.

    `position` follows from the parent. No item is made for the assistant's words, nor where memory is off.
    """
    return add_many(session, [row], language=language)[0]


def add_many(
    session: Session, rows: Sequence[MessageRow], *, language: str | Sequence[str] = "en"
) -> Sequence[MessageRow]:
    """Add messages in one go; parents come before their children, or are in the cube already. `language` may name one
    for each."""
    positions = _positions(session, [row.parent_id for row in rows if row.parent_id])
    for row in rows:
        row.id = row.id or new_id()
        row.time = row.time or now()
        row.position = 0 if row.parent_id is None else positions[row.parent_id] + 1
        positions[row.id] = row.position
    session.add_all(rows)
    session.flush()
    languages = [language] * len(rows) if isinstance(language, str) else language
    spoken = [
        (row, code)
        for row, code in zip(rows, languages, strict=True)
        if row.role is not Role.ASSISTANT and row.memory_on
    ]
    items.add_many(session, [_verbatim_item(row, code) for row, code in spoken])
    branches_of: dict[str, list[MessageRow]] = defaultdict(list)
    for row in rows:
        if not row.staged:
            branches_of[row.conversation_id].append(row)
    for conversation_id, added in branches_of.items():
        _show_added(session, conversation_id, added)
    return rows


def _show_added(session: Session, conversation_id: str, added: Sequence[MessageRow]) -> None:
    last = added[-1]
    before = [branches.head(session, conversation_id), *(row.id for row in added)]
    if all(row.parent_id == parent for row, parent in zip(added, before, strict=False)):
        branches.set_head(session, conversation_id, last.id)
    else:
        branches.show(session, conversation_id, last.id)
    session.connection().execute(
        update(ConversationRow)
        .where(col(ConversationRow.id) == conversation_id)
        .values(updated=last.time if last.import_id else now())
    )


def time_of_next(session: Session) -> datetime:
    """When a message that is said now was said: now, but later than what was said before it.

    What is said later replaces what was said earlier, so a clock that is set back (by less than `_CLOCK_SET_BACK`:
    more than that was a wrong clock before) must not turn the order round.
    """
    present = now()
    ahead = select(func.max(MessageRow.time)).where(
        col(MessageRow.time) >= present,
        col(MessageRow.time) < present + _CLOCK_SET_BACK,
        col(MessageRow.import_id).is_(None),
    )
    last = session.exec(ahead).one()
    return present if last is None else last + timedelta(microseconds=1)


def set_quotable(session: Session, message_id: str, quotable: bool) -> None:
    """Whether answers may be made of a message's words from now on, if it is still there."""
    row = find(session, message_id)
    if row is not None:
        row.quotable = quotable
        session.add(row)
        session.flush()


def save_text(session: Session, row: MessageRow, text: str, state: MessageState = MessageState.DONE) -> MessageRow:
    """Give a message its (next) text and state: a reply as it grows, an imported message's new version."""
    row.text = text
    row.state = state
    session.add(row)
    session.flush()
    item = items.verbatim(session, row.id) if row.role is not Role.ASSISTANT else None
    if item is not None:
        item.text = text
        items.save(session, item)
    return row


def find(session: Session, message_id: str) -> MessageRow | None:
    """The message with this id, or None."""
    return session.exec(
        select(MessageRow).where(col(MessageRow.id) == message_id, col(MessageRow.staged).is_(False))
    ).first()


def by_id(session: Session, message_id: str) -> MessageRow:
    """The message with this id; `NotFoundError`."""
    row = find(session, message_id)
    if row is None:
        raise NotFoundError("There is no message with this id.", "Its conversation may have been deleted.")
    return row


def by_ids(session: Session, message_ids: Sequence[str]) -> dict[str, MessageRow]:
    """The messages with these ids that there are, by id; staged ones too, for an import that looks for its own."""
    return {row.id: row for row in session.exec(select(MessageRow).where(col(MessageRow.id).in_(message_ids)))}


def held(session: Session, message_ids: Sequence[str]) -> set[str]:
    """Which of these ids a message has."""
    return set(session.exec(select(MessageRow.id).where(col(MessageRow.id).in_(message_ids))))


def thread(session: Session, conversation_id: str) -> list[MessageRow]:
    """The messages of the branch that is shown, oldest first."""
    head = branches.head(session, conversation_id)
    return [] if head is None else path_to(session, head)


def every(session: Session, conversation_id: str) -> list[MessageRow]:
    """The messages of all branches, along them: those of one place in the order in which they were said."""
    own = (col(MessageRow.conversation_id) == conversation_id, col(MessageRow.staged).is_(False))
    return list(session.exec(select(MessageRow).where(*own).order_by(col(MessageRow.position), col(MessageRow.rowid))))


def path_to(session: Session, message_id: str) -> list[MessageRow]:
    """A message and those before it on its branch, oldest first."""
    path = sql(
        "WITH RECURSIVE path(rowid, parent_id) AS (SELECT rowid, parent_id FROM message WHERE id = :id "
        "UNION ALL SELECT m.rowid, m.parent_id FROM message m JOIN path ON m.id = path.parent_id) "
        "SELECT rowid FROM path"
    )
    rowids = list(session.connection().execute(path, {"id": message_id}).scalars())
    rows = session.exec(
        select(MessageRow)
        .where(col(MessageRow.rowid).in_(rowids), col(MessageRow.staged).is_(False))
        .order_by(col(MessageRow.position))
    )
    return list(rows)


def below(session: Session, message_id: str) -> list[MessageRow]:
    """A message and everything that followed it, on all branches."""
    tree = sql(
        "WITH RECURSIVE tree(rowid, id) AS (SELECT rowid, id FROM message WHERE id = :id "
        "UNION ALL SELECT m.rowid, m.id FROM message m JOIN tree ON m.parent_id = tree.id) SELECT rowid FROM tree"
    )
    rowids = list(session.connection().execute(tree, {"id": message_id}).scalars())
    rows = select(MessageRow).where(col(MessageRow.rowid).in_(rowids), col(MessageRow.staged).is_(False))
    return list(session.exec(rows.order_by(col(MessageRow.position), col(MessageRow.rowid))))


def leaf_below(session: Session, message_id: str) -> str:
    """The last message of the newest branch through a message."""
    rows = below(session, message_id)
    parents = {row.parent_id for row in rows}
    leaves = [row for row in rows if row.id not in parents]
    return max(leaves, key=lambda row: row.rowid or 0).id if leaves else message_id


def unread(session: Session, limit: int) -> list[MessageRow]:
    """Messages that the reader has not looked at yet, oldest first; those of a branch that is not shown wait for it."""
    return list(
        session.exec(
            select(MessageRow)
            .where(col(MessageRow.unread).is_(True), col(MessageRow.staged).is_(False), col(MessageRow.shown))
            .order_by(col(MessageRow.rowid))
            .limit(limit)
        )
    )


def mark_read(session: Session, message_ids: Sequence[str]) -> None:
    """The reader has looked at these."""
    session.connection().execute(update(MessageRow).where(col(MessageRow.id).in_(message_ids)).values(unread=False))


def search(session: Session, query: str, limit: int, scope: ItemScope) -> list[MessageRow]:
    """Messages that hold the words of a query as typed so far, best first: replies, and the turns of the scope."""
    expression = search_index.as_typed(query)
    scores: dict[int, float] = dict(search_index.match(session, expression, limit, "reply_fts"))
    every_turn = select(ItemRow.rowid).where(*scope.where(), col(ItemRow.kind) == Kind.MESSAGE)
    turns = search_index.match_among(session, expression, every_turn, limit)
    found = select(ItemRow.rowid, MessageRow.rowid).join(MessageRow, col(MessageRow.id) == col(ItemRow.message_id))
    for item_rowid, message_rowid in session.exec(found.where(col(ItemRow.rowid).in_(turns))).all():
        if item_rowid is not None and message_rowid is not None:
            scores[message_rowid] = turns[item_rowid]
    best = sorted(scores, key=lambda rowid: scores[rowid])[:limit]
    rows = {row.rowid: row for row in session.exec(select(MessageRow).where(col(MessageRow.rowid).in_(best)))}
    return [rows[rowid] for rowid in best if rowid in rows]


def verbatim_rowids(session: Session, message_ids: Sequence[str]) -> list[int]:
    """Rowids of the items that stand for these messages."""
    rowids = session.exec(select(ItemRow.rowid).where(col(ItemRow.message_id).in_(message_ids)))
    return [rowid for rowid in rowids if rowid is not None]


def record_used(session: Session, message_id: str, used: Sequence[Recalled]) -> None:
    """Keep which memories a reply had in front of it, and count their use."""
    for rank, recalled in enumerate(used):
        session.add(
            UsedMemoryRow(
                message_id=message_id,
                item_id=recalled.memory.id,
                rank=rank,
                score=recalled.score,
                why=dict(recalled.why),
            )
        )
    session.flush()
    items.mark_used(session, [recalled.memory.id for recalled in used])


def replies_with(session: Session, item_ids: Sequence[str]) -> bool:
    """Whether any reply had one of these memories before it."""
    found = select(UsedMemoryRow.rowid).where(col(UsedMemoryRow.item_id).in_(item_ids)).limit(1)
    return session.exec(found).first() is not None


def forget_used(session: Session, item_ids: Sequence[str]) -> None:
    """Drop that replies had these memories before them, and that their sentences rest on them."""
    supports.forget(session, item_ids)
    session.connection().execute(delete(UsedMemoryRow).where(col(UsedMemoryRow.item_id).in_(item_ids)))


def to_message(session: Session, row: MessageRow, scope: ItemScope) -> Message:
    """A message as people see it."""
    return to_messages(session, [row], scope)[0]


def to_messages(session: Session, rows: Sequence[MessageRow], scope: ItemScope) -> list[Message]:
    """Messages as people see them, in their order, with a few statements for all.

    Of the memories that a reply had before it those that `scope` admits have their text; those of other cubes do not.
    """
    ids = [row.id for row in rows]
    used: dict[str, list[UsedMemory]] = defaultdict(list)
    with_item = (
        select(UsedMemoryRow, ItemRow.text)
        .join(ItemRow, and_(col(ItemRow.id) == col(UsedMemoryRow.item_id), *scope.where()), isouter=True)
        .where(col(UsedMemoryRow.message_id).in_(ids))
    )
    for use, item_text in session.exec(with_item.order_by(col(UsedMemoryRow.rank))).all():
        used[use.message_id].append(UsedMemory(use.item_id, item_text or "", use.score, use.why))
    written: dict[str, list[str]] = defaultdict(list)
    made = select(SourceRow.message_id, SourceRow.item_id).where(
        col(SourceRow.message_id).in_(ids), col(SourceRow.removed_by).is_(None)
    )
    for message_id, item_id in session.exec(made.order_by(col(SourceRow.rowid))).all():
        if message_id is not None and item_id not in written[message_id]:
            written[message_id].append(item_id)
    siblings = _siblings(session, rows)
    support = supports.of_messages(session, ids)
    read = {kept["document_id"] for row in rows for kept in row.read_files}
    named = select(DocumentRow.id, DocumentRow.name).where(col(DocumentRow.id).in_(read))
    names: dict[str, str] = dict(session.exec(named).all()) if read else {}
    erased = select(TombstoneRow.item_id, TombstoneRow.time).where(col(TombstoneRow.item_id).in_(ids))
    forgotten: dict[str, datetime] = dict(session.exec(erased.order_by(col(TombstoneRow.time))).all())
    return [
        Message(
            id=row.id,
            conversation_id=row.conversation_id,
            parent_id=row.parent_id,
            role=row.role,
            speaker=row.speaker,
            text=row.text,
            time=row.time,
            state=row.state,
            model=row.model,
            used=tuple(used[row.id]),
            written=tuple(written[row.id]),
            siblings=siblings[row.conversation_id, row.parent_id],
            attachments=tuple(row.attachments),
            memory_on=row.memory_on,
            ending=row.ending,
            support=support.get(row.id, ()),
            files=tuple(_file_use(kept, names.get(kept["document_id"], "")) for kept in row.read_files),
            forgotten=forgotten.get(row.id),
        )
        for row in rows
    ]


def _file_use(kept: dict[str, Any], name: str) -> FileUse:
    passages = tuple(Passage(**passage) for passage in kept["passages"])
    return FileUse(kept["document_id"], kept["message_id"], name, passages, kept["of"])


def _siblings(session: Session, rows: Sequence[MessageRow]) -> dict[tuple[str, str | None], tuple[str, ...]]:
    places: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    found = select(MessageRow.id, MessageRow.conversation_id, MessageRow.parent_id).where(
        col(MessageRow.conversation_id).in_({row.conversation_id for row in rows}),
        (col(MessageRow.parent_id).in_({row.parent_id for row in rows if row.parent_id}))
        | col(MessageRow.parent_id).is_(None),
        col(MessageRow.staged).is_(False),
    )
    for message_id, conversation_id, parent_id in session.exec(found.order_by(col(MessageRow.rowid))).all():
        places[conversation_id, parent_id].append(message_id)
    return defaultdict(tuple, {place: tuple(ids) for place, ids in places.items()})


def _positions(session: Session, parent_ids: Sequence[str]) -> dict[str, int]:
    found = session.exec(select(MessageRow.id, MessageRow.position).where(col(MessageRow.id).in_(parent_ids)))
    return dict(found.all())


def _verbatim_item(row: MessageRow, language: str) -> ItemRow:
    return ItemRow(
        id=new_id(),
        kind=Kind.MESSAGE,
        origin=Origin.IMPORT if row.import_id else Origin.WORDS,
        text=row.text,
        subject=row.speaker,
        language=language,
        valid_from=row.time,
        valid_precision=Precision.MINUTE,
        created=row.time,
        message_id=row.id,
        conversation_id=row.conversation_id,
        position=row.position,
        spent_from=None if row.quotable else holding.NEVER_HELD,
        import_id=row.import_id,
        staged=row.staged,
    )
