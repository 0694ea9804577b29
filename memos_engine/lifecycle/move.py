"""Moving memories between cubes, which are two databases: after a crash they are in one or the other, never both.

The cube that is left notes the intent; the arrival's commit in the other cube decides; then the first one lets go. What
a crash cuts is finished by `finish` (the arrival is there) or dropped (it is not). Sources go along as quotes: a turn
of another cube cannot be pointed at. The note stays until the move is undone: it tells where the memories came from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import delete
from sqlmodel import Session, col, select

from memos_engine.cube import erasure, items, messages, operations, sources, vectors, versions
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ItemRow, MoveRow, OperationRow, SourceRow, VectorRow, VersionRow
from memos_engine.errors import InputError
from memos_engine.lifecycle.change import Change
from memos_engine.lifecycle.echoes import inferred_from, with_former_selves
from memos_engine.lifecycle.merge import active_sources
from memos_engine.types import ChangeKind, Kind, ReviewReason, State

ARRIVED = "moved from another cube"
"""The reason of the version that an item has from its arrival."""


@dataclass(frozen=True)
class Cargo:
    """An item with all that belongs to it, as plain values."""

    item: dict[str, Any]
    versions: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    vector: tuple[str, bytes] | None


def movable(session: Session, rows: Sequence[ItemRow]) -> list[ItemRow]:
    """What moves with `rows`: former selves and what was inferred from them. Raises `InputError` for what stays."""
    for row in rows:
        if row.kind in (Kind.MESSAGE, Kind.CHUNK):
            raise InputError(
                "The words of a message or document stay in their cube.", "Move what was learned from them."
            )
        if row.frozen:
            raise InputError("A frozen memory cannot be moved.", "Unfreeze it first.")
    same = with_former_selves(session, rows)
    return [*same, *inferred_from(session, same)]


def note(session: Session, operation_id: str, target: str, rows: Sequence[ItemRow]) -> list[Cargo]:
    """Write the intent in the cube that is left; returns what to take along."""
    session.add(MoveRow(operation_id=operation_id, target=target, item_ids=[row.id for row in rows]))
    session.flush()
    return [_packed(session, row) for row in rows]


def arrive(change: Change, cargo: Sequence[Cargo], reason: str) -> None:
    """Put the cargo into this cube, with one more version; the commit of this transaction is the move."""
    change.begin()
    session = change.session
    for each in cargo:
        _unpack(session, each)
    for each in cargo:
        row = items.by_id(session, each.item["id"])
        change.step(row, ChangeKind.MOVED, reason, related=row.id)
        if row.state is State.GENERATED and row.parent_id is None:
            change.ask(ReviewReason.PENDING, row)
        if row.slot and row.state is State.ACTIVATED and row.recorded_to is None:
            moved = {each.item["id"] for each in cargo}
            for other in items.in_slot(session, row.subject, row.slot):
                if other.id not in moved and other.recorded_to is None:
                    same = other.value.casefold() == row.value.casefold()
                    change.ask(ReviewReason.NEAR_DUPLICATE if same else ReviewReason.CONTRADICTION, other, row)


def brought_by(session: Session, operation_id: str) -> list[ItemRow]:
    """The memories that a move brought into this cube and that are still here."""
    ids = [version.item_id for version in versions.of_operation(session, operation_id)]
    return items.by_ids(session, list(dict.fromkeys(ids)))


def is_move(session: Session, operation_id: str) -> bool:
    """Whether an operation brought memories into this cube."""
    return any(version.reason == ARRIVED for version in versions.of_operation(session, operation_id))


def let_go(session: Session, operation_id: str, item_ids: Sequence[str]) -> None:
    """Erase from the cube that is left what has arrived in the other one. The caller scrubs the store afterwards.

    The note names them no more: a memory that comes back by another move is not to be let go again.
    """
    for row in items.by_ids(session, item_ids):
        erasure.erase_item(session, row)
    note = note_of(session, operation_id)
    if note is not None:
        note.item_ids = []
        session.add(note)
        session.flush()


def finish(left: CubeStore, note_of_move: MoveRow, target: CubeStore) -> bool:
    """After a crash: let go of what arrived, or drop the intent. Whether the move took place."""
    with target.read() as session:
        arrival = operations.find(session, note_of_move.operation_id)
    with left.write() as session:
        if arrival is not None:
            let_go(session, note_of_move.operation_id, note_of_move.item_ids)
        if arrival is None or arrival.undoes is not None:
            drop_note(session, note_of_move.operation_id)
        undone = operations.find(session, arrival.undoes) if arrival is not None and arrival.undoes else None
        if undone is not None:
            operations.mark_undone(session, undone)
    left.scrub()
    return arrival is not None


def unfinished(session: Session) -> list[MoveRow]:
    """Notes of moves whose memories are still here."""
    rows = session.exec(select(MoveRow)).all()
    return [row for row in rows if items.by_ids(session, row.item_ids)]


def note_of(session: Session, operation_id: str) -> MoveRow | None:
    """The note that a move left in the cube that it came from."""
    return session.exec(select(MoveRow).where(col(MoveRow.operation_id) == operation_id)).first()


def drop_note(session: Session, operation_id: str) -> None:
    """Forget a move's note."""
    session.connection().execute(delete(MoveRow).where(col(MoveRow.operation_id) == operation_id))


def mark_undone(session: Session, operation: OperationRow) -> None:
    """Keep, in the cube that the memories are back in, that their move was taken back."""
    if operations.find(session, operation.id) is None:
        kept = operation.model_dump(exclude={"rowid", "undone"})
        session.add(OperationRow(**kept, undone=True))
        session.flush()


def _packed(session: Session, row: ItemRow) -> Cargo:
    shown = sources.to_sources(session, [row.id]).get(row.id, ())
    packed = [
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
        item=row.model_dump(exclude={"rowid", "import_id"}),
        versions=[version.model_dump(exclude={"rowid"}) for version in versions.of_item(session, row.id)],
        sources=packed,
        vector=None if vector is None else (vector.encoder, vector.data),
    )


def _unpack(session: Session, cargo: Cargo) -> None:
    row = items.add(session, ItemRow(**{**cargo.item, "digest": ""}))
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
