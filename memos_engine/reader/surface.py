"""Evens out spelling before the parse (chat shorthand, fillers, lower-case i, splices) and keeps every token's span.

The parser was trained on edited text. What it sees here is a list of words made from the message's tokens; each word
remembers the characters of the message that it stands for, so that quotes stay exact.
"""

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.reader.ellipsis import restore
from memos_engine.reader.lexicon import word_class
from memos_engine.reader.spelling import (
    BEFORE_MONTH,
    EMPHASISED,
    ENDING,
    FILLER_PHRASES,
    FILLERS,
    JOINED_WITH_SPACE,
    LOOSE_ONLY,
    LOWER_NAMES,
    MONTH_SPELLINGS,
    OPENERS,
    OPENING_PHRASES,
    SHORTHAND,
    SPLICING,
    SUBJECT_PRONOUNS,
    TELLING,
    Word,
    is_given_name,
    mended,
)
from memos_engine.reader.subjects import RELATIONS

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Doc, Token


_ORDERS = word_class("no do don't dont keep use leave make be avoid skip never always")
_PHRASES = {phrase[0]: tuple(each for each in FILLER_PHRASES if each[0] == phrase[0]) for phrase in FILLER_PHRASES}
_IN_LAWS = word_class("mother father brother sister son daughter")


@dataclass(frozen=True)
class Surface:
    """A parsed-to-be document and, for each of its tokens, the `[start, end)` characters of the text behind it."""

    text: str
    doc: "Doc"
    spans: tuple[tuple[int, int], ...]

    def span(self, tokens: "list[Token]") -> tuple[int, int]:
        """The characters of the text from the first to the last of `tokens` (in document order)."""
        return self.spans[tokens[0].i][0], self.spans[tokens[-1].i][1]


def prepare(pipeline: LanguagePipeline, text: str, hidden: list[tuple[int, int]]) -> Surface:
    """Words for the parser from `text`. Characters inside `hidden` spans (code, quoted lines) stay out of it."""
    words = restore(_cut(pipeline, text, hidden))
    doc = pipeline.compose([word.text for word in words], [word.space for word in words])
    for token, word in zip(doc, words, strict=True):
        if word.opens:
            token.is_sent_start = True
    return Surface(text, doc, tuple((word.start, word.end) for word in words))


def _cut(pipeline: LanguagePipeline, text: str, hidden: list[tuple[int, int]]) -> list[Word]:
    words: list[Word] = []
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
        if token.lower_ == "yo" and not (first and raw[first - 1].text.isdigit()):
            continue
        if _picture(token.text) or _face(token.text):
            line_break = line_break or _face(token.text)
            continue
        if _resumes(words, token.lower_):
            continue
        if token.lower_ == "turns" and _reads(raw, first, ("turns", "out")) and (not words or words[-1].text in ",.;!"):
            at = first + 2
            continue
        phrase = next((said for said in _PHRASES.get(token.lower_, ()) if _reads(raw, first, said)), None)
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
        if at + 1 < len(raw) and raw[at].lower_ == "in" and raw[at + 1].lower_ == "law" and token.lower_ in _IN_LAWS:
            spelled, end = spelled + "-in-law", raw[at + 1].idx + len(raw[at + 1].text)
            at += 2
        plural = _apostrophe_lost(words, raw, first)
        if plural:
            words.append(Word(SHORTHAND.get(plural, (plural,))[0], start, end, False, False))
            spelled = "'s" if raw[at].lower_ in ("name", "birthday", "job") else "is"
            words[-1].space = spelled == "is"
        opens = bool(words) and (line_break or _splice(words, raw, first))
        line_break = False
        pieces = _spell(spelled, words, raw, at, pipeline)
        for place, piece in enumerate(pieces):
            last = place == len(pieces) - 1
            space = bool(raw[at - 1].whitespace_) if last else not piece_joins(pieces[place + 1])
            words.append(Word(piece, start, end, space, opens and place == 0))
    return words


def piece_joins(piece: str) -> bool:
    """Whether a word is written onto the one before it ("n't", "'m")."""
    return "'" in piece


def _spell(spelled: str, words: list[Word], raw: "list[Token]", at: int, pipeline: LanguagePipeline) -> tuple[str, ...]:
    lower = spelled.lower()
    before = words[-1].text.lower() if words else ""
    after = raw[at].lower_ if at < len(raw) else ""
    if lower == "i":
        return ("I",)
    if lower == "s" and before in word_class("he she it that there what who where how"):
        return ("'s",)
    if spelled in ("2", "4") and before.isalpha() and after in word_class("the my our a me you go see get be do"):
        return ("to" if spelled == "2" else "for",) if before not in ("have", "has", "got", "are", "of") else (spelled,)
    if spelled in EMPHASISED and not (words and words[-1].text.isupper() and len(words[-1].text) > 1):
        return (lower,)
    if lower == "s" or lower == "'s":
        says = before in ("name", "birthday", "job") or (after in TELLING and len(before) > 2)
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
    if spelled in MONTH_SPELLINGS and _is_month(before, raw, at):
        return (spelled.capitalize(),)
    if lower in SHORTHAND:
        return SHORTHAND[lower]
    if _names_someone(words, lower, after, pipeline):
        return (spelled.capitalize(),)
    if len(lower) > 4 and spelled.isalpha() and (mend := mended(lower)) and not pipeline.knows(lower):
        return (mend,)
    return (LOWER_NAMES.get(spelled, spelled),)


