"""Spans of messages, replies, pages, titles and drafts that are to be erased, gathered and then erased at once."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from memos_engine.cube import conversations, documents, erasure, items, messages
from memos_engine.cube.ids import text_digest
from memos_engine.cube.tables import ConversationRow, DocumentRow, ItemRow, SourceRow, TombstoneRow, WaitingRow
from memos_engine.errors import NotFoundError
from memos_engine.lifecycle import tombs
from memos_engine.lifecycle.echoes import chunks_on
from memos_engine.types import Echo, Kind, now

Span = tuple[int, int]


@dataclass
class Redaction:
    """What is to be erased from the texts of one cube, within one transaction."""

    session: Session
    cube_id: str
    conversations: set[str] = field(default_factory=set)
    _messages: dict[str, set[Span]] = field(default_factory=lambda: defaultdict(set))
    _pages: dict[tuple[str, int], set[Span]] = field(default_factory=lambda: defaultdict(set))
    _titles: list[Echo] = field(default_factory=list)
    _words: set[str] = field(default_factory=set)

    def add_source(self, source: SourceRow) -> None:
        """Erase what a source row quotes."""
        if source.message_id is not None:
            self._messages[source.message_id].add((source.start, source.end))
        elif source.document_id is not None:
            self._pages[source.document_id, source.page or 1].add((source.start, source.end))
        elif source.quote:
            self._words.add(source.quote)

    def add_message(self, message_id: str) -> None:
        """Erase a message's whole text."""
        message = messages.find(self.session, message_id)
        if message is not None:
            self._messages[message_id].add((0, len(message.text)))

    def add_words(self, text: str) -> None:
        """Erase these words where they stand to the letter in drafts, unsent messages, kept quotes, attached files."""
        if text.strip():
            self._words.add(text.strip())

    def add_echo(self, echo: Echo) -> None:
        """Erase the span that the person ticked; where the text changed since, the same words in it."""
        if echo.kind == "title":
            self._titles.append(echo)
        elif echo.kind in ("message", "reply"):
            message = messages.find(self.session, echo.id)
            if message is not None:
                self._messages[echo.id].update(_located(echo, message.text))
        else:
            chunk = items.find(self.session, echo.id)
            if chunk is None or chunk.kind is not Kind.CHUNK:
                return
            for source in self.session.exec(select(SourceRow).where(col(SourceRow.item_id) == chunk.id)):
                if source.document_id is not None:
                    page = self._pages[source.document_id, source.page or 1]
                    page.update((source.start + a, source.start + b) for a, b in _located(echo, chunk.text))

    def erase(self) -> None:
        """Erase everything that was gathered. Sources of other memories keep naming their own words."""
        for message_id, spans in self._messages.items():
            self._erase_in_message(message_id, spans)
        for (document_id, number), spans in self._pages.items():
            self._erase_in_page(document_id, number, spans)
        for echo in self._titles:
            self._erase_in_title(echo)
        if self._words:
            self._erase_words()
        self.session.flush()

    def _erase_in_message(self, message_id: str, spans: set[Span]) -> None:
        message = messages.find(self.session, message_id)
        if message is None:
            return
        disjoint = _disjoint(spans, len(message.text))
        self._keep_digests(message_id, message.text, disjoint)
        for start, end in reversed(disjoint):
            self._words.add(message.text[start:end].strip())
            erasure.erase_span(self.session, message, start, end)
        self.conversations.add(message.conversation_id)

    def _erase_in_page(self, document_id: str, number: int, spans: set[Span]) -> None:
        try:
            page = documents.page(self.session, document_id, number)
        except NotFoundError:
            return
        disjoint = _disjoint(spans, len(page.text))
        self._keep_digests(document_id, page.text, disjoint)
        for start, end in reversed(disjoint):
            for chunk, place in chunks_on(self.session, document_id, number):
                self._erase_in_chunk(chunk, place, page.text, (start, end))
            erasure.erase_page_span(self.session, page, start, end)

    def _erase_in_chunk(self, chunk: ItemRow, place: SourceRow, page: str, span: Span) -> None:
        if place.end <= span[0] or span[1] <= place.start:
            return
        start, end = max(span[0] - place.start, 0), min(span[1], place.end) - place.start
        if chunk.text != page[place.start : place.end]:
            start = chunk.text.find(page[span[0] : span[1]].strip())
            end = start + len(page[span[0] : span[1]].strip())
            if start < 0:
                start, end = 0, len(chunk.text)
        erasure.erase_in_item(self.session, chunk, start, end)

    def _keep_digests(self, owner_id: str, text: str, spans: list[Span]) -> None:
        tombs.remember_redaction(self.session, owner_id, text, spans)
        self.session.add_all(
            TombstoneRow(
                item_id=owner_id, time=now(), text_digest="", source_digest=text_digest(self.session, text[start:end])
            )
            for start, end in spans
        )

    def _erase_in_title(self, echo: Echo) -> None:
        conversation = conversations.find(self.session, echo.id)
        if conversation is not None:
            for start, end in _located(echo, conversation.title):
                erasure.erase_in_title(self.session, conversation, start, end)
            self.conversations.add(conversation.id)
            return
        document = self.session.exec(select(DocumentRow).where(col(DocumentRow.id) == echo.id)).first()
        if document is not None:
            for start, end in _located(echo, document.title):
                document.title = document.title[:start] + erasure.MARK + document.title[end:]
            self.session.add(document)

    def _erase_words(self) -> None:
        wanted = re.compile("|".join(sorted(map(re.escape, self._words - {""}), key=len, reverse=True)), re.IGNORECASE)
        for source in self.session.exec(select(SourceRow).where(col(SourceRow.quote) != "")):
            source.quote = wanted.sub(erasure.MARK, source.quote)
            self.session.add(source)
        for conversation in self.session.exec(select(ConversationRow).where(col(ConversationRow.draft) != "")):
            draft = wanted.sub(erasure.MARK, conversation.draft)
            if draft != conversation.draft:
                conversation.draft = draft
                self.session.add(conversation)
                self.conversations.add(conversation.id)
        for unsent in self.session.exec(select(WaitingRow)):
            text = wanted.sub(erasure.MARK, unsent.text)
            if text != unsent.text:
                unsent.text = text
                self.session.add(unsent)
                self.conversations.add(unsent.conversation_id)
        for _, page in documents.attached(self.session, None):
            for match in reversed(list(wanted.finditer(page.text))):
                erasure.erase_page_span(self.session, page, *match.span())


def _located(echo: Echo, text: str) -> Iterable[Span]:
    if text == echo.text:
        return [(echo.start, echo.end)] if echo.start < echo.end else []
    words = echo.text[echo.start : echo.end]
    return [match.span() for match in re.finditer(re.escape(words), text)] if words.strip() else []


def _disjoint(spans: set[Span], length: int) -> list[Span]:
    """The spans in order, cut to the text, those that touch or overlap joined."""
    joined: list[Span] = []
    for start, end in sorted((max(a, 0), min(b, length)) for a, b in spans):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
