"""What forgetting would erase, and what else in the cube says the same."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from memos_engine.cube import conversations, items, messages, search_index
from memos_engine.cube.tables import DocumentRow, ItemRow, MessageRow, SourceRow
from memos_engine.lifecycle.inferred import falling_with
from memos_engine.lifecycle.wording import content_words, spans_of_words
from memos_engine.types import Echo, Kind, Memory, Role, State

_MOST_SEARCHED = 500
"""Memories of one preview for which echoes are looked for: beyond that nobody reads them."""

_MOST_FOUND = 60
_MOST_WORDS = 8
_MOST_RARE = 3
_COMMON = 200
"""Texts that hold a word from which on the word alone tells nothing."""

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


@dataclass(frozen=True)
class _Saying:
    text: str
    value: str


def with_former_selves(session: Session, rows: Iterable[ItemRow]) -> list[ItemRow]:
    """The memories and those that were merged into them, which say the same."""
    found = {row.id: row for row in rows}
    generation = list(found)
    while generation:
        merged = session.exec(
            select(ItemRow).where(col(ItemRow.superseded_by).in_(generation), col(ItemRow.state) == State.MERGED)
        ).all()
        generation = [row.id for row in merged if row.id not in found]
        found.update((row.id, row) for row in merged)
    return list(found.values())


def inferred_from(session: Session, rows: Sequence[ItemRow]) -> list[ItemRow]:
    """What falls with the memories and is not among them."""
    known = {row.id for row in rows}
    return [row for row in falling_with(session, rows) if row.id not in known]


def echoes(session: Session, cube_id: str, rows: Sequence[ItemRow]) -> list[Echo]:
    """The exact source spans of `rows`, and other messages, replies, titles and memories that say the same."""
    exact = list(_exact(session, cube_id, rows))
    said = [_Saying(row.text, row.value) for row in rows[:_MOST_SEARCHED]]
    return _apart(exact, _echoes_of(session, cube_id, said), {row.id for row in rows})


def echoes_elsewhere(session: Session, cube_id: str, memories: Sequence[Memory], exact: Sequence[Echo]) -> list[Echo]:
    """What says the same in another cube than the memories' own; `exact`: what they were read from there."""
    said = [_Saying(memory.text, memory.value) for memory in memories[:_MOST_SEARCHED]]
    return _apart(list(exact), _echoes_of(session, cube_id, said), set())


def spans(session: Session, row: ItemRow) -> list[SourceRow]:
    """Every source span of a memory, those that were taken away included."""
    return list(session.exec(select(SourceRow).where(col(SourceRow.item_id) == row.id)))


def chunks_on(session: Session, document_id: str, page: int) -> list[tuple[ItemRow, SourceRow]]:
    """The passages of a page, each with its span."""
    return list(
        session.exec(
            select(ItemRow, SourceRow)
            .join(SourceRow, col(SourceRow.item_id) == col(ItemRow.id))
            .where(
                col(SourceRow.document_id) == document_id,
                col(SourceRow.page) == page,
                col(ItemRow.kind) == Kind.CHUNK,
                col(ItemRow.staged).is_(False),
            )
        ).all()
    )


def _exact(session: Session, cube_id: str, rows: Sequence[ItemRow]) -> Iterator[Echo]:
    for row in rows:
        if row.message_id is not None:
            message = messages.find(session, row.message_id)
            if message is not None:
                yield Echo("message", message.id, cube_id, message.text, 0, len(message.text), exact=True)
        for source in spans(session, row):
            if source.message_id is not None:
                message = messages.find(session, source.message_id)
                if message is not None:
                    yield Echo("message", message.id, cube_id, message.text, source.start, source.end, exact=True)
            elif source.document_id is not None and row.kind is not Kind.CHUNK:
                for chunk, place in chunks_on(session, source.document_id, source.page or 1):
                    start, end = source.start - place.start, source.end - place.start
                    if start < len(chunk.text) and end > 0:
                        start, end = max(start, 0), min(end, len(chunk.text))
                        yield Echo("memory", chunk.id, cube_id, chunk.text, start, end, exact=True)


