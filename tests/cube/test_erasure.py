"""After erasing, the word is in no page of the database."""

import random
from collections.abc import Callable

import pytest
from sqlmodel import select

from memos_engine.cube import (
    connection,
    conversations,
    documents,
    erasure,
    items,
    messages,
    search_index,
    sources,
    tombstones,
    versions,
)
from memos_engine.cube.scope import ItemScope
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ConversationRow, DocumentRow, ItemRow, MessageRow, PageRow, TombstoneRow
from memos_engine.types import Role, now

Found = Callable[..., set[str]]


def some_words(count: int, seed: int = 1) -> list[str]:
    draw = random.Random(seed)
    return ["".join(draw.choices("bcdfghjklmnp", k=10)) for _ in range(count)]


def test_the_pages_are_read_rightly(store: CubeStore, found: Found, wal_pages: Callable[[CubeStore], list[bytes]]):
    with store.write() as session:
        items.add(session, ItemRow(text="canarywalnut"))
    assert wal_pages(store)
    assert found(store, "canarywalnut", "neverwritten") == {"canarywalnut"}
    assert b"canarywalnut" not in store.database.with_name("cube.db-wal").read_bytes()
    store.scrub()
    assert found(store, "canarywalnut", "neverwritten") == {"canarywalnut"}
    assert wal_pages(store) == []


def test_an_erased_item_is_in_no_page(store: CubeStore, found: Found):
    words = some_words(1500)
    with store.write() as session:
        rows = items.add_many(session, [ItemRow(text=f"Likes {word}", value=word, subject=word) for word in words])
        for row in rows:
            versions.add(session, row, actor="person", reason="remembered")
    store.scrub()
    assert found(store, *words) == set(words)
    erased, kept = words[::3], [word for n, word in enumerate(words) if n % 3]
    with store.write() as session:
        for row in rows[::3]:
            erasure.erase_item(session, items.by_id(session, row.id))
    assert store.scrub()
    assert found(store, *erased) == set()
    assert found(store, *kept) == set(kept)
    store.check()
    with store.read() as session:
        assert search_index.match(session, search_index.any_word(erased[:50]), 10) == []


def test_a_word_that_separates_two_leaves_of_the_index_goes_too(store: CubeStore, found: Found):
    chains = [root + "q" * n for root in some_words(400, 5) for n in range(1, 12)]
    with store.write() as session:
        rows = items.add_many(session, [ItemRow(text=word) for word in chains])
        search_index_terms = session.connection().exec_driver_sql(
            "SELECT CAST(substr(term, 2) AS TEXT) FROM item_fts_idx WHERE length(term) > 11"
        )
        separators = set(search_index_terms.scalars()) & set(chains)
    assert separators, "the test needs a separator that is a whole word"
    with store.write() as session:
        for row in rows:
            if any(row.text.startswith(separator) for separator in separators):
                erasure.erase_item(session, items.by_id(session, row.id))
    assert store.scrub()
    assert found(store, *separators) == set()
    store.check()


def test_an_erased_span_is_in_no_page_and_other_sources_keep_their_words(store: CubeStore, found: Found):
    text = "I moved to canaryghent and I am allergic to canarypeanuts, says Ana."
    with store.write() as session:
        talk = conversations.add(session, ConversationRow(title="About canarypeanuts"))
        message = messages.add(session, MessageRow(conversation_id=talk.id, text=text))
        reply = messages.add(
            session,
            MessageRow(
                conversation_id=talk.id,
                parent_id=message.id,
                role=Role.ASSISTANT,
                speaker="assistant",
                text="No canarypeanuts then.",
            ),
        )
        learned = {}
        for quote in ("moved to canaryghent", "allergic to canarypeanuts", "says Ana"):
            row = learned[quote] = items.add(session, ItemRow(text=quote))
            start = text.index(quote)
            sources.add(session, row.id, start=start, end=start + len(quote), time=message.time, message_id=message.id)
        verbatim = items.verbatim(session, message.id)
        assert verbatim is not None
        versions.add(session, verbatim, actor="person", reason="said")
    with store.write() as session:
        start = text.index("canarypeanuts")
        erasure.erase_span(session, messages.by_id(session, message.id), start, start + len("canarypeanuts"))
        erasure.erase_span(session, messages.by_id(session, reply.id), 3, 16)
        erasure.erase_in_title(session, conversations.by_id(session, talk.id), 6, 19)
        erasure.erase_item(session, items.by_id(session, learned["allergic to canarypeanuts"].id))
    assert store.scrub()
    assert found(store, "canarypeanuts", "canaryghent") == {"canaryghent"}
    with store.read() as session:
        assert messages.by_id(session, message.id).text == "I moved to canaryghent and I am allergic to …, says Ana."
        assert messages.by_id(session, reply.id).text == "No … then."
        kept = sources.to_sources(session, [learned["says Ana"].id, learned["moved to canaryghent"].id])
        assert {source.quote for listed in kept.values() for source in listed} == {"says Ana", "moved to canaryghent"}
        assert messages.search(session, "peanuts", 5, ItemScope(spent=True)) == []
    store.check()


