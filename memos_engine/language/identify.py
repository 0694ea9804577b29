"""Which language a text is written in."""

import threading
import unicodedata
from functools import cache
from typing import Any

UNDETERMINED = "und"
"""ISO 639-2 code for a text without a language: emoji, digits, control characters."""

_LONGEST = 4000
"""Characters that are looked at; more tell nothing new."""
_ENGLISH_PRIOR = 6.0
_SHORT = 18
"""Letters below which n-grams are close to a guess: the prior grows."""
_TOO_SHORT = 7
"""Letters below which plain Latin text ("brb", "Hi", "thx") counts as English: n-grams tell nothing of it."""
_PER_FUNCTION_WORD = 5.0
_FUNCTION_WORDS = frozenset(
    [
        "a",
        "about",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "because",
        "been",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "don't",
        "for",
        "from",
        "get",
        "got",
        "had",
        "has",
        "have",
        "he",
        "her",
        "here",
        "him",
        "his",
        "how",
        "i",
        "i'd",
        "i'll",
        "i'm",
        "i've",
        "if",
        "im",
        "in",
        "into",
        "is",
        "it",
        "it's",
        "its",
        "just",
        "let",
        "like",
        "me",
        "my",
        "no",
        "not",
        "of",
        "off",
        "on",
        "or",
        "our",
        "out",
        "please",
        "she",
        "should",
        "so",
        "some",
        "than",
        "thanks",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "they",
        "this",
        "to",
        "too",
        "up",
        "us",
        "want",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "would",
        "yes",
        "you",
        "your",
        "ok",
        "okay",
        "hello",
        "hi",
        "hey",
        "cant",
        "dont",
        "ive",
    ]
)
_SHARED_WITH_OTHERS = frozenset(
    [
        "a",
        "am",
        "an",
        "as",
        "at",
        "be",
        "do",
        "in",
        "me",
        "no",
        "on",
        "or",
        "so",
        "up",
        "us",
        "was",
        "we",
        "were",
        "will",
        "im",
        "i",
        "hey",
        "ok",
        "of",
    ]
)
"""English function words that are also everyday words of a neighbour (Dutch, German, Spanish, French …)."""


_loading = threading.Lock()


@cache
def _loaded() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)


def _classifier() -> Any:
    """The classifier, unpacked once even where two threads ask first: that takes half a second of the processor."""
    with _loading:
        return _loaded()


def _latin_share(letters: str) -> float:
    latin = sum(1 for letter in letters if unicodedata.name(letter, "").startswith("LATIN"))
    return latin / len(letters)


def identify(text: str) -> str:
    """ISO 639-1 code of the language of `text`; `und` where it has no letters.

    py3langid judges letter n-grams and is unsure of short texts, so English, the language of the shipped pipeline, has
    a prior and gains with each English function word: "ok thanks", "brb" or "Sam's bday" are not called something else.
    """
    sample = text[:_LONGEST]
    letters = "".join(character for character in sample if character.isalpha())
    if not letters:
        return UNDETERMINED
    if len(letters) < _TOO_SHORT and letters.isascii():
        return "en"
    ranked: list[tuple[str, float]] = _classifier().rank(sample)
    scores = {code: float(score) for code, score in ranked}
    if _latin_share(letters) < 0.5:
        return max(scores, key=lambda code: scores[code] if code != "en" else float("-inf"))
    words = [word.strip('.,;:!?"()[]…') for word in sample.lower().replace("’", "'").split()]
    sure = sum(1 for word in words if word in _FUNCTION_WORDS and word not in _SHARED_WITH_OTHERS)
    shared = sum(1 for word in words if word in _SHARED_WITH_OTHERS)
    scores["en"] += max(0.0, 0.5 * (_SHORT - len(letters)))
    scores["en"] += _ENGLISH_PRIOR + _PER_FUNCTION_WORD * sure + 1.5 * shared
    return max(scores, key=lambda code: scores[code])
