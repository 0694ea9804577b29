"""Documents, imported or attached to a message, and the text of their pages."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import Session, col, select

from memos_engine.cube.ids import new_id
from memos_engine.cube.tables import DocumentRow, PageRow
from memos_engine.errors import NotFoundError
from memos_engine.types import now

_IMPORTED = (col(DocumentRow.staged).is_(False), col(DocumentRow.message_id).is_(None))


def add(session: Session, row: DocumentRow, pages: Sequence[str], *, unread: bool = False) -> DocumentRow:
    """Add a document with the text of its pages, numbered from 1. `unread`: the reader has to look at them yet."""
    row.id = row.id or new_id()
    row.added = row.added or now()
    session.add(row)
    session.flush()
    session.add_all(
        PageRow(document_id=row.id, number=number, text=text, unread=unread) for number, text in enumerate(pages, 1)
    )
    session.flush()
    return row


def with_digest(session: Session, digest: str) -> DocumentRow | None:
    """The imported document with this digest that is in the cube and current, or None."""
    rows = session.exec(select(DocumentRow).where(col(DocumentRow.digest) == digest, *_IMPORTED)).all()
    return next((row for row in rows if row in of_stem(session, stem_of(row.id))[-1:]), None)


def stem_of(document_id: str) -> str:
    """What the ids of a document's versions begin with: all but the number of the version."""
    return document_id[: document_id.rfind(".") + 1] or document_id


def of_stem(session: Session, stem: str) -> list[DocumentRow]:
    """The versions of an imported document, oldest first; the last is current."""
    rows = session.exec(select(DocumentRow).where(col(DocumentRow.id).startswith(stem, autoescape=True), *_IMPORTED))
    return sorted(rows, key=lambda row: (len(row.id), row.id))


def pages(session: Session, document_id: str) -> list[PageRow]:
    """The pages of a document, in order."""
    return list(
        session.exec(select(PageRow).where(col(PageRow.document_id) == document_id).order_by(col(PageRow.number)))
    )


def listed(session: Session) -> list[DocumentRow]:
    """All imported documents, newest first."""
    return list(session.exec(select(DocumentRow).where(*_IMPORTED).order_by(col(DocumentRow.rowid).desc())))


def attached(session: Session, message_ids: Sequence[str] | None) -> list[tuple[DocumentRow, PageRow]]:
    """The pages of the files attached to these messages (None: to any), in the order in which they were attached."""
    owner = col(DocumentRow.message_id)
    rows = select(DocumentRow, PageRow).join(PageRow, col(PageRow.document_id) == col(DocumentRow.id))
    wanted = owner.is_not(None) if message_ids is None else owner.in_(message_ids)
    found = session.exec(rows.where(wanted).order_by(col(DocumentRow.rowid), col(PageRow.number)))
    return [(document, page) for document, page in found]


def page(session: Session, document_id: str, number: int) -> PageRow:
    """One page of a document; `NotFoundError`."""
    row = session.exec(
        select(PageRow).where(col(PageRow.document_id) == document_id, col(PageRow.number) == number)
    ).first()
    if row is None:
        raise NotFoundError("There is no such page.")
    return row


def unread(session: Session, limit: int) -> list[tuple[DocumentRow, PageRow]]:
    """Pages that the reader has not looked at yet, oldest first, each with its document."""
    rows = select(DocumentRow, PageRow).join(PageRow, col(PageRow.document_id) == col(DocumentRow.id))
    found = session.exec(
        rows.where(col(PageRow.unread), col(DocumentRow.staged).is_(False)).order_by(col(PageRow.rowid)).limit(limit)
    )
    return [(document, page) for document, page in found]


def mark_read(session: Session, page_rowids: Sequence[int]) -> None:
    """The reader has looked at these pages."""
    session.connection().execute(update(PageRow).where(col(PageRow.rowid).in_(page_rowids)).values(unread=False))
