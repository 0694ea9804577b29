"""Undo takes back an operation as a whole, or refuses and changes nothing."""

from datetime import timedelta

import pytest

from memos_engine.cube import items
from memos_engine.errors import InputError, NotFoundError
from memos_engine.types import Agreement, ChangeKind, Kind, Memory, Origin, State, now

from .conftest import Desk, day, said


def told(desk: Desk, text: str, time: str = "2026-01-01", **rest: object) -> Memory:
    desk.tell(text, day(time), said(text, text, **rest))  # type: ignore[arg-type]
    return desk.by_text(text)


def picture(desk: Desk) -> list[tuple[object, ...]]:
    """Everything of the memories that a person can see, but the count of their versions and when they changed."""
    return [
        (m.id, m.text, m.state, m.kind, m.valid_from, m.valid_to, m.recorded_to, m.superseded_by, m.parent_id, m.pinned,
         m.confirmed, m.tags, m.sources)
        for m in desk.memories(State.ACTIVATED)
    ]  # fmt: skip


def test_undo_of_each_kind_of_change_restores_what_was_seen_before(desk: Desk) -> None:
    tea, rex = told(desk, "Likes green tea"), told(desk, "Has a dog named Rex")
    calls = [
        lambda: desk.lifecycle.edit(tea.id, "Likes black tea", kind=Kind.PREFERENCE, tags=["drink"]),
        lambda: desk.lifecycle.edit(tea.id, valid_from=day("2020-01-01"), valid_to=day("2021-01-01")),
        lambda: desk.lifecycle.pin([tea.id, rex.id], True),
        lambda: desk.lifecycle.confirm([rex.id]),
        lambda: desk.lifecycle.remove([tea.id, rex.id]),
        lambda: desk.lifecycle.remember("Reads at night", cube_id=desk.store.cube_id),
    ]
    for call in calls:
        before = picture(desk)
        changes = call()
        assert changes.memories
        assert picture(desk) != before
        last = desk.lifecycle.last_operation()
        assert last is not None
        assert (last.operation, last.label) == (changes.operation, changes.label)
        undone = desk.lifecycle.undo()
        assert undone.operation is None
        assert picture(desk) == before


def test_operations_are_undone_from_the_last_to_the_first(desk: Desk) -> None:
    tea = told(desk, "Likes tea")
    pictures = []
    for step in (
        lambda: desk.lifecycle.edit(tea.id, "Likes green tea"),
        lambda: desk.lifecycle.pin([tea.id], True),
        lambda: desk.lifecycle.remove([tea.id]),
        lambda: desk.lifecycle.restore([tea.id]),
    ):
        pictures.append(picture(desk))
        step()
    for before in reversed(pictures):
        desk.lifecycle.undo()
        assert picture(desk) == before
    desk.lifecycle.undo()
    assert picture(desk) == []
    with pytest.raises(NotFoundError):
        desk.lifecycle.undo()


def test_undo_below_a_later_change_is_refused_and_changes_nothing(desk: Desk) -> None:
    tea = told(desk, "Likes tea")
    first = desk.lifecycle.edit(tea.id, "Likes green tea")
    second = desk.lifecycle.pin([tea.id], True)
    before = picture(desk)
    with pytest.raises(InputError, match="changed since"):
        desk.lifecycle.undo(first.operation)
    assert picture(desk) == before
    desk.lifecycle.undo(second.operation)
    desk.lifecycle.undo(first.operation)
    assert [m.text for m in desk.memories()] == ["Likes tea"]
    for operation in (first.operation, second.operation):
        with pytest.raises(NotFoundError):
            desk.lifecycle.undo(operation)


def test_an_edited_text_and_its_undo_are_found_by_their_words_and_embedded_anew(desk: Desk) -> None:
    from memos_engine.cube import search_index, vectors

    tea = told(desk, "Likes tea")
    desk.retrieval.catch_up(desk.store.cube_id)
    encoder = desk.retrieval._encoder().id

    def missing_and_found(word: str) -> tuple[int, int]:
        with desk.store.read() as session:
            found = search_index.match(session, search_index.any_word([word]), 10)
            texts = [row.text for row in items.by_rowids(session, [rowid for rowid, _ in found]).values()]
            return len(vectors.missing(session, encoder, 10)), sum(text.startswith("Likes") for text in texts)

    desk.lifecycle.edit(tea.id, "Likes coffee")
    assert missing_and_found("coffee") == (1, 1)
    desk.retrieval.catch_up(desk.store.cube_id)
    desk.lifecycle.undo()
    assert missing_and_found("coffee") == (1, 0)


def test_undo_of_remembering_takes_the_inferred_along_and_reading_again_brings_nothing(desk: Desk) -> None:
    words = "I moved to Rome"
    lives = said(words, "Lives in Rome", slot="residence", value="Rome", origin=Origin.INFERENCE)
    moved = said(words, "Moved to Rome", kind=Kind.EVENT, inferred=[lives])
    changes = desk.tell(words, day("2026-01-01"), moved)
    assert [change.kind for change in changes.memories] == [ChangeKind.ADDED] * 2
    desk.lifecycle.undo(changes.operation)
    assert desk.current() == []
    assert {memory.state for memory in desk.memories()} == {State.ARCHIVED}
    desk.tell(words, day("2026-01-01"), moved, actor="import", conversation="again")
    assert desk.current() == []


