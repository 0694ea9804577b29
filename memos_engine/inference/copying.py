"""Copying held to the notes: names and numbers of an answer are those that stand in its prompt, letter by letter.

A small model garbles what it should copy ("Utrech", "Marta" for "Maria"). While an answer of fact is written, a word
that begins with a capital in mid-sentence, or a number, goes on only as one that stands in the texts given.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

_WORD = re.compile(r"[^\W_]+")
_LAST_WORD = re.compile(r"[^\W_]*\Z")
_SENTENCE_BEGINS = re.compile(r"(?:\A|[.!?:…]\s|\n)[\s\"“‘'(*-]*\Z")
_AGAINST = 100.0
"""What no sampling setting reaches."""
_OWN = frozenset(("I", "OK", "AI"))
"""Capitals that are no names."""


@dataclass
class Pieces:
    """The texts of a model's tokens, and which of them begin a word; bool [tokens]."""

    texts: Sequence[str]
    goes_on: npt.NDArray[np.bool_] = field(init=False)
    """Begins with a letter or digit: goes on with a word that was begun."""
    opens: dict[str, list[int]] = field(init=False)
    """First word of a token, behind a space or nothing → tokens; those alone that begin like a name or a number."""
    ids: dict[str, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.goes_on = np.array([text[:1].isalnum() for text in self.texts], np.bool_)
        self.opens, self.ids = {}, {}
        for token, text in enumerate(self.texts):
            found = _WORD.search(text)
            if found and (found[0][0].isupper() or found[0][0].isdigit()):
                self.opens.setdefault(found[0], []).append(token)
            if text[:1].isalnum():
                self.ids.setdefault(text, []).append(token)


class Copying:
    """Holds one answer to the names and numbers of `texts`."""

    def __init__(self, texts: Sequence[str], pieces: Pieces) -> None:
        words = {word for text in texts for word in _WORD.findall(text)}
        # Who types "porto" or "nasa" may be answered "Porto" or "NASA".
        spelt = {form for word in words for form in (word, word[0].upper() + word[1:], word.upper())}
        self._held = {word for word in spelt if word[0].isupper() or word[0].isdigit()} | _OWN
        self._pieces = pieces
        beginnings = {word[:length] for word in self._held for length in range(1, len(word) + 1)}
        others = [tokens for word, tokens in pieces.opens.items() if word not in beginnings]
        numbers = [tokens for word, tokens in pieces.opens.items() if word not in beginnings and word[0].isdigit()]
        self._not_begun = np.array(sorted({token for tokens in others for token in tokens}), np.int64)
        self._no_number = np.array(sorted({token for tokens in numbers for token in tokens}), np.int64)

    def hold(self, logits: npt.NDArray[np.float32], written: str) -> None:
        """Write what may not come next into the `logits` float32 [vocabulary], behind the reply so far."""
        found = _LAST_WORD.search(written)
        word = found[0] if found else ""
        before = written[: len(written) - len(word)]
        opens_sentence = _SENTENCE_BEGINS.search(before) is not None
        if not word:
            logits[self._no_number if opens_sentence else self._not_begun] -= _AGAINST
            return
        if not (word[0].isdigit() or (word[0].isupper() and not opens_sentence)):
            self._hold_next(logits)
            return
        rests = [held[len(word) :] for held in self._held if held.startswith(word)]
        allowed = ~self._pieces.goes_on if not rests or "" in rests else np.zeros(len(logits), np.bool_)
        for rest in rests:
            for length in range(1, len(rest) + 1):
                allowed[self._pieces.ids.get(rest[:length], [])] = True
        logits[~allowed] -= _AGAINST
        if "" in rests:
            self._hold_next(logits)

    def _hold_next(self, logits: npt.NDArray[np.float32]) -> None:
        """The token that comes may end a word and begin the next one."""
        next_words = self._not_begun[~self._pieces.goes_on[self._not_begun]]
        logits[next_words] -= _AGAINST
