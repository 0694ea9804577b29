"""Evens out spelling before the parse (chat shorthand, fillers, lower-case i, splices) and keeps every token's span.

The parser was trained on edited text. What it sees here is a list of words made from the message's tokens; each word
remembers the characters of the message that it stands for, so that quotes stay exact.
"""

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.reader.lexicon import word_class
from memos_engine.reader.subjects import RELATIONS

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Doc, Token

SHORTHAND: dict[str, tuple[str, ...]] = {
    "u": ("you",),
    "ur": ("your",),
    "r": ("are",),
    "n": ("and",),
    "pls": ("please",),
    "plz": ("please",),
    "bf": ("boyfriend",),
    "gf": ("girlfriend",),
    "bff": ("best", "friend"),
    "sis": ("sister",),
    "bro": ("brother",),
    "hubby": ("husband",),
    "bday": ("birthday",),
    "b-day": ("birthday",),
    "fav": ("favourite",),
    "fave": ("favourite",),
    "uni": ("university",),
    "rn": ("right", "now"),
    "w/": ("with",),
    "w": ("with",),
    "bc": ("because",),
    "cuz": ("because",),
    "cos": ("because",),
    "coz": ("because",),
    "ppl": ("people",),
    "luv": ("love",),
    "gonna": ("going", "to"),
    "wanna": ("want", "to"),
    "gotta": ("have", "to"),
    "tmrw": ("tomorrow",),
    "tmr": ("tomorrow",),
    "2day": ("today",),
    "yr": ("year",),
    "yrs": ("years",),
    "yo": ("years", "old"),
    "y/o": ("years", "old"),
    "appt": ("appointment",),
    "thx": ("thanks",),
    "dont": ("do", "n't"),
    "cant": ("can", "n't"),
    "doesnt": ("does", "n't"),
    "didnt": ("did", "n't"),
    "wont": ("will", "n't"),
    "isnt": ("is", "n't"),
    "arent": ("are", "n't"),
    "wasnt": ("was", "n't"),
    "havent": ("have", "n't"),
    "couldnt": ("could", "n't"),
    "wouldnt": ("would", "n't"),
    "im": ("I", "'m"),
    "ive": ("I", "'ve"),
    "iam": ("I", "am"),
    "alergic": ("allergic",),
    "allergik": ("allergic",),
    "favorit": ("favourite",),
    "favourit": ("favourite",),
    "wich": ("which",),
    "becuase": ("because",),
    "becouse": ("because",),
    "recieved": ("received",),
    "definately": ("definitely",),
    "vegeterian": ("vegetarian",),
    "vegitarian": ("vegetarian",),
    "birthay": ("birthday",),
    "freind": ("friend",),
    "huband": ("husband",),
    "dauther": ("daughter",),
    "doughter": ("daughter",),
    "studing": ("studying",),
    "bougt": ("bought",),
    "thier": ("their",),
}
"""Spellings of chat and common slips, and the words that they stand for."""

FILLERS = word_class(
    "lol lmao rofl btw tbh haha hahaha hehe omg ngl imo imho fyi xoxo xx xxx smh idk ugh um uh "
    "erm yep yeah yup yay hmm hm oh ah aha wow oops anyway anyways basically literally actually "
    "obvs honestly well"
)
"""Words that say nothing: left out of what the parser sees where they stand loose."""

_FILLER_PHRASES = tuple(
    tuple(phrase.split())
    for phrase in ("by the way", "to be honest", "to be fair", "as you know", "just to let you know ,")
)
_LOOSE_ONLY = word_class("well actually basically literally honestly anyway oh ah")
_SUBJECT_PRONOUNS = word_class("i we he she they you it")
_OPENERS = word_class(
    "if when whenever since because as while although though after before unless once until given even where"
)
_SPLICING = word_class("i im ive my we he she they hes shes he's")
_JOINED_WITH_SPACE = {
    ("left", "handed"): "left-handed",
    ("right", "handed"): "right-handed",
    ("colour", "blind"): "colour-blind",
    ("color", "blind"): "color-blind",
    ("self", "employed"): "self-employed",
    ("gluten", "free"): "gluten-free",
    ("dairy", "free"): "dairy-free",
    ("non", "binary"): "non-binary",
    ("part", "time"): "part-time",
    ("full", "time"): "full-time",
}
"""Two words that are one, often written apart."""
_TELLING = word_class("from a an called allergic not named obsessed vegan vegetarian pregnant")
"""Words behind a noun and "s" by which the "s" is an "is"."""
_OPENING_PHRASES = ("from now on", "in future", "in the future", "going forward", "and from now on")
_MONTH_SPELLINGS = word_class("jan feb mar march apr may jun jul aug sep sept oct nov dec")
_BEFORE_MONTH = word_class("in since last next of until till by from early late mid")
_LOWER_NAMES = {
    name.lower(): name
    for name in [
        "January",
        "February",
        "April",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "Christmas",
        "Easter",
        "English",
        "French",
        "German",
        "Spanish",
        "Italian",
        "Dutch",
        "Portuguese",
        "Japanese",
        "Chinese",
        "Russian",
        "Polish",
        "Swedish",
        "Danish",
        "Norwegian",
        "Greek",
        "Turkish",
        "Korean",
        "Arabic",
        "Hindi",
        "Irish",
        "Scottish",
        "Welsh",
        "British",
        "American",
    ]
}


