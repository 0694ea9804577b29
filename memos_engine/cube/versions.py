"""Versions: every step of an item's history, with who, when and why."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from memos_engine.cube.tables import ItemRow, VersionRow
from memos_engine.types import MemoryVersion, now

_NOT_KEPT = {
    "rowid",
    "id",
    "staged",
    "import_id",
    "use_count",
    "last_used",
    "message_id",
    "conversation_id",
    "document_id",
    "spent_from",
}


def add(session: Session, row: ItemRow, *, actor: str, reason: str, operation_id: str | None = None) -> VersionRow:
    """Record the item as it is now as its next version."""
    session.flush()
    last = session.exec(select(func.max(VersionRow.version)).where(col(VersionRow.item_id) == row.id)).one()
    version = VersionRow(
        item_id=row.id,
        version=(last or 0) + 1,
        operation_id=operation_id,
        time=now(),
        actor=actor,
        reason=reason,
        snapshot=snapshot(row),
    )
    session.add(version)
    session.flush()
    return version


def snapshot(row: ItemRow) -> dict[str, Any]:
    """An item's columns as JSON values; `restore` puts them back."""
    return row.model_dump(mode="json", exclude=_NOT_KEPT)


def restore(row: ItemRow, kept: dict[str, Any]) -> None:
    """Give a row the columns of a snapshot; columns that the snapshot did not know stay."""
    checked = ItemRow.model_validate({**row.model_dump(), **kept})
    for name in kept:
        setattr(row, name, getattr(checked, name))


def of_item(session: Session, item_id: str) -> list[VersionRow]:
    """An item's versions, oldest first."""
    return list(
        session.exec(select(VersionRow).where(col(VersionRow.item_id) == item_id).order_by(col(VersionRow.version)))
    )


def counts(session: Session, item_ids: Sequence[str]) -> dict[str, int]:
    """How many versions each of these items has; those with none are left out."""
    rows = session.exec(
        select(VersionRow.item_id, func.count())
        .where(col(VersionRow.item_id).in_(item_ids))
        .group_by(col(VersionRow.item_id))
    )
    return dict(rows.all())


def of_operation(session: Session, operation_id: str) -> list[VersionRow]:
    """The versions that one operation made, oldest first."""
    return list(
        session.exec(
            select(VersionRow).where(col(VersionRow.operation_id) == operation_id).order_by(col(VersionRow.rowid))
        )
    )


def to_version(row: VersionRow) -> MemoryVersion:
    """A version as people see it."""
    item = ItemRow.model_validate({"id": row.item_id, **row.snapshot})
    return MemoryVersion(
        version=row.version,
        text=item.text,
        state=item.state,
        valid_from=item.valid_from,
        valid_to=item.valid_to,
        time=row.time,
        actor=row.actor,
        reason=row.reason,
        valid_precision=item.valid_precision,
    )
