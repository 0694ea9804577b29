"""Documents into staged passages."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from memos_engine.cube import documents, holding, items
from memos_engine.cube.ids import new_id
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import DocumentRow, ItemRow, SourceRow
from memos_engine.language.identify import identify
from memos_engine.reader.chunks import Chunk
from memos_engine.reader.documents import Document
from memos_engine.reader.passages import passages
from memos_engine.reader.secrets import SECRET
from memos_engine.types import Kind, Origin, now

ROWS_A_WRITE = 64
"""Passages of one write."""


@dataclass(frozen=True)
class Place:
    """Where a file stands among the documents of a cube."""

    id: str
    """The id of the document that is made of it."""
    known: bool = False
    """The same content is there, and current."""
    former: str = ""
    """Id of the version of this file that is current; empty for a file that is new."""
    author: str = ""
    """Whose first person that version speaks in."""


def look_up(store: CubeStore, document: Document, file: Path) -> Place:
    """Compare a file with what the cube holds. A file is the same one by its path, of which a digest alone is kept: the
    ids of its versions begin with it."""
    path = str(file.expanduser().absolute()).encode("utf-8", "surrogateescape")
    stem = f"d{hashlib.blake2b(store.cube_id.encode() + bytes(1) + path, digest_size=10).hexdigest()}."
    with store.read() as session:
        versions = documents.of_stem(session, stem)
        former = versions[-1] if versions else None
        if former is None or former.digest == document.digest:
            known = former is not None or documents.with_digest(session, document.digest) is not None
            return Place(f"{stem}1", known=known)
    return Place(f"{stem}{int(former.id.removeprefix(stem)) + 1}", former=former.id, author=former.author)


def new_row(document: Document, place: Place, import_id: str, author: str) -> DocumentRow:
    """The staged document that is made of a file."""
    return DocumentRow(
        id=place.id,
        name=document.name,
        title=document.title,
        author=author,
        media_type=document.media_type,
        digest=document.digest,
        added=now(),
        import_id=import_id,
        staged=True,
    )


def stage(store: CubeStore, row: DocumentRow, document: Document, *, unread: bool) -> Iterator[list[tuple[int, str]]]:
    """Write a document and its passages, staged; yields the items (rowid, text to encode) of each write."""
    with store.write() as session:
        documents.add(session, row, [page.text for page in document.pages], unread=unread)
    cut = enumerate((page.number, *passage) for page in document.pages for passage in passages(page.text))
    while some := list(islice(cut, ROWS_A_WRITE)):
        language = identify(" ".join(chunk.text for _, (_, chunk, _) in some))
        made = [
            (_item(row, chunk, position, language, withheld), page, chunk) for position, (page, chunk, withheld) in some
        ]
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


def _item(document: DocumentRow, chunk: Chunk, position: int, language: str, withheld: bool) -> ItemRow:
    """A passage; one that is withheld holds a secret: the person finds it, and no answer is made of it."""
    return ItemRow(
        id=new_id(),
        kind=Kind.CHUNK,
        origin=Origin.DOCUMENT,
        text=chunk.text,
        subject="",
        language=language,
        document_id=document.id,
        position=position,
        spent_from=holding.NEVER_HELD if withheld else None,
        sensitivity=[SECRET] if withheld else [],
        import_id=document.import_id,
        staged=True,
    )