def test_undo_of_a_removal_finds_its_place_among_what_came_since(desk: Desk) -> None:
    ghent = told(desk, "Lives in Ghent", "2026-01-01", slot="residence", value="Ghent")
    removal = desk.lifecycle.remove([ghent.id])
    told(desk, "Lives in Rome", "2026-02-01", slot="residence", value="Rome")
    desk.lifecycle.undo(removal.operation)
    assert desk.current() == ["Lives in Rome"]
    assert desk.by_text("Lives in Ghent").superseded_by == desk.by_text("Lives in Rome").id


def test_undo_of_what_history_was_slotted_under_leaves_a_current_value(desk: Desk) -> None:
    changes = desk.tell(
        "Lives in Rome", day("2026-02-01"), said("Lives in Rome", "Lives in Rome", slot="residence", value="Rome")
    )
    old = said("Lives in Ghent", "Lives in Ghent", slot="residence", value="Ghent")
    desk.tell("Lives in Ghent", day("2020-01-01"), old, actor="import", conversation="old")
    assert desk.current() == ["Lives in Rome"]
    desk.lifecycle.undo(changes.operation)
    assert desk.current() == ["Lives in Ghent"]
    assert desk.by_text("Lives in Ghent").valid_to is None


def test_undo_of_a_merge_by_hand_opens_the_entry_again(desk: Desk) -> None:
    told(desk, "Has a dog named Rex")
    told(desk, "Has a cat named Rex", "2026-01-02")
    before = picture(desk)
    (entry,) = desk.lifecycle.review([desk.store.cube_id])
    changes = desk.lifecycle.resolve(entry.id, Agreement.MERGE)
    assert {change.kind for change in changes.memories} == {ChangeKind.MERGED, ChangeKind.UPDATED}
    assert len(desk.current()) == 1
    assert len(desk.memories(State.ACTIVATED)[0].sources) == 2
    assert not desk.lifecycle.review([desk.store.cube_id])
    desk.lifecycle.undo()
    assert picture(desk) == before
    assert [each.id for each in desk.lifecycle.review([desk.store.cube_id])] == [entry.id]


@pytest.mark.parametrize("keep", [Agreement.KEEP_FIRST, Agreement.KEEP_SECOND, Agreement.KEEP_BOTH])
def test_the_word_on_a_contradiction_is_carried_out_and_undone(desk: Desk, keep: Agreement) -> None:
    told(desk, "Likes coffee", "2026-01-01T10:00", kind=Kind.PREFERENCE)
    told(desk, "Does not like coffee", "2026-01-01T12:00", kind=Kind.PREFERENCE)
    (entry,) = desk.lifecycle.review([desk.store.cube_id])
    assert entry.second is not None
    before = picture(desk)
    with pytest.raises(InputError):
        desk.lifecycle.resolve(entry.id, Agreement.ACCEPT)
    desk.lifecycle.resolve(entry.id, keep)
    kept = {
        Agreement.KEEP_FIRST: [entry.first.text],
        Agreement.KEEP_SECOND: [entry.second.text],
        Agreement.KEEP_BOTH: sorted([entry.first.text, entry.second.text]),
    }
    assert desk.current() == kept[keep]
    assert not desk.lifecycle.review([desk.store.cube_id])
    desk.lifecycle.undo()
    assert picture(desk) == before
    assert len(desk.lifecycle.review([desk.store.cube_id])) == 1


def test_housekeeping_is_not_what_undo_takes_back(desk: Desk) -> None:
    tea = told(desk, "Likes tea")
    told(desk, "Has a dog")
    with desk.store.write() as session:
        row = items.by_id(session, tea.id)
        row.lifespan = now() - timedelta(days=1)
        items.save(session, row)
    last = desk.lifecycle.last_operation()
    changes = desk.lifecycle.expire(trash_days=30)
    assert changes.ids == (tea.id,)
    assert changes.operation is None
    assert desk.by_text("Likes tea").state is State.EXPIRED
    assert desk.lifecycle.last_operation() == last
    desk.lifecycle.undo()
    assert desk.lifecycle.last_operation() is None, "what expired is not what it was remembered as"


def test_undo_takes_back_what_the_operation_changed_and_not_what_was_set_right_since(desk: Desk) -> None:
    rome = said("Lives in Rome", "Lives in Rome", slot="residence", value="Rome")
    changes = desk.tell("Lives in Rome", day("2026-02-01"), rome)
    old = said("Lives in Ghent", "Lives in Ghent", slot="residence", value="Ghent")
    desk.tell("Lives in Ghent", day("2020-01-01"), old, actor="import", conversation="old")
    pinned = desk.lifecycle.pin([desk.by_text("Lives in Ghent").id], True)
    desk.lifecycle.undo(changes.operation)
    assert desk.current() == ["Lives in Ghent"]
    desk.lifecycle.undo(pinned.operation)
    assert desk.current() == ["Lives in Ghent"], "still current: what had replaced it is gone"
    assert not desk.by_text("Lives in Ghent").pinned
