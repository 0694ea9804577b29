"""What was inferred from a memory falls with it, unless something else says it too."""

from collections.abc import Iterable, Iterator

from sqlmodel import Session, col, select

from memos_engine.cube import items
from memos_engine.cube.holding import holds
from memos_engine.cube.tables import ItemRow, SourceRow
from memos_engine.lifecycle.change import Change
from memos_engine.lifecycle.merge import active_sources
from memos_engine.types import ChangeKind, Kind


def falling_with(session: Session, rows: Iterable[ItemRow]) -> list[ItemRow]:
    """Memories inferred from `rows`, and from those in turn, that the person did not confirm and nothing else bears."""
    falling = {row.id for row in rows}
    found: list[ItemRow] = []
    generation = list(falling)
    while generation:
        children = [
            child
            for child in items.children(session, generation)
            if child.id not in falling and not child.confirmed and other_bearer(session, child, falling) is None
        ]
        falling |= {child.id for child in children}
        found += children
        generation = [child.id for child in children]
    return found


def re_parent(change: Change, rows: Iterable[ItemRow], gone: set[str]) -> None:
    """Give the inferred memories of `rows` that stay another parent, or none where the person confirmed them."""
    for child in items.children(change.session, [row.id for row in rows]):
        if child.id in gone:
            continue
        bearer = other_bearer(change.session, child, gone)
        if bearer is not None and bearer.id != child.parent_id:
            change.step(child, ChangeKind.UPDATED, "inferred from another memory too", parent_id=bearer.id)


def other_bearer(session: Session, child: ItemRow, gone: set[str]) -> ItemRow | None:
    """A memory not in `gone` that holds and was read from a span which bears `child` too."""
    return next((row for row in _bearers(session, child, gone) if holds(row)), None)


def _bearers(session: Session, child: ItemRow, gone: set[str]) -> Iterator[ItemRow]:
    for source in active_sources(session, child.id):
        if source.message_id is None:
            continue
        yield from session.exec(
            select(ItemRow)
            .join(SourceRow, col(SourceRow.item_id) == col(ItemRow.id))
            .where(
                col(SourceRow.message_id) == source.message_id,
                col(SourceRow.start) == source.start,
                col(SourceRow.end) == source.end,
                col(SourceRow.removed_by).is_(None),
                col(ItemRow.id) != child.id,
                col(ItemRow.id).not_in(gone),
                col(ItemRow.parent_id).is_(None),
                col(ItemRow.kind) != Kind.MESSAGE,
            )
        )