@dataclass(frozen=True)
class Surface:
    """A parsed-to-be document and, for each of its tokens, the `[start, end)` characters of the text behind it."""

    text: str
    doc: "Doc"
    spans: tuple[tuple[int, int], ...]

    def span(self, tokens: "list[Token]") -> tuple[int, int]:
        """The characters of the text from the first to the last of `tokens` (in document order)."""
        return self.spans[tokens[0].i][0], self.spans[tokens[-1].i][1]


@dataclass
class _Word:
    text: str
    start: int
    end: int
    space: bool
    opens: bool = False


def prepare(pipeline: LanguagePipeline, text: str, hidden: list[tuple[int, int]]) -> Surface:
    """Words for the parser from `text`. Characters inside `hidden` spans (code, quoted lines) stay out of it."""
    words = _cut(pipeline, text, hidden)
    doc = pipeline.compose([word.text for word in words], [word.space for word in words])
    for token, word in zip(doc, words, strict=True):
        if word.opens:
            token.is_sent_start = True
    return Surface(text, doc, tuple((word.start, word.end) for word in words))


def _cut(pipeline: LanguagePipeline, text: str, hidden: list[tuple[int, int]]) -> list[_Word]:
    words: list[_Word] = []
    line_break = False
    evened = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"').replace("\x00", " ")
    raw = list(pipeline.tokenise(evened))
    at = 0
    while at < len(raw):
        token, first = raw[at], at
        start, end = token.idx, token.idx + len(token.text)
        at += 1
        if token.is_space:
            line_break = line_break or "\n" in token.text
            continue
        if any(low < end and start < high for low, high in hidden):
            line_break = True
            continue
        if _picture(token.text):
            continue
        if _resumes(words, token.lower_):
            continue
        phrase = next((words_ for words_ in _FILLER_PHRASES if _reads(raw, first, words_)), None)
        if phrase is not None:
            at = first + len(phrase)
            continue
        if token.lower_ in FILLERS and _loose(raw, at - 1):
            continue
        spelled = token.text
        joined, more = _compound(raw, at - 1)
        if joined:
            spelled, at = joined, at + more
            end = raw[at - 1].idx + len(raw[at - 1].text)
        if at + 3 < len(raw) and raw[at].text == "-" and raw[at + 1].lower_ == "in" and raw[at + 3].lower_ == "law":
            spelled, end = spelled + "-in-law", raw[at + 3].idx + len(raw[at + 3].text)
            at += 4
        plural = _apostrophe_lost(words, raw, first)
        if plural:
            words.append(_Word(plural, start, end, False, False))
            spelled = "'s" if raw[at].lower_ in ("name", "birthday", "job") else "is"
            words[-1].space = spelled == "is"
        opens = bool(words) and (line_break or _splice(words, raw, first))
        line_break = False
        pieces = _spell(spelled, words, raw, at)
        for place, piece in enumerate(pieces):
            last = place == len(pieces) - 1
            space = bool(raw[at - 1].whitespace_) if last else not piece_joins(pieces[place + 1])
            words.append(_Word(piece, start, end, space, opens and place == 0))
    return words


def piece_joins(piece: str) -> bool:
    """Whether a word is written onto the one before it ("n't", "'m")."""
    return "'" in piece


