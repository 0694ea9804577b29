"""Replies in languages that are not parsed: marks by embedding, numbers, names and denial only, and no verdicts."""

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from memos_engine.reader.lexicon import word_class
from memos_engine.support.sentences import Sentence
from memos_engine.support.statements import numbers
from memos_engine.types import Memory, Support

_SAME = 0.7
"""Cosine from which a sentence may say what a memory says."""
_SHORT = 4
"""Letters of a word that a memory need not hold: "du", "hast", "tu". Of longer ones two forms begin with so many."""
_DENIALS = word_class(
    "no not never nicht nie niemals kein keine keinen keiner keinem niet nooit geen ne pas jamais aucun nunca jamás "
    "não nunca non mai inte aldrig ikke aldri ingen ei en et eivät eikä nie nigdy не нет никогда değil yok nem soha"
)
_WORD = re.compile(r"[^\W\d_]+")


def supported_elsewhere(
    found: Sequence[Sentence], memories: Sequence[Memory], encode: Callable[[Sequence[str]], NDArray[np.float32]]
) -> tuple[Support, ...]:
    """What each sentence rests on."""
    texts = [memory.text for memory in memories]
    vectors = encode([*(sentence.plain for sentence in found), *texts]) if texts else np.zeros((0, 1), np.float32)
    results = []
    for place, sentence in enumerate(found):
        marks = {}
        for row, memory in enumerate(memories):
            cosine = float(vectors[place] @ vectors[len(found) + row])
            if cosine >= _SAME and _same(sentence.plain, memory):
                marks[memory.id] = cosine
        best = sorted(marks, key=lambda memory_id: marks[memory_id], reverse=True)
        results.append(Support(sentence.start, sentence.end, tuple(best)))
    return tuple(results)


def _same(sentence: str, memory: Memory) -> bool:
    said = " ".join([memory.text, *(source.quote for source in memory.sources)])
    if sentence.rstrip().endswith(("?", "？", "؟")) or not numbers(sentence) <= numbers(said):
        return False
    words = _WORD.findall(sentence)
    there = {word.casefold() for word in _WORD.findall(said)}
    if bool(_DENIALS & {word.casefold() for word in words}) != bool(_DENIALS & there):
        return False
    named = {word for word in words[1:] if word[:1].isupper()}
    return all(_is_there(word.casefold(), there) for word in words if len(word) > _SHORT or word in named)


def _is_there(word: str, there: set[str]) -> bool:
    return word in there or any(len(word) >= _SHORT and other[:_SHORT] == word[:_SHORT] for other in there)
