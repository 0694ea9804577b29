"""What becomes of a candidate: the same, entailed, changed, contradicting, or new."""

from collections.abc import Sequence

import pytest
from sqlmodel import col, select

from memos_engine.cube import conversations, erasure, holding, messages
from memos_engine.cube.tables import ItemRow
from memos_engine.encoder import SentenceEncoder
from memos_engine.errors import ModelRejectedError
from memos_engine.lifecycle.provenance import Provenance, Reading
from memos_engine.types import CLEAR, Kind, Origin, Precision, ReviewReason, State

from .conftest import Desk, day, said


def moved(desk: Desk) -> None:
    words = "I moved from Porto to Utrecht in March and I'm allergic to peanuts."
    lives = said(
        words, "Lives in Utrecht", "I moved from Porto to Utrecht in March", slot="residence", value="Utrecht",
        valid_from=day("2026-03-01"), valid_precision=Precision.MONTH, origin=Origin.INFERENCE,
    )  # fmt: skip
    desk.tell(
        words,
        day("2026-11-10"),
        said(
            words,
            "Moved from Porto to Utrecht, March 2026",
            "I moved from Porto to Utrecht in March",
            kind=Kind.EVENT,
            valid_from=day("2026-03-01"),
            valid_precision=Precision.MONTH,
            inferred=[lives],
        ),
        said(words, "Allergic to peanuts", "I'm allergic to peanuts"),
    )


def moved_again(desk: Desk) -> str:
    words = "I moved again, to Ghent."
    lives = said(words, "Lives in Ghent", slot="residence", value="Ghent", origin=Origin.INFERENCE)
    changes = desk.tell(words, day("2026-11-17"), said(words, "Moved to Ghent", kind=Kind.EVENT, inferred=[lives]))
    assert changes.operation
    return changes.operation


def test_a_changed_fact_closes_the_old_one_which_stays_in_the_history(desk: Desk) -> None:
    moved(desk)
    moved_again(desk)
    utrecht, ghent = desk.by_text("Lives in Utrecht"), desk.by_text("Lives in Ghent")
    assert (utrecht.valid_from, utrecht.valid_to) == (day("2026-03-01"), day("2026-11-17"))
    assert utrecht.recorded_to == day("2026-11-17")
    assert utrecht.superseded_by == ghent.id
    assert utrecht.state is State.ACTIVATED
    assert ghent.valid_to is None
    assert ghent.recorded_to is None
    assert "Lives in Ghent" in desk.current()
    assert "Lives in Utrecht" not in desk.current()
    assert "Moved from Porto to Utrecht, March 2026" in desk.current(), "an event stays true"


def test_undo_of_a_changed_fact_brings_the_old_one_back_and_takes_the_new_one_out(desk: Desk) -> None:
    moved(desk)
    before = desk.current()
    desk.lifecycle.undo(moved_again(desk))
    assert desk.current() == before
    utrecht = desk.by_text("Lives in Utrecht")
    assert (utrecht.valid_to, utrecht.recorded_to, utrecht.superseded_by) == (None, None, None)
    assert desk.by_text("Lives in Ghent").state is State.ARCHIVED


def test_an_older_statement_that_is_read_later_becomes_history(desk: Desk) -> None:
    desk.tell(
        "I live in Ghent", day("2026-11-01"), said("I live in Ghent", "Lives in Ghent", slot="residence", value="Ghent")
    )
    words = "I live in Porto"
    desk.tell(words, day("2019-05-01"), said(words, "Lives in Porto", slot="residence", value="Porto"), actor="import")
    words = "I live in Utrecht"
    desk.tell(
        words, day("2023-05-01"), said(words, "Lives in Utrecht", slot="residence", value="Utrecht"), actor="import"
    )
    porto, utrecht, ghent = (desk.by_text(f"Lives in {town}") for town in ("Porto", "Utrecht", "Ghent"))
    assert desk.current() == ["Lives in Ghent"]
    assert (porto.superseded_by, porto.valid_to) == (utrecht.id, day("2023-05-01"))
    assert (utrecht.superseded_by, utrecht.valid_to) == (ghent.id, day("2026-11-01"))
    assert ghent.superseded_by is None


