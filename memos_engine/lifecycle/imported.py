"""Imports as a whole: new versions of what is there already, and an import that is taken back.

What an import changed in what was there before carries its id as the operation: versions, and sources that were added
or taken away. What it brought carries its id as the import. To take it back, the former is undone; the latter, with the
memories that only it bears, becomes staged again in the same transaction, and so invisible at once: from there on it is
an import that was not completed, which is dropped row by row, after a crash at the next opening.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, not_, or_, update
from sqlmodel import Session, col, select

from memos_engine.cube import documents, items, messages, operations, versions
from memos_engine.cube.tables import (
    ConversationRow,
    DocumentRow,
    ImportRow,
    ItemRow,
    MessageRow,
    PageRow,
    SourceRow,
)
from memos_engine.errors import InputError
from memos_engine.lifecycle import chain
from memos_engine.lifecycle.change import ROLLED_BACK, Change
from memos_engine.lifecycle.inferred import falling_with, re_parent
from memos_engine.lifecycle.merge import active_sources
from memos_engine.lifecycle.rollback import archive, rollback
from memos_engine.lifecycle.undo import undo
from memos_engine.reader.secrets import find_secrets
from memos_engine.types import ChangeKind, Kind, Role, State, now

_TEXTS = (Kind.MESSAGE, Kind.CHUNK)
_MANY = 5_000
_IN_USE = (State.ACTIVATED, State.GENERATED)


def find(session: Session, import_id: str) -> ImportRow | None:
    """The completed import with this id, or None."""
    return session.exec(
        select(ImportRow).where(col(ImportRow.id) == import_id, col(ImportRow.completed).is_not(None))
    ).first()


def latest(session: Session) -> ImportRow | None:
    """The newest import, if it can be taken back."""
    done = select(ImportRow).where(col(ImportRow.completed).is_not(None)).order_by(col(ImportRow.rowid).desc())
    row = session.exec(done).first()
    return row if row is not None and not _has_gone_on(session, row.id) else None


def check(session: Session, import_id: str) -> None:
    """Raise `InputError` when what an import brought was gone on with since."""
    if _has_gone_on(session, import_id):
        raise InputError(
            "A conversation of this import has gone on since.",
            "Delete that conversation first, or delete what you want by hand.",
        )


def reword(change: Change, texts: Mapping[str, str], *, unread: bool) -> None:
    """Give messages (id → text) their new versions, and take back what was remembered from the old ones.

    The old text of a reply is not kept: replies have no versions.
    """
    _fall_with_old_words(change, list(texts))
    rows = messages.by_ids(change.session, list(texts))
    for message_id, text in texts.items():
        row = rows[message_id]
        row.unread = unread and row.role is not Role.ASSISTANT
        turn = items.verbatim(change.session, message_id)
        if turn is not None:
            change.step(turn, ChangeKind.UPDATED, "a newer version was imported", text=text)
        _say(change.session, row, text)


def _say(session: Session, row: MessageRow, text: str) -> None:
    """Give a message another text, which may be quoted unless a secret stands in it."""
    row.quotable = not find_secrets(text)
    messages.save_text(session, row, text)


def supersede_document(change: Change, old_id: str, new_id: str, *, reread: bool) -> None:
    """Put a document's new version in the place of the old one, whose passages become history.

    Memories whose words stand in the new version too come from there now; with `reread`, the others fall.
    """
    change.begin()
    session = change.session
    passages = col(ItemRow.kind) == Kind.CHUNK
    first = session.exec(
        select(ItemRow.id).where(col(ItemRow.document_id) == new_id, passages).order_by(col(ItemRow.position)).limit(1)
    ).first()
    session.connection().execute(
        update(ItemRow)
        .where(col(ItemRow.document_id) == old_id, passages, col(ItemRow.recorded_to).is_(None))
        .values(recorded_to=now(), superseded_by=first, updated=items.change_time(session))
    )
    session.connection().execute(update(PageRow).where(col(PageRow.document_id) == old_id).values(unread=False))
    rows = _memories(session, col(SourceRow.document_id) == old_id)
    gone = _without_their_words(change, rows, old_id, new_id)
    if reread:
        falling = [row for row in gone if not row.confirmed and not row.pinned and row.state in _IN_USE]
        archive(change, falling, ROLLED_BACK)


def take_back(change: Change, import_id: str) -> None:
    """Take an import back; `change` undoes it. Drop it after the transaction (`staging.drop_import`).

    Memories that nothing else bears go with it, but for those that the person confirmed, edited or pinned: their quotes
    then stand on their own. Raises `InputError` when a conversation of it has gone on, or a memory that it changed was
    changed again.
    """
    session = change.session
    check(session, import_id)
    change.begin()
    falling: list[ItemRow] = []
    operation = operations.find(session, import_id)
    if operation is not None:
        reworded = [
            row.message_id
            for row in items.by_ids(session, [step.item_id for step in versions.of_operation(session, import_id)])
            if row.kind is Kind.MESSAGE and row.message_id is not None
        ]
        falling += _fall_with_old_words(change, reworded)
        undo(change, operation)
        for message_id, message in messages.by_ids(session, reworded).items():
            turn = items.verbatim(session, message_id)
            if turn is not None:
                _say(session, message, turn.text)
    _make_former_passages_current(session, import_id)
    said = select(MessageRow.id).where(col(MessageRow.import_id) == import_id)
    written = select(DocumentRow.id).where(col(DocumentRow.import_id) == import_id)
    brought = or_(col(SourceRow.message_id).in_(said), col(SourceRow.document_id).in_(written))
    alone = _memories(session, brought, only=True)
    kept = [row for row in alone if row.confirmed or row.pinned]
    _quote(session, kept)
    falling += [row for row in alone if not row.confirmed and not row.pinned]
    known = {row.id for row in falling}
    falling += [row for row in falling_with(session, falling) if row.id not in known]
    re_parent(change, falling, {row.id for row in falling})
    for row in _that_replaced(session, falling):
        chain.take_out(change, row)
    _turn_back_conversations(change, import_id)
    gone = [row.id for row in falling]
    _stage_again(session, import_id, gone)
    for item_id in gone:
        change.tell(item_id, ChangeKind.FORGOTTEN)


def _fall_with_old_words(change: Change, message_ids: Sequence[str]) -> list[ItemRow]:
    """Archive what only these messages bear, whose words are about to change: they are no source of it any more."""
    session = change.session
    source = col(SourceRow.message_id).in_(message_ids)
    borne = [row for row in _memories(session, source) if row.state in (State.ACTIVATED, State.GENERATED)]
    rollback(change, message_ids)
    fallen = [row for row in borne if row.state is State.ARCHIVED]
    for row in fallen:
        for each in active_sources(session, row.id):
            if each.message_id in message_ids:
                each.removed_by = change.id
                session.add(each)
    session.flush()
    return fallen


def _has_gone_on(session: Session, import_id: str) -> bool:
    said = select(MessageRow.id).where(col(MessageRow.import_id) == import_id)
    later = select(MessageRow.id).where(
        col(MessageRow.parent_id).in_(said), col(MessageRow.import_id).is_distinct_from(import_id)
    )
    return session.exec(later.limit(1)).first() is not None


def _memories(session: Session, source: ColumnElement[bool], *, only: bool = False) -> list[ItemRow]:
    """Memories with such a source (`only`: and no other)."""
    active = select(SourceRow.item_id).where(col(SourceRow.removed_by).is_(None))
    rows = select(ItemRow).where(
        col(ItemRow.id).in_(active.where(source)), col(ItemRow.kind).not_in(_TEXTS), col(ItemRow.staged).is_(False)
    )
    if only:
        rows = rows.where(col(ItemRow.id).not_in(active.where(not_(func.coalesce(source, False)))))
    return list(session.exec(rows.order_by(col(ItemRow.rowid))))


def _that_replaced(session: Session, rows: Sequence[ItemRow]) -> list[ItemRow]:
    """Those of the memories that stand in the place of another one."""
    ids = [row.id for row in rows]
    found: set[str | None] = set()
    replaced = select(col(ItemRow.superseded_by)).where(col(ItemRow.state) == State.ACTIVATED)
    for at in range(0, len(ids), _MANY):
        found.update(session.exec(replaced.where(col(ItemRow.superseded_by).in_(ids[at : at + _MANY]))))
    return [row for row in rows if row.id in found]


def _without_their_words(change: Change, rows: Sequence[ItemRow], old_id: str, new_id: str) -> list[ItemRow]:
    """Move the sources whose words stand in the new version; the memories that are left with none but old ones."""
    session = change.session
    old_pages = {page.number: page.text for page in documents.pages(session, old_id)}
    new_pages = {page.number: page.text for page in documents.pages(session, new_id)}
    left: list[ItemRow] = []
    for row in rows:
        sources = active_sources(session, row.id)
        bears = False
        for source in sources:
            if source.document_id != old_id:
                bears = True
                continue
            quote = old_pages.get(source.page or 1, "")[source.start : source.end]
            found = _place(quote, source.page or 1, new_pages)
            if found is None:
                continue
            bears = True
            number, start = found
            place = {"document_id": new_id, "page": number, "start": start, "end": start + len(quote)}
            own = source.model_dump(exclude={"rowid", "added_by", "removed_by"})
            session.add(SourceRow(**{**own, **place}, added_by=change.id))
            source.removed_by = change.id
            session.add(source)
        if not bears:
            left.append(row)
    session.flush()
    return left


def _place(quote: str, number: int, pages: Mapping[int, str]) -> tuple[int, int] | None:
    """Page and start of a quote in a document, looked for on the page that it stood on first."""
    for page in sorted(pages, key=lambda each: (abs(each - number), each)):
        start = pages[page].find(quote) if quote.strip() else -1
        if start >= 0:
            return page, start
    return None


def _make_former_passages_current(session: Session, import_id: str) -> None:
    own = select(ItemRow.id).where(col(ItemRow.import_id) == import_id, col(ItemRow.kind) == Kind.CHUNK)
    session.connection().execute(
        update(ItemRow)
        .where(col(ItemRow.kind) == Kind.CHUNK, col(ItemRow.superseded_by).in_(own))
        .values(recorded_to=None, superseded_by=None, updated=items.change_time(session))
    )
    session.expire_all()


def _quote(session: Session, rows: Sequence[ItemRow]) -> None:
    """Let the sources of memories stand on their own."""
    for memory in items.to_memories(session, rows, ""):
        for source, shown in zip(active_sources(session, memory.id), memory.sources, strict=True):
            source.message_id = source.document_id = None
            source.quote, source.speaker = shown.quote, shown.speaker
            source.title, source.file = shown.conversation_title, shown.file or ""
            session.add(source)
    session.flush()


def _turn_back_conversations(change: Change, import_id: str) -> None:
    """A conversation that the import continued ends where it ended before."""
    session = change.session
    # SQLite takes the other columns from the row of the least rowid.
    first = (
        select(MessageRow.conversation_id, MessageRow.parent_id, func.min(MessageRow.rowid))
        .where(col(MessageRow.import_id) == import_id)
        .group_by(col(MessageRow.conversation_id))
    )
    for conversation_id, parent_id, _ in session.exec(first).all():
        change.conversations.add(conversation_id)
        session.connection().execute(
            update(ConversationRow)
            .where(
                col(ConversationRow.id) == conversation_id, col(ConversationRow.import_id).is_distinct_from(import_id)
            )
            .values(head_id=parent_id)
        )


def _stage_again(session: Session, import_id: str, falling: Sequence[str]) -> None:
    time = items.change_time(session)
    gone: dict[str, Any] = {"staged": True, "updated": time}
    for at in range(0, len(falling), _MANY):
        some = falling[at : at + _MANY]
        messages.forget_used(session, some)
        session.connection().execute(
            update(ItemRow).where(col(ItemRow.id).in_(some)).values(import_id=import_id, **gone)
        )
    session.connection().execute(update(ItemRow).where(col(ItemRow.import_id) == import_id).values(**gone))
    for table in (ConversationRow, MessageRow, DocumentRow):
        session.connection().execute(update(table).where(col(table.import_id) == import_id).values(staged=True))
    session.connection().execute(update(ImportRow).where(col(ImportRow.id) == import_id).values(completed=None))
    session.expire_all()
