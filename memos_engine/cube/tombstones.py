"""Tombstones: keyed digests of what was forgotten, so that nothing brings it back."""

from sqlalchemy import or_
from sqlmodel import Session, col, select

from memos_engine.cube.ids import text_digest
from memos_engine.cube.tables import TombstoneRow
from memos_engine.types import now


def add(session: Session, item_id: str, text: str, source_quotes: tuple[str, ...] = ()) -> None:
    """Remember by digest alone that a memory of this text, from these quotes, was forgotten."""
    for quote in source_quotes or ("",):
        session.add(
            TombstoneRow(
                item_id=item_id,
                time=now(),
                text_digest=text_digest(session, text),
                source_digest=text_digest(session, quote) if quote else "",
            )
        )
    session.flush()


def holds(session: Session, text: str, source_quote: str = "") -> bool:
    """Whether a memory of this text, or one from this quote, was forgotten."""
    says = col(TombstoneRow.text_digest) == text_digest(session, text)
    if source_quote:
        says = or_(says, col(TombstoneRow.source_digest) == text_digest(session, source_quote))
    return session.exec(select(TombstoneRow.rowid).where(says).limit(1)).first() is not None
