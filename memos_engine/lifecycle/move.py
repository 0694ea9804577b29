"""Moving memories between cubes, which are two databases: after a crash they are in one or the other, never both.

The cube that is left notes the intent; the arrival's commit in the other cube decides; then the first one lets go, in a
write that it has held since before the arrival, so that no change falls in between. What a crash cuts is finished or
dropped by `moving`. A memory takes its history along, and quotes in the place of its sources: a turn of another cube
cannot be pointed at. Where it came from the turn is spent; the note tells the undo whence the memories came.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import delete
from sqlmodel import Session, col, select

from memos_engine.cube import erasure, items, messages, operations, sources, vectors, versions
from memos_engine.cube.holding import holds
from memos_engine.cube.tables import DepartedRow, ItemRow, MoveRow, OperationRow, SourceRow, VectorRow, VersionRow
from memos_engine.errors import InputError
from memos_engine.lifecycle.absorb import settle
from memos_engine.lifecycle.change import Change
from memos_engine.lifecycle.echoes import inferred_from, with_former_selves
from memos_engine.lifecycle.merge import active_sources
from memos_engine.lifecycle.slots import in_slot
from memos_engine.types import ChangeKind, Kind, ReviewReason, State

ARRIVED = "moved from another cube"
"""The reason of the version that an item has from its arrival."""

RETURNED = "its move was undone"
"""The reason of the version that an item has from its way back."""


@dataclass(frozen=True)
class Cargo:
    """An item with all that belongs to it, as plain values."""

    item: dict[str, Any]
    versions: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    vector: tuple[str, bytes] | None

    @property
    def id(self) -> str:
        """The item's."""
        return str(self.item["id"])


def movable(session: Session, rows: Sequence[ItemRow]) -> list[ItemRow]:
    """What moves with `rows`: former selves, what they superseded, and what was inferred from any of these. Raises
    `InputError` for what stays."""
    for row in rows:
        if row.kind in (Kind.MESSAGE, Kind.CHUNK):
            raise InputError(
                "The words of a message or document stay in their cube.", "Move what was learned from them."
            )
        if row.frozen:
            raise InputError("A frozen memory cannot be moved.", "Unfreeze it first.")
    found = {row.id: row for row in rows}
    generation = list(found.values())
    while generation:
        more = [*with_former_selves(session, generation), *_superseded(session, generation)]
        more += inferred_from(session, generation)
        generation = [row for row in more if row.id not in found]
        found.update((row.id, row) for row in generation)
    return list(found.values())


def note(session: Session, operation_id: str, target: str, item_ids: Sequence[str]) -> None:
    """Write the intent in the cube that is left."""
    session.add(MoveRow(operation_id=operation_id, target=target, item_ids=list(item_ids)))
    session.flush()


def packed(session: Session, rows: Sequence[ItemRow]) -> list[Cargo]:
    """What to take along."""
    return [_packed(session, row) for row in rows]


def arrive(change: Change, cargo: Sequence[Cargo], reason: str = ARRIVED) -> None:
    """Put the cargo into this cube, with one more version; the commit of this transaction is the move.

    An attribute that has a current value here is brought into order with it, as if it had been told here.
    """
    change.begin()
    session = change.session
    for each in cargo:
        _unpack(session, each)
    rows = items.by_ids(session, [each.id for each in cargo])
    for row in rows:
        change.step(row, ChangeKind.MOVED, reason, related=row.id)
        if row.state is State.GENERATED and row.parent_id is None:
            change.ask(ReviewReason.PENDING, row)
    moved = {row.id for row in rows}
    for row in rows:
        if row.slot and holds(row) and any(o.id not in moved for o in in_slot(session, row.subject, row.slot)):
            settle(change, row)


def brought_by(session: Session, operation_id: str) -> list[str]:
    """Ids of the memories that a move brought into this cube; of a former move there may be none left."""
    steps = versions.of_operation(session, operation_id)
    return list(dict.fromkeys(step.item_id for step in steps if step.reason in (ARRIVED, RETURNED)))


def only_carried(session: Session, operation_id: str) -> set[str]:
    """Ids of the memories that a move brought into this cube and did nothing else to."""
    steps = Counter(step.item_id for step in versions.of_operation(session, operation_id))
    return {item_id for item_id in brought_by(session, operation_id) if steps[item_id] == 1}


def is_move(session: Session, operation_id: str) -> bool:
    """Whether an operation brought memories into this cube."""
    return any(version.reason == ARRIVED for version in versions.of_operation(session, operation_id))


