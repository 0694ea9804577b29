"""One operation within one cube's transaction: every step of an item leaves a version, and is told at the end."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from memos_engine.cube import items, reviews, versions
from memos_engine.cube.ids import new_id
from memos_engine.cube.tables import ItemRow, OperationRow, VersionRow
from memos_engine.types import ChangeKind, MemoryChange, MemoryChanges, ReviewReason, now

ROLLED_BACK = "its message was edited"
"""Why a memory was archived that its message no longer bears: it may be read there again."""

OFF_BRANCH = "its message is no longer shown"
"""Why a memory was archived whose conversation shows another branch: it returns with its own."""

TAKEN_BACK = frozenset((ROLLED_BACK, OFF_BRANCH))
"""Why a memory was archived that nobody threw away."""

_KEEPS = {ChangeKind.ADDED, ChangeKind.SUPERSEDED, ChangeKind.MERGED, ChangeKind.ARCHIVED}
"""What a later mere update within the same operation does not hide."""


@dataclass
class Change:
    """Gathers the steps of one operation. The operation's row is written with the first step: none, no operation."""

    session: Session
    cube_id: str
    label: str
    actor: str
    id: str = field(default_factory=new_id)
    undoable: bool = True
    undoes: str | None = None
    review: bool = False
    conversations: set[str] = field(default_factory=set)
    _told: dict[str, tuple[ChangeKind, str | None]] = field(default_factory=dict)
    _begun: bool = False

    def begin(self) -> None:
        """Write the operation's row, for what changes no item (a source, a review entry)."""
        if not self._begun:
            self._begun = True
            self.session.add(
                OperationRow(
                    id=self.id,
                    label=self.label,
                    time=now(),
                    actor=self.actor,
                    undoable=self.undoable,
                    undoes=self.undoes,
                )
            )

    def continues(self) -> None:
        """Go on with an operation whose row an earlier transaction wrote."""
        self._begun = True

    def add(self, row: ItemRow, reason: str) -> ItemRow:
        """Add an item with its first version."""
        self.begin()
        items.add(self.session, row)
        versions.add(self.session, row, actor=self.actor, reason=reason, operation_id=self.id)
        self.tell(row.id, ChangeKind.ADDED)
        return row

    def step(
        self,
        row: ItemRow,
        kind: ChangeKind,
        reason: str,
        /,
        *,
        related: str | None = None,
        snapshot: dict[str, Any] | None = None,
        **changed: Any,
    ) -> ItemRow:
        """Set the `changed` columns (or those of a version's snapshot), save, and leave a version.

        `reason` never holds memory text.
        """
        self.begin()
        self._give_first_version(row)
        if snapshot is not None:
            versions.restore(row, snapshot)
        for name, value in changed.items():
            setattr(row, name, value)
        items.save(self.session, row)
        versions.add(self.session, row, actor=self.actor, reason=reason, operation_id=self.id)
        self.tell(row.id, kind, related)
        return row

    def tell(self, item_id: str, kind: ChangeKind, related: str | None = None) -> None:
        """Say in the result that this happened to an item."""
        before = self._told.get(item_id)
        if before is None or kind is not ChangeKind.UPDATED or before[0] not in _KEEPS:
            self._told[item_id] = (kind, related)

    def ask(self, reason: ReviewReason, first: ItemRow, second: ItemRow | None = None) -> None:
        """Put an entry on the review list, unless the pair was there before (decided or not)."""
        self.begin()
        reviews.add(self.session, reason, first.id, second.id if second else None)
        self.review = True

    def finish(self, but: Collection[str] = ()) -> MemoryChanges:
        """What the operation changed, read within its transaction; `but` these, of which another cube tells."""
        self.session.flush()
        told = {item_id: what for item_id, what in self._told.items() if item_id not in but}
        rows = items.by_ids(self.session, list(told))
        memories = {memory.id: memory for memory in items.to_memories(self.session, rows, self.cube_id)}
        return MemoryChanges(
            operation=self.id if self._begun and self.undoable else None,
            label=self.label if self._begun else "",
            memories=tuple(
                MemoryChange(item_id, self.cube_id, kind, memories.get(item_id), related)
                for item_id, (kind, related) in told.items()
            ),
            conversations=tuple(sorted(self.conversations)),
            review=self.review,
        )

    def _give_first_version(self, row: ItemRow) -> None:
        """Verbatim turns and document chunks are stored without one: what they were is kept before the first step."""
        known = self.session.exec(select(VersionRow.rowid).where(col(VersionRow.item_id) == row.id).limit(1)).first()
        if known is None:
            versions.add(self.session, row, actor="lifecycle", reason="kept as it came")


def joined(parts: list[MemoryChanges]) -> MemoryChanges:
    """One result of the parts of an operation that ran in several cubes or steps."""
    parts = [part for part in parts if part != MemoryChanges()]
    return MemoryChanges(
        operation=next((part.operation for part in parts if part.operation), None),
        label=next((part.label for part in parts if part.label), ""),
        memories=tuple(change for part in parts for change in part.memories),
        conversations=tuple(dict.fromkeys(each for part in parts for each in part.conversations)),
        cubes=tuple(dict.fromkeys(each for part in parts for each in part.cubes)),
        review=any(part.review for part in parts),
        traces=any(part.traces for part in parts),
        settings=tuple(dict.fromkeys(each for part in parts for each in part.settings)),
    )


def counted(verb: str, count: int) -> str:
    """A label such as "Remove 3 memories"."""
    return f"{verb} {count} {'memory' if count == 1 else 'memories'}"
