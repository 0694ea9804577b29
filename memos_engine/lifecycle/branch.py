"""What was learned follows the branch that a conversation shows: it is taken back with it, and returns with it."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from memos_engine.cube import branches, items, versions
from memos_engine.cube.holding import holds
from memos_engine.cube.tables import ItemRow, SourceRow
from memos_engine.lifecycle import chain
from memos_engine.lifecycle.absorb import settle
from memos_engine.lifecycle.change import OFF_BRANCH, TAKEN_BACK, Change
from memos_engine.lifecycle.rollback import rollback
from memos_engine.types import ChangeKind, State

_WITHOUT = "one of its messages is no longer shown"


def show(change: Change, conversation_id: str, message_id: str | None) -> None:
    """Show the branch that ends with a message (None: nothing yet), and let the memories follow."""
    if branches.head(change.session, conversation_id) == message_id:
        return
    switch = branches.show(change.session, conversation_id, message_id)
    rollback(change, switch.left, OFF_BRANCH, _WITHOUT)
    _return(change, switch.came)


def _return(change: Change, message_ids: Sequence[str]) -> None:
    for item_id in _give_sources_back(change, message_ids):
        row = items.find(change.session, item_id)
        if row is not None and not _left_with_its_branch(change, row):
            change.step(row, ChangeKind.UPDATED, "one of its messages is shown again")
    back = [row for row in items.from_messages(change.session, message_ids) if _left_with_its_branch(change, row)]
    for row in back:
        before = versions.of_item(change.session, row.id)[-2].snapshot
        state = State(before.get("state", State.ACTIVATED))
        change.step(row, ChangeKind.RESTORED, "its message is shown again", state=state)
        if row.superseded_by is not None and _is_gone(change.session, row.superseded_by):
            ends = chain.end_of_its_own(change, row)
            change.step(
                row, ChangeKind.RESTORED, "what had superseded it is gone",
                valid_to=ends, recorded_to=None, superseded_by=None,
            )  # fmt: skip
    for row in back:
        if holds(row):
            settle(change, row)


def _give_sources_back(change: Change, message_ids: Sequence[str]) -> list[str]:
    """Point memories that other messages bear too at these messages again; their ids."""
    session = change.session
    taken = select(SourceRow).where(col(SourceRow.message_id).in_(message_ids), col(SourceRow.removed_by).is_not(None))
    given: dict[str, None] = {}
    for source in session.exec(taken).all():
        steps = versions.of_operation(session, source.removed_by or "")
        if any(step.item_id == source.item_id and step.reason == _WITHOUT for step in steps):
            source.removed_by = None
            session.add(source)
            given[source.item_id] = None
    session.flush()
    return list(given)


def _left_with_its_branch(change: Change, row: ItemRow) -> bool:
    return row.state is State.ARCHIVED and versions.of_item(change.session, row.id)[-1].reason == OFF_BRANCH


def _is_gone(session: Session, item_id: str) -> bool:
    """Whether a memory is not here, or was taken back itself."""
    row = items.find(session, item_id)
    if row is None:
        return True
    return row.state is State.ARCHIVED and versions.of_item(session, item_id)[-1].reason in TAKEN_BACK
