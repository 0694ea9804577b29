"""How the benchmarks judge an answer: spellings that mean the same, denials, traps; and whether their data is whole."""

import json
from pathlib import Path

import pytest

from .benchmarks._answers import contains, of_the_asker, right, words

DATA = Path(__file__).parent / "benchmarks" / "data"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("forty-three turtles", "43 turtles"),
        ("the 6th of September", "6 Sept"),
        ("2025-09-06", "6 September 2025"),
        ("one thousand nine hundred and four", "1,904"),
        ("three hundred guests", "300 guests"),
        ("five thousand two hundred", "5 200"),
        ("Zoé and Lübeck", "ZOE AND LUBECK"),
        ("it isn't", "it is not"),
        ("you can't", "you cannot"),
        ("the bees' hive", "bee hives"),
    ],
)
def test_spellings_that_mean_the_same_compare_equal(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("answer", "gold", "expected"),
    [
        ("You live in Ghent.", ["Ghent"], True),
        ("You don't live in Ghent.", ["Ghent"], False),
        ("Not Porto, Ghent.", ["Ghent"], True),
        ("You no longer live in Ghent.", ["Ghent"], False),
        ("Your tea is without sugar.", ["without sugar"], True),
        ("September the 6th!", ["6 September"], True),
        ("You have 160 cows.", ["60"], False),
        ("She is called Annabel.", ["Anna"], False),
        ("I don't know, you haven't told me about Ghent.", ["Ghent"], False),
        ("I don't know. Maybe Ghent?", ["Ghent"], True),
    ],
)
def test_a_string_is_said_or_not(answer: str, gold: list[str], expected: bool) -> None:
    assert contains(answer, gold) is expected


def test_what_is_asked_for_in_the_negative_may_be_said_so() -> None:
    assert not contains("You can't take penicillin.", ["penicillin"])
    assert contains("You can't take penicillin.", ["penicillin"], negated=True)


def test_a_fact_of_somebody_else_is_not_the_askers() -> None:
    assert of_the_asker("You opened a café.", [["café"]])
    assert not of_the_asker("Ellie opened a café.", [["café"]])
    assert not of_the_asker("You told me that Ellie opened a café.", [["café"]])
    assert not of_the_asker("Your sister opened a café.", [["café"]])


def test_every_group_must_be_said() -> None:
    both = [["Juma"], ["Baraka"]]
    assert right("Your sons are Juma and Baraka.", both)
    assert not right("Your son is Juma.", both)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("You live in Ghent.", True),
        ("You moved from Porto to Ghent.", True),
        ("Ghent. You lived in Porto before.", True),
        ("You live in Ghent and Porto.", False),
        ("You live in Porto.", False),
        ("Porto, you say; or Ghent.", False),
    ],
)
def test_a_value_that_is_not_the_answer_spoils_it_unless_it_is_set_apart(answer: str, expected: bool) -> None:
    assert right(answer, [["Ghent"]], ["Porto"]) is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("No.", True),
        ("No, you're allergic to them.", True),
        ("Yes, you can eat prawns.", False),
        ("You can't eat prawns.", True),
        ("You can eat prawns.", False),
        ("I don't know, you haven't told me.", False),
    ],
)
def test_an_answer_of_yes_or_no_is_judged_by_its_first_word_or_by_what_it_says(answer: str, expected: bool) -> None:
    assert right(answer, [["no", "can not", "not eat"]]) is expected


@pytest.mark.parametrize("file", sorted(DATA.glob("memory_qa*.jsonl")), ids=lambda file: file.stem)
def test_each_question_can_be_answered_from_what_was_told(file: Path) -> None:
    people = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert len({person["person"] for person in people}) == len(people)
    for person in people:
        times = [session["time"] for session in person["sessions"]]
        assert times == sorted(times), person["person"]
        for ask in person["asks"]:
            never = ask["category"].startswith("abstain-")
            assert never == (not ask["gold"]), ask
            told = [person["sessions"][session]["messages"][place] for session, place in ask["told"]]
            assert bool(told) == (not never and ask["category"] != "looks-personal"), ask
            for group in ask["gold"]:
                assert group, ask
                assert group[0] in ("yes", "no") or all(map(words, group)), ask
                assert not set(group) & set(ask.get("trap", ())), ask


def test_the_two_sets_share_no_person_and_hold_enough() -> None:
    sets = [
        [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]
        for name in ("memory_qa.jsonl", "memory_qa_fresh.jsonl")
    ]
    names = [{person["person"] for person in people} for people in sets]
    assert not names[0] & names[1]
    sizes = [[ask["gold"] for person in people for ask in person["asks"]] for people in sets]
    assert len(names[0]) >= 40
    assert len(sizes[0]) >= 320
    assert sum(not gold for gold in sizes[0]) >= 90
    assert len(names[1]) >= 20
    assert len(sizes[1]) >= 150


def test_the_chat_quality_data_is_whole() -> None:
    def lines(name: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]

    talks, tasks, notes = lines("dialogues.jsonl"), lines("instructions.jsonl"), lines("unrelated_notes.jsonl")
    assert len(talks) >= 60
    assert all(len(talk["turns"]) % 2 == 0 for talk in talks)
    assert len({task["ask"] for task in tasks}) == len(tasks) >= 80
    assert all(("gold" in task) != ("match" in task) for task in tasks)
    for note in notes:
        assert note["telling"]
        assert {word for told in note["telling"] for word in words(told)} <= set(words(note["text"])), note
