"""The columns of items that ranking filters and weighs by, as arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, String, func, type_coerce
from sqlalchemy import select as sqlalchemy_select
from sqlmodel import Session, col

from memos_engine.cube.holding import ended_from
from memos_engine.cube.tables import ItemRow
from memos_engine.types import Kind, State

NEVER = np.iinfo(np.int64).max
"""The time of what has no end."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS: dict[str, int] = {kind: number for number, kind in enumerate(Kind)}
_STATES: dict[str, int] = {state: number for number, state in enumerate(State)}


def microseconds(time: datetime) -> int:
    """Whole microseconds since 1970 UTC: the times of the tables and of `ItemColumns`."""
    return (time - _EPOCH) // timedelta(microseconds=1)


def kind_codes(kinds: Iterable[str]) -> list[int]:
    """Places in `Kind`."""
    return [_KINDS[kind] for kind in kinds]


def state_codes(states: Iterable[str]) -> list[int]:
    """Places in `State`."""
    return [_STATES[state] for state in states]


@dataclass(frozen=True)
class ItemColumns:
    """n items, ordered by rowid. Times are int64 microseconds since 1970 UTC."""

    rowid: NDArray[np.int64]
    kind: NDArray[np.int8]
    """Place in `Kind`."""
    state: NDArray[np.int8]
    """Place in `State`."""
    current: NDArray[np.bool_]
    """No newer memory has superseded it."""
    ended: NDArray[np.int64]
    """From when on what it says has ended, else `NEVER`: see `holding`."""
    spent: NDArray[np.int64]
    """Of a verbatim turn: from when on its words hold no more, else `NEVER`: see `holding`."""
    begins: NDArray[np.int64]
    """When it began to hold: valid from, else created."""
    ends: NDArray[np.int64]
    """When it ceased to hold: valid to, else recorded to, else `NEVER`."""
    created: NDArray[np.int64]
    updated: NDArray[np.int64]
    lifespan: NDArray[np.int64]
    pinned: NDArray[np.bool_]
    priority: NDArray[np.int32]
    confidence: NDArray[np.float32]
    use_count: NDArray[np.int32]
    position: NDArray[np.int32]
    place: tuple[str, ...]
    """Conversation or document id, within which `position` orders; empty for neither."""


def item_columns(session: Session, rowids: Sequence[int] | None = None, *, after: int = 0) -> ItemColumns:
    """The columns of the given items (default: all with a rowid above `after`), staged ones left out."""

    def raw(column: Any) -> Any:
        return type_coerce(column, BigInteger)

    statement = (
        sqlalchemy_select(
            col(ItemRow.rowid),
            type_coerce(ItemRow.kind, String),
            type_coerce(ItemRow.state, String),
            col(ItemRow.recorded_to).is_(None),
            func.coalesce(raw(ended_from()), int(NEVER)),
            func.coalesce(raw(ItemRow.spent_from), int(NEVER)),
            func.coalesce(raw(ItemRow.valid_from), raw(ItemRow.created)),
            func.coalesce(raw(ItemRow.valid_to), raw(ItemRow.recorded_to), int(NEVER)),
            raw(ItemRow.created),
            raw(ItemRow.updated),
            func.coalesce(raw(ItemRow.lifespan), int(NEVER)),
            col(ItemRow.pinned),
            col(ItemRow.priority),
            col(ItemRow.confidence),
            col(ItemRow.use_count),
            col(ItemRow.position),
            func.coalesce(ItemRow.conversation_id, ItemRow.document_id, ""),
        )
        .where(col(ItemRow.staged).is_(False), col(ItemRow.rowid) > after)
        .order_by(col(ItemRow.rowid))
    )
    if rowids is not None:
        statement = statement.where(col(ItemRow.rowid).in_(rowids))
    rows = session.connection().execute(statement).all()
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [()] * 17

    def array(place: int, kind: Any) -> Any:
        return np.array(columns[place], dtype=kind)

    return ItemColumns(
        rowid=array(0, np.int64),
        kind=np.array(kind_codes(columns[1]), dtype=np.int8),
        state=np.array(state_codes(columns[2]), dtype=np.int8),
        current=array(3, np.bool_),
        ended=array(4, np.int64),
        spent=array(5, np.int64),
        begins=array(6, np.int64),
        ends=array(7, np.int64),
        created=array(8, np.int64),
        updated=array(9, np.int64),
        lifespan=array(10, np.int64),
        pinned=array(11, np.bool_),
        priority=array(12, np.int32),
        confidence=array(13, np.float32),
        use_count=array(14, np.int32),
        position=array(15, np.int32),
        place=tuple(columns[16]),
    )
