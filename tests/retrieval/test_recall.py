"""What a search finds, in which order, and what it may not see."""

from datetime import timedelta

import pytest

from memos_engine.types import Caller, Kind, Purpose, State, now

SMALL_TALK = (
    "The weather was lovely all week.",
    "We watched a film about penguins.",
    "My bicycle has a flat tyre again.",
    "The neighbours are painting their fence.",
    "I finally cleaned the attic.",
)


def test_words_and_meaning_both_find(library) -> None:
    library.say(*SMALL_TALK, "I'm allergic to peanuts.")
    assert library.texts("peanuts")[0] == "I'm allergic to peanuts."
    assert library.texts("Which food makes me ill?")[0] == "I'm allergic to peanuts."


def test_the_parts_of_the_score_are_told_and_fall_from_the_first(library) -> None:
    library.say(*SMALL_TALK, "I'm allergic to peanuts.")
    found = library.recall("Am I allergic to peanuts?")
    assert {"lexical", "dense", "context"} <= set(found[0].why)
    scores = [entry.score for entry in found]
    assert scores == sorted(scores, reverse=True)
    assert 0.0 <= scores[-1] <= scores[0] <= 1.0


def test_a_question_that_nothing_answers_scores_lower_than_one_that_something_does(library) -> None:
    library.say(*SMALL_TALK, "I'm allergic to peanuts.")
    (answered, *_), (unanswered, *_) = (
        library.recall("Am I allergic to peanuts?"),
        library.recall("Who won the election in Peru?"),
    )
    assert answered.score > unanswered.score + 0.2


def test_the_turn_beside_the_words_is_found_by_its_context(library) -> None:
    library.say(*SMALL_TALK, conversation="other", time=now() - timedelta(days=9))
    library.say("How was the pottery class yesterday?", "Great, I made a bowl with a dog on it.")
    assert "Great, I made a bowl with a dog on it." in library.texts("pottery class", limit=2)


def test_context_ends_where_a_sitting_ends(library) -> None:
    library.say("How was the pottery class?", conversation="c1")
    library.say("Nothing much today.", conversation="c1", time=now())
    far = {entry.memory.text: entry.why["context"] for entry in library.recall("pottery class")}
    assert far["How was the pottery class?"] > far["Nothing much today."] + 1.0


def test_whoever_is_named_is_favoured(library) -> None:
    library.say("I work at the harbour.", "I work at the bakery.", conversation="a", speaker="Ana")
    library.say("I work at the harbour.", "I work at the bakery.", conversation="b", speaker="Bram")
    found = library.recall("Where does Bram work?")
    assert {entry.memory.subject for entry in found[:2]} == {"Bram"}
    assert found[0].why["person"] > 0


def test_a_date_in_the_question_favours_what_was_said_then(library) -> None:
    for month in range(1, 7):
        time = now().replace(year=2024, month=month, day=10)
        library.say(f"Went for a walk by the sea, number {month}.", conversation=f"c{month}", time=time)
    assert library.texts("What did I do in April 2024?")[0].endswith("number 4.")
    assert library.texts("What did I do on 10 May?")[0].endswith("number 5.")
    assert library.texts("What did I do on 2024-02-11?")[0].endswith("number 2.")


def test_a_pin_settles_a_close_call_and_no_other(library) -> None:
    library.say(*SMALL_TALK)
    plain, pinned = library.learn("Likes green tea"), library.learn("Likes green tea")
    library.change(pinned, pinned=True)
    assert library.recall("green tea")[0].memory.id == pinned
    library.change(pinned, text="Has a blue car")
    assert library.recall("green tea")[0].memory.id == plain


def test_limits_are_kept(library) -> None:
    library.say(*SMALL_TALK)
    assert len(library.recall("weather", limit=2)) == 2
    assert library.recall("weather", limit=0) == []
    assert len(library.recall("weather", limit=1000)) == len(SMALL_TALK)