def test_moving_back_is_a_new_memory_of_its_own_time(desk: Desk) -> None:
    for town, time in (("Ghent", "2020-01-01"), ("Porto", "2021-01-01"), ("Ghent", "2022-01-01")):
        words = f"I live in {town}"
        desk.tell(words, day(time), said(words, f"Lives in {town}", slot="residence", value=town))
    assert [(m.text, m.valid_to) for m in desk.memories(State.ACTIVATED)] == [
        ("Lives in Ghent", day("2021-01-01")),
        ("Lives in Porto", day("2022-01-01")),
        ("Lives in Ghent", None),
    ]


def test_valid_times_order_before_the_time_of_telling(desk: Desk) -> None:
    words = "I moved to Ghent in October"
    desk.tell(
        words,
        day("2026-11-01"),
        said(words, "Lives in Ghent", slot="residence", value="Ghent", valid_from=day("2026-10-01")),
    )
    words = "In March I had moved to Utrecht"
    desk.tell(
        words,
        day("2026-11-20"),
        said(words, "Lives in Utrecht", slot="residence", value="Utrecht", valid_from=day("2026-03-01")),
    )
    assert desk.current() == ["Lives in Ghent"]
    assert desk.by_text("Lives in Utrecht").valid_to == day("2026-10-01")


def test_what_is_said_to_hold_since_long_replaces_what_was_said_before(desk: Desk) -> None:
    desk.tell(
        "I work at Philips",
        day("2026-11-01"),
        said("I work at Philips", "Works at Philips", slot="employer", value="Philips"),
    )
    words = "I've been at ASML since 2019"
    desk.tell(
        words,
        day("2026-11-20"),
        said(words, "Works at ASML", slot="employer", value="ASML", valid_from=day("2019-01-01")),
    )
    assert desk.current() == ["Works at ASML"]


def test_an_end_closes_what_it_ends_and_is_replaced_by_what_comes_next(desk: Desk) -> None:
    def say(words: str, text: str, value: str, time: str, *, ends: bool = False) -> None:
        desk.tell(words, day(time), said(words, text, slot="employer", value=value, ends=ends))

    say("I work at Philips", "Works at Philips", "Philips", "2026-01-01")
    say("I no longer work at Philips", "No longer works at Philips", "Philips", "2026-05-01", ends=True)
    assert desk.current() == ["No longer works at Philips"]
    assert desk.by_text("Works at Philips").valid_to == day("2026-05-01")
    say("I work at ASML", "Works at ASML", "ASML", "2026-06-01")
    assert desk.current() == ["Works at ASML"]
    say("I no longer work at Philips", "No longer works at Philips", "Philips", "2026-07-01", ends=True)
    assert "Works at ASML" in desk.current(), "the end of something else ends nothing"


def test_the_same_words_never_multiply(desk: Desk) -> None:
    words = "I like tea"
    with desk.store.write() as session:
        from memos_engine.cube import conversations
        from memos_engine.cube.tables import ConversationRow, MessageRow

        conversations.add(session, ConversationRow(id="many"))
        rows = [
            MessageRow(
                id=f"m{n}",
                conversation_id="many",
                parent_id=f"m{n - 1}" if n else None,
                text=words,
                time=day("2026-01-01"),
            )
            for n in range(300)
        ]
        messages.add_many(session, rows)
    readings = [
        Reading(Provenance(day("2026-01-01"), message_id=f"m{n}"), [said(words, "Likes tea", kind=Kind.PREFERENCE)])
        for n in range(300)
    ]
    desk.lifecycle.absorb_many(desk.store, readings)
    (tea,) = desk.memories()
    assert 1 < len(tea.sources) <= 64
    assert tea.versions <= 64


def test_both_sources_of_a_memory_that_was_said_twice_are_kept(desk: Desk) -> None:
    desk.tell("I'm allergic to peanuts", day("2026-01-01"), said("I'm allergic to peanuts", "Allergic to peanuts"))
    words = "as I said, I am allergic to peanuts!"
    changes = desk.tell(words, day("2026-02-01"), said(words, "Allergic to peanuts", "I am allergic to peanuts"))
    (memory,) = desk.memories()
    assert [source.quote for source in memory.sources] == ["I'm allergic to peanuts", "I am allergic to peanuts"]
    desk.lifecycle.undo(changes.operation)
    assert [source.quote for source in desk.memories()[0].sources] == ["I'm allergic to peanuts"]


