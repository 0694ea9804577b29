"""What is said by the way of who someone is: "I'm Ben, a nurse", "as a vegetarian, …", "he's 88 and blind"."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from memos_engine.reader.clauses import Clause, is_negated, own_tokens, subject_of
from memos_engine.reader.facts.reading import Draft, Reading, object_of, phrase_tokens
from memos_engine.reader.facts.roles import is_occupation, role
from memos_engine.reader.facts.states import age, state
from memos_engine.reader.lexicon import PERSON_NOUNS, is_condition, word_class
from memos_engine.reader.phrasing import finish, told
from memos_engine.reader.subjects import PETS, About
from memos_engine.types import Kind

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_UNNAMED = word_class("pressure condition disease disorder syndrome intolerance allergy implant cancer add cholesterol")
_LINKS = ("appos", "conj", "cc", "punct")


def asides(reading: Reading, main: Draft) -> "Iterator[tuple[Draft, list[Token]]]":
    """Further drafts of a clause of which a rule made `main`, each with the tokens that say it."""
    clause = reading.clause
    if reading.subject.about not in (About.ME, About.PERSON, About.PET) or clause.negated:
        return
    said = reading.complement if clause.is_copula else None
    if said is None:
        yield from _counted(reading, main)
        return
    if not main.text:
        return
    for child in said.children:
        beside = (child.dep_ == "appos" and main.slot == "name") or child.dep_ == "conj"
        if not beside or child.pos_ in ("VERB", "AUX") or is_negated(child):
            continue
        draft = age(reading, child) or state(reading, child) or role(reading, child)
        if draft is not None:
            tokens = phrase_tokens(child)
            yield _worded(reading, draft, tokens, "is "), tokens


def _counted(reading: Reading, main: Draft) -> "Iterator[tuple[Draft, list[Token]]]":
    """The other nouns of a list without a verb: "Two kids, one dog"."""
    head = reading.clause.verb
    if head.pos_ == "NOUN" and head.lemma_.lower() in PERSON_NOUNS | PETS and main.kind is Kind.FACT:
        yield from _listed(reading, head)


def _listed(reading: Reading, head: "Token") -> "Iterator[tuple[Draft, list[Token]]]":
    for child in head.children:
        counted = any(grand.dep_ == "nummod" or grand.lower_ == "no" for grand in child.children)
        if child.dep_ in ("appos", "conj") and child.pos_ == "NOUN" and counted:
            further = {inner.i for other in child.children if other.dep_ in _LINKS for inner in other.subtree}
            tokens = [token for token in phrase_tokens(child) if token.i not in further]
            yield _worded(reading, Draft(Kind.FACT), tokens, "has "), tokens
            yield from _listed(reading, child)


def as_what(clause: Clause) -> "tuple[Token, list[Token]] | None":
    """The noun of "as a vegetarian, what should I order?" or "in my job as a nurse" where it is the speaker's, and the
    tokens that say it."""
    for job in clause.finite.subtree:
        if job.lemma_.lower() in ("job", "work", "role", "career") and any(c.lower_ == "my" for c in job.children):
            noun = object_of(job, "as")
            if noun is not None and is_occupation(noun):
                return noun, phrase_tokens(noun)
    for token in clause.finite.children:
        if token.lower_ != "as" or token.dep_ != "prep" or token.i > clause.finite.i:
            continue
        noun = next((child for child in token.children if child.dep_ == "pobj"), None)
        subject = clause.subject or subject_of(clause.finite)
        mine = subject is not None and subject.lower_ in ("i", "we")
        if noun is not None and mine and noun.lower_ in ("someone", "somebody"):
            ill = object_of(noun, "with")
            return (ill, phrase_tokens(ill)) if ill is not None and is_condition(ill.lemma_.lower()) else None
        if noun is not None and mine and any(child.lower_ in ("a", "an") for child in noun.children):
            return noun, phrase_tokens(noun)
    return None


def own_conditions(clause: Clause) -> "Iterator[tuple[Token, Token]]":
    """Illnesses that a clause tells of in passing as someone's own, each with its "my", "his" or "her"."""
    subject = clause.subject
    owned = (word.head for word in clause.verb.sent if word.lower_ in ("my", "his", "her") and word.dep_ == "poss")
    if not any(is_condition(noun.lemma_.lower()) for noun in owned):
        return
    for part in clause.chain:
        for token in own_tokens(part):
            if token.pos_ not in ("NOUN", "PROPN") or not is_condition(token.lemma_.lower()):
                continue
            named = token.lemma_.lower() not in _UNNAMED or any(c.dep_ in ("compound", "amod") for c in token.children)
            owner = next((child for child in token.children if child.dep_ == "poss"), None)
            spoken_of = subject is not None and token.i == subject.i and clause.is_copula
            if named and owner is not None and owner.lower_ in ("my", "his", "her") and not spoken_of:
                yield token, owner


def of_condition(reading: Reading, noun: "Token") -> Draft:
    """The draft of what `own_conditions` found."""
    words = told([token for token in phrase_tokens(noun) if token.dep_ != "poss"], reading.subject)
    phrase = reading.subject.phrase
    return Draft(Kind.FACT, "", "", finish(f"{phrase} has {words}" if phrase else f"has {words}"), timed=False)


def of_role(reading: Reading, noun: "Token", tokens: "list[Token]") -> Draft | None:
    """The draft of what `as_what` found, where it is a lasting role."""
    if is_condition(noun.lemma_.lower()):
        return of_condition(reading, noun)
    draft = state(reading, noun) or role(reading, noun)
    return _worded(reading, draft, tokens, "is ") if draft is not None else None


def _worded(reading: Reading, draft: Draft, tokens: "list[Token]", verb: str) -> Draft:
    phrase = reading.subject.phrase
    words = draft.text or told(tokens, reading.subject)
    bare = not phrase and (tokens[0].pos_ in ("ADJ", "NUM") or verb == "has ") and tokens[0].lower_ != "a"
    text = words if draft.text else finish(f"{phrase} {'' if bare else verb}{words}")
    return Draft(draft.kind, draft.slot, draft.value, text, confidence=draft.confidence, timed=False)
