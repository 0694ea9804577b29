"""One fact about one person, taken apart for comparing: of whom, what, how many, called what, when, denied or not."""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from memos_engine.language.numerals import NUMERALS
from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.language.stemming import stem
from memos_engine.reader.lexicon import word_class
from memos_engine.reader.protocol import ME
from memos_engine.reader.subjects import PETS, RELATIONS
from memos_engine.support.equivalents import AVERSE, DENYING, FRAME, OVER, UNREAL, WANTING
from memos_engine.types import Candidate, Memory, Precision

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Doc, Token

_MONTHS = "january february march april may june july august september october november december"
_MONTH = _MONTHS.replace(" ", "|")
CALENDAR = word_class(f"{_MONTHS} monday tuesday wednesday thursday friday saturday sunday")
_CALENDAR = CALENDAR | word_class("last next ago since until spring summer autumn winter today yesterday tomorrow")
_CARRYING = UNREAL | {"have", "go"}
"""Verbs behind which another says what is meant: "wants to learn"."""
_COMPLEMENTS = word_class("acomp attr dobj oprd")
_DESCRIBING = word_class("older elder eldest oldest younger youngest big little old young best new late former ex")
_NUMBERS = {word: digits for word, digits in NUMERALS.items() if word not in ("zero", "one")} | {
    "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "hundred": "100", "both": "2", "twice": "2",
}  # fmt: skip
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_DATE = re.compile(
    rf"(?:,| since| until| to)? ?(?:\d{{1,2}} )?(?:(?:{_MONTH})(?: to (?:{_MONTH}))? )?\d{{4}}(?: \d\d:\d\d)?\b",
    re.IGNORECASE,
)
_THING_FIRST = re.compile(r"(?:\S+ ){1,5}?(?:is|are|was|were|has|have)\b")
_SHE = "She"
_VERBS = word_class("is are was were has have does do did can cannot will must never not used")
_WORD = re.compile(r"[^\W_]+")
_COMPOUND = re.compile(r"[^\W_]+(?:-[^\W_]+)*")

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Note:
    """A fact as a memory words it, or a claim of a reply in the same form. `subject` as in `Memory`."""

    text: str
    subject: str
    when: Span | None = None
    slot: str = ""
    value: str = ""
    quote: str = ""
    """More of the words that say it: names and numbers may stand in them only."""
    over: bool = False
    """A memory of what held before and holds no more."""


@dataclass(frozen=True)
class Statement:
    """A note, taken apart. Words are lemmas in lower case."""

    note: Note
    relations: frozenset[str]
    """Whom it is about, as "sister"; of the person themself none."""
    called: frozenset[str]
    """The names of whom it is about."""
    predicate: str
    """Lemma of its verb; "be" where it has none."""
    words: frozenset[str]
    """Content, without the predicate, the subject, numbers and dates."""
    names: frozenset[str]
    """Those of `words` that are names."""
    numbers: frozenset[str]
    spoken: frozenset[str]
    """Stems of all its words, those of its quote too."""
    figures: frozenset[str]
    """All its numbers, those of dates and of its quote too."""
    denied: bool
    aspect: frozenset[str]
    """Words by which it is not so, not yet so, or no longer so: "want", "used"."""
    present: bool
    """Whether it says how something is now."""

    @property
    def is_mine(self) -> bool:
        """Whether it is about the person themself."""
        return self.note.subject == ME


def span(start: datetime | None, end: datetime | None, precision: Precision | None) -> Span | None:
    """The time of a memory, as exactly as it is known."""
    if start is None:
        return None
    days = {Precision.YEAR: 366, Precision.MONTH: 31, None: 1}.get(precision, 1)
    return start, max(end or start, start + timedelta(days=days))


def note_of(fact: Candidate | Memory) -> Note:
    """A memory, or what was read in a text, as a note."""
    quote = " ".join(source.quote for source in fact.sources) if isinstance(fact, Memory) else fact.quote
    when = span(fact.valid_from, fact.valid_to, fact.valid_precision)
    over = isinstance(fact, Memory) and fact.is_past
    return Note(fact.text, fact.subject, when, fact.slot, fact.value, quote, over)