def _apart(exact: list[Echo], more: Iterable[Echo], gone: set[str]) -> list[Echo]:
    """The echoes without those that lie in another one, or in what is erased anyway."""
    places: dict[tuple[str, str], list[Echo]] = defaultdict(list)
    for echo in [*exact, *more]:
        place = places[echo.kind, echo.id]
        overlaps = any(other.start < echo.end and echo.start < other.end for other in place)
        if echo.exact or (echo.id not in gone and not overlaps):
            place.append(echo)
    return [echo for place in places.values() for echo in place]


def _echoes_of(session: Session, cube_id: str, said: Sequence[_Saying]) -> Iterator[Echo]:
    for saying in said:
        for words in _wordings(session, saying):
            yield from _holding(session, cube_id, words)


def _wordings(session: Session, saying: _Saying) -> list[list[str]]:
    """The sets of words of which a text holds one when it says the same: the value, all words, a word that few texts
    hold. The first word tells of what sort a memory is ("Allergic to peanuts"), and by itself nothing."""
    whole = content_words(saying.text)[:_MOST_WORDS]
    counts = search_index.frequencies(session, whole)
    rare = sorted((word for word in whole[1:] or whole if counts[word] <= _COMMON), key=lambda word: counts[word])
    found = [content_words(saying.value)[:_MOST_WORDS], whole, *([word] for word in rare[:_MOST_RARE])]
    return [words for at, words in enumerate(found) if words and words not in found[:at]]


def _holding(session: Session, cube_id: str, words: Sequence[str]) -> Iterator[Echo]:
    expression = " AND ".join(f"({search_index.any_word([word])})" for word in words)
    found = items.by_rowids(session, [rowid for rowid, _ in search_index.match(session, expression, _MOST_FOUND)])
    for other in found.values():
        if other.message_id is not None:
            yield from _in_text("message", other.message_id, cube_id, other.text, words)
        elif other.kind is Kind.CHUNK:
            yield from _in_text("memory", other.id, cube_id, other.text, words)
        else:
            yield Echo("memory", other.id, cube_id, other.text, 0, len(other.text), exact=False)
    for rowid, _ in search_index.match(session, expression, _MOST_FOUND, "reply_fts"):
        reply = session.get(MessageRow, rowid)
        if reply is not None:
            kind = "reply" if reply.role is Role.ASSISTANT else "message"
            yield from _in_text(kind, reply.id, cube_id, reply.text, words)
    yield from _in_titles(session, cube_id, words)


def _in_titles(session: Session, cube_id: str, words: Sequence[str]) -> Iterator[Echo]:
    for conversation in conversations.search_titles(session, " ".join(words), _MOST_FOUND):
        yield Echo("title", conversation.id, cube_id, conversation.title, 0, len(conversation.title), exact=False)
    for document in session.exec(select(DocumentRow).where(col(DocumentRow.title).contains(words[0], autoescape=True))):
        if len(spans_of_words(document.title, words)) >= len(words):
            yield Echo("title", document.id, cube_id, document.title, 0, len(document.title), exact=False)


def _in_text(kind: str, id_: str, cube_id: str, text: str, words: Sequence[str]) -> Iterator[Echo]:
    """The sentences that hold all the words; where none does, the stretch of those that hold any."""
    sentences = [match.span() for match in _SENTENCE.finditer(text)]
    holding = {
        span: {text[a:b] for a, b in spans_of_words(text, words) if span[0] <= a < span[1]} for span in sentences
    }
    full = [span for span in sentences if len(holding[span]) >= len(words)]
    if not full:
        some = [span for span in sentences if holding[span]]
        full = [(some[0][0], some[-1][1])] if some else [(0, len(text))]
    for start, end in full:
        start += len(text[start:end]) - len(text[start:end].lstrip())
        yield Echo(kind, id_, cube_id, text, start, end, exact=False)
