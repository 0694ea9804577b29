"""Where a text turns into play: role play, stories, thought experiments. Nothing said from there on is so."""

from typing import TYPE_CHECKING

from memos_engine.reader.clauses import SUBJECTS
from memos_engine.reader.facts.roles import is_occupation
from memos_engine.reader.lexicon import word_class

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Doc, Span, Token

_PLAYING = word_class("pretend imagine roleplay role-play suppose picture")
_NOUNS = word_class("roleplay role-play rp hypothetical hypothetically scenario")
_WORKS = word_class(
    "novel story dream game book film movie play campaign script screenplay fanfic poem song "
    "chapter scene tale fantasy nightmare"
)
_FIGURES = word_class("character protagonist hero heroine villain narrator avatar persona player")


def plays(doc: "Doc") -> int:
    """Index of the token from which on the text is play; the length of the text where it is not."""
    for sentence in doc.sents:
        if _opens_play(sentence):
            return sentence.start
    return len(doc)


def _casts(token: "Token", subject: "Token | None") -> bool:
    """Whether it gives the listener a part, as "You are a nurse" does."""
    part = next((child for child in token.children if child.dep_ == "attr"), None)
    return (
        token.lemma_ == "be"
        and token.dep_ == "ROOT"
        and subject is not None
        and subject.lower_ == "you"
        and subject.i < token.i
        and part is not None
        and is_occupation(part)
        and any(child.lower_ in ("a", "an", "my", "the") for child in part.children)
    )


def _opens_play(sentence: "Span") -> bool:
    for token in sentence:
        lemma = token.lemma_.lower()
        subject = next((child for child in token.children if child.dep_ in SUBJECTS), None)
        ordered = subject is None or subject.lower_ in ("you", "'s", "us")
        if (
            lemma in _PLAYING
            and token.pos_ == "VERB"
            and ordered
            and not any(c.dep_ == "aux" and c.lower_ in ("can", "ca", "could") for c in token.children)
        ):
            return True
        if lemma == "act" and ordered and any(child.lower_ in ("as", "like") for child in token.children):
            return True
        if token.lower_ in _NOUNS or _casts(token, subject):
            return True
        if (
            lemma in _FIGURES
            and any(child.lower_ in ("my", "your", "our", "main", "the") for child in token.children)
            and token.dep_ in SUBJECTS
        ):
            return True
        if (
            lemma in _WORKS
            and token.dep_ == "pobj"
            and token.head.lower_ == "in"
            and any(child.lower_ in ("my", "our", "the", "a", "this") for child in token.children)
        ):
            return True
    return False
