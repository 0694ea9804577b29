"""What a person can see and do with memories, through the door."""

from datetime import UTC, datetime, timedelta

import pytest

from memos_engine.errors import CubeLockedError, InputError, LockedError, NotFoundError
from memos_engine.memory_os import MemoryOS
from memos_engine.types import CLEAR, Kind, MemoryChanges, MemoryFilter, Origin, Precision, SortKey, State, now

from .conftest import PASSPHRASE


def texts(memory: MemoryOS, **which: object) -> list[str]:
    """Texts of the list that a filter gives, in its order."""
    return [each.text for each in memory.memories.browse(MemoryFilter(**which)).memories]  # type: ignore[arg-type]


def remembered(memory: MemoryOS, text: str, **rest: object) -> str:
    """Write a memory by hand; returns its id."""
    changes = memory.memories.remember(text, **rest)  # type: ignore[arg-type]
    return changes.memories[0].memory_id


def test_what_is_written_by_hand_is_kept_as_written_and_told_to_listeners(memory: MemoryOS) -> None:
    heard: list[MemoryChanges] = []
    end = memory.subscribe(heard.append)
    changes = memory.memories.remember("  Allergic to peanuts ", tags=["food"])
    end()
    (change,) = changes.memories
    assert heard == [changes]
    assert change.memory is not None
    assert (change.memory.text, change.memory.origin, change.memory.confirmed) == (
        "Allergic to peanuts",
        Origin.HAND,
        True,
    )
    assert change.memory.tags == ("food",)
    assert memory.memories.get(change.memory_id) == change.memory
    with pytest.raises(InputError):
        memory.memories.remember("  ")
    with pytest.raises(InputError):
        memory.memories.remember("x" * 20_001)
    with pytest.raises(InputError):
        memory.memories.remember("hello", kind=Kind.MESSAGE)


def test_a_hand_written_change_replaces_the_old_value_and_the_history_shows_when_it_held(memory: MemoryOS) -> None:
    remembered(memory, "I live in Utrecht.", valid_from=datetime(2026, 3, 1, tzinfo=UTC))
    new = remembered(memory, "I live in Ghent now.")
    assert texts(memory) == ["I live in Ghent now."]
    assert len(texts(memory, current_only=False)) == 2
    history = memory.memories.history(new)
    assert history[0].text == "I live in Utrecht."
    closed = [version for version in history if version.text == "I live in Utrecht."][-1]
    assert closed.valid_from == datetime(2026, 3, 1, tzinfo=UTC)
    assert closed.valid_to is not None
    assert closed.reason == "superseded by a newer memory"


def test_the_list_is_filtered_sorted_and_paged_over_all_cubes(memory: MemoryOS) -> None:
    work = memory.cubes.create("Work")
    names = ["Zoo visits", "Apples in autumn", "Mountains in winter"]
    ids = [remembered(memory, name, cube_id=work.id if n % 2 else None) for n, name in enumerate(names)]
    memory.memories.pin([ids[1]], True)
    assert texts(memory, sort=SortKey.OLDEST) == names
    assert texts(memory) == names[::-1]
    assert texts(memory, sort=SortKey.TEXT) == sorted(names)
    assert texts(memory, cubes=(work.id,)) == ["Apples in autumn"]
    assert texts(memory, pinned_only=True) == ["Apples in autumn"]
    assert texts(memory, query="mount") == ["Mountains in winter"]
    assert texts(memory, kinds=(Kind.EVENT,)) == []
    page = memory.memories.browse(MemoryFilter(sort=SortKey.OLDEST, offset=1, limit=1))
    assert ([each.text for each in page.memories], page.total) == (["Apples in autumn"], 3)


def test_where_no_memory_holds_the_words_the_nearest_in_meaning_are_listed(memory: MemoryOS) -> None:
    remembered(memory, "Allergic to peanuts")
    remembered(memory, "Plays the violin")
    assert texts(memory, query="musical instrument", sort=SortKey.RELEVANCE)[0] == "Plays the violin"


def test_what_is_near_in_meaning_is_looked_for_among_what_the_filters_admit(memory: MemoryOS) -> None:
    near = [remembered(memory, f"Plays the violin in orchestra {number}") for number in range(25)]
    remembered(memory, "Allergic to peanuts")
    kept = remembered(memory, "Sings in a choir", kind=Kind.EVENT)
    memory.memories.remove(near)
    search = {"query": "musical instrument", "sort": SortKey.RELEVANCE}
    assert set(texts(memory, **search)) == {"Sings in a choir", "Allergic to peanuts"}
    assert len(texts(memory, **search, states=(State.ARCHIVED,))) == 20
    memory.memories.restore(near)
    memory.memories.pin([kept], True)
    assert texts(memory, **search, pinned_only=True) == ["Sings in a choir"]


@pytest.mark.parametrize(
    "query", ["peanuts AND (", "peanuts OR", '"peanuts', "peanuts*", "(allergic) NOT", "text:peanuts"]
)
def test_a_query_of_any_form_is_taken_as_words(memory: MemoryOS, query: str) -> None:
    remembered(memory, "Allergic to peanuts")
    remembered(memory, "Plays the violin")
    assert texts(memory, query=query, sort=SortKey.RELEVANCE)[0] == "Allergic to peanuts"


@pytest.mark.parametrize("query", ['"', "NEAR(", "*", "x" * 10_000, "\0", "😀"])
def test_a_query_without_a_word_that_is_there_finds_none_by_words(memory: MemoryOS, query: str) -> None:
    remembered(memory, "Allergic to peanuts")
    found = memory.memories.browse(MemoryFilter(query=query))
    assert found.by_meaning or not found.memories


