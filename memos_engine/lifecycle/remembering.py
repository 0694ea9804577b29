"""Remembering: what was read, what the person writes, and what follows the branch that is shown."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from memos_engine.cube.tables import ItemRow
from memos_engine.errors import MemosError
from memos_engine.lifecycle import absorb as absorbing
from memos_engine.lifecycle import branch, hand, tombs
from memos_engine.lifecycle.change import Change, counted, joined
from memos_engine.lifecycle.near import list_near_duplicates
from memos_engine.lifecycle.operations import Operations
from memos_engine.lifecycle.order import PERSON
from memos_engine.lifecycle.provenance import Provenance, Reading
from memos_engine.lifecycle.rollback import rollback
from memos_engine.types import Candidate, Kind, MemoryChanges

if TYPE_CHECKING:
    from memos_engine.cube.store import CubeStore

_log = logging.getLogger(__name__)


class Remembering(Operations):
    """New memories, and those that are taken back because their words are."""

    def absorb(
        self,
        store: "CubeStore",
        candidates: Sequence[Candidate],
        provenance: Provenance,
        *,
        actor: str = absorbing.CHAT,
        ask: bool = False,
    ) -> MemoryChanges:
        """Remember what a reader found in one text; marks its message as read in the same transaction.

        `actor` is `chat` for what was said to the program, `import` for all else. With `ask` nothing is activated:
        candidates wait on the review list. Withheld candidates are left out; a caller whose person said so passes them
        with `withheld` cleared.
        """
        return self.absorb_many(store, [Reading(provenance, candidates)], actor=actor, ask=ask)

    def absorb_many(
        self, store: "CubeStore", readings: Sequence[Reading], *, actor: str = "import", ask: bool = False
    ) -> MemoryChanges:
        """The same for many texts (in the order in which they were said) as one operation and one transaction."""
        with self._change(store, "Remember", actor) as (change, result):
            added = absorbing.absorb(change, readings, ask=ask)
            change.label = counted("Remember", max(len(added), 1))
        listed = self._near_duplicates(store, added)
        return joined([*result, MemoryChanges(review=listed)])

    def remember(
        self,
        text: str,
        *,
        cube_id: str,
        kind: Kind = Kind.FACT,
        valid_from: datetime | None = None,
        tags: Sequence[str] = (),
        candidate: Candidate | None = None,
    ) -> MemoryChanges:
        """Add by the person's own hand: kept as written, confirmed.

        `candidate`, what a reader made of the same text, lends subject, slot and value, so that it replaces an older
        value. Raises `InputError` for an empty or overlong text, or a kind that is not written by hand.
        """
        store = self._shelf.get(cube_id)
        with self._change(store, "Remember 1 memory", PERSON) as (change, result):
            row = hand.write(change, text, kind=kind, valid_from=valid_from, tags=tags, candidate=candidate)
        listed = self._near_duplicates(store, [row])
        return joined([*result, MemoryChanges(review=listed)])

    @contextmanager
    def on_branch(
        self, store: "CubeStore", conversation_id: str, message_id: str | None
    ) -> Iterator[tuple[Change, list[MemoryChanges]]]:
        """A write in which a conversation shows the branch that ends with a message (None: nothing yet): a message that
        is added follows it.

        What was remembered from messages that are hidden by it is taken back, except what the person confirmed; what
        returns brings its memories along. One undoable operation, in the same transaction as what the block writes; the
        list holds its result once the block has ended.
        """
        with self._change(store, "Show another branch", absorbing.CHAT) as (change, result):
            branch.show(change, conversation_id, message_id)
            yield change, result

    def rollback_messages(self, store: "CubeStore", message_ids: Sequence[str]) -> MemoryChanges:
        """Take out what was remembered from these messages, as their words have changed, except what the person
        confirmed; what it had superseded returns. One undoable operation."""
        with self._change(store, "Take back what an edited message said", absorbing.CHAT) as (change, result):
            rollback(change, message_ids)
        return joined(result)

    def without_forgotten(self, store: "CubeStore", texts: Sequence[str]) -> list[str]:
        """Texts as they may be stored by an import: spans of them that were forgotten in this cube are redacted."""
        with store.read() as session:
            return tombs.redacted_before(session, texts)

    def _near_duplicates(self, store: "CubeStore", added: Sequence[ItemRow]) -> bool:
        """List near duplicates of what is kept by now: a fault at that is no fault of the remembering."""
        try:
            return list_near_duplicates(store, self._retrieval, added)
        except MemosError as error:
            _log.warning("near duplicates were not looked for: %s", error.message)
            return False