def statements(pipeline: LanguagePipeline, notes: Sequence[Note]) -> list[Statement]:
    """The notes taken apart, in their order."""
    docs = list(pipeline.parse_many([_sentence(note) for note in notes]))
    verbless = [place for place, note in enumerate(notes) if _is_verbless(note, docs[place])]
    mended = pipeline.parse_many([_sentence(notes[place], "is ") for place in verbless])
    for place, doc in zip(verbless, mended, strict=True):
        docs[place] = doc
    return [
        of_tokens(note, doc[_opening(note, doc) :], _predicate(doc), _subject_words(note))
        for note, doc in zip(notes, docs, strict=True)
    ]


def stems(text: str) -> frozenset[str]:
    """The stems of all words of a text."""
    return frozenset(map(stem, _WORD.findall(text.casefold())))


def numbers(text: str) -> frozenset[str]:
    """The numbers of a text, in digits; "one" counts as an article."""
    words = (_NUMBERS.get(word) for word in _WORD.findall(text.casefold()))
    return frozenset({found.replace(",", "") for found in _DIGITS.findall(text)} | {word for word in words if word})


def _sentence(note: Note, verb: str = "") -> str:
    """The text with a subject (and verb) before it, where it has none: a parser was taught whole sentences."""
    text = note.text.strip()
    if note.subject != ME or not _needs_subject(text):
        return text or "…"
    return f"{_SHE} {verb}{text[:1].lower()}{text[1:]}" if not text[:2].isupper() else f"{_SHE} {verb}{text}"


def _is_verbless(note: Note, doc: "Doc") -> bool:
    """Whether a note begins with what the person is: "Allergic to peanuts", "34 years old"."""
    if note.subject != ME or not _needs_subject(note.text.strip()) or len(doc) < 2:
        return False
    return doc[1].tag_ in ("JJ", "CD", "NN", "NNS", "NNP", "VBG", "VBN", "IN") and note.text.split()[0].lower() != "is"


def _opening(note: Note, doc: "Doc") -> int:
    """How many words were put before the text."""
    if note.subject != ME or not _needs_subject(note.text.strip()):
        return 0
    return 2 if len(doc) > 1 and doc[1].lower_ == "is" and note.text.split()[0].lower() != "is" else 1


def _needs_subject(text: str) -> bool:
    first = text.partition(" ")[0].casefold()
    return bool(text) and (first in _VERBS or _THING_FIRST.match(text) is None)


def of_tokens(note: Note, tokens: "Iterable[Token]", head: "Token", whom: AbstractSet[str]) -> Statement:
    """A statement of these tokens, with the predicate `head`, about `whom` (relations and names; empty: the person)."""
    said = list(tokens)
    verbal = head.pos_ in ("VERB", "AUX")
    words: set[str] = set()
    names: set[str] = set()
    for token in said:
        if not token.text[:1].isalpha() or (verbal and token.i == head.i) or _is_frame(token, note, whom):
            continue
        words.add(token.lemma_.lower())
        if token.text[:1].isupper() and token.i > said[0].i and (token.pos_ == "PROPN" or token.ent_type_):
            names.add(token.lemma_.lower())
    spoken = stems(f"{note.text} {note.quote} {note.subject}") | {stem(token.lemma_.lower()) for token in said}
    return Statement(
        note=note,
        relations=frozenset(word for word in whom if word in RELATIONS or word in PETS),
        called=frozenset(word for word in whom if word not in RELATIONS and word not in PETS) - _DESCRIBING,
        predicate=head.lemma_.lower() if verbal else "be",
        words=frozenset(words),
        names=frozenset(names),
        numbers=numbers(_undated(note)),
        spoken=spoken,
        figures=numbers(f"{note.text} {note.quote}"),
        denied=_denials(said, head) % 2 == 1,
        aspect=_aspect(said),
        present=_is_present(head),
    )


