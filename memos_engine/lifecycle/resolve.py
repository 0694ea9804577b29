"""Carrying out the person's word on an entry of the review list."""

from memos_engine.cube import items
from memos_engine.cube.tables import ItemRow, ReviewRow
from memos_engine.errors import InputError
from memos_engine.lifecycle import chain
from memos_engine.lifecycle.change import Change, counted
from memos_engine.lifecycle.hand import activate, confirm
from memos_engine.lifecycle.merge import merge
from memos_engine.lifecycle.review import decide
from memos_engine.lifecycle.trash import remove
from memos_engine.types import Agreement, ChangeKind, ReviewReason, State

_OF_ONE = (Agreement.ACCEPT, Agreement.REJECT)
_LABELS = {
    Agreement.ACCEPT: counted("Remember", 1),
    Agreement.REJECT: counted("Refuse", 1),
    Agreement.MERGE: counted("Merge", 2),
    Agreement.KEEP_BOTH: "Keep both memories",
    Agreement.KEEP_FIRST: "Keep one of two memories",
    Agreement.KEEP_SECOND: "Keep one of two memories",
}


def resolve(change: Change, entry: ReviewRow, decision: Agreement) -> None:
    """Do what was decided. Raises `InputError` for a decision that does not fit the entry."""
    if entry.decision:
        raise InputError("This entry was decided already.", "Reload the list.")
    if (entry.second_id is None) != (decision in _OF_ONE):
        raise InputError(
            f"'{decision.value}' does not fit this entry.",
            "A waiting memory is accepted or rejected; of a pair, keep one or both, or merge them.",
        )
    change.label = _LABELS[decision]
    decide(change, entry, decision)
    first = items.by_id(change.session, entry.first_id)
    if entry.second_id is None:
        if decision is Agreement.ACCEPT:
            confirm(change, [first])
        else:
            remove(change, [first], "rejected")
        return
    second = items.by_id(change.session, entry.second_id)
    match decision:
        case Agreement.KEEP_BOTH:
            _accept(change, first, second)
        case Agreement.MERGE:
            _accept(change, first, second)
            merge(change, second, into=first)
        case Agreement.KEEP_FIRST:
            _keep(change, entry, first, over=second)
        case Agreement.KEEP_SECOND:
            _keep(change, entry, second, over=first)


def _keep(change: Change, entry: ReviewRow, kept: ItemRow, *, over: ItemRow) -> None:
    """A duplicate goes to the trash; of a contradiction, what the person does not hold true becomes history."""
    _accept(change, kept)
    change.step(kept, ChangeKind.UPDATED, "confirmed", confirmed=True)
    if entry.reason == ReviewReason.CONTRADICTION.value and over.state is State.ACTIVATED:
        chain.supersede(change, over, kept, reason="the person kept the other")
    else:
        remove(change, [over], "the person kept another that says the same")


def _accept(change: Change, *rows: ItemRow) -> None:
    activate(change, [row for row in rows if row.state is State.GENERATED])