def let_go(session: Session, operation_id: str, item_ids: Sequence[str]) -> None:
    """Erase from the cube that is left what has arrived in the other one. The caller scrubs the store afterwards.

    The turns that it was learned from say it no more here.
    """
    for row in items.by_ids(session, item_ids):
        told = {source.message_id for source in active_sources(session, row.id) if source.message_id is not None}
        session.add_all(DepartedRow(item_id=row.id, message_id=message_id) for message_id in sorted(told))
        erasure.erase_item(session, row)
    for each in notes_of(session, operation_id):
        each.let_go = True
        each.item_ids = list(dict.fromkeys([*each.item_ids, *item_ids]))
        session.add(each)
    session.flush()


def unfinished(session: Session) -> list[MoveRow]:
    """Notes of moves whose memories were not let go."""
    return list(session.exec(select(MoveRow).where(col(MoveRow.let_go).is_(False))).all())


def notes_of(session: Session, operation_id: str) -> list[MoveRow]:
    """The notes that a move left in the cube that it came from: one for each cube that it went to."""
    return list(session.exec(select(MoveRow).where(col(MoveRow.operation_id) == operation_id)).all())


def drop_notes(session: Session, operation_id: str) -> None:
    """Forget a move."""
    session.connection().execute(delete(MoveRow).where(col(MoveRow.operation_id) == operation_id))


def mark_undone(session: Session, operation: OperationRow) -> None:
    """Keep, in the cube that the memories are back in, that their move was taken back."""
    if operations.find(session, operation.id) is None:
        kept = operation.model_dump(exclude={"rowid", "undone"})
        session.add(OperationRow(**kept, undone=True))
        session.flush()


def departed(session: Session, item_ids: Sequence[str]) -> bool:
    """Whether any of these memories moved away from this cube and left a turn behind."""
    found = select(DepartedRow.rowid).where(col(DepartedRow.item_id).in_(item_ids)).limit(1)
    return session.exec(found).first() is not None


def forget_departed(session: Session, item_ids: Sequence[str]) -> None:
    """Let turns count again from which memories had moved away that are forgotten by now."""
    session.connection().execute(delete(DepartedRow).where(col(DepartedRow.item_id).in_(item_ids)))


def _superseded(session: Session, rows: Sequence[ItemRow]) -> list[ItemRow]:
    return list(session.exec(select(ItemRow).where(col(ItemRow.superseded_by).in_([row.id for row in rows]))).all())


def _packed(session: Session, row: ItemRow) -> Cargo:
    shown = sources.to_sources(session, [row.id]).get(row.id, ())
    told = [
        {
            "start": source.start,
            "end": source.end,
            "page": source.page,
            "time": source.time,
            "quote": seen.quote,
            "speaker": seen.speaker,
            "title": seen.conversation_title,
            "file": seen.file or "",
            "kept_from": source.message_id or source.kept_from,
            "added_by": source.added_by,
        }
        for source, seen in zip(active_sources(session, row.id), shown, strict=True)
    ]
    vector = session.exec(select(VectorRow).where(col(VectorRow.rowid) == row.rowid)).first()
    return Cargo(
        item=row.model_dump(exclude={"rowid", "import_id", "spent_from"}),
        versions=[version.model_dump(exclude={"rowid"}) for version in versions.of_item(session, row.id)],
        sources=told,
        vector=None if vector is None else (vector.encoder, vector.data),
    )


def _unpack(session: Session, cargo: Cargo) -> None:
    row = items.add(session, ItemRow(**{**cargo.item, "digest": ""}))
    forget_departed(session, [row.id])
    session.add_all(VersionRow(**version) for version in cargo.versions)
    for source in cargo.sources:
        session.add(_linked(session, SourceRow(item_id=row.id, **source)))
    session.flush()
    if cargo.vector is not None and row.rowid is not None:
        encoder, data = cargo.vector
        vectors.put(session, [(row.rowid, np.frombuffer(data, dtype="<f4").astype(np.float32))], encoder)


def _linked(session: Session, source: SourceRow) -> SourceRow:
    """Point at the message again where it is in this cube and still says so."""
    message = messages.find(session, source.kept_from) if source.kept_from else None
    if message is None or message.text[source.start : source.end] != source.quote:
        return source
    source.message_id, source.kept_from = message.id, ""
    source.quote = source.speaker = source.title = source.file = ""
    return source
