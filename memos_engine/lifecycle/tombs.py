"""What was forgotten does not come back: neither by an import nor when the same text is read again."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import or_
from sqlmodel import Session, col, select

from memos_engine.cube.erasure import MARK
from memos_engine.cube.ids import text_digest
from memos_engine.cube.tables import TombstoneRow
from memos_engine.lifecycle.provenance import Provenance
from memos_engine.types import Candidate, now


def blocked(session: Session, candidate: Candidate, provenance: Provenance, *, live: bool) -> bool:
    """Whether a candidate says, or quotes, what was forgotten.

    What the person says anew in a chat, after forgetting it, is theirs to have remembered again; an import, or an older
    message that is read again, brings nothing back.
    """
    says = or_(
        col(TombstoneRow.text_digest) == text_digest(session, candidate.text),
        col(TombstoneRow.source_digest) == text_digest(session, candidate.quote),
    )
    times = session.exec(select(TombstoneRow.time).where(says, col(TombstoneRow.end) == 0)).all()
    return any(not (live and provenance.time > time) for time in times)


def redacted_before(session: Session, texts: Sequence[str]) -> list[str]:
    """The texts with the spans erased that were erased when these very messages or pages were in the cube before."""
    spans: dict[str, set[tuple[int, int]]] = {}
    for row in session.exec(select(TombstoneRow).where(col(TombstoneRow.end) > 0)):
        spans.setdefault(row.text_digest, set()).add((row.start, row.end))
    return [_redacted(session, text, spans) for text in texts] if spans else list(texts)


def _redacted(session: Session, text: str, spans: dict[str, set[tuple[int, int]]]) -> str:
    """What was erased later was erased from a text that had gaps already: gap by gap the same text is come to."""
    seen: set[str] = set()
    while (digest := whole_digest(session, text)) not in seen:
        seen.add(digest)
        for start, end in sorted(spans.get(digest, ()), reverse=True):
            text = text[:start] + MARK + text[end:]
    return text


def remember_redaction(session: Session, item_id: str, text: str, spans: Sequence[tuple[int, int]]) -> None:
    """Keep, as a digest and offsets, that these spans of a message or page were erased."""
    digest = whole_digest(session, text)
    session.add_all(
        TombstoneRow(item_id=item_id, time=now(), text_digest=digest, start=start, end=end) for start, end in spans
    )


def whole_digest(session: Session, text: str) -> str:
    """A keyed digest of a text to the letter: offsets into it hold for no other."""
    return text_digest(session, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest())
