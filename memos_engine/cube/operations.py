"""Operations: what undo takes back as a whole."""

from sqlmodel import Session, col, select

from memos_engine.cube.tables import OperationRow


def find(session: Session, operation_id: str) -> OperationRow | None:
    """The operation with this id, or None."""
    return session.exec(select(OperationRow).where(col(OperationRow.id) == operation_id)).first()


def mark_undone(session: Session, row: OperationRow) -> None:
    """It was taken back."""
    row.undone = True
    session.add(row)
    session.flush()