def test_many_questions_get_the_answers_of_each_alone(library) -> None:
    library.say(*SMALL_TALK)
    questions = ["weather", "", "bicycle tyre", "   ", "film about penguins"]
    from memos_engine.types import MemoryCall

    calls = [MemoryCall(Caller.COMMAND, Purpose.SEARCH, query, (library.cube_id,)) for query in questions]
    together = list(library.retrieval.recall_batch(library.gate.admit(call) for call in calls))
    assert [[entry.memory.text for entry in found][:1] for found in together] == [
        library.texts(query)[:1] for query in questions
    ]


# --- what may not be seen


@pytest.mark.parametrize("state", [state for state in State if state not in (State.ACTIVATED, State.FORGOTTEN)])
def test_only_active_memories_are_found(library, state: State) -> None:
    library.say(*SMALL_TALK)
    hidden = library.learn("Allergic to peanuts")
    library.change(hidden, state=state)
    assert "Allergic to peanuts" not in library.texts("peanuts", limit=100)


def test_filters_come_before_the_ranking(library) -> None:
    for number in range(60):
        library.change(library.learn(f"Peanuts, peanuts and peanuts, note {number}"), state=State.ARCHIVED)
    library.learn("Bought peanuts for the birds")
    assert library.texts("peanuts", limit=1) == ["Bought peanuts for the birds"]
    library.say(*[f"Peanuts again and again, day {number}." for number in range(60)])
    assert library.texts("peanuts", kinds=(Kind.FACT,), limit=1) == ["Bought peanuts for the birds"]


def test_what_may_not_be_seen_lends_no_context(library) -> None:
    library.say(*SMALL_TALK, conversation="other")
    library.say("Let us talk about the pottery class.", "Nothing special.", "Nothing at all.")
    before = {entry.memory.text: entry for entry in library.recall("pottery class")}
    library.change(before["Let us talk about the pottery class."].memory.id, state=State.ARCHIVED)
    after = {entry.memory.text: entry for entry in library.recall("pottery class")}
    assert "Let us talk about the pottery class." not in after
    assert all("lexical" not in entry.why for entry in after.values())
    assert after["Nothing special."].score < before["Nothing special."].score / 2


def test_messages_that_stand_in_the_prompt_are_left_out(library) -> None:
    said = library.say(*SMALL_TALK, "I'm allergic to peanuts.")
    assert "I'm allergic to peanuts." not in library.texts("peanuts", exclude_messages=(said[-1],), limit=100)


def test_an_expired_lifespan_hides(library) -> None:
    library.learn("Parking code is 1234", lifespan=now() - timedelta(seconds=1))
    assert library.texts("parking code") == []


def test_temporary_chats_and_memory_off_find_nothing(library) -> None:
    library.say("I'm allergic to peanuts.")
    assert library.answer("peanuts", temporary=True) == []
    assert library.answer("peanuts", memory_on=False) == []
    assert library.answer("peanuts") != []


# --- what holds, and when


def test_a_superseded_fact_is_found_as_of_then_and_not_now(library) -> None:
    moved = now() - timedelta(days=30)
    old = library.learn("Lives in Utrecht", valid_from=moved - timedelta(days=400), created=moved - timedelta(days=400))
    new = library.learn("Lives in Ghent", valid_from=moved, created=moved)
    library.change(old, valid_to=moved, recorded_to=moved, superseded_by=new)
    assert library.answer("Where do I live?") == ["Lives in Ghent"]
    assert library.answer("Where do I live?", as_of=moved - timedelta(days=10)) == ["Lives in Utrecht"]


def test_the_turn_of_a_superseded_or_removed_memory_reaches_no_answer(library) -> None:
    first, second, third = library.say("I live in Porto.", "I moved to Ghent.", "I'm allergic to peanuts.")
    old, new = library.learn("Lives in Porto", [first]), library.learn("Lives in Ghent", [second])
    gone = library.learn("Allergic to peanuts", [third])
    library.change(old, recorded_to=now(), superseded_by=new)
    library.change(gone, state=State.ARCHIVED)
    assert library.answer("Where do I live? What am I allergic to?") == ["Lives in Ghent"]
    assert "I live in Porto." in library.texts("Where did I live?")


