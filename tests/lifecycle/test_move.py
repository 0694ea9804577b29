"""Moving between two databases: a memory is here or there, whatever is cut when."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest

from memos_engine.cube import items, leftovers, vectors
from memos_engine.cube.store import CubeStore
from memos_engine.errors import CubeLockedError, InputError, MemosError, NotFoundError
from memos_engine.lifecycle import move, undo, undoing
from memos_engine.lifecycle.change import Change
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


# --- what a moved memory leaves behind, and takes along


def test_the_turn_of_a_moved_memory_answers_where_it_was_no_more_until_it_is_back(desk: Desk) -> None:
    words = "I'm allergic to peanuts"
    desk.tell(words, day("2026-01-01"), said(words, "Allergic to peanuts"))
    work = desk.shelf.create("Work")
    memory = desk.by_text("Allergic to peanuts")
    desk.lifecycle.move([memory.id], work.cube_id)
    assert desk.recalled("Am I allergic to peanuts?") == []
    assert desk.recalled("Am I allergic to peanuts?", store=work) == ["Allergic to peanuts"]
    desk.lifecycle.undo()
    assert desk.recalled("Am I allergic to peanuts?") == ["Allergic to peanuts"]
    desk.lifecycle.move([memory.id], work.cube_id)
    desk.lifecycle.move([memory.id], desk.store.cube_id)
    assert desk.recalled("Am I allergic to peanuts?") == ["Allergic to peanuts"]


def test_forgetting_a_moved_memory_shows_and_erases_the_words_where_it_came_from(desk: Desk) -> None:
    words = "I'm allergic to walnutcanary and I like tea"
    allergic, likes = (
        said(words, "Allergic to walnutcanary", "I'm allergic to walnutcanary"),
        said(words, "Likes tea", "I like tea"),
    )
    desk.tell(words, day("2026-01-01"), allergic, likes)
    work = desk.shelf.create("Work")
    memory = desk.by_text("Allergic to walnutcanary")
    desk.lifecycle.move([memory.id], work.cube_id)
    (echo,) = [echo for echo in desk.preview([memory.id]).echoes if echo.exact]
    assert (echo.cube_id, echo.text[echo.start : echo.end]) == (desk.store.cube_id, "I'm allergic to walnutcanary")
    desk.lifecycle.forget([memory.id])
    for store in (desk.store, work):
        assert not leftovers.any_left(store.database, store.keys.database, {"walnutcanary"})
    assert desk.by_text("Likes tea").sources[0].quote == "I like tea"
    assert desk.recalled("What do I like to drink?") == ["Likes tea"]


def test_what_a_memory_had_superseded_moves_along_and_comes_back(desk: Desk) -> None:
    for town, time in (("Porto", "2020-01-01"), ("Ghent", "2021-01-01"), ("Rome", "2022-01-01")):
        words = f"I live in {town}"
        desk.tell(words, day(time), said(words, f"Lives in {town}", slot="residence", value=town))
    work = desk.shelf.create("Work")
    before = desk.memories()
    desk.lifecycle.move([desk.by_text("Lives in Rome").id], work.cube_id)
    assert desk.memories() == []
    there = desk.memories(store=work)
    assert [(m.text, m.superseded_by, m.valid_to) for m in there] == [
        (m.text, m.superseded_by, m.valid_to) for m in sorted(before, key=lambda m: [t.id for t in there].index(m.id))
    ]
    assert desk.recalled("Where do I live?") == []
    assert desk.recalled("Where do I live?", store=work) == ["Lives in Rome"]
    desk.lifecycle.undo()
    assert {m.text: m.superseded_by for m in desk.memories()} == {m.text: m.superseded_by for m in before}


def test_an_edited_value_keeps_its_slot_so_that_no_two_are_current_after_a_move(desk: Desk) -> None:
    words = "I live in Utrecht"
    desk.tell(words, day("2026-01-01"), said(words, "Lives in Utrecht", slot="residence", value="Utrecht"))
    memory = desk.by_text("Lives in Utrecht")
    desk.lifecycle.edit(memory.id, "Lives in Ghent")
    edited = desk.by_text("Lives in Ghent")
    assert (edited.slot, edited.value) == ("residence", "Ghent")
    work = desk.shelf.create("Work")
    rome = said("x", "Lives in Rome", slot="residence", value="Rome")
    desk.lifecycle.remember("Lives in Rome", cube_id=work.cube_id, candidate=rome)
    desk.lifecycle.move([memory.id], work.cube_id)
    current = [m.text for m in desk.memories(State.ACTIVATED, store=work) if m.recorded_to is None]
    assert current == ["Lives in Rome"]
    desk.lifecycle.edit(memory.id, "Works as a nurse")
    assert next(m for m in desk.memories(store=work) if m.id == memory.id).slot == ""


# --- several cubes


def three_cubes(desk: Desk) -> tuple[CubeStore, CubeStore, CubeStore, list[str]]:
    """Two cubes with a memory each, a third one, and the ids."""
    other, target = desk.shelf.create("Other"), desk.shelf.create("Target")
    ids = [
        *desk.lifecycle.remember("Keeps bees", cube_id=desk.store.cube_id).ids,
        *desk.lifecycle.remember("Paints boats", cube_id=other.cube_id).ids,
    ]
    return desk.store, other, target, ids


def test_a_move_from_several_cubes_is_one_operation(desk: Desk) -> None:
    here, other, target, ids = three_cubes(desk)
    desk.lifecycle.move(ids, target.cube_id)
    assert texts(desk, target) == ["Keeps bees", "Paints boats"]
    assert (texts(desk, here), texts(desk, other)) == ([], [])
    desk.lifecycle.undo()
    assert texts(desk, target) == []
    assert (texts(desk, here), texts(desk, other)) == (["Keeps bees"], ["Paints boats"])


def test_an_undo_of_a_move_waits_for_each_cube_that_it_came_from(desk: Desk) -> None:
    _, other, target, ids = three_cubes(desk)
    changes = desk.lifecycle.move(ids, target.cube_id)
    desk.shelf.lock(other.cube_id)
    with pytest.raises(CubeLockedError):
        desk.lifecycle.undo(changes.operation)
    assert texts(desk, target) == ["Keeps bees", "Paints boats"]
    desk.shelf.unlock(other.cube_id)


@pytest.mark.parametrize("which", [1, 2])
@pytest.mark.parametrize("step", ["arrive", "let_go"])
@pytest.mark.parametrize("back", [False, True])
def test_a_move_between_several_cubes_that_is_cut_is_whole_after_recovery(
    open_desk: Callable[[], Desk], monkeypatch: pytest.MonkeyPatch, step: str, which: int, back: bool
) -> None:
    """Cut at the first or second such step: all of the memories are on one side."""
    desk = open_desk()
    here, other, target, ids = three_cubes(desk)
    if back:
        desk.lifecycle.move(ids, target.cube_id)
    calls = 0
    whole = getattr(move, step)

    def cut(*arguments: object) -> None:
        nonlocal calls
        calls += 1
        if calls == which:
            raise PowerCutError
        whole(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(move, step, cut)
        carry = desk.lifecycle.undo if back else partial(desk.lifecycle.move, ids, target.cube_id)
        with suppress(PowerCutError):
            carry()
    there = (here.cube_id, other.cube_id)
    desk.close()
    again = open_desk()
    again.lifecycle.recover()
    left = [texts(again, again.shelf.get(cube_id)) for cube_id in there]
    moved = texts(again, again.shelf.get(target.cube_id))
    assert (left, moved) in (([[], []], ["Keeps bees", "Paints boats"]), ([["Keeps bees"], ["Paints boats"]], []))
    with again.store.read() as session:
        assert [note for note in move.unfinished(session) if not note.let_go] == []


def test_what_changes_while_a_move_runs_moves_along(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit by somebody else, after the note and before the memory is let go."""
    words = "I like tea"
    desk.tell(words, day("2026-01-01"), said(words, "Likes tea"))
    work = desk.shelf.create("Work")
    memory = desk.by_text("Likes tea")
    carry = desk.lifecycle._carry

    def late(*arguments: object) -> object:
        desk.lifecycle.edit(memory.id, "Likes green tea")
        return carry(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.lifecycle, "_carry", late)
    desk.lifecycle.move([memory.id], work.cube_id)
    assert texts(desk, work) == ["Likes green tea"]


