"""Finding memories, for an answer, a script, or Ctrl+K."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from memos_engine.types import Caller, MemoryCall, Purpose, Recalled, SearchHit


class RecallService:
    """Every read goes through the gate as one `MemoryCall`."""

    def recall(self, call: MemoryCall) -> tuple[Recalled, ...]:
        """Ranked memories (verbatim turns among them), best first, with the parts of their scores and their sources."""
        raise NotImplementedError

    def recall_batch(self, calls: Iterable[MemoryCall]) -> Iterator[tuple[Recalled, ...]]:
        """The answers to many calls, in order, encoding queries together."""
        raise NotImplementedError

    def search(self, text: str, *, limit: int = 30) -> tuple[SearchHit, ...]:
        """Ctrl+K: titles, messages, replies and memories that hold the words as typed so far."""
        raise NotImplementedError


def command_call(
    query: str, *, limit: int = 10, cubes: Sequence[str] = (), as_of: datetime | None = None
) -> MemoryCall:
    """The call of `memos recall`."""
    return MemoryCall(Caller.COMMAND, Purpose.SEARCH, query, tuple(cubes), as_of=as_of, limit=limit)
