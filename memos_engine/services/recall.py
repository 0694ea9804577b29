"""Finding memories, for an answer, a script, or Ctrl+K."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlmodel import Session

from memos_engine.cube import conversations, items, messages, search_index
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.store import CubeStore
from memos_engine.services.home import OpenHome
from memos_engine.types import Caller, HitKind, Kind, MemoryCall, Purpose, Recalled, SearchHit


class RecallService:
    """Every read goes through the gate as one `MemoryCall`."""

    def __init__(self, home: OpenHome) -> None:
        self._home = home

    def recall(self, call: MemoryCall) -> tuple[Recalled, ...]:
        """Ranked memories (verbatim turns among them), best first, with the parts of their scores and their sources."""
        return tuple(self._home.retrieval.recall(self._home.gate.admit(call)))

    def recall_batch(self, calls: Iterable[MemoryCall]) -> Iterator[tuple[Recalled, ...]]:
        """The answers to many calls, in order, encoding queries together."""
        for found in self._home.retrieval.recall_batch(self._home.gate.admit(call) for call in calls):
            yield tuple(found)

    def search(self, text: str, *, limit: int = 30) -> tuple[SearchHit, ...]:
        """Ctrl+K: titles, messages, replies and memories that hold the words as typed so far.

        Titles come first, newest first; then memories and messages, best first. No kind crowds out the others.
        """
        grant = self._home.gate.admit(MemoryCall(Caller.WINDOW, Purpose.SEARCH, text))
        kinds: list[list[SearchHit]] = [[], [], []]
        for cube_id in grant.cube_ids:
            store = self._home.shelf.get(cube_id)
            with store.read() as session:
                kinds[0] += _titles(session, store, text, limit)
                kinds[1] += _memories(session, store, grant.scope, text, limit)
                kinds[2] += _messages(session, store, grant.scope, text, limit)
        return tuple(_shared_out(kinds, limit))


def command_call(
    query: str, *, limit: int = 10, cubes: Sequence[str] = (), as_of: datetime | None = None
) -> MemoryCall:
    """The call of `memos recall`."""
    return MemoryCall(Caller.COMMAND, Purpose.SEARCH, query, tuple(cubes), as_of=as_of, limit=limit)


def _titles(session: Session, store: CubeStore, text: str, limit: int) -> list[SearchHit]:
    return [
        SearchHit(HitKind.CONVERSATION, row.id, store.cube_id, row.title, row.updated, row.id)
        for row in conversations.search_titles(session, text, limit)
    ]


def _messages(session: Session, store: CubeStore, scope: ItemScope, text: str, limit: int) -> list[SearchHit]:
    return [
        SearchHit(HitKind.MESSAGE, row.id, store.cube_id, row.text, row.time, row.conversation_id)
        for row in messages.search(session, text, limit, scope)
    ]


def _memories(session: Session, store: CubeStore, scope: ItemScope, text: str, limit: int) -> list[SearchHit]:
    matches = search_index.match(session, search_index.as_typed(text), 8 * limit)
    rows = items.by_rowids(session, [rowid for rowid, _ in matches], scope)
    found = [rows[rowid] for rowid, _ in matches if rowid in rows and rows[rowid].kind is not Kind.MESSAGE]
    return [SearchHit(HitKind.MEMORY, row.id, store.cube_id, row.text, row.created) for row in found[:limit]]


def _shared_out(kinds: Sequence[Sequence[SearchHit]], limit: int) -> list[SearchHit]:
    """At most `limit` hits: an equal share of each kind, and what one leaves goes to the others."""
    shares = [0] * len(kinds)
    while sum(shares) < limit and any(share < len(hits) for share, hits in zip(shares, kinds, strict=True)):
        for number, hits in enumerate(kinds):
            if shares[number] < len(hits) and sum(shares) < limit:
                shares[number] += 1
    return [hit for share, hits in zip(shares, kinds, strict=True) for hit in hits[:share]]
