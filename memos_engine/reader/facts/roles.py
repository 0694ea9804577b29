"""What someone is by a noun: a nurse, a twin, a night owl, a fan of something, "my niece", or by a name."""

from typing import TYPE_CHECKING

from memos_engine.reader.clauses import Tense, has_ended
from memos_engine.reader.facts.reading import Draft, Reading, bound_to_context, noun_phrase, object_of, without_time
from memos_engine.reader.lexicon import ARTEFACTS, DIETS, NOT_OCCUPATIONS, OCCUPATIONS, TRAIT_NOUNS, word_class
from memos_engine.reader.subjects import RELATIONS, About
from memos_engine.reader.times import Bound
from memos_engine.types import Kind

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_JOB_ENDINGS = tuple(
    word_class(
        "ologist ician grapher keeper maker worker driver manager developer designer engineer teacher "
        "therapist scientist technician assistant analyst consultant officer mechanic woman man ist eer smith wright "
        "or er"
    )
)
_KINDS_OF_PERSON = word_class(
    "person owl riser eater sleeper drinker lover addict nerd geek enthusiast buff freak junkie "
    "smoker swimmer cook learner reader gamer collector believer hoarder"
)
_BIRTH_ORDER = word_class("youngest oldest eldest middle")


def role(reading: Reading, said: "Token") -> Draft | None:
    """A noun (or name) behind the copula."""
    clause = reading.clause
    bare = said.pos_ == "PROPN" and not any(child.dep_ in ("det", "poss") for child in said.children)
    if bare and reading.mine and clause.is_copula and (said.ent_type_ in ("PERSON", "") or not list(said.lefts)):
        return called(reading, said)
    if bare and reading.subject.about is About.PERSON and reading.subject.relation and not clause.negated:
        return Draft(Kind.FACT, "name", noun_phrase(said), timed=False)
    head = said.lemma_.lower()
    if head in ("more", "bit", "kind", "sort") and (whole := object_of(said, "of")) is not None:
        return role(reading, whole) if whole.lemma_.lower() in _KINDS_OF_PERSON | TRAIT_NOUNS else None
    if head == "family" and (of := object_of(said, "of")) is not None and of.tag_ == "CD":
        return Draft(Kind.FACT)
    if head in ("man", "woman", "guy", "girl", "lady", "male", "female") and not clause.negated:
        aged = next((child for child in said.children if child.lower_ == "old"), None)
        number = next((word for word in aged.subtree if word.tag_ == "CD"), None) if aged is not None else None
        body = f"{number.text} years old" if number is not None else ""
        text = f"{reading.subject.phrase} is {body}" if reading.subject.phrase else body
        return Draft(Kind.FACT, "age", str(number), text, timed=False) if number is not None else None
    if said.lower_ in _BIRTH_ORDER and said.i + 1 < len(said.doc) and said.nbor(1).lower_ == "of":
        return Draft(Kind.FACT)
    if said.pos_ not in ("NOUN", "PROPN", "ADJ") or any(
        c.lower_ in ("this", "that", "such", "your") for c in said.children
    ):
        return None
    if head in RELATIONS and any(child.lower_ in ("my", "our") for child in said.children):
        return _relative(reading, said)
    if head in DIETS:
        return Draft(Kind.FACT, "diet", head, ends=has_ended(clause))
    if head == "fan":
        return _fan(said)
    qualified = any(child.dep_ in ("compound", "amod") for child in said.children)
    lasts = reading.when is not None and reading.when.bound is Bound.SINCE and clause.tense is Tense.PERFECT
    if lasts and any(child.lower_ in ("a", "an") for child in said.children) and head not in ARTEFACTS:
        return Draft(Kind.FACT)
    if head in TRAIT_NOUNS or (head in _KINDS_OF_PERSON and qualified and not _praise(said)):
        return Draft(Kind.FACT, ends=has_ended(clause))
    if head == "child" and any(child.lower_ == "only" for child in said.children):
        return Draft(Kind.FACT)
    famous = subject_is_bare(reading) and clause.finite.tag_ == "VBD"
    if famous or (clause.negated and not has_ended(clause)):
        return None
    placed = any(child.dep_ in ("det", "poss", "compound", "amod", "prep") for child in said.children)
    if (
        head in word_class("head chair captain president treasurer chairman deputy")
        and object_of(said, "of", "at") is not None
    ):
        return Draft(Kind.FACT, "occupation", noun_phrase(said, without=without_time(reading)), ends=has_ended(clause))
    several = said.lower_ in OCCUPATIONS or reading.subject.plural or said.tag_ == "NNS"
    if is_occupation(said) and (placed or said.dep_ == "ROOT" or several):
        verbless = said.i == clause.verb.i
        guessed = said.lemma_.lower() not in OCCUPATIONS and (said.tag_ in ("NNS", "NNPS") or not list(said.children))
        if verbless and (guessed or any(token.text == ":" for token in said.sent)):
            return None
        aside = frozenset(c.i for c in said.children if c.dep_ in ("conj", "cc", "appos", "punct"))
        value = noun_phrase(said, without=without_time(reading) | aside)
        return Draft(Kind.FACT, "occupation", value, ends=has_ended(clause))
    return None


def subject_is_bare(reading: Reading) -> bool:
    """Whether it is about a name alone, of which the text does not say who it is: perhaps a public figure."""
    subject = reading.subject
    return subject.about is About.PERSON and not subject.relation and subject.name != ""


def _praise(noun: "Token") -> bool:
    return any(child.lower_ in ("good", "bad", "nice", "great", "terrible", "horrible") for child in noun.children)


def _fan(said: "Token") -> Draft | None:
    what = object_of(said, "of")
    if what is not None:
        return None if bound_to_context(what) else Draft(Kind.PREFERENCE)
    named = any(child.dep_ in ("compound", "amod") and child.text[:1].isupper() for child in said.children)
    return Draft(Kind.PREFERENCE) if named else None


def _relative(reading: Reading, said: "Token") -> Draft | None:
    """ "Nora is my niece": who a named person is to the speaker."""
    subject = reading.subject
    if subject.about is not About.PERSON or reading.clause.negated or not subject.name:
        return None
    relation = noun_phrase(said)
    reading.people.learn_name(relation, subject.name)
    owner = "their" if reading.people.speaker == "me" else f"{reading.people.speaker}'s"
    tense = "was" if reading.clause.finite.tag_ == "VBD" else "is"
    return Draft(Kind.FACT, "relation", relation, f"{subject.name} {tense} {owner} {relation}")


def is_occupation(noun: "Token") -> bool:
    """Whether a noun names what people do for a living, by list or by its ending (-er, -ist, -ian …)."""
    word = noun.lemma_.lower()
    if word in NOT_OCCUPATIONS:
        return False
    return word in OCCUPATIONS or (len(word) > 4 and word.endswith(_JOB_ENDINGS) and noun.pos_ in ("NOUN", "PROPN"))


def called(reading: Reading, name: "Token") -> Draft | None:
    """ "I'm Sam", "this is Sam": a name, where it looks like one."""
    if reading.clause.negated or not name.text[:1].isupper() or name.ent_type_ not in ("PERSON", ""):
        return None
    if reading.subject.phrase or (name.text.isupper() and len(name.text) > 1):
        return None
    full = " ".join(
        word.text
        for word in sorted([*[c for c in name.children if c.dep_ == "compound"], name], key=lambda word: word.i)
    )
    return Draft(Kind.FACT, "name", full, f"Name is {full}", timed=False)
