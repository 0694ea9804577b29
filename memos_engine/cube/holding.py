"""What holds now: the one rule by which a memory counts, for answers, lists, slots and reviews.

An item holds when it is activated, its lifespan is not over, no newer one has superseded it, and what it says has not
ended since it was told ("Lived in Porto until 2020" was told as over, and holds). A verbatim turn holds besides only
while its words are not spent: it may be quoted, it stands on the branch that its conversation shows, every memory
made from it holds, and none of them has moved to another cube. From when on a turn is spent depends on other rows;
triggers keep it in `spent_from`, so that whatever changes those rows, the turn follows in the same transaction.
Of a passage it says, from the import on, whether it holds a secret and so may never be quoted.
"""

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, literal_column, or_
from sqlmodel import col

from memos_engine.cube.tables import ItemRow, UtcTime
from memos_engine.types import State, ended_by, now

NEVER_HELD = datetime(1970, 1, 1, tzinfo=UTC)
"""From when on a text is spent that may not be quoted at all."""

_NEVER = 2**63 - 1

_ENDED = "CASE WHEN {item}.kind <> 'event' AND {item}.valid_to > {item}.recorded_from THEN {item}.valid_to END"
"""From when on an item's statement has ended. What happened stays happened."""

_PRESENT = "CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER)"

_OVER = f"""CASE
    WHEN memory.state IN ('archived', 'expired', 'generated') THEN 0
    WHEN memory.state <> 'activated' THEN {_NEVER}
    WHEN memory.recorded_to IS NOT NULL
    THEN min(memory.recorded_to, coalesce(memory.valid_to, memory.recorded_to), {_PRESENT})
    ELSE min(coalesce({_ENDED.format(item="memory")}, {_NEVER}), coalesce(memory.lifespan, {_NEVER}))
    END"""

_SPENT_FROM = f"""(SELECT CASE
    WHEN NOT message.shown OR NOT message.quotable
        OR EXISTS (SELECT 1 FROM departed WHERE departed.message_id = message.id) THEN 0
    ELSE (SELECT nullif(min({_OVER}), {_NEVER}) FROM source JOIN item AS memory ON memory.id = source.item_id
        WHERE source.message_id = message.id AND source.removed_by IS NULL AND memory.kind <> 'message')
    END FROM message WHERE message.id = item.message_id)"""


def _trigger(name: str, event: str, turns: str) -> str:
    """A trigger after which the turns of some messages say rightly from when on they are spent."""
    return f"""CREATE TRIGGER {name} AFTER {event} BEGIN
    UPDATE item SET spent_from = {_SPENT_FROM},
        updated = max((SELECT max(updated) + 1 FROM item), {_PRESENT})
    WHERE message_id IN ({turns}) AND kind = 'message' AND spent_from IS NOT {_SPENT_FROM};
END;
"""


_LOOKED_AT = ("kind", "state", "recorded_from", "recorded_to", "valid_to", "lifespan")
_CHANGED = " OR ".join(f"new.{name} IS NOT old.{name}" for name in _LOOKED_AT)

HOLDING_SCHEMA = "".join(
    (
        _trigger(
            "memory_over",
            f"UPDATE OF {', '.join(_LOOKED_AT)} ON item WHEN new.kind <> 'message' AND ({_CHANGED})",
            "SELECT message_id FROM source WHERE item_id = new.id AND message_id IS NOT NULL",
        ),
        _trigger("source_added", "INSERT ON source WHEN new.message_id IS NOT NULL", "new.message_id"),
        _trigger("source_gone", "DELETE ON source WHEN old.message_id IS NOT NULL", "old.message_id"),
        _trigger("source_changed", "UPDATE OF message_id, removed_by ON source", "old.message_id, new.message_id"),
        _trigger(
            "branch_switched",
            "UPDATE OF shown, quotable ON message WHEN new.shown <> old.shown OR new.quotable <> old.quotable",
            "new.id",
        ),
        _trigger("memory_departed", "INSERT ON departed", "new.message_id"),
        _trigger("memory_returned", "DELETE ON departed", "old.message_id"),
    )
)

WEIGH_AGAIN = f"UPDATE item SET spent_from = {_SPENT_FROM} WHERE kind = 'message' AND spent_from IS NOT {_SPENT_FROM};"
"""Brings turns of before the present rule under it."""

HOLDING_TRIGGERS = tuple(re.findall(r"CREATE TRIGGER (\w+)", HOLDING_SCHEMA))


def ended_from() -> ColumnElement[Any]:
    """In a statement about `ItemRow`: from when on what an item says has ended, or NULL."""
    return literal_column(_ENDED.format(item="item"), UtcTime())


def current(at: datetime) -> ColumnElement[bool]:
    """In a statement about `ItemRow`: nothing newer has superseded it, and what it says has not ended by then."""
    ended = ended_from()
    return and_(col(ItemRow.recorded_to).is_(None), or_(ended.is_(None), ended > at))


def unspent(at: datetime) -> ColumnElement[bool]:
    """In a statement about `ItemRow`: no verbatim turn whose words hold no more by then, no passage that may not be
    quoted."""
    return or_(col(ItemRow.spent_from).is_(None), col(ItemRow.spent_from) > at)


def holds(row: ItemRow, at: datetime | None = None) -> bool:
    """Whether a memory (no verbatim turn: the database knows which are spent) holds now, or at a time."""
    at = at or now()
    if row.state is not State.ACTIVATED or (row.lifespan is not None and row.lifespan <= at):
        return False
    return row.recorded_to is None and not ended_by(row.kind, row.recorded_from, row.valid_to, at)
