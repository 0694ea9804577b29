"""Taking back what was remembered from messages that are no longer what the person said."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from memos_engine.cube import items
from memos_engine.cube.tables import ItemRow, MessageRow, SourceRow
from memos_engine.lifecycle import chain
from memos_engine.lifecycle.change import ROLLED_BACK, Change
from memos_engine.lifecycle.inferred import falling_with, re_parent
from memos_engine.lifecycle.merge import active_sources
from memos_engine.types import ChangeKind, Kind, State


def rollback(
    change: Change,
    message_ids: Sequence[str],
    reason: str = ROLLED_BACK,
    reason_without: str = "one of its messages was edited",
) -> None:
    """Archive memories that only these messages bear, and take the messages from the sources of the others.

    What the person wrote, edited, confirmed or pinned stays. What an archived memory had superseded returns.
    """
    gone = set(message_ids)
    falling: list[ItemRow] = []
    for row in items.from_messages(change.session, message_ids):
        if (
            row.kind is Kind.MESSAGE
            or row.confirmed
            or row.pinned
            or row.state not in (State.ACTIVATED, State.GENERATED)
        ):
            continue
        if not _bearing(change.session, row, gone):
            falling.append(row)
        else:
            _without(change, row, message_ids, reason_without)
    archive(change, falling, reason)


def archive(change: Change, rows: Sequence[ItemRow], reason: str) -> None:
    """Archive memories with what was inferred from them alone; what they had superseded returns."""
    falling = list(rows)
    known = {row.id for row in falling}
    falling += [row for row in falling_with(change.session, falling) if row.id not in known]
    re_parent(change, falling, {row.id for row in falling})
    for row in falling:
        if row.state in (State.ACTIVATED, State.GENERATED):
            change.step(row, ChangeKind.ARCHIVED, reason, state=State.ARCHIVED)
    for row in falling:
        chain.take_out(change, row)


def learned_from(session: Session, conversation_id: str) -> list[ItemRow]:
    """Memories with a source in a conversation and none elsewhere."""
    ids = session.exec(select(MessageRow.id).where(col(MessageRow.conversation_id) == conversation_id)).all()
    here = set(ids)
    return [
        row
        for row in items.from_messages(session, ids)
        if all(source.message_id in here for source in active_sources(session, row.id))
    ]


def _bearing(session: Session, row: ItemRow, gone: set[str]) -> list[SourceRow]:
    """The sources that a memory has besides messages that are gone or not shown."""
    left = [source for source in active_sources(session, row.id) if source.message_id not in gone]
    asked = [source.message_id for source in left if source.message_id is not None]
    hidden = select(MessageRow.id).where(col(MessageRow.id).in_(asked), col(MessageRow.shown).is_(False))
    unseen = set(session.exec(hidden).all()) if asked else set()
    return [source for source in left if source.message_id not in unseen]


def _without(change: Change, row: ItemRow, message_ids: Sequence[str], reason: str) -> None:
    change.step(row, ChangeKind.UPDATED, reason)
    for source in change.session.exec(
        select(SourceRow).where(
            col(SourceRow.item_id) == row.id,
            col(SourceRow.message_id).in_(message_ids),
            col(SourceRow.removed_by).is_(None),
        )
    ).all():
        source.removed_by = change.id
        change.session.add(source)
    change.session.flush()
