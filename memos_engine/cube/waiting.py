"""Messages that wait to be sent."""

from collections.abc import Iterable

from sqlalchemy import delete
from sqlmodel import Session, col, select

from memos_engine.cube import messages
from memos_engine.cube.tables import WaitingRow


def of_conversation(session: Session, conversation_id: str) -> list[WaitingRow]:
    """What waits in a conversation, in the order in which it was written."""
    rows = select(WaitingRow).where(col(WaitingRow.conversation_id) == conversation_id)
    return list(session.exec(rows.order_by(col(WaitingRow.rowid))))


def replace(session: Session, conversation_id: str, rows: Iterable[WaitingRow]) -> None:
    """Let these wait, and no others; those that were sent meanwhile do not wait any more."""
    session.connection().execute(delete(WaitingRow).where(col(WaitingRow.conversation_id) == conversation_id))
    session.add_all(row for row in rows if messages.find(session, row.id) is None)
    session.flush()


def sent(session: Session, message_id: str) -> None:
    """A message waits no longer."""
    session.connection().execute(delete(WaitingRow).where(col(WaitingRow.id) == message_id))
