"""Documents into staged passages."""

from collections.abc import Iterator
from itertools import islice

from memos_engine.cube import documents, items
from memos_engine.cube.ids import new_id
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import DocumentRow, ItemRow, SourceRow
from memos_engine.language.identify import identify
from memos_engine.reader.chunks import Chunk, chunks
from memos_engine.reader.documents import Document
from memos_engine.types import Kind, Origin, now

ROWS_A_WRITE = 64
"""Passages of one write."""


def is_known(store: CubeStore, document: Document) -> bool:
    """Whether a file of the same content is in the cube."""
    with store.read() as session:
        return documents.with_digest(session, document.digest) is not None


def stage(
    store: CubeStore, document: Document, import_id: str, *, author: str, unread: bool
) -> Iterator[list[tuple[int, str]]]:
    """Write a document and its passages, staged; yields the items (rowid, text to encode) of each write."""
    row = DocumentRow(
        id=new_id(),
        name=document.name,
        title=document.title,
        author=author,
        media_type=document.media_type,
        digest=document.digest,
        added=now(),
        import_id=import_id,
        staged=True,
    )
    with store.write() as session:
        documents.add(session, row, [page.text for page in document.pages], unread=unread)
    passages = enumerate((page.number, chunk) for page in document.pages for chunk in chunks(page.text))
    while some := list(islice(passages, ROWS_A_WRITE)):
        language = identify(" ".join(chunk.text for _, (_, chunk) in some))
        made = [(_item(row, chunk, position, language), page, chunk) for position, (page, chunk) in some]
        with store.write() as session:
            items.add_many(session, [item for item, _, _ in made])
            session.add_all(
                SourceRow(
                    item_id=item.id, document_id=row.id, page=page, start=chunk.start, end=chunk.end, time=row.added
                )
                for item, page, chunk in made
            )
            written = [(item.rowid, items.indexed_text(item)) for item, _, _ in made if item.rowid is not None]
        yield written


def _item(document: DocumentRow, chunk: Chunk, position: int, language: str) -> ItemRow:
    return ItemRow(
        id=new_id(),
        kind=Kind.CHUNK,
        origin=Origin.DOCUMENT,
        text=chunk.text,
        subject="",
        language=language,
        document_id=document.id,
        position=position,
        import_id=document.import_id,
        staged=True,
    )
