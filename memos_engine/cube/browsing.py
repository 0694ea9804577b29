"""The filtered, sorted, paged list of items."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, column, func, or_, text
from sqlmodel import Session, col, select

from memos_engine.cube import holding, search_index
from memos_engine.cube.items import by_rowids
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.tables import ItemRow, MessageRow, SourceRow
from memos_engine.types import Kind, MemoryFilter, SortKey, State, now

_ORDERS: dict[SortKey, tuple[Any, ...]] = {
    SortKey.NEWEST: (col(ItemRow.created).desc(), col(ItemRow.rowid).desc()),
    SortKey.OLDEST: (col(ItemRow.created), col(ItemRow.rowid)),
    SortKey.VALID_TIME: (func.coalesce(ItemRow.valid_from, ItemRow.created).desc(), col(ItemRow.rowid).desc()),
    SortKey.TEXT: (func.lower(ItemRow.text), col(ItemRow.rowid)),
    SortKey.MOST_USED: (col(ItemRow.use_count).desc(), col(ItemRow.created).desc(), col(ItemRow.rowid).desc()),
}


def page(
    session: Session, which: MemoryFilter, scope: ItemScope, rowids: Sequence[int] | None = None
) -> tuple[list[ItemRow], int]:
    """The filter's stretch of the items that `scope` admits, and how many there are in all.

    The query is taken as typed so far. `rowids` are items found otherwise (by meaning), best first: they are listed
    besides those that hold the words, and come after them by relevance. `which.cubes` is the caller's.
    """
    conditions = scope.where() + _conditions(which)
    stretch = slice(which.offset, which.offset + which.limit)
    if which.query.strip():
        listed = _found(session, which, conditions, [int(rowid) for rowid in rowids or ()])
        total, picked = len(listed), listed[stretch]
    else:
        total = int(session.exec(select(func.count()).select_from(ItemRow).where(*conditions)).one())
        ordered = select(ItemRow.rowid).where(*conditions).order_by(*_order(which))
        picked = list(session.exec(ordered.offset(which.offset).limit(which.limit)))
    rows = by_rowids(session, [rowid for rowid in picked if rowid is not None])
    return [rows[rowid] for rowid in picked if rowid in rows], total


def admitted(session: Session, which: MemoryFilter, scope: ItemScope) -> list[int]:
    """Rowids of all items that the filter and `scope` admit, whatever the query: what a search by meaning ranks."""
    found = session.exec(select(ItemRow.rowid).where(*scope.where(), *_conditions(which)))
    return [rowid for rowid in found if rowid is not None]


def passages(session: Session, which: MemoryFilter, scope: ItemScope) -> int:
    """How many passages of documents the filter would list, had it named them; 0 where it lists them."""
    if which.kinds or Kind.CHUNK in _kinds_unasked(which):
        return 0
    conditions = scope.where() + _conditions(replace(which, kinds=(Kind.CHUNK,)))
    return int(session.exec(select(func.count()).select_from(ItemRow).where(*conditions)).one())


def _kinds_unasked(which: MemoryFilter) -> tuple[Kind, ...]:
    """Passages stand under their document, not among what was learned, but where they are looked for or thrown away."""
    trash_too = not which.states or State.ARCHIVED in which.states
    looked_for = which.query.strip() or which.origins or trash_too
    return tuple(kind for kind in Kind if kind is not Kind.MESSAGE and (looked_for or kind is not Kind.CHUNK))


def _found(
    session: Session, which: MemoryFilter, conditions: list[ColumnElement[bool]], others: list[int]
) -> list[int | None]:
    """Rowids of all items that hold the query's words, and of `others`, in the order of the list."""
    expression = search_index.as_typed(which.query)
    admitted = select(ItemRow.rowid).where(*conditions)
    if which.sort is not SortKey.RELEVANCE:
        either = or_(_holds(expression), col(ItemRow.rowid).in_(others)) if others else _holds(expression)
        return list(session.exec(admitted.where(either).order_by(*_order(which)))) if expression or others else []
    ranked: list[int | None] = list(search_index.match_among(session, expression, admitted))
    known = set(ranked)
    besides = set(session.exec(admitted.where(col(ItemRow.rowid).in_(others)))) - known if others else set()
    return ranked + [rowid for rowid in others if rowid in besides]


def _order(which: MemoryFilter) -> tuple[Any, ...]:
    return _ORDERS.get(which.sort, _ORDERS[SortKey.NEWEST])


def _holds(expression: str) -> ColumnElement[bool]:
    matching = text("SELECT rowid FROM item_fts WHERE item_fts MATCH :expression").bindparams(expression=expression)
    return col(ItemRow.rowid).in_(matching.columns(column("rowid")))


def _conditions(which: MemoryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if which.states:
        conditions.append(col(ItemRow.state).in_(which.states))
    conditions.append(col(ItemRow.kind).in_(which.kinds or _kinds_unasked(which)))
    if which.origins:
        conditions.append(col(ItemRow.origin).in_(which.origins))
    if which.since is not None:
        conditions.append(col(ItemRow.created) >= which.since)
    if which.until is not None:
        conditions.append(col(ItemRow.created) < which.until)
    if which.current_only:
        at = now()
        unspent = or_(col(ItemRow.kind) == Kind.CHUNK, holding.unspent(at))
        conditions.append(or_(col(ItemRow.state) != State.ACTIVATED, holding.current(at) & unspent))
    if which.pinned_only:
        conditions.append(col(ItemRow.pinned).is_(True))
    if which.conversation_id is not None:
        from_there = (
            select(SourceRow.item_id)
            .join(MessageRow, col(MessageRow.id) == col(SourceRow.message_id))
            .where(col(MessageRow.conversation_id) == which.conversation_id, col(SourceRow.removed_by).is_(None))
        )
        conditions.append(or_(col(ItemRow.conversation_id) == which.conversation_id, col(ItemRow.id).in_(from_there)))
    return conditions
