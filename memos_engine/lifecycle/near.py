"""Pairs that may be one memory, or cannot both hold, for the review list.

No cosine threshold separates a duplicate from a related memory ("Has a dog named Rex", "Has a cat named Rex": 0.87), so
near ones are shown, never merged.
"""

from collections.abc import Sequence

from memos_engine.cube import items, reviews
from memos_engine.cube.holding import holds
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ItemRow
from memos_engine.lifecycle.wording import differ_in_number, opposite
from memos_engine.retrieval.retrieval import Retrieval
from memos_engine.types import Kind, ReviewReason

NEAR = 0.78
"""Cosine from which a pair is shown. Measured with MiniLM: rewordings of one fact lie at 0.80–0.96 where they share
words, different facts of one form (two towns, two drinks) below 0.72."""

_LOOKED_AT = 12
_KINDS = tuple(kind for kind in Kind if kind not in (Kind.MESSAGE, Kind.CHUNK))


def list_near_duplicates(store: CubeStore, retrieval: Retrieval, added: Sequence[ItemRow]) -> bool:
    """Put each new memory with its nearest older (or equally new) one on the list; whether there was a pair."""
    if not added:
        return False
    made = retrieval.embed(store, added)
    near = {
        row.id: retrieval.neighbours(store, vector, _LOOKED_AT, kinds=_KINDS)
        for row, vector in zip(added, made, strict=True)
    }
    among = made @ made.T
    listed = False
    with store.write() as session:
        current = {row.id: row for row in items.by_ids(session, [row.id for row in added])}
        rowids = [rowid for found in near.values() for rowid, _ in found]
        older = items.by_rowids(session, rowids)
        for at, row in enumerate(added):
            close = [(older[rowid], cosine) for rowid, cosine in near[row.id] if rowid in older]
            close += [
                (current[other.id], float(among[at, n])) for n, other in enumerate(added[:at]) if other.id in current
            ]
            pairs = [
                (other, cosine)
                for other, cosine in close
                if cosine >= NEAR and row.id in current and _may_be_one(current[row.id], other)
            ]
            if pairs:
                nearest = max(pairs, key=lambda pair: pair[1])[0]
                reviews.add(session, _reason(nearest, current[row.id]), nearest.id, row.id)
                listed = True
    return listed


def _reason(first: ItemRow, second: ItemRow) -> ReviewReason:
    """Two numbers for one thing are not one memory. (What happened once may happen again with another number.)"""
    contradicts = first.kind is not Kind.EVENT and differ_in_number(first.text, second.text)
    return ReviewReason.CONTRADICTION if contradicts else ReviewReason.NEAR_DUPLICATE


def _may_be_one(first: ItemRow, second: ItemRow) -> bool:
    return (
        first.id != second.id
        and holds(first)
        and holds(second)
        and first.subject == second.subject
        and first.parent_id != second.id
        and second.parent_id != first.id
        and not (first.slot and second.slot)
        and (first.kind is Kind.EVENT) == (second.kind is Kind.EVENT)
        and (first.valid_from is None or second.valid_from is None or first.valid_from == second.valid_from)
        and not opposite(first.text, second.text)
    )
