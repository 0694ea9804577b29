"""Which branch of a conversation is shown: only what stands on it counts."""

from dataclasses import dataclass

from sqlalchemy import text as sql
from sqlalchemy import update
from sqlmodel import Session, col, select

from memos_engine.cube.tables import ConversationRow, MessageRow

_SHOW = sql(
    "WITH RECURSIVE path(id, parent_id) AS (SELECT id, parent_id FROM message WHERE id = :head "
    "UNION ALL SELECT m.id, m.parent_id FROM message m JOIN path ON m.id = path.parent_id) "
    "UPDATE message SET shown = (id IN (SELECT id FROM path)) "
    "WHERE conversation_id = :conversation AND shown <> (id IN (SELECT id FROM path)) RETURNING id, shown"
)


@dataclass(frozen=True)
class Switch:
    """Ids of the messages that a switch hid, and of those that it showed again."""

    left: tuple[str, ...] = ()
    came: tuple[str, ...] = ()


def head(session: Session, conversation_id: str) -> str | None:
    """The last message of the branch that is shown; None when nothing is."""
    return session.exec(select(ConversationRow.head_id).where(col(ConversationRow.id) == conversation_id)).first()


def show(session: Session, conversation_id: str, message_id: str | None) -> Switch:
    """Show the branch that ends with a message; None: nothing of the conversation.

    Every message says by `shown` whether it stands on it, and verbatim turns follow. What was learned from the messages
    is the lifecycle's.
    """
    session.flush()
    set_head(session, conversation_id, message_id)
    where = {"head": message_id, "conversation": conversation_id}
    changed = session.connection().execute(_SHOW, where).all()
    for row in session.identity_map.values():
        if isinstance(row, MessageRow) and row.conversation_id == conversation_id:
            session.expire(row, ["shown"])
    return Switch(tuple(id_ for id_, shown in changed if not shown), tuple(id_ for id_, shown in changed if shown))


def set_head(session: Session, conversation_id: str, message_id: str | None) -> None:
    """Let the branch that is shown end with a message that follows its last one: nothing is hidden or shown."""
    own = col(ConversationRow.id) == conversation_id
    session.connection().execute(update(ConversationRow).where(own).values(head_id=message_id))
    for row in session.identity_map.values():
        if isinstance(row, ConversationRow) and row.id == conversation_id:
            session.expire(row, ["head_id"])
