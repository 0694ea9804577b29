"""Provenance: the spans that items came from."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, tuple_
from sqlmodel import Session, col, select

from memos_engine.cube.tables import ConversationRow, DocumentRow, ItemRow, MessageRow, PageRow, SourceRow
from memos_engine.types import Source


def add(
    session: Session,
    item_id: str,
    *,
    start: int,
    end: int,
    time: datetime,
    message_id: str | None = None,
    document_id: str | None = None,
    page: int | None = None,
) -> SourceRow:
    """Say that an item came from the span `[start, end)` of a message, or of a page of a document."""
    row = SourceRow(
        item_id=item_id, message_id=message_id, document_id=document_id, page=page, start=start, end=end, time=time
    )
    session.add(row)
    session.flush()
    return row


def of_item(session: Session, item_id: str) -> list[SourceRow]:
    """An item's source rows, oldest first."""
    return list(
        session.exec(
            select(SourceRow)
            .where(col(SourceRow.item_id) == item_id, col(SourceRow.removed_by).is_(None))
            .order_by(col(SourceRow.rowid))
        )
    )


def of_message(session: Session, message_id: str) -> list[SourceRow]:
    """The source rows in a message."""
    return list(session.exec(select(SourceRow).where(col(SourceRow.message_id) == message_id)))


def of_page(session: Session, document_id: str, number: int) -> list[SourceRow]:
    """The source rows in a page of a document."""
    return list(
        session.exec(
            select(SourceRow).where(
                col(SourceRow.document_id) == document_id, func.coalesce(SourceRow.page, 1) == number
            )
        )
    )


def items_from_messages(session: Session, message_ids: Sequence[str]) -> list[str]:
    """Ids of the items with a source in any of these messages, oldest first."""
    rows = session.exec(
        select(SourceRow.item_id)
        .where(col(SourceRow.message_id).in_(message_ids), col(SourceRow.removed_by).is_(None))
        .order_by(col(SourceRow.rowid))
    )
    return list(dict.fromkeys(rows))


def to_sources(session: Session, item_ids: Sequence[str]) -> dict[str, tuple[Source, ...]]:
    """The provenance of items as people see it, by item id, with its quotes; a verbatim turn is its own source."""
    rows = session.exec(
        select(SourceRow)
        .where(col(SourceRow.item_id).in_(item_ids), col(SourceRow.removed_by).is_(None))
        .order_by(col(SourceRow.rowid))
    ).all()
    found: dict[str, list[Source]] = defaultdict(list)
    for row, source in zip(rows, _shown(session, rows), strict=True):
        found[row.item_id].append(source)
    for item_id, message, title in session.exec(
        select(ItemRow.id, MessageRow, ConversationRow.title)
        .join(MessageRow, col(MessageRow.id) == col(ItemRow.message_id))
        .join(ConversationRow, col(ConversationRow.id) == col(MessageRow.conversation_id))
        .where(col(ItemRow.id).in_(item_ids))
    ):
        whole = Source(
            quote=message.text,
            start=0,
            end=len(message.text),
            time=message.time,
            message_id=message.id,
            conversation_id=message.conversation_id,
            conversation_title=title,
            speaker=message.speaker,
        )
        found[item_id].append(whole)
    return {item_id: tuple(listed) for item_id, listed in found.items()}


def _shown(session: Session, rows: Sequence[SourceRow]) -> list[Source]:
    messages = {
        message.id: (message, title)
        for message, title in session.exec(
            select(MessageRow, ConversationRow.title)
            .join(ConversationRow, col(ConversationRow.id) == col(MessageRow.conversation_id))
            .where(col(MessageRow.id).in_({row.message_id for row in rows if row.message_id}))
        )
    }
    pages = {
        (page.document_id, page.number): (page.text, name)
        for page, name in session.exec(
            select(PageRow, DocumentRow.name)
            .join(DocumentRow, col(DocumentRow.id) == col(PageRow.document_id))
            .where(
                tuple_(col(PageRow.document_id), col(PageRow.number)).in_(
                    {(row.document_id, row.page or 1) for row in rows if row.document_id}
                )
            )
        )
    }
    return [
        _source(row, messages.get(row.message_id or ""), pages.get((row.document_id or "", row.page or 1)))
        for row in rows
    ]


def _source(row: SourceRow, message: tuple[MessageRow, str] | None, page: tuple[str, str] | None) -> Source:
    source = Source(row.quote, row.start, row.end, row.time, row.message_id, page=row.page)
    if message is not None:
        told, title = message
        return replace(
            source,
            quote=told.text[row.start : row.end],
            conversation_id=told.conversation_id,
            conversation_title=title,
            speaker=told.speaker,
        )
    if page is not None:
        text, name = page
        return replace(source, quote=text[row.start : row.end], file=name)
    return replace(source, conversation_title=row.title, speaker=row.speaker, file=row.file or None)


def detach(session: Session, message_ids: Sequence[str]) -> None:
    """Let sources in these messages stand on their own: they keep quote, speaker and title, and name no message.

    For a conversation that is deleted while what was learned there stays.
    """
    rows = session.exec(select(SourceRow).where(col(SourceRow.message_id).in_(message_ids))).all()
    for row, source in zip(rows, _shown(session, rows), strict=True):
        row.message_id = None
        _keep(row, source)
        session.add(row)
    session.flush()


def _keep(row: SourceRow, source: Source) -> None:
    row.quote = source.quote
    row.speaker = source.speaker
    row.title = source.conversation_title
    row.file = source.file or ""
