"""Standing wishes about replies: "keep answers short", "always answer in metric", "call me Sam", "don't use emoji"."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memos_engine.reader.clauses import SUBJECTS, clauses
from memos_engine.reader.facts.reading import noun_phrase
from memos_engine.reader.lexicon import word_class
from memos_engine.reader.phrasing import finish

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Doc, Token

REPLIES = "replies"
"""Tag of a preference about how to answer: such preferences hold for every reply."""

_ANSWERS = word_class("answer reply response explanation")
_REPLIES = word_class(
    "answer reply response explanation message unit emoji emojis bullet point jargon language "
    "tone summary sentence paragraph recipe measurement metric celsius fahrenheit kilometer "
    "kilometre system slang sugarcoating disclaimer apology table markdown formatting code "
    "comment example recommendation suggestion spoiler suggestions word"
)
_MANNERS = word_class(
    "brief concise short direct honest formal informal polite blunt patient gentle kind precise critical"
)
_SPEAKING = word_class(
    "answer reply respond speak talk write explain address use keep make give avoid call refer "
    "skip include add be stop suggest recommend assume convert sugarcoat apologise apologize "
    "start begin end remind"
)
_ALWAYS = word_class("always never ever anymore")
_ALWAYS_PHRASES = (
    "from now on",
    "in future",
    "in the future",
    "going forward",
    "every time",
    "by default",
    "at all times",
    "each time",
    "any more",
)
_NO_ORDERS = word_class("mind forget remember worry let know go come trust")
_HERE = word_class("this these that following above below it")
_LEFT_OUT = word_class("please pls kindly just also and but so then ok okay hey hi")


@dataclass(frozen=True)
class Wish:
    """A standing wish: its note, slot and value, and the tokens that said it."""

    text: str
    slot: str
    value: str
    tokens: "tuple[Token, ...]"


def wishes(doc: "Doc") -> "list[Wish]":
    """The standing wishes of a parsed message."""
    found = []
    for clause in clauses(doc):
        head = _wished(clause.finite)
        if head is None:
            continue
        unwanted = head is not clause.finite and any(child.dep_ == "neg" for child in clause.finite.children)
        wish = _called(head) or _standing(head)
        if wish is not None and unwanted:
            wish = Wish(f"Do not {wish.text[:1].lower()}{wish.text[1:]}", "", "", wish.tokens)
        if wish is not None:
            found.append(wish)
    return found


def is_about_answers(tokens: "Iterable[Token]") -> bool:
    """Whether a preference that is told ("I prefer short answers") is one about replies."""
    return any(token.pos_ == "NOUN" and token.lemma_.lower() in _ANSWERS for token in tokens)


def _wished(finite: "Token") -> "Token | None":
    """The verb of what is wished: an imperative, "you should …", "I want you to …", "I'd like you to …"."""
    subject = next((child for child in finite.children if child.dep_ in SUBJECTS), None)
    if (
        finite.tag_ == "NN"
        and finite.lower_ in ("reply", "answer", "talk", "respond")
        and finite.i == finite.sent.start
    ):
        return finite
    mood = {child.lower_ for child in finite.children if child.dep_ == "aux"}
    if (
        finite.tag_ in ("VB", "VBP")
        and subject is None
        and finite.dep_ in word_class("ROOT conj ccomp parataxis dep advcl")
    ):
        if finite.dep_ == "conj" and finite.head.tag_ not in ("VB", "VBP"):
            return None
        marked = any(child.dep_ == "mark" for child in finite.children)
        return None if mood - {"do", "don't"} or marked else finite
    if subject is not None and subject.lower_ == "you" and finite.tag_ == "VB":
        if finite.dep_ == "ccomp" and finite.head.lemma_ in ("want", "like", "need", "prefer", "wish", "help", "let"):
            return None
        asks = any(child.dep_ == "aux" and child.i < subject.i for child in finite.children)
        return finite if mood & word_class("should must can could would to") and (not asks or _lasts(finite)) else None
    if subject is not None and subject.lower_ == "i" and finite.lemma_ in ("want", "like", "need", "prefer", "wish"):
        for child in finite.children:
            if child.dep_ in ("ccomp", "xcomp") and any(
                g.dep_ == "nsubj" and g.lower_ == "you" for g in child.children
            ):
                return child if _lasts(child) or _about_replies(child) or child.lemma_ == "call" else None
    return None


def _lasts(verb: "Token") -> bool:
    words = [token.lower_ for token in verb.doc[max(0, verb.sent.start - 6) : verb.sent.end]]
    joined = " ".join(words)
    near = {token.lower_ for token in verb.subtree}
    each_time = "whenever" in words or "when i ask" in joined
    return each_time or bool(near & _ALWAYS) or any(phrase in joined for phrase in _ALWAYS_PHRASES)


def _about_replies(verb: "Token") -> bool:
    return any(
        token.lemma_.lower() in _REPLIES or token.lower_ in _REPLIES for token in verb.subtree if token.i != verb.i
    )


def _called(verb: "Token") -> Wish | None:
    """ "call me Sam", "you can call me Sam", "don't call me Samuel"."""
    if verb.lemma_.lower() not in ("call", "address"):
        return None
    if not any(child.dep_ in ("dobj", "nsubj", "dative") and child.lower_ == "me" for child in _below(verb)):
        return None
    name = next(
        (
            child
            for child in _below(verb)
            if child.dep_ in word_class("oprd attr dobj ccomp npadvmod appos pobj")
            and child.lower_ != "me"
            and child.pos_ in ("PROPN", "NOUN", "ADJ", "X")
        ),
        None,
    )
    if (
        name is None
        or name.ent_type_ in ("TIME", "DATE")
        or name.lower_ in word_class("taxi cab ambulance crazy back tomorrow later")
    ):
        return None
    negated = any(child.dep_ == "neg" for child in verb.children)
    value = noun_phrase(name)
    value = value if not value.islower() else value[:1].upper() + value[1:]
    tokens = tuple(sorted((t for t in verb.subtree), key=lambda t: t.i))
    if negated:
        return Wish(finish(f"Not to be called {value}"), "", value, tokens)
    return Wish(f"Wants to be called {value}", "name", value, tokens)


def _below(verb: "Token") -> "list[Token]":
    return [token for token in verb.subtree if token.i > verb.i]


def _standing(verb: "Token") -> Wish | None:
    lemma = verb.lemma_.lower()
    ordered = _lasts(verb) and verb.tag_ == "VB" and lemma not in _NO_ORDERS
    if lemma not in _SPEAKING and not ordered and lemma != "address":
        return None
    stopped = next((child for child in verb.children if child.dep_ == "xcomp"), None) if lemma == "stop" else None
    kept_so = lemma == "keep" and any(child.lower_ in _MANNERS | {"simple"} for child in verb.subtree)
    tokens = [token for token in verb.subtree if token.dep_ not in ("punct",)]
    if any(token.lower_ in _HERE and token.dep_ in ("det", "dobj", "pobj", "nsubj", "amod") for token in tokens):
        return None
    lasts = _lasts(verb)
    indefinite_one = any(
        token.dep_ == "det"
        and token.lower_ in ("a", "an", "the")
        and token.head.dep_ == "dobj"
        and token.head.lemma_.lower() in _REPLIES
        for token in tokens
    )
    manner = lemma == "be" and any(child.lower_ in _MANNERS for child in verb.children) and len(tokens) <= 7
    replies = (
        _about_replies(verb)
        and not indefinite_one
        and (
            lemma
            not in word_class(
                "give write make add include use suggest recommend convert explain start begin end remind"
            )
            or _plural_object(verb)
            or lemma in ("use",)
        )
    )
    formally = lemma == "address" and any(child.dep_ == "advmod" for child in verb.children)
    tongue = formally or (
        lemma in ("answer", "reply", "respond", "speak", "talk")
        and any(
            child.dep_ == "prep" and child.lower_ in ("in", "like", "as", "with", "using") for child in verb.children
        )
        and not any(token.lower_ == "question" for token in tokens)
    )
    if not (lasts or manner or replies or tongue or kept_so or (stopped is not None and stopped.lemma_ in _SPEAKING)):
        return None
    if lemma in ("give", "write", "remind") and any(token.like_num for token in tokens):
        return None
    kept = [
        token
        for token in tokens
        if token.lower_ not in _LEFT_OUT
        and token.dep_ not in ("intj", "cc")
        and not (token.dep_ in SUBJECTS and token.head.i == verb.i)
        and not (token.dep_ == "aux" and token.head.i == verb.i and token.lower_ != "do")
    ]
    kept = _without_clauses(kept, verb)
    words = "".join(
        _outside(token) + ("" if place + 1 == len(kept) or kept[place + 1].i == token.i + 1 else " ")
        for place, token in enumerate(kept)
    )
    return Wish(finish(" ".join(words.split())), "", "", tuple(tokens))


def _plural_object(verb: "Token") -> bool:
    return any(
        child.dep_ == "dobj" and child.tag_ in ("NNS", "NN") and not any(g.dep_ == "det" for g in child.children)
        for child in verb.children
    )


def _without_clauses(tokens: "list[Token]", verb: "Token") -> "list[Token]":
    other = {
        inner.i
        for child in verb.children
        if child.dep_ in ("advcl", "conj", "ccomp", "parataxis")
        and any(g.dep_ in SUBJECTS for g in child.children)
        and not any(g.dep_ in ("mark", "advmod") and g.lower_ in ("when", "whenever", "unless") for g in child.children)
        for inner in child.subtree
    }
    return [token for token in tokens if token.i not in other]


def _outside(token: "Token") -> str:
    """The word as the note has it; "n't" is spelled out."""
    if token.lower_ in ("n't", "nt"):
        return " not" + token.whitespace_
    if token.lower_ == "do" and token.dep_ == "aux":
        return "do "
    return token.text_with_ws