def test_remove_restore_edit_confirm_undo_go_through_the_door(memory: MemoryOS) -> None:
    memory_id = remembered(memory, "Likes tea")
    memory.memories.remove([memory_id])
    assert texts(memory) == []
    assert texts(memory, states=(State.ARCHIVED,)) == ["Likes tea"]
    memory.memories.restore([memory_id])
    memory.memories.edit(memory_id, "Likes green tea")
    memory.memories.confirm([memory_id])
    assert [version.reason for version in memory.memories.history(memory_id)] == [
        "written by hand",
        "moved to the trash",
        "restored",
        "edited",
    ]
    last = memory.memories.last_operation()
    assert last is not None
    assert last.label == "Edit a memory"
    memory.memories.undo()
    assert texts(memory) == ["Likes tea"]
    with pytest.raises(InputError):
        memory.memories.edit(
            memory_id, valid_from=datetime(2026, 1, 2, tzinfo=UTC), valid_to=datetime(2026, 1, 1, tzinfo=UTC)
        )


def test_an_expired_memory_is_listed_among_the_expired(memory: MemoryOS) -> None:
    memory_id = remembered(memory, "Parcel comes on Friday")
    store = memory._home.shelf.default()
    from memos_engine.cube import items
    from memos_engine.types import now

    with store.write() as session:
        row = items.by_id(session, memory_id)
        row.lifespan = now() - timedelta(days=1)
        items.save(session, row)
    assert texts(memory) == []
    memory._home.lifecycle.expire(trash_days=30)
    assert texts(memory, states=(State.EXPIRED,)) == ["Parcel comes on Friday"]
    memory.memories.restore([memory_id])
    assert texts(memory) == ["Parcel comes on Friday"]


def test_forgetting_and_the_trash(memory: MemoryOS) -> None:
    tea, milk = remembered(memory, "Likes tea"), remembered(memory, "Likes milk")
    preview = memory.memories.forget_preview([tea])
    assert [each.text for each in preview.memories] == ["Likes tea"]
    memory.memories.forget([tea], preview.echoes)
    with pytest.raises(NotFoundError):
        memory.memories.get(tea)
    memory.memories.remove([milk])
    assert memory.memories.empty_trash().ids == (milk,)
    assert texts(memory, states=tuple(State)) == []


def test_no_cube_that_is_locked_is_read(memory: MemoryOS) -> None:
    work = memory.cubes.create("Work")
    memory_id = remembered(memory, "Project Falcon starts", cube_id=work.id)
    memory.cubes.lock("Work")
    assert texts(memory) == []
    for call in (memory.memories.get, memory.memories.history):
        with pytest.raises(NotFoundError):
            call(memory_id)
    with pytest.raises(NotFoundError):
        memory.memories.forget_preview([memory_id])
    with pytest.raises(CubeLockedError):
        memory.memories.browse(MemoryFilter(cubes=(work.id,)))
    with pytest.raises(CubeLockedError):
        memory.memories.remember("hello", cube_id=work.id)


def test_nothing_is_seen_or_changed_while_the_vault_is_locked(memory: MemoryOS) -> None:
    memory_id = remembered(memory, "Likes tea")
    memory.access.lock()
    calls = [
        lambda: memory.memories.browse(MemoryFilter()),
        lambda: memory.memories.get(memory_id),
        lambda: memory.memories.history(memory_id),
        lambda: memory.memories.review(),
        lambda: memory.memories.last_operation(),
        lambda: memory.memories.forget_preview([memory_id]),
        lambda: memory.memories.remove([memory_id]),
        lambda: memory.memories.undo(),
    ]
    for call in calls:
        with pytest.raises(LockedError):
            call()
    memory.access.unlock(passphrase=PASSPHRASE)
    assert texts(memory) == ["Likes tea"]


def test_dates_are_changed_kept_and_cleared(memory: MemoryOS) -> None:
    memory_id = remembered(memory, "Rents a garage")
    midnight = datetime(2024, 3, 1).astimezone()
    end = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
    memory.memories.edit(memory_id, valid_from=midnight, valid_to=end)
    held = memory.memories.get(memory_id)
    assert (held.valid_from, held.valid_to, held.valid_precision) == (midnight, end, Precision.DAY)
    memory.memories.edit(memory_id, tags=("house",))
    assert memory.memories.get(memory_id).valid_to == end
    memory.memories.edit(memory_id, valid_to=CLEAR)
    held = memory.memories.get(memory_id)
    assert (held.valid_from, held.valid_to, held.valid_precision) == (midnight, None, Precision.DAY)
    memory.memories.edit(memory_id, valid_from=CLEAR)
    held = memory.memories.get(memory_id)
    assert (held.valid_from, held.valid_to, held.valid_precision) == (None, None, None)
    memory.memories.undo()
    assert memory.memories.get(memory_id).valid_from == midnight


def test_what_has_ended_since_it_was_told_is_past(memory: MemoryOS) -> None:
    memory_id = remembered(memory, "Rents a garage")
    assert not memory.memories.get(memory_id).is_past
    memory.memories.edit(memory_id, valid_to=now())
    assert memory.memories.get(memory_id).is_past
    memory.memories.edit(memory_id, valid_to=now() + timedelta(days=9))
    assert not memory.memories.get(memory_id).is_past


def test_many_are_got_at_once_but_for_those_that_are_gone_or_locked_away(memory: MemoryOS) -> None:
    work = memory.cubes.create("Work")
    here, there = remembered(memory, "Likes tea"), remembered(memory, "Likes maps", cube_id=work.id)
    memory.memories.remove([here])
    found = memory.memories.get_many([here, there, "nothing"])
    assert {memory_id: held.state for memory_id, held in found.items()} == {here: "archived", there: "activated"}
    memory.cubes.lock(work.id)
    assert set(memory.memories.get_many([here, there])) == {here}