def test_what_is_entailed_merges_into_the_fuller_memory_in_both_orders(desk: Desk) -> None:
    desk.tell(
        "peanuts and shellfish", day("2026-01-01"), said("peanuts and shellfish", "Allergic to peanuts and shellfish")
    )
    desk.tell("peanuts!", day("2026-01-02"), said("peanuts!", "Allergic to peanuts"))
    assert desk.current() == ["Allergic to peanuts and shellfish"]
    assert len(desk.by_text("Allergic to peanuts and shellfish").sources) == 2
    desk.tell("a dog", day("2026-01-03"), said("a dog", "Has a small dog"))
    changes = desk.tell("Rex", day("2026-01-04"), said("Rex", "Has a small dog and two cats"))
    assert desk.current() == ["Allergic to peanuts and shellfish", "Has a small dog and two cats"]
    assert desk.by_text("Has a small dog").state is State.MERGED
    desk.lifecycle.undo(changes.operation)
    assert desk.current() == ["Allergic to peanuts and shellfish", "Has a small dog"]


def test_what_is_only_near_goes_to_the_review_list(desk: Desk) -> None:
    desk.tell("a dog named Rex", day("2026-01-01"), said("a dog named Rex", "Has a dog named Rex"))
    changes = desk.tell("a cat named Rex", day("2026-01-02"), said("a cat named Rex", "Has a cat named Rex"))
    assert len(desk.current()) == 2
    assert changes.review
    (entry,) = desk.lifecycle.review([desk.store.cube_id])
    assert entry.reason is ReviewReason.NEAR_DUPLICATE
    assert {entry.first.text, entry.second.text if entry.second else ""} == {
        "Has a dog named Rex",
        "Has a cat named Rex",
    }


@pytest.mark.parametrize(("second", "contradicts"), [("2026-01-01T15:00", True), ("2026-03-01T15:00", False)])
def test_opposites_of_one_day_are_listed_and_of_other_days_the_newer_one_holds(
    desk: Desk, second: str, contradicts: bool
) -> None:
    like = said("I like coffee", "Likes coffee", kind=Kind.PREFERENCE)
    desk.tell("I like coffee", day("2026-01-01T10:00"), like)
    words = "I do not like coffee"
    desk.tell(words, day(second), said(words, "Does not like coffee", kind=Kind.PREFERENCE))
    reasons = [entry.reason for entry in desk.lifecycle.review([desk.store.cube_id])]
    assert reasons == ([ReviewReason.CONTRADICTION] if contradicts else [])
    assert ("Likes coffee" in desk.current()) is contradicts


def test_documents_without_a_date_contradict_and_the_living_word_replaces_them(desk: Desk) -> None:
    from memos_engine.cube import documents
    from memos_engine.cube.tables import DocumentRow

    for name, town in (("a.md", "Porto"), ("b.md", "Ghent")):
        text = f"I live in {town}."
        with desk.store.write() as session:
            document = documents.add(session, DocumentRow(id="", name=name, digest=name), [text]).id
        where = Provenance(day("2026-11-01"), document_id=document, page=1)
        candidate = said(text, f"Lives in {town}", slot="residence", value=town)
        desk.lifecycle.absorb(desk.store, [candidate], where, actor="import")
    assert desk.current() == ["Lives in Ghent", "Lives in Porto"]
    (entry,) = desk.lifecycle.review([desk.store.cube_id])
    assert entry.reason is ReviewReason.CONTRADICTION
    words = "I live in Rome"
    desk.tell(words, day("2026-11-20"), said(words, "Lives in Rome", slot="residence", value="Rome"))
    assert desk.current() == ["Lives in Rome"]
    assert not desk.lifecycle.review([desk.store.cube_id])


def test_withheld_candidates_are_not_stored_and_read_messages_are_marked(desk: Desk) -> None:
    words = "my pin is 1234"
    desk.tell(words, day("2026-01-01"), said(words, "PIN is 1234", withheld=True, sensitivity=("secret",)))
    assert desk.memories() == []
    with desk.store.read() as session:
        assert messages.unread(session, 10) == []


def test_reading_a_message_again_changes_nothing_even_after_edits_and_removals(desk: Desk) -> None:
    words = "I like tea and I like milk"
    tea, milk = said(words, "Likes tea", "I like tea"), said(words, "Likes milk", "I like milk")
    message_id = desk.message(words, day("2026-01-01"))
    where = Provenance(day("2026-01-01"), message_id=message_id)
    desk.lifecycle.absorb(desk.store, [tea, milk], where)
    desk.lifecycle.edit(desk.by_text("Likes tea").id, "Likes green tea")
    desk.lifecycle.remove([desk.by_text("Likes milk").id])
    before = [(m.id, m.text, m.state, m.versions) for m in desk.memories()]
    assert not desk.lifecycle.absorb(desk.store, [tea, milk], where).memories
    assert [(m.id, m.text, m.state, m.versions) for m in desk.memories()] == before


