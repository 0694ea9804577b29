"""Conversations: making, listing, finding and deleting them."""

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from memos_engine.cube import documents, messages, search_index, sources, waiting
from memos_engine.cube.ids import new_id
from memos_engine.cube.leftovers import note_erased
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.tables import ConversationRow, MessageRow
from memos_engine.errors import NotFoundError
from memos_engine.types import Conversation, now


def add(session: Session, row: ConversationRow) -> ConversationRow:
    """Add a conversation, with id and times where they are missing."""
    time = now()
    row.id = row.id or new_id()
    row.created = row.created or time
    row.updated = row.updated or row.created
    session.add(row)
    session.flush()
    return row


def save(session: Session, row: ConversationRow) -> ConversationRow:
    """Save changed columns (title, pinned, draft, head_id …). `updated` stays: it is the time of the last message."""
    session.add(row)
    session.flush()
    return row


def find(session: Session, conversation_id: str) -> ConversationRow | None:
    """The conversation with this id, or None."""
    return session.exec(
        select(ConversationRow).where(
            col(ConversationRow.id) == conversation_id, col(ConversationRow.staged).is_(False)
        )
    ).first()


def by_id(session: Session, conversation_id: str) -> ConversationRow:
    """The conversation with this id; `NotFoundError`."""
    row = find(session, conversation_id)
    if row is None:
        raise NotFoundError("There is no conversation with this id.", "It may have been deleted.")
    return row


def listed(
    session: Session,
    query: str = "",
    *,
    archived: bool = False,
    limit: int = 10_000,
    scope: ItemScope | None = None,
) -> list[ConversationRow]:
    """Pinned first, then by last message; `query`, as typed so far, matches titles, and bodies as `scope` admits them
    (None: titles alone)."""
    statement = select(ConversationRow).where(
        col(ConversationRow.staged).is_(False), col(ConversationRow.archived).is_(archived)
    )
    if query.strip():
        said = messages.search(session, query, 1_000, scope) if scope is not None else []
        bodies = select(MessageRow.conversation_id).where(col(MessageRow.rowid).in_([row.rowid for row in said]))
        statement = statement.where(or_(_titled(query), col(ConversationRow.id).in_(bodies)))
    order = (col(ConversationRow.pinned).desc(), col(ConversationRow.updated).desc(), col(ConversationRow.rowid).desc())
    return list(session.exec(statement.order_by(*order).limit(limit)))


def search_titles(session: Session, query: str, limit: int) -> list[ConversationRow]:
    """Conversations whose title holds every word of the query as typed so far, newest first."""
    if not search_index.words(query):
        return []
    return list(
        session.exec(
            select(ConversationRow)
            .where(col(ConversationRow.staged).is_(False), _titled(query))
            .order_by(col(ConversationRow.updated).desc())
            .limit(limit)
        )
    )


def delete(session: Session, conversation_id: str, *, keep_quotes: bool = True) -> list[int]:
    """Erase a conversation with its messages, their files and verbatim items; returns the rowids of those items.

    What was learned there stays; with `keep_quotes`, its quotes then stand on their own.
    """
    row = by_id(session, conversation_id)
    said = session.exec(
        select(MessageRow.id, MessageRow.text).where(col(MessageRow.conversation_id) == conversation_id)
    ).all()
    ids = [message_id for message_id, _ in said]
    files = [page.text for _, page in documents.attached(session, ids)]
    unsent = [held.text for held in waiting.of_conversation(session, conversation_id)]
    note_erased(session, row.title, row.draft, *unsent, *(text for _, text in said), *files)
    if keep_quotes:
        sources.detach(session, ids)
    gone = messages.verbatim_rowids(session, ids)
    session.delete(row)
    session.flush()
    return gone


def to_conversation(session: Session, row: ConversationRow, cube_id: str) -> Conversation:
    """A conversation as people see it."""
    return to_conversations(session, [row], cube_id)[0]


def to_conversations(session: Session, rows: list[ConversationRow], cube_id: str) -> list[Conversation]:
    """Conversations as people see them, with their count of messages."""
    counted = dict(
        session.exec(
            select(MessageRow.conversation_id, func.count())
            .where(col(MessageRow.conversation_id).in_([row.id for row in rows]), col(MessageRow.staged).is_(False))
            .group_by(col(MessageRow.conversation_id))
        ).all()
    )
    return [
        Conversation(
            id=row.id,
            cube_id=cube_id,
            title=row.title,
            created=row.created,
            updated=row.updated,
            pinned=row.pinned,
            archived=row.archived,
            memory_on=row.memory_on,
            messages=counted.get(row.id, 0),
            imported=row.imported,
        )
        for row in rows
    ]


def _titled(query: str) -> ColumnElement[bool]:
    titles = func.lower(func.folded(ConversationRow.title))
    words = [word.lower() for word in search_index.words(query)] or [query.strip().lower()]
    return and_(*(titles.contains(word, autoescape=True) for word in words))
