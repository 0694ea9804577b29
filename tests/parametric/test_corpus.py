"""The corpus: the same from the same seed, its answers found in its notes, its language clean."""

import re
from collections import Counter
from pathlib import Path

import pytest

from memos_engine.inference.prompt import layout
from memos_engine.parametric.conversing import HISTORY, SYSTEM
from memos_engine.parametric.corpus import contexts, read_corpus, write_corpus
from memos_engine.parametric.shapes import Category, Context, Mix, Question
from memos_engine.types.abstention import abstains

MANY = 1_500
_A_BEFORE_VOWEL = re.compile(r"\ba (?=(?:[aei]|o(?!ne)|u(?!ni|s|ku))[a-z]+)")
_AN_BEFORE_CONSONANT = re.compile(r"\ban (?=[bcdfgjklmnpqrstvwyz][a-z]+)")
_WRONG_PERSON = re.compile(
    r"\b(?:you is|you was|you has|you does|i are|i is|she are|she have|he are|he have|you's|i's|me's|"
    r"of i|for i|with i|to i|by i|your's|my's|am's|you your's)\b",
    re.IGNORECASE,
)


_SPEAKS_AS_THE_PERSON = re.compile(r"\b(?:my|mine|me|I'm|I've)\b")
_OF_ITS_OWN = re.compile(
    r"my notes|\b(?:let|tell|telling|told) me\b|I've noted|I'm (?:afraid|not sure|glad|happy)", re.IGNORECASE
)


@pytest.fixture(scope="module")
def made() -> list[Context]:
    return list(contexts(5, MANY))


@pytest.fixture(scope="module")
def asked(made: list[Context]) -> list[tuple[Context, Question]]:
    return [(context, question) for context in made for question in context.questions]


def test_the_same_seed_makes_the_same_corpus_wherever_it_starts() -> None:
    once = list(contexts(9, 40))
    assert list(contexts(9, 10, first=30)) == once[30:]
    assert list(contexts(10, 40)) != once


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    some = list(contexts(3, 50))
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    assert write_corpus(one, some, 3) == write_corpus(two, contexts(3, 50), 3)
    assert list(read_corpus(one)) == some


def test_every_sort_of_question_is_there(asked: list[tuple[Context, Question]]) -> None:
    found = Counter(question.category for _, question in asked)
    assert set(found) == set(Category)
    assert all(context.questions for context, _ in asked)
    assert 0.15 < sum(question.abstains for _, question in asked) / len(asked) < 0.35


def test_what_an_answer_copies_stands_in_the_notes_it_rests_on(asked: list[tuple[Context, Question]]) -> None:
    for context, question in asked:
        notes = {note.id: f"{note.note.when}: {note.note.text}" for note in context.notes}
        notes[HISTORY] = "\n".join(turn.text for turn in context.history)
        notes[SYSTEM] = f"{context.name}\n{context.today}"
        source = "\n".join(notes[note_id] for note_id in question.support).lower()
        missing = [value for value in question.values if value.lower() not in source]
        assert missing == [], (context.id, question)


def test_an_answer_shows_each_value_letter_by_letter(asked: list[tuple[Context, Question]]) -> None:
    wrong = [q for _, q in asked if any(value.lower() not in q.answer.lower() for value in q.values)]
    assert wrong == []


def test_what_is_asked_in_vain_stands_in_no_note(asked: list[tuple[Context, Question]]) -> None:
    for context, question in asked:
        text = "\n".join(note.note.text for note in context.notes).lower()
        assert [value for value in question.asked if value.lower() in text] == [], (context.id, question)


def test_a_reply_names_nothing_that_neither_question_nor_note_does(asked: list[tuple[Context, Question]]) -> None:
    for _, question in asked:
        invented = [value for value in question.asked if value.lower() in question.answer.lower()]
        assert [value for value in invented if value.lower() not in question.text.lower()] == [], question


