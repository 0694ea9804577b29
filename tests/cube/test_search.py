"""Words found as they are typed, whatever is typed; and the list of Memories."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memos_engine.cube import browsing, conversations, items, messages, search_index
from memos_engine.cube.columns import item_columns
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ConversationRow, ItemRow, MessageRow
from memos_engine.cube.word_parts import word_parts
from memos_engine.types import Kind, MemoryFilter, Role, SortKey, State

LISTED = ItemScope(states=(), include_verbatim=False, current_only=False)
TIME = datetime(2026, 1, 1, tzinfo=UTC)


def browse(store: CubeStore, **which) -> list[str]:
    with store.read() as session:
        rows, total = browsing.page(session, MemoryFilter(**which), LISTED)
        assert total >= len(rows)
        return [row.text for row in rows]


@pytest.fixture
def filled(store: CubeStore) -> CubeStore:
    with store.write() as session:
        for number, text in enumerate(
            (
                "Allergic to peanuts",
                "Lives in Utrecht",
                "Prefers hopeful stories",
                "Visited 東京都 last year",
                "Crème brûlée fan",
            )
        ):
            items.add(session, ItemRow(text=text, created=TIME + timedelta(days=number), use_count=number % 3))
    return store


@pytest.mark.parametrize(
    "full", ["allergic", "peanuts", "utrecht", "hopeful", "stories", "brulee", "BRÛLÉE", "visited"]
)
def test_each_beginning_of_a_word_finds_it(filled: CubeStore, full: str):
    for end in range(1, len(full) + 1):
        found = browse(filled, query=full[:end])
        assert any(full[0].lower() in text.lower() for text in found), full[:end]
    assert len(browse(filled, query=full)) == 1


@pytest.mark.parametrize("query", ["東", "京都", "東京都", "東京", "都"])
def test_scripts_without_spaces_are_found_by_any_part(filled: CubeStore, query: str):
    assert browse(filled, query=query) == ["Visited 東京都 last year"]


def test_all_words_must_be_there_and_order_does_not_matter(filled: CubeStore):
    assert browse(filled, query="peanut aller") == ["Allergic to peanuts"]
    assert browse(filled, query="peanut utrecht") == []


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "*",
        "NEAR(a b)",
        "text:x",
        "a AND",
        "(",
        "^a",
        "x" * 10_000,
        "a " * 5_000,
        "\0",
        "-",
        "'; DROP TABLE item",
        "🥜",
    ],
)
def test_no_query_fails(filled: CubeStore, query: str):
    for sort in SortKey:
        browse(filled, query=query, sort=sort)
    with filled.read() as session:
        messages.search(session, query, 5, ItemScope(spent=True))
        conversations.listed(session, query, scope=ItemScope(spent=True))
        search_index.match(session, search_index.any_word(search_index.words(query)), 5)
        search_index.frequencies(session, search_index.words(query))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=60))
def test_no_text_whatever_fails_as_a_query(filled: CubeStore, query: str):
    if any("\ud800" <= letter <= "\udfff" for letter in query):
        return
    browse(filled, query=query, sort=SortKey.RELEVANCE)


@given(st.text(alphabet="abc 東京都ไทยกขค", max_size=30))
def test_word_parts_hold_every_pair_of_neighbours(text: str):
    parts = word_parts(text).split()
    for left, right in pairwise(text):
        if left in "東京都ไทยกขค" and right in "東京都ไทยกขค":
            assert left + right in parts


def test_an_empty_query_lists_everything_newest_first(filled: CubeStore):
    assert browse(filled)[0] == "Crème brûlée fan"
    assert browse(filled, query="   ") == browse(filled)
    assert browse(filled, sort=SortKey.OLDEST) == browse(filled)[::-1]
    assert browse(filled, sort=SortKey.TEXT) == sorted(browse(filled), key=str.lower)
    assert browse(filled, offset=1, limit=2) == browse(filled)[1:3]


def test_the_filter_narrows_by_time_kind_state_and_pin(filled: CubeStore):
    with filled.write() as session:
        items.add(session, ItemRow(text="pinned event", kind=Kind.EVENT, pinned=True))
        items.add(session, ItemRow(text="in the trash", state=State.ARCHIVED))
        items.add(session, ItemRow(text="superseded", recorded_to=TIME))
    assert browse(filled, pinned_only=True) == ["pinned event"]
    assert browse(filled, kinds=(Kind.EVENT,)) == ["pinned event"]
    assert browse(filled, states=(State.ARCHIVED,)) == ["in the trash"]
    assert "superseded" not in browse(filled)
    assert "superseded" in browse(filled, current_only=False)
    assert browse(filled, until=TIME + timedelta(days=1)) == ["Allergic to peanuts"]


def test_replies_and_turns_are_found_and_only_turns_are_items(store: CubeStore):
    with store.write() as session:
        talk = conversations.add(session, ConversationRow(title="Garden plans"))
        said = messages.add(session, MessageRow(conversation_id=talk.id, text="tomatoes please"))
        messages.add(
            session,
            MessageRow(conversation_id=talk.id, parent_id=said.id, role=Role.ASSISTANT, text="Tomatoes need sun"),
        )
        messages.add(
            session, MessageRow(conversation_id=talk.id, parent_id=said.id, memory_on=False, text="secret tomatoes")
        )
    with store.read() as session:
        assert len(messages.search(session, "tomato", 5, ItemScope(spent=True))) == 3
        assert items.count(session, ItemScope()) == 1
        assert [row.title for row in conversations.search_titles(session, "garden pl", 5)] == ["Garden plans"]
        assert len(conversations.listed(session, "sun", scope=ItemScope(spent=True))) == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_scope_says_the_same_in_sql_and_on_arrays(store: CubeStore, data: st.DataObject):
    times = st.none() | st.integers(0, 3_652_000).map(lambda day: datetime(1, 1, 1, tzinfo=UTC) + timedelta(days=day))
    rows = data.draw(
        st.lists(
            st.builds(
                dict,
                kind=st.sampled_from(Kind),
                state=st.sampled_from(State),
                valid_from=times,
                valid_to=times,
                recorded_from=times.filter(bool),
                recorded_to=times,
                spent_from=times | st.just(datetime(1970, 1, 1, tzinfo=UTC)),
                lifespan=times,
                created=times,
            ),
            max_size=6,
        )
    )
    scope = data.draw(
        st.builds(
            ItemScope,
            states=st.lists(st.sampled_from(State), max_size=3).map(tuple),
            kinds=st.lists(st.sampled_from(Kind), max_size=3).map(tuple),
            as_of=times,
            current_only=st.booleans(),
            include_verbatim=st.booleans(),
            spent=st.booleans(),
            withdrawn=st.booleans(),
        )
    )
    with store.write() as session:
        items.add_many(session, [ItemRow(text="x", **row) for row in rows])
    with store.read() as session:
        columns = item_columns(session)
        by_arrays = columns.rowid[scope.admits(columns)].tolist()
        by_sql = sorted(session.exec(browsing.select(ItemRow.rowid).where(*scope.where())))
    assert by_arrays == by_sql
