"""Requests to the program in words: "remember that …", "forget that …", "what do you know about me?", "call me …"."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from memos_engine.language.identify import identify
from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.reader import material
from memos_engine.reader.clauses import SUBJECTS
from memos_engine.reader.lexicon import word_class
from memos_engine.reader.surface import Surface, prepare
from memos_engine.reader.wishes import wishes

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_LONGEST = 2000
_KEEPING = word_class("remember note memorise memorize save store keep")
_DROPPING = word_class("forget delete erase remove unlearn wipe")
_OF_ANYTHING = word_class("keep save store delete erase remove wipe note")
"""Said of files and words as well: only with a word of memory are they about it."""
_MEMORY = word_class("memory memories note notes mind")
_KNOWING = word_class("know remember have recall learn store save")
_COURTESY = word_class(
    "please you kindly i i'd want need like to 'd hey hi ok okay also and so always just memos then now do"
)
_POLITE = word_class("can could would will")


class RequestKind(StrEnum):
    """What is asked of the program."""

    REMEMBER = "remember"
    FORGET = "forget"
    LIST = "list"
    CALL_ME = "call_me"


@dataclass(frozen=True)
class SpokenRequest:
    """A request to the program. `text` is what it is about ("I park on level 3", "Sam"; empty for a list of everything,
    else its topic) and stands at `[start, end)` of the message."""

    kind: RequestKind
    text: str
    start: int
    end: int
    statements: tuple[tuple[int, int], ...] = ()
    """Of what is to be remembered: where each statement stands that says something by itself."""


def spoken_request(pipeline: LanguagePipeline, text: str) -> SpokenRequest | None:
    """The request that a message makes of the program, or None. "Do you remember that …?" asks and is none; nor are
    words inside quotation marks or code, or a message longer than 2,000 characters."""
    if len(text) > _LONGEST or not text.strip() or identify(text) != "en":
        return None
    surface = prepare(pipeline, text, sorted(material.hidden(text) + material.quoted(text)))
    if not len(surface.doc):
        return None
    surface = Surface(text, pipeline.parse(surface.doc), surface.spans)
    for token in surface.doc:
        found = _remember(surface, token) or _list(surface, token)
        if found is not None:
            return found
    for wish in wishes(surface.doc):
        if wish.slot == "name":
            named = [token for token in wish.tokens if token.text.lower() in wish.value.lower().split()]
            start, end = surface.span(named or list(wish.tokens))
            return SpokenRequest(RequestKind.CALL_ME, wish.value, start, end)
    return None


def _asked_for(verb: "Token") -> bool:
    """Whether the listener is told or politely asked to do `verb`: an imperative, "can you …", "I want you to …"."""
    subject = next((child for child in verb.children if child.dep_ in SUBJECTS), None)
    if subject is None:
        if verb.dep_ == "ROOT" and verb.lower_ in _DROPPING:
            return True  # the tagger takes "Delete" for a participle or a name
        to = any(child.dep_ == "aux" and child.lower_ == "to" for child in verb.children)
        return verb.tag_ in ("VB", "VBP") and not to and verb.dep_ in word_class("ROOT ccomp conj advcl parataxis dep")
    if subject.lower_ != "you":
        return False
    polite = any(child.dep_ == "aux" and child.lower_ in _POLITE and child.i < subject.i for child in verb.children)
    wanted = verb.dep_ in ("ccomp", "xcomp") and verb.head.lemma_ in ("want", "like", "need") and verb.head.i < verb.i
    return polite or wanted


def _remember(surface: Surface, verb: "Token") -> SpokenRequest | None:
    lemma = verb.lemma_.lower()
    if (lemma not in _KEEPING and lemma not in _DROPPING) or not _asked_for(verb) or not _in_front(verb):
        return None
    behind = [token for token in verb.sent if token.i > verb.i]
    kind = _kind(verb, lemma, behind)
    if kind is None:
        return None
    if kind is RequestKind.REMEMBER and any(token.text == ":" for token in behind[:2]):
        behind += _sentences_after(verb)
    content = _content(_named_memory(behind)) if kind is RequestKind.FORGET else _content(behind)
    empty = all(token.is_punct or token.lower_ in ("it", "this", "that", "please", "me") for token in content)
    pointed = any(token.lower_ in ("that", "it", "this") for token in behind)
    if empty and (kind is RequestKind.REMEMBER or not pointed):
        return None
    if kind is RequestKind.FORGET and lemma == "forget" and (content or behind)[0].lower_ in ("to", "it"):
        return None
    if not content:
        content = [token for token in behind if token.lower_ in ("that", "it", "this")][:1]
    start, end = surface.span(content)
    statements = tuple(_statements(surface, content)) if kind is RequestKind.REMEMBER else ()
    return SpokenRequest(kind, surface.text[start:end], start, end, statements)


def _kind(verb: "Token", lemma: str, behind: "list[Token]") -> RequestKind | None:
    """Whether a request to keep or to drop, by its verb, is one about memory, and which."""
    if any(child.dep_ == "neg" for child in verb.children):
        if lemma == "forget" and (_tells(verb) or _is_of_theirs(behind)):
            return RequestKind.REMEMBER
        return RequestKind.FORGET if lemma in _KEEPING and _is_just_that(lemma, behind) else None
    if lemma in _OF_ANYTHING and not _of_memory(verb, lemma, behind):
        return None
    if lemma in _DROPPING:
        return RequestKind.FORGET
    return None if behind and behind[0].lower_ == "to" else RequestKind.REMEMBER


def _tells(verb: "Token") -> bool:
    return any(child.dep_ == "ccomp" for child in verb.children)


def _is_of_theirs(behind: "list[Token]") -> bool:
    """ "My flight on Friday", "about my flight"."""
    words = [token.lower_ for token in behind[:2]]
    return words[:1] in (["my"], ["our"]) or words in (["about", "my"], ["about", "our"])


def _is_just_that(lemma: str, behind: "list[Token]") -> bool:
    words = {token.lower_ for token in behind if not token.is_punct}
    if lemma == "remember" and words <= {"that", "it"}:
        return False  # who says so may mean "I don't remember that"
    return bool(words) and words <= word_class("that this it what i just said wrote told you please")


def _named_memory(behind: "list[Token]") -> "list[Token]":
    """What is to be dropped, without "from your memory" behind it and "the memory about" before it."""
    for at, token in enumerate(behind):
        if token.lower_ in ("from", "out") and any(word.lower_ in _MEMORY for word in behind[at : at + 4]):
            behind = behind[:at]
            break
    words = [token.lower_ for token in behind if not token.is_punct]
    if len(words) > 1 and words[0] in ("the", "that", "this", "your") and words[1] in _MEMORY:
        if words[2:] and words[2] in ("about", "of", "that", "on"):
            return behind[3:]
        return behind[:1] if len(words) == 2 and words[0] in ("that", "this") else behind
    if _all_that_is_known(behind):
        return behind[4:]
    return behind


def _all_that_is_known(behind: "list[Token]") -> bool:
    """ "Everything you know about my job"."""
    words = [token.lower_ for token in behind[:4]]
    opened = len(behind) > 4 and words[0] in ("everything", "anything", "all", "what") and words[1] == "you"
    return opened and behind[2].lemma_ in _KNOWING and words[3] in ("about", "of")


def _sentences_after(verb: "Token") -> "list[Token]":
    """What is listed behind a colon goes on over full stops, until something is asked."""
    following: list[Token] = []
    for sentence in verb.doc.sents:
        if sentence.start < verb.sent.end:
            continue
        if any(token.text == "?" for token in sentence):
            break
        following += sentence
    return following


def _statements(surface: Surface, content: "list[Token]") -> Iterator[tuple[int, int]]:
    """ "My bike is red and that I was born in Lisbon": two, each from its first word to its last."""
    within = {token.i for token in content}
    heads = [token for token in content if _opens_statement(token, within)]
    for head in heads:
        others = {token.i for other in heads if other is not head and other in head.subtree for token in other.subtree}
        words = [token for token in head.subtree if token.i in within and token.i not in others]
        while words and (words[0].is_punct or words[0].dep_ == "cc" or words[0].lower_ == "that"):
            words.pop(0)
        while words and (words[-1].is_punct or words[-1].dep_ == "cc" or words[-1].lower_ == "that"):
            words.pop()
        if words:
            yield surface.span(words)


def _opens_statement(token: "Token", within: set[int]) -> bool:
    """Whether it is the predicate, with a subject of its own, of what is not part of another statement."""
    if not any(child.dep_ in SUBJECTS for child in token.children):
        return False
    if token.dep_ == "conj" and token.head.i in within:
        return _opens_statement(token.head, within)
    return token.dep_ == "ROOT" or token.head.i not in within


def _in_front(verb: "Token") -> bool:
    """Whether the request opens its sentence: only courtesy and asking words stand before it."""
    before = [token for token in verb.sent if token.i < verb.i and not token.is_punct]
    return all(token.lower_ in _POLITE | _COURTESY or token.dep_ in ("intj", "npadvmod", "neg") for token in before)


def _of_memory(verb: "Token", lemma: str, behind: "list[Token]") -> bool:
    words = {token.lower_ for token in behind}
    if lemma in ("note", "keep"):
        return any(token.lower_ == "that" and token.i <= verb.i + 4 for token in behind) and (
            lemma == "note" or "mind" in words
        )
    return (
        bool(words & _MEMORY)
        or _all_that_is_known(behind)
        or any(token.lower_ in ("what", "everything", "anything") and "me" in words for token in behind)
    )


def _content(behind: "list[Token]") -> "list[Token]":
    """What follows the verb, less "that", "about", "in mind" and the closing courtesy."""
    content = list(behind)
    opening = {
        "that",
        "about",
        "the",
        "fact",
        ":",
        ",",
        "-",
        "down",
        "in",
        "mind",
        "for",
        "me",
        "please",
        "this",
        "what",
        "i",
        "said",
    }
    first = content[0].lower_ if content else ""
    if first in word_class("that about : , - in down please for this the"):
        while content and content[0].lower_ in opening - {"i", "said", "what"}:
            if content[0].lower_ == "the" and not (len(content) > 1 and content[1].lower_ == "fact"):
                break
            if content[0].lower_ in ("that", "this") and len(content) > 1 and content[0].dep_ in ("det",):
                break
            content.pop(0)
    while content and (content[-1].is_punct or content[-1].lower_ in ("please", "thanks", "ok", "okay")):
        content.pop()
    return content


def _list(surface: Surface, verb: "Token") -> SpokenRequest | None:
    """ "What do you know about me?", "show me what you remember", "list my memories"."""
    lemma = verb.lemma_.lower()
    sentence = list(verb.sent)
    words = {token.lower_ for token in sentence}
    you = any(child.dep_ in SUBJECTS and child.lower_ == "you" for child in verb.children)
    asking = any(token.lower_ in ("what", "everything", "all", "anything") for token in sentence)
    if lemma in _KNOWING and you and asking:
        about = next(
            (token for token in verb.subtree if token.lower_ in ("about", "of", "regarding") and token.i > verb.i), None
        )
        if about is None:
            return (
                _whole(surface, sentence)
                if lemma in ("remember",) and not words & {"i", "said", "when", "that"}
                else None
            )
        topic = next((token for token in about.children if token.dep_ in ("pobj", "pcomp")), None)
        if topic is None or topic.lower_ in ("me", "us", "myself"):
            return _whole(surface, sentence)
        mine = any(token.lower_ in ("my", "our") for token in topic.subtree)
        if not mine:
            return None
        tokens = sorted(topic.subtree, key=lambda token: token.i)
        start, end = surface.span(tokens)
        return SpokenRequest(RequestKind.LIST, surface.text[start:end], start, end)
    if (
        lemma in ("show", "list", "display")
        and words & {"memories", "memory"}
        and words & {"my", "your", "me", "all"}
        and _asked_for(verb)
    ):
        return _whole(surface, sentence)
    return None


def _whole(surface: Surface, sentence: "list[Token]") -> SpokenRequest:
    start, end = surface.span(sentence)
    return SpokenRequest(RequestKind.LIST, "", start, end)
