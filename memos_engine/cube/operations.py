"""Operations: what undo takes back as a whole."""

from sqlmodel import Session, col, select

from memos_engine.cube.ids import new_id
from memos_engine.cube.tables import OperationRow
from memos_engine.types import now


def add(session: Session, label: str, actor: str, *, undoable: bool = True) -> OperationRow:
    """Begin an operation; versions carry its id. The label tells counts and kinds, never the text of a memory."""
    row = OperationRow(id=new_id(), label=label, time=now(), actor=actor, undoable=undoable)
    session.add(row)
    session.flush()
    return row


def find(session: Session, operation_id: str) -> OperationRow | None:
    """The operation with this id, or None."""
    return session.exec(select(OperationRow).where(col(OperationRow.id) == operation_id)).first()


def last_undoable(session: Session) -> OperationRow | None:
    """The newest operation that can be undone and was not, or None."""
    return session.exec(
        select(OperationRow)
        .where(col(OperationRow.undoable).is_(True), col(OperationRow.undone).is_(False))
        .order_by(col(OperationRow.rowid).desc())
    ).first()


def mark_undone(session: Session, row: OperationRow) -> None:
    """It was taken back."""
    row.undone = True
    session.add(row)
    session.flush()
