"""What the person does to memories by hand, and their word on the review list."""

from collections.abc import Callable, Sequence

from memos_engine.cube import reviews
from memos_engine.cube.tables import ItemRow
from memos_engine.errors import NotFoundError
from memos_engine.lifecycle import hand, trash
from memos_engine.lifecycle.change import Change, counted, joined
from memos_engine.lifecycle.operations import Operations
from memos_engine.lifecycle.order import PERSON
from memos_engine.lifecycle.resolve import resolve
from memos_engine.lifecycle.review import open_entries
from memos_engine.types import Agreement, Candidate, Kind, MemoryChanges, NewTime, ReviewEntry, State


class ByHand(Operations):
    """Edit, confirm, pin, remove, restore, decide."""

    def edit(
        self,
        memory_id: str,
        text: str | None = None,
        *,
        kind: Kind | None = None,
        valid_from: NewTime = None,
        valid_to: NewTime = None,
        tags: Sequence[str] | None = None,
        candidate: Candidate | None = None,
    ) -> MemoryChanges:
        """Change what is given (None: leave as it is, `CLEAR`: no such time); a new version, confirmed.

        `candidate`, what a reader made of the new text, lends slot, value and the times that its words say.
        `InputError` for a frozen memory or a verbatim turn.
        """

        def work(change: Change, rows: list[ItemRow]) -> None:
            hand.edit(
                change, rows[0], text, kind=kind, valid_from=valid_from, valid_to=valid_to, tags=tags,
                candidate=candidate,
            )  # fmt: skip

        return self._on_items([memory_id], "Edit a memory", work)

    def confirm(self, memory_ids: Sequence[str]) -> MemoryChanges:
        """Accept candidates that wait, and mark memories as the person's own word."""
        return self._decide(memory_ids, "Confirm", "Remember", hand.confirm)

    def pin(self, memory_ids: Sequence[str], pinned: bool) -> MemoryChanges:
        """Pin or unpin: pinned memories come first and never expire."""
        label = counted("Pin" if pinned else "Unpin", len(memory_ids))
        return self._on_items(memory_ids, label, lambda change, rows: hand.pin(change, rows, pinned))

    def remove(self, memory_ids: Sequence[str]) -> MemoryChanges:
        """To the trash, with what was inferred from them: out of every answer at once, undo for 30 days."""
        return self._decide(memory_ids, "Remove", "Refuse", trash.remove)

    def restore(self, memory_ids: Sequence[str]) -> MemoryChanges:
        """Back from the trash, with what had fallen with them."""
        return self._on_items(memory_ids, counted("Restore", len(memory_ids)), trash.restore)

    def review(self, cube_ids: Sequence[str]) -> tuple[ReviewEntry, ...]:
        """What waits for a word in these cubes, newest first."""
        entries: list[ReviewEntry] = []
        for store in self._shelf.stores(cube_ids) if cube_ids else ():
            with store.read() as session:
                entries += reviews.to_entries(session, open_entries(session), store.cube_id)
        return tuple(sorted(entries, key=lambda entry: entry.since, reverse=True))

    def resolve(self, review_id: str, decision: Agreement) -> MemoryChanges:
        """Carry out the person's word on an entry. Raises `NotFoundError`, `InputError`."""
        for store in self._shelf.all_open():
            with store.read() as session:
                if not any(entry.id == review_id for entry in open_entries(session)):
                    continue
            with self._change(store, "Decide on the review list", PERSON) as (change, done):
                resolve(change, reviews.by_id(change.session, review_id), decision)
            return joined(done)
        raise NotFoundError("There is no such entry on the review list.", "It may have been decided already.")

    def _decide(
        self, memory_ids: Sequence[str], label: str, of_proposals: str, take: Callable[[Change, list[ItemRow]], None]
    ) -> MemoryChanges:
        """The change has another name where the person decides on what was proposed to them, and not on what is
        remembered."""

        def work(change: Change, rows: list[ItemRow]) -> None:
            if all(row.state is State.GENERATED for row in rows):
                change.label = counted(of_proposals, len(memory_ids))
            take(change, rows)

        return self._on_items(memory_ids, counted(label, len(memory_ids)), work)
