"""The filtered, sorted, paged list of items."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from memos_engine.cube import search_index
from memos_engine.cube.items import by_rowids
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.tables import ItemRow, MessageRow, SourceRow
from memos_engine.types import Kind, MemoryFilter, SortKey

_MOST_FOUND = 100_000

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
    order = _ORDERS.get(which.sort, _ORDERS[SortKey.NEWEST])
    if which.query.strip():
        expression = search_index.as_typed(which.query)
        if not expression and not rowids:
            return [], 0
        found = dict.fromkeys(rowid for rowid, _ in search_index.match(session, expression, _MOST_FOUND))
        found |= dict.fromkeys(int(rowid) for rowid in rowids or ())
        if which.sort is SortKey.RELEVANCE:
            return _by_relevance(session, which, list(found), conditions)
        conditions.append(col(ItemRow.rowid).in_(list(found)))
    total = int(session.exec(select(func.count()).select_from(ItemRow).where(*conditions)).one())
    stretch = select(ItemRow.rowid).where(*conditions).order_by(*order).offset(which.offset).limit(which.limit)
    picked = [rowid for rowid in session.exec(stretch) if rowid is not None]
    rows = by_rowids(session, picked)
    return [rows[rowid] for rowid in picked if rowid in rows], total


def _by_relevance(
    session: Session, which: MemoryFilter, ranked: list[int], conditions: list[ColumnElement[bool]]
) -> tuple[list[ItemRow], int]:
    admitted = set(session.exec(select(ItemRow.rowid).where(col(ItemRow.rowid).in_(ranked), *conditions)))
    listed = [rowid for rowid in ranked if rowid in admitted]
    picked = listed[which.offset : which.offset + which.limit]
    rows = by_rowids(session, picked)
    return [rows[rowid] for rowid in picked if rowid in rows], len(listed)


def _conditions(which: MemoryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if which.states:
        conditions.append(col(ItemRow.state).in_(which.states))
    kinds = which.kinds or tuple(kind for kind in Kind if kind is not Kind.MESSAGE)
    conditions.append(col(ItemRow.kind).in_(kinds))
    if which.origins:
        conditions.append(col(ItemRow.origin).in_(which.origins))
    if which.since is not None:
        conditions.append(col(ItemRow.created) >= which.since)
    if which.until is not None:
        conditions.append(col(ItemRow.created) < which.until)
    if which.current_only:
        conditions.append(col(ItemRow.recorded_to).is_(None))
    if which.pinned_only:
        conditions.append(col(ItemRow.pinned).is_(True))
    if which.conversation_id is not None:
        from_there = (
            select(SourceRow.item_id)
            .join(MessageRow, col(MessageRow.id) == col(SourceRow.message_id))
            .where(col(MessageRow.conversation_id) == which.conversation_id)
        )
        conditions.append(or_(col(ItemRow.conversation_id) == which.conversation_id, col(ItemRow.id).in_(from_there)))
    return conditions