def test_an_import_of_what_was_said_before_a_removal_does_not_bring_it_back_but_saying_it_anew_does(desk: Desk) -> None:
    desk.tell("I like tea", day("2026-01-01"), said("I like tea", "Likes tea"))
    desk.lifecycle.remove([desk.by_text("Likes tea").id])
    desk.tell("I like tea", day("2025-01-01"), said("I like tea", "Likes tea"), actor="import", conversation="old")
    assert desk.current() == []
    desk.tell("I do like tea", day("2099-01-01"), said("I do like tea", "Likes tea"))
    assert desk.current() == ["Likes tea"]


def test_in_ask_mode_nothing_holds_until_it_is_accepted(desk: Desk) -> None:
    from memos_engine.types import Agreement

    words = "I live in Ghent"
    desk.tell(words, day("2026-01-01"), said(words, "Lives in Ghent", slot="residence", value="Ghent"))
    words = "I live in Rome"
    desk.tell(words, day("2026-02-01"), said(words, "Lives in Rome", slot="residence", value="Rome"), ask=True)
    assert desk.current() == ["Lives in Ghent"]
    (entry,) = desk.lifecycle.review([desk.store.cube_id])
    assert entry.reason is ReviewReason.PENDING
    changes = desk.lifecycle.resolve(entry.id, Agreement.ACCEPT)
    assert desk.current() == ["Lives in Rome"]
    assert not desk.lifecycle.review([desk.store.cube_id])
    desk.lifecycle.undo(changes.operation)
    assert desk.current() == ["Lives in Ghent"]
    (entry,) = desk.lifecycle.review([desk.store.cube_id])
    desk.lifecycle.resolve(entry.id, Agreement.REJECT)
    assert desk.by_text("Lives in Rome").state is State.ARCHIVED
    assert desk.current() == ["Lives in Ghent"]


def test_a_frozen_memory_is_not_replaced_but_contradicted(desk: Desk) -> None:
    words = "I live in Ghent"
    desk.tell(words, day("2026-01-01"), said(words, "Lives in Ghent", slot="residence", value="Ghent"))
    with desk.store.write() as session:
        from memos_engine.cube import items

        row = items.by_id(session, desk.by_text("Lives in Ghent").id)
        row.frozen = True
        items.save(session, row)
    words = "I live in Rome"
    desk.tell(words, day("2026-02-01"), said(words, "Lives in Rome", slot="residence", value="Rome"))
    assert desk.current() == ["Lives in Ghent", "Lives in Rome"]
    assert desk.lifecycle.review([desk.store.cube_id])[0].reason is ReviewReason.CONTRADICTION


def test_one_can_be_allergic_to_two_things_and_get_over_one_of_them(desk: Desk) -> None:
    def say(words: str, text: str, value: str, time: str, *, ends: bool = False) -> None:
        desk.tell(words, day(time), said(words, text, slot="allergy", value=value, ends=ends))

    say("peanuts", "Allergic to peanuts", "peanuts", "2026-01-01")
    say("cats", "Allergic to cats", "cats", "2026-01-02")
    assert desk.current() == ["Allergic to cats", "Allergic to peanuts"]
    say("no cats", "No longer allergic to cats", "cats", "2026-02-01", ends=True)
    assert desk.current() == ["Allergic to peanuts", "No longer allergic to cats"]
    say("cats again", "Allergic to cats", "cats", "2026-03-01")
    assert desk.current() == ["Allergic to cats", "Allergic to peanuts"]


