"""Moving between two databases: a memory is here or there, whatever is cut when."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from memos_engine.cube import items, leftovers, vectors
from memos_engine.cube.store import CubeStore
from memos_engine.errors import CubeLockedError, InputError, NotFoundError
from memos_engine.lifecycle import move
from memos_engine.types import Kind, Origin, State, now

from .conftest import Desk, day, said


def settled(desk: Desk) -> None:
    words = "I moved to Rome"
    lives = said(words, "Lives in Rome", slot="residence", value="Rome", origin=Origin.INFERENCE)
    desk.message("hello", day("2026-01-01"), title="Moving")
    desk.tell(words, day("2026-01-01"), said(words, "Moved to Rome", kind=Kind.EVENT, inferred=[lives]))
    desk.lifecycle.edit(desk.by_text("Moved to Rome").id, tags=["home"])
    desk.retrieval.catch_up(desk.store.cube_id)


def texts(desk: Desk, store: CubeStore) -> list[str]:
    return sorted(memory.text for memory in desk.memories(State.ACTIVATED, store=store))


BOTH = ["Lives in Rome", "Moved to Rome"]


def test_a_move_takes_versions_vector_quotes_and_the_inferred_along(desk: Desk) -> None:
    settled(desk)
    work = desk.shelf.create("Work")
    before = desk.by_text("Moved to Rome")
    changes = desk.lifecycle.move([before.id], work.cube_id)
    assert set(changes.cubes) == {desk.store.cube_id, work.cube_id}
    assert texts(desk, desk.store) == []
    assert texts(desk, work) == BOTH
    moved = next(memory for memory in desk.memories(store=work) if memory.id == before.id)
    assert moved.cube_id == work.cube_id
    assert moved.versions == before.versions + 1
    assert moved.tags == ("home",)
    (source,) = moved.sources
    assert (source.quote, source.message_id, source.conversation_title) == ("I moved to Rome", None, "Moving")
    with work.read() as session:
        encoder = desk.retrieval._encoder().id
        assert vectors.missing(session, encoder, 10) == []
        assert len(vectors.load_all(session, encoder)[0]) == 2


def test_undo_of_a_move_points_at_the_message_again(desk: Desk) -> None:
    settled(desk)
    work = desk.shelf.create("Work")
    before = desk.by_text("Moved to Rome")
    changes = desk.lifecycle.move([before.id], work.cube_id)
    assert desk.lifecycle.last_operation().operation == changes.operation
    desk.lifecycle.undo()
    assert texts(desk, work) == []
    assert texts(desk, desk.store) == BOTH
    after = desk.by_text("Moved to Rome")
    assert (after.sources, after.tags, after.parent_id) == (before.sources, before.tags, before.parent_id)
    with pytest.raises(NotFoundError):
        desk.lifecycle.undo(changes.operation)
    desk.lifecycle.undo()
    assert desk.by_text("Moved to Rome").tags == (), "what was done before the move can still be undone"


def test_a_change_in_the_new_cube_comes_before_the_undo_of_the_move(desk: Desk) -> None:
    settled(desk)
    work = desk.shelf.create("Work")
    memory = desk.by_text("Moved to Rome")
    changes = desk.lifecycle.move([memory.id], work.cube_id)
    desk.lifecycle.edit(memory.id, "Moved to Rome in spring")
    with pytest.raises(InputError):
        desk.lifecycle.undo(changes.operation)
    desk.lifecycle.undo()
    desk.lifecycle.undo()
    assert texts(desk, desk.store) == BOTH


def test_a_memory_that_came_back_by_another_move_is_not_let_go_by_the_first(desk: Desk) -> None:
    settled(desk)
    work = desk.shelf.create("Work")
    memory = desk.by_text("Moved to Rome")
    desk.lifecycle.move([memory.id], work.cube_id)
    desk.lifecycle.move([memory.id], desk.store.cube_id)
    desk.lifecycle.recover()
    assert texts(desk, desk.store) == BOTH
    assert texts(desk, work) == []


def test_the_cube_that_is_left_keeps_no_byte_of_it(desk: Desk) -> None:
    row = desk.lifecycle.remember("Keeps a walnutcanary in the shed", cube_id=desk.store.cube_id)
    desk.retrieval.catch_up(desk.store.cube_id)
    work = desk.shelf.create("Work")
    desk.lifecycle.move(row.ids, work.cube_id)
    assert not leftovers.any_left(desk.store.database, desk.store.keys.database, {"walnutcanary"})
    assert desk.store.database.with_name("cube.db-wal").stat().st_size == 0


def ghent(desk: Desk, store: CubeStore) -> None:
    candidate = said("x", "Lives in Ghent", slot="residence", value="Ghent")
    desk.lifecycle.remember("Lives in Ghent", cube_id=store.cube_id, candidate=candidate)


def test_a_value_that_meets_a_newer_one_in_the_new_cube_is_its_history_and_the_undo_brings_both_back(
    desk: Desk,
) -> None:
    settled(desk)
    work = desk.shelf.create("Work")
    ghent(desk, work)
    before = desk.memories()
    desk.lifecycle.move([desk.by_text("Moved to Rome").id], work.cube_id)
    rome = next(memory for memory in desk.memories(store=work) if memory.text == "Lives in Rome")
    new = next(memory for memory in desk.memories(store=work) if memory.text == "Lives in Ghent")
    assert (rome.superseded_by, new.superseded_by) == (new.id, None)
    desk.lifecycle.undo()
    assert texts(desk, work) == ["Lives in Ghent"]
    assert [(m.text, m.superseded_by, m.sources) for m in desk.memories()] == [
        (m.text, m.superseded_by, m.sources) for m in before
    ]


def test_a_newer_value_takes_the_place_of_that_of_the_new_cube_and_gives_it_back(desk: Desk) -> None:
    work = desk.shelf.create("Work")
    ghent(desk, work)
    words = "I live in Rome"
    desk.tell(words, now() + timedelta(hours=1), said(words, "Lives in Rome", slot="residence", value="Rome"))
    desk.lifecycle.move([desk.by_text("Lives in Rome").id], work.cube_id)
    current = [memory.text for memory in desk.memories(State.ACTIVATED, store=work) if memory.recorded_to is None]
    assert current == ["Lives in Rome"]
    desk.lifecycle.undo()
    assert [(m.text, m.recorded_to) for m in desk.memories(State.ACTIVATED, store=work)] == [("Lives in Ghent", None)]
    assert desk.current() == ["Lives in Rome"]


def test_what_stays_where_it_is(desk: Desk) -> None:
    message = desk.message("hello", day("2026-01-01"))
    work = desk.shelf.create("Work")
    with desk.store.read() as session:
        turn = items.verbatim(session, message)
        assert turn is not None
    with pytest.raises(InputError):
        desk.lifecycle.move([turn.id], work.cube_id)
    with pytest.raises(NotFoundError):
        desk.lifecycle.move(["nowhere"], work.cube_id)
    desk.shelf.lock(work.cube_id)
    with pytest.raises(CubeLockedError):
        desk.lifecycle.move([turn.id], work.cube_id)


def test_undo_of_a_move_from_a_locked_cube_is_refused(desk: Desk) -> None:
    settled(desk)
    work = desk.shelf.create("Work")
    memory = desk.by_text("Moved to Rome")
    changes = desk.lifecycle.move([memory.id], work.cube_id)
    here = desk.store.cube_id
    desk.shelf.lock(here)
    with pytest.raises(CubeLockedError):
        desk.lifecycle.undo(changes.operation)
    assert texts(desk, work) == BOTH
    desk.shelf.unlock(here)
    desk.lifecycle.undo(changes.operation)
    assert texts(desk, work) == []


class PowerCutError(Exception):
    """Stands for the power going."""


@pytest.mark.parametrize("step", ["arrive", "let_go"])
@pytest.mark.parametrize("back", [False, True])
def test_a_move_that_is_cut_is_whole_after_recovery(
    open_desk: Callable[[], Desk], monkeypatch: pytest.MonkeyPatch, step: str, back: bool
) -> None:
    """Cut before the arrival's commit everything is where it was; cut after it everything is on the other side."""
    desk = open_desk()
    settled(desk)
    work = desk.shelf.create("Work")
    memory = desk.by_text("Moved to Rome")
    if back:
        desk.lifecycle.move([memory.id], work.cube_id)

    def cut(*_: object, **__: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(move, step, cut)
        carry = desk.lifecycle.undo if back else partial(desk.lifecycle.move, [memory.id], work.cube_id)
        with pytest.raises(PowerCutError):
            carry()
    desk.close()
    again = open_desk()
    again.lifecycle.recover()
    took_place = (step == "let_go") != back
    here, there = again.store, again.shelf.get(work.cube_id)
    assert texts(again, there if took_place else here) == BOTH
    assert texts(again, here if took_place else there) == []
    again.store.check()
    if took_place:
        again.lifecycle.undo()
        assert texts(again, here) == BOTH
        assert texts(again, there) == []