def test_who_does_not_know_says_so_and_who_knows_does_not(asked: list[tuple[Context, Question]]) -> None:
    english = [question for _, question in asked if question.category is not Category.FOREIGN]
    silent = [question for question in english if question.abstains and not abstains(question.answer)]
    assert silent == []
    partly = (Category.TWO_PEOPLE, Category.CONFLICT, Category.CHAT, Category.TELLING)
    assert [q for q in english if not q.abstains and q.category not in partly and abstains(q.answer)] == []


def test_not_knowing_is_told_from_knowing_by_the_first_words(asked: list[tuple[Context, Question]]) -> None:
    english = [question for _, question in asked if question.category is not Category.FOREIGN]
    begins = [question.answer.startswith("I don't know") for question in english if question.abstains]
    assert sum(begins) > 0.97 * len(begins)
    knowing = [q for q in english if not q.abstains and q.category not in (Category.TWO_PEOPLE, Category.CHAT)]
    assert [q for q in knowing if q.answer.startswith("I don't")] == []


def test_few_questions_come_twice(asked: list[tuple[Context, Question]]) -> None:
    own = [q for _, q in asked if q.category not in (Category.CHAT, Category.LOOKS_PERSONAL)]
    assert len({(q.text, q.answer) for q in own}) > 0.97 * len(own)


def test_sentences_are_clean(asked: list[tuple[Context, Question]]) -> None:
    made_up = [question for _, question in asked if question.category not in (Category.CHAT, Category.LOOKS_PERSONAL)]
    for question in made_up:
        answer = question.answer
        assert not re.search(r"[{}\[\]<>]|[\ue000-\ue003]|=>", answer), answer
        assert "  " not in answer, answer
        assert not re.search(r" [.,;:!?](?!\.)", answer) or question.category is Category.FOREIGN, answer
        assert not re.search(r"\.\.|\?\.|!\.|,\.", answer), answer
        if question.category is not Category.FOREIGN:
            assert answer[0].isupper() or not answer[0].isalpha(), answer
            assert not _WRONG_PERSON.search(answer), answer
            assert not _A_BEFORE_VOWEL.search(answer), answer
            assert not _AN_BEFORE_CONSONANT.search(answer), answer
            assert not _SPEAKS_AS_THE_PERSON.search(_OF_ITS_OWN.sub("", answer)), answer


def test_notes_are_clean(made: list[Context]) -> None:
    for context in made:
        for note in context.notes:
            text = note.note.text
            assert not re.search(r"[{}\[\]<>]|[\ue000-\ue003]|=>|  ", text), text
            assert note.note.quote or text[:1].isupper() or not text[:1].isalpha(), text
            assert note.note.quote or not _WRONG_PERSON.search(text), text


def test_a_context_becomes_the_prompt_of_the_chat(made: list[Context]) -> None:
    context = next(each for each in made if len(each.notes) > 2)
    question = context.questions[0]
    last = layout(context.parts(question))[-1].content
    places = [last.index(note.note.text) for note in context.notes]
    assert places == sorted(places)
    assert last.endswith(question.text)


def test_kinds_can_be_held_back_to_be_asked_for_later() -> None:
    held = frozenset(("allergy", "debt", "pet_diet", "quarrel"))
    seen = {
        fact for each in contexts(2, 150, Mix(foreign=0, without_kinds=held)) for n in each.notes for fact in n.facts
    }
    unseen = {fact for each in contexts(2, 20, _only_facts(held)) for n in each.notes for fact in n.facts}
    assert not {fact.split(" of ")[0] for fact in seen} & held
    assert {fact.split(" of ")[0] for fact in unseen} <= held


def _only_facts(kinds: frozenset[str]) -> Mix:
    return Mix(
        changes=0, lists=0, conflicts=0, foreign=0, orders=0, telling=0, chat=0, looks_personal=0, silent=0,
        most_notes=4, only_kinds=kinds,
    )  # fmt: skip


def test_the_mix_decides_what_there_is() -> None:
    only = Mix(
        facts=0, changes=0, lists=0, conflicts=0, foreign=0, orders=0, telling=0, chat=1, looks_personal=0, silent=0
    )
    assert {question.category for each in contexts(1, 30, only) for question in each.questions} <= {
        Category.CHAT,
        Category.DIRECT,
        Category.UNTOLD,
    }
