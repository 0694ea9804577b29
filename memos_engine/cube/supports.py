"""What the sentences of replies rest on: spans of a message, each with the memories that say it, or with none."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import delete
from sqlmodel import Session, col, select

from memos_engine.cube.tables import SupportRow, UsedMemoryRow
from memos_engine.types import Support


def keep(session: Session, message_id: str, found: Sequence[Support]) -> None:
    """Keep what a reply rests on, where it had those memories before it and still has them."""
    used = set(session.exec(select(UsedMemoryRow.item_id).where(col(UsedMemoryRow.message_id) == message_id)))
    for one in found:
        owners: list[str | None] = [memory_id for memory_id in one.memory_ids if memory_id in used]
        owners += [None] if one.unsupported else []
        session.add_all(
            SupportRow(message_id=message_id, start=one.start, end=one.end, item_id=owner, rank=rank)
            for rank, owner in enumerate(owners)
        )
    session.flush()


def of_messages(session: Session, message_ids: Sequence[str]) -> dict[str, tuple[Support, ...]]:
    """What these replies rest on, by id; sentences that rest on nothing and claim nothing are not among it."""
    rows = select(SupportRow).where(col(SupportRow.message_id).in_(message_ids))
    spans: dict[str, dict[tuple[int, int], list[str | None]]] = defaultdict(lambda: defaultdict(list))
    for row in session.exec(rows.order_by(col(SupportRow.start), col(SupportRow.rank))):
        spans[row.message_id][row.start, row.end].append(row.item_id)
    return {
        message_id: tuple(
            Support(start, end, tuple(owner for owner in owners if owner is not None), None in owners)
            for (start, end), owners in found.items()
        )
        for message_id, found in spans.items()
    }


def forget(session: Session, item_ids: Sequence[str]) -> None:
    """Drop that sentences rest on these memories."""
    session.connection().execute(delete(SupportRow).where(col(SupportRow.item_id).in_(item_ids)))


def cut(session: Session, message_id: str, start: int, end: int, mark: int) -> None:
    """Follow a text in which `[start, end)` became `mark` characters: what stood there goes, what is behind moves."""
    for row in session.exec(select(SupportRow).where(col(SupportRow.message_id) == message_id)).all():
        if row.start < end and start < row.end:
            session.delete(row)
        elif row.start >= end:
            row.start += mark - (end - start)
            row.end += mark - (end - start)
            session.add(row)
    session.flush()
