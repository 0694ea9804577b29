"""Items: adding, saving and finding them, and how they look to people."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, inspect, update
from sqlmodel import Session, col, select

from memos_engine.cube import sources, versions
from memos_engine.cube.ids import new_id, text_digest
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.tables import ItemRow, VectorRow
from memos_engine.errors import NotFoundError
from memos_engine.types import Memory, State, now

_MANY = 10_000
"""Ids of one statement."""


def add(session: Session, row: ItemRow) -> ItemRow:
    """Add an item, with id, times and digest where they are missing; its `rowid` is known on return."""
    return add_many(session, [row])[0]


def add_many(session: Session, rows: Sequence[ItemRow]) -> Sequence[ItemRow]:
    """Add items in one go."""
    time = now()
    for row in rows:
        row.id = row.id or new_id()
        row.digest = row.digest or text_digest(session, row.text)
        row.created = row.created or time
        row.updated = row.updated or time
        row.recorded_from = row.recorded_from or time
    session.add_all(rows)
    session.flush()
    return rows


def save(session: Session, row: ItemRow) -> ItemRow:
    """Save a changed item. A new text gives it a new digest and drops its vectors: `vectors.missing` names it."""
    reworded = inspect(row).attrs.text.history.has_changes()
    row.updated = change_time(session)
    if reworded:
        row.digest = text_digest(session, row.text)
        session.connection().execute(delete(VectorRow).where(col(VectorRow.rowid) == row.rowid))
    session.add(row)
    session.flush()
    return row


def change_time(session: Session) -> datetime:
    """The present, or right after the newest change of an item where the clock was set back: whoever keeps up with a
    cube by `updated` would miss a change that seems older than what it has seen."""
    with session.no_autoflush:
        newest = session.exec(select(func.max(ItemRow.updated))).one()
    present = now()
    return present if newest is None or newest < present else newest + timedelta(microseconds=1)


def indexed_text(row: ItemRow) -> str:
    """What the full-text index holds and the sentence encoder reads: the text, with whom it is about or who says it."""
    return row.text if row.subject in ("", "me") else f"{row.subject}: {row.text}"


def find(session: Session, item_id: str) -> ItemRow | None:
    """The item with this id, or None."""
    return session.exec(select(ItemRow).where(col(ItemRow.id) == item_id, col(ItemRow.staged).is_(False))).first()


def by_id(session: Session, item_id: str) -> ItemRow:
    """The item with this id; `NotFoundError`."""
    row = find(session, item_id)
    if row is None:
        raise NotFoundError("There is no memory with this id.", "It may have been forgotten or moved.")
    return row


def by_ids(session: Session, item_ids: Sequence[str], scope: ItemScope | None = None) -> list[ItemRow]:
    """The items with these ids that there are (and that `scope` admits), in the order given."""
    conditions = [col(ItemRow.staged).is_(False)] if scope is None else scope.where()
    found: dict[str, ItemRow] = {}
    for start in range(0, len(item_ids), _MANY):
        some = item_ids[start : start + _MANY]
        rows = session.exec(select(ItemRow).where(col(ItemRow.id).in_(some), *conditions))
        found.update((row.id, row) for row in rows)
    return [found[item_id] for item_id in item_ids if item_id in found]


def by_rowids(session: Session, rowids: Sequence[int], scope: ItemScope | None = None) -> dict[int, ItemRow]:
    """The items with these rowids that there are (and that `scope` admits), by rowid."""
    conditions = [col(ItemRow.staged).is_(False)] if scope is None else scope.where()
    found: dict[int, ItemRow] = {}
    for start in range(0, len(rowids), _MANY):
        some = [int(rowid) for rowid in rowids[start : start + _MANY]]
        rows = session.exec(select(ItemRow).where(col(ItemRow.rowid).in_(some), *conditions))
        found.update((row.rowid, row) for row in rows if row.rowid is not None)
    return found


def with_digest(session: Session, digest: str) -> list[ItemRow]:
    """Items of any state whose normalised text has this digest."""
    return list(
        session.exec(
            select(ItemRow)
            .where(col(ItemRow.digest) == digest, col(ItemRow.staged).is_(False))
            .order_by(col(ItemRow.rowid))
        )
    )


def in_slot(session: Session, subject: str, slot: str, *, opening: bool = False) -> list[ItemRow]:
    """Activated items that say the same slot of the same subject, current ones first, then newest.

    `opening`: those of all slots that begin with `slot`.
    """
    named = col(ItemRow.slot)
    return list(
        session.exec(
            select(ItemRow)
            .where(
                col(ItemRow.subject) == subject,
                named.startswith(slot, autoescape=True) if opening else named == slot,
                col(ItemRow.state) == State.ACTIVATED,
                col(ItemRow.staged).is_(False),
            )
            .order_by(col(ItemRow.recorded_to).is_not(None), col(ItemRow.created).desc())
        )
    )


def children(session: Session, item_ids: Sequence[str]) -> list[ItemRow]:
    """Items that were inferred from any of these."""
    return list(
        session.exec(select(ItemRow).where(col(ItemRow.parent_id).in_(item_ids), col(ItemRow.staged).is_(False)))
    )


def from_messages(session: Session, message_ids: Sequence[str]) -> list[ItemRow]:
    """Memories (not the verbatim turns) with a source in any of these messages."""
    return by_ids(session, sources.items_from_messages(session, message_ids))


def verbatim(session: Session, message_id: str) -> ItemRow | None:
    """The item of kind `message` that stands for a message, or None (the assistant's, or memory was off)."""
    return session.exec(select(ItemRow).where(col(ItemRow.message_id) == message_id)).first()


def mark_used(session: Session, item_ids: Sequence[str]) -> None:
    """Count one more use of these items, now."""
    session.connection().execute(
        update(ItemRow)
        .where(col(ItemRow.id).in_(item_ids))
        .values(use_count=col(ItemRow.use_count) + 1, last_used=now())
    )


def count(session: Session, scope: ItemScope) -> int:
    """How many items a scope admits."""
    return int(session.exec(select(func.count()).select_from(ItemRow).where(*scope.where())).one())


def to_memory(session: Session, row: ItemRow, cube_id: str, with_sources: bool = True) -> Memory:
    """An item as people see it."""
    return to_memories(session, [row], cube_id, with_sources)[0]


def to_memories(session: Session, rows: Iterable[ItemRow], cube_id: str, with_sources: bool = True) -> list[Memory]:
    """Items as people see them, in their order, with a few statements for all."""
    rows = list(rows)
    ids = [row.id for row in rows]
    counts = versions.counts(session, ids)
    provenance = sources.to_sources(session, ids) if with_sources else {}
    return [
        Memory(
            id=row.id,
            cube_id=cube_id,
            kind=row.kind,
            origin=row.origin,
            state=row.state,
            text=row.text,
            subject=row.subject,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            valid_precision=row.valid_precision,
            recorded_from=row.recorded_from,
            recorded_to=row.recorded_to,
            created=row.created,
            updated=row.updated,
            language=row.language,
            tags=tuple(row.tags),
            pinned=row.pinned,
            frozen=row.frozen,
            priority=row.priority,
            sensitivity=tuple(row.sensitivity),
            confidence=row.confidence,
            confirmed=row.confirmed,
            slot=row.slot,
            value=row.value,
            parent_id=row.parent_id,
            superseded_by=row.superseded_by,
            lifespan=row.lifespan,
            use_count=row.use_count,
            last_used=row.last_used,
            versions=counts.get(row.id, 0),
            sources=provenance.get(row.id, ()),
        )
        for row in rows
    ]
