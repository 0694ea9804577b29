"""Operations: what undo takes back as a whole."""

from sqlmodel import Session, col, select

from memos_engine.cube.tables import OperationRow


def find(session: Session, operation_id: str) -> OperationRow | None:
    """The operation with this id, or None."""
    return session.exec(select(OperationRow).where(col(OperationRow.id) == operation_id)).first()


def make_part(session: Session, operation_id: str) -> None:
    """It is part of a larger one, which takes it back: by itself it is not offered to undo."""
    row = find(session, operation_id)
    if row is not None:
        row.undoable = False
        session.add(row)
        session.flush()


def mark_undone(session: Session, row: OperationRow) -> None:
    """It was taken back."""
    row.undone = True
    session.add(row)
    session.flush()