def test_one_thing_in_the_singular_and_the_plural_is_one_and_its_end_ends_both(desk: Desk) -> None:
    def say(words: str, text: str, slot: str, value: str, time: str, *, ends: bool = False) -> None:
        desk.tell(words, day(time), said(words, text, slot=slot, value=value, ends=ends))

    say("to peanuts", "Allergic to peanuts", "allergy", "peanuts", "2026-01-01")
    say("a peanut allergy", "Has a peanut allergy", "allergy", "peanut", "2026-01-02")
    say("to pea", "Allergic to pea protein", "allergy", "pea protein", "2026-01-03")
    assert desk.current() == ["Allergic to pea protein", "Allergic to peanuts"]
    assert len(desk.by_text("Allergic to peanuts").sources) == 2
    say("no more", "No longer allergic to peanut", "allergy", "peanut", "2026-02-01", ends=True)
    assert desk.current() == ["Allergic to pea protein", "No longer allergic to peanut"]
    say("Bergen", "Lives in Bergen", "residence", "Bergen", "2026-01-01")
    say("Bergens", "Lives in Bergens", "residence", "Bergens", "2026-01-02")
    assert "Lives in Bergen" not in desk.current(), "a town is no plural of another"


@pytest.mark.parametrize(
    ("first", "second", "kind", "reason"),
    [
        ("Has two cats", "Has three cats", Kind.FACT, ReviewReason.CONTRADICTION),
        ("Owns 2 old boats", "Owns five old boats", Kind.FACT, ReviewReason.CONTRADICTION),
        ("Has 2 cats", "Has two cats", Kind.FACT, ReviewReason.NEAR_DUPLICATE),
        ("Ran 5 miles along the river", "Ran 6 miles along the river", Kind.EVENT, ReviewReason.NEAR_DUPLICATE),
    ],
)
def test_two_numbers_for_one_thing_contradict(
    desk: Desk, first: str, second: str, kind: Kind, reason: ReviewReason
) -> None:
    from memos_engine.types import Agreement

    desk.tell(first, day("2026-01-01"), said(first, first, kind=kind))
    desk.tell(second, day("2026-03-01"), said(second, second, kind=kind))
    (entry,) = desk.lifecycle.review([desk.store.cube_id])
    assert entry.reason is reason
    changes = desk.lifecycle.resolve(entry.id, Agreement.KEEP_SECOND)
    assert desk.current() == [second]
    history = reason is ReviewReason.CONTRADICTION
    assert desk.by_text(first).state is (State.ACTIVATED if history else State.ARCHIVED)
    desk.lifecycle.undo(changes.operation)
    assert desk.current() == sorted([first, second])
    assert len(desk.lifecycle.review([desk.store.cube_id])) == 1


def test_what_waits_takes_effect_when_it_is_said_again_without_asking(desk: Desk) -> None:
    desk.tell("I like tea", day("2026-01-01"), said("I like tea", "Likes tea"), ask=True)
    assert desk.current() == []
    desk.tell("I like tea", day("2026-01-02"), said("I like tea", "Likes tea"), ask=True)
    assert desk.current() == []
    assert len(desk.lifecycle.review([desk.store.cube_id])) == 1
    desk.tell("I like tea", day("2026-01-03"), said("I like tea", "Likes tea"))
    assert desk.current() == ["Likes tea"]
    assert len(desk.by_text("Likes tea").sources) == 3
    assert not desk.lifecycle.review([desk.store.cube_id])


def test_what_follows_from_a_waiting_memory_waits_and_falls_with_it(desk: Desk) -> None:
    from memos_engine.types import Agreement

    words = "I moved to Rome"
    lives = said(words, "Lives in Rome", slot="residence", value="Rome", origin=Origin.INFERENCE)
    moved = said(words, "Moved to Rome", kind=Kind.EVENT, inferred=[lives])
    desk.tell(words, day("2026-01-01"), moved, ask=True)
    (entry,) = desk.lifecycle.review([desk.store.cube_id])
    assert entry.first.text == "Moved to Rome"
    changes = desk.lifecycle.resolve(entry.id, Agreement.REJECT)
    assert {memory.state for memory in desk.memories()} == {State.ARCHIVED}
    desk.lifecycle.undo(changes.operation)
    (entry,) = desk.lifecycle.review([desk.store.cube_id])
    desk.lifecycle.resolve(entry.id, Agreement.ACCEPT)
    assert desk.current() == ["Lives in Rome", "Moved to Rome"]


