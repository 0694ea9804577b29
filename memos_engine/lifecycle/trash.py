"""The trash, and memories whose time is over."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, or_, select

from memos_engine.cube import items
from memos_engine.cube.holding import holds
from memos_engine.cube.tables import ItemRow
from memos_engine.errors import InputError
from memos_engine.lifecycle.absorb import settle
from memos_engine.lifecycle.change import Change
from memos_engine.lifecycle.inferred import falling_with, re_parent
from memos_engine.types import ChangeKind, State

_IN_TRASH = (State.ARCHIVED, State.EXPIRED)
_REMOVABLE = (State.ACTIVATED, State.GENERATED, State.EXPIRED)


def remove(change: Change, rows: Iterable[ItemRow], reason: str = "moved to the trash") -> None:
    """Archive memories, with what was inferred from them."""
    rows = [row for row in rows if row.state in _REMOVABLE]
    falling = falling_with(change.session, rows)
    re_parent(change, rows, {row.id for row in [*rows, *falling]})
    for row in rows:
        change.step(row, ChangeKind.ARCHIVED, reason, state=State.ARCHIVED)
    for child in falling:
        if child.state in _REMOVABLE:
            why = "what it was inferred from was taken out"
            change.step(child, ChangeKind.ARCHIVED, why, state=State.ARCHIVED, related=child.parent_id)


def restore(change: Change, rows: Iterable[ItemRow]) -> None:
    """Bring memories back from the trash (or from being expired), with what had fallen with them."""
    back = list(rows)
    for row in back:
        if row.state not in _IN_TRASH:
            raise InputError("Only what is in the trash can be restored.", "Reload the list and try again.")
    known = {row.id for row in back}
    for child in items.children(change.session, sorted(known)):
        if child.id not in known and child.state is State.ARCHIVED and child.updated >= _parent(back, child).updated:
            back.append(child)
    for row in back:
        over = row.state is State.EXPIRED
        fields: dict[str, Any] = {"lifespan": None, "decay_days": None} if over else {}
        change.step(row, ChangeKind.RESTORED, "restored", state=State.ACTIVATED, **fields)
    for row in back:
        if holds(row):
            settle(change, row)


def expire(change: Change, at: datetime) -> None:
    """Expire what is past its lifespan, or was not used for as long as its decay allows. Pinned memories stay."""
    waning = select(ItemRow).where(
        col(ItemRow.state) == State.ACTIVATED,
        col(ItemRow.pinned).is_(False),
        col(ItemRow.staged).is_(False),
        or_(col(ItemRow.lifespan) <= at, col(ItemRow.decay_days).is_not(None)),
    )
    for row in change.session.exec(waning).all():
        if (row.lifespan and row.lifespan <= at) or _decayed(row, at):
            change.step(row, ChangeKind.UPDATED, "its lifespan is over", state=State.EXPIRED)


def in_trash(session: Session, *, before: datetime | None = None) -> list[ItemRow]:
    """What lies in the trash (since `before`)."""
    statement = select(ItemRow).where(col(ItemRow.state) == State.ARCHIVED, col(ItemRow.staged).is_(False))
    if before is not None:
        statement = statement.where(col(ItemRow.updated) <= before)
    return list(session.exec(statement))


def _decayed(row: ItemRow, at: datetime) -> bool:
    if row.decay_days is None:
        return False
    return max(row.updated, row.last_used or row.updated) + timedelta(days=row.decay_days) <= at


def _parent(rows: list[ItemRow], child: ItemRow) -> ItemRow:
    return next(row for row in rows if row.id == child.parent_id)