def test_nothing_can_be_written_in_the_cube_that_is_left_until_it_has_let_go(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (memory_id,) = desk.lifecycle.remember("Keeps bees", cube_id=desk.store.cube_id).ids
    work = desk.shelf.create("Work")
    late: list[threading.Thread] = []
    failed: list[MemosError] = []
    arrive = move.arrive

    def edit() -> None:
        try:
            desk.lifecycle.edit(memory_id, "Keeps wasps")
        except MemosError as error:
            failed.append(error)

    def slow(*arguments: object) -> None:
        late.append(threading.Thread(target=edit))
        late[0].start()
        arrive(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(move, "arrive", slow)
    desk.lifecycle.move([memory_id], work.cube_id)
    late[0].join()
    assert texts(desk, desk.store) == []
    assert (texts(desk, work), bool(failed)) in ((["Keeps wasps"], False), (["Keeps bees"], True))


def test_what_is_done_in_several_cubes_is_done_in_all_or_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    here, other, _, ids = three_cubes(desk)
    removed = desk.lifecycle.remove(ids)
    assert (texts(desk, here), texts(desk, other)) == ([], [])
    whole = undo.undo

    def cut(change: Change, *arguments: object) -> None:
        if change.cube_id == other.cube_id:
            raise PowerCutError
        whole(change, *arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(undoing, "undo", cut)
        with pytest.raises(PowerCutError):
            desk.lifecycle.undo(removed.operation)
    assert (texts(desk, here), texts(desk, other)) == ([], [])
    desk.lifecycle.undo(removed.operation)
    assert (texts(desk, here), texts(desk, other)) == (["Keeps bees"], ["Paints boats"])


def test_an_undo_that_a_crash_cut_between_two_cubes_is_finished_at_the_next_unlock(desk: Desk) -> None:
    here, other, _, ids = three_cubes(desk)
    removed = desk.lifecycle.remove(ids)
    assert removed.operation is not None
    with desk.lifecycle._change(here, "Undo", "person", "u1", undoes=removed.operation) as (change, _):
        undo.undo(change, undo.fresh(change.session, removed.operation))
    assert (texts(desk, here), texts(desk, other)) == (["Keeps bees"], [])
    desk.lifecycle.recover()
    assert (texts(desk, here), texts(desk, other)) == (["Keeps bees"], ["Paints boats"])