def _is_frame(token: "Token", note: Note, whom: AbstractSet[str]) -> bool:
    lemma = token.lemma_.lower()
    if token.is_stop or lemma in FRAME or token.lower_ in whom or {singular(lemma), person_word(token)} & whom:
        return True
    if token.lower_ == "longer" and token.i and token.nbor(-1).lower_ == "no":
        return True
    if token.lower_ == "law" and token.i > 3 and token.doc[token.i - 3 : token.i].text.casefold() == "-in-":
        return True
    if lemma in DENYING or _is_unreal(token) or token.lower_ in OVER or token.lower_ in _NUMBERS:
        return True
    return note.when is not None and token.lower_ in _CALENDAR


def _predicate(doc: "Doc") -> "Token":
    root = next((token for token in doc if token.dep_ == "ROOT"), doc[0])
    while root.lemma_.lower() in _CARRYING or root.lower_ in OVER:
        inner = next((child for child in root.children if child.dep_ == "xcomp" and child.pos_ == "VERB"), None)
        if inner is None:
            break
        root = inner
    return root


def _subject_words(note: Note) -> set[str]:
    """Relation and name of whom a note is about: of its label, and of the words that its text begins with."""
    if note.subject == ME:
        return set()
    found = {singular(word) for word in _COMPOUND.findall(note.subject.casefold())} - {"my", "s"}
    for word in _COMPOUND.findall(note.text)[:4]:
        low = singular(word.casefold())
        if low in RELATIONS or low in PETS:
            found.add(low)
        elif low not in found and not word[:1].isupper():
            break
    return found


def person_word(token: "Token") -> str:
    """A token as it names a person: "sister" of "sisters", "mother-in-law" of the first of its five tokens."""
    if token.doc[token.i + 1 : token.i + 5].text.casefold() == "-in-law":
        return f"{token.lower_}-in-law"
    return singular(token.lower_)


def singular(word: str) -> str:
    """The relation or pet that a plural names ("sisters"); other words as they are."""
    for plural, single in (("children", "child"), ("wives", "wife"), ("ies", "y"), ("s", "")):
        shorter = word.removesuffix(plural) + single
        if word.endswith(plural) and (shorter in RELATIONS or shorter in PETS):
            return shorter
    return word


def _denials(tokens: "Sequence[Token]", head: "Token") -> int:
    denials = 0
    for place, token in enumerate(tokens):
        longer = token.lower_ == "no" and place + 1 < len(tokens) and tokens[place + 1].lower_ == "longer"
        if token.dep_ == "intj":
            continue
        if token.lower_ == "no" and head.i not in (token.head.i, token.head.head.i):
            continue
        means = token.i == head.i or (token.head.i == head.i and token.dep_ in _COMPLEMENTS)
        denials += (token.lower_ in DENYING and not longer) or (means and token.lemma_.lower() in AVERSE)
    return denials


def _is_unreal(token: "Token") -> bool:
    """Whether a word makes that something is not so yet; not the month of May."""
    return token.lemma_.lower() in UNREAL and not (token.text == "May" and token.tag_ != "MD")


def _is_over(token: "Token") -> bool:
    """Whether a word makes that something is so no more; not "left" of a hand."""
    return token.lemma_.lower() in OVER and not (token.lemma_.lower() == "leave" and token.pos_ not in ("VERB", "AUX"))


def _aspect(tokens: "Sequence[Token]") -> frozenset[str]:
    found = {token.lemma_.lower() for token in tokens if _is_unreal(token) or _is_over(token)}
    if any(token.lower_ in ("used", "longer", "anymore") and token.dep_ != "amod" for token in tokens):
        found.add("used")
    return frozenset("want" if word in WANTING else word for word in found)


def _is_present(head: "Token") -> bool:
    finite = [head, *(child for child in head.children if child.dep_ == "aux" and child.lemma_ == "be")]
    return any(token.tag_ in ("VBZ", "VBP") for token in finite)


def _undated(note: Note) -> str:
    """The text without the date at its end that `when` says."""
    return note.text if note.when is None else _DATE.sub(" ", note.text)
