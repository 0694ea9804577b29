"""A question and a task want an answer; what is merely told does not; a question alone tells nothing."""

import pytest

from memos_engine.reader.asking import looks_back, only_asks, wants_answer


@pytest.mark.parametrize(
    "text",
    [
        "what should a cook know about me",
        "Where do I live?",
        "write me a short poem about rain",
        "I moved to Ghent last week. Which tram goes to the station?",
        "can you shorten this",
        "do I have any allergies",
        "so my sister is a nurse, right?",
        "どこに住んでいますか",
        "word " * 1000,
    ],
)
def test_it_asks(pipeline, text):
    assert wants_answer(pipeline, text)


@pytest.mark.parametrize(
    "text",
    [
        "I moved from Porto to Utrecht in March and I'm allergic to peanuts.",
        "I play the violin every Sunday",
        "ugh, missed the bus again",
        "My sister Ana lives in Lisbon and has two cats",
        "thanks!",
        "keep your answers short please",
        "Please always use metric units.",
        "we got the keys to the house yesterday",
    ],
)
def test_it_only_tells(pipeline, text):
    assert not wants_answer(pipeline, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What should a cook know about me?", True),
        ("what should a cook know about me", True),
        ("Hi! Where do I live? And since when?", False),
        ("Where do I live? And since when?", True),
        ("do I have any allergies", True),
        ("I moved to Ghent last week. Which tram goes to the station?", False),
        ("Thanks, I will tell him tomorrow.", False),
        ("どこに住んでいますか？", True),
        ("Ich wohne in Gent.", False),
    ],
)
def test_a_message_of_questions_tells_nothing(pipeline, text, expected):
    assert only_asks(pipeline, text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Where did I live before Ghent?", True),
        ("who looked after Fen before?", True),
        ("where was i living back then", True),
        ("Which city did I use to live in?", True),
        ("Have I ever lived elsewhere?", True),
        ("Where do I live?", False),
        ("what was my dentist called again?", False),
        ("I moved to Ghent. Where do I find a dentist?", False),
        ("Where do I live since I left Porto?", False),
        ("Write a poem about how I moved.", False),
        ("I sold the car yesterday.", False),
        ("Wo habe ich früher gewohnt?", False),
    ],
)
def test_a_question_looks_back_where_it_asks_how_something_was(pipeline, text, expected):
    assert looks_back(pipeline, text) is expected
