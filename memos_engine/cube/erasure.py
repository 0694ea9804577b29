"""Erasing for good: items, and spans of messages and pages. Call `CubeStore.scrub` after the write that erased.

SQLite's `secure_delete` overwrites deleted rows with zeros and FTS5's `secure-delete` takes words out of the index.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from memos_engine.cube import documents, items, messages, sources, supports
from memos_engine.cube.leftovers import note_erased
from memos_engine.cube.tables import ConversationRow, ItemRow, MessageRow, PageRow, SourceRow, VersionRow
from memos_engine.types.chats import says_something

MARK = "…"
"""What stands where something was erased."""


def erase_item(session: Session, row: ItemRow) -> None:
    """Erase an item with its versions, sources, vector, index entries and review entries. Children are the caller's."""
    note_erased(session, row.text, row.value, row.subject, *row.tags)
    _erase_versions(session, row)
    session.delete(row)
    session.flush()


def erase_span(session: Session, message: MessageRow, start: int, end: int) -> None:
    """Erase `[start, end)` of a message, and of the verbatim item and its versions; other sources keep their words.

    With the last word of a message its files go too.
    """
    note_erased(session, message.text[start:end])
    text = _without(message.text, start, end)
    _shift(session, sources.of_message(session, message.id), start, end)
    supports.cut(session, message.id, start, end, len(MARK))
    item = items.verbatim(session, message.id)
    if item is not None:
        _erase_versions(session, item)
    messages.save_text(session, message, text, message.state)
    if says_something(text):
        return
    _erase_files(session, message)
    if item is not None:
        erase_item(session, item)


def erase_page_span(session: Session, page: PageRow, start: int, end: int) -> None:
    """Erase `[start, end)` of a page's text; other sources keep their words. Its chunks are items: erase those too."""
    note_erased(session, page.text[start:end])
    page.text = _without(page.text, start, end)
    session.add(page)
    _shift(session, sources.of_page(session, page.document_id, page.number), start, end)


def erase_in_item(session: Session, row: ItemRow, start: int, end: int) -> None:
    """Erase `[start, end)` of an item's own text, and its versions, which hold it too."""
    _erase_versions(session, row)
    note_erased(session, row.text[start:end])
    row.text = _without(row.text, start, end)
    items.save(session, row)


def erase_in_title(session: Session, conversation: ConversationRow, start: int, end: int) -> None:
    """Erase `[start, end)` of a conversation's title."""
    note_erased(session, conversation.title[start:end])
    conversation.title = _without(conversation.title, start, end)
    session.add(conversation)
    session.flush()


def _without(text: str, start: int, end: int) -> str:
    return text[:start] + MARK + text[end:]


def _erase_files(session: Session, message: MessageRow) -> None:
    for document, page in documents.attached(session, [message.id]):
        note_erased(session, document.name, page.text)
        session.delete(document)
    message.attachments = []
    session.add(message)
    session.flush()


def _erase_versions(session: Session, item: ItemRow) -> None:
    for version in session.exec(select(VersionRow).where(col(VersionRow.item_id) == item.id)):
        note_erased(session, *(str(value) for value in version.snapshot.values() if isinstance(value, str)))
        session.delete(version)
    session.flush()


def _shift(session: Session, rows: Sequence[SourceRow], start: int, end: int) -> None:
    """Keep spans on the words that they name, now that `[start, end)` is one mark; what lay in it is the mark."""
    grown = len(MARK) - (end - start)

    def place(at: int, inside: int) -> int:
        if at <= start:
            return at
        return at + grown if at >= end else inside

    for row in rows:
        row.start, row.end = place(row.start, start), place(row.end, start + len(MARK))
        session.add(row)
    session.flush()
