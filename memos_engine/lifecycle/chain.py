"""What a changing attribute was, is, and when: the chain of memories that say the same slot of the same subject.

A superseded memory stays activated; it is closed (`valid_to`, `recorded_to`) and points at the one that replaced it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from memos_engine.cube import items, versions
from memos_engine.cube.holding import holds
from memos_engine.cube.tables import ItemRow
from memos_engine.lifecycle.change import Change
from memos_engine.lifecycle.order import Claim, Order, claim_of, order
from memos_engine.lifecycle.slots import same_value
from memos_engine.types import ChangeKind, ReviewReason, State


@dataclass
class Place:
    """Where a claim belongs in a chain."""

    same: ItemRow | None = None
    """Says the same already: the new source belongs there."""
    supersedes: list[ItemRow] = field(default_factory=list)
    before: ItemRow | None = None
    """The next newer one: the claim is history already."""
    contradicts: list[ItemRow] = field(default_factory=list)


def find_place(change: Change, claim: Claim, value: str, chain: list[ItemRow]) -> Place:
    """The place in `chain` (all memories of the slot but the one that is to be placed) of a claim of `value`."""
    place = Place()
    ids = {row.id for row in chain}
    for head in (row for row in chain if row.superseded_by not in ids):
        match order(claim, claim_of(change.session, head)):
            case Order.EARLIER:
                return _in_history(change, claim, value, head, chain)
            case _ if not holds(head):
                continue
            case how:
                if same_value(head.slot, head.value, value):
                    return Place(same=head)
                (place.supersedes if how is Order.LATER and not head.frozen else place.contradicts).append(head)
    return place


def _in_history(change: Change, claim: Claim, value: str, head: ItemRow, chain: list[ItemRow]) -> Place:
    newer, seen = head, {head.id}
    while True:
        older = [row for row in chain if row.superseded_by == newer.id and row.id not in seen]
        orders = {row.id: order(claim, claim_of(change.session, row)) for row in older}
        further = next((row for row in older if orders[row.id] is Order.EARLIER), None)
        if further is None:
            break
        newer = further
        seen.add(newer.id)
    same = next((row for row in (newer, *older) if same_value(row.slot, row.value, value)), None)
    if same is not None:
        return Place(same=same)
    return Place(before=newer, supersedes=[row for row in older if orders[row.id] is Order.LATER and not row.frozen])


def put(change: Change, row: ItemRow, place: Place) -> None:
    """Give a stored, activated memory its place: close what it replaces, close it when it is history, list the rest."""
    for old in place.supersedes:
        supersede(change, old, row)
    if place.before is not None:
        supersede(change, row, place.before, reason="told later than what replaced it")
    for other in place.contradicts:
        change.ask(ReviewReason.CONTRADICTION, other, row)


def supersede(change: Change, old: ItemRow, new: ItemRow, *, reason: str = "superseded by a newer memory") -> None:
    """Close `old`: it held until `new` began and was believed until `new` was told. What was inferred falls with it."""
    own_end = old.valid_to if old.superseded_by is None else end_of_its_own(change, old)
    begun = old.valid_from or old.recorded_from
    closes = max(new.valid_from or new.recorded_from, begun)
    fields: dict[str, Any] = {
        "valid_to": closes if own_end is None else min(own_end, closes),
        "recorded_to": max(new.recorded_from, old.recorded_from),
        "superseded_by": new.id,
    }
    change.step(old, ChangeKind.SUPERSEDED, reason, related=new.id, **fields)
    for child in items.children(change.session, [old.id]):
        if holds(child) and not child.confirmed and child.id != new.id:
            supersede(change, child, new, reason="what it was inferred from was superseded")


def end_of_its_own(change: Change, row: ItemRow) -> datetime | None:
    """The end of validity that a superseded memory had by itself, from its versions."""
    for version in reversed(versions.of_item(change.session, row.id)):
        before = ItemRow.model_validate({"id": row.id, **version.snapshot})
        if before.superseded_by is None:
            return before.valid_to
    return None


def take_out(change: Change, row: ItemRow) -> None:
    """Close the gap that a memory leaves in its chain: what it had replaced has its successor, or is current again."""
    replaced = change.session.exec(
        select(ItemRow).where(col(ItemRow.superseded_by) == row.id, col(ItemRow.state) == State.ACTIVATED)
    ).all()
    successor = items.find(change.session, row.superseded_by) if row.superseded_by else None
    for old in replaced:
        if successor is not None and successor.id != old.id:
            supersede(change, old, successor, reason="what had superseded it is gone")
            continue
        change.step(
            old,
            ChangeKind.RESTORED,
            "what had superseded it is gone",
            valid_to=end_of_its_own(change, old),
            recorded_to=None,
            superseded_by=None,
        )
