"""The review list: candidates that wait for a word, and pairs that may be one or may contradict."""

from sqlmodel import Session, col, select

from memos_engine.cube import items
from memos_engine.cube.ids import new_id
from memos_engine.cube.tables import ReviewRow
from memos_engine.errors import NotFoundError
from memos_engine.types import ReviewEntry, ReviewReason, now


def add(session: Session, reason: ReviewReason, first_id: str, second_id: str | None = None) -> ReviewRow:
    """Put a candidate or a pair on the list; a pair that is or was there already is not put there again."""
    known = session.exec(
        select(ReviewRow).where(
            ((col(ReviewRow.first_id) == first_id) & (col(ReviewRow.second_id).is_not_distinct_from(second_id)))
            | ((col(ReviewRow.first_id) == second_id) & (col(ReviewRow.second_id) == first_id))
        )
    ).first()
    if known is not None:
        return known
    row = ReviewRow(id=new_id(), reason=str(reason), first_id=first_id, second_id=second_id, since=now())
    session.add(row)
    session.flush()
    return row


def by_id(session: Session, review_id: str) -> ReviewRow:
    """The entry with this id; `NotFoundError`."""
    row = session.exec(select(ReviewRow).where(col(ReviewRow.id) == review_id)).first()
    if row is None:
        raise NotFoundError("There is no such entry on the review list.", "It may have been decided already.")
    return row


def to_entries(session: Session, rows: list[ReviewRow], cube_id: str) -> list[ReviewEntry]:
    """Entries as people see them; one whose memories are gone is left out."""
    ids = [item_id for row in rows for item_id in (row.first_id, row.second_id) if item_id]
    found = items.by_ids(session, list(dict.fromkeys(ids)))
    shown = {memory.id: memory for memory in items.to_memories(session, found, cube_id)}
    return [
        ReviewEntry(
            row.id,
            ReviewReason(row.reason),
            shown[row.first_id],
            None if row.second_id is None else shown.get(row.second_id),
            row.since,
        )
        for row in rows
        if row.first_id in shown
    ]