def _spell(spelled: str, words: list[_Word], raw: "list[Token]", at: int) -> tuple[str, ...]:
    lower = spelled.lower()
    before = words[-1].text.lower() if words else ""
    if lower == "i":
        return ("I",)
    if lower == "s" or lower == "'s":
        after = raw[at].lower_ if at < len(raw) else ""
        says = before in ("name", "birthday", "job") or (after in _TELLING and len(before) > 2)
        return ("is",) if says and before not in ("it", "that", "he", "she", "what", "there") else (spelled,)
    if before == "i" and lower in ("m", "ve", "d", "ll"):
        return (f"'{lower}",)
    if lower == "nt":
        return ("n't",)
    if lower == "w" and not (at < len(raw) and raw[at].is_alpha):
        return (spelled,)
    if lower == "r" and before not in ("you", "we", "they", "u"):
        return (spelled,)
    if lower in ("yo", "yr", "yrs") and not (before.isdigit()):
        return (spelled,)
    if spelled.isupper() and len(spelled) > 1 and lower not in ("im", "ive"):
        return (spelled,)
    if spelled in _MONTH_SPELLINGS and _is_month(before, raw, at):
        return (spelled.capitalize(),)
    if lower in SHORTHAND:
        return SHORTHAND[lower]
    return (_LOWER_NAMES.get(spelled, spelled),)


def _resumes(words: list[_Word], lower: str) -> bool:
    """Whether a pronoun says a subject twice, as learners of English do: "My husband he has diabetes"."""
    if lower not in ("he", "she", "they") or len(words) < 2 or words[-1].text.lower() not in RELATIONS:
        return False
    opens = len(words) == 2 or words[-2].opens or words[-3].text in word_class(". ! ? , ; and")
    return opens and words[-2].text.lower() in ("my", "our")


def _picture(text: str) -> bool:
    """Whether a token is emoji, joiners or control characters only."""
    return all(
        unicodedata.category(character) in ("So", "Sk", "Cf", "Cc", "Co", "Cs", "Mn", "Me") for character in text
    )


def _reads(raw: "list[Token]", at: int, words: tuple[str, ...]) -> bool:
    return len(raw) >= at + len(words) and all(raw[at + place].lower_ == word for place, word in enumerate(words))


def _apostrophe_lost(words: list[_Word], raw: "list[Token]", at: int) -> str:
    """The noun of "my dads from Leeds", "my phones an iphone": a plural that stands for "dad is"; empty for others."""
    token = raw[at]
    if not words or words[-1].text.lower() not in ("my", "our") or at + 1 >= len(raw) or not token.is_alpha:
        return ""
    lower, after = token.lower_, raw[at + 1].lower_
    singular = token.text[:-1]
    if not lower.endswith("s") or len(lower) < 4 or lower.endswith(("ss", "us", "is")) or not token.whitespace_:
        return ""
    return singular if after in _TELLING or after in ("name", "birthday", "job") else ""


def _compound(raw: "list[Token]", at: int) -> tuple[str, int]:
    """A word written with a hyphen or as two words ("left-handed", "left handed") as the one that it is, and how many
    further tokens it takes in."""
    token = raw[at]
    if at + 2 < len(raw) and raw[at + 1].text == "-" and token.is_alpha and raw[at + 2].is_alpha:
        tight = not token.whitespace_ and not raw[at + 1].whitespace_
        if tight and not (at + 4 < len(raw) and raw[at + 3].text == "-"):
            return f"{token.text}-{raw[at + 2].text}", 2
    if at + 1 < len(raw):
        return _JOINED_WITH_SPACE.get((token.lower_, raw[at + 1].lower_), ""), 1
    return "", 0


def _is_month(before: str, raw: "list[Token]", at: int) -> bool:
    after = raw[at].text[:1] if at < len(raw) else ""
    return after.isdigit() or before[:1].isdigit() or (before in _BEFORE_MONTH)


def _loose(raw: "list[Token]", at: int) -> bool:
    if raw[at].lower_ not in _LOOSE_ONLY:
        return True
    after = raw[at + 1].text if at + 1 < len(raw) else ""
    return after in (",", ".", "") and (at == 0 or raw[at - 1].is_punct or raw[at - 1].is_space)


def _splice(words: list[_Word], raw: "list[Token]", at: int) -> bool:
    """Whether token `at` starts a new sentence behind a comma: "…, i have two cats" after a whole clause."""
    if words[-1].text not in word_class(", - – — ; ... …"):
        return False
    segment: list[str] = []
    for word in reversed(words[:-1]):
        segment.append(word.text.lower())
        if word.opens or word.text in ".!?":
            break
    if " ".join(word for word in reversed(segment) if word.isalpha()) in _OPENING_PHRASES:
        return True
    first = next((word for word in reversed(segment) if word.isalpha()), "")
    return (
        raw[at].lower_ in _SPLICING
        and len(segment) > 2
        and first not in _OPENERS
        and any(word in _SUBJECT_PRONOUNS for word in segment)
    )
