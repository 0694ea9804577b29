"""Taking back an operation as a whole, by the version chain."""

from collections.abc import Collection
from typing import Any

from sqlmodel import Session, col, select

from memos_engine.cube import items, operations, versions
from memos_engine.cube.holding import holds
from memos_engine.cube.tables import ItemRow, OperationRow, ReviewRow, SourceRow, VersionRow
from memos_engine.errors import InputError, NotFoundError
from memos_engine.lifecycle import chain
from memos_engine.lifecycle.change import Change
from memos_engine.lifecycle.merge import merge
from memos_engine.lifecycle.order import claim_of
from memos_engine.lifecycle.slots import in_slot
from memos_engine.types import ChangeKind, State

_LOOKED_AT = 50
"""Operations back to which the last one that can be undone is looked for."""


def latest(session: Session) -> OperationRow | None:
    """The newest operation that can be undone: one whose memories are all still as it left them."""
    rows = session.exec(
        select(OperationRow)
        .where(col(OperationRow.undoable).is_(True), col(OperationRow.undone).is_(False))
        .order_by(col(OperationRow.rowid).desc())
        .limit(_LOOKED_AT)
    )
    return next((row for row in rows.all() if _is_on_top(session, row)), None)


def _is_on_top(session: Session, operation: OperationRow) -> bool:
    decided = session.exec(select(ReviewRow.rowid).where(col(ReviewRow.decided_by) == operation.id).limit(1)).first()
    if decided is None and not _touched(session, operation):
        return False
    try:
        check(session, operation)
    except InputError:
        return False
    return True


def check(session: Session, operation: OperationRow) -> None:
    """Raise `InputError` when a memory that the operation changed was changed again since."""
    for item_id in _touched(session, operation):
        steps = versions.of_item(session, item_id)
        top = next((version for version in reversed(steps) if not _is_taken_back(session, version)), None)
        if top is not None and top.operation_id != operation.id:
            raise InputError(
                "A memory of this operation was changed since.", "Undo the later change first, or change it by hand."
            )


def fresh(session: Session, operation_id: str) -> OperationRow:
    """The operation as it is in this transaction; `NotFoundError`."""
    row = operations.find(session, operation_id)
    if row is None:
        raise NotFoundError("There is no such operation to undo.")
    return row


def undo(
    change: Change, operation: OperationRow, *, leave_alone: Collection[str] = (), leaving: Collection[str] = ()
) -> None:
    """Bring every memory of the operation back to what it was before; what the operation made goes to the archive.

    Of a move: `leave_alone` were only carried, and what is `leaving` needs no new place here.
    """
    check(change.session, operation)
    change.begin()
    session = change.session
    touched = [item_id for item_id in _touched(session, operation) if item_id not in leave_alone]
    made: list[ItemRow] = []
    back: list[ItemRow] = []
    for item_id in reversed(touched):
        chain_of_versions = versions.of_item(session, item_id)
        first = next(at for at, version in enumerate(chain_of_versions) if version.operation_id == operation.id)
        row = items.by_id(session, item_id)
        was_current = holds(row)
        if first == 0:
            made.append(change.step(row, ChangeKind.ARCHIVED, "undone", state=State.ARCHIVED))
            continue
        last = max(at for at, version in enumerate(chain_of_versions) if version.operation_id == operation.id)
        before, after = chain_of_versions[first - 1].snapshot, chain_of_versions[last].snapshot
        change.step(row, ChangeKind.UPDATED, "undone", snapshot=_difference(before, after))
        if holds(row) and not was_current and item_id not in leaving:
            change.tell(row.id, ChangeKind.RESTORED)
            back.append(row)
    _undo_rows(change, operation, {row.id for row in made})
    for row in made:
        chain.take_out(change, row)
    for row in back:
        _into_what_came_since(change, row, {*touched, *leaving})
    operation.undone = True
    session.add(operation)
    session.flush()


def _difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The columns that an operation changed, as they were before it: the others may have been set right since."""
    return {name: value for name, value in before.items() if name != "updated" and after.get(name) != value}


def _undo_rows(change: Change, operation: OperationRow, made: set[str]) -> None:
    """Undo what the operation did to sources and to the review list. What it made keeps saying where it came from."""
    session = change.session
    for source in session.exec(select(SourceRow).where(col(SourceRow.added_by) == operation.id)).all():
        if source.item_id not in made:
            session.delete(source)
    for source in session.exec(select(SourceRow).where(col(SourceRow.removed_by) == operation.id)).all():
        source.removed_by = None
        session.add(source)
    for entry in session.exec(select(ReviewRow).where(col(ReviewRow.decided_by) == operation.id)).all():
        entry.decision, entry.decided_by = "", None
        session.add(entry)
        change.review = True
    session.flush()


def _into_what_came_since(change: Change, row: ItemRow, touched: set[str]) -> None:
    """Give a memory that is back its place among memories that are newer than the undone operation."""
    if row.slot:
        others = [other for other in in_slot(change.session, row.subject, row.slot) if other.id not in touched]
        place = chain.find_place(change, claim_of(change.session, row), row.value, others)
        if place.same is None:
            chain.put(change, row, place)
            return
        merge(change, row, into=place.same)
        return
    for other in items.with_digest(change.session, row.digest):
        if other.id not in touched and holds(other) and other.kind is row.kind and other.subject == row.subject:
            merge(change, row, into=other)
            return


def _touched(session: Session, operation: OperationRow) -> list[str]:
    """Ids of the memories that the operation changed and that are here, in the order of their first step."""
    return list(dict.fromkeys(version.item_id for version in versions.of_operation(session, operation.id)))


def _is_taken_back(session: Session, version: VersionRow) -> bool:
    if version.operation_id is None:
        return False
    row = session.exec(select(OperationRow).where(col(OperationRow.id) == version.operation_id)).first()
    return row is not None and (row.undone or row.undoes is not None)