def test_a_message_that_was_nothing_but_the_span_has_no_verbatim_item_left(store: CubeStore, found: Found):
    with store.write() as session:
        talk = conversations.add(session, ConversationRow())
        message = messages.add(session, MessageRow(conversation_id=talk.id, text="canarypeanuts"))
        erasure.erase_span(session, message, 0, len(message.text))
        assert items.verbatim(session, message.id) is None
        assert message.text == erasure.MARK
    store.scrub()
    assert found(store, "canarypeanuts") == set()


def test_a_page_of_a_document_loses_its_span(store: CubeStore, found: Found):
    with store.write() as session:
        document = documents.add(session, DocumentRow(name="notes.md", digest="d"), ["allergic to canarypeanuts. Fin"])
        row = items.add(session, ItemRow(text="fin", document_id=document.id))
        sources.add(session, row.id, start=27, end=30, time=now(), document_id=document.id, page=1)
    with store.write() as session:
        page = session.exec(select(PageRow)).one()
        erasure.erase_page_span(session, page, 12, 25)
    store.scrub()
    assert found(store, "canarypeanuts") == set()
    with store.read() as session:
        assert sources.to_sources(session, [row.id])[row.id][0].quote == "Fin"


def test_a_deleted_conversation_is_in_no_page_and_what_was_learned_keeps_its_quote(store: CubeStore, found: Found):
    with store.write() as session:
        talk = conversations.add(session, ConversationRow(title="canarytitle", draft="canarydraft"))
        message = messages.add(session, MessageRow(conversation_id=talk.id, text="canarychatter: I like tea"))
        learned = items.add(session, ItemRow(text="Likes tea"))
        sources.add(session, learned.id, start=15, end=25, time=message.time, message_id=message.id)
    with store.write() as session:
        gone = conversations.delete(session, talk.id)
    assert len(gone) == 1
    store.scrub()
    assert found(store, "canarydraft", "canarychatter") == set()
    with store.read() as session:
        source = items.to_memory(session, items.by_id(session, learned.id), "c1").sources[0]
        assert (source.quote, source.speaker, source.conversation_title, source.message_id) == (
            "I like tea",
            "me",
            "canarytitle",
            None,
        )


def test_a_tombstone_knows_the_text_again_and_does_not_hold_it(store: CubeStore, found: Found):
    with store.write() as session:
        tombstones.add(session, "i1", "Allergic to canarypeanuts", ("I'm allergic to canarypeanuts!",))
    store.scrub()
    assert found(store, "canarypeanuts") == set()
    with store.read() as session:
        assert tombstones.holds(session, "  ALLERGIC to canarypeanuts. ")
        assert tombstones.holds(session, "other words", "I'm allergic to canarypeanuts")
        assert not tombstones.holds(session, "Allergic to walnuts", "I'm allergic to walnuts")
        assert session.exec(select(TombstoneRow.item_id)).all() == ["i1"]


def test_scrubbing_is_made_up_for_when_a_reader_was_in_the_way(store: CubeStore, found: Found):
    with store.write() as session:
        row = items.add(session, ItemRow(text="canarywalnut"))
    with store.read() as reading:
        items.by_id(reading, row.id)
        with store.write() as session:
            erasure.erase_item(session, items.by_id(session, row.id))
        assert not store.scrub()
    with store.write() as session:
        items.add(session, ItemRow(text="next"))
    assert found(store, "canarywalnut") == set()


def test_a_scrub_that_another_program_keeps_from_its_work_is_done_later(
    store: CubeStore, found: Found, monkeypatch: pytest.MonkeyPatch
):
    with store.write() as session:
        row = items.add(session, ItemRow(text="canarywalnut"))
    with store.write() as session:
        erasure.erase_item(session, items.by_id(session, row.id))
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_MS", 50)
    other = connection.open_connection(store.database, store.keys.database, connection.sqlcipher_connect)
    other.execute("BEGIN IMMEDIATE")
    assert not store.scrub()
    assert store._erased
    other.execute("ROLLBACK")
    other.close()
    with store.write() as session:
        items.add(session, ItemRow(text="something else"))
    assert not store._scrub_due
    assert not store._erased
    assert found(store, "canarywalnut") == set()
