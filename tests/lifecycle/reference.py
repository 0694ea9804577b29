"""What a cube should hold after any sequence of changes: a few dictionaries, no database."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace

HAND = 2026.5
"""When the person's own hand counts as said, in years: after every old import, before what is told in these tests."""


@dataclass(frozen=True)
class Item:
    """A memory as the reference knows it. `told` maps messages to when they were said, in years."""

    text: str
    told: dict[str, float]
    first: float
    """The earliest time that it was said."""
    slot: str = ""
    value: str = ""
    state: str = "activated"
    cube: int = 0
    pinned: bool = False
    confirmed: bool = False
    closed: bool = False
    closed_by: str | None = None

    @property
    def last(self) -> float:
        """The last time that it was said or confirmed."""
        return max([*self.told.values(), *([HAND] if self.confirmed else [])], default=self.first)

    @property
    def current(self) -> bool:
        return self.state == "activated" and not self.closed


@dataclass
class Operation:
    """What an operation touched, as it was before (None: it made it) and after."""

    id: str
    before: dict[str, Item | None]
    after: dict[str, Item]


@dataclass
class Reference:
    """The memories by id, and what can be undone."""

    items: dict[str, Item] = field(default_factory=dict)
    done: list[Operation] = field(default_factory=list)
    tops: dict[str, list[str]] = field(default_factory=dict)
    """Of each item, the operations that changed it and were not taken back, oldest first."""

    def apply(self, operation: str, changed: dict[str, Item]) -> None:
        """One undoable operation: the changed items as they are after it."""
        self.done.append(Operation(operation, {key: self.items.get(key) for key in changed}, changed))
        self.items |= changed
        for key in changed:
            self.tops.setdefault(key, []).append(operation)

    # --- telling

    def current_of(self, slot: str) -> str | None:
        return next(
            (key for key, item in self.items.items() if item.slot == slot and item.current and item.cube == 0), None
        )

    def tell(self, key: str, item: Item) -> dict[str, Item]:
        """What a newly told memory of a slot does to the others."""
        return {key: item} | self._placed(key, item, self.chain(item.slot, key))

    def chain(self, slot: str, but: str) -> dict[str, Item]:
        """The memories of a slot in the order in which places are looked for: current first, then the newest."""
        rows = {
            key: item
            for key, item in self.items.items()
            if item.slot == slot and item.state == "activated" and item.cube == 0 and key != but
        }
        return dict(sorted(rows.items(), key=lambda pair: (pair[1].closed, -pair[1].first)))

    def _placed(self, key: str, item: Item, chain: dict[str, Item]) -> dict[str, Item]:
        changed: dict[str, Item] = {}
        for head_key, head in chain.items():
            if head.closed_by in chain:
                continue
            if item.last < head.last:
                newer = head_key
                while True:
                    older = [k for k, other in chain.items() if other.closed_by == newer]
                    further = next((k for k in older if item.last < chain[k].last), None)
                    if further is None:
                        break
                    newer = further
                changed = {k: replace(chain[k], closed=True, closed_by=key) for k in older if item.last > chain[k].last}
                return changed | {key: replace(item, closed=True, closed_by=newer)}
            if not head.closed:
                changed[head_key] = replace(head, closed=True, closed_by=key)
        return changed

    # --- taking back

    def without(self, keys: Iterable[str], changed: dict[str, Item]) -> dict[str, Item]:
        """What the leaving of `keys` from their chains does, on top of `changed`."""
        view = self.items | changed
        for key in keys:
            successor = view[key].closed_by
            for other, item in list(view.items()):
                if item.closed_by == key and item.state == "activated":
                    if successor is not None and successor in view and successor != other:
                        changed[other] = replace(item, closed_by=successor)
                    else:
                        changed[other] = replace(item, closed=False, closed_by=None)
                    view[other] = changed[other]
        return changed

    def forget(self, keys: Iterable[str]) -> None:
        """Erase, for good."""
        keys = set(keys)
        for key in keys:
            gone = self.items.pop(key)
            self.tops.pop(key, None)
            for other, item in list(self.items.items()):
                if item.closed_by == key:
                    successor = gone.closed_by if gone.closed_by not in keys else None
                    self.items[other] = replace(item, closed_by=successor)
        for operation in self.done:
            operation.before = {key: item for key, item in operation.before.items() if key not in keys}

    def undoable(self, operation: Operation) -> bool:
        return bool(operation.before) and all(self.tops[key][-1] == operation.id for key in operation.before)

    def last(self) -> Operation | None:
        return next((operation for operation in reversed(self.done) if self.undoable(operation)), None)

    def undo(self, operation: Operation) -> None:
        """Take back an operation that is on top of all that it touched."""
        self.done.remove(operation)
        made: list[str] = []
        back: list[str] = []
        for key, before in operation.before.items():
            self.tops[key].pop()
            if before is None:
                self.items[key] = replace(self.items[key], state="archived")
                made.append(key)
            else:
                was_current = self.items[key].current
                self.items[key] = _reverted(self.items[key], before, operation.after[key])
                if self.items[key].current and not was_current:
                    back.append(key)
        self.items |= self.without(made, {})
        for key in back:
            item = self.items[key]
            if item.slot:
                chain = {k: i for k, i in self.chain(item.slot, key).items() if k not in operation.before}
                self.items |= self._placed(key, item, chain)


def _reverted(item: Item, before: Item, after: Item) -> Item:
    """`item` without what led from `before` to `after`."""
    names = [each.name for each in fields(Item) if getattr(before, each.name) != getattr(after, each.name)]
    return replace(item, **{name: getattr(before, name) for name in names})