def test_what_was_read_and_is_gone_or_redacted_meanwhile_makes_no_memory(desk: Desk) -> None:
    words = "I like tea. I like figs."
    read = [said(words, "Likes tea", "I like tea."), said(words, "Likes figs", "I like figs.")]
    message = desk.message(words, day("2026-01-01"))
    where = Provenance(day("2026-01-01"), message_id=message)
    with desk.store.write() as session:
        erasure.erase_span(session, messages.by_id(session, message), 0, len("I like tea."))
    assert not desk.lifecycle.absorb(desk.store, read, where).memories
    with desk.store.write() as session:
        conversations.delete(session, "talk")
    assert not desk.lifecycle.absorb(desk.store, read, where).memories
    assert desk.current() == []


def test_what_is_kept_is_kept_though_near_duplicates_cannot_be_looked_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise ModelRejectedError("The encoder's folder is gone.", "Choose another one.")

    monkeypatch.setattr(desk.retrieval, "_encoder", gone)
    changes = desk.lifecycle.remember("The lamp is red", cube_id=desk.store.cube_id)
    assert [change.memory.text for change in changes.memories if change.memory] == ["The lamp is red"]
    desk.tell("I like tea", day("2026-01-02"), said("I like tea", "Likes tea"))
    assert desk.current() == ["Likes tea", "The lamp is red"]


class Counting:
    """The real encoder, and what it was asked."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        self.id = encoder.id
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> object:
        self.asked += texts
        return self._encoder.encode(texts)


def test_a_new_memory_is_encoded_once(desk: Desk) -> None:
    counting = Counting(desk.retrieval._encoder())
    desk.retrieval._encoder = lambda: counting  # type: ignore[method-assign,assignment]
    words = "I like tea and Ana likes milk"
    desk.tell(
        words,
        day("2026-01-01"),
        said(words, "Likes tea", "I like tea"),
        said(words, "Likes milk", "Ana likes milk", subject="Ana"),
    )
    assert desk.recalled("Who likes milk?")
    assert sorted(counting.asked) == sorted(["Likes tea", "Ana: Likes milk", words, "Who likes milk?"])


def test_what_ended_is_no_longer_current_and_can_be_told_anew(desk: Desk) -> None:
    """A fact that ended since it was told is history: the same said again is a memory of its own, and holds."""
    words = "I live in Ghent until March"
    ghent = said(words, "Lives in Ghent", slot="residence", value="Ghent", valid_to=day("2026-03-01"))
    desk.tell(words, day("2026-01-01"), ghent)
    assert not holds_in(desk, "Lives in Ghent")
    words = "I live in Ghent again"
    desk.tell(words, day("2026-05-01"), said(words, "Lives in Ghent", slot="residence", value="Ghent"))
    assert desk.recalled("Where do I live?")[0] == "Lives in Ghent"
    assert [holding.holds(row) for row in rows_of(desk, "Lives in Ghent")] == [False, True]
    words = "I'm out of milk until Monday"
    again = said(words, "Is out of milk", valid_to=day("2026-03-01"))
    desk.tell(words, day("2026-02-20"), again)
    desk.tell("I'm out of milk", day("2026-06-01"), said("I'm out of milk", "Is out of milk"))
    assert [holding.holds(row) for row in rows_of(desk, "Is out of milk")] == [False, True]


def test_a_hand_that_ends_a_fact_closes_it_and_a_hand_that_takes_the_end_away_opens_it(desk: Desk) -> None:
    words = "I live in Ghent"
    desk.tell(words, day("2026-03-01"), said(words, "Lives in Ghent", slot="residence", value="Ghent"))
    memory = desk.by_text("Lives in Ghent")
    desk.lifecycle.edit(memory.id, valid_to=day("2026-01-01"))
    assert not holds_in(desk, "Lives in Ghent")
    assert desk.recalled("Where do I live?") == []
    desk.lifecycle.edit(memory.id, valid_to=CLEAR)
    assert holds_in(desk, "Lives in Ghent")
    words = "I lived in Porto until 2020"
    desk.tell(words, day("2026-03-02"), said(words, "Lived in Porto until 2020", valid_to=day("2020-01-01")))
    desk.lifecycle.edit(desk.by_text("Lived in Porto until 2020").id, valid_to=day("2019-01-01"))
    assert holds_in(desk, "Lived in Porto until 2020"), "what was told as over holds as such"


def rows_of(desk: Desk, text: str) -> list[ItemRow]:
    with desk.store.read() as session:
        return list(session.exec(select(ItemRow).where(col(ItemRow.text) == text).order_by(col(ItemRow.rowid))).all())


def holds_in(desk: Desk, text: str) -> bool:
    return any(holding.holds(row) for row in rows_of(desk, text))
