"""Stems of English words, by which forms of one word are known as the same."""

from functools import cache
from typing import Any


@cache
def stem(word: str) -> str:
    """The Snowball (Porter2) stem of a word in lower case."""
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")
