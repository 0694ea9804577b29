"""Random remembering, editing, forgetting, merging, superseding, undoing, moving, killing and reopening, each step
compared with a reference of a few dictionaries."""

import multiprocessing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from memos_engine.cube import items, messages, versions
from memos_engine.encoder import SentenceEncoder
from memos_engine.errors import InputError
from memos_engine.types import State
from memos_engine.vault.vault import Vault

from .conftest import Desk, said
from .reference import Item, Reference
from .victim import work

PLAIN = ("Likes tea", "Plays chess", "Owns a boat", "Has a sister")
SLOTS = {"residence": "Lives in"}
TOLD_FROM, TOLD_BEFORE = 2030.0, 2020.0
A_DAY = 1 / 365.25
MOST_STEPS = 130
"""Statements and commits after which a process is killed at the latest: a few more than six edits take (126)."""

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["memos_engine.lifecycle.lifecycle", "sqlcipher3.dbapi2"])


def moment(year: float) -> datetime:
    return datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=(year - 2000) / A_DAY)


class Memories(RuleBasedStateMachine):
    """One cube and a second to move to."""

    path: Path
    vault: Vault
    encoder: SentenceEncoder

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(self.path, self.encoder, self.vault)
        self.home_cube = self.desk.store.cube_id
        self.other = self.desk.shelf.create("Other").cube_id
        self.reference = Reference()
        self.now, self.past, self.count = TOLD_FROM, TOLD_BEFORE, 0

    def teardown(self) -> None:
        base = next(id_ for id_ in self.vault.cube_ids() if self.vault.cube_label(id_) == "Empty")
        self.vault.set_default_cube(base)
        for cube_id in (self.home_cube, self.other):
            self.desk.shelf.destroy(cube_id)
        self.desk.close()

    # --- what a rule needs

    def next_number(self) -> int:
        self.count += 1
        return self.count

    def some(self, where: Any, data: st.DataObject) -> str | None:
        """The id of one memory for which `where` holds."""
        keys = [key for key, item in self.reference.items.items() if where(item)]
        return keys[data.draw(st.integers(0, len(keys) - 1))] if keys else None

    def apply(self, operation: str | None, changed: dict[str, Item]) -> None:
        assert operation is not None
        self.reference.apply(operation, changed)

    def tell(self, text: str, year: float, actor: str, slot: str = "", value: str = "") -> tuple[Any, str]:
        words = f"{text}, message {self.next_number()}"
        changes = self.desk.tell(
            words, moment(year), said(words, text, slot=slot, value=value), actor=actor, conversation=f"c{self.count}"
        )
        with self.desk.store.read() as session:
            message = messages.thread(session, f"c{self.count}")[0].id
        return changes, message

    # --- rules

    @rule(text=st.sampled_from(PLAIN))
    def tell_something(self, text: str) -> None:
        self.now += 1
        same = [k for k, i in self.reference.items.items() if i.text == text and i.state == "activated" and i.cube == 0]
        changes, message = self.tell(text, self.now, "chat")
        if same:
            (key,) = same
            item = self.reference.items[key]
            self.apply(changes.operation, {key: replace(item, told={**item.told, message: self.now})})
        else:
            (key,) = changes.ids
            self.apply(changes.operation, {key: Item(text, {message: self.now}, self.now)})

    @rule(slot=st.sampled_from(sorted(SLOTS)))
    def tell_a_new_value(self, slot: str) -> None:
        self.now += 1
        self.tell_value(slot, f"place{self.next_number()}", self.now, "chat")

    @rule(slot=st.sampled_from(sorted(SLOTS)))
    def import_an_older_value(self, slot: str) -> None:
        self.past -= 1
        self.tell_value(slot, f"place{self.next_number()}", self.past, "import")

    def tell_value(self, slot: str, value: str, year: float, actor: str) -> None:
        changes, message = self.tell(f"{SLOTS[slot]} {value}", year, actor, slot, value)
        key = changes.ids[0]
        item = Item(f"{SLOTS[slot]} {value}", {message: year}, year, slot, value)
        self.apply(changes.operation, self.reference.tell(key, item))

    @rule(slot=st.sampled_from(sorted(SLOTS)))
    def tell_the_current_value_again(self, slot: str) -> None:
        key = self.reference.current_of(slot)
        if key is not None:
            self.now += 1
            item = self.reference.items[key]
            changes, message = self.tell(item.text, self.now, "chat", slot, item.value)
            self.apply(changes.operation, {key: replace(item, told={**item.told, message: self.now})})

    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        key = self.some(lambda item: item.state == "activated" and not item.slot, data)
        if key is not None:
            text = f"Edited text {self.next_number()}"
            changes = self.desk.lifecycle.edit(key, text)
            self.apply(changes.operation, {key: replace(self.reference.items[key], text=text, confirmed=True)})

    @rule(data=st.data(), pinned=st.booleans())
    def pin(self, data: st.DataObject, pinned: bool) -> None:
        key = self.some(lambda item: item.pinned != pinned, data)
        if key is not None:
            changes = self.desk.lifecycle.pin([key], pinned)
            self.apply(changes.operation, {key: replace(self.reference.items[key], pinned=pinned)})

    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        key = self.some(lambda item: item.state == "activated" and not item.confirmed and not item.slot, data)
        if key is not None:
            changes = self.desk.lifecycle.confirm([key])
            self.apply(changes.operation, {key: replace(self.reference.items[key], confirmed=True)})

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        key = self.some(lambda item: item.state == "activated", data)
        if key is not None:
            changes = self.desk.lifecycle.remove([key])
            self.apply(changes.operation, {key: replace(self.reference.items[key], state="archived")})

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        living = {item.text for item in self.reference.items.values() if item.state == "activated"}
        key = self.some(lambda item: item.state == "archived" and item.text not in living, data)
        if key is not None:
            changes = self.desk.lifecycle.restore([key])
            item = replace(self.reference.items[key], state="activated")
            placed = self.reference.tell(key, item) if item.slot and not item.closed and item.cube == 0 else {key: item}
            self.apply(changes.operation, placed)

    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        key = self.some(lambda item: True, data)
        if key is not None:
            item = self.reference.items[key]
            self.desk.lifecycle.forget([key])
            self.reference.forget([key])
            if item.cube == 0 and not any(other.text == item.text for other in self.reference.items.values()):
                self.tell(item.text, self.past, "import", item.slot, item.value)

    @rule(data=st.data(), of_a_slot=st.booleans())
    def roll_back_a_message(self, data: st.DataObject, of_a_slot: bool) -> None:
        def loose(item: Item) -> bool:
            kept = item.confirmed or item.pinned or not item.told
            return item.state == "activated" and item.cube == 0 and not kept and bool(item.slot) is of_a_slot

        key = self.some(loose, data)
        if key is None:
            return
        item = self.reference.items[key]
        message = data.draw(st.sampled_from(sorted(item.told)))
        changes = self.desk.lifecycle.rollback_messages(self.desk.store, [message])
        left = {each: year for each, year in item.told.items() if each != message}
        if left:
            self.apply(changes.operation, {key: replace(item, told=left)})
        else:
            fallen = {key: replace(item, state="archived")}
            self.apply(changes.operation, self.reference.without([key], fallen))

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        key = self.some(lambda item: item.cube == 0 and not item.slot, data)
        if key is not None:
            changes = self.desk.lifecycle.move([key], self.other)
            item = self.reference.items[key]
            for operation in self.reference.done:
                operation.before.pop(key, None)
            self.reference.tops[key] = []
            self.apply(changes.operation, {key: replace(item, cube=1)})

    @rule()
    def undo(self) -> None:
        expected = self.reference.last()
        last = self.desk.lifecycle.last_operation()
        assert (last.operation if last else None) == (expected.id if expected else None)
        if expected is not None:
            self.desk.lifecycle.undo()
            self.reference.undo(expected)

    @precondition(lambda self: self.reference.done)
    @rule(data=st.data())
    def undo_an_older_one(self, data: st.DataObject) -> None:
        operation = data.draw(st.sampled_from(self.reference.done))
        if not operation.before:
            return
        if self.reference.undoable(operation):
            self.desk.lifecycle.undo(operation.id)
            self.reference.undo(operation)
        else:
            with pytest.raises(InputError):
                self.desk.lifecycle.undo(operation.id)

    @rule()
    def reopen(self) -> None:
        self.desk.close()
        self.desk.open_again(self.path, self.encoder, self.vault)
        self.desk.lifecycle.recover()
        self.desk.store.check()

    @rule()
    def abandon_a_write(self) -> None:
        """A transaction whose process is gone leaves nothing."""

        def cut() -> None:
            with self.desk.store.write() as session:
                for row in items.by_ids(session, list(self.reference.items)):
                    row.text = "half done"
                    items.save(session, row)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            cut()

    @rule(data=st.data(), steps=st.integers(1, MOST_STEPS))
    def kill(self, data: st.DataObject, steps: int) -> None:
        """What the killed process said it did is done; the call that it was in is done as a whole or not at all."""
        keys = [
            k
            for k, item in self.reference.items.items()
            if item.cube == 0 and not item.slot and item.state == "activated"
        ]
        if not keys:
            return
        calls: list[tuple[str, list[Any]]] = []
        edits: list[Any] = []
        for _ in range(6):
            key = data.draw(st.sampled_from(keys))
            text = f"Edited text {self.next_number()}"
            calls.append(("edit", [key, text]))
            edits.append(partial(self.edited, key, text))
        here, there = processes.Pipe()
        store = self.desk.store
        victim = processes.Process(target=work, args=(there, store.folder, store.cube_id, store.keys, calls, steps))
        victim.start()
        there.close()
        acknowledged = 0
        while (said_so := here.recv()) not in ("brink", "done"):
            edits[said_so[0]](said_so[1])
            acknowledged += 1
        victim.kill()
        victim.join()
        here.close()
        if acknowledged < len(calls):
            key, text = calls[acknowledged][1]
            if self.seen()[key][1] == text:
                with store.read() as session:
                    edits[acknowledged](versions.of_item(session, key)[-1].operation_id)
        store.check()

    def edited(self, key: str, text: str, operation: str) -> None:
        self.apply(operation, {key: replace(self.reference.items[key], text=text, confirmed=True)})

    # --- the comparison

    def seen(self) -> dict[str, tuple[Any, ...]]:
        found: dict[str, tuple[Any, ...]] = {}
        for cube, cube_id in enumerate((self.home_cube, self.other)):
            for memory in self.desk.memories(store=self.desk.shelf.get(cube_id)):
                assert memory.id not in found, "in both cubes"
                found[memory.id] = (
                    cube, memory.text, str(memory.state), memory.pinned, memory.confirmed,
                    memory.recorded_to is not None, memory.superseded_by,
                )  # fmt: skip
        return found

    @invariant()
    def is_as_the_reference_says(self) -> None:
        expected = {
            key: (item.cube, item.text, item.state, item.pinned, item.confirmed, item.closed, item.closed_by)
            for key, item in self.reference.items.items()
        }
        assert self.seen() == expected

    @invariant()
    def has_at_most_one_current_value(self) -> None:
        values = [
            memory.slot for memory in self.desk.memories(State.ACTIVATED) if memory.slot and memory.recorded_to is None
        ]
        assert len(values) == len(set(values))


def test_any_sequence_of_changes_leaves_what_the_reference_says(
    open_vault: tuple[Path, Vault], encoder: SentenceEncoder
) -> None:
    Memories.path, Memories.vault = open_vault
    Memories.encoder = encoder
    run_state_machine_as_test(
        Memories,
        settings=settings(
            max_examples=12,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate),
            derandomize=True,
            database=None,
        ),
    )
