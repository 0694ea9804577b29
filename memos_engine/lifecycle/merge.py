"""Two memories that are one: the survivor has the sources of both."""

from typing import Any

from sqlmodel import Session, col, select

from memos_engine.cube import items
from memos_engine.cube.tables import ItemRow, SourceRow
from memos_engine.lifecycle.change import Change
from memos_engine.lifecycle.provenance import Provenance
from memos_engine.types import Candidate, ChangeKind, State

MOST_SOURCES = 64
"""Sources that a memory keeps: a greeting that is said 54,603 times does not grow without end."""


def give_source(change: Change, row: ItemRow, candidate: Candidate, provenance: Provenance) -> bool:
    """Add the quoted span to a memory's sources; False when it is there already, or the memory has its fill."""
    return _add(
        change,
        row,
        SourceRow(
            item_id=row.id,
            message_id=provenance.message_id,
            document_id=provenance.document_id,
            page=provenance.page,
            start=candidate.start,
            end=candidate.end,
            time=provenance.time,
        ),
    )


def merge(change: Change, row: ItemRow, *, into: ItemRow) -> None:
    """Let `row` become part of `into`: sources are copied, inferred memories change their parent, `row` is out."""
    for source in active_sources(change.session, row.id):
        _add(
            change,
            into,
            SourceRow(**{**source.model_dump(exclude={"rowid", "added_by", "removed_by"}), "item_id": into.id}),
        )
    for child in items.children(change.session, [row.id]):
        if child.id != into.id:
            change.step(child, ChangeKind.UPDATED, "what it was inferred from was merged", parent_id=into.id)
    earliest = min(into.recorded_from, row.recorded_from)
    fields: dict[str, Any] = {"recorded_from": earliest, "created": min(into.created, row.created)}
    if into.valid_from is None and row.valid_from is not None:
        fields |= {"valid_from": row.valid_from, "valid_precision": row.valid_precision}
    change.step(into, ChangeKind.UPDATED, "another memory that says the same was merged into it", **fields)
    change.step(
        row, ChangeKind.MERGED, "merged into one that says the same", related=into.id,
        state=State.MERGED, superseded_by=into.id, parent_id=None if row.parent_id == into.id else row.parent_id,
    )  # fmt: skip


def active_sources(session: Session, item_id: str) -> list[SourceRow]:
    """A memory's source rows that were not taken away."""
    return list(
        session.exec(
            select(SourceRow)
            .where(col(SourceRow.item_id) == item_id, col(SourceRow.removed_by).is_(None))
            .order_by(col(SourceRow.rowid))
        )
    )


def _add(change: Change, row: ItemRow, source: SourceRow) -> bool:
    known = change.session.exec(select(SourceRow).where(col(SourceRow.item_id) == row.id)).all()
    place = (source.message_id, source.document_id, source.page, source.start, source.end, source.quote)
    if len(known) >= MOST_SOURCES or any(
        (each.message_id, each.document_id, each.page, each.start, each.end, each.quote) == place for each in known
    ):
        return False
    change.begin()
    source.added_by = change.id
    change.session.add(source)
    change.session.flush()
    return True
