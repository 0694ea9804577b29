"""What a rule is given, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from memos_engine.reader.clauses import Clause, prep_object, subject_of
from memos_engine.reader.lexicon import word_class
from memos_engine.reader.subjects import About, People, Subject
from memos_engine.reader.times import When
from memos_engine.types import Kind

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_CONTEXT_BOUND = word_class(
    "it this that these those one ones something anything everything nothing what which there here"
)


@dataclass(frozen=True)
class Reading:
    """One asserted clause with its subject and time."""

    clause: Clause
    subject: Subject
    when: When | None
    base: datetime
    people: People

    @property
    def mine(self) -> bool:
        """Whether it is about the speaker."""
        return self.subject.about is About.ME

    @property
    def personal(self) -> bool:
        """Whether it is about the speaker or a known person."""
        return self.subject.about in (About.ME, About.PERSON)

    @property
    def object(self) -> "Token | None":
        """The direct object."""
        return self.clause.child("dobj", "dative") if self.clause.child("dobj") is None else self.clause.child("dobj")

    @property
    def complement(self) -> "Token | None":
        """What a copula says: adjective, noun, or a phrase."""
        return self.clause.child("attr", "acomp", "oprd")


@dataclass(frozen=True)
class Draft:
    """What a rule makes of a clause. `text` empty: the clause itself, as a note."""

    kind: Kind
    slot: str = ""
    value: str = ""
    text: str = ""
    leave_out: "frozenset[Token]" = field(default=frozenset())
    ends: bool = False
    timed: bool = True
    """Whether the clause's time belongs to what it says."""
    confidence: float = 0.9
    follows: str = ""
    """Key into the table of consequences."""
    subject: Subject | None = None
    """Where it differs from the clause's."""


Rule = Callable[[Reading], Draft | None]


def noun_phrase(token: "Token", *, without: "frozenset[int]" = frozenset()) -> str:
    """The words of a noun with what describes it, without "my", a leading article, relative clauses and joined nouns of
    other clauses."""
    words = [word for word in phrase_tokens(token, without=without) if word.lower_ not in ("my", "our")]
    bracket = next((place for place, word in enumerate(words) if word.text in ("(", "[")), len(words))
    words = words[:bracket] if bracket else words
    while words and (words[0].lower_ in ("a", "an", "the", "some") or words[0].is_punct):
        words.pop(0)
    while words and (
        words[-1].is_punct or words[-1].dep_ in ("cc", "mark") or words[-1].lower_ in ("so", "too", "now", "here")
    ):
        words.pop()
    return "".join(
        word.text_with_ws if place + 1 < len(words) and words[place + 1].i == word.i + 1 else word.text + " "
        for place, word in enumerate(words)
    ).strip()


def phrase_tokens(token: "Token", *, without: "frozenset[int]" = frozenset()) -> "list[Token]":
    """The subtree of `token` without clauses that hang in it."""
    kept = []

    def walk(word: "Token") -> None:
        kept.append(word)
        for child in word.children:
            if child.dep_ in ("relcl", "advcl", "ccomp", "parataxis") or child.i in without:
                continue
            if child.dep_ == "conj" and child.pos_ in ("VERB", "AUX"):
                continue
            walk(child)

    walk(token)
    return sorted(kept, key=lambda word: word.i)


def place_name(token: "Token", *, without: "frozenset[int]" = frozenset()) -> str:
    """A noun phrase as a name: capitals for a place written in lower case."""
    phrase = noun_phrase(token, without=without)
    if (
        phrase.islower()
        and token.tag_ in ("NN", "NNS", "NNP", "NNPS", "JJ")
        and not any(child.dep_ == "det" for child in token.children)
    ):
        return " ".join(
            word[:1].upper() + word[1:] if word not in ("of", "the", "and", "in", "de") else word
            for word in phrase.split()
        )
    return phrase


def without_time(reading: Reading) -> "frozenset[int]":
    """Places of the tokens that say when."""
    return frozenset(token.i for token in reading.when.tokens) if reading.when else frozenset()


def bound_to_context(token: "Token | None") -> bool:
    """Whether a noun only means something in this conversation: "it", "this idea", "your answer", "the code"."""
    if token is None:
        return True
    if token.lower_ in ("anything", "everything", "something", "nothing") and any(
        child.dep_ in ("prep", "amod", "relcl") for child in token.children
    ):
        return False
    if token.text.isupper() and len(token.text) > 1:
        return False
    if token.lower_ in _CONTEXT_BOUND or (
        token.pos_ == "PRON" and token.is_alpha and token.lower_ not in ("mine", "myself")
    ):
        return True
    return any(
        child.dep_ in ("det", "poss")
        and (
            child.lower_ in word_class("this that these those your its another")
            or (child.lower_ in ("their", "his", "her") and not _is_subjects_own(token))
        )
        for child in token.children
    )


def _is_subjects_own(token: "Token") -> bool:
    """Whether "his", "her" or "their" belongs to whom the clause is about: "My son failed his test"."""
    verb = token.head
    while verb.pos_ not in ("VERB", "AUX") and verb.head.i != verb.i:
        verb = verb.head
    subject = subject_of(verb)
    return subject is not None and subject.lower_ not in ("i", "we", "you", "it", "this", "that")


def conjuncts(token: "Token") -> "list[Token]":
    """`token` and the nouns joined to it."""
    found = [token]
    for child in token.children:
        if (
            child.dep_ == "conj"
            and child.pos_ in ("NOUN", "PROPN", "ADJ", "NUM", "VERB")
            and not any(grand.dep_ in ("nsubj", "nsubjpass") for grand in child.children)
        ):
            found += conjuncts(child)
    return found


def object_of(token: "Token", *words: str) -> "Token | None":
    """The object of one of the prepositions `words` on `token`."""
    return prep_object(token, *words)
