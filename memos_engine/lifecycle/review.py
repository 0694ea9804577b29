"""The review list: what waits for a word of the person, and what their word does."""

from sqlmodel import Session, col, select

from memos_engine.cube import items
from memos_engine.cube.holding import holds
from memos_engine.cube.tables import ItemRow, ReviewRow
from memos_engine.lifecycle.change import Change
from memos_engine.types import Agreement, ReviewReason, State


def open_entries(session: Session) -> list[ReviewRow]:
    """Undecided entries whose memories are still in question, newest first."""
    rows = session.exec(
        select(ReviewRow).where(col(ReviewRow.decision) == "").order_by(col(ReviewRow.rowid).desc())
    ).all()
    ids = {item_id for row in rows for item_id in (row.first_id, row.second_id) if item_id}
    found = {row.id: row for row in items.by_ids(session, sorted(ids))}
    return [row for row in rows if _is_open(row, found)]


def decide(change: Change, entry: ReviewRow, decision: Agreement) -> None:
    """Keep the decision; undo of the operation opens the entry again."""
    change.begin()
    entry.decision, entry.decided_by = decision.value, change.id
    change.session.add(entry)
    change.session.flush()
    change.review = True


def decide_waiting(change: Change, row: ItemRow, decision: Agreement) -> None:
    """Take a candidate off the list when it was decided elsewhere."""
    waiting = select(ReviewRow).where(
        col(ReviewRow.first_id) == row.id,
        col(ReviewRow.reason) == ReviewReason.PENDING.value,
        col(ReviewRow.decision) == "",
    )
    for entry in change.session.exec(waiting).all():
        decide(change, entry, decision)


def _is_open(entry: ReviewRow, found: dict[str, ItemRow]) -> bool:
    first = found.get(entry.first_id)
    if entry.second_id is None:
        return first is not None and first.state is State.GENERATED
    second = found.get(entry.second_id)
    return all(row is not None and (holds(row) or row.state is State.GENERATED) for row in (first, second))