def test_a_memory_stands_for_the_turn_that_it_came_from(library) -> None:
    library.say(*SMALL_TALK, conversation="other")
    (said,) = library.say("By the way, I'm allergic to peanuts, did you know?")
    library.learn("Allergic to peanuts", [said])
    for texts in (
        library.texts("Am I allergic to peanuts?", limit=20),
        library.answer("Am I allergic to peanuts?", limit=20),
    ):
        assert texts[0] == "Allergic to peanuts"
        assert "By the way, I'm allergic to peanuts, did you know?" not in texts


def test_several_memories_of_one_turn_are_entries_of_their_own(library) -> None:
    (said,) = library.say("I moved from Porto to Utrecht and I'm allergic to peanuts.")
    library.learn("Moved from Porto to Utrecht", [said])
    library.learn("Allergic to peanuts", [said])
    assert sorted(library.answer("What do you know about me?")) == [
        "Allergic to peanuts",
        "Moved from Porto to Utrecht",
    ]


def test_what_no_memory_holds_is_found_in_the_turn_itself(library) -> None:
    library.say(*SMALL_TALK, conversation="other")
    (said,) = library.say("Yesterday my colleague showed me the violin that she restored, I'm allergic to its varnish.")
    library.learn("Has a colleague", [said])
    assert library.answer("restored violin varnish", limit=1)[0].startswith("Yesterday my colleague")


def test_sources_come_along(library) -> None:
    (said,) = library.say("I'm allergic to peanuts.", speaker="Ana")
    (found,) = library.recall("peanuts")
    (source,) = found.memory.sources
    assert (source.message_id, source.speaker, source.quote) == (said, "Ana", "I'm allergic to peanuts.")


# --- any query, any script


@pytest.mark.parametrize(
    "query",
    ["", "   ", "🎉🎉🎉", "\0", '"', "a AND OR NOT", "NEAR(a b, 3)", "text : x", "col:*", "(((", "'; DROP TABLE x; --",
     "x" * 10_000, "peanuts " * 1_250, "-", "^peanuts*", "<|im_start|>system", "\u202eabc", "\ud7ff"],
)  # fmt: skip
def test_any_query_has_a_sensible_answer(library, query: str) -> None:
    library.say(*SMALL_TALK, "I'm allergic to peanuts.")
    found = library.texts(query)
    if not query.strip():
        assert found == []
    if "peanuts" in query:
        assert found[0] == "I'm allergic to peanuts."
    assert all(0.0 <= entry.score <= 1.0 for entry in library.recall(query))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("東京", "来週は東京都へ出張します。"),
        ("花粉症", "私は花粉症です。"),
        ("แพ้ถั่ว", "ฉันแพ้ถั่วลิสง"),
        ("对花生过敏", "我对花生过敏。"),
        ("аллергия на арахис", "У меня аллергия на арахис."),
        ("ALLERGIE", "J'ai une allergie aux noix."),
        ("Straße", "Ich wohne in der Straße am Park."),
        ("حساسية", "لدي حساسية من الفول السوداني."),
    ],
)
def test_every_script_is_found_by_its_words(library, query: str, text: str) -> None:
    library.say(*SMALL_TALK, text, "今日は天気がいいですね。", "我喜欢喝茶。", "วันนี้อากาศดี", "Сегодня хорошая погода.")
    assert library.texts(query)[0] == text


# --- several cubes


def test_cubes_are_ranked_as_one(make_library) -> None:
    one, two = make_library(), make_library()
    one.say(*SMALL_TALK)
    two.say("I'm allergic to peanuts.", "The train leaves at nine.")
    from memos_engine.types import MemoryCall

    call = MemoryCall(Caller.WINDOW, Purpose.SEARCH, "peanut allergy", (one.cube_id, two.cube_id))
    found = one.retrieval.recall(one.gate.admit(call))
    assert found[0].memory.cube_id == two.cube_id
    assert {entry.memory.cube_id for entry in found} == {one.cube_id, two.cube_id}


def test_an_empty_cube_finds_nothing(library) -> None:
    assert library.recall("anything") == []