def _names_someone(words: list[Word], lower: str, after: str, pipeline: LanguagePipeline) -> bool:
    """Whether a word in lower case is a name: "my uncle jerry", "a dog called biscuit"."""
    if len(words) < 2 or not lower.isalpha() or len(lower) < 3:
        return False
    before, owner = words[-1].text.lower(), words[-2].text.lower()
    if before not in RELATIONS or owner not in ("my", "our", "best", "little", "big", "older", "younger"):
        return False
    verb_next = after in word_class("is was has had just and who works lives got 's s ,")
    if is_given_name(lower) and (verb_next or not pipeline.is_common(lower, "verb")):
        return True
    return pipeline.knows(lower.capitalize()) and not pipeline.is_common(lower)


def _resumes(words: list[Word], lower: str) -> bool:
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


def _face(text: str) -> bool:
    """Whether a token is a face made of signs: ":(", ":-)", "<3", "xD"."""
    return len(text) > 1 and (text in ("xD", "XD", "<3") or (text[0] in ":;=" and text[-1] in "()[]DdPp/\\|oO3*"))


def _reads(raw: "list[Token]", at: int, words: tuple[str, ...]) -> bool:
    return len(raw) >= at + len(words) and all(raw[at + place].lower_ == word for place, word in enumerate(words))


def _apostrophe_lost(words: list[Word], raw: "list[Token]", at: int) -> str:
    """The noun of "my dads from Leeds", "my phones an iphone": a plural that stands for "dad is"; empty for others."""
    token = raw[at]
    if not words or words[-1].text.lower() not in ("my", "our") or at + 1 >= len(raw) or not token.is_alpha:
        return ""
    lower, after = token.lower_, raw[at + 1].lower_
    singular = token.text[:-1]
    if not lower.endswith("s") or len(lower) < 4 or lower.endswith(("ss", "us", "is")) or not token.whitespace_:
        return ""
    return singular if after in TELLING or after in ("name", "birthday", "job") else ""


def _compound(raw: "list[Token]", at: int) -> tuple[str, int]:
    """A word written with a hyphen or as two words ("left-handed", "left handed") as the one that it is, and how many
    further tokens it takes in."""
    token = raw[at]
    if at + 2 < len(raw) and raw[at + 1].text == "-" and token.is_alpha and raw[at + 2].is_alpha:
        tight = not token.whitespace_ and not raw[at + 1].whitespace_
        if tight and not (at + 4 < len(raw) and raw[at + 3].text == "-"):
            return f"{token.text}-{raw[at + 2].text}", 2
    if at + 1 < len(raw):
        return JOINED_WITH_SPACE.get((token.lower_, raw[at + 1].lower_), ""), 1
    return "", 0


def _is_month(before: str, raw: "list[Token]", at: int) -> bool:
    after = raw[at].text[:1] if at < len(raw) else ""
    return after.isdigit() or before[:1].isdigit() or (before in BEFORE_MONTH)


def _loose(raw: "list[Token]", at: int) -> bool:
    if raw[at].lower_ not in LOOSE_ONLY:
        return True
    after = raw[at + 1].text if at + 1 < len(raw) else ""
    return after in (",", ".", "") and (at == 0 or raw[at - 1].is_punct or raw[at - 1].is_space)


def _splice(words: list[Word], raw: "list[Token]", at: int) -> bool:
    """Whether token `at` starts a new sentence behind a comma: "…, i have two cats" after a whole clause."""
    if words[-1].text not in word_class(", - – — ; ... …"):
        return raw[at].lower_ in ("im", "ive") and words[-1].text.lower() in ENDING and len(words) > 3
    asked = at + 1 if raw[at].lower_ == "so" and at + 1 < len(raw) else at
    if raw[asked].lower_ in ("please", "pls") and asked + 1 < len(raw) and raw[asked + 1].lower_ in _ORDERS:
        return True
    segment: list[str] = []
    for word in reversed(words[:-1]):
        segment.append(word.text.lower())
        if word.opens or word.text in ".!?":
            break
    if " ".join(word for word in reversed(segment) if word.isalpha()) in OPENING_PHRASES:
        return True
    first = next((word for word in reversed(segment) if word.isalpha()), "")
    return (
        raw[at].lower_ in SPLICING
        and len(segment) > 2
        and first not in OPENERS
        and any(word in SUBJECT_PRONOUNS for word in segment)
    )
