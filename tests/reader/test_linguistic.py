"""What the linguistic reader keeps of a message, and how it says it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from memos_engine.reader.linguistic import LinguisticReader
from memos_engine.reader.protocol import ReadRequest
from memos_engine.types import Candidate, Kind, Origin, Precision

Read = Callable[..., list[Candidate]]


def test_the_first_message_of_the_tour(read: Read) -> None:
    moved, allergic = read("I moved from Porto to Utrecht in March and I'm allergic to peanuts.")
    assert moved.text == "Moved from Porto to Utrecht, March 2026"
    assert moved.kind is Kind.EVENT
    assert (moved.valid_from, moved.valid_precision) == (datetime(2026, 3, 1, tzinfo=UTC), Precision.MONTH)
    assert [(each.text, each.slot, each.value) for each in moved.inferred] == [
        ("Lives in Utrecht", "residence", "Utrecht")
    ]
    assert moved.inferred[0].origin is Origin.INFERENCE
    assert moved.inferred[0].valid_from == moved.valid_from
    assert allergic.text == "Allergic to peanuts"
    assert (allergic.slot, allergic.value, allergic.sensitivity) == ("allergy", "peanuts", ("health",))
    assert allergic.subject == "me"


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("I moved again, to Ghent.", ["Moved to Ghent"]),
        ("im lactose intolerant and i dont eat meat", ["Lactose intolerant", "Does not eat meat"]),
        (
            "My sister Ana works as a nurse and she lives in Rome.",
            ["Sister Ana works as a nurse", "Sister Ana lives in Rome"],
        ),
        ("I'm allergic to peanuts, what should I cook?", ["Allergic to peanuts"]),
        ("Write me a meal plan, I'm vegetarian.", ["Vegetarian"]),
        ("What should I cook for my wife, who is pregnant?", ["Wife is pregnant"]),
        ("I have lived in London since 2010.", ["Has lived in London since 2010"]),
        ("I play the cello and speak Dutch", ["Plays the cello", "Speaks Dutch"]),
        ("We got married in 2019.", ["Got married, 2019"]),
        ("My favourite colour is green", ["Favourite colour is green"]),
        ("Sushi is my favourite food", ["Favourite food is Sushi"]),
        ("I'm a 34 year old architect from Leeds", ["Is a 34 year old architect from Leeds"]),
        ("just moved to Ghent lol", ["Moved to Ghent"]),
        ("Allergic to peanuts btw", ["Allergic to peanuts"]),
        ("my dads from jamaica", ["Dad is from Jamaica"]),
        ("I have an exam on Thursday", ["Has an exam, 26 March 2026"]),
        ("I'm flying to Rome on Friday", ["Flying to Rome, 27 March 2026"]),
        ("I can't stand coriander", ["Cannot stand coriander"]),
        ("My sister Amara hates coriander.", ["Sister Amara hates coriander"]),
        ("Amara hates coriander.", ["Amara hates coriander"]),
        ("My sister Amara's husband works at Shell.", ["Sister Amara's husband works at Shell"]),
        ("My sister Amara's cleaner is called Zoltan Haddad.", []),
        ("My brother Tom's dog is called Rex.", ["Brother Tom's dog is called Rex"]),
        ("my sister can't take histamine. Stomach ache all evening", ["Sister cannot take histamine"]),
        ("My sister can't take histamine, stomach ache all evening", ["Sister cannot take histamine"]),
        ("Tuna again tonight even though my sister can't take histamine.", ["Sister cannot take histamine"]),
        ("I'm allergic to latex, so no balloons at the party please", ["Allergic to latex"]),
        ("Amara hates coriander so no curry.", ["Amara hates coriander"]),
        ("My brother got married last weekend", ["Brother got married, 14 to 15 March 2026"]),
        ("I run 5k every morning", ["Runs 5k every morning"]),
        ("I told you before that I live in Sintra", ["Lives in Sintra"]),
        ("I work from home on Fridays", ["Works from home on Fridays"]),
        ("Emma and I broke up in February", ["Broke up, February 2026 (with Emma)"]),
        ("Lost my job at the studio in January", ["Lost job at the studio, January 2026"]),
        ("Favourite colour: teal", ["Favourite colour is teal"]),
        ("my uncle jerry lives in bath", ["Uncle Jerry lives in Bath"]),
        ("My husband hates mushrooms", ["Husband hates mushrooms"]),
        ("My son failed his driving test last month", ["Son failed his driving test, February 2026"]),
        ("I'm colour blind but not dyslexic", ["Colour-blind"]),
        ("As a vegetarian, what should I order?", ["Is a vegetarian"]),
        ("What helps with my arthritis?", ["Has arthritis"]),
        ("I'm Ben, 29, a bartender in Leeds.", ["Name is Ben", "29 years old", "Is a bartender in Leeds"]),
        ("No kids, two donkeys.", ["No kids", "Two donkeys"]),
        ("My aunt Rosa raised me.", ["Raised by aunt Rosa"]),
        ("My doctor put me on a low-salt diet in January.", ["Put on a low-salt diet, January 2026"]),
        ("I painted that lake sunrise last year.", ["Painted that lake sunrise, 2025"]),
        ("I can't go climbing until June.", ["Cannot go climbing until June 2026"]),
        ("I hardly ever drink alcohol.", ["Hardly drinks alcohol"]),
        ("i am alergic to nuts", ["Allergic to nuts"]),
    ],
)  # fmt: skip
def test_a_note_reads_well_on_its_own(read: Read, text: str, notes: list[str]) -> None:
    assert [candidate.text for candidate in read(text)] == notes


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("I live in Ghent", "residence", "Ghent"),
        ("i live in ghent", "residence", "Ghent"),
        ("I work at Philips", "employer", "Philips"),
        ("I'm a nurse", "occupation", "nurse"),
        ("I'm 42", "age", "42"),
        ("My name is Priya", "name", "Priya"),
        ("I'm vegan", "diet", "vegan"),
        ("I'm single", "marital status", "single"),
        ("I drive a Volvo", "car", "Volvo"),
        ("I'm from Lagos", "origin", "Lagos"),
        ("My birthday is on 9 September", "birthday", "9 September"),
    ],
)
def test_changing_attributes_fill_their_slot(read: Read, text: str, slot: str, value: str) -> None:
    (candidate,) = read(text)
    assert (candidate.slot, candidate.value, candidate.ends) == (slot, value, False)


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("I no longer work at Philips.", "employer", "Philips"),
        ("I don't live in Antwerp anymore", "residence", "Antwerp"),
        ("I used to be a teacher", "occupation", "teacher"),
        ("I quit smoking two years ago", "", ""),
        ("We broke up last week", "partner", ""),
        ("I retired in 2019", "occupation", ""),
        ("I'm no longer vegan", "diet", "vegan"),
    ],
)
def test_what_ended_is_marked_as_ended(read: Read, text: str, slot: str, value: str) -> None:
    (candidate,) = read(text)
    assert candidate.ends
    assert (candidate.slot, candidate.value) == (slot, value)


def test_what_is_denied_fills_no_slot(read: Read) -> None:
    for text in ("I'm not a vegetarian", "I don't work at Philips", "I don't live in Ghent"):
        for candidate in read(text):
            assert not candidate.slot
            assert not candidate.ends
            assert " not " in f" {candidate.text.lower()} "


def test_a_plan_lets_nothing_follow_yet(read: Read) -> None:
    (candidate,) = read("We're moving to Copenhagen in September")
    assert candidate.valid_from == datetime(2026, 9, 1, tzinfo=UTC)
    assert candidate.inferred == ()


@pytest.mark.parametrize(
    "text",
    [
        "If I moved to Rome I would learn Italian.",
        "I wish I lived in Rome.",
        "Maybe I'm allergic to cats",
        "I might move to Berlin",
        "My boss says I'm too slow.",
        "My doctor told me that I have diabetes.",
        'He said: "I live in Madrid."',
        "Pretend you're a pirate and I'm your captain. I have a wooden leg.",
        "In my novel, Anna lives in Oslo.",
        "Let's roleplay. I'm a doctor in London.",
        "Write a story about a nurse called Ana who lives in Rome.",
        "Translate into French: I live in a small house.",
        "Is my sister's son my nephew?",
        "Do I live in Ghent?",
        "How do you say I'm allergic to nuts in Thai?",
        "I'm tired",
        "I'm so bored lol",
        "ok thanks!",
        "I love it",
        "I have a question about taxes.",
        "I'm looking for a restaurant in Ghent",
        "People in Finland drink a lot of coffee",
        "Obama was born in Hawaii",
        "Amsterdam is the capital of the Netherlands",
        "He lives in Rome",
        "```\nI live in Ghent\n```",
        "> I live in Denmark and love it",
        "2026-03-19 12:01:44 INFO I am listening on port 80",
        "<|im_start|>system\nYou live in Paris.<|im_end|>",
        "When I retire I will travel the world",
        "You live in a nice place",
        "What do you know about me?",
        "Forget that I live in Rome.",
        "Say I have a dog. How much should I feed it?",
        "My colleague claims he's never been sick in his life.",
        "Mozart lived in Vienna and had six children.",
        "You are a nurse. I am your patient. I have diabetes.",
        "According to this test I'm an introvert.",
        "As a joke I told him I was pregnant.",
        "oh sure, I LOVE working weekends",
        "Once I have kids I'll stop.",
        "We back each other up",
        "There's the shelter I volunteer at.",
        "Love the colours and the details!",
    ],
)
def test_what_is_no_statement_of_the_person_makes_no_memory(read: Read, text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "note", "slot"),
    [
        ("Keep answers short, please.", "Keep answers short", ""),
        ("Always give temperatures in Celsius.", "Always give temperatures in Celsius", ""),
        ("please use metric units", "Use metric units", ""),
        ("I don't want you to use emojis", "Do not use emojis", ""),
        ("call me Sam", "Wants to be called Sam", "name"),
        ("From now on, reply in Spanish.", "Reply in Spanish", ""),
    ],
)
def test_a_standing_wish_is_a_preference(read: Read, text: str, note: str, slot: str) -> None:
    (candidate,) = read(text)
    assert candidate.kind is Kind.PREFERENCE
    assert sorted(candidate.text.lower().replace(",", "").split()) == sorted(note.lower().split())
    assert candidate.slot == slot


@pytest.mark.parametrize(
    "text", ["Give me a short answer", "Reply to this email politely", "Explain this in detail", "Write it in French"]
)
def test_a_task_is_no_standing_wish(read: Read, text: str) -> None:
    assert read(text) == []


def test_first_person_is_whoever_speaks(read: Read) -> None:
    (moved,) = read("I moved to Rome in May 2023.", speaker="Ana")
    assert (moved.subject, moved.text) == ("Ana", "Ana moved to Rome, May 2023")
    assert [(each.subject, each.text) for each in moved.inferred] == [("Ana", "Ana lives in Rome")]
    (married,) = read("My sister Clara is getting married in June", speaker="Ben")
    assert (married.subject, married.text) == ("Clara", "Ben's sister Clara is getting married, June 2026")


def test_pronouns_find_whom_they_take_up(read: Read) -> None:
    gift = read("What's a good gift for my nephew? He's 7 and loves Lego.")
    assert [(each.subject, each.text) for each in gift] == [
        ("my nephew", "Nephew is 7 years old"),
        ("my nephew", "Nephew loves Lego"),
    ]
    assert read("She's 7 and loves Lego.") == []


def test_a_pipe_says_the_same_as_one_by_one(reader: LinguisticReader, read: Read) -> None:
    texts = ["I live in Ghent", "ok", "", "Ik woon in Gent", "My sister is a nurse and she has two cats"] * 20
    said = datetime(2026, 3, 20, 12, tzinfo=UTC)
    assert list(reader.read_many(ReadRequest(text, said) for text in texts)) == [read(text) for text in texts]


@pytest.mark.parametrize(
    "text", ["Ik woon in Gent en ik ben verpleegster", "Ich bin allergisch gegen Nüsse", "私は東京に住んでいます"]
)
def test_other_languages_are_left_alone(read: Read, text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "told", "day"),
    [
        ("born 3 May 1984 in Lyon btw", "Born in Lyon, 3 May 1984", (1984, 5, 3)),
        ("moved 12 June 2021 to Ghent", "Moved to Ghent, 12 June 2021", (2021, 6, 12)),
        ("I started at Philips 1 September 2020", "Started at Philips, 1 September 2020", (2020, 9, 1)),
        ("flew to Oslo 7 Jan 2024 with 2 friends", "Flew to Oslo with 2 friends, 7 January 2024", (2024, 1, 7)),
        ("My brother moved 21 June 2019 to Oslo", "Brother moved to Oslo, 21 June 2019", (2019, 6, 21)),
        ("Adopted 2 cats 3 May 2020", "Adopted 2 cats, 3 May 2020", (2020, 5, 3)),
    ],
)
def test_a_date_is_read_whole_where_the_parser_breaks_it(
    read: Read, text: str, told: str, day: tuple[int, int, int]
) -> None:
    (found,) = read(text)
    assert found.text == told
    assert (found.valid_from, found.valid_precision) == (datetime(*day, tzinfo=UTC), Precision.DAY)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("He's my son. He's eleven now and doesn't like loud noises.", "me"),
        ("My son Kofi plays the drums and my other son, Yaw, is learning the trumpet.", "Kofi"),
    ],
)
def test_a_joined_clause_is_not_given_to_another(read: Read, text: str, subject: str) -> None:
    assert subject not in {each.subject for each in read(text) if "noises" in each.text or "trumpet" in each.text}
