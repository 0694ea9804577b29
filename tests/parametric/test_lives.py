"""The kinds of fact: enough of them, told and asked in enough ways, and every template fits its slots."""

import re

import pytest

from memos_engine.parametric.kinds import Kind, kinds
from memos_engine.parametric.people import ME, Naming, Subject
from memos_engine.parametric.phrasing import (
    View,
    opens_with_subject,
    plain,
    render,
    sentence,
    slots_of,
    third_person,
    with_article,
)

SISTER = Subject("sister", "Amara", "she")


def ids(kind: Kind) -> str:
    return kind.name


def test_at_least_150_kinds_each_told_and_asked_in_at_least_four_ways() -> None:
    assert len({kind.name for kind in kinds()}) == len(kinds()) >= 150
    few = [
        kind.name
        for kind in kinds()
        if len(set(kind.tells)) < 4 or len({text for aspect in kind.aspects for text in aspect.questions}) < 4
    ]
    assert few == []


@pytest.mark.parametrize("kind", kinds(), ids=ids)
def test_templates_name_the_slots_that_the_kind_has(kind: Kind) -> None:
    slots = set(kind.slots)
    texts = (*kind.notes, *kind.tells, kind.was, *kind.was_asks, *kind.yes, kind.who_ask, kind.item)
    asked = [text for aspect in kind.aspects for text in (aspect.gap, *aspect.questions, *aspect.answers)]
    assert [text for text in (*texts, *asked) if not slots_of(text) <= slots] == []
    assert all(aspect.of in slots for aspect in kind.aspects)


@pytest.mark.parametrize("kind", kinds(), ids=ids)
def test_questions_do_not_give_away_what_they_ask_and_answers_say_it(kind: Kind) -> None:
    for aspect in kind.aspects:
        assert [text for text in aspect.questions if aspect.of in slots_of(text)] == []
        assert aspect.of not in slots_of(aspect.gap)
        assert [text for text in aspect.answers if aspect.of not in slots_of(text)] == []
        assert opens_with_subject(aspect.answers[0])


@pytest.mark.parametrize("kind", kinds(), ids=ids)
def test_every_way_of_telling_answers_a_question(kind: Kind) -> None:
    for text in (*kind.tells, *kind.notes):
        answered = [
            aspect for aspect in kind.aspects if any(slots_of(each) <= slots_of(text) for each in aspect.answers)
        ]
        assert answered, text


@pytest.mark.parametrize("kind", kinds(), ids=ids)
def test_what_is_told_names_whom_it_is_about(kind: Kind) -> None:
    if kind.who == "me":
        return
    for text in (*kind.tells, *kind.notes):
        first = re.search(r"\{(?:s|s'\w+|o)\}", text)
        taken_up = re.search(r"\{(?:they|them|their|themself)\}", text)
        assert first is not None
        assert taken_up is None or first.start() < taken_up.start(), text


@pytest.mark.parametrize(
    ("view", "subject", "expected"),
    [
        (View.SAID, ME, "I work as an optician and I love my job."),
        (View.REPLY, ME, "You work as an optician and you love your job."),
        (View.SAID, SISTER, "My sister Amara works as an optician and she loves her job."),
        (View.REPLY, SISTER, "Your sister Amara works as an optician and she loves her job."),
        (View.MEMORY, SISTER, "Sister Amara works as an optician and she loves her job."),
    ],
)
def test_a_template_agrees_with_whom_it_is_about(view: View, subject: Subject, expected: str) -> None:
    import random

    template = "{s} [work] as {a job} and {they} [love] {their} job"
    assert sentence(render(template, subject, {"job": "optician"}, view, random.Random(1))).replace(" i ", " I ") == (
        expected
    )


def test_the_second_mention_is_a_pronoun() -> None:
    import random

    raw = render("{s's} job? {s} [be] {a job}", SISTER, {"job": "baker"}, View.SAID, random.Random(1), Naming.RELATION)
    assert plain(raw) == "My sister's job? She is a baker"


def test_verbs_and_articles() -> None:
    assert [third_person(verb) for verb in ("go", "study", "play", "wash", "have", "be")] == [
        "goes", "studies", "plays", "washes", "has", "is",
    ]  # fmt: skip
    assert {with_article(word) for word in ("apple tree", "e-bike", "honest man", "SUV", "18-speed bike")} == {"an"}
    assert {with_article(word) for word in ("unicycle", "baker", "one-eyed bear", "used car")} == {"a"}
