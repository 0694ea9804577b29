"""Requests to the program in words."""

import pytest

from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.reader.requests import RequestKind, spoken_request


@pytest.mark.parametrize(
    ("text", "kind", "about"),
    [
        ("Remember that I park on level 3", "remember", "I park on level 3"),
        ("please remember that my sister is vegan.", "remember", "my sister is vegan"),
        ("Please remember: the bins go out on Tuesday", "remember", "the bins go out on Tuesday"),
        ("Can you remember that I hate olives?", "remember", "I hate olives"),
        ("Remember my locker is number 12", "remember", "my locker is number 12"),
        ("remember this: I leave at 7", "remember", "I leave at 7"),
        ("I want you to remember that I'm left-handed", "remember", "I'm left-handed"),
        ("Keep in mind that I don't drink", "remember", "I don't drink"),
        ("Don't forget that I'm allergic to nuts", "remember", "I'm allergic to nuts"),
        ("Forget that I live in Rome.", "forget", "I live in Rome"),
        ("forget about my ex", "forget", "my ex"),
        ("Forget that.", "forget", "that"),
        ("please forget this", "forget", "this"),
        ("Please forget what I said about Tom", "forget", "what I said about Tom"),
        ("Could you forget my old address?", "forget", "my old address"),
        ("Delete that from your memory", "forget", "that"),
        ("Delete my job from your memory.", "forget", "my job"),
        ("Can you erase my address from your memory, please?", "forget", "my address"),
        ("Please delete that I live in Rome from your memory.", "forget", "I live in Rome"),
        ("Remove that memory.", "forget", "that"),
        ("Erase the memory about my ex.", "forget", "my ex"),
        ("Delete your notes on Anna.", "forget", "Anna"),
        ("Delete everything you know about my job.", "forget", "my job"),
        ("Don't remember what I just said.", "forget", "what I just said"),
        ("Please don't save this.", "forget", "this"),
        ("Don't forget my flight on Friday.", "remember", "my flight on Friday"),
        ("Don't forget about our trip in May", "remember", "our trip in May"),
        ("What do you know about me?", "list", ""),
        ("what do u know about me", "list", ""),
        ("Tell me what you remember about my family", "list", "my family"),
        ("What have you remembered about me so far?", "list", ""),
        ("Show me my memories", "list", ""),
        ("call me Sam", "call_me", "Sam"),
        ("You can call me Al.", "call_me", "Al"),
        ("Please call me Dr. Okafor", "call_me", "Dr. Okafor"),
    ],
)
def test_requests_are_understood(pipeline: LanguagePipeline, text: str, kind: str, about: str) -> None:
    found = spoken_request(pipeline, text)
    assert found is not None
    assert (found.kind, found.text) == (RequestKind(kind), about)
    if about:
        assert text[found.start : found.end] == about


@pytest.mark.parametrize(
    "text",
    [
        "Do you remember that I like tea?",
        "Do you remember me?",
        "I remember that day well.",
        "I can't remember where I parked",
        "Remember to breathe.",
        "Forget it.",
        "Never mind, forget it",
        "Forget about it, let's go on.",
        "Don't remember that.",
        "Don't forget to call me at 5.",
        "Delete that line from the file and save it.",
        "I always forget names",
        "What do you know about quantum physics?",
        "call me tomorrow",
        "Can you call me a taxi",
        "My friends call me Ziggy",
        'She said "remember that I love you"',
        "You never remember what I say",
        "How do I remember names better?",
        "Delete the second paragraph",
        "Save the file as PDF",
        "How can I forget my ex?",
        "",
        "😀",
        "x" * 3000,
    ],
)
def test_what_is_no_request_is_none(pipeline: LanguagePipeline, text: str) -> None:
    assert spoken_request(pipeline, text) is None


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("Remember that I park on level 3", ["I park on level 3"]),
        (
            "Remember that my bike is red and that I was born in Lisbon.",
            ["my bike is red", "I was born in Lisbon"],
        ),
        (
            "Remember: our gate opens at six. The alarm is behind the door. What is the weather like?",
            ["our gate opens at six", "The alarm is behind the door"],
        ),
        ("Please remember I like tea and hate coffee", ["I like tea and hate coffee"]),
        ("Remember that I moved to Rome because my wife works there", ["I moved to Rome because my wife works there"]),
    ],
)
def test_each_statement_of_what_is_to_be_remembered_is_found(
    pipeline: LanguagePipeline, text: str, statements: list[str]
) -> None:
    found = spoken_request(pipeline, text)
    assert found is not None
    assert [text[start:end] for start, end in found.statements] == statements
